//! The draw over a slot as the desk holds it: who has promised what, the list at the close, what was revealed. All of it is
//! public, and from it everybody draws the same order.

use jiff::{SignedDuration, Timestamp};
use ledger::form::Fault;
use ledger::item::Row;
use ledger::name::{Actor, BadName, Key, Notice, TextVersion};
use serde::{Deserialize, Serialize};

use super::offering::{Offered, Offering};
use super::rows::{Booking, Number, Status};
use crate::draw::{
    Chain, Commitment, Draw, Entrant, Party, Round, Secret, Signature, Terms, TermsDigest,
};
use crate::people::powers;

/// How long after the close, or after the promises of a later round, the parties have to reveal.
const TO_REVEAL: SignedDuration = SignedDuration::from_hours(24);
/// How long after that the round of public randomness comes that decides with the secrets: clocks may differ by less, and
/// nobody who promises or enters in time can know it.
const BEACON_AFTER: SignedDuration = SignedDuration::from_mins(10);

/// A side of a draw. Neither knows the other's secret before it has promised its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Side {
    /// Who holds the draw.
    Holder,
    /// Who watches over it.
    Witness,
}

impl Side {
    /// Both, in the order of the terms.
    pub const ALL: [Self; 2] = [Self::Holder, Self::Witness];

    /// Its word in addresses, forms and files.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Holder => "holder",
            Self::Witness => "witness",
        }
    }

    /// The power that it takes.
    #[must_use]
    pub const fn act(self) -> powers::Act {
        match self {
            Self::Holder => powers::Act::HoldDraw,
            Self::Witness => powers::Act::WitnessDraw,
        }
    }

    /// Its name in a draw of this office.
    ///
    /// # Errors
    /// When the office's id is too long for a name.
    pub fn by(self, office: &str) -> Result<Actor, BadName> {
        Actor::new(&format!("{office}/{}", self.word()))
    }
}

/// The draw over a slot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeldDraw {
    /// Of which slot.
    pub slot: Key,
    /// How often promises were asked for; 1 unless a secret was withheld.
    pub round: u32,
    /// The text, the places and the close that the terms give, as of the last promise.
    pub text: TextVersion,
    /// See [`HeldDraw::text`].
    pub places: u32,
    /// See [`HeldDraw::text`].
    pub closes: Timestamp,
    /// Until when the secrets are to be revealed, and the public randomness is to be had; after that the holder may draw anew.
    pub reveal_by: Timestamp,
    /// Promises of this round, in the order of the sides.
    pub pledges: Vec<Pledge>,
    /// The public randomness that decides with the secrets, if the terms name one, as of the last promise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub beacon: Option<Beacon>,
    /// The list, once it is fixed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub list: Option<List>,
    /// Rounds that came to nothing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub vain: Vec<Vain>,
}

/// A side's promise.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pledge {
    /// Whose.
    pub side: Side,
    /// Its name in the terms.
    pub by: Actor,
    /// Who gave it.
    pub actor: Actor,
    /// When.
    pub at: Timestamp,
    /// To which secret.
    pub commitment: Commitment,
    /// The secret, once it is revealed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret: Option<Secret>,
}

/// A round of public randomness that decides.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Beacon {
    /// Which.
    pub round: Round,
    /// Its signature, once it is had.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signature: Option<Signature>,
}

/// The list as it was fixed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct List {
    /// The Merkle root, base64.
    pub root: String,
    /// How many it has.
    pub entrants: u32,
    /// When it was fixed.
    pub at: Timestamp,
}

/// A round that came to nothing, and whose fault that is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Vain {
    /// Which, from 1.
    pub round: u32,
    /// Who promised nothing, or withheld what they had promised.
    pub missing: Vec<Side>,
    /// The round of public randomness that was not had in time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unheard: Option<Round>,
    /// When it was given up.
    pub at: Timestamp,
}

/// Who was in a draw at its close and has given the booking back since: the list stays as it was published.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Left {
    /// Which booking.
    pub number: Number,
}

impl HeldDraw {
    /// A draw that nothing has been promised for.
    pub(super) fn begun(offering: &Offering, text: &Offered) -> Self {
        let closes = offering.closes(text);
        Self {
            slot: text.key.clone(),
            round: 1,
            text: offering.text(),
            places: text.capacity,
            closes,
            reveal_by: reveal_by(closes),
            pledges: Vec::new(),
            beacon: None,
            list: None,
            vain: Vec::new(),
        }
    }

    /// Its name in the terms: the slot's; a later round has its number behind that, so that nothing can be used twice.
    ///
    /// # Errors
    /// Only for a slot with a name near the longest.
    pub fn name(&self) -> Result<Key, BadName> {
        match self.round {
            1 => Ok(self.slot.clone()),
            round => Key::new(&format!("{}~{round}", self.slot)),
        }
    }

    /// The promise of a side, if it was given.
    #[must_use]
    pub fn pledge(&self, side: Side) -> Option<&Pledge> {
        self.pledges.iter().find(|pledge| pledge.side == side)
    }

