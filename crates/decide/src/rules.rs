//! The rules of a set of notices, bound to each other: who outranks whom, which rules speak of an action.

use crate::candidates::Candidates;
use crate::circles::knots;
use crate::variable::{Day, DayFact, Layout, Variable, of_attribute};
use city::City;
use jiff::ToSpan;
use jiff::civil::{Date, DateTime, Time};
use notice::rule::{ClauseAddress, Effect};
use notice::{
    ActionId, AttributeId, Condition, DaySelector, Notice, PlaceId, Rule, ValueSet, When,
};
use rustc_hash::FxHashMap;
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::sync::{Arc, OnceLock};

/// Years that recurrences are worked out beyond the last known change, and that a period may reach.
pub(crate) const YEARS_MAX: i32 = 8;

/// A rule's position in [`Rules`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct RuleId(pub(crate) u32);

/// A rule and the rules it meets.
#[derive(Debug, Clone)]
pub(crate) struct Bound {
    /// Position of its notice, and its own in there.
    pub(crate) notice: usize,
    pub(crate) rule: usize,
    /// What it is about.
    pub(crate) actions: Vec<ActionId>,
    /// Rules of the book that it outranks, and that outrank it.
    pub(crate) over: Vec<RuleId>,
    pub(crate) under: Vec<RuleId>,
}

/// Rules of notices in a city.
pub(crate) struct Rules {
    pub(crate) city: Arc<City>,
    pub(crate) notices: Vec<Arc<Notice>>,
    bound: Vec<Bound>,
    by_action: Vec<Vec<RuleId>>,
    /// The same by place.
    pub(crate) candidates: Candidates,
    recurrences: Vec<DaySelector>,
    recurrence_numbers: FxHashMap<DaySelector, u32>,
    /// Days each recurrence picks, up to the horizon.
    picked: Vec<OnceLock<Vec<Date>>>,
    /// The last day on which anything known changes.
    horizon: Date,
    pub(crate) layout: Layout,
    pub(crate) text_version: String,
    /// Notices from here on are the later side of a difference; rules of one side never meet those of the other.
    first_after: usize,
    /// `over` between rules that outrank each other, by the rule that says it: not followed, and reported by proofs.
    pub(crate) circular: Vec<Vec<RuleId>>,
}

impl Rules {
    pub(crate) fn bind(city: Arc<City>, notices: Vec<Arc<Notice>>) -> Rules {
        Self::bind_sides(city, notices, 0)
    }

    /// Two sets of notices side by side: those from `first_after` on are the later set.
    pub(crate) fn bind_sides(
        city: Arc<City>,
        notices: Vec<Arc<Notice>>,
        first_after: usize,
    ) -> Rules {
        let mut rules = Rules {
            first_after,
            text_version: text_version(&notices),
            by_action: vec![Vec::new(); city.vocabulary.actions.len()],
            city,
            notices,
            bound: Vec::new(),
            recurrences: Vec::new(),
            recurrence_numbers: FxHashMap::default(),
            picked: Vec::new(),
            horizon: Date::MIN,
            layout: Layout::default(),
            circular: Vec::new(),
            candidates: Candidates::default(),
        };
        rules.collect();
        rules.rank();
        rules.lay_out();
        rules.candidates = Candidates::of(&rules);
        rules.picked = rules.recurrences.iter().map(|_| OnceLock::new()).collect();
        rules.horizon = rules.last_change();
        rules
    }

    fn last_change(&self) -> Date {
        let of_calendar = self.city.calendar.covers().map(|(_, last)| last);
        let of_notices = self
            .notices
            .iter()
            .flat_map(|n| std::iter::once(n.in_force.from).chain(n.in_force.until));
        let dates = of_notices.chain(self.state_changes()).map(|at| at.date());
        // "Until further notice" may be written as the year 9999; nobody needs every day until then.
        let latest = self
            .notices
            .iter()
            .map(|n| n.in_force.from.date())
            .max()
            .unwrap_or(Date::MIN);
        let limit = latest.checked_add(YEARS_MAX.years()).unwrap_or(Date::MAX);
        dates
            .chain(of_calendar)
            .filter(|date| *date <= limit)
            .max()
            .unwrap_or(latest)
    }

