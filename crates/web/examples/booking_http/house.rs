//! The house that is measured: an offer, people with accounts who are signed in, and the server.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use city::City;
use forms::people::account::{Open, Opening};
use forms::people::{BlindKey, MailAddress, PasswordHash, Private};
use jiff::Timestamp;
use ledger::entry::Origin;
use ledger::folder::Folder;
use ledger::given::{Chance as _, Clock, SystemChance};
use ledger::name::{Actor, Notice, Person, RequestId, TextVersion};
use ledger::note::Signer;
use ledger::store::{AnyReader, Read as _};
use ledger::{Ledger, Limits, Running, Turn, Writer};
use session::{Device, Sessions, Sqlite, Token};
use tokio::sync::oneshot;

const BLIND: BlindKey = BlindKey([5; 32]);
/// The clock of the house, which goes on as the machine's does.
const BEGIN: &str = "2022-01-06T08:00:00+08:00";
/// Accounts that are opened in one turn.
const TURN: usize = 1_000;

pub struct House {
    pub address: SocketAddr,
    folder: tempfile::TempDir,
    tokens: Vec<Token>,
    /// The slots, as forms name them.
    slots: Vec<String>,
    running: Running,
    stop: oneshot::Sender<()>,
    server: std::thread::JoinHandle<()>,
}

struct Going(web::Clock);

impl Clock for Going {
    fn now(&mut self) -> Timestamp {
        self.0.now()
    }
}

impl House {
    pub fn build(folder: &Path, people: usize, slots: usize, capacity: u32) -> House {
        let folder = tempfile::tempdir_in(folder).unwrap();
        let data = folder.path().join("data");
        let signer = Signer::new("house.example/speed", &[3; 32]).unwrap();
        Folder::create(&data, &signer).unwrap();
        let data = Folder::open(&data).unwrap();
        let clock = web::Clock::starting_at(BEGIN.parse().unwrap());
        let mut writer = Writer::new(
            data.store().unwrap(),
            Going(clock),
            SystemChance,
            data.signer().unwrap(),
        )
        .unwrap();
        let reader = || AnyReader::of(data.reader().unwrap());
        let people: Vec<Person> = (0..people)
            .map(|n| Person::new(&format!("p{n:08}")).unwrap())
            .collect();
        open_accounts(&mut writer, &reader(), &people, clock.now());
        let file = Sqlite::open(&folder.path().join("sessions.db")).unwrap();
        let mut sessions = Sessions::over(Box::new(file) as web::AnySessions);
        let tokens = people.iter().map(|person| {
            let device = Device::of_user_agent("");
            let begun = sessions.begin(&mut SystemChance, person, 0, device, clock.now());
            begun.unwrap().0
        });
        let tokens = tokens.collect();

        let city = Arc::new(city(capacity));
        let book = decide::Book::compile(city.clone(), city.notices.clone());
        let names = slot_names(&city, slots);
        let (ledger, running) = Ledger::start(writer, Limits::default()).unwrap();
        let keeping = web::Keeping {
            ledger,
            reader: reader(),
            readers: (0..4).map(|_| reader()).collect(),
            key: data.verifier().unwrap(),
            tickets: [7; 32],
            certificates: [8; 32],
            notices: city.notices.clone(),
            sessions,
            blind: BLIND,
            outgoing: None,
            beacon: None,
            at: String::new(),
        };
        let (stop, stopped) = oneshot::channel::<()>();
        let (told, address) = std::sync::mpsc::channel();
        let server = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_multi_thread()
                .thread_name("pages")
                .enable_all()
                .build()
                .unwrap();
            runtime.block_on(async move {
                let people = web::People::start(keeping).await.unwrap();
                let app = Arc::new(web::App::new(book, clock).with_people(people));
                let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
                told.send(listener.local_addr().unwrap()).unwrap();
                let stopped = async {
                    let _ = stopped.await;
                };
                web::serve(listener, web::router(app.clone()), stopped).await;
                app.stop();
            });
        });
        House {
            address: address.recv().unwrap(),
            folder,
            tokens,
            slots: names,
            running,
            stop,
            server,
        }
    }

    /// What the browser of person `n` sends when they press the button of a slot.
    pub fn request(&self, n: usize, slot: usize, stays: bool) -> Vec<u8> {
        let token = &self.tokens[n];
        let body = form_urlencoded::Serializer::new(String::new())
            .append_pair("csrf", &token.csrf())
            .append_pair("at", &self.slots[slot])
            .append_pair("book", "1")
            .finish();
        let connection = if stays { "keep-alive" } else { "close" };
        format!(
            "POST /offers/many/many/book HTTP/1.1\r\nhost: house\r\nconnection: {connection}\r\ncookie: session={}\r\n\
             accept-language: zh-CN\r\ncontent-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n\r\n{body}",
            token.to_cookie(),
            body.len()
        )
        .into_bytes()
    }

    /// Bookings that the ledger has.
    pub fn booked(&self) -> usize {
        let data = Folder::open(&self.folder.path().join("data")).unwrap();
        let reader = data.reader().unwrap();
        let notice = Notice::new("many").unwrap();
        let (mut count, mut from) = (0, 0);
        loop {
            let page = reader.of_notice(&notice, from, 4_096).unwrap();
            let Some((last, _)) = page.last() else {
                return count;
            };
            count += page.len();
            from = last + 1;
        }
    }

    pub fn stop(self) {
        let _ = self.stop.send(());
        self.server.join().unwrap();
        self.running.stop().unwrap();
    }
}

