//! A register as a table: its columns, and the rows that a reader's filters leave, in their order.

use crate::app::App;
use crate::params::Params;
use city::City;
use city::register::{Entry, Register};
use notice::vocabulary::{Domain, Holder};
use notice::{AttributeId, Label, Lang};

/// Rows on one page.
pub const PAGE_ROWS: usize = 25;

/// A column made of an attribute that some row of the register has.
pub struct Column {
    /// The attribute.
    pub attribute: AttributeId,
    /// Its field in addresses (`行业`).
    pub field: String,
    /// Its name.
    pub name: Label,
    /// Its values, for a filter; empty for numbers and places.
    pub values: Vec<Label>,
}

/// The attributes that rows of the register have, in the vocabulary's order.
pub fn columns(city: &City, register: &Register) -> Vec<Column> {
    let mut columns = Vec::new();
    for (id, attribute) in (0..).map(AttributeId).zip(&city.vocabulary.attributes) {
        // Where an enterprise lies, its district says already.
        let used = matches!(attribute.holder, Holder::Kinds(_))
            && !matches!(attribute.domain, Domain::Place)
            && register.rows.iter().any(|row| {
                row.facts.attributes.contains_key(&id)
                    || row
                        .facts
                        .members
                        .iter()
                        .any(|((a, _), holds)| *a == id && *holds)
            });
        if !used {
            continue;
        }
        let values = match &attribute.domain {
            Domain::Choice { values, .. } | Domain::List { values } => {
                values.iter().map(|v| v.label.clone()).collect()
            }
            Domain::Boolean { .. } => vec![Label::new("否", "no"), Label::new("是", "yes")],
            Domain::Number(_) | Domain::Place => Vec::new(),
        };
        columns.push(Column {
            attribute: id,
            field: attribute.label.zh.clone(),
            name: attribute.label.clone(),
            values,
        });
    }
    columns
}

/// The positions a row has in a column.
pub fn positions(row: &Entry, attribute: AttributeId) -> Vec<u32> {
    if let Some(set) = row.facts.attributes.get(&attribute) {
        return set.iter().take(64).collect();
    }
    row.facts
        .members
        .iter()
        .filter(|((a, _), holds)| *a == attribute && **holds)
        .map(|((_, value), _)| *value)
        .collect()
}

/// A cell in words.
pub fn cell(app: &App, row: &Entry, column: &Column, lang: Lang) -> String {
    if let Some(set) = row.facts.attributes.get(&column.attribute) {
        return crate::known::values(app, column.attribute, set, lang);
    }
    positions(row, column.attribute)
        .iter()
        .filter_map(|position| column.values.get(*position as usize))
        .map(|label| label.get(lang))
        .collect::<Vec<_>>()
        .join(match lang {
            Lang::Zh => "、",
            Lang::En => ", ",
        })
}

/// The rows that the filters leave, sorted as asked.
pub fn select<'a>(register: &'a Register, columns: &[Column], params: &Params) -> Vec<&'a Entry> {
    let words: Vec<String> = params
        .get("q")
        .unwrap_or_default()
        .to_lowercase()
        .chars()
        .take(60)
        .collect::<String>()
        .split_whitespace()
        .map(str::to_owned)
        .collect();
    let district = params.get("district");
    let chosen: Vec<(AttributeId, u32)> = columns
        .iter()
        .filter_map(|column| {
            let value = params.get(&column.field)?;
            let position = column.values.iter().position(|v| v.zh == value);
            // No row has a value that is none.
            let position = position.and_then(|p| u32::try_from(p).ok());
            Some((column.attribute, position.unwrap_or(u32::MAX)))
        })
        .collect();
    let mut rows: Vec<&Entry> = register
        .rows
        .iter()
        .filter(|row| district.is_none_or(|d| row.district == d))
        .filter(|row| {
            let (name, id) = (row.name.to_lowercase(), row.id.to_lowercase());
            words
                .iter()
                .all(|w| name.contains(w.as_str()) || id.contains(w.as_str()))
        })
        .filter(|row| {
            chosen
                .iter()
                .all(|(attribute, position)| positions(row, *attribute).contains(position))
        })
        .collect();
    let (by, down) = match params.get("sort") {
        Some(sort) => (sort.trim_start_matches('-'), sort.starts_with('-')),
        None => ("", false),
    };
    match by {
        "name" => rows.sort_by(|a, b| a.name.cmp(&b.name)),
        "id" => rows.sort_by(|a, b| a.id.cmp(&b.id)),
        "district" => rows.sort_by(|a, b| a.district.cmp(&b.district)),
        by => {
            if let Some(column) = columns.iter().find(|c| c.field == by) {
                rows.sort_by_key(|row| positions(row, column.attribute));
            }
        }
    }
    if down {
        rows.reverse();
    }
    rows
}
