//! What is agreed before anybody can know who will win: how many places, when the list closes, whose secrets and which
//! public randomness decide.

use jiff::Timestamp;
use ledger::name::{Actor, Key, Notice, TextVersion};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::drand::Round;
use super::hex::{Commitment, Secret, TermsDigest};
use super::wrong::Wrong;

/// Parties a draw may have.
pub const PARTIES_MAX: usize = 16;

/// The terms of a draw, published while people may still enter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Terms {
    /// Which draw; no two draws have the same name.
    pub draw: Key,
    /// The notice that orders the draw.
    pub notice: Notice,
    /// The version of its text.
    pub text: TextVersion,
    /// How many places there are to give.
    pub places: u32,
    /// When the list closes.
    pub closes: Timestamp,
    /// Who holds a secret, each with its commitment.
    pub parties: Vec<Party>,
    /// The round of public randomness that decides with the secrets; without one there must be two parties.
    pub beacon: Option<Round>,
}

/// Who holds a secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Party {
    /// The office or person.
    pub by: Actor,
    /// Its word which secret that is.
    pub commitment: Commitment,
}

impl Terms {
    /// What the draw's numbers rest on and what is published: SHA-256 of a fixed first line and the terms' JSON.
    #[must_use]
    pub fn digest(&self) -> TermsDigest {
        // Serialising texts and numbers to memory cannot fail.
        let json = serde_json::to_string(self).unwrap_or_default();
        let text = format!("tongxin/draw/v1 terms\n{json}\n");
        TermsDigest(Sha256::digest(text).into())
    }

    /// All that makes these terms no fair ones.
    #[must_use]
    pub fn wrong(&self) -> Vec<Wrong> {
        let mut wrong = Vec::new();
        if self.places == 0 {
            wrong.push(Wrong::NoPlaces);
        }
        let needed = if self.beacon.is_some() { 1 } else { 2 };
        if !(needed..=PARTIES_MAX).contains(&self.parties.len()) {
            let found = self.parties.len();
            wrong.push(Wrong::Parties { found, needed });
        }
        for (at, party) in self.parties.iter().enumerate().take(PARTIES_MAX) {
            if self.parties[..at].iter().any(|other| other.by == party.by) {
                let by = party.by.clone();
                wrong.push(Wrong::SameParty { at, by });
            }
        }
        if let Some(round) = self.beacon
            && round.published().is_none_or(|at| at <= self.closes)
        {
            let first = Round::first_after(self.closes).round;
            wrong.push(Wrong::RoundTooEarly {
                round: round.round,
                first,
            });
        }
        wrong
    }
}

impl Secret {
    /// The commitment of this party to this secret in this draw: SHA-256 of four lines. The names are in it so that nobody
    /// can take another's commitment as its own and cancel the secret out.
    #[must_use]
    pub fn commit(&self, draw: &Key, by: &Actor) -> Commitment {
        let text = format!("tongxin/draw/v1 commitment\n{draw}\n{by}\n{self}\n");
        Commitment(Sha256::digest(text).into())
    }
}
