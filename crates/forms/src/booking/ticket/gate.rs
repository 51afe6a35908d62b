//! A door: reads tickets without a network, admits each booking once, and tells the ledger later.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use notice::Label;
use serde::{Deserialize, Serialize};

use super::{Mark, NoTicket, Reader, Ticket};
use crate::booking::attend::{CheckIn, CheckOut};
use crate::booking::offering::{Offered, Offering};
use crate::booking::rows::{Means, Number};
use crate::booking::words::{chinese, chinese_end, english, english_end};

/// One door of one slot.
///
/// Two doors without a network cannot know of each other: each admits a booking once, and [`Visits::merge`] names whoever
/// was admitted by both.
#[derive(Clone, Debug)]
pub struct Gate {
    reader: Reader,
    zone: TimeZone,
    slot: Mark,
    open: Range<Timestamp>,
    list: Option<BTreeSet<Number>>,
    visits: Visits,
}

/// Who came and went, as a door saw it. It is kept as JSON, on the door's device too.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Visits(BTreeMap<Number, Visit>);

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Visit {
    /// Nothing if the person came through another door.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    came: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    went: Option<Timestamp>,
}

/// Two doors admitted one booking.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Twice {
    /// Which.
    pub booking: Number,
    /// When the first did.
    pub first: Timestamp,
    /// When the other did.
    pub again: Timestamp,
}

/// Why a door does not let somebody in, or note that they went. Times are the city's civil time.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAdmitted {
    /// It is no ticket.
    #[error(
        "This is no ticket of this site, or it was changed: show the code from My things, or look for the name on the list."
    )]
    NoTicket(NoTicket),
    /// For another slot.
    #[error("This ticket is for another session: look at its time and place under My things.")]
    OtherSlot,
    /// Before one can check in.
    #[error("Check-in begins at {}: come back then.", english(.from))]
    TooEarly {
        /// When it begins.
        from: DateTime,
    },
    /// After one can check in.
    #[error("Check-in ended at {}: if the person was there, staff can grant the hours.", english_end(.until))]
    Expired {
        /// When it ended.
        until: DateTime,
    },
    /// The list that the door was given does not have the booking.
    #[error(
        "This booking is not on the door's list, it may have been cancelled: load the list again, or ask the office."
    )]
    NotListed,
    /// It was admitted here already.
    #[error("This ticket was used here at {} and admits once: look at the name on the list.", english(.at))]
    Already {
        /// When.
        at: DateTime,
    },
    /// That they went was noted here already.
    #[error("That this person went was noted here at {}: nothing needs doing.", english(.at))]
    Gone {
        /// When.
        at: DateTime,
    },
}

impl Gate {
    /// A door of a slot. `list`, if it could be loaded, holds the bookings that have a place, so that one that was given back
    /// since its ticket was shown is not let in. `visits` are those that the door has noted before.
    #[must_use]
    pub fn new(
        reader: Reader,
        offering: &Offering,
        slot: &Offered,
        list: Option<BTreeSet<Number>>,
        visits: Visits,
    ) -> Self {
        Self {
            reader,
            zone: offering.zone.clone(),
            slot: Mark::of(&slot.key),
            open: offering.check_in(slot.from, slot.to),
            list,
            visits,
        }
    }

    /// Somebody comes, with all that their booking is for: the ticket says how many, and admits once.
    ///
    /// # Errors
    /// [`NotAdmitted`]; then nothing is noted.
    pub fn admit(&mut self, text: &str, now: Timestamp) -> Result<Ticket, NotAdmitted> {
        let ticket = self.read(text, now)?;
        if now >= ticket.until {
            let until = self.civil(ticket.until);
            return Err(NotAdmitted::Expired { until });
        }
        let listed = |list: &BTreeSet<Number>| list.contains(&ticket.booking);
        if !self.list.as_ref().is_none_or(listed) {
            return Err(NotAdmitted::NotListed);
        }
        let visit = self.visits.0.entry(ticket.booking.clone()).or_default();
        if let Some(came) = visit.came {
            let at = self.zone.to_datetime(came);
            return Err(NotAdmitted::Already { at });
        }
        visit.came = Some(now);
        Ok(ticket)
    }

