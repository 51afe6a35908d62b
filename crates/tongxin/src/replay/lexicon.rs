//! What the words of one column mean, to each of the attributes that it is read as; looked up once a word.

use std::collections::HashMap;

/// The code of what is not said.
pub const UNSAID: u16 = u16::MAX;
/// The code of a word that the vocabulary does not know: counted, and like what is not said.
pub const UNKNOWN_WORD: u16 = u16::MAX - 1;

/// Different words remembered for a column; a file with more is odd, and they are looked up each time.
const WORDS_MAX: usize = 4096;

/// Tells the codes of a word, one for each attribute.
pub type LookUp = Box<dyn Fn(&str) -> Vec<u16> + Send>;

/// Words of a column. A meaning is a code for each attribute; meanings are fewer than words, and numbered.
pub struct Lexicon {
    look_up: LookUp,
    numbers: HashMap<Vec<u8>, u16>,
    meanings: Vec<Vec<u16>>,
}

impl Lexicon {
    /// Knows no word yet.
    pub fn new(look_up: LookUp) -> Self {
        Lexicon {
            look_up,
            numbers: HashMap::new(),
            meanings: Vec::new(),
        }
    }

    /// The number of a word's meaning.
    pub fn number(&mut self, word: &[u8]) -> u16 {
        if let Some(number) = self.numbers.get(word) {
            return *number;
        }
        // What is no text means what an unknown word means.
        let codes = (self.look_up)(std::str::from_utf8(word).unwrap_or_default());
        let number = match self.meanings.iter().position(|known| *known == codes) {
            Some(number) => number,
            None => {
                self.meanings.push(codes);
                self.meanings.len() - 1
            }
        };
        let number = u16::try_from(number).unwrap_or(UNSAID);
        if self.numbers.len() < WORDS_MAX {
            self.numbers.insert(word.to_vec(), number);
        }
        number
    }

    /// The code of every meaning to one of the attributes.
    pub fn codes(&self, attribute: usize) -> Vec<u16> {
        let code = |codes: &Vec<u16>| codes.get(attribute).copied().unwrap_or(UNSAID);
        self.meanings.iter().map(code).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    #[test]
    fn words_that_mean_the_same_share_a_number() {
        let asked = Arc::new(AtomicUsize::new(0));
        let count = asked.clone();
        let mut lexicon = Lexicon::new(Box::new(move |word| {
            count.fetch_add(1, Ordering::Relaxed);
            match word {
                "heavy" | "重型" => vec![3, UNKNOWN_WORD],
                "medium" => vec![2, 2],
                _ => vec![UNKNOWN_WORD, UNKNOWN_WORD],
            }
        }));
        let words = ["heavy", "medium", "重型", "no", "heavy", "nothing"];
        let numbers = words.map(|word| lexicon.number(word.as_bytes()));
        assert_eq!(numbers, [0, 1, 0, 2, 0, 2]);
        assert_eq!(asked.load(Ordering::Relaxed), 5);
        assert_eq!(lexicon.codes(0), [3, 2, UNKNOWN_WORD]);
        assert_eq!(lexicon.codes(1), [UNKNOWN_WORD, 2, UNKNOWN_WORD]);
    }

    #[test]
    fn what_is_no_text_is_an_unknown_word_and_memory_is_bounded() {
        let mut lexicon = Lexicon::new(Box::new(|_| vec![UNKNOWN_WORD]));
        for word in 0..2 * WORDS_MAX {
            let word = [&word.to_le_bytes()[..], &[0xff]].concat();
            assert_eq!(lexicon.number(&word), 0);
        }
        let (words, meanings) = (lexicon.numbers.len(), lexicon.meanings.len());
        assert_eq!((words, meanings), (WORDS_MAX, 1));
    }
}
