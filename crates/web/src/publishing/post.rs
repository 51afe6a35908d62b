//! Which post somebody holds.

use crate::app::App;
use forms::people::powers::{Post, Standing};
use ledger::name::Person;

impl App {
    /// A person with the post that the city gives them. Only the invented people of a demo city have posts so far.
    pub(crate) fn standing(&self, person: &Person) -> Standing {
        let mut invented = self.city().people.iter().filter(|_| self.is_demo());
        let found = invented.find(|known| known.id == person.as_str());
        let post = found.and_then(|known| known.post.as_ref());
        Standing {
            person: person.clone(),
            post: post.map(|post| Post {
                office: post.office.clone(),
                role: post.role.clone(),
            }),
        }
    }
}
