//! What is said of one case (`货车, 车型 = 重型`), as facts.

use super::condition::{is_boolean, placed, report_bare, understood};
use super::day::day_word;
use super::lex::Relation;
use super::parse::{self, Fact};
use super::scope::Scope;
use super::sink::Sink;
use super::table::Text;
use super::value::domain_size;
use crate::condition::ValueSet;
use crate::diagnostic::DiagnosticKind;
use crate::facts::Facts;
use crate::gazetteer::PlaceLookup;
use crate::vocabulary::words::{Meaning, fold};
use crate::vocabulary::{AttributeId, Domain, KindId};
use std::ops::Range;

/// Reads a list of facts; `None` after reporting everything that is wrong with it.
pub(crate) fn read(scope: &Scope<'_>, text: &Text, sink: &mut Sink) -> Option<Facts> {
    let said = parse::facts(text, &|word| scope.knows(word), sink)?;
    let errors = sink.errors();
    let mut facts = Facts::default();
    // The kind first: it tells which of several attributes of one name is meant.
    let rest: Vec<_> = said
        .iter()
        .filter(|fact| !kind(scope, text, fact, &mut facts, sink))
        .collect();
    for fact in rest {
        match &fact.atom.relation {
            None => bare(scope, text, fact, &mut facts, sink),
            Some((relation, _, values)) => {
                valued(scope, text, fact, *relation, values, &mut facts, sink);
            }
        }
    }
    (sink.errors() == errors).then_some(facts)
}

fn word<'t>(text: &'t Text, span: &Range<usize>) -> &'t str {
    text.text.get(span.clone()).unwrap_or_default()
}

/// Takes the fact if it says a kind.
fn kind(scope: &Scope<'_>, text: &Text, fact: &Fact, facts: &mut Facts, sink: &mut Sink) -> bool {
    if fact.atom.relation.is_some() || fact.atom.place {
        return false;
    }
    let said = word(text, &fact.atom.subject);
    let Some((kind, alone)) = kind_said(scope, said) else {
        return false;
    };
    let span = text.locate(fact.atom.subject.clone());
    if fact.denied {
        sink.error(
            DiagnosticKind::Type,
            span,
            format!("不能只说不是“{said}”"),
            format!("that it is no `{said}` cannot be said"),
        )
        .hint("说它是什么", "say what it is");
        return true;
    }
    let under =
        |one: KindId, other: KindId| scope.context.vocabulary.kinds_under(other).contains(&one.0);
    // `其他货车` fits what is above it, and itself; nothing under it.
    let fits = |one: KindId, other: KindId, other_alone: bool| {
        one == other || (under(one, other) && !other_alone)
    };
    match facts.kind {
        Some(before) if fits(before, kind, alone) => facts.kind_alone |= alone,
        Some(before) if !fits(kind, before, facts.kind_alone) => {
            sink.error(
                DiagnosticKind::Type,
                span,
                format!("已经说过种类，又说是“{said}”"),
                format!("another kind was given before `{said}`"),
            )
            .hint("只写一个种类", "give one kind only");
        }
        _ => (facts.kind, facts.kind_alone) = (Some(kind), alone),
    }
    true
}

/// The kind a word means, and whether it means that kind alone: `其他货车` is none of the kinds under 货车.
fn kind_said(scope: &Scope<'_>, said: &str) -> Option<(KindId, bool)> {
    let kind = |word: &str| {
        scope.words.meanings(word).iter().find_map(|m| match m {
            Meaning::Kind(kind) => Some(*kind),
            _ => None,
        })
    };
    if let Some(kind) = kind(said) {
        return Some((kind, false));
    }
    let folded = fold(said);
    let rest = ["其他", "其它", "other "]
        .iter()
        .find_map(|other| folded.strip_prefix(other))?;
    Some((kind(rest.trim())?, true))
}

fn bare(scope: &Scope<'_>, text: &Text, fact: &Fact, facts: &mut Facts, sink: &mut Sink) {
    let said = word(text, &fact.atom.subject);
    let span = text.locate(fact.atom.subject.clone());
    if fact.atom.place {
        if let Some(place) = scope.place(said, span, sink) {
            facts.places.insert(place, !fact.denied);
        }
        return;
    }
    if day_word(said).is_some() {
        sink.error(
            DiagnosticKind::Type,
            span,
            format!("“{said}”由时间决定，不用说"),
            format!("`{said}` follows from the time asked about"),
        )
        .hint("用 at 写明时间", "give the time with `at`");
        return;
    }
    let meanings = scope.words.meanings(said);
    let yes_or_no: Vec<(AttributeId, bool)> = meanings
        .iter()
        .filter_map(|meaning| match meaning {
            Meaning::Attribute(id) if is_boolean(scope, *id) => Some((*id, true)),
            Meaning::Negative(id) => Some((*id, false)),
            _ => None,
        })
        .collect();
    if !yes_or_no.is_empty() {
        for (id, holds) in held(scope, facts.kind, yes_or_no, said, span.clone(), sink) {
            let set = ValueSet::one(u32::from(holds != fact.denied));
            narrow(facts, id, set, said, span.clone(), sink);
        }
        return;
    }
    match scope.context.gazetteer.place(said) {
        PlaceLookup::One(place) => {
            facts.places.insert(place, !fact.denied);
        }
        PlaceLookup::Several(_) => {
            scope.place(said, span, sink);
        }
        PlaceLookup::None { nearest } => match placed(said) {
            Some((inside, rest))
                if !matches!(
                    scope.context.gazetteer.place(rest),
                    PlaceLookup::None { .. }
                ) =>
            {
                if let Some(place) = scope.place(rest, span, sink) {
                    facts.places.insert(place, inside != fact.denied);
                }
            }
            _ => {
                let other = meanings.first().copied();
                report_bare(scope, said, span, other, nearest, sink);
            }
        },
    }
}

