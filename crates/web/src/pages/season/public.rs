//! `/notices/{slug}/licences`: who may make what under a season's brand; and one licence, as the code on a product leads to it.

use super::{Of, desks, of, words};
use crate::app::App;
use crate::failure::Failure;
use crate::layout::{self, Frame};
use crate::moments;
use crate::people::ours;
use crate::reader::Reader;
use crate::wording::{self, Said, mixed};
use axum::extract::{Path, State};
use axum::response::Response;
use forms::booking::ticket::svg;
use forms::people::powers::Standing;
use forms::season::{Licence, Season, views};
use jiff::civil::Date;
use ledger::name::Key;
use maud::{Markup, PreEscaped, html};
use notice::Notice;
use std::sync::Arc;

/// `GET /notices/{slug}/licences`
pub async fn list(
    State(app): State<Arc<App>>,
    reader: Reader,
    Path(slug): Path<String>,
) -> Result<Response, Failure> {
    let of = of(&app, &slug)?;
    let season = of.season.clone();
    let licences = of
        .people
        .bookings
        .read(move |store| views::licences(store, &season).map_err(ours));
    let licences = licences.await?;
    let today = reader.now.date();
    let (open, over): (Vec<&Licence>, Vec<&Licence>) = licences
        .iter()
        .partition(|licence| today < licence.held_until());
    let title = reader.say("授权产品名录", "Licensed products");
    let body = html! {
        article {
            (crumbs(&reader, &of))
            h1 { (title) " " @if of.notice.demo { (crate::pages::notice::demo(&reader)) } }
            p .lede { (counts(&reader, &open, today)) }
            (rules(&app, &reader, &of))
            (section(&reader, &slug, &open, today, "open", reader.say("有效的和将要开始的", "Valid, and to begin"), reader.say("现在没有授权产品。", "No product is licensed now.")))
            @if !over.is_empty() { (section(&reader, &slug, &over, today, "over", reader.say("已经期满、终止的", "Expired or ended"), "")) }
            @if licences.len() >= views::ROWS_MAX { p .fine { (reader.say("授权太多，这里没有列全。", "There are more licences than can be listed here.")) } }
        }
    };
    let frame = Frame {
        way: "/notices",
        ..Frame::default()
    };
    Ok(layout::framed(&app, &reader, title, &frame, body))
}

fn crumbs(reader: &Reader, of: &Of<'_>) -> Markup {
    html! {
        nav .crumbs aria-label=(reader.say("上级页面", "Page above")) { ol { li { a href={ "/notices/" (of.notice.slug) } { (wording::title(reader, of.notice)) } } } }
    }
}

fn counts(reader: &Reader, open: &[&Licence], today: Date) -> String {
    let held = open.iter().filter(|licence| licence.holds(today));
    let held = held.count();
    let mut partners: Vec<String> = open
        .iter()
        .map(|licence| licence.partner.folded())
        .collect();
    partners.sort_unstable();
    partners.dedup();
    let (all, partners) = (open.len(), partners.len());
    reader.say(
        format!("{partners}位伙伴，{all}件授权产品，其中{held}件今天有效。"),
        format!("Partners: {partners}; licensed products: {all}, of which valid today: {held}."),
    )
}

/// The clause, and what is not on this page.
fn rules(app: &App, reader: &Reader, of: &Of<'_>) -> Markup {
    let clause = of.season.clause();
    let rule = of.notice.rules.iter().find(|rule| rule.name == clause.rule);
    html! {
        @if let Some(rule) = rule {
            p { (mixed(reader, &app.speaker(reader.lang).rule(of.notice, rule))) " "
                a href={ "/notices/" (of.notice.slug) "#" (rule.name) } { (wording::citation(reader, of.notice.clauses.get(usize::from(rule.clause.0)))) } }
        }
        p .fine { (reader.say(
            "买到印着品牌图案的东西，可以在这里查它是不是授权产品。各家约定的授权费不公开。",
            "Whatever bears the brand can be looked up here. What each partner pays is not public.",
        )) }
    }
}

fn section(
    reader: &Reader,
    slug: &str,
    licences: &[&Licence],
    today: Date,
    id: &str,
    title: &str,
    none: &str,
) -> Markup {
    html! {
        section aria-labelledby=(id) {
            h2 .rubric id=(id) { (title) }
            @if licences.is_empty() {
                p { (none) }
            } @else {
                ul .desk-list {
                    @for licence in licences {
                        li {
                            div {
                                a .desk-title href={ "/notices/" (slug) "/licences/" (licence.number) } { (Said::name(reader, licence.product.as_str())) }
                                p { (Said::name(reader, licence.partner.as_str())) }
                                p .fine { (words::term(reader, licence.from, licence.held_until())) }
                            }
                            div .licence-now { (words::badge(reader, licence, today)) @if licence.exclusive { " " span .badge .limited { (reader.say("独家", "exclusive")) } } }
                        }
                    }
                }
            }
        }
    }
}

