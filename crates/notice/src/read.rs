//! From text to typed notice. Each stage has a file of its own.

use crate::condition::Condition as TypedCondition;
use crate::diagnostic::{Diagnostic, DiagnosticKind};
use crate::facts::Facts;
use crate::gazetteer::Gazetteer;
use crate::text::{BLOCKS, Notice, Slug, TextVersion};
use crate::time::When;
use crate::vocabulary::Vocabulary;
use scope::Scope;
use sha2::{Digest, Sha256};
use sink::Sink;
use std::collections::HashMap;
use std::sync::Arc;
use table::Text;

mod address;
mod ask_block;
mod body;
mod condition;
mod day;
mod duration;
mod facts;
mod front;
mod instant;
mod lex;
pub(crate) mod number;
mod offer_block;
mod parse;
mod question;
mod recurrence;
mod rule_block;
mod scope;
mod session;
pub(crate) mod sink;
mod stage;
mod steps_block;
mod subject;
pub(crate) mod table;
mod value;
mod when;

/// Bytes of one notice: ten times the longest that anybody wrote.
const NOTICE_BYTES_MAX: usize = 1024 * 1024;

/// What a text is read against.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    /// The city's words.
    pub vocabulary: &'a Vocabulary,
    /// The city's places and offices.
    pub gazetteer: &'a dyn Gazetteer,
    /// The city's time zone, for times written with an offset.
    pub zone: &'a jiff::tz::TimeZone,
}

/// The outcome of reading a notice.
#[derive(Debug, Clone)]
pub struct Reading {
    /// The notice; `None` if any diagnostic is an error.
    pub notice: Option<Notice>,
    /// Everything found, in text order.
    pub diagnostics: Vec<Diagnostic>,
}

/// Reads a notice from the bytes of its file. The slug is the file's stem. Never panics, whatever the bytes.
pub fn read_notice(context: Context<'_>, file: &str, bytes: &[u8]) -> Reading {
    let failed = |sink: Sink| Reading {
        notice: None,
        diagnostics: sink.finish(),
    };
    if bytes.len() > NOTICE_BYTES_MAX {
        let mut sink = Sink::new(file, "".into());
        sink.error(
            DiagnosticKind::Limit,
            0..0,
            format!("文件有 {} 字节，太大了", bytes.len()),
            format!("the file is too large: {} bytes", bytes.len()),
        )
        .hint(
            format!("一个公告最多 {NOTICE_BYTES_MAX} 字节"),
            format!("a notice has at most {NOTICE_BYTES_MAX} bytes"),
        );
        return failed(sink);
    }
    let text: Arc<str> = match std::str::from_utf8(bytes) {
        Ok(text) => text.into(),
        Err(fault) => {
            // The readable part before it keeps its positions.
            let at = fault.valid_up_to();
            let mut sink = Sink::new(file, String::from_utf8_lossy(bytes).into());
            let byte = bytes.get(at).copied().unwrap_or_default();
            sink.error(
                DiagnosticKind::Limit,
                at..at + '\u{fffd}'.len_utf8(),
                format!("文件不是 UTF-8：第 {} 个字节是 0x{byte:02X}", at + 1),
                format!("the file is not UTF-8: byte {} is 0x{byte:02X}", at + 1),
            )
            .hint("用 UTF-8 编码另存", "save it as UTF-8");
            return failed(sink);
        }
    };
    let scope = Scope {
        context,
        words: context.vocabulary.words(),
    };
    let mut sink = Sink::new(file, text.clone());
    let notice = notice(&scope, file, &text, &mut sink);
    Reading {
        notice: notice.filter(|_| !sink.has_errors()),
        diagnostics: sink.finish(),
    }
}

