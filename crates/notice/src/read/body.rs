//! The Markdown body as clauses and fenced blocks.
//!
//! Paragraphs are counted under each heading. A list, quotation or table that follows a paragraph belongs to it; one that
//! stands alone is a paragraph of its own. A level-one heading that repeats the title is the title, not a section.

use super::sink::Sink;
use crate::diagnostic::DiagnosticKind;
use crate::text::{Clause, ClauseIndex};
use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, Options, Parser, Tag};
use std::ops::Range;

/// More than any notice has; also keeps [`ClauseIndex`] in its range.
const CLAUSES_MAX: usize = 20_000;
const BLOCKS_MAX: usize = 4_096;

/// A fenced block with a name.
#[derive(Debug)]
pub(crate) struct Block {
    /// The word after the fence: `rule`, `ask`.
    pub(crate) form: Range<usize>,
    /// What follows it on the line; empty at its end if nothing does.
    pub(crate) name: Range<usize>,
    /// What stands between the fences.
    pub(crate) content: Range<usize>,
    /// The whole block.
    pub(crate) span: Range<usize>,
    /// The clause it stands under.
    pub(crate) clause: ClauseIndex,
}

/// The parts of a body.
#[derive(Debug, Default)]
pub(crate) struct Body {
    pub(crate) clauses: Vec<Clause>,
    pub(crate) blocks: Vec<Block>,
}

/// Reads the Markdown in `range` of the file's text.
pub(crate) fn read(text: &str, range: Range<usize>, title: &str, sink: &mut Sink) -> Body {
    let mut reader = Reader {
        text,
        title,
        body: Body::default(),
        heading: String::new(),
        paragraphs: 0,
        current: None,
        open: false,
    };
    let base = range.start;
    let markdown = text.get(range).unwrap_or_default();
    let events = Parser::new_ext(markdown, Options::ENABLE_TABLES).into_offset_iter();
    let mut depth = 0usize;
    let mut plain = String::new();
    let mut level = None;
    for (event, span) in events {
        let span = base + span.start..base + span.end;
        match event {
            Event::Start(tag) => {
                if let Tag::CodeBlock(CodeBlockKind::Fenced(_)) = &tag {
                    reader.block(span.clone(), depth > 0, sink);
                }
                if depth == 0 {
                    plain.clear();
                    level = match tag {
                        Tag::Heading { level, .. } => Some(level),
                        _ => None,
                    };
                } else if matches!(
                    tag,
                    Tag::Item | Tag::Paragraph | Tag::TableRow | Tag::TableCell
                ) && !plain.is_empty()
                    && !plain.ends_with(char::is_whitespace)
                {
                    plain.push(' ');
                }
                depth += 1;
            }
            Event::End(end) => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    use pulldown_cmark::TagEnd;
                    let prose = plain.trim();
                    match end {
                        TagEnd::Heading(_) => reader.heading(prose, level.take()),
                        TagEnd::Paragraph => reader.prose(prose, span, false),
                        TagEnd::List(_) | TagEnd::BlockQuote(_) | TagEnd::Table => {
                            reader.prose(prose, span, true);
                        }
                        _ => {}
                    }
                }
                if reader.body.clauses.len() > CLAUSES_MAX || reader.body.blocks.len() > BLOCKS_MAX
                {
                    let (zh, en) = if reader.body.blocks.len() > BLOCKS_MAX {
                        (
                            format!("最多 {BLOCKS_MAX} 块"),
                            format!("at most {BLOCKS_MAX} blocks"),
                        )
                    } else {
                        (
                            format!("最多 {CLAUSES_MAX} 段"),
                            format!("at most {CLAUSES_MAX} paragraphs"),
                        )
                    };
                    let last = base + markdown.len();
                    sink.error(
                        DiagnosticKind::Limit,
                        last..last,
                        "公告的段落或规则太多",
                        "the notice has too many paragraphs or blocks",
                    )
                    .hint(
                        format!("{zh}，请分成几个公告"),
                        format!("{en}; split the notice"),
                    );
                    break;
                }
            }
            Event::Text(piece) | Event::Code(piece) => plain.push_str(&piece),
            // A line break inside Chinese prose is no blank.
            Event::SoftBreak if plain.ends_with(|c: char| c.is_ascii()) => plain.push(' '),
            Event::HardBreak => plain.push('\n'),
            _ => {}
        }
    }
    reader.body
}

struct Reader<'t> {
    text: &'t str,
    title: &'t str,
    body: Body,
    heading: String,
    paragraphs: u16,
    /// The clause that blocks now belong to.
    current: Option<ClauseIndex>,
    /// A list here would belong to the current clause: no block has come since.
    open: bool,
}

