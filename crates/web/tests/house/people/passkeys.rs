//! Passkeys, with a device made here: added, signed in with, removed; and all that must not be taken.

use super::{Browser, World};
use crate::Reply;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::SignedDuration;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair as _};
use serde_json::Value;
use sha2::{Digest, Sha256};

const ORIGIN: &str = "https://city.example";

/// A passkey on a device, which does as it is told, also wrongly.
struct Device {
    pair: EcdsaKeyPair,
    credential: Vec<u8>,
    user: Vec<u8>,
    /// Where it believes to be.
    origin: &'static str,
    host: &'static str,
    /// Present and verified, as it should be.
    flags: u8,
}

type Fields = Vec<(&'static str, String)>;

fn base64(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

impl Device {
    fn new(number: u8) -> Device {
        let random = SystemRandom::new();
        let algorithm = &ECDSA_P256_SHA256_ASN1_SIGNING;
        let file = EcdsaKeyPair::generate_pkcs8(algorithm, &random).expect("a key");
        let pair = EcdsaKeyPair::from_pkcs8(algorithm, file.as_ref(), &random).expect("the key");
        Device {
            pair,
            credential: vec![number; 20],
            user: Vec::new(),
            origin: ORIGIN,
            host: "city.example",
            flags: 0b101,
        }
    }

    fn client(&self, kind: &str, challenge: &str) -> Vec<u8> {
        let data = serde_json::json!({ "type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": false });
        data.to_string().into_bytes()
    }

    fn authenticator(&self, flags: u8) -> Vec<u8> {
        let mut data = Sha256::digest(self.host).to_vec();
        data.push(flags);
        data.extend([0; 4]);
        data
    }

    /// Makes the passkey that was asked for.
    fn make(&mut self, options: &Value) -> Fields {
        let text = |value: &Value| value.as_str().expect("a text").to_owned();
        self.user = URL_SAFE_NO_PAD
            .decode(text(&options["user"]["id"]))
            .expect("bytes");
        let mut data = self.authenticator(self.flags | 1 << 6);
        data.extend([0; 16]);
        data.extend([0, u8::try_from(self.credential.len()).expect("short")]);
        data.extend(&self.credential);
        let point = self.pair.public_key().as_ref();
        data.extend([0xa5, 1, 2, 3, 0x26, 0x20, 1, 0x21, 0x58, 0x20]);
        data.extend(&point[1..33]);
        data.extend([0x22, 0x58, 0x20]);
        data.extend(&point[33..]);
        let client = self.client("webauthn.create", &text(&options["challenge"]));
        vec![
            ("name", "小晨的手机".to_owned()),
            ("client", base64(&client)),
            ("authenticator", base64(&data)),
        ]
    }

    /// Signs a challenge.
    fn sign(&self, challenge: &str) -> Fields {
        let client = self.client("webauthn.get", challenge);
        let authenticator = self.authenticator(self.flags);
        let message = [&authenticator[..], &Sha256::digest(&client)].concat();
        let signature = self.pair.sign(&SystemRandom::new(), &message);
        vec![
            ("credential", base64(&self.credential)),
            ("user", base64(&self.user)),
            ("client", base64(&client)),
            ("authenticator", base64(&authenticator)),
            (
                "signature",
                base64(signature.expect("a signature").as_ref()),
            ),
        ]
    }
}

fn fields(all: &Fields) -> Vec<(&str, &str)> {
    all.iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect()
}

fn of(reply: &Reply) -> Value {
    assert_eq!(reply.status, 200);
    assert_eq!(reply.header("cache-control"), "private, no-store");
    serde_json::from_slice(&reply.bytes).expect("json")
}

/// A browser at the city's own address, encrypted.
fn browser(world: &World) -> Browser {
    let mut browser = world.browser();
    let home = [("host", "city.example"), ("x-forwarded-proto", "https")];
    browser.headers.extend(home);
    browser
}

async fn as_one(world: &World, id: &str) -> Browser {
    let mut browser = browser(world);
    let reply = browser.post("/sign-in/demo", &[("person", id)]).await;
    assert_eq!(reply.header("location"), "/me");
    browser
}

async fn asked_to_add(browser: &mut Browser) -> Value {
    of(&browser.ask("/me/passkeys/options", &[]).await)
}

async fn add(browser: &mut Browser, device: &mut Device) -> Reply {
    let options = asked_to_add(browser).await;
    let made = device.make(&options);
    browser.ask("/me/passkeys", &fields(&made)).await
}

async fn challenge(browser: &mut Browser) -> String {
    let options = of(&browser.post("/sign-in/passkey/options", &[]).await);
    assert_eq!(options["rp"]["id"], "city.example");
    options["challenge"].as_str().expect("a text").to_owned()
}

async fn enter(browser: &mut Browser, device: &Device) -> Reply {
    let challenge = challenge(browser).await;
    browser
        .post("/sign-in/passkey", &fields(&device.sign(&challenge)))
        .await
}

fn added(reply: &Reply) -> bool {
    reply.status == 303 && reply.header("location") == "/me/passkeys?done=added"
}

/// Nobody was signed in, and nothing is told but that.
async fn refused(browser: &mut Browser, reply: &Reply) {
    assert_eq!(reply.status, 403, "{}", reply.words());
    assert!(reply.words().contains("这个通行密钥在这里登录不了"));
    assert_eq!(reply.header("set-cookie"), "");
    assert!(!browser.is_in().await);
}

#[tokio::test]
async fn a_passkey_is_added_signs_in_and_is_removed() {
    let world = World::new().await;
    let mut li = as_one(&world, "resident-li").await;
    let mut phone = Device::new(1);
    let options = asked_to_add(&mut li).await;
    assert_eq!(options["rp"]["id"], "city.example");
    assert_eq!(options["user"]["name"], "resident-li@demo.invalid");
    assert_eq!(options["user"]["displayName"], "李晓晨");
    assert_eq!(options["known"], serde_json::json!([]));
    assert!(added(&add(&mut li, &mut phone).await));
    let page = li.get("/me/passkeys").await;
    assert!(page.words().contains("小晨的手机") && page.words().contains("2022年1月6日添加"));
    let known = asked_to_add(&mut li).await["known"].clone();
    assert_eq!(known, serde_json::json!([base64(&phone.credential)]));
    // What a device keeps does not lead to what the ledger says of its person.
    assert!(phone.user.len() == 32 && phone.user != b"resident-li");
    // The ledger and all else that is kept has no name, id or key in the clear.
    for secret in [
        "小晨的手机".to_owned(),
        base64(&phone.credential),
        base64(phone.pair.public_key().as_ref()),
    ] {
        assert!(!world.keeps(&secret), "{secret}");
    }

    // On another device, with nothing typed; it goes on where one wanted to go.
    let mut other = browser(&world);
    let offer = "/offers/library-volunteers/volunteers/book";
    let challenge = challenge(&mut other).await;
    let mut signed = phone.sign(&challenge);
    signed.push(("next", offer.to_owned()));
    let reply = other.post("/sign-in/passkey", &fields(&signed)).await;
    assert_eq!(
        (reply.status.as_u16(), reply.header("location")),
        (303, offer)
    );
    let cookie = reply.header("set-cookie");
    assert!(
        cookie.starts_with("__Host-session=") && cookie.ends_with("; Secure"),
        "{cookie}"
    );
    assert!(other.get("/me").await.words().contains("李晓晨"));
    let devices = li.get("/me/devices").await.text();
    assert_eq!(devices.matches("action=\"/me/devices/end\"").count(), 1);

    // Removed, it signs in nobody; who is signed in stays so, and may press twice.
    let page = li.get("/me/passkeys").await.text();
    let (_, rest) = page
        .split_once("name=\"passkey\" value=\"")
        .expect("a button");
    let index = rest.split('"').next().expect("a value").to_owned();
    let mut wang = as_one(&world, "resident-wang").await;
    for tried in [index.as_str(), "0", ""] {
        let reply = wang.ask("/me/passkeys/remove", &[("passkey", tried)]).await;
        assert_eq!(reply.status, 303, "{tried}");
    }
    assert!(
        li.get("/me/passkeys").await.words().contains("小晨的手机"),
        "another's"
    );
    for _ in 0..2 {
        let reply = li.ask("/me/passkeys/remove", &[("passkey", &index)]).await;
        assert_eq!(reply.header("location"), "/me/passkeys?done=removed");
    }
    assert!(!li.get("/me/passkeys").await.words().contains("小晨的手机"));
    assert!(other.is_in().await);
    let mut third = browser(&world);
    let reply = enter(&mut third, &phone).await;
    refused(&mut third, &reply).await;
    // The same device makes another.
    assert!(added(&add(&mut li, &mut phone).await));
    assert_eq!(enter(&mut third, &phone).await.status, 303);
}

#[tokio::test]
async fn a_challenge_counts_once_for_its_own_purpose_and_session() {
    let world = World::new().await;
    let (mut li, mut wang) = (
        as_one(&world, "resident-li").await,
        as_one(&world, "resident-wang").await,
    );
    let mut lis_desk = as_one(&world, "resident-li").await;
    let mut phone = Device::new(1);
    let not_added = |reply: &Reply| {
        assert_eq!(reply.status, 422, "{}", reply.words());
        assert!(reply.words().contains("这个通行密钥没有添加成"));
    };
    // Asked in one session, and sent in another of the same person, or by somebody else.
    let options = asked_to_add(&mut li).await;
    let made = phone.make(&options);
    not_added(&lis_desk.ask("/me/passkeys", &fields(&made)).await);
    not_added(&wang.ask("/me/passkeys", &fields(&made)).await);
    assert!(added(&li.ask("/me/passkeys", &fields(&made)).await));
    // The same again, and the same challenge for another passkey.
    not_added(&li.ask("/me/passkeys", &fields(&made)).await);
    let mut tablet = Device::new(2);
    not_added(
        &li.ask("/me/passkeys", &fields(&tablet.make(&options)))
            .await,
    );
    // One that was given for signing in is good for no adding, and the other way round.
    let mut stranger = browser(&world);
    let mut mixed = options.clone();
    mixed["challenge"] = challenge(&mut stranger).await.into();
    not_added(&li.ask("/me/passkeys", &fields(&tablet.make(&mixed))).await);
    let fresh = asked_to_add(&mut li).await;
    let fresh = fresh["challenge"].as_str().expect("a text");
    let reply = stranger
        .post("/sign-in/passkey", &fields(&phone.sign(fresh)))
        .await;
    refused(&mut stranger, &reply).await;
    // Somebody who saw an answer cannot give it again.
    let once = phone.sign(&challenge(&mut stranger).await);
    assert_eq!(
        stranger
            .post("/sign-in/passkey", &fields(&once))
            .await
            .status,
        303
    );
    let mut listener = browser(&world);
    let reply = listener.post("/sign-in/passkey", &fields(&once)).await;
    refused(&mut listener, &reply).await;
    // One of nobody's making.
    for wrong in ["", "AAAA", &"A".repeat(96)] {
        let reply = listener
            .post("/sign-in/passkey", &fields(&phone.sign(wrong)))
            .await;
        refused(&mut listener, &reply).await;
    }
}

#[tokio::test]
async fn a_challenge_is_good_for_five_minutes_also_after_a_restart() {
    let world = World::new().await;
    let mut li = as_one(&world, "resident-li").await;
    let mut phone = Device::new(1);
    assert!(added(&add(&mut li, &mut phone).await));
    let mut early = browser(&world);
    let (kept, late) = (challenge(&mut early).await, challenge(&mut early).await);
    drop((li, early));
    let world = world.later(SignedDuration::from_secs(299)).await;
    let mut browser = browser(&world);
    let reply = browser
        .post("/sign-in/passkey", &fields(&phone.sign(&kept)))
        .await;
    assert_eq!(reply.header("location"), "/me");
    drop(browser);
    let world = world.later(SignedDuration::from_secs(1)).await;
    let mut browser = self::browser(&world);
    let reply = browser
        .post("/sign-in/passkey", &fields(&phone.sign(&late)))
        .await;
    refused(&mut browser, &reply).await;
}

#[tokio::test]
async fn answers_of_elsewhere_of_others_or_of_nobody_are_not_taken() {
    let world = World::new().await;
    let (mut li, mut wang) = (
        as_one(&world, "resident-li").await,
        as_one(&world, "resident-wang").await,
    );
    let mut phone = Device::new(1);
    let wrong: [fn(&mut Device); 5] = [
        |device| device.origin = "https://evil.example",
        |device| device.origin = "http://city.example",
        |device| device.host = "evil.example",
        |device| device.flags = 0b001,
        |device| device.flags = 0b100,
    ];
    for (at, change) in wrong.into_iter().enumerate() {
        let mut device = Device::new(9);
        change(&mut device);
        let reply = add(&mut li, &mut device).await;
        assert_eq!(reply.status, 422, "{at}");
    }
    assert!(added(&add(&mut li, &mut phone).await));
    let mut wangs = Device::new(2);
    assert!(added(&add(&mut wang, &mut wangs).await));
    // Somebody else's device cannot claim the same id.
    let mut claimed = Device::new(1);
    let reply = add(&mut wang, &mut claimed).await;
    assert_eq!(reply.status, 409, "{}", reply.words());

    let mut stranger = browser(&world);
    let right = phone.user.clone();
    for (at, change) in wrong.into_iter().enumerate() {
        let mut device = Device {
            pair: phone.pair,
            ..Device::new(1)
        };
        device.user.clone_from(&right);
        change(&mut device);
        let reply = enter(&mut stranger, &device).await;
        assert_eq!(reply.status, 403, "{at}");
        phone.pair = device.pair;
        // The right answer is taken, whoever failed before.
        assert_eq!(
            enter(&mut browser(&world), &phone).await.status,
            303,
            "{at}"
        );
    }
    // Wang's key under Li's id, Li's id with Wang's name for it, an id that nobody has.
    let forged = Device {
        user: right.clone(),
        ..Device::new(1)
    };
    let reply = enter(&mut stranger, &forged).await;
    refused(&mut stranger, &reply).await;
    phone.user.clone_from(&wangs.user);
    let reply = enter(&mut stranger, &phone).await;
    refused(&mut stranger, &reply).await;
    phone.user.clear();
    let reply = enter(&mut stranger, &phone).await;
    refused(&mut stranger, &reply).await;
    let nobodys = Device {
        user: right.clone(),
        ..Device::new(7)
    };
    let reply = enter(&mut stranger, &nobodys).await;
    refused(&mut stranger, &reply).await;
    for form in [&[][..], &[("credential", "*"), ("client", "*")]] {
        let reply = stranger.post("/sign-in/passkey", form).await;
        refused(&mut stranger, &reply).await;
    }
    assert_eq!(enter(&mut stranger, &wangs).await.status, 303);
    assert!(stranger.get("/me").await.words().contains("王建国"));
}

#[tokio::test]
async fn another_site_can_neither_ask_nor_sign_in() {
    let world = World::new().await;
    let mut li = as_one(&world, "resident-li").await;
    let mut phone = Device::new(1);
    assert!(added(&add(&mut li, &mut phone).await));
    let mut victim = browser(&world);
    let signed = phone.sign(&challenge(&mut victim).await);
    victim.headers.push(("sec-fetch-site", "cross-site"));
    for path in ["/sign-in/passkey", "/sign-in/passkey/options"] {
        let reply = victim.post(path, &fields(&signed)).await;
        assert_eq!(
            (reply.status.as_u16(), reply.header("set-cookie")),
            (403, ""),
            "{path}"
        );
    }
    victim.headers.pop();
    assert_eq!(
        victim
            .post("/sign-in/passkey", &fields(&signed))
            .await
            .status,
        303
    );
}

#[tokio::test]
async fn whoever_fails_often_waits() {
    let world = World::new().await;
    let mut li = as_one(&world, "resident-li").await;
    let mut phone = Device::new(1);
    assert!(added(&add(&mut li, &mut phone).await));
    let mut guesser = browser(&world);
    let forged = Device {
        user: phone.user.clone(),
        ..Device::new(1)
    };
    for _ in 0..5 {
        assert_eq!(enter(&mut guesser, &forged).await.status, 403);
    }
    // Also for the right one: what is counted is the passkey.
    let reply = enter(&mut guesser, &phone).await;
    assert_eq!(reply.status, 429);
    assert!(reply.words().contains("08:00:02"), "{}", reply.words());
    // And the address, whichever passkeys it tries: then no password is tried from it either.
    for number in 10..35 {
        assert_eq!(
            enter(
                &mut guesser,
                &Device {
                    user: vec![1; 32],
                    ..Device::new(number)
                }
            )
            .await
            .status,
            403
        );
    }
    assert_eq!(
        guesser
            .sign_in("nobody@example.cn", "1234567890")
            .await
            .status,
        429
    );
}

#[tokio::test]
async fn whoever_is_forgotten_leaves_no_passkey() {
    let world = World::new().await;
    let mut li = as_one(&world, "resident-li").await;
    let mut phone = Device::new(1);
    assert!(added(&add(&mut li, &mut phone).await));
    let mut stranger = browser(&world);
    let before = challenge(&mut stranger).await;
    li.ask("/me/forget", &[("sure", "yes")]).await;
    let reply = stranger
        .post("/sign-in/passkey", &fields(&phone.sign(&before)))
        .await;
    refused(&mut stranger, &reply).await;
    // The same device may be somebody else's now: nothing is kept of it.
    let mut wang = as_one(&world, "resident-wang").await;
    assert!(added(&add(&mut wang, &mut phone).await));
    assert_eq!(enter(&mut stranger, &phone).await.status, 303);
    assert!(stranger.get("/me").await.words().contains("王建国"));
}

#[tokio::test]
async fn a_new_passkey_is_told_by_mail_and_beside_the_devices() {
    let world = World::new().await;
    world.delivers();
    let mut li = as_one(&world, "resident-li").await;
    let hint = "href=\"/me/passkeys\"";
    assert!(!li.get("/me/devices").await.text().contains(hint));
    assert!(added(&add(&mut li, &mut Device::new(1)).await));
    assert!(li.get("/me/devices").await.text().contains(hint));
    let mails = world.browser().mailbox(1).await;
    assert!(mails.contains("您的账号添加了通行密钥") && !mails.contains("小晨的手机"));
}

#[tokio::test]
async fn the_pages_say_where_passkeys_are_for() {
    let world = World::new().await;
    let mut li = as_one(&world, "resident-li").await;
    assert!(added(&add(&mut li, &mut Device::new(1)).await));
    insta::assert_snapshot!("passkeys-zh", li.get("/me/passkeys").await.words());
    li.lang = "en";
    insta::assert_snapshot!("passkeys-en", li.get("/me/passkeys").await.words());
    assert!(
        li.get("/me/passkeys")
            .await
            .text()
            .contains("data-origin=\"https://city.example\"")
    );

    let mut stranger = browser(&world);
    let page = stranger.get("/sign-in").await.text();
    assert!(page.contains("action=\"/sign-in/passkey\"") && page.contains("passkey."));
    for (host, scheme, said) in [
        (
            "127.0.0.1:8092",
            "http",
            "http://localhost:8092/me/passkeys",
        ),
        ("[::1]:8092", "http", "http://localhost:8092/me/passkeys"),
        ("203.0.113.9", "https", "不认数字地址"),
        ("city.example", "http", "这个地址没有加密"),
    ] {
        let mut wang = world.browser();
        wang.headers
            .extend([("host", host), ("x-forwarded-proto", scheme)]);
        let reply = wang.get("/sign-in").await.text();
        assert!(!reply.contains("action=\"/sign-in/passkey\""), "{host}");
        assert_eq!(
            reply.contains("http://localhost:8092/sign-in"),
            said.contains("localhost")
        );
        wang.post("/sign-in/demo", &[("person", "resident-wang")])
            .await;
        let page = wang.get("/me/passkeys").await;
        assert!(page.text().contains(said), "{host}: {}", page.words());
        assert!(!page.text().contains("data-passkey=\"create\""), "{host}");
        assert_eq!(wang.ask("/me/passkeys/options", &[]).await.status, 400);
        let made = [("name", "x"), ("client", "AA"), ("authenticator", "AA")];
        assert_eq!(wang.ask("/me/passkeys", &made).await.status, 400);
        assert_eq!(wang.post("/sign-in/passkey/options", &[]).await.status, 400);
    }
}
