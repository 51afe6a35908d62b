//! Rules in force as decision diagrams: answer, interview, prove, diff, batch.
//!
//! The one central type is [`Book`]: the rules of a set of notices, compiled.

pub mod answer;
pub mod batch;
pub mod book;
mod case;
mod cite;
mod diagram;
pub mod diff;
mod interview;
mod known;
pub mod lookup;
mod outcome;
pub mod prove;
mod question;
mod real_time;
#[cfg(test)]
mod reference;
mod rules;
mod sheet;
mod until;
mod variable;

pub use answer::{Answer, Because, LimitHeld, Need, Question, Whereabouts};
pub use book::Book;
