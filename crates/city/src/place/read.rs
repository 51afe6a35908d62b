//! Places from the files that `city.toml` names.

use super::{Level, Line, Outline, Place, Places, shape};
use crate::findings::{File, Findings};
use crate::settings::{AreaSetting, PlaceWords};
use crate::sheet::{Row, Sheet};
use notice::vocabulary::words::nearest;
use notice::{DiagnosticKind, Label, PlaceId};
use std::collections::HashMap;

/// More divisions than any city has.
const DIVISIONS_MAX: usize = 100_000;
/// More shapes than a city compares with each other in a moment.
const SHAPES_MAX: usize = 2_000;

/// What places are read from.
pub(crate) struct PlaceFiles<'a> {
    /// `city.toml`, for words and areas.
    pub(crate) settings: &'a File,
    /// The city's code.
    pub(crate) city: &'a toml::Spanned<String>,
    /// Code, name, parent, level of every division; `en`, its English name, if there is such a column.
    pub(crate) divisions: &'a File,
    /// Polygons with codes.
    pub(crate) shapes: &'a [File],
    /// Lines for maps.
    pub(crate) lines: &'a [File],
    /// Areas.
    pub(crate) areas: &'a [AreaSetting],
    /// More words for divisions.
    pub(crate) words: &'a [PlaceWords],
}

/// Reads them all; `None` after reporting what is wrong.
pub(crate) fn read(files: &PlaceFiles<'_>, findings: &mut Findings) -> Option<(Places, Vec<Line>)> {
    let errors = findings.errors();
    let mut places = divisions(files.divisions, findings);
    if findings.errors() > errors {
        // Codes that are missing now would be reported everywhere else again.
        return None;
    }
    for area in files.areas {
        places.push(Place {
            code: area.code.get_ref().clone(),
            name: area.name.label(),
            also: area.also.clone(),
            level: Level::Area,
            parent: None,
            has_shape: false,
            demo: area.demo,
        });
    }
    let mut codes: HashMap<String, usize> = HashMap::new();
    for (at, place) in places.iter().enumerate() {
        codes.entry(place.code.clone()).or_insert(at);
    }
    for area in files.areas {
        let code = area.code.get_ref();
        let first = codes.get(code).and_then(|at| places.get(*at));
        let twice = files
            .areas
            .iter()
            .filter(|a| a.code.get_ref() == code)
            .count()
            > 1;
        if twice || first.is_some_and(|place| place.level != Level::Area) {
            findings
                .error(
                    files.settings,
                    area.code.span(),
                    DiagnosticKind::Duplicate,
                    format!("代码“{code}”用了两次"),
                    format!("the code `{code}` is used twice"),
                )
                .hint(
                    "区域的代码可以写成 area-…",
                    "an area's code can be written area-…",
                );
        }
    }
    let unknown = |word: &toml::Spanned<String>, findings: &mut Findings| {
        let code = word.get_ref();
        findings
            .error(
                files.settings,
                word.span(),
                DiagnosticKind::UnknownWord,
                format!("没有代码为“{code}”的地方"),
                format!("no place has the code `{code}`"),
            )
            .nearest(nearest(code, codes.keys().map(String::as_str)));
    };
    for words in files.words {
        match codes
            .get(words.code.get_ref())
            .and_then(|at| places.get_mut(*at))
        {
            Some(place) => {
                place.name.en.clone_from(&words.en);
                place.also.extend(words.also.iter().cloned());
            }
            None => unknown(&words.code, findings),
        }
    }
    let city = codes.get(files.city.get_ref()).copied();
    match city.and_then(|at| places.get(at)) {
        Some(place) if place.level == Level::City => {}
        Some(place) => findings
            .error(
                files.settings,
                files.city.span(),
                DiagnosticKind::Type,
                format!("“{}”不是市一级", place.name.zh),
                format!("`{}` is not of the level `city`", place.name.en),
            )
            .hint("写市的代码", "write the code of the city"),
        None => unknown(files.city, findings),
    }
    let outlines = outlines(files, &mut places, &codes, findings);
    let lines = files
        .lines
        .iter()
        .flat_map(|file| shape::read_lines(file, findings))
        .collect();
    let city = PlaceId(city? as u32);
    (findings.errors() == errors).then(|| (Places::new(places, outlines, city), lines))
}

