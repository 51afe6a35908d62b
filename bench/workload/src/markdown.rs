//! A workload as notices in Tongxin's language.

use crate::Notice;
use crate::place::Places;
use crate::rule::{Days, Effect, Hours, Rule, Test, Writing};
use std::fmt::Write;

/// The text of one notice.
pub fn notice(notice: &Notice, places: &Places) -> String {
    let mut text = format!(
        "+++\ntitle    = \"测速用公告 {0}\"\nissuer   = \"air-office\"\nissued   = 2021-12-31T09:00:00+08:00\n\
         in_force = \"2022-01-01T00:00/2022-12-31T24:00\"\n+++\n\n# 测速用公告 {0}\n\n## 一、规定\n",
        notice.slug
    );
    for rule in &notice.rules {
        block(&mut text, rule, places);
    }
    text
}

fn block(text: &mut String, rule: &Rule, places: &Places) {
    let name = rule.id.rsplit('#').next().unwrap_or(&rule.id);
    let place = &places.all()[rule.place];
    // Writing into a String cannot fail.
    let _ = write!(
        text,
        "\n{}内,符合下列条件的{}。\n\n```rule {name}\n",
        place.name,
        rule.kind.zh()
    );
    let _ = match rule.effect {
        Effect::Forbid => writeln!(text, "forbid = \"{}\"", rule.kind.action().0),
        Effect::AtMost(percent) => {
            writeln!(text, "limit = \"产能负荷\"\nat_most = \"{percent} %\"")
        }
    };
    let who: String = rule
        .tests
        .iter()
        .map(|test| format!(" 且 {}", condition(test)))
        .collect();
    let _ = writeln!(
        text,
        "who = \"{}{who}\"\nwhere = \"{}\"",
        rule.kind.zh(),
        place.code
    );
    if !rule.hours.is_empty() {
        let lines: Vec<_> = rule
            .hours
            .iter()
            .map(|h| format!("\"{}\"", when(h)))
            .collect();
        let _ = writeln!(text, "when = [{}]", lines.join(", "));
    }
    if !rule.exceptions.is_empty() {
        let pairs: Vec<_> = rule
            .exceptions
            .iter()
            .map(|(name, test)| format!("{name} = \"{}\"", condition(test)))
            .collect();
        let _ = writeln!(text, "except = {{ {} }}", pairs.join(", "));
    }
    text.push_str("```\n");
}

fn condition(test: &Test) -> String {
    let word = |value: &usize| test.attribute.values[*value];
    let zh = test.attribute.zh;
    match test.writing {
        Writing::In if test.values.len() == 1 => format!("{zh} = {}", word(&test.values[0])),
        Writing::In => format!(
            "{zh} 属于 ({})",
            test.values.iter().map(word).collect::<Vec<_>>().join(", ")
        ),
        Writing::UpTo => format!("{zh} <= {}", test.values.last().map_or("", word)),
        Writing::From => format!("{zh} >= {}", test.values.first().map_or("", word)),
        Writing::Word => zh.to_owned(),
    }
}

fn when(hours: &Hours) -> String {
    let days = match hours.days {
        Days::Every => "每日".to_owned(),
        Days::Workdays => "工作日".to_owned(),
        Days::Weekday(day) => format!(
            "周{}",
            ["一", "二", "三", "四", "五", "六", "日"][usize::from(day)]
        ),
    };
    let clock = |minute: u16| format!("{:02}:{:02}", minute / 60, minute % 60);
    format!("{days} {}-{}", clock(hours.from), clock(hours.to))
}
