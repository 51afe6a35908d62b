//! Every refusal, word for word.

use forms::booking::rows::Number;
use forms::season::{Fen, Refused};
use jiff::civil::date;

use crate::house::{SEASON, title};

#[test]
fn every_refusal_says_what_to_do() {
    let licence = Number::of(42).unwrap();
    let (from, until) = (date(2022, 2, 1), date(2022, 5, 1));
    let exclusive = |theirs| Refused::Exclusive {
        licence: licence.clone(),
        partner: title("演示灯笼铺"),
        from,
        until,
        theirs,
    };
    let all = [
        Refused::OtherText,
        Refused::OtherPower,
        Refused::NotIssued {
            issued: from.at(9, 30, 0, 0),
        },
        Refused::NoDay,
        Refused::InPast { today: from },
        Refused::OutsideSeason {
            from,
            until: Some(until),
        },
        Refused::OutsideSeason { from, until: None },
        Refused::TooLong { days: 1_096 },
        Refused::RoyaltyTooHigh {
            most: SEASON.royalty_most(),
            clause: SEASON.clause().clone(),
        },
        Refused::LongNames,
        Refused::TooManyLicences { most: 256 },
        Refused::LicensedAlready {
            licence: licence.clone(),
            from,
            until,
        },
        exclusive(true),
        exclusive(false),
        Refused::NoSuchLicence,
        Refused::EndedAlready { on: from },
        Refused::OverAlready { until },
        Refused::EndOutside { today: from, until },
        Refused::NotInTerm { from, until },
        Refused::NotInTerm { from, until: from },
        Refused::NotOver { over: from },
        Refused::EventNotOver {
            ends: from.at(21, 0, 0, 0),
        },
        Refused::TooManyVisitors { most: 1_000_000 },
        Refused::EnteredAlready,
        Refused::NotEntered,
        Refused::TooManyPieces { most: 10_000_000 },
        Refused::OneIsMissing,
        Refused::TooMuch { most: Fen::MAX },
        Refused::OwnFigure,
        Refused::CorrectsNothing,
        Refused::TooManyCorrections { most: 32 },
    ];
    let mut said = String::new();
    for refused in all {
        let label = refused.label();
        assert!(
            label.zh.ends_with('。') && label.en.ends_with('.'),
            "{label:?}"
        );
        said += &format!("{}\n{}\n\n", label.zh, label.en);
    }
    insta::assert_snapshot!(said);
}
