//! When a certificate is issued, and when not.

use std::collections::BTreeMap;

use forms::people::powers::Act;
use forms::people::{PersonName, Private};
use forms::record::rows::{Named, Part, Reason};
use forms::record::{
    Agree, Issue, IssueCertificate, Revoke, RevokeCertificate, Serial, ShowName, Why,
};
use ledger::name::Person;
use proptest::prelude::*;

use crate::house::{Count, House, LIBRARY, citation, person, volunteer};

fn why<T: std::fmt::Debug>(refused: Result<T, forms::record::Refused>) -> Why {
    let refused = refused.unwrap_err();
    // Whatever is refused says so in both languages, and by which clause.
    let label = refused.label();
    assert!(label.zh.contains("library#volunteers") && label.en.contains("library#volunteers"));
    refused.why
}

#[test]
fn what_was_done_is_certified_once_the_promise_is_met() {
    let mut house = House::new();
    let who = person(1);
    house.serve(&who, "reading", "2022-01-08", 180);
    house.serve(&who, "reading", "2022-01-15", 180);
    assert_eq!(
        why(house.ask(&who, "林晓月")),
        Why::Missing {
            counted: 360,
            promised: 540
        }
    );
    house.serve(&who, "children", "2022-01-16", 150);
    let short = house.serve(&who, "children", "2022-01-22", 10);
    assert_eq!(
        Why::Missing {
            counted: 520,
            promised: 540
        }
        .label()
        .zh,
        "公告要求满9小时，您已有8小时40分，还差20分钟。"
    );
    house.grant(&who, &short, 20);
    house.set("2022-04-01T09:30");
    let certificate = house.ask(&who, "林晓月").unwrap();
    let parts: Vec<_> = certificate
        .parts
        .iter()
        .map(|part| {
            let project = part.project.as_ref().map(|p| p.zh.as_str());
            (project, part.sessions, part.checked, part.granted)
        })
        .collect();
    assert_eq!(
        parts,
        [
            (Some("长风朗润"), 2, 360, 0),
            (Some("少儿阅读"), 2, 160, 20)
        ]
    );
    assert_eq!(certificate.issuer, "shanxi-library");
    assert_eq!(certificate.under, None);
    let holder = certificate.holder.open(&house.store).unwrap();
    assert_eq!(holder.name(), "林晓月");
    // Asked for again, there is still the one.
    assert_eq!(
        why(house.ask(&who, "林晓月")),
        Why::Already {
            serial: certificate.serial.clone()
        }
    );
    // The name is in no entry and no item.
    let row = serde_json::to_string(&certificate).unwrap();
    assert!(!row.contains("林晓月"), "{row}");
}

#[test]
fn nobody_else_asks_and_staff_need_the_power() {
    let mut house = House::new();
    let who = volunteer(&mut house, 1);
    let command = |house: &House, under| IssueCertificate {
        person: who.clone(),
        holder: house.holder(&who, "林晓月"),
        replaces: None,
        under,
    };
    let own = command(&house, None);
    assert_eq!(why(house.issue("p2", own)), Why::NotYours);
    let power = |person, act, role| Some(citation(person, "shanxi-library", role, act));
    for (actor, under) in [
        // Another act, another person's power, another office's.
        ("lead", power("lead", Act::GrantHours, "project-lead")),
        ("lead", power("head", Act::IssueCertificate, "head")),
        (
            "head",
            Some(citation(
                "head",
                "demo-school",
                "head",
                Act::IssueCertificate,
            )),
        ),
    ] {
        let command = command(&house, under);
        assert_eq!(why(house.issue(actor, command)), Why::OtherPower);
    }
    let mut others = command(&house, None);
    others.holder = house.holder(&person(2), "别人");
    assert_eq!(why(house.issue("p1", others)), Why::OtherPerson);
    let given = command(&house, power("head", Act::IssueCertificate, "head"));
    let certificate = house.issue("head", given).unwrap();
    let under = certificate.under.unwrap();
    assert_eq!(under.clauses, ["powers#certificate"]);
    assert_eq!(under.office, "shanxi-library");
}

