//! Receipts: an entry, its inclusion proof and a signed checkpoint, in the text form of C2SP tlog-proof.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

use crate::checkpoint::{Checkpoint, CheckpointError};
use crate::entry::{BadEntry, Entry};
use crate::merkle::{BrokenProof, Hash, verify_inclusion};
use crate::note::Verifier;

const FIRST_LINE: &str = "c2sp.org/tlog-proof@v1";

/// Proof that an entry is in the ledger. Whoever holds it and the ledger's public key needs nothing else to check it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Receipt {
    /// The entry, as the log keeps it.
    pub leaf: Vec<u8>,
    /// Its place in the log.
    pub index: u64,
    /// The hashes that lead from it to the root, from the leaf's sibling upwards.
    pub proof: Vec<Hash>,
    /// The signed checkpoint of that root.
    pub checkpoint: String,
}

/// A receipt proves nothing.
#[derive(Debug, thiserror::Error)]
pub enum ReceiptError {
    /// It is not one.
    #[error("not a receipt: {0}")]
    Format(&'static str),
    /// Its checkpoint is not one to trust.
    #[error("the receipt's checkpoint: {0}")]
    Checkpoint(#[from] CheckpointError),
    /// Its proof does not lead from the entry to the checkpoint.
    #[error("the receipt's proof: {0}")]
    Proof(#[from] BrokenProof),
    /// What it proves is no entry.
    #[error("the receipt's entry: {0}")]
    Entry(#[from] BadEntry),
    /// The entry names another place than the one proved.
    #[error(
        "the entry says that it is number {says}, but it stands at {stands}: the ledger contradicts itself"
    )]
    Place {
        /// Sequence in the entry.
        says: u64,
        /// Place in the log.
        stands: u64,
    },
}

impl Receipt {
    /// Checks it, offline, and gives the entry with the checkpoint that vouches for it.
    ///
    /// # Errors
    /// [`ReceiptError`] when it proves nothing.
    pub fn verify(&self, known: &[Verifier]) -> Result<(Entry, Checkpoint), ReceiptError> {
        let checkpoint = Checkpoint::open(known, &self.checkpoint)?;
        verify_inclusion(
            Hash::leaf(&self.leaf),
            self.index,
            checkpoint.size,
            checkpoint.root,
            &self.proof,
        )?;
        let entry = Entry::from_leaf(&self.leaf)?;
        if entry.sequence != self.index {
            return Err(ReceiptError::Place {
                says: entry.sequence,
                stands: self.index,
            });
        }
        Ok((entry, checkpoint))
    }
}

impl std::fmt::Display for Receipt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(
            f,
            "{FIRST_LINE}\nextra {}\nindex {}",
            STANDARD.encode(&self.leaf),
            self.index
        )?;
        self.proof
            .iter()
            .try_for_each(|hash| writeln!(f, "{hash}"))?;
        write!(f, "\n{}", self.checkpoint)
    }
}

impl std::str::FromStr for Receipt {
    type Err = ReceiptError;

    fn from_str(text: &str) -> Result<Self, ReceiptError> {
        let wrong = ReceiptError::Format;
        let (head, checkpoint) = text
            .split_once("\n\n")
            .ok_or(wrong("no checkpoint follows after an empty line"))?;
        let mut lines = head.split('\n');
        if lines.next() != Some(FIRST_LINE) {
            return Err(wrong("its first line is not c2sp.org/tlog-proof@v1"));
        }
        let extra = lines
            .next()
            .and_then(|l| l.strip_prefix("extra "))
            .and_then(|e| STANDARD.decode(e).ok());
        let leaf = extra.ok_or(wrong(
            "its second line is not the entry in base64 after `extra`",
        ))?;
        let number = lines.next().and_then(|l| l.strip_prefix("index "));
        let index = number.and_then(|n| n.parse::<u64>().ok().filter(|i| i.to_string() == n));
        let index = index.ok_or(wrong(
            "its third line is not the entry's number after `index`",
        ))?;
        let proof = lines.map(Hash::from_base64).collect::<Option<Vec<_>>>();
        let proof = proof.ok_or(wrong("a line of the proof is not a hash in base64"))?;
        Ok(Self {
            leaf,
            index,
            proof,
            checkpoint: checkpoint.to_owned(),
        })
    }
}

