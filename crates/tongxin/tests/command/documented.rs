//! Every example of `docs/commands.md` is run as it stands, in order, and prints what stands under it.

use crate::run::project;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;

/// A command of the page and the output shown; `…` stands for whatever is left out.
struct Example {
    line: usize,
    command: String,
    shown: Vec<String>,
}

/// Indented blocks whose lines begin with `$ `.
fn examples(page: &str) -> Vec<Example> {
    let mut examples: Vec<Example> = Vec::new();
    let mut within = false;
    for (number, line) in page.lines().enumerate() {
        let block = line.strip_prefix("    ");
        if let Some(command) = block.and_then(|line| line.strip_prefix("$ ")) {
            within = true;
            examples.push(Example {
                line: number + 1,
                command: command.to_owned(),
                shown: Vec::new(),
            });
        } else if let (true, Some(example)) = (within, examples.last_mut()) {
            match block {
                Some(text) => example.shown.push(text.to_owned()),
                None if line.is_empty() => example.shown.push(String::new()),
                None => within = false,
            }
        }
    }
    for example in &mut examples {
        while example.shown.last().is_some_and(String::is_empty) {
            example.shown.pop();
        }
    }
    examples
}

/// A line alone of `…` is any number of lines; `…` inside a line is any text.
fn matches(shown: &[String], printed: &[&str]) -> bool {
    match shown {
        [] => printed.is_empty(),
        [first, rest @ ..] if first.trim() == "…" => {
            (0..=printed.len()).any(|skip| matches(rest, &printed[skip..]))
        }
        [first, rest @ ..] => match printed {
            [line, more @ ..] => line_matches(first, line) && matches(rest, more),
            [] => false,
        },
    }
}

fn line_matches(shown: &str, printed: &str) -> bool {
    let mut parts = shown.trim_end().split('…');
    let Some(mut left) = parts
        .next()
        .and_then(|start| printed.trim_end().strip_prefix(start))
    else {
        return false;
    };
    let mut last = None;
    for part in parts {
        let Some(at) = left.find(part) else {
            return false;
        };
        left = &left[at + part.len()..];
        last = Some(part);
    }
    left.is_empty() || last == Some("")
}

#[test]
fn every_example_prints_what_the_page_shows() {
    let page = std::fs::read_to_string(project().join("docs/commands.md")).unwrap();
    let examples = examples(&page);
    for command in [
        "check",
        "ask",
        "interview",
        "diff",
        "replay",
        "bench --passages",
        "bench --rules",
        "draw",
        "verify",
        "publish",
        "export notice",
        "export city",
        "backup",
        "restore",
    ] {
        let shown = examples
            .iter()
            .any(|one| one.command.contains(&format!("tongxin {command}")));
        assert!(shown, "the page shows no example of {command}");
    }
    let scratch = tempfile::tempdir().unwrap();
    for name in ["docs", "cities"] {
        symlink(
            project().join(name).canonicalize().unwrap(),
            scratch.path().join(name),
        )
        .unwrap();
    }
    crate::ledgers::fill(&scratch.path().join("data"));
    let binary = Path::new(env!("CARGO_BIN_EXE_tongxin")).parent().unwrap();
    let path = format!(
        "{}:{}",
        binary.display(),
        std::env::var("PATH").unwrap_or_default()
    );
    for example in examples {
        let output = Command::new("sh")
            .args(["-c", &format!("{{ {}; }} 2>&1", example.command)])
            .current_dir(scratch.path())
            .env("PATH", &path)
            .env("LANG", "zh_CN.UTF-8")
            .env_remove("LC_ALL")
            .env_remove("LC_MESSAGES")
            .env_remove("TONGXIN_CITY")
            .output()
            .unwrap();
        let printed = String::from_utf8(output.stdout).unwrap();
        let lines: Vec<&str> = printed.lines().collect();
        assert!(
            matches(&example.shown, &lines),
            "docs/commands.md:{}: {}\nshows\n{}\nprints\n{printed}",
            example.line,
            example.command,
            example.shown.join("\n")
        );
    }
}

#[test]
fn shown_output_may_leave_out_but_not_differ() {
    let shown = |text: &str| text.lines().map(String::from).collect::<Vec<_>>();
    assert!(matches(&shown("a\n…\nz"), &["a", "b", "c", "z"]));
    assert!(matches(&shown("took … s"), &["took 3.2 s"]));
    assert!(!matches(&shown("took … s"), &["took 3.2 m"]));
    assert!(!matches(&shown("a\n…\nz"), &["a", "b"]));
    assert!(!matches(&shown("a"), &["a", "b"]));
    assert!(matches(&shown("sha256:…"), &["sha256:00ff"]));
}
