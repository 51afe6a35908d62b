//! Wrong input of every sort: a clear word, the right exit code, in bounded time; never a panic (see [`crate::run`]).

use crate::run::{Done, tongxin};
use std::time::{Duration, Instant};

fn said<const N: usize>(words: [&str; N], code: i32, told: &str) -> Done {
    let done = tongxin(words).done();
    assert_eq!(done.code, code, "{}\n{}{}", done.line, done.out, done.err);
    let all = format!("{}{}", done.out, done.err);
    assert!(all.contains(told), "{} says\n{all}not: {told}", done.line);
    done
}

#[test]
fn unknown_words_name_the_nearest_known_one() {
    said(
        ["ask", "--where", "中环一内"],
        2,
        "没有“中环一内”这个地方；是不是想写“中环以内”？",
    );
    said(
        ["ask", "--where", "中环一内", "--lang", "en"],
        2,
        "no place '中环一内'; did you mean '中环以内'?",
    );
    said(
        ["ask", "--where", "火星"],
        2,
        "请写地名、代码，或像 小店区/平阳路街道 这样的路径",
    );
    said(
        ["ask", "--do", "驶人"],
        2,
        "没有“驶人”这个行为；是不是想写“驶入”？",
    );
    said(["ask", "--do", "起飞降落"], 2, "可用的有：驶入、");
    said(
        ["ask", "--do", "fly", "--lang", "en"],
        2,
        "it knows drive, ",
    );
    said(["ask", "--who", "货车，车型 = 重形"], 2, "是不是“重型”？");
    said(
        ["ask", "--who", "货车, size class = heavi", "--lang", "en"],
        2,
        "heavy",
    );
    said(["interview", "--who", "货车，载重 = 3 吨吨"], 2, "错误");
    said(["check", "unsound.md"], 1, "是不是");
}

#[test]
fn times_and_points_that_are_none_are_refused() {
    for time in [
        "昨天",
        "2022-13-01",
        "2022-01-06T25:00",
        "2022-01-06T10:00+99:00",
        "",
        "2022-02-30T10:00",
    ] {
        said(["ask", "--at", time], 2, "看不懂时间");
        said(
            ["serve", "--clock", time, "--listen", "127.0.0.1:0"],
            2,
            "看不懂时间",
        );
    }
    said(
        ["ask", "--at", "tomorrow", "--lang", "en"],
        2,
        "write it as 2022-01-06T10:00",
    );
    for point in [
        "112.55",
        "a,b",
        "181,0",
        "0,91",
        "NaN,1",
        "1,2,3",
        "",
        "112.55;37.87",
    ] {
        said(["ask", "--point", point], 2, "看不懂位置");
    }
    said(
        ["ask", "--point", "112.55,37.87", "--where", "小店区"],
        2,
        "不能与",
    );
}

#[test]
fn files_that_are_missing_or_folders_are_said_to_be() {
    said(
        ["check", "none.md"],
        2,
        "读不了 none.md：没有这个文件或文件夹",
    );
    said(
        ["check", "none.md", "--lang", "en"],
        2,
        "cannot read none.md: no such file or folder",
    );
    said(["check", "."], 2, "这是文件夹，不是文件");
    said(["ask", "--notice", "none.md"], 2, "没有这个文件或文件夹");
    said(["ask", "--notice", "."], 2, "这是文件夹，不是文件");
    said(["diff", "none.md", "curfew.md"], 2, "没有这个文件或文件夹");
    said(["diff", "curfew.md", "."], 2, "不能一样一个");
    said(["diff", ".", "."], 2, "不是城市文件夹");
    for command in ["ask", "check", "interview", "serve"] {
        said([command, "--city", "none"], 2, "没有这个文件或文件夹");
        said([command, "--city", "."], 2, "不是城市文件夹");
    }
    said(
        [
            "bench",
            "--passages",
            "no/such/folder.parquet",
            "--rows",
            "1",
        ],
        1,
        "没有这个文件或文件夹",
    );
    said(
        ["bench", "--passages", ".", "--rows", "1"],
        1,
        "这是文件夹，不是文件",
    );
}

