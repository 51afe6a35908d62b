//! What was found in a text, beside its lines.

use crate::reader::Reader;
use crate::wording::{Said, mixed};
use maud::{Markup, html};
use notice::diagnostic::Source;
use notice::{Diagnostic, Severity};

/// Findings that are shown at once; further ones come once these are mended.
const SHOWN_MAX: usize = 40;
/// Characters of a line that are shown.
const CHARS_MAX: usize = 160;

/// A line of a text with the stretch that a finding is about.
struct Line {
    number: usize,
    before: String,
    marked: String,
    after: String,
}

/// All findings, each beside its line.
pub fn found(reader: &Reader, findings: &[Diagnostic]) -> Markup {
    html! {
        ol .findings {
            @for one in findings.iter().take(SHOWN_MAX) { (finding(reader, one)) }
        }
        @if findings.len() > SHOWN_MAX {
            p .fine {
                (reader.say(
                    format!("还有 {} 项，处理完上面的再看。", findings.len() - SHOWN_MAX),
                    format!("{} more follow once these are mended.", findings.len() - SHOWN_MAX),
                ))
            }
        }
    }
}

fn finding(reader: &Reader, one: &Diagnostic) -> Markup {
    let (class, word) = match one.severity {
        Severity::Error => ("no", reader.say("错误", "error")),
        Severity::Warning => ("must", reader.say("请留意", "worth a look")),
    };
    let (line, column) = one.place.line_column();
    html! {
        li .finding {
            p .finding-head {
                span .badge .(class) { (word) } " "
                strong { (mixed(reader, one.message.get(reader.lang))) }
            }
            @if !one.place.text.is_empty() && one.place.span.end > 0 {
                p .fine {
                    span .finding-file { (one.place.file) } " · "
                    (reader.say(format!("第 {line} 行，第 {column} 字"), format!("line {line}, character {column}")))
                }
                (excerpt(&one.place))
            }
            @for (place, why) in &one.related {
                p .fine { span .finding-file { (place.file) } " · " (mixed(reader, why.get(reader.lang))) }
                (excerpt(place))
            }
            @if let Some(hint) = &one.hint { p .finding-hint { (reader.say("提示：", "Hint: ")) (mixed(reader, hint.get(reader.lang))) } }
            @if let Some(example) = &one.example {
                p .finding-hint { (reader.say("例如：", "For example: ")) (mixed(reader, &example.say(reader.lang))) }
            }
            @if !one.clauses.is_empty() {
                p .fine {
                    (reader.say("条款：", "Clauses: "))
                    @for clause in &one.clauses { code { (clause) } " " }
                }
            }
        }
    }
}

/// The line of a place with the one before and the one after, numbered, the place marked.
fn excerpt(place: &Source) -> Markup {
    html! {
        pre .excerpt lang="zh-CN" tabindex="0" {
            @for line in lines(place) {
                span .excerpt-line {
                    span .excerpt-number { (line.number) } " "
                    (line.before) @if !line.marked.is_empty() { mark { (line.marked) } } (line.after)
                }
                "\n"
            }
        }
    }
}

fn lines(place: &Source) -> Vec<Line> {
    let (at, _) = place.line_column();
    let first = at.saturating_sub(1).max(1);
    let mut start = 0;
    let mut shown = Vec::new();
    for (number, line) in (1..).zip(place.text.split('\n')) {
        let end = start + line.len();
        if number > at + 1 {
            break;
        }
        if number >= first {
            let cut = |from: usize, to: usize| -> String {
                let text = place.text.get(from.clamp(start, end)..to.clamp(start, end));
                let text = text.unwrap_or_default().trim_end_matches('\r');
                text.chars().take(CHARS_MAX).collect()
            };
            let marks = number == at;
            let (from, to) = match marks {
                true => (place.span.start, place.span.end),
                false => (end, end),
            };
            shown.push(Line {
                number,
                before: cut(start, from),
                marked: cut(from, to),
                after: cut(to.max(from), end),
            });
        }
        start = end + 1;
    }
    shown
}

/// A name that may be Chinese.
pub(super) fn named(reader: &Reader, text: &str) -> Markup {
    html! { (Said::name(reader, text)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_marked_in_its_line_with_its_neighbours() {
        let text = "一\r\n二 错误 尾\n三\n四";
        let at = text.find("错误").unwrap();
        let place = Source {
            file: "a.md".into(),
            text: text.into(),
            span: at..at + "错误".len(),
        };
        let told: Vec<_> = lines(&place)
            .into_iter()
            .map(|l| (l.number, l.before, l.marked, l.after))
            .collect();
        let line = |n, a: &str, b: &str, c: &str| (n, a.to_owned(), b.to_owned(), c.to_owned());
        assert_eq!(
            told,
            [
                line(1, "一", "", ""),
                line(2, "二 ", "错误", " 尾"),
                line(3, "三", "", "")
            ]
        );
        // Places at the end, beyond it, within a character and over several lines break nothing.
        for span in [0..0, 18..18, 400..500, 1..2, 0..text.len()] {
            let place = Source {
                span,
                ..place.clone()
            };
            assert!(!lines(&place).is_empty());
        }
    }
}
