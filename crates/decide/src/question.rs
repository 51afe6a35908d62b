//! Answering a question from the rules.

use crate::answer::{Answer, Because, LimitHeld, Need, Question, decimal};
use crate::budget::{Budget, TooLarge};
use crate::cite::{Cited, because, binding, certain, cite, order};
use crate::diagram::{Level, Ref};
use crate::interview::{ask_about, need};
use crate::known::Known;
use crate::outcome::{Bounds, Outcome, Ruling};
use crate::rules::{RuleId, Rules, each_atom};
use crate::sheet::Sheet;
use crate::until::until;
use crate::variable::{Variable, of_attribute};
use jiff::ToSpan;
use jiff::civil::{DateTime, Time};
use notice::ask::Verdict;
use notice::vocabulary::Default as ByDefault;
use notice::{ActionId, Condition, ValueSet};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

/// Nodes one answer may take.
pub(crate) const NODES_MAX: usize = 1 << 17;
/// Steps one answer may take; what to ask beyond them is looked for with some more.
pub(crate) const STEPS_MAX: u64 = 1 << 21;

/// The part of an answer that does not depend on time.
struct Now {
    verdict: Verdict,
    limits: Vec<Bounds>,
    cited: Vec<Cited>,
    duties: Vec<Cited>,
    may_bind: Vec<Cited>,
    needs: Option<Need>,
}

impl Rules {
    pub(crate) fn answer(&self, question: &Question) -> Answer {
        self.answer_within(question, &Budget::new(NODES_MAX, STEPS_MAX))
    }

    /// Answers with diagrams of this budget.
    pub(crate) fn answer_within(&self, question: &Question, budget: &Budget) -> Answer {
        let now = match question.action {
            Some(action) => self.about_action(question, action, budget),
            None => self.about_everything(question, budget),
        };
        // What does not fit at one instant does not over time.
        let until = match &now {
            Ok(_) => self.until(question, budget),
            Err(TooLarge) => Err(TooLarge),
        };
        let until = until.unwrap_or_else(|TooLarge| self.first_cut(question));
        // Beyond the budget nothing is known of all cases: ask for what two of them show to matter or, if no two are found,
        // for what the rules look at.
        let now = now.unwrap_or_else(|TooLarge| Now {
            verdict: Verdict::Depends,
            limits: Vec::new(),
            cited: Vec::new(),
            duties: Vec::new(),
            may_bind: Vec::new(),
            needs: crate::witness::need(self, question).or_else(|| self.any_need(question)),
        });
        let list = |cited: Vec<Cited>| -> Vec<Because> {
            cited.into_iter().map(|c| because(self, c)).collect()
        };
        Answer {
            verdict: now.verdict,
            because: list(now.cited),
            limits: now
                .limits
                .iter()
                .flat_map(|bounds| self.limit(bounds))
                .collect(),
            duties: list(now.duties),
            may_bind: list(now.may_bind),
            until: until.map(|at| self.written(at)),
            needs: now.needs,
            at: self.written(question.at),
            text_version: self.text_version.clone(),
        }
    }

    /// Rules about an action that are in force at the instant and not ruled out by what is known.
    fn acting(
        &self,
        sheet: &mut Sheet<'_>,
        action: ActionId,
        at: DateTime,
    ) -> Result<Vec<RuleId>, TooLarge> {
        narrow(sheet, action, &|id| self.notice(id).in_force.contains(at))
    }

    fn about_action(
        &self,
        question: &Question,
        action: ActionId,
        budget: &Budget,
    ) -> Result<Now, TooLarge> {
        let mut sheet = self.sheet_at(question, budget);
        let among = self.acting(&mut sheet, action, question.at)?;
        let possible = sheet.possible_places(&among)?;
        // Within what is possible from the start: hundreds of places that lie apart would multiply.
        let ruling = sheet.ruling_in(action, &among, None, possible)?;
        let ruling = sheet.within(ruling, possible)?;
        let settled = sheet
            .settled(ruling)
            .and_then(|leaf| sheet.rulings.get(leaf).cloned());
        let Ruling { verdict, limits } = settled.unwrap_or(Ruling {
            verdict: Verdict::Depends,
            limits: Vec::new(),
        });
        let needs = match verdict {
            Verdict::Depends => need(&mut sheet, &[ruling], &question.facts)?,
            _ => None,
        };
        let cited = cite(&mut sheet, action, &among, verdict)?;
        Ok(Now {
            verdict,
            limits,
            cited,
            duties: Vec::new(),
            may_bind: Vec::new(),
            needs,
        })
    }

