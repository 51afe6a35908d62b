use super::guardians::{accept, child};
use super::*;
use crate::people::account::{Everywhere, SignOutEverywhere};
use crate::people::passkey::{
    AddPasskey, Adding, Algorithm, BadPasskey, CredentialId, PASSKEYS_MAX, Passkey, PasskeyData,
    PublicKey, RemovePasskey, Removing,
};

/// The bytes of the credential of this number.
fn credential(number: u8) -> CredentialId {
    CredentialId::new(&[number; 32]).unwrap()
}

/// A passkey with this number in its id.
pub(super) fn adding(world: &mut World, person: &Person, number: u8) -> Adding {
    let mut point = [number; 65];
    point[0] = 4;
    let data = PasskeyData {
        name: PasskeyName::new("李晓晨的手机").unwrap(),
        credential: credential(number),
        public_key: PublicKey::new(&point).unwrap(),
    };
    Adding {
        person: person.clone(),
        index: KEY.passkey(&data.credential),
        data: world.seal(person, &data),
    }
}

fn add(world: &mut World, person: &Person, number: u8) -> Result<u64, Refusal> {
    let adding = adding(world, person, number);
    world.give(person, AddPasskey, adding)
}

fn remove(world: &mut World, actor: &Person, person: &Person, number: u8) -> Result<u64, Refusal> {
    let removing = Removing {
        person: person.clone(),
        index: KEY.passkey(&credential(number)),
    };
    world.give(actor, RemovePasskey, removing)
}

fn kept(world: &World, number: u8) -> Option<Passkey> {
    world.row(&Passkey::key_of(&KEY.passkey(&credential(number))).unwrap())
}

#[test]
fn a_passkey_is_found_by_its_credential_and_read_by_the_server_only() {
    let mut world = World::new();
    let li = world.resident("li");
    let now = world.now();
    add(&mut world, &li, 1).unwrap();
    let found = kept(&world, 1).unwrap();
    assert_eq!((&found.person, found.added), (&li, now));
    let data = found.data.open(&world.store).unwrap();
    assert_eq!(data.name.as_str(), "李晓晨的手机");
    assert_eq!(data.credential, credential(1));
    assert_eq!(data.public_key.bytes()[1..], [1; 64]);
    assert_eq!(kept(&world, 2), None);
    let log = String::from_utf8(world.leaves().concat()).unwrap();
    for personal in [
        "手机".to_owned(),
        credential(1).to_base64(),
        String::from(data.public_key.clone()),
    ] {
        assert!(!log.contains(&personal), "{personal} can be read");
    }
    // Neither does it stand in what is printed when something goes wrong.
    assert!(!format!("{data:?}").contains("手机"), "{data:?}");
}

#[test]
fn only_the_person_adds_and_removes() {
    let mut world = World::new();
    let (li, wang) = (world.resident("li"), world.resident("wang"));
    let lis = adding(&mut world, &li, 1);
    assert_eq!(
        world.give(&wang, AddPasskey, lis.clone()),
        Err(Refusal::NotYours)
    );
    // In one's own name, with what is sealed for another.
    let borrowed = Adding {
        person: wang.clone(),
        ..lis.clone()
    };
    assert_eq!(
        world.give(&wang, AddPasskey, borrowed),
        Err(Refusal::AnothersData)
    );
    world.give(&li, AddPasskey, lis).unwrap();
    assert_eq!(remove(&mut world, &wang, &li, 1), Err(Refusal::NotYours));
    assert_eq!(remove(&mut world, &wang, &wang, 1), Err(Refusal::NoPasskey));
    assert!(kept(&world, 1).is_some());
    remove(&mut world, &li, &li, 1).unwrap();
    assert_eq!(kept(&world, 1), None);
    assert_eq!(remove(&mut world, &li, &li, 1), Err(Refusal::NoPasskey));
}

