//! What staff may do, asked of the powers notice (权责清单) like any other question.
//!
//! The acts are forbidden in the vocabulary unless a rule permits them, so what no clause gives, nobody has. Asking gives a
//! [`Citation`], without which no command of an office can be built, or a [`Denied`] that cites who may.

mod act;
mod denied;
mod standing;

use decide::answer::Part;
use decide::{Answer, Because, Book, Question, Whereabouts};
use jiff::civil::DateTime;
use ledger::Draft;
use ledger::form::Stop;
use ledger::name::Person;
use notice::ask::Verdict;
use notice::vocabulary::Default as ByDefault;
use notice::{Effect, PlaceId};
use serde::Serialize;

pub use act::Act;
pub use denied::Denied;
pub use standing::{Post, Standing};

use super::refusal::Refusal;

/// What an act is about.
#[derive(Clone, Copy, Debug)]
pub struct Matter<'a> {
    /// Id of the office whose matter it is: of a notice, the issuer.
    pub office: &'a str,
    /// Where it is; for most, the whole city.
    pub place: Option<PlaceId>,
    /// The person has an interest of their own in it: drafted the notice, is the volunteer whose hours they are.
    pub interest: bool,
    /// The attribute of a person that is to be confirmed, in the vocabulary's word; nothing for any other act.
    pub attribute: Option<&'a str>,
}

impl<'a> Matter<'a> {
    /// A matter of an office, wherever it is, in which nobody has an interest of their own.
    #[must_use]
    pub const fn of(office: &'a str) -> Self {
        Self {
            office,
            place: None,
            interest: false,
            attribute: None,
        }
    }
}

/// The powers in force, in a book of rules.
#[derive(Clone, Copy, Debug)]
pub struct Powers<'a> {
    book: &'a Book,
}

/// By which clause somebody may do something. Only [`Powers::may`] makes one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Citation {
    act: Act,
    #[serde(skip)]
    person: Person,
    /// Whose matter it was asked about.
    #[serde(skip)]
    matter: String,
    /// The attribute it was asked about: in no entry, for there it would say what is kept of somebody.
    #[serde(skip)]
    attribute: Option<String>,
    office: String,
    role: String,
    clauses: Vec<String>,
    text_version: String,
    #[serde(skip)]
    because: Vec<Because>,
}

impl<'a> Powers<'a> {
    /// The powers that this book holds.
    #[must_use]
    pub const fn of(book: &'a Book) -> Self {
        Self { book }
    }

    /// Whether a person may do something about a matter at an instant, in the city's civil time.
    ///
    /// # Errors
    /// [`Denied`], which says by which clause not, or who may instead.
    pub fn may(
        &self,
        who: &Standing,
        act: Act,
        matter: &Matter<'_>,
        at: DateTime,
    ) -> Result<Citation, Denied> {
        let city = self.book.city();
        let vocabulary = &city.vocabulary;
        let Some(action) = act.action(vocabulary) else {
            return Err(Denied::Unknown(act));
        };
        // An act that is not kept would be everybody's.
        if vocabulary.actions[usize::from(action.0)].default != ByDefault::Forbidden {
            return Err(Denied::Unkept(act));
        }
        let Some(post) = &who.post else {
            return Err(Denied::NoPost {
                act,
                only: self.permits(act, at),
            });
        };
        let answer = self.book.answer(&Question {
            action: Some(action),
            facts: standing::facts(post, matter, vocabulary),
            place: matter
                .place
                .map_or(Whereabouts::Unsaid, Whereabouts::Within),
            at,
        });
        match answer.verdict {
            Verdict::Allowed | Verdict::Limited | Verdict::Required => {
                Ok(Citation::of(&who.person, post, act, matter, answer))
            }
            Verdict::Depends => Err(Denied::Unsettled {
                act,
                needs: answer.needs.map(|need| need.name),
                clauses: answer.because,
            }),
            Verdict::Conflict => Err(Denied::Conflict {
                act,
                clauses: answer.because,
            }),
            Verdict::Forbidden => {
                let mut clauses = answer.because;
                clauses.retain(|because| because.effect == Part::Forbids);
                Err(if clauses.is_empty() {
                    Denied::NotGiven {
                        act,
                        post: post.clone(),
                        only: self.permits(act, at),
                    }
                } else {
                    Denied::Forbidden { act, clauses }
                })
            }
        }
    }

