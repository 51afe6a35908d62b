//! Challenges: what a passkey is to sign. Nothing is kept of one until it was used: it says itself until when it is good, and a
//! mark under the server's key binds that to what it is for. So any node takes what another has asked, and asking costs nothing.

use super::Wrong;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use forms::people::{Blind, BlindKey};
use jiff::Timestamp;
use ledger::name::Person;
use session::SessionId;

/// How long one is good (ms): WebAuthn recommends five minutes, within which its person finds the phone.
const GOOD_FOR_MS: i64 = 5 * 60 * 1000;
const TIME_BYTES: usize = 8;
const CHANCE_BYTES: usize = 32;

/// What a challenge is for; an answer to one for anything else is not taken.
#[derive(Clone, Copy, Debug)]
pub enum Purpose<'a> {
    /// A passkey for somebody, within this session of theirs.
    Add(&'a Person, SessionId),
    /// Signing in.
    SignIn,
}

impl Purpose<'_> {
    fn what(&self) -> String {
        match self {
            Self::Add(person, session) => format!("add/{person}/{session}"),
            Self::SignIn => "sign-in".to_owned(),
        }
    }
}

/// A new one, as browsers are sent it.
pub fn new(
    key: &BlindKey,
    purpose: Purpose<'_>,
    chance: &[u8; CHANCE_BYTES],
    now: Timestamp,
) -> String {
    let until_ms = now.as_millisecond().saturating_add(GOOD_FOR_MS);
    let mark = mark(key, purpose, until_ms, chance);
    let bytes = [&until_ms.to_be_bytes()[..], chance, mark.bytes()].concat();
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The bytes of one that was answered, and until when it is good, so that it can be used up.
pub fn answered(
    key: &BlindKey,
    purpose: Purpose<'_>,
    text: &str,
    now: Timestamp,
) -> Result<(Vec<u8>, Timestamp), Wrong> {
    let read = || {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let (until_ms, rest) = bytes.split_first_chunk::<TIME_BYTES>()?;
        let (chance, marked) = rest.split_first_chunk::<CHANCE_BYTES>()?;
        let until_ms = i64::from_be_bytes(*until_ms);
        if !mark(key, purpose, until_ms, chance).is(marked) {
            return None;
        }
        let until = Timestamp::from_millisecond(until_ms).ok()?;
        (now < until).then_some((bytes, until))
    };
    read().ok_or(Wrong::Challenge)
}

fn mark(key: &BlindKey, purpose: Purpose<'_>, until_ms: i64, chance: &[u8]) -> Blind {
    key.challenge(&purpose.what(), until_ms, &URL_SAFE_NO_PAD.encode(chance))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::SignedDuration;

    const KEY: BlindKey = BlindKey([5; 32]);

    #[test]
    fn a_challenge_is_good_for_what_it_was_asked_for_and_for_five_minutes() {
        let now: Timestamp = "2022-01-06T00:00:00.5Z".parse().unwrap();
        let until = now + SignedDuration::from_mins(5);
        let (li, wang) = (Person::new("li").unwrap(), Person::new("wang").unwrap());
        let (one, other) = (1, 2);
        let all = [
            Purpose::SignIn,
            Purpose::Add(&li, one),
            Purpose::Add(&li, other),
            Purpose::Add(&wang, one),
        ];
        for (asked, purpose) in all.iter().enumerate() {
            let text = new(&KEY, *purpose, &[7; 32], now);
            for (tried, purpose) in all.iter().enumerate() {
                let taken = answered(&KEY, *purpose, &text, now).map(|(_, until)| until);
                let expected = (asked == tried).then_some(until).ok_or(Wrong::Challenge);
                assert_eq!(taken, expected, "{asked} {tried}");
            }
            let after = |ms| {
                let then = now + SignedDuration::from_millis(ms);
                answered(&KEY, *purpose, &text, then).is_ok()
            };
            assert!(after(0) && after(GOOD_FOR_MS - 1) && !after(GOOD_FOR_MS));
        }
    }

    #[test]
    fn nobody_makes_or_changes_one() {
        let now: Timestamp = "2022-01-06T00:00:00Z".parse().unwrap();
        let text = new(&KEY, Purpose::SignIn, &[7; 32], now);
        let taken = |text: &str| answered(&KEY, Purpose::SignIn, text, now).is_ok();
        assert!(taken(&text));
        let other = new(&KEY, Purpose::SignIn, &[8; 32], now);
        assert!(taken(&other) && text != other);
        for at in 0..text.len() {
            let mut letters = text.clone().into_bytes();
            letters[at] = if letters[at] == b'A' { b'B' } else { b'A' };
            assert!(!taken(&String::from_utf8(letters).unwrap()), "{at}");
        }
        for wrong in [
            String::new(),
            "*".to_owned(),
            text[..text.len() - 4].to_owned(),
            format!("{text}AAAA"),
            format!("{text}="),
            new(&BlindKey([6; 32]), Purpose::SignIn, &[7; 32], now),
        ] {
            assert!(!taken(&wrong), "{wrong}");
        }
    }
}
