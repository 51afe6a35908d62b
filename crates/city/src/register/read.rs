//! A register's file: `code`, `name`, `district`, `lon`, `lat`, `demo`, and columns that `city.toml` maps to attributes.

use super::credit_code;
use super::{Entry, Register};
use crate::findings::{File, Findings};
use crate::place::{Level, Places};
use crate::settings::RegisterSetting;
use crate::sheet::{Row, Sheet};
use notice::vocabulary::words::{fold, nearest, value_position};
use notice::vocabulary::{Attribute, Domain, Grid, Value};
use notice::{
    AttributeId, DiagnosticKind, Facts, KindId, PlaceId, PlaceLookup, ValueSet, Vocabulary,
};
use std::collections::HashMap;
use std::ops::Range;

/// What rows are read against.
pub(crate) struct Known<'a> {
    pub(crate) vocabulary: &'a Vocabulary,
    pub(crate) places: &'a Places,
}

/// A column that holds an attribute.
struct Column<'a> {
    at: usize,
    id: AttributeId,
    attribute: &'a Attribute,
}

/// Reads a register; `None` after reporting every bad row.
pub(crate) fn read(
    settings: &File,
    setting: &RegisterSetting,
    file: &File,
    known: &Known<'_>,
    findings: &mut Findings,
) -> Option<Register> {
    let errors = findings.errors();
    let kind = kind(settings, setting, known, findings);
    let sheet = Sheet::read(file, findings)?;
    let fixed = ["code", "name", "district", "lon", "lat", "demo"];
    let fixed = fixed.map(|name| sheet.column(name, findings));
    let columns = columns(settings, setting, &sheet, kind?, known, findings);
    let [
        Some(code),
        Some(name),
        Some(district),
        Some(lon),
        Some(lat),
        Some(demo),
    ] = fixed
    else {
        return None;
    };
    let mut reader = Reader {
        sheet: &sheet,
        known,
        findings,
        lines: HashMap::new(),
        district,
        at: Vec::new(),
    };
    let mut rows = Vec::with_capacity(sheet.rows.len());
    for row in &sheet.rows {
        reader.code(row, code);
        reader.present(row, name);
        let place = reader.district(row, district);
        let point = reader.point(row, lon, lat);
        if let (Some(place), Some(point)) = (place, point) {
            reader.lies_in(row, lon, lat, place, point);
        }
        let mut facts = Facts {
            kind,
            ..Facts::default()
        };
        for column in &columns {
            reader.attribute(row, column, &mut facts);
        }
        let demo = reader.flag(row, demo);
        if let (Some(place), Some(point), Some(demo)) = (place, point, demo) {
            rows.push(Entry {
                id: row.field(code).to_owned(),
                name: row.field(name).to_owned(),
                facts,
                district: known.places.get(place)?.code.clone(),
                point,
                demo,
            });
        }
    }
    (findings.errors() == errors).then(|| Register {
        name: setting.name.get_ref().clone(),
        rows,
    })
}

fn kind(
    settings: &File,
    setting: &RegisterSetting,
    known: &Known<'_>,
    findings: &mut Findings,
) -> Option<KindId> {
    let word = setting.kind.get_ref();
    let kinds = || (0..).map(KindId).zip(&known.vocabulary.kinds);
    let found = kinds().find(|(_, kind)| {
        let mut forms = [&kind.label.zh, &kind.label.en]
            .into_iter()
            .chain(&kind.also);
        forms.any(|form| fold(form) == fold(word))
    });
    if found.is_none() {
        findings
            .error(
                settings,
                setting.kind.span(),
                DiagnosticKind::UnknownWord,
                format!("没有叫“{word}”的种类"),
                format!("there is no kind `{word}`"),
            )
            .nearest(nearest(word, kinds().map(|(_, k)| k.label.zh.as_str())));
    }
    found.map(|(id, _)| id)
}

fn columns<'a>(
    settings: &File,
    setting: &RegisterSetting,
    sheet: &Sheet<'_>,
    kind: KindId,
    known: &Known<'a>,
    findings: &mut Findings,
) -> Vec<Column<'a>> {
    let mut columns = Vec::new();
    for (column, attribute) in &setting.columns {
        let at = sheet.column(column.get_ref(), findings);
        let word = attribute.get_ref();
        let attributes = || {
            (0..)
                .map(AttributeId)
                .zip(&known.vocabulary.attributes)
                .filter(|(id, _)| known.vocabulary.can_have(kind, *id))
        };
        let found = attributes().find(|(_, a)| {
            let mut forms = [&a.label.zh, &a.label.en].into_iter().chain(&a.also);
            forms.any(|form| fold(form) == fold(word))
        });
        match (at, found) {
            (Some(at), Some((id, attribute))) => columns.push(Column { at, id, attribute }),
            (_, Some(_)) => {}
            (_, None) => findings
                .error(
                    settings,
                    attribute.span(),
                    DiagnosticKind::UnknownWord,
                    format!("“{}”没有叫“{word}”的属性", setting.kind.get_ref()),
                    format!("`{}` has no attribute `{word}`", setting.kind.get_ref()),
                )
                .nearest(nearest(
                    word,
                    attributes().map(|(_, a)| a.label.zh.as_str()),
                )),
        }
    }
    columns
}

