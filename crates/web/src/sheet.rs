//! Lists that leave the house as files: CSV and XLSX, in which nothing is ever run as a formula.

use crate::failure::Failure;
use crate::people::ours;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use rust_xlsxwriter::{Format, Workbook, XlsxError};

/// What sort of file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Csv,
    Xlsx,
}

impl Kind {
    /// By its ending.
    pub fn of(ending: &str) -> Option<Kind> {
        match ending {
            "csv" => Some(Kind::Csv),
            "xlsx" => Some(Kind::Xlsx),
            _ => None,
        }
    }

    fn ending(self) -> &'static str {
        match self {
            Kind::Csv => "csv",
            Kind::Xlsx => "xlsx",
        }
    }
}

/// A file of head and rows, to be kept under `stem`, which is of our own making.
pub async fn file(lines: Vec<Vec<String>>, kind: Kind, stem: &str) -> Result<Response, Failure> {
    let (media, bytes) = match kind {
        Kind::Csv => ("text/csv; charset=utf-8", csv(&lines).into_bytes()),
        Kind::Xlsx => (
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            // A workbook takes long enough to keep others waiting: it is written beside them.
            tokio::task::spawn_blocking(move || xlsx(&lines))
                .await
                .map_err(ours)?
                .map_err(ours)?,
        ),
    };
    let name = format!("attachment; filename=\"{stem}.{}\"", kind.ending());
    let headers = [
        (header::CONTENT_TYPE, media.to_owned()),
        (header::CONTENT_DISPOSITION, name),
    ];
    Ok((headers, bytes).into_response())
}

/// RFC 4180 with a byte order mark, which spreadsheets need to see UTF-8.
fn csv(lines: &[Vec<String>]) -> String {
    let mut out = String::from("\u{feff}");
    for line in lines {
        for (position, value) in line.iter().enumerate() {
            if position > 0 {
                out.push(',');
            }
            out.push('"');
            out.push_str(&inert(value).replace('"', "\"\""));
            out.push('"');
        }
        out.push_str("\r\n");
    }
    out
}

/// A value that a spreadsheet would run as a formula gets an apostrophe before it; a plain negative number is none.
fn inert(value: &str) -> String {
    // Some programs take the wide signs of Chinese keyboards for the plain ones.
    const SIGNS: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];
    let risky = value.trim_start_matches(' ').starts_with(SIGNS) && value.parse::<f64>().is_err();
    if risky {
        format!("'{value}")
    } else {
        value.to_owned()
    }
}

fn xlsx(lines: &[Vec<String>]) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    let bold = Format::new().set_bold();
    for (row, line) in (0..).zip(lines) {
        for (column, value) in (0..).zip(line) {
            // Strings are written as strings, so nothing in them is ever a formula.
            if row == 0 {
                sheet.write_string_with_format(row, column, value, &bold)?;
            } else {
                sheet.write_string(row, column, value)?;
            }
        }
    }
    sheet.set_freeze_panes(1, 0)?;
    sheet.set_column_width(0, 22)?;
    sheet.set_column_width(1, 30)?;
    book.save_to_buffer()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_are_inert_in_csv() {
        assert_eq!(inert("=1+1"), "'=1+1");
        assert_eq!(inert(" =1+1"), "' =1+1");
        assert_eq!(inert("＝1+1"), "'＝1+1");
        assert_eq!(inert("@SUM(A1)"), "'@SUM(A1)");
        assert_eq!(inert("-3.5"), "-3.5");
        assert_eq!(inert("-cmd|'/c calc'!A0"), "'-cmd|'/c calc'!A0");
        assert_eq!(inert("太钢"), "太钢");
        let out = csv(&[vec!["a\"b".to_owned(), "c,d".to_owned()]]);
        assert_eq!(out, "\u{feff}\"a\"\"b\",\"c,d\"\r\n");
    }
}
