//! The text under which accounts are kept: shown before one is opened, and kept in the ledger for all entries that rest on it.

use notice::Lang;

const ZH: &str = include_str!("terms.zh.md");
const EN: &str = include_str!("terms.en.md");
/// The whole text, whose hash stands in the entries.
pub const BYTES: &[u8] = concat!(
    include_str!("terms.zh.md"),
    "\n",
    include_str!("terms.en.md")
)
.as_bytes();

/// The text in one language.
pub struct Terms(pub Lang);

impl Terms {
    /// Its paragraphs.
    pub fn paragraphs(&self) -> impl Iterator<Item = &'static str> {
        let text = match self.0 {
            Lang::Zh => ZH,
            Lang::En => EN,
        };
        text.trim().split("\n\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_languages_say_as_much_and_are_kept() {
        let count = |lang| Terms(lang).paragraphs().count();
        assert_eq!((count(Lang::Zh), count(Lang::En)), (3, 3));
        let kept = String::from_utf8(BYTES.to_vec()).unwrap();
        assert!(kept.contains(ZH) && kept.contains(EN));
    }
}
