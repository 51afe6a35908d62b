//! `tongxin draw`: an office's draw step by step, offline. Each step writes the whole file so far, to be published then.

mod refused;
mod secret;

pub use refused::Refused;

use crate::cli::{self, DrawStep, First};
use crate::fault::Fault;
use crate::verify::{beijing, read};
use crate::whole::Whole;
use crate::{lang, terminal};
use forms::draw::{Chain, Draw, Entrant, Party, Round, Secret, Terms};
use jiff::Timestamp;
use ledger::name::{Notice, TextVersion};
use notice::{Label, Slug};
use sha2::{Digest as _, Sha256};
use std::io::Write as _;
use std::path::Path;
use std::process::ExitCode;

/// Does one step; exit code 0.
pub fn run(arguments: &cli::Draw) -> Result<ExitCode, Fault> {
    let told = match &arguments.step {
        DrawStep::Commit(step) => commit(step),
        DrawStep::Open(step) => open(step),
        DrawStep::Close(step) => close(step),
        DrawStep::Reveal(step) => reveal(step),
        DrawStep::Line(step) => line(step),
    }?;
    terminal::line(told.get(lang::chosen()))?;
    Ok(ExitCode::SUCCESS)
}

/// A party makes its secret and gives its word.
fn commit(step: &cli::DrawCommit) -> Result<Label, Fault> {
    let secret = secret::make(&step.secret)?;
    let commitment = secret.commit(&step.draw, &step.by);
    let path = step.secret.display();
    Ok(Label::new(
        format!(
            "{}={commitment}\n秘密在 {path}，名单截止之前不要给任何人看；上面这一行交给办抽签的人",
            step.by
        ),
        format!(
            "{}={commitment}\nThe secret is in {path}; show it to nobody before the list closes. Give the line above to whoever holds the draw",
            step.by
        ),
    ))
}

/// The office publishes the terms.
fn open(step: &cli::DrawOpen) -> Result<Label, Fault> {
    let text = read(&step.notice)?;
    let slug = Slug::of_file(&step.notice.display().to_string()).to_owned();
    let notice = Notice::new(&slug).map_err(|_| Refused::Slug(slug))?;
    let closes: Timestamp = step
        .closes
        .parse()
        .map_err(|_| Refused::Closes(step.closes.clone()))?;
    let beacon = step.round.map(|first| match first {
        First::AfterClose => Round::first_after(closes),
        First::Round(round) => Round {
            chain: Chain::Quicknet,
            round,
        },
    });
    let terms = Terms {
        draw: step.draw.clone(),
        notice,
        text: TextVersion(Sha256::digest(text).into()),
        places: step.places,
        closes,
        parties: step.party.clone(),
        beacon,
    };
    let opened = terms.open().map_err(Refused::Wrong)?;
    let digest = opened.digest().clone();
    write(&step.output, &Draw::Opened(opened))?;
    Ok(Label::new(
        format!(
            "约定摘要 {digest}\n请在 {} 之前公布 {}",
            beijing(closes),
            step.output.display()
        ),
        format!(
            "digest of the terms {digest}\nPublish {} before {}",
            step.output.display(),
            beijing(closes)
        ),
    ))
}

/// The office fixes the list.
fn close(step: &cli::DrawClose) -> Result<Label, Fault> {
    let opened = match given(&step.opened)? {
        Draw::Opened(opened) => opened,
        Draw::Closed(_) | Draw::Drawn(_) => {
            return Err(Refused::Closed(step.opened.clone()).into());
        }
    };
    let text = read(&step.entrants)?;
    let text = String::from_utf8_lossy(&text);
    let mut entrants = Vec::new();
    for (line, number) in (1..).zip(text.lines().map(str::trim)) {
        if number.is_empty() {
            continue;
        }
        let entrant = Entrant::new(number).map_err(|error| Refused::Entrant {
            path: step.entrants.clone(),
            line,
            error,
        })?;
        entrants.push(entrant);
    }
    let beacon = opened.terms().beacon;
    let closes = opened.terms().closes;
    let closed = opened
        .close(entrants)
        .map_err(|wrong| Refused::Wrong(vec![wrong]))?;
    let (count, root) = (closed.entrants().len(), closed.root());
    write(&step.output, &Draw::Closed(closed))?;
    let output = step.output.display();
    let mut told = Label::new(
        format!(
            "名单 {count} 人，根 {root}\n{} 截止后立即公布 {output}",
            beijing(closes)
        ),
        format!(
            "{count} entrants, root {root}\nPublish {output} at the close, {}",
            beijing(closes)
        ),
    );
    // A fair draw's round has a time; terms without one did not open.
    if let Some((beacon, at)) = beacon.and_then(|b| Some((b, beijing(b.published()?)))) {
        let chain = serde_json::to_value(beacon.chain).unwrap_or_default();
        let chain = chain.as_str().unwrap_or_default();
        let url = format!("https://api.drand.sh/{chain}/public/{}", beacon.round);
        told.zh += &format!(
            "\n第 {} 轮公共随机数在 {at} 公布，签名见 {url}",
            beacon.round
        );
        told.en += &format!(
            "\nRound {} is published at {at}; its signature is at {url}",
            beacon.round
        );
    }
    Ok(told)
}

