//! The rules of a set of notices, compiled.

use crate::answer::{Answer, Question};
use crate::rules::Rules;
use city::City;
use notice::Notice;
use std::sync::Arc;

/// Compiled rules. Answers any question about any time.
pub struct Book {
    pub(crate) rules: Rules,
}

impl std::fmt::Debug for Book {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let slugs: Vec<_> = self
            .notices()
            .iter()
            .map(|notice| notice.slug.to_string())
            .collect();
        f.debug_struct("Book")
            .field("notices", &slugs)
            .finish_non_exhaustive()
    }
}

impl Book {
    /// Compiles `notices` as the texts in force in `city`.
    ///
    /// Never fails: an `over` that would close a circle is not followed (and is an error of [`crate::prove::prove`]), one
    /// that names a rule of no notice here outranks nothing.
    pub fn compile(city: Arc<City>, notices: Vec<Arc<Notice>>) -> Book {
        Book {
            rules: Rules::bind(city, notices),
        }
    }

    /// Answers a question.
    pub fn answer(&self, question: &Question) -> Answer {
        self.rules.answer(question)
    }

    /// The city it was compiled in.
    pub fn city(&self) -> &Arc<City> {
        &self.rules.city
    }

    /// The notices it holds.
    pub fn notices(&self) -> &[Arc<Notice>] {
        &self.rules.notices
    }

    /// Version of the texts: the one notice's, or SHA-256 over the sorted list of all.
    pub fn text_version(&self) -> &str {
        &self.rules.text_version
    }
}
