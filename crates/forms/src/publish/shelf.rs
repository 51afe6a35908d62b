//! Every edition of every notice, and which of them stands at an instant.

use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use city::City;
use jiff::Timestamp;
use ledger::form::Fault;
use ledger::item::{Found, ItemId, Row};
use ledger::name::{Key, Kind, TextVersion};
use ledger::store::{Read, StoreError};
use notice::{Diagnostic, Notice, Slug};

use super::guard::Beside;
use super::rows::{DraftText, Edition, Holds, Published, Seen, Texts};

/// Editions and drafts are fetched so many at a time.
const PAGE: usize = 256;

/// All texts of a city: those of its folder, and everything that was published since.
#[derive(Clone, Debug)]
pub struct Shelf {
    city: Arc<City>,
    papers: BTreeMap<Slug, Paper>,
    /// What was published, as the ledger names it.
    pub seen: Seen,
    /// Texts that were published and cannot be read any more: what stood before them stands on.
    pub aside: Vec<Aside>,
}

/// One notice with all its editions.
#[derive(Clone, Debug)]
pub struct Paper {
    /// Its short name.
    pub slug: Slug,
    /// Id of the office whose notice it is.
    pub office: String,
    /// Its editions, by number.
    pub editions: Vec<Bound>,
}

/// An edition with its text.
#[derive(Clone, Debug)]
pub struct Bound {
    /// Which one, from 1.
    pub number: u32,
    /// From when on; the founding text has stood from the beginning.
    pub from: Option<Timestamp>,
    /// The notice; nothing if this edition is a withdrawal.
    pub notice: Option<Arc<Notice>>,
    /// How it came; nothing for the text with which the city folder began.
    pub edition: Option<Edition>,
}

/// A text that was published and cannot be read with the city's words of today.
#[derive(Clone, Debug)]
pub struct Aside {
    /// The notice.
    pub slug: Slug,
    /// The edition.
    pub number: u32,
    /// Why.
    pub findings: Vec<Diagnostic>,
}

impl Bound {
    /// Why the notice was withdrawn, if that is what this edition is.
    #[must_use]
    pub fn reason(&self) -> Option<&str> {
        match self.edition.as_ref().map(|edition| &edition.holds) {
            Some(Holds::Withdrawn { reason }) => Some(reason),
            _ => None,
        }
    }

    fn begun(&self, at: Timestamp) -> bool {
        self.from.is_none_or(|from| from <= at)
    }
}

impl Paper {
    /// The edition that stands at an instant, a text or a withdrawal: of those that have begun, the one decided last.
    #[must_use]
    pub fn at(&self, at: Timestamp) -> Option<&Bound> {
        self.editions.iter().rev().find(|bound| bound.begun(at))
    }

    /// The text that stands at an instant.
    #[must_use]
    pub fn text_at(&self, at: Timestamp) -> Option<&Arc<Notice>> {
        self.at(at)?.notice.as_ref()
    }

    /// The edition with this number.
    #[must_use]
    pub fn edition(&self, number: u32) -> Option<&Bound> {
        self.editions.iter().find(|bound| bound.number == number)
    }

    /// Until when an edition stands: when one that was decided after it begins. An edition that ends before it begins was
    /// overtaken and never stands.
    #[must_use]
    pub fn until(&self, bound: &Bound) -> Option<Timestamp> {
        let later = self.editions.iter().filter(|l| l.number > bound.number);
        later.filter_map(|later| later.from).min()
    }

    /// The last text that was published, whether it stands or not.
    #[must_use]
    pub fn last_text(&self) -> Option<&Arc<Notice>> {
        self.editions.iter().rev().find_map(|b| b.notice.as_ref())
    }
}

impl Shelf {
    /// The texts of a city folder, before anything was published.
    #[must_use]
    pub fn founding(city: Arc<City>) -> Shelf {
        let notices = city.notices.clone();
        Shelf::of(city, &notices)
    }