    /// How far ahead of `at` a change of the answer is looked for: to the end of all that is known, a year at least.
    pub(crate) fn horizon(&self, at: DateTime) -> DateTime {
        let year = at.date().checked_add(1.year()).unwrap_or(Date::MAX);
        let last = self.horizon.max(year);
        last.tomorrow()
            .unwrap_or(last)
            .to_datetime(Time::midnight())
    }

    /// Whether a recurrence picks a day.
    pub(crate) fn picks(&self, recurrence: u32, date: Date) -> bool {
        let Some(selector @ DaySelector::Recurring(rule)) =
            self.recurrences.get(recurrence as usize)
        else {
            return false;
        };
        let until = self
            .horizon
            .max(rule.start)
            .checked_add(YEARS_MAX.years())
            .unwrap_or(Date::MAX);
        if date < rule.start {
            return false;
        }
        if date >= until {
            return self.city.calendar.picks(selector, date);
        }
        let picked = &self.picked[recurrence as usize];
        let days = picked.get_or_init(|| self.city.calendar.recurring(rule, rule.start, until));
        days.binary_search(&date).is_ok()
    }

    fn collect(&mut self) {
        for (n, notice) in self.notices.iter().enumerate() {
            for (r, rule) in notice.rules.iter().enumerate() {
                let id = RuleId(self.bound.len() as u32);
                let mut actions: Vec<ActionId> = match &rule.effect {
                    Effect::Forbid(actions)
                    | Effect::Require(actions)
                    | Effect::Permit(actions) => actions.clone(),
                    Effect::Limit { measure, .. } => self
                        .city
                        .vocabulary
                        .measures
                        .get(usize::from(measure.0))
                        .map(|m| m.action)
                        .into_iter()
                        .collect(),
                };
                actions.sort_unstable();
                actions.dedup();
                actions.retain(|a| usize::from(a.0) < self.by_action.len());
                for action in &actions {
                    self.by_action[usize::from(action.0)].push(id);
                }
                self.bound.push(Bound {
                    notice: n,
                    rule: r,
                    actions,
                    over: Vec::new(),
                    under: Vec::new(),
                });
            }
        }
    }

    /// Resolves `over`. A name that no notice of the book has outranks nothing here, nor do rules in a circle each other.
    fn rank(&mut self) {
        let mut names: FxHashMap<(bool, &str, &str), Vec<RuleId>> = FxHashMap::default();
        for (id, bound) in self.ids() {
            let notice = &self.notices[bound.notice];
            names
                .entry((
                    self.is_after(id),
                    &*notice.slug.0,
                    &*notice.rules[bound.rule].name,
                ))
                .or_default()
                .push(id);
        }
        let mut pairs = BTreeSet::new();
        for (id, bound) in self.ids() {
            for address in &self.notices[bound.notice].rules[bound.rule].over {
                for below in names
                    .get(&(self.is_after(id), &*address.notice.0, &*address.rule))
                    .into_iter()
                    .flatten()
                {
                    pairs.insert((id, *below));
                }
            }
        }
        let mut over = vec![Vec::new(); self.bound.len()];
        for (above, below) in pairs {
            over[above.0 as usize].push(below);
        }
        let knot = knots(&over);
        self.circular = vec![Vec::new(); over.len()];
        for (above, below) in over
            .iter()
            .enumerate()
            .flat_map(|(above, all)| all.iter().map(move |below| (above, *below)))
        {
            if knot[above] == knot[below.0 as usize] {
                self.circular[above].push(below);
            } else {
                self.bound[above].over.push(below);
                self.bound[below.0 as usize]
                    .under
                    .push(RuleId(above as u32));
            }
        }
    }

