//! From text to typed notice. Each stage has a file of its own.

use crate::condition::Condition;
use crate::diagnostic::Diagnostic;
use crate::facts::Facts;
use crate::gazetteer::Gazetteer;
use crate::text::Notice;
use crate::time::When;
use crate::vocabulary::Vocabulary;
use std::sync::Arc;

pub(crate) mod number;
pub(crate) mod sink;
pub(crate) mod table;

/// What a text is read against.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    /// The city's words.
    pub vocabulary: &'a Vocabulary,
    /// The city's places and offices.
    pub gazetteer: &'a dyn Gazetteer,
    /// The city's time zone, for times written with an offset.
    pub zone: &'a jiff::tz::TimeZone,
}

/// The outcome of reading a notice.
#[derive(Debug, Clone)]
pub struct Reading {
    /// The notice; `None` if any diagnostic is an error.
    pub notice: Option<Notice>,
    /// Everything found, in text order.
    pub diagnostics: Vec<Diagnostic>,
}

/// Reads a notice from the bytes of its file. The slug is the file's stem. Never panics, whatever the bytes.
pub fn read_notice(_context: Context<'_>, _file: &str, _bytes: &[u8]) -> Reading {
    todo!()
}

/// Reads one condition (`货车 且 车型 = 重型`). `file` names the origin in messages.
pub fn read_condition(
    _context: Context<'_>,
    _file: &str,
    _text: Arc<str>,
) -> Result<Condition, Vec<Diagnostic>> {
    todo!()
}

/// Reads a list of facts (`货车, 车型 = 重型`).
pub fn read_facts(
    _context: Context<'_>,
    _file: &str,
    _text: Arc<str>,
) -> Result<Facts, Vec<Diagnostic>> {
    todo!()
}

/// Reads one line of `when`; recurrences count from `start`.
pub fn read_when(
    _context: Context<'_>,
    _file: &str,
    _text: Arc<str>,
    _start: jiff::civil::Date,
) -> Result<When, Vec<Diagnostic>> {
    todo!()
}
