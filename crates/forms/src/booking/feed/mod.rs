//! Calendars to subscribe to (RFC 5545): a person's bookings, and an offer's sessions.
//!
//! Pure: the same bookings give the same bytes. Calendars tell events apart by their UID and take a change by its SEQUENCE, so
//! a booking keeps its UID for ever and its SEQUENCE counts how often it was written; one that was given back is sent as
//! cancelled, for what is merely left out stays in many people's calendars.
//!
//! The lines are written here and not by a crate: `icalendar` gives every VTIMEZONE a stamp of the machine's clock and a random UID.

mod lines;
mod zone;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::offering::Offered;
use super::views::{Seen, Standing};
use lines::Lines;

/// Who wrote the calendar (PRODID).
const PRODUCT: &str = "-//Tongxin//Bookings//EN";

/// A calendar to be written.
#[derive(Clone, Debug)]
pub struct Calendar<'a> {
    /// Its name, as calendars show it.
    pub name: &'a str,
    /// The city's time zone: events stand in it.
    pub zone: &'a TimeZone,
    /// What makes UIDs unique in the world: the site's host name.
    pub host: &'a str,
    /// When the ledger last changed: the DTSTAMP of all events.
    pub as_of: Timestamp,
}

/// What an event tells beside its time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct About {
    /// What it is: `少儿阅读 · 文化志愿者`.
    pub summary: String,
    /// Where.
    pub location: Option<String>,
    /// More, in sentences.
    pub description: Option<String>,
    /// Its page.
    pub url: Option<String>,
}

/// Whether an event takes place for the reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Status {
    Confirmed,
    Tentative,
    Cancelled,
}

struct Event<'a> {
    uid: String,
    sequence: u64,
    from: Timestamp,
    to: Timestamp,
    status: Status,
    /// Whether the time is taken.
    busy: bool,
    about: &'a About,
}

impl Calendar<'_> {
    /// A person's bookings, each with what is told about it.
    #[must_use]
    pub fn of_bookings(&self, bookings: &[(Seen, About)]) -> String {
        let events = bookings.iter().map(|(seen, about)| {
            let status = match &seen.stands {
                standing if standing.has_place() => Status::Confirmed,
                standing if standing.is_ahead() => Status::Tentative,
                _ => Status::Cancelled,
            };
            Event {
                uid: format!("booking-{}@{}", seen.booking.number, self.host),
                sequence: seen.written.saturating_sub(1),
                from: seen.booking.from,
                to: seen.booking.to,
                status,
                busy: status == Status::Confirmed && seen.stands != Standing::Absent,
                about,
            }
        });
        self.write(events.collect())
    }

    /// An offer's sessions, slot by slot, each with what is told about it. `corrections` is how often the notice's text was
    /// corrected.
    #[must_use]
    pub fn of_slots(&self, slots: &[(&Offered, About)], corrections: u64) -> String {
        let events = slots.iter().map(|(slot, about)| Event {
            uid: format!("{}@{}", slot.key, self.host),
            sequence: corrections,
            from: slot.from,
            to: slot.to,
            status: Status::Confirmed,
            // What takes place takes nobody's time who has not booked it.
            busy: false,
            about,
        });
        self.write(events.collect())
    }

    fn write(&self, events: Vec<Event<'_>>) -> String {
        let mut lines = Lines::default();
        lines.put("BEGIN", "VCALENDAR");
        lines.put("VERSION", "2.0");
        lines.put("PRODID", PRODUCT);
        lines.text("NAME", self.name);
        lines.text("X-WR-CALNAME", self.name);
        // Without any event the zone alone keeps the calendar from being empty, which it may not be.
        let from = events.iter().map(|event| event.from).min();
        let to = events.iter().map(|event| event.to).max();
        let (from, to) = (from.unwrap_or(self.as_of), to.unwrap_or(self.as_of));
        if let Some(zone) = self.zone.iana_name() {
            lines.put("X-WR-TIMEZONE", zone);
            zone::write(&mut lines, zone, self.zone, from, to);
        }
        for event in &events {
            self.event(&mut lines, event);
        }
        lines.put("END", "VCALENDAR");
        lines.written()
    }

    fn event(&self, lines: &mut Lines, event: &Event<'_>) {
        lines.put("BEGIN", "VEVENT");
        lines.text("UID", &event.uid);
        lines.put("DTSTAMP", &lines::utc(self.as_of));
        lines.put("SEQUENCE", &event.sequence.to_string());
        for (name, at) in [("DTSTART", event.from), ("DTEND", event.to)] {
            match self.zone.iana_name() {
                Some(zone) => {
                    let local = lines::local(self.zone.to_datetime(at));
                    lines.put(&format!("{name};TZID={zone}"), &local);
                }
                None => lines.put(name, &lines::utc(at)),
            }
        }
        lines.text("SUMMARY", &event.about.summary);
        let more = [
            ("LOCATION", &event.about.location),
            ("DESCRIPTION", &event.about.description),
        ];
        for (name, value) in more {
            if let Some(value) = value {
                lines.text(name, value);
            }
        }
        if let Some(url) = &event.about.url {
            lines.put("URL", url);
        }
        let status = match event.status {
            Status::Confirmed => "CONFIRMED",
            Status::Tentative => "TENTATIVE",
            Status::Cancelled => "CANCELLED",
        };
        lines.put("STATUS", status);
        lines.put("TRANSP", if event.busy { "OPAQUE" } else { "TRANSPARENT" });
        lines.put("END", "VEVENT");
    }
}
