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
        Why::NoSuchSlot => 1,
        Why::NotYetOpen { .. } => 2,
        Why::Closed { .. } => 3,
        Why::NotEligible => 4,
        Why::FactMissing(_) => 5,
        Why::Unclear => 6,
        Why::OtherPerson => 7,
        Why::Barred { .. } => 8,
        Why::Already { .. } => 9,
        Why::OneProject { .. } => 10,
        Why::Clash { .. } => 11,
        Why::Limit { .. } => 12,
        Why::Full => 13,
        Why::WaitingFull { .. } => 14,
        Why::NoSuchBooking => 15,
        Why::TooLateToCancel { .. } => 16,
        Why::NothingToCancel => 17,
        Why::NothingOffered => 18,
        Why::OfferLapsed => 19,
        Why::NothingToMoveUp => 20,
        Why::InFuture => 21,
        Why::TooEarly { .. } => 22,
        Why::TooLate { .. } => 23,
        Why::NoPlace => 24,
        Why::AlreadyIn => 25,
        Why::NotIn => 26,
        Why::AlreadyOut => 27,
        Why::OutBeforeIn => 28,
        Why::NotOver { .. } => 29,
        Why::NotBegun { .. } => 30,
        Why::GrantMinutes { .. } => 31,
        Why::HoursFull => 32,
        Why::NoRule => 33,
        Why::NotMissing => 34,
        Why::MayStillCome { .. } => 35,
        Why::NotByDraw => 36,
        Why::StillOpen { .. } => 37,
        Why::DrawTerms => 38,
        Why::DrawList => 39,
        Why::OtherDraw => 40,
        Why::AllSettled => 41,
        Why::OtherRank { .. } => 42,
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
