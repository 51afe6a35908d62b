//! What records keep: the rows of the ledger's state, and by what they are found.

use jiff::Timestamp;
use ledger::item::{Found, Row};
use ledger::name::{BadName, Claim, Index, Key, Person, Seed, TextVersion};
use notice::Label;
use serde::{Deserialize, Serialize};

use super::holder::Holder;
use crate::people::powers::Citation;
use crate::people::{PersonName, Private};

/// Characters of a serial number that chance decides.
const DRAWN: usize = 8;
/// No letter here is taken for another or for a digit (Crockford's base 32).
const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// A certificate's number: that of its entry in twelve digits, and eight characters that nobody can guess, so that numbers
/// cannot be tried one after the other. `000000001234-7KQ4MX2P`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Serial(Key);

impl Serial {
    /// The number of the certificate that this entry makes with this chance.
    pub(super) fn of(entry: u64, seed: Seed) -> Result<Self, BadName> {
        let drawn = seed.0.iter().take(DRAWN);
        let drawn: String = drawn
            .map(|byte| char::from(LETTERS[usize::from(byte % 32)]))
            .collect();
        Key::new(&format!("{entry:012}-{drawn}")).map(Self)
    }

    /// A number as somebody writes it down: in any case, with spaces, `O` for zero and `I` or `L` for one.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        const CHARACTERS_MAX: usize = 64;
        let mut plain = String::new();
        for c in text.trim().chars().take(CHARACTERS_MAX) {
            match c.to_ascii_uppercase() {
                'O' => plain.push('0'),
                'I' | 'L' => plain.push('1'),
                '-' | '–' | ' ' => {}
                c if LETTERS.contains(&u8::try_from(c).ok()?) => plain.push(c),
                _ => return None,
            }
        }
        let (entry, drawn) = plain.split_at_checked(plain.len().checked_sub(DRAWN)?)?;
        let digits = entry.len() >= 12 && entry.bytes().all(|b| b.is_ascii_digit());
        digits
            .then(|| Key::new(&format!("{entry}-{drawn}")).ok())
            .flatten()
            .map(Self)
    }

    /// The key of its row.
    #[must_use]
    pub const fn key(&self) -> &Key {
        &self.0
    }

    /// Its text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

impl std::fmt::Display for Serial {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// What somebody has done, certified.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Certificate {
    /// Its number.
    pub serial: Serial,
    /// For whom.
    pub person: Person,
    /// The offer: `library-volunteers#volunteers`.
    pub offer: Key,
    /// The version of the notice's text by which it was issued.
    pub text: TextVersion,
    /// The notice's title then.
    pub title: Label,
    /// The notice was of a demo, and so is the certificate.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub demo: bool,
    /// Id of the office that issued the notice.
    pub issuer: String,
    /// The holder's name, sealed.
    pub holder: Private<Holder>,
    /// What was done, by project.
    pub parts: Vec<Part>,
    /// When the first session began.
    pub from: Timestamp,
    /// When the last session ended.
    pub to: Timestamp,
    /// Minutes that the offer promises.
    pub promised: u32,
    /// When it was issued.
    pub issued: Timestamp,
    /// By whom of staff; nothing if the holder asked for it and the notice's promise alone gives it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub under: Option<Authority>,
    /// The void one that it takes the place of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaces: Option<Serial>,
    /// Since it is void.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revoked: Option<Revoked>,
}

/// What was done in one project of an offer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Part {
    /// The project's name then; nothing if the offer has no projects.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub project: Option<Label>,
    /// Sessions that count.
    pub sessions: u32,
    /// Minutes between checking in and out.
    pub checked: u32,
    /// Minutes that staff granted.
    pub granted: u32,
}

/// By which clause of the powers staff did something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Authority {
    /// Id of the office in whose name.
    pub office: String,
    /// The clauses: `powers#certificate`.
    pub clauses: Vec<String>,
}

/// That a certificate is void.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Revoked {
    /// Since when.
    pub at: Timestamp,
    /// Why. Everybody who looks the number up sees it, so it tells nothing of the person.
    pub reason: Reason,
    /// By whom.
    pub under: Authority,
    /// The one that has taken its place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaced_by: Option<Serial>,
}

/// Why a certificate was made void.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    /// The hours are not right.
    HoursWrong,
    /// It names somebody else.
    HolderWrong,
    /// Another one takes its place.
    Replaced,
    /// The holder asked for it.
    Asked,
}

impl Reason {
    /// All of them.
    pub const ALL: [Self; 4] = [
        Self::HoursWrong,
        Self::HolderWrong,
        Self::Replaced,
        Self::Asked,
    ];

