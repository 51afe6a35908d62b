//! Draws and lines of draws.

use super::read;
use super::report::Report;
use crate::fault::Fault;
use forms::draw::{Closed, Draw, Drawn, Line, Terms, Wrong};
use jiff::Timestamp;
use jiff::tz::{Offset, TimeZone};
use notice::Label;
use serde_json::json;
use std::path::Path;

/// Draws again, and compares with what was published before if that is given.
pub fn check(bytes: &[u8], published: Option<&Path>) -> Result<Report, Fault> {
    let mut report = Report::new("draw");
    let draw = match Draw::read(bytes) {
        Ok(draw) => draw,
        Err(wrong) => {
            wrong.iter().for_each(|one| tell(&mut report, one));
            return Ok(report);
        }
    };
    tell_terms(&mut report, draw.opened().terms());
    if let Some(closed) = draw.closed() {
        tell_list(&mut report, closed);
    }
    if let Draw::Drawn(drawn) = &draw {
        tell_outcome(&mut report, drawn);
    }
    report.says(json!({
        "draw": draw.opened().terms().draw,
        "stage": match &draw {
            Draw::Opened(_) => "opened",
            Draw::Closed(_) => "closed",
            Draw::Drawn(_) => "drawn",
        },
        "places": draw.opened().terms().places,
        "entrants": draw.closed().map(|closed| closed.entrants().len()),
    }));
    match published {
        Some(path) => match earlier(&mut report, path)?.map(|earlier| draw.continues(&earlier)) {
            Some(Ok(())) => report.is_right(
                format!("与先前公布的 {} 一致", path.display()),
                format!("goes on from {}, published before", path.display()),
            ),
            Some(Err(wrong)) => tell(&mut report, &wrong),
            None => {}
        },
        None => to_compare(&mut report, &draw),
    }
    Ok(report)
}

/// Checks one entrant's line, and that it is of the published list if that is given.
pub fn check_line(bytes: &[u8], published: Option<&Path>) -> Result<Report, Fault> {
    let mut report = Report::new("draw-line");
    let line = match Line::read(bytes) {
        Ok(line) => line,
        Err(wrong) => {
            tell(&mut report, &wrong);
            return Ok(report);
        }
    };
    let (entrant, entrants) = (&line.entrant, line.entrants);
    report.is_right(
        format!(
            "{entrant} 在 {entrants} 人的名单里，是第 {} 行",
            line.index + 1
        ),
        format!(
            "{entrant} is line {} of a list of {entrants}",
            line.index + 1
        ),
    );
    report.says(json!({ "draw": line.draw, "entrant": entrant, "entrants": entrants }));
    let Some(path) = published else {
        report.because(
            "这一行只证明它在有这个根的名单里。请与截止时公布的名单根对照",
            "The line proves only that it is in the list with this root. Compare with the root published at the close",
        );
        report.compare("名单根", "list's root", "root", line.root.to_string());
        return Ok(report);
    };
    let Some(earlier) = earlier(&mut report, path)? else {
        return Ok(report);
    };
    match earlier.closed() {
        None => tell(&mut report, &Wrong::NotYetClosed),
        Some(closed) if line.is_of(closed) && line.draw == closed.opened().terms().draw => {
            report.is_right(
                format!("这就是 {} 的名单", path.display()),
                format!("the list is the one of {}", path.display()),
            );
            if let Draw::Drawn(drawn) = &earlier {
                tell_rank(&mut report, drawn, &line);
            }
        }
        Some(_) => {
            let message = Label::new(
                format!("{} 是另一份名单", path.display()),
                format!("{} has another list", path.display()),
            );
            report.is_wrong(Some("/root".to_owned()), None, message);
        }
    }
    Ok(report)
}

/// The file published before; if it is no right one itself, that is told.
fn earlier(report: &mut Report, path: &Path) -> Result<Option<Draw>, Fault> {
    match Draw::read(&read(path)?) {
        Ok(draw) => Ok(Some(draw)),
        Err(wrong) => {
            for one in wrong {
                let label = one.label();
                let message = Label::new(
                    format!("{} 本身就核对不上：{}", path.display(), label.zh),
                    format!("{} does not hold itself: {}", path.display(), label.en),
                );
                report.is_wrong(None, None, message);
            }
            Ok(None)
        }
    }
}

