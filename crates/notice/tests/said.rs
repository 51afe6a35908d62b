//! Every rule of the demo order and of the small notices in `docs/notices`, said back in both languages.
//!
//! The snapshots are read like prose: a change in one is a change in what a writer is told.

use notice::say::Speaker;
use notice::{Context, Gazetteer, Lang, PlaceId, PlaceLookup, Vocabulary};
use std::fmt::Write as _;
use std::ops::Range;
use std::path::{Path, PathBuf};

/// The few places and offices the notices name, as a city would know them.
struct Town;

const PLACES: [(&str, &str); 10] = [
    ("太原市", "Taiyuan"),
    ("小店区", "Xiaodian District"),
    ("小店区/营盘街道", "Yingpan Street"),
    ("小店区/平阳路街道", "Pingyang Road Street"),
    ("迎泽区/柳巷街道", "Liuxiang Street"),
    ("清徐县", "Qingxu County"),
    ("古交市", "Gujiao"),
    ("中环以内", "Inside the Middle Ring"),
    ("禁煤区", "No-coal zone"),
    ("城乡接合部", "Urban–rural fringe"),
];
const OFFICES: [(&str, &str, &str); 3] = [
    (
        "ecology-bureau",
        "市生态环境局",
        "Municipal Ecology and Environment Bureau",
    ),
    (
        "traffic-police",
        "市公安局交通警察支队",
        "Municipal Traffic Police",
    ),
    ("community-grid", "社区网格员", "Community grid worker"),
];

impl Gazetteer for Town {
    fn place(&self, word: &str) -> PlaceLookup {
        match (0..).zip(PLACES).find(|(_, (zh, _))| *zh == word) {
            Some((id, _)) => PlaceLookup::One(PlaceId(id)),
            None => PlaceLookup::None { nearest: None },
        }
    }

    fn place_name(&self, place: PlaceId, lang: Lang) -> String {
        let (zh, en) = PLACES[place.0 as usize];
        match lang {
            Lang::Zh => zh.rsplit('/').next().unwrap_or(zh).to_owned(),
            Lang::En => en.to_owned(),
        }
    }

    fn whole_city(&self) -> PlaceId {
        PlaceId(0)
    }

    fn place_span(&self, place: PlaceId) -> Range<u32> {
        match place.0 {
            0 => 0..10,
            1 => 1..4,
            id => id..id + 1,
        }
    }

    fn place_count(&self) -> u32 {
        10
    }

    fn office(&self, _id: &str) -> Result<(), Option<String>> {
        Ok(())
    }

    fn office_name(&self, id: &str, lang: Lang) -> Option<String> {
        OFFICES
            .iter()
            .find(|(known, ..)| *known == id)
            .map(|(_, zh, en)| match lang {
                Lang::Zh => (*zh).to_owned(),
                Lang::En => (*en).to_owned(),
            })
    }

    fn has_rule(&self, _slug: &str, _rule: &str) -> Option<bool> {
        None
    }
}

