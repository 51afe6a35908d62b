//! Rules in force as decision diagrams: answer, interview, prove, diff, batch.
//!
//! The one central type is [`Book`]: the rules of a set of notices, compiled. What they mean is fixed in
//! `docs/semantics.md`. Everything here is a pure function of the book and the question: the instant is always given.
//!
//! ````
//! use decide::{Book, Question, Whereabouts};
//! use notice::ask::Verdict;
//! use std::{path::Path, sync::Arc};
//!
//! let (city, _) = city::City::load(Path::new("tests/city")).map_err(|faults| format!("{faults:?}"))?;
//! let text = r#"+++
//! title    = "货车限行公告"
//! issuer   = "air-office"
//! issued   = 2022-01-04T19:00:00+08:00
//! in_force = "2022-01-04T20:00/2022-01-09T24:00"
//! +++
//! ## 一、货车
//! 小店区内，重型货车每日7时至20时停止驶入，电动车除外。
//!
//! ```rule trucks
//! forbid = "驶入"
//! who    = "货车 且 车型 = 重型"
//! where  = "小店区"
//! when   = "每日 07:00-20:00"
//! except = { clean = "燃料 = 电动" }
//! ```
//! "#;
//! let notice = notice::read_notice(city.context(), "trucks.md", text.as_bytes()).notice.ok_or("unread")?;
//! let city = Arc::new(city);
//! let book = Book::compile(city.clone(), vec![Arc::new(notice)]);
//!
//! let facts = |words: &str| notice::read_facts(city.context(), "", words.into()).map_err(|f| format!("{f:?}"));
//! let mut question = Question {
//!     action: Some(notice::ActionId(0)), // 驶入
//!     facts: facts("货车, 车型 = 重型")?,
//!     place: Whereabouts::Unsaid,
//!     at: "2022-01-06T10:00".parse()?,
//! };
//! // The answer turns on what is not said yet.
//! let answer = book.answer(&question);
//! assert_eq!(answer.verdict, Verdict::Depends);
//! assert_eq!(answer.needs.map(|need| need.attribute).as_deref(), Some("小店区"));
//!
//! question.facts = facts("货车, 车型 = 重型, 燃料 = 柴油")?;
//! question.place = Whereabouts::Point(vec![notice::PlaceId(1), notice::PlaceId(2)]); // 太原市, 小店区
//! let answer = book.answer(&question);
//! assert_eq!(answer.verdict, Verdict::Forbidden);
//! assert_eq!(answer.because[0].clause, "一、货车 第1款");
//! assert_eq!(answer.until.as_deref(), Some("2022-01-06T20:00:00+08:00"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ````

pub mod answer;
pub mod batch;
pub mod book;
mod budget;
mod candidates;
mod case;
mod circles;
mod cite;
mod conditions;
mod diagram;
pub mod diff;
pub mod eligibility;
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
pub mod sorting;
mod until;
mod variable;
mod witness;

pub use answer::{Answer, Because, LimitHeld, Need, Question, Whereabouts};
pub use book::Book;
pub use eligibility::Eligibility;
pub use sorting::{Sorted, Sorting};
