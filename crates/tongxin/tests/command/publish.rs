//! `tongxin publish` and `export city`: what is written back answers like what was served.

use crate::run::{Run, tongxin};
use std::fs;

const TEXT: &str = r#"+++
title    = "演示：轻型货车错时通行"
issuer   = "air-office"
issued   = 2022-01-06T08:00:00+08:00
in_force = "2022-01-06T08:00/2022-02-01T00:00"
demo     = true
+++

## 一、错时

轻型货车每日早高峰停止驶入中环以内，电动车除外。

```rule light-trucks
forbid = "驶入"
who    = "货车 且 车型 = 轻型"
where  = "中环以内"
when   = "每日 07:00-09:00"
except = { clean = "燃料 = 电动" }
```
"#;

/// A folder with the notice in it.
fn scratch() -> tempfile::TempDir {
    let scratch = tempfile::tempdir().unwrap();
    fs::write(scratch.path().join("light-trucks.md"), TEXT).unwrap();
    scratch
}

fn run(scratch: &tempfile::TempDir, line: &str) -> Run {
    tongxin(line.split(' ')).within(scratch.path())
}

const PUBLISH: &str = "publish light-trucks.md --data data";
const BOTH: &str = "--by air-clerk --signed-by air-head";

#[test]
fn what_is_published_is_exported_and_answers_the_same() {
    let scratch = scratch();
    let looked = run(&scratch, &format!("{PUBLISH} {BOTH} --dry-run")).done();
    assert!(
        looked.code == 0 && looked.out.contains("原来可以，现在不可以"),
        "{}{}",
        looked.out,
        looked.err
    );
    let done = run(&scratch, &format!("{PUBLISH} {BOTH}")).done();
    assert!(
        done.code == 0 && done.out.contains("已发布 light-trucks，第 1 版"),
        "{}{}",
        done.out,
        done.err
    );
    let later = TEXT.replace("07:00-09:00", "06:00-07:00");
    fs::write(scratch.path().join("light-trucks.md"), later).unwrap();
    let at = format!("{PUBLISH} {BOTH} --at 2022-01-10T00:00 --lang en");
    let done = run(&scratch, &at).done();
    assert!(
        done.code == 0
            && done
                .out
                .contains("published light-trucks, version 2, in force from 2022-01-10 00:00 on"),
        "{}{}",
        done.out,
        done.err
    );

    let export = |line: &str| run(&scratch, &format!("export city --data data {line}")).done();
    let now = export("-o now");
    assert!(
        now.code == 0 && now.out.contains("16 份公告"),
        "{}{}",
        now.out,
        now.err
    );
    let then = export("-o then --at 2022-01-10 --lang en");
    assert_eq!(then.code, 0, "{}{}", then.out, then.err);
    assert!(export("-o now").err.contains("不是空的"));
    // The folders answer as the texts that they hold.
    let ask = |folder: &str, hour: &str| {
        let words = [
            "ask",
            "--city",
            folder,
            "--who",
            "货车, 车型 = 轻型, 燃料 = 柴油",
            "--do",
            "驶入",
            "--where",
            "中环以内",
            "--at",
            hour,
            "--format",
            "json",
        ];
        let done = tongxin(words).within(scratch.path()).done();
        let answer: serde_json::Value = serde_json::from_str(&done.out).unwrap();
        answer["verdict"].as_str().unwrap().to_owned()
    };
    assert_eq!(ask("now", "2022-01-11T08:00"), "forbidden");
    assert_eq!(ask("now", "2022-01-11T06:30"), "allowed");
    assert_eq!(ask("then", "2022-01-11T08:00"), "allowed");
    assert_eq!(ask("then", "2022-01-11T06:30"), "forbidden");
    // All else is the built-in city's.
    let read = |path: &str| fs::read(scratch.path().join("now").join(path)).unwrap();
    let city = crate::run::project().join("cities/taiyuan-2022");
    for path in [
        "city.toml",
        "vocabulary.toml",
        "notices/air-order.md",
        "places/divisions.csv",
    ] {
        assert!(read(path) == fs::read(city.join(path)).unwrap(), "{path}");
    }
    // Exported again from its own folder, it is the same.
    let again = run(&scratch, "export city --city now --data data -o again").done();
    assert_eq!(again.code, 0, "{}", again.err);
    assert!(
        read("notices/light-trucks.md")
            == fs::read(scratch.path().join("again/notices/light-trucks.md")).unwrap()
    );
    // The history can be checked by anybody.
    assert_eq!(
        run(
            &scratch,
            "export notice light-trucks --data data -o b.tar.zst"
        )
        .done()
        .code,
        0
    );
    let verified = run(&scratch, "verify b.tar.zst").done();
    assert!(
        verified.code == 0 && verified.out.contains("2 版文本"),
        "{}",
        verified.out
    );
}

#[test]
fn what_is_refused_says_why_and_leaves_nothing() {
    let scratch = scratch();
    fs::write(scratch.path().join("Wrong_name.md"), TEXT).unwrap();
    fs::write(
        scratch.path().join("wrong.md"),
        TEXT.replace("车型 = 轻型", "车型 = 微小型"),
    )
    .unwrap();
    for (line, code, zh) in [
        (
            "publish light-trucks.md --data data --by air-clerk --signed-by air-clerk",
            1,
            "复核公告",
        ),
        (
            "publish light-trucks.md --data data --by air-head --signed-by air-head",
            1,
            "复核公告",
        ),
        (
            "publish light-trucks.md --data data --by resident-li --signed-by air-head",
            1,
            "工作人员",
        ),
        (
            "publish light-trucks.md --data data --by library-clerk --signed-by library-head",
            1,
            "issuer",
        ),
        (
            "publish wrong.md --data data --by air-clerk --signed-by air-head",
            1,
            "微小型",
        ),
        (
            "publish Wrong_name.md --data data --by air-clerk --signed-by air-head",
            1,
            "短名",
        ),
        (
            "publish light-trucks.md --data data --by air-clerk --signed-by air-head --at 2021-01-01",
            1,
            "已经过去",
        ),
        (
            "publish light-trucks.md --data data --by air-clerk --signed-by air-head --at soon",
            2,
            "soon",
        ),
        (
            "publish none.md --data data --by air-clerk --signed-by air-head",
            2,
            "none.md",
        ),
        ("export city --data none -o x", 2, "没有账本"),
    ] {
        let done = run(&scratch, line).done();
        assert_eq!(done.code, code, "{line}: {}", done.err);
        assert!(done.err.contains(zh), "{line}: {}", done.err);
    }
    // Nothing stands in the way of the same done rightly.
    let done = run(&scratch, &format!("{PUBLISH} {BOTH} --lang en")).done();
    assert!(
        done.code == 0 && done.out.contains("version 1"),
        "{}{}",
        done.out,
        done.err
    );
}