#[test]
fn every_rule_is_said_back() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let words = std::fs::read_to_string(root.join("cities/taiyuan-2022/vocabulary.toml")).unwrap();
    let vocabulary = Vocabulary::read("vocabulary.toml", &words).unwrap();
    let zone = jiff::tz::TimeZone::get("Asia/Shanghai").unwrap();
    let context = Context {
        vocabulary: &vocabulary,
        gazetteer: &Town,
        zone: &zone,
    };
    let mut files: Vec<PathBuf> = std::fs::read_dir(root.join("docs/notices"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.push(root.join("cities/taiyuan-2022/notices/air-order.md"));
    for name in ["tests/offers", "tests/steps"] {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
        files.extend(
            std::fs::read_dir(folder)
                .unwrap()
                .map(|entry| entry.unwrap().path()),
        );
    }
    files.sort();
    assert!(files.len() > 10, "the corpus is there");
    for path in files {
        let slug = path.file_stem().unwrap().to_string_lossy().into_owned();
        let reading = notice::read_notice(
            context,
            &path.to_string_lossy(),
            &std::fs::read(&path).unwrap(),
        );
        let messages: Vec<String> = reading
            .diagnostics
            .iter()
            .map(|found| format!("{:?} {}", found.place.line_column(), found.message.en))
            .collect();
        assert!(messages.is_empty(), "{slug}: {messages:#?}");
        let notice = reading.notice.unwrap();
        let mut said = String::new();
        for rule in &notice.rules {
            writeln!(said, "{}", rule.name).unwrap();
            for lang in [Lang::Zh, Lang::En] {
                let speaker = Speaker {
                    vocabulary: &vocabulary,
                    gazetteer: &Town,
                    lang,
                };
                writeln!(said, "    {}", speaker.rule(&notice, rule)).unwrap();
            }
            said.push('\n');
        }
        for offer in &notice.offers {
            writeln!(said, "{}", offer.name).unwrap();
            for lang in [Lang::Zh, Lang::En] {
                let speaker = Speaker {
                    vocabulary: &vocabulary,
                    gazetteer: &Town,
                    lang,
                };
                writeln!(said, "    {}", speaker.offer(offer)).unwrap();
            }
            said.push('\n');
        }
        for steps in &notice.steps {
            writeln!(said, "{}", steps.name).unwrap();
            for lang in [Lang::Zh, Lang::En] {
                let speaker = Speaker {
                    vocabulary: &vocabulary,
                    gazetteer: &Town,
                    lang,
                };
                for sentence in speaker.steps_sentences(steps) {
                    writeln!(said, "    {sentence}").unwrap();
                }
            }
            said.push('\n');
        }
        insta::assert_snapshot!(slug, said);
    }
}

mod times {
    use super::{Lang, Speaker, Town, Vocabulary};
    use jiff::civil::date;
    use notice::condition::Recurrence;
    use notice::{DaySelector, Hours, MinuteOfDay, Period, When};

    fn said(lang: Lang, say: impl Fn(Speaker<'_>) -> String) -> String {
        say(Speaker {
            vocabulary: &Vocabulary::default(),
            gazetteer: &Town,
            lang,
        })
    }

    fn line(days: Vec<DaySelector>, hours: &[(u16, u16)]) -> When {
        When {
            days,
            hours: hours
                .iter()
                .map(|&(from, to)| Hours {
                    from: MinuteOfDay(from),
                    to: MinuteOfDay(to),
                })
                .collect(),
        }
    }

    fn recurring(rule: &str) -> Vec<When> {
        vec![line(
            vec![DaySelector::Recurring(Recurrence {
                rule: rule.to_owned(),
                start: date(2022, 1, 1),
            })],
            &[],
        )]
    }

    #[test]
    fn lines_with_the_same_hours_are_one_phrase() {
        let when = [
            line(vec![DaySelector::Weekdays(0b1)], &[(420, 540)]),
            line(vec![DaySelector::Weekdays(0b1000)], &[(420, 540)]),
            line(vec![DaySelector::Holidays], &[]),
        ];
        assert_eq!(
            said(Lang::Zh, |s| s.when(&when)),
            "周一、周四7时至9时、节假日"
        );
        assert_eq!(
            said(Lang::En, |s| s.when(&when)),
            "07:00–09:00 on Mondays and Thursdays and on weekends and holidays"
        );
    }

    #[test]
    fn hours_of_the_same_days_are_one_phrase() {
        let when = [
            line(vec![DaySelector::Workdays], &[(440, 480)]),
            line(vec![DaySelector::Workdays], &[(1000, 1040)]),
        ];
        assert_eq!(
            said(Lang::Zh, |s| s.when(&when)),
            "工作日7时20分至8时和16时40分至17时20分"
        );
        assert_eq!(
            said(Lang::En, |s| s.when(&when)),
            "07:20–08:00 and 16:40–17:20 on workdays"
        );
    }

    #[test]
    fn a_night_names_the_next_day() {
        let when = [line(vec![], &[(1320, 390), (720, 1440)])];
        assert_eq!(
            said(Lang::Zh, |s| s.when(&when)),
            "每日22时至次日6时30分和12时至24时"
        );
        assert_eq!(
            said(Lang::En, |s| s.when(&when)),
            "22:00–06:30 and 12:00–24:00 daily"
        );
    }

    #[test]
    fn recurrences_have_words_or_are_quoted() {
        for (rule, zh, en) in [
            (
                "FREQ=MONTHLY;BYDAY=1SU",
                "每月第一个周日",
                "on the first Sunday of every month",
            ),
            (
                "FREQ=MONTHLY;BYDAY=-1FR",
                "每月最后一个周五",
                "on the last Friday of every month",
            ),
            (
                "FREQ=MONTHLY;BYMONTHDAY=1,15",
                "每月1日、15日",
                "on day 1 and day 15 of every month",
            ),
            (
                "FREQ=WEEKLY;BYDAY=MO,WE",
                "每周一、周三",
                "on Mondays and Wednesdays",
            ),
            (
                "FREQ=WEEKLY;INTERVAL=2;BYDAY=SA",
                "每2周的周六",
                "on Saturdays of every 2 weeks",
            ),
            (
                "FREQ=YEARLY;BYMONTH=6;BYMONTHDAY=7,8",
                "每年6月7日、8日",
                "on 7 and 8 June every year",
            ),
            (
                "FREQ=MONTHLY;BYSETPOS=-1;BYDAY=MO,TU",
                "按“FREQ=MONTHLY;BYSETPOS=-1;BYDAY=MO,TU”重复的日子",
                "on days recurring as “FREQ=MONTHLY;BYSETPOS=-1;BYDAY=MO,TU”",
            ),
        ] {
            let when = recurring(rule);
            assert_eq!(said(Lang::Zh, |s| s.when(&when)), zh);
            assert_eq!(said(Lang::En, |s| s.when(&when)), en);
        }
    }

    #[test]
    fn a_period_ends_at_the_end_of_its_last_day() {
        let week = Period {
            from: date(2022, 1, 4).at(20, 0, 0, 0),
            until: Some(date(2022, 1, 10).at(0, 0, 0, 0)),
        };
        let open = Period {
            until: None,
            ..week
        };
        assert_eq!(
            said(Lang::Zh, |s| s.period(&week)),
            "2022年1月4日20时至1月9日24时"
        );
        assert_eq!(said(Lang::Zh, |s| s.period(&open)), "自2022年1月4日20时起");
        assert_eq!(
            said(Lang::En, |s| s.period(&week)),
            "from 20:00 on 4 January 2022 to 24:00 on 9 January 2022"
        );
        assert_eq!(
            said(Lang::En, |s| s.period(&open)),
            "from 20:00 on 4 January 2022 onwards"
        );
    }
}
