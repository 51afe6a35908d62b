//! A draw that anyone can do again.
//!
//! Before the list closes, the office publishes the [`Terms`]: places, closing time, a commitment of each party to its
//! secret, and the round of public randomness that will decide with them. At the close the list of entrants is fixed under
//! a Merkle root. Later the secrets are revealed and the round is published; their sum is the seed, the seed gives the
//! order, and the file holds all that is needed to draw again: [`Draw::read`] does so. `docs/draw.md` describes the file
//! so that other programs can.
//!
//! ```
//! use forms::draw::{Draw, Entrant, Party, Secret, Terms};
//! use ledger::name::{Actor, Key, Notice, TextVersion};
//!
//! let draw = Key::new("lantern-fair/2022-02-15")?;
//! // Each party takes 32 random bytes and keeps them.
//! let secrets = [("culture-office", Secret([1; 32])), ("notary", Secret([2; 32]))];
//! let mut parties = Vec::new();
//! for (by, secret) in &secrets {
//!     let by = Actor::new(by)?;
//!     parties.push(Party { commitment: secret.commit(&draw, &by), by });
//! }
//! let terms = Terms {
//!     draw,
//!     notice: Notice::new("lantern-fair")?,
//!     text: TextVersion([7; 32]),
//!     places: 2,
//!     closes: "2022-02-10T12:00:00+08:00".parse()?,
//!     parties,
//!     beacon: None,
//! };
//! let opened = terms.open().map_err(|wrong| wrong[0].clone())?;
//! let list = ["0001", "0002", "0003"].map(|number| Entrant::new(number).unwrap());
//! let closed = opened.close(list.to_vec())?;
//! let secrets = secrets.map(|(_, secret)| secret).to_vec();
//! let drawn = closed.reveal(secrets, None).map_err(|wrong| wrong[0].clone())?;
//! assert_eq!(drawn.rank(&list[0]), Some(3));
//!
//! let file = Draw::Drawn(drawn).to_json();
//! assert!(Draw::read(file.as_bytes()).is_ok());
//! assert!(Draw::read(file.replace("0002", "0004").as_bytes()).is_err());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod chance;
mod check;
mod drand;
mod entrant;
mod file;
mod hex;
mod line;
mod stage;
mod terms;
mod words;
mod wrong;

pub use check::Draw;
pub use drand::{Chain, Round};
pub use entrant::{BadEntrant, ENTRANT_CHARS_MAX, Entrant};
pub use hex::{Commitment, NotHex, Secret, Signature, TermsDigest};
pub use line::Line;
pub(crate) use stage::root;
pub use stage::{Closed, Drawn, Opened};
pub use terms::{PARTIES_MAX, Party, Terms};
pub use wrong::{Part, Wrong};

/// The format of a draw's file.
pub const FORMAT: &str = "tongxin/draw/v1";
/// The format of one entrant's line.
pub const LINE_FORMAT: &str = "tongxin/draw-line/v1";
/// Entrants one draw may have.
pub const ENTRANTS_MAX: usize = 1_000_000;
/// Bytes a draw's file may have.
pub const FILE_BYTES_MAX: usize = 192 << 20;
