//! States of the city over time (`预警级别 = 橙色`), set in `city.toml` or by a notice while it is in force.

use crate::findings::{File, Findings};
use crate::settings::StateLine;
use jiff::ToSpan;
use jiff::civil::{Date, DateTime, Time};
use notice::vocabulary::words::{nearest, value_position};
use notice::vocabulary::{Domain, Holder};
use notice::{AttributeId, DiagnosticKind, Notice, Period, Vocabulary};
use std::collections::BTreeSet;
use std::sync::Arc;

/// A state set for a time. Where several overlap, the one issued last holds; `city.toml` counts as issued first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StateSetting {
    /// The state.
    pub attribute: AttributeId,
    /// Its position while set.
    pub position: u32,
    /// For how long.
    pub during: Period,
}

/// Every setting of every state, the one that holds last.
#[derive(Debug, Clone, Default)]
pub struct Timeline {
    settings: Vec<StateSetting>,
}

impl Timeline {
    /// The settings of `city.toml` in their order, then those of the notices by the time of issue.
    pub fn of(settings: &[StateSetting], notices: &[Arc<Notice>]) -> Self {
        let mut issued: Vec<&Arc<Notice>> = notices.iter().collect();
        issued.sort_by(|a, b| (a.issued, &a.slug).cmp(&(b.issued, &b.slug)));
        let of_notices = issued.into_iter().flat_map(|notice| {
            let setting = |(attribute, position): &(AttributeId, u32)| StateSetting {
                attribute: *attribute,
                position: *position,
                during: notice.in_force,
            };
            notice.sets.iter().map(setting)
        });
        Self {
            settings: settings.iter().cloned().chain(of_notices).collect(),
        }
    }

    /// The state's position at an instant; `None` for an attribute that is no state of the city.
    pub fn position(
        &self,
        vocabulary: &Vocabulary,
        attribute: AttributeId,
        at: DateTime,
    ) -> Option<u32> {
        let known = vocabulary.attributes.get(usize::from(attribute.0))?;
        let Holder::City { otherwise } = known.holder else {
            return None;
        };
        let set = self
            .settings
            .iter()
            .rfind(|setting| setting.attribute == attribute && setting.during.contains(at));
        Some(set.map_or(otherwise, |setting| setting.position))
    }

    /// The instants at which a setting of the state begins or ends, ascending.
    pub fn changes(&self, attribute: AttributeId) -> Vec<DateTime> {
        let of_state = self.settings.iter().filter(|s| s.attribute == attribute);
        let instants: BTreeSet<DateTime> = of_state
            .flat_map(|s| std::iter::once(s.during.from).chain(s.during.until))
            .collect();
        instants.into_iter().collect()
    }
}

/// Reads the states of `city.toml`, reporting what is wrong.
pub(crate) fn read(
    file: &File,
    lines: &[StateLine],
    vocabulary: &Vocabulary,
    findings: &mut Findings,
) -> Vec<StateSetting> {
    let mut settings = Vec::new();
    for line in lines {
        let word = line.state.get_ref();
        let states = || {
            (0..)
                .map(AttributeId)
                .zip(&vocabulary.attributes)
                .filter(|(_, known)| matches!(known.holder, Holder::City { .. }))
        };
        let Some((attribute, known)) =
            states().find(|(_, a)| a.label.zh == *word || a.label.en == *word)
        else {
            findings
                .error(
                    file,
                    line.state.span(),
                    DiagnosticKind::UnknownWord,
                    format!("没有叫“{word}”的城市状态"),
                    format!("the city has no state `{word}`"),
                )
                .nearest(nearest(word, states().map(|(_, a)| a.label.zh.as_str())));
            continue;
        };
        let value = line.value.get_ref();
        let position = match &known.domain {
            Domain::Choice { values, .. } => value_position(values, value),
            _ => None,
        };
        if position.is_none() {
            let values = match &known.domain {
                Domain::Choice { values, .. } => values.as_slice(),
                _ => &[],
            };
            let said: Vec<&str> = values.iter().map(|v| v.label.zh.as_str()).collect();
            findings
                .error(
                    file,
                    line.value.span(),
                    DiagnosticKind::UnknownWord,
                    format!("“{word}”没有“{value}”这个值"),
                    format!("`{word}` has no value `{value}`"),
                )
                .hint(
                    format!("可写：{}", said.join("、")),
                    format!("one of: {}", said.join(", ")),
                );
        }
        let during = period(line.during.get_ref());
        if during.is_none() {
            findings
                .error(
                    file,
                    line.during.span(),
                    DiagnosticKind::Type,
                    format!("“{}”不是一段时间", line.during.get_ref()),
                    format!("`{}` is no stretch of time", line.during.get_ref()),
                )
                .hint(
                    "写成 2022-01-06T00:00/2022-01-08T24:00，结束晚于开始",
                    "write 2022-01-06T00:00/2022-01-08T24:00, the end after the beginning",
                );
        }
        if let (Some(position), Some(during)) = (position, during) {
            settings.push(StateSetting {
                attribute,
                position,
                during,
            });
        }
    }
    settings
}

/// `from/until`, the second part empty if open-ended; `24:00` is midnight's end.
fn period(text: &str) -> Option<Period> {
    let (from, until) = text.split_once('/')?;
    let until = match until.trim() {
        "" => None,
        until => Some(instant(until)?),
    };
    let from = instant(from.trim())?;
    let period = Period { from, until };
    until.is_none_or(|until| from < until).then_some(period)
}

fn instant(text: &str) -> Option<DateTime> {
    match text.strip_suffix("T24:00") {
        Some(day) => {
            let next = day.parse::<Date>().ok()?.checked_add(1.day()).ok()?;
            Some(next.to_datetime(Time::midnight()))
        }
        None => text.parse().ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn midnights_end_is_the_next_day() {
        let read = period("2022-01-06T00:00/2022-01-08T24:00").unwrap();
        assert_eq!(read.from, date(2022, 1, 6).at(0, 0, 0, 0));
        assert_eq!(read.until, Some(date(2022, 1, 9).at(0, 0, 0, 0)));
        assert!(period("2022-01-06T00:00/").unwrap().until.is_none());
        assert!(period("2022-01-06T00:00/2022-01-06T00:00").is_none());
        assert!(period("yesterday/").is_none());
    }
}
