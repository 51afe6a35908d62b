//! Data directories for tests: a small ledger, the same every time.

use jiff::Timestamp;
use ledger::entry::Origin;
use ledger::folder::Folder;
use ledger::form::{Form, Stop};
use ledger::given::{Chance, Clock};
use ledger::item::{Found, Row};
use ledger::name::{Actor, Index, Key, Notice, Person, RequestId, TextVersion};
use ledger::note::Signer;
use ledger::sqlite::Sqlite;
use ledger::{Draft, Turn, Writer};
use serde::{Deserialize, Serialize};
use std::path::Path;

/// A form: whoever asks has a tag for a dog.
struct Tag;

#[derive(Serialize, Deserialize)]
struct Tagged {
    dog: Key,
    tag: u64,
}

impl Row for Tagged {
    const KIND: &'static str = "tag";
    const SHAPE: u16 = 1;

    fn key(&self) -> Key {
        self.dog.clone()
    }

    fn found_by(&self) -> Vec<Found> {
        let tag = Key::new(&self.tag.to_string()).unwrap();
        vec![Found(Index::new("tag.number").unwrap(), tag)]
    }
}

impl Form for Tag {
    type Command = Key;
    type Refusal = &'static str;
    const NAME: &'static str = "tag";
    const SHAPE: u16 = 1;

    fn decide(&self, dog: &Key, draft: &mut Draft<'_>) -> Result<(), Stop<&'static str>> {
        let tag = draft.sequence();
        Ok(draft.put(&Tagged {
            dog: dog.clone(),
            tag,
        })?)
    }
}

/// A minute later each time it is asked.
struct Minutes(Timestamp);

impl Clock for Minutes {
    fn now(&mut self) -> Timestamp {
        self.0 += jiff::SignedDuration::from_mins(1);
        self.0
    }
}

struct Fixed;

impl Chance for Fixed {
    fn bytes(&mut self) -> Option<[u8; 32]> {
        Some([9; 32])
    }
}

pub fn signer() -> Signer {
    Signer::new("ledger.example/taiyuan", &[7; 32]).unwrap()
}

fn writer(folder: &Folder) -> Writer<Sqlite> {
    let clock = Minutes("2022-01-06T00:00:00Z".parse().unwrap());
    Writer::new(folder.store().unwrap(), clock, Fixed, signer()).unwrap()
}

/// Makes a ledger with six tags under the notice `dogs`, whose text changes after the third, and as many under `cats`.
pub fn fill(path: &Path) -> Folder {
    let folder = Folder::create(path, &signer()).unwrap();
    let mut writer = writer(&folder);
    let texts = ["# 遛犬\n", "# 遛犬（更正）\n"].map(str::as_bytes);
    let mut turn = Turn::new();
    for text in texts {
        drop(turn.text(text.to_vec()));
    }
    drop(turn.key(Person::new("p1").unwrap()));
    writer.turn(turn).unwrap();
    for number in 0..12_u8 {
        let slug = if number % 2 == 0 { "dogs" } else { "cats" };
        let text = texts[usize::from(number > 5)];
        tag(&mut writer, slug, text, number);
    }
    folder
}

fn tag(writer: &mut Writer<Sqlite>, slug: &str, text: &[u8], number: u8) {
    let origin = Origin {
        request: RequestId([number; 16]),
        actor: Actor::new("p7").unwrap(),
        notice: Notice::new(slug).unwrap(),
        text: TextVersion::of(text),
    };
    let mut turn = Turn::new();
    let dog = Key::new(&format!("dog-{number}")).unwrap();
    let mut answer = turn.command(origin, Tag, dog).unwrap();
    writer.turn(turn).unwrap();
    answer.try_now().unwrap().unwrap();
}
