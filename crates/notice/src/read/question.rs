//! `questions` of an offer: what is asked when somebody signs up.

use super::address::check_name;
use super::offer_block::choice;
use super::sink::Sink;
use super::table::Table;
use crate::diagnostic::DiagnosticKind;
use crate::label::Label;
use crate::offer::{CHOICES_MAX, Choice, QUESTIONS_MAX, Question, Wanted};

#[derive(Clone, Copy, PartialEq)]
enum Sort {
    Consent,
    YesNo,
    Choice,
    Text,
}

/// The table `questions`, in the order of the text.
pub(super) fn questions(table: &Table<'_>, sink: &mut Sink) -> Vec<Question> {
    let Some(all) = table.table("questions", sink) else {
        return Vec::new();
    };
    let keys = all.keys();
    if keys.is_empty() || keys.len() > QUESTIONS_MAX {
        sink.error(
            DiagnosticKind::Limit,
            all.span(),
            format!("questions 里有 {} 个问题", keys.len()),
            format!("`questions` has {} questions", keys.len()),
        )
        .hint(
            format!("写 1 到 {QUESTIONS_MAX} 个；不问什么就不写 questions"),
            format!("write 1 to {QUESTIONS_MAX}; leave `questions` out if nothing is asked"),
        );
    }
    keys.into_iter()
        .take(QUESTIONS_MAX)
        .filter_map(|(name, span)| {
            check_name(name, span.clone(), sink);
            let table = all.table(name, sink)?;
            question(name, &table, sink).map(|(label, wanted, optional)| Question {
                name: name.to_owned(),
                label,
                wanted,
                optional,
                span,
            })
        })
        .collect()
}

fn question(name: &str, table: &Table<'_>, sink: &mut Sink) -> Option<(Label, Wanted, bool)> {
    table.only(&["zh", "en", "type", "values", "optional"], sink);
    let zh = table.required_text("zh", sink);
    let en = table.required_text("en", sink);
    if !table.has("type") {
        table.missing("type", sink);
    }
    let words = [
        ("同意", "consent", Sort::Consent),
        ("是非", "yes or no", Sort::YesNo),
        ("选择", "choice", Sort::Choice),
        ("文字", "text", Sort::Text),
    ];
    let sort = choice(table, "type", &words, sink);
    let optional = table.flag("optional", sink);
    if optional && sort == Some(Sort::Consent) {
        sink.error(
            DiagnosticKind::Type,
            table.span_of("optional"),
            "同意与否不能不答",
            "a consent cannot be optional",
        )
        .hint("去掉 optional", "leave `optional` out");
    }
    if table.has("values") && sort.is_some_and(|sort| sort != Sort::Choice) {
        sink.error(
            DiagnosticKind::UnknownKey,
            table.span_of("values"),
            format!("“{name}”不是选择题，用不着 values"),
            format!("`{name}` is no choice and has no `values`"),
        )
        .hint(
            "去掉 values，或者写 type = \"选择\"",
            "leave `values` out, or write type = \"choice\"",
        );
    }
    let wanted = match sort? {
        Sort::Consent => Wanted::Consent,
        Sort::YesNo => Wanted::YesNo,
        Sort::Text => Wanted::Text,
        Sort::Choice => Wanted::Choice(values(table, sink)),
    };
    Some((
        Label::new(zh?.text.trim(), en?.text.trim()),
        wanted,
        optional,
    ))
}

fn values(table: &Table<'_>, sink: &mut Sink) -> Vec<Choice> {
    if !table.has("values") {
        table.missing("values", sink);
    }
    let Some(all) = table.table("values", sink) else {
        return Vec::new();
    };
    let keys = all.keys();
    if !(2..=CHOICES_MAX).contains(&keys.len()) {
        sink.error(
            DiagnosticKind::Limit,
            all.span(),
            format!("values 里有 {} 个选项", keys.len()),
            format!("`values` has {} choices", keys.len()),
        )
        .hint(
            format!("写 2 到 {CHOICES_MAX} 个"),
            format!("write 2 to {CHOICES_MAX}"),
        );
    }
    keys.into_iter()
        .take(CHOICES_MAX)
        .filter_map(|(name, span)| {
            check_name(name, span, sink);
            let table = all.table(name, sink)?;
            table.only(&["zh", "en"], sink);
            let zh = table.required_text("zh", sink);
            let en = table.required_text("en", sink);
            Some(Choice {
                name: name.to_owned(),
                label: Label::new(zh?.text.trim(), en?.text.trim()),
            })
        })
        .collect()
}
