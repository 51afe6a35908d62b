//! What is written after an attribute, as positions of its domain.

use super::lex::Relation;
use super::number::{conversion, decimals_of, scaled, split_unit};
use super::scope::Scope;
use crate::condition::ValueSet;
use crate::gazetteer::PlaceLookup;
use crate::label::Label;
use crate::vocabulary::words::{fold, nearest, value_position};
use crate::vocabulary::{Attribute, Domain, Grid, Value};
use std::cmp::Ordering;

/// Why a value cannot be understood.
#[derive(Debug)]
pub(crate) enum ValueFault {
    /// No such value.
    Unknown {
        /// The nearest one, if one is near.
        nearest: Option<String>,
        /// What can be written.
        hint: Option<Label>,
    },
    /// Several places have this name.
    Ambiguous(Vec<String>),
    /// The attribute cannot be compared like this, or with this.
    Wrong { message: Label, hint: Label },
}

impl ValueFault {
    fn wrong(
        zh: impl Into<String>,
        en: impl Into<String>,
        hint_zh: impl Into<String>,
        hint_en: impl Into<String>,
    ) -> Self {
        Self::Wrong {
            message: Label::new(zh, en),
            hint: Label::new(hint_zh, hint_en),
        }
    }
}

/// Values that a hint lists.
const VALUES_SHOWN: usize = 8;
const YES: &[&str] = &["是", "有", "yes", "true"];
const NO: &[&str] = &["否", "无", "no", "false"];

/// Positions of the attribute that stand in `relation` to the value `word`. Unequal and not-in are left to the caller: they are
/// the complement of the set given here. A list's position is the index of its member.
pub(crate) fn positions(
    scope: &Scope<'_>,
    attribute: &Attribute,
    relation: Relation,
    word: &str,
) -> Result<ValueSet, ValueFault> {
    let ordering = matches!(
        relation,
        Relation::Less | Relation::AtMost | Relation::More | Relation::AtLeast
    );
    let name = &attribute.label;
    let listed = matches!(attribute.domain, Domain::List { .. });
    if matches!(relation, Relation::Has | Relation::HasNot) && !listed {
        return Err(ValueFault::wrong(
            format!("“{}”不是名单，不能用“包含”", name.zh),
            format!("`{}` is not a list", name.en),
            "一个值用“=”，几个值用“属于”",
            "use `=` for one value, `in` for several",
        ));
    }
    match &attribute.domain {
        Domain::Choice { values, ordered } => {
            let at = choice(values, word)?;
            if ordering && !ordered {
                return Err(ValueFault::wrong(
                    format!("“{}”的值没有大小之分", name.zh),
                    format!("the values of `{}` have no order", name.en),
                    "用“=”“!=”或“属于”",
                    "use `=`, `!=` or `in`",
                ));
            }
            let size = size_of(values);
            Ok(between(relation, at, at + 1, size))
        }
        Domain::Boolean { .. } => {
            let folded = fold(word);
            let yes = YES.contains(&folded.as_str());
            if ordering || !(yes || NO.contains(&folded.as_str())) {
                return Err(ValueFault::wrong(
                    format!("“{}”只有“是”和“否”", name.zh),
                    format!("`{}` is a yes or a no", name.en),
                    format!("单独写“{}”或者它的反面", name.zh),
                    format!("write `{}` alone, or its opposite", name.en),
                ));
            }
            Ok(ValueSet::one(u32::from(yes)))
        }
        Domain::Number(grid) => number(grid, relation, word, name),
        Domain::List { values } => {
            if ordering {
                return Err(ValueFault::wrong(
                    format!("“{}”是名单，没有大小之分", name.zh),
                    format!("`{}` is a list and has no order", name.en),
                    "用“包含”",
                    "use `has`",
                ));
            }
            choice(values, word).map(ValueSet::one)
        }
        Domain::Place => {
            if ordering {
                return Err(ValueFault::wrong(
                    format!("“{}”是地点，没有大小之分", name.zh),
                    format!("`{}` is a place and has no order", name.en),
                    "用“=”或“属于”",
                    "use `=` or `in`",
                ));
            }
            match scope.context.gazetteer.place(word) {
                PlaceLookup::One(place) => Ok(ValueSet::from_ranges(std::iter::once(
                    scope.context.gazetteer.place_span(place),
                ))),
                PlaceLookup::Several(paths) => Err(ValueFault::Ambiguous(paths)),
                PlaceLookup::None { nearest } => Err(ValueFault::Unknown {
                    nearest,
                    hint: None,
                }),
            }
        }
    }
}

