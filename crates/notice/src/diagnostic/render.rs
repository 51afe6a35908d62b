//! Diagnostics as a terminal shows them: where, the source line with the place underlined, what was expected.

use super::{Diagnostic, Severity, Source};
use crate::label::Lang;
use std::fmt::Write;
use unicode_width::UnicodeWidthChar;

/// Columns of a source line that are shown; a longer line is cut around the place.
const COLUMNS_MAX: usize = 110;
/// Columns shown before the place when a line is cut.
const COLUMNS_BEFORE: usize = 40;

/// One diagnostic as lines of text, each ending in a line break. A Chinese character takes two columns.
pub fn render(diagnostic: &Diagnostic, lang: Lang) -> String {
    let severity = match (diagnostic.severity, lang) {
        (Severity::Error, Lang::Zh) => "错误",
        (Severity::Error, Lang::En) => "error",
        (Severity::Warning, Lang::Zh) => "警告",
        (Severity::Warning, Lang::En) => "warning",
    };
    let mut out = format!(
        "{severity}[{}]{}{}\n",
        diagnostic.kind,
        match lang {
            Lang::Zh => "：",
            Lang::En => ": ",
        },
        diagnostic.message.get(lang)
    );
    let mut places = vec![(&diagnostic.place, '^', "")];
    places.extend(
        diagnostic
            .related
            .iter()
            .map(|(place, why)| (place, '-', why.get(lang))),
    );
    let gutter = places
        .iter()
        .map(|(place, ..)| place.line_column().0.to_string().len())
        .max()
        .unwrap_or(1);
    for (place, mark, why) in places {
        snippet(&mut out, place, gutter, mark, why);
    }
    let mut note = |word: &str, text: &str| {
        // Writing to a string cannot fail.
        let _ = writeln!(out, "{:gutter$} = {word}{text}", "");
    };
    if let Some(hint) = &diagnostic.hint {
        note(
            match lang {
                Lang::Zh => "提示：",
                Lang::En => "help: ",
            },
            hint.get(lang),
        );
    }
    if !diagnostic.clauses.is_empty() {
        let clauses: Vec<_> = diagnostic.clauses.iter().map(ToString::to_string).collect();
        let (word, between) = match lang {
            Lang::Zh => ("条款：", "、"),
            Lang::En => ("clauses: ", ", "),
        };
        note(word, &clauses.join(between));
    }
    if let Some(example) = &diagnostic.example {
        note(
            match lang {
                Lang::Zh => "例如：",
                Lang::En => "example: ",
            },
            &example.say(lang),
        );
    }
    out
}

/// All of them, an empty line between two.
pub fn render_all(diagnostics: &[Diagnostic], lang: Lang) -> String {
    let rendered: Vec<_> = diagnostics.iter().map(|d| render(d, lang)).collect();
    rendered.join("\n")
}

fn snippet(out: &mut String, place: &Source, gutter: usize, mark: char, why: &str) {
    let (number, column) = place.line_column();
    let _ = writeln!(out, "{:gutter$}--> {}:{number}:{column}", "", place.file);
    if place.text.is_empty() {
        return;
    }
    let shown = Shown::of(place);
    let _ = writeln!(out, "{:gutter$} |", "");
    let _ = writeln!(out, "{number:gutter$} | {}", shown.line);
    let gap = if why.is_empty() { "" } else { " " };
    let _ = writeln!(
        out,
        "{:gutter$} | {}{}{gap}{why}",
        "",
        " ".repeat(shown.before),
        mark.to_string().repeat(shown.under),
    );
}

/// What of a source line is shown, and the columns before and under the mark.
struct Shown {
    line: String,
    before: usize,
    under: usize,
}

impl Shown {
    fn of(place: &Source) -> Self {
        let text = &place.text;
        let mut start = place.span.start.min(text.len());
        while !text.is_char_boundary(start) {
            start -= 1;
        }
        let line_start = text[..start].rfind('\n').map_or(0, |at| at + 1);
        let line_end = text[start..].find('\n').map_or(text.len(), |at| start + at);
        let line = text[line_start..line_end].trim_end_matches('\r');
        let at = start - line_start;
        let end = place.span.end.saturating_sub(line_start).max(at);
        // Walk back from the place while there is room, then forward from there.
        let width_before: usize = line.get(..at).unwrap_or(line).chars().map(columns).sum();
        let total: usize = line.chars().map(columns).sum();
        let mut from = 0;
        if total > COLUMNS_MAX && width_before > COLUMNS_BEFORE {
            let mut room = COLUMNS_BEFORE;
            for (index, c) in line.get(..at).unwrap_or(line).char_indices().rev() {
                if columns(c) > room {
                    break;
                }
                room -= columns(c);
                from = index;
            }
        }
        let mut shown = Self {
            line: String::new(),
            before: 0,
            under: 0,
        };
        if from > 0 {
            shown.line.push('…');
            shown.before += columns('…');
        }
        let mut used = 0;
        for (index, c) in line.char_indices().skip_while(|(index, _)| *index < from) {
            if used + columns(c) > COLUMNS_MAX {
                shown.line.push('…');
                break;
            }
            used += columns(c);
            if index < at {
                shown.before += columns(c);
            } else if index < end {
                shown.under += columns(c);
            }
            // Control characters must not steer the reader's terminal.
            shown.line.push(match c {
                '\t' => ' ',
                c if c.is_control() => '\u{fffd}',
                c => c,
            });
        }
        shown.under = shown.under.max(1);
        shown
    }
}

fn columns(c: char) -> usize {
    match c {
        '\t' => 1,
        c if c.is_control() => 1,
        c => c.width().unwrap_or(0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::DiagnosticKind;
    use crate::label::Label;

    fn at(text: &str, word: &str) -> Diagnostic {
        let start = text.find(word).unwrap();
        Diagnostic {
            kind: DiagnosticKind::UnknownWord,
            severity: Severity::Error,
            place: Source {
                file: "a.md".into(),
                text: text.into(),
                span: start..start + word.len(),
            },
            message: Label::new("不认识", "not known"),
            hint: Some(Label::new("应为种类", "expected a kind")),
            related: Vec::new(),
            clauses: Vec::new(),
            example: None,
        }
    }

    #[test]
    fn wide_characters_take_two_columns() {
        let text = "一\nwho = \"企业 且 货军\"\n三";
        assert_eq!(
            render(&at(text, "货军"), Lang::Zh),
            "错误[unknown-word]：不认识\n --> a.md:2:13\n  |\n2 | who = \"企业 且 货军\"\n  |                ^^^^\n  = 提示：应为种类\n"
        );
    }

    #[test]
    fn long_lines_are_cut_around_the_place() {
        let text = format!("{}错{}", "字".repeat(10_000), "尾".repeat(10_000));
        let shown = render(&at(&text, "错"), Lang::En);
        let lines: Vec<_> = shown.lines().collect();
        assert!(
            lines.iter().all(|line| line.chars().count() < 130),
            "{shown}"
        );
        let (source, mark) = (lines[3], lines[4]);
        let before: usize = source[..source.find('错').unwrap()]
            .chars()
            .map(columns)
            .sum();
        assert_eq!(mark.find('^'), Some(before));
    }

    #[test]
    fn control_characters_are_not_sent_to_the_terminal() {
        assert!(!render(&at("a\u{1b}[2J货军\n", "货军"), Lang::Zh).contains('\u{1b}'));
    }
}
