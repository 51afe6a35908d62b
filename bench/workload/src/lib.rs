//! A seeded city's worth of notices, and the same rules as Cedar policies and as Rego data.
//!
//! The one central type is [`Workload`]: rules in a plain form of their own, from which each side's text is written, and
//! cases to ask them about. The same seed and size always give the same workload, and a smaller one is the beginning of a
//! larger one.
//!
//! ```
//! let places = workload::Places::new(&[("140105", "小店区", None), ("140105001", "坞城街道", Some("140105"))]);
//! let load = workload::Workload::generate(7, 3, &places);
//! assert_eq!(load.notices.len(), 3);
//! assert_eq!(load.rules().count(), 30);
//! assert!(workload::markdown::notice(&load.notices[0], &places).contains("```rule"));
//! ```

pub mod case;
pub mod cedar;
pub mod markdown;
pub mod place;
pub mod random;
pub mod rego;
pub mod rule;
pub mod words;

pub use case::Case;
pub use place::Places;
pub use rule::{Effect, Rule};

use random::Random;

/// Rules in every notice.
pub const RULES_PER_NOTICE: usize = 10;

/// A generated notice.
#[derive(Debug, Clone)]
pub struct Notice {
    /// Its slug, `w0001` and on.
    pub slug: String,
    /// Its rules, [`RULES_PER_NOTICE`] of them.
    pub rules: Vec<Rule>,
}

/// Generated notices.
#[derive(Debug, Clone)]
pub struct Workload {
    /// In order of generation.
    pub notices: Vec<Notice>,
}

impl Workload {
    /// `count` notices from `seed`, in force in `places`.
    pub fn generate(seed: u64, count: usize, places: &Places) -> Workload {
        let notices = (1..=count)
            .map(|number| {
                // A stream per notice, so that a smaller workload is the beginning of a larger one.
                let mut random =
                    Random::new(seed ^ (number as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15));
                let slug = format!("w{number:05}");
                let rules = rule::notice_rules(&mut random, &slug, places);
                Notice { slug, rules }
            })
            .collect();
        Workload { notices }
    }

    /// The rules of all notices.
    pub fn rules(&self) -> impl Iterator<Item = &Rule> {
        self.notices.iter().flat_map(|notice| &notice.rules)
    }
}
