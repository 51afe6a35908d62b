use super::guardians::{accept, child, propose};
use super::known::{fact, stating};
use super::*;
use crate::people::code::{Purpose, SendCode, Sending};
use crate::people::fact::StateFact;
use crate::people::identity::StateIdentity;
use crate::people::passkey::AddPasskey;
use ledger::log::Log;
use ledger::sealed::SealError;

const NUMBER: &str = "11010519491231002X";

/// Everything that this room keeps of a person.
fn full(world: &mut World) -> Person {
    let li = world.resident("li");
    let said = stating(world, &li, Some(NUMBER));
    world.give(&li, StateIdentity, said).unwrap();
    for attribute in ["会说普通话", "持有残疾人证"] {
        let said = fact(world, &li, attribute, "是");
        world.give(&li, StateFact, said).unwrap();
    }
    for purpose in [Purpose::SignIn, Purpose::ConfirmMail, Purpose::NewPassword] {
        let digest = KEY.code(&li, purpose, "123456");
        world
            .give(
                &li,
                SendCode,
                Sending {
                    person: li.clone(),
                    purpose,
                    digest,
                },
            )
            .unwrap();
    }
    let adding = super::passkeys::adding(world, &li, 1);
    world.give(&li, AddPasskey, adding).unwrap();
    li
}

#[test]
fn nothing_personal_can_be_read_in_the_log() {
    let mut world = World::new();
    full(&mut world);
    let log = world.leaves().concat();
    let log = String::from_utf8(log).unwrap();
    for personal in [
        "李晓晨",
        NUMBER,
        "19491231",
        "example.cn",
        "argon2",
        "普通话",
        "残疾",
        "123456",
    ] {
        assert!(!log.contains(personal), "{personal} can be read");
    }
}

#[test]
fn forgetting_leaves_nothing_in_the_state_and_the_log_verifies() {
    let mut world = World::new();
    let mail = full(&mut world);
    let wang = world.resident("wang");
    let kept = world.account(&mail).unwrap();
    assert_eq!(
        world.give(
            &wang,
            Forget,
            Forgetting {
                person: mail.clone()
            }
        ),
        Err(Refusal::NotYours)
    );
    world
        .give(
            &mail,
            Forget,
            Forgetting {
                person: mail.clone(),
            },
        )
        .unwrap();

    let state = world.replayed();
    assert!(state.forgotten.contains(&mail));
    for item in state.items.values() {
        let row = item.row.get();
        assert!(
            !row.contains("\"li\"") && !item.key.as_str().contains("li/"),
            "{} {row}",
            item.kind
        );
    }
    assert!(
        state
            .claims
            .keys()
            .all(|claim| !claim.as_str().starts_with("id-number/"))
    );
    let crate::people::account::Access::Own { password, .. } = kept.access else {
        panic!("own")
    };
    assert!(matches!(
        password.open(&world.store),
        Err(SealError::Forgotten(_))
    ));
    let size = world.leaves().len() as u64;
    let signer = Signer::new("ledger.example/people", &[1; 32]).unwrap();
    for sequence in 0..size {
        let receipt = Log(&world.store).receipt(sequence).unwrap().unwrap();
        receipt.verify(&[signer.verifier().clone()]).unwrap();
    }

    // Address and number are free again; the person begins anew, under another pseudonym.
    assert_eq!(
        world.give(
            &mail,
            Forget,
            Forgetting {
                person: mail.clone()
            }
        ),
        Err(Refusal::NoAccount)
    );
    let anew = world.person("anew");
    let opening = world.opening(&anew, "li@example.cn");
    world.give(&anew, Open, opening).unwrap();
    let said = stating(&mut world, &anew, Some(NUMBER));
    world.give(&anew, StateIdentity, said).unwrap();
}

#[test]
fn a_child_is_forgotten_by_its_guardian_and_never_left_with_none() {
    let mut world = World::new();
    let (chen, wang) = (world.resident("chen"), world.resident("wang"));
    let kexin = child(&mut world, &chen, "kexin").unwrap();
    accept(&mut world, &chen, &kexin).unwrap();
    let forget = |person: &Person| Forgetting {
        person: person.clone(),
    };
    assert_eq!(
        world.give(&chen, Forget, forget(&chen)),
        Err(Refusal::OnlyGuardian)
    );
    propose(&mut world, &wang, &kexin, "demo-primary-school").unwrap();
    assert_eq!(
        world.give(&wang, Forget, forget(&kexin)),
        Err(Refusal::NotYours),
        "only proposed"
    );
    world.give(&chen, Forget, forget(&kexin)).unwrap();
    assert!(
        world
            .find(&Guardianship::of_child(&kexin).unwrap())
            .is_empty()
    );
    world.give(&chen, Forget, forget(&chen)).unwrap();
    assert_eq!(world.account(&kexin), None);

    // An account whose link no office has accepted may be closed by who opened it.
    let other = child(&mut world, &wang, "other").unwrap();
    world.give(&wang, Forget, forget(&other)).unwrap();
    assert_eq!(
        world.replayed().items.len(),
        2,
        "an account and its address"
    );
}