#[test]
fn usage_errors_exit_with_two() {
    said(
        ["ask", "--wher", "小店区"],
        2,
        "没有参数 --wher\n  是不是想写 --where？",
    );
    said(["chek"], 2, "没有命令 chek\n  是不是想写 check？");
    said(
        ["ask", "--format", "xml"],
        2,
        "--format <text|json> 不接受 “xml”\n  可以写：text、json",
    );
    said(["ask", "--lang", "fr"], 2, "可以写：zh、en");
    said(["diff", "curfew.md"], 2, "缺少参数");
    said(["serve", "--listen", "here"], 2, "不接受 “here”");
    said(
        ["bench", "--rows", "many", "--passages", "x"],
        2,
        "不接受 “many”",
    );
    for command in [
        "serve",
        "check",
        "ask",
        "interview",
        "diff",
        "replay",
        "bench",
        "verify",
        "draw",
    ] {
        said([command, "--no-such-flag"], 2, "没有参数 --no-such-flag");
        said(
            [command, "--no-such-flag", "--lang", "en"],
            2,
            "unexpected argument '--no-such-flag'",
        );
    }
    tongxin(["--lang", "zh"]).golden("no-command", 2);
}

#[test]
fn help_is_in_either_language() {
    tongxin(["--help"]).golden("help", 0);
    tongxin(["--help", "--lang", "en"]).golden("help-en", 0);
    for command in [
        "serve",
        "check",
        "ask",
        "interview",
        "diff",
        "replay",
        "bench",
        "verify",
        "draw",
        "export",
        "backup",
        "restore",
    ] {
        tongxin([command, "--help"]).golden(&format!("help-{command}"), 0);
        let english = tongxin([command, "--help", "--lang", "en"]).done();
        let chinese = |c: char| ('\u{4e00}'..='\u{9fff}').contains(&c);
        assert!(!english.out.contains(chinese), "{}", english.out);
    }
    assert!(said(["--version"], 0, "tongxin ").err.is_empty());
}

/// Texts made to hurt: refused with a finding, in bounded time.
#[test]
fn hostile_texts_are_refused_in_bounded_time() {
    let scratch = tempfile::tempdir().unwrap();
    let head = "+++\ntitle = \"一\"\nissuer = \"air-office\"\nissued = 2022-01-04T19:00:00+08:00\n\
                in_force = \"2022-01-05T00:00/2022-01-09T24:00\"\n+++\n\n# 一\n\n一。\n\n";
    let rule = |who: &str| {
        format!("{head}```rule one\nforbid = \"驶入\"\nwho = \"{who}\"\n```\n").into_bytes()
    };
    let deep = format!("{}货车{}", "(".repeat(10_000), ")".repeat(10_000));
    let texts: [(&str, Vec<u8>); 7] = [
        (
            "ten-megabytes",
            format!("{head}{}", "一二三四\n".repeat(800_000)).into_bytes(),
        ),
        ("deep", rule(&deep)),
        ("open", rule(&"(".repeat(10_000))),
        ("not-utf8", [rule("货车"), vec![0xff, 0xfe, 0x80]].concat()),
        (
            "random",
            (0..200_000_u32)
                .map(|i| (i.wrapping_mul(2_654_435_761) >> 13) as u8)
                .collect(),
        ),
        ("empty", Vec::new()),
        (
            "table",
            format!("{head}```rule one\n{}\n```\n", "a.".repeat(100_000)).into_bytes(),
        ),
    ];
    for (name, bytes) in texts {
        let file = scratch.path().join(format!("{name}.md"));
        std::fs::write(&file, bytes).unwrap();
        let file = file.to_str().unwrap();
        let from = Instant::now();
        said(["check", file], 1, "错误[");
        let json = said(
            ["check", file, "--format", "json"],
            1,
            "\"severity\": \"error\"",
        );
        assert!(
            json.out.len() < 200_000,
            "{name}: {} bytes of findings",
            json.out.len()
        );
        said(["ask", "--notice", file], 1, "公告有错误");
        said(["diff", file, "curfew.md"], 1, "公告有错误");
        assert!(
            from.elapsed() < Duration::from_secs(40),
            "{name} took {:?}",
            from.elapsed()
        );
    }
    let who = format!("货车，{}", "(".repeat(10_000));
    said(["ask", "--who", &who], 2, "错误");
    said(["ask", "--where", &"一".repeat(20_000)], 2, "没有");
    said(["ask", "--do", &"一".repeat(20_000)], 2, "没有");
    said(["ask", "--at", &"1".repeat(20_000)], 2, "看不懂时间");
}

/// Whoever reads the output may leave early.
#[test]
fn an_output_that_is_closed_is_no_fault() {
    let mut process = tongxin(["--help"]).command().spawn().unwrap();
    drop(process.stdout.take());
    let mut told = String::new();
    std::io::Read::read_to_string(&mut process.stderr.take().unwrap(), &mut told).unwrap();
    assert!(process.wait().unwrap().code().is_some_and(|code| code <= 1));
    assert_eq!(told, "");
}
