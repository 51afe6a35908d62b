//! What the office of a theme season does: licences are granted when its notice is out, what they sold is entered month by month,
//! what each event brought in the morning after, and a few figures are corrected by somebody else.

use super::Counts;
use super::house::House;
use super::people::{actor, broken};
use crate::fault::Fault;
use city::City;
use decide::Book;
use forms::booking::Offering;
use forms::booking::rows::Number;
use forms::people::powers::{Act, Citation, Matter, Post, Powers, Standing};
use forms::season::rows::EndedFor;
use forms::season::{
    Asked, BasisPoints, CorrectResult, CorrectSales, EndLicence, EnterResult, EnterSales, Event,
    Fen, GrantLicence, Month, Reason, Royalty, Season, Title, events,
};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp, ToSpan as _};
use ledger::name::Person;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A licence that is invented: shop and product, after how many days of the season it begins and how many it has, what it pays,
/// what a piece costs (fen).
struct Invented {
    partner: &'static str,
    product: &'static str,
    after: i32,
    days: i32,
    royalty: Royal,
    exclusive: bool,
    price: u64,
}

enum Royal {
    BasisPoints(u64),
    Fen(u64),
}

const LICENCES: [Invented; 6] = [
    invented(
        "晋韵灯坊（演示商户）",
        "好运虎头灯",
        (4, 176),
        Royal::BasisPoints(850),
        true,
        6_800,
    ),
    invented(
        "晋韵灯坊（演示商户）",
        "好运走马灯",
        (4, 90),
        Royal::BasisPoints(800),
        false,
        12_800,
    ),
    invented(
        "古城纸品铺（演示商户）",
        "福字剪纸",
        (0, 360),
        Royal::Fen(60),
        false,
        1_200,
    ),
    invented(
        "并州糕点行（演示商户）",
        "好运枣糕",
        (9, 120),
        Royal::BasisPoints(600),
        false,
        3_500,
    ),
    invented(
        "汾河文创社（演示商户）",
        "城墙冰箱贴",
        (14, 346),
        Royal::BasisPoints(1_000),
        true,
        2_500,
    ),
    invented(
        "老巷茶铺（演示商户）",
        "好运茶罐",
        (0, 360),
        Royal::Fen(150),
        false,
        8_800,
    ),
];
/// The licence that is given back early, and after how many days of the season.
const GIVEN_BACK: (usize, i32) = (5, 70);
/// How long after the notice is issued licences are granted.
const GRANTED_AFTER: SignedDuration = SignedDuration::from_hours(5);
/// How long after an event its result is entered.
const MORNING: SignedDuration = SignedDuration::from_hours(13);
/// How long after a figure was entered it is corrected.
const CORRECTED_AFTER: SignedDuration = SignedDuration::from_hours(30);
/// How often (of a hundred) a figure is corrected.
const CORRECTED: u64 = 8;

const fn invented(
    partner: &'static str,
    product: &'static str,
    (after, days): (i32, i32),
    royalty: Royal,
    exclusive: bool,
    price: u64,
) -> Invented {
    Invented {
        partner,
        product,
        after,
        days,
        royalty,
        exclusive,
        price,
    }
}

/// One thing that the office does.
enum Step {
    Grant(usize),
    GiveBack(usize),
    Sales(usize, Month),
    CorrectSales(usize, Month, u32, u64),
    Result(usize, Event),
    CorrectResult(Event, u32, u64),
}

/// The story of one season.
pub struct Story {
    season: Arc<Season>,
    offers: Vec<Arc<Offering>>,
    licences: [Option<Number>; LICENCES.len()],
    steps: BTreeMap<(Timestamp, usize), Step>,
    planned: usize,
}

impl Story {
    /// The stories of all seasons of a city.
    pub fn all(book: &Book, offers: &[Arc<Offering>], until: Timestamp) -> Vec<Self> {
        let city = book.city();
        let mut stories = Vec::new();
        for notice in book.notices() {
            let Some(season) = Season::new(city, notice) else {
                continue;
            };
            let own = offers
                .iter()
                .filter(|offering| offering.notice() == season.notice());
            let mut story = Self {
                offers: own.cloned().collect(),
                licences: Default::default(),
                steps: BTreeMap::new(),
                planned: 0,
                season,
            };
            let issued = city.zone.to_timestamp(notice.issued).unwrap_or(until);
            for which in 0..LICENCES.len() {
                story.plan(issued + GRANTED_AFTER, Step::Grant(which));
            }
            for offer in 0..story.offers.len() {
                for event in Event::all(&story.offers[offer]) {
                    story.plan(event.over() + MORNING, Step::Result(offer, event));
                }
            }
            story.steps.retain(|(at, _), _| *at <= until);
            stories.push(story);
        }
        stories
    }

