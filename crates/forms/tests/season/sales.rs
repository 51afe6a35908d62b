//! What licences sold.

use forms::booking::rows::Number;
use forms::people::powers::Act;
use forms::season::rows::EndedFor;
use forms::season::{
    CORRECTIONS_MAX, CorrectSales, EndLicence, EnterSales, GrantLicence, Month, Reason, Refused,
    Royalty, views,
};
use jiff::civil::date;
use proptest::prelude::*;

use crate::house::{House, SEASON, clerk, fen, head, lanterns, percent};

fn enter(licence: &Number, month: &str, pieces: u32, sales: u64) -> EnterSales {
    EnterSales {
        licence: licence.clone(),
        month: Month::read(month).unwrap(),
        pieces,
        sales: fen(sales),
        under: clerk(Act::EnterResults),
    }
}

fn correct(licence: &Number, month: &str, pieces: u32, sales: u64) -> CorrectSales {
    CorrectSales {
        licence: licence.clone(),
        month: Month::read(month).unwrap(),
        pieces,
        sales: fen(sales),
        why: Reason::Mistyped,
        under: head(Act::CorrectResults),
    }
}

#[test]
fn a_month_is_entered_once_when_it_is_over() {
    let mut house = House::at("2022-01-06T10:00");
    let number = house.give("head", lanterns()).unwrap();
    house.set("2022-02-28T23:59");
    let over = date(2022, 3, 1);
    assert_eq!(
        house.give("clerk", enter(&number, "2022-02", 10, 128_000)),
        Err(Refused::NotOver { over })
    );
    house.set("2022-03-01T00:00");
    let (from, until) = (date(2022, 2, 1), date(2022, 5, 1));
    for month in ["2022-01", "2022-05"] {
        assert_eq!(
            house.give("clerk", enter(&number, month, 1, 1)),
            Err(Refused::NotInTerm { from, until })
        );
    }
    assert_eq!(
        house.give("clerk", enter(&number, "2022-02", 0, 1)),
        Err(Refused::OneIsMissing)
    );
    assert_eq!(
        house.give("clerk", enter(&number, "2022-02", 1, 0)),
        Err(Refused::OneIsMissing)
    );
    let most = 10_000_000;
    assert_eq!(
        house.give("clerk", enter(&number, "2022-02", most + 1, 1)),
        Err(Refused::TooManyPieces { most })
    );
    house
        .give("clerk", enter(&number, "2022-02", 10, 128_005))
        .unwrap();
    assert_eq!(
        house.give("clerk", enter(&number, "2022-02", 10, 128_005)),
        Err(Refused::EnteredAlready)
    );
    let unknown = Number::of(999).unwrap();
    assert_eq!(
        house.give("clerk", enter(&unknown, "2022-02", 1, 1)),
        Err(Refused::NoSuchLicence)
    );
    let sales = views::sales(&house.store, &SEASON).unwrap();
    // 8.5 % of 1,280.05 yuan are 108.80425: 108.80.
    assert_eq!(sales[0].sold.now.value.due, fen(10_880));
    // A licence that is ended within a month is accounted for when it holds no longer.
    let end = EndLicence {
        licence: number.clone(),
        on: date(2022, 3, 11),
        why: EndedFor::Agreed,
        under: head(Act::GrantLicence),
    };
    house.give("head", end).unwrap();
    let over = date(2022, 3, 11);
    assert_eq!(
        house.give("clerk", enter(&number, "2022-03", 1, 1)),
        Err(Refused::NotOver { over })
    );
    house.set("2022-03-11T00:00");
    house
        .give("clerk", enter(&number, "2022-03", 1, 1))
        .unwrap();
    let until = over;
    assert_eq!(
        house.give("clerk", enter(&number, "2022-04", 1, 1)),
        Err(Refused::NotInTerm { from, until })
    );
}

