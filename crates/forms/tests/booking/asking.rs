//! What is asked when somebody signs up, who must agree, and who is shown the slots.

use std::collections::BTreeMap;
use std::sync::Arc;

use forms::booking::views::{self, NotShown};
use forms::booking::{Answer, Answers, Cancel, NotAnswered, Offering, SignUp, Told, Why, rows};
use forms::people::guardian::LinkState;
use forms::people::powers::Act;
use forms::people::{Basis, Guardianship};
use ledger::Turn;
use ledger::given::SystemChance;
use ledger::name::Person;
use ledger::store::Read as _;

use crate::house::{CITY, House, citation, instant, offerings, person, slot};
use crate::random::id;

const LESSON: &str = "prints#class@2022-01-12T16:30/17:15";

fn class() -> Arc<Offering> {
    let text = include_str!("prints.md").to_owned();
    offerings(&[("prints", text)]).remove(0).1
}

fn given(all: &[(&str, &str)]) -> BTreeMap<String, String> {
    let owned = |(key, said): &(&str, &str)| ((*key).to_owned(), (*said).to_owned());
    all.iter().map(owned).collect()
}

fn seal(
    house: &House,
    class: &Offering,
    person: &Person,
    all: &[(&str, &str)],
) -> Result<Answers, NotAnswered> {
    house.give_key(person);
    Answers::seal(class, &house.store, &mut SystemChance, person, &given(all))
}

const ALL: [(&str, &str); 3] = [("consent", "yes"), ("photo", "no"), ("size", "small")];

#[test]
fn what_is_asked_is_answered_and_what_does_not_answer_is_named() {
    let (house, class, child) = (House::at("2022-01-08T10:00"), class(), person(1));
    let names: Vec<&str> = class.questions().iter().map(|q| q.name.as_str()).collect();
    assert_eq!(names, ["consent", "allergies", "size", "photo"]);
    let wrong = |all: &[(&str, &str)]| {
        let wrong = seal(&house, &class, &child, all).unwrap_err();
        wrong.label().unwrap().zh.to_string()
    };
    assert_eq!(
        wrong(&[("consent", "no"), ("photo", "no"), ("size", "small")]),
        "不同意“孩子参加这门课”就不能报名。"
    );
    assert_eq!(
        wrong(&[("consent", "yes"), ("size", "small"), ("photo", " ")]),
        "“可以给孩子拍照吗？”还没有答；请答完以后再提交。"
    );
    assert_eq!(
        wrong(&[("consent", "yes"), ("photo", "no"), ("size", "giant")]),
        "“围裙穿多大的？”没有这个选项，请从所列的里面选。"
    );
    let long = "油".repeat(501);
    assert_eq!(
        wrong(&[ALL[0], ALL[1], ALL[2], ("allergies", &long)]),
        "“对什么过敏？”最多写 500 个字，请写短一些。"
    );
    assert_eq!(
        wrong(&[ALL[0], ALL[1], ALL[2], ("shoe", "38")]),
        "报名的问题有变，请重新打开页面再填。"
    );
    let fits = "油".repeat(500);
    seal(
        &house,
        &class,
        &child,
        &[ALL[0], ALL[1], ALL[2], ("allergies", &fits)],
    )
    .unwrap();
}

/// Gives the sign-up as this account, whose guardianship is kept as accepted where it is not the child's own.
fn give_as(
    house: &mut House,
    class: &Arc<Offering>,
    actor: &str,
    act: SignUp,
) -> Result<rows::Number, Why> {
    let mut turn = Turn::new();
    let request = u128::from(house.store.head().unwrap().size) + 9_000;
    let origin = crate::house::origin(class, request, actor);
    let pending = turn.command(origin, class.form::<SignUp>(), act).unwrap();
    house.writer.turn(turn).unwrap();
    match pending.wait() {
        Ok(done) => Ok(rows::Number::of(done.sequence).unwrap()),
        Err(ledger::Declined::Refused(refused)) => Err(refused.why),
        Err(other) => panic!("{other}"),
    }
}

