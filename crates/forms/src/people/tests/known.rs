use super::*;
use crate::people::fact::{CheckFact, CheckedFact, FACTS_MAX, StateFact, StatedFact};
use crate::people::guardian::{
    AcceptGuardian, Accepting, CHILDREN_MAX, Childs, EndGuardianship, GUARDIANS_MAX, Link,
    OpenForChild, ProposeGuardian,
};
use crate::people::identity::{CheckIdentity, Checking, Number, StateIdentity, Stating};

const NUMBER: &str = "11010519491231002X";

pub(super) fn stating(world: &mut World, person: &Person, number: Option<&str>) -> Stating {
    let name = world.seal(person, &PersonName::new("李晓晨").unwrap());
    let number = number.map(|number| {
        let number = IdNumber::new(number).unwrap();
        Number {
            index: KEY.id_number(&number),
            number: world.seal(person, &number),
        }
    });
    Stating {
        person: person.clone(),
        name,
        number,
    }
}

pub(super) fn fact(world: &mut World, person: &Person, attribute: &str, value: &str) -> StatedFact {
    let said = SaidFact {
        attribute: attribute.to_owned(),
        value: value.to_owned(),
    };
    StatedFact {
        person: person.clone(),
        index: KEY.attribute(person, attribute),
        said: Some(world.seal(person, &said)),
    }
}

#[test]
fn a_number_belongs_to_one_account_and_can_be_changed_until_it_is_confirmed() {
    let mut world = World::new();
    let (li, wang, clerk) = (
        world.resident("li"),
        world.resident("wang"),
        world.person("clerk"),
    );
    let said = stating(&mut world, &li, Some(NUMBER));
    world.give(&li, StateIdentity, said).unwrap();
    let taken = stating(&mut world, &wang, Some("110105 19491231 002x"));
    assert_eq!(
        world.give(&wang, StateIdentity, taken.clone()),
        Err(Refusal::IdTaken)
    );
    // Without the number it is free again, and with the same it may be said twice.
    let without = stating(&mut world, &li, None);
    world.give(&li, StateIdentity, without).unwrap();
    world.give(&wang, StateIdentity, taken.clone()).unwrap();
    world.give(&wang, StateIdentity, taken.clone()).unwrap();
    assert_eq!(
        world.give(&li, StateIdentity, taken),
        Err(Refusal::NotYours)
    );

    let under = leave(&clerk, "shanxi-library", Act::ConfirmIdentity);
    let confirm = |person: &Person, check| Checking {
        person: person.clone(),
        check,
        under: under.clone(),
    };
    let forged = world.give(&wang, CheckIdentity, confirm(&wang, Check::Confirm));
    assert_eq!(
        forged,
        Err(Refusal::OtherPower),
        "leave was given to the clerk"
    );
    let other = Checking {
        under: leave(&clerk, "shanxi-library", Act::Export),
        ..confirm(&wang, Check::Confirm)
    };
    assert_eq!(
        world.give(&clerk, CheckIdentity, other),
        Err(Refusal::OtherPower)
    );
    assert_eq!(
        world.give(&clerk, CheckIdentity, confirm(&clerk, Check::Confirm)),
        Err(Refusal::NothingStated)
    );
    assert_eq!(
        world.give(&clerk, CheckIdentity, confirm(&wang, Check::TakeBack)),
        Err(Refusal::NotConfirmed)
    );
    world
        .give(&clerk, CheckIdentity, confirm(&wang, Check::Confirm))
        .unwrap();
    let identity: Identity = world.row(&key_of(&wang)).unwrap();
    let at = world.now();
    assert_eq!(
        identity.basis,
        Basis::Confirmed {
            office: "shanxi-library".into(),
            at
        }
    );
    let number = identity.number.unwrap().number.open(&world.store).unwrap();
    assert_eq!(number.age(jiff::civil::date(2022, 1, 6)), Ok(72));

    let again = stating(&mut world, &wang, None);
    let office = "shanxi-library".to_owned();
    assert_eq!(
        world.give(&wang, StateIdentity, again.clone()),
        Err(Refusal::Confirmed {
            office: office.clone()
        })
    );
    let elsewhere = Checking {
        under: leave(&clerk, "nanhuan-community", Act::ConfirmIdentity),
        ..confirm(&wang, Check::TakeBack)
    };
    assert_eq!(
        world.give(&clerk, CheckIdentity, elsewhere),
        Err(Refusal::Confirmed { office })
    );
    world
        .give(&clerk, CheckIdentity, confirm(&wang, Check::TakeBack))
        .unwrap();
    world.give(&wang, StateIdentity, again).unwrap();
}

