//! The tables of seasons: licences, what they sold by month, what events brought in. No person is in them.

use super::sink::{Cell, Kind};
use forms::season::{EventResult, Fen, Licence, Royalty, Sales};
use ledger::item::{BadRow, Item};

pub const LICENCES: [(&str, Kind); 13] = [
    ("number", Kind::Text),
    ("notice", Kind::Text),
    ("partner", Kind::Text),
    ("product", Kind::Text),
    ("first_day", Kind::Text),
    ("day_after_last", Kind::Text),
    ("royalty_basis_points", Kind::Number),
    ("royalty_fen_a_piece", Kind::Number),
    ("exclusive", Kind::Number),
    ("granted", Kind::Time),
    ("granted_by", Kind::Text),
    ("ended_on", Kind::Text),
    ("ended_for", Kind::Text),
];
pub const SALES: [(&str, Kind); 9] = [
    ("licence", Kind::Text),
    ("notice", Kind::Text),
    ("month", Kind::Text),
    ("pieces", Kind::Number),
    ("sales_fen", Kind::Number),
    ("due_fen", Kind::Number),
    ("entered", Kind::Time),
    ("entered_by", Kind::Text),
    ("corrections", Kind::Number),
];
pub const RESULTS: [(&str, Kind); 9] = [
    ("event", Kind::Text),
    ("offer", Kind::Text),
    ("project", Kind::Text),
    ("day", Kind::Text),
    ("visitors", Kind::Number),
    ("sales_fen", Kind::Number),
    ("entered", Kind::Time),
    ("entered_by", Kind::Text),
    ("corrections", Kind::Number),
];

fn fen(fen: Fen) -> Cell {
    Cell::number(fen.fen())
}

pub fn licence(item: &Item) -> Result<Vec<Cell>, BadRow> {
    let row: Licence = item.read()?;
    let (share, each) = match row.royalty {
        Royalty::Share(share) => (Cell::number(share.points()), Cell::Nothing),
        Royalty::Each(each) => (Cell::Nothing, fen(each)),
    };
    let (on, why) = match row.ended {
        Some(ended) => (Cell::text(ended.on), Cell::text(ended.why.name())),
        None => (Cell::Nothing, Cell::Nothing),
    };
    Ok(vec![
        Cell::text(&row.number),
        Cell::text(&row.notice),
        Cell::text(&row.partner),
        Cell::text(&row.product),
        Cell::text(row.from),
        Cell::text(row.until),
        share,
        each,
        Cell::number(u8::from(row.exclusive)),
        Cell::Time(row.granted),
        Cell::text(&row.under.office),
        on,
        why,
    ])
}

pub fn sales(item: &Item) -> Result<Vec<Cell>, BadRow> {
    let row: Sales = item.read()?;
    let now = &row.sold.now;
    Ok(vec![
        Cell::text(&row.licence),
        Cell::text(&row.notice),
        Cell::text(row.month),
        Cell::number(now.value.pieces),
        fen(now.value.sales),
        fen(now.value.due),
        Cell::Time(now.at),
        Cell::text(&now.under.office),
        Cell::number(row.sold.before.len()),
    ])
}

pub fn result(item: &Item) -> Result<Vec<Cell>, BadRow> {
    let row: EventResult = item.read()?;
    let now = &row.brought.now;
    Ok(vec![
        Cell::text(&row.event),
        Cell::text(&row.offer),
        row.project.map_or(Cell::Nothing, Cell::text),
        Cell::text(row.day),
        Cell::number(now.value.visitors),
        fen(now.value.sales),
        Cell::Time(now.at),
        Cell::text(&now.under.office),
        Cell::number(row.brought.before.len()),
    ])
}
