//! `tongxin verify`: draws, lines of draws and receipts.

use crate::run::{here, tongxin};
use jiff::Timestamp;
use ledger::checkpoint::Checkpoint;
use ledger::entry::{Entry, Origin};
use ledger::merkle::Hash;
use ledger::name::{Actor, Notice, RequestId, TextVersion};
use ledger::note::Signer;
use ledger::receipt::Receipt;
use serde_json::Value;
use std::path::{Path, PathBuf};

fn draws() -> PathBuf {
    here().join("draws")
}

fn signer(seed: u8) -> Signer {
    Signer::new("ledger.example/taiyuan", &[seed; 32]).unwrap()
}

fn leaf(sequence: u64) -> Vec<u8> {
    let origin = Origin {
        request: RequestId([7; 16]),
        actor: Actor::new("p7").unwrap(),
        notice: Notice::new("library-volunteers").unwrap(),
        text: TextVersion([1; 32]),
    };
    let at: Timestamp = "2022-01-04T12:00:00Z".parse().unwrap();
    let body = serde_json::value::to_raw_value(&["lib/1"]).unwrap();
    let entry = Entry::new(sequence, at, origin, "book", 1, body);
    entry.to_leaf().unwrap()
}

/// The proof of the second of two entries.
fn proof() -> String {
    let (first, second) = (Hash::leaf(&leaf(0)), Hash::leaf(&leaf(1)));
    let checkpoint = Checkpoint {
        origin: "ledger.example/taiyuan".to_owned(),
        size: 2,
        root: Hash::node(first, second),
    };
    let receipt = Receipt {
        leaf: leaf(1),
        index: 1,
        proof: vec![first],
        checkpoint: checkpoint.sign(&signer(7)),
    };
    receipt.to_string()
}

fn receipt(proof: &str) -> String {
    serde_json::to_string_pretty(&serde_json::json!({
        "format": "tongxin/receipt/v1",
        "key": signer(7).verifier().to_string(),
        "proof": proof,
    }))
    .unwrap()
}

/// A folder with one file.
fn folder(name: &str, text: impl AsRef<[u8]>) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join(name), text).unwrap();
    folder
}

#[test]
fn a_draw_is_drawn_again_at_every_stage() {
    let verify = |file: &str| tongxin(["verify", file]).within(&draws());
    verify("draw.json").golden("verify-draw", 0);
    verify("opened.json").golden("verify-draw-opened", 0);
    verify("closed.json").golden("verify-draw-closed", 0);
    let english = ["verify", "draw.json", "--lang", "en"];
    tongxin(english)
        .within(&draws())
        .golden("verify-draw-en", 0);
    let json = ["verify", "draw.json", "--format", "json"];
    tongxin(json).within(&draws()).golden("verify-draw-json", 0);
}

#[test]
fn what_was_changed_in_a_draw_is_named() {
    for (name, lang) in [
        ("rank", "zh"),
        ("layout", "zh"),
        ("secret", "zh"),
        ("secret", "en"),
    ] {
        let file = format!("{name}-changed.json");
        let run = tongxin(["verify", &file, "--lang", lang]).within(&draws());
        let end = if lang == "en" { "-en" } else { "" };
        run.golden(&format!("verify-{name}-changed{end}"), 1);
    }
    let json = ["verify", "layout-changed.json", "--format", "json"];
    let done = tongxin(json)
        .within(&draws())
        .golden("verify-layout-changed-json", 1);
    let told: Value = serde_json::from_str(&done.out).unwrap();
    assert_eq!(told["wrong"][0]["line"], 7);
    assert_eq!(told["wrong"][0]["column"], 15);
}

#[test]
fn a_draw_must_go_on_from_what_was_published() {
    let verify = |file: &str, published: &str| {
        tongxin(["verify", file, "--published", published]).within(&draws())
    };
    verify("draw.json", "closed.json").golden("verify-draw-published", 0);
    assert_eq!(verify("closed.json", "opened.json").done().code, 0);
    verify("closed.json", "draw.json").golden("verify-draw-not-published", 1);
    let damaged = verify("draw.json", "rank-changed.json").done();
    assert_eq!(damaged.code, 1);
    assert!(damaged.out.contains("本身就核对不上"), "{}", damaged.out);
}

#[test]
fn an_entrants_line_is_found_in_the_list_and_the_outcome() {
    let scratch = tempfile::tempdir().unwrap();
    let line = scratch.path().join("line.json");
    let line = line.to_str().unwrap();
    let made = tongxin(["draw", "line", "closed.json", "39595", "-o", line]);
    assert_eq!(made.within(&draws()).done().code, 0);
    tongxin(["verify", "line.json"])
        .within(scratch.path())
        .golden("verify-line", 0);
    let draw = |name: &str| draws().join(name).display().to_string();
    for (published, code, told) in [
        ("closed.json", 0, "在 5 人的名单里，是第 5 行"),
        ("draw.json", 0, "没有抽中：第 4 名，名额之后第 1 位"),
        ("opened.json", 1, "还没有名单"),
    ] {
        let done = tongxin(["verify", line, "--published", &draw(published)]).done();
        assert_eq!(done.code, code, "{}", done.out);
        assert!(done.out.contains(told), "{}", done.out);
    }
    let text = std::fs::read_to_string(line).unwrap();
    let changed = folder("line.json", text.replace("39595", "39596"));
    tongxin(["verify", "line.json"])
        .within(changed.path())
        .golden("verify-line-changed", 1);
}