    /// The same with other texts than the folder's.
    #[must_use]
    pub fn of(city: Arc<City>, notices: &[Arc<Notice>]) -> Shelf {
        let papers = notices.iter().map(|notice| {
            let paper = Paper {
                slug: notice.slug.clone(),
                office: notice.issuer.clone(),
                editions: vec![founding(notice)],
            };
            (notice.slug.clone(), paper)
        });
        Shelf {
            papers: papers.collect(),
            city,
            seen: Seen::NOTHING,
            aside: Vec::new(),
        }
    }

    /// Those, and everything that a ledger holds. `before` spares reading texts again that it has read.
    ///
    /// # Errors
    /// [`Fault`] when the ledger cannot be read.
    pub fn load(
        city: Arc<City>,
        store: &impl Read,
        before: Option<&Shelf>,
    ) -> Result<Shelf, Fault> {
        let mut shelf = Shelf::founding(city);
        // First: if something is published meanwhile, a command that rests on this is refused, and the next look sees more.
        let seen = Seen::now(store)?;
        let published: BTreeMap<String, Published> = all::<Published>(store, &Published::all()?)?
            .into_iter()
            .map(|one| (one.slug.to_string(), one))
            .collect();
        for one in published.values() {
            shelf.adopt(one, store, before)?;
        }
        for edition in all::<Edition>(store, &Edition::all()?)? {
            // One that was written between the two looks is told by the next.
            let last = published
                .get(edition.slug.as_str())
                .map_or(0, |one| one.last);
            if edition.number <= last {
                shelf.add(edition, store, before)?;
            }
        }
        shelf.seen = seen;
        Ok(shelf)
    }

    /// What the ledger says that a notice began with: the city folder may have another text today, or none.
    fn adopt(
        &mut self,
        one: &Published,
        store: &impl Read,
        before: Option<&Shelf>,
    ) -> Result<(), Fault> {
        let slug = Slug(one.slug.as_str().into());
        let mut editions = Vec::new();
        if let Some(version) = one.founding {
            let known = self
                .papers
                .get(&slug)
                .and_then(|paper| paper.editions.first());
            let known = known.filter(|bound| holds(bound, version)).cloned();
            let read = match known {
                Some(bound) => Some(bound),
                None => self
                    .read(&slug, 1, version, store, before)?
                    .map(|notice| founding(&notice)),
            };
            editions.extend(read);
        }
        let paper = Paper {
            slug: slug.clone(),
            office: one.office.clone(),
            editions,
        };
        self.papers.insert(slug, paper);
        Ok(())
    }

    fn add(
        &mut self,
        edition: Edition,
        store: &impl Read,
        before: Option<&Shelf>,
    ) -> Result<(), Fault> {
        let slug = Slug(edition.slug.as_str().into());
        let notice = match edition.holds {
            Holds::Withdrawn { .. } => None,
            Holds::Text(version) => {
                match self.read(&slug, edition.number, version, store, before)? {
                    Some(notice) => Some(notice),
                    // Set aside: what stood before it stands on.
                    None => return Ok(()),
                }
            }
        };
        if let Some(paper) = self.papers.get_mut(&slug) {
            paper.editions.push(Bound {
                number: edition.number,
                from: Some(edition.from),
                notice,
                edition: Some(edition),
            });
        }
        Ok(())
    }

    /// A text that the ledger keeps, read; nothing if it cannot be, and then it is told aside.
    fn read(
        &mut self,
        slug: &Slug,
        number: u32,
        version: TextVersion,
        store: &impl Read,
        before: Option<&Shelf>,
    ) -> Result<Option<Arc<Notice>>, Fault> {
        let known = before.and_then(|shelf| shelf.papers.get(slug));
        let mut known = known.into_iter().flat_map(|paper| &paper.editions);
        if let Some(bound) = known.find(|bound| holds(bound, version)) {
            return Ok(bound.notice.clone());
        }
        let bytes = store.text(version)?.ok_or_else(|| {
            StoreError::Damaged(format!("the text {version} of {slug} is missing"))
        })?;
        let beside = Beside {
            city: &self.city,
            others: None,
        };
        // A text that breaks the reader must not take the others with it.
        let reading = catch_unwind(AssertUnwindSafe(|| beside.read(&slug.0, &bytes)));
        let (notice, findings) = match reading {
            Ok(reading) => (reading.notice, reading.diagnostics),
            Err(_) => (None, Vec::new()),
        };
        if notice.is_none() {
            self.aside.push(Aside {
                slug: slug.clone(),
                number,
                findings,
            });
        }
        Ok(notice.map(Arc::new))
    }

