//! `/offers/{notice}/{offer}`: one offer, its terms and its slots; their counts are those of the moment.

use super::{ROWS, Wanted, hidden, list, rated, read, words};
use crate::app::App;
use crate::bookings::{Fill, Ready, Spot};
use crate::failure::Failure;
use crate::layout::{self, Frame};
use crate::params::{Params, link_with};
use crate::people::Visitor;
use crate::reader::Reader;
use crate::standing;
use crate::wording::{Said, mixed, title};
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use notice::offer::Give;
use std::sync::Arc;

/// `GET /offers/{notice}/{offer}`
pub async fn show(
    State(app): State<Arc<App>>,
    reader: Reader,
    Path((slug, name)): Path<(String, String)>,
    params: Params,
    visitor: Result<Visitor, Response>,
) -> Result<Response, Failure> {
    let (at, ready) = app.offers.find(&slug, &name).ok_or(Failure::NotFound)?;
    let for_all = ready.offering.is_seen_by_all();
    if !for_all {
        match visitor {
            Err(away) => return Ok(away),
            Ok(visitor) => {
                if let Some(lack) = hidden::lack(&app, &visitor, at).await? {
                    return Ok(hidden::page(&app, &reader, ready, lack));
                }
            }
        }
    }
    let now = app.clock.now();
    let project = params.get("project");
    let wanted = Wanted::read(&app, &params);
    let spots = ready.offering.slots().iter().enumerate();
    let spots = spots.filter(|(_, slot)| {
        let name = ready.project(slot).map(|project| project.name.as_str());
        slot.to > now
            && project.is_none_or(|wanted| name == Some(wanted))
            && wanted.day.is_none_or(|day| slot.session.from.date() == day)
    });
    let spots = spots.map(|(slot, _)| Spot { offer: at, slot });
    let spots = Arc::new(spots.collect::<Vec<_>>());
    let over = ready.offering.slots().len() - spots.len();
    let from = params.get("from").and_then(|from| from.parse().ok());
    let from = from.unwrap_or(0_usize).min(spots.len());
    let found = read(&app, spots.clone(), from, wanted.free, ROWS).await?;
    let rated = rated::read(&app, at, now).await?;
    let live = format!("{}/live", words::page(ready));
    let live = crate::params::link(&live, &[("lang", reader.say("zh", "en"))]);
    let path = words::page(ready);
    let chip = |name: &str| link_with(&path, &params, &[("project", name), ("from", "")]);
    let body = html! {
        article .offer data-live=[(for_all && app.people.is_some()).then_some(live)] {
            (head(&app, &reader, ready))
            @if for_all && app.people.is_some() && ready.offer().give == Give::Draw && let Some(slot) = ready.offering.slots().first() {
                p { a href=(super::draw::path(ready, &slot.key)) { (reader.say("名额抽签给出：看约定、名单和结果", "Places are given by a draw: see its terms, list and result")) } }
            }
            @if app.people.is_none() {
                div .notice-line role="status" { p { (reader.say("这里只供阅读，不接受报名；请按公告所写的办法报名。", "This house is only read and takes no bookings: sign up as the notice says.")) } }
            }
            @if !ready.offer().projects.is_empty() {
                nav .chips aria-label=(reader.say("项目", "Projects")) {
                    a .chip href=(chip("")) aria-current=[project.is_none().then_some("true")] { (reader.say("全部项目", "All")) }
                    @for one in &ready.offer().projects {
                        a .chip href=(chip(&one.name)) aria-current=[(project == Some(&one.name)).then_some("true")] { (Said::name(&reader, one.label.get(reader.lang))) }
                    }
                }
            }
            @if app.people.is_some() {
                p .free-only {
                    @if wanted.free { a href=(link_with(&path, &params, &[("free", ""), ("from", "")])) { (reader.say("显示全部时段", "Show all slots")) } }
                    @else { a href=(link_with(&path, &params, &[("free", "1"), ("from", "")])) { (reader.say("只看有空位的", "Show only what is free")) } }
                }
            }
            (list(&app, &reader, &params, &found, from, false))
            @if over > 0 && project.is_none() && wanted.day.is_none() {
                p .fine { (reader.say(format!("另有{over}个时段已经结束。"), format!("{over} more slots are over."))) }
            }
            (rated::section(&app, &reader, ready, rated))
        }
    };
    let frame = Frame {
        way: "/offers",
        ..Frame::default()
    };
    let heading = title(&reader, &ready.notice).text;
    if !for_all {
        return Ok(layout::personal(&app, &reader, heading, body));
    }
    Ok(layout::framed(&app, &reader, heading, &frame, body))
}

fn head(app: &App, reader: &Reader, ready: &Ready) -> Markup {
    let sentences = app.speaker(reader.lang).offer_sentences(ready.offer());
    let in_force = ready.notice.in_force.contains(reader.now);
    html! {
        header .notice-head {
            nav .crumbs aria-label=(reader.say("上级页面", "Page above")) { ol { li { a href="/offers" { (reader.say("报名", "Take part")) } } } }
            h1 { (title(reader, &ready.notice)) }
            p .kicker {
                (app.office_name(&ready.notice.issuer, reader.lang)) " "
                (standing::sign_up(reader, ready.offer()))
                @if ready.offer().demo { " " (crate::pages::notice::demo(reader)) }
            }
            @if !in_force { div .notice-line role="status" { p { (reader.say("公告现在不在有效期内，不能报名。", "The notice is not in force now, so nobody can sign up.")) } } }
            p { (reader.say("依据 ", "By ")) (words::clause(reader, ready)) }
        }
        details .offer-terms {
            summary { (reader.say("条件与规则", "Conditions and rules")) }
            ul .terms { @for sentence in &sentences { li { (mixed(reader, sentence)) } } }
        }
    }
}

/// `GET /offers/{notice}/{offer}/live`: changes of its slots, as they come.
pub async fn live(
    State(app): State<Arc<App>>,
    reader: Reader,
    Path((slug, name)): Path<(String, String)>,
) -> Result<Response, Failure> {
    let (at, ready) = app.offers.find(&slug, &name).ok_or(Failure::NotFound)?;
    if !ready.offering.is_seen_by_all() {
        return Err(Failure::NotFound);
    }
    let people = app.people.as_ref().ok_or(Failure::NotFound)?;
    let house = app.clone();
    let told = move |change: &crate::bookings::live::Changed| {
        if change.spot.offer != at {
            return None;
        }
        event(&house, &reader, change.spot, &change.fill)
    };
    Ok(people.bookings.listen(told).into_response())
}

fn event(app: &App, reader: &Reader, spot: Spot, fill: &Fill) -> Option<String> {
    let (_, slot) = app.offers.at(spot)?;
    let (class, text) = words::fill(app, reader, fill);
    let event = serde_json::json!({ "slot": slot.key.as_str(), "class": class, "text": text });
    Some(event.to_string())
}
