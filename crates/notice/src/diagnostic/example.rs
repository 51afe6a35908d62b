//! A concrete case in which a finding shows.

use crate::label::{Label, Lang};
use std::collections::BTreeMap;

/// One thing that a case fixes.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Fact {
    key: String,
    name: Label,
    value: Label,
}

/// A case, fact by fact, as an `ask` would write it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Example(Vec<Fact>);

impl Example {
    /// Adds a fact. Its key is what programs find it by; people read its name in their language.
    pub fn add(&mut self, key: impl Into<String>, name: Label, value: Label) {
        self.0.push(Fact {
            key: key.into(),
            name,
            value,
        });
    }

    /// Adds what is written alike in every language: a key of the notice language, a date, a room.
    pub fn add_plain(&mut self, key: &str, name: Label, value: &str) {
        self.add(key, name, Label::new(value, value));
    }

    /// In words: `车型 = 重型，燃料 = 柴油`, `size class = heavy, fuel = diesel`.
    pub fn say(&self, lang: Lang) -> String {
        let facts: Vec<String> = self
            .0
            .iter()
            .map(|fact| format!("{} = {}", fact.name.get(lang), fact.value.get(lang)))
            .collect();
        facts.join(match lang {
            Lang::Zh => "，",
            Lang::En => ", ",
        })
    }

    /// By key, in the vocabulary's Chinese words: the documented JSON, which is the same whatever the reader's language.
    pub fn by_key(&self) -> BTreeMap<&str, &str> {
        self.0
            .iter()
            .map(|fact| (fact.key.as_str(), fact.value.zh.as_str()))
            .collect()
    }
}