/// Positions from the first value to the second, both included.
pub(crate) fn stretch(
    scope: &Scope<'_>,
    attribute: &Attribute,
    low: &str,
    high: &str,
) -> Result<ValueSet, ValueFault> {
    let low_set = positions(scope, attribute, Relation::AtLeast, low)?;
    let high_set = positions(scope, attribute, Relation::AtMost, high)?;
    let both = low_set.intersect(&high_set);
    if both.is_empty() {
        return Err(ValueFault::wrong(
            format!("{low} 与 {high} 之间没有值"),
            format!("nothing lies between {low} and {high}"),
            "小的写在前面",
            "write the lower end first",
        ));
    }
    Ok(both)
}

/// How many positions an attribute has.
pub(crate) fn domain_size(scope: &Scope<'_>, attribute: &Attribute) -> u32 {
    match &attribute.domain {
        Domain::Choice { values, .. } | Domain::List { values } => size_of(values),
        Domain::Boolean { .. } => 2,
        Domain::Number(grid) => steps(grid),
        Domain::Place => scope.context.gazetteer.place_count(),
    }
}

fn size_of(values: &[Value]) -> u32 {
    u32::try_from(values.len()).unwrap_or(u32::MAX)
}

fn choice(values: &[Value], word: &str) -> Result<u32, ValueFault> {
    value_position(values, word).ok_or_else(|| {
        let spellings = values.iter().flat_map(|value| {
            [value.label.zh.as_str(), value.label.en.as_str()]
                .into_iter()
                .chain(value.also.iter().map(String::as_str))
        });
        let some: Vec<_> = values.iter().take(VALUES_SHOWN).map(|v| &v.label).collect();
        let list = |get: fn(&Label) -> &str, between: &str| {
            let words: Vec<_> = some.iter().map(|label| get(label)).collect();
            let more = if values.len() > VALUES_SHOWN {
                " …"
            } else {
                ""
            };
            format!("{}{more}", words.join(between))
        };
        ValueFault::Unknown {
            nearest: nearest(word, spellings).map(str::to_owned),
            hint: Some(Label::new(
                format!("可以是：{}", list(|l| &l.zh, "、")),
                format!("it can be {}", list(|l| &l.en, ", ")),
            )),
        }
    })
}

/// Positions in relation to those below `from` (less) and below `to` (at most) of `0..size`.
fn between(relation: Relation, from: u32, to: u32, size: u32) -> ValueSet {
    ValueSet::from_ranges(std::iter::once(match relation {
        Relation::Less => 0..from,
        Relation::AtMost => 0..to,
        Relation::More => to..size,
        Relation::AtLeast => from..size,
        _ => from..to,
    }))
}

fn steps(grid: &Grid) -> u32 {
    let steps = (grid.max.saturating_sub(grid.min)) / grid.step.max(1) + 1;
    u32::try_from(steps).unwrap_or(u32::MAX)
}

