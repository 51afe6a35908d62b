//! A rule as a sentence.

use super::Speaker;
use super::narrow::kinds_said;
use super::phrase::{both, capital, either};
use crate::condition::{Condition, ValueSet};
use crate::label::Lang;
use crate::rule::{Checks, Effect, Exception, Rule};
use crate::text::Notice;
use crate::vocabulary::{ActionId, AttributeId, KindId, MeasureId};

impl Speaker<'_> {
    /// A rule as a sentence: who, where, when, what, except whom; then, as short sentences, what it outranks, who enforces
    /// and checks it, and how long it is in force.
    pub fn rule(&self, notice: &Notice, rule: &Rule) -> String {
        let mut text = self.clause(rule);
        if rule.demo {
            text.push_str(self.pick("（含演示数据）", " (demo data)"));
        }
        let mut sentences = vec![text];
        if let Some(office) = &rule.by {
            let name = self.gazetteer.office_name(office, self.lang);
            let name = name.as_deref().unwrap_or(office);
            sentences.push(match self.lang {
                Lang::Zh => format!("由{name}执行"),
                Lang::En => format!("enforced by: {name}"),
            });
        }
        sentences.extend(rule.checks.as_ref().map(|checks| self.checks(checks)));
        let period = self.period(&notice.in_force);
        sentences.push(match self.lang {
            Lang::Zh => format!("{period}有效"),
            Lang::En => format!("in force {period}"),
        });
        match self.lang {
            Lang::Zh => sentences.iter().map(|one| format!("{one}。")).collect(),
            Lang::En => {
                let sentences: Vec<String> = sentences
                    .iter()
                    .map(|one| format!("{}.", capital(one)))
                    .collect();
                sentences.join(" ")
            }
        }
    }

    /// Whom an exception of the rule excepts, as a noun phrase: of what the rule itself speaks of.
    pub fn excepted(&self, rule: &Rule, exception: &Exception) -> String {
        let actors = self.actors(&rule.effect);
        let kinds = subjects(&self.narrowed(&rule.who, &actors), &actors);
        self.condition(&self.narrowed(&exception.condition, &kinds))
    }

    /// The rule itself as a sentence that lacks only its full stop: who, where, when, what, except whom.
    pub fn clause(&self, rule: &Rule) -> String {
        let actors = self.actors(&rule.effect);
        let who = self.narrowed(&rule.who, &actors);
        let kinds = subjects(&who, &actors);
        let parts = self.parts(&who, false);
        let general = parts.no_subject();
        let noun = match general {
            true => self.noun_for(&actors),
            false if actors.len() == 1 => self.noun_for(&actors),
            false => self.noun_of(&who),
        };
        let when = self.when(&rule.when);
        let place = if rule.places.is_empty() {
            String::new()
        } else {
            self.places(&rule.places)
        };
        let exceptions = self.exceptions(&rule.exceptions, &kinds, &noun_after(&parts.noun, &noun));
        match self.lang {
            Lang::Zh => {
                let mut front: Vec<String> = parts
                    .circumstances
                    .iter()
                    .map(|moment| {
                        if moment.starts_with('在') {
                            moment.clone()
                        } else {
                            format!("{moment}时")
                        }
                    })
                    .collect();
                front.extend([when, place].into_iter().filter(|words| !words.is_empty()));
                let subject = match general {
                    true => format!("任何{noun}"),
                    false => parts.bare(self.lang, &noun),
                };
                front.push(self.predicate_zh(&subject, &rule.effect));
                format!("{}{}{exceptions}", front.join("，"), self.over(rule))
            }
            Lang::En => {
                let mut words = vec![if general && matches!(rule.effect, Effect::Forbid(_)) {
                    self.nobody(&noun, &rule.effect)
                } else {
                    let subject = match general {
                        true => format!("any {noun}"),
                        false => parts.subject(self.lang, &noun),
                    };
                    self.predicate_en(&subject, &rule.effect)
                }];
                words.extend([place, when].into_iter().filter(|words| !words.is_empty()));
                words.extend(parts.circumstances);
                let clause = format!("{}{}{exceptions}", words.join(" "), self.over(rule));
                capital(&clause)
            }
        }
    }

    /// What it outranks, as the end of a clause.
    fn over(&self, rule: &Rule) -> String {
        if rule.over.is_empty() {
            return String::new();
        }
        let names: Vec<String> = rule.over.iter().map(ToString::to_string).collect();
        match (self.lang, &rule.effect) {
            (Lang::Zh, Effect::Permit(_)) => format!("，不受{}限制", both(self.lang, &names)),
            (Lang::Zh, _) => format!("，优先于{}", both(self.lang, &names)),
            (Lang::En, Effect::Permit(_)) => {
                format!(", whatever {} says", either(self.lang, &names))
            }
            (Lang::En, _) => format!(", ahead of {}", both(self.lang, &names)),
        }
    }

    fn predicate_zh(&self, subject: &str, effect: &Effect) -> String {
        match effect {
            Effect::Forbid(actions) => format!("{subject}不得{}", self.actions(actions)),
            Effect::Require(actions) => format!("{subject}必须{}", self.all_actions(actions)),
            Effect::Permit(actions) => format!("{subject}可以{}", self.actions(actions)),
            Effect::Limit {
                measure,
                at_most,
                at_least,
            } => {
                format!("{subject}的{}", self.bounds(*measure, *at_most, *at_least))
            }
        }
    }

    fn predicate_en(&self, subject: &str, effect: &Effect) -> String {
        match effect {
            Effect::Forbid(actions) => format!("{subject} must not {}", self.actions(actions)),
            Effect::Require(actions) => format!("{subject} must {}", self.all_actions(actions)),
            Effect::Permit(actions) => format!("{subject} may {}", self.actions(actions)),
            Effect::Limit {
                measure,
                at_most,
                at_least,
            } => {
                format!(
                    "{subject} must keep the {}",
                    self.bounds_en(*measure, *at_most, *at_least)
                )
            }
        }
    }

    /// `the capacity load at or below 70 %`, as it follows "must keep".
    fn bounds_en(&self, measure: MeasureId, at_most: Option<i64>, at_least: Option<i64>) -> String {
        let Some(known) = self.vocabulary.measures.get(usize::from(measure.0)) else {
            return String::new();
        };
        let name = &known.label.en;
        let amount = |value| self.amount(&known.grid, value);
        match (at_least, at_most) {
            (None, None) => name.clone(),
            (None, Some(most)) => format!("{name} at or below {}", amount(most)),
            (Some(least), None) => format!("{name} at or above {}", amount(least)),
            (Some(least), Some(most)) => {
                format!("{name} between {} and {}", amount(least), amount(most))
            }
        }
    }

    /// "Nobody may burn…" where anybody could; "no vehicle may…" where only vehicles can.
    fn nobody(&self, noun: &str, effect: &Effect) -> String {
        let Effect::Forbid(actions) = effect else {
            return String::new();
        };
        let actions = self.actions(actions);
        if noun == "person or organisation" {
            format!("nobody may {actions}")
        } else {
            format!("no {noun} may {actions}")
        }
    }

    fn actions(&self, actions: &[ActionId]) -> String {
        let words: Vec<String> = actions
            .iter()
            .map(|&action| self.action(action).to_owned())
            .collect();
        either(self.lang, &words)
    }

    fn all_actions(&self, actions: &[ActionId]) -> String {
        let words: Vec<String> = actions
            .iter()
            .map(|&action| self.action(action).to_owned())
            .collect();
        both(self.lang, &words)
    }

    /// Kinds that can do what the rule speaks of.
    fn actors(&self, effect: &Effect) -> Vec<KindId> {
        let actions = match effect {
            Effect::Forbid(actions) | Effect::Require(actions) | Effect::Permit(actions) => {
                actions.clone()
            }
            Effect::Limit { measure, .. } => self
                .vocabulary
                .measures
                .get(usize::from(measure.0))
                .map(|known| known.action)
                .into_iter()
                .collect(),
        };
        let mut kinds = Vec::new();
        for action in actions {
            match self.vocabulary.actions.get(usize::from(action.0)) {
                Some(known) if !known.actors.is_empty() => {
                    kinds.extend(known.actors.iter().copied())
                }
                _ => return Vec::new(),
            }
        }
        kinds.sort();
        kinds.dedup();
        kinds
    }

    /// `;用于应急抢险或民生保障的除外`. Exceptions by one attribute are said as one.
    fn exceptions(&self, exceptions: &[Exception], kinds: &[KindId], noun: &str) -> String {
        if exceptions.is_empty() {
            return String::new();
        }
        let mut merged: Vec<(AttributeId, Vec<std::ops::Range<u32>>)> = Vec::new();
        let mut conditions: Vec<Condition> = Vec::new();
        for exception in exceptions {
            let condition = self.narrowed(&exception.condition, kinds);
            match &condition {
                Condition::Is(attribute, set) => {
                    match merged.iter_mut().find(|(known, _)| known == attribute) {
                        Some((_, ranges)) => ranges.extend(set.ranges().iter().cloned()),
                        None => {
                            merged.push((*attribute, set.ranges().to_vec()));
                            conditions.push(condition.clone());
                        }
                    }
                }
                other => conditions.push(other.clone()),
            }
        }
        let words: Vec<String> = conditions
            .into_iter()
            .map(|condition| {
                let condition = match condition {
                    Condition::Is(attribute, set) => merged
                        .iter()
                        .find(|(known, _)| *known == attribute)
                        .map_or(Condition::Is(attribute, set), |(_, ranges)| {
                            Condition::Is(attribute, ValueSet::from_ranges(ranges.clone()))
                        }),
                    other => other,
                };
                self.exception(&condition, noun)
            })
            .collect();
        match self.lang {
            Lang::Zh => match words.as_slice() {
                // Two of a kind read better apart: 校车、持有通行证的,以及用于救护的除外.
                [first @ .., last] if !first.is_empty() => {
                    format!("；{}，以及{last}除外", first.join("、"))
                }
                _ => format!("；{}除外", words.concat()),
            },
            Lang::En => format!(", except {}", both(self.lang, &words)),
        }
    }

    fn exception(&self, condition: &Condition, noun: &str) -> String {
        let parts = self.parts(condition, false);
        let moment = match self.lang {
            Lang::Zh => parts.circumstances.join("且"),
            Lang::En => parts.circumstances.join(" and "),
        };
        if parts.no_subject() {
            return moment;
        }
        let subject = match self.lang {
            // 重型货车除外; 用于应急抢险的除外.
            Lang::Zh if parts.noun.is_some() || !parts.adjectives.is_empty() => {
                parts.bare(self.lang, noun)
            }
            Lang::Zh => format!("{}的", parts.joined_clauses(self.lang)),
            Lang::En if parts.noun.is_some() || !parts.adjectives.is_empty() => {
                parts.subject(self.lang, noun)
            }
            Lang::En => format!("those {}", parts.joined_clauses(self.lang)),
        };
        match (moment.is_empty(), self.lang) {
            (true, _) => subject,
            (false, Lang::Zh) => format!("{moment}时{subject}"),
            (false, Lang::En) => format!("{subject} {moment}"),
        }
    }

    /// A word as written (a place, a kind or the name of a list) in the language spoken.
    fn known_word(&self, word: &str) -> String {
        if let crate::PlaceLookup::One(place) = self.gazetteer.place(word) {
            return self.place(place);
        }
        match self
            .vocabulary
            .kinds
            .iter()
            .find(|kind| kind.label.zh == word)
        {
            Some(kind) if self.lang == Lang::En => format!("every {}", kind.label.en),
            _ => word.to_owned(),
        }
    }

    fn checks(&self, checks: &Checks) -> String {
        let name = self.gazetteer.office_name(&checks.by, self.lang);
        let by = name.as_deref().unwrap_or(&checks.by);
        let every = self.every_days(checks.every_days);
        let target = self.known_word(&checks.target);
        let first = checks.first.as_deref().map(|first| self.known_word(first));
        match (self.lang, first) {
            (Lang::Zh, None) => format!("{every}由{by}检查{target}"),
            (Lang::Zh, Some(first)) => format!("{every}由{by}检查{target}，{first}优先"),
            (Lang::En, None) => format!("{target} is checked {every}. Checked by: {by}"),
            (Lang::En, Some(first)) => {
                format!("{target} is checked {every}, {first} first. Checked by: {by}")
            }
        }
    }
}

/// The kinds a rule speaks of: those its condition names, or else all that can do what it speaks of.
fn subjects(who: &Condition, actors: &[KindId]) -> Vec<KindId> {
    match kinds_said(who) {
        none if none.is_empty() => actors.to_vec(),
        kinds => kinds,
    }
}

/// The noun an exception refers back to.
fn noun_after(said: &Option<String>, otherwise: &str) -> String {
    said.clone().unwrap_or_else(|| otherwise.to_owned())
}
