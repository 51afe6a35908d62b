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
        Why::Unanswered,
        Why::GuardianConsent,
        Why::PartySize { most: 6 },
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
        Why::TooFewLeft { left: 2 },
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
        Why::PromisedAlready,
        Why::BothSides,
        Why::TooLateToPromise { closes: at(12, 12) },
        Why::NotPromised,
        Why::ListFixed,
        Why::ListNotFixed,
        Why::NobodyEntered,
        Why::OtherSecret,
        Why::RevealedAlready,
        Why::NothingWithheld,
        Why::WasNotThere,
        Why::FeedbackNotYet { to: at(15, 12) },
        Why::FeedbackClosed { until: at(22, 12) },
        Why::NoFeedback,
        Why::NotWithdrawn,
        Why::NoBeacon,
        Why::BeaconIn,
        Why::BeaconToCome { at: at(12, 12) },
        Why::OtherSignature { round: 1_000 },
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
        Why::Unanswered => 10,
        Why::GuardianConsent => 11,
        Why::PartySize { .. } => 12,
        Why::Barred { .. } => 13,
        Why::Already { .. } => 14,
        Why::OneProject { .. } => 15,
        Why::Clash { .. } => 16,
        Why::Limit { .. } => 17,
        Why::Full => 18,
        Why::TooFewLeft { .. } => 19,
        Why::WaitingFull { .. } => 20,
        Why::NoSuchBooking => 21,
        Why::TooLateToCancel { .. } => 22,
        Why::NothingToCancel => 23,
        Why::NothingOffered => 24,
        Why::OfferLapsed => 25,
        Why::NothingToMoveUp => 26,
        Why::InFuture => 27,
        Why::TooEarly { .. } => 28,
        Why::TooLate { .. } => 29,
        Why::NoPlace => 30,
        Why::AlreadyIn => 31,
        Why::NotIn => 32,
        Why::AlreadyOut => 33,
        Why::OutBeforeIn => 34,
        Why::NotOver { .. } => 35,
        Why::NotBegun { .. } => 36,
        Why::GrantMinutes { .. } => 37,
        Why::HoursFull => 38,
        Why::CorrectsMore => 39,
        Why::CorrectsNothing => 40,
        Why::NoRule => 41,
        Why::NotMissing => 42,
        Why::MayStillCome { .. } => 43,
        Why::NotByDraw => 44,
        Why::StillOpen { .. } => 45,
        Why::DrawTerms => 46,
        Why::DrawList => 47,
        Why::OtherDraw => 48,
        Why::AllSettled => 49,
        Why::OtherRank { .. } => 50,
        Why::PromisedAlready => 51,
        Why::BothSides => 52,
        Why::TooLateToPromise { .. } => 53,
        Why::NotPromised => 54,
        Why::ListFixed => 55,
        Why::ListNotFixed => 56,
        Why::NobodyEntered => 57,
        Why::OtherSecret => 58,
        Why::RevealedAlready => 59,
        Why::NothingWithheld => 60,
        Why::WasNotThere => 61,
        Why::FeedbackNotYet { .. } => 62,
        Why::FeedbackClosed { .. } => 63,
        Why::NoFeedback => 64,
        Why::NotWithdrawn => 65,
        Why::NoBeacon => 66,
        Why::BeaconIn => 67,
        Why::BeaconToCome { .. } => 68,
        Why::OtherSignature { .. } => 69,
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
