//! Every refusal, word for word, in both languages.

use std::fmt::Write;

use forms::booking::rows::Number;
use forms::booking::{Refused, Why};
use jiff::civil::{DateTime, date};
use notice::rule::ClauseAddress;
use notice::{Label, Slug};

use crate::house::slot;

fn all() -> Vec<Why> {
    let at = |day, hour| -> DateTime { date(2022, 1, day).at(hour, 0, 0, 0) };
    let other = slot("culture-menu#courses/pottery@2022-01-15T10:00/11:30");
    vec![
        Why::OtherText,
        Why::NotYours,
        Why::OtherPower,
        Why::NoSuchSlot,
        Why::NotYetOpen { opens: at(4, 9) },
        Why::Closed { closed: at(10, 0) },
        Why::NotEligible,
        Why::FactMissing(Label::new("年龄", "age")),
        Why::Unclear,
        Why::OtherPerson,
        Why::Barred { until: at(31, 9) },
        Why::Already {
            booking: Number::of(42).unwrap(),
        },
        Why::OneProject {
            slot: slot("library-volunteers#volunteers/children@2022-01-15T09:00/12:00"),
        },
        Why::Clash {
            slot: other,
            from: at(15, 10),
            to: at(15, 11),
        },
        Why::Limit { limit: 3 },
        Why::Full,
        Why::WaitingFull { places: 20 },
        Why::NoSuchBooking,
        Why::TooLateToCancel { until: at(14, 9) },
        Why::NothingToCancel,
        Why::NothingOffered,
        Why::OfferLapsed,
        Why::NothingToMoveUp,
        Why::InFuture,
        Why::TooEarly { from: at(15, 8) },
        Why::TooLate { until: at(15, 10) },
        Why::NoPlace,
        Why::AlreadyIn,
        Why::NotIn,
        Why::AlreadyOut,
        Why::OutBeforeIn,
        Why::NotOver { to: at(15, 12) },
        Why::NotBegun { from: at(15, 9) },
        Why::GrantMinutes { left: 90 },
        Why::HoursFull,
        Why::CorrectsMore,
        Why::CorrectsNothing,
        Why::NoRule,
        Why::NotMissing,
        Why::MayStillCome { until: at(15, 10) },
        Why::NotByDraw,
        Why::StillOpen { closes: at(12, 12) },
        Why::DrawTerms,
        Why::DrawList,
        Why::OtherDraw,
        Why::AllSettled,
        Why::OtherRank { next: 33 },
    ]
}

/// Fails to compile when a reason is added, so that [`all`] is not forgotten.
const fn place(why: &Why) -> usize {
    match why {
        Why::OtherText => 0,
        Why::NotYours => 1,
        Why::OtherPower => 2,
        Why::NoSuchSlot => 3,
        Why::NotYetOpen { .. } => 4,
        Why::Closed { .. } => 5,
        Why::NotEligible => 6,
        Why::FactMissing(_) => 7,
        Why::Unclear => 8,
        Why::OtherPerson => 9,
        Why::Barred { .. } => 10,
        Why::Already { .. } => 11,
        Why::OneProject { .. } => 12,
        Why::Clash { .. } => 13,
        Why::Limit { .. } => 14,
        Why::Full => 15,
        Why::WaitingFull { .. } => 16,
        Why::NoSuchBooking => 17,
        Why::TooLateToCancel { .. } => 18,
        Why::NothingToCancel => 19,
        Why::NothingOffered => 20,
        Why::OfferLapsed => 21,
        Why::NothingToMoveUp => 22,
        Why::InFuture => 23,
        Why::TooEarly { .. } => 24,
        Why::TooLate { .. } => 25,
        Why::NoPlace => 26,
        Why::AlreadyIn => 27,
        Why::NotIn => 28,
        Why::AlreadyOut => 29,
        Why::OutBeforeIn => 30,
        Why::NotOver { .. } => 31,
        Why::NotBegun { .. } => 32,
        Why::GrantMinutes { .. } => 33,
        Why::HoursFull => 34,
        Why::CorrectsMore => 35,
        Why::CorrectsNothing => 36,
        Why::NoRule => 37,
        Why::NotMissing => 38,
        Why::MayStillCome { .. } => 39,
        Why::NotByDraw => 40,
        Why::StillOpen { .. } => 41,
        Why::DrawTerms => 42,
        Why::DrawList => 43,
        Why::OtherDraw => 44,
        Why::AllSettled => 45,
        Why::OtherRank { .. } => 46,
    }
}

#[test]
fn every_refusal_says_what_it_is_what_to_do_and_by_which_clause() {
    let clause = ClauseAddress {
        notice: Slug("library-volunteers".into()),
        rule: "volunteers".to_owned(),
        exception: Some("reading".to_owned()),
    };
    let mut text = String::new();
    for (at, why) in all().into_iter().enumerate() {
        assert_eq!(place(&why), at);
        let Label { zh, en } = Refused {
            why,
            clause: clause.clone(),
        }
        .label();
        writeln!(text, "{zh}\n{en}\n").unwrap();
        let zh = zh
            .strip_suffix("（依据 library-volunteers#volunteers/reading）")
            .unwrap();
        let en = en
            .strip_suffix(" (library-volunteers#volunteers/reading)")
            .unwrap();
        assert!(zh.ends_with('。') && en.ends_with('.'));
        // One sentence each, with what to do after the comma or colon; Chinese with its own punctuation.
        assert!(
            zh.matches('。').count() == 1 && (zh.contains('，') || zh.contains('；')),
            "{zh}"
        );
        assert!(
            en.matches(". ").count() == 0 && (en.contains(':') || en.contains(", ")),
            "{en}"
        );
    }
    insta::assert_snapshot!(text.trim_end());
}
