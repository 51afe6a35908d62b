use super::*;
use crate::people::guardian::{Childs, OpenForChild};
use crate::people::post::{Appoint, Appointment, Authority, EndPost, Ending, Held, OPERATOR};
use crate::people::powers::Post;

fn post(office: &str, role: &str) -> Post {
    Post {
        office: office.to_owned(),
        role: role.to_owned(),
    }
}

fn appointing(person: &Person, post: Post, under: Authority) -> Appointment {
    Appointment {
        person: person.clone(),
        post,
        under,
    }
}

fn head(of: &Person, office: &str) -> Authority {
    Authority::Office(leave(of, office, Act::AssignPost))
}

fn console() -> Person {
    Person::new(OPERATOR).unwrap()
}

fn held(world: &World, person: &Person) -> Option<Post> {
    let held: Option<Held> = world.row(&key_of(person));
    held.and_then(|held| held.post)
}

#[test]
fn the_console_appoints_a_head_who_appoints_and_dismisses_their_own_office() {
    let mut world = World::new();
    let (li, wang) = (world.resident("li"), world.resident("wang"));
    let (clerk, lead) = (post("library", "clerk"), post("library", "project-lead"));
    let first = appointing(&li, post("library", "head"), Authority::Operator);
    world.give(&console(), Appoint, first.clone()).unwrap();
    assert_eq!(
        world.give(&console(), Appoint, first),
        Err(Refusal::PostHeld)
    );
    for role in [&clerk, &lead] {
        let next = appointing(&wang, role.clone(), head(&li, "library"));
        world.give(&li, Appoint, next).unwrap();
    }
    assert_eq!(held(&world, &wang), Some(lead.clone()));
    let of_office = Held::of_office("library").unwrap();
    assert_eq!(world.find(&of_office).len(), 2);

    let end = |post: &Post| Ending {
        person: wang.clone(),
        post: post.clone(),
        under: head(&li, "library"),
    };
    // A page that shows the clerk of before ends nothing.
    assert_eq!(world.give(&li, EndPost, end(&clerk)), Err(Refusal::NoPost));
    world.give(&li, EndPost, end(&lead)).unwrap();
    assert_eq!(held(&world, &wang), None);
    assert_eq!(world.find(&of_office).len(), 1);
    assert_eq!(world.give(&li, EndPost, end(&lead)), Err(Refusal::NoPost));
}

#[test]
fn nobody_reaches_beyond_their_office_or_passes_for_the_console() {
    let mut world = World::new();
    let (li, wang) = (world.resident("li"), world.resident("wang"));
    let other = post("air-office", "clerk");
    let refused = Err(Refusal::OtherPower);
    // A head of the library, about the air office; somebody with the leave of another; a resident as the console.
    for (actor, under) in [
        (&li, head(&li, "library")),
        (&wang, head(&li, "air-office")),
        (&wang, Authority::Operator),
        (
            &li,
            Authority::Office(leave(&li, "air-office", Act::CheckIn)),
        ),
    ] {
        let given = appointing(&wang, other.clone(), under);
        assert_eq!(world.give(actor, Appoint, given), refused);
    }
    assert_eq!(held(&world, &wang), None);

    let own = appointing(&wang, other.clone(), head(&li, "air-office"));
    world.give(&li, Appoint, own).unwrap();
    let away = appointing(&wang, post("library", "clerk"), head(&li, "library"));
    assert_eq!(
        world.give(&li, Appoint, away),
        Err(Refusal::PostElsewhere {
            office: "air-office".to_owned()
        })
    );
    let ended = Ending {
        person: wang.clone(),
        post: other.clone(),
        under: head(&li, "library"),
    };
    assert_eq!(world.give(&li, EndPost, ended), Err(Refusal::OtherPower));
    assert_eq!(held(&world, &wang), Some(other));
}

#[test]
fn children_and_strangers_hold_no_posts_and_who_is_forgotten_holds_none() {
    let mut world = World::new();
    let li = world.resident("li");
    let child = world.person("kexin");
    let name = PersonName::new("陈可心").unwrap();
    let childs = Childs {
        guardian: li.clone(),
        name: world.seal(&child, &name),
        number: None,
        office: "demo-primary-school".to_owned(),
        child: child.clone(),
    };
    world.give(&li, OpenForChild, childs).unwrap();
    let clerk = post("library", "clerk");
    let give = |person: &Person| appointing(person, clerk.clone(), Authority::Operator);
    assert_eq!(
        world.give(&console(), Appoint, give(&child)),
        Err(Refusal::ChildInPost)
    );
    let nobody = Person::new("nobody").unwrap();
    assert_eq!(
        world.give(&console(), Appoint, give(&nobody)),
        Err(Refusal::NoAccount)
    );
    let wang = world.resident("wang");
    world.give(&console(), Appoint, give(&wang)).unwrap();
    let forgetting = Forgetting {
        person: wang.clone(),
    };
    world.give(&wang, Forget, forgetting).unwrap();
    assert_eq!(world.row::<Held>(&key_of(&wang)), None);
}
