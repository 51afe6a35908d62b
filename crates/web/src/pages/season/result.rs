//! `/desk/season/{slug}/results`: the events that are over, and what each brought in: entered, and corrected by another.

use super::field::{Sent, Wrong, count, reason, reasons, yuan};
use super::results::{self, Line};
use super::{Of, denied, desk, give, has_to_do_with, may, of, words};
use crate::app::App;
use crate::failure::Failure;
use crate::layout;
use crate::moments;
use crate::pages::sign_in::faced;
use crate::pages::staff::by_clause;
use crate::params::{Params, link};
use crate::people::{Asked, Visitor, led};
use crate::reader::Reader;
use crate::wording::Said;
use axum::extract::{Path, State};
use axum::response::Response;
use forms::people::powers::Act;
use forms::season::rows::Entered;
use forms::season::{Brought, CorrectResult, EnterResult, Reason};
use maud::{Markup, html};
use notice::Label;
use std::sync::Arc;

/// `GET /desk/season/{slug}/results`
pub async fn list(
    State(app): State<Arc<App>>,
    reader: Reader,
    visitor: Visitor,
    Path(slug): Path<String>,
) -> Result<Response, Failure> {
    let of = of(&app, &slug)?;
    if let Err(why) = has_to_do_with(&app, &visitor.standing(&app), &of.season) {
        return Ok(denied(&app, &reader, of.notice, &why));
    }
    let shown = results::read(&app, &reader, &of).await?;
    let now = app.clock.now();
    let over = shown.lines.iter().filter(|line| line.event.over() <= now);
    let (entered, missing): (Vec<&Line>, Vec<&Line>) = over.partition(|line| line.result.is_some());
    let title = reader.say("活动成效", "Results of events");
    let body = html! {
        (desk::crumbs(&reader, &of, &[desk::way(&reader, &of.notice.slug)]))
        h1 { (title) " " @if of.notice.demo { (crate::pages::notice::demo(&reader)) } }
        p .take { a .button .quiet href={ "/notices/" (slug) "/results" } { (reader.say("公开的成效", "The public results")) } }
        (some(&reader, &slug, "missing", reader.say("要登记的", "To be entered"), &missing, reader.say("没有要登记的；一场结束以后登记。", "Nothing is to be entered; an event can be when it is over.")))
        @if !entered.is_empty() { (some(&reader, &slug, "entered", reader.say("已登记的", "Entered"), &entered, "")) }
    };
    Ok(layout::personal(&app, &reader, title, body))
}

