//! The menu of courses that residents can order: courses, teachers, and rooms of communities, as three tables.

use crate::City;
use crate::findings::{File, Findings, Said};
use crate::sheet::{Row, Sheet};
use crate::slot::Session;
use jiff::civil::Date;
use notice::vocabulary::words::nearest;
use notice::{DaySelector, DiagnosticKind, Label, PlaceId, When};
use std::collections::BTreeSet;

/// What can be ordered, and who and what there is to give it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Menu {
    /// Short name of the notice by whose rules courses are ordered; empty if the city has no menu.
    pub notice: String,
    /// Courses, in the order of the file.
    pub courses: Vec<Course>,
    /// Teachers.
    pub teachers: Vec<Teacher>,
    /// Rooms of communities.
    pub rooms: Vec<Room>,
}

/// A course.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Course {
    /// Its id: `calligraphy-1`.
    pub id: String,
    /// Its name.
    pub name: Label,
    /// For whom: from and to which age, in full years, both included.
    pub ages: (u8, u8),
}

/// A teacher. In the demo city a label stands where the name would.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Teacher {
    /// Their id.
    pub id: String,
    /// As they are shown.
    pub name: Label,
    /// Positions of the courses they give.
    pub courses: Vec<usize>,
    /// When they have time.
    pub free: Vec<When>,
    /// Sessions that they give in a timetable at most.
    pub most: u32,
}

/// A room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Room {
    /// Its id.
    pub id: String,
    /// The community it belongs to.
    pub place: PlaceId,
    /// Its name there.
    pub name: String,
    /// How many people it holds.
    pub places: u32,
    /// When it is free.
    pub free: Vec<When>,
}

impl Menu {
    /// The communities with a room, in the order of their first.
    pub fn communities(&self) -> Vec<PlaceId> {
        let mut seen = BTreeSet::new();
        let rooms = self.rooms.iter().map(|room| room.place);
        rooms.filter(|place| seen.insert(*place)).collect()
    }

    /// Position of a course by its id.
    pub fn course(&self, id: &str) -> Option<usize> {
        self.courses.iter().position(|course| course.id == id)
    }
}

impl City {
    /// Whether a session lies wholly in one of these times. Recurrences (RRULE) count from the day given.
    pub fn has_time(&self, free: &[When], session: &Session) -> bool {
        let day = session.from.date();
        let minute = |at: jiff::civil::DateTime| {
            let days = i32::from(at.date() != day);
            days * 24 * 60 + i32::from(at.hour()) * 60 + i32::from(at.minute())
        };
        let (from, to) = (minute(session.from), minute(session.to));
        free.iter().any(|line| {
            let on_day = line.days.is_empty()
                || line.days.iter().any(|selector| match selector {
                    DaySelector::Recurring(rule) => {
                        let next = day.tomorrow().unwrap_or(day);
                        !self.calendar.recurring(rule, day, next).is_empty()
                    }
                    other => self.calendar.picks(other, day),
                });
            let in_hours = (line.hours.is_empty() && to <= 24 * 60)
                || line.hours.iter().any(|hours| {
                    let (begin, end) = (i32::from(hours.from.0), i32::from(hours.to.0));
                    let end = if end < begin { end + 24 * 60 } else { end };
                    begin <= from && to <= end
                });
            on_day && in_hours
        })
    }
}

/// Reads the three tables, reporting every bad row.
pub(crate) fn read(notice: &str, files: &[File; 3], city: &City, findings: &mut Findings) -> Menu {
    let [courses, teachers, rooms] = files;
    let mut menu = Menu {
        notice: notice.to_owned(),
        ..Menu::default()
    };
    table(
        courses,
        ["id", "name", "en", "from_age", "to_age", "demo"],
        findings,
        |reader, row, at| {
            let [id, name, en, from, to, demo] = at;
            reader.demo(row, demo);
            let (id, name) = (reader.id(row, id), reader.name(row, name, en));
            let (from, to) = (reader.age(row, from), reader.age(row, to));
            let (Some(from), Some(to)) = (from, to) else {
                return;
            };
            if from > to {
                reader.wrong(
                    row,
                    at[4],
                    "年龄的上限低于下限",
                    "the upper age is below the lower",
                );
            }
            menu.courses.push(Course {
                id,
                name,
                ages: (from, to),
            });
        },
    );
    let known: Vec<String> = menu
        .courses
        .iter()
        .map(|course| course.id.clone())
        .collect();
    table(
        teachers,
        ["id", "name", "en", "courses", "free", "most", "demo"],
        findings,
        |reader, row, at| {
            let [id, name, en, courses, free, most, demo] = at;
            reader.demo(row, demo);
            let (id, name) = (reader.id(row, id), reader.name(row, name, en));
            let free = reader.free(city, row, free);
            let mut gives = Vec::new();
            for word in row.field(courses).split_whitespace() {
                match known.iter().position(|course| course == word) {
                    Some(at) => gives.push(at),
                    None => {
                        let near = nearest(word, known.iter().map(String::as_str));
                        let (zh, en) = (
                            format!("没有代号为“{word}”的课程"),
                            format!("there is no course `{word}`"),
                        );
                        reader
                            .error(row, courses, DiagnosticKind::UnknownWord, zh, en)
                            .nearest(near);
                    }
                }
            }
            let Some(most) = reader.count(row, most) else {
                return;
            };
            menu.teachers.push(Teacher {
                id,
                name,
                courses: gives,
                free,
                most,
            });
        },
    );
    table(
        rooms,
        ["id", "community", "name", "places", "free", "demo"],
        findings,
        |reader, row, at| {
            let [id, community, name, places, free, demo] = at;
            reader.demo(row, demo);
            let (id, name) = (reader.id(row, id), reader.present(row, name));
            let free = reader.free(city, row, free);
            let place = city.places.by_code(row.field(community));
            if place.is_none() {
                let word = row.field(community).to_owned();
                let (zh, en) = (
                    format!("没有代码为“{word}”的社区"),
                    format!("there is no community with the code `{word}`"),
                );
                reader.error(row, community, DiagnosticKind::UnknownWord, zh, en);
            }
            let (Some(place), Some(places)) = (place, reader.count(row, places)) else {
                return;
            };
            menu.rooms.push(Room {
                id,
                place,
                name,
                places,
                free,
            });
        },
    );
    menu
}

