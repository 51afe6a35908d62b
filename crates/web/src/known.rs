//! What is known of a case, in words, each fact with the facts that remain without it (for "change").

use crate::app::App;
use notice::vocabulary::{Domain, Grid};
use notice::{AttributeId, Facts, Lang, ValueSet};

/// One known fact in words.
pub struct Known {
    /// What it is about (`车型`).
    pub about: String,
    /// What is known (`中型或重型`).
    pub value: String,
    /// Everything else that is known.
    pub without: Facts,
}

/// Every known fact.
pub fn facts(app: &App, facts: &Facts, lang: Lang) -> Vec<Known> {
    let words = &app.city().vocabulary;
    let mut known = Vec::new();
    if let Some(kind) = facts.kind.and_then(|id| words.kinds.get(usize::from(id.0))) {
        known.push(Known {
            about: pick(lang, "对象", "Subject").to_owned(),
            value: kind.label.get(lang).to_owned(),
            // Attributes hang on the kind, so they go with it; places stay.
            without: Facts {
                places: facts.places.clone(),
                ..Facts::default()
            },
        });
    }
    for (id, values) in &facts.attributes {
        let Some(attribute) = words.attributes.get(usize::from(id.0)) else {
            continue;
        };
        let mut without = facts.clone();
        without.attributes.remove(id);
        known.push(Known {
            about: attribute.label.get(lang).to_owned(),
            value: self::values(app, *id, values, lang),
            without,
        });
    }
    for ((id, value), holds) in &facts.members {
        let Some(attribute) = words.attributes.get(usize::from(id.0)) else {
            continue;
        };
        let Domain::List { values } = &attribute.domain else {
            continue;
        };
        let name = values
            .get(*value as usize)
            .map_or("", |value| value.label.get(lang));
        let mut without = facts.clone();
        without.members.remove(&(*id, *value));
        known.push(Known {
            about: attribute.label.get(lang).to_owned(),
            value: match (*holds, lang) {
                (true, _) => name.to_owned(),
                (false, Lang::Zh) => format!("不在{name}"),
                (false, Lang::En) => format!("not {name}"),
            },
            without,
        });
    }
    for (place, inside) in &facts.places {
        let name = app.city().context().gazetteer.place_name(*place, lang);
        let mut without = facts.clone();
        without.places.remove(place);
        known.push(Known {
            about: pick(lang, "地点", "Place").to_owned(),
            value: match (*inside, lang) {
                (true, _) => name,
                (false, Lang::Zh) => format!("不在{name}"),
                (false, Lang::En) => format!("not in {name}"),
            },
            without,
        });
    }
    known
}

/// The positions of an attribute in words: `中型、重型`, `4.6–12 t`, `是`.
pub fn values(app: &App, id: AttributeId, set: &ValueSet, lang: Lang) -> String {
    let Some(attribute) = app.city().vocabulary.attributes.get(usize::from(id.0)) else {
        return String::new();
    };
    let joined = |names: Vec<String>| names.join(pick(lang, "、", ", "));
    match &attribute.domain {
        Domain::Choice { values, .. } | Domain::List { values } => joined(
            set.iter()
                .filter_map(|position| values.get(position as usize))
                .map(|value| value.label.get(lang).to_owned())
                .collect(),
        ),
        Domain::Boolean { .. } => match set.single() {
            Some(1) => pick(lang, "是", "yes").to_owned(),
            Some(_) => pick(lang, "否", "no").to_owned(),
            None => pick(lang, "不确定", "unknown").to_owned(),
        },
        Domain::Number(grid) => {
            let top = grid.max.saturating_sub(grid.min) / grid.step.max(1);
            joined(
                set.ranges()
                    .iter()
                    .map(|range| stretch(grid, range.start, range.end - 1, top))
                    .collect(),
            )
        }
        Domain::Place => joined(
            set.iter()
                .take(8)
                .map(|place| {
                    app.city()
                        .context()
                        .gazetteer
                        .place_name(notice::PlaceId(place), lang)
                })
                .collect(),
        ),
    }
}

fn stretch(grid: &Grid, first: u32, last: u32, top: i64) -> String {
    let unit = &grid.unit;
    let from = amount(grid, grid.min + i64::from(first) * grid.step);
    let to = amount(grid, grid.min + i64::from(last) * grid.step);
    if first == last {
        format!("{from} {unit}")
    } else if first == 0 {
        format!("≤ {to} {unit}")
    } else if i64::from(last) >= top {
        format!("≥ {from} {unit}")
    } else {
        format!("{from}–{to} {unit}")
    }
    .trim_end()
    .to_owned()
}

/// A grid's number in its unit: 45 with one decimal is `4.5`.
pub fn amount(grid: &Grid, number: i64) -> String {
    let scale = 10_i64.saturating_pow(u32::from(grid.decimals));
    let (whole, rest) = (number / scale, (number % scale).abs());
    if rest == 0 {
        return whole.to_string();
    }
    let sign = if number < 0 && whole == 0 { "-" } else { "" };
    let digits = format!("{rest:0width$}", width = usize::from(grid.decimals));
    format!("{sign}{whole}.{}", digits.trim_end_matches('0'))
}

fn pick<T>(lang: Lang, zh: T, en: T) -> T {
    match lang {
        Lang::Zh => zh,
        Lang::En => en,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_in_their_unit() {
        let grid = Grid {
            min: 0,
            max: 1000,
            step: 1,
            decimals: 1,
            unit: "t".to_owned(),
        };
        assert_eq!(amount(&grid, 45), "4.5");
        assert_eq!(amount(&grid, 120), "12");
        assert_eq!(amount(&grid, -5), "-0.5");
        assert_eq!(stretch(&grid, 0, 45, 1000), "≤ 4.5 t");
        assert_eq!(stretch(&grid, 46, 1000, 1000), "≥ 4.6 t");
        assert_eq!(stretch(&grid, 46, 120, 1000), "4.6–12 t");
    }
}
