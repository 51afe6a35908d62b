//! What programs are told of an entry: what everybody may know, and nothing of any person. Pure, and the same however often the
//! entry is looked at.

use jiff::Timestamp;
use ledger::entry::Entry;
use ledger::item::{BadRow, Change, Row as _};
use notice::Label;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::booking::rows::Slot;
use crate::booking::{Offered, Offering};
use crate::publish::{Edition, Holds, Published};
use crate::season::EventResult;

macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident = $word:literal, $zh:literal, $en:literal;)*) => {
        /// A kind of event that an office can have told.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
        pub enum Kind {
            $($(#[$doc])* #[serde(rename = $word)] $kind,)*
        }

        impl Kind {
            /// All of them.
            pub const ALL: &'static [Kind] = &[$(Self::$kind),*];

            /// Its word in what is sent.
            #[must_use]
            pub const fn word(self) -> &'static str {
                match self { $(Self::$kind => $word,)* }
            }

            /// What it means, for people.
            #[must_use]
            pub fn label(self) -> Label {
                match self { $(Self::$kind => Label::new($zh, $en),)* }
            }
        }
    };
}

kinds! {
    /// The numbers of a slot have changed.
    Slot = "slot.changed", "场次的名额有变化", "the numbers of a slot have changed";
    /// A first text of a notice was published.
    Published = "notice.published", "公告发布", "a notice was published";
    /// A later text of a notice was published.
    Corrected = "notice.corrected", "公告更正", "a notice was corrected";
    /// A notice was withdrawn.
    Withdrawn = "notice.withdrawn", "公告撤回", "a notice was withdrawn";
    /// A draw was carried out to its end.
    Drawn = "draw.settled", "抽签办完", "a draw was carried out";
    /// What an event brought in was entered.
    Result = "result.published", "活动成效公布", "the result of an event was published";
    /// What was entered so was corrected.
    ResultCorrected = "result.corrected", "活动成效更正", "the result of an event was corrected";
}

impl Kind {
    /// The kind of a word.
    #[must_use]
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.word() == word)
    }
}

/// Something that happened.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// What.
    pub kind: Kind,
    /// Short name of the notice that it is about.
    pub notice: String,
    /// Id of the office whose notice it is, where the entry says so.
    pub office: Option<String>,
    /// When.
    pub at: Timestamp,
    /// What it is about: with the kind, one event of its entry.
    about: String,
    data: Data,
}

#[derive(Clone, Debug, PartialEq)]
enum Data {
    /// To be said with what the text has of the slot.
    Slot(Slot),
    Said(Value),
}

/// The commands that move the numbers of a slot. Who came is nobody's business outside, so check-ins are not among them; nor is
/// what is called off under a notice that was withdrawn, for which that is told.
const MOVES: [&str; 5] = ["sign-up", "cancel", "accept-place", "move-up", SETTLE];
const SETTLE: &str = "settle-draw";

/// The events that an entry gives rise to, in the order of its changes.
///
/// # Errors
/// [`BadRow`] when an item of the entry cannot be read.
pub fn of(entry: &Entry) -> Result<Vec<Event>, BadRow> {
    let mut events = Vec::new();
    let mut office = None;
    for change in &entry.changes {
        let Change::Put(item) = change else { continue };
        let (at, of_office) = (entry.at, office.clone());
        let event = |kind, (notice, about): (&str, String), data| Event {
            kind,
            notice: notice.to_owned(),
            office: of_office,
            at,
            about,
            data,
        };
        match item.kind.as_str() {
            Slot::KIND if MOVES.contains(&entry.command.as_str()) => {
                let slot: Slot = item.read()?;
                let settled = entry.command == SETTLE && is_settled(&slot);
                let kinds = [settled.then_some(Kind::Drawn), Some(Kind::Slot)];
                for kind in kinds.into_iter().flatten() {
                    let event = event.clone();
                    let of = (notice_of(slot.slot.as_str()), slot.slot.to_string());
                    events.push(event(kind, of, Data::Slot(slot.clone())));
                }
            }
            // It comes before its edition.
            Published::KIND => office = Some(item.read::<Published>()?.office),
            Edition::KIND => {
                let edition: Edition = item.read()?;
                let (kind, data) = of_edition(&edition);
                let slug = edition.slug.as_str();
                let about = format!("{slug}/{}", edition.number);
                events.push(event(kind, (slug, about), Data::Said(data)));
            }
            EventResult::KIND => {
                let result: EventResult = item.read()?;
                let (kind, data) = of_result(&result);
                let of = (result.notice.as_str(), result.event.to_string());
                events.push(event(kind, of, Data::Said(data)));
            }
            _ => {}
        }
    }
    Ok(events)
}

