//! The calendar's file: `date,kind,festival`, the days that do not follow their weekday.

use super::{Calendar, DayKind, Special};
use crate::findings::{File, Findings};
use crate::sheet::Sheet;
use jiff::civil::Date;
use notice::DiagnosticKind;
use notice::vocabulary::words::nearest;

/// Reads the file; what is wrong is reported and left out.
pub(crate) fn read(file: &File, findings: &mut Findings) -> Calendar {
    let mut calendar = Calendar::default();
    let Some(sheet) = Sheet::read(file, findings) else {
        return calendar;
    };
    let columns = ["date", "kind", "festival"].map(|name| sheet.column(name, findings));
    let [Some(date), Some(kind), Some(festival)] = columns else {
        return calendar;
    };
    for row in &sheet.rows {
        let word = row.field(date);
        let day = word.parse::<Date>().ok().filter(|_| word.len() == 10);
        if day.is_none() {
            findings
                .error(
                    file,
                    sheet.span(row, date),
                    DiagnosticKind::Type,
                    format!("“{word}”不是日期"),
                    format!("`{word}` is no date"),
                )
                .hint("写成 2022-01-29", "write 2022-01-29");
        }
        let known = match row.field(kind) {
            "holiday" => Some(DayKind::StatutoryHoliday),
            "workday" => Some(DayKind::Workday),
            other => {
                findings
                    .error(
                        file,
                        sheet.span(row, kind),
                        DiagnosticKind::UnknownWord,
                        format!("没有“{other}”这种日子，应为 holiday 或 workday"),
                        format!("there is no kind of day `{other}`: write holiday or workday"),
                    )
                    .nearest(nearest(other, ["holiday", "workday"].into_iter()));
                None
            }
        };
        let (Some(day), Some(kind)) = (day, known) else {
            continue;
        };
        let special = Special {
            kind,
            festival: row.field(festival).to_owned(),
        };
        if calendar.days.insert(day, special).is_some() {
            findings.error(
                file,
                sheet.span(row, date),
                DiagnosticKind::Duplicate,
                format!("{day} 写了两次"),
                format!("{day} is given twice"),
            );
        }
    }
    calendar
}
