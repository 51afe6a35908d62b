//! VTIMEZONE (RFC 5545 §3.6.5): what the clocks of a zone show while the events last.

use jiff::tz::{Offset, TimeZone, TimeZoneTransition};
use jiff::{SignedDuration, Timestamp};

use super::lines::{Lines, local, offset};

/// Changes of the clock that one calendar writes: fifty years of summer time.
const CHANGES_MAX: usize = 100;

/// Writes the time that held at `from`, and each change until `to`, one by one.
pub(super) fn write(
    lines: &mut Lines,
    name: &str,
    zone: &TimeZone,
    from: Timestamp,
    to: Timestamp,
) {
    lines.put("BEGIN", "VTIMEZONE");
    lines.put("TZID", name);
    // One that is made at `from` itself holds already.
    let now = from
        .checked_add(SignedDuration::from_secs(1))
        .unwrap_or(from);
    match zone.preceding(now).next() {
        Some(change) => changed(lines, zone, &change),
        None => {
            let info = zone.to_offset_info(from);
            let (summer, word) = (info.dst().is_dst(), info.abbreviation());
            since(
                lines,
                zone,
                Timestamp::UNIX_EPOCH,
                info.offset(),
                summer,
                word,
            );
        }
    }
    let changes = zone
        .following(now)
        .take_while(|change| change.timestamp() <= to);
    for change in changes.take(CHANGES_MAX) {
        changed(lines, zone, &change);
    }
    lines.put("END", "VTIMEZONE");
}

/// A change of the clocks.
fn changed(lines: &mut Lines, zone: &TimeZone, change: &TimeZoneTransition<'_>) {
    let (at, to, word) = (change.timestamp(), change.offset(), change.abbreviation());
    since(lines, zone, at, to, change.dst().is_dst(), word);
}

/// Since when clocks show this.
fn since(
    lines: &mut Lines,
    zone: &TimeZone,
    at: Timestamp,
    to: Offset,
    summer: bool,
    abbreviation: &str,
) {
    let kind = if summer { "DAYLIGHT" } else { "STANDARD" };
    let before = at
        .checked_sub(SignedDuration::from_secs(1))
        .map_or(to, |before| zone.to_offset(before));
    lines.put("BEGIN", kind);
    // It begins at the time that clocks showed before the change.
    lines.put("DTSTART", &local(before.to_datetime(at)));
    lines.put("TZOFFSETFROM", &offset(before));
    lines.put("TZOFFSETTO", &offset(to));
    lines.text("TZNAME", abbreviation);
    lines.put("END", kind);
}
