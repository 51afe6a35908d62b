//! Fields of the desk's forms: what was typed stays, and what is wrong is said at the field and above the form.

use crate::failure::Failure;
use crate::params::Params;
use crate::reader::Reader;
use crate::wording::mixed;
use axum::http::StatusCode;
use forms::season::{BadTyped, Fen, Reason};
use jiff::civil::Date;
use maud::{Markup, html};
use notice::Label;

/// Why something was not done.
pub enum Wrong {
    /// What was typed cannot be, or is refused: at which field, and why.
    Said(Option<&'static str>, Label),
    /// It could not be decided.
    Failure(Failure),
}

impl Wrong {
    /// A refusal of the whole.
    pub const fn said(label: Label) -> Self {
        Self::Said(None, label)
    }

    /// Something that cannot stand in a field.
    pub fn at(field: &'static str, zh: &str, en: &str) -> Self {
        Self::Said(Some(field), Label::new(zh, en))
    }

    /// The status of a page that says what is wrong: with a field, or with the whole.
    pub const fn status(field: Option<&'static str>) -> StatusCode {
        match field {
            Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
            None => StatusCode::CONFLICT,
        }
    }

    /// A name or a month that cannot be.
    pub fn typed(field: &'static str) -> impl Fn(BadTyped) -> Self {
        move |bad| {
            let label = bad.label();
            Self::Said(
                Some(field),
                Label::new(
                    format!("{}。", label.zh),
                    format!("{}.", capital(&label.en)),
                ),
            )
        }
    }
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|letter| letter.to_ascii_uppercase());
    first.into_iter().chain(letters).collect()
}

/// A form as it was sent, with what was wrong about it.
#[derive(Clone, Copy)]
pub struct Sent<'a> {
    reader: &'a Reader,
    fields: Option<&'a Params>,
    wrong: Option<(Option<&'static str>, &'a Label)>,
}

impl<'a> Sent<'a> {
    /// A form that nobody has sent yet.
    pub const fn fresh(reader: &'a Reader) -> Self {
        Self {
            reader,
            fields: None,
            wrong: None,
        }
    }

    /// One that was sent, and why nothing came of it.
    pub const fn back(
        reader: &'a Reader,
        fields: &'a Params,
        wrong: (Option<&'static str>, &'a Label),
    ) -> Self {
        Self {
            reader,
            fields: Some(fields),
            wrong: Some(wrong),
        }
    }

    /// What was typed into a field.
    pub fn typed(&self, name: &str) -> &'a str {
        self.fields
            .and_then(|fields| fields.get(name))
            .unwrap_or("")
    }

    /// What is wrong, above everything else.
    pub fn alert(&self) -> Markup {
        html! {
            @if let Some((field, why)) = self.wrong {
                div .notice-line role="alert" {
                    p {
                        @match field {
                            Some(field) => a href={ "#" (field) } { (mixed(self.reader, why.get(self.reader.lang))) },
                            None => (mixed(self.reader, why.get(self.reader.lang))),
                        }
                    }
                }
            }
        }
    }

    /// A field with its label, a hint, and what is wrong with it. `kind` is what follows `type`.
    pub fn input(
        &self,
        name: &'static str,
        kind: &str,
        label: &str,
        hint: &str,
        default: &str,
    ) -> Markup {
        let why = self.wrong.filter(|(field, _)| *field == Some(name));
        let typed = self.typed(name);
        let value = if typed.is_empty() { default } else { typed };
        let decimal = matches!(kind, "decimal" | "numeric").then_some(kind);
        html! {
            div .field .wrong[why.is_some()] {
                label for=(name) { (label) }
                @if !hint.is_empty() { p .fine id={ (name) "-hint" } { (hint) } }
                @if let Some((_, why)) = why { p .field-wrong id={ (name) "-wrong" } { (mixed(self.reader, why.get(self.reader.lang))) } }
                input id=(name) name=(name) type=(if decimal.is_some() { "text" } else { kind }) inputmode=[decimal] maxlength="80" required autocomplete="off" value=(value)
                    aria-invalid=[why.map(|_| "true")] aria-describedby=[described(name, hint, why.is_some())];
            }
        }
    }

    /// A choice among some.
    pub fn choice(&self, name: &'static str, label: &str, options: &[(String, String)]) -> Markup {
        let why = self.wrong.filter(|(field, _)| *field == Some(name));
        let typed = self.typed(name);
        html! {
            div .field .wrong[why.is_some()] {
                label for=(name) { (label) }
                @if let Some((_, why)) = why { p .field-wrong id={ (name) "-wrong" } { (mixed(self.reader, why.get(self.reader.lang))) } }
                select id=(name) name=(name) required aria-invalid=[why.map(|_| "true")] aria-describedby=[described(name, "", why.is_some())] {
                    @if options.len() > 1 { option value="" { (self.reader.say("请选择", "Choose")) } }
                    @for (value, shown) in options { option value=(value) selected[typed == value] { (shown) } }
                }
            }
        }
    }
}

fn described(name: &str, hint: &str, wrong: bool) -> Option<String> {
    let hint = (!hint.is_empty()).then(|| format!("{name}-hint"));
    let wrong = wrong.then(|| format!("{name}-wrong"));
    let ids: Vec<String> = hint.into_iter().chain(wrong).collect();
    (!ids.is_empty()).then(|| ids.join(" "))
}

/// A day in a field.
pub fn day(fields: &Params, name: &'static str) -> Result<Date, Wrong> {
    let day = fields.get(name).and_then(|text| text.parse().ok());
    day.ok_or_else(|| {
        Wrong::at(
            name,
            "请填日期，写成 2022-02-01 这样。",
            "Give a day, written as 2022-02-01.",
        )
    })
}

/// A last day in a field, as the first day after it.
pub fn day_after(fields: &Params, name: &'static str) -> Result<Date, Wrong> {
    let last = day(fields, name)?;
    last.tomorrow().map_err(|_| {
        Wrong::at(
            name,
            "这一天太远了，请填早一些的。",
            "That day is too far away: give an earlier one.",
        )
    })
}

/// An amount in yuan in a field.
pub fn yuan(fields: &Params, name: &'static str) -> Result<Fen, Wrong> {
    Fen::read(fields.typed(name)).ok_or_else(|| {
        Wrong::at(
            name,
            "请填金额，单位元，最多两位小数，如 1280.50。",
            "Give an amount in yuan with at most two decimals, such as 1280.50.",
        )
    })
}

/// A whole number in a field.
pub fn count(fields: &Params, name: &'static str) -> Result<u32, Wrong> {
    let text: String = fields
        .typed(name)
        .trim()
        .chars()
        .filter(|c| *c != ',')
        .collect();
    let plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let number = plain.then(|| text.parse().ok()).flatten();
    number.ok_or_else(|| {
        Wrong::at(
            name,
            "请填整数，没有的填 0。",
            "Give a whole number; 0 if there is none.",
        )
    })
}

/// Why something is corrected, by the form's choice among [`reasons`].
pub fn reason(fields: &Params) -> Result<Reason, Wrong> {
    let reason = fields.get("reason").and_then(Reason::of_name);
    reason.ok_or_else(|| Wrong::at("reason", "请选为什么更正。", "Choose why it is corrected."))
}

/// The reasons for a correction, as a form offers them.
pub fn reasons(reader: &Reader) -> Vec<(String, String)> {
    let one = |why: &Reason| {
        let label = why.label();
        (why.name().to_owned(), label.get(reader.lang).to_owned())
    };
    Reason::ALL.iter().map(one).collect()
}
