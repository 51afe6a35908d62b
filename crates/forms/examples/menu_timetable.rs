//! Proposes a timetable for invented wishes of a city's communities and prints the `offer` blocks that make it bookable.
//!
//!     cargo run -p tongxin-forms --example menu_timetable -- [CITY] [COURSES FOR EACH COMMUNITY]
//!
//! The blocks of the demo city's `culture-menu.md` were made so. How good it is and how long it took is told on stderr.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a tool that fails says where"
)]

use std::path::PathBuf;
use std::time::Instant;

use city::City;
use forms::menu::AgeGroup;
use forms::menu::plan::{Wanted, propose};
use forms::menu::rows::{Order, order_key};
use ledger::name::Key;

fn main() {
    let mut args = std::env::args().skip(1);
    let folder = args.next().map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../cities/taiyuan-2022"),
        PathBuf::from,
    );
    let each = args.next().map_or(2, |n| n.parse().expect("a number"));
    let (city, _) = City::load(&folder).expect("the city loads");
    let orders = invented(&city, each);
    let day = "2022-01-11".parse().unwrap();
    let times = [
        "每日 09:30-11:00",
        "每日 14:30-16:00",
        "每日 16:10-17:30",
        "每日 18:30-20:00",
    ];
    let read = |line: &str| notice::read_when(city.context(), "", line.into(), day).unwrap();
    let wanted = Wanted {
        from: day,
        until: "2022-01-24".parse().unwrap(),
        times: times.map(read).to_vec(),
        needed: 10,
        seed: 2022,
        steps: 200_000,
    };
    let begun = Instant::now();
    let table = propose(&city, &orders, &wanted).expect("it can be planned");
    let took = begun.elapsed();
    println!(
        "{}",
        table.blocks(&city, "2022-01-08T09:00".parse().unwrap())
    );
    eprintln!(
        "{} orders, {} wishes: {} sessions, {} wishes met, {} clashes, best for sure: {}, {took:?}",
        orders.len(),
        table.wishes,
        table.given.len(),
        table.score.met,
        table.score.clashes,
        table.is_best,
    );
    for refused in &table.not_given {
        eprintln!("  {}: {:?}", refused.order, refused.why);
    }
}

/// So many courses for each community, each for the oldest who may come.
fn invented(city: &City, each: usize) -> Vec<Order> {
    let (menu, notice) = (&city.menu, Key::new("culture-menu").unwrap());
    let communities = menu.communities();
    let mut orders = Vec::new();
    for (n, place) in communities.into_iter().enumerate() {
        let community = city.places.get(place).unwrap().code.clone();
        for k in 0..each {
            let course = &menu.courses[(n * 11 + k * 17) % menu.courses.len()];
            let fits = |age: &AgeGroup| {
                let (youngest, oldest) = age.ages();
                course.ages.0 <= oldest && youngest <= course.ages.1
            };
            let age = AgeGroup::ALL.into_iter().rev().find(fits).unwrap();
            orders.push(Order {
                key: order_key(&notice, &course.id, &community, age).unwrap(),
                notice: notice.clone(),
                course: course.id.clone(),
                community: community.clone(),
                age,
                people: u32::try_from((n * 7 + k * 5) % 24 + 4).unwrap(),
                answer: None,
            });
        }
    }
    orders
}
