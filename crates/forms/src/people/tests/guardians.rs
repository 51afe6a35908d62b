//! Guardians: proposed, accepted, refused, ended; and who may not.

use super::known::{NUMBER, fact, stating};
use super::*;
use crate::people::fact::StateFact;
use crate::people::guardian::{
    AcceptGuardian, Accepting, CHILDREN_MAX, Childs, EndGuardianship, GUARDIANS_MAX, Link,
    LinkState, OpenForChild, ProposeGuardian, Proposing, RefuseGuardian, Refusing,
};
use crate::people::identity::{Number, StateIdentity};

const SCHOOL: &str = "demo-primary-school";
const COMMUNITY: &str = "nanhuan-community";

fn link(guardian: &Person, child: &Person) -> Link {
    Link {
        guardian: guardian.clone(),
        child: child.clone(),
    }
}

pub(super) fn child(world: &mut World, guardian: &Person, name: &str) -> Result<Person, Refusal> {
    let child = world.person(name);
    let name = world.seal(&child, &PersonName::new("陈可心").unwrap());
    let childs = Childs {
        guardian: guardian.clone(),
        child: child.clone(),
        name,
        number: None,
        office: SCHOOL.to_owned(),
    };
    world.give(guardian, OpenForChild, childs)?;
    Ok(child)
}

pub(super) fn accept(world: &mut World, guardian: &Person, child: &Person) -> Result<u64, Refusal> {
    let clerk = Person::new("clerk").unwrap();
    let under = leave(&clerk, SCHOOL, Act::ConfirmGuardian);
    let link = link(guardian, child);
    world.give(&clerk, AcceptGuardian, Accepting { link, under })
}

pub(super) fn propose(
    world: &mut World,
    guardian: &Person,
    child: &Person,
    office: &str,
) -> Result<u64, Refusal> {
    let proposing = Proposing {
        link: link(guardian, child),
        office: office.to_owned(),
    };
    world.give(guardian, ProposeGuardian, proposing)
}

pub(super) fn refuse(
    world: &mut World,
    guardian: &Person,
    child: &Person,
    under: Citation,
) -> Result<u64, Refusal> {
    let clerk = Person::new("clerk").unwrap();
    let reason = world.seal(guardian, &Reason::new("请带户口簿").unwrap());
    let link = link(guardian, child);
    let refusing = Refusing {
        link,
        reason,
        under,
    };
    world.give(&clerk, RefuseGuardian, refusing)
}

/// Which proposals wait for an office.
fn waiting(world: &World, office: &str) -> Vec<Person> {
    let found = world.find(&Guardianship::waiting_for(office).unwrap());
    let links = found
        .iter()
        .map(|item| item.read::<Guardianship>().unwrap());
    links.map(|link| link.guardian).collect()
}

#[test]
fn a_guardian_acts_for_a_child_once_an_office_has_accepted() {
    let mut world = World::new();
    let (chen, wang) = (world.resident("chen"), world.resident("wang"));
    let kexin = child(&mut world, &chen, "kexin").unwrap();
    assert!(world.account(&kexin).unwrap().is_childs());
    let said = fact(&mut world, &kexin, "会说普通话", "是");
    assert_eq!(
        world.give(&chen, StateFact, said.clone()),
        Err(Refusal::NotYours),
        "not accepted yet"
    );
    assert_eq!(
        propose(&mut world, &wang, &kexin, SCHOOL),
        Err(Refusal::NoGuardianYet)
    );
    accept(&mut world, &chen, &kexin).unwrap();
    world.give(&chen, StateFact, said.clone()).unwrap();
    assert_eq!(
        world.give(&wang, StateFact, said.clone()),
        Err(Refusal::NotYours)
    );
    assert_eq!(
        accept(&mut world, &chen, &kexin),
        Err(Refusal::LinkAccepted)
    );
    assert_eq!(accept(&mut world, &wang, &kexin), Err(Refusal::NoLink));

    // A second guardian; only then the first may go.
    assert_eq!(
        world.give(&chen, EndGuardianship, link(&chen, &kexin)),
        Err(Refusal::OnlyGuardian)
    );
    propose(&mut world, &wang, &kexin, SCHOOL).unwrap();
    assert_eq!(
        propose(&mut world, &wang, &kexin, SCHOOL),
        Err(Refusal::LinkExists)
    );
    assert_eq!(
        world.give(&chen, EndGuardianship, link(&chen, &kexin)),
        Err(Refusal::OnlyGuardian)
    );
    accept(&mut world, &wang, &kexin).unwrap();
    assert_eq!(
        propose(&mut world, &wang, &kexin, COMMUNITY),
        Err(Refusal::LinkExists)
    );
    assert_eq!(
        world.give(&chen, EndGuardianship, link(&wang, &kexin)),
        Err(Refusal::NotYours),
        "one guardian does not end what an office has accepted of another"
    );
    world
        .give(&chen, EndGuardianship, link(&chen, &kexin))
        .unwrap();
    assert_eq!(
        world.give(&chen, StateFact, said.clone()),
        Err(Refusal::NotYours)
    );
    world.give(&wang, StateFact, said).unwrap();
}

