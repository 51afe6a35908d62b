//! What can be wrong with a draw, and in which field.

use ledger::name::Actor;

use super::entrant::Entrant;
use super::{ENTRANTS_MAX, FILE_BYTES_MAX, FORMAT, LINE_FORMAT};

/// One thing wrong with a draw or its file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Wrong {
    /// More than [`FILE_BYTES_MAX`].
    #[error("the file has more than {} MiB; no draw is that large", FILE_BYTES_MAX >> 20)]
    Large,
    /// Not the JSON of a draw.
    #[error("line {line}, column {column}: not as a draw is written: {reason}")]
    Json {
        /// Line, from 1.
        line: usize,
        /// Column in bytes, from 1.
        column: usize,
        /// What was expected, in English.
        reason: String,
    },
    /// The contents are fine, but their bytes are not the ones that a draw is written with.
    #[error(
        "line {line}, column {column}: the contents are right, but spaces, line ends or spelling were changed here; take the file anew from where it was published"
    )]
    Layout {
        /// Line, from 1.
        line: usize,
        /// Column in bytes, from 1.
        column: usize,
    },
    /// Another format or version.
    #[error("the format is `{0}`; this program reads {FORMAT} and {LINE_FORMAT}")]
    Format(String),
    /// Nothing to win.
    #[error("there are no places to draw for")]
    NoPlaces,
    /// Too few or too many parties.
    #[error("{found} parties hold a secret; there must be at least {needed}{}, and at most 16", if *.needed > 1 { " as no public randomness is named" } else { "" })]
    Parties {
        /// How many there are.
        found: usize,
        /// How many there must be.
        needed: usize,
    },
    /// A party twice.
    #[error("{by} is named twice among the parties")]
    SameParty {
        /// The second place.
        at: usize,
        /// The party.
        by: Actor,
    },
    /// The public randomness could be known before the list was closed.
    #[error(
        "round {round} is published before the list closes, so it could be known; the first one after that is {first}"
    )]
    RoundTooEarly {
        /// The round named.
        round: u64,
        /// The first that may be named.
        first: u64,
    },
    /// Terms and digest do not belong together.
    #[error("the terms do not have this digest: the terms or the digest were changed")]
    TermsDigest,
    /// An outcome without a list.
    #[error("there is an outcome, but no list of entrants")]
    NoList,
    /// Nobody entered.
    #[error("the list has no entrants; a draw needs at least one")]
    Empty,
    /// More than [`ENTRANTS_MAX`].
    #[error("the list has more than {ENTRANTS_MAX} entrants; make several draws of it")]
    Crowd,
    /// An entrant twice.
    #[error("{entrant} is in the list twice, which would be two chances")]
    Twice {
        /// Place of the second, from 0.
        at: usize,
        /// Who.
        entrant: Entrant,
    },
    /// Not sorted.
    #[error("{entrant} stands in the wrong place: the list is sorted by the characters' codes")]
    Unsorted {
        /// Its place, from 0.
        at: usize,
        /// Who.
        entrant: Entrant,
    },
    /// List and root do not belong together.
    #[error("the list does not have this Merkle root: an entrant or the root was changed")]
    Root,
    /// An entrant of the list who has no rank.
    #[error("{entrant} is in the list but has no rank: one of the two was changed")]
    NoRank {
        /// Place in the list, from 0.
        at: usize,
        /// Who.
        entrant: Entrant,
    },
    /// Not one secret for each party.
    #[error("{found} secrets are revealed, but {expected} parties gave their word")]
    Secrets {
        /// How many there are.
        found: usize,
        /// How many there must be.
        expected: usize,
    },
    /// A secret that its party did not commit to.
    #[error("the secret of {by} is not the one it committed to before the close")]
    Secret {
        /// Which party, from 0.
        at: usize,
        /// Who.
        by: Actor,
    },
    /// A round without signature, or a signature without round.
    #[error("the terms {} public randomness, but the outcome has {} signature of it", if *.0 { "name" } else { "name no" }, if *.0 { "no" } else { "a" })]
    SignatureMissing(bool),
    /// A signature that the beacon did not make.
    #[error(
        "the beacon did not sign round {0} so: the signature was changed, or it is of another round"
    )]
    Signature(u64),
    /// Not one rank for each entrant.
    #[error("there are {found} ranks for {expected} entrants")]
    Ranks {
        /// How many there are.
        found: usize,
        /// How many there must be.
        expected: usize,
    },
    /// A rank that the draw does not give.
    #[error("rank {} is {says} in the file; drawn again it is {is}", .at + 1)]
    Rank {
        /// Which rank, from 0.
        at: usize,
        /// Who has it in the file.
        says: Entrant,
        /// Who has it by the draw.
        is: Entrant,
    },
    /// An entrant's line whose proof does not lead to the root.
    #[error(
        "the proof does not lead from {0} to the list's root: the number, its place, the proof or the root was changed"
    )]
    Line(Entrant),
    /// Another draw, or the same one changed, stands in what was published before.
    #[error("this is not the draw published before: its {} are others", match .0 { Part::Terms => "terms", Part::List => "entrants", Part::Outcome => "outcome" })]
    Published(Part),
    /// What was published before has less in it than is to be compared.
    #[error(
        "what was published before has no list of entrants yet; compare with the file published at the close"
    )]
    NotYetClosed,
}

/// A part of a draw's file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// What was agreed.
    Terms,
    /// Who takes part.
    List,
    /// What came out.
    Outcome,
}

impl Wrong {
    /// [`Wrong::Format`]; of a hostile text the start is told.
    pub(super) fn format(found: &str) -> Self {
        Self::Format(found.chars().take(64).collect())
    }

    /// The field concerned, as a JSON pointer (RFC 6901); nothing if it is the file as a whole.
    #[must_use]
    pub fn field(&self) -> Option<String> {
        Some(match self {
            Self::Large | Self::Json { .. } | Self::Layout { .. } => return None,
            Self::Format(_) => "/format".to_owned(),
            Self::NoPlaces => "/terms/places".to_owned(),
            Self::Parties { .. } => "/terms/parties".to_owned(),
            Self::SameParty { at, .. } => format!("/terms/parties/{at}/by"),
            Self::RoundTooEarly { .. } => "/terms/beacon/round".to_owned(),
            Self::TermsDigest => "/terms_digest".to_owned(),
            Self::NoList | Self::Published(Part::List) => "/list".to_owned(),
            Self::Empty | Self::Crowd => "/list/entrants".to_owned(),
            Self::Twice { at, .. } | Self::Unsorted { at, .. } | Self::NoRank { at, .. } => {
                format!("/list/entrants/{at}")
            }
            Self::Root => "/list/root".to_owned(),
            Self::Secrets { .. } => "/outcome/secrets".to_owned(),
            Self::Secret { at, .. } => format!("/outcome/secrets/{at}"),
            Self::SignatureMissing(_) | Self::Signature(_) => "/outcome/signature".to_owned(),
            Self::Ranks { .. } => "/outcome/ranks".to_owned(),
            Self::Rank { at, .. } => format!("/outcome/ranks/{at}"),
            Self::Line(_) => "/proof".to_owned(),
            Self::Published(Part::Terms) => "/terms".to_owned(),
            Self::Published(Part::Outcome) => "/outcome".to_owned(),
            Self::NotYetClosed => return None,
        })
    }

    /// Line and column in the file, both from 1, if that is what is known.
    #[must_use]
    pub const fn position(&self) -> Option<(usize, usize)> {
        match self {
            Self::Json { line, column, .. } | Self::Layout { line, column } => {
                Some((*line, *column))
            }
            _ => None,
        }
    }
}
