//! What the clock does to bookings by itself, and what it catches up on after the server was down.

use super::{World, city};
use city::City;
use decide::{Book, Eligibility};
use forms::booking::rows::{Booking, Means, Number, Status};
use forms::booking::{self, CheckIn, Offering, SignUp};
use jiff::{SignedDuration, Timestamp};
use ledger::entry::Origin;
use ledger::folder::Folder;
use ledger::given::{Chance as _, SystemChance};
use ledger::item::{ItemId, Row as _};
use ledger::name::{Actor, Kind, Person, RequestId};
use ledger::store::Read as _;
use std::sync::Arc;
use std::time::Duration;

pub const TEXT: &str = r#"+++
title    = "早读志愿者"
issuer   = "shanxi-library"
issued   = 2022-01-04T09:00:00+08:00
in_force = "2022-01-04T09:00/2022-03-31T24:00"
+++

每场一人，可以候补。

```offer mornings
dates     = [{ on = 2022-01-08, hours = "09:00-11:00" }, { on = 2022-01-08, hours = "14:00-16:00" }]
capacity  = 1
sign_up   = "2022-01-04T09:00/"
waiting   = { offer = "2 h", places = 5 }
no_show   = { after = "30 min", times = 2, bar = "3 d" }
```
"#;

/// The demo city with this notice beside its own.
pub fn with_notice(slug: &str, text: &str) -> Arc<City> {
    let city = city();
    let reading = city.read_notice(&format!("{slug}.md"), text.as_bytes());
    let notice = reading
        .notice
        .unwrap_or_else(|| panic!("{:#?}", reading.diagnostics));
    let mut notices = city.notices.clone();
    notices.push(Arc::new(notice));
    Arc::new(city.with_notices(notices))
}

pub fn offering(city: &Arc<City>, slug: &str) -> Arc<Offering> {
    let book = Book::compile(city.clone(), city.notices.clone());
    let eligibility = Arc::new(Eligibility::of(city, book.notices()));
    let notice = city.notice(slug).expect("the notice");
    Offering::new(city, eligibility, notice, &notice.offers[0].name).expect("an offering")
}

impl World {
    /// Gives a command without any page.
    pub async fn command<A: booking::Act>(
        &self,
        offering: &Arc<Offering>,
        actor: &str,
        act: A,
    ) -> u64 {
        let chance = SystemChance.bytes().expect("chance");
        let origin = Origin {
            request: RequestId::new(self.now, *chance.first_chunk().expect("ten bytes")),
            actor: Actor::new(actor).expect("a name"),
            notice: offering.notice().clone(),
            text: offering.text(),
        };
        let pending = self.ledger.submit(origin, offering.form::<A>(), act);
        let done = pending.expect("taken").await;
        done.unwrap_or_else(|error| panic!("{error:?}")).sequence
    }

    pub fn status(&self, booking: u64) -> Status {
        let data = Folder::open(&self.folder.path().join("data")).expect("the ledger");
        let item = data.reader().expect("a reader").item(&ItemId {
            kind: Kind::new(Booking::KIND).expect("a kind"),
            key: Number::of(booking).expect("a number").key().clone(),
        });
        let item = item.expect("readable").expect("a booking");
        item.read::<Booking>().expect("a booking").status
    }

    /// Lets the clock do its work until this holds.
    pub async fn until(&self, holds: impl Fn(&World) -> bool) {
        let time = tokio::spawn(web::keep_time(self.app.clone()));
        for _ in 0..500 {
            if holds(self) {
                time.abort();
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("the clock did not do it within 5 s");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_falls_due_is_done_on_time_and_after_a_restart_too() {
    let city = with_notice("mornings", TEXT);
    let offering = offering(&city, "mornings");
    let world = World::of(city).await;
    let [morning, afternoon] = [0, 1].map(|at| offering.slots()[at].key.clone());
    let sign_up = |who: &str, slot| {
        let person = Person::new(who).expect("a name");
        SignUp::new(&offering, slot, person, None)
    };
    // The first has the place of the morning, two wait; in the afternoon somebody has the place and will come.
    let first = world
        .command(&offering, "a", sign_up("a", morning.clone()))
        .await;
    let second = world
        .command(&offering, "b", sign_up("b", morning.clone()))
        .await;
    let third = world
        .command(&offering, "c", sign_up("c", morning.clone()))
        .await;
    let comes = world
        .command(&offering, "d", sign_up("d", afternoon.clone()))
        .await;
    let give_back = forms::booking::Cancel {
        booking: Number::of(first).expect("a number"),
        person: Person::new("a").expect("a name"),
    };
    world.command(&offering, "a", give_back).await;
    assert!(matches!(world.status(second), Status::Offered { .. }));

    // The server is down while the second's offer runs out; it goes to the third, who also lets it pass.
    let world = world.later(SignedDuration::from_hours(3)).await;
    world
        .until(|world| matches!(world.status(third), Status::Offered { .. }))
        .await;
    assert_eq!(world.status(second), Status::Lapsed);

    // On the day, one checks in and forgets to check out; a late one signed up anew and never comes.
    let world = world.later(SignedDuration::from_hours(3)).await;
    world
        .until(|world| world.status(third) == Status::Lapsed)
        .await;
    let late = world.command(&offering, "e", sign_up("e", morning)).await;
    let day: Timestamp = "2022-01-08T14:05:00+08:00".parse().expect("a time");
    let by = day.duration_since(world.now);
    let world = world.later(by).await;
    world
        .until(|world| world.status(late) == Status::Absent)
        .await;
    let came = CheckIn {
        booking: Number::of(comes).expect("a number"),
        at: day,
        by: Means::Qr,
        under: None,
    };
    world.command(&offering, "gate", came).await;
    let world = world.later(SignedDuration::from_hours(2)).await;
    world
        .until(|world| match world.status(comes) {
            Status::Here { attendance } => attendance
                .went
                .is_some_and(|went| went.by.is_none() && went.minutes == 115),
            _ => false,
        })
        .await;
}