#[test]
fn only_the_office_that_was_asked_answers_and_what_it_refused_may_be_proposed_again() {
    let mut world = World::new();
    let (chen, clerk) = (world.resident("chen"), world.person("clerk"));
    let kexin = child(&mut world, &chen, "kexin").unwrap();
    assert_eq!(waiting(&world, SCHOOL), std::slice::from_ref(&chen));
    assert_eq!(waiting(&world, COMMUNITY), []);
    let school = leave(&clerk, SCHOOL, Act::ConfirmGuardian);
    for other in [
        leave(&clerk, COMMUNITY, Act::ConfirmGuardian),
        leave(&clerk, SCHOOL, Act::ConfirmFact),
        leave(&chen, SCHOOL, Act::ConfirmGuardian),
    ] {
        let accepting = Accepting {
            link: link(&chen, &kexin),
            under: other.clone(),
        };
        assert_eq!(
            world.give(&clerk, AcceptGuardian, accepting),
            Err(Refusal::OtherPower)
        );
        assert_eq!(
            refuse(&mut world, &chen, &kexin, other),
            Err(Refusal::OtherPower)
        );
    }
    // A reason that is sealed for somebody else is nobody's to read.
    let others = world.seal(&kexin, &Reason::new("请带户口簿").unwrap());
    let refusing = Refusing {
        link: link(&chen, &kexin),
        reason: others,
        under: school.clone(),
    };
    assert_eq!(
        world.give(&clerk, RefuseGuardian, refusing),
        Err(Refusal::AnothersData)
    );

    refuse(&mut world, &chen, &kexin, school.clone()).unwrap();
    assert_eq!(waiting(&world, SCHOOL), []);
    let key = Guardianship::key_of(&chen, &kexin).unwrap();
    let kept: Guardianship = world.row(&key).unwrap();
    let LinkState::Refused { office, reason, .. } = &kept.state else {
        panic!("{kept:?}")
    };
    assert_eq!(office, SCHOOL);
    assert_eq!(reason.open(&world.store).unwrap().as_str(), "请带户口簿");
    assert!(
        !world
            .leaves()
            .concat()
            .windows(15)
            .any(|bytes| bytes == "请带户口簿".as_bytes()),
        "the reason lies open"
    );
    assert_eq!(accept(&mut world, &chen, &kexin), Err(Refusal::LinkRefused));
    assert_eq!(
        refuse(&mut world, &chen, &kexin, school),
        Err(Refusal::LinkRefused)
    );
    let said = fact(&mut world, &kexin, "会说普通话", "是");
    assert_eq!(world.give(&chen, StateFact, said), Err(Refusal::NotYours));

    // Again to another office; while it waits there, back to the first.
    propose(&mut world, &chen, &kexin, COMMUNITY).unwrap();
    assert_eq!(waiting(&world, COMMUNITY), std::slice::from_ref(&chen));
    assert_eq!(
        accept(&mut world, &chen, &kexin),
        Err(Refusal::OtherPower),
        "the school is not asked any more"
    );
    propose(&mut world, &chen, &kexin, SCHOOL).unwrap();
    assert_eq!(waiting(&world, COMMUNITY), []);
    accept(&mut world, &chen, &kexin).unwrap();
    assert_eq!(waiting(&world, SCHOOL), []);
}

#[test]
fn a_stranger_with_a_childs_code_gets_nowhere() {
    let mut world = World::new();
    let (chen, stranger, li) = (
        world.resident("chen"),
        world.resident("stranger"),
        world.resident("li"),
    );
    let kexin = child(&mut world, &chen, "kexin").unwrap();
    let forgetting = Forgetting {
        person: kexin.clone(),
    };
    assert_eq!(
        propose(&mut world, &stranger, &kexin, SCHOOL),
        Err(Refusal::NoGuardianYet)
    );
    assert_eq!(
        world.give(&stranger, Forget, forgetting.clone()),
        Err(Refusal::NotYours)
    );
    accept(&mut world, &chen, &kexin).unwrap();
    propose(&mut world, &stranger, &kexin, SCHOOL).unwrap();
    assert_eq!(
        world.give(&stranger, Forget, forgetting.clone()),
        Err(Refusal::NotYours)
    );
    let clerk = world.person("clerk");
    for other in [&li, &clerk] {
        assert_eq!(
            world.give(other, EndGuardianship, link(&stranger, &kexin)),
            Err(Refusal::NotYours)
        );
    }
    // The guardian turns it away; the stranger could have withdrawn it too.
    world
        .give(&chen, EndGuardianship, link(&stranger, &kexin))
        .unwrap();
    assert_eq!(accept(&mut world, &stranger, &kexin), Err(Refusal::NoLink));
    propose(&mut world, &stranger, &kexin, SCHOOL).unwrap();
    world
        .give(&stranger, EndGuardianship, link(&stranger, &kexin))
        .unwrap();
    assert_eq!(waiting(&world, SCHOOL), []);
    world.give(&chen, Forget, forgetting).unwrap();
}

