use super::*;
use std::collections::BTreeSet;

struct Counting(u64);

impl Chance for Counting {
    fn bytes(&mut self) -> Option<[u8; 32]> {
        self.0 += 1;
        let mut bytes = [0; 32];
        bytes[24..].copy_from_slice(&self.0.to_be_bytes());
        Some(bytes)
    }
}

struct World {
    sessions: Sessions<Box<dyn Store>>,
    chance: Counting,
    now: Timestamp,
}

impl World {
    fn new() -> Self {
        #[cfg(feature = "postgres")]
        if let Ok(server) = std::env::var("TONGXIN_POSTGRES") {
            return Self::over(Postgres::open(&fresh(&server)).unwrap());
        }
        Self::over(Sqlite::in_memory().unwrap())
    }

    fn over(store: impl Store + 'static) -> Self {
        let now = "2022-01-06T00:00:00Z".parse().unwrap();
        Self {
            sessions: Sessions::over(Box::new(store)),
            chance: Counting(0),
            now,
        }
    }

    fn begin(&mut self, person: &Person) -> (Token, Session) {
        let device = Device::new("Firefox · Linux");
        self.sessions
            .begin(&mut self.chance, person, 3, device, self.now)
            .unwrap()
    }

    fn resume(&mut self, token: &Token) -> Option<Session> {
        match self.sessions.resume(token, self.now, |_| Ok(Some(3))) {
            Ok(session) => Some(session),
            Err(Over::Ended) => None,
            Err(Over::Failed(failed)) => panic!("{failed}"),
        }
    }
}

/// The address of an empty schema.
#[cfg(feature = "postgres")]
fn fresh(server: &str) -> String {
    use std::sync::atomic::{AtomicU32, Ordering};
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let number = NEXT.fetch_add(1, Ordering::SeqCst);
    let schema = format!("session_{}_{number}", std::process::id());
    let made = ledger::postgres::Connection::open(server)
        .unwrap()
        .migrate(&schema, &[&format!("CREATE SCHEMA {schema}")]);
    made.unwrap();
    format!("{server} options='-c search_path={schema}'")
}

#[cfg(feature = "postgres")]
#[test]
fn who_signed_in_at_one_node_is_signed_in_at_all() {
    let Ok(server) = std::env::var("TONGXIN_POSTGRES") else {
        return; // scripts/test.sh runs these with a server
    };
    let address = fresh(&server);
    let node = || World::over(Postgres::open(&address).unwrap());
    let (mut here, mut there) = (node(), node());
    let (token, session) = here.begin(&person("li"));
    assert_eq!(there.resume(&token), Some(session.clone()));
    assert!(there.sessions.end(&person("li"), session.id).unwrap());
    assert_eq!(here.resume(&token), None);
    // A server that was started again costs nobody their session, nor this node an error.
    let (token, session) = here.begin(&person("li"));
    let other = ledger::postgres::Connection::open(&address).unwrap();
    let sql = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'tongxin' AND pid <> pg_backend_pid()";
    other.query(sql, &[]).unwrap();
    std::thread::sleep(std::time::Duration::from_millis(200));
    assert_eq!(here.resume(&token), Some(session));
}

fn person(name: &str) -> Person {
    Person::new(name).unwrap()
}

#[test]
fn a_session_is_resumed_by_its_token_only() {
    let mut world = World::new();
    let (token, session) = world.begin(&person("li"));
    assert_eq!(world.resume(&token), Some(session));
    let other = Token::new(&mut Counting(99)).unwrap();
    assert_eq!(world.resume(&other), None);
    let (second, _) = world.begin(&person("li"));
    assert_ne!(
        token.to_cookie(),
        second.to_cookie(),
        "signing in never keeps a token"
    );
}

#[test]
fn a_session_ends_when_nobody_uses_it_and_at_its_age() {
    let mut world = World::new();
    let begun = world.now;
    let (idle, _) = world.begin(&person("li"));
    let (used, _) = world.begin(&person("li"));
    world.now = begun + IDLE_MAX - SignedDuration::from_secs(1);
    assert!(world.resume(&used).is_some());
    world.now = begun + IDLE_MAX;
    assert_eq!(world.resume(&idle), None);
    while world.now < begun + AGE_MAX {
        assert!(world.resume(&used).is_some(), "{}", world.now);
        world.now += SignedDuration::from_hours(24);
    }
    assert_eq!(world.resume(&used), None);
    // Once ended it stays so, even if the clock is set back.
    world.now = begun;
    assert_eq!(world.resume(&used), None);
    assert_eq!(world.sessions.devices(&person("li"), begun).unwrap(), []);
}

