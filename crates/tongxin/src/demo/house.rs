//! The ledger while a demo city's past is given to it: the ordinary writer under a clock that is set.

use crate::data::{Place, Refusal};
use crate::fault::Fault;
use jiff::Timestamp;
use ledger::entry::Origin;
use ledger::folder::FolderError;
use ledger::form::Form;
use ledger::given::Clock;
use ledger::name::{Actor, Notice, Person, RequestId, TextVersion};
use ledger::store::{AnyReader, AnyStore, Read as _};
use ledger::{Declined, Turn, Writer};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use super::names::Dice;

/// Commands of one turn.
const TURN: usize = 512;

/// The ledger, its clock and the chance of the whole story.
pub struct House {
    writer: Writer<AnyStore>,
    /// For reading.
    pub reader: AnyReader,
    hand: Hand,
    /// What happens by chance.
    pub dice: Dice,
}

/// A clock that is set.
#[derive(Clone)]
struct Hand(Arc<AtomicI64>);

impl Clock for Hand {
    fn now(&mut self) -> Timestamp {
        self.get()
    }
}

impl Hand {
    fn get(&self) -> Timestamp {
        Timestamp::from_millisecond(self.0.load(Ordering::SeqCst)).unwrap_or_default()
    }
}

impl House {
    pub fn open(place: &Place, seed: u64) -> Result<Self, Fault> {
        let hand = Hand(Arc::new(AtomicI64::new(0)));
        // Keys of persons are drawn by the seed too: there is nobody whose secret they keep.
        let chance = Dice::new(!seed);
        let writer = Writer::new(place.store()?, hand.clone(), chance, place.signer()?);
        Ok(Self {
            writer: writer.map_err(unusable)?,
            reader: place.reader()?,
            hand,
            dice: Dice::new(seed),
        })
    }

    pub fn now(&self) -> Timestamp {
        self.hand.get()
    }

    pub fn set(&self, now: Timestamp) {
        self.hand.0.store(now.as_millisecond(), Ordering::SeqCst);
    }

    /// Entries so far.
    pub fn entries(&self) -> Result<u64, Fault> {
        Ok(self.reader.head().map_err(unusable)?.size)
    }

    /// Keeps a text.
    pub fn text(&mut self, text: &[u8]) -> Result<TextVersion, Fault> {
        let mut turn = Turn::new();
        drop(turn.text(text.to_vec()));
        self.turn(turn)?;
        Ok(TextVersion::of(text))
    }

    /// Gives these people keys.
    pub fn keys<'a>(&mut self, people: impl Iterator<Item = &'a Person>) -> Result<(), Fault> {
        let mut turn = Turn::new();
        for person in people {
            drop(turn.key(person.clone()));
        }
        self.turn(turn)
    }

    /// Gives commands of one form, in order, each in somebody's name; tells of each its entry, or that it was refused.
    pub fn give<F: Form>(
        &mut self,
        under: (&Notice, TextVersion),
        form: impl Fn() -> F,
        commands: impl IntoIterator<Item = (Actor, F::Command)>,
    ) -> Result<Vec<Option<u64>>, Fault> {
        let mut commands = commands.into_iter().peekable();
        let mut answers = Vec::new();
        while commands.peek().is_some() {
            let (mut turn, mut pending) = (Turn::new(), Vec::new());
            for (actor, command) in commands.by_ref().take(TURN) {
                let chance = self.dice.bytes();
                let chance = chance.first_chunk().copied().unwrap_or_default();
                let origin = Origin {
                    request: RequestId::new(self.now(), chance),
                    actor,
                    notice: under.0.clone(),
                    text: under.1,
                };
                let given = turn.command(origin, form(), command);
                pending.push(given.map_err(|error| Fault::Pipe(error.into()))?);
            }
            self.turn(turn)?;
            for pending in pending {
                answers.push(match pending.wait() {
                    Ok(done) => Some(done.sequence),
                    Err(Declined::Refused(_)) => None,
                    Err(other) => return Err(Refusal::Unfilled(other.to_string()).into()),
                });
            }
        }
        Ok(answers)
    }

    fn turn(&mut self, turn: Turn) -> Result<(), Fault> {
        Ok(self.writer.turn(turn).map_err(Refusal::from)?)
    }
}

/// The store cannot be used.
pub fn unusable(error: ledger::store::StoreError) -> Fault {
    Refusal::from(FolderError::from(error)).into()
}
