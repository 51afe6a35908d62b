//! Money in whole fen, and the royalty that sales make due.

use notice::Label;
use serde::{Deserialize, Serialize};

/// Basis points of the whole.
const WHOLE: u64 = 10_000;

/// An amount of money in fen (1/100 yuan), never negative.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Fen(u64);

/// Hundredths of a percent: 850 are 8.5 %. At most all of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "u64", into = "u64")]
pub struct BasisPoints(u16);

/// What a partner pays for a licence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Royalty {
    /// A share of what was sold.
    Share(BasisPoints),
    /// So much for each piece that was sold.
    Each(Fen),
}

impl Fen {
    /// The largest amount that anything here can be: 1,000,000,000 yuan. A product of it with basis points or pieces fits into
    /// 64 bits, and so does the sum of a hundred million of them.
    pub const MAX: Self = Self(100_000_000_000);

    /// An amount; nothing if it is larger than [`Fen::MAX`].
    #[must_use]
    pub const fn new(fen: u64) -> Option<Self> {
        match fen <= Self::MAX.0 {
            true => Some(Self(fen)),
            false => None,
        }
    }

    /// Its number of fen.
    #[must_use]
    pub const fn fen(self) -> u64 {
        self.0
    }

    /// An amount as people type it, in yuan with at most two decimals: `1280`, `1,280.50`, `12.5`. Nothing else is one.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        const CHARACTERS_MAX: usize = 24;
        let text = text.trim().trim_end_matches('元').trim_end();
        if text.chars().count() > CHARACTERS_MAX {
            return None;
        }
        let (yuan, rest) = text.split_once('.').unwrap_or((text, ""));
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        let yuan: String = yuan.chars().filter(|c| !matches!(c, ',' | '，')).collect();
        if yuan.is_empty() || !digits(&yuan) || !digits(rest) || rest.len() > 2 {
            return None;
        }
        let fen: u64 = format!("{rest:0<2}").parse().ok()?;
        let all = yuan.parse::<u64>().ok()?.checked_mul(100)?.checked_add(fen);
        all.and_then(Self::new)
    }

    /// Two amounts together. A sum may be larger than [`Fen::MAX`].
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }

    /// `1280.50`: yuan with two decimals, as files have it and as it is typed.
    #[must_use]
    pub fn plain(self) -> String {
        format!("{}.{:02}", self.0 / 100, self.0 % 100)
    }
}

/// `1,280.50`
impl std::fmt::Display for Fen {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let yuan = (self.0 / 100).to_string();
        let mut said = String::new();
        for (at, digit) in yuan.chars().enumerate() {
            if at > 0 && (yuan.len() - at).is_multiple_of(3) {
                said.push(',');
            }
            said.push(digit);
        }
        write!(f, "{said}.{:02}", self.0 % 100)
    }
}

impl BasisPoints {
    /// So many; nothing beyond the whole.
    #[must_use]
    pub fn new(points: u64) -> Option<Self> {
        let points = (points <= WHOLE).then_some(points)?;
        u16::try_from(points).ok().map(Self)
    }

    /// How many.
    #[must_use]
    pub const fn points(self) -> u64 {
        self.0 as u64
    }

    /// A percentage as people type it, with at most two decimals: `8`, `8.5`, `12.25 %`.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let text = text.trim().trim_end_matches(['%', '％']).trim_end();
        Self::new(Fen::read(text)?.fen())
    }
}

/// `8.5 %`
impl std::fmt::Display for BasisPoints {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match (self.0 / 100, self.0 % 100) {
            (whole, 0) => write!(f, "{whole} %"),
            (whole, part) if part % 10 == 0 => write!(f, "{whole}.{} %", part / 10),
            (whole, part) => write!(f, "{whole}.{part:02} %"),
        }
    }
}

impl TryFrom<u64> for BasisPoints {
    type Error = &'static str;

    fn try_from(points: u64) -> Result<Self, Self::Error> {
        Self::new(points).ok_or("at most 10000 basis points are the whole")
    }
}

impl From<BasisPoints> for u64 {
    fn from(points: BasisPoints) -> Self {
        points.points()
    }
}