fn open_accounts(
    writer: &mut Writer<ledger::sqlite::Sqlite>,
    reader: &AnyReader,
    people: &[Person],
    now: Timestamp,
) {
    let hash = PasswordHash::new(&format!(
        "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHRzYWx0c2FsdA${}",
        "h".repeat(43)
    ))
    .unwrap();
    for people in people.chunks(TURN) {
        let mut turn = Turn::new();
        let keys: Vec<_> = people
            .iter()
            .map(|person| turn.key(person.clone()))
            .collect();
        writer.turn(turn).unwrap();
        drop(keys);
        let mut turn = Turn::new();
        let mut answers = Vec::new();
        for person in people {
            let mail = MailAddress::new(&format!("{person}@example.cn")).unwrap();
            let opening = Opening {
                person: person.clone(),
                login: BLIND.login(&mail),
                mail: Private::seal(reader, &mut SystemChance, person, &mail).unwrap(),
                password: Private::seal(reader, &mut SystemChance, person, &hash).unwrap(),
            };
            let chance = SystemChance.bytes().unwrap();
            let origin = Origin {
                request: RequestId::new(now, *chance.first_chunk().unwrap()),
                actor: Actor::new(person.as_str()).unwrap(),
                notice: Notice::new(web::ACCOUNTS).unwrap(),
                text: TextVersion::of(web::ACCOUNTS_TEXT),
            };
            answers.push(turn.command(origin, Open, opening).unwrap());
        }
        writer.turn(turn).unwrap();
        for answer in answers {
            answer.wait().unwrap();
        }
    }
}

/// The demo city with one notice: an offer of a thousand slots, ten a day for a hundred days.
fn city(capacity: u32) -> City {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../cities/taiyuan-2022");
    let (city, _) = City::load(&folder).expect("the demo city loads");
    let hours: Vec<String> = (8..18)
        .map(|hour| format!("{hour:02}:00-{:02}:00", hour + 1))
        .collect();
    let text = format!(
        "+++\ntitle = \"一千个时段\"\nissuer = \"shanxi-library\"\nissued = 2022-01-04T09:00:00+08:00\n\
         in_force = \"2022-01-04T00:00/2022-05-11T24:00\"\n+++\n\n先到先得。\n\n```offer many\n\
         sessions = [\"每日 {}\"]\nduring = \"2022-02-01T00:00/2022-05-11T24:00\"\ncapacity = {capacity}\nsign_up = \"2022-01-05T09:00/\"\n```\n",
        hours.join(" ")
    );
    let reading = city.read_notice("many.md", text.as_bytes());
    let notice = reading
        .notice
        .unwrap_or_else(|| panic!("{:#?}", reading.diagnostics));
    city.with_notices(vec![Arc::new(notice)])
}

/// The first slots of the offer, as the pages' forms name them.
fn slot_names(city: &City, count: usize) -> Vec<String> {
    let notice = &city.notices[0];
    let eligibility = Arc::new(decide::Eligibility::of(city, std::slice::from_ref(notice)));
    let offering = forms::booking::Offering::new(city, eligibility, notice, "many").unwrap();
    let mut keys: Vec<String> = offering
        .slots()
        .iter()
        .map(|slot| slot.key.to_string())
        .collect();
    keys.sort();
    keys.truncate(count);
    // After the offer's own key.
    let short = |key: String| {
        let (_, rest) = key.split_once('#').expect("an offer's slot");
        rest.strip_prefix("many").unwrap_or(rest).to_owned()
    };
    keys.into_iter().map(short).collect()
}
