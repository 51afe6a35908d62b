//! An answer as text for people.

use crate::question::Asked;
use city::City;
use decide::answer::Part;
use decide::{Answer, Because, Book, LimitHeld, Need};
use notice::Lang;
use notice::ask::Verdict;
use std::fmt::Write as _;

/// The whole answer: verdict, limits, clauses with their text, until when, what to tell next.
pub fn text(asked: &Asked, answer: &Answer, lang: Lang) -> String {
    let book = &asked.book;
    let say = |zh, en| if lang == Lang::Zh { zh } else { en };
    let headline = match asked.question.action {
        Some(_) => verdict(answer.verdict, lang).to_owned(),
        None => count(answer, lang),
    };
    let mut out = headline + "\n";
    for limit in &answer.limits {
        // Writing to a string cannot fail.
        let _ = writeln!(out, "  {}", bounds(limit, book.city(), lang));
    }
    let listed = |because: &&Because| {
        let same = |duty: &Because| {
            (&duty.notice, &duty.rule, &duty.exception)
                == (&because.notice, &because.rule, &because.exception)
        };
        answer.duties.iter().chain(&answer.may_bind).any(same)
    };
    // Without an action most of what is cited binds, and is listed as that.
    let cited: Vec<&Because> = answer.because.iter().filter(|one| !listed(one)).collect();
    let sections = [
        (
            say("此时此地的义务", "What binds here and now"),
            answer.duties.iter().collect(),
        ),
        (
            say("可能还有的义务", "What may bind as well"),
            answer.may_bind.iter().collect(),
        ),
        (
            match asked.question.action {
                Some(_) => say("依据", "Because"),
                None => say("除外", "What frees"),
            },
            cited,
        ),
    ];
    for (title, cited) in sections {
        if !cited.is_empty() {
            let _ = writeln!(out, "\n{title}");
            clauses(&mut out, &cited, book, lang);
        }
    }
    if let Some(need) = &answer.needs {
        let _ = writeln!(out, "\n{}", needed(need, lang));
    }
    let at = spoken(&answer.at);
    let _ = match (lang, answer.until.as_deref().map(spoken)) {
        (Lang::Zh, Some(until)) => writeln!(out, "\n{at} 的答案，到 {until} 为止"),
        (Lang::Zh, None) => writeln!(out, "\n{at} 的答案，此后不变"),
        (Lang::En, Some(until)) => writeln!(out, "\nAs of {at}; changes at {until}"),
        (Lang::En, None) => writeln!(out, "\nAs of {at}; does not change after"),
    };
    let _ = writeln!(out, "{} {}", say("文本", "Text"), answer.text_version);
    out
}

/// How many rules bind, and how many may.
fn count(answer: &Answer, lang: Lang) -> String {
    let (sure, open) = (answer.duties.len(), answer.may_bind.len());
    let plural = |count| {
        if count == 1 {
            "rule binds"
        } else {
            "rules bind"
        }
    };
    let mut text = match (lang, sure, open) {
        (Lang::Zh, 0, 0) => "没有规定约束".to_owned(),
        (Lang::Zh, 0, _) => format!("有 {open} 条规定是否约束要看情况"),
        (Lang::Zh, _, 0) => format!("有 {sure} 条规定约束"),
        (Lang::Zh, ..) => format!("有 {sure} 条规定约束，另有 {open} 条要看情况"),
        (Lang::En, 0, 0) => "nothing binds".to_owned(),
        (Lang::En, 0, _) => format!("depends: {open} may bind"),
        (Lang::En, _, 0) => format!("{sure} {}", plural(sure)),
        (Lang::En, ..) => format!("{sure} {}, {open} more may", plural(sure)),
    };
    // Beyond the budget nothing is listed, though something may bind.
    if answer.verdict == Verdict::Depends && sure + open == 0 {
        text = verdict(Verdict::Depends, lang).to_owned();
    }
    if answer.verdict == Verdict::Conflict {
        text += match lang {
            Lang::Zh => "，其中有条款矛盾",
            Lang::En => "; some contradict each other",
        };
    }
    text
}

/// What to tell next, with what can be answered.
fn needed(need: &Need, lang: Lang) -> String {
    let values: Vec<&str> = need.choices.iter().map(|one| one.label.get(lang)).collect();
    let name = need.name.get(lang);
    match lang {
        Lang::Zh => format!("还要知道 {name}：{}", values.join("、")),
        Lang::En => format!("Still needed: {name} ({})", values.join(", ")),
    }
}

