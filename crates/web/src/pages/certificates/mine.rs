//! `/me/certificates`: hours that count, certificates that were earned, and the files to take away.

use super::{alert, both, hours, root, standing, told};
use crate::app::App;
use crate::bookings::records::Mine;
use crate::failure::Failure;
use crate::layout;
use crate::moments;
use crate::pages::sign_in::faced;
use crate::people::{Asked, Visitor, ours, to};
use crate::reader::Reader;
use crate::wording::mixed;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use forms::record::rows::Revoked;
use forms::record::{Certificate, Holder, Serial, commend, credential, paper};
use ledger::name::Key;
use maud::{Markup, html};
use notice::{Label, Lang};
use std::sync::Arc;

/// `GET /me/certificates`
pub async fn show(
    State(app): State<Arc<App>>,
    reader: Reader,
    visitor: Visitor,
) -> Result<Response, Failure> {
    page(&app, &reader, &visitor, None).await
}

/// `POST /me/certificates`: asks for the certificate of an offer.
pub async fn ask(
    State(app): State<Arc<App>>,
    mut reader: Reader,
    Asked { visitor, fields }: Asked,
) -> Result<Response, Failure> {
    let ready = offer(&app, fields.typed("offer"))?;
    let (person, now) = (&visitor.session.person, app.clock.now());
    let bookings = &visitor.people.bookings;
    match bookings.ask_certificate(ready, person, now).await {
        Ok(()) => Ok(to("/me/certificates")),
        Err(stopped) => {
            "/me/certificates".clone_into(&mut reader.here);
            let (status, why) = told(stopped)?;
            let shown = page(&app, &reader, &visitor, Some(&why)).await?;
            Ok(faced(shown, status))
        }
    }
}

/// `POST /me/certificates/name`: lets one's name be shown among the commended, or no longer.
pub async fn show_name(
    State(app): State<Arc<App>>,
    mut reader: Reader,
    Asked { visitor, fields }: Asked,
) -> Result<Response, Failure> {
    let ready = offer(&app, fields.typed("offer"))?;
    let (person, now) = (&visitor.session.person, app.clock.now());
    let show = fields.typed("show") == "yes";
    let bookings = &visitor.people.bookings;
    match bookings.show_name(ready, person, show, now).await {
        Ok(()) => Ok(to("/me/certificates")),
        Err(stopped) => {
            "/me/certificates".clone_into(&mut reader.here);
            let (status, why) = told(stopped)?;
            let shown = page(&app, &reader, &visitor, Some(&why)).await?;
            Ok(faced(shown, status))
        }
    }
}

fn offer<'a>(app: &'a App, key: &str) -> Result<&'a crate::bookings::Ready, Failure> {
    let key = Key::new(key).map_err(|_| Failure::NotFound)?;
    app.offers.by_key(&key).ok_or(Failure::NotFound)
}

async fn page(
    app: &Arc<App>,
    reader: &Reader,
    visitor: &Visitor,
    why: Option<&Label>,
) -> Result<Response, Failure> {
    let bookings = &visitor.people.bookings;
    let own = bookings.own(app, &visitor.session.person).await?;
    let title = reader.say("我的证明", "My certificates");
    let body = html! {
        div .narrow {
            nav .crumbs aria-label=(reader.say("上级页面", "Page above")) { ol { li { a href="/me" { (reader.say("我的", "My page")) } } } }
            h1 { (title) }
            (alert(reader, why))
            @if own.offers.is_empty() {
                p .lede { (reader.say("您还没有服务时长。", "You have no hours of service yet.")) }
                p { (reader.say("报名参加有时长约定的活动，签到、签退以后，时长会记在这里；满了公告约定的，就可以领取证明。", "Sign up for something that promises hours; once you have checked in and out, they stand here, and when what the notice asks for is met, you get a certificate.")) }
            }
            @for mine in &own.offers { (earned(app, reader, visitor, mine, own.has_name)) }
            p .fine {
                (reader.say("证明编号谁都可以核验：", "Anybody can check a certificate by its number: "))
                a href="/certificates" { (reader.say("核验证明", "check a certificate")) }
            }
        }
    };
    Ok(layout::personal(app, reader, title, body))
}