    fn plan(&mut self, at: Timestamp, step: Step) {
        self.steps.insert((at, self.planned), step);
        self.planned += 1;
    }

    /// Does what is due by now.
    pub fn happen(
        &mut self,
        house: &mut House,
        counts: &mut Counts,
        book: &Book,
    ) -> Result<(), Fault> {
        let now = house.now();
        while let Some(first) = self.steps.first_entry().filter(|step| step.key().0 <= now) {
            match first.remove() {
                Step::Grant(which) => self.grant(house, counts, book, which)?,
                Step::GiveBack(which) => self.give_back(house, book, which)?,
                Step::Sales(which, month) => self.sales(house, counts, book, which, month)?,
                Step::CorrectSales(which, month, pieces, sales) => {
                    self.correct_sales(house, book, (which, month), pieces, sales)?;
                }
                Step::Result(offer, event) => self.result(house, counts, book, offer, event)?,
                Step::CorrectResult(event, visitors, sales) => {
                    let correction = |under| {
                        Some(CorrectResult {
                            event: event.key().clone(),
                            visitors,
                            sales: Fen::new(sales)?,
                            why: Reason::CountedAgain,
                            under,
                        })
                    };
                    self.give(house, book, correction)?;
                }
            }
        }
        Ok(())
    }

    fn grant(
        &mut self,
        house: &mut House,
        counts: &mut Counts,
        book: &Book,
        which: usize,
    ) -> Result<(), Fault> {
        let one = &LICENCES[which];
        let city = book.city();
        let today = city.zone.to_datetime(house.now()).date();
        let (first, end) = self.season.days();
        let from = first.saturating_add(one.after.days()).max(today);
        let until = from.saturating_add(one.days.days());
        let until = end.map_or(until, |end| until.min(end));
        let royalty = match one.royalty {
            // Never more than the notice lets.
            Royal::BasisPoints(points) => BasisPoints::new(points)
                .map(|points| Royalty::Share(points.min(self.season.royalty_most()))),
            Royal::Fen(fen) => Fen::new(fen).map(Royalty::Each),
        };
        let (partner, product) = (Title::read(one.partner), Title::read(one.product));
        let grant = |under| {
            Some(GrantLicence {
                partner: partner.ok()?,
                product: product.ok()?,
                from,
                until,
                royalty: royalty?,
                exclusive: one.exclusive,
                under,
            })
        };
        let Some(sequence) = self.give(house, book, grant)? else {
            return Ok(());
        };
        counts.licensed += 1;
        self.licences[which] = Some(Number::of(sequence).map_err(broken)?);
        let mut month = Month::of(from);
        while month.first() < until {
            self.plan(third_of(city, month.end()), Step::Sales(which, month));
            month = month.next();
        }
        if which == GIVEN_BACK.0 {
            let at = first.saturating_add(GIVEN_BACK.1.days());
            self.plan(at_ten(city, at), Step::GiveBack(which));
        }
        Ok(())
    }

    fn give_back(&mut self, house: &mut House, book: &Book, which: usize) -> Result<(), Fault> {
        let Some(licence) = self.licences[which].clone() else {
            return Ok(());
        };
        let on = book.city().zone.to_datetime(house.now()).date();
        let end = |under| {
            Some(EndLicence {
                licence,
                on,
                why: EndedFor::GivenBack,
                under,
            })
        };
        self.give(house, book, end)?;
        Ok(())
    }

