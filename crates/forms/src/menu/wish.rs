//! Making a wish, and taking it back.

use ledger::Draft;
use ledger::form::{LooksAt, Stop};
use ledger::name::{Claim, Key, Person};
use serde::Serialize;

use super::AgeGroup;
use super::ordering::{Ordered, Ordering};
use super::refusal::NotOrdered;
use super::rows::{Order, Wish, found, item, order_key};
use crate::booking::rows::Number;

/// Wishes that one person may have at a time.
pub const WISHES_MAX: usize = 10;

/// A resident wishes for a course, for their community and age group.
#[derive(Clone, Debug, Serialize)]
pub struct MakeWish {
    /// Who.
    pub person: Person,
    /// Id of the course.
    pub course: String,
    /// Code of the community.
    pub community: String,
    /// For whom.
    pub age: AgeGroup,
}

/// A resident takes a wish back.
#[derive(Clone, Debug, Serialize)]
pub struct WithdrawWish {
    /// Which.
    pub wish: Number,
    /// Whose it is.
    pub person: Person,
}

impl MakeWish {
    fn order(&self, ordering: &Ordering) -> Result<Key, ledger::name::BadName> {
        order_key(&ordering.key, &self.course, &self.community, self.age)
    }

    /// Keeps a person from wishing for a course in one community twice, for two age groups too.
    fn claim(&self, ordering: &Ordering) -> Result<Claim, ledger::name::BadName> {
        Claim::new(&format!(
            "{}/{}/{}/{}",
            ordering.key, self.course, self.community, self.person
        ))
    }
}

impl Ordered for MakeWish {
    const NAME: &'static str = "make-wish";
    const SHAPE: u16 = 1;

    fn person(&self) -> Option<&Person> {
        Some(&self.person)
    }

    fn looks_at(&self, ordering: &Ordering) -> LooksAt {
        // What cannot be a name is found again, and said, when it is decided.
        let order = self.order(ordering).and_then(item::<Order>);
        LooksAt {
            items: order.into_iter().collect(),
            claims: self.claim(ordering).into_iter().collect(),
        }
    }

    fn decide(&self, ordering: &Ordering, draft: &mut Draft<'_>) -> Result<(), Stop<NotOrdered>> {
        let refuse = |why| Err(Stop::Refused(why));
        let now = draft.now();
        if now < ordering.from {
            let from = ordering.zone.to_datetime(ordering.from);
            return refuse(NotOrdered::NotYet { from });
        }
        if let Some(until) = ordering.until.filter(|until| *until <= now) {
            let until = ordering.zone.to_datetime(until);
            return refuse(NotOrdered::Over { until });
        }
        let Some(&(from, to)) = ordering.courses.get(&self.course) else {
            return refuse(NotOrdered::NoSuchCourse);
        };
        if !ordering.communities.contains(&self.community) {
            return refuse(NotOrdered::NoSuchCommunity);
        }
        let (youngest, oldest) = self.age.ages();
        if oldest < from || to < youngest {
            return refuse(NotOrdered::NotForAge { from, to });
        }
        let claim = self.claim(ordering)?;
        if let Some(since) = draft.claimed(&claim)? {
            let wish = Number::of(since)?;
            return refuse(NotOrdered::Already { wish });
        }
        if let Some(by) = found("wish.person", self.person.as_str())
            && draft.find::<Wish>(&by, None, WISHES_MAX)?.len() >= WISHES_MAX
        {
            return refuse(NotOrdered::TooMany { most: WISHES_MAX });
        }
        let key = self.order(ordering)?;
        let mut order = draft.get::<Order>(&key)?.unwrap_or_else(|| Order {
            key: key.clone(),
            notice: ordering.key.clone(),
            course: self.course.clone(),
            community: self.community.clone(),
            age: self.age,
            people: 0,
            answer: None,
        });
        order.people = order.people.saturating_add(1);
        draft.put(&order)?;
        draft.put(&Wish {
            number: Number::of(draft.sequence())?,
            person: self.person.clone(),
            order: key,
            at: now,
            claim: claim.clone(),
        })?;
        draft.claim(claim)?;
        Ok(())
    }
}

impl Ordered for WithdrawWish {
    const NAME: &'static str = "withdraw-wish";
    const SHAPE: u16 = 1;

    fn person(&self) -> Option<&Person> {
        Some(&self.person)
    }

    fn decide(&self, ordering: &Ordering, draft: &mut Draft<'_>) -> Result<(), Stop<NotOrdered>> {
        let wish = draft.get::<Wish>(self.wish.key())?;
        // Whose it is, others do not learn.
        let own = |wish: &Wish| {
            let of_notice = wish.order.as_str().strip_prefix(ordering.key.as_str());
            wish.person == self.person && of_notice.is_some_and(|rest| rest.starts_with('/'))
        };
        let wish = wish.filter(own);
        let wish = wish.ok_or(Stop::Refused(NotOrdered::NoSuchWish))?;
        if let Some(mut order) = draft.get::<Order>(&wish.order)? {
            order.people = order.people.saturating_sub(1);
            if order.people == 0 {
                draft.remove::<Order>(&order.key)?;
            } else {
                draft.put(&order)?;
            }
        }
        draft.remove::<Wish>(wish.number.key())?;
        draft.release(wish.claim)?;
        Ok(())
    }
}
