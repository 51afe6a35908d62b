//! Steps drawn by the server as SVG: stages below each other in the order of going forward, ways that skip some beside them.
//!
//! Ways forward, and ways of what is late, run to the right of the stages; ways back to the left. All that lead to one stage
//! share a lane, so that a drawing never needs more lanes than it has stages. The sentences beside it say the same.

use crate::text::shorten;
use maud::{Markup, html};
use notice::Steps;
use notice::steps::Way;
use std::collections::BTreeMap;

/// What stands in the box of a stage.
pub struct Box {
    /// Its name.
    pub title: String,
    /// Who acts, and how long it may take.
    pub under: String,
}

/// What else is written.
pub struct Words {
    /// The end of a matter.
    pub end: String,
    /// The sorts, each at the stage where it begins.
    pub sorts: Vec<String>,
}

const WIDE: usize = 210;
const HIGH: usize = 46;
/// Between two boxes.
const GAP: usize = 26;
/// More, above a box at which a sort begins.
const SORT: usize = 20;
const LANE: usize = 13;
const EDGE: usize = 6;
/// Width of a Latin letter of a title, in tenths of a unit; any other character is twice as wide.
const LETTER: usize = 67;

/// Which way a line goes, and why.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Line {
    Next,
    Late,
    Back,
}

impl Line {
    const fn class(self) -> &'static str {
        match self {
            Self::Next => "flow-next",
            Self::Late => "flow-late",
            Self::Back => "flow-back",
        }
    }
}

/// Everything that leads to one row by one kind of way, past other rows.
struct Lane {
    line: Line,
    to: usize,
    from: Vec<usize>,
    /// Its place beside the stages, 0 nearest.
    at: usize,
}

impl Lane {
    fn span(&self) -> (usize, usize) {
        let rows = || self.from.iter().copied().chain([self.to]);
        (rows().min().unwrap_or(0), rows().max().unwrap_or(0))
    }
}

/// Rows of stages: which stage stands in each, and the row of each.
struct Rows {
    order: Vec<usize>,
    row: Vec<usize>,
}

impl Rows {
    fn of(steps: &Steps) -> Self {
        let mut order: Vec<usize> = steps
            .in_order()
            .iter()
            .map(|at| usize::from(at.0))
            .collect();
        let rest = (0..steps.stages.len()).filter(|at| !order.contains(at));
        let rest: Vec<usize> = rest.collect();
        order.extend(rest);
        let mut row = vec![0; order.len()];
        for (at, stage) in order.iter().enumerate() {
            if let Some(row) = row.get_mut(*stage) {
                *row = at;
            }
        }
        Self { order, row }
    }

    fn of_way(&self, way: Way) -> usize {
        let stage = way.stage().and_then(|at| self.row.get(usize::from(at.0)));
        stage.copied().unwrap_or(self.order.len())
    }
}

