//! Posts: who works for which office, and as what. Whoever runs the house appoints the first of each office; after that an
//! office appoints its own, as far as the powers let.

use jiff::Timestamp;
use ledger::Draft;
use ledger::form::{Form, Stop};
use ledger::item::{Found, Row};
use ledger::name::{BadName, Index, Key, Person};
use serde::{Deserialize, Serialize};

use super::account::account;
use super::key_of;
use super::powers::{Act, Citation, Post};
use super::refusal::Refusal;

/// The actor of what is done at the console of the house. It is nobody's pseudonym: those are random, or a demo city's.
pub const OPERATOR: &str = "operator";
/// Posts that are listed of one office.
pub const STAFF_MAX: usize = 500;

/// The post of a person. Everybody holds one at most; whose post has ended keeps the row, without one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Held {
    /// Who.
    pub person: Person,
    /// Which; nothing since it has ended.
    pub post: Option<Post>,
    /// Since when it is so.
    pub since: Timestamp,
    /// Id of the office that has said so; nothing where it was said at the console.
    pub by: Option<String>,
}

impl Held {
    /// How the staff of an office are found.
    ///
    /// # Errors
    /// [`BadName`] when the office's id is no name.
    pub fn of_office(office: &str) -> Result<Found, BadName> {
        Ok(Found(Index::new("post.office")?, Key::new(office)?))
    }
}

impl Row for Held {
    const KIND: &'static str = "post";
    const SHAPE: u16 = 1;

    fn key(&self) -> Key {
        key_of(&self.person)
    }

    fn found_by(&self) -> Vec<Found> {
        let office = self.post.as_ref().map(|post| Self::of_office(&post.office));
        office.and_then(Result::ok).into_iter().collect()
    }
}

/// On whose word somebody has a post.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Authority {
    /// That of whoever runs the house and holds its keys.
    Operator,
    /// That of the post's own office, by this clause.
    Office(Citation),
}

impl Authority {
    /// Refuses what this authority does not reach; gives the office that speaks.
    fn over(&self, office: &str, draft: &Draft<'_>) -> Result<Option<String>, Stop<Refusal>> {
        match self {
            Self::Operator if draft.origin().actor.as_str() == OPERATOR => Ok(None),
            Self::Operator => Err(Stop::Refused(Refusal::OtherPower)),
            Self::Office(under) => {
                under.good_for_matter(Act::AssignPost, office, draft)?;
                Ok(Some(under.office().to_owned()))
            }
        }
    }
}

/// Gives somebody a post, or another one in the same office.
#[derive(Clone, Copy, Debug, Default)]
pub struct Appoint;

/// What [`Appoint`] is told.
#[derive(Clone, Debug, Serialize)]
pub struct Appointment {
    /// Who, by their own account.
    pub person: Person,
    /// Which post. The edge has looked up office and role in the city.
    pub post: Post,
    /// On whose word.
    pub under: Authority,
}

impl Form for Appoint {
    type Command = Appointment;
    type Refusal = Refusal;
    const NAME: &'static str = "appoint";
    const SHAPE: u16 = 1;

    fn decide(
        &self,
        appointment: &Appointment,
        draft: &mut Draft<'_>,
    ) -> Result<(), Stop<Refusal>> {
        let Appointment {
            person,
            post,
            under,
        } = appointment;
        let by = under.over(&post.office, draft)?;
        if account(draft, person)?.is_childs() {
            return Err(Stop::Refused(Refusal::ChildInPost));
        }
        match held(draft, person)? {
            Some(now) if now == *post => return Err(Stop::Refused(Refusal::PostHeld)),
            // No office takes another's staff away.
            Some(now) if now.office != post.office => {
                return Err(Stop::Refused(Refusal::PostElsewhere { office: now.office }));
            }
            _ => {}
        }
        put(draft, person, Some(post.clone()), by)
    }
}

/// Ends somebody's post.
#[derive(Clone, Copy, Debug, Default)]
pub struct EndPost;

/// What [`EndPost`] is told.
#[derive(Clone, Debug, Serialize)]
pub struct Ending {
    /// Whose.
    pub person: Person,
    /// The post that ends, so that nobody ends one they have not seen.
    pub post: Post,
    /// On whose word.
    pub under: Authority,
}

impl Form for EndPost {
    type Command = Ending;
    type Refusal = Refusal;
    const NAME: &'static str = "end-post";
    const SHAPE: u16 = 1;

    fn decide(&self, ending: &Ending, draft: &mut Draft<'_>) -> Result<(), Stop<Refusal>> {
        let by = ending.under.over(&ending.post.office, draft)?;
        if held(draft, &ending.person)?.as_ref() != Some(&ending.post) {
            return Err(Stop::Refused(Refusal::NoPost));
        }
        put(draft, &ending.person, None, by)
    }
}

fn held(draft: &mut Draft<'_>, person: &Person) -> Result<Option<Post>, Stop<Refusal>> {
    let held = draft.get::<Held>(&key_of(person))?;
    Ok(held.and_then(|held| held.post))
}

fn put(
    draft: &mut Draft<'_>,
    person: &Person,
    post: Option<Post>,
    by: Option<String>,
) -> Result<(), Stop<Refusal>> {
    let since = draft.now();
    Ok(draft.put(&Held {
        person: person.clone(),
        post,
        since,
        by,
    })?)
}
