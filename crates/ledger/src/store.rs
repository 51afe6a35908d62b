//! What the writer asks of a store: of [`crate::sqlite`], of `postgres`, of [`crate::memory`].

use jiff::Timestamp;

use crate::form::LooksAt;
use crate::item::{Found, Item, ItemId};
use crate::merkle::{FullTile, Hash};
use crate::name::{Claim, Notice, Person, RequestId, TextVersion};

/// A store did not do what it was asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// Nothing was written, and the same may succeed later: the disk is full, another process holds the lock.
    #[error("the store could not take it, nothing was written: {0}; try again")]
    Later(String),
    /// It is not known what was written.
    #[error("the store failed: {0}; stop, look at the disk, start again")]
    Lost(String),
    /// What it holds contradicts itself.
    #[error("the store is damaged: {0}; restore a backup")]
    Damaged(String),
}

/// How far the log has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// Entries in the log.
    pub size: u64,
    /// When the last was decided; the beginning of 1970 if there is none.
    pub at: Timestamp,
    /// The signed checkpoint of that size; empty before the first entry.
    pub checkpoint: String,
}

/// Reading what is durable. Readers never wait for the writer.
pub trait Read {
    /// How far the log has come.
    ///
    /// # Errors
    /// [`StoreError`], as for all of these.
    fn head(&self) -> Result<Head, StoreError>;

    /// The leaf of an entry; nothing if there is no such entry.
    ///
    /// # Errors
    /// [`StoreError`].
    fn leaf(&self, sequence: u64) -> Result<Option<Vec<u8>>, StoreError>;

    /// Up to `limit` leaves from this one on, in order.
    ///
    /// # Errors
    /// [`StoreError`].
    fn leaves(&self, from: u64, limit: usize) -> Result<Vec<Vec<u8>>, StoreError>;

    /// Up to `limit` entries made under a notice, from this sequence on, in order, as sequence and leaf.
    ///
    /// # Errors
    /// [`StoreError`].
    fn of_notice(
        &self,
        notice: &Notice,
        from: u64,
        limit: usize,
    ) -> Result<Vec<(u64, Vec<u8>)>, StoreError>;

    /// The entry that a request has become.
    ///
    /// # Errors
    /// [`StoreError`].
    fn request(&self, id: RequestId) -> Result<Option<u64>, StoreError>;

    /// An item.
    ///
    /// # Errors
    /// [`StoreError`].
    fn item(&self, id: &ItemId) -> Result<Option<Item>, StoreError>;

    /// The items found by this, in the order of their ids, from the first after `after` on, at most `limit`.
    ///
    /// # Errors
    /// [`StoreError`].
    fn find(
        &self,
        found: &Found,
        after: Option<&ItemId>,
        limit: usize,
    ) -> Result<Vec<Item>, StoreError>;

    /// The entry since which something is claimed; nothing if it is free.
    ///
    /// # Errors
    /// [`StoreError`].
    fn claimed(&self, claim: &Claim) -> Result<Option<u64>, StoreError>;

    /// A tile that is full and kept, with the hash over it.
    ///
    /// # Errors
    /// [`StoreError`].
    fn full_tile(&self, level: u8, index: u64) -> Result<Option<Vec<Hash>>, StoreError>;

    /// The hashes over `count` full tiles of a level, from this one on.
    ///
    /// # Errors
    /// [`StoreError`].
    fn tile_roots(&self, level: u8, from: u64, count: usize) -> Result<Vec<Hash>, StoreError>;

    /// What is known of a person's key.
    ///
    /// # Errors
    /// [`StoreError`].
    fn person_key(&self, person: &Person) -> Result<PersonKey, StoreError>;

    /// The bytes of a version of a notice's text, if they were ever kept.
    ///
    /// # Errors
    /// [`StoreError`].
    fn text(&self, version: TextVersion) -> Result<Option<Vec<u8>>, StoreError>;
}

/// What the store knows of the key under which a person's data is encrypted.
#[derive(Clone, PartialEq, Eq)]
pub enum PersonKey {
    /// There has never been one.
    None,
    /// This one.
    Kept([u8; 32]),
    /// It was destroyed, and no other will ever be made.
    Destroyed,
}

impl std::fmt::Debug for PersonKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::None => "None",
            Self::Kept(_) => "Kept(…)",
            Self::Destroyed => "Destroyed",
        })
    }
}

/// What one commit writes: everything or nothing.
#[derive(Debug, Default)]
pub struct Batch {
    /// Entries, in order, following the log's last.
    pub entries: Vec<NewEntry>,
    /// Items, each as it is after the last of the entries.
    pub items: Vec<ItemWrite>,
    /// Claims, each as it is after the last of the entries.
    pub claims: Vec<ClaimWrite>,
    /// Tiles that have become full.
    pub tiles: Vec<FullTile>,
    /// Keys to destroy, so that no file of the store holds them any more.
    pub forget: Vec<Person>,
    /// Keys that are new.
    pub keys: Vec<(Person, [u8; 32])>,
    /// Versions of notices' texts that are new, with their bytes.
    pub texts: Vec<(TextVersion, Vec<u8>)>,
    /// The log's head afterwards.
    pub head: Option<Head>,
}

