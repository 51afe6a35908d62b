use super::*;
use crate::messages::{self, Site};
use crate::people::code::{Purpose, SendCode, Sending, TypeCode, Typed, Wants};
use crate::people::passkey::{AddPasskey, RemovePasskey, Removing};
use city::City;
use notice::Lang;

/// The messages of every entry.
fn all(world: &World) -> Vec<(Entry, messages::Message)> {
    let entries = world
        .leaves()
        .into_iter()
        .map(|leaf| Entry::from_leaf(&leaf).unwrap());
    entries
        .flat_map(|entry| {
            let told = messages::of(&entry).unwrap();
            told.into_iter().map(move |m| (entry.clone(), m))
        })
        .collect()
}

#[test]
fn a_code_is_told_once_with_digits_that_stand_nowhere() {
    let mut world = World::new();
    let li = world.resident("li");
    // As the edge does it: the digits are made of the id that the request will have.
    let next = world.requests + 1;
    let mut chance = [0; 10];
    chance[..8].copy_from_slice(&next.to_be_bytes());
    let digits = KEY.digits(RequestId::new(world.now(), chance));
    assert!(digits.len() == 6 && digits.bytes().all(|b| b.is_ascii_digit()));
    let digest = KEY.code(&li, Purpose::SignIn, &digits);
    let sending = Sending {
        person: li.clone(),
        purpose: Purpose::SignIn,
        digest,
    };
    world.give(&li, SendCode, sending).unwrap();
    let wrong = Typed {
        person: li.clone(),
        digest: KEY.code(&li, Purpose::SignIn, "x"),
        wants: Wants::SignIn,
    };
    world.give(&li, TypeCode, wrong).unwrap();
    let right = Typed {
        person: li.clone(),
        digest,
        wants: Wants::SignIn,
    };
    world.give(&li, TypeCode, right).unwrap();

    let told = all(&world);
    let [(entry, message)] = &told[..] else {
        panic!("{told:?}")
    };
    assert_eq!(
        (message.what().as_str(), message.is_code()),
        ("code-sign-in", true)
    );
    assert_eq!(
        message.good_until,
        world.now() + SignedDuration::from_mins(10)
    );
    // Whoever has the key makes the same digits of the entry again; no entry has them.
    assert_eq!(KEY.digits(entry.request), digits);
    let leaves = world.leaves().concat();
    assert!(!leaves.windows(6).any(|w| w == digits.as_bytes()));
    assert_ne!(BlindKey([8; 32]).digits(entry.request), digits);

    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../cities/taiyuan-2022");
    let (city, _) = City::load(folder.as_ref()).unwrap();
    let site = Site {
        city: &city,
        title: None,
        address: None,
        digits: Some("000123"),
    };
    let said = [Lang::Zh, Lang::En].map(|lang| {
        let text = message.text(lang, &site);
        format!("{}\n\n{}", text.subject, text.body)
    });
    insta::assert_snapshot!(said.join("\n――\n"));
}

#[test]
fn whoever_has_a_new_passkey_is_told_once_with_nothing_of_it() {
    let mut world = World::new();
    let li = world.resident("li");
    let adding = super::passkeys::adding(&mut world, &li, 1);
    world.give(&li, AddPasskey, adding.clone()).unwrap();
    let removing = Removing {
        person: li.clone(),
        index: adding.index,
    };
    world.give(&li, RemovePasskey, removing).unwrap();
    let told = all(&world);
    let [(_, message)] = &told[..] else {
        panic!("{told:?}")
    };
    assert_eq!((&message.about, message.what().as_str()), (&li, "passkey"));
    assert!(!message.is_code());
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../cities/taiyuan-2022");
    let (city, _) = City::load(folder.as_ref()).unwrap();
    let site = Site {
        city: &city,
        title: None,
        address: Some("https://city.example"),
        digits: None,
    };
    let said = [Lang::Zh, Lang::En].map(|lang| {
        let text = message.text(lang, &site);
        format!("{}\n\n{}", text.subject, text.body)
    });
    insta::assert_snapshot!(said.join("\n――\n"));
}

#[test]
fn people_are_told_themselves_and_children_through_accepted_guardians() {
    use crate::people::guardian::{AcceptGuardian, Accepting, Childs, Link, OpenForChild};
    let mut world = World::new();
    let (parent, child) = (world.resident("parent"), world.person("child"));
    let name = world.seal(&child, &PersonName::new("小明").unwrap());
    let childs = Childs {
        guardian: parent.clone(),
        child: child.clone(),
        name,
        number: None,
        office: "school".to_owned(),
    };
    world.give(&parent, OpenForChild, childs).unwrap();
    let told = |world: &World, about| messages::recipients(&world.store, about).unwrap();
    assert_eq!(told(&world, &parent), std::slice::from_ref(&parent));
    assert_eq!(told(&world, &child), []);
    let clerk = world.person("clerk");
    let under = leave(&clerk, "school", Act::ConfirmGuardian);
    let link = Link {
        guardian: parent.clone(),
        child: child.clone(),
    };
    world
        .give(&clerk, AcceptGuardian, Accepting { link, under })
        .unwrap();
    assert_eq!(told(&world, &child), std::slice::from_ref(&parent));
    // Nobody is told of somebody who was forgotten, and the entry says who was.
    let gone = world.resident("gone");
    world
        .give(
            &gone,
            Forget,
            Forgetting {
                person: gone.clone(),
            },
        )
        .unwrap();
    assert_eq!(told(&world, &gone), []);
    let last = Entry::from_leaf(world.leaves().last().unwrap()).unwrap();
    assert_eq!(messages::forgotten(&last).collect::<Vec<_>>(), [&gone]);
}

#[test]
fn a_guardian_is_told_what_an_office_has_answered_and_nothing_of_the_child() {
    use super::guardians::{accept, child, propose, refuse};
    const SCHOOL: &str = "demo-primary-school";
    let mut world = World::new();
    let (parent, clerk) = (world.resident("parent"), world.person("clerk"));
    let child = child(&mut world, &parent, "p-child").unwrap();
    let under = leave(&clerk, SCHOOL, Act::ConfirmGuardian);
    refuse(&mut world, &parent, &child, under).unwrap();
    propose(&mut world, &parent, &child, SCHOOL).unwrap();
    accept(&mut world, &parent, &child).unwrap();
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../cities/taiyuan-2022");
    let (city, _) = City::load(folder.as_ref()).unwrap();
    let site = Site {
        city: &city,
        title: None,
        address: Some("https://city.example"),
        digits: None,
    };
    let mut said = String::new();
    // Proposing writes the same row, and tells nothing.
    let told = all(&world);
    assert_eq!(told.len(), 2);
    for (_, message) in told {
        assert_eq!(message.about, parent);
        for lang in [Lang::Zh, Lang::En] {
            let text = message.text(lang, &site);
            said += &format!("{}\n{}\n\n{}――\n", message.what(), text.subject, text.body);
        }
    }
    for sealed in ["陈可心", "请带户口簿"] {
        assert!(!said.contains(sealed), "{said}");
    }
    insta::assert_snapshot!(said);
}