#[test]
fn use_is_noted_every_few_minutes() {
    let mut world = World::new();
    let begun = world.now;
    let (token, _) = world.begin(&person("li"));
    world.now = begun + NOTED_EVERY - SignedDuration::from_secs(1);
    assert_eq!(world.resume(&token).unwrap().seen, begun);
    world.now = begun + NOTED_EVERY;
    assert_eq!(world.resume(&token).unwrap().seen, world.now);
    assert_eq!(
        world.sessions.devices(&person("li"), world.now).unwrap()[0].seen,
        world.now
    );
}

#[test]
fn another_generation_or_no_account_ends_a_session_for_good() {
    for generation in [Some(4), Some(2), None] {
        let mut world = World::new();
        let (token, _) = world.begin(&person("li"));
        let over = world.sessions.resume(&token, world.now, |_| Ok(generation));
        assert!(matches!(over, Err(Over::Ended)), "{generation:?}");
        assert_eq!(world.resume(&token), None);
    }
}

#[test]
fn an_account_that_cannot_be_read_ends_no_session() {
    let mut world = World::new();
    let (token, session) = world.begin(&person("li"));
    let unread = |_: &Person| Err(Failed::Account("the disk".to_owned()));
    let over = world.sessions.resume(&token, world.now, unread);
    assert!(matches!(over, Err(Over::Failed(Failed::Account(_)))));
    assert_eq!(world.resume(&token), Some(session));
}

#[test]
fn devices_are_listed_and_ended_one_by_one_or_all() {
    let mut world = World::new();
    let (li, wang) = (person("li"), person("wang"));
    let (first, a) = world.begin(&li);
    world.now += SignedDuration::from_mins(10);
    let (second, b) = world.begin(&li);
    let (third, c) = world.begin(&li);
    let (wangs, d) = world.begin(&wang);
    let listed: Vec<_> = world
        .sessions
        .devices(&li, world.now)
        .unwrap()
        .iter()
        .map(|s| s.id)
        .collect();
    assert_eq!(listed, [c.id, b.id, a.id]);
    assert!(!world.sessions.end(&li, d.id).unwrap(), "another person's");
    assert!(world.sessions.end(&li, a.id).unwrap());
    assert!(!world.sessions.end(&li, a.id).unwrap());
    assert_eq!(world.resume(&first), None);
    assert_eq!(world.sessions.end_all(&li, Some(b.id)).unwrap(), 1);
    assert_eq!(
        (world.resume(&second).is_some(), world.resume(&third)),
        (true, None)
    );
    assert_eq!(world.sessions.end_all(&li, None).unwrap(), 1);
    assert_eq!(world.resume(&second), None);
    assert!(world.resume(&wangs).is_some());
    // An id is never given again.
    let (_, e) = world.begin(&li);
    assert!(e.id > d.id);
}

#[test]
fn the_one_not_used_for_longest_makes_room() {
    let mut world = World::new();
    let li = person("li");
    let mut tokens = Vec::new();
    for _ in 0..SESSIONS_MAX {
        tokens.push(world.begin(&li).0);
        world.now += SignedDuration::from_mins(10);
    }
    assert!(world.resume(&tokens[0]).is_some(), "used again just now");
    world.begin(&li);
    assert_eq!(
        world.sessions.devices(&li, world.now).unwrap().len(),
        SESSIONS_MAX
    );
    assert!(world.resume(&tokens[0]).is_some());
    assert_eq!(world.resume(&tokens[1]), None);
}

#[test]
fn sweeping_removes_what_has_ended() {
    let mut world = World::new();
    world.begin(&person("li"));
    world.now += SignedDuration::from_hours(24);
    let (wangs, _) = world.begin(&person("wang"));
    world.now = world.now + IDLE_MAX - SignedDuration::from_hours(1);
    assert_eq!(world.sessions.sweep(world.now).unwrap(), 1);
    assert_eq!(world.sessions.sweep(world.now).unwrap(), 0);
    assert!(world.resume(&wangs).is_some());
}