/// The attributes that a subject of this kind can have; reports if it can have none of them.
fn held<T>(
    scope: &Scope<'_>,
    kind: Option<KindId>,
    candidates: Vec<(AttributeId, T)>,
    said: &str,
    span: Range<usize>,
    sink: &mut Sink,
) -> Vec<(AttributeId, T)> {
    let Some(kind) = kind else { return candidates };
    let held: Vec<_> = candidates
        .into_iter()
        .filter(|(id, _)| scope.context.vocabulary.can_have(kind, *id))
        .collect();
    if held.is_empty()
        && let Some(known) = scope.context.vocabulary.kinds.get(usize::from(kind.0))
    {
        sink.error(
            DiagnosticKind::Type,
            span,
            format!("“{}”没有“{said}”这一项", known.label.zh),
            format!("a {} has no `{said}`", known.label.en),
        )
        .hint(
            "去掉这一项，或者换一个种类",
            "leave it out, or give another kind",
        );
    }
    held
}

/// What is known of an attribute narrows with every fact.
fn narrow(
    facts: &mut Facts,
    id: AttributeId,
    set: ValueSet,
    said: &str,
    span: Range<usize>,
    sink: &mut Sink,
) {
    let both = match facts.attributes.get(&id) {
        Some(before) => before.intersect(&set),
        None => set,
    };
    if both.is_empty() {
        sink.error(
            DiagnosticKind::Type,
            span,
            format!("“{said}”没有剩下可能的值"),
            format!("no value of `{said}` is left"),
        )
        .hint(
            "前后说法互相矛盾，去掉一个",
            "the facts contradict each other; leave one out",
        );
        return;
    }
    facts.attributes.insert(id, both);
}

fn valued(
    scope: &Scope<'_>,
    text: &Text,
    fact: &Fact,
    relation: Relation,
    values: &[Range<usize>],
    facts: &mut Facts,
    sink: &mut Sink,
) {
    let name = word(text, &fact.atom.subject);
    let span = text.locate(fact.atom.subject.clone());
    let candidates = scope.attributes(name, span.clone(), sink);
    if candidates.is_empty() {
        return;
    }
    let candidates = held(scope, facts.kind, candidates, name, span.clone(), sink);
    if candidates.is_empty() {
        return;
    }
    // `名单 = 无`: on none of the lists.
    if let [value] = values
        && ["无", "none"].contains(&fold(word(text, value)).as_str())
        && candidates
            .iter()
            .all(|(_, attribute)| matches!(attribute.domain, Domain::List { .. }))
        && !fact.denied
        && matches!(relation, Relation::Equal)
    {
        for (id, attribute) in candidates {
            for at in 0..domain_size(scope, attribute) {
                facts.members.insert((id, at), false);
            }
        }
        return;
    }
    let Some(sets) = understood(scope, text, &candidates, relation, values, sink) else {
        return;
    };
    for (id, set) in sets {
        let Some(attribute) = scope.attribute(id) else {
            continue;
        };
        if matches!(attribute.domain, Domain::List { .. }) {
            let without = matches!(
                relation,
                Relation::Unequal | Relation::NotIn | Relation::HasNot
            );
            if relation == Relation::In && set.len() > 1 {
                sink.error(
                    DiagnosticKind::Type,
                    span.clone(),
                    format!("“{name}”的几个值里到底是哪个？"),
                    format!("which of these of `{name}` is it?"),
                )
                .hint(
                    "“包含 (甲、乙)”是两个都在；只知其一就不写",
                    "`has (A, B)` is both; leave it out if you do not know",
                );
                continue;
            }
            for at in set.iter() {
                facts.members.insert((id, at), without == fact.denied);
            }
            continue;
        }
        let set = if fact.denied {
            set.complement(domain_size(scope, attribute))
        } else {
            set
        };
        narrow(facts, id, set, name, span.clone(), sink);
    }
}
