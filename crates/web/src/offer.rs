//! An offer beside its paragraph: who may sign up, whether one can now, and what else holds, as sentences.

use crate::app::App;
use crate::pages::notice::demo;
use crate::reader::Reader;
use crate::standing;
use crate::wording;
use maud::{Markup, html};
use notice::text::Clause;
use notice::{Notice, Offer, PlaceId};

/// The card of `offer`, which stands in `notice`.
pub fn card(app: &App, reader: &Reader, notice: &Notice, offer: &Offer) -> Markup {
    let sentences = app.speaker(reader.lang).offer_sentences(offer);
    let does = reader.say("名额", "places");
    let clause = notice.clauses.get(usize::from(offer.clause.0));
    let citation = reader.say(
        clause.map(Clause::citation).unwrap_or_default(),
        offer.name.clone(),
    );
    html! {
        section .card id=(offer.name) aria-label=(format!("{citation} {does}")) {
            p .card-head {
                span .badge .limited { (does) } " " (standing::sign_up(reader, offer))
                @if offer.demo { " " (demo(reader)) }
                a .anchor href={ "#" (offer.name) } { "#" (offer.name) }
            }
            @if let Some((who, others)) = sentences.split_first() {
                p .said { (wording::mixed(reader, who)) }
                ul .terms { @for other in others { li { (wording::mixed(reader, other)) } } }
            }
            p .card-go { a href={ "/offers/" (notice.slug) "/" (offer.name) } { (reader.say("看时段，报名", "See the slots and sign up")) } }
        }
    }
}

/// Every place that an offer names, its projects' too.
pub fn places(offer: &Offer) -> impl Iterator<Item = PlaceId> + '_ {
    let own = offer.projects.iter().filter_map(|project| project.place);
    offer.place.into_iter().chain(own)
}
