//! The rules of one action: which of them a place can meet, what they look at, and when they act.

use crate::answer::Whereabouts;
use crate::book::Book;
use crate::rules::each_atom;
use city::City;
use city::place::Relation;
use jiff::civil::{Date, DateTime};
use notice::vocabulary::Holder;
use notice::{
    ActionId, Condition, DaySelector, Gazetteer as _, Hours, Notice, PlaceId, Rule, ValueSet, When,
};
use std::collections::{BTreeSet, HashMap};

/// A rule that has a say in the action.
pub(super) struct Acting<'b> {
    pub notice: &'b Notice,
    pub rule: &'b Rule,
    /// Days that its conditions speak of.
    days: Vec<&'b DaySelector>,
    /// Whether they speak of a state of the city.
    names_state: bool,
}

impl<'b> Acting<'b> {
    /// Every condition in it.
    pub fn conditions(&self) -> impl Iterator<Item = &'b Condition> + use<'b> {
        let exceptions = self.rule.exceptions.iter().map(|one| &one.condition);
        std::iter::once(&self.rule.who).chain(exceptions)
    }
}

/// The rules of one action that subjects of some kinds can meet, found by place: millions of rows ask, so each place's rules
/// are at hand without a state of knowledge, which [`crate::candidates`] needs.
pub(super) struct Rules<'b> {
    pub action: ActionId,
    pub all: Vec<Acting<'b>>,
    everywhere: Vec<u32>,
    by_place: HashMap<PlaceId, Vec<u32>>,
    /// Places that any rule or condition names: others tell no two cases apart.
    pub named: BTreeSet<PlaceId>,
}

impl<'b> Rules<'b> {
    /// Those that can apply to a subject of one of these kinds.
    pub fn of(book: &'b Book, action: ActionId, kinds: &ValueSet) -> Self {
        let mut rules = Rules {
            action,
            all: Vec::new(),
            everywhere: Vec::new(),
            by_place: HashMap::new(),
            // A rule without a place holds in the city, and not outside it.
            named: BTreeSet::from([book.city().whole_city()]),
        };
        for &id in book.rules.about(action) {
            let (notice, rule) = (book.rules.notice(id), book.rules.rule(id));
            if possible(&rule.who, kinds, book).yes {
                rules.add(book.city(), notice, rule);
            }
        }
        rules
    }

    fn add(&mut self, city: &City, notice: &'b Notice, rule: &'b Rule) {
        let number = u32::try_from(self.all.len()).unwrap_or(u32::MAX);
        if rule.places.is_empty() {
            self.everywhere.push(number);
        }
        for place in &rule.places {
            self.by_place.entry(*place).or_default().push(number);
            self.named.insert(*place);
        }
        let mut acting = Acting {
            notice,
            rule,
            days: Vec::new(),
            names_state: false,
        };
        for condition in acting.conditions() {
            each_atom(condition, &mut |atom| match atom {
                Condition::In(place) => {
                    self.named.insert(*place);
                }
                Condition::Day(days) => acting.days.push(days),
                _ => {}
            });
        }
        acting.names_state = acting.conditions().any(|one| names_state(city, one));
        self.all.push(acting);
    }

    /// Numbers of the rules that an act there may meet, ascending.
    pub fn at(&self, city: &City, place: &Whereabouts) -> Vec<u32> {
        let mut found = self.everywhere.clone();
        match place {
            Whereabouts::Point(places) => {
                for place in places {
                    found.extend(self.by_place.get(place).into_iter().flatten());
                }
            }
            Whereabouts::Within(within) => {
                for (place, rules) in &self.by_place {
                    if city.places.relation(*within, *place) != Relation::Disjoint {
                        found.extend(rules);
                    }
                }
            }
            Whereabouts::Unsaid => found = (0..self.all.len() as u32).collect(),
        }
        found.sort_unstable();
        found.dedup();
        found
    }
}

/// What may come out of a condition.
struct Possible {
    yes: bool,
    no: bool,
}

