//! Mail over SMTP.

use std::net::IpAddr;
use std::time::Duration;

use lettre::address::AddressError;
use lettre::message::header::ContentType;
use lettre::message::header::{ContentTransferEncoding, HeaderName, HeaderValue};
use lettre::message::{Body, Mailbox};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Tls, TlsParameters};
use lettre::{Address, SmtpTransport, Transport as _};

use crate::deliver::Outcome;
use crate::message::Why;

/// A server that does not answer for so long is dead for this try.
const TIMEOUT: Duration = Duration::from_secs(20);

/// A mail: plain text, one recipient.
#[derive(Clone, PartialEq, Eq)]
pub struct Mail {
    /// To which address.
    pub to: String,
    /// One line.
    pub subject: String,
    /// The text; lines end with `\n`.
    pub body: String,
    /// `zh-CN` or `en`.
    pub lang: &'static str,
    /// The same at every try, so that a mail that leaves twice can be seen to be one: letters, digits, `.` and `-`.
    pub id: String,
}

impl std::fmt::Debug for Mail {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Mail({})", self.id)
    }
}

/// Where mail is handed over, and in whose name.
#[derive(Clone)]
pub struct Smtp {
    transport: SmtpTransport,
    from: Mailbox,
}

impl std::fmt::Debug for Smtp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Smtp(from {})", self.from)
    }
}

/// How mail is to be handed over does not hold.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadSmtp {
    /// Not an address of a server.
    #[error(
        "not the address of a mail server: write smtps://user@mail.example.cn, or smtp://user@mail.example.cn:587"
    )]
    Url,
    /// The password must not stand where everybody on the machine can read it.
    #[error(
        "the password must not stand in the address, where others on the machine can read it: put it into the environment variable TONGXIN_SMTP_PASSWORD"
    )]
    Password,
    /// A user without a password.
    #[error(
        "the address names a user but there is no password: put it into the environment variable TONGXIN_SMTP_PASSWORD"
    )]
    NoPassword,
    /// Not an address to write from.
    #[error("not an address to send from: write name@example.cn")]
    From,
    /// The system's certificates cannot be used.
    #[error("the system's certificates cannot be read: {0}")]
    Certificates(String),
}

/// What an address of a mail server says.
#[derive(Debug, PartialEq, Eq)]
struct Server {
    wrapped: bool,
    user: Option<String>,
    host: String,
    port: u16,
}

impl Server {
    fn read(url: &str) -> Result<Self, BadSmtp> {
        let (scheme, rest) = url.split_once("://").ok_or(BadSmtp::Url)?;
        let wrapped = match scheme {
            "smtp" => false,
            "smtps" => true,
            _ => return Err(BadSmtp::Url),
        };
        let rest = rest.strip_suffix('/').unwrap_or(rest);
        let (user, server) = match rest.rsplit_once('@') {
            Some((user, _)) if user.contains(':') => return Err(BadSmtp::Password),
            Some((user, server)) => (Some(user.replace("%40", "@")), server),
            None => (None, rest),
        };
        let standard = if wrapped { 465 } else { 25 };
        let (host, port) = match server.rsplit_once(':') {
            // The colons of an IPv6 address stand in brackets.
            Some((host, port)) if !port.ends_with(']') => {
                (host, port.parse().map_err(|_| BadSmtp::Url)?)
            }
            _ => (server, standard),
        };
        let host = host.trim_start_matches('[').trim_end_matches(']');
        let fine = |c: char| c.is_ascii_alphanumeric() || ".-:".contains(c);
        if host.is_empty() || port == 0 || !host.chars().all(fine) {
            return Err(BadSmtp::Url);
        }
        Ok(Self {
            wrapped,
            user: user.filter(|user| !user.is_empty()),
            host: host.to_owned(),
            port,
        })
    }

    /// A server on this machine, to which nobody listens in.
    fn is_here(&self) -> bool {
        let address = self.host.parse::<IpAddr>();
        self.host == "localhost" || address.is_ok_and(|address| address.is_loopback())
    }
}

impl Smtp {
    /// A server by its address: `smtps://user@host[:465]` is encrypted from the beginning; `smtp://user@host[:25]` must become
    /// encrypted (STARTTLS), unless the server is on this machine. The password comes apart.
    ///
    /// # Errors
    /// [`BadSmtp`].
    pub fn new(url: &str, password: Option<String>, from: &str) -> Result<Self, BadSmtp> {
        let server = Server::read(url)?;
        let address = from.parse::<Address>();
        let address = address.map_err(|_: AddressError| BadSmtp::From)?;
        let mut builder = SmtpTransport::builder_dangerous(&server.host)
            .port(server.port)
            .timeout(Some(TIMEOUT));
        if server.wrapped || !server.is_here() {
            let parameters = TlsParameters::new(server.host.clone());
            let parameters =
                parameters.map_err(|error| BadSmtp::Certificates(error.to_string()))?;
            builder = builder.tls(match server.wrapped {
                true => Tls::Wrapper(parameters),
                false => Tls::Required(parameters),
            });
        }
        if let Some(user) = server.user {
            let password = password.ok_or(BadSmtp::NoPassword)?;
            builder = builder.credentials(Credentials::new(user, password));
        }
        Ok(Self {
            transport: builder.build(),
            from: Mailbox::new(None, address),
        })
    }

