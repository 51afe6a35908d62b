//! The demo city loads whole, and is what the project says it is.
#![allow(clippy::unwrap_used, clippy::panic)] // what fails here is the test

use city::City;
use city::calendar::DayKind;
use city::place::{Level, Relation};
use jiff::civil::date;
use notice::{Gazetteer, Lang, PlaceId, PlaceLookup};
use std::sync::OnceLock;

fn city() -> &'static City {
    static CITY: OnceLock<City> = OnceLock::new();
    CITY.get_or_init(|| {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../cities/taiyuan-2022");
        let (city, warnings) = City::load(folder.as_ref()).unwrap_or_else(|found| {
            let said = found.iter().map(|d| {
                let (line, column) = d.place.line_column();
                format!("{}:{line}:{column} {}\n", d.place.file, d.message.en)
            });
            panic!("{}", said.collect::<String>())
        });
        assert_eq!(warnings, []);
        city
    })
}

fn place(word: &str) -> PlaceId {
    match city().place(word) {
        PlaceLookup::One(place) => place,
        other => panic!("{word}: {other:?}"),
    }
}

#[test]
fn it_loads_whole() {
    let city = city();
    assert_eq!(city.notices.len(), 15);
    assert_eq!(city.clock, Some(date(2022, 1, 6).at(8, 0, 0, 0)));
    assert_eq!(city.places.all().len(), 1 + 1514 + 3);
    assert!(city.notices.iter().all(|n| city.office(&n.issuer).is_ok()));
}

#[test]
fn places_answer_to_all_their_names() {
    let nanhuan = place("小店区/平阳路街道/南环社区");
    for word in [
        "小店区平阳路街道南环社区",
        "小店/平阳路街道/南环社区",
        "小店区/南环社区",
        "小店区/平阳路街道/南环社区居委会",
        "140105004001",
        "南环社区",
    ] {
        assert_eq!(place(word), nanhuan, "{word}");
    }
    let xiaodian = place("小店区");
    assert_ne!(place("小店街道"), xiaodian);
    for word in [
        "140105",
        "Xiaodian District",
        "xiaodian",
        "太原市小店区",
        "太原市/小店区",
    ] {
        assert_eq!(place(word), xiaodian, "{word}");
    }
    assert_eq!(place("太原"), city().whole_city());
    assert_eq!(place("古交"), place("Gujiao"));
    assert_eq!(place("Middle Ring"), place("中环以内"));
    assert_eq!(place("小店区平阳路街道"), place("小店区/平阳路街道"));
    assert_eq!(city().places.path(nanhuan), "小店区/平阳路街道/南环社区");
    assert_eq!(city().place_name(place("古交市"), Lang::En), "Gujiao");
}

