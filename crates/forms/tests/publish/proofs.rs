//! What may not be published, and why.

use super::*;
use notice::{DiagnosticKind, Severity};

fn errors(proof: &Proof) -> Vec<(String, DiagnosticKind)> {
    let errors = proof
        .findings
        .iter()
        .filter(|f| f.severity == Severity::Error);
    errors.map(|f| (f.place.file.to_string(), f.kind)).collect()
}

#[test]
fn a_sound_text_is_proved() {
    let world = World::new();
    let proof = world.prove("light-trucks", Some(&text("07:00-09:00")), world.now());
    assert_eq!(errors(&proof), []);
    assert_eq!(proof.notice.unwrap().rules.len(), 1);
}

#[test]
fn a_mistake_is_found_at_its_line() {
    let world = World::new();
    let wrong = text("07:00-09:00").replace("车型 = 轻型", "车型 = 微小型");
    let proof = world.prove("light-trucks", Some(&wrong), world.now());
    assert_eq!(
        errors(&proof),
        [(
            "notices/light-trucks.md".to_owned(),
            DiagnosticKind::UnknownWord
        )]
    );
    assert_eq!(proof.findings[0].place.line_column().0, 16);
}

#[test]
fn nobody_writes_powers_for_themselves() {
    let world = World::new();
    for effect in [
        r#"permit = "发布公告""#,
        r#"permit = ["复核公告", "导出名单"]"#,
        r#"forbid = "复核公告""#,
    ] {
        let grab = text("07:00-09:00")
            .replace(r#"forbid = "驶入""#, effect)
            .replace("货车 且 车型 = 轻型", "工作人员");
        let grab = grab
            .replace("where  = \"中环以内\"\n", "")
            .replace("except = { clean = \"燃料 = 电动\" }\n", "");
        let proof = world.prove("light-trucks", Some(&grab), world.now());
        let found = errors(&proof);
        assert!(
            found
                .iter()
                .any(|(_, kind)| *kind == DiagnosticKind::Powers),
            "{effect}: {found:?}"
        );
    }
}

#[test]
fn a_text_of_another_office_is_refused() {
    let world = World::new();
    let others = text("07:00-09:00").replace("air-office", "shanxi-library");
    let proof = world.prove("light-trucks", Some(&others), world.now());
    assert_eq!(
        errors(&proof),
        [("notices/light-trucks.md".to_owned(), DiagnosticKind::Issuer)]
    );
}

#[test]
fn what_breaks_another_notice_is_refused_whatever_is_done() {
    let mut world = World::new();
    world
        .whole("light-trucks", &text("07:00-09:00"), None)
        .unwrap();
    // A second notice of the same office outranks the first one's rule, and answers a question by it.
    let second = text("10:00-11:00")
        .replace("rule light-trucks", "rule freed")
        .replace(
            "forbid = \"驶入\"",
            "permit = \"驶入\"\nover   = [\"light-trucks#light-trucks\"]",
        )
        .replace("except = { clean = \"燃料 = 电动\" }\n", "");
    let second = format!(
        "{second}\n```ask\nquestion = \"轻型柴油货车八点能进吗？\"\nwho    = \"货车, 车型 = 轻型, 燃料 = 柴油\"\ndo     = \"驶入\"\nwhere  = \"中环以内\"\nat     = 2022-01-12T08:00\nanswer = \"forbidden\"\n```\n"
    );
    assert_eq!(
        errors(&world.prove("second", Some(&second), world.now())),
        []
    );
    world.whole("second", &second, None).unwrap();
    // Without the first, the second names a rule that is not there, and its question comes out otherwise.
    let withdrawn = errors(&world.prove("light-trucks", None, world.now()));
    let of_second = |kind| ("notices/second.md".to_owned(), kind);
    assert!(
        withdrawn.contains(&of_second(DiagnosticKind::FailedAsk)),
        "{withdrawn:?}"
    );
    // A correction that turns the answer is refused as well; one that leaves it is not.
    let turned = errors(&world.prove("light-trucks", Some(&text("09:00-10:00")), world.now()));
    assert_eq!(turned, [of_second(DiagnosticKind::FailedAsk)]);
    let left = errors(&world.prove("light-trucks", Some(&text("07:00-09:30")), world.now()));
    assert_eq!(left, []);
    // From the next day on it may: the question is about a time at which the text of today stands.
    let next_day = "2022-01-13T00:00:00+08:00".parse().unwrap();
    let later = errors(&world.prove("light-trucks", Some(&text("09:00-10:00")), next_day));
    assert_eq!(later, []);
}

#[test]
fn a_contradiction_with_what_is_planned_is_found_now() {
    let mut world = World::new();
    let duty = text("07:00-09:00")
        .replace("forbid = \"驶入\"", "require = \"驶入\"")
        .replace("rule light-trucks", "rule must")
        .replace("except = { clean = \"燃料 = 电动\" }\n", "");
    let next_week = world.now() + SignedDuration::from_hours(24 * 7);
    world.whole("duty", &duty, Some(next_week)).unwrap();
    let proof = world.prove("light-trucks", Some(&text("07:00-09:00")), world.now());
    let found = errors(&proof);
    assert!(
        found
            .iter()
            .any(|(_, kind)| *kind == DiagnosticKind::Conflict),
        "{found:?}"
    );
}

#[test]
fn a_text_or_name_that_cannot_be_is_refused() {
    let world = World::new();
    let long = format!("{}{}", text("07:00-09:00"), "字".repeat(100_000));
    let proof = world.prove("light-trucks", Some(&long), world.now());
    assert_eq!(errors(&proof)[0].1, DiagnosticKind::Limit);
    for name in [
        "",
        "New",
        "a/b",
        "../x",
        "-a",
        "a-",
        "new",
        "中文",
        &"a".repeat(65),
    ] {
        assert!(
            world
                .prove(name, Some(&text("07:00-09:00")), world.now())
                .refuses(),
            "{name}"
        );
    }
    let proof = prove(
        &world.shelf(),
        &Proposal {
            slug: &Slug("x".into()),
            text: Some(&[0xff, 0xfe]),
            from: world.now(),
            office: "air-office",
        },
    );
    assert!(proof.refuses());
}

#[test]
fn what_changes_for_whom_begins_with_the_text() {
    let mut world = World::new();
    world
        .whole("light-trucks", &text("07:00-09:00"), None)
        .unwrap();
    let from: Timestamp = "2022-01-10T00:00:00+08:00".parse().unwrap();
    let shelf = world.shelf();
    let slug = Slug("light-trucks".into());
    let new = world.prove("light-trucks", Some(&text("07:00-10:00")), from);
    let found = changes(&shelf, &slug, new.notice.as_ref(), from).unwrap();
    let [change] = &found.changes[..] else {
        panic!("{:?}", found.changes);
    };
    assert_eq!(change.during.from.to_string(), "2022-01-10T00:00:00");
    assert!(
        change.sentence.zh.contains("09:00-10:00"),
        "{}",
        change.sentence.zh
    );
    // Withdrawn after its time is over, it changes nothing for anybody.
    let over = "2022-03-01T00:00:00+08:00".parse().unwrap();
    let found = changes(&shelf, &slug, None, over).unwrap();
    assert_eq!(found.changes.len(), 0);
}
