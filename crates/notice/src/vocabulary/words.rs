//! Finding a word's meaning, whichever of its forms the writer uses.

use super::{ActionId, AttributeId, Domain, KindId, MeasureId, Value, Vocabulary};
use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

/// A word as it is compared: trimmed, full-width forms folded, ASCII in lower case, runs of blanks as one.
pub fn fold(word: &str) -> String {
    let mut folded = String::with_capacity(word.len());
    let mut blank = false;
    for c in word.trim().chars() {
        let c = match c {
            '\u{3000}' => ' ',
            '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
            c => c,
        };
        if c.is_whitespace() {
            blank = true;
            continue;
        }
        if std::mem::take(&mut blank) {
            folded.push(' ');
        }
        folded.push(c.to_ascii_lowercase());
    }
    folded
}

/// What a bare word can mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meaning {
    /// A kind of subject.
    Kind(KindId),
    /// An attribute; a boolean one stands alone.
    Attribute(AttributeId),
    /// The opposite of a boolean attribute (`无通行证`).
    Negative(AttributeId),
    /// An action.
    Action(ActionId),
    /// A measure.
    Measure(MeasureId),
}

/// A vocabulary's [`Words`], built when first wanted. Two vocabularies with the same words are equal whether it is built or not.
#[derive(Debug, Clone, Default)]
pub struct Index(OnceLock<Arc<Words>>);

impl Index {
    pub(super) fn of(&self, vocabulary: &Vocabulary) -> &Words {
        self.0.get_or_init(|| Arc::new(Words::of(vocabulary)))
    }
}

impl PartialEq for Index {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Index {}

/// An index over a vocabulary's words.
#[derive(Debug)]
pub struct Words {
    meanings: HashMap<String, Vec<Meaning>>,
    /// The first attribute that has a word as a value.
    values: HashMap<String, AttributeId>,
    spellings: Vec<String>,
}

impl Words {
    /// Indexes every form of every word.
    pub fn of(vocabulary: &Vocabulary) -> Self {
        let mut words = Self {
            meanings: HashMap::new(),
            values: HashMap::new(),
            spellings: Vec::new(),
        };
        for (at, kind) in (0u16..).zip(&vocabulary.kinds) {
            words.add(forms(&kind.label, &kind.also), Meaning::Kind(KindId(at)));
        }
        for (at, attribute) in (0u16..).zip(&vocabulary.attributes) {
            let id = AttributeId(at);
            words.add(
                forms(&attribute.label, &attribute.also),
                Meaning::Attribute(id),
            );
            if let Domain::Choice { values, .. } | Domain::List { values } = &attribute.domain {
                for form in values.iter().flat_map(|v| forms(&v.label, &v.also)) {
                    words.values.entry(fold(form)).or_insert(id);
                }
            }
            if let Domain::Boolean { negatives } = &attribute.domain {
                words.add(negatives.iter().map(String::as_str), Meaning::Negative(id));
                let opposites = opposites(&attribute.label.zh);
                words.add(opposites.iter().map(String::as_str), Meaning::Negative(id));
            }
        }
        for (at, action) in (0u16..).zip(&vocabulary.actions) {
            words.add(
                forms(&action.label, &action.also),
                Meaning::Action(ActionId(at)),
            );
        }
        for (at, measure) in (0u16..).zip(&vocabulary.measures) {
            words.add(
                forms(&measure.label, &measure.also),
                Meaning::Measure(MeasureId(at)),
            );
        }
        words
    }

    fn add<'a>(&mut self, forms: impl Iterator<Item = &'a str>, meaning: Meaning) {
        for form in forms {
            let meanings = self.meanings.entry(fold(form)).or_default();
            if !meanings.contains(&meaning) {
                meanings.push(meaning);
            }
            self.spellings.push(form.to_owned());
        }
    }

    /// Everything `word` can mean; empty if nothing.
    pub fn meanings(&self, word: &str) -> &[Meaning] {
        self.meanings.get(&fold(word)).map_or(&[], Vec::as_slice)
    }

    /// An attribute that has `word` as a value.
    pub fn attribute_of_value(&self, word: &str) -> Option<AttributeId> {
        self.values.get(&fold(word)).copied()
    }

    /// The known word nearest to `word` among those `wanted`, if one is near enough to be meant.
    pub fn nearest(&self, word: &str, wanted: impl Fn(Meaning) -> bool) -> Option<&str> {
        let candidates = self
            .spellings
            .iter()
            .filter(|s| self.meanings(s).iter().any(|m| wanted(*m)));
        nearest(word, candidates.map(String::as_str))
    }
}

/// `持有X` is denied by `无X`, `未持有X`, `没有X`; any other boolean by `非X`, `不X`, `未X` … only the first three forms are general enough.
fn opposites(word: &str) -> Vec<String> {
    let thing = word
        .strip_prefix("持有")
        .or_else(|| word.strip_prefix('有'));
    match thing {
        Some(thing) if !thing.is_empty() => vec![
            format!("无{thing}"),
            format!("未{word}"),
            format!("没有{thing}"),
        ],
        _ => vec![format!("未{word}")],
    }
}

fn forms<'a>(label: &'a crate::Label, also: &'a [String]) -> impl Iterator<Item = &'a str> {
    [label.zh.as_str(), label.en.as_str()]
        .into_iter()
        .chain(also.iter().map(String::as_str))
        .filter(|s| !s.is_empty())
}

/// Position of the value called `word` among `values`.
pub fn value_position(values: &[Value], word: &str) -> Option<u32> {
    let word = fold(word);
    let at = values
        .iter()
        .position(|value| forms(&value.label, &value.also).any(|form| fold(form) == word))?;
    u32::try_from(at).ok()
}

/// The word of `candidates` nearest to `word`, if one is near enough to be meant.
pub fn nearest<'a>(word: &str, candidates: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let word: Vec<char> = fold(word).chars().take(64).collect();
    let allowed = match word.len() {
        0..=1 => return None,
        2..=4 => 1,
        5..=8 => 2,
        _ => 3,
    };
    candidates
        .map(|candidate| {
            (
                distance(&word, &fold(candidate).chars().collect::<Vec<_>>(), allowed),
                candidate,
            )
        })
        .filter(|(far, _)| *far <= allowed)
        .min_by_key(|(far, _)| *far)
        .map(|(_, candidate)| candidate)
}

/// Edits (insert, delete, replace) from `a` to `b`; more than `bound` is said as `bound + 1`.
fn distance(a: &[char], b: &[char], bound: usize) -> usize {
    if a.len().abs_diff(b.len()) > bound {
        return bound + 1;
    }
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let replaced = diagonal + usize::from(x != y);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folds_full_width_and_case() {
        assert_eq!(fold(" AB c "), "ab c");
    }

    #[test]
    fn nearest_word_is_near() {
        assert_eq!(
            nearest("柴汽", ["柴油", "燃气", "电动"].into_iter()),
            Some("柴油")
        );
        assert_eq!(nearest("飞机", ["柴油", "燃气"].into_iter()), None);
        assert_eq!(
            nearest("disel", ["diesel", "petrol"].into_iter()),
            Some("diesel")
        );
    }
}
