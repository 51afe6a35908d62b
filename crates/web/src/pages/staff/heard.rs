//! What was said of a session afterwards, for staff whom the powers let see who has booked: counts, and words without a name.

use crate::bookings::Ready;
use crate::failure::Failure;
use crate::people::ours;
use crate::reader::Reader;
use crate::wording::Said;
use forms::booking::feedback::Rating;
use forms::booking::views::{self, Heard};
use forms::people::powers::Citation;
use ledger::name::{Key, Person};
use ledger::store::AnyReader;
use maud::{Markup, html};

/// Rows that are read of one session.
const HEARD_MAX: usize = 2_048;

/// Reads what was said of a slot, for the one to whom the clause was given.
pub fn read(
    ledger: &AnyReader,
    ready: &Ready,
    slot: &Key,
    see: (&Citation, &Person),
) -> Result<Heard, Failure> {
    views::heard(ledger, &ready.offering, see, slot, HEARD_MAX).map_err(ours)
}

/// The part of the session's page; nothing while nobody has said anything.
pub fn section(reader: &Reader, heard: &Heard) -> Markup {
    let counts = &heard.counts;
    html! {
        @if counts.all() > 0 {
            section .heard aria-labelledby="heard" {
                h2 #heard .rubric { (reader.say("参加的人怎么说", "What those who came say")) }
                p { @for (at, rating) in Rating::ALL.into_iter().enumerate() {
                    @if at > 0 { " · " }
                    (rating.label().get(reader.lang)) " " strong { (counts.of(rating)) }
                } }
                @if heard.words.is_empty() { p .fine { (reader.say("没有留言。", "Nobody has left words.")) } }
                ul .heard-words {
                    @for (rating, words) in &heard.words {
                        li { span .badge { (rating.label().get(reader.lang)) } " " span .said { (Said::name(reader, words)) } }
                    }
                }
                @if heard.more { p .fine { (reader.say("留言太多，后面的没有显示。", "There are too many words; the rest is not shown.")) } }
                p .fine { (reader.say("留言不带姓名，也不按报名先后排；请不要去猜是谁写的。", "Words have no names and stand in no order of booking: do not try to find out whose they are.")) }
            }
        }
    }
}
