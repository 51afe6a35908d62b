//! What to ask next.
//!
//! The remainder of an answer, once everything known is put in, is a diagram over what is not known. A variable that is
//! not in it cannot change the answer and is never asked. Among those that are, the one is asked after which fewest
//! further questions are to be expected, every answer being equally likely; ties go to the order of the vocabulary. An
//! attribute that not every possible kind has waits until the kind is known.

use crate::answer::{Choice, Need};
use crate::budget::TooLarge;
use crate::diagram::{Arm, Level, Ref};
use crate::sheet::{IMPOSSIBLE, Sheet};
use crate::variable::{Variable, domain_size};
use notice::vocabulary::{Domain, Grid, Value};
use notice::{AttributeId, Facts, Gazetteer, KindId, Label, Lang, PlaceId, ValueSet};
use rustc_hash::FxHashMap;
use std::collections::{BTreeMap, BTreeSet};

/// What to ask to settle these functions; `None` if nothing that can be asked changes them.
pub(crate) fn need(
    sheet: &mut Sheet<'_>,
    functions: &[Ref],
    facts: &Facts,
) -> Result<Option<Need>, TooLarge> {
    let open: Vec<Ref> = functions
        .iter()
        .copied()
        .filter(|f| sheet.settled(*f).is_none())
        .collect();
    let mut bounds: BTreeMap<Level, BTreeSet<u32>> = BTreeMap::new();
    for f in &open {
        for (level, ends) in sheet.arena.support(*f) {
            bounds.entry(level).or_default().extend(ends);
        }
    }
    let mut best: Option<(f64, Level, Vec<Cell>)> = None;
    for (level, ends) in bounds {
        if !can_be_asked(sheet, level) {
            continue;
        }
        let cells = cells(sheet, &open, level, &ends)?;
        if !matters(sheet, &cells)? {
            continue;
        }
        let expected = expected(sheet, &cells);
        if best
            .as_ref()
            .is_none_or(|(least, ..)| expected < *least - 1e-9)
        {
            best = Some((expected, level, cells));
        }
    }
    Ok(best.and_then(|(_, level, cells)| ask(sheet, level, &cells, facts)))
}

/// The question about one variable, whose values change at `bounds`; what remains after each answer is not looked at. `None`
/// if one answer only is left: asking would lead nowhere.
pub(crate) fn ask_about(
    sheet: &Sheet<'_>,
    level: Level,
    bounds: &BTreeSet<u32>,
    facts: &Facts,
) -> Option<Need> {
    let whole = ValueSet::from_ranges(std::iter::once(0..sheet.rules.layout.size(level)));
    let possible = sheet.known.possible(level).unwrap_or(&whole);
    let starts = std::iter::once(0).chain(bounds.iter().copied());
    let cells: Vec<Cell> = starts
        .zip(bounds)
        .map(|(from, end)| possible.intersect(&ValueSet::from_ranges(std::iter::once(from..*end))))
        .filter(|values| !values.is_empty())
        .map(|values| Cell {
            values,
            rest: Vec::new(),
        })
        .collect();
    ask(sheet, level, &cells, facts).filter(|need| need.choices.len() > 1)
}

/// Whether every subject that is possible has an answer: an attribute is asked for once the kind tells that there is one.
/// (If it is not clear, the kind itself can change the answer, and is asked for.)
pub(crate) fn can_be_asked(sheet: &Sheet<'_>, level: Level) -> bool {
    let Variable::Attribute(attribute, _) = sheet.rules.layout.variable(level) else {
        return true;
    };
    let kinds = sheet
        .rules
        .layout
        .level(Variable::Kind)
        .and_then(|kind| sheet.known.possible(kind));
    kinds.is_some_and(|kinds| kinds.intersect(&sheet.rules.holders(attribute)) == *kinds)
}

/// Values of a variable that the functions do not tell apart, with what remains of the functions there.
struct Cell {
    values: ValueSet,
    rest: Vec<Ref>,
}