    /// The sides that have promised nothing or, once all have, that have not revealed.
    #[must_use]
    pub fn missing(&self) -> Vec<Side> {
        let unpromised: Vec<Side> = Side::ALL
            .into_iter()
            .filter(|side| self.pledge(*side).is_none())
            .collect();
        if !unpromised.is_empty() {
            return unpromised;
        }
        let open = self.pledges.iter().filter(|one| one.secret.is_none());
        open.map(|pledge| pledge.side).collect()
    }

    /// Whether every side has promised, so that the terms are fixed.
    #[must_use]
    pub fn is_promised(&self) -> bool {
        self.pledges.len() == Side::ALL.len()
    }

    /// The public randomness that the terms name, once they are fixed.
    #[must_use]
    pub fn named_beacon(&self) -> Option<&Beacon> {
        self.beacon.as_ref().filter(|_| self.is_promised())
    }

    /// The round of public randomness that the terms name and that is not had yet.
    #[must_use]
    pub fn unheard(&self) -> Option<Round> {
        let beacon = self.named_beacon()?;
        beacon.signature.is_none().then_some(beacon.round)
    }

    /// Whether the round has come to nothing: it closed without all promises, or a secret is withheld or the public randomness
    /// not had. It is never drawn with less than the terms name: whoever keeps a part away would choose between two results.
    #[must_use]
    pub fn is_vain(&self, now: Timestamp) -> bool {
        if self.is_promised() {
            now >= self.reveal_by && (!self.missing().is_empty() || self.unheard().is_some())
        } else {
            self.round == 1 && now >= self.closes
        }
    }

    /// The terms, once every side has promised.
    ///
    /// # Errors
    /// Only for a slot with a name near the longest.
    pub fn terms(&self, notice: &Notice) -> Result<Option<Terms>, BadName> {
        if !self.is_promised() {
            return Ok(None);
        }
        let party = |pledge: &Pledge| Party {
            by: pledge.by.clone(),
            commitment: pledge.commitment.clone(),
        };
        Ok(Some(Terms {
            draw: self.name()?,
            notice: notice.clone(),
            text: self.text,
            places: self.places,
            closes: self.closes,
            parties: self.pledges.iter().map(party).collect(),
            beacon: self.beacon.as_ref().map(|beacon| beacon.round),
        }))
    }

    /// The digest of the terms, once they are fixed.
    ///
    /// # Errors
    /// Only for a slot with a name near the longest.
    pub fn digest(&self, notice: &Notice) -> Result<Option<TermsDigest>, BadName> {
        Ok(self.terms(notice)?.map(|terms| terms.digest()))
    }

    /// The draw as far as it has gone, with its list of entrants; nothing while a promise is missing, or if what is kept
    /// does not go together.
    #[must_use]
    pub fn draw(&self, notice: &Notice, entrants: Vec<Entrant>) -> Option<Draw> {
        let opened = self.terms(notice).ok()??.open().ok()?;
        let Some(list) = &self.list else {
            return Some(Draw::Opened(opened));
        };
        let closed = opened.close(entrants).ok()?;
        if closed.root().to_string() != list.root {
            return None;
        }
        let secrets: Option<Vec<Secret>> = self
            .pledges
            .iter()
            .map(|pledge| pledge.secret.clone())
            .collect();
        let signature = self.beacon.as_ref().map(|beacon| beacon.signature.clone());
        match (secrets, signature) {
            (None, _) | (_, Some(None)) => Some(Draw::Closed(closed)),
            (Some(secrets), signature) => {
                let drawn = closed.reveal(secrets, signature.flatten());
                drawn.ok().map(Draw::Drawn)
            }
        }
    }
}

/// Until when secrets that are bound from then on are to be revealed.
pub(super) fn reveal_by(from: Timestamp) -> Timestamp {
    from.checked_add(TO_REVEAL).unwrap_or(Timestamp::MAX)
}

/// The round of a chain that decides over secrets that are bound from then on; nothing while the chain does not run, for a
/// round of its beginning would come too late. Nobody chooses it.
pub(super) fn beacon(chain: Chain, from: Timestamp) -> Option<Beacon> {
    let Chain::Quicknet = chain;
    let round = Round::first_after(from.checked_add(BEACON_AFTER).ok()?);
    let in_time = round.published()? < reveal_by(from);
    in_time.then_some(Beacon {
        round,
        signature: None,
    })
}

/// Who was in a slot's draw at its close, by their numbers; `left` says of a booking given back whether that was since.
///
/// # Errors
/// Those of the store.
pub(super) fn entrants(
    bookings: &[Booking],
    mut left: impl FnMut(&Number) -> Result<bool, Fault>,
) -> Result<Vec<Entrant>, Fault> {
    let mut entrants = Vec::with_capacity(bookings.len());
    for booking in bookings {
        if (booking.status != Status::Cancelled || left(&booking.number)?)
            && let Ok(entrant) = Entrant::new(booking.number.key().as_str())
        {
            entrants.push(entrant);
        }
    }
    Ok(entrants)
}

impl Row for HeldDraw {
    const KIND: &'static str = "draw";
    const SHAPE: u16 = 1;

    fn key(&self) -> Key {
        self.slot.clone()
    }
}

impl Row for Left {
    const KIND: &'static str = "left-after-close";
    const SHAPE: u16 = 1;

    fn key(&self) -> Key {
        self.number.key().clone()
    }
}