#[test]
fn a_void_certificate_stays_and_only_the_office_replaces_it() {
    let mut house = House::new();
    let who = volunteer(&mut house, 1);
    let another = person(2);
    for day in ["2022-02-12", "2022-02-13", "2022-02-19"] {
        house.serve(&another, "reading", day, 180);
    }
    let certificate = house.ask(&who, "林晓月").unwrap();
    let (_, offering) = &*LIBRARY;
    let form = || Revoke {
        clause: offering.clause().clone(),
    };
    let revoking = |serial: &Serial, act, role| RevokeCertificate {
        serial: serial.clone(),
        reason: Reason::HolderWrong,
        under: citation("archivist", "shanxi-library", role, act),
    };
    let wrong = revoking(&certificate.serial, Act::IssueCertificate, "archivist");
    assert_eq!(why(house.give("archivist", form(), wrong)), Why::OtherPower);
    let none = Serial::read("000000000099-ABCDEFGH").unwrap();
    let none = revoking(&none, Act::CorrectRecord, "archivist");
    assert_eq!(
        why(house.give("archivist", form(), none)),
        Why::NoSuchCertificate
    );
    let right = revoking(&certificate.serial, Act::CorrectRecord, "archivist");
    house.give("archivist", form(), right.clone()).unwrap();
    assert_eq!(
        why(house.give("archivist", form(), right)),
        Why::AlreadyRevoked
    );
    let void = house.certificate(&certificate.serial).revoked.unwrap();
    assert_eq!(void.reason, Reason::HolderWrong);
    assert_eq!(void.under.clauses, ["powers#correct-record"]);
    assert_eq!(why(house.ask(&who, "林晓玥")), Why::Revoked);
    // The office says which one the new one replaces, and it is this person's void one.
    let issuing = |house: &House, replaces: Option<&Serial>| IssueCertificate {
        person: who.clone(),
        holder: house.holder(&who, "林晓玥"),
        replaces: replaces.cloned(),
        under: Some(citation(
            "head",
            "shanxi-library",
            "head",
            Act::IssueCertificate,
        )),
    };
    let own = IssueCertificate {
        under: None,
        ..issuing(&house, Some(&certificate.serial))
    };
    assert_eq!(why(house.issue("p1", own)), Why::Revoked);
    let unnamed = issuing(&house, None);
    assert_eq!(
        why(house.issue("head", unnamed)),
        Why::Unnamed {
            serial: certificate.serial.clone()
        }
    );
    let others = house.ask(&another, "别人").unwrap();
    for wrong in [
        &Serial::read("000000000099-ABCDEFGH").unwrap(),
        &others.serial,
    ] {
        let command = issuing(&house, Some(wrong));
        assert_eq!(why(house.issue("head", command)), Why::NoSuchCertificate);
    }
    let command = issuing(&house, Some(&certificate.serial));
    let again = house.issue("head", command.clone()).unwrap();
    assert_ne!(again.serial, certificate.serial);
    assert_eq!(again.replaces.as_ref(), Some(&certificate.serial));
    // The void one tells which has taken its place; nothing else of it has changed.
    let void = house.certificate(&certificate.serial);
    let revoked = void.revoked.unwrap();
    assert_eq!(revoked.replaced_by.as_ref(), Some(&again.serial));
    assert_eq!(revoked.reason, Reason::HolderWrong);
    assert!(
        matches!(why(house.ask(&who, "林晓玥")), Why::Already { serial } if serial == again.serial)
    );
    // Twice, and in the place of one that holds.
    assert_eq!(
        why(house.issue("head", command)),
        Why::Replaced {
            serial: again.serial.clone()
        }
    );
    let holds = issuing(&house, Some(&again.serial));
    assert_eq!(why(house.issue("head", holds)), Why::NotVoid);
    // Void again, the third replaces the second, not the first.
    let second = revoking(&again.serial, Act::CorrectRecord, "archivist");
    house.give("archivist", form(), second).unwrap();
    let first = issuing(&house, Some(&certificate.serial));
    assert_eq!(
        why(house.issue("head", first)),
        Why::Replaced {
            serial: again.serial.clone()
        }
    );
    let second = issuing(&house, Some(&again.serial));
    let third = house.issue("head", second).unwrap();
    assert_eq!(third.replaces, Some(again.serial));
}

#[test]
fn nobody_issues_their_own_in_the_name_of_their_office() {
    let mut house = House::new();
    let who = volunteer(&mut house, 1);
    let command = IssueCertificate {
        person: who.clone(),
        holder: house.holder(&who, "林晓月"),
        replaces: None,
        under: Some(citation(
            "p1",
            "shanxi-library",
            "head",
            Act::IssueCertificate,
        )),
    };
    assert_eq!(why(house.issue("p1", command)), Why::OtherPower);
}

#[test]
fn nobody_makes_their_own_certificate_void() {
    let mut house = House::new();
    let certificate = {
        let who = volunteer(&mut house, 1);
        house.ask(&who, "林晓月").unwrap()
    };
    let command = RevokeCertificate {
        serial: certificate.serial.clone(),
        reason: Reason::Asked,
        under: citation("p1", "shanxi-library", "archivist", Act::CorrectRecord),
    };
    let form = Revoke {
        clause: LIBRARY.1.clause().clone(),
    };
    assert_eq!(why(house.give("p1", form, command)), Why::OtherPower);
}