    /// Ids of the offices of which some post may do this about a matter of their own, wherever it is and with no interest
    /// in it: those that somebody can turn to.
    #[must_use]
    pub fn offices(&self, act: Act, at: DateTime) -> Vec<&'a str> {
        let city = self.book.city();
        let may = |office: &str, role: &str| {
            let who = Standing {
                person: Person::new("anybody").ok()?,
                post: Some(Post {
                    office: office.to_owned(),
                    role: role.to_owned(),
                }),
            };
            let matter = Matter::of(office);
            self.may(&who, act, &matter, at).ok()
        };
        let offices = city.offices.offices.iter().map(|office| &*office.id);
        let roles = &city.offices.roles;
        offices
            .filter(|office| roles.iter().any(|role| may(office, &role.id).is_some()))
            .collect()
    }

    /// The clauses in force that give this act to anybody.
    fn permits(&self, act: Act, at: DateTime) -> Vec<Because> {
        let Some(action) = act.action(&self.book.city().vocabulary) else {
            return Vec::new();
        };
        let in_force = self
            .book
            .notices()
            .iter()
            .filter(|n| n.in_force.contains(at));
        let rules = in_force.flat_map(|notice| notice.rules.iter().map(move |rule| (notice, rule)));
        rules
            .filter(
                |(_, rule)| matches!(&rule.effect, Effect::Permit(acts) if acts.contains(&action)),
            )
            .map(|(notice, rule)| {
                let clause = notice.clauses.get(usize::from(rule.clause.0));
                Because {
                    notice: notice.slug.to_string(),
                    rule: rule.name.clone(),
                    exception: None,
                    clause: clause
                        .map(notice::text::Clause::citation)
                        .unwrap_or_default(),
                    text: clause.map(|clause| clause.text.clone()).unwrap_or_default(),
                    effect: Part::Frees,
                }
            })
            .collect()
    }
}

impl Citation {
    fn of(person: &Person, post: &Post, act: Act, matter: &Matter<'_>, answer: Answer) -> Self {
        Self {
            act,
            person: person.clone(),
            matter: matter.office.to_owned(),
            attribute: matter.attribute.map(str::to_owned),
            office: post.office.clone(),
            role: post.role.clone(),
            clauses: answer
                .because
                .iter()
                .map(|because| format!("{}#{}", because.notice, because.rule))
                .collect(),
            text_version: answer.text_version,
            because: answer.because,
        }
    }

    /// What it is good for.
    #[must_use]
    pub const fn act(&self) -> Act {
        self.act
    }

    /// The office in whose name.
    #[must_use]
    pub fn office(&self) -> &str {
        &self.office
    }

    /// The clauses, as an answer shows them.
    #[must_use]
    pub fn because(&self) -> &[Because] {
        &self.because
    }

    /// Whether it is good for this act, done by this person, about a matter of this office.
    #[must_use]
    pub fn gives(&self, act: Act, to: &Person, of: &str) -> bool {
        self.act == act && self.person == *to && self.matter == of
    }

    /// Whether it was asked for about this attribute of a person.
    #[must_use]
    pub fn is_about(&self, attribute: &str) -> bool {
        self.attribute.as_deref() == Some(attribute)
    }

    /// Refuses an act other than the one it was asked for, and another person than the one it was given to.
    pub(crate) fn good_for(&self, act: Act, draft: &Draft<'_>) -> Result<(), Stop<Refusal>> {
        if self.act == act && draft.origin().actor.as_str() == self.person.as_str() {
            Ok(())
        } else {
            Err(Stop::Refused(Refusal::OtherPower))
        }
    }

    /// Like [`Citation::good_for`]; refuses one about the matters of another office too.
    pub(crate) fn good_for_matter(
        &self,
        act: Act,
        office: &str,
        draft: &Draft<'_>,
    ) -> Result<(), Stop<Refusal>> {
        match self.matter == office {
            true => self.good_for(act, draft),
            false => Err(Stop::Refused(Refusal::OtherPower)),
        }
    }
}

#[cfg(test)]
impl Citation {
    /// One that no powers gave, for tests of the deciders alone.
    pub(crate) fn of_test(person: &Person, office: &str, act: Act) -> Self {
        Self {
            act,
            person: person.clone(),
            matter: office.to_owned(),
            attribute: None,
            office: office.to_owned(),
            role: "clerk".to_owned(),
            clauses: vec!["powers#test".to_owned()],
            text_version: "0".repeat(64),
            because: Vec::new(),
        }
    }

    /// The same, asked for about an attribute.
    pub(crate) fn about(self, attribute: &str) -> Self {
        Self {
            attribute: Some(attribute.to_owned()),
            ..self
        }
    }
}
