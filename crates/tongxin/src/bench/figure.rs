//! A measured figure beside its bound, as text for people and as the documented JSON.

use notice::{Label, Lang};
use serde_json::{Value, json};

/// What a figure counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Less is better.
    Nanoseconds,
    /// Less is better.
    Bytes,
    /// Rows or points; more is better.
    PerSecond,
}

/// A measured figure.
#[derive(Debug, Clone)]
pub struct Figure {
    /// Its name in the JSON.
    pub key: &'static str,
    /// Its name for people.
    pub name: Label,
    pub value: f64,
    pub unit: Unit,
    /// What the project promises; `None` if it promises something of a ratio to others only.
    pub bound: Option<f64>,
}

impl Figure {
    /// Whether it keeps what is promised.
    pub fn met(&self) -> Option<bool> {
        self.bound.map(|bound| match self.unit {
            Unit::PerSecond => self.value >= bound,
            Unit::Nanoseconds | Unit::Bytes => self.value <= bound,
        })
    }
}

/// One line a figure: whether it is met, what was measured, the bound, the name.
pub fn text(figures: &[Figure], lang: Lang) -> String {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let (system, processor) = (std::env::consts::OS, std::env::consts::ARCH);
    let version = env!("CARGO_PKG_VERSION");
    let mut out = match lang {
        Lang::Zh => format!("同心 {version} · {cores} 核 · {system} {processor}\n\n"),
        Lang::En => format!("Tongxin {version} · {cores} cores · {system} {processor}\n\n"),
    };
    for figure in figures {
        // As wide as the widest of them: a Chinese character takes two columns.
        let mark = match (lang, figure.met()) {
            (Lang::Zh, Some(true)) => "达到  ",
            (Lang::Zh, Some(false)) => "未达到",
            (Lang::En, Some(true)) => "met   ",
            (Lang::En, Some(false)) => "missed",
            (_, None) => "      ",
        };
        let sign = match figure.unit {
            Unit::PerSecond => "≥",
            Unit::Nanoseconds | Unit::Bytes => "≤",
        };
        let bound = figure.bound.map_or(String::new(), |bound| {
            format!("{sign} {}", amount(bound, figure.unit))
        });
        let value = amount(figure.value, figure.unit);
        let name = figure.name.get(lang);
        out += &format!("{mark}  {value:>10}  {bound:<12}  {name}\n");
    }
    out
}

/// The documented JSON.
pub fn json(figures: &[Figure]) -> String {
    let figures: Vec<Value> = figures
        .iter()
        .map(|figure| {
            let (unit, bound) = match figure.unit {
                Unit::Nanoseconds => ("ns", "at_most"),
                Unit::Bytes => ("B", "at_most"),
                Unit::PerSecond => ("/s", "at_least"),
            };
            let mut one = json!({
                "figure": figure.key, "value": figure.value.round(), "unit": unit, "met": figure.met(),
            });
            if let Some(value) = figure.bound {
                one[bound] = value.into();
            }
            one
        })
        .collect();
    // Serialising plain strings and numbers to memory cannot fail.
    serde_json::to_string_pretty(&json!({ "figures": figures })).unwrap_or_default()
}

/// A quantity as a person reads it.
fn amount(value: f64, unit: Unit) -> String {
    match unit {
        Unit::Nanoseconds if value < 1e3 => format!("{value:.0} ns"),
        Unit::Nanoseconds if value < 1e6 => format!("{} µs", short(value / 1e3)),
        Unit::Nanoseconds if value < 1e9 => format!("{} ms", short(value / 1e6)),
        Unit::Nanoseconds => format!("{} s", short(value / 1e9)),
        Unit::Bytes => format!("{:.0} MB", value / 1e6),
        Unit::PerSecond => format!("{} M/s", short(value / 1e6)),
    }
}

/// Three digits are enough.
fn short(value: f64) -> String {
    if value >= 100.0 || value.fract() == 0.0 {
        format!("{value:.0}")
    } else if value >= 10.0 {
        format!("{value:.1}")
    } else {
        format!("{value:.2}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figure(value: f64, unit: Unit, bound: Option<f64>) -> Figure {
        Figure {
            key: "one",
            name: Label::new("一", "one"),
            value,
            unit,
            bound,
        }
    }

    #[test]
    fn less_time_and_memory_or_more_rows_keep_a_promise() {
        assert_eq!(
            figure(300.0, Unit::Nanoseconds, Some(300.0)).met(),
            Some(true)
        );
        assert_eq!(
            figure(301.0, Unit::Nanoseconds, Some(300.0)).met(),
            Some(false)
        );
        assert_eq!(figure(9e6, Unit::PerSecond, Some(1e7)).met(), Some(false));
        assert_eq!(figure(1e7, Unit::PerSecond, Some(1e7)).met(), Some(true));
        assert_eq!(figure(1e7, Unit::PerSecond, None).met(), None);
    }

    #[test]
    fn a_missed_figure_is_marked() {
        let figures = [
            figure(212.4, Unit::Nanoseconds, Some(300.0)),
            figure(4.25e6, Unit::PerSecond, Some(5e6)),
            figure(31e6, Unit::Bytes, None),
        ];
        let zh = text(&figures, Lang::Zh);
        assert!(
            zh.contains("达到        212 ns  ≤ 300 ns      一\n"),
            "{zh}"
        );
        assert!(
            zh.contains("未达到    4.25 M/s  ≥ 5 M/s       一\n"),
            "{zh}"
        );
        let en = text(&figures, Lang::En);
        assert!(
            en.contains("missed    4.25 M/s  ≥ 5 M/s       one\n"),
            "{en}"
        );
        assert!(
            en.contains("             31 MB                one\n"),
            "{en}"
        );
    }
}
