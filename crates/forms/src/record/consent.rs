//! Letting one's name be shown among the commended, and taking that back.

use ledger::Draft;
use ledger::form::{Form, Stop};
use ledger::name::{Key, Person};
use notice::rule::ClauseAddress;
use serde::Serialize;

use super::refusal::{Refused, Why};
use super::rows::Named;
use crate::people::account::themselves_or_guardian;
use crate::people::{PersonName, Private};

/// Notes whether a person's name may be shown.
#[derive(Clone, Debug)]
pub struct Agree {
    /// The offer among whose commended.
    pub clause: ClauseAddress,
}

/// What [`Agree`] is told.
#[derive(Clone, Debug, Serialize)]
pub struct ShowName {
    /// Whose name.
    pub person: Person,
    /// The name, sealed under the person's key; nothing takes the consent back.
    pub name: Option<Private<PersonName>>,
}

impl Form for Agree {
    type Command = ShowName;
    type Refusal = Refused;
    const NAME: &'static str = "show-name";
    const SHAPE: u16 = 1;

    fn decide(&self, command: &ShowName, draft: &mut Draft<'_>) -> Result<(), Stop<Refused>> {
        let refused = |why| {
            Stop::Refused(Refused {
                why,
                clause: self.clause.clone(),
            })
        };
        let ShowName { person, name } = command;
        themselves_or_guardian(draft, person).map_err(|stop| match stop {
            Stop::Refused(_) => refused(Why::NotYours),
            Stop::Failed(fault) => Stop::Failed(fault),
        })?;
        let offer = Key::new(&self.clause.to_string())?;
        let key = Named::key_of(person, &offer)?;
        let before = draft.get::<Named>(&key)?;
        match name {
            Some(name) if name.person() != person => Err(refused(Why::OtherPerson)),
            Some(name) => Ok(draft.put(&Named {
                person: person.clone(),
                offer,
                name: name.clone(),
                since: draft.now(),
            })?),
            None if before.is_some() => Ok(draft.remove::<Named>(&key)?),
            None => Err(refused(Why::NotNamed)),
        }
    }
}
