//! What residents wish for on the menu, and what people say of sessions that they were at.

use super::Counts;
use super::house::House;
use super::life::{Event, Life, give, row};
use super::people::{Somebody, actor, broken};
use crate::fault::Fault;
use forms::booking::feedback::{Rating, Words};
use forms::booking::rows::{Number, Status};
use forms::booking::{GiveFeedback, Offering};
use forms::menu::{AgeGroup, MakeWish, Ordering};
use forms::people::Private;
use jiff::{SignedDuration, Timestamp};
use std::sync::Arc;

/// The first wishes are made so long after the notice comes into force, the last so many days later.
const FIRST: SignedDuration = SignedDuration::from_hours(6);
const DAYS: i64 = 7;
/// Most live in the first of so many communities, and like the first of so many courses best, so that some orders grow large
/// enough to be given.
const LIKED: usize = 4;
/// Courses that are liked stand so far from each other in the menu, because its courses are by kind.
const APART: usize = 7;

/// What is said of sessions; all of it invented.
const SAID: [(Rating, &str); 10] = [
    (
        Rating::Good,
        "讲得细，一步一步带着做，回家又做了一遍（演示）",
    ),
    (Rating::Good, "头一回来，老师和邻居都热心（演示）"),
    (Rating::Good, "希望下个月再开一期（演示）"),
    (Rating::Good, "时间正合适，下了班还赶得上（演示）"),
    (Rating::Good, "东西都备齐了，空着手来就行（演示）"),
    (Rating::Fair, "内容好，人多了些，后排看不清（演示）"),
    (Rating::Fair, "讲得有点快，要是发一页纸就好了（演示）"),
    (Rating::Fair, "屋里偏冷，早点开暖气吧（演示）"),
    (Rating::Poor, "晚开了一刻钟，没有说明（演示）"),
    (Rating::Poor, "和上次讲的差不多（演示）"),
];

impl Life<'_> {
    /// Plans when somebody, whose account is opened then, wishes for courses.
    pub fn wish_list(&mut self, house: &mut House, who: usize, opened: Timestamp) {
        let Some(from) = self.menu.as_ref().and_then(|(_, from)| *from) else {
            return;
        };
        let from = (from + FIRST).max(opened);
        let to = (from + SignedDuration::from_hours(DAYS * 24)).min(self.until);
        if from < to && house.dice.percent(60) {
            let at = house.dice.between(from.as_second(), to.as_second());
            let at = Timestamp::from_second(at).unwrap_or(from);
            self.plan(at, Event::Wish { who });
        }
    }

    /// Some make one to three wishes each, for the community they live in.
    pub fn wish(
        &mut self,
        house: &mut House,
        counts: &mut Counts,
        wishing: &[usize],
    ) -> Result<(), Fault> {
        let Some((ordering, _)) = self.menu.clone() else {
            return Ok(());
        };
        let menu = &self.city.menu;
        let communities = menu.communities();
        let mut wishes = Vec::new();
        for &who in wishing {
            let somebody: &Somebody = &self.people[who];
            let age = somebody.age().unwrap_or(30);
            let group = AgeGroup::ALL.into_iter().find(|group| {
                let (from, to) = group.ages();
                (from..=to).contains(&age)
            });
            let place = match house.dice.percent(80) {
                true => liked(house),
                false => house.dice.below(communities.len() as u64) as usize,
            };
            let place = communities.get(place);
            let place = place.and_then(|place| self.city.places.get(*place));
            let (Some(group), Some(place)) = (group, place) else {
                continue;
            };
            let fit = menu.courses.iter().filter(|course| {
                let ((first, last), (from, to)) = (course.ages, group.ages());
                first <= age && age <= last && first <= to && from <= last
            });
            let fit: Vec<_> = fit.collect();
            for _ in 0..=house.dice.below(3) {
                let at = match house.dice.percent(75) {
                    true => liked(house) * APART,
                    false => house.dice.below(fit.len().max(1) as u64) as usize,
                };
                let Some(course) = fit.get(at % fit.len().max(1)) else {
                    continue;
                };
                let wish = MakeWish {
                    person: somebody.person.clone(),
                    course: course.id.clone(),
                    community: place.code.to_string(),
                    age: group,
                };
                wishes.push((actor(&somebody.person)?, wish));
            }
        }
        // Who throws the same twice is refused the second, as anybody is.
        let under = (ordering.notice(), ordering.text());
        let made = house.give(under, || ordering.form::<MakeWish>(), wishes)?;
        counts.wished += made.iter().flatten().count() as u64;
        Ok(())
    }

    /// Most of those who were at a session say how it was, some in words too.
    pub fn say(
        &mut self,
        house: &mut House,
        counts: &mut Counts,
        offering: &Arc<Offering>,
        over: &[Number],
    ) -> Result<(), Fault> {
        let mut said = Vec::new();
        for number in over {
            let booking = row(house, number)?;
            if !matches!(booking.status, Status::Here { .. }) || !house.dice.percent(75) {
                continue;
            }
            let rating = match house.dice.below(100) {
                0..=71 => Rating::Good,
                72..=91 => Rating::Fair,
                _ => Rating::Poor,
            };
            let fit: Vec<&str> = SAID
                .iter()
                .filter(|(of, _)| *of == rating)
                .map(|(_, words)| *words)
                .collect();
            let mut words = None;
            if house.dice.percent(35)
                && let Some(text) = house.dice.pick(&fit).copied()
            {
                let text = Words::new(text).map_err(broken)?;
                let person = &booking.person;
                let sealed = Private::seal(&house.reader, &mut house.dice, person, &text);
                words = Some(sealed.map_err(broken)?);
            }
            let act = GiveFeedback {
                booking: booking.number,
                person: booking.person.clone(),
                rating,
                words,
            };
            said.push((actor(&booking.person)?, act));
        }
        counts.said += give(house, offering, said)?.iter().flatten().count() as u64;
        Ok(())
    }
}

/// One of a few, the first the most likely.
fn liked(house: &mut House) -> usize {
    let throws = [(); 3].map(|()| house.dice.below(LIKED as u64) as usize);
    throws.into_iter().min().unwrap_or(0)
}

/// The menu under its notice, and from when on the notice is in force.
pub type Menu = (Arc<Ordering>, Option<Timestamp>);
