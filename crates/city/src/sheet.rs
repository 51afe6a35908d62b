//! CSV files of a city folder, with the position of every field.

use crate::findings::{File, Findings};
use notice::DiagnosticKind;
use std::ops::Range;

/// More rows than any city needs of one table.
const ROWS_MAX: usize = 200_000;
/// More columns than any table has.
const COLUMNS_MAX: usize = 64;

/// A table: a header and rows of as many fields.
pub(crate) struct Sheet<'f> {
    /// The file it was read from.
    pub(crate) file: &'f File,
    /// Names of the columns.
    pub(crate) header: Row,
    /// The rows that have as many fields as the header; others were reported.
    pub(crate) rows: Vec<Row>,
}

/// One row.
pub(crate) struct Row {
    /// Byte at which it starts.
    start: usize,
    fields: csv::StringRecord,
}

impl Row {
    /// The field in a column, trimmed; empty if there is none.
    pub(crate) fn field(&self, column: usize) -> &str {
        self.fields.get(column).unwrap_or_default().trim()
    }
}

impl<'f> Sheet<'f> {
    /// Reads a file. Rows that do not fit are reported and left out; `None` if the file is no table at all.
    pub(crate) fn read(file: &'f File, findings: &mut Findings) -> Option<Self> {
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .from_reader(file.text.as_bytes());
        let mut header: Option<Row> = None;
        let mut rows = Vec::new();
        for record in reader.records() {
            let fields = match record {
                Ok(fields) => fields,
                Err(error) => {
                    let at = error.position().map_or(0, |p| p.byte() as usize);
                    findings.error(
                        file,
                        at..at,
                        DiagnosticKind::Syntax,
                        "这一行不是 CSV",
                        format!("this line is no CSV: {error}"),
                    );
                    continue;
                }
            };
            let start = fields.position().map_or(0, |p| p.byte() as usize);
            let row = Row {
                start: after_line_ends(&file.text, start),
                fields,
            };
            let Some(header) = &header else {
                header = Some(row);
                continue;
            };
            let (seen, wanted) = (row.fields.len(), header.fields.len());
            if seen != wanted {
                findings
                    .error(
                        file,
                        line_at(&file.text, row.start),
                        DiagnosticKind::Syntax,
                        format!("这一行有 {seen} 列，应为 {wanted} 列"),
                        format!("this row has {seen} fields where the header has {wanted}"),
                    )
                    .hint(
                        "值里有逗号时，给它加上双引号",
                        "put a value that holds a comma in double quotes",
                    );
                continue;
            }
            if rows.len() == ROWS_MAX {
                findings.error(
                    file,
                    line_at(&file.text, row.start),
                    DiagnosticKind::Limit,
                    format!("行数超过 {ROWS_MAX}"),
                    format!("more than {ROWS_MAX} rows"),
                );
                break;
            }
            rows.push(row);
        }
        let Some(header) = header.filter(|h| h.fields.len() <= COLUMNS_MAX) else {
            findings.error(
                file,
                0..0,
                DiagnosticKind::Syntax,
                format!("第一行应写列名，不超过 {COLUMNS_MAX} 列"),
                format!("the first line must name the columns, no more than {COLUMNS_MAX} of them"),
            );
            return None;
        };
        Some(Self { file, header, rows })
    }

    /// The position of a column that may be there.
    pub(crate) fn optional(&self, name: &str) -> Option<usize> {
        self.header.fields.iter().position(|f| f.trim() == name)
    }

    /// The position of a column that must be there.
    pub(crate) fn column(&self, name: &str, findings: &mut Findings) -> Option<usize> {
        let found = self.optional(name);
        if found.is_none() {
            let names = || self.header.fields.iter().map(str::trim);
            findings
                .error(
                    self.file,
                    line_at(&self.file.text, 0),
                    DiagnosticKind::MissingKey,
                    format!("缺少“{name}”列"),
                    format!("there is no column `{name}`"),
                )
                .nearest(notice::vocabulary::words::nearest(name, names()));
        }
        found
    }

    /// Where a field stands in the text (bytes, quotes included).
    pub(crate) fn span(&self, row: &Row, column: usize) -> Range<usize> {
        let bytes = self.file.text.as_bytes();
        let (mut at, mut begin, mut left, mut quoted) = (row.start, row.start, column, false);
        while let Some(byte) = bytes.get(at) {
            match byte {
                b'"' => quoted = !quoted,
                b',' if !quoted && left == 0 => break,
                b',' if !quoted => {
                    left -= 1;
                    begin = at + 1;
                }
                b'\r' | b'\n' if !quoted => break,
                _ => {}
            }
            at += 1;
        }
        begin..at
    }

    /// Where a row stands in the text.
    pub(crate) fn row_span(&self, row: &Row) -> Range<usize> {
        line_at(&self.file.text, row.start)
    }
}

/// A record's position may be that of the line end before it.
fn after_line_ends(text: &str, at: usize) -> usize {
    let rest = text.as_bytes().get(at..).unwrap_or_default();
    at + rest
        .iter()
        .take_while(|b| matches!(b, b'\r' | b'\n'))
        .count()
}

fn line_at(text: &str, start: usize) -> Range<usize> {
    let rest = text.get(start..).unwrap_or_default();
    start..start + rest.find(['\r', '\n']).unwrap_or(rest.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_found_in_the_text() {
        let file = File::new("t.csv", "a,b,c\n1,\"x, y\",3\r\n\n4,,六\n");
        let mut findings = Findings::default();
        let sheet = Sheet::read(&file, &mut findings).unwrap();
        assert_eq!(findings.errors(), 0);
        let text = |row: usize, column| &file.text[sheet.span(&sheet.rows[row], column)];
        assert_eq!(text(0, 0), "1");
        assert_eq!(text(0, 1), "\"x, y\"");
        assert_eq!(text(0, 2), "3");
        assert_eq!(text(1, 0), "4");
        assert_eq!(text(1, 1), "");
        assert_eq!(text(1, 2), "六");
        assert_eq!(sheet.rows[0].field(1), "x, y");
    }

    #[test]
    fn rows_of_another_length_are_reported_and_left_out() {
        let file = File::new("t.csv", "a,b\n1\n1,2\n1,2,3\n");
        let mut findings = Findings::default();
        let sheet = Sheet::read(&file, &mut findings).unwrap();
        assert_eq!(sheet.rows.len(), 1);
        let lines: Vec<_> = findings
            .finish()
            .iter()
            .map(|d| d.place.line_column())
            .collect();
        assert_eq!(lines, [(2, 1), (4, 1)]);
    }
}
