//! `tongxin draw`: an office's draw from the promises to the outcome, and the steps that are refused.

use crate::run::{Done, here, tongxin};
use std::path::Path;

const CLOSES: &str = "2022-02-10T12:00+08:00";

fn run<const N: usize>(folder: &Path, words: [&str; N]) -> Done {
    tongxin(["draw"].into_iter().chain(words))
        .within(folder)
        .done()
}

fn done<const N: usize>(folder: &Path, words: [&str; N]) -> String {
    let done = run(folder, words);
    assert_eq!(done.code, 0, "{}\n{}", done.line, done.err);
    done.out
}

fn refused<const N: usize>(folder: &Path, words: [&str; N], code: i32, told: &str) {
    let done = run(folder, words);
    assert_eq!(done.code, code, "{}\n{}{}", done.line, done.out, done.err);
    assert!(done.err.contains(told), "{} says\n{}", done.line, done.err);
}

/// What a party hands over: the first line that its promise prints.
fn promise(folder: &Path, by: &str) -> String {
    let secret = format!("{by}.secret");
    let told = done(
        folder,
        ["commit", "--draw", "fair", "--by", by, "--secret", &secret],
    );
    told.lines().next().unwrap().to_owned()
}

fn prepared() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let notice = here().join("notices/curfew.md");
    std::fs::copy(notice, folder.path().join("fair.md")).unwrap();
    let list: String = (1..=30).rev().map(|n| format!("{n:04}\r\n\n")).collect();
    std::fs::write(folder.path().join("list.txt"), list).unwrap();
    folder
}

fn open(folder: &Path, parties: [&str; 2]) {
    let [one, two] = parties;
    let told = done(
        folder,
        [
            "open",
            "--draw",
            "fair",
            "--notice",
            "fair.md",
            "--places",
            "5",
            "--closes",
            CLOSES,
            "--party",
            one,
            two,
            "-o",
            "opened.json",
        ],
    );
    assert!(
        told.contains("请在 2022-02-10 12:00:00+08:00 之前公布 opened.json"),
        "{told}"
    );
}

#[test]
fn a_whole_draw_of_two_parties() {
    let folder = prepared();
    let folder = folder.path();
    let (office, notary) = (promise(folder, "office"), promise(folder, "公证处"));
    open(folder, [&office, &notary]);
    let told = done(
        folder,
        [
            "close",
            "opened.json",
            "--entrants",
            "list.txt",
            "-o",
            "closed.json",
        ],
    );
    assert!(told.starts_with("名单 30 人，根 "), "{told}");
    // The secrets may come in any order.
    let reveal = [
        "reveal",
        "closed.json",
        "--secret",
        "公证处.secret",
        "office.secret",
        "-o",
        "draw.json",
    ];
    let told = done(folder, reveal);
    assert!(
        told.starts_with("抽签结果：5 人有名额，25 人排在后面；名次 "),
        "{told}"
    );
    for (file, published) in [
        ("opened.json", "opened.json"),
        ("closed.json", "opened.json"),
        ("draw.json", "closed.json"),
    ] {
        let verified = tongxin(["verify", file, "--published", published])
            .within(folder)
            .done();
        assert_eq!(verified.code, 0, "{}", verified.out);
    }
    done(folder, ["line", "draw.json", "0007", "-o", "line.json"]);
    let line = tongxin(["verify", "line.json", "--published", "draw.json"])
        .within(folder)
        .done();
    assert!(
        line.code == 0 && line.out.contains("0007 在 30 人的名单里，是第 7 行"),
        "{}",
        line.out
    );
}

#[cfg(unix)]
#[test]
fn a_secret_is_the_owners_alone_and_never_overwritten() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = prepared();
    let folder = folder.path();
    let office = promise(folder, "office");
    let path = folder.join("office.secret");
    assert_eq!(
        std::fs::metadata(&path).unwrap().permissions().mode() & 0o777,
        0o600
    );
    let before = std::fs::read(&path).unwrap();
    let again = [
        "commit",
        "--draw",
        "fair",
        "--by",
        "office",
        "--secret",
        "office.secret",
    ];
    refused(folder, again, 2, "秘密不能覆盖");
    assert_eq!(std::fs::read(&path).unwrap(), before);
    // What is to be published is for everybody.
    let other = promise(folder, "notary");
    open(folder, [&office, &other]);
    let mode = std::fs::metadata(folder.join("opened.json"))
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o644);
    // Two secrets are never the same.
    promise(folder, "other");
    assert_ne!(std::fs::read(folder.join("other.secret")).unwrap(), before);
}