    /// What a product sold in a month; more while the fair is on.
    fn sales(
        &mut self,
        house: &mut House,
        counts: &mut Counts,
        book: &Book,
        which: usize,
        month: Month,
    ) -> Result<(), Fault> {
        let Some(licence) = self.licences[which].clone() else {
            return Ok(());
        };
        let season = 1 + u64::from(self.days_of_events(month));
        let pieces = 40 + house.dice.below(60) + season * (8 + house.dice.below(14));
        let sales = pieces * LICENCES[which].price;
        let pieces = u32::try_from(pieces).unwrap_or(0);
        let entry = |under| {
            Some(EnterSales {
                licence,
                month,
                pieces,
                sales: Fen::new(sales)?,
                under,
            })
        };
        // After it was given back nothing is sold, and the form refuses to enter it.
        if self.give(house, book, entry)?.is_some() {
            counts.entered += 1;
            if house.dice.percent(CORRECTED) {
                let step =
                    Step::CorrectSales(which, month, pieces + 6, sales + 6 * LICENCES[which].price);
                self.plan(house.now() + CORRECTED_AFTER, step);
            }
        }
        Ok(())
    }

    fn correct_sales(
        &self,
        house: &mut House,
        book: &Book,
        (which, month): (usize, Month),
        pieces: u32,
        sales: u64,
    ) -> Result<(), Fault> {
        let Some(licence) = self.licences[which].clone() else {
            return Ok(());
        };
        let correction = |under| {
            Some(CorrectSales {
                licence,
                month,
                pieces,
                sales: Fen::new(sales)?,
                why: Reason::ToldLater,
                under,
            })
        };
        self.give(house, book, correction)?;
        Ok(())
    }

    /// Who came by check-in, and some who had not booked; each spends a few yuan.
    fn result(
        &mut self,
        house: &mut House,
        counts: &mut Counts,
        book: &Book,
        offer: usize,
        event: Event,
    ) -> Result<(), Fault> {
        let came = events::came(&house.reader, &self.offers[offer], &event).map_err(broken)?;
        let besides = came.people * house.dice.below(25) / 100 + house.dice.below(30);
        let visitors = u32::try_from(came.people + besides).unwrap_or(0);
        let sales = u64::from(visitors) * (300 + house.dice.below(900));
        let entry = |under| {
            Some(EnterResult {
                event: event.clone(),
                visitors,
                sales: Fen::new(sales)?,
                under,
            })
        };
        if self.give(house, book, entry)?.is_some() {
            counts.entered += 1;
            if house.dice.percent(CORRECTED) {
                let step = Step::CorrectResult(event, visitors + 7, sales + 4_200);
                self.plan(house.now() + CORRECTED_AFTER, step);
            }
        }
        Ok(())
    }

    fn days_of_events(&self, month: Month) -> u32 {
        let events = self.offers.iter().flat_map(|offering| Event::all(offering));
        let mut days: Vec<Date> = events.map(|event| event.day()).collect();
        days.sort_unstable();
        days.dedup();
        let days = days.iter().filter(|day| Month::of(**day) == month);
        u32::try_from(days.count()).unwrap_or(0)
    }

    /// Gives a command in the name of somebody of the office whom the powers let; its entry, or nothing if it is refused.
    fn give<C: Asked>(
        &self,
        house: &mut House,
        book: &Book,
        command: impl FnOnce(Citation) -> Option<C>,
    ) -> Result<Option<u64>, Fault> {
        let Some((person, under)) = self.may(book, C::ACT, house.now()) else {
            return Ok(None);
        };
        let command = command(under).ok_or_else(|| broken("an invented figure cannot be"))?;
        let commands = [(actor(&person)?, command)];
        let under = (self.season.notice(), self.season.text());
        let answers = house.give(under, || self.season.form::<C>(), commands)?;
        Ok(answers.into_iter().flatten().next())
    }

    /// One of the city's staff who may do this, with the clause that says so.
    fn may(&self, book: &Book, act: Act, now: Timestamp) -> Option<(Person, Citation)> {
        let city = book.city();
        let matter = Matter::of(self.season.issuer());
        let at = city.zone.to_datetime(now);
        city.people.iter().find_map(|staff| {
            let post = staff.post.as_ref()?;
            let standing = Standing {
                person: Person::new(&staff.id).ok()?,
                post: Some(Post {
                    office: post.office.clone(),
                    role: post.role.clone(),
                }),
            };
            let may = Powers::of(book).may(&standing, act, &matter, at);
            Some((standing.person, may.ok()?))
        })
    }
}

/// Ten o'clock on the third day from then.
fn third_of(city: &City, first: Date) -> Timestamp {
    at_ten(city, first.saturating_add(2.days()))
}

fn at_ten(city: &City, day: Date) -> Timestamp {
    let at = city.zone.to_timestamp(day.at(10, 0, 0, 0));
    at.unwrap_or(Timestamp::MAX)
}