    fn about_everything(&self, question: &Question, budget: &Budget) -> Result<Now, TooLarge> {
        let mut sheet = self.sheet_at(question, budget);
        let mut all = Vec::new();
        for action in self.actions() {
            let acting = self.acting(&mut sheet, action, question.at)?;
            all.push((action, acting));
        }
        let (mut verdict, mut limits) = (Verdict::Allowed, Vec::new());
        let (mut cited, mut open) = (Vec::new(), Vec::new());
        let (mut duties, mut may_bind) = (Vec::new(), Vec::new());
        for (action, acting) in all {
            let mut joined = Outcome::default();
            let open_before = open.len();
            for &id in &acting {
                let Some(duty) = binding(self, id) else {
                    continue;
                };
                let effective = sheet.effective(id, action, None)?;
                let effective = sheet.where_possible(effective)?;
                match certain(&sheet, effective) {
                    Some(true) => {
                        joined = joined.join(&Outcome::of(&self.rule(id).effect));
                        duties.push(duty);
                    }
                    Some(false) => {}
                    None => {
                        may_bind.push(duty);
                        open.push(effective);
                    }
                }
            }
            let sure = joined.verdict(ByDefault::Allowed);
            if sure != Verdict::Conflict {
                limits.extend(joined.bounds);
            }
            let ruling = if open.len() > open_before {
                Verdict::Depends
            } else {
                sure
            };
            cited.extend(cite(&mut sheet, action, &acting, ruling)?);
            verdict = gravest(verdict, ruling);
        }
        may_bind.retain(|duty| !duties.contains(duty));
        order(self, &mut duties);
        order(self, &mut may_bind);
        order(self, &mut cited);
        let needs = if open.is_empty() {
            None
        } else {
            need(&mut sheet, &open, &question.facts)?
        };
        Ok(Now {
            verdict,
            limits,
            cited,
            duties,
            may_bind,
            needs,
        })
    }