fn earned(app: &App, reader: &Reader, visitor: &Visitor, mine: &Mine, has_name: bool) -> Markup {
    let Some(ready) = app.offers.all().get(mine.at) else {
        return html! {};
    };
    let (notice, offer) = (&ready.notice, ready.offering.key());
    let held = mine.certificates.iter().find(|c| c.revoked.is_none());
    let missing = mine.account.missing().unwrap_or(0);
    let promised = mine.account.promised.unwrap_or(0);
    let id = format!("offer-{}", mine.at);
    let listed = commend::rule(&app.city().vocabulary, notice).is_some();
    html! {
        section .earned aria-labelledby=(id) {
            h2 #(id) .rubric { a href={ "/notices/" (notice.slug) } { (crate::wording::title(reader, notice)) } }
            (both(reader, mine.account.checked, mine.account.granted))
            @if held.is_none() {
                p {
                    (mixed(reader, &reader.say(
                        format!("公告约定满{}出具证明。", hours(reader, promised)),
                        format!("The notice promises a certificate for {}.", hours(reader, promised)),
                    ))) " "
                    @if missing > 0 {
                        strong { (reader.say(format!("还差{}。", hours(reader, missing)), format!("{} are still missing.", hours(reader, missing)))) }
                    } @else {
                        strong { (reader.say("已经满了。", "You have them.")) }
                    }
                }
                @if missing > 0 {
                    progress value=(mine.account.counted()) max=(promised) aria-label=(reader.say("已有时长", "Hours so far")) {}
                }
            }
            @for certificate in &mine.certificates {
                (one(app, reader, certificate))
            }
            @if held.is_none() && missing == 0 && mine.certificates.is_empty() {
                @if has_name {
                    form action="/me/certificates" method="post" {
                        input type="hidden" name="csrf" value=(visitor.csrf());
                        button .button type="submit" name="offer" value=(offer) { (reader.say("领取服务记录证明", "Get my certificate")) }
                    }
                } @else {
                    p { a href="/me" { (reader.say("先填写姓名，证明上要写", "State your name first: the certificate bears it")) } }
                }
            }
            @if listed { (consent(reader, visitor, mine, notice.slug.0.as_ref(), offer, has_name)) }
        }
    }
}

/// One certificate, and the ways to take it away.
fn one(app: &App, reader: &Reader, certificate: &Certificate) -> Markup {
    let serial = certificate.serial.as_str();
    let issued = app.city().zone.to_datetime(certificate.issued).date();
    html! {
        div .certificate {
            p .certificate-name { strong { (reader.say("服务记录证明", "Record of service")) } " " (standing(reader, certificate)) }
            p .fine {
                (reader.say("编号 ", "No. ")) a href={ "/certificates/" (serial) } { (serial) }
                (reader.say("，出具于", ", issued ")) (moments::full_day(issued, reader.lang))
            }
            @match &certificate.revoked {
                None => p .take {
                    a .button href={ "/me/certificates/" (serial) ".pdf" } { (reader.say("下载 PDF", "Download as PDF")) }
                    a .button .quiet href={ "/me/certificates/" (serial) ".json" } { (reader.say("电子徽章（Open Badges）", "Open Badge (JSON)")) }
                },
                Some(Revoked { reason, replaced_by: Some(by), .. }) => p {
                    (mixed(reader, &reader.say(format!("已作废：{}。已换发：", reason.label().zh), format!("Void: {}. Another was issued: ", reason.label().en))))
                    a href={ "/certificates/" (by) } { (by) }
                },
                Some(revoked) => p { (mixed(reader, &reader.say(
                    format!("已作废：{}。新证明请向{}申请。", revoked.reason.label().zh, app.office_name(&certificate.issuer, Lang::Zh)),
                    format!("Void: {}. Ask {} for a new one.", revoked.reason.label().en, app.office_name(&certificate.issuer, Lang::En)),
                ))) },
            }
        }
    }
}