/// A verdict in a word or two.
pub fn verdict(verdict: Verdict, lang: Lang) -> &'static str {
    let (zh, en) = match verdict {
        Verdict::Allowed => ("可以", "allowed"),
        Verdict::Forbidden => ("禁止", "forbidden"),
        Verdict::Required => ("必须", "required"),
        Verdict::Limited => ("有限制", "limited"),
        Verdict::Depends => ("看情况", "depends"),
        Verdict::Conflict => ("条款矛盾", "conflict"),
    };
    match lang {
        Lang::Zh => zh,
        Lang::En => en,
    }
}

/// A limit in words.
pub fn bounds(limit: &LimitHeld, city: &City, lang: Lang) -> String {
    let unit = &limit.unit;
    let mut measures = city.vocabulary.measures.iter();
    let measure = measures
        .find(|known| known.label.zh == limit.measure)
        .map_or(&*limit.measure, |known| known.label.get(lang));
    let mut parts = Vec::new();
    if let Some(least) = limit.at_least {
        parts.push(match lang {
            Lang::Zh => format!("不低于 {least} {unit}"),
            Lang::En => format!("at least {least} {unit}"),
        });
    }
    if let Some(most) = limit.at_most {
        parts.push(match lang {
            Lang::Zh => format!("不高于 {most} {unit}"),
            Lang::En => format!("at most {most} {unit}"),
        });
    }
    let comma = if lang == Lang::Zh { "，" } else { ", " };
    format!("{measure} {}", parts.join(comma).trim_end())
}

fn clauses(out: &mut String, cited: &[&Because], book: &Book, lang: Lang) {
    for (i, because) in cited.iter().enumerate() {
        let address = match &because.exception {
            Some(exception) => format!("{}#{}/{exception}", because.notice, because.rule),
            None => format!("{}#{}", because.notice, because.rule),
        };
        let demo = match (is_demo(because, book), lang) {
            (false, _) => "",
            (true, Lang::Zh) => "  [演示数据]",
            (true, Lang::En) => "  [demo data]",
        };
        let _ = writeln!(
            out,
            "  {}  {}  {address}{demo}",
            part(because.effect, lang),
            because.clause
        );
        // A paragraph with several rules or exceptions is quoted once.
        let again = cited.get(i + 1).is_some_and(|next| {
            (&next.notice, &next.clause, &next.text)
                == (&because.notice, &because.clause, &because.text)
        });
        if !because.text.is_empty() && !again {
            let _ = writeln!(out, "        {}", because.text);
        }
    }
}

fn part(part: Part, lang: Lang) -> &'static str {
    let (zh, en) = match part {
        Part::Forbids => ("禁止", "forbids"),
        Part::Frees => ("豁免", "frees"),
        Part::Requires => ("要求", "requires"),
        Part::Limits => ("限制", "limits"),
    };
    match lang {
        Lang::Zh => zh,
        Lang::En => en,
    }
}

/// The source of the notice gives no figure for this rule.
fn is_demo(because: &Because, book: &Book) -> bool {
    let notice = book
        .notices()
        .iter()
        .find(|notice| *notice.slug.0 == *because.notice);
    notice.is_some_and(|notice| {
        let mut rules = notice.rules.iter();
        rules.any(|rule| rule.name == because.rule && rule.demo)
    })
}

/// `2022-01-06T10:00:00+08:00` as people write it: the city's civil time, seconds only where there are any.
fn spoken(instant: &str) -> String {
    let civil = instant.get(..19).unwrap_or(instant).replace('T', " ");
    civil.strip_suffix(":00").map(String::from).unwrap_or(civil)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_are_said_without_needless_seconds() {
        assert_eq!(spoken("2022-01-06T10:00:00+08:00"), "2022-01-06 10:00");
        assert_eq!(spoken("2022-01-06T10:00:30+08:00"), "2022-01-06 10:00:30");
    }

    #[test]
    fn limits_are_said_with_both_bounds_in_the_words_of_either_language() {
        let (city, _) = crate::builtin::load().expect("the demo city");
        let limit = LimitHeld {
            measure: "产能负荷".into(),
            at_most: Some(70.0),
            at_least: Some(12.5),
            unit: "%".into(),
        };
        assert_eq!(
            bounds(&limit, &city, Lang::Zh),
            "产能负荷 不低于 12.5 %，不高于 70 %"
        );
        assert_eq!(
            bounds(&limit, &city, Lang::En),
            "capacity load at least 12.5 %, at most 70 %"
        );
    }
}
