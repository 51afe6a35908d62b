//! How mail leaves a served city, and whom it calls, from the command line and the environment.

use super::Refusal;
use super::place::Place;
use crate::cli;
use crate::fault::Fault;
use city::City;
use outbox::mail::Smtp;
use outbox::{Caller, Endpoint, Why};
use session::Sessions;
use web::{Beacon, Carrier, Outgoing, Pushes};

/// Where the mail server's password stands: the command line can be read by everybody on the machine.
const PASSWORD: &str = "TONGXIN_SMTP_PASSWORD";
/// Instead of a server: another server over the same ledger sends.
const ELSEWHERE: &str = "elsewhere";

/// How mail is to be sent.
pub struct Mailing {
    carrier: Option<Carrier>,
    caller: Caller,
    address: Option<String>,
    /// Where public randomness for draws is asked for.
    pub beacon: Option<Beacon>,
}

impl Mailing {
    /// None at all: what a single command writes is told by the server that follows the ledger.
    pub fn none() -> Mailing {
        Mailing {
            carrier: None,
            caller: Caller::new(Vec::new()),
            address: None,
            beacon: None,
        }
    }

    /// What the arguments say; links in mails lead to `address`. Without them a demo city shows its mail, and another sends none.
    /// Anybody can sign in to a demo city, so it calls only the hosts that were named.
    pub fn of(
        arguments: &cli::Serve,
        city: &City,
        address: Option<String>,
    ) -> Result<Mailing, Fault> {
        let from = arguments.mail_from.as_deref().unwrap_or_default();
        let carrier = match arguments.smtp.as_deref() {
            Some(ELSEWHERE) => Some(Carrier::Elsewhere),
            Some(url) => {
                let password = std::env::var(PASSWORD).ok();
                let smtp = Smtp::new(url, password, from).map_err(Refusal::from)?;
                Some(Carrier::Smtp(Box::new(smtp)))
            }
            None if city.clock.is_some() => Some(Carrier::Mailbox),
            None => Some(Carrier::Silent),
        };
        let caller = Caller::new(hosts(&arguments.may_call)?);
        let caller = match city.clock {
            Some(_) => caller.only(),
            None => caller,
        };
        Ok(Mailing {
            carrier,
            caller,
            address,
            beacon: beacon(arguments, city)?,
        })
    }

    /// The outbox of a place, if anything is sent.
    pub fn outgoing(self, place: &Place) -> Result<Option<Outgoing>, Fault> {
        let Some(carrier) = self.carrier else {
            return Ok(None);
        };
        Ok(Some(Outgoing {
            queue: place.outbox()?,
            reader: place.reader()?,
            blind: place.blind_key()?,
            carrier,
            caller: self.caller,
            pushes: Some(Pushes {
                key: place.push_key()?,
                sessions: Sessions::over(place.sessions()?),
            }),
            address: self.address,
        }))
    }
}

/// Where public randomness is asked for, if anywhere. Where the clock does not show the real time, rounds of its future may be
/// long published: there, its host must have been named.
fn beacon(arguments: &cli::Serve, city: &City) -> Result<Option<Beacon>, Fault> {
    let Some(text) = &arguments.beacon else {
        return Ok(None);
    };
    let shown = || text.chars().take(200).collect();
    let at = Endpoint::read(text).map_err(|_| Fault::Beacon(shown()))?;
    let caller = Caller::new(hosts(&arguments.may_call)?);
    let caller = match city.clock.is_some() || arguments.clock.is_some() {
        true => caller.only(),
        false => caller,
    };
    match Beacon::new(&at, caller) {
        Ok(beacon) => Ok(Some(beacon)),
        Err(Why::Inside) => Err(Fault::BeaconInside(shown())),
        Err(_) => Err(Fault::Beacon(shown())),
    }
}

/// Hosts as they were named: `host` or `host:port`.
fn hosts(named: &[String]) -> Result<Vec<String>, Fault> {
    let is_host = |text: &str| {
        let read = Endpoint::read(&format!("https://{text}"));
        !text.contains(['/', '?']) && read.is_ok()
    };
    match named.iter().find(|text| !is_host(text)) {
        Some(text) => Err(Fault::MayCall(text.chars().take(200).collect())),
        None => Ok(named.to_vec()),
    }
}
