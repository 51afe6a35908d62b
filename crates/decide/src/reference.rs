//! The slow, obvious evaluator: reads the rules one by one, case by case, straight from `docs/semantics.md`. It knows
//! nothing of diagrams; property tests hold the two together over random worlds, and print the seed of any that differs.

mod answers;
mod budget;
mod changes;
mod hostile;
mod proofs;
mod world;

use crate::cite::contradict;
use city::City;
use city::place::Relation;
use jiff::civil::{Date, DateTime};
use notice::ask::Verdict;
use notice::rule::Effect;
use notice::vocabulary::{Default as ByDefault, Domain, Holder};
use notice::{ActionId, AttributeId, Condition, MeasureId, Notice, PlaceId, Rule};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// A complete case.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Full {
    pub(crate) kind: u32,
    /// Positions of attributes and states; of list values, 0 or 1.
    pub(crate) values: BTreeMap<(AttributeId, Option<u32>), u32>,
    pub(crate) places: BTreeSet<PlaceId>,
    pub(crate) at: DateTime,
}

/// A rule by notice and position.
pub(crate) type Name = (usize, usize);
/// A verdict and the strictest bounds.
pub(crate) type Said = (Verdict, BTreeMap<MeasureId, (Option<i64>, Option<i64>)>);
/// A clause with the letter of its part: forbids, requires, limits, frees.
pub(crate) type Clause = (Name, Option<usize>, char);

/// Rules read one by one; one of them, or an exception, may be imagined away.
pub(crate) struct Reader<'w> {
    pub(crate) city: &'w City,
    pub(crate) notices: &'w [Arc<Notice>],
    pub(crate) without: Option<(Name, Option<usize>)>,
    /// Which rule outranks which: as written, but not inside a circle.
    over: BTreeSet<(Name, Name)>,
}

impl<'w> Reader<'w> {
    pub(crate) fn new(city: &'w City, notices: &'w [Arc<Notice>]) -> Self {
        let mut reader = Reader {
            city,
            notices,
            without: None,
            over: BTreeSet::new(),
        };
        let names = reader.names();
        let pairs = names.iter().flat_map(|a| names.iter().map(|b| (*a, *b)));
        let written: BTreeSet<(Name, Name)> = pairs
            .filter(|(above, below)| reader.says_over(*above, *below))
            .collect();
        // Whatever can be reached by any number of steps.
        let mut reached = written.clone();
        loop {
            let further: Vec<(Name, Name)> = reached
                .iter()
                .flat_map(|(a, b)| {
                    written
                        .iter()
                        .filter(move |(c, _)| b == c)
                        .map(|(_, d)| (*a, *d))
                })
                .filter(|pair| !reached.contains(pair))
                .collect();
            if further.is_empty() {
                break;
            }
            reached.extend(further);
        }
        let circular = |pair: &&(Name, Name)| reached.contains(&(pair.1, pair.0));
        reader.over = written
            .iter()
            .filter(|pair| !circular(pair))
            .copied()
            .collect();
        reader
    }

    /// The rules that are in a circle.
    pub(crate) fn in_circles(&self) -> BTreeSet<Name> {
        let names = self.names();
        let dropped = |name: &Name| {
            names
                .iter()
                .any(|below| self.says_over(*name, *below) && !self.outranks(*name, *below))
        };
        names.iter().copied().filter(dropped).collect()
    }

    pub(crate) fn names(&self) -> Vec<Name> {
        let each = |(n, notice): (usize, &Arc<Notice>)| {
            (0..notice.rules.len())
                .map(move |r| (n, r))
                .collect::<Vec<_>>()
        };
        self.notices.iter().enumerate().flat_map(each).collect()
    }

