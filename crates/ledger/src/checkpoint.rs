//! Checkpoints (C2SP tlog-checkpoint): how large the log is and what its root is, in three signed lines.

use crate::merkle::Hash;
use crate::note::{NoteError, Signer, Verifier};

/// A log's size and root under the log's name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// The log's name, by convention a web address without scheme; also the name of the key that signs.
    pub origin: String,
    /// Entries in the log.
    pub size: u64,
    /// Root hash over them.
    pub root: Hash,
}

/// What is wrong with a checkpoint.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointError {
    /// It is no note, or not one to trust.
    #[error(transparent)]
    Note(#[from] NoteError),
    /// Its text is not origin, size and root, a line each.
    #[error("not a checkpoint: {0}")]
    Format(&'static str),
    /// It is signed, but speaks of another log.
    #[error("the checkpoint is of log {found}, not of {expected}")]
    Origin {
        /// The name that its key has.
        expected: String,
        /// The name that it gives.
        found: String,
    },
}

impl Checkpoint {
    /// The signed note.
    #[must_use]
    pub fn sign(&self, signer: &Signer) -> String {
        signer.sign(&format!("{}\n{}\n{}\n", self.origin, self.size, self.root))
    }

    /// Opens a signed checkpoint whose origin is the name of one of these keys.
    ///
    /// # Errors
    /// [`CheckpointError`] when it is not one, or not one to trust.
    pub fn open(known: &[Verifier], note: &str) -> Result<Self, CheckpointError> {
        let checkpoint = Self::parse(Verifier::open(known, note)?)?;
        // A witness's signature alone does not make it the log's own word.
        let logs: Vec<_> = known
            .iter()
            .filter(|v| v.name() == checkpoint.origin)
            .cloned()
            .collect();
        if logs.is_empty() {
            let expected = known
                .iter()
                .map(Verifier::name)
                .collect::<Vec<_>>()
                .join(" or ");
            return Err(CheckpointError::Origin {
                expected,
                found: checkpoint.origin,
            });
        }
        Verifier::open(&logs, note)?;
        Ok(checkpoint)
    }

    /// Reads the text under the signatures. Lines after the third are extensions and ignored.
    fn parse(text: &str) -> Result<Self, CheckpointError> {
        let mut lines = text.strip_suffix('\n').unwrap_or(text).split('\n');
        let (Some(origin), Some(size), Some(root)) = (lines.next(), lines.next(), lines.next())
        else {
            return Err(CheckpointError::Format("it has fewer than three lines"));
        };
        if origin.is_empty() || lines.any(str::is_empty) {
            return Err(CheckpointError::Format("it has an empty line"));
        }
        let number = size.parse::<u64>().ok().filter(|n| n.to_string() == size);
        let size = number.ok_or(CheckpointError::Format("its second line is not a number"))?;
        let root = Hash::from_base64(root).ok_or(CheckpointError::Format(
            "its third line is not a SHA-256 in base64",
        ))?;
        Ok(Self {
            origin: origin.to_owned(),
            size,
            root,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signer() -> Signer {
        Signer::new("ledger.example/taiyuan", &[7; 32]).unwrap()
    }

    #[test]
    fn a_checkpoint_is_three_lines_and_a_signature() {
        let checkpoint = Checkpoint {
            origin: "ledger.example/taiyuan".to_owned(),
            size: 0,
            root: Hash::empty_root(),
        };
        let note = checkpoint.sign(&signer());
        assert!(note.starts_with("ledger.example/taiyuan\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n\n— ledger.example/taiyuan "), "{note}");
        assert_eq!(
            Checkpoint::open(&[signer().verifier().clone()], &note),
            Ok(checkpoint)
        );
    }

    /// The text of the specification's example; its key is not published there.
    #[test]
    fn the_specifications_text_is_read() {
        let text =
            "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";
        let checkpoint = Checkpoint::parse(text).unwrap();
        assert_eq!(
            (checkpoint.origin.as_str(), checkpoint.size),
            ("example.com/behind-the-sofa", 20_852_163)
        );
        assert_eq!(
            checkpoint.root.to_string(),
            "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I="
        );
        assert!(Checkpoint::parse(&format!("{text}an extension\n")).is_ok());
    }

    #[test]
    fn other_texts_are_refused_even_when_signed() {
        let root = Hash::empty_root();
        let known = [signer().verifier().clone()];
        for text in [
            "a\n0\n".to_owned(),
            format!("\n0\n{root}\n"),
            format!("a\n00\n{root}\n"),
            format!("a\n+1\n{root}\n"),
            format!("a\n-1\n{root}\n"),
            format!("a\n18446744073709551616\n{root}\n"),
            "a\n0\nAAAA\n".to_owned(),
            format!("a\n0\n{root}\n\nb\n"),
        ] {
            let opened = Checkpoint::open(&known, &signer().sign(&text));
            assert!(
                matches!(opened, Err(CheckpointError::Format(_))),
                "{text:?}: {opened:?}"
            );
        }
    }

    #[test]
    fn the_log_itself_must_have_signed() {
        let witness = Signer::new("witness.example", &[8; 32]).unwrap();
        let known = [signer().verifier().clone(), witness.verifier().clone()];
        let checkpoint = Checkpoint {
            origin: "ledger.example/taiyuan".to_owned(),
            size: 1,
            root: Hash::leaf(b""),
        };
        assert!(matches!(
            Checkpoint::open(&known, &checkpoint.sign(&witness)),
            Err(CheckpointError::Note(NoteError::Unsigned(_)))
        ));
        let foreign = Checkpoint {
            origin: "other.example".to_owned(),
            ..checkpoint
        };
        assert!(matches!(
            Checkpoint::open(&known, &foreign.sign(&signer())),
            Err(CheckpointError::Origin { .. })
        ));
    }
}
