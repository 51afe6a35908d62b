//! Unified social credit codes (GB 32100-2015) and the organisation codes inside them (GB 11714-1997).

/// The 31 characters of GB 32100: digits and capitals without I, O, S, V, Z.
const CHARACTERS: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
/// Weights of the first 17 characters: powers of 3 modulo 31.
const WEIGHTS: [u32; 17] = [
    1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28,
];
/// Weights of the 8 characters of an organisation code.
const ORGANISATION_WEIGHTS: [u32; 8] = [3, 7, 9, 10, 5, 8, 4, 2];

/// What is wrong with a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CodeFault {
    /// It does not have 18 characters.
    #[error("a unified social credit code has 18 characters, this one {0}")]
    Length(usize),
    /// A character that codes do not use.
    #[error("`{0}` does not occur in unified social credit codes")]
    Character(char),
    /// The 17th character does not follow from those before (GB 11714).
    #[error("the check character of the organisation code should be `{0}`, at place 17")]
    Organisation(char),
    /// The last character does not follow from those before (GB 32100).
    #[error("the check character should be `{0}`, at place 18")]
    Check(char),
}

impl CodeFault {
    /// The fault in Chinese.
    pub fn zh(&self) -> String {
        match self {
            CodeFault::Length(seen) => format!("统一社会信用代码应有 18 位，这里有 {seen} 位"),
            CodeFault::Character(seen) => format!("统一社会信用代码里没有“{seen}”"),
            CodeFault::Organisation(due) => {
                format!("组织机构代码的校验位（第 17 位）应为“{due}”")
            }
            CodeFault::Check(due) => format!("校验位（第 18 位）应为“{due}”"),
        }
    }
}

/// Checks a code: length, characters, both check characters.
///
/// ```
/// use city::register::credit_code::{CodeFault, check};
/// assert_eq!(check("91350100M000100Y43"), Ok(()));
/// assert_eq!(check("91350100M000100Y44"), Err(CodeFault::Check('3')));
/// ```
///
/// # Errors
/// The first fault.
pub fn check(code: &str) -> Result<(), CodeFault> {
    let seen = code.chars().count();
    if seen != 18 {
        return Err(CodeFault::Length(seen));
    }
    if let Some(wrong) = code.chars().find(|c| value(*c).is_none()) {
        return Err(CodeFault::Character(wrong));
    }
    let part = |range: std::ops::Range<usize>| code.get(range).unwrap_or_default();
    let due = organisation_check(part(8..16));
    if !part(16..17).starts_with(due) {
        return Err(CodeFault::Organisation(due));
    }
    let due = check_character(part(0..17));
    if !part(17..18).starts_with(due) {
        return Err(CodeFault::Check(due));
    }
    Ok(())
}

/// The last character of a code whose first 17 are given (GB 32100, modulo 31).
pub fn check_character(code: &str) -> char {
    let sum: u32 = code
        .chars()
        .zip(WEIGHTS)
        .filter_map(|(c, weight)| Some(value(c)? * weight))
        .sum();
    let due = (31 - sum % 31) % 31;
    CHARACTERS.get(due as usize).map_or('0', |c| char::from(*c))
}

/// The check character of an organisation code whose first 8 are given (GB 11714, modulo 11).
pub fn organisation_check(code: &str) -> char {
    let sum: u32 = code
        .chars()
        .zip(ORGANISATION_WEIGHTS)
        .filter_map(|(c, weight)| Some(c.to_digit(36)? * weight))
        .sum();
    match 11 - sum % 11 {
        10 => 'X',
        11 => '0',
        due => char::from_digit(due, 10).unwrap_or('0'),
    }
}

fn value(c: char) -> Option<u32> {
    let at = CHARACTERS
        .iter()
        .position(|known| char::from(*known) == c)?;
    u32::try_from(at).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Codes of well-known companies, as they print them themselves.
    #[test]
    fn codes_in_use_are_right() {
        for code in [
            "91350100M000100Y43",
            "914403001922038216",
            "9144030071526726XG",
            "91330100799655058B",
            "91110000802100433B",
        ] {
            assert_eq!(check(code), Ok(()), "{code}");
        }
    }

    #[test]
    fn every_changed_character_is_noticed() {
        let code = "91350100M000100Y43";
        for at in 0..18 {
            for other in CHARACTERS.iter().map(|c| char::from(*c)) {
                let changed: String = code
                    .chars()
                    .enumerate()
                    .map(|(i, c)| if i == at { other } else { c })
                    .collect();
                assert_eq!(check(&changed).is_ok(), changed == code, "{changed}");
            }
        }
    }

    #[test]
    fn faults_are_told_apart() {
        assert_eq!(check("91"), Err(CodeFault::Length(2)));
        assert_eq!(check("91350100M0001O0Y43"), Err(CodeFault::Character('O')));
        assert_eq!(
            check("91350100M000100Y53"),
            Err(CodeFault::Organisation('4'))
        );
    }
}