#[test]
fn a_new_secret_of_a_calendar_ends_the_one_before() {
    let mut sessions = World::new().sessions;
    let (li, wang) = (person("li"), person("wang"));
    assert_eq!(sessions.calendar(&li).unwrap(), None);
    for n in 1..=2 {
        let seed = CalendarSeed([n; 32]);
        sessions.open_calendar(&li, &seed, &[10 + n; 32]).unwrap();
        assert_eq!(sessions.calendar(&li).unwrap(), Some(seed));
    }
    let other = CalendarSeed([3; 32]);
    sessions.open_calendar(&wang, &other, &[13; 32]).unwrap();
    assert_eq!(sessions.calendar_of(&[11; 32]).unwrap(), None);
    assert_eq!(sessions.calendar_of(&[12; 32]).unwrap(), Some(li.clone()));
    sessions.close_calendar(&li).unwrap();
    assert_eq!(sessions.calendar_of(&[12; 32]).unwrap(), None);
    assert_eq!(sessions.calendar_of(&[13; 32]).unwrap(), Some(wang));
}

fn subscription(n: u8) -> Subscription {
    Subscription {
        endpoint: format!("https://push.example.net/{n}"),
        key: [n; 65],
        auth: [n; 16],
    }
}

/// A browser is told as long as its session lasts, however that ends, and never of somebody who signed in there before.
#[test]
fn a_browser_is_told_as_long_as_its_session_lasts() {
    let mut world = World::new();
    let (li, wang) = (person("li"), person("wang"));
    let told = |world: &World, whom: &Person| -> Vec<(SessionId, Subscription)> {
        let all = world.sessions.subscriptions(whom, world.now).unwrap();
        all.into_iter()
            .map(|(session, to)| (session.id, to))
            .collect()
    };
    let (_, one) = world.begin(&li);
    let (_, two) = world.begin(&li);
    let (_, of_wang) = world.begin(&wang);
    world.sessions.subscribe(one.id, &subscription(1)).unwrap();
    world.sessions.subscribe(two.id, &subscription(2)).unwrap();
    // The browser has other keys now: the last it said counts.
    world.sessions.subscribe(two.id, &subscription(3)).unwrap();
    assert_eq!(
        told(&world, &li),
        [(one.id, subscription(1)), (two.id, subscription(3))]
    );
    // Somebody else signs in at the first browser.
    world
        .sessions
        .subscribe(of_wang.id, &subscription(1))
        .unwrap();
    assert_eq!(told(&world, &li), [(two.id, subscription(3))]);
    assert_eq!(told(&world, &wang), [(of_wang.id, subscription(1))]);
    world.sessions.unsubscribe(of_wang.id).unwrap();
    assert_eq!(told(&world, &wang), []);
    assert!(world.sessions.end(&li, two.id).unwrap());
    assert_eq!(told(&world, &li), []);
    world.sessions.subscribe(one.id, &subscription(1)).unwrap();
    world.sessions.end_all(&li, None).unwrap();
    assert_eq!(world.sessions.store.push(one.id).unwrap(), None);
    world
        .sessions
        .subscribe(of_wang.id, &subscription(4))
        .unwrap();
    world.now += IDLE_MAX;
    assert_eq!(told(&world, &wang), [], "ended by time, and not yet swept");
    world.sessions.sweep(world.now).unwrap();
    assert_eq!(world.sessions.store.push(of_wang.id).unwrap(), None);
    // No session, nothing to be told on; a page that comes late is no fault.
    let late = world.sessions.subscribe(of_wang.id, &subscription(4));
    assert!(late.is_err());
}

#[test]
fn what_may_be_used_once_is_used_once_while_it_is_good() {
    let World {
        mut sessions, now, ..
    } = World::new();
    let until = now + SignedDuration::from_mins(5);
    assert!(sessions.spend(b"one", until, now).unwrap());
    assert!(!sessions.spend(b"one", until, now).unwrap());
    assert!(sessions.spend(b"other", until, now).unwrap());
    // A mark is kept until the very end, and then no longer.
    let last = until - SignedDuration::from_millis(1);
    assert!(!sessions.spend(b"one", until, last).unwrap());
    assert!(sessions.spend(b"one", until, until).unwrap());
}

#[cfg(feature = "postgres")]
#[test]
fn what_was_used_at_one_node_is_used_at_all() {
    let Ok(server) = std::env::var("TONGXIN_POSTGRES") else {
        return; // scripts/test.sh runs these with a server
    };
    let address = fresh(&server);
    let now = "2022-01-06T00:00:00Z".parse().unwrap();
    let until = now + SignedDuration::from_mins(5);
    let spend = |node: &mut Sessions<Postgres>| node.spend(b"one", until, now).unwrap();
    let node = || Sessions::over(Postgres::open(&address).unwrap());
    // All at once: one of them is told that it was the first.
    let threads: Vec<_> = (0..4)
        .map(|_| node())
        .map(|mut node| std::thread::spawn(move || node.spend(b"race", until, now).unwrap()))
        .collect();
    let won: Vec<bool> = threads
        .into_iter()
        .map(|thread| thread.join().unwrap())
        .collect();
    assert_eq!(won.iter().filter(|won| **won).count(), 1, "{won:?}");
    let (mut here, mut there) = (node(), node());
    assert!(spend(&mut here) && !spend(&mut there) && !spend(&mut here));
}

