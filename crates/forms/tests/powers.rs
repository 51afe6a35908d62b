//! The demo city's powers, asked for every act by everybody, against a table read by people and a policy written by hand.
#![allow(clippy::unwrap_used, clippy::panic)] // what fails here is the test

use std::path::Path;
use std::sync::{Arc, OnceLock};

use city::City;
use decide::Book;
use forms::people::powers::{Act, Citation, Denied, Matter, Post, Powers, Standing};
use jiff::civil::{DateTime, date};
use ledger::name::Person;
use notice::{Gazetteer, PlaceId, PlaceLookup};

fn book() -> &'static Book {
    static BOOK: OnceLock<Book> = OnceLock::new();
    BOOK.get_or_init(|| {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../cities/taiyuan-2022");
        let (city, _) = City::load(folder.as_ref()).unwrap();
        let notices = city.notices.clone();
        Book::compile(Arc::new(city), notices)
    })
}

fn place(word: &str) -> PlaceId {
    match book().city().place(word) {
        PlaceLookup::One(place) => place,
        other => panic!("{word}: {other:?}"),
    }
}

/// How something is asked.
#[derive(Clone, Copy, Debug)]
struct Case {
    own_office: bool,
    interest: bool,
    night: bool,
    elsewhere: bool,
    /// What is to be confirmed.
    about: Option<&'static str>,
}

/// What is asked for: each act once, and confirming facts about people for each of some attributes.
fn asked() -> impl Iterator<Item = (Act, Option<&'static str>)> {
    let attributes = [
        "住在本社区",
        "班级",
        "年龄",
        "持有残疾人证",
        "会说普通话",
        "车型",
    ];
    let acts = Act::ALL.iter().filter(|act| **act != Act::ConfirmFact);
    let facts = attributes.map(|word| (Act::ConfirmFact, Some(word)));
    acts.map(|act| (*act, None)).chain(facts)
}

/// The most favourable case: one's own office, no interest in it, a workday at ten, in Nanhuan.
const BEST: Case = Case {
    own_office: true,
    interest: false,
    night: false,
    elsewhere: false,
    about: None,
};

/// A Thursday.
fn at(case: Case) -> DateTime {
    date(2022, 1, 6).at(if case.night { 21 } else { 10 }, 0, 0, 0)
}

fn may(post: Option<(&str, &str)>, act: Act, case: Case) -> Result<Citation, Denied> {
    let post = post.map(|(office, role)| Post {
        office: office.to_owned(),
        role: role.to_owned(),
    });
    let own = post
        .as_ref()
        .map_or("no-office", |post| post.office.as_str());
    let other = if own == "city-government" {
        "air-office"
    } else {
        "city-government"
    };
    let matter = Matter {
        office: if case.own_office { own } else { other },
        place: Some(if case.elsewhere {
            place("古交市")
        } else {
            place("小店区/平阳路街道/南环社区")
        }),
        interest: case.interest,
        attribute: case.about,
    };
    let who = Standing {
        person: Person::new("somebody").unwrap(),
        post: post.clone(),
    };
    Powers::of(book()).may(&who, act, &matter, at(case))
}

fn cases(about: Option<&'static str>) -> impl Iterator<Item = Case> {
    (0..16_u8).map(move |bits| Case {
        own_office: bits & 1 == 0,
        interest: bits & 2 != 0,
        night: bits & 4 != 0,
        elsewhere: bits & 8 != 0,
        about,
    })
}

/// `-` never; `+` for one's own office, `*` for any; then what takes it away: `h` an interest of one's own, `n` night, `e` elsewhere.
fn cell(post: Option<(&str, &str)>, act: Act, about: Option<&'static str>) -> String {
    let best = Case { about, ..BEST };
    let ok = |case| may(post, act, case).is_ok();
    if !ok(best) {
        assert!(
            cases(about).all(|case| !ok(case)),
            "{post:?} may {act:?} in a worse case only"
        );
        return "-".to_owned();
    }
    let mut cell = String::from(
        if ok(Case {
            own_office: false,
            ..best
        }) {
            "*"
        } else {
            "+"
        },
    );
    for (sign, case) in [
        (
            'i',
            Case {
                interest: true,
                ..best
            },
        ),
        (
            'n',
            Case {
                night: true,
                ..best
            },
        ),
        (
            'e',
            Case {
                elsewhere: true,
                ..best
            },
        ),
    ] {
        if !ok(case) {
            cell.push(sign);
        }
    }
    cell
}

