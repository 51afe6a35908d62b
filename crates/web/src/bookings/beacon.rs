//! Public randomness for draws held at the desk: rounds of a drand chain, asked for at a server of drand's HTTP API. What it
//! answers is believed only if the chain has signed it.

use crate::failure::Failure;
use crate::people::{locked, ours};
use forms::draw::{Chain, Round, Signature};
use jiff::{SignedDuration, Timestamp};
use outbox::{Caller, Endpoint, Why};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// An answer has no more (bytes). A round is told in some 300.
const BYTES_MAX: usize = 16 * 1024;
/// Rounds that are remembered; the oldest are asked for again if need be.
const ROUNDS_MAX: usize = 64;
/// After each time in vain it is waited so much longer,
const PATIENCE: Duration = Duration::from_secs(20);
/// up to this.
const PATIENCE_MAX: Duration = Duration::from_mins(10);

/// Where rounds are asked for.
pub struct Beacon {
    /// The address before `/chain/public/round`.
    base: String,
    caller: Caller,
    rounds: Mutex<BTreeMap<u64, Sought>>,
}

/// How far it is with a round.
enum Sought {
    UnderWay,
    InVain { times: u32, at: Instant },
    Found(Signature),
}

/// A round as it is told. Its randomness is told, too, and follows from the signature.
#[derive(Deserialize)]
struct Told {
    round: u64,
    signature: Signature,
}

impl Beacon {
    /// Asks at this address, such as `https://api.drand.sh`.
    ///
    /// # Errors
    /// [`Why::Inside`] if the caller does not call it, and [`Why::Fault`] if no path can follow it.
    pub fn new(at: &Endpoint, caller: Caller) -> Result<Self, Why> {
        if !caller.takes(at) {
            return Err(Why::Inside);
        }
        let beacon = Self {
            base: at.as_str().trim_end_matches('/').to_owned(),
            caller,
            rounds: Mutex::default(),
        };
        let last = Round {
            chain: Chain::Quicknet,
            round: u64::MAX,
        };
        match beacon.endpoint(last) {
            Ok(endpoint) if !endpoint.path.contains('?') => Ok(beacon),
            _ => Err(Why::Fault),
        }
    }

    /// The chain that draws are promised to.
    pub(crate) const fn chain(&self) -> Chain {
        Chain::Quicknet
    }

    /// Asks for nothing any more.
    pub(crate) fn stop(&self) {
        self.caller.stop();
    }

    /// The signature of a round, if it is had by now; if not, it is asked for, one after the other and never in haste, and
    /// nobody waits for it here.
    pub(super) fn signature(self: &Arc<Self>, round: Round) -> Option<Signature> {
        let mut rounds = locked(&self.rounds);
        let times = match rounds.get(&round.round) {
            Some(Sought::Found(signature)) => return Some(signature.clone()),
            Some(Sought::UnderWay) => return None,
            Some(Sought::InVain { times, at }) => {
                if at.elapsed() < (PATIENCE * *times).min(PATIENCE_MAX) {
                    return None;
                }
                *times
            }
            None => 0,
        };
        if rounds.values().any(|one| matches!(one, Sought::UnderWay)) {
            return None;
        }
        while rounds.len() >= ROUNDS_MAX {
            rounds.pop_first();
        }
        rounds.insert(round.round, Sought::UnderWay);
        drop(rounds);
        let beacon = self.clone();
        tokio::task::spawn_blocking(move || {
            let sought = match beacon.ask(round) {
                Ok(signature) => Sought::Found(signature),
                Err(why) => {
                    eprintln!("clock: beacon, round {}: {}", round.round, why.label().en);
                    let times = times.saturating_add(1);
                    let at = Instant::now();
                    Sought::InVain { times, at }
                }
            };
            locked(&beacon.rounds).insert(round.round, sought);
        });
        None
    }

    /// Asks for a round, and looks whether the chain has signed it so.
    fn ask(&self, round: Round) -> Result<Signature, Why> {
        let endpoint = self.endpoint(round).map_err(|_| Why::Fault)?;
        let told = self.caller.get(&endpoint, BYTES_MAX)?;
        let told: Told = serde_json::from_slice(&told).map_err(|_| Why::Garbled)?;
        let signed = round.randomness(&told.signature).is_some();
        if told.round == round.round && signed {
            Ok(told.signature)
        } else {
            Err(Why::Garbled)
        }
    }

