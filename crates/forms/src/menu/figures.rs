//! What came of the menu: sessions held, how many came, by community and by for whom a course is, and how courses were found.
//!
//! Counted are check-ins, without opening anything that is known of a person: for whom a course is, the menu says, and nobody's
//! age is looked at. Whoever came to three sessions counts three times.

use std::collections::BTreeMap;

use city::City;
use jiff::Timestamp;
use ledger::form::Fault;
use ledger::store::Read;
use notice::{Label, PlaceId};

use super::AgeGroup;
use super::small::{Shown, Table};
use crate::booking::Offering;
use crate::booking::feedback::Counts;
use crate::booking::views;

/// For whom a course is, by the ages that the menu gives it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum For {
    /// Nobody over 17.
    Children,
    /// Nobody under 18.
    Adults,
    /// Nobody under 60.
    Elders,
    /// Children and adults alike.
    Everybody,
}

/// Figures of the menu's sessions that are over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Figures {
    /// Sessions held.
    pub sessions: u32,
    /// How often somebody came to one.
    pub came: Shown,
    /// By community, the one with the most sessions first.
    pub communities: Vec<Line<PlaceId>>,
    /// By for whom the course is.
    pub ages: Vec<Line<For>>,
    /// How courses were found: by position in the menu, those with any rating; sessions that one can still speak about left out.
    pub ratings: BTreeMap<usize, Counts>,
}

/// One line of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line<K> {
    /// What it is about.
    pub of: K,
    /// Sessions held.
    pub sessions: u32,
    /// How often somebody came, unless so few did that they are not shown.
    pub came: Shown,
}

/// For whom a course for these ages is.
#[must_use]
pub const fn for_whom((from, to): (u8, u8)) -> For {
    let (adult, elder) = (AgeGroup::Adults.ages().0, AgeGroup::Elders.ages().0);
    if to < adult {
        For::Children
    } else if from >= elder {
        For::Elders
    } else if from >= adult {
        For::Adults
    } else {
        For::Everybody
    }
}

impl For {
    /// As it is shown.
    #[must_use]
    pub fn label(self) -> Label {
        match self {
            Self::Children => AgeGroup::Children.label(),
            Self::Adults => Label::new("成年人（18岁及以上）", "adults (18 and over)"),
            Self::Elders => AgeGroup::Elders.label(),
            Self::Everybody => Label::new("大人孩子都可以", "children and adults alike"),
        }
    }
}

/// Whether an offer gives courses of the city's menu: it is of the menu's office, and all that one chooses between are courses.
#[must_use]
pub fn is_of_menu(city: &City, offering: &Offering) -> bool {
    let menu = &city.menu;
    let issuer = city.notice(&menu.notice).map(|notice| &*notice.issuer);
    let projects = offering.projects();
    issuer == Some(offering.issuer())
        && !projects.is_empty()
        && projects.iter().all(|(id, _)| menu.course(id).is_some())
}

/// The figures over the menu's offers among these. Reads two rows at most for each of their slots that is over, and no booking.
///
/// # Errors
/// [`Fault`] when the store cannot be read.
pub fn figures<'a>(
    store: &impl Read,
    city: &City,
    offerings: impl IntoIterator<Item = &'a Offering>,
    now: Timestamp,
) -> Result<Figures, Fault> {
    let menu = &city.menu;
    let mut sessions = 0;
    let mut places: BTreeMap<Option<PlaceId>, (u32, u64)> = BTreeMap::new();
    let mut ages: BTreeMap<For, (u32, u64)> = BTreeMap::new();
    let mut ratings: BTreeMap<usize, Counts> = BTreeMap::new();
    for offering in offerings {
        if !is_of_menu(city, offering) {
            continue;
        }
        let rated = views::ratings(store, offering, now)?;
        for slot in offering.slots().iter().filter(|slot| slot.to <= now) {
            let project = slot.project.and_then(|at| offering.projects().get(at));
            let course = project.and_then(|(id, _)| menu.course(id));
            let Some((course, known)) = course.and_then(|at| Some((at, menu.courses.get(at)?)))
            else {
                continue;
            };
            let came = u64::from(views::came(store, slot)?);
            sessions += 1;
            for (held, people) in [
                places.entry(slot.place).or_default(),
                ages.entry(for_whom(known.ages)).or_default(),
            ] {
                *held += 1;
                *people += came;
            }
            if let Some(counts) = rated.get(&slot.key) {
                let all = ratings.entry(course).or_default();
                *all = all.and(*counts);
            }
        }
    }
    let mut places: Vec<(PlaceId, (u32, u64))> = places
        .into_iter()
        .map(|(place, counted)| (place.unwrap_or_else(|| city.places.city()), counted))
        .collect();
    places.sort_by(|(_, (a, _)), (_, (b, _))| b.cmp(a));
    let (communities, came) = lines(places);
    let (ages, other) = lines(ages.into_iter().collect());
    Ok(Figures {
        sessions,
        // What one table keeps back, the sum of the other must not tell.
        came: if other == Shown::Withheld {
            other
        } else {
            came
        },
        communities,
        ages,
        ratings,
    })
}

fn lines<K>(counted: Vec<(K, (u32, u64))>) -> (Vec<Line<K>>, Shown) {
    let counts: Vec<u64> = counted.iter().map(|(_, (_, came))| *came).collect();
    let Table { lines, all } = Table::of(&counts);
    let lines = counted
        .into_iter()
        .zip(lines)
        .map(|((of, (sessions, _)), came)| Line { of, sessions, came });
    (lines.collect(), all)
}
