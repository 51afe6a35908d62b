//! What an interview knows so far, as one short token that a form carries: `5f3a09c1~k3~a5.2~m7.1y~p12n`.
//!
//! It holds positions in the vocabulary only, never anything a person typed, and a fingerprint of that vocabulary, so that
//! a token of another version is refused and not misread.

use city::City;
use notice::vocabulary::{Domain, Grid};
use notice::{AttributeId, Facts, KindId, PlaceId, ValueSet, Vocabulary};
use sha2::{Digest, Sha256};
use std::fmt::Write;

const MAX_BYTES: usize = 4 * 1024;

/// Tells vocabularies and lists of places apart.
pub fn fingerprint(city: &City) -> u32 {
    let mut hash = Sha256::new();
    let words = &city.vocabulary;
    for kind in &words.kinds {
        hash.update(kind.label.zh.as_bytes());
        hash.update([0]);
    }
    for attribute in &words.attributes {
        hash.update(attribute.label.zh.as_bytes());
        hash.update(size(words, &attribute.domain, city).to_le_bytes());
        if let Domain::Choice { values, .. } | Domain::List { values } = &attribute.domain {
            for value in values {
                hash.update(value.label.zh.as_bytes());
                hash.update([0]);
            }
        }
    }
    for place in city.places.all() {
        hash.update(place.code.as_bytes());
        hash.update([0]);
    }
    let digest = hash.finalize();
    u32::from_le_bytes([digest[0], digest[1], digest[2], digest[3]])
}

/// How many positions a domain has.
fn size(_: &Vocabulary, domain: &Domain, city: &City) -> u32 {
    let count = match domain {
        Domain::Choice { values, .. } | Domain::List { values } => values.len(),
        Domain::Boolean { .. } => 2,
        Domain::Number(Grid { min, max, step, .. }) => {
            return u32::try_from((max - min) / (*step).max(1) + 1).unwrap_or(u32::MAX);
        }
        Domain::Place => city.places.all().len(),
    };
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// The token of `facts`.
pub fn write(fingerprint: u32, facts: &Facts) -> String {
    let mut out = format!("{fingerprint:08x}");
    if let Some(KindId(kind)) = facts.kind {
        // `o` for "other": the kind itself and none under it.
        let _ = write!(out, "~{}{kind}", if facts.kind_alone { 'o' } else { 'k' });
    }
    for (AttributeId(attribute), values) in &facts.attributes {
        let _ = write!(out, "~a{attribute}");
        for range in values.ranges() {
            let _ = write!(out, ".{}-{}", range.start, range.end);
        }
    }
    for ((AttributeId(attribute), value), holds) in &facts.members {
        let _ = write!(out, "~m{attribute}.{value}{}", yes_no(*holds));
    }
    for (PlaceId(place), inside) in &facts.places {
        let _ = write!(out, "~p{place}{}", yes_no(*inside));
    }
    out
}

fn yes_no(yes: bool) -> char {
    if yes { 'y' } else { 'n' }
}

/// The facts of a token; `None` if it is damaged or of another vocabulary.
pub fn read(fingerprint: u32, city: &City, token: &str) -> Option<Facts> {
    if token.len() > MAX_BYTES {
        return None;
    }
    let words = &city.vocabulary;
    let mut parts = token.split('~');
    if u32::from_str_radix(parts.next()?, 16).ok()? != fingerprint {
        return None;
    }
    let mut facts = Facts::default();
    for part in parts {
        let mut chars = part.chars();
        let tag = chars.next()?;
        let rest = chars.as_str();
        match tag {
            'k' | 'o' => {
                let kind: u16 = rest.parse().ok()?;
                words.kinds.get(usize::from(kind))?;
                facts.kind = Some(KindId(kind));
                facts.kind_alone = tag == 'o';
            }
            'a' => {
                let mut fields = rest.split('.');
                let attribute: u16 = fields.next()?.parse().ok()?;
                let domain = &words.attributes.get(usize::from(attribute))?.domain;
                let size = size(words, domain, city);
                let mut ranges = Vec::new();
                for field in fields {
                    let (start, end) = field.split_once('-')?;
                    let range = start.parse::<u32>().ok()?..end.parse::<u32>().ok()?;
                    if range.start >= range.end || range.end > size {
                        return None;
                    }
                    ranges.push(range);
                }
                let values = ValueSet::from_ranges(ranges);
                if values.is_empty() {
                    return None;
                }
                facts.attributes.insert(AttributeId(attribute), values);
            }
            'm' => {
                let (attribute, value) = rest.split_once('.')?;
                let (value, holds) = split_yes_no(value)?;
                let attribute: u16 = attribute.parse().ok()?;
                let Domain::List { values } = &words.attributes.get(usize::from(attribute))?.domain
                else {
                    return None;
                };
                values.get(value as usize)?;
                facts.members.insert((AttributeId(attribute), value), holds);
            }
            'p' => {
                let (place, inside) = split_yes_no(rest)?;
                city.places.all().get(place as usize)?;
                facts.places.insert(PlaceId(place), inside);
            }
            _ => return None,
        }
    }
    Some(facts)
}

fn split_yes_no(text: &str) -> Option<(u32, bool)> {
    let (number, holds) = match text.strip_suffix('y') {
        Some(number) => (number, true),
        None => (text.strip_suffix('n')?, false),
    };
    Some((number.parse().ok()?, holds))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_alone_stays_alone_from_step_to_step() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../cities/taiyuan-2022");
        let (city, _) = City::load(folder.as_ref()).unwrap_or_else(|found| panic!("{found:?}"));
        let print = fingerprint(&city);
        for kind_alone in [true, false] {
            let facts = Facts {
                kind: Some(KindId(1)),
                kind_alone,
                ..Facts::default()
            };
            assert_eq!(read(print, &city, &write(print, &facts)), Some(facts));
        }
    }
}
