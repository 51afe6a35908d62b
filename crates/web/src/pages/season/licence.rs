//! `/desk/season/{slug}/licences/{number}`: one licence at the desk: ending it, what it sold by month, and correcting that.

use super::field::{Sent, Wrong, count, day, reason, reasons, yuan};
use super::{Of, denied, desk, give, has_to_do_with, may, of, words};
use crate::app::App;
use crate::failure::Failure;
use crate::layout;
use crate::moments;
use crate::pages::sign_in::faced;
use crate::pages::staff::by_clause;
use crate::params::Params;
use crate::people::{Asked, Visitor, led, ours};
use crate::reader::Reader;
use crate::wording::Said;
use axum::extract::{Path, State};
use axum::response::Response;
use forms::people::powers::Act;
use forms::season::rows::{EndedFor, Entered};
use forms::season::views::{self, Total};
use forms::season::{CorrectSales, EndLicence, EnterSales, Licence, Month, Reason, Sales, Sold};
use jiff::civil::Date;
use ledger::name::Key;
use maud::{Markup, html};
use notice::Label;
use std::sync::Arc;

/// Months of a licence that the form offers.
const MONTHS_MAX: usize = 60;

/// A licence with what it sold.
struct Shown {
    licence: Licence,
    sales: Vec<Sales>,
}

impl Shown {
    /// Months that are over, or the licence within them, and not entered.
    fn missing(&self, today: Date) -> Vec<Month> {
        let until = self.licence.held_until();
        let months = std::iter::successors(Some(Month::of(self.licence.from)), |month| {
            Some(month.next())
        });
        let held = months
            .take_while(|month| month.first() < until)
            .take(MONTHS_MAX);
        held.filter(|month| month.end().min(until) <= today && self.licence.from < until)
            .filter(|month| self.sales.iter().all(|sales| sales.month != *month))
            .collect()
    }
}

/// `GET /desk/season/{slug}/licences/{number}`
pub async fn show(
    State(app): State<Arc<App>>,
    reader: Reader,
    visitor: Visitor,
    Path((slug, number)): Path<(String, String)>,
) -> Result<Response, Failure> {
    let of = of(&app, &slug)?;
    if let Err(why) = has_to_do_with(&app, &visitor.standing(&app), &of.season) {
        return Ok(denied(&app, &reader, of.notice, &why));
    }
    let shown = find(&of, &number).await?;
    Ok(page(
        &app,
        &visitor,
        &of,
        &shown,
        &reader,
        &[Sent::fresh(&reader); 3],
    ))
}

/// `POST /desk/season/{slug}/licences/{number}/end`
pub async fn end(
    State(app): State<Arc<App>>,
    reader: Reader,
    Path((slug, number)): Path<(String, String)>,
    Asked { visitor, fields }: Asked,
) -> Result<Response, Failure> {
    let of = of(&app, &slug)?;
    let interest = fields.get("no-interest") != Some("yes");
    let under = match may(
        &app,
        &visitor.standing(&app),
        Act::GrantLicence,
        &of.season,
        interest,
    ) {
        Ok(under) => under,
        Err(why) => return Ok(denied(&app, &reader, of.notice, &why)),
    };
    let shown = find(&of, &number).await?;
    let read = || {
        Ok(EndLicence {
            licence: shown.licence.number.clone(),
            on: day(&fields, "on")?,
            why: fields
                .get("why")
                .and_then(EndedFor::of_name)
                .ok_or_else(|| Wrong::at("why", "请选为什么终止。", "Choose why it is ended."))?,
            under,
        })
    };
    let done = give(&app, &of, &visitor, read()).await;
    after(&app, reader, &visitor, &of, &shown, (0, &fields), done)
}

/// `POST /desk/season/{slug}/licences/{number}/sales`
pub async fn enter(
    State(app): State<Arc<App>>,
    reader: Reader,
    Path((slug, number)): Path<(String, String)>,
    Asked { visitor, fields }: Asked,
) -> Result<Response, Failure> {
    let of = of(&app, &slug)?;
    let under = match may(
        &app,
        &visitor.standing(&app),
        Act::EnterResults,
        &of.season,
        false,
    ) {
        Ok(under) => under,
        Err(why) => return Ok(denied(&app, &reader, of.notice, &why)),
    };
    let shown = find(&of, &number).await?;
    let read = || {
        Ok(EnterSales {
            licence: shown.licence.number.clone(),
            month: Month::read(fields.typed("month")).map_err(Wrong::typed("month"))?,
            pieces: count(&fields, "pieces")?,
            sales: yuan(&fields, "sales")?,
            under,
        })
    };
    let done = give(&app, &of, &visitor, read()).await;
    after(&app, reader, &visitor, &of, &shown, (1, &fields), done)
}

