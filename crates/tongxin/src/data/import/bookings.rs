//! Bookings of a table: `mail` of somebody who has an account, and the name of the `slot`, as `export bookings` writes it.
//! They sign up in the order of the rows, in their own names, and every rule holds.

use super::people::entered_by;
use super::{House, Sheet, Wrong, all_right, bar, broken};
use crate::fault::Fault;
use decide::{Book, Eligibility};
use forms::booking::{Offering, SignUp, Told};
use forms::people::MailAddress;
use ledger::given::SystemChance;
use ledger::name::Key;
use ledger::{Declined, Turn};
use notice::Label;
use std::sync::Arc;

/// Takes all bookings in, or none. Gives how many.
pub fn load(house: &mut House, book: &Book, rows: Sheet) -> Result<usize, Fault> {
    let city = book.city();
    let offers = offers(book)?;
    let mut bar = bar(&rows);
    let (mut turn, mut pending, mut wrong) = (Turn::new(), Vec::new(), Vec::new());
    let mut texts = Turn::new();
    for notice in book.notices().iter().filter(|of| !of.offers.is_empty()) {
        drop(texts.text(notice.source.as_bytes().to_vec()));
    }
    for (line, cells) in &rows.rows {
        let line = *line;
        let mut tell = |column, what| wrong.push(Wrong { line, column, what });
        let person = match cells.get("mail").map(|mail| MailAddress::new(mail)) {
            Some(Ok(mail)) => {
                let person = entered_by(house, &mail)?;
                if person.is_none() {
                    tell(
                        "mail",
                        Label::new(
                            "这个邮箱没有账号；请先录入这个人",
                            "this address has no account; take its person in first",
                        ),
                    );
                }
                person
            }
            Some(Err(error)) => {
                tell("mail", error.label());
                None
            }
            None => {
                tell("mail", Label::new("缺邮箱", "an address is missing"));
                None
            }
        };
        let slot = cells.get("slot").and_then(|slot| Key::new(slot).ok());
        let offering = slot
            .as_ref()
            .and_then(|slot| offers.iter().find(|offering| offering.slot(slot).is_some()));
        if offering.is_none() {
            tell(
                "slot",
                Label::new(
                    "没有这个时段；写法与 tongxin export bookings 写出的一样",
                    "there is no such slot; write it as tongxin export bookings does",
                ),
            );
        }
        if let (Some(person), Some(slot), Some(offering)) = (person, slot, offering) {
            let told = Told::seal(city, &house.reader, &mut SystemChance, &person, &["个人"]);
            let told = told.map_err(broken)?;
            let origin = house.origin(&person, offering.notice(), offering.text())?;
            let act = SignUp::new(offering, slot, person, Some(told));
            let given = turn.command(origin, offering.form(), act);
            pending.push((line, given.map_err(broken)?));
        }
        bar.add(1);
    }
    bar.done();
    all_right(wrong)?;
    house.turn(texts)?;
    house.turn(turn)?;
    let (many, mut wrong) = (pending.len(), Vec::new());
    for (line, pending) in pending {
        match pending.wait() {
            Ok(_) | Err(Declined::Later(_)) => {}
            Err(Declined::Refused(refused)) => wrong.push(Wrong {
                line,
                column: "slot",
                what: refused.label(),
            }),
            Err(other) => return Err(broken(other)),
        }
    }
    all_right(wrong)?;
    Ok(many)
}

fn offers(book: &Book) -> Result<Vec<Arc<Offering>>, Fault> {
    let eligibility = Arc::new(Eligibility::of(book.city(), book.notices()));
    let mut offers = Vec::new();
    for notice in book.notices() {
        for offer in &notice.offers {
            let offering = Offering::new(book.city(), eligibility.clone(), notice, &offer.name);
            offers.push(offering.map_err(broken)?);
        }
    }
    Ok(offers)
}
