//! The one writer: takes a turn's commands, decides them in order, commits once, then answers.

use std::cell::OnceCell;

use jiff::{Timestamp, Unit};
use sha2::{Digest, Sha256};
use tokio::sync::oneshot;

use crate::checkpoint::Checkpoint;
use crate::command::{Decide, Outcome};
use crate::draft::Draft;
use crate::entry::{BadEntry, Entry};
use crate::form::LooksAt;
use crate::given::{Chance, Clock};
use crate::item::Change;
use crate::log::Log;
use crate::merkle::{Hash, Tile, Tiles as _, Tree};
use crate::name::{Person, Seed, TextVersion};
use crate::note::Signer;
use crate::overlay::Overlay;
use crate::store::{Batch, Head, NewEntry, PersonKey, Store, StoreError};
use crate::turn::{Job, Turn};

/// Entries of other nodes that are read one by one; beyond, reading the log's right edge anew is less work.
const CATCH_UP_MAX: u64 = 512;

/// Owns the store. Pure but for what it is given: the store, the clock and chance.
pub struct Writer<S> {
    store: S,
    clock: Box<dyn Clock>,
    chance: Box<dyn Chance>,
    signer: Signer,
    /// The tree of what is durable; nothing when it must be read anew.
    tree: Option<Tree>,
}

/// The writer cannot go on: it is not known what is durable.
#[derive(Debug, thiserror::Error)]
#[error("the ledger has stopped: {0}")]
pub struct Halted(pub StoreError);

impl<S: Store> Writer<S> {
    /// A writer to this store. Reads the right edge of the log, however long that is: at most 256 entries and hashes of
    /// 256 tiles a level.
    ///
    /// # Errors
    /// [`StoreError`] when the store cannot be read, or its log does not fit its checkpoint.
    pub fn new(
        mut store: S,
        clock: impl Clock + 'static,
        chance: impl Chance + 'static,
        signer: Signer,
    ) -> Result<Self, StoreError> {
        let head = store.begin()?;
        let tree = resume(&store, head.size);
        store.abandon()?;
        let tree = tree?;
        if head.size > 0 {
            let known = [signer.verifier().clone()];
            let checkpoint = Checkpoint::open(&known, &head.checkpoint)
                .map_err(|e| StoreError::Damaged(e.to_string()))?;
            if (checkpoint.size, checkpoint.root) != (tree.size(), tree.root()) {
                return Err(StoreError::Damaged(format!(
                    "its {} entries are not those that were signed",
                    head.size
                )));
            }
        }
        Ok(Self {
            store,
            clock: Box::new(clock),
            chance: Box::new(chance),
            signer,
            tree: Some(tree),
        })
    }

    /// The store, for reading.
    pub const fn store(&self) -> &S {
        &self.store
    }

    /// Gives the store back.
    pub fn into_store(self) -> S {
        self.store
    }

    /// One turn: decides in order, commits once, then answers all. A refusal too is answered only then, for it may rest on
    /// what the turn has written.
    ///
    /// # Errors
    /// [`Halted`] when it is not known what is durable. Every job has been answered even then.
    pub fn turn(&mut self, turn: Turn) -> Result<(), Halted> {
        let (answers, ended) = self.carry_out(turn);
        answers.give();
        ended
    }

    /// One turn, all of whose commands are carried out or none: an import is not to be half loaded. Where one is refused, it is
    /// told why, and the others that nothing was changed.
    ///
    /// # Errors
    /// As [`Self::turn`].
    pub fn turn_whole(&mut self, turn: Turn) -> Result<(), Halted> {
        let (answers, ended) = self.decided(turn, true);
        answers.give();
        ended
    }

    /// A turn, with the answers still to be given.
    pub(crate) fn carry_out(&mut self, turn: Turn) -> (Answers, Result<(), Halted>) {
        self.decided(turn, false)
    }

    fn decided(&mut self, turn: Turn, whole: bool) -> (Answers, Result<(), Halted>) {
        let mut commands = Vec::new();
        let (mut persons, mut key_replies) = (Vec::new(), Vec::new());
        let (mut texts, mut text_replies) = (Vec::new(), Vec::new());
        for job in turn.jobs {
            match job {
                Job::Command(command) => commands.push((command, Outcome::Unknown)),
                Job::Key(person, reply) => {
                    persons.push(person);
                    key_replies.push(reply);
                }
                Job::Text(text, reply) => {
                    let version = TextVersion::of(&text);
                    texts.push((version, text));
                    text_replies.push((reply, version));
                }
                Job::Stop => {}
            }
        }
        let ended = self.decide_and_commit(&mut commands, &persons, texts, whole);
        for (_, outcome) in &mut commands {
            match &ended {
                Ok(()) => {}
                Err(StoreError::Later(why)) => *outcome = Outcome::Later(why.clone()),
                Err(StoreError::Lost(_) | StoreError::Damaged(_)) => *outcome = Outcome::Unknown,
            }
        }
        let key = |person: &Person| match &ended {
            Ok(()) => self.store.person_key(person),
            Err(error) => Err(error.clone()),
        };
        let keys = key_replies
            .into_iter()
            .zip(persons.iter().map(key))
            .collect();
        let texts = text_replies
            .into_iter()
            .map(|(reply, version)| (reply, ended.clone().map(|()| version)))
            .collect();
        let answers = Answers {
            commands,
            keys,
            texts,
        };
        let ended = match ended {
            Ok(()) => Ok(()),
            Err(StoreError::Later(_)) => {
                self.tree = None;
                Ok(())
            }
            Err(error) => Err(Halted(error)),
        };
        (answers, ended)
    }