fn tell(report: &mut Report, wrong: &Wrong) {
    report.is_wrong(wrong.field(), wrong.position(), wrong.label());
}

fn tell_terms(report: &mut Report, terms: &Terms) {
    let Terms {
        draw,
        notice,
        places,
        ..
    } = terms;
    let closes = beijing(terms.closes);
    let round = terms.beacon.and_then(|beacon| {
        let at = beijing(beacon.published()?);
        Some((beacon.round, beacon.chain.name(), at))
    });
    let (zh, en) = match round {
        Some((number, chain, at)) => (
            format!("；截止之后才公布的 drand {chain} 第 {number} 轮（{at}）参与决定"),
            format!("; round {number} of drand {chain}, published after that ({at}), decides too"),
        ),
        None => (String::new(), String::new()),
    };
    let by: Vec<_> = terms
        .parties
        .iter()
        .map(|party| party.by.as_str())
        .collect();
    let each = if by.len() > 1 { "各自" } else { "" };
    report.is_right(
        format!(
            "约定：抽签“{draw}”，依据公告 {notice}，{places} 个名额，{closes} 截止；{} {each}承诺了一个秘密{zh}",
            by.join("、")
        ),
        format!(
            "terms: draw {draw} under notice {notice}, places: {places}, closes {closes}; secrets promised by {}{en}",
            by.join(", ")
        ),
    );
}

fn tell_list(report: &mut Report, closed: &Closed) {
    let count = closed.entrants().len();
    report.is_right(
        format!("名单：{count} 人，每人一次，与 Merkle 根相符"),
        format!("list: {count} entrants, each once, with the Merkle root given"),
    );
}

fn tell_outcome(report: &mut Report, drawn: &Drawn) {
    report.is_right(
        "秘密：各方公开的秘密与截止前的承诺相符",
        "secrets: what was revealed is what was promised before the close",
    );
    if drawn.signature().is_some() {
        report.is_right(
            "公共随机数：这一轮的签名有效",
            "public randomness: the signature of the round is genuine",
        );
    }
    let places = drawn.closed().opened().terms().places as usize;
    let count = drawn.ranks().len();
    // Whether who comes after the places waits is the notice's rule and not in the file.
    let (zh, en) = match count.saturating_sub(places) {
        0 => (
            "人人有名额".to_owned(),
            "there is a place for everybody".to_owned(),
        ),
        after => (
            format!("前 {places} 名有名额，其余 {after} 名排在后面，候不候补以公告为准"),
            format!(
                "the first {places} have places, the other {after} come after them: whether they wait is for the notice to say"
            ),
        ),
    };
    report.is_right(
        format!("名次：重抽一遍，{count} 个名次全部相同；{zh}"),
        format!("ranks: drawn again, all {count} are the same; {en}"),
    );
}

fn tell_rank(report: &mut Report, drawn: &Drawn, line: &Line) {
    let places = drawn.closed().opened().terms().places;
    let Some(rank) = drawn.rank(&line.entrant) else {
        return;
    };
    if rank <= places {
        report.is_right(
            format!("抽中：第 {rank} 名，有名额"),
            format!("drawn: rank {rank}, with a place"),
        );
    } else {
        let after = rank - places;
        report.is_right(
            format!("没有抽中：第 {rank} 名，名额之后第 {after} 位，候不候补以公告为准"),
            format!("not drawn: rank {rank}, number {after} after the places: whether one waits is for the notice to say"),
        );
    }
}

fn to_compare(report: &mut Report, draw: &Draw) {
    report.because(
        "文件证明不了它何时公布。请与当时公布的对照，或者用 --published 给出当时公布的文件",
        "No file can prove when it was published. Compare with what was published then, or give that file with --published",
    );
    let digest = draw.opened().digest().to_string();
    report.compare(
        "截止前公布的约定摘要",
        "terms, before the close",
        "terms_digest",
        digest,
    );
    if let Some(closed) = draw.closed() {
        let root = closed.root().to_string();
        report.compare("截止时公布的名单根", "list, at the close", "root", root);
    }
}

/// An instant in Beijing time, as every Chinese city keeps it; the file has it in UTC.
pub fn beijing(at: Timestamp) -> String {
    TimeZone::fixed(Offset::constant(8))
        .to_datetime(at)
        .strftime("%Y-%m-%d %H:%M:%S+08:00")
        .to_string()
}
