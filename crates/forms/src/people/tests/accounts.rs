use super::*;
use crate::people::account::{
    Access, ChangePassword, Everywhere, LoginOf, NewPassword, SignOutEverywhere,
};
use crate::people::code::{
    CODE_LIFE, Code, CodeState, Purpose, SendCode, Sending, TRIES_MAX, TypeCode, Typed, Wants,
};

#[test]
fn an_account_is_opened_once_and_an_address_has_one() {
    let mut world = World::new();
    let li = world.resident("li");
    let account = world.account(&li).unwrap();
    assert_eq!((account.generation, account.opened), (0, world.now()));
    let login = KEY.login(&MailAddress::new("LI@example.cn").unwrap());
    let found: LoginOf = world.row(&LoginOf::key_of(&login).unwrap()).unwrap();
    assert_eq!(found.person, li);

    let again = world.opening(&li, "other@example.cn");
    assert_eq!(world.give(&li, Open, again), Err(Refusal::HasAccount));
    let wang = world.person("wang");
    let taken = world.opening(&wang, "Li@Example.CN");
    assert_eq!(world.give(&wang, Open, taken), Err(Refusal::LoginTaken));
    let opening = world.opening(&wang, "wang@example.cn");
    assert_eq!(
        world.give(&li, Open, opening.clone()),
        Err(Refusal::NotYours)
    );
    let swapped = Opening {
        mail: world.opening(&li, "wang@example.cn").mail,
        ..opening
    };
    assert_eq!(world.give(&wang, Open, swapped), Err(Refusal::AnothersData));
    assert_eq!(world.account(&wang), None);
}

#[test]
fn a_new_password_and_signing_out_everywhere_end_all_sessions() {
    let mut world = World::new();
    let (li, wang) = (world.resident("li"), world.resident("wang"));
    let new = NewPassword {
        person: li.clone(),
        password: world.seal(&li, &password('n')),
    };
    assert_eq!(
        world.give(&wang, ChangePassword, new.clone()),
        Err(Refusal::NotYours)
    );
    world.give(&li, ChangePassword, new.clone()).unwrap();
    let account = world.account(&li).unwrap();
    let Access::Own { password: kept, .. } = &account.access else {
        panic!("it is their own")
    };
    assert_eq!((kept, account.generation), (&new.password, 1));
    assert_eq!(kept.open(&world.store).unwrap(), password('n'));

    let everywhere = Everywhere { person: li.clone() };
    assert_eq!(
        world.give(&wang, SignOutEverywhere, everywhere.clone()),
        Err(Refusal::NotYours)
    );
    world.give(&li, SignOutEverywhere, everywhere).unwrap();
    assert_eq!(world.account(&li).unwrap().generation, 2);
    let nobody = Person::new("nobody").unwrap();
    let everywhere = Everywhere {
        person: nobody.clone(),
    };
    assert_eq!(
        world.give(&nobody, SignOutEverywhere, everywhere),
        Err(Refusal::NoAccount)
    );
}

fn send(world: &mut World, person: &Person, purpose: Purpose, code: &str) -> Result<u64, Refusal> {
    let digest = KEY.code(person, purpose, code);
    let sending = Sending {
        person: person.clone(),
        purpose,
        digest,
    };
    world.give(person, SendCode, sending)
}

fn type_in(world: &mut World, person: &Person, wants: Wants, code: &str) -> Result<u64, Refusal> {
    let digest = KEY.code(person, wants.purpose(), code);
    world.give(
        person,
        TypeCode,
        Typed {
            person: person.clone(),
            digest,
            wants,
        },
    )
}

fn state(world: &World, person: &Person, purpose: Purpose) -> CodeState {
    world
        .row::<Code>(&Code::key_of(person, purpose).unwrap())
        .unwrap()
        .state
}

