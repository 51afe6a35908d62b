//! What was checked and what is wrong, for people and for programs.

use notice::{Label, Lang};
use serde::Serialize;
use serde_json::Value;

/// The outcome of a check.
pub struct Report {
    /// `draw`, `draw-line`, `receipt`, `bundle`, `certificate`, or `unknown`.
    kind: &'static str,
    /// What was checked and found right, in order.
    checked: Vec<Label>,
    /// What is wrong.
    wrong: Vec<Wrong>,
    /// What to compare with what was published: what it is called, its name for programs, its value.
    compare: Vec<(Label, &'static str, String)>,
    /// What the comparison is for.
    why: Label,
    /// What the file says, for programs.
    says: Value,
}

/// One thing that is wrong.
pub struct Wrong {
    /// File within the file, if it holds several.
    pub member: Option<String>,
    /// JSON pointer of the field, if it is one field.
    pub field: Option<String>,
    /// Line, from 1, if it is known.
    pub line: Option<usize>,
    /// Column, from 1, if it is known.
    pub column: Option<usize>,
    /// What and what to do.
    pub message: Label,
}

#[derive(Serialize)]
struct JsonWrong<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    member: Option<&'a str>,
    field: Option<&'a str>,
    line: Option<usize>,
    column: Option<usize>,
    message: &'a str,
}

impl Wrong {
    fn json(&self, lang: Lang) -> JsonWrong<'_> {
        JsonWrong {
            member: self.member.as_deref(),
            field: self.field.as_deref(),
            line: self.line,
            column: self.column,
            message: self.message.get(lang),
        }
    }
}

impl Report {
    /// An outcome in which nothing has been found yet.
    pub fn new(kind: &'static str) -> Self {
        Self {
            kind,
            checked: Vec::new(),
            wrong: Vec::new(),
            compare: Vec::new(),
            why: Label::default(),
            says: Value::Null,
        }
    }

    /// The outcome for a file that is nothing known here.
    pub fn unknown() -> Self {
        let message = Label::new(
            "这不是能核对的文件：抽签（tongxin/draw/v1）、抽签中的一行（tongxin/draw-line/v1）、回执（tongxin/receipt/v1）、证明（Open Badges 3.0）或公告的全部记录（.tar.zst）",
            "this is no file that can be verified: a draw (tongxin/draw/v1), a line of one (tongxin/draw-line/v1), a receipt (tongxin/receipt/v1), a certificate (Open Badges 3.0) or the bundle of a notice (.tar.zst)",
        );
        let mut report = Self::new("unknown");
        report.is_wrong(None, None, message);
        report
    }

    /// Adds what was found right.
    pub fn is_right(&mut self, zh: impl Into<String>, en: impl Into<String>) {
        self.checked.push(Label::new(zh, en));
    }

    /// Adds what is wrong.
    pub fn is_wrong(
        &mut self,
        field: Option<String>,
        position: Option<(usize, usize)>,
        message: Label,
    ) {
        self.wrong.push(Wrong {
            member: None,
            field,
            line: position.map(|(line, _)| line),
            column: position.map(|(_, column)| column),
            message,
        });
    }

    /// Adds what is wrong in one of the files that a file holds.
    pub fn is_wrong_in(&mut self, wrong: Wrong) {
        self.wrong.push(wrong);
    }

    /// Says what the values added by [`Report::compare`] are to be compared for.
    pub fn because(&mut self, zh: &str, en: &str) {
        self.why = Label::new(zh, en);
    }

    /// Adds a value that only what was published elsewhere can confirm.
    pub fn compare(&mut self, zh: &str, en: &str, name: &'static str, value: String) {
        self.compare.push((Label::new(zh, en), name, value));
    }

    /// What the file says, for programs.
    pub fn says(&mut self, says: Value) {
        self.says = says;
    }

    /// Whether nothing is wrong.
    pub const fn holds(&self) -> bool {
        self.wrong.is_empty()
    }

    /// For people.
    pub fn text(&self, file: &str, lang: Lang) -> String {
        let head = match (lang, self.holds()) {
            (Lang::Zh, true) => format!("{file}：核对无误\n"),
            (Lang::Zh, false) => format!("{file}：核对不上\n"),
            (Lang::En, true) => format!("{file}: holds\n"),
            (Lang::En, false) => format!("{file}: does not hold\n"),
        };
        let mut text = head;
        for checked in &self.checked {
            text += &format!("  ✓ {}\n", checked.get(lang));
        }
        for wrong in &self.wrong {
            let field = wrong
                .field
                .as_deref()
                .map_or(String::new(), |f| match lang {
                    Lang::Zh => format!("{f}："),
                    Lang::En => format!("{f}: "),
                });
            text += &format!("  ✗ {field}{}\n", wrong.message.get(lang));
        }
        if !self.compare.is_empty() {
            text += &format!("\n{}\n", self.why.get(lang));
            for (name, _, value) in &self.compare {
                text += &format!("  {}  {value}\n", name.get(lang));
            }
        }
        text
    }

    /// The documented JSON.
    pub fn json(&self, file: &str, lang: Lang) -> String {
        #[derive(Serialize)]
        struct Json<'a> {
            file: &'a str,
            kind: &'a str,
            holds: bool,
            checked: Vec<&'a str>,
            wrong: Vec<JsonWrong<'a>>,
            compare: serde_json::Map<String, Value>,
            says: &'a Value,
        }
        let compare = |(_, name, value): &(Label, &str, String)| {
            ((*name).to_owned(), Value::String(value.clone()))
        };
        let json = Json {
            file,
            kind: self.kind,
            holds: self.holds(),
            checked: self.checked.iter().map(|label| label.get(lang)).collect(),
            wrong: self.wrong.iter().map(|wrong| wrong.json(lang)).collect(),
            compare: self.compare.iter().map(compare).collect(),
            says: &self.says,
        };
        // Serialising plain strings and numbers to memory cannot fail.
        serde_json::to_string_pretty(&json).unwrap_or_default()
    }
}