    pub(crate) fn rule(&self, name: Name) -> &'w Rule {
        &self.notices[name.0].rules[name.1]
    }

    pub(crate) fn actions(&self, name: Name) -> Vec<ActionId> {
        match &self.rule(name).effect {
            Effect::Forbid(a) | Effect::Require(a) | Effect::Permit(a) => a.clone(),
            Effect::Limit { measure, .. } => {
                vec![self.city.vocabulary.measures[usize::from(measure.0)].action]
            }
        }
    }

    fn is_of(&self, kind: u32, above: u16) -> bool {
        (u32::from(above)..u32::from(self.city.vocabulary.kinds[usize::from(above)].end))
            .contains(&kind)
    }

    fn has(&self, kind: u32, attribute: AttributeId) -> bool {
        match &self.city.vocabulary.attributes[usize::from(attribute.0)].holder {
            Holder::City { .. } => true,
            Holder::Kinds(kinds) => kinds.iter().any(|k| self.is_of(kind, k.0)),
        }
    }

    fn holds(&self, condition: &Condition, case: &Full, day: Date) -> bool {
        match condition {
            Condition::Always => true,
            Condition::Kind(kind) => self.is_of(case.kind, kind.0),
            Condition::Is(a, set) => {
                self.has(case.kind, *a) && set.contains(case.values[&(*a, None)])
            }
            Condition::Has(a, v) => self.has(case.kind, *a) && case.values[&(*a, Some(*v))] == 1,
            Condition::In(place) => case.places.contains(place),
            Condition::Day(selector) => self.city.calendar.picks(selector, day),
            Condition::All(parts) => parts.iter().all(|p| self.holds(p, case, day)),
            Condition::Any(parts) => parts.iter().any(|p| self.holds(p, case, day)),
            Condition::Not(inner) => !self.holds(inner, case, day),
        }
    }

    /// The days whose hours the instant is in: today, yesterday, both or none.
    fn days(&self, rule: &Rule, at: DateTime) -> Vec<Date> {
        let today = at.date();
        let yesterday = today.yesterday().unwrap();
        let minute = at.hour() as u16 * 60 + at.minute() as u16;
        let mut days = Vec::new();
        if rule.when.is_empty() {
            days.push(today);
        }
        for when in &rule.when {
            let picked = |day| {
                when.days.is_empty() || when.days.iter().any(|d| self.city.calendar.picks(d, day))
            };
            if when.hours.is_empty() && picked(today) {
                days.push(today);
            }
            for hours in &when.hours {
                let past_midnight = hours.from > hours.to;
                let begun = minute >= hours.from.0 && (past_midnight || minute < hours.to.0);
                if begun && picked(today) {
                    days.push(today);
                }
                if past_midnight && minute < hours.to.0 && picked(yesterday) {
                    days.push(yesterday);
                }
            }
        }
        days
    }

    /// Days on which a rule would apply were there no exceptions.
    fn base(&self, name: Name, action: ActionId, case: &Full) -> Vec<Date> {
        let rule = self.rule(name);
        let actors = &self.city.vocabulary.actions[usize::from(action.0)].actors;
        let city = [self.city.context().gazetteer.whole_city()];
        let places = if rule.places.is_empty() {
            &city[..]
        } else {
            &rule.places
        };
        let possible = self.notices[name.0].in_force.contains(case.at)
            && self.actions(name).contains(&action)
            && (actors.is_empty() || actors.iter().any(|k| self.is_of(case.kind, k.0)))
            && places.iter().any(|p| case.places.contains(p));
        let days = if possible {
            self.days(rule, case.at)
        } else {
            Vec::new()
        };
        days.into_iter()
            .filter(|day| self.holds(&rule.who, case, *day))
            .collect()
    }

    pub(crate) fn could(&self, name: Name, case: &Full) -> bool {
        self.actions(name)
            .into_iter()
            .any(|action| !self.base(name, action, case).is_empty())
    }

    pub(crate) fn applies(&self, name: Name, action: ActionId, case: &Full) -> bool {
        if self.without == Some((name, None)) {
            return false;
        }
        let kept = |i: usize| self.without != Some((name, Some(i)));
        let exceptions = &self.rule(name).exceptions;
        self.base(name, action, case).into_iter().any(|day| {
            !exceptions
                .iter()
                .enumerate()
                .any(|(i, e)| kept(i) && self.holds(&e.condition, case, day))
        })
    }

    fn outranks(&self, above: Name, below: Name) -> bool {
        self.over.contains(&(above, below))
    }

    fn says_over(&self, above: Name, below: Name) -> bool {
        let slug = &self.notices[below.0].slug;
        self.rule(above)
            .over
            .iter()
            .any(|a| a.notice == *slug && a.rule == self.rule(below).name)
    }

    pub(crate) fn effective(&self, name: Name, action: ActionId, case: &Full) -> bool {
        self.applies(name, action, case)
            && !self
                .names()
                .into_iter()
                .any(|q| self.outranks(q, name) && self.effective(q, action, case))
    }

    pub(crate) fn said(&self, action: ActionId, case: &Full) -> Said {
        let effective: Vec<Name> = self
            .names()
            .into_iter()
            .filter(|name| self.effective(*name, action, case))
            .collect();
        let effects: Vec<&Effect> = effective
            .iter()
            .map(|name| &self.rule(*name).effect)
            .collect();
        let mut bounds: BTreeMap<MeasureId, (Option<i64>, Option<i64>)> = BTreeMap::new();
        for effect in &effects {
            if let Effect::Limit {
                measure,
                at_most,
                at_least,
            } = effect
            {
                let held = bounds.entry(*measure).or_default();
                held.0 = held.0.into_iter().chain(*at_most).min();
                held.1 = held.1.into_iter().chain(*at_least).max();
            }
        }
        let any = |is: fn(&Effect) -> bool| effects.iter().any(|e| is(e));
        let default = self.city.vocabulary.actions[usize::from(action.0)].default;
        let verdict = if effects
            .iter()
            .any(|a| effects.iter().any(|b| contradict(a, b)))
        {
            Verdict::Conflict
        } else if any(|e| matches!(e, Effect::Forbid(_))) {
            Verdict::Forbidden
        } else if any(|e| matches!(e, Effect::Require(_))) {
            Verdict::Required
        } else if default == ByDefault::Forbidden && !any(|e| matches!(e, Effect::Permit(_))) {
            Verdict::Forbidden
        } else if !bounds.is_empty() {
            Verdict::Limited
        } else {
            Verdict::Allowed
        };
        let shown = matches!(verdict, Verdict::Required | Verdict::Limited);
        (verdict, if shown { bounds } else { BTreeMap::new() })
    }

    /// Every clause that has a part in the answer of this case, for the verdict given.
    pub(crate) fn cited(
        &self,
        action: ActionId,
        case: &Full,
        verdict: Verdict,
    ) -> BTreeSet<Clause> {
        let names = self.names();
        let effective: Vec<Name> = names
            .iter()
            .copied()
            .filter(|n| self.effective(*n, action, case))
            .collect();
        let mut cited = BTreeSet::new();
        let open = verdict == Verdict::Depends;
        for &name in &effective {
            let rule = self.rule(name);
            let clash = verdict == Verdict::Conflict
                && effective
                    .iter()
                    .any(|other| contradict(&rule.effect, &self.rule(*other).effect));
            let default = self.city.vocabulary.actions[usize::from(action.0)].default;
            let part = match &rule.effect {
                Effect::Forbid(_) if open || clash || verdict == Verdict::Forbidden => Some('f'),
                Effect::Require(_) if open || clash || verdict == Verdict::Required => Some('r'),
                Effect::Limit { .. }
                    if open || clash || matches!(verdict, Verdict::Required | Verdict::Limited) =>
                {
                    Some('l')
                }
                Effect::Permit(_) if default == ByDefault::Forbidden => Some('x'),
                _ => None,
            };
            let frees = || {
                let outranked = names
                    .iter()
                    .any(|p| self.outranks(name, *p) && self.applies(*p, action, case));
                outranked.then_some('x')
            };
            if let Some(part) = part.or_else(frees) {
                cited.insert((name, None, part));
            }
        }
        for name in names {
            let days = self.base(name, action, case);
            if self.applies(name, action, case) {
                continue;
            }
            for (i, exception) in self.rule(name).exceptions.iter().enumerate() {
                if days
                    .iter()
                    .any(|day| self.holds(&exception.condition, case, *day))
                {
                    cited.insert((name, Some(i), 'x'));
                }
            }
        }
        cited
    }
}