/// The drawing of steps; `boxes` are those of its stages, in their order. Hidden from whoever listens: the sentences say it.
pub fn drawing(steps: &Steps, boxes: &[Box], words: &Words) -> Markup {
    let rows = Rows::of(steps);
    let lanes = lanes(steps, &rows);
    let (left, right) = (count(&lanes, true), count(&lanes, false));
    let x = EDGE + left * LANE;
    let wide = x + WIDE + right * LANE + EDGE;
    let begins = begins(steps, &rows, words);
    let mut tops = Vec::with_capacity(rows.order.len() + 1);
    let mut y = 2;
    for row in 0..=rows.order.len() {
        y += if begins.contains_key(&row) { SORT } else { 0 };
        tops.push(y);
        y += HIGH + GAP;
    }
    let middle = |row: usize| tops.get(row).copied().unwrap_or(0) + HIGH / 2;
    let centre = x + WIDE / 2;
    let last = rows.order.len();
    let high = tops.get(last).copied().unwrap_or(0) + HIGH - 8;
    html! {
        svg viewBox={ "0 0 " (wide) " " (high) } width=(wide) height=(high) aria-hidden="true" focusable="false" {
            @for row in straight(steps, &rows) {
                @let (from, to) = (tops.get(row).copied().unwrap_or(0) + HIGH, tops.get(row + 1).copied().unwrap_or(0));
                path .flow-next d={ "M" (centre) " " (from) "V" (to - 4) } {}
                (head(centre, to, Point::Down, Line::Next))
            }
            @for lane in &lanes {
                @let back = lane.line == Line::Back;
                @let beside = if back { x - (lane.at + 1) * LANE } else { x + WIDE + (lane.at + 1) * LANE };
                // Ways in end a little above the middle of a box, ways out begin a little below it.
                @let (edge, tip) = if back { (x, x - 4) } else { (x + WIDE, x + WIDE + 4) };
                @let to = middle(lane.to).saturating_sub(if lane.to == last { 4 } else { 9 });
                @for from in &lane.from {
                    @let out = middle(*from) + 9;
                    path .(lane.line.class()) d={ "M" (edge) " " (out) "H" (beside) "V" (to) "H" (tip) } {}
                }
                @if lane.to != last {
                    (head(edge, to, if back { Point::Right } else { Point::Left }, lane.line))
                }
            }
            @for (row, names) in &begins {
                @let y = tops.get(*row).copied().unwrap_or(0);
                text .flow-sort x=(x) y=(y.saturating_sub(6)) { "▾ " (fitted(&names.join(" · "), 116)) }
            }
            @for (row, stage) in rows.order.iter().enumerate() {
                @let y = tops.get(row).copied().unwrap_or(0);
                @if let Some(one) = boxes.get(*stage) {
                    rect .flow-box x=(x) y=(y) width=(WIDE) height=(HIGH) rx="3" {}
                    text .flow-title x=(x + 10) y=(y + 19) { (fitted(&one.title, 100)) }
                    text .flow-under x=(x + 10) y=(y + 37) { (fitted(&one.under, 116)) }
                }
            }
            @let y = tops.get(last).copied().unwrap_or(0);
            rect .flow-end x=(centre - 50) y=(y) width="100" height=(HIGH - 12) rx="17" {}
            text .flow-title .flow-middle x=(centre) y=(y + 22) { (words.end) }
            @if lanes.iter().any(|lane| lane.to == last) {
                path .flow-next d={ "M" (x + WIDE) " " (middle(last) - 4) "H" (centre + 54) } {}
                (head(centre + 50, middle(last) - 4, Point::Left, Line::Next))
            }
        }
    }
}

/// Rows from which one goes straight down to the next.
fn straight<'s>(steps: &'s Steps, rows: &'s Rows) -> impl Iterator<Item = usize> + 's {
    rows.order.iter().enumerate().filter_map(|(row, stage)| {
        let stage = steps.stages.get(*stage)?;
        let below = |way: &Way| rows.of_way(*way) == row + 1;
        stage.next.iter().any(below).then_some(row)
    })
}

/// All ways that do not go straight down.
fn lanes(steps: &Steps, rows: &Rows) -> Vec<Lane> {
    let mut by: BTreeMap<(Line, usize), Vec<usize>> = BTreeMap::new();
    for (row, stage) in rows.order.iter().enumerate() {
        let Some(stage) = steps.stages.get(*stage) else {
            continue;
        };
        let next = stage.next.iter().map(|way| (Line::Next, rows.of_way(*way)));
        let next = next.filter(|(_, to)| *to != row + 1);
        let back = stage.back.iter().map(|at| (Line::Back, Way::Stage(*at)));
        let late = stage.late.as_ref().and_then(|late| late.to);
        let late = late.map(|at| (Line::Late, Way::Stage(at)));
        let others = back.chain(late).map(|(line, way)| (line, rows.of_way(way)));
        for key in next.chain(others) {
            by.entry(key).or_default().push(row);
        }
    }
    let mut lanes: Vec<Lane> = by
        .into_iter()
        .map(|((line, to), from)| Lane {
            line,
            to,
            from,
            at: 0,
        })
        .collect();
    // Short ones nearest, so that lines cross less.
    lanes.sort_by_key(|lane| (lane.span().1 - lane.span().0, lane.to, lane.line));
    for one in 0..lanes.len() {
        let (before, rest) = lanes.split_at_mut(one);
        let Some(lane) = rest.first_mut() else { break };
        let back = lane.line == Line::Back;
        let (from, to) = lane.span();
        let taken = |at: usize| {
            before.iter().any(|other| {
                let (first, last) = other.span();
                (other.line == Line::Back) == back && other.at == at && first <= to && from <= last
            })
        };
        lane.at = (0..).find(|at| !taken(*at)).unwrap_or(0);
    }
    lanes
}

