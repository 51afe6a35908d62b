//! Throttling of sign-ins: how long to wait after attempts that failed. A pure policy; the edge keeps one [`Throttle`] in
//! memory and tells it the time.
//!
//! An account waits after five failures, twice as long each time, at most a quarter of an hour: whoever guesses gets some
//! hundred tries a day, and whoever is attacked can still sign in, for nobody is locked out for good. An address waits
//! after thirty, so that one machine cannot try one password on every account.

use std::collections::HashMap;
use std::hash::Hash;
use std::net::IpAddr;

use city::City;
use jiff::{SignedDuration, Timestamp};
use notice::Label;

use super::blind::Blind;
use super::refusal::local;

/// When failures lead to waiting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy {
    /// So many failures cost nothing.
    pub free: u32,
    /// The first wait. Each further failure doubles it.
    pub first: SignedDuration,
    /// No wait is longer.
    pub longest: SignedDuration,
    /// After so long without a failure, all are forgotten.
    pub memory: SignedDuration,
}

/// Failures on one account.
pub const ACCOUNT: Policy = Policy {
    free: 5,
    first: SignedDuration::from_secs(2),
    longest: SignedDuration::from_mins(15),
    memory: SignedDuration::from_hours(24),
};

/// Failures from one network address: a school or a library may have many people behind one.
pub const ADDRESS: Policy = Policy {
    free: 30,
    first: SignedDuration::from_secs(2),
    longest: SignedDuration::from_mins(15),
    memory: SignedDuration::from_hours(1),
};

/// Failed attempts of late.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Failures {
    count: u32,
    last: Timestamp,
}

impl Policy {
    /// How long after the last of so many failures nothing is tried.
    #[must_use]
    pub fn wait(&self, failures: u32) -> SignedDuration {
        let Some(doublings) = failures.checked_sub(self.free.max(1)) else {
            return SignedDuration::ZERO;
        };
        let factor = 1_i32.checked_shl(doublings).filter(|&f| f > 0);
        let wait = factor.and_then(|factor| self.first.checked_mul(factor));
        wait.map_or(self.longest, |wait| wait.min(self.longest))
    }
}

/// Whom a failure is counted for. Of an IPv6 address the first 64 bits count: a household has all the others.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => IpAddr::V6((v6.to_bits() & !u128::from(u64::MAX)).into()),
        v4 @ IpAddr::V4(_) => v4,
    }
}

/// Failed sign-ins of late, in bounded memory.
#[derive(Clone, Debug)]
pub struct Throttle {
    accounts: Tally<Blind>,
    addresses: Tally<IpAddr>,
}

impl Default for Throttle {
    fn default() -> Self {
        Self::new(100_000)
    }
}

impl Throttle {
    /// Remembers at most so many accounts and as many addresses, those that failed last.
    #[must_use]
    pub fn new(most: usize) -> Self {
        Self {
            accounts: Tally::new(ACCOUNT, most),
            addresses: Tally::new(ADDRESS, most),
        }
    }

    /// Whether a sign-in may be tried now; if not, from when on. Ask before a password is hashed, and answer the same
    /// whether or not there is such an account.
    ///
    /// # Errors
    /// [`Wait`].
    pub fn may_try(&self, login: &Blind, from: IpAddr, now: Timestamp) -> Result<(), Wait> {
        let account = self.accounts.until(login, now);
        let until = account.max(self.addresses.until(&network(from), now));
        until.map_or(Ok(()), |until| Err(Wait { until }))
    }

    /// A sign-in failed.
    pub fn failed(&mut self, login: &Blind, from: IpAddr, now: Timestamp) {
        self.accounts.add(*login, now);
        self.addresses.add(network(from), now);
    }

    /// A sign-in succeeded. The address's failures stay: whoever knows one password must not thereby get tries at others.
    pub fn succeeded(&mut self, login: &Blind) {
        self.accounts.all.remove(login);
    }
}

