//! Who takes part in a draw, by a number that says nothing to others.

use serde::{Deserialize, Serialize};

/// Characters an entrant's number may have.
pub const ENTRANT_CHARS_MAX: usize = 64;

/// An entrant's number: what the person's receipt shows, and nothing that others could know the person by.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Entrant(Box<str>);

/// A text cannot stand in a published list of entrants.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadEntrant {
    /// Not a number of the plain sort.
    #[error(
        "`{0}` is no entrant's number: 1 to {ENTRANT_CHARS_MAX} of the letters a–z and A–Z, digits, `-`, `_`, `.` and `/`"
    )]
    Characters(String),
    /// It would give somebody away.
    #[error(
        "`{0}` looks like an identity card or mobile phone number; the list is published, so number entrants anew"
    )]
    Personal(String),
}

impl Entrant {
    /// Takes a number for a new list.
    ///
    /// # Errors
    /// [`BadEntrant`] when it has other characters, or looks like an identity card (GB 11643) or mobile phone number.
    pub fn new(text: &str) -> Result<Self, BadEntrant> {
        let entrant = Self::try_from(text.to_owned())?;
        if is_identity_number(text.as_bytes()) || is_mobile_number(text.as_bytes()) {
            return Err(BadEntrant::Personal(text.to_owned()));
        }
        Ok(entrant)
    }

    /// Its text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Reading a list judges only the characters: what was published cannot be renumbered.
impl TryFrom<String> for Entrant {
    type Error = BadEntrant;

    fn try_from(text: String) -> Result<Self, BadEntrant> {
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '/');
        if (1..=ENTRANT_CHARS_MAX).contains(&text.len()) && text.chars().all(plain) {
            Ok(Self(text.into()))
        } else {
            // Hostile texts may be long; the start is enough to find them.
            let start = text.chars().take(ENTRANT_CHARS_MAX).collect();
            Err(BadEntrant::Characters(start))
        }
    }
}

impl From<Entrant> for String {
    fn from(entrant: Entrant) -> Self {
        entrant.0.into()
    }
}

impl std::fmt::Display for Entrant {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// 17 digits and a check character as GB 11643 computes it (ISO 7064, MOD 11-2).
fn is_identity_number(text: &[u8]) -> bool {
    let Some((check, digits)) = text.split_last() else {
        return false;
    };
    if digits.len() != 17 || !digits.iter().all(u8::is_ascii_digit) {
        return false;
    }
    let sum = digits
        .iter()
        .fold(0, |sum, digit| (sum + u32::from(digit - b'0')) * 2 % 11);
    let expected = (12 - sum) % 11;
    match check.to_ascii_uppercase() {
        b'X' => expected == 10,
        digit => digit.is_ascii_digit() && u32::from(digit - b'0') == expected,
    }
}

/// 11 digits from 13… to 19….
fn is_mobile_number(text: &[u8]) -> bool {
    text.len() == 11
        && text.iter().all(u8::is_ascii_digit)
        && text[0] == b'1'
        && (b'3'..=b'9').contains(&text[1])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_plain() {
        for fine in ["1", "0423", "A-7/3_b.c", &"9".repeat(64)] {
            assert_eq!(Entrant::new(fine).unwrap().as_str(), fine);
        }
        for wrong in ["", "王芳", "a b", "a\n", "a\"", &"9".repeat(65)] {
            assert!(
                matches!(Entrant::new(wrong), Err(BadEntrant::Characters(_))),
                "{wrong:?}"
            );
        }
    }

    /// The number is the example of GB 11643-1999.
    #[test]
    fn what_gives_a_person_away_does_not_enter_a_new_list() {
        for personal in [
            "11010519491231002X",
            "11010519491231002x",
            "440524188001010014",
            "13800138000",
        ] {
            assert_eq!(
                Entrant::new(personal),
                Err(BadEntrant::Personal(personal.to_owned()))
            );
            assert!(Entrant::try_from(personal.to_owned()).is_ok());
        }
        for fine in [
            "110105194912310021",
            "11010519491231002Y",
            "12800138000",
            "1380013800",
        ] {
            assert!(Entrant::new(fine).is_ok(), "{fine}");
        }
    }
}