impl TryFrom<String> for Receipt {
    type Error = ReceiptError;

    fn try_from(text: String) -> Result<Self, ReceiptError> {
        text.parse()
    }
}

impl From<Receipt> for String {
    fn from(receipt: Receipt) -> Self {
        receipt.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entry::Origin;
    use crate::name::{Actor, Notice, RequestId, TextVersion};
    use crate::note::Signer;

    fn signer() -> Signer {
        Signer::new("ledger.example/taiyuan", &[7; 32]).unwrap()
    }

    fn leaf(sequence: u64) -> Vec<u8> {
        let origin = Origin {
            request: RequestId([sequence as u8; 16]),
            actor: Actor::new("p7").unwrap(),
            notice: Notice::new("library-volunteers").unwrap(),
            text: TextVersion([1; 32]),
        };
        let body = serde_json::value::to_raw_value(&["lib/1"]).unwrap();
        Entry::new(
            sequence,
            "2022-01-04T20:00:00Z".parse().unwrap(),
            origin,
            "book",
            1,
            body,
        )
        .to_leaf()
        .unwrap()
    }

    /// The second of two entries.
    fn receipt() -> Receipt {
        let (first, second) = (Hash::leaf(&leaf(0)), Hash::leaf(&leaf(1)));
        let checkpoint = Checkpoint {
            origin: signer().verifier().name().to_owned(),
            size: 2,
            root: Hash::node(first, second),
        };
        Receipt {
            leaf: leaf(1),
            index: 1,
            proof: vec![first],
            checkpoint: checkpoint.sign(&signer()),
        }
    }

    fn known() -> [Verifier; 1] {
        [signer().verifier().clone()]
    }

    #[test]
    fn a_receipt_goes_through_its_text_and_proves_its_entry() {
        let text = receipt().to_string();
        assert!(
            text.starts_with("c2sp.org/tlog-proof@v1\nextra eyJ2Ijox"),
            "{text}"
        );
        let read: Receipt = text.parse().unwrap();
        assert_eq!(read, receipt());
        let (entry, checkpoint) = read.verify(&known()).unwrap();
        assert_eq!(
            (entry.sequence, entry.command.as_str(), checkpoint.size),
            (1, "book", 2)
        );
        let json = serde_json::to_string(&read).unwrap();
        assert_eq!(serde_json::from_str::<Receipt>(&json).unwrap(), read);
    }

    #[test]
    fn no_single_bit_of_a_receipt_can_be_changed() {
        let text = receipt().to_string();
        for at in 0..text.len() {
            for bit in 0..8 {
                let mut bytes = text.clone().into_bytes();
                bytes[at] ^= 1 << bit;
                let proved = String::from_utf8(bytes).is_ok_and(|t| {
                    t.parse::<Receipt>()
                        .is_ok_and(|r| r.verify(&known()).is_ok())
                });
                assert!(!proved, "byte {at}, bit {bit}");
            }
        }
    }

    #[test]
    fn an_entry_at_a_place_that_is_not_its_own_is_found() {
        let hash = Hash::leaf(&leaf(1));
        let checkpoint = Checkpoint {
            origin: signer().verifier().name().to_owned(),
            size: 1,
            root: hash,
        };
        let receipt = Receipt {
            leaf: leaf(1),
            index: 0,
            proof: Vec::new(),
            checkpoint: checkpoint.sign(&signer()),
        };
        assert!(matches!(
            receipt.verify(&known()),
            Err(ReceiptError::Place { says: 1, stands: 0 })
        ));
    }

    #[test]
    fn what_is_no_receipt_says_which_line_is_wrong() {
        let text = receipt().to_string();
        for (from, to) in [
            ("@v1", "@v2"),
            ("extra", "extras"),
            ("index 1", "index 01"),
            ("\n\n", "\n"),
            ("index 1\n", "index 1\nx\n"),
        ] {
            let wrong = text.replacen(from, to, 1).parse::<Receipt>();
            assert!(
                matches!(wrong, Err(ReceiptError::Format(_))),
                "{from} -> {to}"
            );
        }
    }
}
