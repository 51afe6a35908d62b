//! From the tree of a condition to its typed form: every word gets its meaning.

use super::day::day_word;
use super::lex::Relation;
use super::parse::{self, Atom, Tree};
use super::scope::{Scope, report_value};
use super::sink::Sink;
use super::table::Text;
use super::value::{ValueFault, domain_size, positions, stretch};
use crate::condition::{Condition, ValueSet};
use crate::diagnostic::DiagnosticKind;
use crate::gazetteer::PlaceLookup;
use crate::vocabulary::words::Meaning;
use crate::vocabulary::{Attribute, AttributeId, Domain, Holder};
use std::ops::Range;

/// Reads a condition; `None` after reporting why not.
pub(crate) fn read(scope: &Scope<'_>, text: &Text, sink: &mut Sink) -> Option<Condition> {
    let tree = parse::condition(text, &|word| scope.knows(word), sink)?;
    typed(scope, text, &tree, sink)
}

/// Every part is typed even after one failed, so that all faults are found in one run.
fn typed(scope: &Scope<'_>, text: &Text, tree: &Tree, sink: &mut Sink) -> Option<Condition> {
    let mut parts = |trees: &[Tree]| {
        let typed: Vec<_> = trees
            .iter()
            .map(|tree| typed(scope, text, tree, sink))
            .collect();
        typed.into_iter().collect::<Option<Vec<_>>>()
    };
    match tree {
        Tree::All(trees) => parts(trees).map(Condition::All),
        Tree::Any(trees) => parts(trees).map(Condition::Any),
        Tree::Not(tree) => typed(scope, text, tree, sink).map(|c| Condition::Not(Box::new(c))),
        Tree::Atom(atom) => match &atom.relation {
            None => bare(scope, text, atom, sink),
            Some((relation, _, values)) => compare(scope, text, atom, *relation, values, sink),
        },
    }
}

fn word<'t>(text: &'t Text, span: &Range<usize>) -> &'t str {
    text.text.get(span.clone()).unwrap_or_default()
}

/// One condition for several that mean the same of different subjects.
fn any_of(mut conditions: Vec<Condition>) -> Condition {
    match conditions.len() {
        1 => conditions.remove(0),
        _ => Condition::Any(conditions),
    }
}

/// `在X` and `不在X`: a place said with its preposition in one word.
pub(crate) fn placed(word: &str) -> Option<(bool, &str)> {
    ["不在", "不位于", "在", "位于"]
        .iter()
        .find_map(|before| Some((!before.starts_with('不'), word.strip_prefix(before)?)))
        .filter(|(_, rest)| !rest.is_empty())
}

fn bare(scope: &Scope<'_>, text: &Text, atom: &Atom, sink: &mut Sink) -> Option<Condition> {
    let said = word(text, &atom.subject);
    let span = text.locate(atom.subject.clone());
    if atom.place {
        return scope.place(said, span, sink).map(Condition::In);
    }
    if let Some(days) = day_word(said) {
        return Some(Condition::Day(days));
    }
    let mut found = Vec::new();
    let mut other = None;
    for meaning in scope.words.meanings(said) {
        match meaning {
            Meaning::Kind(kind) => found.push(Condition::Kind(*kind)),
            Meaning::Attribute(id) if is_boolean(scope, *id) => {
                found.push(Condition::Is(*id, ValueSet::one(1)));
            }
            Meaning::Negative(id) => found.push(Condition::Is(*id, ValueSet::one(0))),
            meaning => other = Some(*meaning),
        }
    }
    if found.iter().any(|c| matches!(c, Condition::Kind(_))) && found.len() > 1 {
        sink.error(
            DiagnosticKind::AmbiguousWord,
            span,
            format!("“{said}”既是种类，又是属性"),
            format!("`{said}` is both a kind and an attribute"),
        )
        .hint(
            "属性写成“属性 = 是”，种类换一个词",
            "write the attribute as `attribute = yes`, or use another word for the kind",
        );
        return None;
    }
    if !found.is_empty() {
        return Some(any_of(found));
    }
    match scope.context.gazetteer.place(said) {
        PlaceLookup::One(place) => return Some(Condition::In(place)),
        PlaceLookup::Several(_) => {
            return scope.place(said, span, sink).map(Condition::In);
        }
        PlaceLookup::None { nearest } => {
            if let Some((inside, place)) = placed(said)
                && let PlaceLookup::One(place) = scope.context.gazetteer.place(place)
            {
                let inner = Condition::In(place);
                return Some(if inside {
                    inner
                } else {
                    Condition::Not(Box::new(inner))
                });
            }
            report_bare(scope, said, span, other, nearest, sink);
        }
    }
    None
}

