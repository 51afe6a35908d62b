//! Checking a bundle, offline.

use std::collections::BTreeMap;

use super::packing::{self, Member, end, owner, pack, unpack};
use super::replay::Replay;
use super::{ABOUT, CHECKPOINT, ENTRIES, FORMAT, Flaw, PROOF, STATE, What, text_file};
use crate::checkpoint::Checkpoint;
use crate::entry::{BadEntry, Entry};
use crate::item::{Item, ItemId};
use crate::merkle::{Hash, Part, WrongParts, root_of_parts};
use crate::name::{Notice, TextVersion};
use crate::note::Verifier;

/// What a bundle has proved.
#[derive(Debug)]
pub struct Verified {
    /// The notice.
    pub notice: Notice,
    /// The key that came with the bundle, and that signed its checkpoint.
    pub key: Verifier,
    /// The notice's entries, in order.
    pub entries: Vec<Entry>,
    /// Versions of its text on which they rest.
    pub texts: usize,
    /// The version on which the last entry rests.
    pub text: Vec<u8>,
    /// The items as they have left them.
    pub items: BTreeMap<ItemId, Item>,
    /// Changes to what other entries had changed in between: made under another notice, or left out of the bundle.
    pub gaps: usize,
    /// The log that holds them.
    pub checkpoint: Checkpoint,
}

/// Checks a bundle, offline: with the key given, else with the one that came with it.
///
/// # Errors
/// [`Flaw`], which says where and what.
pub fn verify(file: &[u8], trusted: Option<&Verifier>) -> Result<Verified, Flaw> {
    let opened = packing::open(file)?;
    if let Some(reason) = opened.torn {
        let torn = What::Torn(reason);
        return Err(match end(&opened.packed) {
            Some((member, line)) => Flaw::at(&member, line, torn),
            None => torn.into(),
        });
    }
    let members = unpack(&opened.packed)?;
    let verified = Contents::of(&members)?.check(trusted)?;
    let again = pack(members.iter().map(|m| (m.name.as_str(), m.bytes)));
    // Writing to memory fails only for names that tar could not have read.
    let again = again.map_err(|e| What::After(e.to_string()))?;
    if again != opened.packed {
        let differs = again.iter().zip(&opened.packed).position(|(a, b)| a != b);
        let at = differs.unwrap_or(again.len().min(opened.packed.len()));
        return Err(Flaw {
            member: owner(&members, at),
            ..What::Written(at).into()
        });
    }
    if opened.sealed {
        Ok(verified)
    } else {
        Err(What::Seal.into())
    }
}

/// The members, each where it belongs.
struct Contents<'a> {
    about: &'a str,
    checkpoint: &'a str,
    entries: Vec<&'a str>,
    proof: Vec<&'a str>,
    state: Vec<&'a str>,
    texts: BTreeMap<&'a str, &'a [u8]>,
}