/// The parties' secrets, and the round's signature, decide.
fn reveal(step: &cli::DrawReveal) -> Result<Label, Fault> {
    let closed = match given(&step.closed)? {
        Draw::Closed(closed) => closed,
        Draw::Opened(_) => return Err(Refused::NotClosed(step.closed.clone()).into()),
        Draw::Drawn(_) => return Err(Refused::Closed(step.closed.clone()).into()),
    };
    let terms = closed.opened().terms();
    let mut secrets = step
        .secret
        .iter()
        .map(|path| secret::read(path))
        .collect::<Result<Vec<Secret>, Fault>>()?;
    // Given in any order; who is whose is told by the commitments.
    let whose = |secret: &Secret| {
        let is_of = |party: &Party| secret.commit(&terms.draw, &party.by) == party.commitment;
        terms.parties.iter().position(is_of)
    };
    secrets.sort_by_key(|secret| whose(secret).unwrap_or(usize::MAX));
    let places = terms.places as usize;
    let drawn = closed
        .reveal(secrets, step.signature.clone())
        .map_err(Refused::Wrong)?;
    let placed = places.min(drawn.ranks().len());
    let after = drawn.ranks().len() - placed;
    let first: Vec<_> = drawn.ranks().take(10).map(ToString::to_string).collect();
    let more = if drawn.ranks().len() > first.len() {
        "…"
    } else {
        ""
    };
    write(&step.output, &Draw::Drawn(drawn))?;
    let output = step.output.display();
    Ok(Label::new(
        format!(
            "抽签结果：{placed} 人有名额，{after} 人排在后面；名次 {}{more}\n请公布 {output}；任何人都可以用 tongxin verify 重抽一遍",
            first.join("、")
        ),
        format!(
            "Drawn: {placed} with places, {after} after them; ranks {}{more}\nPublish {output}; anybody can draw again with tongxin verify",
            first.join(", ")
        ),
    ))
}

/// One entrant's own line.
fn line(step: &cli::DrawLine) -> Result<Label, Fault> {
    let draw = given(&step.draw)?;
    let Some(closed) = draw.closed() else {
        return Err(Refused::NotClosed(step.draw.clone()).into());
    };
    let line = Entrant::try_from(step.entrant.clone())
        .ok()
        .and_then(|entrant| closed.line(&entrant))
        .ok_or_else(|| Refused::Stranger(step.entrant.clone()))?;
    whole(&step.output, &line.to_json())?;
    let output = step.output.display();
    Ok(Label::new(
        format!(
            "{} 的一行和证明在 {output}；用 tongxin verify {output} 核对",
            line.entrant
        ),
        format!(
            "{}'s line and its proof are in {output}; check it with tongxin verify {output}",
            line.entrant
        ),
    ))
}

/// The draw in a file, right in itself.
fn given(path: &Path) -> Result<Draw, Fault> {
    Draw::read(&read(path)?).map_err(|wrong| Refused::Wrong(wrong).into())
}

fn write(path: &Path, draw: &Draw) -> Result<(), Fault> {
    whole(path, &draw.to_json())
}

/// Writes a file that appears when it is complete, and that everybody may read: it is made to be published.
fn whole(path: &Path, text: &str) -> Result<(), Fault> {
    let whole = Whole::begin(path)?;
    let mut file = whole.file();
    let written = file.write_all(text.as_bytes()).and_then(|()| {
        #[cfg(unix)]
        file.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(0o644))?;
        Ok(())
    });
    written.map_err(|error| Fault::Write {
        path: path.to_owned(),
        error,
    })?;
    whole.complete()
}