#[test]
fn a_child_is_signed_up_by_a_guardian_with_answers_that_only_staff_and_they_read() {
    let (mut house, class, child) = (House::at("2022-01-08T10:00"), class(), person(1));
    house.give_key(&child);
    let at = instant("2022-01-06T10:00".parse().unwrap());
    house.keep(Guardianship {
        guardian: person_of("parent"),
        child: child.clone(),
        state: LinkState::Accepted {
            office: "demo-primary-school".to_owned(),
            at,
        },
    });
    house.keep_fact(&child, "班级", "三年级二班", confirmed());
    let told = Told::seal(&CITY, &house.store, &mut SystemChance, &child, &["个人"]).unwrap();
    let act = SignUp::new(&class, slot(LESSON), child.clone(), Some(told.clone()));
    assert_eq!(
        give_as(&mut house, &class, "parent", act.clone()),
        Err(Why::Unanswered)
    );
    let words = "花生油墨";
    let answers = seal(
        &house,
        &class,
        &child,
        &[ALL[0], ALL[1], ALL[2], ("allergies", words)],
    );
    let act = act.answering(answers.unwrap());
    // The child cannot agree in the guardian's place.
    assert_eq!(
        give_as(&mut house, &class, "p1", act.clone()),
        Err(Why::GuardianConsent)
    );
    // Answers about another child, or to the questions of another offer, are none.
    let others = seal(&house, &class, &person(2), &ALL).unwrap();
    assert_eq!(
        give_as(&mut house, &class, "parent", act.clone().answering(others)),
        Err(Why::OtherPerson)
    );
    let text = include_str!("prints.md").replace("过敏？", "不能碰？");
    let changed = offerings(&[("prints", text)]).remove(0).1;
    let others = seal(&house, &changed, &child, &ALL).unwrap();
    assert_eq!(
        give_as(&mut house, &class, "parent", act.clone().answering(others)),
        Err(Why::Unanswered)
    );
    let entry = house.store.head().unwrap().size;
    let number = give_as(&mut house, &class, "parent", act).unwrap();
    let leaf = String::from_utf8(house.store.leaf(entry).unwrap().unwrap()).unwrap();
    assert!(!leaf.contains(words) && !leaf.contains("small"), "{leaf}");
    let item = house
        .store
        .item(&id::<rows::Booking>(number.key()))
        .unwrap();
    let booking: rows::Booking = item.unwrap().read().unwrap();
    let expected: Vec<(&str, &str)> = vec![
        ("consent", "yes"),
        ("allergies", words),
        ("size", "small"),
        ("photo", "no"),
    ];
    let pairs = |all: &[Answer]| -> Vec<(String, String)> {
        all.iter()
            .map(|a| (a.question.clone(), a.said.clone()))
            .collect()
    };
    let expected: Vec<(String, String)> = expected
        .into_iter()
        .map(|(q, a)| (q.to_owned(), a.to_owned()))
        .collect();
    let staff = person_of("somebody");
    let seen = citation(Act::SeeBookings);
    let shown = views::answers(&house.store, &class, (&seen, &staff), &booking).unwrap();
    assert_eq!(pairs(&shown), expected);
    assert_eq!(
        pairs(&views::own_answers(&house.store, &child, &booking).unwrap()),
        expected
    );
    // Not by another power, not by another's clause, not of another person.
    for (under, reader) in [
        (citation(Act::GrantHours), staff.clone()),
        (citation(Act::SeeBookings), person(3)),
    ] {
        let refused = views::answers(&house.store, &class, (&under, &reader), &booking);
        assert!(matches!(refused, Err(NotShown::OtherPower)));
    }
    let refused = views::own_answers(&house.store, &person(2), &booking);
    assert!(matches!(refused, Err(NotShown::OtherPower)));
    // Given back, nothing of it is kept.
    let cancel = Cancel {
        booking: number.clone(),
        person: child.clone(),
    };
    house.give(&class, cancel).unwrap();
    let gone = views::own_answers(&house.store, &child, &booking).unwrap();
    assert_eq!(gone, Vec::new());
}

/// On the school's word.
fn confirmed() -> Basis {
    Basis::Confirmed {
        office: "demo-primary-school".to_owned(),
        at: instant("2022-01-06T10:00".parse().unwrap()),
    }
}

fn person_of(id: &str) -> Person {
    Person::new(id).unwrap()
}

#[test]
fn only_the_class_sees_the_slots_and_only_the_schools_word_counts() {
    let (mut house, class) = (House::at("2022-01-08T10:00"), class());
    assert!(!class.is_seen_by_all());
    let (own, other, liar) = (person(1), person(2), person(3));
    for (child, word) in [(&own, "三年级二班"), (&other, "三年级一班")] {
        house.give_key(child);
        house.keep_fact(child, "班级", word, confirmed());
    }
    house.give_key(&liar);
    let told = |house: &House, who: &Person, states: &[&str]| {
        Told::seal(&CITY, &house.store, &mut SystemChance, who, states).unwrap()
    };
    let sees = |who: &Person, told: Option<&Told>| class.is_seen_by(who, told);
    assert!(sees(&own, Some(&told(&house, &own, &["个人"]))));
    assert!(!sees(&other, Some(&told(&house, &other, &["个人"]))));
    // Their own word is not the school's.
    let says = told(&house, &liar, &["个人", "班级 = 三年级二班"]);
    assert!(!sees(&liar, Some(&says)));
    assert!(!sees(&liar, None));
    // Another's facts show nobody anything.
    assert!(!sees(&liar, Some(&told(&house, &own, &["个人"]))));
}