/// Reads fields and reports what is wrong with them.
struct Reader<'a> {
    sheet: &'a Sheet<'a>,
    known: &'a Known<'a>,
    findings: &'a mut Findings,
    /// Line of each code seen.
    lines: HashMap<&'a str, usize>,
    /// The column of the district, whose faults are told once.
    district: usize,
    /// Places of the point at hand.
    at: Vec<PlaceId>,
}

impl<'a> Reader<'a> {
    fn error(
        &mut self,
        span: Range<usize>,
        kind: DiagnosticKind,
        zh: impl Into<String>,
        en: impl Into<String>,
    ) -> crate::findings::Said<'_> {
        self.findings.error(self.sheet.file, span, kind, zh, en)
    }

    fn code(&mut self, row: &'a Row, column: usize) {
        let code = row.field(column);
        let span = self.sheet.span(row, column);
        if let Err(fault) = credit_code::check(code) {
            let zh = format!("“{code}”有误：{}", fault.zh());
            let en = format!("`{code}` is wrong: {fault}");
            self.error(span, DiagnosticKind::Type, zh, en);
            return;
        }
        let line = self.sheet.file.source(span.clone()).line_column().0;
        if let Some(first) = self.lines.insert(code, line) {
            self.error(
                span,
                DiagnosticKind::Duplicate,
                format!("代码“{code}”在第 {first} 行已有"),
                format!("the code `{code}` stands in line {first} already"),
            );
        }
    }

    fn present(&mut self, row: &Row, column: usize) {
        if row.field(column).is_empty() {
            let span = self.sheet.span(row, column);
            self.error(
                span,
                DiagnosticKind::MissingKey,
                "缺少名称",
                "the name is missing",
            );
        }
    }

    fn district(&mut self, row: &Row, column: usize) -> Option<PlaceId> {
        let word = row.field(column);
        let span = self.sheet.span(row, column);
        let places = self.known.places;
        let (found, near) = match places.look_up(word) {
            PlaceLookup::One(place) => (Some(place), None),
            PlaceLookup::None { nearest } => (None, nearest),
            PlaceLookup::Several(_) => (None, None),
        };
        let district = |id: &PlaceId| places.get(*id).is_some_and(|p| p.level == Level::District);
        let found = found.filter(district);
        if found.is_none() {
            self.error(
                span,
                DiagnosticKind::UnknownWord,
                format!("“{word}”不是区县"),
                format!("`{word}` is no district"),
            )
            .nearest(near.as_deref());
        }
        found
    }

    fn point(&mut self, row: &Row, lon: usize, lat: usize) -> Option<(f64, f64)> {
        let x = self.degrees(row, lon, 180.0);
        let y = self.degrees(row, lat, 90.0);
        x.zip(y)
    }

    fn degrees(&mut self, row: &Row, column: usize, most: f64) -> Option<f64> {
        let word = row.field(column);
        let value = word.parse::<f64>().ok().filter(|v| v.abs() <= most);
        if value.is_none() {
            let span = self.sheet.span(row, column);
            self.error(
                span,
                DiagnosticKind::Type,
                format!("“{word}”不是 -{most} 到 {most} 之间的度数"),
                format!("`{word}` is no number of degrees between -{most} and {most}"),
            );
        }
        value
    }

    /// The point lies in the district, if the district's shape is known.
    fn lies_in(&mut self, row: &Row, lon: usize, lat: usize, district: PlaceId, point: (f64, f64)) {
        let places = self.known.places;
        let Some(place) = places.get(district).filter(|place| place.has_shape) else {
            return;
        };
        places.at(point.0, point.1, &mut self.at);
        if self.at.contains(&district) {
            return;
        }
        let districts = self.at.iter().filter_map(|id| places.get(*id));
        let other = districts
            .filter(|p| p.level == Level::District)
            .map(|p| p.name.zh.as_str())
            .next()
            .unwrap_or("城外")
            .to_owned();
        let span = self.sheet.span(row, lon).start..self.sheet.span(row, lat).end;
        self.error(
            span,
            DiagnosticKind::City,
            format!(
                "点 ({}, {}) 不在{}，在{other}",
                point.0, point.1, place.name.zh
            ),
            format!(
                "the point ({}, {}) does not lie in {}",
                point.0, point.1, place.name.en
            ),
        )
        .hint(
            "核对经纬度的先后和区县",
            "check the order of the two numbers, and the district",
        );
    }

    fn flag(&mut self, row: &Row, column: usize) -> Option<bool> {
        match row.field(column) {
            "true" => Some(true),
            "false" => Some(false),
            other => {
                let (zh, en) = (
                    format!("“{other}”应为 true 或 false"),
                    format!("`{other}` should be true or false"),
                );
                let span = self.sheet.span(row, column);
                self.error(span, DiagnosticKind::Type, zh, en);
                None
            }
        }
    }

    /// Puts what the field says into the facts; an empty field says nothing, but for lists: in none.
    fn attribute(&mut self, row: &Row, column: &Column<'_>, facts: &mut Facts) {
        let word = row.field(column.at);
        let id = column.id;
        if let Domain::List { values } = &column.attribute.domain {
            for position in 0..values.len() as u32 {
                facts.members.insert((id, position), false);
            }
            for name in word.split([';', '；', '、']).map(str::trim) {
                if name.is_empty() {
                    continue;
                }
                match value_position(values, name) {
                    Some(position) => {
                        facts.members.insert((id, position), true);
                    }
                    None => self.no_value(row, column, name, values),
                }
            }
            return;
        }
        if word.is_empty() {
            return;
        }
        let set = match &column.attribute.domain {
            Domain::Choice { values, .. } => {
                let position = value_position(values, word);
                if position.is_none() {
                    self.no_value(row, column, word, values);
                }
                position.map(ValueSet::one)
            }
            Domain::Boolean { .. } => self
                .flag(row, column.at)
                .map(|yes| ValueSet::one(yes.into())),
            Domain::Number(grid) => self.number(row, column, grid),
            Domain::Place => match self.known.places.look_up(word) {
                _ if column.at == self.district && self.unplaced(word) => None,
                PlaceLookup::One(place) => {
                    let span = self.known.places.span(place);
                    Some(ValueSet::from_ranges(std::iter::once(span)))
                }
                other => {
                    let span = self.sheet.span(row, column.at);
                    let near = match other {
                        PlaceLookup::None { nearest } => nearest,
                        _ => None,
                    };
                    self.error(
                        span,
                        DiagnosticKind::UnknownWord,
                        format!("“{word}”不是一个地方的名称"),
                        format!("`{word}` is not the name of one place"),
                    )
                    .nearest(near.as_deref());
                    None
                }
            },
            Domain::List { .. } => None,
        };
        if let Some(set) = set {
            facts.attributes.insert(id, set);
        }
    }

    fn unplaced(&self, word: &str) -> bool {
        !matches!(self.known.places.look_up(word), PlaceLookup::One(_))
    }

    fn no_value(&mut self, row: &Row, column: &Column<'_>, word: &str, values: &[Value]) {
        let label = &column.attribute.label;
        let words = values.iter().flat_map(|v| {
            let forms = [v.label.zh.as_str(), v.label.en.as_str()];
            forms.into_iter().chain(v.also.iter().map(String::as_str))
        });
        let near = nearest(word, words).map(str::to_owned);
        let span = self.sheet.span(row, column.at);
        self.error(
            span,
            DiagnosticKind::UnknownWord,
            format!("“{}”没有“{word}”这个值", label.zh),
            format!("`{}` has no value `{word}`", label.en),
        )
        .nearest(near.as_deref());
    }

    /// A number in the attribute's unit, on its grid.
    fn number(&mut self, row: &Row, column: &Column<'_>, grid: &Grid) -> Option<ValueSet> {
        let word = row.field(column.at);
        let bare = word.strip_suffix(grid.unit.as_str()).unwrap_or(word).trim();
        let scale = 10f64.powi(i32::from(grid.decimals));
        let scaled = bare.parse::<f64>().ok().map(|value| value * scale);
        let on_grid = scaled
            .filter(|v| (v - v.round()).abs() < 1e-6)
            .map(|v| v.round());
        let on_grid = on_grid
            .filter(|v| (grid.min as f64..=grid.max as f64).contains(v))
            .map(|v| v as i64 - grid.min)
            .filter(|above| above % grid.step == 0)
            .and_then(|above| u32::try_from(above / grid.step).ok());
        if on_grid.is_none() {
            let span = self.sheet.span(row, column.at);
            let of = |value: i64| value as f64 / scale;
            self.error(
                span,
                DiagnosticKind::Type,
                format!(
                    "“{word}”应为 {} 到 {} {} 之间、步长 {} 的数",
                    of(grid.min),
                    of(grid.max),
                    grid.unit,
                    of(grid.step)
                ),
                format!(
                    "`{word}` should be a number from {} to {} {} in steps of {}",
                    of(grid.min),
                    of(grid.max),
                    grid.unit,
                    of(grid.step)
                ),
            );
        }
        on_grid.map(ValueSet::one)
    }
}
