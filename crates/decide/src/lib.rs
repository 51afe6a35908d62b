//! Rules in force as decision diagrams: answer, interview, prove, diff, batch.
//!
//! The one central type is [`Book`]: the rules of a set of notices, compiled.

pub mod answer;
pub mod book;
pub mod diff;
pub mod prove;

pub use answer::{Answer, Because, LimitHeld, Need, Question, Whereabouts};
pub use book::Book;
