//! From tokens to the tree of a condition, or the list of facts; words are not understood yet.

use super::lex::{Relation, Sign, Token, lex};
use super::sink::Sink;
use super::table::Text;
use crate::diagnostic::DiagnosticKind;
use std::ops::Range;

/// Deeper than anybody writes, shallow enough for any stack.
const DEPTH_MAX: usize = 64;
/// Bytes of one condition.
const LENGTH_MAX: usize = 64 * 1024;

/// A condition as written. Ranges are bytes of its text.
#[derive(Debug, PartialEq)]
pub(crate) enum Tree {
    All(Vec<Tree>),
    Any(Vec<Tree>),
    Not(Box<Tree>),
    Atom(Atom),
}

/// A bare word, or an attribute with values.
#[derive(Debug, PartialEq)]
pub(crate) struct Atom {
    /// The bare word, or the attribute.
    pub(crate) subject: Range<usize>,
    /// Said with `在`, `in` before it: it must be a place.
    pub(crate) place: bool,
    /// Relation, where it stands, and the values.
    pub(crate) relation: Option<(Relation, Range<usize>, Vec<Range<usize>>)>,
}

/// One fact, denied or not.
#[derive(Debug)]
pub(crate) struct Fact {
    pub(crate) denied: bool,
    pub(crate) atom: Atom,
}

/// Parses a condition; `None` after reporting why not.
pub(crate) fn condition(
    text: &Text,
    known: &dyn Fn(&str) -> bool,
    sink: &mut Sink,
) -> Option<Tree> {
    let mut parser = Parser::new(text, known, sink)?;
    let tree = parser.any(0)?;
    match parser.peek() {
        None => Some(tree),
        Some(_) => parser.unexpected("“且”“或”，或者到此为止", "`and`, `or` or the end"),
    }
}

/// Parses a list of facts; `None` after reporting why not.
pub(crate) fn facts(
    text: &Text,
    known: &dyn Fn(&str) -> bool,
    sink: &mut Sink,
) -> Option<Vec<Fact>> {
    if text.text.trim().is_empty() {
        return Some(Vec::new());
    }
    let mut parser = Parser::new(text, known, sink)?;
    let mut facts = Vec::new();
    loop {
        let mut denied = false;
        while parser.accept(Sign::Not).is_some() {
            denied = !denied;
        }
        let atom = parser.atom()?;
        facts.push(Fact { denied, atom });
        if parser.accept(Sign::Comma).is_none() && parser.accept(Sign::And).is_none() {
            break;
        }
        if parser.peek().is_none() {
            break;
        }
    }
    match parser.peek() {
        None => Some(facts),
        Some(_) => parser.unexpected("逗号，或者到此为止", "a comma or the end"),
    }
}

struct Parser<'a> {
    text: &'a Text,
    tokens: Vec<Token>,
    at: usize,
    sink: &'a mut Sink,
}

impl<'a> Parser<'a> {
    fn new(text: &'a Text, known: &dyn Fn(&str) -> bool, sink: &'a mut Sink) -> Option<Self> {
        if text.text.len() > LENGTH_MAX {
            sink.error(
                DiagnosticKind::Limit,
                text.span.start..text.span.start,
                format!("这个条件太长：{} 字节", text.text.len()),
                format!("this condition is too long: {} bytes", text.text.len()),
            )
            .hint(
                format!("最多 {LENGTH_MAX} 字节，请分成几条"),
                format!("at most {LENGTH_MAX} bytes; split it into several rules"),
            );
            return None;
        }
        let tokens = lex(&text.text, known);
        Some(Self {
            text,
            tokens,
            at: 0,
            sink,
        })
    }

    fn peek(&self) -> Option<Sign> {
        self.tokens.get(self.at).map(|token| token.sign)
    }

    fn accept(&mut self, sign: Sign) -> Option<Range<usize>> {
        let token = self
            .tokens
            .get(self.at)
            .filter(|token| token.sign == sign)?;
        self.at += 1;
        Some(token.span.clone())
    }

    fn unexpected<T>(&mut self, zh: &str, en: &str) -> Option<T> {
        let (span, seen) = match self.tokens.get(self.at) {
            Some(token) => (token.span.clone(), self.text.text.get(token.span.clone())),
            None => (self.text.text.len()..self.text.text.len(), None),
        };
        let (seen_zh, seen_en) = match seen {
            Some(seen) => (
                format!("没想到这里是“{seen}”"),
                format!("unexpected `{seen}`"),
            ),
            None => (
                "话没说完".to_owned(),
                "the condition ends too early".to_owned(),
            ),
        };
        self.sink
            .error(
                DiagnosticKind::Syntax,
                self.text.locate(span),
                seen_zh,
                seen_en,
            )
            .hint(format!("应为{zh}"), format!("expected {en}"));
        None
    }

