//! `/desk/season/{slug}`: a season's licences with what they sold and owe, and the ways to grant, enter and correct.

use super::{Of, denied, has_to_do_with, may, of, words};
use crate::app::App;
use crate::failure::Failure;
use crate::layout;
use crate::people::{Visitor, ours};
use crate::reader::Reader;
use crate::wording::{self, Said};
use axum::extract::{Path, State};
use axum::response::Response;
use forms::people::powers::Act;
use forms::season::views::{self, Total};
use forms::season::{Licence, Sales};
use jiff::civil::Date;
use maud::{Markup, html};
use notice::Slug;
use std::collections::BTreeMap;
use std::sync::Arc;

/// `GET /desk/season/{slug}`
pub async fn show(
    State(app): State<Arc<App>>,
    reader: Reader,
    visitor: Visitor,
    Path(slug): Path<String>,
) -> Result<Response, Failure> {
    let of = of(&app, &slug)?;
    let who = visitor.standing(&app);
    if let Err(why) = has_to_do_with(&app, &who, &of.season) {
        return Ok(denied(&app, &reader, of.notice, &why));
    }
    let season = of.season.clone();
    let (licences, sales) = of
        .people
        .bookings
        .read(move |store| {
            let licences = views::licences(store, &season).map_err(ours)?;
            let sales = views::sales(store, &season).map_err(ours)?;
            Ok((licences, sales))
        })
        .await?;
    let grants = may(&app, &who, Act::GrantLicence, &of.season, false).is_ok();
    let title = reader.say("授权与成效", "Licences and results");
    let body = html! {
        (crumbs(&reader, &of, &[]))
        h1 { (title) " " @if of.notice.demo { (crate::pages::notice::demo(&reader)) } }
        p .take {
            @if grants { a .button href={ "/desk/season/" (slug) "/grant" } { (reader.say("授予授权", "Grant a licence")) } }
            a .button .quiet href={ "/desk/season/" (slug) "/results" } { (reader.say("活动成效", "Results of events")) }
            a .button .quiet href={ "/notices/" (slug) "/licences" } { (reader.say("公开的名录", "The public list")) }
        }
        (table(&reader, &slug, &licences, &sales, reader.now.date()))
    };
    Ok(layout::personal(&app, &reader, title, body))
}

/// The way to the desk, for the pages below it.
pub fn way(reader: &Reader, slug: &Slug) -> (String, String) {
    (
        format!("/desk/season/{slug}"),
        reader.say("授权与成效", "Licences and results").to_owned(),
    )
}

/// The way back, from the notice on.
pub fn crumbs(reader: &Reader, of: &Of<'_>, ways: &[(String, String)]) -> Markup {
    html! {
        nav .crumbs aria-label=(reader.say("上级页面", "Pages above")) { ol {
            li { a href={ "/notices/" (of.notice.slug) } { (wording::title(reader, of.notice)) } }
            @for (address, name) in ways { li { a href=(address) { (name) } } }
        } }
    }
}

fn table(
    reader: &Reader,
    slug: &str,
    licences: &[Licence],
    sales: &[Sales],
    today: Date,
) -> Markup {
    let mut totals: BTreeMap<_, Total> = BTreeMap::new();
    for month in sales {
        totals.entry(&month.licence).or_default().add(month);
    }
    let all = Total::of(sales.iter());
    html! {
        section aria-labelledby="licences" {
            h2 #licences .rubric { (reader.say("授权", "Licences")) }
            @if licences.is_empty() {
                p { (reader.say("还没有授权。", "No licence has been granted yet.")) }
            } @else {
                div .table-wrap .licences-desk tabindex="0" role="region" aria-labelledby="licences" {
                    table {
                        thead { tr {
                            th scope="col" { (reader.say("产品", "Product")) }
                            th scope="col" { (reader.say("伙伴", "Partner")) }
                            th scope="col" { (reader.say("期限", "Term")) }
                            th scope="col" { (reader.say("授权费", "Royalty")) }
                            th scope="col" .num { (reader.say("已售", "Sold")) }
                            th scope="col" .num { (reader.say("应缴", "Due")) }
                        } }
                        tbody {
                            @for licence in licences {
                                @let total = totals.get(&licence.number).copied().unwrap_or_default();
                                tr {
                                    th scope="row" { a href={ "/desk/season/" (slug) "/licences/" (licence.number) } { (Said::name(reader, licence.product.as_str())) } }
                                    td { (Said::name(reader, licence.partner.as_str())) }
                                    td { (words::term(reader, licence.from, licence.held_until())) " " (words::badge(reader, licence, today)) @if licence.exclusive { " " span .badge .limited { (reader.say("独家", "exclusive")) } } }
                                    td { (licence.royalty.label().get(reader.lang)) }
                                    td .num { (words::money(reader, total.sales)) }
                                    td .num { (words::money(reader, total.due)) }
                                }
                            }
                        }
                        tfoot { tr {
                            th scope="row" colspan="4" { (reader.say("合计", "All")) }
                            td .num { (words::money(reader, all.sales)) }
                            td .num { (words::money(reader, all.due)) }
                        } }
                    }
                }
            }
        }
    }
}