fn cells(
    sheet: &mut Sheet<'_>,
    open: &[Ref],
    level: Level,
    ends: &BTreeSet<u32>,
) -> Result<Vec<Cell>, TooLarge> {
    let size = sheet.rules.layout.size(level);
    let whole = ValueSet::from_ranges(std::iter::once(0..size));
    let possible = sheet.known.possible(level).cloned().unwrap_or(whole);
    let mut cells: Vec<Cell> = Vec::new();
    let mut from = 0;
    for &end in ends {
        let values =
            possible.intersect(&ValueSet::from_ranges(std::iter::once(from..end.min(size))));
        if let Some(first) = values.ranges().first().map(|range| range.start) {
            let mut rest = Vec::with_capacity(open.len());
            for f in open {
                rest.push(
                    sheet
                        .arena
                        .restrict(*f, &|l| (l == level).then_some(first))?,
                );
            }
            // A value that no possible case has is not offered.
            if rest.iter().all(|f| *f != Ref::leaf(IMPOSSIBLE)) {
                cells.push(Cell { values, rest });
            }
        }
        from = end;
    }
    Ok(cells)
}

/// Whether two cells differ in a case possible in both.
fn matters(sheet: &mut Sheet<'_>, cells: &[Cell]) -> Result<bool, TooLarge> {
    let Some(first) = cells.first() else {
        return Ok(false);
    };
    for cell in &cells[1..] {
        for (a, b) in first.rest.iter().zip(&cell.rest) {
            if a != b && differ(sheet, *a, *b)? {
                return Ok(true);
            }
        }
    }
    Ok(false)
}

fn differ(sheet: &mut Sheet<'_>, a: Ref, b: Ref) -> Result<bool, TooLarge> {
    let (known_a, known_b) = (sheet.settled(a), sheet.settled(b));
    if known_a.is_none() || known_b.is_none() || known_a != known_b {
        let differs =
            sheet
                .arena
                .combine(&mut crate::diagram::Differ { ignore: IMPOSSIBLE }, a, b)?;
        return Ok(
            sheet.arena.leaves(differs).contains(&1) || (known_a.is_some() && known_b.is_some())
        );
    }
    Ok(false)
}

/// Questions to be expected after this one, every cell being equally likely.
fn expected(sheet: &Sheet<'_>, cells: &[Cell]) -> f64 {
    let mut memo = FxHashMap::default();
    let sum: f64 = cells
        .iter()
        .flat_map(|cell| &cell.rest)
        .map(|f| questions(sheet, *f, &mut memo))
        .sum();
    sum / cells.len().max(1) as f64
}

/// Questions that walking the diagram takes on average.
fn questions(sheet: &Sheet<'_>, f: Ref, memo: &mut FxHashMap<Ref, f64>) -> f64 {
    if sheet.settled(f).is_some() {
        return 0.0;
    }
    if let Some(&known) = memo.get(&f) {
        return known;
    }
    let Some((_, arms)) = sheet.arena.node(f) else {
        return 0.0;
    };
    let arms: Vec<Arm> = arms
        .iter()
        .copied()
        .filter(|arm| arm.to != Ref::leaf(IMPOSSIBLE))
        .collect();
    let sum: f64 = arms.iter().map(|arm| questions(sheet, arm.to, memo)).sum();
    let here = if arms.len() > 1 { 1.0 } else { 0.0 };
    let result = here + sum / arms.len().max(1) as f64;
    memo.insert(f, result);
    result
}

