//! A version of a notice's text under which products are licensed.

use std::sync::Arc;

use city::City;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use ledger::name::{self, Key, TextVersion};
use notice::{ClauseAddress, Effect, Notice, Rule, Vocabulary};

use super::ask::{Asked, Under};
use super::money::BasisPoints;

/// What the notice limits: the royalty, in percent. A notice that says nothing of it licenses nothing.
pub const MEASURE: &str = "授权费率";
/// Days that a licence can have where the notice has no end: three years.
pub const LICENCE_DAYS_MAX: i32 = 1_096;

/// What a notice says of licences. It knows nothing that happens.
#[derive(Debug)]
pub struct Season {
    pub(super) notice: name::Notice,
    /// The notice's name, as rows have it.
    pub(super) key: Key,
    pub(super) text: TextVersion,
    issuer: String,
    pub(super) clause: ClauseAddress,
    /// Licences can be granted from when the notice was issued.
    pub(super) issued: Timestamp,
    /// The first day of the season.
    pub(super) from: Date,
    /// The first day after it.
    pub(super) until: Option<Date>,
    pub(super) royalty_most: BasisPoints,
    pub(super) zone: TimeZone,
}

impl Season {
    /// What a notice of a city says of licences. `None` if it limits no royalty, or a time of it is no instant.
    #[must_use]
    pub fn new(city: &City, notice: &Notice) -> Option<Arc<Self>> {
        let (rule, royalty_most) = royalty(&city.vocabulary, notice)?;
        Some(Arc::new(Self {
            notice: name::Notice::new(&notice.slug.to_string()).ok()?,
            key: Key::new(&notice.slug.to_string()).ok()?,
            text: TextVersion(notice.text_version.0),
            issuer: notice.issuer.clone(),
            clause: ClauseAddress {
                notice: notice.slug.clone(),
                rule: rule.name.clone(),
                exception: None,
            },
            issued: city.zone.to_timestamp(notice.issued).ok()?,
            from: notice.in_force.from.date(),
            // The end of the day before, or an hour within a day that is no whole day any more.
            until: notice.in_force.until.map(|until| until.date()),
            royalty_most,
            zone: city.zone.clone(),
        }))
    }

    /// Whether a notice licenses products at all.
    #[must_use]
    pub fn is_of(vocabulary: &Vocabulary, notice: &Notice) -> bool {
        royalty(vocabulary, notice).is_some()
    }

    /// The notice, as commands give it in their origin.
    #[must_use]
    pub const fn notice(&self) -> &name::Notice {
        &self.notice
    }

    /// The version of its text, as commands give it in their origin.
    #[must_use]
    pub const fn text(&self) -> TextVersion {
        self.text
    }

    /// Id of the office that issued it.
    #[must_use]
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// The clause that says what royalty may be asked for.
    #[must_use]
    pub const fn clause(&self) -> &ClauseAddress {
        &self.clause
    }

    /// The highest share that the notice lets a licence ask for.
    #[must_use]
    pub const fn royalty_most(&self) -> BasisPoints {
        self.royalty_most
    }

    /// From which day, and until before which, licences can hold.
    #[must_use]
    pub const fn days(&self) -> (Date, Option<Date>) {
        (self.from, self.until)
    }

    /// The form that decides commands of a sort under this text.
    #[must_use]
    pub fn form<C: Asked>(self: &Arc<Self>) -> Under<C> {
        Under::new(self.clone())
    }

    /// The city's day at an instant.
    pub(super) fn day(&self, at: Timestamp) -> Date {
        self.zone.to_datetime(at).date()
    }
}

/// The rule that limits the royalty, with the most that it lets be asked for.
fn royalty<'a>(vocabulary: &Vocabulary, notice: &'a Notice) -> Option<(&'a Rule, BasisPoints)> {
    let limits = notice.rules.iter().filter_map(|rule| {
        let Effect::Limit {
            measure,
            at_most: Some(most),
            ..
        } = &rule.effect
        else {
            return None;
        };
        let measure = vocabulary.measures.get(usize::from(measure.0))?;
        let fits = measure.label.zh == MEASURE && measure.grid.unit == "%";
        let most = u64::try_from(*most).ok().filter(|_| fits)?;
        // Grid units are tenths or hundredths of a percent, or whole ones.
        let finer = 2_u32.checked_sub(measure.grid.decimals.into())?;
        let hundredths = most.checked_mul(10_u64.checked_pow(finer)?)?;
        Some((rule, BasisPoints::new(hundredths)?))
    });
    // Where several limit it, the strictest holds, as everywhere.
    limits.min_by_key(|(_, most)| *most)
}
