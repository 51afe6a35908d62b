//! Certificates as Open Badges, checked by our program and by others.

use std::process::Command;

use forms::record::credential::{Flaw, Issuer, PublicKey, Setting, check, credential};
use forms::record::{Certificate, Holder};
use notice::Label;
use serde_json::Value;

use crate::house::{House, volunteer};

fn issuer() -> Issuer {
    Issuer::new(&[42; 32])
}

fn sample() -> (Certificate, Holder) {
    let mut house = House::new();
    let who = volunteer(&mut house, 1);
    house.set("2022-04-01T09:30");
    let certificate = house.ask(&who, "林晓月").unwrap();
    let holder = certificate.holder.open(&house.store).unwrap();
    (certificate, holder)
}

fn file(root: Option<&str>) -> String {
    let (certificate, holder) = sample();
    let name = Label::new("山西省图书馆", "Shanxi Library");
    let setting = Setting {
        issuer: &name,
        root,
    };
    credential(&certificate, &holder, &setting, &issuer()).unwrap()
}

#[test]
fn a_credential_says_what_was_done_and_proves_it() {
    let text = file(Some("https://tongxin.example.cn"));
    let told = check(text.as_bytes()).unwrap();
    assert_eq!(told.key, issuer().key());
    assert_eq!((told.checked, told.granted), (630, 90));
    assert_eq!(told.issuer, "山西省图书馆");
    assert!(told.is_of("林晓月") && told.is_of(" 林 晓月") && !told.is_of("林晓玥"));
    assert_eq!(
        told.status.as_deref(),
        Some("https://tongxin.example.cn/certificates/revoked.json")
    );
    assert!(!text.contains("林晓月"));
    assert_eq!(text, file(Some("https://tongxin.example.cn")));
    insta::assert_snapshot!(text);
    // Written again in another order and without white space, it is the same credential.
    let value: Value = serde_json::from_str(&text).unwrap();
    assert!(check(value.to_string().as_bytes()).is_ok());
    assert_eq!(check(file(None).as_bytes()).unwrap().status, None);
}

#[test]
fn keys_are_read_as_they_are_written() {
    let key = issuer().key();
    assert_eq!(key.to_string().parse(), Ok(key));
    assert_eq!(key.did().parse(), Ok(key));
    // RFC 8032, test 1, as a multikey.
    let known = Issuer::new(&[
        0x9d, 0x61, 0xb1, 0x9d, 0xef, 0xfd, 0x5a, 0x60, 0xba, 0x84, 0x4a, 0xf4, 0x92, 0xec, 0x2c,
        0xc4, 0x44, 0x49, 0xc5, 0x69, 0x7b, 0x32, 0x69, 0x19, 0x70, 0x3b, 0xac, 0x03, 0x1c, 0xae,
        0x7f, 0x60,
    ]);
    assert!(known.key().to_string().starts_with("z6Mk"));
    for wrong in [
        "",
        "z",
        "did:key:z6Mk",
        "did:web:example.cn",
        "z6LSbysY2xFMRpGMhb7tFTLMpeuPRaqaWM1yECx2AtzE3KCc",
    ] {
        assert!(wrong.parse::<PublicKey>().is_err(), "{wrong}");
    }
}

/// Every byte of the file matters, white space between its parts excepted.
#[test]
fn one_changed_byte_is_found() {
    let text = file(None);
    let same_as: Value = serde_json::from_str(&text).unwrap();
    let plain = same_as.to_string();
    for at in 0..plain.len() {
        let mut bytes = plain.clone().into_bytes();
        bytes[at] ^= 1;
        let found = check(&bytes);
        // What reads as the same JSON is the same credential.
        let same = serde_json::from_slice::<Value>(&bytes).is_ok_and(|v| v == same_as);
        assert!(found.is_err() || same, "byte {at} of {plain}");
    }
}

#[test]
fn what_is_wrong_is_named() {
    let text = file(None);
    let value: Value = serde_json::from_str(&text).unwrap();
    let changed = |change: &dyn Fn(&mut Value)| {
        let mut value = value.clone();
        change(&mut value);
        check(value.to_string().as_bytes()).unwrap_err()
    };
    assert_eq!(
        changed(&|v| v["credentialSubject"]["result"][0]["value"] = "9999".into()),
        Flaw::Signature
    );
    assert_eq!(
        changed(&|v| v["proof"][0]["cryptosuite"] = "eddsa-rdfc-2022".into()),
        Flaw::Suite
    );
    assert_eq!(
        changed(&|v| v["proof"][0]["verificationMethod"] = "https://example.cn/key".into()),
        Flaw::Key
    );
    assert_eq!(
        changed(&|v| v["issuer"]["id"] = Issuer::new(&[1; 32]).key().did().into()),
        Flaw::OtherKey
    );
    let no_proof = changed(&|v| {
        v.as_object_mut().unwrap().remove("proof");
    });
    assert_eq!(no_proof.field(), Some("/proof"));
    // Names that stand twice are read in different ways.
    let twice = text.replacen('{', "{\"name\":\"x\",\"name\":\"x\",", 1);
    assert!(matches!(check(twice.as_bytes()), Err(Flaw::Json { .. })));
    for wrong in ["", "[]", "null", "{\"proof\":[]}", &"[".repeat(300_000)] {
        assert!(check(wrong.as_bytes()).is_err());
    }
}

/// Node's own crypto checks the proof by the standard's steps, written a second time.
#[test]
fn another_program_checks_the_proof() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("certificate.json");
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/record/check.mjs");
    let run = |text: &str| {
        std::fs::write(&path, text).unwrap();
        let output = Command::new("node").arg(script).arg(&path).output();
        output.expect("Node.js runs").status.success()
    };
    let text = file(Some("https://tongxin.example.cn"));
    assert!(run(&text));
    assert!(!run(&text.replace("\"630\"", "\"631\"")));
}

/// Left for `scripts/outside.sh`, which has programs of others read it.
#[test]
fn a_credential_is_left_for_programs_of_others() {
    let text = file(Some("https://tongxin.example.cn"));
    std::fs::write(
        concat!(env!("CARGO_TARGET_TMPDIR"), "/certificate.json"),
        text,
    )
    .unwrap();
}