#[test]
fn a_correction_leaves_what_stood_before_and_is_anothers() {
    let mut house = House::at("2022-01-06T10:00");
    let number = house.give("head", lanterns()).unwrap();
    house.set("2022-03-02T10:00");
    assert_eq!(
        house.give("head", correct(&number, "2022-02", 1, 1)),
        Err(Refused::NotEntered)
    );
    house
        .give("clerk", enter(&number, "2022-02", 10, 128_000))
        .unwrap();
    assert_eq!(
        house.give("head", correct(&number, "2022-02", 10, 128_000)),
        Err(Refused::CorrectsNothing)
    );
    house
        .give("head", correct(&number, "2022-02", 12, 153_600))
        .unwrap();
    // Nobody corrects what they entered, not even their own correction.
    assert_eq!(
        house.give("head", correct(&number, "2022-02", 13, 153_600)),
        Err(Refused::OwnFigure)
    );
    let sales = views::sales(&house.store, &SEASON).unwrap();
    let sold = &sales[0].sold;
    assert_eq!(
        (sold.now.value.pieces, sold.now.value.due),
        (12, fen(13_056))
    );
    assert_eq!(sold.now.why, Some(Reason::Mistyped));
    assert_eq!(
        (
            sold.before.len(),
            sold.before[0].value.pieces,
            sold.before[0].why
        ),
        (1, 10, None)
    );
    assert_eq!(
        (sold.before[0].by.as_str(), sold.now.by.as_str()),
        ("clerk", "head")
    );
    let total = views::Total::of(sales.iter());
    assert_eq!(
        (total.pieces, total.sales, total.due),
        (12, fen(153_600), fen(13_056))
    );
}

#[test]
fn one_figure_is_not_corrected_for_ever() {
    let mut house = House::at("2022-01-06T10:00");
    let number = house.give("head", lanterns()).unwrap();
    house.set("2022-03-02T10:00");
    house
        .give("clerk", enter(&number, "2022-02", 10, 1_000))
        .unwrap();
    // Two heads take turns.
    let other = || {
        crate::house::may(
            "other",
            Some(("ancient-county", "head")),
            Act::CorrectResults,
        )
        .unwrap()
    };
    for time in 0..CORRECTIONS_MAX as u32 {
        let mut command = correct(&number, "2022-02", 11 + time, 1_000);
        let actor = if time % 2 == 0 { "head" } else { "other" };
        if time % 2 == 1 {
            command.under = other();
        }
        house.give(actor, command).unwrap();
    }
    let most = CORRECTIONS_MAX;
    assert_eq!(
        house.give("head", correct(&number, "2022-02", 9, 9)),
        Err(Refused::TooManyCorrections { most })
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]

    /// What a licence owes is the sum of its months, each rounded half up for itself, counted here in hundredths of a fen.
    #[test]
    fn what_is_owed_is_the_sum_of_the_months(
        points in 0..=1_200_u64,
        each in prop::option::of(0..=5_000_u64),
        months in prop::collection::vec((1..=100_000_u32, 1..=100_000_000_u64), 1..=11),
    ) {
        let mut house = House::at("2022-01-06T10:00");
        let royalty = each.map_or(percent(points), |each| Royalty::Each(fen(each)));
        let licence = GrantLicence { royalty, until: date(2023, 1, 1), ..lanterns() };
        let number = house.give("head", licence).unwrap();
        house.set("2023-01-01T00:00");
        let (mut owed, mut sold) = (0, 0);
        for (month, (pieces, sales)) in (2..).zip(&months) {
            house.give("clerk", enter(&number, &format!("2022-{month:02}"), *pieces, *sales)).unwrap();
            owed += match each {
                Some(each) => u64::from(*pieces) * each,
                None => {
                    let hundredths = u128::from(*sales) * u128::from(points) / 100;
                    let (fen, rest) = (hundredths / 100, hundredths % 100);
                    u64::try_from(if rest >= 50 { fen + 1 } else { fen }).unwrap()
                }
            };
            sold += sales;
        }
        let licence = views::licence(&house.store, &SEASON, number.key()).unwrap().unwrap();
        let total = views::Total::of(views::sales_of(&house.store, &licence).unwrap().iter());
        prop_assert_eq!((total.due.fen(), total.sales.fen()), (owed, sold));
    }
}
