//! Small random worlds: vocabularies, notices, questions.

use city::City;
use jiff::ToSpan;
use jiff::civil::{DateTime, datetime};
use notice::condition::Recurrence;
use notice::facts::Facts;
use notice::rule::{ClauseAddress, Exception, RuleSpans};
use notice::text::{Clause, ClauseIndex, TextVersion};
use notice::vocabulary::{
    Action, Attribute, Default as ByDefault, Domain, Grid, Holder, Kind, Measure, Value,
};
use notice::{
    ActionId, AttributeId, Condition, DaySelector, Effect, Hours, KindId, Label, MeasureId,
    MinuteOfDay, Notice, Period, PlaceId, Rule, Slug, ValueSet, Vocabulary, When,
};
use std::path::Path;
use std::sync::{Arc, OnceLock};

/// Numbers from a seed (splitmix64).
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % n as u64) as usize
    }

    pub(crate) fn once_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }

    pub(crate) fn pick<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.below(all.len())]
    }
}

/// The demo city with a small vocabulary of its own.
pub(crate) fn city() -> City {
    static DEMO: OnceLock<City> = OnceLock::new();
    let demo = DEMO.get_or_init(|| {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/city");
        City::load(&folder).expect("the demo city loads").0
    });
    City {
        vocabulary: vocabulary(),
        states: Vec::new(),
        notices: Vec::new(),
        ..demo.clone()
    }
}

/// The city, two districts, a street in the first, and an area that lies across.
pub(crate) fn places(city: &City) -> Vec<PlaceId> {
    use notice::{Gazetteer, PlaceLookup};
    let gazetteer: &dyn Gazetteer = city.context().gazetteer;
    let named = |word: &str| match gazetteer.place(word) {
        PlaceLookup::One(place) => place,
        other => panic!("{word}: {other:?}"),
    };
    let mut all = vec![gazetteer.whole_city()];
    all.extend(["小店区", "小店区/平阳路街道", "迎泽区", "中环以内"].map(named));
    all.sort_unstable();
    all
}

fn label(word: &str) -> Label {
    Label::new(word, word)
}

fn vocabulary() -> Vocabulary {
    let kind = |word: &str, parent: Option<u16>, end| Kind {
        label: label(word),
        also: vec![],
        parent: parent.map(KindId),
        end,
        staff: false,
        standard: None,
    };
    let attribute = |word: &str, holder, domain| Attribute {
        label: label(word),
        also: vec![],
        holder,
        domain,
        question: label(word),
        phrase: None,
        standard: None,
    };
    let values = |n: usize| {
        (0..n)
            .map(|i| Value {
                label: label(&format!("v{i}")),
                also: vec![],
            })
            .collect()
    };
    let kinds = |ids: &[u16]| Holder::Kinds(ids.iter().map(|k| KindId(*k)).collect());
    let action = |word: &str, actors: &[u16], default| Action {
        label: label(word),
        also: vec![],
        actors: actors.iter().map(|k| KindId(*k)).collect(),
        default,
        standard: None,
    };
    let grid = Grid {
        min: 0,
        max: 4,
        step: 1,
        decimals: 0,
        unit: "t".into(),
    };
    Vocabulary {
        kinds: vec![
            kind("车", None, 3),
            kind("大车", Some(0), 2),
            kind("小车", Some(0), 3),
            kind("人", None, 4),
        ],
        attributes: vec![
            attribute(
                "型",
                kinds(&[0]),
                Domain::Choice {
                    values: values(3),
                    ordered: true,
                },
            ),
            attribute("证", kinds(&[1, 3]), Domain::Boolean { negatives: vec![] }),
            attribute("重", kinds(&[0]), Domain::Number(grid.clone())),
            attribute("单", kinds(&[0, 3]), Domain::List { values: values(2) }),
            attribute(
                "警",
                Holder::City { otherwise: 0 },
                Domain::Choice {
                    values: values(2),
                    ordered: true,
                },
            ),
        ],
        actions: vec![
            action("行", &[0], ByDefault::Allowed),
            action("开", &[], ByDefault::Forbidden),
        ],
        measures: vec![Measure {
            label: label("量"),
            also: vec![],
            action: ActionId(0),
            grid,
            standard: None,
        }],
        ..Vocabulary::default()
    }
}