    /// Hands a mail over. Blocks until the server has taken it, refused it, or not answered.
    #[must_use]
    pub fn send(&self, mail: &Mail) -> Outcome {
        let message = match self.message(mail) {
            Ok(message) => message,
            Err(why) => return Outcome::Never(why),
        };
        match self.transport.send(&message) {
            Ok(_) => Outcome::Sent,
            Err(error) => outcome(&error),
        }
    }

    fn message(&self, mail: &Mail) -> Result<lettre::Message, Why> {
        let fault = |_| Why::Fault;
        let to = mail.to.parse::<Address>().map_err(|_| Why::NoAddress)?;
        let body = mail.body.replace('\n', "\r\n");
        let body = Body::new_with_encoding(body, ContentTransferEncoding::Base64);
        let body = body.map_err(|_| Why::Fault)?;
        let host = self.from.email.domain();
        let header = |name, value: &str| {
            HeaderValue::new(HeaderName::new_from_ascii_str(name), value.to_owned())
        };
        lettre::Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, to))
            .subject(one_line(&mail.subject))
            .date_now()
            .message_id(Some(format!("<{}@{host}>", mail.id)))
            // Nobody's holiday notice is to answer a machine (RFC 3834).
            .raw_header(header("Auto-Submitted", "auto-generated"))
            .raw_header(header("Content-Language", mail.lang))
            .header(ContentType::TEXT_PLAIN)
            .body(body)
            .map_err(fault)
    }
}

/// Nothing in a subject begins another header.
fn one_line(text: &str) -> String {
    let parts = text.split(char::is_control).filter(|part| !part.is_empty());
    parts.collect::<Vec<_>>().join(" ")
}

fn outcome(error: &lettre::transport::smtp::Error) -> Outcome {
    let status = error.status().map(u16::from);
    match status {
        // The server does not know us: that is for the city to mend, and no mail is at fault.
        Some(530 | 534 | 535 | 538) => Outcome::Later(Why::Credentials),
        Some(code) if error.is_permanent() => Outcome::Never(Why::Status(code)),
        Some(code) => Outcome::Later(Why::Status(code)),
        None if error.is_timeout() => Outcome::Later(Why::Timeout),
        None if error.is_tls() => Outcome::Later(Why::Unsafe),
        None if error.is_response() => Outcome::Later(Why::Garbled),
        // The server offers no encryption, or no way to sign in that we know.
        None if error.is_client() => Outcome::Later(Why::Unsafe),
        None => Outcome::Later(Why::NoConnection),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_servers_are_read_and_secrets_in_them_refused() {
        let read = |url| Server::read(url).map(|s| (s.wrapped, s.user, s.host, s.port));
        let some = |text: &str| Some(text.to_owned());
        let host = |text: &str| text.to_owned();
        assert_eq!(
            read("smtps://city%40example.cn@mail.example.cn"),
            Ok((true, some("city@example.cn"), host("mail.example.cn"), 465))
        );
        assert_eq!(
            read("smtp://127.0.0.1:2525/"),
            Ok((false, None, host("127.0.0.1"), 2525))
        );
        assert_eq!(read("smtp://[::1]:26"), Ok((false, None, host("::1"), 26)));
        assert_eq!(read("smtp://[::1]"), Ok((false, None, host("::1"), 25)));
        assert_eq!(read("smtps://u:secret@h"), Err(BadSmtp::Password));
        for wrong in [
            "",
            "mail",
            "http://h",
            "smtp://",
            "smtp://h:x",
            "smtp://h:0",
            "smtp://a b",
            "smtp://h/x",
        ] {
            assert_eq!(read(wrong), Err(BadSmtp::Url), "{wrong:?}");
        }
        assert_eq!(
            Smtp::new("smtps://u@h", None, "a@b.cn").err(),
            Some(BadSmtp::NoPassword)
        );
        assert_eq!(
            Smtp::new("smtp://localhost", None, "nobody").err(),
            Some(BadSmtp::From)
        );
    }

    #[test]
    fn only_a_server_on_this_machine_gets_mail_in_the_clear() {
        let here = |url| Server::read(url).is_ok_and(|s| s.is_here());
        assert!(here("smtp://localhost") && here("smtp://127.0.0.1:25") && here("smtp://[::1]"));
        assert!(!here("smtp://localhost.example.cn") && !here("smtp://10.0.0.1"));
    }
}
