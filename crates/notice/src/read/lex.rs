//! Signs and words of conditions and facts, each with its place in the text.

use crate::vocabulary::words::fold;
use std::ops::Range;

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sign {
    Open,
    Close,
    Comma,
    Relation(Relation),
    /// `与`, `和`, `至`: between the two ends of `介于`.
    Until,
    And,
    Or,
    Not,
    /// Part of a word of the vocabulary, a number, a unit.
    Word,
}

/// How an attribute stands to the values after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Relation {
    Equal,
    Unequal,
    Less,
    AtMost,
    More,
    AtLeast,
    In,
    NotIn,
    Has,
    HasNot,
    Between,
}

/// One token: what it is and the bytes it stands in.
#[derive(Debug, Clone)]
pub(crate) struct Token {
    pub(crate) sign: Sign,
    pub(crate) span: Range<usize>,
}

/// Splits a text. `known` tells whether a word stands in the vocabulary: an unknown run such as `货车且车型` is taken apart
/// at the words that join conditions, so that blanks around them may be left out.
pub(crate) fn lex(text: &str, known: &dyn Fn(&str) -> bool) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut rest = 0;
    while let Some(c) = text[rest..].chars().next() {
        let end = rest + c.len_utf8();
        if c.is_whitespace() {
            rest = end;
        } else if let Some((sign, long)) = punctuation(&text[rest..]) {
            tokens.push(Token {
                sign,
                span: rest..rest + long,
            });
            rest += long;
        } else {
            let end = rest + word_length(&text[rest..]);
            push_word(text, rest..end, known, &mut tokens);
            rest = end;
        }
    }
    tokens
}

fn plain(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
        c => c,
    }
}

/// The punctuation a text begins with, and its length in bytes.
fn punctuation(text: &str) -> Option<(Sign, usize)> {
    let mut chars = text.chars();
    let first = chars.next()?;
    let second = chars.next();
    let equals = second.filter(|c| plain(*c) == '=').map(char::len_utf8);
    let pair = |sign| equals.map(|more| (Sign::Relation(sign), first.len_utf8() + more));
    let one = |sign| Some((sign, first.len_utf8()));
    match plain(first) {
        '(' => one(Sign::Open),
        ')' => one(Sign::Close),
        ',' | '、' | ';' => one(Sign::Comma),
        '!' => pair(Relation::Unequal).or(one(Sign::Not)),
        '<' => pair(Relation::AtMost).or(one(Sign::Relation(Relation::Less))),
        '>' => pair(Relation::AtLeast).or(one(Sign::Relation(Relation::More))),
        '=' => pair(Relation::Equal).or(one(Sign::Relation(Relation::Equal))),
        '≠' => one(Sign::Relation(Relation::Unequal)),
        '≤' | '≦' | '⩽' => one(Sign::Relation(Relation::AtMost)),
        '≥' | '≧' | '⩾' => one(Sign::Relation(Relation::AtLeast)),
        _ => None,
    }
}

fn word_length(text: &str) -> usize {
    let mut end = 0;
    for (at, c) in text.char_indices() {
        if c.is_whitespace() || punctuation(&text[at..]).is_some() {
            break;
        }
        end = at + c.len_utf8();
    }
    // The brackets of this one unit are part of its name.
    if fold(&text[..end]).ends_with("db") {
        let after: String = text[end..].chars().take(3).map(plain).collect();
        if after.eq_ignore_ascii_case("(a)") {
            end += text[end..]
                .chars()
                .take(3)
                .map(char::len_utf8)
                .sum::<usize>();
        }
    }
    end
}

fn keyword(word: &str) -> Option<Sign> {
    use Relation::*;
    Some(match word {
        "且" | "并且" | "and" | "&" | "&&" => Sign::And,
        "或" | "或者" | "or" | "|" | "||" => Sign::Or,
        "非" | "not" => Sign::Not,
        "属于" | "in" => Sign::Relation(In),
        "不属于" => Sign::Relation(NotIn),
        "包含" | "has" | "contains" => Sign::Relation(Has),
        "不包含" | "不含" => Sign::Relation(HasNot),
        "介于" | "between" => Sign::Relation(Between),
        "与" | "和" | "至" | "到" | "to" => Sign::Until,
        "等于" | "为" | "is" => Sign::Relation(Equal),
        "不等于" | "不为" => Sign::Relation(Unequal),
        "小于" | "低于" => Sign::Relation(Less),
        "不大于" | "不高于" | "不超过" => Sign::Relation(AtMost),
        "大于" | "高于" | "超过" => Sign::Relation(More),
        "不小于" | "不低于" => Sign::Relation(AtLeast),
        _ => return None,
    })
}

/// Words that may stand inside an unspaced run, longest first where one begins another.
const JOINTS: &[&str] = &[
    "并且",
    "或者",
    "不属于",
    "属于",
    "不包含",
    "包含",
    "介于",
    "且",
    "或",
];

/// A longer unspaced run is no condition, and is not taken apart.
const RUN_BYTES_MAX: usize = 300;

fn push_word(
    text: &str,
    span: Range<usize>,
    known: &dyn Fn(&str) -> bool,
    tokens: &mut Vec<Token>,
) {
    let mut rest = span;
    loop {
        let word = &text[rest.clone()];
        if let Some(sign) = keyword(&fold(word)) {
            tokens.push(Token { sign, span: rest });
            return;
        }
        if word.is_ascii() || word.len() > RUN_BYTES_MAX || known(word) {
            break;
        }
        if let Some(denied) = word.strip_prefix('非')
            && known(denied)
        {
            let cut = rest.start + '非'.len_utf8();
            tokens.push(Token {
                sign: Sign::Not,
                span: rest.start..cut,
            });
            rest = cut..rest.end;
            break;
        }
        let joint = JOINTS
            .iter()
            .filter_map(|joint| Some((word.find(joint)?, *joint)))
            .filter(|(at, _)| *at > 0)
            .min_by_key(|(at, joint)| (*at, usize::MAX - joint.len()));
        let Some((at, joint)) = joint else { break };
        let (from, to) = (rest.start + at, rest.start + at + joint.len());
        tokens.push(Token {
            sign: Sign::Word,
            span: rest.start..from,
        });
        if let Some(sign) = keyword(joint) {
            tokens.push(Token {
                sign,
                span: from..to,
            });
        }
        if to == rest.end {
            return;
        }
        rest = to..rest.end;
    }
    tokens.push(Token {
        sign: Sign::Word,
        span: rest,
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<&str> {
        lex(text, &|w| ["货车", "车型", "重型", "非机动车"].contains(&w))
            .into_iter()
            .map(|t| &text[t.span])
            .collect()
    }

    #[test]
    fn full_width_signs_are_signs() {
        assert_eq!(
            words("货车 且(车型>=重型)"),
            ["货车", "且", "(", "车型", ">=", "重型", ")"]
        );
    }

    #[test]
    fn blanks_may_be_left_out() {
        assert_eq!(
            words("货车且车型=重型"),
            ["货车", "且", "车型", "=", "重型"]
        );
        assert_eq!(words("车型属于(重型)"), ["车型", "属于", "(", "重型", ")"]);
        assert_eq!(words("非货车"), ["非", "货车"]);
        assert_eq!(words("非机动车"), ["非机动车"]);
    }

    #[test]
    fn decibels_keep_their_brackets() {
        assert_eq!(words("> 55 dB(A)"), [">", "55", "dB(A)"]);
    }
}