    /// Its name in entries and forms.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::HoursWrong => "hours-wrong",
            Self::HolderWrong => "holder-wrong",
            Self::Replaced => "replaced",
            Self::Asked => "asked",
        }
    }

    /// As people are told it.
    #[must_use]
    pub fn label(self) -> Label {
        let (zh, en) = match self {
            Self::HoursWrong => ("时长记录有误", "the hours were recorded wrongly"),
            Self::HolderWrong => ("姓名与本人不符", "the name is not the person's"),
            Self::Replaced => ("已换发新证明", "another certificate takes its place"),
            Self::Asked => ("本人申请作废", "its holder asked for it"),
        };
        Label::new(zh, en)
    }
}

impl Certificate {
    /// Minutes between checking in and out.
    #[must_use]
    pub fn checked(&self) -> u32 {
        self.parts
            .iter()
            .fold(0, |sum, part| sum.saturating_add(part.checked))
    }

    /// Minutes that staff granted.
    #[must_use]
    pub fn granted(&self) -> u32 {
        self.parts
            .iter()
            .fold(0, |sum, part| sum.saturating_add(part.granted))
    }

    /// Sessions that count.
    #[must_use]
    pub fn sessions(&self) -> u32 {
        self.parts
            .iter()
            .fold(0, |sum, part| sum.saturating_add(part.sessions))
    }

    /// The notice's slug.
    #[must_use]
    pub fn notice(&self) -> &str {
        self.offer.as_str().split('#').next().unwrap_or_default()
    }

    /// How a person's certificates are found.
    ///
    /// # Errors
    /// Never: these are names.
    pub fn of_person(person: &Person) -> Result<Found, BadName> {
        Ok(Found(
            Index::new("certificate.person")?,
            Key::from(person.clone()),
        ))
    }

    /// How an offer's certificates are found.
    ///
    /// # Errors
    /// Never: these are names.
    pub fn of_offer(offer: &Key) -> Result<Found, BadName> {
        Ok(Found(Index::new("certificate.offer")?, offer.clone()))
    }

    /// How those that are void are found.
    ///
    /// # Errors
    /// Never: these are names.
    pub fn void() -> Result<Found, BadName> {
        Ok(Found(Index::new("certificate.void")?, Key::new("void")?))
    }

    /// What keeps a person from having two that hold for one offer.
    pub(super) fn claim(person: &Person, offer: &Key) -> Result<Claim, BadName> {
        Claim::new(&format!("certificate/{person}/{offer}"))
    }
}

impl Authority {
    pub(crate) fn of(citation: &Citation) -> Self {
        let clauses = citation.because().iter();
        Self {
            office: citation.office().to_owned(),
            clauses: clauses
                .map(|because| format!("{}#{}", because.notice, because.rule))
                .collect(),
        }
    }
}

impl Row for Certificate {
    const KIND: &'static str = "certificate";
    const SHAPE: u16 = 1;

    fn key(&self) -> Key {
        self.serial.0.clone()
    }

    fn found_by(&self) -> Vec<Found> {
        let void = self.revoked.is_some().then(Self::void);
        let all = [Self::of_person(&self.person), Self::of_offer(&self.offer)];
        all.into_iter().chain(void).flatten().collect()
    }
}

/// That a person lets their name be shown where an offer's commended are listed. While there is none, the list has a
/// pseudonym.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Named {
    /// Who.
    pub person: Person,
    /// Among the commended of which offer.
    pub offer: Key,
    /// The name, sealed: it is shown only as long as it can be opened.
    pub name: Private<PersonName>,
    /// Since when.
    pub since: Timestamp,
}

impl Named {
    /// The key of the row about a person and an offer.
    ///
    /// # Errors
    /// [`BadName`] when the two are too long together.
    pub fn key_of(person: &Person, offer: &Key) -> Result<Key, BadName> {
        Key::new(&format!("{person}/{offer}"))
    }

    /// How those who show their names are found.
    ///
    /// # Errors
    /// Never: these are names.
    pub fn of_offer(offer: &Key) -> Result<Found, BadName> {
        Ok(Found(Index::new("named.offer")?, offer.clone()))
    }
}

impl Row for Named {
    const KIND: &'static str = "named";
    const SHAPE: u16 = 1;

    fn key(&self) -> Key {
        // The decider has made this key before it made the row.
        Self::key_of(&self.person, &self.offer).unwrap_or_else(|_| self.offer.clone())
    }

    fn found_by(&self) -> Vec<Found> {
        Self::of_offer(&self.offer).into_iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_serial_is_read_as_people_write_it_down() {
        let serial = Serial::of(1234, Seed([7; 32])).unwrap();
        assert_eq!(serial.as_str(), "000000001234-77777777");
        for written in [
            "000000001234-77777777",
            " 0000 0000 1234 7777 7777 ",
            "oooooooo1234-77777777",
            "00000000I234-77777777",
        ] {
            assert_eq!(Serial::read(written), Some(serial.clone()), "{written}");
        }
        for wrong in [
            "",
            "1234",
            "77777777",
            "0000000012a4-7777777é",
            "000000001234-7777777U",
        ] {
            assert_eq!(Serial::read(wrong), None, "{wrong}");
        }
        let long = "9".repeat(500);
        assert_ne!(Serial::read(&long), Some(serial));
    }
}