    fn decide_and_commit(
        &mut self,
        commands: &mut [(Box<dyn Decide>, Outcome)],
        keys: &[Person],
        texts: Vec<(TextVersion, Vec<u8>)>,
        whole: bool,
    ) -> Result<(), StoreError> {
        let head = self.store.begin()?;
        let decided = self.decide(head, commands, keys, texts);
        match decided {
            Ok(Some(_)) if whole && !commands.iter().all(|(_, outcome)| outcome.is_done()) => {
                for (_, outcome) in commands.iter_mut().filter(|(_, outcome)| outcome.is_done()) {
                    let why = "another command of the same turn was refused";
                    *outcome = Outcome::Later(why.to_owned());
                }
                // The tree went on with what is not written; the next turn reads it anew.
                self.store.abandon()
            }
            Ok(Some((tree, batch))) => {
                self.store.commit(batch)?;
                self.tree = Some(tree);
                Ok(())
            }
            Ok(None) => self.store.abandon(),
            Err(error) => {
                self.store.abandon()?;
                Err(error)
            }
        }
    }

    /// What the turn is to write and the tree afterwards; nothing if there is nothing to write.
    fn decide(
        &mut self,
        head: Head,
        commands: &mut [(Box<dyn Decide>, Outcome)],
        keys: &[Person],
        texts: Vec<(TextVersion, Vec<u8>)>,
    ) -> Result<Option<(Tree, Batch)>, StoreError> {
        let mut tree = self.caught_up(head.size)?;
        self.prefetch(commands)?;
        let mut batch = Batch::default();
        let mut overlay = Overlay::default();
        let now = self
            .clock
            .now()
            .round(Unit::Millisecond)
            .unwrap_or(head.at)
            .max(head.at);
        let base = OnceCell::new();
        let chance = std::cell::RefCell::new(&mut self.chance);
        let seed_for = |sequence: u64| -> Option<Seed> {
            let base: &Option<[u8; 32]> = base.get_or_init(|| chance.borrow_mut().bytes());
            base.map(|base| {
                Seed(
                    Sha256::new()
                        .chain_update(base)
                        .chain_update(sequence.to_be_bytes())
                        .finalize()
                        .into(),
                )
            })
        };
        for (command, outcome) in commands {
            let place = Place {
                now,
                sequence: tree.size(),
                chance: &seed_for,
            };
            *outcome = decide_one(
                &self.store,
                &mut overlay,
                &mut batch,
                place,
                command.as_mut(),
            )?;
            if let Some(entry) = batch
                .entries
                .last()
                .filter(|entry| entry.sequence == tree.size())
            {
                tree.append(Hash::leaf(&entry.leaf), &mut batch.tiles);
            }
        }
        for person in keys {
            let known = batch.keys.iter().any(|(p, _)| p == person);
            if !known && self.store.person_key(person)? == PersonKey::None {
                let key = chance.borrow_mut().bytes().ok_or_else(|| {
                    StoreError::Later("the system gives no random numbers".to_owned())
                })?;
                batch.keys.push((person.clone(), key));
            }
        }
        for (version, text) in texts {
            let known = batch.texts.iter().any(|(v, _)| *v == version);
            if !known && self.store.text(version)?.is_none() {
                batch.texts.push((version, text));
            }
        }
        if batch.entries.is_empty() && batch.keys.is_empty() && batch.texts.is_empty() {
            self.tree = Some(tree);
            return Ok(None);
        }
        if !batch.entries.is_empty() {
            (batch.items, batch.claims) = overlay.into_writes();
            let origin = self.signer.verifier().name().to_owned();
            let checkpoint = Checkpoint {
                origin,
                size: tree.size(),
                root: tree.root(),
            }
            .sign(&self.signer);
            batch.head = Some(Head {
                size: tree.size(),
                at: now,
                checkpoint,
            });
        }
        Ok(Some((tree, batch)))
    }

    /// The tree of what is durable. Another node may have written since our last turn.
    fn caught_up(&mut self, size: u64) -> Result<Tree, StoreError> {
        let Some(mut tree) = self.tree.take() else {
            return resume(&self.store, size);
        };
        match size.checked_sub(tree.size()) {
            Some(0) => {}
            Some(missing) if missing <= CATCH_UP_MAX => {
                for leaf in self.store.leaves(tree.size(), missing as usize)? {
                    tree.append(Hash::leaf(&leaf), &mut Vec::new());
                }
            }
            Some(_) => tree = resume(&self.store, size)?,
            None => {
                return Err(StoreError::Damaged(format!(
                    "the log had {} entries and now has {size}",
                    tree.size()
                )));
            }
        }
        if tree.size() == size {
            Ok(tree)
        } else {
            Err(StoreError::Damaged(format!(
                "of {size} entries {} are there",
                tree.size()
            )))
        }
    }