impl Royalty {
    /// What is due for one month: a share of what was sold, half a fen and more rounded up to a fen (四舍五入), or so much for
    /// each piece, which is exact. Months are rounded one by one, and what a licence owes is the sum of its months.
    ///
    /// Nothing when it is larger than [`Fen::MAX`].
    #[must_use]
    pub fn due(self, pieces: u32, sold: Fen) -> Option<Fen> {
        match self {
            Self::Share(share) => {
                let parts = sold.0.checked_mul(share.points())?.checked_add(WHOLE / 2)?;
                Fen::new(parts / WHOLE)
            }
            Self::Each(fen) => Fen::new(fen.0.checked_mul(u64::from(pieces))?),
        }
    }

    /// As it is shown: `按销售额的 8.5 %`.
    #[must_use]
    pub fn label(self) -> Label {
        match self {
            Self::Share(share) => Label::new(
                format!("销售额的 {share}"),
                format!("{share} of what is sold"),
            ),
            Self::Each(fen) => Label::new(format!("每件 {fen} 元"), format!("¥{fen} a piece")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The royalty by counting: takes a fen away for every ten thousand parts, as long as there are any.
    fn slowly(points: u64, sold: u64) -> u64 {
        let (mut fen, mut parts) = (0_u64, u128::from(sold) * u128::from(points));
        // Whole yuan first, so that counting ends.
        while parts >= 1_000_000 {
            let yuan = (parts / 1_000_000).min(1_000_000);
            parts -= yuan * 1_000_000;
            fen += u64::try_from(yuan).unwrap() * 100;
        }
        while parts >= 10_000 {
            parts -= 10_000;
            fen += 1;
        }
        if parts * 2 >= 10_000 { fen + 1 } else { fen }
    }

    proptest! {
        #[test]
        fn a_share_is_what_counting_gives(points in 0..=10_000_u64, sold in 0..=Fen::MAX.0) {
            let share = Royalty::Share(BasisPoints::new(points).unwrap());
            let due = share.due(0, Fen(sold)).unwrap();
            prop_assert_eq!(due.fen(), slowly(points, sold));
            // Never more than half a fen from the exact share, and never more than was sold.
            let exact = u128::from(sold) * u128::from(points);
            prop_assert!((u128::from(due.fen()) * 10_000).abs_diff(exact) <= 5_000);
            prop_assert!(due <= Fen(sold));
        }

        #[test]
        fn pieces_are_counted_one_by_one(each in 0..=5_000_u64, pieces in 0..=2_000_u32) {
            let due = Royalty::Each(Fen(each)).due(pieces, Fen(7)).unwrap();
            prop_assert_eq!(due.fen(), (0..pieces).map(|_| each).sum::<u64>());
        }

        #[test]
        fn an_amount_is_read_as_it_is_shown(fen in 0..=Fen::MAX.0) {
            let fen = Fen(fen);
            prop_assert_eq!(Fen::read(&fen.to_string()), Some(fen));
            prop_assert_eq!(Fen::read(&fen.plain()), Some(fen));
        }

        #[test]
        fn a_percentage_is_read_as_it_is_shown(points in 0..=10_000_u64) {
            let points = BasisPoints::new(points).unwrap();
            prop_assert_eq!(BasisPoints::read(&points.to_string()), Some(points));
        }

        #[test]
        fn no_text_is_too_strange(text in "\\PC{0,40}") {
            let _ = (Fen::read(&text), BasisPoints::read(&text));
        }
    }

    #[test]
    fn what_is_no_amount_is_none() {
        for wrong in [
            "", " ", "-1", "+1", "1.234", "1e3", ".5", "１２", "1.2.3", "十元",
        ] {
            assert_eq!(Fen::read(wrong), None, "{wrong}");
        }
        assert_eq!(Fen::read("1,280.5 元"), Some(Fen(128_050)));
        assert_eq!(Fen::read("1000000000"), Some(Fen::MAX));
        assert_eq!(Fen::read("1000000000.01"), None);
        assert_eq!(Fen::read(&"9".repeat(20)), None);
        assert_eq!(BasisPoints::read("100.01"), None);
        assert_eq!(
            Royalty::Each(Fen(2)).due(u32::MAX, Fen(0)),
            Fen::new(8_589_934_590)
        );
        assert_eq!(Royalty::Each(Fen::MAX).due(2, Fen(0)), None);
    }
}
