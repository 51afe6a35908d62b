//! Tickets: a code that a person shows at the door, as text or as a QR code (ISO/IEC 18004), on a screen or on paper.
//!
//! A [`Ticket`] names a booking, its slot and until when it admits, signed with Ed25519, so that a door needs the public key
//! only: it can read tickets without a network and cannot make any. That it admits once is for the [`Gate`] to keep.
//!
//! Its bytes: the version 2; the booking's number (8, big-endian); the first 12 bytes of the SHA-256 of the slot's name; the
//! end in minutes since 1970 (4, big-endian); how many persons it admits (1), all at once; the signature (64) over
//! `tongxin ticket\n` and the 26 bytes before it. As text: base64url (RFC 4648 §5) without padding, 120 characters. No name is
//! in it.

mod gate;
mod image;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use jiff::{SignedDuration, Timestamp};
use ledger::name::{BadName, Key};
use sha2::{Digest as _, Sha256};

use super::offering::Offering;
use super::rows::{Booking, Number};

pub use gate::{Gate, NotAdmitted, Twice, Visits};
pub use image::svg;

const VERSION: u8 = 2;
/// Bytes before the signature.
const SAID: usize = 26;
/// Bytes in all.
const BYTES: usize = SAID + Signature::BYTE_SIZE;
/// Keeps the key from signing anything else that could be taken for a ticket.
const DOMAIN: &[u8] = b"tongxin ticket\n";

/// A slot's name, shortened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark([u8; 12]);

/// What a ticket says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ticket {
    /// The booking that it admits.
    pub booking: Number,
    /// To which slot.
    pub slot: Mark,
    /// Until when, in whole minutes.
    pub until: Timestamp,
    /// How many persons, all at once.
    pub party: u8,
}

/// Makes tickets. Whoever has its key can make them.
pub struct Issuer(SigningKey);

/// Reads tickets.
#[derive(Clone, Debug)]
pub struct Reader(VerifyingKey);

/// A text is no ticket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoTicket {
    /// Not 120 characters of base64url, or not of this version.
    #[error("this is not a ticket: show the code from My things")]
    Unreadable,
    /// The signature does not fit.
    #[error("this ticket was not issued here, or was changed: show the code from My things")]
    Forged,
}

/// A ticket cannot be made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotIssued {
    /// The booking gives no place.
    #[error("booking {0} gives no place now, so there is no ticket for it")]
    NoPlace(Number),
    /// Its number, its time or its party does not fit into a ticket.
    #[error("the number, the time or the party of booking {0} does not fit into a ticket")]
    Outside(Number),
}

impl Mark {
    /// The mark of a slot.
    #[must_use]
    pub fn of(slot: &Key) -> Self {
        let digest: [u8; 32] = Sha256::digest(slot.as_str()).into();
        let mut mark = [0; 12];
        mark.copy_from_slice(&digest[..12]);
        Self(mark)
    }
}

/// As doors are given it: base64url of its 12 bytes, 16 characters.
impl std::fmt::Display for Mark {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&URL_SAFE_NO_PAD.encode(self.0))
    }
}

impl Issuer {
    /// The issuer with this secret seed (RFC 8032).
    #[must_use]
    pub fn new(seed: &[u8; 32]) -> Self {
        Self(SigningKey::from_bytes(seed))
    }

    /// What reads its tickets.
    #[must_use]
    pub fn reader(&self) -> Reader {
        Reader(self.0.verifying_key())
    }

    /// The ticket of a booking that has a place: it admits as long as one can check in. The same booking has the same
    /// ticket each time.
    ///
    /// # Errors
    /// [`NotIssued`].
    pub fn ticket(&self, offering: &Offering, booking: &Booking) -> Result<String, NotIssued> {
        if !booking.holds_place() {
            return Err(NotIssued::NoPlace(booking.number.clone()));
        }
        let outside = || NotIssued::Outside(booking.number.clone());
        let until = offering.check_in(booking.from, booking.to).end;
        let minutes = u32::try_from(until.as_second().div_euclid(60)).map_err(|_| outside())?;
        let number: u64 = booking.number.to_string().parse().map_err(|_| outside())?;
        let mut said = Vec::with_capacity(BYTES);
        said.push(VERSION);
        said.extend(number.to_be_bytes());
        said.extend(Mark::of(&booking.slot).0);
        said.extend(minutes.to_be_bytes());
        said.push(u8::try_from(booking.party).map_err(|_| outside())?);
        let signature = self.0.sign(&signed(&said));
        said.extend(signature.to_bytes());
        Ok(URL_SAFE_NO_PAD.encode(said))
    }
}

impl std::fmt::Debug for Issuer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Issuer(…)")
    }
}

impl Reader {
    /// The reader with this public key; `None` if it is none.
    #[must_use]
    pub fn new(key: &[u8; 32]) -> Option<Self> {
        VerifyingKey::from_bytes(key).ok().map(Self)
    }

    /// The public key, to give to doors.
    #[must_use]
    pub fn key(&self) -> [u8; 32] {
        self.0.to_bytes()
    }

    /// The public key as text: base64url of its 32 bytes, 43 characters.
    #[must_use]
    pub fn text(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.key())
    }

    /// Reads a ticket. White space around it does not matter.
    ///
    /// # Errors
    /// [`NoTicket`].
    pub fn read(&self, text: &str) -> Result<Ticket, NoTicket> {
        let bytes = URL_SAFE_NO_PAD.decode(text.trim());
        let bytes = bytes.map_err(|_| NoTicket::Unreadable)?;
        let bytes: &[u8; BYTES] = bytes
            .as_slice()
            .try_into()
            .map_err(|_| NoTicket::Unreadable)?;
        let unreadable = NoTicket::Unreadable;
        let (said, signature) = bytes.split_first_chunk::<SAID>().ok_or(unreadable)?;
        let (&[version], rest) = said.split_first_chunk().ok_or(unreadable)?;
        if version != VERSION {
            return Err(unreadable);
        }
        let signature = Signature::from_slice(signature).map_err(|_| unreadable)?;
        self.0
            .verify_strict(&signed(said), &signature)
            .map_err(|_| NoTicket::Forged)?;
        let (number, rest) = rest.split_first_chunk().ok_or(unreadable)?;
        let (slot, rest) = rest.split_first_chunk().ok_or(unreadable)?;
        let (minutes, rest) = rest.split_first_chunk().ok_or(unreadable)?;
        let &[party] = rest.first_chunk().ok_or(unreadable)?;
        let minutes = SignedDuration::from_mins(u32::from_be_bytes(*minutes).into());
        let booking = Number::of(u64::from_be_bytes(*number));
        Ok(Ticket {
            booking: booking.map_err(|_: BadName| unreadable)?,
            slot: Mark(*slot),
            until: Timestamp::UNIX_EPOCH
                .checked_add(minutes)
                .map_err(|_| unreadable)?,
            party,
        })
    }
}

fn signed(said: &[u8]) -> Vec<u8> {
    [DOMAIN, said].concat()
}