    fn endpoint(&self, round: Round) -> Result<Endpoint, outbox::BadEndpoint> {
        let (base, chain, round) = (&self.base, round.chain.hash(), round.round);
        Endpoint::read(&format!("{base}/{chain}/public/{round}"))
    }
}

/// When to look again for a round that is not had yet: at once while it is new, and with time more seldom.
pub(super) fn again(round: Round, now: Timestamp) -> Result<Timestamp, Failure> {
    let since = now.duration_since(round.published().unwrap_or(now));
    let pause = if since < SignedDuration::from_mins(10) {
        SignedDuration::from_secs(2)
    } else {
        SignedDuration::from_mins(1)
    };
    now.checked_add(pause).map_err(ours)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)] // what fails here is the test
mod tests {
    use super::*;
    use std::io::{Read as _, Write as _};
    use std::net::TcpListener;

    const ROUND_1000: &str = "b44679b9a59af2ec876b1a6b1ad52ea9b1615fc3982b19576350f93447cb1125e342b73a8dd2bacbe47e4b6b63ed5e39";

    fn round(round: u64) -> Round {
        Round {
            chain: Chain::Quicknet,
            round,
        }
    }

    /// What is asked, and what comes of it when this is answered.
    fn asked(of: Round, answer: &str) -> (String, Result<Signature, Why>) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let at = format!("http://{}/", listener.local_addr().unwrap());
        let answer = format!(
            "HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{answer}",
            answer.len()
        );
        let heard = std::thread::spawn(move || {
            let (mut line, _) = listener.accept().unwrap();
            let mut heard = [0; 1024];
            let read = line.read(&mut heard).unwrap();
            line.write_all(answer.as_bytes()).unwrap();
            String::from_utf8_lossy(&heard[..read]).into_owned()
        });
        let caller = Caller::new(vec!["127.0.0.1".to_owned()]);
        let beacon = Beacon::new(&Endpoint::read(&at).unwrap(), caller).unwrap();
        let came = beacon.ask(of);
        let heard = heard.join().unwrap();
        (heard.lines().next().unwrap().to_owned(), came)
    }

    #[test]
    fn only_what_the_chain_has_signed_is_believed() {
        let told = |round: u64, signature: &str| {
            format!(r#"{{"round":{round},"randomness":"fe29","signature":"{signature}"}}"#)
        };
        let (heard, came) = asked(round(1000), &told(1000, ROUND_1000));
        let chain = Chain::Quicknet.hash();
        assert_eq!(heard, format!("GET /{chain}/public/1000 HTTP/1.1"));
        assert_eq!(came, Ok(ROUND_1000.parse().unwrap()));
        for (of, answer) in [
            (1000, told(999, ROUND_1000)),
            (1001, told(1001, ROUND_1000)),
            (1000, told(1000, &ROUND_1000.replace("b446", "b447"))),
            (1000, told(1000, "")),
            (1000, "<html>".to_owned()),
        ] {
            assert_eq!(asked(round(of), &answer).1, Err(Why::Garbled), "{answer}");
        }
    }

    #[test]
    fn where_nobody_is_called_nothing_is_asked() {
        let at = |text| Endpoint::read(text).unwrap();
        let nobody = || Caller::new(Vec::new()).only();
        let drand = "https://api.drand.sh";
        assert_eq!(Beacon::new(&at(drand), nobody()).err(), Some(Why::Inside));
        let inside = Beacon::new(&at("http://10.0.0.1"), Caller::new(Vec::new()));
        assert_eq!(inside.err(), Some(Why::Inside));
        let asks = Beacon::new(&at("https://api.drand.sh/?a=b"), Caller::new(Vec::new()));
        assert_eq!(asks.err(), Some(Why::Fault));
        let named = Caller::new(vec!["api.drand.sh".to_owned()]).only();
        assert!(Beacon::new(&at(drand), named).is_ok());
    }
}
