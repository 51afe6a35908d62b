//! Where a request comes from, as far as signing in must know it.

use crate::app::App;
use crate::reader::Reader;
use crate::server::Peer;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, header};
use notice::Lang;
use session::{AGE_MAX, Device, Token};
use std::convert::Infallible;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

/// The cookie of a session over HTTPS: browsers take it from this host only, encrypted only, for all paths.
const HOST_COOKIE: &str = "__Host-session";
/// The same where there is no HTTPS: on one's own machine.
const PLAIN_COOKIE: &str = "session";

/// Whoever sends a request.
#[derive(Debug, Clone)]
pub struct Caller {
    /// The address that attempts are counted for.
    pub from: IpAddr,
    /// What its person knows the device by.
    pub device: Device,
    /// The token it shows.
    pub token: Option<Token>,
    /// The language it reads.
    pub lang: Lang,
    https: bool,
    from_here: bool,
}

impl Caller {
    /// Reads what the request and its connection tell.
    pub fn of(parts: &Parts) -> Caller {
        let headers = &parts.headers;
        let text = |name: &str| headers.get(name).and_then(|v| v.to_str().ok());
        let peer = parts.extensions.get::<Peer>().copied();
        let peer = peer.unwrap_or(Peer(IpAddr::V4(Ipv4Addr::LOCALHOST)));
        // A proxy adds the address it was called from at the end. What anybody else claims to be is not believed.
        let by_proxy = peer.may_be_proxy();
        let forwarded = text("x-forwarded-for")
            .and_then(|all| all.rsplit(',').next()?.trim().parse().ok())
            .filter(|_| by_proxy);
        let https = by_proxy && scheme(headers) == "https";
        let name = if https { HOST_COOKIE } else { PLAIN_COOKIE };
        let cookie = crate::reader::cookie(headers, name);
        Caller {
            from: forwarded.unwrap_or(peer.0),
            device: Device::of_user_agent(text("user-agent").unwrap_or_default()),
            token: cookie.and_then(|text| Token::of_cookie(text).ok()),
            https,
            lang: Lang::default(),
            from_here: from_here(headers),
        }
    }

    /// Whether a form was sent by a page of this house, as far as the browser tells. Where nobody is signed in yet, there is
    /// no session's token to tell it by, and another site could sign somebody in as somebody else.
    pub fn is_from_here(&self) -> bool {
        self.from_here
    }

    /// The cookie that keeps a token.
    pub fn keep(&self, token: &Token) -> Option<HeaderValue> {
        self.cookie(&token.to_cookie(), AGE_MAX.as_secs())
    }

    /// The cookie that makes the browser drop its token.
    pub fn drop_token(&self) -> Option<HeaderValue> {
        self.cookie("", 0)
    }

    fn cookie(&self, value: &str, seconds: i64) -> Option<HeaderValue> {
        let (name, secure) = match self.https {
            true => (HOST_COOKIE, "; Secure"),
            false => (PLAIN_COOKIE, ""),
        };
        let cookie =
            format!("{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}");
        HeaderValue::from_str(&cookie).ok()
    }
}

/// How the addresses of this house begin for whoever sent a request: `https` where the proxy says that it came encrypted.
/// What others than the proxy say of it, the server has taken away before a page asks.
pub fn scheme(headers: &HeaderMap) -> &'static str {
    let told = headers.get("x-forwarded-proto");
    match told.is_some_and(|told| told == "https") {
        true => "https",
        false => "http",
    }
}

fn from_here(headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).and_then(|v| v.to_str().ok());
    match (text("sec-fetch-site"), text(header::ORIGIN.as_str())) {
        (Some(site), _) => matches!(site, "same-origin" | "none"),
        (None, Some(origin)) => {
            let host = text(header::HOST.as_str());
            host.is_some() && origin.split_once("://").map(|(_, at)| at) == host
        }
        (None, None) => true,
    }
}