fn ask(sheet: &Sheet<'_>, level: Level, cells: &[Cell], facts: &Facts) -> Option<Need> {
    let city = &sheet.rules.city;
    let (name, question, choices) = match sheet.rules.layout.variable(level) {
        Variable::Place(place) => {
            let context = city.context();
            let name = Label::new(
                context.gazetteer.place_name(place, Lang::Zh),
                context.gazetteer.place_name(place, Lang::En),
            );
            let question = Label::new(
                format!("是在{}内吗？", name.zh),
                format!("Is it in {}?", name.en),
            );
            let choices = yes_no(facts, |facts, yes| {
                facts.places.insert(place, yes);
            });
            (name, question, choices)
        }
        Variable::Kind => (
            Label::new("主体类别", "kind of subject"),
            Label::new("是什么？", "Who or what is it?"),
            kinds(sheet, cells, facts),
        ),
        Variable::Attribute(attribute, Some(value)) | Variable::State(attribute, Some(value)) => {
            let known = city.vocabulary.attributes.get(usize::from(attribute.0))?;
            let (Domain::List { values } | Domain::Choice { values, .. }) = &known.domain else {
                return None;
            };
            let member = &values.get(value as usize)?.label;
            let question = Label::new(
                format!("{}包含“{}”吗？", known.label.zh, member.zh),
                format!("Does {} include “{}”?", known.label.en, member.en),
            );
            let choices = yes_no(facts, |facts, yes| {
                facts.members.insert((attribute, value), yes);
            });
            (
                Label::new(
                    format!("{} 包含 {}", known.label.zh, member.zh),
                    format!("{} has {}", known.label.en, member.en),
                ),
                question,
                choices,
            )
        }
        Variable::Attribute(attribute, None) | Variable::State(attribute, None) => {
            let known = city.vocabulary.attributes.get(usize::from(attribute.0))?;
            let question = known.question.clone();
            (
                known.label.clone(),
                question,
                values(sheet, attribute, &known.domain, cells, facts),
            )
        }
        Variable::Calendar(..) | Variable::Minute => return None,
    };
    let values = choices
        .iter()
        .map(|choice| choice.label.zh.clone())
        .collect();
    Some(Need {
        attribute: name.zh.clone(),
        values,
        name,
        question,
        choices,
    })
}

fn yes_no(facts: &Facts, set: impl Fn(&mut Facts, bool)) -> Vec<Choice> {
    [
        (true, Label::new("是", "yes")),
        (false, Label::new("否", "no")),
    ]
    .into_iter()
    .map(|(yes, label)| {
        let mut facts = facts.clone();
        set(&mut facts, yes);
        Choice { label, facts }
    })
    .collect()
}

/// Kinds as coarse as the answer allows: a kind stands for all under it if it makes no difference which.
fn kinds(sheet: &Sheet<'_>, cells: &[Cell], facts: &Facts) -> Vec<Choice> {
    let all = &sheet.rules.city.vocabulary.kinds;
    let cell_of: Vec<Option<usize>> = (0..all.len() as u32)
        .map(|kind| cells.iter().position(|cell| cell.values.contains(kind)))
        .collect();
    let mut choices = Vec::new();
    let mut next = 0;
    while let Some(kind) = all.get(next) {
        let end = usize::from(kind.end).clamp(next + 1, all.len());
        let mut found = cell_of[next..end].iter().flatten();
        let first = found.next();
        let uniform = found.all(|cell| Some(cell) == first);
        let (alone, last) = if uniform {
            (false, end)
        } else {
            (true, next + 1)
        };
        let offered = if alone {
            cell_of[next].is_some()
        } else {
            first.is_some()
        };
        if offered {
            // A kind that itself is impossible but has possible ones under it is offered by its name all the same.
            let mut facts = facts.clone();
            facts.kind = Some(KindId(next as u16));
            facts.kind_alone = alone;
            let label = if alone {
                sheet.rules.city.vocabulary.kind_alone(KindId(next as u16))
            } else {
                kind.label.clone()
            };
            choices.push(Choice { label, facts });
        }
        next = last;
    }
    choices
}