impl<'a> Contents<'a> {
    fn of(members: &'a [Member<'a>]) -> Result<Self, Flaw> {
        let text = |name: &'static str| {
            let member = members.iter().find(|member| member.name == name);
            let member = member.ok_or_else(|| Flaw::of(name, What::Missing))?;
            std::str::from_utf8(member.bytes).map_err(|e| {
                let before = &member.bytes[..e.valid_up_to()];
                let line = before.iter().filter(|&&byte| byte == b'\n').count() + 1;
                let column = before
                    .iter()
                    .rev()
                    .take_while(|&&byte| byte != b'\n')
                    .count()
                    + 1;
                Flaw {
                    column: Some(column),
                    ..Flaw::at(name, line, What::Utf8)
                }
            })
        };
        let lines = |name| {
            let text = text(name)?;
            if text.is_empty() {
                return Ok(Vec::new());
            }
            match text.strip_suffix('\n') {
                Some(lines) => Ok(lines.split('\n').collect()),
                None => Err(Flaw::at(name, text.split('\n').count(), What::NoEnd)),
            }
        };
        let known = [ABOUT, CHECKPOINT, ENTRIES, PROOF, STATE];
        let mut texts = BTreeMap::new();
        for Member { name, bytes } in members {
            if name.starts_with("texts/") {
                texts.insert(name.as_str(), *bytes);
            } else if !known.contains(&name.as_str()) {
                return Err(Flaw::of(name, What::Unknown));
            }
        }
        Ok(Self {
            about: text(ABOUT)?,
            checkpoint: text(CHECKPOINT)?,
            entries: lines(ENTRIES)?,
            proof: lines(PROOF)?,
            state: lines(STATE)?,
            texts,
        })
    }

    fn check(&self, trusted: Option<&Verifier>) -> Result<Verified, Flaw> {
        let (notice, key) = self.about()?;
        if trusted.is_some_and(|trusted| *trusted != key) {
            return Err(Flaw::at(ABOUT, 3, What::OtherKey(key.to_string())));
        }
        let checkpoint = Checkpoint::open(std::slice::from_ref(&key), self.checkpoint)
            .map_err(|error| Flaw::of(CHECKPOINT, error))?;
        let entries = self.entries(&notice)?;
        let parts = self.parts()?;
        self.in_log(&entries, &parts, &checkpoint)?;
        prove(&parts, &checkpoint)?;
        self.texts(&entries)?;
        let mut replay = Replay::default();
        entries.iter().for_each(|entry| replay.apply(entry));
        self.state(&replay)?;
        let text = entries.last().map(|last| text_file(last.text));
        let text = text.and_then(|name| self.texts.get(name.as_str()));
        let text = text.map(|bytes| bytes.to_vec()).unwrap_or_default();
        Ok(Verified {
            notice,
            key,
            entries,
            texts: self.texts.len(),
            text,
            items: replay.items,
            gaps: replay.gaps,
            checkpoint,
        })
    }

    fn about(&self) -> Result<(Notice, Verifier), Flaw> {
        let wrong = |line, what| Flaw::at(ABOUT, line, what);
        let mut lines = self.about.split('\n');
        let format = lines.next().unwrap_or_default();
        if format != FORMAT {
            let start = format.chars().take(64).collect();
            return Err(wrong(1, What::Format(start)));
        }
        let notice = lines.next().and_then(|line| Notice::new(line).ok());
        let notice = notice.ok_or_else(|| wrong(2, What::About))?;
        let key = lines.next().and_then(|line| line.parse().ok());
        let key = key.ok_or_else(|| wrong(3, What::About))?;
        match (lines.next(), lines.next()) {
            (Some(""), None) => Ok((notice, key)),
            _ => Err(wrong(4, What::About)),
        }
    }

    /// The entries, each one of this notice and behind the one before it.
    fn entries(&self, notice: &Notice) -> Result<Vec<Entry>, Flaw> {
        let mut entries: Vec<Entry> = Vec::with_capacity(self.entries.len());
        for (line, leaf) in (1..).zip(&self.entries) {
            let wrong = |what: What| Flaw::at(ENTRIES, line, what);
            let entry = Entry::from_leaf(leaf.as_bytes()).map_err(|error| Flaw {
                column: match &error {
                    BadEntry::Json(error) => Some(error.column()),
                    BadEntry::Format(_) | BadEntry::Long(_) => None,
                },
                ..wrong(error.into())
            })?;
            entries.push(entry);
        }
        if entries.is_empty() {
            return Err(Flaw::of(ENTRIES, What::Nothing));
        }
        let before = std::iter::once(None).chain(entries.iter().map(Some));
        for (line, (before, entry)) in (1..).zip(before.zip(&entries)) {
            let wrong = |what: What| Err(Flaw::at(ENTRIES, line, what));
            let sequence = entry.sequence;
            match before {
                Some(before) if before.sequence >= sequence => return wrong(What::Order(sequence)),
                Some(before) if before.at > entry.at => return wrong(What::Time(sequence)),
                _ => {}
            }
            if entry.notice != *notice {
                let notice = entry.notice.clone();
                return wrong(What::OtherNotice { sequence, notice });
            }
        }
        Ok(entries)
    }

    /// Each entry is a leaf of the log by itself.
    fn in_log(
        &self,
        entries: &[Entry],
        parts: &[Part],
        checkpoint: &Checkpoint,
    ) -> Result<(), Flaw> {
        let alone = (0..).zip(parts).filter(|(_, part)| part.count == 1);
        let alone: BTreeMap<u64, usize> = alone.map(|(at, part)| (part.first, at)).collect();
        for (line, (entry, leaf)) in (1..).zip(entries.iter().zip(&self.entries)) {
            let sequence = entry.sequence;
            let stands = alone
                .get(&sequence)
                .and_then(|at| Some((*at, parts.get(*at)?)));
            let Some((at, part)) = stands else {
                return Err(Flaw::at(ENTRIES, line, What::Unproved(sequence)));
            };
            let hash = Hash::leaf(leaf.as_bytes());
            if part.hash == hash {
                continue;
            }
            // One of the two was changed. If the entry leads to the root, it was the hash.
            let mut mended = parts.to_vec();
            mended[at].hash = hash;
            return Err(match prove(&mended, checkpoint) {
                Ok(()) => Flaw::at(PROOF, at + 1, What::HashChanged(sequence)),
                Err(_) => {
                    let proof = at + 1;
                    Flaw::at(ENTRIES, line, What::Changed { sequence, proof })
                }
            });
        }
        Ok(())
    }

    fn parts(&self) -> Result<Vec<Part>, Flaw> {
        let part = |line: &str| {
            let mut words = line.split(' ');
            let part = Part {
                first: words.next()?.parse().ok()?,
                count: words.next()?.parse().ok()?,
                hash: Hash::from_base64(words.next()?)?,
            };
            let Part { first, count, hash } = part;
            // One way only to write it.
            (format!("{first} {count} {hash}") == line).then_some(part)
        };
        (1..)
            .zip(&self.proof)
            .map(|(line, text)| part(text).ok_or_else(|| Flaw::at(PROOF, line, What::Part)))
            .collect()
    }

    /// Every text is the one that its name says, and some entry rests on it.
    fn texts(&self, entries: &[Entry]) -> Result<(), Flaw> {
        let mut cited = BTreeMap::new();
        for (line, entry) in (1..).zip(entries) {
            let name = text_file(entry.text);
            let (sequence, text) = (entry.sequence, entry.text);
            if !self.texts.contains_key(name.as_str()) {
                return Err(Flaw::at(ENTRIES, line, What::NoText { sequence, text }));
            }
            cited.insert(name, ());
        }
        for (name, text) in &self.texts {
            let version = TextVersion::of(text);
            if *name != text_file(version) {
                return Err(Flaw::of(name, What::TextChanged(version)));
            }
            if !cited.contains_key(*name) {
                return Err(Flaw::of(name, What::TextUnused));
            }
        }
        Ok(())
    }

    /// The state is what the entries make, byte for byte.
    fn state(&self, replay: &Replay) -> Result<(), Flaw> {
        // What was read from JSON is written as JSON.
        let lines = replay
            .lines()
            .map_err(|e| Flaw::of(STATE, BadEntry::from(e)))?;
        let count = lines.len().max(self.state.len());
        for line in 0..count {
            let (made, said) = (lines.get(line), self.state.get(line).copied());
            if made.map(String::as_str) == said {
                continue;
            }
            let column = made.zip(said).map(|(made, said)| {
                let same = made.bytes().zip(said.bytes()).take_while(|(a, b)| a == b);
                same.count() + 1
            });
            return Err(Flaw {
                column,
                ..Flaw::at(STATE, line + 1, What::State)
            });
        }
        Ok(())
    }
}

/// All parts together lead to the root that was signed.
fn prove(parts: &[Part], checkpoint: &Checkpoint) -> Result<(), Flaw> {
    match root_of_parts(parts, checkpoint.size) {
        Ok(root) if root == checkpoint.root => Ok(()),
        Ok(_) => Err(Flaw::of(PROOF, What::Root)),
        Err(error) => Err(Flaw {
            line: match error {
                WrongParts::Cut(at) => Some(at + 1),
                WrongParts::Count(_) => None,
            },
            ..Flaw::of(PROOF, error)
        }),
    }
}
