//! `tongxin export`, `backup` and `restore`, and `verify` of what they write.

use crate::ledgers::{fill, signer};
use crate::run::{Run, tongxin};
use serde_json::Value;
use std::fs;
use std::path::Path;

/// A folder with a ledger in `data`.
fn scratch() -> tempfile::TempDir {
    let scratch = tempfile::tempdir().unwrap();
    fill(&scratch.path().join("data"));
    scratch
}

fn run(scratch: &tempfile::TempDir, line: &str) -> Run {
    tongxin(line.split(' ')).within(scratch.path())
}

const EXPORT: &str = "export notice dogs --data data -o dogs.tar.zst";

#[test]
fn a_notice_is_exported_and_verified() {
    let scratch = scratch();
    run(&scratch, EXPORT).golden("export-notice", 0);
    let verify = |more: &str| run(&scratch, &format!("verify dogs.tar.zst{more}"));
    verify("").golden("verify-bundle", 0);
    verify(" --lang en").golden("verify-bundle-en", 0);
    verify(" --format json").golden("verify-bundle-json", 0);
    let key = signer().verifier().to_string();
    let known = verify(&format!(" --key {key}")).done();
    assert!(
        known.code == 0 && !known.out.contains("随文件来的"),
        "{}",
        known.out
    );
    let english = run(&scratch, &format!("{EXPORT} --lang en"));
    english.golden("export-notice-en", 0);
}

/// Whatever byte is changed, the command says so with exit code 1, in either language.
#[test]
fn every_changed_byte_of_a_bundle_is_found_by_the_command() {
    let scratch = scratch();
    assert_eq!(run(&scratch, EXPORT).done().code, 0);
    let file = fs::read(scratch.path().join("dogs.tar.zst")).unwrap();
    for at in (0..file.len()).step_by(file.len() / 60) {
        let mut changed = file.clone();
        changed[at] ^= 1 << (at % 8);
        fs::write(scratch.path().join("changed.tar.zst"), changed).unwrap();
        let lang = if at % 2 == 0 { "zh" } else { "en" };
        let done = run(
            &scratch,
            &format!("verify changed.tar.zst --lang {lang} --format json"),
        )
        .done();
        assert_eq!(done.code, 1, "byte {at}: {}", done.out);
        let told: Value = serde_json::from_str(&done.out).unwrap();
        assert_eq!(
            (&told["kind"], &told["holds"]),
            (&"bundle".into(), &false.into())
        );
        let message = told["wrong"][0]["message"].as_str().unwrap();
        let chinese = message.contains(|c: char| ('\u{4e00}'..='\u{9fff}').contains(&c));
        assert_eq!(chinese, lang == "zh", "byte {at}: {message}");
    }
}

/// The bundle with its tar file changed, and packed again as somebody would who has no key.
fn changed(scratch: &Path, change: impl Fn(&mut Vec<u8>)) {
    use sha2::{Digest as _, Sha256};
    use std::io::Read as _;
    let file = fs::read(scratch.join("dogs.tar.zst")).unwrap();
    let mut tar = Vec::new();
    let mut packed = &file[..file.len() - 40];
    let mut decoder = ruzstd::decoding::StreamingDecoder::new(&mut packed).unwrap();
    decoder.read_to_end(&mut tar).unwrap();
    change(&mut tar);
    let level = ruzstd::encoding::CompressionLevel::Fastest;
    let mut file = ruzstd::encoding::compress_to_vec(&tar[..], level);
    let digest = Sha256::digest(&file);
    file.extend_from_slice(b"\x50\x2a\x4d\x18\x20\0\0\0");
    file.extend_from_slice(&digest);
    fs::write(scratch.join("changed.tar.zst"), file).unwrap();
}

fn replace(tar: &mut [u8], from: &str, to: &str) {
    let at = tar
        .windows(from.len())
        .rposition(|bytes| bytes == from.as_bytes());
    let at = at.unwrap();
    tar[at..at + to.len()].copy_from_slice(to.as_bytes());
}

