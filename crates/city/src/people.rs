//! The demo city's people: residents and staff to sign in as. A real city has none here; its people open accounts.

use crate::City;
use crate::findings::{File, Findings};
use crate::sheet::{Row, Sheet};
use jiff::civil::Date;
use notice::vocabulary::words::nearest;
use notice::{DiagnosticKind, Facts, Label};
use std::collections::{BTreeMap, BTreeSet};

/// A person of a demo city.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Stable id, the person's pseudonym in the ledger.
    pub id: String,
    /// Their name.
    pub name: Label,
    /// When they were born.
    pub birth: Date,
    /// Their post, if they are staff.
    pub post: Option<Post>,
    /// Ids of the children whose guardian they are.
    pub guardian_of: Vec<String>,
    /// What they say of themselves.
    pub facts: Facts,
    /// The same in the vocabulary's words, as written.
    pub facts_said: String,
}

/// A post: a role in an office.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Post {
    /// Id of the office.
    pub office: String,
    /// Id of the role.
    pub role: String,
}

/// Reads the people, reporting every bad row: `id`, `name`, `en`, `birth`, `office`, `role`, `guardian_of` (ids with
/// spaces between), `facts`, `demo`.
pub(crate) fn read(file: &File, city: &City, findings: &mut Findings) -> Vec<Person> {
    let Some(sheet) = Sheet::read(file, findings) else {
        return Vec::new();
    };
    let columns = [
        "id",
        "name",
        "en",
        "birth",
        "office",
        "role",
        "guardian_of",
        "facts",
        "demo",
    ];
    let columns = columns.map(|name| sheet.column(name, findings));
    let [
        Some(id),
        Some(name),
        Some(en),
        Some(birth),
        Some(office),
        Some(role),
        Some(guardian_of),
        Some(facts),
        Some(demo),
    ] = columns
    else {
        return Vec::new();
    };
    let mut reader = Reader {
        sheet: &sheet,
        city,
        findings,
    };
    let mut people: Vec<Person> = Vec::with_capacity(sheet.rows.len());
    let mut children = Vec::new();
    let mut seen = BTreeSet::new();
    for row in &sheet.rows {
        reader.id(row, id, &mut seen);
        reader.present(row, name);
        reader.present(row, en);
        if row.field(demo) != "true" {
            reader
                .error(
                    row,
                    demo,
                    DiagnosticKind::Type,
                    "城市文件夹里只放演示人物",
                    "only demo people stand in a city folder",
                )
                .hint(
                    "写成 true；真实的人自己开设账号",
                    "write true; real people open accounts themselves",
                );
        }
        let post = reader.post(row, office, role);
        let facts_known = reader.facts(row, facts);
        let guardian_of: Vec<String> = row
            .field(guardian_of)
            .split_whitespace()
            .map(str::to_owned)
            .collect();
        children.push(guardian_of.clone());
        if let Some(birth) = reader.birth(row, birth) {
            people.push(Person {
                id: row.field(id).to_owned(),
                name: Label::new(row.field(name), row.field(en)),
                birth,
                post,
                guardian_of,
                facts: facts_known,
                facts_said: row.field(facts).to_owned(),
            });
        }
    }
    let births: BTreeMap<&str, Date> = people.iter().map(|p| (p.id.as_str(), p.birth)).collect();
    for (row, children) in sheet.rows.iter().zip(children) {
        reader.children(row, guardian_of, row.field(id), &children, &births);
    }
    people
}

struct Reader<'a> {
    sheet: &'a Sheet<'a>,
    city: &'a City,
    findings: &'a mut Findings,
}