/// Reports a word that cannot stand alone.
pub(crate) fn report_bare(
    scope: &Scope<'_>,
    said: &str,
    span: Range<usize>,
    other: Option<Meaning>,
    near_place: Option<String>,
    sink: &mut Sink,
) {
    match other {
        Some(Meaning::Attribute(_)) => {
            sink.error(
                DiagnosticKind::Type,
                span,
                format!("“{said}”要有一个值"),
                format!("`{said}` needs a value"),
            )
            .hint(
                format!("写成“{said} = 值”"),
                format!("write `{said} = value`"),
            );
            return;
        }
        Some(Meaning::Action(_) | Meaning::Measure(_)) => {
            sink.error(
                DiagnosticKind::Type,
                span,
                format!("“{said}”是行为或指标，不是条件"),
                format!("`{said}` is an action or a measure, not a condition"),
            )
            .hint(
                "这里说谁、什么样的；行为写在 forbid、require、permit、limit 里",
                "say who or what here; what they do goes into forbid, require, permit or limit",
            );
            return;
        }
        _ => {}
    }
    if let Some(attribute) = scope.attribute_of_value(said) {
        sink.error(
            DiagnosticKind::Type,
            span,
            format!("“{said}”是一个值，不能单独写"),
            format!("`{said}` is a value and cannot stand alone"),
        )
        .hint(
            format!("写成“{} = {said}”", attribute.zh),
            format!("write `{} = {said}`", attribute.en),
        );
        return;
    }
    let near = scope
        .words
        .nearest(said, |meaning| match meaning {
            Meaning::Kind(_) | Meaning::Negative(_) => true,
            Meaning::Attribute(id) => is_boolean(scope, id),
            _ => false,
        })
        .map(str::to_owned)
        .or(near_place);
    sink.error(
        DiagnosticKind::UnknownWord,
        span,
        format!("不认识“{said}”"),
        format!("`{said}` is not known"),
    )
    .hint(
        "应为种类、是非属性、日子或者地点",
        "expected a kind, a yes-or-no attribute, a day or a place",
    )
    .nearest(near.as_deref());
}

pub(crate) fn is_boolean(scope: &Scope<'_>, id: AttributeId) -> bool {
    scope
        .attribute(id)
        .is_some_and(|attribute| matches!(attribute.domain, Domain::Boolean { .. }))
}

impl<'a> Scope<'a> {
    pub(crate) fn attribute(&self, id: AttributeId) -> Option<&'a Attribute> {
        self.context.vocabulary.attributes.get(usize::from(id.0))
    }

    /// The attributes called `word`: several if different kinds have one of this name. Reports if there is none.
    pub(crate) fn attributes(
        &self,
        word: &str,
        span: Range<usize>,
        sink: &mut Sink,
    ) -> Vec<(AttributeId, &'a Attribute)> {
        let found: Vec<_> = self
            .words
            .meanings(word)
            .iter()
            .filter_map(|meaning| match meaning {
                Meaning::Attribute(id) => Some((*id, self.attribute(*id)?)),
                _ => None,
            })
            .collect();
        if found.is_empty() {
            let near = self
                .words
                .nearest(word, |meaning| matches!(meaning, Meaning::Attribute(_)));
            sink.error(
                DiagnosticKind::UnknownWord,
                span,
                format!("没有叫“{word}”的属性"),
                format!("there is no attribute `{word}`"),
            )
            .hint(
                "词汇表 [[attribute]] 里的词",
                "a word of [[attribute]] in the vocabulary",
            )
            .nearest(near);
        }
        found
    }
}