/// Too many attempts have failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("too many attempts failed: try again after {until}, or have a code sent to your address")]
pub struct Wait {
    /// When the next attempt may be made.
    pub until: Timestamp,
}

impl Wait {
    /// What to do, in both languages, by the city's clocks.
    #[must_use]
    pub fn label(&self, city: &City) -> Label {
        let until = local(self.until, city);
        Label::new(
            format!("登录失败次数过多，请在 {until} 以后再试，或者让系统把验证码发到邮箱"),
            format!(
                "too many attempts failed: try again after {until}, or have a code sent to your address"
            ),
        )
    }
}

#[derive(Clone, Debug)]
struct Tally<K> {
    policy: Policy,
    most: usize,
    all: HashMap<K, Failures>,
}

impl<K: Eq + Hash + Copy> Tally<K> {
    fn new(policy: Policy, most: usize) -> Self {
        Self {
            policy,
            most: most.max(1),
            all: HashMap::new(),
        }
    }

    fn remembered(&self, failures: &Failures, now: Timestamp) -> bool {
        now.duration_since(failures.last) < self.policy.memory
    }

    fn until(&self, key: &K, now: Timestamp) -> Option<Timestamp> {
        let failures = self.all.get(key).filter(|f| self.remembered(f, now))?;
        let until = failures
            .last
            .saturating_add(self.policy.wait(failures.count));
        until.ok().filter(|until| *until > now)
    }

    fn add(&mut self, key: K, now: Timestamp) {
        let before = self.all.get(&key).filter(|f| self.remembered(f, now));
        let count = before.map_or(0, |f| f.count).saturating_add(1);
        if before.is_none() && self.all.len() >= self.most {
            self.make_room(now);
        }
        self.all.insert(key, Failures { count, last: now });
    }

    /// Drops what is forgotten anyway; if that is nothing, the quarter that failed longest ago.
    fn make_room(&mut self, now: Timestamp) {
        let memory = self.policy.memory;
        self.all.retain(|_, f| now.duration_since(f.last) < memory);
        if self.all.len() >= self.most {
            let mut times: Vec<Timestamp> = self.all.values().map(|f| f.last).collect();
            let quarter = times.len() / 4;
            let (_, cut, _) = times.select_nth_unstable(quarter);
            let cut = *cut;
            self.all.retain(|_, f| f.last > cut);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::people::{BlindKey, MailAddress};
    use proptest::prelude::*;

    fn login(name: &str) -> Blind {
        BlindKey([3; 32]).login(&MailAddress::new(&format!("{name}@example.cn")).unwrap())
    }

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_641_427_200 + seconds).unwrap()
    }

    fn from(address: &str) -> IpAddr {
        address.parse().unwrap()
    }

    #[test]
    fn waits_begin_after_five_failures_and_double_up_to_a_quarter_of_an_hour() {
        let waits = [0, 1, 4, 5, 6, 7, 8, 12, 13, 14, 40, u32::MAX];
        let seconds = waits.map(|failures| ACCOUNT.wait(failures).as_secs());
        assert_eq!(seconds, [0, 0, 0, 2, 4, 8, 16, 256, 512, 900, 900, 900]);
    }

    #[test]
    fn an_account_waits_wherever_the_attempts_come_from() {
        let mut throttle = Throttle::default();
        let li = login("li");
        for attempt in 0..5 {
            let address = from(&format!("10.0.0.{attempt}"));
            assert_eq!(throttle.may_try(&li, address, at(0)), Ok(()));
            throttle.failed(&li, address, at(0));
        }
        let elsewhere = from("192.0.2.1");
        assert_eq!(
            throttle.may_try(&li, elsewhere, at(1)),
            Err(Wait { until: at(2) })
        );
        assert_eq!(throttle.may_try(&li, elsewhere, at(2)), Ok(()));
        assert_eq!(throttle.may_try(&login("wang"), elsewhere, at(1)), Ok(()));
        throttle.failed(&li, elsewhere, at(2));
        throttle.succeeded(&li);
        assert_eq!(throttle.may_try(&li, elsewhere, at(2)), Ok(()));
    }