    /// Somebody goes, who may have come through another door.
    ///
    /// # Errors
    /// [`NotAdmitted`]; then nothing is noted.
    pub fn leave(&mut self, text: &str, now: Timestamp) -> Result<Number, NotAdmitted> {
        let ticket = self.read(text, now)?;
        let visit = self.visits.0.entry(ticket.booking.clone()).or_default();
        if let Some(went) = visit.went {
            let at = self.zone.to_datetime(went);
            return Err(NotAdmitted::Gone { at });
        }
        visit.went = Some(now);
        Ok(ticket.booking)
    }

    /// What the door has noted.
    #[must_use]
    pub const fn visits(&self) -> &Visits {
        &self.visits
    }

    fn read(&self, text: &str, now: Timestamp) -> Result<Ticket, NotAdmitted> {
        let ticket = self.reader.read(text).map_err(NotAdmitted::NoTicket)?;
        if ticket.slot != self.slot {
            return Err(NotAdmitted::OtherSlot);
        }
        if now < self.open.start {
            let from = self.civil(self.open.start);
            return Err(NotAdmitted::TooEarly { from });
        }
        Ok(ticket)
    }

    fn civil(&self, at: Timestamp) -> DateTime {
        self.zone.to_datetime(at)
    }
}

impl Visits {
    /// Takes over what another door has noted: the first coming and the last going count. In whatever order doors are
    /// merged, and however often, the result is the same. Gives the bookings that both have admitted.
    pub fn merge(&mut self, other: &Self) -> Vec<Twice> {
        let mut twice = Vec::new();
        for (booking, theirs) in &other.0 {
            match self.0.entry(booking.clone()) {
                Entry::Vacant(free) => {
                    free.insert(theirs.clone());
                }
                Entry::Occupied(mut ours) => {
                    let ours = ours.get_mut();
                    if let (Some(a), Some(b)) = (ours.came, theirs.came)
                        && a != b
                    {
                        twice.push(Twice {
                            booking: booking.clone(),
                            first: a.min(b),
                            again: a.max(b),
                        });
                    }
                    ours.came = ours.came.into_iter().chain(theirs.came).min();
                    ours.went = ours.went.max(theirs.went);
                }
            }
        }
        twice
    }

    /// The check-ins, to be told to the ledger before the check-outs.
    pub fn check_ins(&self) -> impl Iterator<Item = CheckIn> + '_ {
        self.0.iter().filter_map(|(booking, visit)| {
            Some(CheckIn {
                booking: booking.clone(),
                at: visit.came?,
                by: Means::Qr,
                under: None,
            })
        })
    }

    /// The check-outs.
    pub fn check_outs(&self) -> impl Iterator<Item = CheckOut> + '_ {
        self.0.iter().filter_map(|(booking, visit)| {
            Some(CheckOut {
                booking: booking.clone(),
                at: visit.went?,
                by: Means::Qr,
                under: None,
            })
        })
    }
}

impl NotAdmitted {
    /// What it is and what to do next.
    #[must_use]
    pub fn label(&self) -> Label {
        Label::new(self.chinese(), self.to_string())
    }

    fn chinese(&self) -> String {
        match self {
            Self::NoTicket(_) => {
                "这不是本站发的签到码，或者被改过；请出示“我的”里的码，或者在名单上找姓名。"
                    .to_owned()
            }
            Self::OtherSlot => "这张签到码是另一场的；请到“我的”里核对时间和地点。".to_owned(),
            Self::TooEarly { from } => format!("{} 开始签到，请到时再来。", chinese(from)),
            Self::Expired { until } => format!(
                "签到已于 {} 截止；人确实到了的，可由工作人员补记时长。",
                chinese_end(until)
            ),
            Self::NotListed => {
                "这个预约不在门口的名单上，可能已经退出；请重新载入名单，或者问主办单位。"
                    .to_owned()
            }
            Self::Already { at } => format!(
                "这张签到码已于 {} 在这里用过，一次有效；请核对名单上的姓名。",
                chinese(at)
            ),
            Self::Gone { at } => format!("这里已于 {} 记下离开，不用处理。", chinese(at)),
        }
    }
}
