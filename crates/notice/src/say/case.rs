//! Facts, values, amounts and places as words.

use super::Speaker;
use super::phrase::either;
use crate::condition::{Condition, ValueSet};
use crate::facts::Facts;
use crate::gazetteer::PlaceId;
use crate::label::Lang;
use crate::vocabulary::{Attribute, AttributeId, Domain, Grid, Holder, Value};
use std::ops::Range;

/// As many qualities as a noun phrase carries before it is better read as a list.
const QUALITIES_MAX: usize = 3;

impl Speaker<'_> {
    /// A case as a short phrase: `以柴油为动力的重型货车`; with many facts a list: `货车(车型:重型;燃料:柴油;…)`.
    pub fn facts(&self, facts: &Facts) -> String {
        let subject = facts
            .attributes
            .iter()
            .filter(|(attribute, _)| {
                self.attribute(**attribute)
                    .is_some_and(|known| matches!(known.holder, Holder::Kinds(_)))
            })
            .count()
            + facts.members.len();
        let mut all = Vec::new();
        all.extend(facts.kind.map(Condition::Kind));
        let alone = facts.kind.filter(|_| facts.kind_alone);
        if subject <= QUALITIES_MAX && alone.is_none() {
            all.extend(
                facts
                    .attributes
                    .iter()
                    .map(|(a, set)| Condition::Is(*a, set.clone())),
            );
            all.extend(facts.members.iter().map(|((a, value), holds)| {
                let has = Condition::Has(*a, *value);
                if *holds {
                    has
                } else {
                    Condition::Not(Box::new(has))
                }
            }));
            all.extend(facts.places.iter().map(|(place, inside)| {
                let inside_it = Condition::In(*place);
                if *inside {
                    inside_it
                } else {
                    Condition::Not(Box::new(inside_it))
                }
            }));
            return if all.is_empty() {
                self.pick("任何人", "anybody").to_owned()
            } else {
                self.condition(&Condition::All(all))
            };
        }
        let colon = self.pick("：", ": ");
        let mut items: Vec<String> = Vec::new();
        for (attribute, set) in &facts.attributes {
            if let Some(known) = self.attribute(*attribute) {
                let name = self.attribute_name(known);
                items.push(format!("{name}{colon}{}", self.value(*attribute, set)));
            }
        }
        for ((attribute, value), holds) in &facts.members {
            if let Some(known) = self.attribute(*attribute) {
                let text = self.values(known, &ValueSet::one(*value));
                let not = if *holds {
                    ""
                } else {
                    self.pick("不含", "not ")
                };
                items.push(format!("{}{colon}{not}{text}", self.attribute_name(known)));
            }
        }
        for (place, inside) in &facts.places {
            let place = self.places(&[*place]);
            items.push(match (self.lang, inside) {
                (Lang::Zh, true) => format!("在{place}"),
                (Lang::Zh, false) => format!("不在{place}"),
                (Lang::En, true) => place,
                (Lang::En, false) => format!("not {place}"),
            });
        }
        let noun = match (facts.kind, alone) {
            (_, Some(kind)) => self.vocabulary.kind_alone(kind).get(self.lang).to_owned(),
            (Some(kind), _) => self.kind(kind).to_owned(),
            (None, _) => self.pick("任何人", "anybody").to_owned(),
        };
        if items.is_empty() {
            return noun;
        }
        match self.lang {
            Lang::Zh => format!("{noun}（{}）", items.join("；")),
            Lang::En => format!("{noun} ({})", items.join("; ")),
        }
    }

    /// An attribute's name as a heading: of a boolean, what it speaks of (`a pass` without its `with`).
    pub fn attribute_name<'b>(&self, known: &'b Attribute) -> &'b str {
        let label = known.label.get(self.lang);
        label.strip_prefix("with ").unwrap_or(label)
    }

    /// The values of an attribute: `中型或重型`, `国四及以下`, `超过4.5吨`, `是`.
    pub fn value(&self, attribute: AttributeId, set: &ValueSet) -> String {
        self.attribute(attribute)
            .map_or_else(String::new, |known| self.values(known, set))
    }

    pub(super) fn values(&self, known: &Attribute, set: &ValueSet) -> String {
        match &known.domain {
            Domain::Boolean { .. } => match (set.contains(1), set.contains(0)) {
                (true, true) => self.pick("是或否", "yes or no"),
                (true, false) => self.pick("是", "yes"),
                (false, _) => self.pick("否", "no"),
            }
            .to_owned(),
            Domain::Choice { values, ordered } => self.choices(values, *ordered, set),
            Domain::List { values } => self.choices(values, false, set),
            Domain::Number(grid) => {
                let words: Vec<String> = set
                    .ranges()
                    .iter()
                    .map(|range| self.number_range(grid, range))
                    .collect();
                either(self.lang, &words)
            }
            Domain::Place => either(self.lang, &self.division_names(set)),
        }
    }

    fn choices(&self, values: &[Value], ordered: bool, set: &ValueSet) -> String {
        let size = u32::try_from(values.len()).unwrap_or(u32::MAX);
        let name = |position: u32| {
            usize::try_from(position)
                .ok()
                .and_then(|position| values.get(position))
                .map_or("", |value| value.label.get(self.lang))
        };
        // Two values are quicker read than "and above"; three or more of an order are a stretch of it.
        if ordered
            && set.len() > 2
            && set.len() < size
            && let [range] = set.ranges()
        {
            let (first, last) = (name(range.start), name(range.end - 1));
            return match (self.lang, range.start == 0, range.end == size) {
                (Lang::Zh, true, _) => format!("{last}及以下"),
                (Lang::Zh, _, true) => format!("{first}及以上"),
                (Lang::Zh, ..) => format!("{first}至{last}"),
                (Lang::En, true, _) => format!("{last} or lower"),
                (Lang::En, _, true) => format!("{first} or higher"),
                (Lang::En, ..) => format!("{first} to {last}"),
            };
        }
        if set.len() == size && size > 2 {
            return self.pick("任何一种", "any").to_owned();
        }
        let words: Vec<String> = set
            .iter()
            .map(|position| name(position).to_owned())
            .collect();
        either(self.lang, &words)
    }

    /// A stretch of a number. Of two ways to name an end (`超过4.5`, `4.51及以上`) the one with fewer digits is taken.
    fn number_range(&self, grid: &Grid, range: &Range<u32>) -> String {
        let last = range.end.saturating_sub(1);
        let at = |position: u32| grid.min + i64::from(position) * grid.step;
        let bottom = range.start == 0;
        let top = at(last) >= grid.max;
        let inner = |position: u32| self.amount(grid, at(position));
        if range.start == last {
            return inner(last);
        }
        let shorter = |a: u32, b: u32| digits(grid, at(a)) < digits(grid, at(b));
        let above = (!bottom).then(|| {
            let before = range.start - 1;
            match (self.lang, shorter(before, range.start)) {
                (Lang::Zh, true) => format!("超过{}", inner(before)),
                (Lang::Zh, false) => format!("{}及以上", inner(range.start)),
                (Lang::En, true) => format!("more than {}", inner(before)),
                (Lang::En, false) => format!("{} or more", inner(range.start)),
            }
        });
        let below = (!top).then(|| match (self.lang, shorter(range.end, last)) {
            (Lang::Zh, true) => format!("不满{}", inner(range.end)),
            (Lang::Zh, false) => format!("{}及以下", inner(last)),
            (Lang::En, true) => format!("less than {}", inner(range.end)),
            (Lang::En, false) => format!("{} or less", inner(last)),
        });
        match (above, below, self.lang) {
            (Some(above), None, _) => above,
            (None, Some(below), _) => below,
            (None, None, Lang::Zh) => "不限".to_owned(),
            (None, None, Lang::En) => "any amount".to_owned(),
            (Some(_), Some(_), Lang::Zh)
                if !shorter(range.start - 1, range.start) && !shorter(range.end, last) =>
            {
                format!("{}至{}", inner(range.start), inner(last))
            }
            (Some(_), Some(_), Lang::En)
                if !shorter(range.start - 1, range.start) && !shorter(range.end, last) =>
            {
                format!("{} to {}", inner(range.start), inner(last))
            }
            (Some(above), Some(below), Lang::Zh) => format!("{above}且{below}"),
            (Some(above), Some(below), Lang::En) => format!("{above} and {below}"),
        }
    }

    /// A number in grid units with its unit: `4.5吨`, `4.5 t`.
    pub fn amount(&self, grid: &Grid, value: i64) -> String {
        let number = decimal(value, grid.decimals);
        match self.lang {
            Lang::Zh => match grid.unit.as_str() {
                "t" => format!("{number}吨"),
                "kg" => format!("{number}千克"),
                "h" => format!("{number}小时"),
                "min" => format!("{number}分钟"),
                "m" => format!("{number}米"),
                "km" => format!("{number}公里"),
                "km/h" => format!("{number}公里/小时"),
                "dB(A)" => format!("{number}分贝"),
                "%" => format!("{number}%"),
                unit if unit.is_ascii() && !unit.is_empty() => format!("{number} {unit}"),
                unit => format!("{number}{unit}"),
            },
            Lang::En => match grid.unit.as_str() {
                "" => number,
                "岁" => format!("{number} years"),
                "天" | "日" => format!("{number} days"),
                "人" => format!("{number} people"),
                unit => format!("{number} {unit}"),
            },
        }
    }

    /// Names of divisions in a set, the whole of a division said once.
    fn division_names(&self, set: &ValueSet) -> Vec<String> {
        let mut names = Vec::new();
        for range in set.ranges() {
            let mut next = range.start;
            while next < range.end {
                let place = PlaceId(next);
                names.push(self.gazetteer.place_name(place, self.lang));
                let span = self.gazetteer.place_span(place);
                next = if span.start == next && span.end <= range.end {
                    span.end.max(next + 1)
                } else {
                    next + 1
                };
            }
        }
        names
    }

    /// A place's name in running text: `小店区`, `the no-coal zone`.
    pub(super) fn place(&self, place: PlaceId) -> String {
        let name = self.gazetteer.place_name(place, self.lang);
        if self.lang == Lang::En {
            // Areas are named by common nouns, divisions by proper ones.
            let common = ["zone", "ring", "fringe", "area"];
            let small = name.to_lowercase();
            if small
                .split(' ')
                .next_back()
                .is_some_and(|last| common.contains(&last))
                && !names_its_side(&small)
                && !small.starts_with("the ")
            {
                return format!("the {}", lower_first(&name));
            }
        }
        name
    }

    /// Where: `迎泽区、杏花岭区内`, `in Yingze District or in Xinghualing District`.
    pub(super) fn places(&self, places: &[PlaceId]) -> String {
        let names: Vec<String> = places.iter().map(|&place| self.place(place)).collect();
        match self.lang {
            Lang::Zh => {
                let inside = if names.iter().any(|name| name.ends_with(['内', '外'])) {
                    ""
                } else {
                    "内"
                };
                format!("{}{inside}", names.join("、"))
            }
            Lang::En => {
                let words: Vec<String> = names
                    .iter()
                    .map(|name| match names_its_side(&name.to_lowercase()) {
                        true => lower_first(name),
                        false => format!("in {name}"),
                    })
                    .collect();
                either(self.lang, &words)
            }
        }
    }
}

