//! Signing in and one's own pages, as browsers would: each with its cookies, over a ledger and sessions on disk.

mod accounts;
mod beacon;
mod bookings;
mod certificates;
mod clock;
mod desk;
mod drawing;
mod facts;
mod family;
mod feedback;
mod guardians;
mod hooks;
mod mail;
mod menu;
mod pages;
mod passkeys;
mod posts;
mod pressing;
mod publishing;
mod push;
mod season;
mod sessions;

use crate::Reply;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::Request;
use city::City;
use forms::people::BlindKey;
use jiff::{SignedDuration, Timestamp};
use ledger::folder::Folder;
use ledger::given::{Clock, SystemChance};
use ledger::note::Signer;
use ledger::store::AnyReader;
use ledger::{Ledger, Limits, Running, Writer};
use session::{Sessions, Sqlite};
use std::path::Path;
use std::sync::{Arc, OnceLock};
use tower::ServiceExt;

/// The demo city, read once.
fn city() -> Arc<City> {
    static CITY: OnceLock<Arc<City>> = OnceLock::new();
    CITY.get_or_init(|| {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../cities/taiyuan-2022");
        let (city, _) = City::load(&folder).expect("the demo city loads");
        Arc::new(city)
    })
    .clone()
}

struct Still(Timestamp);

impl Clock for Still {
    fn now(&mut self) -> Timestamp {
        self.0
    }
}

/// A served city with a clock that stands still, and what it keeps.
struct World {
    folder: tempfile::TempDir,
    city: Arc<City>,
    now: Timestamp,
    router: Router,
    app: Arc<web::App>,
    ledger: Ledger,
    running: Running,
}

/// The key by which push services know the house, the same after a restart.
fn push_key(folder: &std::path::Path) -> Vec<u8> {
    let path = folder.join("push.key");
    if !path.is_file() {
        let key = outbox::push::HouseKey::make().expect("a key");
        std::fs::write(&path, key).expect("written");
    }
    std::fs::read(&path).expect("a key")
}

impl World {
    async fn new() -> World {
        Self::of(city()).await
    }

    async fn of(city: Arc<City>) -> World {
        let folder = tempfile::tempdir().expect("a folder");
        let signer = Signer::new("house.example/tests", &[3; 32]).expect("a key");
        Folder::create(&folder.path().join("data"), &signer).expect("a ledger");
        let now = "2022-01-06T08:00:00+08:00".parse().expect("a time");
        Self::open(folder, city, now).await
    }

    async fn open(folder: tempfile::TempDir, city: Arc<City>, now: Timestamp) -> World {
        Self::open_with(folder, city, now, None).await
    }

    /// The same that asks for public randomness.
    async fn open_with(
        folder: tempfile::TempDir,
        city: Arc<City>,
        now: Timestamp,
        beacon: Option<web::Beacon>,
    ) -> World {
        let data = Folder::open(&folder.path().join("data")).expect("the ledger");
        let writer = Writer::new(
            data.store().expect("a store"),
            Still(now),
            SystemChance,
            data.signer().expect("the key"),
        );
        let (ledger, running) =
            Ledger::start(writer.expect("a writer"), Limits::default()).expect("a thread");
        let sessions = Sqlite::open(&folder.path().join("sessions.db")).expect("sessions");
        let readers = (0..2).map(|_| AnyReader::of(data.reader().expect("a reader")));
        let people = web::People::start(web::Keeping {
            ledger: ledger.clone(),
            reader: AnyReader::of(data.reader().expect("a reader")),
            readers: readers.collect(),
            key: data.verifier().expect("the key"),
            tickets: [7; 32],
            certificates: [8; 32],
            notices: city.notices.clone(),
            sessions: Sessions::over(Box::new(sessions)),
            blind: BlindKey([5; 32]),
            outgoing: Some(web::Outgoing {
                pushes: Some(web::Pushes {
                    key: outbox::push::HouseKey::read(&push_key(folder.path())).expect("a key"),
                    sessions: Sessions::over(Box::new(
                        Sqlite::open(&folder.path().join("sessions.db")).expect("sessions"),
                    )),
                }),
                queue: outbox::Queue::open(&folder.path().join("outbox.db")).expect("an outbox"),
                reader: AnyReader::of(data.reader().expect("a reader")),
                blind: BlindKey([5; 32]),
                carrier: match city.clock {
                    Some(_) => web::Carrier::Mailbox,
                    None => web::Carrier::Silent,
                },
                caller: outbox::Caller::new(vec!["127.0.0.1".to_owned()]).only(),
                address: Some("https://city.example".to_owned()),
            }),
            beacon,
            at: "/data".to_owned(),
        });
        let people = people.await.expect("people");
        let book = decide::Book::compile(city.clone(), city.notices.clone());
        let app = Arc::new(web::App::new(book, web::Clock::Still(now)).with_people(people));
        World {
            folder,
            city,
            now,
            router: web::router(app.clone()),
            app,
            ledger,
            running,
        }
    }

