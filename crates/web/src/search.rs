//! Search over notices, clauses, places and enterprises: an index of character pairs, so that Chinese words and parts of
//! words are found without a dictionary.

use crate::moments;
use decide::Book;
use notice::{Label, Lang};
use std::collections::{HashMap, HashSet};

/// Longer searches are cut here (characters).
const MAX_QUERY: usize = 60;

/// What kind of thing was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Shelf {
    /// A notice.
    Notice,
    /// A clause of a notice.
    Clause,
    /// A place.
    Place,
    /// An enterprise.
    Enterprise,
}

/// Something that can be found.
#[derive(Debug)]
pub struct Item {
    /// Where it belongs.
    pub shelf: Shelf,
    /// Its address.
    pub address: String,
    /// What it is called.
    pub title: Label,
    /// Words beside the title.
    pub note: Label,
    folded: String,
    title_length: usize,
}

/// All that can be found.
#[derive(Debug, Default)]
pub struct Index {
    items: Vec<Item>,
    /// Positions of the items that have this pair of characters, ascending.
    pairs: HashMap<[char; 2], Vec<u32>>,
}

impl Index {
    /// Reads everything once.
    pub fn build(book: &Book) -> Index {
        let mut index = Index::default();
        let city = book.city();
        for notice in book.notices() {
            let title = Label::new(&*notice.title, notice.title_in(Lang::En).0);
            let about = |lang| moments::full_day(notice.issued.date(), lang);
            let summary = notice.english.summary.as_deref().unwrap_or_default();
            let english = notice
                .topics
                .iter()
                .filter_map(|topic| city.topics.get(topic));
            let topics = notice.topics.iter().chain(english);
            let topics = topics.map(String::as_str).collect::<Vec<_>>().join(" ");
            index.add(
                Shelf::Notice,
                format!("/notices/{}", notice.slug),
                title.clone(),
                Label::new(about(Lang::Zh), about(Lang::En)),
                &[&topics, &notice.slug.0, summary],
            );
            for (position, clause) in notice
                .clauses
                .iter()
                .enumerate()
                .filter(|(_, c)| !c.text.is_empty())
            {
                let shown = Label::new(&*clause.text, &*clause.text);
                let note = format!("{} · {}", notice.title, clause.citation());
                index.add(
                    Shelf::Clause,
                    format!("/notices/{}#c{}", notice.slug, position + 1),
                    shown,
                    Label::new(&*note, &*title.en),
                    &[],
                );
            }
        }
        for place in city.places.all() {
            let above = place
                .parent
                .and_then(|id| city.places.all().get(id.0 as usize))
                .map(|p| p.name.clone())
                .unwrap_or_default();
            index.add(
                Shelf::Place,
                format!("/places/{}", place.code),
                place.name.clone(),
                above,
                &[&place.code],
            );
        }
        for register in &city.registers {
            for row in &register.rows {
                let name = Label::new(&*row.name, &*row.name);
                let id = Label::new(&*row.id, &*row.id);
                index.add(
                    Shelf::Enterprise,
                    format!("/enterprises/{}", row.id),
                    name,
                    id,
                    &[],
                );
            }
        }
        index
    }

    fn add(&mut self, shelf: Shelf, address: String, title: Label, note: Label, more: &[&str]) {
        let mut text = format!("{}\n{}\n{}\n{}", title.zh, title.en, note.zh, note.en);
        for words in more {
            text.push('\n');
            text.push_str(words);
        }
        let folded = fold(&text);
        let position = u32::try_from(self.items.len()).unwrap_or(u32::MAX);
        let chars: Vec<char> = folded.chars().collect();
        let unique: HashSet<[char; 2]> = chars.windows(2).map(|w| [w[0], w[1]]).collect();
        for pair in unique {
            self.pairs.entry(pair).or_default().push(position);
        }
        let title_length = title.zh.chars().count();
        self.items.push(Item {
            shelf,
            address,
            title,
            note,
            folded,
            title_length,
        });
    }

    /// Everything that has all the words, the shortest titles of each shelf first.
    pub fn find(&self, query: &str) -> Vec<&Item> {
        let query: String = fold(query).chars().take(MAX_QUERY).collect();
        let words: Vec<&str> = query.split_whitespace().collect();
        if words.is_empty() {
            return Vec::new();
        }
        let mut found: Vec<&Item> = self
            .candidates(&words)
            .into_iter()
            .filter(|item| words.iter().all(|word| item.folded.contains(word)))
            .collect();
        found.sort_by_key(|item| {
            (
                item.shelf,
                !item.folded.starts_with(words[0]),
                item.title_length,
            )
        });
        found
    }

    /// Items that have the rarest pair of the words; all items if no word has two characters.
    fn candidates(&self, words: &[&str]) -> Vec<&Item> {
        let mut rarest: Option<&[u32]> = None;
        for word in words {
            let chars: Vec<char> = word.chars().collect();
            for pair in chars.windows(2) {
                let list = self
                    .pairs
                    .get(&[pair[0], pair[1]])
                    .map_or(&[][..], Vec::as_slice);
                if rarest.is_none_or(|r| list.len() < r.len()) {
                    rarest = Some(list);
                }
            }
        }
        match rarest {
            Some(list) => list
                .iter()
                .filter_map(|i| self.items.get(*i as usize))
                .collect(),
            None => self.items.iter().collect(),
        }
    }
}

/// Lower case, full-width forms folded.
fn fold(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '\u{3000}' => ' ',
            '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
            _ => c,
        })
        .flat_map(char::to_lowercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn index(titles: &[&str]) -> Index {
        let mut index = Index::default();
        for title in titles {
            let label = Label::new(*title, "");
            index.add(
                Shelf::Place,
                format!("/{title}"),
                label,
                Label::default(),
                &[],
            );
        }
        index
    }

    #[test]
    fn words_and_parts_of_words_are_found() {
        let index = index(&["小店区", "平阳路街道", "南环社区", "平阳景苑社区", "阳曲县"]);
        let titles =
            |q: &str| -> Vec<&str> { index.find(q).iter().map(|i| i.title.zh.as_str()).collect() };
        assert_eq!(titles("平阳"), ["平阳路街道", "平阳景苑社区"]);
        assert_eq!(titles("阳"), ["阳曲县", "平阳路街道", "平阳景苑社区"]);
        assert_eq!(titles("平阳 社区"), ["平阳景苑社区"]);
        assert!(titles("不存在").is_empty() && titles("  ").is_empty());
        assert!(titles(&"长".repeat(100_000)).is_empty());
    }
}
