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
use ledger::store::AnyReader;
use session::{Failed, Over, Session, Token};
use std::convert::Infallible;
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

/// A form as it came, before it is known whether the session that it claims goes on. For whoever reads that together with
/// what else there is to read; everybody else takes [`Asked`].
pub struct Sent {
    /// The token it was sent with.
    pub token: Option<Token>,
    fields: Result<Params, Failure>,
}

impl Sent {
    /// The fields, if a page of the session that they claim has sent them.
    pub fn genuine(&self) -> Option<&Params> {
        let fields = self.fields.as_ref().ok()?;
        let token = self.token.as_ref()?;
        token.accepts(fields.typed("csrf")).then_some(fields)
    }

    /// The same when its session has turned out to go on.
    ///
    /// # Errors
    /// [`Failure`] when the form cannot be read, or no page of that session has sent it.
    pub fn of_session(
        self,
        people: Arc<People>,
        session: Session,
        held: Option<Held>,
    ) -> Result<Asked, Failure> {
        let fields = self.fields?;
        let token = self.token.ok_or(Failure::Forged)?;
        if !token.accepts(fields.typed("csrf")) {
            return Err(Failure::Forged);
        }
        let visitor = Visitor {
            session,
            people,
            held,
            token,
        };
        Ok(Asked { visitor, fields })
    }

    /// Resumes the session first. Who has none is led to sign in, whatever else is wrong.
    pub async fn asked(self, app: &App) -> Result<Asked, Response> {
        let failed = Failure::into_response;
        let people = app.people.clone();
        let people = people.ok_or(Failure::NotFound).map_err(failed)?;
        let resumed = match self.token.clone() {
            Some(token) => people.resume(token, app.clock.now()).await,
            None => Ok(None),
        };
        match resumed.map_err(failed)? {
            Some((session, held)) => self.of_session(people, session, held).map_err(failed),
            None => Err(to("/sign-in")),
        }
    }
}

impl FromRequest<Arc<App>> for Sent {
    type Rejection = Infallible;

    async fn from_request(request: Request, app: &Arc<App>) -> Result<Self, Infallible> {
        let (parts, body) = request.into_parts();
        let token = Caller::of(&parts).token;
        let form = Form::from_request(Request::from_parts(parts, body), app).await;
        let fields = form.map(|Form(fields)| fields);
        Ok(Sent { token, fields })
    }
}

impl People {
    /// The session of a token, if it is not over, with the post of its person as the ledger has it now.
    pub async fn resume(
        self: &Arc<Self>,
        token: Token,
        now: jiff::Timestamp,
    ) -> Result<Option<(Session, Option<Held>)>, Failure> {
        let people = self.clone();
        self.bookings
            .read(move |reader| people.resumed(reader, &token, now))
            .await
    }

    /// The same with a reader at hand.
    pub fn resumed(
        &self,
        reader: &AnyReader,
        token: &Token,
        now: jiff::Timestamp,
    ) -> Result<Option<(Session, Option<Held>)>, Failure> {
        // Never while the ledger is read: everybody's next request waits for these.
        let found = self.sessions().find(token);
        let resumed = found.and_then(|session| {
            let account = super::row::<Account>(reader, Key::from(session.person.clone()));
            let account = account.map_err(|error| Failed::Account(error.to_string()))?;
            let generation = account.map(|account| account.generation);
            self.sessions().go_on(session, now, generation)
        });
        match resumed {
            Ok(session) => {
                let held = super::row::<Held>(reader, Key::from(session.person.clone()))?;
                Ok(Some((session, held)))
            }
            Err(Over::Ended) => Ok(None),
            Err(Over::Failed(error)) => Err(ours(error)),
        }
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