/// Divisions in tree order, whatever the order in the file.
fn divisions(file: &File, findings: &mut Findings) -> Vec<Place> {
    let Some(sheet) = Sheet::read(file, findings) else {
        return Vec::new();
    };
    let columns = ["code", "name", "parent", "level"].map(|name| sheet.column(name, findings));
    let [Some(code), Some(name), Some(parent), Some(level)] = columns else {
        return Vec::new();
    };
    let english = sheet.optional("en");
    if sheet.rows.len() > DIVISIONS_MAX {
        findings.error(
            file,
            0..0,
            DiagnosticKind::Limit,
            format!("行政区划超过 {DIVISIONS_MAX} 个"),
            format!("more than {DIVISIONS_MAX} divisions"),
        );
        return Vec::new();
    }
    let mut by_code: HashMap<&str, usize> = HashMap::new();
    let mut levels: Vec<Option<Level>> = Vec::with_capacity(sheet.rows.len());
    for (at, row) in sheet.rows.iter().enumerate() {
        let word = row.field(code);
        if word.is_empty() || row.field(name).is_empty() {
            findings.error(
                file,
                sheet.row_span(row),
                DiagnosticKind::MissingKey,
                "缺少代码或名称",
                "the code or the name is missing",
            );
        } else if by_code.insert(word, at).is_some() {
            findings.error(
                file,
                sheet.span(row, code),
                DiagnosticKind::Duplicate,
                format!("代码“{word}”用了两次"),
                format!("the code `{word}` is used twice"),
            );
        }
        let known = level_called(row.field(level));
        if known.is_none() {
            findings
                .error(
                    file,
                    sheet.span(row, level),
                    DiagnosticKind::UnknownWord,
                    format!("没有“{}”这一级", row.field(level)),
                    format!("there is no level `{}`", row.field(level)),
                )
                .hint(LEVELS, LEVELS);
        }
        levels.push(known);
    }
    let mut children: Vec<Vec<usize>> = vec![Vec::new(); sheet.rows.len()];
    let mut roots = Vec::new();
    for (at, row) in sheet.rows.iter().enumerate() {
        let word = row.field(parent);
        if word.is_empty() {
            roots.push(at);
            continue;
        }
        let Some(above) = by_code.get(word).copied() else {
            findings
                .error(
                    file,
                    sheet.span(row, parent),
                    DiagnosticKind::UnknownWord,
                    format!("上级“{word}”不在表中"),
                    format!("the division above, `{word}`, is not in the table"),
                )
                .nearest(nearest(word, by_code.keys().copied()));
            continue;
        };
        // Each division is of a lower level than the one above, which also rules out circles.
        if levels[above] >= levels[at] && levels[at].is_some() {
            findings.error(
                file,
                sheet.span(row, parent),
                DiagnosticKind::Type,
                format!("上级“{word}”的级别不比它高"),
                format!("the division above, `{word}`, is of no higher level"),
            );
            continue;
        }
        children[above].push(at);
    }
    let mut places = Vec::with_capacity(sheet.rows.len());
    let mut next: Vec<(usize, Option<PlaceId>)> =
        roots.into_iter().rev().map(|at| (at, None)).collect();
    while let Some((at, parent)) = next.pop() {
        let id = PlaceId(places.len() as u32);
        let level = levels[at].unwrap_or(Level::Community);
        let row = &sheet.rows[at];
        let mut place = division(row, code, name, level, parent);
        if let Some(english) = english.map(|column| row.field(column).trim())
            && !english.is_empty()
        {
            english.clone_into(&mut place.name.en);
        }
        places.push(place);
        next.extend(children[at].iter().rev().map(|child| (*child, Some(id))));
    }
    places
}

const LEVELS: &str = "province, city, district, street, community";

fn level_called(word: &str) -> Option<Level> {
    match word {
        "province" => Some(Level::Province),
        "city" => Some(Level::City),
        "district" => Some(Level::District),
        "street" => Some(Level::Street),
        "community" => Some(Level::Community),
        _ => None,
    }
}

/// Registers name communities by their committees (`南环社区居委会`); people say `南环社区`.
fn division(row: &Row, code: usize, name: usize, level: Level, parent: Option<PlaceId>) -> Place {
    let full = row.field(name);
    let short = ["居民委员会", "村民委员会", "居委会", "委会"]
        .into_iter()
        .find_map(|ending| full.strip_suffix(ending))
        .filter(|short| level == Level::Community && short.chars().count() >= 2);
    let said = short.unwrap_or(full);
    Place {
        code: row.field(code).to_owned(),
        name: Label::new(said, said),
        also: short.map(|_| full.to_owned()).into_iter().collect(),
        level,
        parent,
        has_shape: false,
        demo: false,
    }
}

/// Shapes beside the places they belong to.
fn outlines(
    files: &PlaceFiles<'_>,
    places: &mut [Place],
    codes: &HashMap<String, usize>,
    findings: &mut Findings,
) -> Vec<Option<Outline>> {
    let errors = findings.errors();
    let mut outlines: Vec<Option<Outline>> = vec![None; places.len()];
    let mut count = 0;
    for file in files.shapes {
        for shape in shape::read_shapes(file, findings) {
            let Some(at) = codes.get(&shape.code).copied() else {
                findings
                    .error(
                        file,
                        shape.span,
                        DiagnosticKind::UnknownWord,
                        format!("没有代码为“{}”的地方", shape.code),
                        format!("no place has the code `{}`", shape.code),
                    )
                    .nearest(nearest(&shape.code, codes.keys().map(String::as_str)));
                continue;
            };
            if outlines[at].is_some() {
                findings.error(
                    file,
                    shape.span,
                    DiagnosticKind::Duplicate,
                    format!("“{}”的形状给了两次", places[at].name.zh),
                    format!("the shape of `{}` is given twice", shape.code),
                );
                continue;
            }
            count += 1;
            if count > SHAPES_MAX {
                findings.error(
                    file,
                    shape.span,
                    DiagnosticKind::Limit,
                    format!("形状超过 {SHAPES_MAX} 个"),
                    format!("more than {SHAPES_MAX} shapes"),
                );
                return outlines;
            }
            places[at].has_shape = true;
            outlines[at] = Some(shape.outline);
        }
    }
    for area in files.areas {
        let code = area.code.get_ref();
        let shaped = codes.get(code).is_some_and(|at| outlines[*at].is_some());
        if !shaped && findings.errors() == errors {
            findings
                .error(
                    files.settings,
                    area.code.span(),
                    DiagnosticKind::MissingKey,
                    format!("区域“{}”没有形状", area.name.zh),
                    format!("the area `{}` has no shape", area.name.en),
                )
                .hint(
                    format!("在 places/ 的某个 GeoJSON 里加一个 code 为“{code}”的面"),
                    format!("add a polygon with the code `{code}` to a GeoJSON file under places/"),
                );
        }
    }
    outlines
}
