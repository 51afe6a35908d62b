//! Which texts stand when: a question about another time is answered by the texts that stand then.

use crate::app::App;
use crate::people::locked;
use decide::diff::Differences;
use decide::{Answer, Book, Question};
use forms::publish::Shelf;
use jiff::Timestamp;
use jiff::civil::DateTime;
use notice::Notice;
use notice::text::TextVersion;
use std::sync::{Arc, Mutex};

/// Books of other times that are kept; more are compiled again when they are asked for.
const BOOKS_MAX: usize = 8;
/// Comparisons of two texts that are kept.
const COMPARED_MAX: usize = 32;
/// Changes that an answer's end is looked for across; beyond, it is told as the end that is known so far.
const CHANGES_MAX: usize = 64;

/// The texts of all times, and the stretch of time to which an [`App`]'s pages belong.
pub struct Editions {
    /// All of them.
    pub(crate) shelf: Arc<Shelf>,
    /// When the texts of these pages came to stand; nothing if from the beginning.
    from: Option<Timestamp>,
    /// When others will stand, as far as is planned.
    pub(crate) until: Option<Timestamp>,
    others: Mutex<Vec<(Option<Timestamp>, Arc<Book>)>>,
    compared: Mutex<Vec<(Pair, Compared)>>,
}

/// Two texts.
type Pair = (TextVersion, TextVersion);
/// For whom what changes between them, if it can be told.
type Compared = Option<Arc<Differences>>;

impl Editions {
    /// The texts that stand at `now`, among all.
    pub fn at(shelf: Arc<Shelf>, now: Timestamp) -> Editions {
        let (from, until) = shelf.stretch(now);
        Editions {
            shelf,
            from,
            until,
            others: Mutex::default(),
            compared: Mutex::default(),
        }
    }

    /// What two texts were found to differ in, if that was worked out.
    pub(crate) fn compared(&self, pair: Pair) -> Option<Compared> {
        let all = locked(&self.compared);
        all.iter()
            .find(|(of, _)| *of == pair)
            .map(|(_, found)| found.clone())
    }

    /// Keeps what two texts differ in.
    pub(crate) fn keep_compared(&self, pair: Pair, found: Compared) {
        let mut all = locked(&self.compared);
        if all.len() >= COMPARED_MAX {
            all.remove(0);
        }
        all.push((pair, found));
    }

    fn other(&self, from: Option<Timestamp>, at: Timestamp) -> Arc<Book> {
        let known = |all: &Vec<(Option<Timestamp>, Arc<Book>)>| {
            let mut all = all.iter();
            all.find(|(of, _)| *of == from)
                .map(|(_, book)| book.clone())
        };
        if let Some(book) = known(&locked(&self.others)) {
            return book;
        }
        // Compiled without holding the lock: whoever comes meanwhile does it too.
        let book = Arc::new(Book::compile(self.shelf.city().clone(), self.shelf.at(at)));
        let mut all = locked(&self.others);
        if all.len() >= BOOKS_MAX {
            all.remove(0);
        }
        all.push((from, book.clone()));
        book
    }
}

impl App {
    /// A civil time as an instant; of two in the night when clocks are turned back, the first.
    pub(crate) fn instant(&self, at: DateTime) -> Timestamp {
        self.city().zone.to_timestamp(at).unwrap_or_default()
    }

    /// The rules that stand at a time.
    pub(crate) fn book_at(&self, at: DateTime) -> Arc<Book> {
        let at = self.instant(at);
        let (from, _) = self.editions.shelf.stretch(at);
        if from == self.editions.from {
            self.book.clone()
        } else {
            self.editions.other(from, at)
        }
    }

    /// The rules of one notice's text that stands at a time, alone; nothing if it has none then.
    fn alone_at(&self, slug: &str, at: DateTime) -> Option<Arc<Book>> {
        let standing = self.editions.shelf.paper(slug)?.text_at(self.instant(at))?;
        let of_now = self
            .notice(slug)
            .filter(|now| now.text_version == standing.text_version);
        if of_now.is_some() {
            return self.alone.get(&standing.slug).cloned();
        }
        let alone = || Book::compile(self.city().clone(), vec![standing.clone()]);
        (!standing.rules.is_empty()).then(|| Arc::new(alone()))
    }

    /// The rules to ask at a time: of one notice alone, or of all.
    pub(crate) fn asked_at(&self, notice: Option<&Notice>, at: DateTime) -> Arc<Book> {
        let alone = notice.and_then(|notice| self.alone_at(&notice.slug.0, at));
        alone.unwrap_or_else(|| self.book_at(at))
    }

    /// Answers a question by the texts that stand at its time. Where another text comes to stand before the answer ends by
    /// itself, it ends there if the new texts answer otherwise.
    pub(crate) fn answer(&self, notice: Option<&Notice>, question: &Question) -> Answer {
        let mut answer = self.asked_at(notice, question.at).answer(question);
        let at = self.instant(question.at);
        let changes = self.editions.shelf.changes();
        let later = changes.into_iter().filter(|change| *change > at);
        for change in later.take(CHANGES_MAX) {
            let ends: Option<Timestamp> =
                answer.until.as_ref().and_then(|until| until.parse().ok());
            if ends.is_some_and(|ends| ends <= change) {
                break;
            }
            let from = self.city().zone.to_datetime(change);
            let then = Question {
                at: from,
                ..question.clone()
            };
            let next = self.asked_at(notice, from).answer(&then);
            let same = (next.verdict, &next.limits) == (answer.verdict, &answer.limits);
            if !same {
                answer.until = Some(crate::moments::rfc3339(self.city(), from));
                break;
            }
            answer.until = next.until;
        }
        answer
    }
}