fn golden(name: &str, found: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/powers")
        .join(name);
    if std::env::var_os("UPDATE_EXPECTED").is_some() {
        std::fs::write(&path, found).unwrap();
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(
        found, expected,
        "{name} differs: UPDATE_EXPECTED=1 writes it anew; read the difference"
    );
}

#[test]
fn every_act_by_every_demo_person() {
    let city = book().city();
    let mut table = String::from(
        "Who may do what (demo city). - never; + for the own office's matters, * for any office's;\n\
         h not with an interest of one's own in it, n not at night, e not outside Nanhuan Community.\n\n",
    );
    for (act, about) in asked() {
        let word = about.map(|word| format!("：{word}")).unwrap_or_default();
        table += &format!("{}{word} {}\n", act.word(), act.name());
        let mut nobody = Vec::new();
        for person in &city.people {
            let post = person
                .post
                .as_ref()
                .map(|p| (p.office.as_str(), p.role.as_str()));
            match cell(post, act, about).as_str() {
                "-" => nobody.push(person.id.as_str()),
                cell => table += &format!("  {cell:<4} {}\n", person.id),
            }
        }
        table += &format!("  -    {}\n\n", nobody.join(" "));
    }
    golden("matrix.txt", &table);
}

/// The powers as a person reads them in the notice: a second implementation, by hand.
fn by_hand(office: &str, role: &str, act: Act, case: Case) -> bool {
    let Case {
        own_office,
        interest,
        night,
        elsewhere,
        about,
    } = case;
    let roles: &[&str] = match act {
        Act::PublishNotice | Act::CorrectNotice | Act::WithdrawNotice | Act::SeeOutbox => {
            &["clerk", "head"]
        }
        Act::CountersignNotice
        | Act::HoldDraw
        | Act::AssignPost
        | Act::GrantLicence
        | Act::CorrectResults
        | Act::TellPrograms => &["head"],
        Act::EnterResults => &["clerk", "project-lead"],
        Act::SeeBookings => &["clerk", "project-lead", "teacher"],
        Act::CheckIn => &["project-lead", "teacher", "gatekeeper"],
        Act::DrawUpTimetable | Act::ConfirmIdentity | Act::ConfirmGuardian => &["clerk"],
        Act::GrantHours => &["project-lead", "teacher"],
        Act::CorrectRecord | Act::Export | Act::WitnessDraw => &["archivist"],
        Act::IssueCertificate => &["head", "archivist"],
        Act::ConfirmFact => match about {
            Some("住在本社区") => &["clerk", "community-grid"],
            Some("班级") => &["clerk"],
            _ => &[],
        },
    };
    let offices: Option<&[&str]> = match act {
        Act::ConfirmIdentity => {
            Some(&["shanxi-library", "demo-primary-school", "nanhuan-community"])
        }
        Act::ConfirmFact if about == Some("班级") => Some(&["demo-primary-school"]),
        Act::ConfirmFact => Some(&["nanhuan-community"]),
        Act::ConfirmGuardian => Some(&["demo-primary-school", "nanhuan-community"]),
        _ => None,
    };
    let interest_matters = matches!(
        act,
        Act::CountersignNotice
            | Act::GrantHours
            | Act::CorrectRecord
            | Act::AssignPost
            | Act::GrantLicence
            | Act::CorrectResults
            | Act::ConfirmGuardian
            | Act::ConfirmFact
            | Act::ConfirmIdentity
            | Act::IssueCertificate
    );
    own_office
        && roles.contains(&role)
        && offices.is_none_or(|offices| offices.contains(&office))
        && !(interest_matters && interest)
        && !(act == Act::Export && night)
        && !(act == Act::ConfirmFact && office == "nanhuan-community" && elsewhere)
}

#[test]
fn every_act_by_every_post_of_every_office_as_the_notice_reads() {
    let offices = &book().city().offices;
    let mut answered = 0;
    for office in &offices.offices {
        for role in &offices.roles {
            for (act, about) in asked() {
                let best = Case { about, ..BEST };
                // All cases where something is allowed at all; elsewhere the best and the worst.
                for (number, case) in cases(about).enumerate() {
                    if number % 15 != 0 && !by_hand(&office.id, &role.id, act, best) {
                        continue;
                    }
                    let found = may(Some((&office.id, &role.id)), act, case).is_ok();
                    let expected = by_hand(&office.id, &role.id, act, case);
                    assert_eq!(
                        found, expected,
                        "{} of {} {act:?} {case:?}",
                        role.id, office.id
                    );
                    answered += 1;
                }
            }
        }
    }
    assert!(answered > 10_000, "{answered}");
}

#[test]
fn residents_and_unknown_posts_may_nothing() {
    for act in Act::ALL {
        for case in cases(None) {
            assert!(
                matches!(may(None, *act, case), Err(Denied::NoPost { .. })),
                "{act:?}"
            );
            let unknown = may(Some(("no-such-office", "no-such-role")), *act, case);
            assert!(
                matches!(unknown, Err(Denied::NotGiven { .. })),
                "{act:?} {unknown:?}"
            );
        }
    }
}

#[test]
fn a_permission_cites_its_clause() {
    let citation = may(Some(("shanxi-library", "clerk")), Act::PublishNotice, BEST).unwrap();
    let because = citation.because();
    assert_eq!(because.len(), 1);
    assert_eq!(
        (because[0].notice.as_str(), because[0].rule.as_str()),
        ("powers", "publish")
    );
    assert_eq!(because[0].clause, "一、公告 第1款");
    assert_eq!(
        (citation.act(), citation.office()),
        (Act::PublishNotice, "shanxi-library")
    );
    // As it stands in an entry: no person in it, for the entry names who acts.
    let mut json = serde_json::to_value(&citation).unwrap();
    let version = json
        .as_object_mut()
        .unwrap()
        .remove("text_version")
        .unwrap();
    assert_eq!(version, book().text_version());
    let expected = serde_json::json!({
        "act": "publish-notice", "office": "shanxi-library", "role": "clerk", "clauses": ["powers#publish"],
    });
    assert_eq!(json, expected);
}

#[test]
fn refusals_say_who_may_and_by_which_clause() {
    let city = book().city();
    let mut said = String::new();
    let mut say = |what: &str, found: Result<Citation, Denied>| {
        let denied = found.err().unwrap_or_else(|| panic!("{what} is refused"));
        let label = denied.label(city);
        said += &format!("{what}\n  {}\n  {}\n  {denied}\n", label.zh, label.en);
    };
    say("a resident exports", may(None, Act::Export, BEST));
    let gate = Some(("ancient-county", "gatekeeper"));
    say(
        "a gatekeeper looks at the list",
        may(gate, Act::SeeBookings, BEST),
    );
    let head = Some(("air-office", "head"));
    let own = Case {
        interest: true,
        ..BEST
    };
    say(
        "a head countersigns an own draft",
        may(head, Act::CountersignNotice, own),
    );
    let others = Case {
        own_office: false,
        ..BEST
    };
    say(
        "a clerk publishes another office's notice",
        may(
            Some(("shanxi-library", "clerk")),
            Act::PublishNotice,
            others,
        ),
    );
    let night = Case {
        night: true,
        ..BEST
    };
    say(
        "an archivist exports at night",
        may(Some(("shanxi-library", "archivist")), Act::Export, night),
    );

    let powers = Powers::of(book());
    let clerk = Standing {
        person: Person::new("nanhuan-clerk").unwrap(),
        post: Some(Post {
            office: "nanhuan-community".into(),
            role: "clerk".into(),
        }),
    };
    let nowhere = Matter::of("nanhuan-community");
    let residence = Matter {
        attribute: Some("住在本社区"),
        ..nowhere
    };
    say(
        "a community confirms a residence, without a place",
        powers.may(&clerk, Act::ConfirmFact, &residence, at(BEST)),
    );
    let age = Case {
        about: Some("年龄"),
        ..BEST
    };
    say(
        "a community confirms an age",
        may(Some(("nanhuan-community", "clerk")), Act::ConfirmFact, age),
    );
    say(
        "a community confirms a fact, whichever",
        may(Some(("nanhuan-community", "clerk")), Act::ConfirmFact, BEST),
    );
    let before = date(2021, 12, 31).at(10, 0, 0, 0);
    say(
        "before the powers are in force",
        powers.may(&clerk, Act::PublishNotice, &nowhere, before),
    );
    golden("refusals.txt", &said);
}

#[test]
fn a_city_without_the_words_or_the_notice_gives_no_power() {
    let city = book().city();
    let who = Standing {
        person: Person::new("head").unwrap(),
        post: Some(Post {
            office: "air-office".into(),
            role: "head".into(),
        }),
    };
    let matter = Matter::of("air-office");
    let ask = |city: City, notices| {
        Powers::of(&Book::compile(Arc::new(city), notices))
            .may(&who, Act::HoldDraw, &matter, at(BEST))
            .unwrap_err()
    };
    let without_notice = ask(city.with_notices(Vec::new()), Vec::new());
    assert!(
        matches!(&without_notice, Denied::NotGiven { only, .. } if only.is_empty()),
        "{without_notice:?}"
    );
    let mut kept = City::clone(city);
    let action = Act::HoldDraw.action(&kept.vocabulary).unwrap();
    kept.vocabulary.actions[usize::from(action.0)].default = notice::vocabulary::Default::Allowed;
    assert_eq!(ask(kept.clone(), Vec::new()), Denied::Unkept(Act::HoldDraw));
    kept.vocabulary.actions[usize::from(action.0)].label.zh = "别的".into();
    assert_eq!(ask(kept, Vec::new()), Denied::Unknown(Act::HoldDraw));
}

#[test]
fn acts_are_called_in_english_as_in_the_vocabulary() {
    let vocabulary = &book().city().vocabulary;
    for act in Act::ALL {
        let action = act.action(vocabulary).unwrap_or_else(|| panic!("{act:?}"));
        assert_eq!(
            vocabulary.actions[usize::from(action.0)].label.en,
            act.name()
        );
    }
}