/// Values still possible: one by one, numbers as stretches between the bounds that rules name.
fn values(
    sheet: &Sheet<'_>,
    attribute: AttributeId,
    domain: &Domain,
    cells: &[Cell],
    facts: &Facts,
) -> Vec<Choice> {
    let choice = |label: Label, values: ValueSet| {
        let mut facts = facts.clone();
        facts.attributes.insert(attribute, values);
        Choice { label, facts }
    };
    let each = |values: &[Value]| -> Vec<Choice> {
        cells
            .iter()
            .flat_map(|cell| cell.values.iter())
            .filter_map(|v| {
                Some(choice(
                    values.get(v as usize)?.label.clone(),
                    ValueSet::one(v),
                ))
            })
            .collect()
    };
    match domain {
        Domain::Choice { values, .. } | Domain::List { values } => each(values),
        Domain::Boolean { .. } => {
            let label = |v| {
                if v == 1 {
                    Label::new("是", "yes")
                } else {
                    Label::new("否", "no")
                }
            };
            let mut offered: Vec<u32> = cells.iter().flat_map(|cell| cell.values.iter()).collect();
            offered.sort_unstable_by(|a, b| b.cmp(a));
            offered
                .into_iter()
                .map(|v| choice(label(v), ValueSet::one(v)))
                .collect()
        }
        Domain::Number(grid) => {
            let size = domain_size(&sheet.rules.city, attribute);
            cells
                .iter()
                .map(|cell| choice(stretch(grid, &cell.values, size), cell.values.clone()))
                .collect()
        }
        Domain::Place => {
            let context = sheet.rules.city.context();
            cells
                .iter()
                .map(|cell| choice(places(context.gazetteer, &cell.values), cell.values.clone()))
                .collect()
        }
    }
}

/// A stretch of numbers: `<= 4.5 t`, `> 4.5 t`, `> 4.5 t, <= 12 t`.
fn stretch(grid: &Grid, values: &ValueSet, size: u32) -> Label {
    let amount = |position: u32| {
        let number =
            crate::answer::decimal(grid.min + i64::from(position) * grid.step, grid.decimals);
        if grid.unit.is_empty() {
            format!("{number}")
        } else {
            format!("{number} {}", grid.unit)
        }
    };
    let (first, last) = match (values.ranges().first(), values.ranges().last()) {
        (Some(first), Some(last)) => (first.start, last.end - 1),
        _ => return Label::default(),
    };
    let text = match (first, last) {
        (0, last) if last + 1 == size => format!("{} … {}", amount(0), amount(last)),
        (0, last) => format!("<= {}", amount(last)),
        (first, last) if last + 1 == size => format!("> {}", amount(first - 1)),
        (first, last) => format!("> {}, <= {}", amount(first - 1), amount(last)),
    };
    Label::new(text.clone(), text)
}

/// Places by the largest ones that make up the set.
fn places(gazetteer: &dyn Gazetteer, values: &ValueSet) -> Label {
    const NAMES_MAX: usize = 4;
    let mut names: Vec<Label> = Vec::new();
    let mut more = false;
    for range in values.ranges() {
        let mut next = range.start;
        while next < range.end {
            let span = gazetteer.place_span(PlaceId(next));
            let whole = span.start == next && span.end <= range.end;
            if names.len() < NAMES_MAX && whole {
                names.push(Label::new(
                    gazetteer.place_name(PlaceId(next), Lang::Zh),
                    gazetteer.place_name(PlaceId(next), Lang::En),
                ));
            } else {
                more = true;
            }
            next = if whole {
                span.end.max(next + 1)
            } else {
                next + 1
            };
        }
    }
    if names.is_empty() || (more && names.len() == NAMES_MAX) {
        return Label::new("其他地方", "elsewhere");
    }
    let join =
        |get: fn(&Label) -> &str, by: &str| names.iter().map(get).collect::<Vec<_>>().join(by);
    Label::new(join(|l| &l.zh, "、"), join(|l| &l.en, ", "))
}