/// Whether the name may be shown among the commended.
fn consent(
    reader: &Reader,
    visitor: &Visitor,
    mine: &Mine,
    slug: &str,
    offer: &Key,
    has_name: bool,
) -> Markup {
    html! {
        form .consent action="/me/certificates/name" method="post" {
            input type="hidden" name="csrf" value=(visitor.csrf());
            input type="hidden" name="offer" value=(offer);
            p {
                a href={ "/notices/" (slug) "/commended" } { (reader.say("年度表彰名单", "The list of the commended")) }
                @if mine.named {
                    (reader.say("：您同意显示姓名，姓名与您的时长一起公开。", ": your name is shown there, together with your hours."))
                } @else {
                    (reader.say("：您在上面只有代号。同意显示姓名的，姓名与时长一起公开，随时可以收回。", ": you stand on it by a pseudonym only. If you agree, your name is shown together with your hours; you can take that back at any time."))
                }
            }
            @if mine.named {
                button .quiet-button type="submit" name="show" value="no" { (reader.say("不再显示姓名", "Show my name no longer")) }
            } @else if has_name {
                button .quiet-button type="submit" name="show" value="yes" { (reader.say("同意显示我的姓名", "Show my name")) }
            }
        }
    }
}

/// `GET /me/certificates/{serial}.pdf` and `.json`: the files, for the holder alone.
pub async fn file(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(file): Path<String>,
) -> Result<Response, Failure> {
    let (name, kind) = file.rsplit_once('.').ok_or(Failure::NotFound)?;
    let serial = Serial::read(name).ok_or(Failure::NotFound)?;
    let found = visitor.people.bookings.certificate(serial).await?;
    let own = found.filter(|(c, _)| c.person == visitor.session.person && c.revoked.is_none());
    let Some((certificate, Some(holder))) = own else {
        return Err(Failure::NotFound);
    };
    let (bytes, media) = match kind {
        "pdf" => (
            sheet(&app, &headers, &certificate, &holder)?,
            "application/pdf",
        ),
        "json" => {
            let issuer = office(&app, &certificate);
            let setting = credential::Setting {
                issuer: &issuer,
                // What a request calls this site is not signed for.
                root: app.root.as_deref(),
            };
            let signer = &visitor.people.certificates;
            let text = credential::credential(&certificate, &holder, &setting, signer);
            (
                text.map_err(ours)?.into_bytes(),
                "application/json; charset=utf-8",
            )
        }
        _ => return Err(Failure::NotFound),
    };
    let name = format!(
        "attachment; filename=\"certificate-{}.{kind}\"",
        certificate.serial
    );
    let headers = [
        (header::CONTENT_TYPE, media.to_owned()),
        (header::CONTENT_DISPOSITION, name),
        (header::CACHE_CONTROL, "private, no-store".to_owned()),
    ];
    Ok((headers, bytes).into_response())
}

fn sheet(
    app: &App,
    headers: &HeaderMap,
    certificate: &Certificate,
    holder: &Holder,
) -> Result<Vec<u8>, Failure> {
    let issuer = office(app, certificate);
    let city = app.city();
    let check = format!("{}/certificates/{}", root(app, headers), certificate.serial);
    let setting = paper::Setting {
        issuer: &issuer,
        city: &city.name,
        zone: &city.zone,
        check: &check,
    };
    paper::pdf(certificate, holder, &setting).map_err(ours)
}

fn office(app: &App, certificate: &Certificate) -> Label {
    let name = |lang| app.office_name(&certificate.issuer, lang);
    Label::new(name(Lang::Zh), name(Lang::En))
}