/// What a condition can come to for a subject of one of these kinds, all else being open.
fn possible(condition: &Condition, kinds: &ValueSet, book: &Book) -> Possible {
    let open = Possible {
        yes: true,
        no: true,
    };
    match condition {
        Condition::Always => Possible {
            yes: true,
            no: false,
        },
        Condition::Kind(kind) => {
            let meant = kinds.intersect(&book.rules.kinds(&[*kind]));
            Possible {
                yes: !meant.is_empty(),
                no: meant != *kinds,
            }
        }
        Condition::Is(id, _) | Condition::Has(id, _) => {
            let attribute = book.city().vocabulary.attributes.get(usize::from(id.0));
            match attribute.map(|one| &one.holder) {
                Some(Holder::Kinds(holders)) => Possible {
                    yes: !kinds.intersect(&book.rules.kinds(holders)).is_empty(),
                    no: true,
                },
                _ => open,
            }
        }
        Condition::In(_) | Condition::Day(_) => open,
        Condition::All(parts) => {
            let parts = parts.iter().map(|part| possible(part, kinds, book));
            parts.fold(
                Possible {
                    yes: true,
                    no: false,
                },
                |all, part| Possible {
                    yes: all.yes && part.yes,
                    no: all.no || part.no,
                },
            )
        }
        Condition::Any(parts) => {
            let parts = parts.iter().map(|part| possible(part, kinds, book));
            parts.fold(
                Possible {
                    yes: false,
                    no: true,
                },
                |any, part| Possible {
                    yes: any.yes || part.yes,
                    no: any.no && part.no,
                },
            )
        }
        Condition::Not(part) => {
            let part = possible(part, kinds, book);
            Possible {
                yes: part.no,
                no: part.yes,
            }
        }
    }
}

/// What tells instants apart for some rules: equal marks, equal answers. Appended to `marks`.
pub(super) fn marks(
    rules: &Rules<'_>,
    numbers: &[u32],
    book: &Book,
    at: DateTime,
    marks: &mut Vec<u8>,
) {
    let city = book.city();
    let mut states = false;
    for number in numbers {
        let Some(acting) = rules.all.get(*number as usize) else {
            continue;
        };
        if !acting.notice.in_force.contains(at) {
            marks.push(0);
            continue;
        }
        let (today, yesterday) = holds(city, &acting.rule.when, at);
        marks.push(1 + u8::from(today) + 2 * u8::from(yesterday));
        // Day facts are those of the day the hours began on, so both days matter.
        for days in &acting.days {
            let picks = |date: Option<Date>| date.is_some_and(|it| city.calendar.picks(days, it));
            let before = at.date().yesterday().ok();
            marks.push(u8::from(picks(Some(at.date()))) + 2 * u8::from(picks(before)));
        }
        states |= acting.names_state;
    }
    if states {
        for state in &city.states {
            marks.push(u8::from(state.during.contains(at)));
        }
        for notice in book.notices().iter().filter(|one| !one.sets.is_empty()) {
            marks.push(u8::from(notice.in_force.contains(at)));
        }
    }
}

fn names_state(city: &City, condition: &Condition) -> bool {
    let mut found = false;
    each_atom(condition, &mut |atom| {
        if let Condition::Is(id, _) | Condition::Has(id, _) = atom {
            let holder = city.vocabulary.attributes.get(usize::from(id.0));
            found |= holder.is_some_and(|one| matches!(one.holder, Holder::City { .. }));
        }
    });
    found
}

/// Whether `at` is in `when` by hours that began today, and by hours that began yesterday.
fn holds(city: &City, when: &[When], at: DateTime) -> (bool, bool) {
    if when.is_empty() {
        return (true, false);
    }
    let date = at.date();
    let minute = u16::from(at.hour().unsigned_abs()) * 60 + u16::from(at.minute().unsigned_abs());
    let picked = |line: &When, date: Date| {
        line.days.is_empty() || line.days.iter().any(|days| city.calendar.picks(days, date))
    };
    let (mut today, mut yesterday) = (false, false);
    for line in when {
        let (mut now, mut since) = (line.hours.is_empty(), false);
        for Hours { from, to } in &line.hours {
            let past_midnight = from > to;
            now |= from.0 <= minute && (past_midnight || minute < to.0);
            since |= past_midnight && minute < to.0;
        }
        today |= now && picked(line, date);
        yesterday |= since && date.yesterday().is_ok_and(|date| picked(line, date));
    }
    (today, yesterday)
}

/// Seconds of the day at which anything may begin or end for these rules or for the city's states, ascending from 0.
pub(super) fn boundaries(rules: &Rules<'_>, book: &Book) -> Vec<u32> {
    let mut cuts = BTreeSet::from([0]);
    for acting in &rules.all {
        for hours in acting.rule.when.iter().flat_map(|line| &line.hours) {
            cuts.insert(u32::from(hours.from.0) * 60);
            cuts.insert(u32::from(hours.to.0) * 60);
        }
    }
    let states = book.city().states.iter().map(|state| &state.during);
    let notices = book.notices().iter().map(|notice| &notice.in_force);
    for period in states.chain(notices) {
        for instant in std::iter::once(period.from).chain(period.until) {
            // A boundary within a second takes effect with the next whole one.
            let second = instant.hour() as u32 * 3600
                + instant.minute() as u32 * 60
                + instant.second() as u32
                + u32::from(instant.subsec_nanosecond() > 0);
            cuts.insert(second);
        }
    }
    cuts.into_iter().filter(|second| *second < 86_400).collect()
}
