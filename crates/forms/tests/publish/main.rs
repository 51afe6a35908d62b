//! Publishing through a whole ledger in memory, with the demo city, its powers and its people.

// Helpers of tests stand outside of test functions here.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

mod proofs;
mod random;
mod stories;

use std::path::Path;
use std::sync::{Arc, Mutex, OnceLock};

use city::City;
use decide::Book;
use forms::people::powers::{Act, Citation, Denied, Matter, Post, Powers, Standing};
use forms::publish::*;
use jiff::{SignedDuration, Timestamp};
use ledger::entry::Origin;
use ledger::form::Form;
use ledger::given::{Clock, SystemChance};
use ledger::memory::Memory;
use ledger::name::{Actor, Notice, Person, RequestId, TextVersion};
use ledger::note::Signer;
use ledger::{Declined, Turn, Writer};
use notice::Slug;

/// The demo city, read once.
fn city() -> Arc<City> {
    static CITY: OnceLock<Arc<City>> = OnceLock::new();
    CITY.get_or_init(|| {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../cities/taiyuan-2022");
        let (city, _) = City::load(&folder).expect("the demo city loads");
        Arc::new(city)
    })
    .clone()
}

#[derive(Clone)]
struct At(Arc<Mutex<Timestamp>>);

impl Clock for At {
    fn now(&mut self) -> Timestamp {
        *self.0.lock().unwrap()
    }
}

/// A notice of the air office: small, whole, in force for two days.
fn text(hours: &str) -> String {
    format!(
        r#"+++
title    = "演示：轻型货车错时通行"
title_en = "Demo: light trucks keep off at certain hours"
issuer   = "air-office"
issued   = 2022-01-06T08:00:00+08:00
in_force = "2022-01-07T00:00/2022-02-01T00:00"
demo     = true
+++

## 一、错时

轻型货车每日{hours}停止驶入中环以内，电动车除外。

```rule light-trucks
forbid = "驶入"
who    = "货车 且 车型 = 轻型"
where  = "中环以内"
when   = "每日 {hours}"
except = {{ clean = "燃料 = 电动" }}
```
"#
    )
}

/// A ledger with a clock that is set by hand.
struct World {
    writer: Writer<Memory>,
    store: Memory,
    clock: At,
    requests: u64,
}

impl World {
    fn new() -> World {
        let now = "2022-01-06T08:00:00.250+08:00".parse().unwrap();
        let clock = At(Arc::new(Mutex::new(now)));
        let signer = Signer::new("ledger.example/publishing", &[1; 32]).unwrap();
        let store = Memory::new();
        let writer = Writer::new(store.clone(), clock.clone(), SystemChance, signer).unwrap();
        World {
            writer,
            store,
            clock,
            requests: 0,
        }
    }

    fn now(&self) -> Timestamp {
        *self.clock.0.lock().unwrap()
    }

    fn later(&self, hours: i64) {
        *self.clock.0.lock().unwrap() += SignedDuration::from_hours(hours);
    }

    fn shelf(&self) -> Shelf {
        Shelf::load(city(), &self.store, None).unwrap()
    }

    fn keep(&mut self, text: &str) -> TextVersion {
        let mut turn = Turn::new();
        let kept = turn.text(text.as_bytes().to_vec());
        self.writer.turn(turn).unwrap();
        kept.blocking_recv().unwrap().unwrap()
    }

    /// What the powers in force say.
    fn may(&self, who: &str, act: Act, office: &str, interest: bool) -> Result<Citation, Denied> {
        let city = city();
        let person = city.people.iter().find(|p| p.id == who).unwrap();
        let standing = Standing {
            person: Person::new(who).unwrap(),
            post: person.post.as_ref().map(|post| Post {
                office: post.office.clone(),
                role: post.role.clone(),
            }),
        };
        let book = Book::compile(city.clone(), self.shelf().at(self.now()));
        let matter = Matter {
            interest,
            ..Matter::of(office)
        };
        Powers::of(&book).may(&standing, act, &matter, city.zone.to_datetime(self.now()))
    }