#[test]
fn facts_say_on_whose_word_they_are() {
    let mut world = World::new();
    let (li, clerk) = (world.resident("li"), world.person("clerk"));
    let mandarin = fact(&mut world, &li, "会说普通话", "是");
    world.give(&li, StateFact, mandarin.clone()).unwrap();
    let kept: Fact = world.row(&Fact::key_of(&mandarin.index).unwrap()).unwrap();
    assert_eq!(kept.basis, Basis::Stated { at: world.now() });

    let seen = SaidFact {
        attribute: "住在本社区".into(),
        value: "是".into(),
    };
    let index = KEY.attribute(&li, "住在本社区");
    let checked = CheckedFact {
        person: li.clone(),
        index,
        said: world.seal(&li, &seen),
        check: Check::Confirm,
        under: leave(&clerk, "nanhuan-community", Act::ConfirmFact),
    };
    world.give(&clerk, CheckFact, checked.clone()).unwrap();
    let kept: Fact = world.row(&Fact::key_of(&index).unwrap()).unwrap();
    assert_eq!(kept.said.open(&world.store).unwrap(), seen);
    let office = "nanhuan-community".to_owned();
    assert_eq!(
        kept.basis,
        Basis::Confirmed {
            office: office.clone(),
            at: world.now()
        }
    );
    let restated = fact(&mut world, &li, "住在本社区", "否");
    assert_eq!(
        world.give(&li, StateFact, restated.clone()),
        Err(Refusal::Confirmed { office })
    );
    world
        .give(
            &clerk,
            CheckFact,
            CheckedFact {
                check: Check::TakeBack,
                ..checked
            },
        )
        .unwrap();
    world.give(&li, StateFact, restated).unwrap();

    let taken_back = StatedFact {
        said: None,
        ..mandarin
    };
    world.give(&li, StateFact, taken_back.clone()).unwrap();
    assert_eq!(
        world.give(&li, StateFact, taken_back),
        Err(Refusal::NothingStated)
    );
    assert_eq!(world.find(&Fact::of(&li).unwrap()).len(), 1);
}

#[test]
fn facts_are_bounded_and_nobody_writes_anothers() {
    let mut world = World::new();
    let (li, wang) = (world.resident("li"), world.resident("wang"));
    for number in 0..FACTS_MAX {
        let said = fact(&mut world, &li, &format!("a{number}"), "是");
        world.give(&li, StateFact, said).unwrap();
    }
    let one_more = fact(&mut world, &li, "one more", "是");
    assert_eq!(
        world.give(&li, StateFact, one_more),
        Err(Refusal::TooManyFacts)
    );
    let known = fact(&mut world, &li, "a1", "否");
    world.give(&li, StateFact, known.clone()).unwrap();
    // Under the index of somebody else's fact.
    let forged = StatedFact {
        person: wang.clone(),
        ..known.clone()
    };
    assert_eq!(
        world.give(&wang, StateFact, forged),
        Err(Refusal::AnothersData)
    );
    assert_eq!(world.give(&wang, StateFact, known), Err(Refusal::NotYours));
}

pub(super) fn child(world: &mut World, guardian: &Person, name: &str) -> Result<Person, Refusal> {
    let child = world.person(name);
    let name = world.seal(&child, &PersonName::new("陈可心").unwrap());
    let childs = Childs {
        guardian: guardian.clone(),
        child: child.clone(),
        name,
    };
    world.give(guardian, OpenForChild, childs)?;
    Ok(child)
}

pub(super) fn accept(world: &mut World, guardian: &Person, child: &Person) -> Result<u64, Refusal> {
    let clerk = Person::new("clerk").unwrap();
    let under = leave(&clerk, "demo-primary-school", Act::ConfirmGuardian);
    let link = Link {
        guardian: guardian.clone(),
        child: child.clone(),
    };
    world.give(&clerk, AcceptGuardian, Accepting { link, under })
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
    let link = |guardian: &Person, child: &Person| Link {
        guardian: guardian.clone(),
        child: child.clone(),
    };
    assert_eq!(
        world.give(&chen, EndGuardianship, link(&chen, &kexin)),
        Err(Refusal::OnlyGuardian)
    );
    world
        .give(&wang, ProposeGuardian, link(&wang, &kexin))
        .unwrap();
    assert_eq!(
        world.give(&wang, ProposeGuardian, link(&wang, &kexin)),
        Err(Refusal::LinkExists)
    );
    assert_eq!(
        world.give(&chen, EndGuardianship, link(&chen, &kexin)),
        Err(Refusal::OnlyGuardian)
    );
    assert_eq!(
        world.give(&chen, EndGuardianship, link(&wang, &kexin)),
        Err(Refusal::NotYours)
    );
    accept(&mut world, &wang, &kexin).unwrap();
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
fn links_that_make_no_sense_are_refused() {
    let mut world = World::new();
    let (chen, wang) = (world.resident("chen"), world.resident("wang"));
    let kexin = child(&mut world, &chen, "kexin").unwrap();
    let link = |guardian: &Person, child: &Person| Link {
        guardian: guardian.clone(),
        child: child.clone(),
    };
    assert_eq!(
        world.give(&chen, ProposeGuardian, link(&chen, &chen)),
        Err(Refusal::OwnGuardian)
    );
    assert_eq!(
        world.give(&chen, ProposeGuardian, link(&chen, &wang)),
        Err(Refusal::NotAChild)
    );
    let other = child(&mut world, &chen, "other").unwrap();
    assert_eq!(
        world.give(&kexin, ProposeGuardian, link(&kexin, &other)),
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
        world
            .give(&guardian, ProposeGuardian, link(&guardian, &kexin))
            .unwrap();
    }
    assert_eq!(
        world.give(&wang, ProposeGuardian, link(&wang, &kexin)),
        Err(Refusal::TooManyGuardians)
    );
    let sealed = stating(&mut world, &kexin, None);
    assert_eq!(
        world.give(&wang, StateIdentity, sealed),
        Err(Refusal::NotYours)
    );
}
