//! One-time codes by mail: sent, and typed in again.

use jiff::{SignedDuration, Timestamp};
use ledger::Draft;
use ledger::form::{Form, Stop};
use ledger::item::{Found, Row};
use ledger::name::{BadName, Index, Key, Person};
use serde::{Deserialize, Serialize};

use super::account::{Access, account};
use super::blind::Blind;
use super::key_of;
use super::private::{PasswordHash, Private};
use super::refusal::Refusal;

/// How long a code is good.
pub const CODE_LIFE: SignedDuration = SignedDuration::from_mins(10);
/// How often a code may be typed in before it is void. Of a million codes, five tries guess one in 200,000.
pub const TRIES_MAX: u8 = 5;
/// Codes one purpose may be sent within an hour.
pub const CODES_PER_HOUR_MAX: usize = 5;
const HOUR: SignedDuration = SignedDuration::from_hours(1);

/// What a code is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Purpose {
    /// Signing in without the password.
    SignIn,
    /// Showing that the address is one's own.
    ConfirmMail,
    /// Setting another password when the old one is lost.
    NewPassword,
}

impl Purpose {
    /// Its name, as in entries.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::SignIn => "sign-in",
            Self::ConfirmMail => "confirm-mail",
            Self::NewPassword => "new-password",
        }
    }
}

/// The code last sent to a person for a purpose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Code {
    /// To whom.
    pub person: Person,
    /// What for.
    pub purpose: Purpose,
    /// Its index; the code itself is only in the mail.
    pub digest: Blind,
    /// Until when it is good.
    pub until: Timestamp,
    /// What has become of it.
    pub state: CodeState,
    /// When codes for this were sent within the last hour, this one included.
    pub sent: Vec<Timestamp>,
}

/// What has become of a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CodeState {
    /// It may be typed in this often yet; void at none.
    Waiting(u8),
    /// It was typed in rightly in this entry. Who commanded that entry has shown that they read the mail.
    Used(u64),
}

impl Code {
    /// The key of a person's code for a purpose.
    ///
    /// # Errors
    /// [`BadName`] when the pseudonym is too long.
    pub fn key_of(person: &Person, purpose: Purpose) -> Result<Key, BadName> {
        Key::new(&format!("{}/{person}", purpose.name()))
    }

    /// How all codes of a person are found.
    ///
    /// # Errors
    /// Never: the index's name is one.
    pub fn of(person: &Person) -> Result<Found, BadName> {
        Ok(Found(Index::new("code.person")?, key_of(person)))
    }
}

impl Row for Code {
    const KIND: &'static str = "code";
    const SHAPE: u16 = 1;

    fn key(&self) -> Key {
        Self::key_of(&self.person, self.purpose).unwrap_or_else(|_| key_of(&self.person))
    }

    fn found_by(&self) -> Vec<Found> {
        Self::of(&self.person).into_iter().collect()
    }
}

/// Notes that a code is sent. The mail goes out when this is durable.
#[derive(Clone, Copy, Debug, Default)]
pub struct SendCode;

/// What [`SendCode`] is told.
#[derive(Clone, Debug, Serialize)]
pub struct Sending {
    /// To whom.
    pub person: Person,
    /// What for.
    pub purpose: Purpose,
    /// Index of the code.
    pub digest: Blind,
}

impl Form for SendCode {
    type Command = Sending;
    type Refusal = Refusal;
    const NAME: &'static str = "send-code";
    const SHAPE: u16 = 1;

    fn decide(&self, sending: &Sending, draft: &mut Draft<'_>) -> Result<(), Stop<Refusal>> {
        let Sending {
            person,
            purpose,
            digest,
        } = sending;
        if account(draft, person)?.is_childs() {
            return Err(Stop::Refused(Refusal::ChildsAccount));
        }
        let now = draft.now();
        let before = draft.get::<Code>(&Code::key_of(person, *purpose)?)?;
        let mut sent = before.map(|code| code.sent).unwrap_or_default();
        sent.retain(|at| now.duration_since(*at) < HOUR);
        if let (true, Some(first)) = (sent.len() >= CODES_PER_HOUR_MAX, sent.first()) {
            let until = first.saturating_add(HOUR).unwrap_or(now);
            return Err(Stop::Refused(Refusal::TooManyCodes { until }));
        }
        sent.push(now);
        Ok(draft.put(&Code {
            person: person.clone(),
            purpose: *purpose,
            digest: *digest,
            until: now.saturating_add(CODE_LIFE).unwrap_or(now),
            state: CodeState::Waiting(TRIES_MAX),
            sent,
        })?)
    }
}

/// Takes a code that was typed in.
///
/// A wrong code is an entry too, as it uses up a try: tries sent at once are decided one after the other, so there are never
/// more than [`TRIES_MAX`]. Whether it was right is told by the code's row: `Used` by this entry.
#[derive(Clone, Copy, Debug, Default)]
pub struct TypeCode;

/// What [`TypeCode`] is told.
#[derive(Clone, Debug, Serialize)]
pub struct Typed {
    /// Whose code.
    pub person: Person,
    /// Index of what was typed in.
    pub digest: Blind,
    /// What the person wants with it.
    pub wants: Wants,
}

/// What a person wants with a code.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Wants {
    /// To sign in.
    SignIn,
    /// To confirm the address.
    ConfirmMail,
    /// This password from now on.
    NewPassword(Private<PasswordHash>),
}

impl Wants {
    /// The purpose for which the code must have been sent.
    #[must_use]
    pub const fn purpose(&self) -> Purpose {
        match self {
            Self::SignIn => Purpose::SignIn,
            Self::ConfirmMail => Purpose::ConfirmMail,
            Self::NewPassword(_) => Purpose::NewPassword,
        }
    }
}

impl Form for TypeCode {
    type Command = Typed;
    type Refusal = Refusal;
    const NAME: &'static str = "type-code";
    const SHAPE: u16 = 1;

    fn decide(&self, typed: &Typed, draft: &mut Draft<'_>) -> Result<(), Stop<Refusal>> {
        let mut account = account(draft, &typed.person)?;
        let key = Code::key_of(&typed.person, typed.wants.purpose())?;
        let found = draft.get::<Code>(&key)?;
        let mut code = found.ok_or(Stop::Refused(Refusal::NoCode))?;
        let tries = match code.state {
            CodeState::Used(_) => return Err(Stop::Refused(Refusal::NoCode)),
            CodeState::Waiting(0) => return Err(Stop::Refused(Refusal::CodeVoid)),
            CodeState::Waiting(tries) => tries,
        };
        if draft.now() >= code.until {
            return Err(Stop::Refused(Refusal::CodeExpired));
        }
        if code.digest != typed.digest {
            code.state = CodeState::Waiting(tries - 1);
            return Ok(draft.put(&code)?);
        }
        code.state = CodeState::Used(draft.sequence());
        if let Wants::NewPassword(password) = &typed.wants {
            account.renew_password(password)?;
        }
        // Whoever typed it in has read the mail.
        if let Access::Own { mail_confirmed, .. } = &mut account.access {
            *mail_confirmed = true;
        }
        draft.put(&code)?;
        Ok(draft.put(&account)?)
    }
}