#[test]
fn a_certificate_of_another_text_or_without_a_promise_is_not_issued() {
    use std::sync::Arc;
    let mut house = House::new();
    let who = volunteer(&mut house, 1);
    let text = include_str!("library.md").replace("hours     = \"9 h\"", "");
    let notice = crate::house::read("library", &text);
    let eligibility = Arc::new(decide::Eligibility::of(
        &crate::house::CITY,
        std::slice::from_ref(&notice),
    ));
    let offering =
        forms::booking::Offering::new(&crate::house::CITY, eligibility, &notice, "volunteers")
            .unwrap();
    let command = IssueCertificate {
        person: who.clone(),
        holder: house.holder(&who, "林晓月"),
        replaces: None,
        under: None,
    };
    // The command comes under the text in force, the form is of another.
    let refused = house.give("p1", Issue::new(&offering, &notice), command);
    assert_eq!(why(refused), Why::OtherText);
}

#[test]
fn a_name_is_shown_only_while_its_person_agrees() {
    let mut house = House::new();
    let who = person(1);
    house.key(&who);
    let (_, offering) = &*LIBRARY;
    let form = || Agree {
        clause: offering.clause().clone(),
    };
    let name = PersonName::new("林晓月").unwrap();
    let name = Private::seal(&house.store, &mut Count(3), &who, &name).unwrap();
    let show = ShowName {
        person: who.clone(),
        name: Some(name),
    };
    let hide = ShowName {
        person: who.clone(),
        name: None,
    };
    assert_eq!(why(house.give("p2", form(), show.clone())), Why::NotYours);
    assert_eq!(why(house.give("p1", form(), hide.clone())), Why::NotNamed);
    house.give("p1", form(), show).unwrap();
    let key = Named::key_of(&who, offering.key()).unwrap();
    let row: Named = house.row(&key).unwrap();
    assert_eq!(row.name.open(&house.store).unwrap().as_str(), "林晓月");
    house.give("p1", form(), hide).unwrap();
    assert_eq!(house.row::<Named>(&key), None);
}

#[test]
fn every_refusal_says_what_to_do() {
    let serial = Serial::read("000000000016-ABCDEFGH").unwrap();
    let all = [
        Why::OtherText,
        Why::NotYours,
        Why::OtherPower,
        Why::OtherPerson,
        Why::NothingPromised,
        Why::Missing {
            counted: 2490,
            promised: 2520,
        },
        Why::Already {
            serial: serial.clone(),
        },
        Why::Revoked,
        Why::Unsettled,
        Why::NoSuchCertificate,
        Why::AlreadyRevoked,
        Why::NotVoid,
        Why::Replaced {
            serial: serial.clone(),
        },
        Why::Unnamed {
            serial: serial.clone(),
        },
        Why::NotNamed,
    ];
    let said = all.map(|why| {
        let label = why.label();
        format!("{}\n{}\n", label.zh, label.en)
    });
    insta::assert_snapshot!(said.concat());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever somebody serves, a certificate comes exactly when the promise is met, and its parts are what was served.
    #[test]
    fn parts_are_what_was_served(
        mornings in proptest::collection::vec((any::<bool>(), 0_u32..=180, 0_u32..=60), 1..10),
    ) {
        const DAYS: [&str; 10] = [
            "2022-01-08", "2022-01-09", "2022-01-15", "2022-01-16", "2022-01-22",
            "2022-01-23", "2022-02-12", "2022-02-13", "2022-02-19", "2022-02-20",
        ];
        let mut house = House::new();
        let who: Person = person(1);
        let mut plain: BTreeMap<&str, (u32, u32, u32)> = BTreeMap::new();
        for (day, (reading, minutes, granted)) in DAYS.iter().zip(&mornings) {
            let (key, project) = if *reading { ("长风朗润", "reading") } else { ("少儿阅读", "children") };
            let booking = house.serve(&who, project, day, *minutes);
            let granted = (*granted).min(180 - minutes);
            if granted > 0 {
                house.grant(&who, &booking, granted);
            }
            if minutes + granted > 0 {
                let part = plain.entry(key).or_default();
                *part = (part.0 + 1, part.1 + minutes, part.2 + granted);
            }
        }
        let counted: u32 = plain.values().map(|(_, checked, granted)| checked + granted).sum();
        match house.ask(&who, "林晓月") {
            Ok(certificate) => {
                prop_assert!(counted >= 540);
                let name = |part: &Part| part.project.clone().unwrap().zh;
                let parts = certificate.parts.iter();
                let parts: BTreeMap<String, _> = parts
                    .map(|p| (name(p), (p.sessions, p.checked, p.granted)))
                    .collect();
                let plain: BTreeMap<String, _> = plain.into_iter().map(|(k, v)| (k.to_owned(), v)).collect();
                prop_assert_eq!(parts, plain);
            }
            Err(refused) => {
                prop_assert_eq!(refused.why, Why::Missing { counted, promised: 540 });
                prop_assert!(counted < 540);
            }
        }
    }
}
