//! Licences.

use forms::booking::rows::Number;
use forms::people::powers::Act;
use forms::season::rows::EndedFor;
use forms::season::{EndLicence, EnterSales, GrantLicence, Month, Refused, Royalty, views};
use jiff::ToSpan as _;
use jiff::civil::{Date, date};
use ledger::store::Read as _;
use proptest::prelude::*;

use crate::house::{CITY, House, SEASON, clerk, fen, head, lanterns, may, notice, percent, title};

#[test]
fn the_notice_says_what_may_be_asked_for() {
    assert_eq!(SEASON.royalty_most().to_string(), "12 %");
    assert_eq!(SEASON.clause().to_string(), "theme-season#royalty");
    assert_eq!(SEASON.days(), (date(2022, 1, 6), Some(date(2023, 1, 1))));
    let others = CITY
        .notices
        .iter()
        .filter(|other| other.slug != notice().slug);
    assert!(others.clone().count() > 5);
    for other in others {
        assert!(
            forms::season::Season::new(&CITY, other).is_none(),
            "{}",
            other.slug
        );
    }
}

#[test]
fn terms_and_royalties_are_bounded() {
    let mut house = House::at("2022-01-05T09:29");
    let with = |change: &dyn Fn(&mut GrantLicence)| {
        let mut licence = lanterns();
        change(&mut licence);
        licence
    };
    let issued = "2022-01-05T09:30".parse().unwrap();
    assert_eq!(
        house.give("head", lanterns()),
        Err(Refused::NotIssued { issued })
    );
    house.set("2022-02-10T23:59");
    let today = date(2022, 2, 10);
    let wrong = with(&|licence| licence.until = licence.from);
    assert_eq!(house.give("head", wrong), Err(Refused::NoDay));
    assert_eq!(
        house.give("head", lanterns()),
        Err(Refused::InPast { today })
    );
    let (from, until) = (date(2022, 1, 6), Some(date(2023, 1, 1)));
    let beyond = with(&|licence| {
        (licence.from, licence.until) = (date(2022, 2, 10), date(2023, 1, 2));
    });
    assert_eq!(
        house.give("head", beyond),
        Err(Refused::OutsideSeason { from, until })
    );
    let fits = |licence: &mut GrantLicence| {
        (licence.from, licence.until) = (date(2022, 2, 10), date(2023, 1, 1));
    };
    let dear = with(&|licence| {
        fits(licence);
        licence.royalty = percent(1_201);
    });
    assert_eq!(
        house.give("head", dear),
        Err(Refused::RoyaltyTooHigh {
            most: SEASON.royalty_most(),
            clause: SEASON.clause().clone()
        })
    );
    for royalty in [percent(1_200), percent(0), Royalty::Each(fen(150))] {
        let licence = with(&|licence| {
            fits(licence);
            licence.royalty = royalty;
            licence.product = title(&format!("好运灯笼 {royalty:?}"));
        });
        assert!(house.give("head", licence).is_ok(), "{royalty:?}");
    }
    // Before the season begins, one can be granted for its first day.
    let mut house = House::at("2022-01-05T12:00");
    let early = with(&|licence| licence.from = date(2022, 1, 5));
    assert_eq!(
        house.give("head", early),
        Err(Refused::OutsideSeason { from, until })
    );
    assert!(
        house
            .give("head", with(&|licence| licence.from = from))
            .is_ok()
    );
}

