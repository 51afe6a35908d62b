//! A notice as a text: front matter, clauses, blocks.

use crate::ask::Ask;
use crate::label::Lang;
use crate::offer::Offer;
use crate::rule::Rule;
use crate::steps::Steps;
use crate::time::Period;
use crate::vocabulary::AttributeId;
use jiff::civil::DateTime;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

/// A notice's stable short name: the stem of its file (`air-order`).
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Slug(pub Arc<str>);

impl Slug {
    /// The slug of a file: its name without folders and `.md`.
    pub fn of_file(file: &str) -> &str {
        let name = file.rsplit(['/', '\\']).next().unwrap_or(file);
        name.strip_suffix(".md").unwrap_or(name)
    }
}

impl fmt::Display for Slug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The forms of fenced blocks that the language knows.
pub const BLOCKS: [&str; 4] = ["rule", "offer", "steps", "ask"];

/// A notice that was read without errors.
#[derive(Debug, Clone)]
pub struct Notice {
    /// Its short name.
    pub slug: Slug,
    /// Path or name of the file, for messages.
    pub file: Arc<str>,
    /// The whole text as read.
    pub source: Arc<str>,
    /// SHA-256 of the text's bytes.
    pub text_version: TextVersion,
    /// Title.
    pub title: String,
    /// What readers of English see in its place (`title_en`, `summary_en` of the front matter).
    pub english: English,
    /// Issuing office's id.
    pub issuer: String,
    /// When it was issued.
    pub issued: DateTime,
    /// When its rules act.
    pub in_force: Period,
    /// Topics, as written.
    pub topics: Vec<String>,
    /// States of the city it sets while in force: `sets = { 预警级别 = "橙色" }`.
    pub sets: Vec<(AttributeId, u32)>,
    /// The forecast it rests on, day by day: `[[forecast]]` tables of the front matter. Empty for most.
    pub forecast: Vec<ForecastDay>,
    /// The notice holds demo values (front matter `demo = true`).
    pub demo: bool,
    /// Byte range of the Markdown body.
    pub body: Range<usize>,
    /// Its clauses, in order.
    pub clauses: Vec<Clause>,
    /// Its rules, in order.
    pub rules: Vec<Rule>,
    /// Its offers, in order.
    pub offers: Vec<Offer>,
    /// Its ways of steps, in order.
    pub steps: Vec<Steps>,
    /// Its questions, in order.
    pub asks: Vec<Ask>,
}

impl Notice {
    /// The title in a language, and the language it is in: a notice without `title_en` has one title.
    pub fn title_in(&self, lang: Lang) -> (&str, Lang) {
        match (lang, &self.english.title) {
            (Lang::En, Some(title)) => (title, Lang::En),
            _ => (&self.title, Lang::Zh),
        }
    }
}

/// A notice's few words in English. They are translations for the reader; the Chinese text is the notice.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct English {
    /// The title.
    pub title: Option<String>,
    /// What it is about, in a sentence or two.
    pub summary: Option<String>,
}

/// One day of the air-quality forecast a notice rests on:
///
/// ```toml
/// [[forecast]]
/// date    = 2022-01-06
/// levels  = [3, 4]
/// briefly = 5
/// note    = { zh = "扩散条件较差", en = "poor dispersion" }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForecastDay {
    /// The day.
    pub date: jiff::civil::Date,
    /// Levels of the day, 1 (优) to 6 (严重污染) by HJ 633, ascending, at least one.
    pub levels: Vec<u8>,
    /// A worse level expected for short times.
    pub briefly: Option<u8>,
    /// Why; both forms may be empty.
    pub note: crate::Label,
}

/// A clause's position in [`Notice::clauses`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ClauseIndex(pub u16);

/// A paragraph and the blocks under it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clause {
    /// Text of the nearest heading above (`四、移动源`); empty before the first.
    pub heading: String,
    /// The paragraph's number under that heading, from 1; 0 if a block stands before the first paragraph.
    pub paragraph: u16,
    /// The paragraph as plain text; empty if a block stands without one.
    pub text: String,
    /// Byte range of the paragraph in the text.
    pub span: Range<usize>,
}

impl Clause {
    /// Its paragraph for readers of English, beside the heading as it stands: `para. 1`. Empty where it has no number.
    pub fn paragraph_en(&self) -> String {
        match self.paragraph {
            0 => String::new(),
            paragraph => format!("para. {paragraph}"),
        }
    }

    /// As citizens see it: `四、移动源 第1款`.
    pub fn citation(&self) -> String {
        match (self.heading.as_str(), self.paragraph) {
            ("", 0) => "开头".to_owned(),
            ("", paragraph) => format!("第{paragraph}款"),
            (heading, 0) => heading.to_owned(),
            (heading, paragraph) => format!("{heading} 第{paragraph}款"),
        }
    }
}

/// SHA-256 of a text.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TextVersion(pub [u8; 32]);

impl fmt::Display for TextVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("sha256:")?;
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for TextVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