impl Reader<'_> {
    fn error(
        &mut self,
        row: &Row,
        column: usize,
        kind: DiagnosticKind,
        zh: impl Into<String>,
        en: impl Into<String>,
    ) -> crate::findings::Said<'_> {
        let span = self.sheet.span(row, column);
        self.findings.error(self.sheet.file, span, kind, zh, en)
    }

    fn id<'r>(&mut self, row: &'r Row, column: usize, seen: &mut BTreeSet<&'r str>) {
        let id = row.field(column);
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if id.is_empty() || id.len() > 64 || !id.chars().all(plain) {
            self.error(
                row,
                column,
                DiagnosticKind::Type,
                format!("“{id}”不能作人物的代号"),
                format!("`{id}` cannot be the id of a person"),
            )
            .hint(
                "用小写字母、数字和连字符，至多 64 个",
                "use at most 64 lower-case letters, digits and hyphens",
            );
        } else if !seen.insert(id) {
            self.error(
                row,
                column,
                DiagnosticKind::Duplicate,
                format!("代号“{id}”用了两次"),
                format!("the id `{id}` is used twice"),
            );
        }
    }

    fn present(&mut self, row: &Row, column: usize) {
        if row.field(column).is_empty() {
            self.error(
                row,
                column,
                DiagnosticKind::MissingKey,
                "这里应写姓名",
                "a name is missing here",
            );
        }
    }

    fn birth(&mut self, row: &Row, column: usize) -> Option<Date> {
        let read = row.field(column).parse().ok();
        if read.is_none() {
            self.error(
                row,
                column,
                DiagnosticKind::Type,
                "这不是出生日期",
                "this is no birth date",
            )
            .hint("写成 1998-05-12", "write it like 1998-05-12");
        }
        read
    }

    /// A post is an office with a role, or neither.
    fn post(&mut self, row: &Row, office: usize, role: usize) -> Option<Post> {
        let offices = &self.city.offices;
        let known_office = offices.offices.iter().any(|o| o.id == row.field(office));
        let known_role = offices.roles.iter().any(|r| r.id == row.field(role));
        match (row.field(office), row.field(role)) {
            ("", "") => return None,
            ("", _) => {
                self.error(
                    row,
                    office,
                    DiagnosticKind::MissingKey,
                    "有岗位，却没有写机构",
                    "there is a role, but no office",
                );
            }
            (_, "") => {
                self.error(
                    row,
                    role,
                    DiagnosticKind::MissingKey,
                    "有机构，却没有写岗位",
                    "there is an office, but no role",
                );
            }
            (office_word, role_word) => {
                if !known_office {
                    let near = nearest(office_word, offices.offices.iter().map(|o| o.id.as_str()));
                    let (zh, en) = (
                        format!("没有代号为“{office_word}”的机构"),
                        format!("there is no office `{office_word}`"),
                    );
                    self.error(row, office, DiagnosticKind::UnknownWord, zh, en)
                        .nearest(near);
                }
                if !known_role {
                    let near = nearest(role_word, offices.roles.iter().map(|r| r.id.as_str()));
                    let (zh, en) = (
                        format!("没有代号为“{role_word}”的岗位"),
                        format!("there is no role `{role_word}`"),
                    );
                    self.error(row, role, DiagnosticKind::UnknownWord, zh, en)
                        .nearest(near);
                }
            }
        }
        Some(Post {
            office: row.field(office).to_owned(),
            role: row.field(role).to_owned(),
        })
    }

    fn facts(&mut self, row: &Row, column: usize) -> Facts {
        let said = row.field(column);
        if said.is_empty() {
            return Facts::default();
        }
        match notice::read_facts(self.city.context(), &self.sheet.file.name, said.into()) {
            Ok(facts) => facts,
            Err(found) => {
                for fault in found {
                    // Where it stands in the cell, it does not stand in the file; the cell is near enough.
                    let said =
                        self.error(row, column, fault.kind, fault.message.zh, fault.message.en);
                    if let Some(hint) = fault.hint {
                        said.hint(hint.zh, hint.en);
                    }
                }
                Facts::default()
            }
        }
    }

    /// Children are people of the file, and younger than their guardians.
    fn children(
        &mut self,
        row: &Row,
        column: usize,
        guardian: &str,
        children: &[String],
        births: &BTreeMap<&str, Date>,
    ) {
        for child in children {
            match (births.get(child.as_str()), births.get(guardian)) {
                (None, _) => {
                    let near = nearest(child, births.keys().copied());
                    let (zh, en) = (
                        format!("没有代号为“{child}”的人物"),
                        format!("there is no person `{child}`"),
                    );
                    self.error(row, column, DiagnosticKind::UnknownWord, zh, en)
                        .nearest(near);
                }
                (Some(child_born), Some(born)) if child_born <= born => {
                    let (zh, en) = (
                        format!("“{child}”不比监护人小"),
                        format!("`{child}` is not younger than the guardian"),
                    );
                    self.error(row, column, DiagnosticKind::City, zh, en);
                }
                _ => {}
            }
        }
    }
}