/// `POST /desk/season/{slug}/licences/{number}/correct`
pub async fn correct(
    State(app): State<Arc<App>>,
    reader: Reader,
    Path((slug, number)): Path<(String, String)>,
    Asked { visitor, fields }: Asked,
) -> Result<Response, Failure> {
    let of = of(&app, &slug)?;
    let who = visitor.standing(&app);
    // Whoever may not correct at all learns nothing of who entered what.
    if let Err(why) = may(&app, &who, Act::CorrectResults, &of.season, false) {
        return Ok(denied(&app, &reader, of.notice, &why));
    }
    let shown = find(&of, &number).await?;
    let month = Month::read(fields.typed("entered"));
    let own = shown
        .sales
        .iter()
        .any(|sales| Ok(sales.month) == month && sales.sold.now.by.as_str() == who.person.as_str());
    let under = match may(&app, &who, Act::CorrectResults, &of.season, own) {
        Ok(under) => under,
        Err(why) => return Ok(denied(&app, &reader, of.notice, &why)),
    };
    let read = || {
        Ok(CorrectSales {
            licence: shown.licence.number.clone(),
            month: month.map_err(Wrong::typed("entered"))?,
            pieces: count(&fields, "pieces-now")?,
            sales: yuan(&fields, "sales-now")?,
            why: reason(&fields)?,
            under,
        })
    };
    let done = give(&app, &of, &visitor, read()).await;
    after(&app, reader, &visitor, &of, &shown, (2, &fields), done)
}

async fn find(of: &Of<'_>, number: &str) -> Result<Shown, Failure> {
    let number = Key::new(number).map_err(|_| Failure::NotFound)?;
    let season = of.season.clone();
    let bookings = &of.people.bookings;
    let found = bookings.read(move |store| {
        let Some(licence) = views::licence(store, &season, &number).map_err(ours)? else {
            return Ok(None);
        };
        let sales = views::sales_of(store, &licence).map_err(ours)?;
        Ok(Some(Shown { licence, sales }))
    });
    found.await?.ok_or(Failure::NotFound)
}

/// The page again: as it is now, or with what was not done at the form of this position.
fn after(
    app: &App,
    mut reader: Reader,
    visitor: &Visitor,
    of: &Of<'_>,
    shown: &Shown,
    (form, fields): (usize, &Params),
    done: Result<u64, Wrong>,
) -> Result<Response, Failure> {
    let path = format!(
        "/desk/season/{}/licences/{}",
        of.notice.slug, shown.licence.number
    );
    match done {
        Ok(_) => Ok(led(&path)),
        Err(Wrong::Failure(failure)) => Err(failure),
        Err(Wrong::Said(field, why)) => {
            reader.here = path;
            let mut forms = [Sent::fresh(&reader); 3];
            if let Some(sent) = forms.get_mut(form) {
                *sent = Sent::back(&reader, fields, (field, &why));
            }
            let status = Wrong::status(field);
            Ok(faced(
                page(app, visitor, of, shown, &reader, &forms),
                status,
            ))
        }
    }
}