    fn any(&mut self, depth: usize) -> Option<Tree> {
        let mut parts = vec![self.all(depth)?];
        while self.accept(Sign::Or).is_some() {
            parts.push(self.all(depth)?);
        }
        Some(match parts.len() {
            1 => parts.remove(0),
            _ => Tree::Any(parts),
        })
    }

    fn all(&mut self, depth: usize) -> Option<Tree> {
        let mut parts = vec![self.one(depth)?];
        while self.accept(Sign::And).is_some() {
            parts.push(self.one(depth)?);
        }
        Some(match parts.len() {
            1 => parts.remove(0),
            _ => Tree::All(parts),
        })
    }

    fn one(&mut self, depth: usize) -> Option<Tree> {
        if depth >= DEPTH_MAX {
            let span = self
                .tokens
                .get(self.at)
                .map_or(0..0, |token| token.span.clone());
            self.sink
                .error(
                    DiagnosticKind::Limit,
                    self.text.locate(span),
                    format!("套得太深，超过 {DEPTH_MAX} 层"),
                    format!("nested more than {DEPTH_MAX} deep"),
                )
                .hint("请分成几条规则", "split it into several rules");
            return None;
        }
        if self.accept(Sign::Not).is_some() {
            // `not in X` says that the act is outside a place.
            return Some(Tree::Not(Box::new(self.one(depth + 1)?)));
        }
        if self.accept(Sign::Open).is_some() {
            let inner = self.any(depth + 1)?;
            if self.accept(Sign::Close).is_none() {
                return self.unexpected("右括号“)”", "a closing `)`");
            }
            return Some(inner);
        }
        self.atom().map(Tree::Atom)
    }

    /// Words that stand side by side are one phrase: `size class`.
    fn phrase(&mut self) -> Option<Range<usize>> {
        let first = self.accept(Sign::Word)?;
        let mut end = first.end;
        while let Some(next) = self.accept(Sign::Word) {
            end = next.end;
        }
        Some(first.start..end)
    }

    fn atom(&mut self) -> Option<Atom> {
        let place = self.accept(Sign::Relation(Relation::In)).is_some();
        let Some(subject) = self.phrase() else {
            return self.unexpected(
                "种类、属性、日子或者地点",
                "a kind, an attribute, a day or a place",
            );
        };
        let relation = match self.peek() {
            Some(Sign::Relation(relation)) if !place => {
                let span = self
                    .accept(Sign::Relation(relation))
                    .unwrap_or(subject.clone());
                Some((relation, span.clone(), self.values(relation)?))
            }
            Some(Sign::Not) if !place => {
                // `size class not in (…)`
                let from = self.accept(Sign::Not).unwrap_or(subject.clone());
                let relation = if self.accept(Sign::Relation(Relation::In)).is_some() {
                    Relation::NotIn
                } else if self.accept(Sign::Relation(Relation::Has)).is_some() {
                    Relation::HasNot
                } else {
                    return self.unexpected("“属于”或“包含”", "`in` or `has`");
                };
                Some((relation, from, self.values(relation)?))
            }
            _ => None,
        };
        Some(Atom {
            subject,
            place,
            relation,
        })
    }

    fn values(&mut self, relation: Relation) -> Option<Vec<Range<usize>>> {
        if relation == Relation::Between {
            let low = self.value()?;
            if self.accept(Sign::Until).is_none() && self.accept(Sign::And).is_none() {
                return self.unexpected("“与”和另一个数", "`and` and the other end");
            }
            return Some(vec![low, self.value()?]);
        }
        if self.accept(Sign::Open).is_none() {
            return Some(vec![self.value()?]);
        }
        let mut values = vec![self.value()?];
        loop {
            let more = self.accept(Sign::Comma).is_some() || self.accept(Sign::Or).is_some();
            if self.accept(Sign::Close).is_some() {
                return Some(values);
            }
            if !more {
                return self.unexpected("逗号或右括号“)”", "a comma or a closing `)`");
            }
            values.push(self.value()?);
        }
    }

    fn value(&mut self) -> Option<Range<usize>> {
        match self.phrase() {
            Some(value) => Some(value),
            None => self.unexpected("一个值", "a value"),
        }
    }
}
