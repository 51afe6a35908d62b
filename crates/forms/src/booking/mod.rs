//! Booking: places at certain times, given to those who may come, as an `offer` block says.
//!
//! An [`Offering`] is one offer of one version of a notice's text. Commands are decided by its [`Offering::form`]: signing
//! up, cancelling, the waiting list, coming and going, hours that staff grant, and carrying out a draw. All decisions are
//! pure; who has which place is in the ledger's items ([`rows`]) and nowhere else. What pages show of it are [`views`],
//! calendars are a [`feed`], and who may come in is told at a door without a network by a [`ticket`]. `docs/booking.md`
//! tells the whole.
//!
//! ~~~
//! use std::path::Path;
//! use std::sync::Arc;
//!
//! use city::City;
//! use decide::Eligibility;
//! use forms::booking::{Offering, SignUp, Why};
//! use jiff::Timestamp;
//! use ledger::entry::Origin;
//! use ledger::given::{Clock, SystemChance};
//! use ledger::name::{Actor, Person, RequestId};
//! use ledger::{Declined, Ledger, Limits, Writer, memory::Memory, note::Signer};
//!
//! let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../cities/taiyuan-2022");
//! let (city, _) = City::load(&folder).expect("the demo city loads");
//! let text = r#"+++
//! title    = "年画课"
//! issuer   = "shanxi-library"
//! issued   = 2022-01-04T09:00:00+08:00
//! in_force = "2022-01-04T09:00/2022-02-28T24:00"
//! +++
//!
//! 先到先得，不设候补。
//!
//! ```offer prints
//! dates    = [{ on = 2022-01-15, hours = "08:00-10:00" }]
//! capacity = 1
//! sign_up  = "2022-01-08T09:00/2022-01-14T24:00"
//! ```
//! "#;
//! let notice = Arc::new(city.read_notice("class.md", text.as_bytes()).notice.expect("it reads"));
//! let eligibility = Arc::new(Eligibility::of(&city, &[notice.clone()]));
//! let offering = Offering::new(&city, eligibility, &notice, "prints")?;
//! let slot = offering.slots()[0].key.clone();
//! assert_eq!(slot.as_str(), "class#prints@2022-01-15T08:00/10:00");
//!
//! struct TenthOfJanuary;
//! impl Clock for TenthOfJanuary {
//!     fn now(&mut self) -> Timestamp {
//!         Timestamp::from_second(1_641_776_400).unwrap_or_default()
//!     }
//! }
//! let signer = Signer::new("ledger.example/taiyuan", &[7; 32])?;
//! let writer = Writer::new(Memory::new(), TenthOfJanuary, SystemChance, signer)?;
//! let (ledger, running) = Ledger::start(writer, Limits::default())?;
//! let sign_up = |person: &str, chance: u8| {
//!     let origin = Origin {
//!         request: RequestId::new(Timestamp::now(), [chance; 10]),
//!         actor: Actor::new(person)?,
//!         notice: offering.notice().clone(),
//!         text: offering.text(),
//!     };
//!     let command = SignUp::new(&offering, slot.clone(), Person::new(person)?, None);
//!     Ok::<_, Box<dyn std::error::Error>>(ledger.submit(origin, offering.form(), command)?)
//! };
//! assert_eq!(sign_up("p1", 1)?.wait().expect("the place is free").sequence, 0);
//! let Err(Declined::Refused(refused)) = sign_up("p2", 2)?.wait() else { panic!("it is full") };
//! assert_eq!(refused.why, Why::Full);
//! assert_eq!(refused.label().zh, "这个时段已经满员，也不设候补，请选别的时段。（依据 class#prints）");
//! running.stop()?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ~~~

pub mod answers;
mod attend;
mod cancel;
mod correct;
mod desk;
pub mod feed;
pub mod feedback;
mod grant;
pub mod held;
mod hold;
mod offering;
mod refusal;
pub mod rows;
mod settle;
mod sign_up;
pub mod ticket;
mod told;
mod under;
pub mod views;
mod waiting;
pub(crate) mod words;

pub use answers::{Answer, Answers, NotAnswered};
pub use attend::{AssumeCheckOut, CLOCK, CheckIn, CheckOut, MarkAbsent};
pub use cancel::{CallOff, Cancel};
pub use correct::{Correct, Stay};
pub use feedback::{GiveFeedback, TakeBackFeedback};
pub use grant::GrantHours;
pub use hold::{DrawAnew, FixList, Promise, PutBeacon, Reveal};
pub use offering::{BadOffering, Offered, Offering};
pub use refusal::{Refused, Why};
pub use settle::Settle;
pub use sign_up::SignUp;
pub use told::{Basis, NotTold, Told};
pub use under::{Act, Under};
pub use waiting::{Accept, MoveUp};