    fn lay_out(&mut self) {
        let mut seen = BTreeSet::from([Variable::Kind, Variable::Minute]);
        let mut recurrences: Vec<DaySelector> = Vec::new();
        let mut found: FxHashMap<DaySelector, u32> = FxHashMap::default();
        let mut note =
            |selector: &DaySelector, past_midnight: bool, seen: &mut BTreeSet<Variable>| {
                let fact = match selector {
                    DaySelector::Weekdays(_) => DayFact::Weekday,
                    DaySelector::Workdays
                    | DaySelector::Holidays
                    | DaySelector::StatutoryHolidays => DayFact::Kind,
                    DaySelector::Recurring(_) => {
                        DayFact::Recurring(*found.entry(selector.clone()).or_insert_with(|| {
                            recurrences.push(selector.clone());
                            recurrences.len() as u32 - 1
                        }))
                    }
                };
                seen.insert(Variable::Calendar(Day::Today, fact));
                if past_midnight {
                    seen.insert(Variable::Calendar(Day::Yesterday, fact));
                }
            };
        for bound in &self.bound {
            let rule = &self.notices[bound.notice].rules[bound.rule];
            let past_midnight = rule
                .when
                .iter()
                .flat_map(|w| &w.hours)
                .any(|h| h.from > h.to);
            seen.extend(rule.places.iter().map(|p| Variable::Place(*p)));
            if rule.places.is_empty() {
                seen.insert(Variable::Place(whole_city(&self.city)));
            }
            for selector in rule.when.iter().filter_map(days_of).flatten() {
                note(selector, past_midnight, &mut seen);
            }
            let conditions =
                std::iter::once(&rule.who).chain(rule.exceptions.iter().map(|e| &e.condition));
            for condition in conditions {
                each_atom(condition, &mut |atom| match atom {
                    Condition::Is(attribute, _) => {
                        seen.extend(of_attribute(&self.city, *attribute, None))
                    }
                    Condition::Has(attribute, value) => {
                        seen.extend(of_attribute(&self.city, *attribute, Some(*value)))
                    }
                    Condition::In(place) => {
                        seen.insert(Variable::Place(*place));
                    }
                    Condition::Day(selector) => note(selector, past_midnight, &mut seen),
                    _ => {}
                });
            }
        }
        self.recurrences = recurrences;
        self.recurrence_numbers = found;
        self.layout = Layout::new(&self.city, seen);
    }

    pub(crate) fn ids(&self) -> impl Iterator<Item = (RuleId, &Bound)> {
        self.bound
            .iter()
            .enumerate()
            .map(|(i, bound)| (RuleId(i as u32), bound))
    }

    /// Whether a rule stands on the later side of a difference.
    pub(crate) fn is_after(&self, id: RuleId) -> bool {
        self.bound(id).notice >= self.first_after
    }

    /// A recurrence as written.
    pub(crate) fn recurrence_text(&self, recurrence: u32) -> &str {
        match self.recurrences.get(recurrence as usize) {
            Some(DaySelector::Recurring(rule)) => &rule.rule,
            _ => "",
        }
    }

    pub(crate) fn bound(&self, id: RuleId) -> &Bound {
        &self.bound[id.0 as usize]
    }

    pub(crate) fn rule(&self, id: RuleId) -> &Rule {
        let bound = self.bound(id);
        &self.notices[bound.notice].rules[bound.rule]
    }

    pub(crate) fn notice(&self, id: RuleId) -> &Arc<Notice> {
        &self.notices[self.bound(id).notice]
    }

    pub(crate) fn address(&self, id: RuleId, exception: Option<usize>) -> ClauseAddress {
        let rule = self.rule(id);
        ClauseAddress {
            notice: self.notice(id).slug.clone(),
            rule: rule.name.clone(),
            exception: exception
                .and_then(|i| rule.exceptions.get(i))
                .map(|e| e.name.clone()),
        }
    }

    /// Rules about an action, in the order of the book.
    pub(crate) fn about(&self, action: ActionId) -> &[RuleId] {
        self.by_action
            .get(usize::from(action.0))
            .map_or(&[], Vec::as_slice)
    }

    pub(crate) fn actions(&self) -> impl Iterator<Item = ActionId> + use<> {
        (0..self.by_action.len()).map(|a| ActionId(a as u16))
    }

    /// Places a rule holds in, the whole city where it names none.
    pub(crate) fn places(&self, id: RuleId) -> Vec<PlaceId> {
        let rule = self.rule(id);
        if rule.places.is_empty() {
            vec![whole_city(&self.city)]
        } else {
            rule.places.clone()
        }
    }

    pub(crate) fn recurrence(&self, selector: &DaySelector) -> Option<u32> {
        self.recurrence_numbers.get(selector).copied()
    }