    /// The city whose texts they are.
    #[must_use]
    pub const fn city(&self) -> &Arc<City> {
        &self.city
    }

    /// All notices, also those that do not stand any more or not yet.
    pub fn papers(&self) -> impl Iterator<Item = &Paper> {
        self.papers.values()
    }

    /// A notice with its editions.
    #[must_use]
    pub fn paper(&self, slug: &str) -> Option<&Paper> {
        self.papers.get(&Slug(slug.into()))
    }

    /// The texts that stand at an instant, by slug.
    #[must_use]
    pub fn at(&self, at: Timestamp) -> Vec<Arc<Notice>> {
        let papers = self.papers.values();
        papers
            .filter_map(|paper| paper.text_at(at))
            .cloned()
            .collect()
    }

    /// When which texts stand changes, ascending.
    #[must_use]
    pub fn changes(&self) -> Vec<Timestamp> {
        let editions = self.papers.values().flat_map(|paper| &paper.editions);
        let all: BTreeSet<Timestamp> = editions.filter_map(|bound| bound.from).collect();
        all.into_iter().collect()
    }

    /// What an instant's texts have in common: when the last change before it was, and when the next is.
    #[must_use]
    pub fn stretch(&self, at: Timestamp) -> (Option<Timestamp>, Option<Timestamp>) {
        let changes = self.changes();
        let next = changes.partition_point(|change| *change <= at);
        (
            next.checked_sub(1).and_then(|i| changes.get(i)).copied(),
            changes.get(next).copied(),
        )
    }
}

impl Seen {
    /// What is published by now.
    ///
    /// # Errors
    /// [`Fault`] when the ledger cannot be read.
    pub fn now(store: &impl Read) -> Result<Seen, Fault> {
        let texts = row::<Texts>(store, Texts::the_key()?)?;
        Ok(texts.map_or(Seen::NOTHING, |texts| texts.seen))
    }
}

impl DraftText {
    /// Every draft, by slug.
    ///
    /// # Errors
    /// [`Fault`] when the ledger cannot be read.
    pub fn load_all(store: &impl Read) -> Result<Vec<DraftText>, Fault> {
        all(store, &DraftText::all()?)
    }

    /// The draft of a notice.
    ///
    /// # Errors
    /// [`Fault`] when the ledger cannot be read.
    pub fn load(store: &impl Read, slug: &str) -> Result<Option<DraftText>, Fault> {
        row(store, Key::new(slug)?)
    }
}

fn founding(notice: &Arc<Notice>) -> Bound {
    Bound {
        number: 1,
        from: None,
        notice: Some(notice.clone()),
        edition: None,
    }
}

fn holds(bound: &Bound, version: TextVersion) -> bool {
    let notice = bound.notice.as_ref();
    notice.is_some_and(|notice| notice.text_version.0 == version.0)
}

fn row<R: Row>(store: &impl Read, key: Key) -> Result<Option<R>, Fault> {
    let kind = Kind::new(R::KIND)?;
    let item = store.item(&ItemId { kind, key })?;
    Ok(item.map(|item| item.read()).transpose()?)
}

/// All rows found by this, page by page.
fn all<R: Row>(store: &impl Read, by: &Found) -> Result<Vec<R>, Fault> {
    let mut rows = Vec::new();
    let mut after: Option<ItemId> = None;
    loop {
        let page = store.find(by, after.as_ref(), PAGE)?;
        for item in &page {
            rows.push(item.read()?);
        }
        match page.last() {
            Some(last) if page.len() == PAGE => after = Some(last.id()),
            _ => return Ok(rows),
        }
    }
}