/// An amount as a fraction in units of `10^-decimals` of the grid's unit.
fn amount(grid: &Grid, word: &str, name: &Label) -> Result<(i128, i128), ValueFault> {
    let folded = fold(word);
    let (digits, unit) = split_unit(&folded);
    let places = decimals_of(digits);
    let Some(value) = scaled(digits, places) else {
        return Err(ValueFault::wrong(
            format!("“{word}”不是数"),
            format!("`{word}` is not a number"),
            format!("“{}”写成数加单位：{}", name.zh, sample(grid)),
            format!("`{}` takes a number: {}", name.en, sample(grid)),
        ));
    };
    if unit.is_empty() && !grid.unit.is_empty() {
        return Err(ValueFault::wrong(
            format!("“{word}”没有单位"),
            format!("`{word}` has no unit"),
            format!("写成 {digits} {}", grid.unit),
            format!("write {digits} {}", grid.unit),
        ));
    }
    let Some((n, d)) = conversion(unit, &grid.unit) else {
        let (zh, en) = if grid.unit.is_empty() {
            ("不带单位".to_owned(), "it has no unit".to_owned())
        } else {
            (
                format!("单位用 {}", grid.unit),
                format!("its unit is {}", grid.unit),
            )
        };
        return Err(ValueFault::wrong(
            format!("“{}”不能用单位“{unit}”", name.zh),
            format!("`{}` is not measured in `{unit}`", name.en),
            zh,
            en,
        ));
    };
    let numerator =
        i128::from(value) * i128::from(n) * 10_i128.pow(u32::from(grid.decimals.min(9)));
    let denominator = i128::from(d) * 10_i128.pow(u32::from(places));
    let within = |bound: i64, wanted: Ordering| {
        let ordering = numerator.cmp(&(i128::from(bound) * denominator));
        ordering == wanted || ordering == Ordering::Equal
    };
    if !(within(grid.min, Ordering::Greater) && within(grid.max, Ordering::Less)) {
        return Err(ValueFault::wrong(
            format!("{word} 超出了“{}”的范围", name.zh),
            format!("{word} is out of the range of `{}`", name.en),
            format!("应在 {} 之间", range(grid, "至")),
            format!("expected {}", range(grid, "to")),
        ));
    }
    Ok((numerator, denominator))
}

fn number(
    grid: &Grid,
    relation: Relation,
    word: &str,
    name: &Label,
) -> Result<ValueSet, ValueFault> {
    let (numerator, denominator) = amount(grid, word, name)?;
    // Position `i` stands for `min + i * step`; compare without rounding.
    let offset = numerator - i128::from(grid.min) * denominator;
    let step = i128::from(grid.step.max(1)) * denominator;
    let at_most = offset.div_euclid(step) + 1;
    let on_grid = offset.rem_euclid(step) == 0;
    let less = if on_grid { at_most - 1 } else { at_most };
    let size = steps(grid);
    let clamp = |n: i128| u32::try_from(n.max(0)).unwrap_or(u32::MAX).min(size);
    let exact = !matches!(
        relation,
        Relation::Less | Relation::AtMost | Relation::More | Relation::AtLeast
    );
    if exact && !on_grid {
        return Err(off_grid(grid, word, name));
    }
    Ok(between(relation, clamp(less), clamp(at_most), size))
}

fn off_grid(grid: &Grid, word: &str, name: &Label) -> ValueFault {
    let step = written(grid.step, grid.decimals);
    ValueFault::wrong(
        format!("{word} 比“{}”的精度更细", name.zh),
        format!("{word} is finer than `{}` is measured", name.en),
        format!("以 {step} {} 为一级", grid.unit),
        format!("it goes in steps of {step} {}", grid.unit),
    )
}

/// An amount of a measure, in the grid's units; it must lie on the grid.
pub(crate) fn exact_amount(grid: &Grid, word: &str, name: &Label) -> Result<i64, ValueFault> {
    let (numerator, denominator) = amount(grid, word, name)?;
    let off = numerator - i128::from(grid.min) * denominator;
    if off.rem_euclid(i128::from(grid.step.max(1)) * denominator) != 0 {
        return Err(off_grid(grid, word, name));
    }
    i64::try_from(numerator / denominator).map_err(|_| off_grid(grid, word, name))
}

/// A grid number as a person writes it.
fn written(value: i64, decimals: u8) -> String {
    if decimals == 0 {
        return value.to_string();
    }
    let scale = 10_u64.pow(u32::from(decimals.min(9)));
    let (whole, part) = (value.unsigned_abs() / scale, value.unsigned_abs() % scale);
    let sign = if value < 0 { "-" } else { "" };
    let text = format!(
        "{sign}{whole}.{part:0width$}",
        width = usize::from(decimals)
    );
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn sample(grid: &Grid) -> String {
    format!("{} {}", written(grid.max, grid.decimals), grid.unit)
        .trim_end()
        .to_owned()
}

fn range(grid: &Grid, to: &str) -> String {
    format!("{} {to} {}", written(grid.min, grid.decimals), sample(grid))
}
