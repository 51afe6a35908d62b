//! Entries: what happened, as the bytes that the Merkle log hashes.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::item::Change;
use crate::name::{Actor, Notice, RequestId, Seed, TextVersion};

/// Bytes an entry may have: tiles of entries give two bytes to the length.
pub const ENTRY_BYTES_MAX: usize = 65_535;

/// The format that [`Entry::to_leaf`] writes. Formats only ever get added: [`Entry::from_leaf`] reads all of them.
const FORMAT: u16 = 1;

/// One thing that happened.
///
/// Its JSON is the leaf of the Merkle log and says everything: who, when, by which text of which notice, what was
/// commanded, and what that changed. The state is what the changes of all entries make, in order, and nothing else.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// Version of this format.
    #[serde(rename = "v")]
    format: u16,
    /// Its place in the log, from 0.
    pub sequence: u64,
    /// When it was decided; never before the entry in front of it.
    pub at: Timestamp,
    /// Who gave the command.
    pub actor: Actor,
    /// The notice under which it was given.
    pub notice: Notice,
    /// The version of the notice's text that was in force.
    pub text: TextVersion,
    /// The id under which the command came; it comes in no other entry.
    pub request: RequestId,
    /// Name of the command.
    pub command: String,
    /// Version of the JSON in `body`.
    pub shape: u16,
    /// The command itself.
    pub body: Box<RawValue>,
    /// The chance that the decision used, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seed: Option<Seed>,
    /// What it changes.
    pub changes: Vec<Change>,
}

/// Bytes are not an entry that can be kept.
#[derive(Debug, thiserror::Error)]
pub enum BadEntry {
    /// Written in a format that came later.
    #[error("the entry is in format {0}, this program reads up to {FORMAT}: use a newer one")]
    Format(u16),
    /// Not the JSON of an entry.
    #[error("not an entry: {0}")]
    Json(#[from] serde_json::Error),
    /// More than [`ENTRY_BYTES_MAX`].
    #[error(
        "an entry has at most {ENTRY_BYTES_MAX} bytes, this one {0}: give the command in parts"
    )]
    Long(usize),
}

/// What of an entry is given by who commands, before it is decided.
#[derive(Clone, Debug)]
pub struct Origin {
    /// Id of the command.
    pub request: RequestId,
    /// Who gives it.
    pub actor: Actor,
    /// Under which notice.
    pub notice: Notice,
    /// Under which version of its text.
    pub text: TextVersion,
}

impl Entry {
    /// An entry in today's format.
    #[must_use]
    pub fn new(
        sequence: u64,
        at: Timestamp,
        origin: Origin,
        command: &str,
        shape: u16,
        body: Box<RawValue>,
    ) -> Self {
        let Origin {
            request,
            actor,
            notice,
            text,
        } = origin;
        let command = command.to_owned();
        Self {
            format: FORMAT,
            sequence,
            at,
            actor,
            notice,
            text,
            request,
            command,
            shape,
            body,
            seed: None,
            changes: Vec::new(),
        }
    }

    /// The bytes that the log keeps and hashes.
    ///
    /// # Errors
    /// [`BadEntry::Long`].
    pub fn to_leaf(&self) -> Result<Vec<u8>, BadEntry> {
        let mut leaf = Vec::with_capacity(1024);
        serde_json::to_writer(&mut leaf, self)?;
        if leaf.len() > ENTRY_BYTES_MAX {
            Err(BadEntry::Long(leaf.len()))
        } else {
            Ok(leaf)
        }
    }

    /// Reads an entry of any format there has been.
    ///
    /// # Errors
    /// [`BadEntry`] when the bytes are none.
    pub fn from_leaf(leaf: &[u8]) -> Result<Self, BadEntry> {
        #[derive(Deserialize)]
        struct Format {
            v: u16,
        }
        if leaf.len() > ENTRY_BYTES_MAX {
            return Err(BadEntry::Long(leaf.len()));
        }
        match serde_json::from_slice(leaf) {
            Ok(entry @ Self { format: FORMAT, .. }) => Ok(entry),
            Ok(Self { format, .. }) => Err(BadEntry::Format(format)),
            Err(error) => match serde_json::from_slice::<Format>(leaf) {
                Ok(Format { v }) if v != FORMAT => Err(BadEntry::Format(v)),
                _ => Err(error.into()),
            },
        }
    }

