//! A version of the notice's text with the city's menu, ready to take wishes.

use std::collections::BTreeMap;
use std::sync::Arc;

use city::City;
use jiff::Timestamp;
use ledger::Draft;
use ledger::form::{Form, LooksAt, Stop};
use ledger::name::{self, Key, Person, TextVersion};
use notice::Notice;

use super::refusal::NotOrdered;
use crate::people::given::{Unfit, fits};
use crate::people::powers::{self, Citation};

/// Wishes are made while the notice is in force, for courses and communities of the menu.
#[derive(Debug)]
pub struct Ordering {
    pub(super) notice: name::Notice,
    /// The notice's name, as rows have it.
    pub(super) key: Key,
    pub(super) text: TextVersion,
    pub(super) issuer: String,
    pub(super) from: Timestamp,
    pub(super) until: Option<Timestamp>,
    /// For which ages each course is, by its id.
    pub(super) courses: BTreeMap<String, (u8, u8)>,
    /// Codes of the communities with a room.
    pub(super) communities: Vec<String>,
    pub(super) zone: jiff::tz::TimeZone,
}

impl Ordering {
    /// The menu of a city under a notice's text. `None` if the city has no menu, or a time of the notice is no instant.
    #[must_use]
    pub fn new(city: &City, notice: &Notice) -> Option<Arc<Self>> {
        let menu = &city.menu;
        let instant = |at| city.zone.to_timestamp(at).ok();
        let until = notice.in_force.until.map(instant);
        let code = |place| Some(city.places.get(place)?.code.to_string());
        let communities: Vec<String> = menu.communities().into_iter().filter_map(code).collect();
        if menu.courses.is_empty() || communities.is_empty() || until == Some(None) {
            return None;
        }
        Some(Arc::new(Self {
            notice: name::Notice::new(&notice.slug.to_string()).ok()?,
            key: Key::new(&notice.slug.to_string()).ok()?,
            text: TextVersion(notice.text_version.0),
            issuer: notice.issuer.clone(),
            from: instant(notice.in_force.from)?,
            until: until.flatten(),
            courses: menu
                .courses
                .iter()
                .map(|course| (course.id.clone(), course.ages))
                .collect(),
            communities,
            zone: city.zone.clone(),
        }))
    }

    /// The notice, as commands give it in their origin.
    #[must_use]
    pub const fn notice(&self) -> &name::Notice {
        &self.notice
    }

    /// The version of its text, as commands give it in their origin.
    #[must_use]
    pub const fn text(&self) -> TextVersion {
        self.text
    }

    /// Id of the office that issued it.
    #[must_use]
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// The form that decides commands of a sort by this menu.
    #[must_use]
    pub fn form<O: Ordered>(self: &Arc<Self>) -> Under<O> {
        Under {
            ordering: self.clone(),
            sort: std::marker::PhantomData,
        }
    }
}

/// A sort of command of the menu.
pub trait Ordered: serde::Serialize + Send + Sync + 'static {
    /// Its name in entries.
    const NAME: &'static str;
    /// The version of its JSON.
    const SHAPE: u16;

    /// What of the state the decision will surely look at.
    fn looks_at(&self, ordering: &Ordering) -> LooksAt {
        let _ = ordering;
        LooksAt::default()
    }

    /// Who must give it: this person or, for a child, an accepted guardian.
    fn person(&self) -> Option<&Person> {
        None
    }

    /// By which of the powers it is given; nothing if it needs none.
    fn power(&self) -> Option<(powers::Act, &Citation)> {
        None
    }

    /// Decides it.
    ///
    /// # Errors
    /// [`Stop::Refused`] with the reason when it is not to be carried out.
    #[doc(hidden)]
    fn decide(&self, ordering: &Ordering, draft: &mut Draft<'_>) -> Result<(), Stop<NotOrdered>>;
}

/// The form that decides commands `O` by one version of the notice's text.
#[derive(Debug)]
pub struct Under<O> {
    ordering: Arc<Ordering>,
    sort: std::marker::PhantomData<fn(O)>,
}

impl<O: Ordered> Form for Under<O> {
    type Command = O;
    type Refusal = NotOrdered;
    const NAME: &'static str = O::NAME;
    const SHAPE: u16 = O::SHAPE;

    fn looks_at(&self, command: &O) -> LooksAt {
        command.looks_at(&self.ordering)
    }

    fn decide(&self, command: &O, draft: &mut Draft<'_>) -> Result<(), Stop<NotOrdered>> {
        let ordering = &self.ordering;
        fits(
            draft,
            (&ordering.notice, ordering.text),
            &ordering.issuer,
            command.person(),
            command.power(),
        )
        .map_err(|stop| match stop {
            Stop::Refused(unfit) => Stop::Refused(NotOrdered::from(unfit)),
            Stop::Failed(fault) => Stop::Failed(fault),
        })?;
        command.decide(ordering, draft)
    }
}

impl From<Unfit> for NotOrdered {
    fn from(unfit: Unfit) -> Self {
        match unfit {
            Unfit::OtherText => Self::OtherText,
            Unfit::NotYours => Self::NotYours,
            Unfit::OtherPower => Self::OtherPower,
        }
    }
}