/// How much a world's rules speak of.
#[derive(Clone, Copy)]
pub(crate) struct Size {
    pub(crate) notices: usize,
    pub(crate) rules: usize,
    /// Attributes that conditions look at, from the first.
    pub(crate) attributes: usize,
}

pub(crate) fn notices(random: &mut Random, city: &City, size: Size) -> Vec<Arc<Notice>> {
    let places = places(city);
    let mut names: Vec<(Slug, String)> = Vec::new();
    let count = 1 + random.below(size.notices);
    let mut notices: Vec<Notice> = (0..count)
        .map(|n| {
            let slug = Slug(format!("n{n}").as_str().into());
            let start = datetime(2022, 1, 1, 0, 0, 0, 0)
                .checked_add((random.below(5) as i64).days())
                .unwrap();
            let start = if random.once_in(3) {
                start.checked_add(20.hours()).unwrap()
            } else {
                start
            };
            let until = start
                .checked_add((1 + random.below(9) as i64).days())
                .unwrap();
            let in_force = Period {
                from: start,
                until: Some(until),
            };
            let rules: Vec<Rule> = (0..1 + random.below(size.rules))
                .map(|r| {
                    let rule = rule(random, size, &places, &format!("r{r}"), start, &names);
                    names.push((slug.clone(), rule.name.clone()));
                    rule
                })
                .collect();
            let sets = if random.once_in(3) {
                vec![(AttributeId(4), random.below(2) as u32)]
            } else {
                vec![]
            };
            Notice {
                file: format!("{slug}.md").as_str().into(),
                source: "".into(),
                text_version: TextVersion([n as u8; 32]),
                title: slug.to_string(),
                english: notice::text::English::default(),
                issuer: "air-office".into(),
                issued: start,
                in_force,
                topics: vec![],
                sets,
                forecast: vec![],
                demo: false,
                body: 0..0,
                clauses: vec![Clause {
                    heading: "一".into(),
                    paragraph: 1,
                    text: "文".into(),
                    span: 0..0,
                }],
                rules,
                offers: vec![],
                steps: vec![],
                asks: vec![],
                slug,
            }
        })
        .collect();
    // A rule names rules written before it; now and then one names a later one or itself, which may close a circle.
    while random.once_in(3) {
        let (notice, rule) = random.pick(&names).clone();
        let above = random.below(notices.len());
        let rules = &mut notices[above].rules;
        let at = random.below(rules.len());
        rules[at].over.push(ClauseAddress {
            notice,
            rule,
            exception: None,
        });
    }
    notices.into_iter().map(Arc::new).collect()
}

fn rule(
    random: &mut Random,
    size: Size,
    places: &[PlaceId],
    name: &str,
    start: DateTime,
    earlier: &[(Slug, String)],
) -> Rule {
    let actions = match random.below(4) {
        0 => vec![ActionId(0), ActionId(1)],
        1 => vec![ActionId(1)],
        _ => vec![ActionId(0)],
    };
    let effect = match random.below(6) {
        0 | 1 => Effect::Forbid(actions),
        2 => Effect::Require(actions),
        3 => Effect::Permit(actions),
        4 => Effect::Limit {
            measure: MeasureId(0),
            at_most: Some(random.below(4) as i64),
            at_least: None,
        },
        _ => Effect::Limit {
            measure: MeasureId(0),
            at_most: None,
            at_least: Some(random.below(4) as i64),
        },
    };
    let over = earlier
        .iter()
        .filter(|_| random.once_in(3))
        .map(|(notice, rule)| ClauseAddress {
            notice: notice.clone(),
            rule: rule.clone(),
            exception: None,
        });
    let over = over.collect();
    Rule {
        name: name.into(),
        effect,
        who: condition(random, size, places, start, 2),
        places: (0..random.below(3)).map(|_| *random.pick(places)).collect(),
        when: (0..random.below(3)).map(|_| when(random, start)).collect(),
        exceptions: (0..random.below(3))
            .map(|i| Exception {
                name: format!("e{i}"),
                condition: condition(random, size, places, start, 1),
                span: 0..0,
            })
            .collect(),
        by: None,
        checks: None,
        over,
        demo: false,
        clause: ClauseIndex(0),
        spans: RuleSpans::default(),
    }
}