    fn sheet_at(&self, question: &Question, budget: &Budget) -> Sheet<'_> {
        let known = Known::of(self, &question.facts, &question.place).at(self, question.at);
        let mut sheet = Sheet::new(self, known, budget);
        sheet.turn_to(question.at);
        sheet
    }

    fn until(&self, question: &Question, budget: &Budget) -> Result<Option<DateTime>, TooLarge> {
        let known = Known::of(self, &question.facts, &question.place);
        let mut sheet = Sheet::new(self, known, budget);
        let actions: Vec<ActionId> = match question.action {
            Some(action) => vec![action],
            None => self.actions().collect(),
        };
        let (mut by_action, mut among) = (Vec::new(), Vec::new());
        for action in actions {
            let later = narrow(&mut sheet, action, &|id| {
                let until = self.notice(id).in_force.until;
                until.is_none_or(|until| until > question.at)
            })?;
            among.extend(&later);
            by_action.push((action, later));
        }
        let one = question.action.is_some();
        let possible = if one {
            sheet.possible_places(&among)?
        } else {
            Ref::YES
        };
        until(&mut sheet, &among, question.at, &mut |sheet| {
            let mut functions = Vec::new();
            for (action, rules) in &by_action {
                if one {
                    let ruling = sheet.ruling_in(*action, rules, None, possible)?;
                    functions.push(sheet.within(ruling, possible)?);
                    continue;
                }
                for id in rules.iter().filter(|id| binding(self, **id).is_some()) {
                    let effective = sheet.effective(*id, *action, None)?;
                    functions.push(sheet.where_possible(effective)?);
                }
            }
            Ok(functions)
        })
    }

    /// Beyond the budget: the next instant at which anything that the rules in question look at may differ. Until then
    /// the answer holds.
    fn first_cut(&self, question: &Question) -> Option<DateTime> {
        let known = Known::of(self, &question.facts, &question.place);
        let date = question.at.date();
        let asked = self
            .actions()
            .filter(|action| question.action.is_none_or(|one| one == *action));
        let rules = asked.flat_map(|action| self.candidates.possible(action, &known));
        let of_rules = rules.flat_map(|id| {
            let period = self.notice(id).in_force;
            let hours = self.rule(id).when.iter().flat_map(|when| &when.hours);
            let minutes = hours.flat_map(|hours| [hours.from, hours.to]);
            let clock = minutes.filter_map(move |minute| {
                let midnight = date.to_datetime(Time::midnight());
                midnight.checked_add(i64::from(minute.0).minutes()).ok()
            });
            clock.chain([period.from]).chain(period.until)
        });
        let tomorrow = date
            .tomorrow()
            .ok()
            .map(|next| next.to_datetime(Time::midnight()));
        of_rules
            .chain(self.state_changes())
            .chain(tomorrow)
            .filter(|cut| *cut > question.at)
            .min()
    }

    /// Beyond the budget: what most rules look at, the kind before all else.
    fn any_need(&self, question: &Question) -> Option<Need> {
        let budget = Budget::new(NODES_MAX, STEPS_MAX);
        let mut sheet = self.sheet_at(question, &budget);
        let mut seen: BTreeMap<Level, (usize, BTreeSet<u32>)> = BTreeMap::new();
        for (id, bound) in self
            .ids()
            .filter(|(id, _)| self.notice(*id).in_force.contains(question.at))
        {
            let Some(action) = question.action.or(bound.actions.first().copied()) else {
                continue;
            };
            if !bound.actions.contains(&action) {
                continue;
            }
            match sheet.effective(id, action, None) {
                Ok(effective) => {
                    for (level, bounds) in sheet.arena.support(effective) {
                        let (count, all) = seen.entry(level).or_default();
                        *count += 1;
                        all.extend(bounds);
                    }
                }
                // This rule alone is too large; the others get a fresh sheet.
                Err(TooLarge) => sheet = self.sheet_at(question, &budget),
            }
        }
        if seen.is_empty() {
            seen = self.looked_at(question, &sheet.known);
        }
        // The kind first, then what most rules look at.
        let kind = self.layout.level(Variable::Kind);
        let mut levels: Vec<Level> = seen.keys().copied().collect();
        levels.sort_by_key(|level| {
            let count = seen.get(level).map_or(0, |(count, _)| *count);
            (Some(*level) != kind, Reverse(count), *level)
        });
        levels.into_iter().find_map(|level| {
            let (_, bounds) = seen.get(&level)?;
            ask_about(&sheet, level, bounds, &question.facts)
        })
    }

    /// What rules in force look at that is not known, by the words of their conditions alone.
    pub(crate) fn looked_at(
        &self,
        question: &Question,
        known: &Known,
    ) -> BTreeMap<Level, (usize, BTreeSet<u32>)> {
        let mut seen: BTreeMap<Level, (usize, BTreeSet<u32>)> = BTreeMap::new();
        let mut note = |variable: Option<Variable>, set: &ValueSet| {
            let level = variable.and_then(|variable| self.layout.level(variable));
            let Some(level) = level.filter(|level| known.value(*level).is_none()) else {
                return;
            };
            let (count, bounds) = seen.entry(level).or_default();
            *count += 1;
            bounds.extend(
                set.ranges()
                    .iter()
                    .flat_map(|r| [r.start, r.end])
                    .filter(|bound| *bound > 0),
            );
            bounds.insert(self.layout.size(level));
        };
        for (id, bound) in self
            .ids()
            .filter(|(id, _)| self.notice(*id).in_force.contains(question.at))
        {
            if question
                .action
                .is_some_and(|action| !bound.actions.contains(&action))
            {
                continue;
            }
            let rule = self.rule(id);
            for action in &bound.actions {
                note(Some(Variable::Kind), &self.actors(*action));
            }
            for place in self.places(id) {
                note(Some(Variable::Place(place)), &ValueSet::one(1));
            }
            for condition in
                std::iter::once(&rule.who).chain(rule.exceptions.iter().map(|e| &e.condition))
            {
                each_atom(condition, &mut |atom| match atom {
                    Condition::Kind(kind) => note(Some(Variable::Kind), &self.kinds(&[*kind])),
                    Condition::Is(attribute, set) => {
                        note(of_attribute(&self.city, *attribute, None), set);
                        note(Some(Variable::Kind), &self.holders(*attribute));
                    }
                    Condition::Has(attribute, value) => {
                        note(
                            of_attribute(&self.city, *attribute, Some(*value)),
                            &ValueSet::one(1),
                        );
                        note(Some(Variable::Kind), &self.holders(*attribute));
                    }
                    Condition::In(place) => note(Some(Variable::Place(*place)), &ValueSet::one(1)),
                    _ => {}
                });
            }
        }
        seen
    }

    fn limit(&self, bounds: &Bounds) -> Option<LimitHeld> {
        let measure = self
            .city
            .vocabulary
            .measures
            .get(usize::from(bounds.measure.0))?;
        let amount = |value: Option<i64>| value.map(|value| decimal(value, measure.grid.decimals));
        Some(LimitHeld {
            measure: measure.label.zh.clone(),
            at_most: amount(bounds.at_most),
            at_least: amount(bounds.at_least),
            unit: measure.grid.unit.clone(),
        })
    }

    pub(crate) fn held(&self, limits: &[Bounds]) -> Vec<LimitHeld> {
        limits
            .iter()
            .flat_map(|bounds| self.limit(bounds))
            .collect()
    }

    /// RFC 3339 in the city's zone.
    pub(crate) fn written(&self, at: DateTime) -> String {
        match at.to_zoned_datetime(self.city.zone.clone()) {
            Ok(zoned) => zoned.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string(),
            // Only at the very ends of the calendar.
            Err(_) => at.to_string(),
        }
    }
}

/// Rules that are not ruled out by what is known.
fn narrow(
    sheet: &mut Sheet<'_>,
    action: ActionId,
    wanted: &dyn Fn(RuleId) -> bool,
) -> Result<Vec<RuleId>, TooLarge> {
    let mut left = Vec::new();
    for id in sheet.rules.candidates.possible(action, &sheet.known) {
        sheet.arena.budget().take(1)?;
        if wanted(id) && sheet.base(id, action)? != Ref::NO {
            left.push(id);
        }
    }
    Ok(left)
}

fn gravest(a: Verdict, b: Verdict) -> Verdict {
    let weight = |verdict: Verdict| match verdict {
        Verdict::Allowed => 0,
        Verdict::Limited => 1,
        Verdict::Required => 2,
        Verdict::Forbidden => 3,
        Verdict::Conflict => 4,
        Verdict::Depends => 5,
    };
    if weight(b) > weight(a) { b } else { a }
}
