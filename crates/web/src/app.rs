//! What every page is made from: the city, its compiled rules, the clock, and indexes built once at the start.

use crate::bookings::Offers;
use crate::clock::Clock;
use crate::dictionary::Dictionary;
use crate::editions::Editions;
use crate::house::House;
use crate::metrics::Metrics;
use crate::people::People;
use crate::posting::Posting;
use crate::publishing::PROOFS_AT_ONCE;
use crate::search::Index;
use city::City;
use city::place::Place;
use decide::Book;
use forms::publish::Shelf;
use jiff::Timestamp;
use jiff::civil::DateTime;
use notice::say::Speaker;
use notice::{Lang, Notice, PlaceId, Rule, Slug};
use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock, Weak};
use tokio::sync::Semaphore;

/// At most so many downloads are prepared at once; more are asked to come again.
const DOWNLOADS_AT_ONCE: usize = 4;

/// A served city, of the texts that stand in one stretch of time. Shared by all requests and never changed: when other texts
/// stand, another takes its place.
pub struct App {
    /// Rules of all notices that stand.
    pub(crate) book: Arc<Book>,
    /// The rules of each notice that has any, alone.
    pub(crate) alone: BTreeMap<Slug, Arc<Book>>,
    /// The texts of all times.
    pub(crate) editions: Editions,
    /// The offers of all notices, ready to decide by.
    pub(crate) offers: Offers,
    /// Where answers name the real hour.
    pub(crate) clock: Clock,
    pub(crate) search: Index,
    pub(crate) dictionary: Dictionary,
    pub(crate) metrics: Arc<Metrics>,
    /// Roads and rivers for the map: they never change, so they are written once.
    pub(crate) lines_geojson: axum::body::Bytes,
    pub(crate) downloads: Arc<Semaphore>,
    /// Proofs of texts that may still begin.
    pub(crate) proofs: Arc<Semaphore>,
    /// Who can sign in; nothing in a house that is only read.
    pub(crate) people: Option<Arc<People>>,
    /// Where the city is served for everybody: `https://tongxin.example.cn`. Nothing if it was not said.
    pub(crate) root: Option<String>,
    /// Tells the states of interviews of other vocabularies from ours.
    pub(crate) fingerprint: u32,
    /// Where these pages are, or were, those of now.
    house: OnceLock<Weak<House>>,
}

impl App {
    /// Prepares the pages of a compiled city.
    pub fn new(book: Book, clock: Clock) -> App {
        let shelf = Shelf::of(book.city().clone(), book.notices());
        App {
            search: Index::build(&book),
            offers: Offers::of(&book),
            dictionary: Dictionary::build(book.city()),
            fingerprint: crate::state::fingerprint(book.city()),
            lines_geojson: crate::drawing::lines_geojson(book.city()).into(),
            alone: alone(&book),
            editions: Editions::at(Arc::new(shelf), clock.now()),
            book: Arc::new(book),
            clock,
            metrics: Arc::default(),
            downloads: Arc::new(Semaphore::new(DOWNLOADS_AT_ONCE)),
            proofs: Arc::new(Semaphore::new(PROOFS_AT_ONCE)),
            people: None,
            house: OnceLock::new(),
            root: None,
        }
    }

    /// The pages of the texts that stand at `now`, of the same city with the same people and counters.
    pub(crate) fn renewed(&self, shelf: Arc<Shelf>, now: Timestamp) -> App {
        let book = Book::compile(self.city().clone(), shelf.at(now));
        App {
            search: Index::build(&book),
            offers: Offers::of(&book),
            dictionary: Dictionary::build(book.city()),
            fingerprint: self.fingerprint,
            lines_geojson: self.lines_geojson.clone(),
            alone: alone(&book),
            editions: Editions::at(shelf, now),
            book: Arc::new(book),
            clock: self.clock,
            metrics: self.metrics.clone(),
            downloads: self.downloads.clone(),
            proofs: self.proofs.clone(),
            people: self.people.clone(),
            root: self.root.clone(),
            house: OnceLock::new(),
        }
    }

    pub(crate) fn live_in(&self, house: &Arc<House>) {
        // Whoever moves in twice stays in the first.
        let _ = self.house.set(Arc::downgrade(house));
    }

    /// Where these pages live, while it stands.
    pub(crate) fn house(&self) -> Option<Arc<House>> {
        self.house.get()?.upgrade()
    }

    /// The same city where people can sign in.
    pub fn with_people(self, people: impl Into<Arc<People>>) -> App {
        App {
            people: Some(people.into()),
            ..self
        }
    }

    /// The same city, which is served at this address for everybody; without a slash at the end.
    pub fn at(self, root: String) -> App {
        App {
            root: Some(root),
            ..self
        }
    }

    /// Ends what would keep a server from stopping: pages that listen, and the clock's work.
    pub fn stop(&self) {
        if let Some(people) = &self.people {
            people.bookings.stop();
            if let Some(posting) = &people.posting {
                posting.stop();
            }
        }
    }

    /// What leaves the house by itself, where anything does.
    pub(crate) fn posting(&self) -> Option<Arc<Posting>> {
        self.people.as_ref()?.posting.clone()
    }

    /// Whether the people of the city folder, who are invented, can be signed in as.
    pub(crate) fn is_demo(&self) -> bool {
        self.city().clock.is_some() && !self.city().people.is_empty()
    }

    pub(crate) fn city(&self) -> &Arc<City> {
        self.book.city()
    }

    pub(crate) fn now(&self) -> DateTime {
        self.clock.civil(&self.city().zone)
    }

    /// Notices, the latest issued first.
    pub(crate) fn latest(&self) -> Vec<&Arc<Notice>> {
        let mut all: Vec<_> = self.book.notices().iter().collect();
        all.sort_by(|a, b| b.issued.cmp(&a.issued).then_with(|| a.slug.cmp(&b.slug)));
        all
    }

    pub(crate) fn notice(&self, slug: &str) -> Option<&Arc<Notice>> {
        self.book.notices().iter().find(|n| &*n.slug.0 == slug)
    }

    /// A place by its code.
    pub(crate) fn place(&self, code: &str) -> Option<(PlaceId, &Place)> {
        let places = &self.city().places;
        let id = places.by_code(code)?;
        Some((id, places.get(id)?))
    }

    /// Every rule with its notice.
    pub(crate) fn rules(&self) -> impl Iterator<Item = (&Arc<Notice>, &Rule)> {
        let notices = self.book.notices().iter();
        notices.flat_map(|notice| notice.rules.iter().map(move |rule| (notice, rule)))
    }

    pub(crate) fn speaker(&self, lang: Lang) -> Speaker<'_> {
        let context = self.city().context();
        Speaker {
            vocabulary: context.vocabulary,
            gazetteer: context.gazetteer,
            lang,
        }
    }

    pub(crate) fn office_name(&self, id: &str, lang: Lang) -> String {
        let context = self.city().context();
        context
            .gazetteer
            .office_name(id, lang)
            .unwrap_or_else(|| id.to_owned())
    }
}

/// The rules of each notice that has any, alone.
fn alone(book: &Book) -> BTreeMap<Slug, Arc<Book>> {
    let with_rules = book.notices().iter().filter(|n| !n.rules.is_empty());
    with_rules
        .map(|notice| {
            let alone = Book::compile(book.city().clone(), vec![notice.clone()]);
            (notice.slug.clone(), Arc::new(alone))
        })
        .collect()
}