fn day(random: &mut Random, start: DateTime) -> DaySelector {
    match random.below(5) {
        0 if random.once_in(3) => DaySelector::Weekdays(127),
        0 => DaySelector::Weekdays(1 + random.below(126) as u8),
        1 => DaySelector::Workdays,
        2 => DaySelector::Holidays,
        3 => DaySelector::StatutoryHolidays,
        _ => DaySelector::Recurring(Recurrence {
            rule: (*random.pick(&[
                "FREQ=MONTHLY;BYDAY=1SU",
                "FREQ=WEEKLY;BYDAY=MO,TH",
                "FREQ=DAILY;INTERVAL=3",
            ]))
            .into(),
            start: start.date(),
        }),
    }
}

fn when(random: &mut Random, start: DateTime) -> When {
    let hours = (0..random.below(3)).map(|_| {
        let from = random.below(24) as u16 * 60;
        let to = (from + 60 * (1 + random.below(12) as u16)) % 1440;
        Hours {
            from: MinuteOfDay(from),
            to: MinuteOfDay(if to == 0 { 1440 } else { to }),
        }
    });
    let hours = hours.collect();
    When {
        days: (0..random.below(3)).map(|_| day(random, start)).collect(),
        hours,
    }
}

fn condition(
    random: &mut Random,
    size: Size,
    places: &[PlaceId],
    start: DateTime,
    depth: usize,
) -> Condition {
    if depth > 0 {
        let list = |random: &mut Random| {
            (0..1 + random.below(3))
                .map(|_| condition(random, size, places, start, depth - 1))
                .collect()
        };
        match random.below(6) {
            0 | 1 => return Condition::All(list(random)),
            2 => return Condition::Any(list(random)),
            3 => {
                return Condition::Not(Box::new(condition(random, size, places, start, depth - 1)));
            }
            _ => {}
        }
    }
    let is = |random: &mut Random, attribute: u16, n: u32| {
        let from = random.below(n as usize) as u32;
        let until = from + 1 + random.below((n - from) as usize) as u32;
        Condition::Is(
            AttributeId(attribute),
            ValueSet::from_ranges(std::iter::once(from..until)),
        )
    };
    match random.below(4 + size.attributes) {
        0 => Condition::Always,
        1 => Condition::Kind(KindId(random.below(4) as u16)),
        2 if random.once_in(2) => Condition::In(*random.pick(places)),
        2 => Condition::Day(day(random, start)),
        3 => is(random, 4, 2),
        4 => is(random, 0, 3),
        5 => is(random, 1, 2),
        6 => Condition::Has(AttributeId(3), random.below(2) as u32),
        _ => is(random, 2, 5),
    }
}

/// Facts that tell something of a subject.
pub(crate) fn facts(random: &mut Random) -> Facts {
    let mut facts = Facts::default();
    if !random.once_in(3) {
        facts.kind = Some(KindId(random.below(4) as u16));
        facts.kind_alone = random.once_in(4);
    }
    // What is said fits the kind said; contradictions are the reader's to refuse.
    let vehicle = facts.kind.map_or(random.once_in(2), |k| k.0 < 3);
    let large = facts.kind == Some(KindId(1));
    let range = |random: &mut Random, n: u32| {
        let from = random.below(n as usize) as u32;
        ValueSet::from_ranges(std::iter::once(
            from..from + 1 + random.below((n - from) as usize) as u32,
        ))
    };
    if vehicle && random.once_in(2) {
        facts.attributes.insert(AttributeId(0), range(random, 3));
    }
    if large && random.once_in(2) {
        facts.attributes.insert(AttributeId(1), range(random, 2));
    }
    if vehicle && random.once_in(2) {
        facts.attributes.insert(AttributeId(2), range(random, 5));
    }
    if vehicle && random.once_in(2) {
        facts
            .members
            .insert((AttributeId(3), random.below(2) as u32), random.once_in(2));
    }
    if random.once_in(4) {
        facts.attributes.insert(AttributeId(4), range(random, 2));
    }
    facts
}

pub(crate) fn instant(random: &mut Random) -> DateTime {
    let start = datetime(2022, 1, 1, 0, 0, 0, 0);
    start
        .checked_add((random.below(15 * 48) as i64 * 30).minutes())
        .unwrap()
}
