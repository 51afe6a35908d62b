//! The workload of the project's benchmarks, read in the demo city.

use crate::fault::Fault;
use city::City;
use city::place::Level;
use decide::{Question, Whereabouts};
use jiff::civil::DateTime;
use notice::vocabulary::words::Meaning;
use notice::{ActionId, AttributeId, KindId, Notice, PlaceId};
use std::sync::Arc;
use std::time::Instant;
use workload::{Case, Places, RULES_PER_NOTICE, Workload, markdown};

/// A file's name and text.
pub type Text = (String, String);

/// A city with thousands of made-up rules.
pub struct World {
    pub city: Arc<City>,
    /// The city's districts and streets, as the workload sees them.
    pub places: Places,
    /// Rules asked for.
    pub rules: usize,
    pub seed: u64,
    /// One notice more than is in force: the newcomer.
    pub load: Workload,
}

impl World {
    /// `rules` rules, ten a notice, the same for the same seed.
    pub fn new(city: Arc<City>, rules: usize, seed: u64) -> World {
        let all = city.places.all();
        let list: Vec<_> = all
            .iter()
            .filter(|place| matches!(place.level, Level::City | Level::District | Level::Street))
            .map(|place| {
                let parent = place.parent.and_then(|parent| city.places.get(parent));
                let above = parent.map(|parent| parent.code.as_str());
                (place.code.as_str(), place.name.zh.as_str(), above)
            })
            .collect();
        let places = Places::new(&list);
        let notices = rules.div_ceil(RULES_PER_NOTICE).max(1);
        World {
            rules: notices * RULES_PER_NOTICE,
            load: Workload::generate(seed, notices + 1, &places),
            places,
            city,
            seed,
        }
    }

    /// The texts in force, and the newcomer's.
    pub fn texts(&self) -> (Vec<Text>, Option<Text>) {
        let mut texts: Vec<_> = self
            .load
            .notices
            .iter()
            .map(|notice| {
                (
                    format!("{}.md", notice.slug),
                    markdown::notice(notice, &self.places),
                )
            })
            .collect();
        let newcomer = texts.pop();
        (texts, newcomer)
    }

    /// Reads one text.
    pub fn read(&self, (file, text): &Text) -> Result<Arc<Notice>, Fault> {
        let reading = self.city.read_notice(file, text.as_bytes());
        let notice = reading.notice.map(Arc::new);
        notice.ok_or(Fault::Texts(reading.diagnostics))
    }

    /// A made-up case as a question that says everything: the act lies in its place and in the divisions above it.
    pub fn question(&self, case: &Case) -> Result<Question, Fault> {
        let facts = crate::question::facts(&self.city, &case.facts())?;
        let action = action(&self.city, case.kind.action().0)?;
        let hour = i8::try_from(case.minute / 60).unwrap_or(0);
        let minute = i8::try_from(case.minute % 60).unwrap_or(0);
        let day = i8::try_from(case.day).unwrap_or(1);
        let at = DateTime::new(2022, 1, day, hour, minute, 0, 0)
            .map_err(|error| Fault::Measure(error.to_string()))?;
        Ok(Question {
            action: Some(action),
            facts,
            place: Whereabouts::Point(self.chain(case.place)),
            at,
        })
    }

    /// A place of the workload with those above it, ascending.
    pub fn chain(&self, place: usize) -> Vec<PlaceId> {
        let code = self.places.all().get(place).map_or("", |place| &place.code);
        let Some(place) = self.city.places.by_code(code) else {
            return Vec::new();
        };
        let mut chain: Vec<PlaceId> = self.city.places.ancestors(place).collect();
        chain.push(place);
        chain.sort_unstable();
        chain.dedup();
        chain
    }
}

/// The action of this name.
pub fn action(city: &City, word: &str) -> Result<ActionId, Fault> {
    crate::question::action(city, word)
}

/// The attribute of this name that subjects of the kind have.
pub fn attribute(city: &City, kind: KindId, name: &str) -> Result<AttributeId, Fault> {
    let mut meanings = city.vocabulary.words().meanings(name).iter();
    let found = meanings.find_map(|meaning| match meaning {
        Meaning::Attribute(id) if city.vocabulary.can_have(kind, *id) => Some(*id),
        _ => None,
    });
    found.ok_or_else(|| Fault::Measure(format!("{name}?")))
}

/// Percentiles of calls, each timed alone for about a second; the clock's own cost is in them.
pub fn latency(mut call: impl FnMut(usize)) -> (f64, f64) {
    const WARM: usize = 20_000;
    const CALLS_MAX: usize = 4_000_000;
    (0..WARM).for_each(&mut call);
    let mut taken = Vec::with_capacity(1 << 20);
    let start = Instant::now();
    while start.elapsed().as_secs_f64() < 1.0 && taken.len() < CALLS_MAX {
        for _ in 0..64 {
            let from = Instant::now();
            call(taken.len());
            taken.push(from.elapsed().as_nanos() as u64);
        }
    }
    taken.sort_unstable();
    let at = |share: f64| {
        let last = taken.len().saturating_sub(1);
        let place = (taken.len() as f64 * share) as usize;
        taken.get(place.min(last)).copied().unwrap_or(0) as f64
    };
    (at(0.5), at(0.99))
}

/// The middle one of some measurements.
pub fn median(mut taken: Vec<f64>) -> f64 {
    taken.sort_by(f64::total_cmp);
    taken.get(taken.len() / 2).copied().unwrap_or(f64::NAN)
}

/// Memory that a process holds, in bytes; `None` where the system does not tell.
pub fn resident_bytes(process: &str) -> Option<f64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kib: f64 = line.trim().strip_suffix(" kB")?.trim().parse().ok()?;
    Some(kib * 1024.0)
}

/// The address of a clause of an answer: `air-order#trucks/food`.
pub fn address(because: &decide::Because) -> String {
    let rule = format!("{}#{}", because.notice, because.rule);
    match &because.exception {
        Some(exception) => format!("{rule}/{exception}"),
        None => rule,
    }
}
