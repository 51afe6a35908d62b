use super::*;
use crate::people::fact::{CheckFact, FACTS_MAX, StateFact, StatedFact, Uncheckable};
use crate::people::identity::{CheckIdentity, Checking, Number, StateIdentity, Stating};

pub(super) const NUMBER: &str = "11010519491231002X";

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
    let office = "nanhuan-community".to_owned();
    let under = leave(&clerk, &office, Act::ConfirmFact).about("住在本社区");
    let confirmed = world.checked(&li, &seen, Check::Confirm, under.clone());
    world.give(&clerk, CheckFact, confirmed.unwrap()).unwrap();
    let kept: Fact = world.row(&Fact::key_of(&index).unwrap()).unwrap();
    assert_eq!(kept.said.open(&world.store).unwrap(), seen);
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
        Err(Refusal::Confirmed {
            office: office.clone()
        })
    );
    // Another office changes nothing of it.
    let school = leave(&clerk, "demo-primary-school", Act::ConfirmFact).about("住在本社区");
    for check in [Check::Confirm, Check::TakeBack] {
        let other = world.checked(&li, &seen, check, school.clone()).unwrap();
        assert_eq!(
            world.give(&clerk, CheckFact, other),
            Err(Refusal::Confirmed {
                office: office.clone()
            })
        );
    }
    // Without the office's word nothing is left: nobody had stated it.
    let back = world.checked(&li, &seen, Check::TakeBack, under).unwrap();
    world.give(&clerk, CheckFact, back.clone()).unwrap();
    assert!(world.row::<Fact>(&Fact::key_of(&index).unwrap()).is_none());
    assert_eq!(
        world.give(&clerk, CheckFact, back),
        Err(Refusal::NotConfirmed)
    );
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
fn leave_to_confirm_one_attribute_confirms_no_other() {
    let mut world = World::new();
    let (li, clerk) = (world.resident("li"), world.person("clerk"));
    let age = SaidFact {
        attribute: "年龄".into(),
        value: "30 岁".into(),
    };
    let under = leave(&clerk, "nanhuan-community", Act::ConfirmFact);
    for under in [under.clone(), under.clone().about("住在本社区")] {
        let refused = world.checked(&li, &age, Check::Confirm, under);
        assert!(matches!(
            refused,
            Err(Uncheckable::Refused(Refusal::OtherPower))
        ));
    }
    // For the attribute, but another act.
    let export = leave(&clerk, "nanhuan-community", Act::Export).about("年龄");
    let checked = world.checked(&li, &age, Check::Confirm, export).unwrap();
    assert_eq!(
        world.give(&clerk, CheckFact, checked),
        Err(Refusal::OtherPower)
    );
    // Nothing is said of somebody without a key.
    let nobody = Person::new("nobody").unwrap();
    let unsealed = world.checked(&nobody, &age, Check::Confirm, under.about("年龄"));
    assert!(matches!(unsealed, Err(Uncheckable::Unsealed(_))));
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
