//! Finds the city's words in a question put freely: "我的轻型柴油货车能进入中环以内吗？" → 驶入, 货车, 轻型, 柴油, 中环以内.
//!
//! It only recognises words; whatever it does not find is asked in the interview, and everything found is shown for correction.

use city::City;
use notice::vocabulary::{Domain, Holder};
use notice::{ActionId, AttributeId, Facts, KindId, PlaceId, ValueSet, Vocabulary};
use std::collections::HashMap;

/// Longer questions are cut here (characters).
const MAX_QUESTION: usize = 200;

/// What a word stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Meaning {
    Kind(KindId),
    Value(AttributeId, u32),
    Member(AttributeId, u32),
    Action(ActionId),
    Place(PlaceId),
}

/// Every word of the city, by its first character, longest first.
#[derive(Debug, Default)]
pub struct Dictionary(HashMap<char, Vec<(Vec<char>, Meaning)>>);

/// What was found in a question.
#[derive(Debug, Default)]
pub struct Found {
    /// What they want to do.
    pub action: Option<ActionId>,
    /// What they say of themselves.
    pub facts: Facts,
    /// Where.
    pub place: Option<PlaceId>,
}

impl Found {
    /// Not a word of the question was known.
    pub fn is_nothing(&self) -> bool {
        self.action.is_none() && self.place.is_none() && self.facts == Facts::default()
    }
}

impl Dictionary {
    /// Reads the words of a city.
    pub fn build(city: &City) -> Dictionary {
        let mut dictionary = Dictionary::default();
        let words = &city.vocabulary;
        for (id, kind) in (0..).zip(&words.kinds) {
            dictionary.add(&kind.label, &kind.also, Meaning::Kind(KindId(id)));
        }
        for (id, attribute) in (0..).zip(&words.attributes) {
            let id = AttributeId(id);
            match &attribute.domain {
                Domain::Choice { values, .. } => {
                    for (position, value) in (0..).zip(values) {
                        dictionary.add(&value.label, &value.also, Meaning::Value(id, position));
                    }
                }
                Domain::List { values } => {
                    for (position, value) in (0..).zip(values) {
                        dictionary.add(&value.label, &value.also, Meaning::Member(id, position));
                    }
                }
                Domain::Boolean { negatives } => {
                    dictionary.add(&attribute.label, &attribute.also, Meaning::Value(id, 1));
                    for word in negatives {
                        dictionary.add_word(word, Meaning::Value(id, 0));
                    }
                }
                Domain::Number(_) | Domain::Place => {}
            }
        }
        for (id, action) in (0..).zip(&words.actions) {
            dictionary.add(&action.label, &action.also, Meaning::Action(ActionId(id)));
        }
        for (id, place) in (0..).zip(city.places.all()) {
            dictionary.add(&place.name, &[], Meaning::Place(PlaceId(id)));
            // "中环" for 中环以内, as people say it.
            if let Some(short) = place.name.zh.strip_suffix("以内") {
                dictionary.add_word(short, Meaning::Place(PlaceId(id)));
            }
        }
        for list in dictionary.0.values_mut() {
            list.sort_by_key(|(word, _)| std::cmp::Reverse(word.len()));
        }
        dictionary
    }

    fn add(&mut self, label: &notice::Label, also: &[String], meaning: Meaning) {
        self.add_word(&label.zh, meaning);
        self.add_word(&label.en, meaning);
        for word in also {
            self.add_word(word, meaning);
        }
    }

    fn add_word(&mut self, word: &str, meaning: Meaning) {
        let word = fold(word);
        // One character says too little (车, 0): it would be found everywhere.
        if word.len() >= 2 {
            self.0.entry(word[0]).or_default().push((word, meaning));
        }
    }

    /// What the question says, as far as its words are known.
    pub fn find(&self, city: &City, question: &str) -> Found {
        let text: Vec<char> = fold(question).into_iter().take(MAX_QUESTION).collect();
        let mut meanings: Vec<Meaning> = Vec::new();
        let mut at = 0;
        while at < text.len() {
            let here = self.0.get(&text[at]);
            let longest = here.and_then(|list| {
                list.iter().map(|(word, _)| word).find(|word| {
                    text[at..].starts_with(word) && !inside_word(&text, at, word.len())
                })
            });
            match (here, longest) {
                (Some(list), Some(word)) => {
                    let same = list.iter().filter(|(other, _)| other == word);
                    meanings.extend(same.map(|(_, meaning)| *meaning));
                    at += word.len();
                }
                _ => at += 1,
            }
        }
        assemble(city, &meanings)
    }
}

/// Lower case; full-width ASCII folded.
fn fold(text: &str) -> Vec<char> {
    text.trim()
        .chars()
        .map(|c| match c {
            '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
            _ => c,
        })
        .flat_map(char::to_lowercase)
        .collect()
}

/// An English word counts only whole: "car" is not in "carry".
fn inside_word(text: &[char], at: usize, len: usize) -> bool {
    let letter = |i: usize| text.get(i).is_some_and(char::is_ascii_alphabetic);
    let (first, last) = (at, at + len - 1);
    (letter(first) && at > 0 && letter(at - 1)) || (letter(last) && letter(last + 1))
}

fn assemble(city: &City, meanings: &[Meaning]) -> Found {
    let words = &city.vocabulary;
    let mut found = Found::default();
    for meaning in meanings {
        match *meaning {
            // The most special kind said: 柴油货车 in a sentence about 车辆.
            Meaning::Kind(kind)
                if found
                    .facts
                    .kind
                    .is_none_or(|known| under(words, kind, known)) =>
            {
                found.facts.kind = Some(kind);
            }
            Meaning::Place(place) => found.place = found.place.or(Some(place)),
            _ => {}
        }
    }
    for meaning in meanings {
        if let Meaning::Action(action) = *meaning
            && found.action.is_none()
            && found.facts.kind.is_none_or(|kind| can(words, kind, action))
        {
            found.action = Some(action);
        }
    }
    let kind = found.facts.kind;
    let fits = |id: &AttributeId| {
        let attribute = words.attributes.get(usize::from(id.0));
        match (attribute.map(|a| &a.holder), kind) {
            (Some(Holder::Kinds(holders)), Some(kind)) => {
                holders.iter().any(|holder| under(words, kind, *holder))
            }
            (Some(Holder::City { .. }), _) => true,
            _ => false,
        }
    };
    for meaning in meanings {
        match *meaning {
            Meaning::Value(id, position) if fits(&id) => {
                let set = ValueSet::one(position);
                found.facts.attributes.entry(id).or_insert(set);
            }
            Meaning::Member(id, position) if fits(&id) => {
                found.facts.members.insert((id, position), true);
            }
            _ => {}
        }
    }
    found
}

/// Whether `kind` is `above` or a special case of it.
pub fn under(words: &Vocabulary, kind: KindId, above: KindId) -> bool {
    words
        .kinds
        .get(usize::from(above.0))
        .is_some_and(|k| (above.0..k.end).contains(&kind.0))
}

/// Whether subjects of `kind`, or some special case of it, can do `action`.
pub fn can(words: &Vocabulary, kind: KindId, action: ActionId) -> bool {
    words.actions.get(usize::from(action.0)).is_some_and(|a| {
        a.actors.is_empty()
            || a.actors
                .iter()
                .any(|actor| under(words, kind, *actor) || under(words, *actor, kind))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn english_words_count_whole() {
        let text = fold("Carry a car");
        assert!(inside_word(&text, 0, 3));
        assert!(!inside_word(&text, 8, 3));
        assert_eq!(fold("ABC车"), vec!['a', 'b', 'c', '车']);
    }
}