/// The notice in the name of a slot: `library-volunteers#volunteers/reading@…`.
fn notice_of(slot: &str) -> &str {
    slot.split('#').next().unwrap_or_default()
}

/// Whether all ranks of its draw are carried out: each who was in it at the close has one.
fn is_settled(slot: &Slot) -> bool {
    let settled = slot.settled.as_ref();
    settled.is_some_and(|settled| settled.ranks >= slot.entered)
}

fn of_edition(edition: &Edition) -> (Kind, Value) {
    let mut data = json!({
        "notice": edition.slug.as_str(),
        "edition": edition.number,
        "from": edition.from,
    });
    let kind = match &edition.holds {
        Holds::Text(version) => {
            data["text_sha256"] = version.to_string().into();
            match edition.number {
                0 | 1 => Kind::Published,
                _ => Kind::Corrected,
            }
        }
        Holds::Withdrawn { reason } => {
            data["reason"] = reason.as_str().into();
            Kind::Withdrawn
        }
    };
    (kind, data)
}

fn of_result(result: &EventResult) -> (Kind, Value) {
    let brought = &result.brought.now.value;
    let kind = match result.brought.before.is_empty() {
        true => Kind::Result,
        false => Kind::ResultCorrected,
    };
    let data = json!({
        "notice": result.notice.as_str(),
        "offer": result.offer.as_str(),
        "project": result.project,
        "event": result.event.as_str(),
        "day": result.day,
        "visitors": brought.visitors,
        "sales_fen": brought.sales,
    });
    (kind, data)
}

impl Event {
    /// What it is, in a word: one event of an entry has it. A later one with the same word says all that an earlier one did.
    #[must_use]
    pub fn what(&self) -> String {
        format!("{}/{}", self.kind.word(), self.about)
    }

    /// The slot whose text it needs to be said; without it nothing is.
    #[must_use]
    pub const fn slot(&self) -> Option<&Slot> {
        match &self.data {
            Data::Slot(slot) => Some(slot),
            Data::Said(_) => None,
        }
    }

    /// What is sent: JSON. `None` for an event of a slot that is not this offering's, or is not shown to everybody.
    #[must_use]
    pub fn body(&self, offering: Option<&Offering>) -> Option<String> {
        let data = match &self.data {
            Data::Said(data) => data.clone(),
            Data::Slot(slot) => {
                let offering = offering.filter(|offering| offering.is_seen_by_all())?;
                said(self.kind, slot, offering, offering.slot(&slot.slot)?)
            }
        };
        let Self { kind, at, .. } = self;
        Some(json!({ "type": kind.word(), "timestamp": at, "data": data }).to_string())
    }
}

/// The numbers of a slot as the pages show them to everybody.
fn said(kind: Kind, slot: &Slot, offering: &Offering, text: &Offered) -> Value {
    let held = slot.taken.saturating_add(slot.kept);
    let project = text.project.and_then(|at| offering.projects().get(at));
    let mut data = json!({
        "notice": offering.notice().as_str(),
        "offer": offering.key().as_str(),
        "project": project.map(|(name, _)| name),
        "slot": slot.slot.as_str(),
        "from": text.from,
        "to": text.to,
        "places": text.capacity,
        "taken": held,
        "free": text.capacity.saturating_sub(held),
        "waiting": slot.waiting,
    });
    let draw = if kind == Kind::Drawn {
        "drawn"
    } else {
        "in_draw"
    };
    data[draw] = slot.entered.into();
    data
}

/// What is sent so that a receiver can be tried.
#[must_use]
pub fn test_body(at: Timestamp) -> String {
    json!({ "type": "test", "timestamp": at, "data": {} }).to_string()
}