#[test]
fn a_file_keeps_sessions_and_no_token() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sessions.db");
    let mut world = World::over(Sqlite::open(&path).unwrap());
    let (token, session) = world.begin(&person("li"));
    drop(world);
    let bytes: Vec<u8> = std::fs::read_dir(folder.path())
        .unwrap()
        .flat_map(|file| std::fs::read(file.unwrap().path()).unwrap())
        .collect();
    let raw = {
        let mut raw = [0; 32];
        raw[31] = 1;
        raw
    };
    assert!(
        !bytes.windows(32).any(|w| w == raw),
        "the token's bytes are in the file"
    );
    let cookie = token.to_cookie();
    assert!(!bytes.windows(cookie.len()).any(|w| w == cookie.as_bytes()));
    let mut world = World::over(Sqlite::open(&path).unwrap());
    assert_eq!(world.resume(&token), Some(session));
    drop(world);

    let newer = rusqlite::Connection::open(&path).unwrap();
    newer.pragma_update(None, "user_version", 5).unwrap();
    drop(newer);
    assert!(matches!(Sqlite::open(&path), Err(Failed::Damaged(_))));
}

#[test]
fn cookies_are_read_whole_or_not_at_all() {
    let token = Token::new(&mut Counting(0)).unwrap();
    let cookie = token.to_cookie();
    assert_eq!(
        (cookie.len(), Token::of_cookie(&cookie)),
        (43, Ok(token.clone()))
    );
    for wrong in [
        "",
        "a",
        &cookie[1..],
        &format!("{cookie}A"),
        &format!("{cookie}="),
        "会话会话会话",
    ] {
        assert_eq!(Token::of_cookie(wrong), Err(NotToken), "{wrong}");
    }
    assert_eq!(format!("{token:?}"), "Token(…)");
}

#[test]
fn a_form_of_another_session_is_not_accepted() {
    let mut chance = Counting(0);
    let (a, b) = (
        Token::new(&mut chance).unwrap(),
        Token::new(&mut chance).unwrap(),
    );
    let csrf = a.csrf();
    assert!(a.accepts(&csrf) && !b.accepts(&csrf));
    assert!(!csrf.contains(&a.to_cookie()) && !a.accepts(&a.to_cookie()));
    for wrong in [
        "",
        &csrf[1..],
        &csrf[..42],
        &format!("{csrf}A"),
        &csrf.to_lowercase(),
    ] {
        assert!(!a.accepts(wrong), "{wrong}");
    }
}

#[test]
fn devices_are_named_as_people_know_them() {
    let agents = [
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/97.0.4692.71 Safari/537.36 Edg/97.0.1072.55",
            "Edge · Windows",
        ),
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/97.0.4692.71 Safari/537.36",
            "Chrome · Windows",
        ),
        (
            "Mozilla/5.0 (Linux; Android 12) AppleWebKit/537.36 Chrome/86.0 Mobile Safari/537.36 MicroMessenger/8.0.16",
            "微信 · Android",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 15_2 like Mac OS X) AppleWebKit/605.1.15 Version/15.2 Mobile/15E148 Safari/604.1",
            "Safari · iPhone",
        ),
        (
            "Mozilla/5.0 (X11; Linux x86_64; rv:95.0) Gecko/20100101 Firefox/95.0",
            "Firefox · Linux",
        ),
        (
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 12_1) AppleWebKit/605.1.15 Version/15.2 Safari/605.1.15",
            "Safari · Mac",
        ),
        ("curl/7.80.0", "?"),
        ("", "?"),
    ];
    for (agent, name) in agents {
        assert_eq!(Device::of_user_agent(agent).as_str(), name, "{agent}");
    }
    assert_eq!(Device::new("\n\t").as_str(), "?");
    assert_eq!(Device::new(&"屏".repeat(500)).as_str().chars().count(), 40);
    let names: BTreeSet<_> = agents.iter().map(|(_, name)| *name).collect();
    assert!(
        names.iter().all(|name| Device::new(name).as_str() == *name),
        "kept as they are"
    );
}