#[test]
fn a_receipt_proves_its_entry() {
    let scratch = folder("receipt.json", receipt(&proof()));
    let verify = |more: &[&str]| {
        let words = ["verify", "receipt.json"].iter().chain(more);
        tongxin(words.map(|word| (*word).to_owned())).within(scratch.path())
    };
    verify(&[]).golden("verify-receipt", 0);
    verify(&["--lang", "en"]).golden("verify-receipt-en", 0);
    verify(&["--format", "json"]).golden("verify-receipt-json", 0);
    let key = signer(7).verifier().to_string();
    let known = verify(&["--key", &key]).done();
    assert_eq!(known.code, 0, "{}", known.out);
    assert!(!known.out.contains("随回执来的"), "{}", known.out);
    let other = verify(&["--key", &signer(8).verifier().to_string()]).done();
    assert_eq!(other.code, 1, "{}", other.out);
    assert_eq!(verify(&["--key", "x"]).done().code, 2);
    assert_eq!(verify(&["--published", "receipt.json"]).done().code, 2);
}

#[test]
fn a_receipts_proof_alone_needs_the_key() {
    let scratch = folder("receipt.txt", proof());
    let verify = |more: &[&str]| {
        let words = ["verify", "receipt.txt"].iter().chain(more);
        tongxin(words.map(|word| (*word).to_owned()))
            .within(scratch.path())
            .done()
    };
    let without = verify(&[]);
    assert_eq!(without.code, 2);
    assert!(without.err.contains("--key"), "{}", without.err);
    assert_eq!(
        verify(&["--key", &signer(7).verifier().to_string()]).code,
        0
    );
    let other = verify(&["--key", &signer(8).verifier().to_string()]);
    assert!(
        other.code == 1 && other.out.contains("不是用这把公钥签的"),
        "{}",
        other.out
    );
}

/// Each way to break a receipt has its own words, in either language.
#[test]
fn what_is_wrong_with_a_receipt_is_said() {
    let proof = proof();
    let (head, checkpoint) = proof.split_once("\n\n").unwrap();
    for (changed, told) in [
        (proof.replace("@v1", "@v2"), "第一行应为"),
        (proof.replace("extra ", "extras "), "第二行应为"),
        (proof.replace("index 1", "index 01"), "第三行应为"),
        (
            proof.replace("index 1\n", "index 1\nx\n"),
            "有一行不是 base64",
        ),
        (proof.replace("\n\n", "\n"), "应有一个空行"),
        (proof.replace("index 1", "index 0"), "没有通到账本的根"),
        (proof.replace("index 1", "index 9"), "不可能在 2 条的账本里"),
        (
            format!("{head}\n{}\n\n{checkpoint}", Hash::leaf(b"")),
            "证明有 2 个散列值",
        ),
        (
            proof.replacen("extra eyJ2Ijox", "extra eyJ2Ijoy", 1),
            "没有通到账本的根",
        ),
        (
            proof.replace("taiyuan\n2\n", "taiyuan\n3\n"),
            "的签名与检查点不相符",
        ),
        (proof.replace("\u{2014} ", "- "), "检查点的写法不对"),
    ] {
        assert_ne!(changed, proof, "{told}");
        let scratch = folder("receipt.json", receipt(&changed));
        let done = tongxin(["verify", "receipt.json"])
            .within(scratch.path())
            .done();
        assert_eq!(done.code, 1, "{}", done.out);
        assert!(done.out.contains(told), "{told}: {}", done.out);
        let english = tongxin(["verify", "receipt.json", "--lang", "en"]);
        let english = english.within(scratch.path()).done().out;
        let chinese = |c: char| ('\u{4e00}'..='\u{9fff}').contains(&c);
        assert!(!english.contains(chinese), "{english}");
    }
}

#[test]
fn files_made_to_hurt_are_refused() {
    let bytes: Vec<(&str, Vec<u8>)> = vec![
        ("empty", Vec::new()),
        (
            "random",
            (0..200_000_u32)
                .map(|i| (i.wrapping_mul(2_654_435_761) >> 13) as u8)
                .collect(),
        ),
        (
            "deep",
            format!(
                "{{\"format\": \"tongxin/draw/v1\", \"terms\": {}",
                "[".repeat(5_000_000)
            )
            .into_bytes(),
        ),
        (
            "deep-receipt",
            format!(
                "{{\"format\": \"tongxin/receipt/v1\", \"key\": {}",
                "[".repeat(5_000_000)
            )
            .into_bytes(),
        ),
        (
            "receipt",
            b"{\"format\": \"tongxin/receipt/v2\", \"key\": \"\", \"proof\": \"\"}".to_vec(),
        ),
        (
            "key",
            receipt(&proof())
                .replace("taiyuan+", "taiyuan-")
                .into_bytes(),
        ),
        ("notice", b"+++\ntitle = \"x\"\n+++\n".to_vec()),
    ];
    for (name, bytes) in bytes {
        let scratch = folder("file", bytes);
        for format in ["text", "json"] {
            let done = tongxin(["verify", "file", "--format", format])
                .within(scratch.path())
                .done();
            assert_eq!(done.code, 1, "{name}: {}{}", done.out, done.err);
            assert!(done.out.len() < 2_000, "{name}: {}", done.out);
        }
    }
    for path in [Path::new("none.json"), Path::new(".")] {
        assert_eq!(tongxin(["verify", path.to_str().unwrap()]).done().code, 2);
    }
}