/// `GET /notices/{slug}/licences/{number}`
pub async fn one(
    State(app): State<Arc<App>>,
    reader: Reader,
    Path((slug, number)): Path<(String, String)>,
) -> Result<Response, Failure> {
    let of = of(&app, &slug)?;
    let number = Key::new(&number).map_err(|_| Failure::NotFound)?;
    let season = of.season.clone();
    let found = of
        .people
        .bookings
        .read(move |store| views::licence(store, &season, &number).map_err(ours));
    let licence = found.await?.ok_or(Failure::NotFound)?;
    let today = reader.now.date();
    let name = Said::name(&reader, licence.product.as_str());
    let granted = app.city().zone.to_datetime(licence.granted).date();
    let body = html! {
        article .narrow {
            nav .crumbs aria-label=(reader.say("上级页面", "Pages above")) { ol {
                li { a href={ "/notices/" (slug) } { (wording::title(&reader, of.notice)) } }
                li { a href={ "/notices/" (slug) "/licences" } { (reader.say("授权产品名录", "Licensed products")) } }
            } }
            h1 { (name) " " @if of.notice.demo { (crate::pages::notice::demo(&reader)) } }
            p .lede { (words::badge(&reader, &licence, today)) " " (verdict(&reader, &licence, today)) }
            dl .about {
                dt { (reader.say("伙伴", "Partner")) } dd { (Said::name(&reader, licence.partner.as_str())) }
                dt { (reader.say("期限", "Term")) } dd { (words::term(&reader, licence.from, licence.until)) }
                @if let Some(ended) = &licence.ended { dt { (reader.say("终止", "Ended")) } dd { (moments::full_day(ended.on, reader.lang)) (reader.say("起无效", ": holds no longer from then on")) } }
                dt { (reader.say("独家", "Exclusive")) } dd { @if licence.exclusive { (reader.say("是，期间不授权别家", "yes: nobody else has it meanwhile")) } @else { (reader.say("否", "no")) } }
                dt { (reader.say("授权单位", "Licensed by")) } dd { (app.office_name(&licence.under.office, reader.lang)) }
                dt { (reader.say("授予", "Granted")) } dd { (moments::full_day(granted, reader.lang)) }
                dt { (reader.say("编号", "Number")) } dd { code { (licence.number) } }
            }
            (code(&app, &reader, &of, &licence))
        }
    };
    let frame = Frame {
        way: "/notices",
        ..Frame::default()
    };
    Ok(layout::framed(&app, &reader, name.text, &frame, body))
}

/// What it means for whoever holds the product in their hands.
fn verdict(reader: &Reader, licence: &Licence, today: Date) -> String {
    let told = match licence.holds(today) {
        true => ("今天在授权期内。", "Today is within its term."),
        false if today < licence.from => ("还没有到授权期。", "Its term has not begun."),
        false => (
            "今天不在授权期内；有疑问请问授权单位。",
            "Today is not within its term; ask the office that licensed it if in doubt.",
        ),
    };
    reader.say(told.0, told.1).to_owned()
}

/// The code that a partner prints on the product.
fn code(app: &App, reader: &Reader, of: &Of<'_>, licence: &Licence) -> Markup {
    let path = format!("/notices/{}/licences/{}", of.notice.slug, licence.number);
    let address = app
        .root
        .as_ref()
        .map(|root| format!("{}{path}", root.trim_end_matches('/')));
    let label = reader.say("查真伪的二维码", "The code by which it is looked up");
    let image = address.as_ref().and_then(|address| svg(address, label));
    html! {
        @if let Some(image) = image {
            section aria-labelledby="code" {
                h2 #code .rubric { (reader.say("印在产品上的码", "The code on the product")) }
                figure .licence-code { (PreEscaped(image)) figcaption .fine { (reader.say("扫码打开这一页。", "Scanning it opens this page.")) } }
            }
        }
    }
}

/// The way from a notice to its licences.
pub fn way(app: &App, reader: &Reader, notice: &Notice) -> Markup {
    let licenses = app.people.is_some() && Season::is_of(&app.city().vocabulary, notice);
    html! {
        @if licenses {
            p { a href={ "/notices/" (notice.slug) "/licences" } { (reader.say("授权产品名录：谁家的什么产品，到哪一天", "Licensed products: whose, and until when")) } }
            p { a href={ "/notices/" (notice.slug) "/results" } { (reader.say("主题季成效：来了多少人，卖出多少", "What the season brought in: visitors and sales")) } }
        }
    }
}

/// The ways from one's own page to the desks of seasons.
pub fn own(app: &App, reader: &Reader, who: &Standing) -> Markup {
    html! {
        @for notice in desks(app, who) {
            a .button .quiet href={ "/desk/season/" (notice.slug) } { (reader.say("授权与成效", "Licences and results")) } " "
        }
    }
}
