//! An answer as text for people.

use decide::answer::Part;
use decide::{Answer, Because, Book, LimitHeld};
use notice::Lang;
use notice::ask::Verdict;
use std::fmt::Write as _;

/// The whole answer: verdict, limits, clauses with their text, until when, what to tell next.
pub fn text(answer: &Answer, book: &Book, lang: Lang) -> String {
    let mut out = String::new();
    let zh = lang == Lang::Zh;
    // Writing to a string cannot fail.
    let _ = writeln!(out, "{}", verdict(answer.verdict, lang));
    for limit in &answer.limits {
        let _ = writeln!(out, "  {}", bounds(limit, lang));
    }
    if !answer.because.is_empty() {
        let _ = writeln!(out, "\n{}", if zh { "依据" } else { "Because" });
        clauses(&mut out, &answer.because, book, lang);
    }
    if !answer.duties.is_empty() {
        let _ = writeln!(
            out,
            "\n{}",
            if zh {
                "此时此地的义务"
            } else {
                "What binds here and now"
            }
        );
        clauses(&mut out, &answer.duties, book, lang);
    }
    if let Some(need) = &answer.needs {
        let values = need.values.join(if zh { "、" } else { ", " });
        let _ = if zh {
            writeln!(out, "\n还要知道 {}:{values}", need.attribute)
        } else {
            writeln!(out, "\nStill needed: {} ({values})", need.attribute)
        };
    }
    let at = spoken(&answer.at);
    let _ = match (zh, &answer.until) {
        (true, Some(until)) => writeln!(out, "\n{at} 的答案,到 {} 为止", spoken(until)),
        (true, None) => writeln!(out, "\n{at} 的答案,此后不变"),
        (false, Some(until)) => writeln!(out, "\nAs of {at}; changes at {}", spoken(until)),
        (false, None) => writeln!(out, "\nAs of {at}; does not change after"),
    };
    let _ = writeln!(
        out,
        "{} {}",
        if zh { "文本" } else { "Text" },
        answer.text_version
    );
    out
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
pub fn bounds(limit: &LimitHeld, lang: Lang) -> String {
    let unit = &limit.unit;
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
    let comma = if lang == Lang::Zh { "," } else { ", " };
    format!("{} {}", limit.measure, parts.join(comma).trim_end())
}

fn clauses(out: &mut String, cited: &[Because], book: &Book, lang: Lang) {
    for because in cited {
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
        if !because.text.is_empty() {
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
    fn limits_are_said_with_both_bounds() {
        let limit = LimitHeld {
            measure: "产能负荷".into(),
            at_most: Some(70.0),
            at_least: Some(12.5),
            unit: "%".into(),
        };
        assert_eq!(
            bounds(&limit, Lang::Zh),
            "产能负荷 不低于 12.5 %,不高于 70 %"
        );
        assert_eq!(
            bounds(&limit, Lang::En),
            "产能负荷 at least 12.5 %, at most 70 %"
        );
    }
}
