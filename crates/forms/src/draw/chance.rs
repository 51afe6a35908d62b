//! From a seed to an order: HKDF-SHA256 (RFC 5869), rejection sampling, Fisher–Yates.

use hkdf::Hkdf;
use ledger::merkle::Hash;
use sha2::Sha256;

use super::hex::TermsDigest;

/// The order in which `count` entrants of a list come, by their places in the list: the first has rank 1.
pub fn order(count: u32, seed: &[u8; 32], root: Hash, terms: &TermsDigest) -> Vec<u32> {
    let mut words = Words::new(seed, root, terms);
    let mut order: Vec<u32> = (0..count).collect();
    for last in (1..count).rev() {
        let with = below(u64::from(last) + 1, || words.next());
        // `with` is at most `last`, so it fits again.
        order.swap(last as usize, with as usize);
    }
    order
}

/// 64-bit words without end.
struct Words {
    hkdf: Hkdf<Sha256>,
    terms: String,
    block: u64,
    bytes: [u8; 32],
    used: usize,
}

impl Words {
    fn new(seed: &[u8; 32], root: Hash, terms: &TermsDigest) -> Self {
        Self {
            hkdf: Hkdf::new(Some(root.as_bytes()), seed),
            terms: terms.to_string(),
            block: 0,
            bytes: [0; 32],
            used: 32,
        }
    }

    fn next(&mut self) -> u64 {
        if self.used == self.bytes.len() {
            let info = format!("tongxin/draw/v1 ranks\n{}\n{}\n", self.terms, self.block);
            // Only more than 255 × 32 bytes can be refused.
            let _ = self.hkdf.expand(info.as_bytes(), &mut self.bytes);
            self.block += 1;
            self.used = 0;
        }
        let mut word = [0; 8];
        word.copy_from_slice(&self.bytes[self.used..self.used + 8]);
        self.used += 8;
        u64::from_be_bytes(word)
    }
}

/// A number below `n`, all equally likely if all words are: words from the incomplete last run of `n` are thrown away.
fn below(n: u64, mut next: impl FnMut() -> u64) -> u64 {
    let excess = (u64::MAX % n + 1) % n;
    loop {
        let word = next();
        if word <= u64::MAX - excess {
            return word % n;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn bytes(hex: &str) -> Vec<u8> {
        let pair = |i: usize| u8::from_str_radix(&hex[i..i + 2], 16).unwrap();
        (0..hex.len()).step_by(2).map(pair).collect()
    }

    /// RFC 5869, appendix A.1 to A.3: the library is the one the draw uses, in the way it uses it.
    #[test]
    fn the_published_vectors_of_hkdf_come_out() {
        let vectors = [
            (
                "0b".repeat(22),
                "000102030405060708090a0b0c".to_owned(),
                "f0f1f2f3f4f5f6f7f8f9".to_owned(),
                "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865",
            ),
            (
                (0x00..=0x4f_u8).map(|b| format!("{b:02x}")).collect(),
                (0x60..=0xaf_u8).map(|b| format!("{b:02x}")).collect(),
                (0xb0..=0xff_u8).map(|b| format!("{b:02x}")).collect(),
                "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac7827271cb41c65e590e09da3275600c2f09b8367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d87",
            ),
            (
                "0b".repeat(22),
                String::new(),
                String::new(),
                "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8",
            ),
        ];
        for (key, salt, info, expected) in vectors {
            let expected = bytes(expected);
            let mut out = vec![0; expected.len()];
            Hkdf::<Sha256>::new(Some(&bytes(&salt)), &bytes(&key))
                .expand(&bytes(&info), &mut out)
                .unwrap();
            assert_eq!(out, expected);
        }
    }

    proptest! {
        /// Every result has the same number of words that lead to it, counted in wider arithmetic.
        #[test]
        fn words_of_the_incomplete_run_are_thrown_away(n in 1_u64.., first: u64, small in 1_u64..100) {
            for n in [n, small] {
                let whole = (1_u128 << 64) / u128::from(n) * u128::from(n);
                let mut words = [u64::MAX, first, 0].into_iter();
                let got = below(n, || words.next().unwrap());
                let kept = [u64::MAX, first, 0].into_iter().find(|&word| u128::from(word) < whole).unwrap();
                prop_assert_eq!(got, kept % n);
            }
        }
    }

    fn drawn(count: u32, seed: u32) -> Vec<u32> {
        let mut bytes = [0; 32];
        bytes[..4].copy_from_slice(&seed.to_be_bytes());
        order(count, &bytes, Hash::empty_root(), &TermsDigest([3; 32]))
    }

    #[test]
    fn an_order_has_everybody_once() {
        for count in [0, 1, 2, 3, 100, 1_000] {
            let mut all = drawn(count, count);
            all.sort_unstable();
            assert_eq!(all, (0..count).collect::<Vec<_>>());
        }
    }

    /// χ² with `cells − 1` degrees of freedom is normal enough here; 4.5 standard deviations are passed by chance once in
    /// some 300,000 runs, and these runs are always the same.
    fn fair(counts: &[u32], expected: f64) {
        let square = |&count: &u32| (f64::from(count) - expected).powi(2) / expected;
        let chi: f64 = counts.iter().map(square).sum();
        let freedom = counts.len() as f64 - 1.0;
        let far = (chi - freedom) / (2.0 * freedom).sqrt();
        assert!(
            far.abs() < 4.5,
            "χ² {chi} with {freedom} degrees of freedom"
        );
    }

    #[test]
    fn all_orders_of_five_come_equally_often() {
        const SEEDS: u32 = 60_000;
        let mut counts = [0; 120];
        for seed in 0..SEEDS {
            let order = drawn(5, seed);
            let smaller = |at: usize| order[at + 1..].iter().filter(|&&e| e < order[at]).count();
            let number = (0..5).fold(0, |number, at| number * (5 - at) + smaller(at));
            counts[number] += 1;
        }
        fair(&counts, f64::from(SEEDS) / 120.0);
    }

    #[test]
    fn everybody_comes_to_every_rank_equally_often() {
        const SEEDS: u32 = 10_000;
        let mut counts = vec![0; 50 * 50];
        for seed in 0..SEEDS {
            for (rank, entrant) in drawn(50, seed).into_iter().enumerate() {
                counts[rank * 50 + entrant as usize] += 1;
            }
        }
        // Rows and columns have fixed sums, so the matrix of 50 × 50 has 49 × 49 degrees of freedom.
        let expected = f64::from(SEEDS) / 50.0;
        let square = |&count: &u32| (f64::from(count) - expected).powi(2) / expected;
        let chi: f64 = counts.iter().map(square).sum();
        let freedom = 49.0 * 49.0;
        assert!(
            ((chi - freedom) / f64::sqrt(2.0 * freedom)).abs() < 4.5,
            "χ² {chi}"
        );
    }

    #[test]
    fn the_seed_the_list_and_the_terms_each_decide() {
        let root = Hash::leaf(b"1");
        let of =
            |seed: u8, root, terms: u8| order(100, &[seed; 32], root, &TermsDigest([terms; 32]));
        let orders = [
            of(1, root, 1),
            of(2, root, 1),
            of(1, Hash::leaf(b"2"), 1),
            of(1, root, 2),
        ];
        for (i, one) in orders.iter().enumerate() {
            assert!(orders[i + 1..].iter().all(|other| other != one), "{i}");
        }
    }
}