    /// What a command of somebody about a text of a notice rests on.
    fn of(&self, who: &str, act: Act, slug: &str, text: TextVersion, office: &str) -> Concerning {
        let founding = city().notice(slug).map(|n| TextVersion(n.text_version.0));
        Concerning {
            text,
            office: office.to_owned(),
            founding,
            seen: Seen::now(&self.store).unwrap(),
            under: self
                .may(who, act, office, false)
                .expect("the powers give it"),
        }
    }

    fn give<F: Form<Refusal = Refusal>>(
        &mut self,
        who: &str,
        slug: &str,
        text: TextVersion,
        form: F,
        command: F::Command,
    ) -> Result<u64, Refusal> {
        self.requests += 1;
        let mut chance = [0; 10];
        chance[..8].copy_from_slice(&self.requests.to_be_bytes());
        let origin = Origin {
            request: RequestId::new(self.now(), chance),
            actor: Actor::new(who).unwrap(),
            notice: Notice::new(slug).unwrap(),
            text,
        };
        let mut turn = Turn::new();
        let pending = turn.command(origin, form, command).unwrap();
        self.writer.turn(turn).unwrap();
        match pending.wait() {
            Ok(done) => Ok(done.sequence),
            Err(Declined::Refused(refusal)) => Err(refusal),
            Err(other) => panic!("{other:?}"),
        }
    }

    fn writing(slug: &str, store: &Memory) -> Act {
        let begun = city().notice(slug).is_some()
            || Shelf::load(city(), store, None)
                .unwrap()
                .paper(slug)
                .is_some();
        if begun {
            Act::CorrectNotice
        } else {
            Act::PublishNotice
        }
    }

    fn save(&mut self, who: &str, slug: &str, text: &str) -> Result<TextVersion, Refusal> {
        self.save_for(who, slug, text, None)
    }

    fn save_for(
        &mut self,
        who: &str,
        slug: &str,
        text: &str,
        from: Option<Timestamp>,
    ) -> Result<TextVersion, Refusal> {
        let version = self.keep(text);
        let act = Self::writing(slug, &self.store);
        let over = DraftText::load(&self.store, slug).unwrap().map(|d| d.text);
        let of = self.of(who, act, slug, version, "air-office");
        self.give(who, slug, version, SaveDraft, Saving { of, over, from })?;
        Ok(version)
    }

    fn sign(&mut self, who: &str, slug: &str, text: TextVersion) -> Result<u64, Refusal> {
        let of = self.of(who, Act::CountersignNotice, slug, text, "air-office");
        self.give(who, slug, text, Sign, Signing { of })
    }

    fn publish(&mut self, who: &str, slug: &str, text: TextVersion) -> Result<u64, Refusal> {
        let act = Self::writing(slug, &self.store);
        let of = self.of(who, act, slug, text, "air-office");
        self.give(who, slug, text, Publish, Publishing { of })
    }

    fn withdraw(&mut self, who: &str, slug: &str, reason: &str) -> Result<u64, Refusal> {
        let text = self
            .shelf()
            .paper(slug)
            .and_then(|p| p.last_text().cloned());
        let text = text.map_or(TextVersion([0; 32]), |n| TextVersion(n.text_version.0));
        let of = self.of(who, Act::WithdrawNotice, slug, text, "air-office");
        let reason = reason.to_owned();
        self.give(who, slug, text, Withdraw, Withdrawing { of, reason })
    }

    /// Drafted by the clerk, signed by the head, published by the clerk.
    fn whole(&mut self, slug: &str, text: &str, from: Option<Timestamp>) -> Result<u64, Refusal> {
        let version = self.save_for("air-clerk", slug, text, from)?;
        self.sign("air-head", slug, version)?;
        self.publish("air-clerk", slug, version)
    }

    fn prove(&self, slug: &str, text: Option<&str>, from: Timestamp) -> Proof {
        let slug = Slug(slug.into());
        let text = text.map(str::as_bytes);
        let office = "air-office";
        let shelf = self.shelf();
        prove(
            &shelf,
            &Proposal {
                slug: &slug,
                text,
                from,
                office,
            },
        )
    }
}
