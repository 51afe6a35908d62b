//! What stands in a notice, in the reader's language where the notice or the city gives it, else as it stands and marked
//! with its language.

use crate::app::App;
use crate::reader::Reader;
use decide::Because;
use maud::{Markup, Render, html};
use notice::text::Clause;
use notice::{Ask, Lang, Notice};

/// Words, and their language where it is not the reader's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Said<'a> {
    pub text: &'a str,
    foreign: bool,
}

impl<'a> Said<'a> {
    /// Chinese words of a text or a name.
    pub fn chinese(reader: &Reader, text: &'a str) -> Said<'a> {
        Said {
            text,
            foreign: reader.lang != Lang::Zh,
        }
    }

    /// A name in the reader's language if there is one; names without it are left in Chinese.
    pub fn name(reader: &Reader, text: &'a str) -> Said<'a> {
        Said {
            text,
            foreign: reader.lang != Lang::Zh && text.contains(han),
        }
    }

    /// The language to mark the words with, if they need a mark.
    pub fn lang(&self) -> Option<&'static str> {
        self.foreign.then_some("zh-CN")
    }

    fn or(reader: &Reader, english: Option<&'a str>, chinese: &'a str) -> Said<'a> {
        match english {
            Some(text) if reader.lang == Lang::En => Said {
                text,
                foreign: false,
            },
            _ => Said::chinese(reader, chinese),
        }
    }
}

impl Render for Said<'_> {
    fn render(&self) -> Markup {
        html! {
            @if self.foreign { span lang="zh-CN" { (self.text) } } @else { (self.text) }
        }
    }
}

fn han(c: char) -> bool {
    ('\u{4e00}'..='\u{9fff}').contains(&c)
}

/// A sentence of ours in which Chinese words may stand: the name of a room, what somebody typed.
pub fn mixed(reader: &Reader, text: &str) -> Markup {
    let mut runs: Vec<(bool, String)> = Vec::new();
    for c in text.chars() {
        let foreign = reader.lang != Lang::Zh && han(c);
        match runs.last_mut() {
            Some((before, run)) if *before == foreign => run.push(c),
            _ => runs.push((foreign, c.to_string())),
        }
    }
    html! {
        @for (foreign, text) in &runs { (Said { text, foreign: *foreign }) }
    }
}

/// A notice's title.
pub fn title<'a>(reader: &Reader, notice: &'a Notice) -> Said<'a> {
    Said::or(reader, notice.english.title.as_deref(), &notice.title)
}

/// What a notice is about: its summary for readers of English, else `opening`, its own words.
pub fn summary<'a>(reader: &Reader, notice: &'a Notice, opening: &'a str) -> Said<'a> {
    Said::or(reader, notice.english.summary.as_deref(), opening)
}

/// A citizen's question.
pub fn question<'a>(reader: &Reader, ask: &'a Ask) -> Said<'a> {
    Said::or(reader, ask.question_en.as_deref(), &ask.question)
}

/// A topic.
pub fn topic<'a>(app: &'a App, reader: &Reader, topic: &'a str) -> Said<'a> {
    let english = app.city().topics.get(topic).map(String::as_str);
    Said::or(reader, english, topic)
}

/// A place or a kind of subject by its word in a notice.
pub fn thing<'a>(app: &'a App, reader: &Reader, word: &'a str) -> Said<'a> {
    let city = app.city();
    let place = crate::asked::find_place(app, word).and_then(|id| city.places.get(id));
    let english = match place {
        Some(place) => Some(place.name.en.as_str()),
        None => {
            let kind = city.vocabulary.kinds.iter().find(|k| k.label.zh == word);
            kind.map(|kind| kind.label.en.as_str())
        }
    };
    Said::or(reader, english, word)
}

/// Where a clause stands: `四、移动源 第1款`, `四、移动源, para. 1`.
pub fn citation(reader: &Reader, clause: Option<&Clause>) -> Markup {
    let Some(clause) = clause else {
        return html! {};
    };
    match reader.lang {
        Lang::Zh => html! { (clause.citation()) },
        Lang::En => {
            let paragraph = clause.paragraph_en();
            html! {
                @if !clause.heading.is_empty() { (Said::chinese(reader, &clause.heading)) @if !paragraph.is_empty() { ", " } }
                @if clause.heading.is_empty() && paragraph.is_empty() { "opening" } @else { (paragraph) }
            }
        }
    }
}

/// Where a clause that had a part in an answer stands, with its exception.
pub fn cited(app: &App, reader: &Reader, because: &Because) -> Markup {
    let notice = app.notice(&because.notice);
    let rule = notice.and_then(|n| n.rules.iter().find(|r| r.name == because.rule));
    let (Some(notice), Some(rule)) = (notice, rule) else {
        return html! { (because.clause) };
    };
    let exception = because.exception.as_ref().and_then(|name| {
        let position = rule.exceptions.iter().position(|e| e.name == *name)?;
        Some(position + 1)
    });
    html! {
        (citation(reader, notice.clauses.get(usize::from(rule.clause.0))))
        @if let Some(number) = exception { (reader.say(" · 除外", ", exception ")) (number) }
    }
}
