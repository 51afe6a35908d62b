//! Addresses outside the house that it may be asked to call.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// An address that is called: `https://host[:port]/path?query`. Plain `http` is one too, for hosts that the city has named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    text: String,
    /// Whether the line is encrypted.
    pub secure: bool,
    /// Name or number of the host, without brackets.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// Path and query.
    pub path: String,
}

/// Bytes an address may have.
const BYTES_MAX: usize = 500;

/// A text is no address that can be called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "not an address that can be called: write https://host/path, at most {BYTES_MAX} bytes, without user, password or #"
)]
pub struct BadEndpoint;

impl Endpoint {
    /// Reads an address.
    ///
    /// # Errors
    /// [`BadEndpoint`].
    pub fn read(text: &str) -> Result<Self, BadEndpoint> {
        if text.len() > BYTES_MAX || !text.bytes().all(|b| b.is_ascii_graphic()) {
            return Err(BadEndpoint);
        }
        let (secure, rest) = match text.split_once("://") {
            Some(("https", rest)) => (true, rest),
            Some(("http", rest)) => (false, rest),
            _ => return Err(BadEndpoint),
        };
        let end = rest.find(['/', '?']).unwrap_or(rest.len());
        let (server, path) = rest.split_at(end);
        if server.contains('@') || text.contains(['#', '\\']) {
            return Err(BadEndpoint);
        }
        let standard = if secure { 443 } else { 80 };
        let (host, port) = match server.rsplit_once(':') {
            // The colons of an IPv6 address stand in brackets.
            Some((host, port)) if !port.ends_with(']') => {
                (host, port.parse().map_err(|_| BadEndpoint)?)
            }
            _ => (server, standard),
        };
        let host = match host.strip_prefix('[') {
            Some(inside) => {
                let inside = inside.strip_suffix(']').ok_or(BadEndpoint)?;
                inside.parse::<Ipv6Addr>().map_err(|_| BadEndpoint)?;
                inside
            }
            None => host,
        };
        let fine = |b: u8| b.is_ascii_alphanumeric() || b".-:".contains(&b);
        if host.is_empty() || port == 0 || !host.bytes().all(fine) {
            return Err(BadEndpoint);
        }
        let slash = if path.starts_with('/') { "" } else { "/" };
        Ok(Self {
            text: text.to_owned(),
            secure,
            host: host.to_ascii_lowercase(),
            port,
            path: format!("{slash}{path}"),
        })
    }

    /// As it was given.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The host as a request names it.
    #[must_use]
    pub fn authority(&self) -> String {
        let host = match self.host.contains(':') {
            true => format!("[{}]", self.host),
            false => self.host.clone(),
        };
        match (self.secure, self.port) {
            (true, 443) | (false, 80) => host,
            (_, port) => format!("{host}:{port}"),
        }
    }
}

/// Whether a number is one of the open internet. What is inside a network, or leads into one, is not.
#[must_use]
pub fn is_open(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(v4) => is_open_v4(v4),
        IpAddr::V6(v6) => {
            let parts = v6.segments();
            let global = parts[0] & 0xe000 == 0x2000;
            // Protocols and tunnels (2001::/23, 6to4), which may carry any IPv4 address, and examples.
            let tunnel = (parts[0] == 0x2001 && parts[1] < 0x0200) || parts[0] == 0x2002;
            let example = (parts[0] == 0x2001 && parts[1] == 0x0db8)
                || (parts[0] == 0x3fff && parts[1] < 0x1000);
            global && !tunnel && !example
        }
    }
}

fn is_open_v4(v4: Ipv4Addr) -> bool {
    let [a, b, c, _] = v4.octets();
    let shared = a == 100 && (64..128).contains(&b);
    let special = a == 192 && b == 0 && c == 0 || a == 192 && b == 88 && c == 99;
    let measured = a == 198 && (18..20).contains(&b);
    !(a == 0
        || a >= 224
        || v4.is_loopback()
        || v4.is_private()
        || v4.is_link_local()
        || v4.is_documentation()
        || shared
        || special
        || measured)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_and_what_could_mislead_is_refused() {
        let one = Endpoint::read("https://Hooks.example.cn:8443?x=1").unwrap();
        assert_eq!(
            (one.host.as_str(), one.port, one.path.as_str()),
            ("hooks.example.cn", 8443, "/?x=1")
        );
        assert_eq!(one.authority(), "hooks.example.cn:8443");
        let six = Endpoint::read("http://[::1]/in").unwrap();
        assert_eq!(
            (six.host.as_str(), six.port, six.secure),
            ("::1", 80, false)
        );
        assert_eq!(six.authority(), "[::1]");
        for wrong in [
            "",
            "hooks.example.cn",
            "ftp://hooks.example.cn/",
            "https://",
            "https:///path",
            "https://user@hooks.example.cn/",
            "https://user:word@hooks.example.cn/",
            "https://hooks.example.cn/#part",
            "https://hooks.example.cn:0/",
            "https://hooks.example.cn:99999/",
            "https://hooks.example.cn/a b",
            "https://hooks.example.cn/\r\nx: y",
            "https://[::1/",
            "https://[nothing]/",
            "https://[127.0.0.1]/",
            "https://hooks\\@127.0.0.1/",
            "https://同心.cn/",
            &format!("https://hooks.example.cn/{}", "a".repeat(BYTES_MAX)),
        ] {
            assert_eq!(Endpoint::read(wrong), Err(BadEndpoint), "{wrong}");
        }
    }

    #[test]
    fn only_the_open_internet_is_open() {
        for inside in [
            "127.0.0.1",
            "127.8.8.8",
            "0.0.0.0",
            "10.1.2.3",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "100.127.1.1",
            "192.0.0.8",
            "192.0.2.1",
            "198.18.0.1",
            "198.19.9.9",
            "198.51.100.1",
            "203.0.113.1",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "::127.0.0.1",
            "64:ff9b::7f00:1",
            "fc00::1",
            "fd12::1",
            "fe80::1",
            "fec0::1",
            "ff02::1",
            "2001::1",
            "2001:db8::1",
            "2002:7f00:1::1",
            "3fff::1",
        ] {
            assert!(!is_open(inside.parse().unwrap()), "{inside}");
        }
        for open in [
            "1.1.1.1",
            "9.9.9.9",
            "100.63.0.1",
            "100.128.0.1",
            "172.15.0.1",
            "172.32.0.1",
            "192.0.1.1",
            "198.17.0.1",
            "::ffff:1.1.1.1",
            "2606:4700::1111",
            "2400:3200::1",
            "2001:200::1",
        ] {
            assert!(is_open(open.parse().unwrap()), "{open}");
        }
    }
}