/// Whether a place's name brings its own preposition: `Inside the Middle Ring`.
fn names_its_side(small: &str) -> bool {
    ["inside ", "within ", "outside "]
        .iter()
        .any(|word| small.starts_with(word))
}

fn lower_first(name: &str) -> String {
    let mut chars = name.chars();
    chars.next().map_or_else(String::new, |first| {
        first.to_lowercase().chain(chars).collect()
    })
}

/// Digits needed to write a value.
fn digits(grid: &Grid, value: i64) -> usize {
    decimal(value, grid.decimals).len()
}

/// A number of `10^-decimals` units, without trailing zeros: `450` with 2 decimals is `4.5`.
fn decimal(value: i64, decimals: u8) -> String {
    let sign = if value < 0 { "-" } else { "" };
    let places = usize::from(decimals);
    let digits = format!("{:0>width$}", value.unsigned_abs(), width = places + 1);
    let (whole, part) = digits.split_at(digits.len() - places);
    match part.trim_end_matches('0') {
        "" => format!("{sign}{whole}"),
        part => format!("{sign}{whole}.{part}"),
    }
}

#[cfg(test)]
mod tests {
    use super::decimal;

    #[test]
    fn decimals_lose_trailing_zeros_only() {
        assert_eq!(decimal(450, 2), "4.5");
        assert_eq!(decimal(400, 2), "4");
        assert_eq!(decimal(40, 0), "40");
        assert_eq!(decimal(5, 2), "0.05");
        assert_eq!(decimal(-5, 1), "-0.5");
    }
}