fn page(
    app: &App,
    visitor: &Visitor,
    of: &Of<'_>,
    shown: &Shown,
    reader: &Reader,
    forms: &[Sent<'_>; 3],
) -> Response {
    let Shown { licence, .. } = shown;
    let slug = &of.notice.slug;
    let today = reader.now.date();
    let name = Said::name(reader, licence.product.as_str());
    let body = html! {
        (desk::crumbs(reader, of, &[desk::way(reader, slug)]))
        h1 { (name) " " @if of.notice.demo { (crate::pages::notice::demo(reader)) } }
        @for sent in forms { (sent.alert()) }
        dl .about {
            dt { (reader.say("伙伴", "Partner")) } dd { (Said::name(reader, licence.partner.as_str())) }
            dt { (reader.say("期限", "Term")) } dd { (words::term(reader, licence.from, licence.until)) " " (words::badge(reader, licence, today)) }
            dt { (reader.say("授权费", "Royalty")) } dd { (licence.royalty.label().get(reader.lang)) }
            dt { (reader.say("独家", "Exclusive")) } dd { @if licence.exclusive { (reader.say("是", "yes")) } @else { (reader.say("否", "no")) } }
            @if let Some(ended) = &licence.ended {
                dt { (reader.say("终止", "Ended")) } dd { (moments::full_day(ended.on, reader.lang)) (reader.say("起无效，原因：", ": holds no longer from then on; why: ")) (ended.why.label().get(reader.lang)) }
            }
            dt { (reader.say("公开的一页", "Its public page")) } dd { a href={ "/notices/" (slug) "/licences/" (licence.number) } { code { (licence.number) } } }
        }
        (sold(app, reader, shown))
        div .desk-columns {
            (entering(app, visitor, of, shown, reader, &forms[1]))
            (correcting(app, visitor, of, shown, reader, &forms[2]))
            (ending(app, visitor, of, shown, reader, &forms[0]))
        }
    };
    layout::personal(app, reader, name.text, body)
}

/// What was sold, by month, with what stood before.
fn sold(app: &App, reader: &Reader, shown: &Shown) -> Markup {
    let total = Total::of(shown.sales.iter());
    html! {
        section aria-labelledby="sold" {
            h2 #sold .rubric { (reader.say("每月销售", "Sold by month")) }
            @if shown.sales.is_empty() {
                p { (reader.say("还没有登记销售。", "Nothing has been entered yet.")) }
            } @else {
                div .table-wrap .sold tabindex="0" role="region" aria-labelledby="sold" {
                    table {
                        thead { tr {
                            th scope="col" { (reader.say("月份", "Month")) }
                            th scope="col" .num { (reader.say("件数", "Pieces")) }
                            th scope="col" .num { (reader.say("销售额", "Sales")) }
                            th scope="col" .num { (reader.say("应缴授权费", "Royalty due")) }
                        } }
                        tbody {
                            @for sales in &shown.sales {
                                @let sold = &sales.sold.now.value;
                                tr {
                                    th scope="row" { (words::month(reader, sales.month)) @if !sales.sold.before.is_empty() { " " span .badge .must { (reader.say("更正过", "corrected")) } } }
                                    td .num { (words::number(sold.pieces.into())) }
                                    td .num { (words::money(reader, sold.sales)) }
                                    td .num { (words::money(reader, sold.due)) }
                                }
                            }
                        }
                        tfoot { tr {
                            th scope="row" { (reader.say("合计", "All")) }
                            td .num { (words::number(total.pieces)) }
                            td .num { (words::money(reader, total.sales)) }
                            td .num { (words::money(reader, total.due)) }
                        } }
                    }
                }
                p .fine { (reader.say("每月的授权费四舍五入到分，合计是各月之和。", "Each month’s royalty is rounded half up to a fen; the total is the sum of the months.")) }
                (traces(app, reader, shown))
            }
        }
    }
}

fn traces(app: &App, reader: &Reader, shown: &Shown) -> Markup {
    let corrected: Vec<&Sales> = shown
        .sales
        .iter()
        .filter(|sales| !sales.sold.before.is_empty())
        .collect();
    let line = |entered: &Entered<Sold>| {
        let at = app.city().zone.to_datetime(entered.at);
        let why = entered
            .why
            .map_or_else(|| Label::new("首次登记", "first entered"), Reason::label);
        format!(
            "{} {} · {} · {} · {}",
            moments::full_day(at.date(), reader.lang),
            at.strftime("%H:%M"),
            reader.say(
                format!("{} 件", words::number(entered.value.pieces.into())),
                format!("pieces: {}", words::number(entered.value.pieces.into()))
            ),
            words::money(reader, entered.value.sales),
            why.get(reader.lang),
        )
    };
    html! {
        @if !corrected.is_empty() {
            details {
                summary { (reader.say("更正的痕迹", "What stood before corrections")) }
                dl .about {
                    @for sales in corrected {
                        dt { (words::month(reader, sales.month)) }
                        dd { ol .trace {
                            @for entered in &sales.sold.before { li { (line(entered)) } }
                            li { strong { (line(&sales.sold.now)) } }
                        } }
                    }
                }
            }
        }
    }
}

fn action(of: &Of<'_>, shown: &Shown, what: &str) -> String {
    format!(
        "/desk/season/{}/licences/{}/{what}",
        of.notice.slug, shown.licence.number
    )
}

fn entering(
    app: &App,
    visitor: &Visitor,
    of: &Of<'_>,
    shown: &Shown,
    reader: &Reader,
    sent: &Sent<'_>,
) -> Markup {
    let under = may(
        app,
        &visitor.standing(app),
        Act::EnterResults,
        &of.season,
        false,
    );
    let missing = shown.missing(reader.now.date());
    let options: Vec<_> = missing
        .iter()
        .map(|month| (month.to_string(), words::month(reader, *month)))
        .collect();
    html! {
        @if let Ok(under) = under {
            section aria-labelledby="enter" {
                h2 #enter .rubric { (reader.say("登记销售", "Enter sales")) }
                @if options.is_empty() {
                    p { (reader.say("没有要登记的月份；一个月过完，下月起登记。", "No month is to be entered now: a month can be when it is over.")) }
                } @else {
                    form .desk-form action=(action(of, shown, "sales")) method="post" {
                        input type="hidden" name="csrf" value=(visitor.csrf());
                        (sent.choice("month", reader.say("月份", "Month"), &options))
                        (sent.input("pieces", "numeric", reader.say("件数", "Pieces"), "", ""))
                        (sent.input("sales", "decimal", reader.say("销售额（元）", "Sales (yuan)"), reader.say("没有卖出的，两个都填 0", "0 for both if nothing was sold"), ""))
                        (by_clause(app, reader, &under))
                        button .button type="submit" { (reader.say("登记", "Enter")) }
                    }
                }
            }
        }
    }
}

fn correcting(
    app: &App,
    visitor: &Visitor,
    of: &Of<'_>,
    shown: &Shown,
    reader: &Reader,
    sent: &Sent<'_>,
) -> Markup {
    let under = may(
        app,
        &visitor.standing(app),
        Act::CorrectResults,
        &of.season,
        false,
    );
    let own = visitor.session.person.as_str();
    let others = shown
        .sales
        .iter()
        .filter(|sales| sales.sold.now.by.as_str() != own);
    let options: Vec<_> = others
        .map(|sales| (sales.month.to_string(), words::month(reader, sales.month)))
        .collect();
    let reasons = reasons(reader);
    html! {
        @if let Ok(under) = under {
            @if !options.is_empty() {
                section aria-labelledby="correct" {
                    h2 #correct .rubric { (reader.say("更正销售", "Correct sales")) }
                    form .desk-form action=(action(of, shown, "correct")) method="post" {
                        input type="hidden" name="csrf" value=(visitor.csrf());
                        (sent.choice("entered", reader.say("哪个月", "Which month"), &options))
                        (sent.input("pieces-now", "numeric", reader.say("实际件数", "Pieces, as they were"), "", ""))
                        (sent.input("sales-now", "decimal", reader.say("实际销售额（元）", "Sales, as they were (yuan)"), "", ""))
                        (sent.choice("reason", reader.say("为什么更正", "Why"), &reasons))
                        p .fine { (reader.say("原来的数字留在痕迹里。", "What stood before stays to be read.")) }
                        (by_clause(app, reader, &under))
                        button .button type="submit" { (reader.say("更正", "Correct")) }
                    }
                }
            }
        }
    }
}

fn ending(
    app: &App,
    visitor: &Visitor,
    of: &Of<'_>,
    shown: &Shown,
    reader: &Reader,
    sent: &Sent<'_>,
) -> Markup {
    let under = may(
        app,
        &visitor.standing(app),
        Act::GrantLicence,
        &of.season,
        false,
    );
    let licence = &shown.licence;
    let today = reader.now.date();
    let open = licence.ended.is_none() && today < licence.until;
    let reasons: Vec<_> = EndedFor::ALL
        .iter()
        .map(|why| {
            (
                why.name().to_owned(),
                why.label().get(reader.lang).to_owned(),
            )
        })
        .collect();
    html! {
        @if let Ok(under) = under {
            @if open {
                section aria-labelledby="end" {
                    h2 #end .rubric { (reader.say("提前终止", "End it early")) }
                    form .desk-form action=(action(of, shown, "end")) method="post" {
                        input type="hidden" name="csrf" value=(visitor.csrf());
                        (sent.input("on", "date", reader.say("从哪一天起无效", "Holds no longer from"), "", &today.to_string()))
                        (sent.choice("why", reader.say("为什么终止", "Why"), &reasons))
                        p .tick { label { input type="checkbox" name="no-interest" value="yes" required; " " (reader.say("我和这个伙伴没有利害关系", "I have no interest of my own in this partner")) } }
                        (by_clause(app, reader, &under))
                        button .button .quiet type="submit" { (reader.say("终止", "End it")) }
                    }
                }
            }
        }
    }
}