fn count(lanes: &[Lane], back: bool) -> usize {
    let mine = lanes
        .iter()
        .filter(|lane| (lane.line == Line::Back) == back);
    mine.map(|lane| lane.at + 1).max().unwrap_or(0)
}

/// The sorts that begin in each row.
fn begins<'w>(steps: &Steps, rows: &Rows, words: &'w Words) -> BTreeMap<usize, Vec<&'w str>> {
    let mut begins: BTreeMap<usize, Vec<&str>> = BTreeMap::new();
    for (sort, name) in steps.sorts.iter().zip(&words.sorts) {
        let row = rows.of_way(Way::Stage(sort.first));
        begins.entry(row).or_default().push(name);
    }
    begins
}

#[derive(Clone, Copy)]
enum Point {
    Down,
    Left,
    Right,
}

/// The head of an arrow whose tip is here.
fn head(x: usize, y: usize, point: Point, line: Line) -> Markup {
    let path = match point {
        Point::Down => format!("M{x} {y}l-4 -7h8z"),
        Point::Left => format!("M{x} {y}l7 -4v8z"),
        Point::Right => format!("M{x} {y}l-7 -4v8z"),
    };
    html! { path .flow-head .(line.class()) d=(path) {} }
}

/// As much of a text as a box is wide; `part` of a hundred for what is written smaller.
fn fitted(text: &str, part: usize) -> String {
    let most = (WIDE - 20) * 10 * part / 100;
    let mut wide = 0;
    let fits = text.chars().take_while(|c| {
        wide += if c.is_ascii() { LETTER } else { 2 * LETTER };
        wide <= most
    });
    shorten(text, fits.count())
}

#[cfg(test)]
mod tests {
    use super::*;
    use city::City;
    use std::path::Path;

    fn demo() -> City {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../cities/taiyuan-2022");
        City::load(&folder).unwrap().0
    }

    #[test]
    fn lines_of_one_side_that_pass_each_other_have_lanes_of_their_own() {
        let city = demo();
        let notice = city.notice("grid-governance").unwrap();
        for steps in &notice.steps {
            let rows = Rows::of(steps);
            let lanes = lanes(steps, &rows);
            let ways: usize = lanes.iter().map(|lane| lane.from.len()).sum();
            let stages = || steps.stages.iter();
            let drawn = straight(steps, &rows).count() + ways;
            let there: usize = stages()
                .map(|stage| {
                    let late = stage.late.as_ref().is_some_and(|late| late.to.is_some());
                    stage.next.len() + stage.back.len() + usize::from(late)
                })
                .sum();
            assert_eq!(drawn, there, "every way of {} is drawn once", steps.name);
            for (at, one) in lanes.iter().enumerate() {
                for other in &lanes[at + 1..] {
                    let side = |lane: &Lane| lane.line == Line::Back;
                    let (a, b) = (one.span(), other.span());
                    let meet = a.0 <= b.1 && b.0 <= a.1;
                    assert!(!meet || side(one) != side(other) || one.at != other.at);
                }
            }
        }
    }

    #[test]
    fn long_names_end_in_the_box() {
        assert_eq!(fitted("受理", 100), "受理");
        assert_eq!(
            fitted("一个长得怎么也放不进格子里去的名字呀", 100),
            "一个长得怎么也放不进格子里去…"
        );
        assert_eq!(
            fitted("a name that is much longer than the box", 100),
            "a name that is much longer t…"
        );
    }
}
