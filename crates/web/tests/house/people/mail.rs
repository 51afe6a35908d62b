//! Mail that leaves by itself: codes, what is told of bookings, what staff see of it, and what is kept.

use super::{Browser, World, clock};
use forms::booking::rows::Number;
use forms::booking::{Accept, Cancel, SignUp, Told};
use jiff::SignedDuration;
use ledger::folder::Folder;
use ledger::given::SystemChance;
use ledger::name::Person;
use std::time::{Duration, Instant};

impl World {
    /// Sends what is to be sent, until the world ends.
    pub(super) fn delivers(&self) {
        tokio::spawn(web::deliver(self.app.clone()));
    }
}

impl Browser {
    /// What the mailbox shows this browser, once that has so many mails.
    pub(super) async fn mailbox(&mut self, mails: usize) -> String {
        let begun = Instant::now();
        loop {
            let page = self.get("/demo/mailbox").await;
            assert_eq!(page.status, 200);
            let words = page.words();
            let found = page.text().matches("<li class=\"mail\">").count();
            assert!(found <= mails, "{found} mails, not {mails}:\n{words}");
            if found == mails {
                return words;
            }
            assert!(
                begun.elapsed() < Duration::from_secs(20),
                "{found} of {mails} mails:\n{words}"
            );
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// The digits of the newest code that this browser can read.
    async fn digits(&mut self, mails: usize) -> String {
        let words = self.mailbox(mails).await;
        let (_, rest) = words.split_once("验证码是 ").expect("a code");
        rest.chars().take(6).collect()
    }

    async fn ask_code(&mut self, path: &str, mail: &str) -> crate::Reply {
        self.post(path, &[("mail", mail)]).await
    }

    async fn enter(&mut self, mail: &str, code: &str) -> crate::Reply {
        self.post("/sign-in/code/enter", &[("mail", mail), ("code", code)])
            .await
    }
}

const ZHANG: &str = "resident-zhang@demo.invalid";

#[tokio::test]
async fn a_code_by_mail_signs_in_once() {
    let world = World::new().await;
    world.delivers();
    world.as_one("resident-zhang").await;
    let mut browser = world.browser();
    let asked = browser.ask_code("/sign-in/code", ZHANG).await;
    assert_eq!(asked.status, 200);
    insta::assert_snapshot!("code-zh", asked.words());
    let digits = browser.digits(1).await;
    let box_words = browser.mailbox(1).await;
    insta::assert_snapshot!("mailbox-zh", box_words.replace(&digits, "DIGITS"));
    assert_eq!(browser.enter(ZHANG, "000 00x").await.status, 403);
    assert!(!browser.is_in().await);
    // Spaces that somebody types are no part of it.
    let spaced = format!(" {} {} ", &digits[..3], &digits[3..]);
    let entered = browser.enter(ZHANG, &spaced).await;
    assert_eq!(
        (entered.status.as_u16(), entered.header("location")),
        (303, "/me")
    );
    assert!(browser.get("/me").await.words().contains("已确认"));
    // Once used it is no code any more, and nothing that is kept has it.
    assert_eq!(world.browser().enter(ZHANG, &digits).await.status, 403);
    assert!(!world.keeps(ZHANG));
}

#[tokio::test]
async fn whoever_asks_learns_nothing_about_an_address() {
    let world = World::new().await;
    world.as_one("resident-zhang").await;
    let mut browser = world.browser();
    for path in ["/sign-in/code", "/new-password"] {
        let known = browser.ask_code(path, ZHANG).await;
        let unknown = browser.ask_code(path, "nobody-here@demo.invalid").await;
        assert_eq!(
            (known.status, unknown.status),
            (axum::http::StatusCode::OK, axum::http::StatusCode::OK)
        );
        let unknown = unknown.text().replace("nobody-here@demo.invalid", ZHANG);
        assert_eq!(known.text(), unknown, "{path}");
    }
    // Typing a wrong one in is answered alike, and after the same time.
    let mut answers = Vec::new();
    for mail in [ZHANG, "nobody-here@demo.invalid"] {
        let begun = Instant::now();
        let reply = browser.enter(mail, "12345").await;
        assert!(
            begun.elapsed() >= Duration::from_millis(400),
            "{mail}: {:?}",
            begun.elapsed()
        );
        answers.push((reply.status, reply.text().replace(mail, "MAIL")));
    }
    assert_eq!(answers[0], answers[1]);
    assert_eq!(answers[0].0, 403);
    // And so is asking too often: a wait, for anybody.
    for mail in [ZHANG, "somebody-else@demo.invalid"] {
        let mut last = 200;
        for _ in 0..8 {
            last = browser
                .ask_code("/sign-in/code", mail)
                .await
                .status
                .as_u16();
        }
        assert_eq!(last, 429, "{mail}");
    }
    // Another site's form asks for nothing.
    browser.headers = vec![("origin", "https://evil.example"), ("host", "city.example")];
    assert_eq!(browser.ask_code("/sign-in/code", ZHANG).await.status, 403);
}

#[tokio::test]
async fn an_address_of_ones_own_is_confirmed_and_its_mail_is_nobody_elses() {
    let world = World::new().await;
    world.delivers();
    let (mail, password) = ("li.ming@example.cn", "难老泉的水清又清啊");
    let mut own = world.browser();
    own.open(mail, "难老泉的水清又清啊！", "").await;
    assert!(own.get("/me").await.words().contains("确认邮箱"));
    own.ask("/me/confirm-mail", &[]).await;
    let digits = own.digits(1).await;
    assert!(world.browser().mailbox(0).await.contains("还没有信"));
    assert!(
        world
            .as_one("resident-li")
            .await
            .mailbox(0)
            .await
            .contains("还没有信")
    );
    // Another purpose's code is none here.
    assert_eq!(world.browser().enter(mail, &digits).await.status, 403);
    let confirmed = own
        .ask("/me/confirm-mail/enter", &[("code", &digits)])
        .await;
    assert_eq!(
        (confirmed.status.as_u16(), confirmed.header("location")),
        (303, "/me")
    );
    let me = own.get("/me").await.words();
    assert!(me.contains("已确认") && !me.contains("确认邮箱"), "{me}");

    // A lost password is replaced by a code; whoever was signed in under the old one is out.
    let mut other = world.browser();
    other.ask_code("/new-password", mail).await;
    let digits = own.digits(2).await;
    let fields = [
        ("mail", mail),
        ("code", digits.as_str()),
        ("password", "short"),
    ];
    assert_eq!(other.post("/new-password/enter", &fields).await.status, 422);
    let fields = [
        ("mail", mail),
        ("code", digits.as_str()),
        ("password", "晋阳湖的冰又厚又平呢"),
    ];
    assert_eq!(other.post("/new-password/enter", &fields).await.status, 303);
    assert!(other.is_in().await && !own.is_in().await);
    assert_eq!(world.browser().sign_in(mail, password).await.status, 403);
    assert!(!world.keeps(mail));
}

#[tokio::test]
async fn nothing_is_sent_to_somebody_who_is_forgotten() {
    let world = World::new().await;
    let mut chen = world.as_one("resident-zhao").await;
    chen.ask("/me/confirm-mail", &[]).await;
    chen.ask("/me/forget", &[("sure", "yes")]).await;
    assert!(!chen.is_in().await);
    world.delivers();
    let mut li = world.as_one("resident-li").await;
    li.ask("/me/confirm-mail", &[]).await;
    let words = li.mailbox(1).await;
    assert!(
        words.contains("resident-li@demo.invalid") && !words.contains("zhao"),
        "{words}"
    );
}

#[tokio::test]
async fn what_happens_to_a_booking_is_told_in_the_persons_language_after_a_stop_too() {
    let world = World::of(clock::with_notice("mornings", clock::TEXT)).await;
    let mut li = world.browser();
    li.lang = "en";
    li.post("/sign-in/demo", &[("person", "resident-li")]).await;
    world.as_one("resident-wang").await;
    let offering = clock::offering(&world.city, "mornings");
    let slot = offering.slots()[0].key.clone();
    // The outbox begins with the day: nobody is told what was before it.
    world.delivers();
    let mut anyone = world.browser();
    li.ask("/me/confirm-mail", &[]).await;
    anyone.mailbox(1).await;

    let mut bookings = Vec::new();
    for id in ["resident-wang", "resident-li"] {
        let person = Person::new(id).unwrap();
        let reader = Folder::open(&world.folder.path().join("data"))
            .unwrap()
            .reader()
            .unwrap();
        let told = Told::seal(&world.city, &reader, &mut SystemChance, &person, &[]).unwrap();
        let act = SignUp::new(&offering, slot.clone(), person, Some(told));
        let entry = world.command(&offering, id, act).await;
        bookings.push(Number::of(entry).unwrap());
    }
    let words = anyone.mailbox(3).await;
    assert!(
        words.contains("同心：已约好 · 早读志愿者")
            && words.contains("Tongxin: on the waiting list"),
        "{words}"
    );

    // The server stops; what happens at the next start is told then, with its deadline.
    let world = world.later(SignedDuration::from_mins(30)).await;
    let cancel = Cancel {
        booking: bookings[0].clone(),
        person: Person::new("resident-wang").unwrap(),
    };
    world.command(&offering, "resident-wang", cancel).await;
    world.delivers();
    let words = world.browser().mailbox(1).await;
    assert!(
        words.contains("kept for you until 6 January 2022, 10:30"),
        "{words}"
    );
    assert!(
        words.contains("https://city.example/me/bookings/0000000000"),
        "{words}"
    );
    let accept = Accept {
        booking: bookings[1].clone(),
        person: Person::new("resident-li").unwrap(),
    };
    world.command(&offering, "resident-li", accept).await;
    let words = world.browser().mailbox(2).await;
    assert!(words.contains("Tongxin: booked"), "{words}");
}

#[tokio::test]
async fn staff_see_what_was_delivered_and_of_whom_they_see_nothing() {
    let world = World::new().await;
    let mut resident = world.as_one("resident-li").await;
    let refused = resident.get("/desk/outbox").await;
    assert_eq!(refused.status, 403);
    assert!(
        refused.words().contains("五、系统发的信"),
        "{}",
        refused.words()
    );
    assert_eq!(
        world
            .as_one("county-gate")
            .await
            .get("/desk/outbox")
            .await
            .status,
        403
    );
    assert_eq!(resident.ask("/desk/outbox/again", &[]).await.status, 403);
    assert_eq!(
        world.browser().get("/desk/outbox").await.header("location"),
        "/sign-in"
    );

    // Two messages that could not be delivered, as the queue keeps them.
    let mut queue = outbox::Queue::open(&world.folder.path().join("outbox.db")).unwrap();
    let now = "2022-01-06T08:00:00+08:00".parse().unwrap();
    let draft = |entry, what: &str| outbox::Draft {
        lane: outbox::Lane::Mail,
        recipient: "resident-li".to_owned(),
        entry,
        what: what.to_owned(),
    };
    let drafts = [
        draft(3, "offered/000000000003"),
        draft(4, "drawn/000000000004"),
    ];
    queue.follow(5, &drafts, now).unwrap();
    let never = |_: &outbox::Message| outbox::Outcome::Never(outbox::Why::Status(550));
    outbox::step(&mut queue, &outbox::Lane::Mail, now, never).unwrap();
    let later = |_: &outbox::Message| outbox::Outcome::Later(outbox::Why::NoConnection);
    outbox::step(&mut queue, &outbox::Lane::Mail, now, later).unwrap();

    let mut clerk = world.as_one("library-clerk").await;
    for (lang, name) in [("zh-CN", "outbox-zh"), ("en", "outbox-en")] {
        clerk.lang = lang;
        let page = clerk.get("/desk/outbox").await;
        assert_eq!(page.status, 200);
        assert!(!page.text().contains("resident-li"));
        insta::assert_snapshot!(name, page.words());
    }
    assert_eq!(clerk.ask("/desk/outbox/again", &[]).await.status, 303);
    assert_eq!(
        (
            queue.counts().unwrap().given_up,
            queue.counts().unwrap().waiting
        ),
        (0, 2)
    );
}
