//! Reading a draw's file and doing again all that can be done again.

use super::FORMAT;
use super::entrant::Entrant;
use super::file::{self, Written, WrittenList, WrittenOutcome};
use super::stage::{self, Closed, Drawn, Opened};
use super::wrong::{Part, Wrong};

/// A draw at whatever stage, found right in itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Draw {
    /// Its terms are published.
    Opened(Opened),
    /// Its list is fixed.
    Closed(Closed),
    /// It has its outcome.
    Drawn(Drawn),
}

impl Draw {
    /// Reads a file, checks every value in it against the others and draws again.
    ///
    /// What no file can show is when it was published: compare [`Opened::digest`] with what was published before the
    /// close and [`Closed::root`] with what was published at the close, or use [`Draw::continues`].
    ///
    /// # Errors
    /// Everything that was found [`Wrong`], at least one thing.
    pub fn read(bytes: &[u8]) -> Result<Self, Vec<Wrong>> {
        let written: Written = file::json(bytes).map_err(|wrong| vec![wrong])?;
        if written.format != FORMAT {
            return Err(vec![Wrong::format(&written.format)]);
        }
        let draw = redo(written)?;
        file::laid_out(bytes, &draw.to_json()).map_err(|wrong| vec![wrong])?;
        Ok(draw)
    }

    /// Its file.
    #[must_use]
    pub fn to_json(&self) -> String {
        file::written(&match self {
            Self::Opened(opened) => Written::from(opened),
            Self::Closed(closed) => Written::from(closed),
            Self::Drawn(drawn) => Written::from(drawn),
        })
    }

    /// Its terms.
    #[must_use]
    pub const fn opened(&self) -> &Opened {
        match self {
            Self::Opened(opened) => opened,
            Self::Closed(closed) => closed.opened(),
            Self::Drawn(drawn) => drawn.closed().opened(),
        }
    }

    /// Its list, if it is closed.
    #[must_use]
    pub const fn closed(&self) -> Option<&Closed> {
        match self {
            Self::Opened(_) => None,
            Self::Closed(closed) => Some(closed),
            Self::Drawn(drawn) => Some(drawn.closed()),
        }
    }

    /// Whether this draw is the one that was published at an earlier stage, gone on.
    ///
    /// # Errors
    /// [`Wrong::Published`] with the first part that is another one.
    pub fn continues(&self, earlier: &Self) -> Result<(), Wrong> {
        if self.opened() != earlier.opened() {
            return Err(Wrong::Published(Part::Terms));
        }
        if earlier.closed().is_some() && self.closed() != earlier.closed() {
            return Err(Wrong::Published(Part::List));
        }
        match (self, earlier) {
            (Self::Drawn(one), Self::Drawn(other)) if one != other => {
                Err(Wrong::Published(Part::Outcome))
            }
            (Self::Opened(_) | Self::Closed(_), Self::Drawn(_)) => {
                Err(Wrong::Published(Part::Outcome))
            }
            _ => Ok(()),
        }
    }
}

/// The stage that a file says it is, or everything in it that contradicts that.
fn redo(written: Written) -> Result<Draw, Vec<Wrong>> {
    let Written {
        terms,
        terms_digest,
        list,
        outcome,
        ..
    } = written;
    let mut wrong = terms.wrong();
    if terms.digest() != terms_digest {
        wrong.push(Wrong::TermsDigest);
    }
    if let Some(list) = &list {
        wrong.extend(list_wrong(list, outcome.as_ref()));
    }
    match (&list, &outcome) {
        (None, Some(_)) => wrong.push(Wrong::NoList),
        (Some(list), Some(outcome)) => {
            let sources = stage::seed(&terms, &outcome.secrets, outcome.signature.as_ref());
            wrong.extend(sources.err().unwrap_or_default());
            let (found, expected) = (outcome.ranks.len(), list.entrants.len());
            if found != expected {
                wrong.push(Wrong::Ranks { found, expected });
            }
        }
        _ => {}
    }
    // Ranks drawn from what is already known to be wrong would say nothing more.
    if !wrong.is_empty() {
        return Err(wrong);
    }
    let opened = terms.open()?;
    let Some(list) = list else {
        return Ok(Draw::Opened(opened));
    };
    let closed = opened.close(list.entrants).map_err(|wrong| vec![wrong])?;
    let Some(outcome) = outcome else {
        return Ok(Draw::Closed(closed));
    };
    let drawn = closed.reveal(outcome.secrets, outcome.signature)?;
    let differs = drawn
        .ranks()
        .zip(&outcome.ranks)
        .position(|(is, says)| is != says);
    match differs.and_then(|at| Some((at, drawn.ranks().nth(at)?, &outcome.ranks[at]))) {
        None => Ok(Draw::Drawn(drawn)),
        Some((at, is, says)) => Err(vec![Wrong::Rank {
            at,
            says: says.clone(),
            is: is.clone(),
        }]),
    }
}

/// What is wrong with a list; of one whose root is another, who has no rank, since that is who was changed.
fn list_wrong(list: &WrittenList, outcome: Option<&WrittenOutcome>) -> Option<Wrong> {
    if let Some(wrong) = stage::list_wrong(&list.entrants) {
        return Some(wrong);
    }
    if stage::root(&list.entrants) == list.root {
        return None;
    }
    let mut ranked: Vec<&Entrant> = outcome.iter().flat_map(|outcome| &outcome.ranks).collect();
    ranked.sort_unstable();
    let unranked = |entrant: &&Entrant| ranked.binary_search(entrant).is_err();
    let found = outcome.and_then(|_| list.entrants.iter().enumerate().find(|(_, e)| unranked(e)));
    Some(found.map_or(Wrong::Root, |(at, entrant)| Wrong::NoRank {
        at,
        entrant: entrant.clone(),
    }))
}
