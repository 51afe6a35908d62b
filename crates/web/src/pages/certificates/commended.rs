//! `/notices/{slug}/commended`: who is commended by a notice's rule, as the ledger has it now.

use super::hours;
use crate::app::App;
use crate::bookings::records::Listed;
use crate::failure::Failure;
use crate::layout::{self, Frame};
use crate::moments;
use crate::reader::Reader;
use crate::wording::{self, Said, mixed};
use axum::extract::{Path, State};
use axum::response::Response;
use forms::record::commend;
use maud::{Markup, html};
use notice::say::Speaker;
use notice::{Notice, Rule};
use std::sync::Arc;

/// `GET /notices/{slug}/commended`
pub async fn show(
    State(app): State<Arc<App>>,
    reader: Reader,
    Path(slug): Path<String>,
) -> Result<Response, Failure> {
    let people = app.people.as_ref().ok_or(Failure::NotFound)?;
    let notice = app.notice(&slug).ok_or(Failure::NotFound)?;
    let rule = commend::rule(&app.city().vocabulary, notice).ok_or(Failure::NotFound)?;
    let offer = commend::offer(notice).map_err(|_| Failure::NotFound)?;
    let mut offers = app.offers.all().iter();
    let at = offers.position(|ready| *ready.offering.key() == offer);
    let at = at.ok_or(Failure::NotFound)?;
    let listed = people.bookings.commended(&app, at).await?;
    let listed = listed.ok_or(Failure::NotFound)?;
    let title = reader.say("年度表彰名单", "The commended of the year");
    let body = html! {
        article .narrow {
            nav .crumbs aria-label=(reader.say("上级页面", "Page above")) { ol { li { a href={ "/notices/" (slug) } { (wording::title(&reader, notice)) } } } }
            h1 { (title) " " @if notice.demo { (crate::pages::notice::demo(&reader)) } }
            (by(&app, &reader, notice, rule))
            (list(&reader, &listed))
            (redo(&reader, notice))
        }
    };
    let frame = Frame {
        way: "/notices",
        ..Frame::default()
    };
    Ok(layout::framed(&app, &reader, title, &frame, body))
}

/// The clause, as the notice has it and as the machine understood it.
fn by(app: &App, reader: &Reader, notice: &Notice, rule: &Rule) -> Markup {
    let clause = notice.clauses.get(usize::from(rule.clause.0));
    let speaker: Speaker<'_> = app.speaker(reader.lang);
    let now = reader.now;
    let over = notice.in_force.until.filter(|until| *until <= now);
    html! {
        @if let Some(clause) = clause {
            blockquote .clause-quote { p { (Said::chinese(reader, &clause.text)) } p .fine { (Said::chinese(reader, &clause.citation())) } }
        }
        p { (mixed(reader, &speaker.rule(notice, rule))) }
        p .fine {
            @match over {
                Some(_) => (reader.say("服务期已满，名单不再变；更正记录除外。", "The term is over: the list changes no more, unless a record is corrected.")),
                None => (reader.say(
                    format!("服务期未满，这是截至{}的情况。", moments::full_day(now.date(), reader.lang)),
                    format!("The term is not over; this is how it stands on {}.", moments::full_day(now.date(), reader.lang)),
                )),
            }
        }
    }
}

fn list(reader: &Reader, listed: &Listed) -> Markup {
    let count = listed.lines.len();
    html! {
        @if listed.lines.is_empty() {
            p .lede { (reader.say("还没有人达到。", "Nobody has come so far yet.")) }
        } @else {
            p { (reader.say(
                format!("记有时长的 {} 人中，{count} 人达到。", listed.people),
                format!("People with hours: {}; commended of them: {count}.", listed.people),
            )) }
            div .table-wrap {
                table .commended {
                    caption .sr { (reader.say("达到表彰条件的人", "Those who are commended")) }
                    thead { tr {
                        th scope="col" { (reader.say("姓名或代号", "Name or pseudonym")) }
                        th scope="col" .num { (reader.say("签到时长", "Checked")) }
                        th scope="col" .num { (reader.say("补记时长", "Granted")) }
                        th scope="col" .num { (reader.say("未到", "Missed")) }
                    } }
                    tbody {
                        @for (line, name) in &listed.lines {
                            tr {
                                th scope="row" {
                                    @match name {
                                        Some(name) => (Said::name(reader, name)),
                                        None => code { (line.record.person.as_str()) },
                                    }
                                }
                                td .num { (hours(reader, line.record.checked)) }
                                td .num { (hours(reader, line.record.granted)) }
                                td .num { (line.record.absences) }
                            }
                        }
                    }
                }
            }
        }
        @if listed.cut { p .fine { (reader.say("人数太多，名单没有列全；请用下面的办法自己算出全部。", "There are too many people to list here; make the whole list yourself as below.")) } }
    }
}

/// How anybody makes the same list.
fn redo(reader: &Reader, notice: &Notice) -> Markup {
    let slug = &notice.slug;
    html! {
        section aria-labelledby="redo" {
            h2 #redo .rubric { (reader.say("自己算一遍", "Make the list yourself")) }
            p { (reader.say(
                "名单只由公告里的这条规则和账本里的时长得出。向发布机构要这份公告的全部记录，就能自己算出同一份名单；姓名只在本人同意后显示，其余是代号。",
                "The list follows from this rule of the notice and the hours in the ledger alone. Ask the office for the notice's bundle, and you can make the same list; names are shown only where their owners agree, all others are pseudonyms.",
            )) }
            pre .command { code { "tongxin commended " (slug) ".tar.zst" } }
        }
    }
}