#[test]
fn every_place_has_an_english_name() {
    let city = city();
    for place in city.places.all() {
        let name = &place.name.en;
        let han = name.contains(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
        assert!(!han, "{} is called {name} in English", place.code);
    }
    let street = city.places.get(place("平阳路街道")).map(|p| &*p.name.en);
    assert_eq!(street, Some("Pingyang Road Subdistrict"));
    assert_eq!(place("Pingyang Road Subdistrict"), place("平阳路街道"));
    for topic in city.notices.iter().flat_map(|notice| &notice.topics) {
        assert!(city.topics.contains_key(topic), "{topic} has no English");
    }
}

#[test]
fn names_of_several_places_list_them() {
    let PlaceLookup::Several(paths) = city().place("新庄村") else {
        panic!("{:?}", city().place("新庄村"));
    };
    assert!(paths.len() >= 2);
    for path in paths {
        assert!(matches!(city().place(&path), PlaceLookup::One(_)), "{path}");
    }
    // A district's street may have the district's short name.
    assert!(matches!(city().place("小店"), PlaceLookup::Several(_)));
    let PlaceLookup::None { nearest } = city().place("小殿区") else {
        panic!("there is no such place");
    };
    assert_eq!(nearest.as_deref(), Some("小店区"));
}

#[test]
fn every_path_leads_back_to_its_place() {
    let places = &city().places;
    for at in 0..places.all().len() as u32 {
        let path = places.path(PlaceId(at));
        match places.look_up(&path) {
            PlaceLookup::One(found) => assert_eq!(found, PlaceId(at), "{path}"),
            // Two villages of one township share a name; their codes tell them apart.
            other => assert_eq!(
                places.all()[at as usize].level,
                Level::Community,
                "{path}: {other:?}"
            ),
        }
    }
}

#[test]
fn relations_follow_tree_and_shapes() {
    let relation = |a: &str, b: &str| city().places.relation(place(a), place(b));
    assert_eq!(relation("古交市", "中环以内"), Relation::Disjoint);
    assert_eq!(relation("小店区", "中环以内"), Relation::Overlaps);
    assert_eq!(relation("中环以内", "禁煤区"), Relation::Inside);
    assert_eq!(relation("禁煤区", "城乡接合部"), Relation::Contains);
    assert_eq!(relation("中环以内", "城乡接合部"), Relation::Disjoint);
    assert_eq!(relation("中环以内", "太原市"), Relation::Inside);
    assert_eq!(relation("山西省", "中环以内"), Relation::Contains);
    assert_eq!(relation("南环社区", "平阳路街道"), Relation::Inside);
    assert_eq!(relation("小店区", "迎泽区"), Relation::Disjoint);
    assert_eq!(relation("南环社区", "中环以内"), Relation::Overlaps);
    assert_eq!(relation("小店区", "小店区"), Relation::Same);
    let village = city().places.children(place("古交市")).next().unwrap();
    assert_eq!(
        city().places.relation(village, place("中环以内")),
        Relation::Disjoint
    );
    // Without a shape nothing is known of it but its place in the tree.
    let zone = place("综改示范区");
    assert!(!city().places.get(zone).unwrap().has_shape);
    assert_eq!(
        city().places.relation(zone, place("禁煤区")),
        Relation::Overlaps
    );
}

#[test]
fn points_lie_in_all_their_places() {
    let at = |lon, lat| {
        let mut found = vec![PlaceId(7)];
        city().places.at(lon, lat, &mut found);
        assert!(found.is_sorted());
        found
            .iter()
            .map(|p| city().place_name(*p, Lang::Zh))
            .collect::<Vec<_>>()
    };
    assert_eq!(
        at(112.55, 37.86),
        ["山西省", "太原市", "迎泽区", "中环以内", "禁煤区"]
    );
    assert_eq!(at(112.17, 37.91), ["山西省", "太原市", "古交市"]);
    assert_eq!(at(116.4, 39.9), [""; 0]);
    assert_eq!(at(f64::NAN, 37.9), [""; 0]);
    assert_eq!(at(f64::INFINITY, f64::MAX), [""; 0]);
}

#[test]
fn the_calendar_knows_make_up_days() {
    let calendar = &city().calendar;
    assert_eq!(calendar.kind(date(2022, 1, 29)), DayKind::Workday);
    assert_eq!(calendar.kind(date(2022, 1, 31)), DayKind::StatutoryHoliday);
    assert_eq!(
        calendar.covers(),
        Some((date(2019, 1, 1), date(2026, 12, 31)))
    );
}

#[test]
fn the_register_is_as_the_order_counts() {
    let city = city();
    let register = city.register("enterprises").unwrap();
    assert_eq!(register.rows.len(), 400);
    assert!(register.rows.iter().all(|row| row.demo));
    let (list, domain) = (0..)
        .map(notice::AttributeId)
        .zip(&city.vocabulary.attributes)
        .find(|(_, a)| a.label.zh == "名单")
        .map(|(id, a)| (id, a.domain.clone()))
        .unwrap();
    let notice::vocabulary::Domain::List { values } = domain else {
        panic!("lists are lists");
    };
    let on = |name: &str| {
        let at = notice::vocabulary::words::value_position(&values, name).unwrap();
        let on = |row: &&city::register::Entry| row.facts.members[&(list, at)];
        register.rows.iter().filter(on).count()
    };
    assert_eq!((on("错峰停产"), on("计划停产")), (51, 42));
    let ring = place("中环以内");
    let mut found = Vec::new();
    let inside = register.rows.iter().filter(|row| {
        city.places.at(row.point.0, row.point.1, &mut found);
        found.contains(&ring)
    });
    assert!(inside.count() > 10);
}

#[test]
fn states_hold_for_their_time() {
    let city = city();
    let state = (0..)
        .map(notice::AttributeId)
        .zip(&city.vocabulary.attributes)
        .find(|(_, a)| a.label.zh == "空气质量级别")
        .unwrap()
        .0;
    let timeline = city.timeline();
    let on = |day| timeline.position(&city.vocabulary, state, date(2022, 1, day).at(8, 0, 0, 0));
    assert_eq!(
        [on(5), on(6), on(10), on(11)],
        [Some(1), Some(2), Some(2), Some(1)]
    );
    let changes = [date(2022, 1, 6), date(2022, 1, 11)].map(|day| day.at(0, 0, 0, 0));
    assert_eq!(timeline.changes(state), changes);
}

#[test]
fn somebody_holds_every_role_and_a_family_is_whole() {
    let city = city();
    assert_eq!(city.people.len(), 28);
    let held = |role: &str| {
        let posts = city.people.iter().filter_map(|p| p.post.as_ref());
        posts.filter(|post| post.role == role).count()
    };
    for role in &city.offices.roles {
        assert!(held(&role.id) > 0, "nobody is {}", role.id);
    }
    let person = |id: &str| city.people.iter().find(|p| p.id == id).unwrap();
    let (parent, child) = (person("parent-chen"), person("child-chen"));
    assert_eq!(parent.guardian_of, ["child-chen"]);
    assert_eq!(child.post, None);
    assert_eq!(child.birth, date(2013, 9, 8));
    // Who cannot volunteer: one for want of Mandarin, one for being 17.
    assert_eq!(
        person("resident-wang").facts_said,
        "不会说普通话, 住在本社区"
    );
    assert_eq!(person("resident-wang").facts.attributes.len(), 2);
    assert_eq!(person("resident-zhao").birth, date(2004, 3, 2));
}

#[test]
fn the_menu_has_what_the_notice_says() {
    let menu = &city().menu;
    assert_eq!(
        (
            menu.courses.len(),
            menu.teachers.len(),
            menu.communities().len()
        ),
        (67, 62, 27)
    );
    // Every course has a teacher, and every teacher and room some time.
    for (at, course) in menu.courses.iter().enumerate() {
        let gives = |teacher: &&city::menu::Teacher| teacher.courses.contains(&at);
        assert!(menu.teachers.iter().any(|t| gives(&t)), "{}", course.id);
    }
    assert!(menu.teachers.iter().all(|teacher| !teacher.free.is_empty()));
    assert!(menu.rooms.iter().all(|room| !room.free.is_empty()));
    let district = city().places.by_code("140108").unwrap();
    for place in menu.communities() {
        assert!(
            city()
                .places
                .ancestors(place)
                .any(|above| above == district)
        );
    }
}

#[test]
fn time_is_what_a_line_covers_wholly() {
    let free = |text: &str| {
        let day = "2022-01-01".parse().unwrap();
        vec![notice::read_when(city().context(), "", text.into(), day).unwrap()]
    };
    let session = |text: &str| {
        let (from, to) = text.split_once('/').unwrap();
        city::slot::Session {
            from: from.parse().unwrap(),
            to: to.parse().unwrap(),
        }
    };
    // 15 January 2022 is a Saturday; on the 29th people work instead of a day of the Spring Festival.
    for (line, wanted, has) in [
        (
            "周六 09:00-12:00",
            "2022-01-15T09:00/2022-01-15T12:00",
            true,
        ),
        (
            "周六 09:00-12:00",
            "2022-01-15T10:30/2022-01-15T12:00",
            true,
        ),
        (
            "周六 09:00-12:00",
            "2022-01-15T10:30/2022-01-15T12:01",
            false,
        ),
        (
            "周六 09:00-12:00",
            "2022-01-16T09:00/2022-01-16T12:00",
            false,
        ),
        ("周六", "2022-01-15T23:00/2022-01-16T01:00", false),
        (
            "周六 22:00-02:00",
            "2022-01-15T23:00/2022-01-16T02:00",
            true,
        ),
        (
            "周六 22:00-24:00",
            "2022-01-15T23:00/2022-01-16T00:30",
            false,
        ),
        (
            "工作日 09:00-12:00",
            "2022-01-29T09:00/2022-01-29T10:00",
            true,
        ),
        (
            "RRULE:FREQ=MONTHLY;BYDAY=3SA 09:00-12:00",
            "2022-01-15T09:00/2022-01-15T10:00",
            true,
        ),
        (
            "RRULE:FREQ=MONTHLY;BYDAY=2SA 09:00-12:00",
            "2022-01-15T09:00/2022-01-15T10:00",
            false,
        ),
    ] {
        assert_eq!(
            city().has_time(&free(line), &session(wanted)),
            has,
            "{line} {wanted}"
        );
    }
    assert!(!city().has_time(&[], &session("2022-01-15T09:00/2022-01-15T12:00")));
}
