//! The rules of a set of notices, compiled.

use crate::answer::{Answer, Question};
use city::City;
use notice::Notice;
use std::sync::Arc;

/// Compiled rules. Answers any question about any time.
pub struct Book {
    // private
}

impl Book {
    /// Compiles `notices` as the texts in force in `city`.
    pub fn compile(_city: Arc<City>, _notices: Vec<Arc<Notice>>) -> Book {
        todo!()
    }

    /// Answers a question.
    pub fn answer(&self, _question: &Question) -> Answer {
        todo!()
    }

    /// The city it was compiled in.
    pub fn city(&self) -> &Arc<City> {
        todo!()
    }

    /// The notices it holds.
    pub fn notices(&self) -> &[Arc<Notice>] {
        todo!()
    }
}