#[test]
fn public_randomness_is_named_before_the_close_and_signed_after_it() {
    let folder = prepared();
    let folder = folder.path();
    let office = promise(folder, "office");
    let open = |round: &str, code: i32, told: &str| {
        let done = run(
            folder,
            [
                "open",
                "--draw",
                "fair",
                "--notice",
                "fair.md",
                "--places",
                "5",
                "--closes",
                "2023-08-23T23:59:21+08:00",
                "--party",
                &office,
                "--round",
                round,
                "-o",
                "opened.json",
            ],
        );
        assert_eq!(done.code, code, "{}{}", done.out, done.err);
        assert!(
            format!("{}{}", done.out, done.err).contains(told),
            "{}",
            done.err
        );
    };
    open("999", 1, "截止之后的第一轮是 1000");
    open("soon", 2, "不接受 “soon”");
    open("after-close", 0, "约定摘要");
    let told = done(
        folder,
        [
            "close",
            "opened.json",
            "--entrants",
            "list.txt",
            "-o",
            "closed.json",
        ],
    );
    assert!(
        told.contains("第 1000 轮公共随机数在 2023-08-23 23:59:24+08:00 公布"),
        "{told}"
    );
    let with = |signature: &str| {
        run(
            folder,
            [
                "reveal",
                "closed.json",
                "--secret",
                "office.secret",
                "--signature",
                signature,
                "-o",
                "draw.json",
            ],
        )
    };
    let draw = include_str!("draws/draw.json");
    let signature = draw
        .split("\"signature\": \"")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap();
    assert_eq!(with(signature).code, 0);
    let changed = with(&signature.replace("b44679b9", "b44679b8"));
    assert!(
        changed.code == 1 && changed.err.contains("签名无效"),
        "{}",
        changed.err
    );
    assert_eq!(with("b446").code, 2);
    refused(
        folder,
        [
            "reveal",
            "closed.json",
            "--secret",
            "office.secret",
            "-o",
            "draw.json",
        ],
        1,
        "没有它的签名",
    );
}

#[test]
fn steps_that_would_not_be_fair_are_refused() {
    let folder = prepared();
    let folder = folder.path();
    let (office, notary) = (promise(folder, "office"), promise(folder, "notary"));
    let open_with = |places: &str, closes: &str, code: i32, told: &str| {
        let words = [
            "open",
            "--draw",
            "fair",
            "--notice",
            "fair.md",
            "--places",
            places,
            "--closes",
            closes,
            "--party",
            &office,
            "-o",
            "opened.json",
        ];
        refused(folder, words, code, told);
    };
    open_with("5", CLOSES, 1, "没有写明公共随机数，至少要有 2 方");
    open_with("0", CLOSES, 1, "/terms/places：没有名额可抽");
    open_with("-1", CLOSES, 2, "错误");
    open_with("5", "2022-02-10T12:00", 2, "请连时差一起写");
    assert!(!folder.join("opened.json").exists());
    open(folder, [&office, &notary]);
    for (list, told) in [
        ("0001\n王芳\n", "list.txt 第 2 行：“王芳”不能作编号"),
        ("11010519491231002X\n", "像是身份证号或手机号"),
        ("0001\n0001\n", "等于有两次机会"),
        ("\n", "名单里没有人"),
    ] {
        std::fs::write(folder.join("list.txt"), list).unwrap();
        refused(
            folder,
            [
                "close",
                "opened.json",
                "--entrants",
                "list.txt",
                "-o",
                "closed.json",
            ],
            1,
            told,
        );
    }
    assert!(!folder.join("closed.json").exists());
    let reveal = [
        "reveal",
        "opened.json",
        "--secret",
        "office.secret",
        "-o",
        "draw.json",
    ];
    refused(folder, reveal, 2, "里还没有名单");
    std::fs::write(folder.join("list.txt"), "1\n2\n").unwrap();
    done(
        folder,
        [
            "close",
            "opened.json",
            "--entrants",
            "list.txt",
            "-o",
            "closed.json",
        ],
    );
    refused(
        folder,
        ["close", "closed.json", "--entrants", "list.txt", "-o", "x"],
        2,
        "名单已截止",
    );
    let one = [
        "reveal",
        "closed.json",
        "--secret",
        "office.secret",
        "-o",
        "draw.json",
    ];
    refused(folder, one, 1, "公开了 1 个秘密，而作出承诺的有 2 方");
    let none = [
        "reveal",
        "closed.json",
        "--secret",
        "list.txt",
        "-o",
        "draw.json",
    ];
    refused(folder, none, 1, "里不是秘密");
    refused(
        folder,
        ["line", "closed.json", "3", "-o", "x"],
        2,
        "名单里没有 3",
    );
    refused(
        folder,
        ["line", "fair.md", "3", "-o", "x"],
        1,
        "不是这样写的",
    );
}