/// The positions written after an attribute, for each attribute of that name which knows them. A value that none knows is reported.
pub(crate) fn understood(
    scope: &Scope<'_>,
    text: &Text,
    candidates: &[(AttributeId, &Attribute)],
    relation: Relation,
    values: &[Range<usize>],
    sink: &mut Sink,
) -> Option<Vec<(AttributeId, ValueSet)>> {
    let mut sets = vec![(false, ValueSet::default()); candidates.len()];
    let mut faulty = false;
    // The two ends of `介于` are one value.
    let mut spans = values.to_vec();
    if let (Relation::Between, [low, high]) = (relation, values) {
        spans = std::iter::once(low.start..high.end).collect();
    }
    for span in &spans {
        let mut known = false;
        let mut fault: Option<(ValueFault, &Attribute)> = None;
        for ((_, attribute), (any, set)) in candidates.iter().zip(&mut sets) {
            let read = match (relation, values) {
                (Relation::Between, [low, high]) => {
                    stretch(scope, attribute, word(text, low), word(text, high))
                }
                _ => positions(scope, attribute, relation, word(text, span)),
            };
            match read {
                Ok(read) => {
                    known = true;
                    *any = true;
                    *set = ValueSet::from_ranges(set.ranges().iter().chain(read.ranges()).cloned());
                }
                // A fault that says more than "unknown" wins.
                Err(new) => match &fault {
                    Some((
                        ValueFault::Unknown {
                            nearest: Some(_), ..
                        }
                        | ValueFault::Wrong { .. },
                        _,
                    )) => {}
                    _ => fault = Some((new, attribute)),
                },
            }
        }
        if !known && let Some((fault, attribute)) = fault {
            faulty = true;
            report_value(
                fault,
                word(text, span),
                &attribute.label,
                text.locate(span.clone()),
                sink,
            );
        }
    }
    if faulty {
        return None;
    }
    let known = candidates.iter().zip(sets);
    Some(
        known
            .filter(|(_, (any, _))| *any)
            .map(|((id, attribute), (_, set))| {
                let denied = matches!(relation, Relation::Unequal | Relation::NotIn)
                    && !matches!(attribute.domain, Domain::List { .. });
                let size = domain_size(scope, attribute);
                (*id, if denied { set.complement(size) } else { set })
            })
            .collect(),
    )
}

fn compare(
    scope: &Scope<'_>,
    text: &Text,
    atom: &Atom,
    relation: Relation,
    values: &[Range<usize>],
    sink: &mut Sink,
) -> Option<Condition> {
    let name = word(text, &atom.subject);
    let candidates = scope.attributes(name, text.locate(atom.subject.clone()), sink);
    if candidates.is_empty() {
        return None;
    }
    let sets = understood(scope, text, &candidates, relation, values, sink)?;
    Some(any_of(
        sets.into_iter()
            .map(|(id, set)| match scope.attribute(id) {
                Some(attribute) if matches!(attribute.domain, Domain::List { .. }) => {
                    listed(attribute, id, relation, &set)
                }
                _ => Condition::Is(id, set),
            })
            .collect(),
    ))
}

/// `包含 (A, B)` wants all of them, `属于 (A, B)` any; the denials hold only of subjects that have such a list at all.
fn listed(
    attribute: &Attribute,
    id: AttributeId,
    relation: Relation,
    members: &ValueSet,
) -> Condition {
    let each: Vec<_> = members.iter().map(|at| Condition::Has(id, at)).collect();
    match relation {
        Relation::Has if each.len() > 1 => Condition::All(each),
        Relation::Unequal | Relation::NotIn | Relation::HasNot => {
            let not = Condition::Not(Box::new(any_of(each)));
            match &attribute.holder {
                Holder::Kinds(kinds) => Condition::All(vec![
                    any_of(kinds.iter().map(|kind| Condition::Kind(*kind)).collect()),
                    not,
                ]),
                Holder::City { .. } => not,
            }
        }
        _ => any_of(each),
    }
}
