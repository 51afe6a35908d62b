//! What officers do, in order, and each way to be refused.

use super::*;

const SLUG: &str = "light-trucks";

fn standing(world: &World, slug: &str, at: Timestamp) -> Option<String> {
    let shelf = world.shelf();
    let text = shelf.paper(slug)?.text_at(at)?.source.to_string();
    Some(text)
}

#[test]
fn a_notice_is_drafted_signed_published_corrected_and_withdrawn() {
    let mut world = World::new();
    let (first, second) = (text("07:00-09:00"), text("07:00-10:00"));
    let begun = world.now();
    let version = world.save("air-clerk", SLUG, &first).unwrap();
    assert_eq!(
        world.publish("air-clerk", SLUG, version),
        Err(Refusal::NotSigned)
    );
    assert_eq!(world.shelf().paper(SLUG).map(|p| p.editions.len()), None);
    world.sign("air-head", SLUG, version).unwrap();
    assert_eq!(
        world.sign("air-head", SLUG, version),
        Err(Refusal::AlreadySigned)
    );
    world.publish("air-clerk", SLUG, version).unwrap();
    assert_eq!(DraftText::load(&world.store, SLUG).unwrap(), None);
    assert_eq!(standing(&world, SLUG, begun), Some(first.clone()));

    // A correction for tomorrow noon: until then the first text stands.
    world.later(1);
    let noon = "2022-01-07T12:00:00+08:00".parse().unwrap();
    world.whole(SLUG, &second, Some(noon)).unwrap();
    assert_eq!(standing(&world, SLUG, world.now()), Some(first.clone()));
    let before_noon = noon - SignedDuration::from_secs(1);
    assert_eq!(standing(&world, SLUG, before_noon), Some(first.clone()));
    assert_eq!(standing(&world, SLUG, noon), Some(second.clone()));

    world.later(48);
    world.withdraw("air-head", SLUG, " 改用别的办法 ").unwrap();
    assert_eq!(standing(&world, SLUG, world.now()), None);
    assert_eq!(standing(&world, SLUG, noon), Some(second));
    assert_eq!(standing(&world, SLUG, begun), Some(first.clone()));
    let shelf = world.shelf();
    let paper = shelf.paper(SLUG).unwrap();
    assert_eq!(
        paper.at(world.now()).unwrap().reason(),
        Some("改用别的办法")
    );
    assert_eq!(
        world.withdraw("air-head", SLUG, "again"),
        Err(Refusal::NothingStands)
    );

    // What was withdrawn may come back, under the same name and as the next edition.
    world.whole(SLUG, &first, None).unwrap();
    assert_eq!(standing(&world, SLUG, world.now()), Some(first));
    let shelf = world.shelf();
    let numbers: Vec<u32> = shelf
        .paper(SLUG)
        .unwrap()
        .editions
        .iter()
        .map(|b| b.number)
        .collect();
    assert_eq!(numbers, [1, 2, 3, 4]);
}

#[test]
fn a_correction_of_a_notice_of_the_folder_keeps_the_text_it_began_with() {
    let mut world = World::new();
    let slug = "air-order";
    let founding = city().notice(slug).unwrap().source.to_string();
    let corrected = founding.replacen("调度令", "调度令（更正）", 1);
    world.keep(&founding);
    let before = world.now();
    world.later(1);
    world.whole(slug, &corrected, None).unwrap();
    assert_eq!(standing(&world, slug, before), Some(founding.clone()));
    assert_eq!(standing(&world, slug, world.now()), Some(corrected));
    // Even if the folder has another text of it by now, or none.
    let city = city();
    let others = city.notices.iter().filter(|n| &*n.slug.0 != slug).cloned();
    let emptied = Arc::new(city.with_notices(others.collect()));
    let shelf = Shelf::load(emptied, &world.store, None).unwrap();
    let paper = shelf.paper(slug).unwrap();
    assert_eq!(*paper.text_at(before).unwrap().source, *founding);
}

#[test]
fn a_signature_is_under_one_text_and_never_ones_own() {
    let mut world = World::new();
    let first = world.save("air-head", SLUG, &text("07:00-09:00")).unwrap();
    assert_eq!(world.sign("air-head", SLUG, first), Err(Refusal::OwnDraft));
    // The clerk changes it; the head has worked on it all the same.
    let second = world.save("air-clerk", SLUG, &text("07:00-10:00")).unwrap();
    assert_eq!(world.sign("air-head", SLUG, second), Err(Refusal::OwnDraft));
    assert_eq!(
        world.sign("air-head", SLUG, first),
        Err(Refusal::DraftChanged)
    );
    // Begun anew by the clerk alone, it can be signed; a change takes the signature away.
    let of = world.of("air-clerk", Act::PublishNotice, SLUG, second, "air-office");
    world
        .give("air-clerk", SLUG, second, DropDraft, Dropping { of })
        .unwrap();
    let first = world.save("air-clerk", SLUG, &text("07:00-09:00")).unwrap();
    world.sign("air-head", SLUG, first).unwrap();
    let second = world.save("air-clerk", SLUG, &text("07:00-10:00")).unwrap();
    assert_eq!(
        world.publish("air-clerk", SLUG, second),
        Err(Refusal::NotSigned)
    );
    assert_eq!(
        world.publish("air-clerk", SLUG, first),
        Err(Refusal::DraftChanged)
    );
}

