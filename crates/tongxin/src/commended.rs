//! `tongxin commended`: the list of those whom a notice commends, made anew from its bundle.

use crate::cli::{self, Format};
use crate::fault::Fault;
use crate::verify::{key, read_up_to};
use crate::{folder, lang, terminal};
use city::City;
use decide::Book;
use forms::record::commend::{Commendation, Commended, NoList, offer, records};
use forms::record::hours;
use ledger::bundle::{FILE_BYTES_MAX, Verified, verify};
use notice::{Lang, Notice};
use serde_json::json;
use std::process::ExitCode;
use std::sync::Arc;

/// Exit code 0: the list was made, empty or not.
pub fn run(arguments: &cli::Commended) -> Result<ExitCode, Fault> {
    let bytes = read_up_to(&arguments.bundle, FILE_BYTES_MAX)?;
    let given = arguments.key.as_deref().map(key).transpose()?;
    let bundle = verify(&bytes, given.as_ref()).map_err(|flaw| Fault::Bundle(flaw.to_string()))?;
    let city = Arc::new(folder::city(arguments.city.city.as_deref())?);
    let (notice, people, list) = list(&city, &bundle)?;
    match arguments.output.format {
        Format::Json => {
            let one = |line: &Commended| {
                json!({
                    "person": line.record.person,
                    "checked_minutes": line.record.checked,
                    "granted_minutes": line.record.granted,
                    "absences": line.record.absences,
                    "clauses": line.clauses,
                })
            };
            let all = json!({
                "notice": notice.slug.to_string(),
                "text_version": notice.text_version.to_string(),
                "people": people,
                "commended": list.iter().map(one).collect::<Vec<_>>(),
            });
            terminal::line(&format!("{all:#}"))?;
        }
        Format::Text => terminal::out(&text(people, &list, lang::chosen()))?,
    }
    Ok(ExitCode::SUCCESS)
}

/// The notice as the bundle has it, how many people have hours, and who of them is commended.
fn list(
    city: &Arc<City>,
    bundle: &Verified,
) -> Result<(Arc<Notice>, usize, Vec<Commended>), Fault> {
    let file = format!("{}.md", bundle.notice);
    let reading = city.read_notice(&file, &bundle.text);
    let Some(notice) = reading.notice.map(Arc::new) else {
        return Err(Fault::Texts(reading.diagnostics));
    };
    let last = bundle.entries.last().map(|entry| entry.at);
    let at = city.zone.to_datetime(last.unwrap_or_default());
    let alone = Book::compile(city.clone(), vec![notice.clone()]);
    let no_list = |why: NoList| Fault::NoList(why.label());
    let mut commendation = Commendation::of(&alone, &notice, at).map_err(no_list)?;
    let key = offer(&notice).map_err(no_list)?;
    let all = records(bundle.items.values(), &key);
    let people = all.len();
    Ok((notice, people, commendation.list(all)))
}

fn text(people: usize, list: &[Commended], lang: Lang) -> String {
    let count = list.len();
    let mut text = match lang {
        Lang::Zh => format!("记有时长的 {people} 人中，{count} 人达到：\n"),
        Lang::En => format!("of {people} people with hours, {count} are commended:\n"),
    };
    for line in list {
        let record = &line.record;
        let said = |minutes| hours(minutes).get(lang).to_owned();
        text += &match lang {
            Lang::Zh => format!(
                "  {}  签到{}，补记{}，未到{}次（{}）\n",
                record.person,
                said(record.checked),
                said(record.granted),
                record.absences,
                line.clauses.join("、"),
            ),
            Lang::En => format!(
                "  {}  {} checked, {} granted, {} missed ({})\n",
                record.person,
                said(record.checked),
                said(record.granted),
                record.absences,
                line.clauses.join(", "),
            ),
        };
    }
    text
}