#[test]
fn what_was_changed_in_a_bundle_is_named() {
    let scratch = scratch();
    assert_eq!(run(&scratch, EXPORT).done().code, 0);
    for (name, from, to) in [
        (
            "entry",
            "{\"v\":1,\"sequence\":4,\"at\":\"2022-01-06T00:06:00Z\",\"actor\":\"p7\"",
            "{\"v\":1,\"sequence\":4,\"at\":\"2022-01-06T00:06:00Z\",\"actor\":\"p8\"",
        ),
        (
            "state",
            "\"row\":{\"dog\":\"dog-8\",\"tag\":8}",
            "\"row\":{\"dog\":\"dog-8\",\"tag\":9}",
        ),
        ("text", "（更正）", "（改正）"),
    ] {
        changed(scratch.path(), |tar| replace(tar, from, to));
        run(&scratch, "verify changed.tar.zst").golden(&format!("verify-bundle-{name}"), 1);
    }
    run(&scratch, "verify changed.tar.zst --lang en").golden("verify-bundle-text-en", 1);
    changed(scratch.path(), |tar| {
        replace(tar, "dog-8\",\"tag\":8}", "dog-8\",\"tag\":9}")
    });
    let json = run(&scratch, "verify changed.tar.zst --format json");
    json.golden("verify-bundle-state-json", 1);
    changed(scratch.path(), |tar| tar.truncate(5_000));
    run(&scratch, "verify changed.tar.zst").golden("verify-bundle-cut", 1);
}

#[test]
fn a_ledger_is_backed_up_and_restored() {
    let scratch = scratch();
    run(&scratch, "backup --data data -o monday.backup").golden("backup", 0);
    run(&scratch, "restore monday.backup --data new").golden("restore", 0);
    run(&scratch, "restore monday.backup --data other --lang en").golden("restore-en", 0);
    run(&scratch, "backup --data new -o tuesday.backup --lang en").golden("backup-en", 0);
    let export = "export notice dogs --data new -o again.tar.zst";
    assert_eq!(run(&scratch, export).done().code, 0);
    assert_eq!(run(&scratch, EXPORT).done().code, 0);
    let read = |name: &str| fs::read(scratch.path().join(name)).unwrap();
    assert!(
        read("again.tar.zst") == read("dogs.tar.zst"),
        "the restored ledger is the same"
    );
    // Nothing else was left beside them.
    let mut names: Vec<_> = fs::read_dir(scratch.path())
        .unwrap()
        .map(|file| file.unwrap().file_name())
        .collect();
    names.sort();
    assert_eq!(
        names,
        [
            "again.tar.zst",
            "data",
            "dogs.tar.zst",
            "monday.backup",
            "new",
            "other",
            "tuesday.backup"
        ]
    );
}

/// Each way to be refused, with its exit code and words in either language.
#[test]
fn what_cannot_be_done_says_what_to_do() {
    let scratch = scratch();
    assert_eq!(
        run(&scratch, "backup --data data -o a.backup").done().code,
        0
    );
    fs::write(scratch.path().join("text"), "not a backup").unwrap();
    let mut damaged = fs::read(scratch.path().join("a.backup")).unwrap();
    let at = damaged
        .windows(5)
        .position(|bytes| bytes == b"dog-3")
        .unwrap();
    damaged[at + 4] = b'9';
    fs::write(scratch.path().join("damaged"), damaged).unwrap();
    for (line, code, zh) in [
        ("export notice dogs --data none -o x", 2, "没有账本"),
        (
            "export notice mice --data data -o x",
            2,
            "没有公告 mice 的条目",
        ),
        (
            "export notice dogs --data data -o none/x",
            1,
            "写不了 none/x",
        ),
        ("export notice", 2, "缺少参数"),
        ("export", 2, "一份公告"),
        ("backup --data none -o x", 2, "没有账本"),
        ("backup --data data -o a.backup", 2, "备份从不覆盖"),
        ("backup --data data -o none/x", 1, "写不了 none/x"),
        ("restore none --data new", 2, "读不了 none"),
        ("restore a.backup --data data", 2, "不是空的"),
        ("restore text --data new", 1, "不是账本的备份"),
        ("restore damaged --data new", 1, "备份核对不上"),
    ] {
        let done = run(&scratch, line).done();
        assert_eq!(done.code, code, "{line}: {}", done.err);
        assert!(done.err.contains(zh), "{line}: {}", done.err);
        let english = run(&scratch, &format!("{line} --lang en")).done();
        let chinese = |c: char| ('\u{4e00}'..='\u{9fff}').contains(&c);
        assert!(
            english.code == code && !english.err.contains(chinese),
            "{line}: {}",
            english.err
        );
    }
    // A refused restore leaves an empty folder, into which the next can go.
    assert_eq!(run(&scratch, "restore a.backup --data new").done().code, 0);
}
