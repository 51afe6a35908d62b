//! Putting words together: lists, articles, and the parts of a noun phrase.

use crate::label::Lang;

/// `甲、乙或丙`; `a, b or c`.
pub(super) fn either(lang: Lang, words: &[String]) -> String {
    join(lang, words, "或", "or")
}

/// `甲、乙和丙`; `a, b and c`.
pub(super) fn both(lang: Lang, words: &[String]) -> String {
    join(lang, words, "和", "and")
}

fn join(lang: Lang, words: &[String], zh: &str, en: &str) -> String {
    match words {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => match lang {
            Lang::Zh => format!("{}{zh}{last}", first.join("、")),
            Lang::En => format!("{} {en} {last}", first.join(", ")),
        },
    }
}

/// `a truck`, `an excavator`.
pub(super) fn with_article(noun: &str) -> String {
    let vowel = noun.starts_with(['a', 'e', 'i', 'o', 'A', 'E', 'I', 'O'])
        || noun.starts_with("un") && !noun.starts_with("uni");
    format!("{} {noun}", if vowel { "an" } else { "a" })
}

/// The first letter large, for the start of an English sentence.
pub(super) fn capital(sentence: &str) -> String {
    let mut chars = sentence.chars();
    chars.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(chars).collect()
    })
}

/// What a condition says of its subject and of the moment, sorted by where it stands in a phrase.
#[derive(Debug, Clone, Default)]
pub(super) struct Parts {
    /// The noun, without article; `None` leaves it to the context.
    pub noun: Option<String>,
    /// Whether the noun brings its own article (several nouns joined).
    pub noun_complete: bool,
    /// Words right before the noun: `中型或重型`.
    pub adjectives: Vec<String>,
    /// Clauses about the subject. Chinese without the closing `的`, before the noun; English after it.
    pub clauses: Vec<String>,
    /// Alternatives about the subject (`持有通行证或用于城市配送`), kept apart so that `且` and `或` do not mix.
    pub choices: Vec<String>,
    /// What holds of the moment or place rather than of the subject: `预警级别为橙色`, `节假日`.
    pub circumstances: Vec<String>,
}

impl Parts {
    /// Nothing is said of the subject.
    pub fn no_subject(&self) -> bool {
        self.noun.is_none() && self.no_qualities()
    }

    /// The subject is not narrowed beyond its kind.
    pub fn no_qualities(&self) -> bool {
        self.adjectives.is_empty() && self.clauses.is_empty() && self.choices.is_empty()
    }

    /// The clauses as one: `A且B`, `x and y`.
    pub fn joined_clauses(&self, lang: Lang) -> String {
        let (and, then) = match lang {
            Lang::Zh => ("且", "，且"),
            Lang::En => (" and ", ", and "),
        };
        let mut text = self.clauses.join(and);
        for choice in &self.choices {
            if !text.is_empty() {
                text.push_str(then);
            }
            text.push_str(choice);
        }
        text
    }

    /// The subject as a noun phrase without article: `以柴油为动力的重型货车`, `heavy truck running on diesel`.
    pub fn bare(&self, lang: Lang, noun: &str) -> String {
        let noun = self.noun.as_deref().unwrap_or(noun);
        let clauses = self.joined_clauses(lang);
        match lang {
            Lang::Zh => {
                let de = if clauses.is_empty() { "" } else { "的" };
                format!("{clauses}{de}{}{noun}", self.adjectives.join(""))
            }
            Lang::En => {
                let mut text = self.adjectives.join(" ");
                for part in [noun, clauses.as_str()] {
                    if !text.is_empty() && !part.is_empty() {
                        text.push(' ');
                    }
                    text.push_str(part);
                }
                text
            }
        }
    }

    /// The subject as a noun phrase, in English with its article.
    pub fn subject(&self, lang: Lang, noun: &str) -> String {
        let bare = self.bare(lang, noun);
        match lang {
            Lang::En if !(self.noun_complete && self.adjectives.is_empty()) => with_article(&bare),
            _ => bare,
        }
    }
}