    /// Whether this entry is what a command of this origin, name and body has become.
    #[must_use]
    pub fn answers(&self, origin: &Origin, command: &str, body: &RawValue) -> bool {
        (
            self.request,
            &self.actor,
            &self.notice,
            self.command.as_str(),
            self.body.get(),
        ) == (
            origin.request,
            &origin.actor,
            &origin.notice,
            command,
            body.get(),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first format. Never change this text: it stands for what is in ledgers.
    const FIRST: &str = concat!(
        r#"{"v":1,"sequence":7,"at":"2022-01-04T20:00:00Z","actor":"p7","notice":"library-volunteers","#,
        r#""text":"0101010101010101010101010101010101010101010101010101010101010101","request":"000102030405060708090a0b0c0d0e0f","#,
        r#""command":"book","shape":2,"body":{"slot":"lib/1"},"seed":"0202020202020202020202020202020202020202020202020202020202020202","#,
        r#""changes":[{"put":{"kind":"slot","key":"lib/1","version":3,"shape":1,"row":{"taken":4},"found_by":[["slot.day","2022-02-12"]]}},"#,
        r#"{"remove":{"kind":"offer","key":"lib/1/p7"}},{"claim":"lib/1/p7"},{"release":"lib/1/p6"},{"forget":"p5"}]}"#
    );

    #[test]
    fn the_first_format_is_read_and_written_as_ever() {
        let entry = Entry::from_leaf(FIRST.as_bytes()).unwrap();
        assert_eq!((entry.sequence, entry.changes.len()), (7, 5));
        assert_eq!(entry.at, "2022-01-05T04:00:00+08:00".parse().unwrap());
        assert_eq!(String::from_utf8(entry.to_leaf().unwrap()).unwrap(), FIRST);
    }

    #[test]
    fn what_is_no_entry_says_why() {
        assert!(matches!(Entry::from_leaf(b""), Err(BadEntry::Json(_))));
        assert!(matches!(
            Entry::from_leaf(br#"{"v":2,"other":1}"#),
            Err(BadEntry::Format(2))
        ));
        assert!(matches!(
            Entry::from_leaf(FIRST.replace("\"v\":1", "\"v\":9").as_bytes()),
            Err(BadEntry::Format(9))
        ));
        assert!(matches!(
            Entry::from_leaf(
                FIRST
                    .replace("\"sequence\"", "\"x\":1,\"sequence\"")
                    .as_bytes()
            ),
            Err(BadEntry::Json(_))
        ));
        let mut entry = Entry::from_leaf(FIRST.as_bytes()).unwrap();
        entry.command = "x".repeat(ENTRY_BYTES_MAX);
        assert!(matches!(entry.to_leaf(), Err(BadEntry::Long(n)) if n > ENTRY_BYTES_MAX));
        assert!(matches!(
            Entry::from_leaf(&[b' '; ENTRY_BYTES_MAX + 1]),
            Err(BadEntry::Long(_))
        ));
    }

    #[test]
    fn an_entry_answers_only_the_command_it_came_from() {
        let entry = Entry::from_leaf(FIRST.as_bytes()).unwrap();
        let origin = Origin {
            request: entry.request,
            actor: entry.actor.clone(),
            notice: entry.notice.clone(),
            text: entry.text,
        };
        assert!(entry.answers(&origin, "book", &entry.body));
        assert!(!entry.answers(&origin, "cancel", &entry.body));
        let other = Origin {
            actor: Actor::new("p8").unwrap(),
            ..origin.clone()
        };
        assert!(!entry.answers(&other, "book", &entry.body));
        // A newer text of the notice does not make the repeated command another one.
        assert!(entry.answers(
            &Origin {
                text: TextVersion([9; 32]),
                ..origin
            },
            "book",
            &entry.body
        ));
    }
}