/// An entry to write.
#[derive(Debug)]
pub struct NewEntry {
    /// Its place.
    pub sequence: u64,
    /// Its bytes.
    pub leaf: Vec<u8>,
    /// Its request.
    pub request: RequestId,
    /// Its notice.
    pub notice: Notice,
}

/// An item to write. The store refuses if it does not have `before`: somebody else has written in between.
#[derive(Debug)]
pub struct ItemWrite {
    /// Which.
    pub id: ItemId,
    /// As it was; nothing if it is new.
    pub before: Option<Item>,
    /// As it is now; nothing if it is gone.
    pub after: Option<Item>,
}

/// A claim to write. The store refuses if it does not have `before`.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ClaimWrite {
    /// Which.
    pub claim: Claim,
    /// The entry that had taken it; nothing if it was free.
    pub before: Option<u64>,
    /// The entry that has it now; nothing if it is free.
    pub after: Option<u64>,
}

/// A store that one writer writes to.
pub trait Store: Read + Send {
    /// Begins a turn: nobody else writes until [`Store::commit`] or [`Store::abandon`]. Gives the head.
    ///
    /// # Errors
    /// [`StoreError`].
    fn begin(&mut self) -> Result<Head, StoreError>;

    /// Fetches in one go what the turn will ask for: whether its requests have been answered before, and what its
    /// decisions look at. A store where asking is cheap need not.
    ///
    /// # Errors
    /// [`StoreError`].
    fn prefetch(&mut self, requests: &[RequestId], looks_at: &LooksAt) -> Result<(), StoreError> {
        let _ = (requests, looks_at);
        Ok(())
    }

    /// Ends the turn and writes. Answers only when all of it is durable.
    ///
    /// # Errors
    /// [`StoreError::Later`] when nothing was written.
    fn commit(&mut self, batch: Batch) -> Result<(), StoreError>;

    /// Ends the turn without writing.
    ///
    /// # Errors
    /// [`StoreError`].
    fn abandon(&mut self) -> Result<(), StoreError>;
}

/// A store of whichever kind: which one, is decided when the program starts.
pub struct Whichever<T: ?Sized>(Box<T>);

/// A store of whichever kind, for reading.
pub type AnyReader = Whichever<dyn Read + Send>;
/// A store of whichever kind, for one writer.
pub type AnyStore = Whichever<dyn Store>;

impl AnyReader {
    /// One of this kind.
    pub fn of(reader: impl Read + Send + 'static) -> Self {
        Self(Box::new(reader))
    }
}

impl AnyStore {
    /// One of this kind.
    pub fn of(store: impl Store + 'static) -> Self {
        Self(Box::new(store))
    }
}

impl<R: Read + ?Sized> Read for Whichever<R> {
    fn head(&self) -> Result<Head, StoreError> {
        self.0.head()
    }

    fn leaf(&self, sequence: u64) -> Result<Option<Vec<u8>>, StoreError> {
        self.0.leaf(sequence)
    }

    fn leaves(&self, from: u64, limit: usize) -> Result<Vec<Vec<u8>>, StoreError> {
        self.0.leaves(from, limit)
    }

    fn of_notice(
        &self,
        notice: &Notice,
        from: u64,
        limit: usize,
    ) -> Result<Vec<(u64, Vec<u8>)>, StoreError> {
        self.0.of_notice(notice, from, limit)
    }

    fn request(&self, id: RequestId) -> Result<Option<u64>, StoreError> {
        self.0.request(id)
    }

    fn item(&self, id: &ItemId) -> Result<Option<Item>, StoreError> {
        self.0.item(id)
    }

    fn find(
        &self,
        found: &Found,
        after: Option<&ItemId>,
        limit: usize,
    ) -> Result<Vec<Item>, StoreError> {
        self.0.find(found, after, limit)
    }

    fn claimed(&self, claim: &Claim) -> Result<Option<u64>, StoreError> {
        self.0.claimed(claim)
    }

    fn full_tile(&self, level: u8, index: u64) -> Result<Option<Vec<Hash>>, StoreError> {
        self.0.full_tile(level, index)
    }

    fn tile_roots(&self, level: u8, from: u64, count: usize) -> Result<Vec<Hash>, StoreError> {
        self.0.tile_roots(level, from, count)
    }

    fn person_key(&self, person: &Person) -> Result<PersonKey, StoreError> {
        self.0.person_key(person)
    }

    fn text(&self, version: TextVersion) -> Result<Option<Vec<u8>>, StoreError> {
        self.0.text(version)
    }
}

impl<S: Store + ?Sized> Store for Whichever<S> {
    fn begin(&mut self) -> Result<Head, StoreError> {
        self.0.begin()
    }

    fn prefetch(&mut self, requests: &[RequestId], looks_at: &LooksAt) -> Result<(), StoreError> {
        self.0.prefetch(requests, looks_at)
    }

    fn commit(&mut self, batch: Batch) -> Result<(), StoreError> {
        self.0.commit(batch)
    }

    fn abandon(&mut self) -> Result<(), StoreError> {
        self.0.abandon()
    }
}
