//! `/me/devices`: where one is signed in, and signing out there, here or everywhere.

use crate::app::App;
use crate::failure::Failure;
use crate::layout;
use crate::moments;
use crate::pages::sign_in::with_cookie;
use crate::people::{Asked, Caller, Visitor, to};
use crate::reader::Reader;
use crate::wording::Said;
use axum::extract::State;
use axum::response::Response;
use maud::html;
use std::sync::Arc;

/// `GET /me/devices`
pub async fn show(
    State(app): State<Arc<App>>,
    reader: Reader,
    visitor: Visitor,
) -> Result<Response, Failure> {
    let person = visitor.session.person.clone();
    let people = &visitor.people;
    let devices = people.devices(person.clone(), app.clock.now()).await?;
    let has_passkeys = !people.passkeys(person).await?.is_empty();
    let zone = &app.city().zone;
    let hour = |at| {
        let at = zone.to_datetime(at);
        // To the minute: more is not kept of when a device was used.
        let minute = at.with().second(0).subsec_nanosecond(0).build();
        moments::hour_seen_from(minute.unwrap_or(at), reader.now, reader.lang)
    };
    let title = reader.say("登录的设备", "Devices you are signed in on");
    let body = html! {
        div .narrow {
            nav .crumbs aria-label=(reader.say("上级页面", "Page above")) { ol { li { a href="/me" { (reader.say("我的", "My page")) } } } }
            h1 { (title) }
            ul .device-list {
                @for device in &devices {
                    @let here = device.id == visitor.session.id;
                    li {
                        div {
                            strong { (Said::name(&reader, name(&reader, device.device.as_str()))) }
                            @if here { " " span .badge .yes { (reader.say("这台", "this one")) } }
                            br;
                            span .fine {
                                (reader.say("登录于 ", "since ")) (hour(device.begun))
                                (reader.say("，最近使用 ", ", last used ")) (hour(device.seen))
                            }
                        }
                        @if !here {
                            form action="/me/devices/end" method="post" {
                                input type="hidden" name="csrf" value=(visitor.csrf());
                                button .quiet-button type="submit" name="device" value=(device.id) { (reader.say("退出这台", "Sign it out")) }
                            }
                        }
                    }
                }
            }
            form action="/sign-out-everywhere" method="post" {
                input type="hidden" name="csrf" value=(visitor.csrf());
                p { (reader.say("有不认识的设备，或者丢了手机？", "A device you do not know, or a lost phone?")) }
                button .button type="submit" { (reader.say("在所有设备上退出", "Sign out everywhere")) }
            }
            @if has_passkeys {
                p {
                    (reader.say("退出以后，通行密钥还能登录；丢了的设备上有的，请", "A passkey signs in again afterwards. If the lost device has one, "))
                    a href="/me/passkeys" { (reader.say("移除它", "remove it")) } (reader.say("。", "."))
                }
            }
        }
    };
    Ok(layout::personal(&app, &reader, title, body))
}

/// A device of which nothing is known has a name too.
fn name<'a>(reader: &Reader, label: &'a str) -> &'a str {
    match label {
        "?" => reader.say("不认识的设备", "an unknown device"),
        label => label,
    }
}

/// `POST /me/devices/end`
pub async fn end(Asked { visitor, fields }: Asked) -> Result<Response, Failure> {
    // An id that is none, or another person's, ends nothing.
    if let Ok(id) = fields.typed("device").parse() {
        let person = visitor.session.person.clone();
        visitor.people.end(person, id).await?;
    }
    Ok(to("/me/devices"))
}

/// `POST /sign-out`
pub async fn sign_out(caller: Caller, Asked { visitor, .. }: Asked) -> Result<Response, Failure> {
    let session = visitor.session;
    visitor.people.end(session.person, session.id).await?;
    Ok(with_cookie(to("/sign-in?done=out"), caller.drop_token()))
}

/// `POST /sign-out-everywhere`
pub async fn sign_out_everywhere(
    State(app): State<Arc<App>>,
    caller: Caller,
    Asked { visitor, .. }: Asked,
) -> Result<Response, Failure> {
    let now = app.clock.now();
    let out = visitor.people.sign_out_everywhere(&visitor, now).await;
    match out.map_err(|stopped| stopped.told(&app)) {
        Ok(()) => Ok(with_cookie(
            to("/sign-in?done=everywhere"),
            caller.drop_token(),
        )),
        Err(Err(failure)) => Err(failure),
        // The account is gone already, and all sessions with it.
        Err(Ok(_)) => Ok(with_cookie(to("/sign-in"), caller.drop_token())),
    }
}
