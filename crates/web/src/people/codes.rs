//! One-time codes by mail: asked for, and typed in.

use super::password::Password;
use super::{Caller, Kept, People, Stopped, Visitor, locked, no_chance, ours};
use crate::failure::Failure;
use forms::people::account::Access;
use forms::people::code::{Code, CodeState, Purpose, SendCode, Sending, TypeCode, Typed, Wants};
use forms::people::{Account, MailAddress, Refusal};
use jiff::Timestamp;
use ledger::given::{Chance as _, SystemChance};
use ledger::name::{Key, Person, RequestId};
use session::Token;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Instant, sleep_until};

/// An answer that something is wrong takes so long, whether there is such an account or not.
const ANSWER_AFTER: Duration = Duration::from_millis(400);

impl People {
    /// Asks for a code by mail. What comes of it is not told and not waited for: whoever asks learns nothing about an address
    /// but by reading its mail.
    pub fn ask_code(
        self: &Arc<Self>,
        mail: &MailAddress,
        purpose: Purpose,
        caller: &Caller,
        now: Timestamp,
    ) -> Result<(), Stopped> {
        let login = self.blind.login(mail);
        {
            let mut asked = locked(&self.codes_asked);
            asked
                .may_try(&login, caller.from, now)
                .map_err(Stopped::Wait)?;
            asked.failed(&login, caller.from, now);
        }
        let (people, lang) = (self.clone(), caller.lang);
        tokio::spawn(async move {
            let found = people.with(move |_, kept| kept.entered_by(&login)).await;
            let sent = match found {
                Ok(Some(of)) => {
                    if let Some(posting) = &people.posting {
                        let _ = posting.reads(of.person.clone(), lang).await;
                    }
                    people.send_code(&of.person, purpose, now).await
                }
                Ok(None) => Ok(()),
                Err(failure) => Err(failure.into()),
            };
            // A refusal is that enough codes were sent of late, which is for nobody else to know.
            if let Err(Stopped::Failure(failure)) = sent {
                eprintln!("codes: {failure}");
            }
        });
        Ok(())
    }

    /// Has a code sent to somebody.
    pub async fn send_code(
        self: &Arc<Self>,
        person: &Person,
        purpose: Purpose,
        now: Timestamp,
    ) -> Result<(), Stopped> {
        let chance = SystemChance.bytes();
        let chance = chance.as_ref().and_then(|bytes| bytes.first_chunk());
        let request = RequestId::new(now, *chance.ok_or_else(no_chance)?);
        // The outbox makes the digits of the request's id as well, so nobody has to keep them.
        let digits = self.blind.digits(request);
        let sending = Sending {
            person: person.clone(),
            purpose,
            digest: self.blind.code(person, purpose, &digits),
        };
        self.give_as(request, person, SendCode, sending).await?;
        if let Some(posting) = &self.posting {
            posting.look();
        }
        Ok(())
    }

    /// Signs somebody in by a code, with a new password if they want one.
    pub async fn enter_by_code(
        self: &Arc<Self>,
        mail: &MailAddress,
        digits: &str,
        password: Option<Password>,
        caller: &Caller,
        now: Timestamp,
    ) -> Result<Token, Stopped> {
        let login = self.blind.login(mail);
        locked(&self.failures)
            .may_try(&login, caller.from, now)
            .map_err(Stopped::Wait)?;
        let answer_at = Instant::now() + ANSWER_AFTER;
        let person = self.typed_by(login, digits, password, now).await;
        match person {
            Ok(Some(person)) => {
                locked(&self.failures).succeeded(&login);
                self.begin(person, caller, now).await
            }
            Ok(None) => {
                locked(&self.failures).failed(&login, caller.from, now);
                sleep_until(answer_at).await;
                Err(Stopped::WrongCode)
            }
            Err(stopped) => Err(stopped),
        }
    }

    /// Whose code this is, if it is right.
    async fn typed_by(
        self: &Arc<Self>,
        login: forms::people::Blind,
        digits: &str,
        password: Option<Password>,
        now: Timestamp,
    ) -> Result<Option<Person>, Stopped> {
        // Hashed before anything is known of the account, so that it takes as long without one.
        let hash = match password {
            Some(password) => Some(self.hashing.leave().await?.hash(password).await?),
            None => None,
        };
        let found = self.with(move |_, kept| kept.entered_by(&login)).await?;
        let Some(person) = found.map(|of| of.person) else {
            return Ok(None);
        };
        let wants = match hash {
            None => Wants::SignIn,
            Some(hash) => {
                let whose = person.clone();
                let sealed = self.with(move |_, kept| kept.seal(&whose, &hash)).await?;
                Wants::NewPassword(sealed)
            }
        };
        let right = self.type_code(&person, digits, wants, now).await?;
        Ok(right.then_some(person))
    }

    /// Confirms the address of somebody who is signed in.
    pub async fn confirm_mail(
        self: &Arc<Self>,
        visitor: &Visitor,
        digits: &str,
        now: Timestamp,
    ) -> Result<(), Stopped> {
        let person = &visitor.session.person;
        match self
            .type_code(person, digits, Wants::ConfirmMail, now)
            .await?
        {
            true => Ok(()),
            false => Err(Stopped::WrongCode),
        }
    }

    /// Whether a code is the one that was sent. A wrong one uses up a try.
    async fn type_code(
        self: &Arc<Self>,
        person: &Person,
        digits: &str,
        wants: Wants,
        now: Timestamp,
    ) -> Result<bool, Stopped> {
        let purpose = wants.purpose();
        let digits: String = digits
            .chars()
            .filter(|c| !c.is_whitespace())
            .take(16)
            .collect();
        let typed = Typed {
            person: person.clone(),
            digest: self.blind.code(person, purpose, &digits),
            wants,
        };
        let chance = SystemChance.bytes();
        let chance = chance.as_ref().and_then(|bytes| bytes.first_chunk());
        let request = RequestId::new(now, *chance.ok_or_else(no_chance)?);
        let sequence = match self.give_as(request, person, TypeCode, typed).await {
            Ok(sequence) => sequence,
            Err(Stopped::Refused(
                Refusal::NoCode
                | Refusal::CodeExpired
                | Refusal::CodeVoid
                | Refusal::NoAccount
                | Refusal::ChildsAccount,
            )) => return Ok(false),
            Err(stopped) => return Err(stopped),
        };
        let key = Code::key_of(person, purpose).map_err(ours)?;
        let code = self.with(move |_, kept| kept.row::<Code>(key)).await?;
        Ok(code.is_some_and(|code| code.state == CodeState::Used(sequence)))
    }
}

impl Kept {
    /// Whether somebody has shown that the address is theirs.
    pub(super) fn mail_confirmed(&self, person: &Person) -> Result<bool, Failure> {
        let account = self.row::<Account>(Key::from(person.clone()))?;
        Ok(account.is_some_and(|account| {
            matches!(
                account.access,
                Access::Own {
                    mail_confirmed: true,
                    ..
                }
            )
        }))
    }
}