#[test]
fn what_rests_on_texts_that_have_changed_is_refused() {
    let mut world = World::new();
    let version = world.save("air-clerk", SLUG, &text("07:00-09:00")).unwrap();
    world.sign("air-head", SLUG, version).unwrap();
    let of = world.of("air-clerk", Act::PublishNotice, SLUG, version, "air-office");
    // Meanwhile another notice is published.
    world.whole("other", &text("10:00-11:00"), None).unwrap();
    let publishing = Publishing { of };
    let refused = world.give("air-clerk", SLUG, version, Publish, publishing);
    assert_eq!(refused, Err(Refusal::TextsChanged));
    world.publish("air-clerk", SLUG, version).unwrap();
}

#[test]
fn two_who_write_at_once_do_not_overwrite_each_other() {
    let mut world = World::new();
    world.save("air-clerk", SLUG, &text("07:00-09:00")).unwrap();
    let version = world.keep(&text("07:00-10:00"));
    let of = world.of("air-head", Act::PublishNotice, SLUG, version, "air-office");
    let stale = Saving {
        of,
        over: None,
        from: None,
    };
    let refused = world.give("air-head", SLUG, version, SaveDraft, stale);
    assert_eq!(refused, Err(Refusal::DraftChanged));
}

#[test]
fn times_must_be_ahead_and_near_and_are_signed() {
    let mut world = World::new();
    let now = world.now();
    let text = text("07:00-09:00");
    let mut save = |from| world.save_for("air-clerk", SLUG, &text, Some(from));
    assert_eq!(save(now), Err(Refusal::PastTime));
    let far = now + SignedDuration::from_hours(24 * 800);
    assert_eq!(save(far), Err(Refusal::TooFar));
    let version = save(now + SignedDuration::from_mins(30)).unwrap();
    world.sign("air-head", SLUG, version).unwrap();
    // Another time is another draft: it must be signed again.
    let later = now + SignedDuration::from_mins(40);
    world
        .save_for("air-clerk", SLUG, &text, Some(later))
        .unwrap();
    assert_eq!(
        world.publish("air-clerk", SLUG, version),
        Err(Refusal::NotSigned)
    );
    world.sign("air-head", SLUG, version).unwrap();
    // Nobody publishes for a time that is over.
    world.later(1);
    assert_eq!(
        world.publish("air-clerk", SLUG, version),
        Err(Refusal::PastTime)
    );
}

#[test]
fn what_is_decided_later_outranks_what_was_planned() {
    let mut world = World::new();
    world.whole(SLUG, &text("07:00-09:00"), None).unwrap();
    let tomorrow = world.now() + SignedDuration::from_hours(24);
    world
        .whole(SLUG, &text("07:00-10:00"), Some(tomorrow))
        .unwrap();
    world.later(1);
    world.withdraw("air-head", SLUG, "计划取消").unwrap();
    let after = tomorrow + SignedDuration::from_hours(1);
    assert_eq!(
        standing(&world, SLUG, after),
        None,
        "the planned text never comes"
    );
}

#[test]
fn another_offices_notice_and_another_act_are_refused() {
    let mut world = World::new();
    let version = world.keep(&text("07:00-09:00"));
    // A power of the library's clerk, for a notice of the library's: not for the air office's.
    let library = world.of(
        "library-clerk",
        Act::PublishNotice,
        SLUG,
        version,
        "shanxi-library",
    );
    let mut forged = library.clone();
    forged.office = "air-office".to_owned();
    let saving = |of| Saving {
        of,
        over: None,
        from: None,
    };
    let refused = world.give("library-clerk", SLUG, version, SaveDraft, saving(forged));
    assert_eq!(refused, Err(Refusal::OtherPower));
    // Somebody else cannot use it either, nor can it be used for another act.
    let refused = world.give(
        "library-head",
        SLUG,
        version,
        SaveDraft,
        saving(library.clone()),
    );
    assert_eq!(refused, Err(Refusal::OtherPower));
    let refused = world.give(
        "library-clerk",
        SLUG,
        version,
        Sign,
        Signing { of: library },
    );
    assert_eq!(refused, Err(Refusal::OtherPower));
    // Nor does the library get a name that the air office has.
    world.whole(SLUG, &text("07:00-09:00"), None).unwrap();
    let taken = world.of(
        "library-clerk",
        Act::CorrectNotice,
        SLUG,
        version,
        "shanxi-library",
    );
    let refused = world.give("library-clerk", SLUG, version, SaveDraft, saving(taken));
    assert_eq!(refused, Err(Refusal::OtherOffice));
}

#[test]
fn a_withdrawal_says_why() {
    let mut world = World::new();
    world.whole(SLUG, &text("07:00-09:00"), None).unwrap();
    for reason in ["", "  \n ", &"长".repeat(501), "a\u{1b}[2J"] {
        assert_eq!(
            world.withdraw("air-clerk", SLUG, reason),
            Err(Refusal::NoReason)
        );
    }
}

#[test]
fn every_refusal_says_what_to_do_in_both_languages() {
    use Refusal::*;
    for refusal in [
        NoDraft,
        DraftChanged,
        TooManyHands,
        OwnDraft,
        AlreadySigned,
        NotSigned,
        TextsChanged,
        PastTime,
        TooFar,
        NothingStands,
        NoReason,
        OtherOffice,
        OtherPower,
    ] {
        let label = refusal.label();
        let han = |c: char| ('\u{4e00}'..='\u{9fff}').contains(&c);
        assert!(
            label.zh.contains(han) && !label.en.contains(han),
            "{label:?}"
        );
        assert!(
            !label.en.ends_with('.') && !label.zh.ends_with('。'),
            "{label:?}"
        );
    }
}