    /// Kinds that have an attribute.
    pub(crate) fn holders(&self, attribute: AttributeId) -> ValueSet {
        use notice::vocabulary::Holder;
        match self
            .city
            .vocabulary
            .attributes
            .get(usize::from(attribute.0))
            .map(|a| &a.holder)
        {
            Some(Holder::Kinds(kinds)) => self.kinds(kinds),
            _ => ValueSet::default(),
        }
    }

    /// Kinds that can do an action.
    pub(crate) fn actors(&self, action: ActionId) -> ValueSet {
        let all = self.city.vocabulary.kinds.len() as u32;
        match self.city.vocabulary.actions.get(usize::from(action.0)) {
            Some(known) if !known.actors.is_empty() => self.kinds(&known.actors),
            _ => ValueSet::from_ranges(std::iter::once(0..all)),
        }
    }

    /// These kinds and everything under them.
    pub(crate) fn kinds(&self, kinds: &[notice::KindId]) -> ValueSet {
        ValueSet::from_ranges(kinds.iter().map(|kind| {
            let end = self
                .city
                .vocabulary
                .kinds
                .get(usize::from(kind.0))
                .map_or(kind.0, |k| k.end);
            u32::from(kind.0)..u32::from(end)
        }))
    }

    /// The value a state of the city has at an instant.
    pub(crate) fn state(&self, attribute: AttributeId, at: DateTime) -> u32 {
        use notice::vocabulary::Holder;
        let by_notice = self
            .notices
            .iter()
            .filter(|notice| notice.in_force.contains(at))
            .flat_map(|notice| {
                notice
                    .sets
                    .iter()
                    .map(move |set| (notice.issued, &notice.slug, set))
            })
            .filter(|(_, _, (state, _))| *state == attribute)
            .max_by(|a, b| (a.0, a.1).cmp(&(b.0, b.1)))
            .map(|(_, _, (_, position))| *position);
        let by_city = || {
            let settings = self.city.states.iter().rev();
            let mut holding =
                settings.filter(|s| s.attribute == attribute && s.during.contains(at));
            holding.next().map(|s| s.position)
        };
        let otherwise = || match self
            .city
            .vocabulary
            .attributes
            .get(usize::from(attribute.0))
            .map(|a| &a.holder)
        {
            Some(Holder::City { otherwise }) => *otherwise,
            _ => 0,
        };
        by_notice.or_else(by_city).unwrap_or_else(otherwise)
    }

    /// Instants after which a state of the city may differ.
    pub(crate) fn state_changes(&self) -> impl Iterator<Item = DateTime> + '_ {
        let of_notices = self
            .notices
            .iter()
            .filter(|n| !n.sets.is_empty())
            .map(|n| n.in_force);
        let of_city = self.city.states.iter().map(|s| s.during);
        of_notices
            .chain(of_city)
            .flat_map(|period| std::iter::once(period.from).chain(period.until))
    }
}

fn text_version(notices: &[Arc<Notice>]) -> String {
    if let [one] = notices {
        return one.text_version.to_string();
    }
    let mut versions: Vec<[u8; 32]> = notices.iter().map(|notice| notice.text_version.0).collect();
    versions.sort_unstable();
    let mut hash = Sha256::new();
    versions.iter().for_each(|version| hash.update(version));
    notice::text::TextVersion(hash.finalize().into()).to_string()
}

pub(crate) fn whole_city(city: &City) -> PlaceId {
    city.context().gazetteer.whole_city()
}

/// The days of a line of `when`; `None` is every day, however it is written.
pub(crate) fn days_of(when: &When) -> Option<&[DaySelector]> {
    const WHOLE_WEEK: u8 = 0b111_1111;
    let whole = |day: &DaySelector| matches!(day, DaySelector::Weekdays(bits) if bits & WHOLE_WEEK == WHOLE_WEEK);
    let every = when.days.is_empty() || when.days.iter().any(whole);
    (!every).then_some(&when.days)
}

/// Calls `each` for every atom of a condition.
pub(crate) fn each_atom<'c>(condition: &'c Condition, each: &mut dyn FnMut(&'c Condition)) {
    match condition {
        Condition::All(parts) | Condition::Any(parts) => {
            parts.iter().for_each(|part| each_atom(part, each))
        }
        Condition::Not(inner) => each_atom(inner, each),
        atom => each(atom),
    }
}