    fn prefetch(&mut self, commands: &[(Box<dyn Decide>, Outcome)]) -> Result<(), StoreError> {
        let mut all = LooksAt::default();
        for (command, _) in commands {
            let LooksAt { items, claims } = command.looks_at();
            all.items.extend(items);
            all.claims.extend(claims);
        }
        let requests: Vec<_> = commands
            .iter()
            .map(|(command, _)| command.origin().request)
            .collect();
        self.store.prefetch(&requests, &all)
    }
}

/// What a turn answers, when it is durable.
#[must_use = "somebody waits for each answer"]
pub(crate) struct Answers {
    commands: Vec<(Box<dyn Decide>, Outcome)>,
    keys: Vec<Reply<PersonKey>>,
    texts: Vec<Reply<TextVersion>>,
}

type Reply<T> = (
    oneshot::Sender<Result<T, StoreError>>,
    Result<T, StoreError>,
);

impl Answers {
    /// How many wait for one.
    pub(crate) fn len(&self) -> usize {
        self.commands.len() + self.keys.len() + self.texts.len()
    }

    /// Gives each its answer. Whoever asked may have gone away; what is done is done.
    pub(crate) fn give(self) {
        for (command, outcome) in self.commands {
            command.answer(outcome);
        }
        for (reply, key) in self.keys {
            let _ = reply.send(key);
        }
        for (reply, version) in self.texts {
            let _ = reply.send(version);
        }
    }
}

/// Where and when a command is decided.
#[derive(Clone, Copy)]
struct Place<'a> {
    now: Timestamp,
    sequence: u64,
    chance: &'a dyn Fn(u64) -> Option<Seed>,
}

/// Decides one command over the overlay, and puts its entry into the batch if it is carried out.
fn decide_one<S: Store>(
    store: &S,
    overlay: &mut Overlay,
    batch: &mut Batch,
    place: Place<'_>,
    command: &mut dyn Decide,
) -> Result<Outcome, StoreError> {
    let request = command.origin().request;
    let earlier = match overlay.requests.get(&request) {
        Some(&sequence) => Some(sequence),
        None => store.request(request)?,
    };
    if let Some(sequence) = earlier {
        let here = batch
            .entries
            .iter()
            .find(|entry| entry.sequence == sequence)
            .map(|entry| entry.leaf.clone());
        let leaf = match here {
            Some(leaf) => Some(leaf),
            None => store.leaf(sequence)?,
        };
        let leaf =
            leaf.ok_or_else(|| StoreError::Damaged(format!("entry {sequence} is missing")))?;
        let entry = Entry::from_leaf(&leaf)
            .map_err(|e| StoreError::Damaged(format!("entry {sequence}: {e}")))?;
        let same = entry.answers(command.origin(), command.name(), command.body());
        return Ok(if same {
            Outcome::Done {
                sequence,
                repeated: true,
            }
        } else {
            Outcome::Reused { sequence }
        });
    }
    let Place {
        now,
        sequence,
        chance,
    } = place;
    let origin = command.origin().clone();
    let mut draft = Draft {
        store,
        overlay,
        origin: &origin,
        now,
        sequence,
        chance,
        seed: None,
        changes: Vec::new(),
    };
    let accepted = command.decide(&mut draft);
    let Draft { seed, changes, .. } = draft;
    if !accepted {
        overlay.undo();
        return Ok(Outcome::AsDecided);
    }
    let forget = changes.iter().filter_map(|change| {
        if let Change::Forget(person) = change {
            Some(person.clone())
        } else {
            None
        }
    });
    let forget: Vec<_> = forget.collect();
    let notice = origin.notice.clone();
    let mut entry = Entry::new(
        sequence,
        now,
        origin,
        command.name(),
        command.shape(),
        command.body().to_owned(),
    );
    (entry.seed, entry.changes) = (seed, changes);
    let leaf = match entry.to_leaf() {
        Ok(leaf) => leaf,
        Err(BadEntry::Long(bytes)) => {
            overlay.undo();
            return Ok(Outcome::TooLong(bytes));
        }
        Err(error) => return Err(StoreError::Damaged(error.to_string())),
    };
    overlay.keep();
    overlay.requests.insert(request, sequence);
    batch.forget.extend(forget);
    batch.entries.push(NewEntry {
        sequence,
        leaf,
        request,
        notice,
    });
    Ok(Outcome::Done {
        sequence,
        repeated: false,
    })
}

/// The tree of the store's log, from the partial tiles at its right edge.
fn resume<S: Store>(store: &S, size: u64) -> Result<Tree, StoreError> {
    let mut edge = Vec::new();
    for level in 0..8_u8 {
        let index = (size >> (8 * u32::from(level))) / u64::from(Tile::FULL);
        edge.push(match Tile::of(size, level, index) {
            Some(partial) => Log(store).tile(partial)?,
            None => Vec::new(),
        });
    }
    Tree::resume(size, edge).map_err(|e| StoreError::Damaged(e.to_string()))
}
