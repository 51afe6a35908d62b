//! What holds of every command that is given under a notice's text, whatever the form.

use ledger::Draft;
use ledger::form::Stop;
use ledger::name::{Notice, Person, TextVersion};

use super::account::themselves_or_guardian;
use super::powers::{Act, Citation};
use super::refusal::Refusal;

/// Why a command is not even looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unfit {
    /// It was made by another version of the text.
    OtherText,
    /// Whoever gives it is neither the person nor an accepted guardian.
    NotYours,
    /// The clause it cites is for something else, of another office, or was given to somebody else.
    OtherPower,
}

/// Looks at a command that is decided by this text of a notice: it must be made by it, given by `person` or their guardian if it
/// is somebody's own to give, and cite the power it needs, about the matters of the notice's office.
pub(crate) fn fits(
    draft: &mut Draft<'_>,
    text: (&Notice, TextVersion),
    issuer: &str,
    person: Option<&Person>,
    power: Option<(Act, &Citation)>,
) -> Result<(), Stop<Unfit>> {
    let origin = draft.origin();
    if (&origin.notice, origin.text) != text {
        return Err(Stop::Refused(Unfit::OtherText));
    }
    if let Some(person) = person {
        themselves_or_guardian(draft, person).map_err(because(Unfit::NotYours))?;
    }
    if let Some((act, citation)) = power {
        let good = citation.good_for_matter(act, issuer, draft);
        good.map_err(because(Unfit::OtherPower))?;
    }
    Ok(())
}

fn because(why: Unfit) -> impl Fn(Stop<Refusal>) -> Stop<Unfit> {
    move |stop| match stop {
        Stop::Refused(_) => Stop::Refused(why),
        Stop::Failed(fault) => Stop::Failed(fault),
    }
}
