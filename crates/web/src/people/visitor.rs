//! Who is signed in, for pages and for what they ask to be done.

use super::{Caller, People, ours};
use crate::app::App;
use crate::failure::Failure;
use crate::params::{Form, Params};
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use forms::people::Account;
use forms::people::post::Held;
use forms::people::powers::Standing;
use ledger::name::Key;
use session::{Failed, Over, Session, Token};
use std::sync::Arc;

/// Somebody who is signed in. A page that takes one is shown to nobody else: others are led to sign in.
pub struct Visitor {
    /// Their session.
    pub session: Session,
    /// Everybody.
    pub people: Arc<People>,
    /// The post they hold, if the ledger knows of one.
    pub held: Option<Held>,
    token: Token,
}

impl Visitor {
    /// What the forms of this session's pages carry.
    pub fn csrf(&self) -> String {
        self.token.csrf()
    }

    /// They with the post that they hold.
    pub fn standing(&self, app: &App) -> Standing {
        app.standing(&self.session.person, self.held.as_ref())
    }
}

/// Something that a signed-in person asks to be done, by a form of their own session's pages. There is no other way to it.
pub struct Asked {
    /// Who asks.
    pub visitor: Visitor,
    /// The fields of the form.
    pub fields: Params,
}

impl People {
    /// The session of a token, if it is not over, with the post of its person as the ledger has it now.
    pub async fn resume(
        self: &Arc<Self>,
        token: Token,
        now: jiff::Timestamp,
    ) -> Result<Option<(Session, Option<Held>)>, Failure> {
        self.with(move |_, kept| {
            let reader = &kept.reader;
            let resumed = kept.sessions.resume(&token, now, |person| {
                let account = super::row::<Account>(reader, Key::from(person.clone()));
                let account = account.map_err(|error| Failed::Account(error.to_string()))?;
                Ok(account.map(|account| account.generation))
            });
            match resumed {
                Ok(session) => {
                    let held = kept.row::<Held>(Key::from(session.person.clone()))?;
                    Ok(Some((session, held)))
                }
                Err(Over::Ended) => Ok(None),
                Err(Over::Failed(error)) => Err(ours(error)),
            }
        })
        .await
    }
}

impl FromRequestParts<Arc<App>> for Visitor {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Response> {
        let found = async {
            let people = app.people.clone().ok_or(Failure::NotFound)?;
            let Some(token) = Caller::of(parts).token else {
                return Ok(None);
            };
            let resumed = people.resume(token.clone(), app.clock.now()).await?;
            Ok(resumed.map(|(session, held)| Visitor {
                session,
                people,
                held,
                token,
            }))
        };
        match found.await {
            Ok(Some(visitor)) => Ok(visitor),
            Ok(None) => Err(match back_to(parts) {
                Some(next) => led(&crate::params::link("/sign-in", &[("next", next)])),
                None => to("/sign-in"),
            }),
            Err(failure) => Err(Failure::into_response(failure)),
        }
    }
}

impl FromRequest<Arc<App>> for Asked {
    type Rejection = Response;

    async fn from_request(request: Request, app: &Arc<App>) -> Result<Self, Response> {
        let (mut parts, body) = request.into_parts();
        let visitor = Visitor::from_request_parts(&mut parts, app).await?;
        let Form(fields) = Form::from_request(Request::from_parts(parts, body), app)
            .await
            .map_err(IntoResponse::into_response)?;
        match visitor.token.accepts(fields.typed("csrf")) {
            true => Ok(Asked { visitor, fields }),
            false => Err(Failure::Forged.into_response()),
        }
    }
}

/// Leads to another page; nobody keeps where.
pub fn to(address: &'static str) -> Response {
    leads(HeaderValue::from_static(address))
}

/// Leads to an address that was put together; to one's own page if it is none.
pub fn led(address: &str) -> Response {
    leads(HeaderValue::from_str(address).unwrap_or(HeaderValue::from_static("/me")))
}

fn leads(location: HeaderValue) -> Response {
    let private = HeaderValue::from_static("private, no-store");
    let headers = [
        (header::LOCATION, location),
        (header::CACHE_CONTROL, private),
    ];
    (StatusCode::SEE_OTHER, headers).into_response()
}

/// Where somebody wanted to go who has to sign in first, if that is worth coming back to.
fn back_to(parts: &Parts) -> Option<&str> {
    let asked = parts.uri.path_and_query()?.as_str();
    (parts.method == Method::GET)
        .then_some(asked)
        .filter(|asked| returns(asked))
}

/// Whether an address is one of ours that people come back to after signing in. No other is ever followed.
pub fn returns(address: &str) -> bool {
    const PAGES: [&str; 2] = ["/offers/", "/me/bookings"];
    address.len() <= 512
        && address
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && byte != b'\\')
        && PAGES.iter().any(|page| address.starts_with(page))
}