/// Reads one table row by row, with the positions of its columns; ids are given once.
fn table<const N: usize>(
    file: &File,
    columns: [&str; N],
    findings: &mut Findings,
    mut each: impl FnMut(&mut Reader<'_>, &Row, [usize; N]),
) {
    let Some(sheet) = Sheet::read(file, findings) else {
        return;
    };
    let found = columns.map(|name| sheet.column(name, findings));
    if found.iter().any(Option::is_none) {
        return;
    }
    let at = found.map(Option::unwrap_or_default);
    let mut reader = Reader {
        sheet: &sheet,
        findings,
        ids: BTreeSet::new(),
    };
    for row in &sheet.rows {
        each(&mut reader, row, at);
    }
}

struct Reader<'a> {
    sheet: &'a Sheet<'a>,
    findings: &'a mut Findings,
    ids: BTreeSet<String>,
}

impl Reader<'_> {
    fn error(
        &mut self,
        row: &Row,
        column: usize,
        kind: DiagnosticKind,
        zh: impl Into<String>,
        en: impl Into<String>,
    ) -> Said<'_> {
        let span = self.sheet.span(row, column);
        self.findings.error(self.sheet.file, span, kind, zh, en)
    }

    fn wrong(&mut self, row: &Row, column: usize, zh: &str, en: &str) {
        self.error(row, column, DiagnosticKind::Type, zh, en);
    }

    fn id(&mut self, row: &Row, column: usize) -> String {
        let id = row.field(column).to_owned();
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if id.is_empty() || id.len() > 40 || !id.chars().all(plain) {
            let (zh, en) = (
                format!("“{id}”不能作代号"),
                format!("`{id}` cannot be an id"),
            );
            self.error(row, column, DiagnosticKind::Type, zh, en).hint(
                "用小写字母、数字和连字符，至多 40 个",
                "use at most 40 lower-case letters, digits and hyphens",
            );
        } else if !self.ids.insert(id.clone()) {
            let (zh, en) = (
                format!("代号“{id}”用了两次"),
                format!("the id `{id}` is used twice"),
            );
            self.error(row, column, DiagnosticKind::Duplicate, zh, en);
        }
        id
    }

    fn present(&mut self, row: &Row, column: usize) -> String {
        let text = row.field(column).to_owned();
        if text.is_empty() {
            self.error(
                row,
                column,
                DiagnosticKind::MissingKey,
                "这里应写名称",
                "a name is missing here",
            );
        }
        text
    }

    fn name(&mut self, row: &Row, zh: usize, en: usize) -> Label {
        let (zh, en) = (self.present(row, zh), self.present(row, en));
        Label::new(zh, en)
    }

    fn demo(&mut self, row: &Row, column: usize) {
        if !matches!(row.field(column), "true" | "false") {
            self.wrong(
                row,
                column,
                "写 true 或 false：是不是演示数据",
                "write true or false: whether it is demo data",
            );
        }
    }

    fn age(&mut self, row: &Row, column: usize) -> Option<u8> {
        let age = row.field(column).parse().ok().filter(|age| *age <= 120);
        if age.is_none() {
            self.wrong(
                row,
                column,
                "这里写 0 到 120 的周岁",
                "write an age from 0 to 120 here",
            );
        }
        age
    }

    fn count(&mut self, row: &Row, column: usize) -> Option<u32> {
        let count = row
            .field(column)
            .parse()
            .ok()
            .filter(|n| (1..=10_000).contains(n));
        if count.is_none() {
            self.wrong(
                row,
                column,
                "这里写 1 到 10000 的整数",
                "write a whole number from 1 to 10000 here",
            );
        }
        count
    }

    /// Times as in a notice, several with `;` between them.
    fn free(&mut self, city: &City, row: &Row, column: usize) -> Vec<When> {
        let mut lines = Vec::new();
        for line in row.field(column).split([';', '；']) {
            let file = self.sheet.file.name.clone();
            match notice::read_when(city.context(), &file, line.trim().into(), Date::ZERO) {
                Ok(line) => lines.push(line),
                Err(found) => {
                    for fault in found {
                        let said =
                            self.error(row, column, fault.kind, fault.message.zh, fault.message.en);
                        if let Some(hint) = fault.hint {
                            said.hint(hint.zh, hint.en);
                        }
                    }
                }
            }
        }
        lines
    }
}