impl Reader<'_> {
    fn heading(&mut self, words: &str, level: Option<HeadingLevel>) {
        let title = level == Some(HeadingLevel::H1) && words == self.title.trim();
        self.heading = if title {
            String::new()
        } else {
            words.to_owned()
        };
        self.paragraphs = 0;
        self.current = None;
        self.open = false;
    }

    fn prose(&mut self, words: &str, span: Range<usize>, belongs: bool) {
        if words.is_empty() {
            return;
        }
        if belongs
            && self.open
            && let Some(clause) = self
                .current
                .and_then(|index| self.body.clauses.get_mut(usize::from(index.0)))
        {
            clause.text.push('\n');
            clause.text.push_str(words);
            clause.span.end = span.end;
            return;
        }
        self.paragraphs = self.paragraphs.saturating_add(1);
        self.push(self.paragraphs, words.to_owned(), span);
        self.open = true;
    }

    fn push(&mut self, paragraph: u16, text: String, span: Range<usize>) {
        let index = u16::try_from(self.body.clauses.len()).unwrap_or(u16::MAX);
        self.body.clauses.push(Clause {
            heading: self.heading.clone(),
            paragraph,
            text,
            span,
        });
        self.current = Some(ClauseIndex(index));
    }

    fn block(&mut self, span: Range<usize>, nested: bool, sink: &mut Sink) {
        let Some(mut block) = fenced(self.text, span.clone()) else {
            return;
        };
        if nested || !block.closed {
            let (zh, en, hint_zh, hint_en) = if nested {
                (
                    "块不能写在列表或引用里",
                    "a block cannot stand inside a list or a quotation",
                    "顶格写，跟在段落下面",
                    "write it at the left margin, under its paragraph",
                )
            } else {
                (
                    "这一块没有结束",
                    "this block does not end",
                    "在它后面单独加一行 ```",
                    "add a line ``` after it",
                )
            };
            sink.error(DiagnosticKind::Syntax, block.block.form, zh, en)
                .hint(hint_zh, hint_en);
            return;
        }
        if self.current.is_none() {
            self.push(0, String::new(), span.start..span.start);
        }
        self.open = false;
        block.block.clause = self.current.unwrap_or(ClauseIndex(0));
        self.body.blocks.push(block.block);
    }
}

struct Fenced {
    block: Block,
    closed: bool,
}

/// Takes a fenced block apart; `None` if it has no name and so is plain text.
fn fenced(text: &str, span: Range<usize>) -> Option<Fenced> {
    let raw = text.get(span.clone())?;
    let first_end = raw.find('\n').unwrap_or(raw.len());
    let first = raw.get(..first_end)?;
    let mark = first.trim_start().chars().next()?;
    let fence = first.len() - first.trim_start().trim_start_matches(mark).len();
    let info = first.get(fence..)?;
    let form_at = fence + (info.len() - info.trim_start().len());
    let form = info.split_whitespace().next()?;
    let rest_at = form_at + form.len();
    let rest = first.get(rest_at..)?;
    let name = rest.trim();
    let name_at = rest_at + rest.find(name).unwrap_or(0);
    let body_at = (first_end + 1).min(raw.len());
    let body = raw.get(body_at..)?;
    let ended = body.trim_end_matches(['\n', '\r', ' ', '\t']);
    let last_at = ended.rfind('\n').map_or(0, |at| at + 1);
    let last = ended.get(last_at..)?.trim_start();
    let fence_length = first
        .trim_start()
        .chars()
        .take_while(|c| *c == mark)
        .count();
    let closed = last.chars().count() >= fence_length && last.chars().all(|c| c == mark);
    let at = |from: usize, long: usize| span.start + from..span.start + from + long;
    Some(Fenced {
        block: Block {
            form: at(form_at, form.len()),
            name: at(name_at, name.len()),
            content: at(body_at, if closed { last_at } else { body.len() }),
            span: span.clone(),
            clause: ClauseIndex(0),
        },
        closed,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(text: &str) -> (Body, Vec<crate::Diagnostic>) {
        let mut sink = Sink::new("test", text.into());
        let body = read(text, 0..text.len(), "题", &mut sink);
        (body, sink.finish())
    }

    #[test]
    fn paragraphs_are_counted_under_their_heading() {
        let text = "# 题\n\n前言。\n\n## 一、甲\n\n第一段\n第二行。\n\n- 一项\n- 两项\n\n```rule a\nx = 1\n```\n\n```rule b\n```\n\n第二段。\n\n```ask\n```\n";
        let (body, found) = body(text);
        assert!(found.is_empty(), "{found:?}");
        let cited: Vec<_> = body.clauses.iter().map(Clause::citation).collect();
        assert_eq!(cited, ["第1款", "一、甲 第1款", "一、甲 第2款"]);
        assert_eq!(body.clauses[1].text, "第一段第二行。\n一项 两项");
        let blocks: Vec<_> = body
            .blocks
            .iter()
            .map(|b| {
                (
                    &text[b.form.clone()],
                    &text[b.name.clone()],
                    &text[b.content.clone()],
                    b.clause.0,
                )
            })
            .collect();
        assert_eq!(
            blocks,
            [
                ("rule", "a", "x = 1\n", 1),
                ("rule", "b", "", 1),
                ("ask", "", "", 2)
            ]
        );
    }

    #[test]
    fn a_block_before_any_paragraph_has_an_empty_clause() {
        let (body, _) = body("## 一、甲\n\n```rule a\n```\n\n一段。\n");
        assert_eq!(body.clauses[0].citation(), "一、甲");
        assert_eq!(body.clauses[1].citation(), "一、甲 第1款");
    }

    #[test]
    fn open_and_nested_blocks_are_told() {
        assert_eq!(body("```rule a\nx = 1\n").1.len(), 1);
        assert_eq!(body("- 一项\n\n  ```rule a\n  ```\n").1.len(), 1);
        assert_eq!(body("```\nplain\n```\n").1.len(), 0);
    }
}