#[test]
fn a_licence_is_ended_once_and_within_its_term() {
    let mut house = House::at("2022-01-06T10:00");
    let number = house.give("head", lanterns()).unwrap();
    let end = |on: Date| EndLicence {
        licence: number.clone(),
        on,
        why: EndedFor::Agreed,
        under: head(Act::GrantLicence),
    };
    let until = date(2022, 5, 1);
    let outside = |today| Err(Refused::EndOutside { today, until });
    assert_eq!(
        house.give("head", end(date(2022, 1, 5))),
        outside(date(2022, 1, 6))
    );
    assert_eq!(house.give("head", end(until)), outside(date(2022, 1, 6)));
    house.set("2022-03-15T10:00");
    assert_eq!(
        house.give("head", end(date(2022, 3, 14))),
        outside(date(2022, 3, 15))
    );
    let missing = EndLicence {
        licence: Number::of(999).unwrap(),
        ..end(until)
    };
    assert_eq!(house.give("head", missing), Err(Refused::NoSuchLicence));
    let on = date(2022, 4, 1);
    house.give("head", end(on)).unwrap();
    assert_eq!(
        house.give("head", end(date(2022, 3, 20))),
        Err(Refused::EndedAlready { on })
    );
    let licence = views::licence(&house.store, &SEASON, number.key())
        .unwrap()
        .unwrap();
    assert!(
        licence.holds(date(2022, 3, 31)) && !licence.holds(on) && !licence.holds(date(2022, 1, 31))
    );
    // What is left of the product's days is free again.
    let next = GrantLicence {
        from: on,
        exclusive: true,
        partner: title("另一家演示铺"),
        ..lanterns()
    };
    house.give("head", next).unwrap();

    let mut house = House::at("2022-01-06T10:00");
    let number = house.give("head", lanterns()).unwrap();
    house.set("2022-05-01T00:00");
    let late = EndLicence {
        licence: number,
        on: until,
        why: EndedFor::NotKept,
        under: head(Act::GrantLicence),
    };
    assert_eq!(
        house.give("head", late),
        Err(Refused::OverAlready { until })
    );
}

/// Every demo person with every act: what the powers give them decides, and a clause is good for its own act and person only.
#[test]
fn only_whom_the_powers_let_and_only_by_that_clause() {
    let mut house = House::at("2022-01-06T10:00");
    let number = house.give("head", lanterns()).unwrap();
    let (mut granted, mut entered) = (Vec::new(), Vec::new());
    for person in &CITY.people {
        let post = person
            .post
            .as_ref()
            .map(|post| (post.office.as_str(), post.role.as_str()));
        for act in Act::ALL {
            let Ok(under) = may(&person.id, post, *act) else {
                continue;
            };
            let licence = GrantLicence {
                product: title(&format!("产品 {} {act:?}", person.id)),
                under: under.clone(),
                ..lanterns()
            };
            // In another's hands a clause is worth nothing.
            assert_eq!(
                house.give("somebody-else", licence.clone()),
                Err(Refused::OtherPower)
            );
            match house.give(&person.id, licence) {
                Ok(_) => granted.push((person.id.as_str(), *act)),
                Err(refused) => assert_eq!(refused, Refused::OtherPower, "{} {act:?}", person.id),
            }
            let end = EndLicence {
                licence: Number::of(999).unwrap(),
                on: date(2022, 3, 1),
                why: EndedFor::GivenBack,
                under: under.clone(),
            };
            let ended = house.give(&person.id, end);
            let may_end = *act == Act::GrantLicence;
            assert_eq!(
                ended,
                Err(if may_end {
                    Refused::NoSuchLicence
                } else {
                    Refused::OtherPower
                })
            );
            let sales = EnterSales {
                licence: number.clone(),
                month: Month::read("2022-02").unwrap(),
                pieces: 1,
                sales: fen(100),
                under,
            };
            match house.give(&person.id, sales) {
                Err(Refused::NotOver { .. }) => entered.push((person.id.as_str(), *act)),
                other => assert_eq!(other, Err(Refused::OtherPower), "{} {act:?}", person.id),
            }
        }
    }
    assert_eq!(granted, [("county-head", Act::GrantLicence)]);
    assert_eq!(entered, [("county-clerk", Act::EnterResults)]);
    // Another office's head licenses its own products, not these.
    assert!(may("head", Some(("shanxi-library", "head")), Act::GrantLicence).is_err());
    let _ = clerk(Act::EnterResults);
}

/// One thing that happens to licences.
#[derive(Clone, Debug)]
enum Do {
    Grant {
        partner: usize,
        product: usize,
        after: i32,
        days: i32,
        exclusive: bool,
    },
    End {
        which: usize,
        after: i32,
    },
    Sleep(i32),
}