fn some(reader: &Reader, slug: &str, id: &str, title: &str, lines: &[&Line], none: &str) -> Markup {
    html! {
        section aria-labelledby=(id) {
            h2 .rubric id=(id) { (title) }
            @if lines.is_empty() { p { (none) } } @else {
                ul .desk-sessions {
                    @for line in lines {
                        li {
                            a href=(address(slug, line)) {
                                span .desk-when { (moments::full_day(line.event.day(), reader.lang)) } " "
                                span .desk-what { (Said::name(reader, &line.name)) }
                            }
                            span .desk-count {
                                (reader.say(format!("签到 {}", words::number(line.came.people)), format!("checked in: {}", words::number(line.came.people))))
                                @if let Some(result) = &line.result {
                                    (reader.say(format!("，登记 {}", words::number(result.brought.now.value.visitors.into())), format!(", entered: {}", words::number(result.brought.now.value.visitors.into()))))
                                    @if !result.brought.before.is_empty() { " " span .badge .must { (reader.say("更正过", "corrected")) } }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn address(slug: &str, line: &Line) -> String {
    link(
        &format!("/desk/season/{slug}/result"),
        &[("event", line.event.key().as_str())],
    )
}

/// `GET /desk/season/{slug}/result?event=KEY`
pub async fn show(
    State(app): State<Arc<App>>,
    reader: Reader,
    visitor: Visitor,
    Path(slug): Path<String>,
    params: Params,
) -> Result<Response, Failure> {
    let of = of(&app, &slug)?;
    if let Err(why) = has_to_do_with(&app, &visitor.standing(&app), &of.season) {
        return Ok(denied(&app, &reader, of.notice, &why));
    }
    let line = find(&app, &reader, &of, &params).await?;
    let forms = [Sent::fresh(&reader); 2];
    Ok(page(&app, &visitor, &of, &line, &reader, &forms))
}

/// `POST /desk/season/{slug}/result`
pub async fn enter(
    State(app): State<Arc<App>>,
    reader: Reader,
    Path(slug): Path<String>,
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
    let line = find(&app, &reader, &of, &fields).await?;
    let read = || {
        Ok(EnterResult {
            event: line.event.clone(),
            visitors: count(&fields, "visitors")?,
            sales: yuan(&fields, "sales")?,
            under,
        })
    };
    let done = give(&app, &of, &visitor, read()).await;
    after(&app, reader, &visitor, &of, &line, (0, &fields), done)
}

/// `POST /desk/season/{slug}/result/correct`
pub async fn correct(
    State(app): State<Arc<App>>,
    reader: Reader,
    Path(slug): Path<String>,
    Asked { visitor, fields }: Asked,
) -> Result<Response, Failure> {
    let of = of(&app, &slug)?;
    let who = visitor.standing(&app);
    // Whoever may not correct at all learns nothing of who entered what.
    if let Err(why) = may(&app, &who, Act::CorrectResults, &of.season, false) {
        return Ok(denied(&app, &reader, of.notice, &why));
    }
    let line = find(&app, &reader, &of, &fields).await?;
    let own = line
        .result
        .as_ref()
        .is_some_and(|result| result.brought.now.by.as_str() == who.person.as_str());
    let under = match may(&app, &who, Act::CorrectResults, &of.season, own) {
        Ok(under) => under,
        Err(why) => return Ok(denied(&app, &reader, of.notice, &why)),
    };
    let read = || {
        Ok(CorrectResult {
            event: line.event.key().clone(),
            visitors: count(&fields, "visitors-now")?,
            sales: yuan(&fields, "sales-now")?,
            why: reason(&fields)?,
            under,
        })
    };
    let done = give(&app, &of, &visitor, read()).await;
    after(&app, reader, &visitor, &of, &line, (1, &fields), done)
}

async fn find(
    app: &Arc<App>,
    reader: &Reader,
    of: &Of<'_>,
    params: &Params,
) -> Result<Line, Failure> {
    let wanted = params.get("event").ok_or(Failure::NotFound)?;
    let shown = results::read(app, reader, of).await?;
    let mut lines = shown.lines.into_iter();
    lines
        .find(|line| line.event.key().as_str() == wanted)
        .ok_or(Failure::NotFound)
}

/// The page again: as it is now, or with what was not done at the form of this position.
fn after(
    app: &App,
    mut reader: Reader,
    visitor: &Visitor,
    of: &Of<'_>,
    line: &Line,
    (form, fields): (usize, &Params),
    done: Result<u64, Wrong>,
) -> Result<Response, Failure> {
    let path = address(&of.notice.slug.to_string(), line);
    match done {
        Ok(_) => Ok(led(&path)),
        Err(Wrong::Failure(failure)) => Err(failure),
        Err(Wrong::Said(field, why)) => {
            reader.here = path;
            let mut forms = [Sent::fresh(&reader); 2];
            if let Some(sent) = forms.get_mut(form) {
                *sent = Sent::back(&reader, fields, (field, &why));
            }
            let status = Wrong::status(field);
            Ok(faced(page(app, visitor, of, line, &reader, &forms), status))
        }
    }
}

fn page(
    app: &App,
    visitor: &Visitor,
    of: &Of<'_>,
    line: &Line,
    reader: &Reader,
    forms: &[Sent<'_>; 2],
) -> Response {
    let slug = of.notice.slug.to_string();
    let name = Said::name(reader, &line.name);
    let list_way = (
        format!("/desk/season/{slug}/results"),
        reader.say("活动成效", "Results of events").to_owned(),
    );
    let over = line.event.over() <= app.clock.now();
    let body = html! {
        (desk::crumbs(reader, of, &[desk::way(reader, &of.notice.slug), list_way]))
        h1 { (name) " " @if of.notice.demo { (crate::pages::notice::demo(reader)) } }
        p .lede { (moments::full_day(line.event.day(), reader.lang)) }
        @for sent in forms { (sent.alert()) }
        div .hours {
            div .hours-one { span .hours-what { (reader.say("签到人数", "Checked in")) } strong { (words::number(line.came.people)) } span .fine { (reader.say("由签到数出，不能改", "counted at the gate; not to be changed here")) } }
            div .hours-one { span .hours-what { (reader.say("登记人数", "Visitors entered")) }
                strong { @match &line.result { Some(result) => (words::number(result.brought.now.value.visitors.into())), None => (reader.say("未登记", "not yet")) } }
                span .fine { @if let Some(result) = &line.result { (reader.say("现场销售 ", "sold there: ")) (words::money(reader, result.brought.now.value.sales)) } }
            }
        }
        (trace(app, reader, line))
        @if !over { p { (reader.say("这一场还没有结束，结束以后登记。", "This event is not over; enter it then.")) } }
        @else if line.result.is_none() { (entering(app, visitor, of, line, reader, &forms[0])) }
        @else { (correcting(app, visitor, of, line, reader, &forms[1])) }
    };
    layout::personal(app, reader, name.text, body)
}

fn trace(app: &App, reader: &Reader, line: &Line) -> Markup {
    let said = |entered: &Entered<Brought>| {
        let at = app.city().zone.to_datetime(entered.at);
        let why = entered
            .why
            .map_or_else(|| Label::new("首次登记", "first entered"), Reason::label);
        let visitors = words::number(entered.value.visitors.into());
        format!(
            "{} {} · {} · {} · {}",
            moments::full_day(at.date(), reader.lang),
            at.strftime("%H:%M"),
            reader.say(format!("{visitors} 人"), format!("visitors: {visitors}")),
            words::money(reader, entered.value.sales),
            why.get(reader.lang),
        )
    };
    html! {
        @if let Some(result) = &line.result {
            section aria-labelledby="trace" {
                h2 #trace .rubric { (reader.say("登记和更正", "Entered and corrected")) }
                ol .trace {
                    @for entered in &result.brought.before { li { (said(entered)) } }
                    li { strong { (said(&result.brought.now)) } }
                }
            }
        }
    }
}

fn entering(
    app: &App,
    visitor: &Visitor,
    of: &Of<'_>,
    line: &Line,
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
    html! {
        section aria-labelledby="enter" {
            h2 #enter .rubric { (reader.say("登记成效", "Enter the result")) }
            @match under {
                Ok(under) => form .desk-form action={ "/desk/season/" (of.notice.slug) "/result" } method="post" {
                    input type="hidden" name="csrf" value=(visitor.csrf());
                    input type="hidden" name="event" value=(line.event.key());
                    (sent.input("visitors", "numeric", reader.say("到场人数", "Visitors"), reader.say("点到的都算，没有预约的也在内", "all who were counted, booked or not"), ""))
                    (sent.input("sales", "decimal", reader.say("现场销售（元）", "Sold there (yuan)"), reader.say("没有卖东西的填 0", "0 if nothing was sold"), ""))
                    (by_clause(app, reader, &under))
                    button .button type="submit" { (reader.say("登记", "Enter")) }
                },
                Err(_) => p { (reader.say("由经办人或者项目负责人登记。", "The clerk or the project lead enters it.")) },
            }
        }
    }
}

fn correcting(
    app: &App,
    visitor: &Visitor,
    of: &Of<'_>,
    line: &Line,
    reader: &Reader,
    sent: &Sent<'_>,
) -> Markup {
    let own = line
        .result
        .as_ref()
        .is_some_and(|result| result.brought.now.by.as_str() == visitor.session.person.as_str());
    let under = may(
        app,
        &visitor.standing(app),
        Act::CorrectResults,
        &of.season,
        own,
    );
    let reasons = reasons(reader);
    html! {
        @if let Ok(under) = under {
            section aria-labelledby="correct" {
                h2 #correct .rubric { (reader.say("更正", "Correct it")) }
                form .desk-form action={ "/desk/season/" (of.notice.slug) "/result/correct" } method="post" {
                    input type="hidden" name="csrf" value=(visitor.csrf());
                    input type="hidden" name="event" value=(line.event.key());
                    (sent.input("visitors-now", "numeric", reader.say("实际到场人数", "Visitors, as they were"), "", ""))
                    (sent.input("sales-now", "decimal", reader.say("实际现场销售（元）", "Sold there, as it was (yuan)"), "", ""))
                    (sent.choice("reason", reader.say("为什么更正", "Why"), &reasons))
                    p .fine { (reader.say("原来的数字留在上面。", "What stood before stays above.")) }
                    (by_clause(app, reader, &under))
                    button .button type="submit" { (reader.say("更正", "Correct")) }
                }
            }
        }
    }
}
