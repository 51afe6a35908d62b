//! Public randomness of drand: one round of a chain that nobody could know before its time, and its signature.

use drand_verify::{G2PubkeyRfc, Pubkey as _};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::hex::Signature;

/// A drand chain. Written as its hash, which fixes its key and its times.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Chain {
    /// The chain `quicknet` of the League of Entropy: a round every three seconds since 23 August 2023.
    #[serde(rename = "52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971")]
    Quicknet,
}

/// The public key of quicknet, a compressed point of BLS12-381 G2.
const QUICKNET_KEY: [u8; 96] = [
    0x83, 0xcf, 0x0f, 0x28, 0x96, 0xad, 0xee, 0x7e, 0xb8, 0xb5, 0xf0, 0x1f, 0xca, 0xd3, 0x91, 0x22,
    0x12, 0xc4, 0x37, 0xe0, 0x07, 0x3e, 0x91, 0x1f, 0xb9, 0x00, 0x22, 0xd3, 0xe7, 0x60, 0x18, 0x3c,
    0x8c, 0x4b, 0x45, 0x0b, 0x6a, 0x0a, 0x6c, 0x3a, 0xc6, 0xa5, 0x77, 0x6a, 0x2d, 0x10, 0x64, 0x51,
    0x0d, 0x1f, 0xec, 0x75, 0x8c, 0x92, 0x1c, 0xc2, 0x2b, 0x0e, 0x17, 0xe6, 0x3a, 0xaf, 0x4b, 0xcb,
    0x5e, 0xd6, 0x63, 0x04, 0xde, 0x9c, 0xf8, 0x09, 0xbd, 0x27, 0x4c, 0xa7, 0x3b, 0xab, 0x4a, 0xf5,
    0xa6, 0xe9, 0xc7, 0x6a, 0x4b, 0xc0, 0x9e, 0x76, 0xea, 0xe8, 0x99, 0x1e, 0xf5, 0xec, 0xe4, 0x5a,
];
/// Unix time of quicknet's round 1, in seconds.
const QUICKNET_GENESIS: i64 = 1_692_803_367;
/// Seconds between its rounds.
const QUICKNET_PERIOD: u64 = 3;

impl Chain {
    /// The name people know it by.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Quicknet => "quicknet",
        }
    }

    /// Its hash, by which it is named to those who ask for its rounds.
    #[must_use]
    pub const fn hash(self) -> &'static str {
        match self {
            Self::Quicknet => "52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971",
        }
    }
}

/// One round of a chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Round {
    /// The chain.
    pub chain: Chain,
    /// Its number, from 1.
    pub round: u64,
}

impl Round {
    /// The first round of quicknet that is published after this instant.
    #[must_use]
    pub fn first_after(at: Timestamp) -> Self {
        let since = u64::try_from(at.as_second() - QUICKNET_GENESIS);
        Self {
            chain: Chain::Quicknet,
            round: since.map_or(1, |seconds| seconds / QUICKNET_PERIOD + 2),
        }
    }

    /// When it is published; nothing if there is no such round.
    #[must_use]
    pub fn published(self) -> Option<Timestamp> {
        let Chain::Quicknet = self.chain;
        let seconds = self.round.checked_sub(1)?.checked_mul(QUICKNET_PERIOD)?;
        Timestamp::from_second(QUICKNET_GENESIS)
            .ok()?
            .checked_add(SignedDuration::from_secs(i64::try_from(seconds).ok()?))
            .ok()
    }

    /// The round's 32 random bytes, SHA-256 of its signature; nothing if the chain did not sign this round so.
    #[must_use]
    pub fn randomness(self, signature: &Signature) -> Option<[u8; 32]> {
        let Chain::Quicknet = self.chain;
        // A key that was checked when it was written here needs no second check at every use.
        let key = G2PubkeyRfc::from_fixed_unchecked(QUICKNET_KEY).ok()?;
        let signed = key.verify(self.round, &[], &signature.0).unwrap_or(false);
        signed.then(|| Sha256::digest(signature.0).into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Published by the League of Entropy.
    const ROUND_1000: &str = "b44679b9a59af2ec876b1a6b1ad52ea9b1615fc3982b19576350f93447cb1125e342b73a8dd2bacbe47e4b6b63ed5e39";
    const RANDOMNESS_1000: &str =
        "fe290beca10872ef2fb164d2aa4442de4566183ec51c56ff3cd603d930e54fdd";

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    fn round(round: u64) -> Round {
        Round {
            chain: Chain::Quicknet,
            round,
        }
    }

    /// drand defines the hash over period, genesis, key, the group's hash and the chain's name.
    #[test]
    fn the_chains_hash_fixes_the_key_and_times_written_here() {
        let group = "f477d5c89f21a17c863a7f937c6a6d15859414d2be09cd448d4279af331c5d3e";
        let group: crate::draw::Commitment = group.parse().unwrap();
        let hash = Sha256::new()
            .chain_update((QUICKNET_PERIOD as u32).to_be_bytes())
            .chain_update(QUICKNET_GENESIS.to_be_bytes())
            .chain_update(QUICKNET_KEY)
            .chain_update(group.0)
            .chain_update(Chain::Quicknet.name())
            .finalize();
        let written = serde_json::to_string(&Chain::Quicknet).unwrap();
        assert_eq!(format!("\"{}\"", hex(&hash)), written);
        assert_eq!(hex(&hash), Chain::Quicknet.hash());
        assert!(G2PubkeyRfc::from_fixed(QUICKNET_KEY).is_ok());
    }

    #[test]
    fn published_rounds_are_known_and_no_others() {
        let signature: Signature = ROUND_1000.parse().unwrap();
        assert_eq!(
            round(1000).randomness(&signature).map(|bytes| hex(&bytes)),
            Some(RANDOMNESS_1000.to_owned())
        );
        assert_eq!(round(1001).randomness(&signature), None);
        for bit in 0..8 * 48 {
            let mut changed = signature.clone();
            changed.0[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(round(1000).randomness(&changed), None, "bit {bit}");
        }
        assert_eq!(round(1000).randomness(&Signature([0; 48])), None);
    }

    #[test]
    fn rounds_have_their_times() {
        let first: Timestamp = "2023-08-23T15:09:27Z".parse().unwrap();
        assert_eq!(round(1).published(), Some(first));
        assert_eq!(
            round(1000).published(),
            Some("2023-08-23T15:59:24Z".parse().unwrap())
        );
        assert_eq!(
            (round(0).published(), round(u64::MAX).published()),
            (None, None)
        );
        assert_eq!(
            Round::first_after("2022-01-01T00:00:00Z".parse().unwrap()),
            round(1)
        );
        for seconds in 0..20 {
            let at = first + SignedDuration::from_secs(seconds);
            let next = Round::first_after(at);
            assert!(next.published().unwrap() > at, "{seconds}");
            assert!(
                round(next.round - 1).published().unwrap() <= at,
                "{seconds}"
            );
        }
    }
}
