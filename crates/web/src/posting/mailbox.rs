//! A demo city's mailbox: mail that is shown on a page instead of being sent. It is in memory only.

use crate::people::locked;
use jiff::Timestamp;
use ledger::name::Person;
use std::collections::VecDeque;
use std::sync::Mutex;

/// Mails kept; older ones go.
const KEPT_MAX: usize = 200;

/// A mail that was not sent but shown.
#[derive(Debug, Clone)]
pub struct Posted {
    /// When, by the demo city's clock.
    pub at: Timestamp,
    /// Whose it is.
    pub person: Person,
    /// Whether that is one of the invented people, whose mail anybody may read.
    pub invented: bool,
    /// To which address.
    pub to: String,
    /// Its subject.
    pub subject: String,
    /// Its text.
    pub body: String,
    /// The language it is in.
    pub lang: &'static str,
}

#[derive(Default)]
pub(super) struct Mailbox(Mutex<VecDeque<Posted>>);

impl Mailbox {
    pub(super) fn put(&self, posted: Posted) {
        let mut all = locked(&self.0);
        all.push_front(posted);
        all.truncate(KEPT_MAX);
    }

    /// The newest first: those of invented people, and of this person.
    pub(super) fn of(&self, whose: Option<&Person>) -> Vec<Posted> {
        let all = locked(&self.0);
        let shown = |posted: &&Posted| posted.invented || whose == Some(&posted.person);
        all.iter().filter(shown).cloned().collect()
    }

    pub(super) fn forget(&self, person: &Person) {
        locked(&self.0).retain(|posted| posted.person != *person);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_reads_the_mail_of_somebody_who_is_not_invented() {
        let person = |id| Person::new(id).unwrap();
        let mailbox = Mailbox::default();
        for (id, invented) in [("resident-li", true), ("p-real", false), ("p-other", false)] {
            mailbox.put(Posted {
                at: Timestamp::UNIX_EPOCH,
                person: person(id),
                invented,
                to: String::new(),
                subject: id.to_owned(),
                body: String::new(),
                lang: "en",
            });
        }
        let seen = |whose: Option<&Person>| -> Vec<String> {
            mailbox.of(whose).into_iter().map(|p| p.subject).collect()
        };
        assert_eq!(seen(None), ["resident-li"]);
        assert_eq!(seen(Some(&person("p-real"))), ["p-real", "resident-li"]);
        mailbox.forget(&person("p-real"));
        assert_eq!(seen(Some(&person("p-real"))), ["resident-li"]);
        for n in 0..2 * KEPT_MAX {
            mailbox.put(Posted {
                subject: n.to_string(),
                ..mailbox.of(None)[0].clone()
            });
        }
        assert_eq!(seen(None).len(), KEPT_MAX);
    }
}