    #[test]
    fn an_address_waits_whichever_accounts_it_tries() {
        let mut throttle = Throttle::default();
        // One household: the same 64 bits.
        for attempt in 0..30 {
            let address = from(&format!("2001:db8:1:2::{attempt:x}"));
            throttle.failed(&login(&format!("user{attempt}")), address, at(0));
        }
        let same = throttle.may_try(&login("new"), from("2001:db8:1:2:ffff::1"), at(1));
        assert_eq!(same, Err(Wait { until: at(2) }));
        assert_eq!(
            throttle.may_try(&login("new"), from("2001:db8:1:3::1"), at(1)),
            Ok(())
        );
        // Success with one's own account does not wash the address clean.
        throttle.succeeded(&login("user1"));
        assert!(
            throttle
                .may_try(&login("new"), from("2001:db8:1:2::1"), at(1))
                .is_err()
        );
        // An IPv4 address is the same when it comes as IPv6.
        let mut throttle = Throttle::default();
        for attempt in 0..30 {
            throttle.failed(
                &login(&format!("user{attempt}")),
                from("::ffff:192.0.2.1"),
                at(0),
            );
        }
        assert!(
            throttle
                .may_try(&login("new"), from("192.0.2.1"), at(1))
                .is_err()
        );
    }

    #[test]
    fn failures_are_forgotten_after_their_time() {
        let mut throttle = Throttle::default();
        for _ in 0..20 {
            throttle.failed(&login("li"), from("192.0.2.1"), at(0));
        }
        let day = 24 * 3600;
        assert!(
            throttle
                .may_try(&login("li"), from("192.0.2.9"), at(899))
                .is_err()
        );
        assert_eq!(
            throttle.may_try(&login("li"), from("192.0.2.9"), at(900)),
            Ok(())
        );
        throttle.failed(&login("li"), from("192.0.2.9"), at(day));
        assert_eq!(
            throttle.may_try(&login("li"), from("192.0.2.9"), at(day)),
            Ok(())
        );
    }

    #[test]
    fn a_guesser_who_never_tires_gets_about_a_hundred_tries_a_day() {
        let mut throttle = Throttle::default();
        let (mut tries, li) = (0, login("li"));
        for second in 0..24 * 3600 {
            // A new address every time: only the account's own limit can hold.
            let address = IpAddr::V4((second as u32).into());
            if throttle.may_try(&li, address, at(second)).is_ok() {
                throttle.failed(&li, address, at(second));
                tries += 1;
            }
        }
        // 14 until the wait reaches a quarter of an hour at second 1,026, then one every 900 seconds.
        assert_eq!(tries, 14 + (24 * 3600 - 1 - 1026) / 900);
    }

    #[test]
    fn memory_is_bounded_and_the_latest_are_kept() {
        let mut throttle = Throttle::new(100);
        for attempt in 0..10_000 {
            throttle.failed(
                &login(&format!("u{attempt}")),
                from("192.0.2.1"),
                at(attempt),
            );
            assert!(throttle.accounts.all.len() <= 100);
        }
        assert!(throttle.accounts.all.contains_key(&login("u9999")));
    }

    proptest! {
        /// More failures never wait less, and no clock that jumps makes it panic.
        #[test]
        fn waits_grow(failures in 0_u32..100, jump in -1_000_000_i64..1_000_000) {
            prop_assert!(ACCOUNT.wait(failures) <= ACCOUNT.wait(failures + 1));
            let mut throttle = Throttle::new(4);
            throttle.failed(&login("li"), from("192.0.2.1"), at(0));
            throttle.failed(&login("li"), from("192.0.2.1"), at(jump));
            let _ = throttle.may_try(&login("li"), from("192.0.2.1"), at(-jump));
        }
    }
}