fn notice(scope: &Scope<'_>, file: &str, text: &Arc<str>, sink: &mut Sink) -> Option<Notice> {
    let stem = Slug::of_file(file);
    if !address::is_name(stem) {
        sink.error(
            DiagnosticKind::Syntax,
            0..0,
            format!("文件名“{stem}”不能做公告的短名"),
            format!("the file's stem `{stem}` cannot be a notice's slug"),
        )
        .hint(
            "文件名由字母、数字和“-”组成，以 .md 结尾",
            "name the file with letters, digits and `-`, ending in .md",
        );
    }
    let slug = Slug(stem.into());
    let (front, body) = front::split(text, sink)?;
    let front = front::read(scope, text, front, sink);
    let prose = body::read(text, body.clone(), &front.title, sink);
    let start = front
        .in_force
        .map_or(jiff::civil::Date::ZERO, |period| period.from.date());
    let mut read_rules = Vec::new();
    let mut read_asks = Vec::new();
    let mut offers = Vec::new();
    let mut steps = Vec::new();
    let mut names: HashMap<&str, &body::Block> = HashMap::new();
    for block in &prose.blocks {
        let form = text.get(block.form.clone()).unwrap_or_default();
        if matches!(form, "rule" | "offer" | "steps") {
            // All are cited by their name, so one name is one thing.
            let name = text.get(block.name.clone()).unwrap_or_default();
            if let Some(before) = names.insert(name, block)
                && !name.is_empty()
            {
                sink.error(
                    DiagnosticKind::Duplicate,
                    block.name.clone(),
                    format!("有两个块叫“{name}”"),
                    format!("two blocks are called `{name}`"),
                )
                .hint("换一个名字", "give it another name")
                .related(
                    before.name.clone(),
                    "前一个在这里",
                    "the other one is here",
                );
            }
        }
        match form {
            "rule" => {
                read_rules.extend(rule_block::read(scope, &slug, block, start, sink));
            }
            "offer" => offers.extend(offer_block::read(scope, block, start, sink)),
            "steps" => steps.extend(steps_block::read(scope, block, sink)),
            "ask" => {
                if !block.name.is_empty() {
                    sink.error(
                        DiagnosticKind::Syntax,
                        block.name.clone(),
                        "ask 没有名字",
                        "an ask has no name",
                    )
                    .hint("去掉它", "leave it out");
                }
                read_asks.extend(ask_block::read(scope, &slug, block, sink));
            }
            form => {
                sink.error(
                    DiagnosticKind::UnknownWord,
                    block.form.clone(),
                    format!("还没有“{form}”这种块"),
                    format!("there is no form `{form}` yet"),
                )
                .hint(
                    "现在有 rule、offer、steps 和 ask；普通的代码不写名字，或者缩进四格",
                    "there are rule, offer, steps and ask; plain code has no name, or is indented",
                )
                .nearest(crate::vocabulary::words::nearest(form, BLOCKS.into_iter()));
            }
        }
    }
    let mut rules = Vec::with_capacity(read_rules.len());
    let mut mentions = Vec::new();
    for read in read_rules {
        rules.push(read.rule);
        mentions.extend(read.mentions);
    }
    let mut asks = Vec::with_capacity(read_asks.len());
    for read in read_asks {
        asks.push(read.ask);
        mentions.extend(read.mentions);
    }
    // Where a block failed, what it would have named is not known: only then can a name be missing by mistake.
    if !sink.has_errors() {
        let by_name = rules
            .iter()
            .map(|rule| (rule.name.as_str(), rule))
            .collect();
        for mention in &mentions {
            address::check(mention, &slug, &by_name, scope.context, sink);
        }
        address::circles(&slug, &rules, sink);
    }
    Some(Notice {
        slug,
        file: sink.file().clone(),
        source: text.clone(),
        text_version: TextVersion(Sha256::digest(text.as_bytes()).into()),
        title: front.title,
        english: front.english,
        issuer: front.issuer,
        issued: front.issued?,
        in_force: front.in_force?,
        topics: front.topics,
        sets: front.sets,
        forecast: front.forecast,
        demo: front.demo,
        body,
        clauses: prose.clauses,
        rules,
        offers,
        steps,
        asks,
    })
}

/// Reads one text that is no file: gives it a scope and a place for what is found.
fn read_text<T>(
    context: Context<'_>,
    file: &str,
    text: Arc<str>,
    read: impl FnOnce(&Scope<'_>, &Text, &mut Sink) -> Option<T>,
) -> Result<T, Vec<Diagnostic>> {
    let scope = Scope {
        context,
        words: context.vocabulary.words(),
    };
    let mut sink = Sink::new(file, text.clone());
    let read = read(&scope, &Text::whole(text), &mut sink);
    match read {
        Some(read) if !sink.has_errors() => Ok(read),
        _ => Err(sink.finish()),
    }
}

/// Reads one condition (`货车 且 车型 = 重型`). `file` names the origin in messages.
///
/// # Errors
/// Everything that is wrong with it, in text order.
pub fn read_condition(
    context: Context<'_>,
    file: &str,
    text: Arc<str>,
) -> Result<TypedCondition, Vec<Diagnostic>> {
    read_text(context, file, text, condition::read)
}

/// Reads a list of facts (`货车, 车型 = 重型`).
///
/// # Errors
/// Everything that is wrong with it, in text order.
pub fn read_facts(
    context: Context<'_>,
    file: &str,
    text: Arc<str>,
) -> Result<Facts, Vec<Diagnostic>> {
    read_text(context, file, text, facts::read)
}

/// Reads one line of `when`; recurrences count from `start`.
///
/// # Errors
/// Everything that is wrong with it, in text order.
pub fn read_when(
    context: Context<'_>,
    file: &str,
    text: Arc<str>,
    start: jiff::civil::Date,
) -> Result<When, Vec<Diagnostic>> {
    read_text(context, file, text, |_, text, sink| {
        when::read(text, start, sink)
    })
}

/// Reads a moment in the city's civil time: `2022-01-06T10:00`, with an offset if wanted, or `2022-01-09T24:00`.
///
/// # Errors
/// What is expected instead.
pub fn read_moment(
    context: Context<'_>,
    file: &str,
    text: Arc<str>,
) -> Result<jiff::civil::DateTime, Vec<Diagnostic>> {
    read_text(context, file, text, |scope, text, sink| {
        instant::read_moment(text, scope.context, sink)
    })
}