#[test]
fn a_childs_number_is_the_childs_alone() {
    let mut world = World::new();
    let chen = world.resident("chen");
    let numbered = |world: &mut World, name: &str| {
        let child = world.person(name);
        let number = IdNumber::new(NUMBER).unwrap();
        Childs {
            guardian: chen.clone(),
            name: world.seal(&child, &PersonName::new("陈可心").unwrap()),
            number: Some(Number {
                index: KEY.id_number(&number),
                number: world.seal(&child, &number),
            }),
            office: SCHOOL.to_owned(),
            child,
        }
    };
    let first = numbered(&mut world, "first");
    world.give(&chen, OpenForChild, first.clone()).unwrap();
    let second = numbered(&mut world, "second");
    assert_eq!(
        world.give(&chen, OpenForChild, second.clone()),
        Err(Refusal::IdTaken)
    );
    // Somebody else's number, sealed for them.
    let third = Childs {
        number: first.number,
        ..second.clone()
    };
    assert_eq!(
        world.give(&chen, OpenForChild, third),
        Err(Refusal::AnothersData)
    );
    // Once the first is forgotten, it is free.
    world
        .give(
            &chen,
            Forget,
            Forgetting {
                person: first.child,
            },
        )
        .unwrap();
    world.give(&chen, OpenForChild, second).unwrap();
}

#[test]
fn a_child_comes_of_age_on_the_first_day_on_which_it_is_eighteen() {
    use crate::people::guardian::{OF_AGE_YEARS, comes_of_age};
    use jiff::ToSpan as _;
    use jiff::civil::date;
    assert_eq!(comes_of_age(date(2013, 9, 8)), date(2031, 9, 8));
    assert_eq!(comes_of_age(date(2004, 2, 29)), date(2022, 3, 1));
    // By the same count of years that rules are asked with, for every birth date of six years, two of them leap years.
    let mut birth = date(2003, 1, 1);
    while birth < date(2009, 1, 1) {
        let day = comes_of_age(birth);
        let years = |day| crate::people::age(birth, day).unwrap();
        assert_eq!(i16::from(years(day)), OF_AGE_YEARS, "{birth}");
        assert_eq!(i16::from(years(day.yesterday().unwrap())), OF_AGE_YEARS - 1);
        birth = birth.saturating_add(1.day());
    }
    // No birth date makes it panic.
    for birth in [jiff::civil::Date::MAX, jiff::civil::Date::MIN] {
        assert!(comes_of_age(birth) >= birth);
    }
}

#[test]
fn links_that_make_no_sense_are_refused() {
    let mut world = World::new();
    let (chen, wang) = (world.resident("chen"), world.resident("wang"));
    let kexin = child(&mut world, &chen, "kexin").unwrap();
    accept(&mut world, &chen, &kexin).unwrap();
    assert_eq!(
        propose(&mut world, &chen, &chen, SCHOOL),
        Err(Refusal::OwnGuardian)
    );
    assert_eq!(
        propose(&mut world, &chen, &wang, SCHOOL),
        Err(Refusal::NotAChild)
    );
    let other = child(&mut world, &chen, "other").unwrap();
    assert_eq!(
        propose(&mut world, &kexin, &other, SCHOOL),
        Err(Refusal::ChildAsGuardian)
    );
    for number in 2..CHILDREN_MAX {
        child(&mut world, &chen, &format!("child{number}")).unwrap();
    }
    assert_eq!(
        child(&mut world, &chen, "eleventh"),
        Err(Refusal::TooManyChildren)
    );
    for number in 1..GUARDIANS_MAX {
        let guardian = world.resident(&format!("guardian{number}"));
        propose(&mut world, &guardian, &kexin, SCHOOL).unwrap();
    }
    assert_eq!(
        propose(&mut world, &wang, &kexin, SCHOOL),
        Err(Refusal::TooManyGuardians)
    );
    let sealed = stating(&mut world, &kexin, None);
    assert_eq!(
        world.give(&wang, StateIdentity, sealed),
        Err(Refusal::NotYours)
    );
}

#[test]
fn a_proposal_from_before_offices_were_named_is_read_and_proposed_again() {
    let row =
        r#"{"guardian":"chen","child":"kexin","state":{"proposed":{"at":"2022-01-06T00:00:00Z"}}}"#;
    let link: Guardianship = serde_json::from_str(row).unwrap();
    assert!(
        matches!(&link.state, LinkState::Proposed { office, .. } if office.is_empty()),
        "{link:?}"
    );
    assert_eq!(link.found_by().len(), 2, "it waits for no office");
}