/// A licence as a plain list has it: every day that it holds, written out.
struct Plain {
    number: Number,
    partner: usize,
    product: usize,
    exclusive: bool,
    days: Vec<Date>,
    until: Date,
    ended: bool,
}

fn commands() -> impl Strategy<Value = Vec<Do>> {
    let grant = (0..3_usize, 0..2_usize, 0..40_i32, 1..40_i32, any::<bool>());
    let one = prop_oneof![
        6 => grant.prop_map(|(partner, product, after, days, exclusive)| Do::Grant { partner, product, after, days, exclusive }),
        2 => (0..20_usize, 0..30_i32).prop_map(|(which, after)| Do::End { which, after }),
        1 => (1..20_i32).prop_map(Do::Sleep),
    ];
    prop::collection::vec(one, 30..50)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn licences_are_granted_as_a_plain_list_of_days_would(commands in commands()) {
        const PARTNERS: [&str; 3] = ["甲铺（演示）", "乙坊（演示）", "丙行（演示）"];
        // The same product, however it is typed.
        const PRODUCTS: [[&str; 2]; 2] = [["好运灯笼 A", "好运灯笼ａ"], ["福字剪纸", "福字 剪纸"]];
        let mut house = House::at("2022-01-06T10:00");
        let (mut today, mut plain) = (date(2022, 1, 6), Vec::<Plain>::new());
        for (turn, command) in commands.into_iter().enumerate() {
            match command {
                Do::Sleep(days) => {
                    today = today.checked_add(days.days()).unwrap().min(date(2022, 10, 1));
                    house.set(&format!("{today}T10:00"));
                }
                Do::Grant { partner, product, after, days, exclusive } => {
                    let from = today.checked_add(after.days()).unwrap();
                    let until = from.checked_add(days.days()).unwrap();
                    let licence = GrantLicence {
                        partner: title(PARTNERS[partner]),
                        product: title(PRODUCTS[product][turn % 2]),
                        from,
                        until,
                        exclusive,
                        ..lanterns()
                    };
                    let wanted: Vec<Date> = from.series(1.day()).take_while(|day| *day < until).collect();
                    let clash = plain.iter().find(|other| {
                        other.product == product
                            && other.days.iter().any(|day| wanted.contains(day))
                            && (other.partner == partner || exclusive || other.exclusive)
                    });
                    match (house.give("head", licence), clash) {
                        (Ok(number), None) => plain.push(Plain { number, partner, product, exclusive, days: wanted, until, ended: false }),
                        (Err(Refused::LicensedAlready { licence, .. }), Some(clash)) => {
                            prop_assert_eq!(&licence, &clash.number);
                            prop_assert_eq!(clash.partner, partner);
                        }
                        (Err(Refused::Exclusive { licence, theirs, .. }), Some(clash)) => {
                            prop_assert_eq!(&licence, &clash.number);
                            prop_assert_eq!(theirs, clash.exclusive);
                        }
                        (answer, clash) => prop_assert!(false, "{answer:?} where a plain list has {:?}", clash.map(|c| &c.number)),
                    }
                }
                Do::End { which, after } => {
                    let Some(one) = plain.get_mut(which) else { continue };
                    let on = today.checked_add(after.days()).unwrap();
                    let end = EndLicence { licence: one.number.clone(), on, why: EndedFor::Agreed, under: head(Act::GrantLicence) };
                    let fits = !one.ended && today < one.until && on < one.until;
                    prop_assert_eq!(house.give("head", end).is_ok(), fits);
                    if fits {
                        one.ended = true;
                        one.days.retain(|day| *day < on);
                    }
                }
            }
        }
        let kept = views::licences(&house.store, &SEASON).unwrap();
        prop_assert_eq!(kept.len(), plain.len());
        for (licence, plain) in kept.iter().zip(&plain) {
            prop_assert_eq!(&licence.number, &plain.number);
            let held: Vec<Date> = licence.from.series(1.day()).take_while(|day| *day < licence.until).filter(|day| licence.holds(*day)).collect();
            prop_assert_eq!(&held, &plain.days);
        }
        prop_assert!(house.store.head().unwrap().size >= plain.len() as u64);
    }
}
