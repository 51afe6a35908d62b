//! For which site passkeys are: browsers bind each to a host, and never to an address of numbers.

use crate::app::App;
use crate::people::scheme;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use std::convert::Infallible;
use std::net::IpAddr;
use std::sync::Arc;

/// The host whose browsers know of passkeys without encryption: one's own machine, by its name.
const LOCAL: &str = "localhost";

/// Where a passkey is made and used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Site {
    /// As browsers name it: `https://city.example`.
    pub origin: String,
    /// The host alone, to which passkeys are bound.
    pub id: String,
}

/// Why no passkey can be made or used where a page was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Nowhere {
    /// The host is an address of numbers. Of one's own machine there is a name.
    Numbers {
        /// How the same server is reached by a name.
        instead: Option<String>,
    },
    /// The line is not encrypted, or the host not told.
    Plain,
}

/// The site that the city's passkeys are for, as a page is asked for; or why there is none.
#[derive(Clone, Debug)]
pub struct At(pub Result<Site, Nowhere>);

impl FromRequestParts<Arc<App>> for At {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Infallible> {
        Ok(At(Site::of(app, &parts.headers)))
    }
}

impl Site {
    /// The site that passkeys are for: where the city's address was said (`--public`), it is that one and no other, and a page
    /// that was asked for elsewhere leads there. Else it is what the request names: whoever names another host gets a site for
    /// which no browser lets a passkey of ours be used.
    pub fn of(app: &App, headers: &HeaderMap) -> Result<Site, Nowhere> {
        Self::chosen(app.root.as_deref(), headers)
    }

    fn chosen(root: Option<&str>, headers: &HeaderMap) -> Result<Site, Nowhere> {
        if let Some(root) = root {
            return Self::at(root);
        }
        let host = headers.get(header::HOST).and_then(|h| h.to_str().ok());
        let host = host.ok_or(Nowhere::Plain)?;
        Self::at(&format!("{}://{host}", scheme(headers)))
    }

    fn at(address: &str) -> Result<Site, Nowhere> {
        let (scheme, host, port) = origin(address).ok_or(Nowhere::Plain)?;
        let port = port.map(|port| format!(":{port}")).unwrap_or_default();
        if let Some(ip) = ip(&host) {
            let local = ip.to_canonical().is_loopback();
            let instead = local.then(|| format!("{scheme}://{LOCAL}{port}"));
            return Err(Nowhere::Numbers { instead });
        }
        if scheme != "https" && host != LOCAL {
            return Err(Nowhere::Plain);
        }
        Ok(Site {
            origin: format!("{scheme}://{host}{port}"),
            id: host,
        })
    }
}

/// Scheme, host and port of an address, in lower case; no port where it is the scheme's own.
fn origin(address: &str) -> Option<(String, String, Option<u16>)> {
    let (scheme, rest) = address.split_once("://")?;
    let scheme = scheme.to_ascii_lowercase();
    let authority = rest.split(['/', '?', '#']).next()?.to_ascii_lowercase();
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, Some(port.parse::<u16>().ok()?)),
        _ => (authority.as_str(), None),
    };
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-._[]:".contains(&b);
    if host.is_empty() || !host.bytes().all(plain) {
        return None;
    }
    let own = match scheme.as_str() {
        "https" => 443,
        "http" => 80,
        _ => return None,
    };
    Some((scheme, host.to_owned(), port.filter(|port| *port != own)))
}

fn ip(host: &str) -> Option<IpAddr> {
    let bare = host.strip_prefix('[').and_then(|h| h.strip_suffix(']'));
    bare.unwrap_or(host).parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(address: &str) -> Result<(String, String), Nowhere> {
        Site::at(address).map(|site| (site.origin, site.id))
    }

    #[test]
    fn the_address_that_was_said_goes_before_the_one_that_was_asked() {
        let headers = |host: &str, scheme: &str| {
            let named = [("host", host), ("x-forwarded-proto", scheme)];
            HeaderMap::from_iter(named.map(|(name, value)| {
                let name = name.parse::<header::HeaderName>().unwrap();
                (name, value.parse::<header::HeaderValue>().unwrap())
            }))
        };
        let chosen = |root: Option<&str>, headers: &HeaderMap| {
            Site::chosen(root, headers).map(|site| site.origin)
        };
        let here = headers("Other.example:8443", "https");
        assert_eq!(
            chosen(None, &here),
            Ok("https://other.example:8443".to_owned())
        );
        let said = Some("https://city.example");
        assert_eq!(chosen(said, &here), Ok("https://city.example".to_owned()));
        assert_eq!(
            chosen(said, &HeaderMap::new()),
            Ok("https://city.example".to_owned())
        );
        assert_eq!(
            chosen(Some("http://city.example"), &here),
            Err(Nowhere::Plain)
        );
        assert_eq!(
            chosen(None, &headers("city.example", "http")),
            Err(Nowhere::Plain)
        );
        assert_eq!(chosen(None, &HeaderMap::new()), Err(Nowhere::Plain));
    }

    #[test]
    fn a_site_is_a_named_host_over_https_or_ones_own_machine() {
        let fine = |origin: &str, id: &str| Ok((origin.to_owned(), id.to_owned()));
        for (address, origin, id) in [
            (
                "https://City.example",
                "https://city.example",
                "city.example",
            ),
            (
                "https://city.example:443/x",
                "https://city.example",
                "city.example",
            ),
            (
                "https://city.example:8443",
                "https://city.example:8443",
                "city.example",
            ),
            (
                "http://localhost:8080",
                "http://localhost:8080",
                "localhost",
            ),
            ("http://localhost:80", "http://localhost", "localhost"),
        ] {
            assert_eq!(at(address), fine(origin, id), "{address}");
        }
        let numbers = |instead: Option<&str>| {
            let instead = instead.map(str::to_owned);
            Err(Nowhere::Numbers { instead })
        };
        for (address, instead) in [
            ("http://127.0.0.1:8080", Some("http://localhost:8080")),
            ("http://[::1]:8080", Some("http://localhost:8080")),
            ("http://[::1]", Some("http://localhost")),
            ("https://203.0.113.9", None),
            ("http://192.168.1.2:8080", None),
        ] {
            assert_eq!(at(address), numbers(instead), "{address}");
        }
        for address in [
            "http://city.example",
            "http://localhost.evil.example",
            "ftp://city.example",
            "https://",
            "https://user@city.example",
            "https://city.example:port",
            "https://a b",
            "city.example",
            "",
        ] {
            assert_eq!(at(address), Err(Nowhere::Plain), "{address}");
        }
    }
}
