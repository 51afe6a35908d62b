//! Conditions as noun phrases.

use super::Speaker;
use super::phrase::{Parts, either};
use crate::condition::{Condition, ValueSet};
use crate::label::Lang;
use crate::vocabulary::{Attribute, AttributeId, Domain, Holder, KindId};

impl Speaker<'_> {
    /// A condition as a noun phrase: `以柴油为动力的重型货车`, `a heavy truck running on diesel`. What holds of the moment
    /// rather than of the subject follows in brackets.
    pub fn condition(&self, condition: &Condition) -> String {
        let condition = &self.narrowed(condition, &[]);
        let parts = self.parts(condition, false);
        if parts.no_subject() && !parts.circumstances.is_empty() {
            return parts.circumstances.join(match self.lang {
                Lang::Zh => "且",
                Lang::En => " and ",
            });
        }
        let noun = self.noun_of(condition);
        let subject = if parts.no_subject() {
            noun
        } else {
            parts.subject(self.lang, &noun)
        };
        match (parts.circumstances.is_empty(), self.lang) {
            (true, _) => subject,
            (false, Lang::Zh) => format!("{subject}（{}）", parts.circumstances.join("且")),
            (false, Lang::En) => format!("{subject} ({})", parts.circumstances.join(" and ")),
        }
    }

    /// The noun for a condition that names no kind: whoever has the first attribute in it.
    pub(super) fn noun_of(&self, condition: &Condition) -> String {
        let kinds = match self.first_attribute(condition).map(|known| &known.holder) {
            Some(Holder::Kinds(kinds)) => kinds.clone(),
            _ => Vec::new(),
        };
        self.noun_for(&kinds)
    }

    /// The noun for subjects of any of these kinds; of every kind if there are none or many.
    pub(super) fn noun_for(&self, kinds: &[KindId]) -> String {
        if kinds.is_empty() || kinds.len() > 2 {
            return match self.lang {
                Lang::Zh => "单位和个人".to_owned(),
                Lang::En => "person or organisation".to_owned(),
            };
        }
        let words: Vec<String> = kinds
            .iter()
            .map(|&kind| self.kind(kind).to_owned())
            .collect();
        either(self.lang, &words)
    }

    fn first_attribute(&self, condition: &Condition) -> Option<&Attribute> {
        match condition {
            Condition::Is(attribute, _) | Condition::Has(attribute, _) => {
                self.attribute(*attribute)
            }
            Condition::All(inner) | Condition::Any(inner) => {
                inner.iter().find_map(|inner| self.first_attribute(inner))
            }
            Condition::Not(inner) => self.first_attribute(inner),
            _ => None,
        }
    }

    pub(super) fn attribute(&self, attribute: AttributeId) -> Option<&Attribute> {
        self.vocabulary.attributes.get(usize::from(attribute.0))
    }

    /// Sorts what a condition (or, with `negated`, its opposite) says. Negations are pushed inwards as it goes, so that
    /// only single facts are ever negated in words.
    pub(super) fn parts(&self, condition: &Condition, negated: bool) -> Parts {
        match condition {
            Condition::Always if negated => Parts {
                clauses: vec![self.pick("不存在", "that does not exist").to_owned()],
                ..Parts::default()
            },
            Condition::Always => Parts::default(),
            Condition::Kind(kind) if negated => Parts {
                clauses: vec![match self.lang {
                    Lang::Zh => format!("不是{}", self.kind(*kind)),
                    Lang::En => format!(
                        "other than {}",
                        super::phrase::with_article(self.kind(*kind))
                    ),
                }],
                ..Parts::default()
            },
            Condition::Kind(kind) => Parts {
                noun: Some(self.kind(*kind).to_owned()),
                ..Parts::default()
            },
            Condition::Is(attribute, set) => self.is(*attribute, set, negated),
            Condition::Has(attribute, value) => self.has(*attribute, *value, negated),
            Condition::In(place) => {
                let places = self.places(&[*place]);
                Parts {
                    circumstances: vec![match (self.lang, negated) {
                        (Lang::Zh, false) => format!("在{places}"),
                        (Lang::Zh, true) => format!("不在{places}"),
                        (Lang::En, false) => places,
                        (Lang::En, true) => format!("not {places}"),
                    }],
                    ..Parts::default()
                }
            }
            Condition::Day(day) => {
                let days = self.days(std::slice::from_ref(day));
                Parts {
                    circumstances: vec![match (self.lang, negated) {
                        (Lang::Zh, false) => days,
                        (Lang::Zh, true) => format!("{days}以外的日子"),
                        (Lang::En, false) => days,
                        (Lang::En, true) => format!("not {days}"),
                    }],
                    ..Parts::default()
                }
            }
            Condition::Not(inner) => self.parts(inner, !negated),
            Condition::All(inner) if !negated => self.all(inner, negated),
            Condition::Any(inner) if negated => self.all(inner, negated),
            Condition::All(inner) | Condition::Any(inner) => self.any(inner, negated),
        }
    }

    fn all(&self, inner: &[Condition], negated: bool) -> Parts {
        let mut whole = Parts::default();
        let mut narrowest: Option<KindId> = None;
        for condition in inner {
            // Of two kinds that must both hold, the one inside the other says it all.
            if let (Condition::Kind(kind), false) = (condition, negated) {
                let covers = |outer: KindId, kind: KindId| {
                    self.vocabulary
                        .kinds
                        .get(usize::from(outer.0))
                        .is_some_and(|known| (outer.0..known.end).contains(&kind.0))
                };
                match narrowest {
                    Some(other) if covers(*kind, other) => continue,
                    Some(other) if !covers(other, *kind) => {
                        whole.clauses.push(match self.lang {
                            Lang::Zh => format!("同时是{}", self.kind(*kind)),
                            Lang::En => format!(
                                "that is also {}",
                                super::phrase::with_article(self.kind(*kind))
                            ),
                        });
                        continue;
                    }
                    _ => narrowest = Some(*kind),
                }
                whole.noun = Some(self.kind(*kind).to_owned());
                continue;
            }
            let part = self.parts(condition, negated);
            match (part.noun, &whole.noun) {
                (Some(noun), None) => {
                    whole.noun = Some(noun);
                    whole.noun_complete = part.noun_complete;
                }
                (Some(noun), Some(_)) => whole.clauses.push(match self.lang {
                    Lang::Zh => format!("属于{noun}"),
                    Lang::En => format!("that is {noun}"),
                }),
                (None, _) => {}
            }
            whole.adjectives.extend(part.adjectives);
            whole.clauses.extend(part.clauses);
            whole.choices.extend(part.choices);
            whole.circumstances.extend(part.circumstances);
        }
        whole
    }

    fn any(&self, inner: &[Condition], negated: bool) -> Parts {
        if let [one] = inner {
            return self.parts(one, negated);
        }
        if let Some((attribute, set)) = self.one_attribute(inner, negated) {
            return self.is(attribute, &set, false);
        }
        let parts: Vec<Parts> = inner.iter().map(|one| self.parts(one, negated)).collect();
        let no_moment = parts.iter().all(|part| part.circumstances.is_empty());
        if no_moment && parts.iter().all(|part| part.noun.is_some()) {
            let words: Vec<String> = parts
                .iter()
                .map(|part| part.subject(self.lang, ""))
                .collect();
            return Parts {
                noun: Some(either(self.lang, &words)),
                noun_complete: true,
                ..Parts::default()
            };
        }
        if parts.iter().all(Parts::no_subject) {
            let words: Vec<String> = parts
                .iter()
                .map(|part| part.circumstances.join(self.pick("且", " and ")))
                .collect();
            return Parts {
                circumstances: vec![words.join(self.pick("或", " or "))],
                ..Parts::default()
            };
        }
        let words: Vec<String> = inner
            .iter()
            .zip(&parts)
            .map(|(one, part)| self.alternative(one, part))
            .collect();
        // A side that is itself an "and" is set off by a comma.
        let compound = parts.iter().any(|part| {
            part.adjectives.len()
                + part.clauses.len()
                + part.choices.len()
                + part.circumstances.len()
                + usize::from(part.noun.is_some())
                > 1
        });
        let or = match compound {
            true => self.pick("，或", ", or "),
            false => self.pick("或", " or "),
        };
        Parts {
            choices: vec![words.join(or)],
            ..Parts::default()
        }
    }

    /// One side of an `或` as a clause about the subject.
    fn alternative(&self, condition: &Condition, part: &Parts) -> String {
        let mut words = Vec::new();
        if part.noun.is_some() || !part.adjectives.is_empty() {
            let noun = self.noun_of(condition);
            words.push(match self.lang {
                Lang::Zh => format!("属于{}", part.bare(self.lang, &noun)),
                Lang::En => format!("that is {}", part.subject(self.lang, &noun)),
            });
        } else if !part.no_qualities() {
            words.push(part.joined_clauses(self.lang));
        }
        words.extend(part.circumstances.iter().map(|moment| match self.lang {
            Lang::Zh => format!("逢{moment}"),
            Lang::En => moment.clone(),
        }));
        words.join(self.pick("且", " and "))
    }

    /// The values left if every alternative speaks of the same attribute.
    fn one_attribute(&self, inner: &[Condition], negated: bool) -> Option<(AttributeId, ValueSet)> {
        let mut found: Option<(AttributeId, Vec<std::ops::Range<u32>>)> = None;
        for condition in inner {
            let (attribute, set) = match condition {
                Condition::Is(attribute, set) if !negated => (*attribute, set.clone()),
                _ => return None,
            };
            match &mut found {
                None => found = Some((attribute, set.ranges().to_vec())),
                Some((known, ranges)) if *known == attribute => {
                    ranges.extend(set.ranges().iter().cloned());
                }
                Some(_) => return None,
            }
        }
        found.map(|(attribute, ranges)| (attribute, ValueSet::from_ranges(ranges)))
    }

    fn is(&self, attribute: AttributeId, set: &ValueSet, negated: bool) -> Parts {
        let Some(known) = self.attribute(attribute) else {
            return Parts::default();
        };
        let (set, negated) = self.shorter(known, set, negated);
        if let Domain::Boolean { negatives } = &known.domain {
            let holds = set.contains(1) != negated;
            return Parts {
                clauses: vec![self.boolean(known, negatives, holds)],
                ..Parts::default()
            };
        }
        let values = self.values(known, &set);
        let label = known.label.get(self.lang);
        if matches!(known.holder, Holder::City { .. }) {
            return Parts {
                circumstances: vec![match (self.lang, negated) {
                    (Lang::Zh, false) => format!("{label}为{values}"),
                    (Lang::Zh, true) => format!("{label}不是{values}"),
                    (Lang::En, false) => format!("while the {label} is {values}"),
                    (Lang::En, true) => format!("while the {label} is not {values}"),
                }],
                ..Parts::default()
            };
        }
        if negated {
            return Parts {
                clauses: vec![match self.lang {
                    Lang::Zh => format!("{label}不是{values}"),
                    Lang::En => format!("whose {label} is not {values}"),
                }],
                ..Parts::default()
            };
        }
        self.phrased(known, &values)
    }

    fn has(&self, attribute: AttributeId, value: u32, negated: bool) -> Parts {
        let Some(known) = self.attribute(attribute) else {
            return Parts::default();
        };
        let mut parts = self.phrased(known, &self.values(known, &ValueSet::one(value)));
        if negated {
            let not = self.pick("未", "not ");
            parts.clauses = parts
                .clauses
                .iter()
                .map(|clause| format!("{not}{clause}"))
                .collect();
        }
        parts
    }

    /// A yes-or-no as a clause: `持有通行证`, `without a pass`.
    pub(super) fn boolean(&self, known: &Attribute, negatives: &[String], holds: bool) -> String {
        let label = known.label.get(self.lang);
        match (holds, self.lang) {
            (true, _) => label.to_owned(),
            (false, Lang::Zh) => negatives
                .first()
                .map_or_else(|| format!("非{label}"), Clone::clone),
            (false, Lang::En) => match label.strip_prefix("with ") {
                Some(rest) => format!("without {rest}"),
                None => format!("not {label}"),
            },
        }
    }

    /// The attribute's own phrase with the values put in.
    fn phrased(&self, known: &Attribute, values: &str) -> Parts {
        let phrase = known.phrase.as_ref().map(|phrase| phrase.get(self.lang));
        let text = match (phrase, self.lang) {
            (Some("{}"), _) => {
                return Parts {
                    adjectives: vec![values.to_owned()],
                    ..Parts::default()
                };
            }
            (Some(phrase), _) => phrase.replace("{}", values),
            (None, Lang::Zh) => format!("{}为{values}", known.label.zh),
            (None, Lang::En) => format!("whose {} is {values}", known.label.en),
        };
        let text = match self.lang {
            Lang::Zh => text.strip_suffix('的').map_or(text.clone(), str::to_owned),
            Lang::En => text,
        };
        Parts {
            clauses: vec![text],
            ..Parts::default()
        }
    }

    /// A set, or its complement negated, whichever is said with fewer words.
    fn shorter(&self, known: &Attribute, set: &ValueSet, negated: bool) -> (ValueSet, bool) {
        let Domain::Choice { values, ordered } = &known.domain else {
            return (set.clone(), negated);
        };
        let size = u32::try_from(values.len()).unwrap_or(u32::MAX);
        let rest = set.complement(size);
        let one_run = *ordered && set.ranges().len() == 1;
        let other_run = *ordered && rest.ranges().len() == 1;
        let swap = if negated {
            // "Not lower" is better said as "higher".
            (other_run && !rest.is_empty()) || (!one_run && rest.len() < set.len())
        } else {
            !one_run && !rest.is_empty() && rest.len() * 2 < set.len()
        };
        if swap {
            (rest, !negated)
        } else {
            (set.clone(), negated)
        }
    }

    pub(super) fn pick(&self, zh: &'static str, en: &'static str) -> &'static str {
        match self.lang {
            Lang::Zh => zh,
            Lang::En => en,
        }
    }
}