#[test]
fn a_credential_is_one_persons_and_nobody_has_too_many() {
    let mut world = World::new();
    let (li, wang) = (world.resident("li"), world.resident("wang"));
    for number in 1..=u8::try_from(PASSKEYS_MAX).unwrap() {
        add(&mut world, &li, number).unwrap();
    }
    assert_eq!(add(&mut world, &li, 99), Err(Refusal::TooManyPasskeys));
    assert_eq!(add(&mut world, &li, 1), Err(Refusal::PasskeyKept));
    assert_eq!(add(&mut world, &wang, 1), Err(Refusal::PasskeyKept));
    remove(&mut world, &li, &li, 1).unwrap();
    add(&mut world, &wang, 1).unwrap();
    add(&mut world, &li, 99).unwrap();
    assert_eq!(world.find(&Passkey::of(&li).unwrap()).len(), PASSKEYS_MAX);
    // Ending all sessions is no reason to lose one's keys.
    let everywhere = Everywhere { person: li.clone() };
    world.give(&li, SignOutEverywhere, everywhere).unwrap();
    assert!(kept(&world, 99).is_some());
}

#[test]
fn children_have_none_and_who_was_forgotten_has_none() {
    let mut world = World::new();
    let chen = world.resident("chen");
    let kexin = child(&mut world, &chen, "kexin").unwrap();
    accept(&mut world, &chen, &kexin).unwrap();
    let childs = adding(&mut world, &kexin, 1);
    assert_eq!(
        world.give(&chen, AddPasskey, childs.clone()),
        Err(Refusal::NotYours)
    );
    assert_eq!(
        world.give(&kexin, AddPasskey, childs),
        Err(Refusal::ChildsAccount)
    );
    let li = world.resident("li");
    let lis = adding(&mut world, &li, 2);
    world.give(&li, AddPasskey, lis.clone()).unwrap();
    let forgetting = Forgetting { person: li.clone() };
    world.give(&li, Forget, forgetting).unwrap();
    assert_eq!(kept(&world, 2), None);
    assert_eq!(world.give(&li, AddPasskey, lis), Err(Refusal::NoAccount));
}

#[test]
fn what_cannot_be_a_passkey_is_not_taken() {
    for length in [0, 1024] {
        assert_eq!(CredentialId::new(&vec![1; length]), Err(BadPasskey::Id));
    }
    assert!(CredentialId::new(&[1; 1023]).is_ok());
    let kind = |bytes: &[u8]| PublicKey::new(bytes).map(|key| key.algorithm());
    let mut point = vec![4; 65];
    assert_eq!(kind(&point), Ok(Algorithm::Es256));
    point[0] = 2;
    for wrong in [&point[..], &point[..33], &[4; 66], &[]] {
        assert_eq!(kind(wrong), Err(BadPasskey::Key));
    }
    let mut modulus = vec![1; 513];
    for length in [256, 257, 512] {
        assert_eq!(kind(&modulus[..length]), Ok(Algorithm::Rs256));
    }
    for length in [128, 255, 513] {
        assert_eq!(kind(&modulus[..length]), Err(BadPasskey::Key));
    }
    modulus[0] = 0;
    assert_eq!(kind(&modulus[..256]), Err(BadPasskey::Key), "too short");
    for text in ["\"\"", "\"*\"", "\"BA==\"", "5"] {
        assert!(
            serde_json::from_str::<CredentialId>(text).is_err(),
            "{text}"
        );
        assert!(serde_json::from_str::<PublicKey>(text).is_err(), "{text}");
    }
}

#[test]
fn a_challenge_is_bound_to_all_that_is_in_it() {
    let mark = KEY.challenge("sign-in", 1000, "chance");
    assert!(mark.is(KEY.challenge("sign-in", 1000, "chance").bytes()));
    for other in [
        KEY.challenge("add/li", 1000, "chance"),
        KEY.challenge("sign-in", 1001, "chance"),
        KEY.challenge("sign-in", 1000, "chanc"),
        BlindKey([8; 32]).challenge("sign-in", 1000, "chance"),
    ] {
        assert!(!mark.is(other.bytes()));
    }
    let bytes = mark.bytes();
    assert!(!mark.is(&bytes[..31]) && !mark.is(&[]) && !mark.is(&[&bytes[..], &[0]].concat()));
    let (li, wang) = (Person::new("li").unwrap(), Person::new("wang").unwrap());
    assert_ne!(KEY.user_handle(&li), KEY.user_handle(&wang));
}