impl FromRequestParts<Arc<App>> for Caller {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Infallible> {
        let lang = Reader::of(parts, app).lang;
        Ok(Caller {
            lang,
            ..Caller::of(parts)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::Request;

    fn caller(peer: &str, headers: &[(&str, &str)]) -> Caller {
        let mut request = Request::post("/sign-in");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let (mut parts, ()) = request.body(()).unwrap().into_parts();
        parts.extensions.insert(Peer(peer.parse().unwrap()));
        Caller::of(&parts)
    }

    #[test]
    fn only_a_proxy_on_this_machine_is_believed_about_addresses() {
        let told = [("x-forwarded-for", "10.0.0.1, 203.0.113.9")];
        let from = |peer| caller(peer, &told).from.to_string();
        assert_eq!(from("127.0.0.1"), "203.0.113.9");
        assert_eq!(from("::ffff:127.0.0.1"), "203.0.113.9");
        assert_eq!(from("198.51.100.7"), "198.51.100.7");
    }

    #[test]
    fn over_https_only_the_cookie_bound_to_the_host_counts() {
        let token = Token::new(&mut ledger::given::SystemChance).unwrap();
        let cookie = format!("a=b; session={}", token.to_cookie());
        let plain = caller("127.0.0.1", &[("cookie", &cookie)]);
        assert_eq!(plain.token, Some(token.clone()));
        let kept = plain.keep(&token).unwrap();
        let kept = kept.to_str().unwrap();
        assert!(kept.starts_with("session=") && kept.ends_with("; HttpOnly; SameSite=Lax"));

        let https = ("x-forwarded-proto", "https");
        assert_eq!(
            caller("127.0.0.1", &[("cookie", &cookie), https]).token,
            None
        );
        let cookie = format!("__Host-session={}", token.to_cookie());
        let safe = caller("127.0.0.1", &[("cookie", &cookie), https]);
        assert_eq!(safe.token, Some(token.clone()));
        let kept = safe.keep(&token).unwrap();
        let kept = kept.to_str().unwrap();
        assert!(kept.starts_with("__Host-session=") && kept.ends_with("; Secure"));
        assert!(
            kept.contains("; Path=/; Max-Age=7776000; HttpOnly;"),
            "{kept}"
        );
    }

    #[test]
    fn only_a_proxy_on_this_machine_is_believed_about_encryption() {
        let token = Token::new(&mut ledger::given::SystemChance).unwrap();
        let cookie = format!("session={0}; __Host-session={0}", token.to_cookie());
        let told = [("x-forwarded-proto", "https"), ("cookie", cookie.as_str())];
        let kept = |peer| {
            let kept = caller(peer, &told).keep(&token).unwrap();
            kept.to_str().unwrap().to_owned()
        };
        assert!(kept("127.0.0.1").starts_with("__Host-session="));
        assert!(kept("::1").starts_with("__Host-session="));
        for other in ["198.51.100.7", "10.0.0.1", "2001:db8::7"] {
            let kept = kept(other);
            assert!(kept.starts_with("session=") && !kept.contains("Secure"));
        }
    }

    #[test]
    fn only_https_itself_makes_an_address_encrypted() {
        let with = |told: &str| {
            let told = HeaderValue::from_str(told).unwrap();
            scheme(&HeaderMap::from_iter([(
                header::HeaderName::from_static("x-forwarded-proto"),
                told,
            )]))
        };
        assert_eq!(scheme(&HeaderMap::new()), "http");
        assert_eq!(with("https"), "https");
        for other in ["http", "", "https, http", "javascript", "https://x"] {
            assert_eq!(with(other), "http", "{other}");
        }
    }

    #[test]
    fn forms_of_other_sites_are_told_apart() {
        let here = |headers: &[(&str, &str)]| caller("127.0.0.1", headers).is_from_here();
        let host = ("host", "city.example");
        assert!(here(&[host]), "an old browser or a program tells nothing");
        assert!(here(&[host, ("origin", "https://city.example")]));
        assert!(here(&[("sec-fetch-site", "same-origin")]));
        for wrong in [
            [host, ("origin", "https://evil.example")],
            [host, ("origin", "null")],
            [host, ("sec-fetch-site", "cross-site")],
            [host, ("sec-fetch-site", "same-site")],
        ] {
            assert!(!here(&wrong), "{wrong:?}");
        }
    }
}