    /// The same, stopped and started again so much later.
    async fn later(self, by: SignedDuration) -> World {
        self.later_asking(by, None).await
    }

    /// The same that asks for public randomness from then on.
    async fn later_asking(self, by: SignedDuration, beacon: Option<web::Beacon>) -> World {
        let now = self.now + by;
        self.app.stop();
        drop((self.router, self.app));
        self.running.stop().expect("an orderly stop");
        Self::open_with(self.folder, self.city, now, beacon).await
    }

    fn browser(&self) -> Browser {
        Browser {
            router: self.router.clone(),
            cookie: None,
            lang: "zh-CN",
            headers: Vec::new(),
        }
    }

    /// A browser in which one of the city's people is signed in.
    async fn as_one(&self, id: &str) -> Browser {
        let mut browser = self.browser();
        let reply = browser.post("/sign-in/demo", &[("person", id)]).await;
        assert_eq!(
            (reply.status.as_u16(), reply.header("location")),
            (303, "/me")
        );
        browser
    }

    /// All bytes that are kept.
    fn bytes(&self) -> Vec<u8> {
        let data = std::fs::read_dir(self.folder.path().join("data")).expect("files");
        let all = std::fs::read_dir(self.folder.path()).expect("files");
        let files = data.chain(all).map(|file| file.expect("a file").path());
        files
            .filter(|path| path.is_file())
            .flat_map(|path| std::fs::read(path).expect("bytes"))
            .collect()
    }

    fn keeps(&self, text: &str) -> bool {
        let bytes = self.bytes();
        bytes.windows(text.len()).any(|w| w == text.as_bytes())
    }
}

/// A browser with its cookie.
#[derive(Clone)]
struct Browser {
    router: Router,
    cookie: Option<String>,
    lang: &'static str,
    headers: Vec<(&'static str, &'static str)>,
}

impl Browser {
    async fn send(&mut self, mut request: axum::http::request::Builder, body: Body) -> Reply {
        request = request.header("accept-language", self.lang);
        if let Some(cookie) = &self.cookie {
            request = request.header("cookie", cookie);
        }
        for (name, value) in &self.headers {
            request = request.header(*name, *value);
        }
        let request = request.body(body).expect("a request");
        let response = self.router.clone().oneshot(request).await;
        let (parts, body) = response.expect("infallible").into_parts();
        let reply = Reply {
            status: parts.status,
            headers: parts.headers,
            bytes: to_bytes(body, 1 << 20).await.expect("a body").to_vec(),
        };
        if let Some((cookie, _)) = reply.header("set-cookie").split_once(';') {
            let kept = !cookie.ends_with('=');
            self.cookie = kept.then(|| cookie.to_owned());
        }
        reply
    }

    async fn get(&mut self, path: &str) -> Reply {
        self.send(Request::get(path), Body::empty()).await
    }

    async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Reply {
        let body = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .finish();
        let request =
            Request::post(path).header("content-type", "application/x-www-form-urlencoded");
        self.send(request, body.into()).await
    }

    /// What the forms of this session's pages carry.
    async fn csrf(&mut self) -> String {
        let page = self.get("/me").await.text();
        let (_, rest) = page.split_once("name=\"csrf\" value=\"").expect("a form");
        rest.split('"').next().expect("a value").to_owned()
    }

    /// Sends a form as this session's page would.
    async fn ask(&mut self, path: &str, fields: &[(&str, &str)]) -> Reply {
        let csrf = self.csrf().await;
        let mut all = vec![("csrf", csrf.as_str())];
        all.extend(fields);
        self.post(path, &all).await
    }

    async fn is_in(&mut self) -> bool {
        let reply = self.get("/me").await;
        assert!(
            reply.status == 200 || reply.header("location") == "/sign-in",
            "{}",
            reply.status
        );
        reply.status == 200
    }

    async fn open(&mut self, mail: &str, password: &str, name: &str) -> Reply {
        let fields = [("mail", mail), ("password", password), ("name", name)];
        self.post("/open-account", &fields).await
    }

    async fn sign_in(&mut self, mail: &str, password: &str) -> Reply {
        let fields = [("mail", mail), ("password", password)];
        self.post("/sign-in", &fields).await
    }
}
