//! A draw as it goes on: opened with its terms, closed with its list, drawn with its outcome. Each stage holds the one
//! before, and a value of a stage is always a right one.

use ledger::merkle::{FullTile, Hash, Tree};

use super::ENTRANTS_MAX;
use super::chance;
use super::entrant::Entrant;
use super::hex::{Secret, Signature, TermsDigest};
use super::terms::Terms;
use super::wrong::Wrong;

/// A draw whose terms are published; people may enter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opened {
    terms: Terms,
    digest: TermsDigest,
}

/// A draw whose list is fixed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Closed {
    opened: Opened,
    entrants: Vec<Entrant>,
    root: Hash,
}

/// A draw with its outcome.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drawn {
    closed: Closed,
    secrets: Vec<Secret>,
    signature: Option<Signature>,
    order: Vec<u32>,
}

impl Terms {
    /// Opens a draw.
    ///
    /// # Errors
    /// All of [`Terms::wrong`].
    pub fn open(self) -> Result<Opened, Vec<Wrong>> {
        let wrong = self.wrong();
        if wrong.is_empty() {
            let digest = self.digest();
            Ok(Opened {
                terms: self,
                digest,
            })
        } else {
            Err(wrong)
        }
    }
}

impl Opened {
    /// The terms.
    #[must_use]
    pub const fn terms(&self) -> &Terms {
        &self.terms
    }

    /// Their digest, to be published before the close.
    #[must_use]
    pub const fn digest(&self) -> &TermsDigest {
        &self.digest
    }

    /// Closes the list: it is sorted here, so the order in which people entered does not matter.
    ///
    /// # Errors
    /// [`Wrong::Empty`], [`Wrong::Crowd`] or [`Wrong::Twice`].
    pub fn close(self, mut entrants: Vec<Entrant>) -> Result<Closed, Wrong> {
        entrants.sort_unstable();
        if let Some(wrong) = list_wrong(&entrants) {
            return Err(wrong);
        }
        let root = root(&entrants);
        Ok(Closed {
            opened: self,
            entrants,
            root,
        })
    }
}

impl Closed {
    /// The stage before.
    #[must_use]
    pub const fn opened(&self) -> &Opened {
        &self.opened
    }

    /// All entrants, sorted.
    #[must_use]
    pub fn entrants(&self) -> &[Entrant] {
        &self.entrants
    }

    /// The Merkle root over them (RFC 6962, one leaf for each number), to be published at the close.
    #[must_use]
    pub const fn root(&self) -> Hash {
        self.root
    }

    /// Draws, with what the parties reveal in the terms' order and the beacon's signature if the terms name a round.
    ///
    /// # Errors
    /// All that does not fit the terms: [`Wrong::Secrets`], [`Wrong::Secret`], [`Wrong::SignatureMissing`],
    /// [`Wrong::Signature`].
    pub fn reveal(
        self,
        secrets: Vec<Secret>,
        signature: Option<Signature>,
    ) -> Result<Drawn, Vec<Wrong>> {
        let seed = seed(&self.opened.terms, &secrets, signature.as_ref())?;
        let count = u32::try_from(self.entrants.len()).map_err(|_| vec![Wrong::Crowd])?;
        let order = chance::order(count, &seed, self.root, &self.opened.digest);
        Ok(Drawn {
            closed: self,
            secrets,
            signature,
            order,
        })
    }
}

impl Drawn {
    /// The stage before.
    #[must_use]
    pub const fn closed(&self) -> &Closed {
        &self.closed
    }

    /// What the parties revealed.
    #[must_use]
    pub fn secrets(&self) -> &[Secret] {
        &self.secrets
    }

    /// The beacon's signature.
    #[must_use]
    pub const fn signature(&self) -> Option<&Signature> {
        self.signature.as_ref()
    }

    /// The entrants by rank: the first as many as there are places have one, the others wait in this order.
    pub fn ranks(&self) -> impl ExactSizeIterator<Item = &Entrant> {
        self.order
            .iter()
            .map(|&place| &self.closed.entrants[place as usize])
    }

    /// An entrant's rank, from 1; nothing if they are not in the list.
    #[must_use]
    pub fn rank(&self, entrant: &Entrant) -> Option<u32> {
        let found = self.ranks().position(|other| other == entrant)?;
        u32::try_from(found + 1).ok()
    }
}

/// What keeps this from being a list: it is sorted, has nobody twice, and is neither empty nor too long.
pub(super) fn list_wrong(entrants: &[Entrant]) -> Option<Wrong> {
    if entrants.is_empty() {
        return Some(Wrong::Empty);
    }
    if entrants.len() > ENTRANTS_MAX {
        return Some(Wrong::Crowd);
    }
    let at = entrants.windows(2).position(|pair| pair[0] >= pair[1])? + 1;
    let entrant = entrants[at].clone();
    Some(if entrants[at - 1] == entrant {
        Wrong::Twice { at, entrant }
    } else {
        Wrong::Unsorted { at, entrant }
    })
}

/// The Merkle root over a list.
pub(crate) fn root(entrants: &[Entrant]) -> Hash {
    let (mut tree, mut full) = (Tree::new(), Vec::<FullTile>::new());
    for entrant in entrants {
        tree.append(Hash::leaf(entrant.as_str().as_bytes()), &mut full);
        full.clear();
    }
    tree.root()
}

/// All secrets and the public randomness, each bit of each having its say.
pub(super) fn seed(
    terms: &Terms,
    secrets: &[Secret],
    signature: Option<&Signature>,
) -> Result<[u8; 32], Vec<Wrong>> {
    let mut wrong = Vec::new();
    let (found, expected) = (secrets.len(), terms.parties.len());
    if found != expected {
        wrong.push(Wrong::Secrets { found, expected });
    }
    let mut seed = [0; 32];
    let mut mix = |bytes: &[u8; 32]| seed.iter_mut().zip(bytes).for_each(|(s, b)| *s ^= b);
    for (at, (party, secret)) in terms.parties.iter().zip(secrets).enumerate() {
        mix(&secret.0);
        if secret.commit(&terms.draw, &party.by) != party.commitment {
            let by = party.by.clone();
            wrong.push(Wrong::Secret { at, by });
        }
    }
    match (terms.beacon, signature) {
        (None, None) => {}
        (Some(round), Some(signature)) => match round.randomness(signature) {
            Some(randomness) => mix(&randomness),
            None => wrong.push(Wrong::Signature(round.round)),
        },
        (beacon, _) => wrong.push(Wrong::SignatureMissing(beacon.is_some())),
    }
    if wrong.is_empty() {
        Ok(seed)
    } else {
        Err(wrong)
    }
}