/// Every combination of values that `open` leaves: of kinds and of their attributes, of the states, of places.
pub(crate) fn completions(
    city: &City,
    at: DateTime,
    kinds: &[u32],
    allowed: &dyn Fn(AttributeId, Option<u32>, u32) -> bool,
    places: &[BTreeSet<PlaceId>],
) -> Vec<Full> {
    let reader = Reader::new(city, &[]);
    let mut all = Vec::new();
    for &kind in kinds {
        let mut some = vec![BTreeMap::new()];
        for (i, attribute) in city.vocabulary.attributes.iter().enumerate() {
            let id = AttributeId(i as u16);
            if !reader.has(kind, id) {
                continue;
            }
            let parts: Vec<(Option<u32>, u32)> = match &attribute.domain {
                Domain::List { values } => (0..values.len() as u32).map(|v| (Some(v), 2)).collect(),
                _ => vec![(None, crate::variable::domain_size(city, id))],
            };
            for (member, size) in parts {
                let mut next = Vec::new();
                for values in &some {
                    for value in (0..size).filter(|v| allowed(id, member, *v)) {
                        let mut values: BTreeMap<_, _> = values.clone();
                        values.insert((id, member), value);
                        next.push(values);
                    }
                }
                some = next;
            }
        }
        for values in some {
            for places in places {
                all.push(Full {
                    kind,
                    values: values.clone(),
                    places: places.clone(),
                    at,
                });
            }
        }
    }
    all
}

/// Combinations of these places that containment and disjointness leave possible.
pub(crate) fn combinations(city: &City, places: &[PlaceId]) -> Vec<BTreeSet<PlaceId>> {
    let mut found = Vec::new();
    for bits in 0..1u32 << places.len() {
        let inside = |i: usize| bits >> i & 1 == 1;
        let fits = (0..places.len()).all(|i| {
            (0..places.len()).all(|j| match city.places.relation(places[i], places[j]) {
                Relation::Inside => !inside(i) || inside(j),
                Relation::Contains => !inside(j) || inside(i),
                Relation::Disjoint => !(inside(i) && inside(j)),
                Relation::Same | Relation::Overlaps => true,
            })
        });
        if fits {
            found.push(
                (0..places.len())
                    .filter(|i| inside(*i))
                    .map(|i| places[i])
                    .collect(),
            );
        }
    }
    found
}