#[test]
fn a_code_is_good_once_and_shows_that_the_mail_was_read() {
    let mut world = World::new();
    let li = world.resident("li");
    assert_eq!(
        type_in(&mut world, &li, Wants::SignIn, "123456"),
        Err(Refusal::NoCode)
    );
    send(&mut world, &li, Purpose::SignIn, "123456").unwrap();
    // A code for one thing is none for another.
    assert_eq!(
        type_in(&mut world, &li, Wants::ConfirmMail, "123456"),
        Err(Refusal::NoCode)
    );
    let wrong = type_in(&mut world, &li, Wants::SignIn, "123457").unwrap();
    assert_eq!(
        state(&world, &li, Purpose::SignIn),
        CodeState::Waiting(TRIES_MAX - 1)
    );
    let right = type_in(&mut world, &li, Wants::SignIn, "123456").unwrap();
    assert!(right > wrong);
    assert_eq!(state(&world, &li, Purpose::SignIn), CodeState::Used(right));
    let Access::Own { mail_confirmed, .. } = world.account(&li).unwrap().access else {
        panic!("own")
    };
    assert!(mail_confirmed);
    assert_eq!(
        type_in(&mut world, &li, Wants::SignIn, "123456"),
        Err(Refusal::NoCode)
    );
}

#[test]
fn five_wrong_tries_void_a_code_even_against_the_right_one() {
    let mut world = World::new();
    let li = world.resident("li");
    send(&mut world, &li, Purpose::SignIn, "123456").unwrap();
    for _ in 0..TRIES_MAX {
        type_in(&mut world, &li, Wants::SignIn, "000000").unwrap();
    }
    assert_eq!(
        type_in(&mut world, &li, Wants::SignIn, "123456"),
        Err(Refusal::CodeVoid)
    );
    send(&mut world, &li, Purpose::SignIn, "654321").unwrap();
    assert_eq!(
        type_in(&mut world, &li, Wants::SignIn, "123456").map(|_| ()),
        Ok(())
    );
    assert_eq!(
        state(&world, &li, Purpose::SignIn),
        CodeState::Waiting(TRIES_MAX - 1),
        "the old one is wrong now"
    );
}

#[test]
fn a_code_lasts_ten_minutes_and_five_are_sent_an_hour() {
    let mut world = World::new();
    let li = world.resident("li");
    send(&mut world, &li, Purpose::SignIn, "123456").unwrap();
    world.later(CODE_LIFE);
    assert_eq!(
        type_in(&mut world, &li, Wants::SignIn, "123456"),
        Err(Refusal::CodeExpired)
    );
    let first = world.now() - CODE_LIFE;
    for _ in 0..4 {
        send(&mut world, &li, Purpose::SignIn, "123456").unwrap();
    }
    let until = first + SignedDuration::from_hours(1);
    assert_eq!(
        send(&mut world, &li, Purpose::SignIn, "1"),
        Err(Refusal::TooManyCodes { until })
    );
    world.later(SignedDuration::from_mins(50));
    send(&mut world, &li, Purpose::SignIn, "1").unwrap();
    // Four of them were sent within the hour before, so there is still no room for another.
    assert!(matches!(
        send(&mut world, &li, Purpose::SignIn, "1"),
        Err(Refusal::TooManyCodes { .. })
    ));
}

#[test]
fn a_lost_password_is_renewed_by_code() {
    let mut world = World::new();
    let (li, wang) = (world.resident("li"), world.resident("wang"));
    send(&mut world, &li, Purpose::NewPassword, "123456").unwrap();
    let anothers = world.seal(&wang, &password('x'));
    let refused = type_in(&mut world, &li, Wants::NewPassword(anothers), "123456");
    assert_eq!(refused, Err(Refusal::AnothersData));
    let new = world.seal(&li, &password('n'));
    type_in(&mut world, &li, Wants::NewPassword(new.clone()), "999999").unwrap();
    assert_eq!(
        world.account(&li).unwrap().generation,
        0,
        "a wrong code changes nothing"
    );
    type_in(&mut world, &li, Wants::NewPassword(new.clone()), "123456").unwrap();
    let account = world.account(&li).unwrap();
    let Access::Own { password: kept, .. } = &account.access else {
        panic!("own")
    };
    assert_eq!((kept, account.generation), (&new, 1));
}
