//! Running the command, and comparing what it printed with a golden file.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The folder of this test's files.
pub fn here() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/command")
}

/// The whole project.
pub fn project() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// A command line to run: by default in the folder `notices/`, where no city lies about, so the built-in one answers.
pub struct Run {
    words: Vec<String>,
    folder: PathBuf,
    input: Vec<u8>,
    variables: Vec<(&'static str, String)>,
}

/// What it did.
pub struct Done {
    pub line: String,
    pub code: i32,
    pub out: String,
    pub err: String,
}

/// `tongxin` with these words.
pub fn tongxin<S: Into<String>>(words: impl IntoIterator<Item = S>) -> Run {
    Run {
        words: words.into_iter().map(Into::into).collect(),
        folder: here().join("notices"),
        input: Vec::new(),
        variables: Vec::new(),
    }
}

impl Run {
    pub fn within(mut self, folder: &Path) -> Self {
        self.folder = folder.to_owned();
        self
    }

    pub fn input(mut self, text: impl Into<Vec<u8>>) -> Self {
        self.input = text.into();
        self
    }

    pub fn variable(mut self, name: &'static str, value: &str) -> Self {
        self.variables.push((name, value.to_owned()));
        self
    }

    /// The command ready to start, with an environment of its own.
    pub fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tongxin"));
        command.args(&self.words).current_dir(&self.folder);
        for name in [
            "LC_ALL",
            "LC_MESSAGES",
            "LANG",
            "TONGXIN_CITY",
            "TONGXIN_DATABASE",
        ] {
            command.env_remove(name);
        }
        command.envs(self.variables.iter().map(|(name, value)| (*name, value)));
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    /// Runs it to its end.
    pub fn done(self) -> Done {
        let mut process = self.command().spawn().expect("the command starts");
        let mut input = process.stdin.take().expect("an input");
        let text = self.input.clone();
        // It may end without reading all of it.
        let writing = std::thread::spawn(move || drop(input.write_all(&text)));
        let output = process.wait_with_output().expect("the command ends");
        writing.join().expect("the input was written");
        let words = self
            .words
            .iter()
            .map(|word| match word.contains([' ', '<']) {
                true => format!("'{word}'"),
                false => word.clone(),
            });
        let done = Done {
            line: ["tongxin".to_owned()]
                .into_iter()
                .chain(words)
                .collect::<Vec<_>>()
                .join(" "),
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8(output.stdout).expect("UTF-8"),
            err: String::from_utf8(output.stderr).expect("UTF-8"),
        };
        assert!(
            !done.err.contains("panicked"),
            "{}\n{}",
            done.line,
            done.err
        );
        assert!(
            (0..=2).contains(&done.code),
            "{}: exit {}\n{}",
            done.line,
            done.code,
            done.err
        );
        done
    }

    /// Runs it, holds the exit code to what is expected and everything printed to the golden file of this name.
    pub fn golden(self, name: &str, code: i32) -> Done {
        let done = self.done();
        assert_eq!(done.code, code, "{}\n{}{}", done.line, done.out, done.err);
        let mut text = format!("$ {}\n{}", done.line, done.out);
        if !done.err.is_empty() {
            text += &format!("--- stderr\n{}", done.err);
        }
        compare(
            &here().join("golden").join(format!("{name}.txt")),
            &stable(&text),
        );
        done
    }
}

/// Hashes of texts change with every word of a notice; that they are there is enough.
fn stable(text: &str) -> String {
    let mut parts = text.split("sha256:");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let digits = part.bytes().take_while(u8::is_ascii_hexdigit).count();
        assert_eq!(digits, 64, "a version is a whole SHA-256: {part}");
        out += "sha256:…";
        out += &part[digits..];
    }
    out
}

/// Compares with a file, or writes it.
fn compare(path: &Path, text: &str) {
    if std::env::var_os("UPDATE_EXPECTED").is_some() {
        fs::write(path, text).expect("the golden file is written");
        return;
    }
    let expected = fs::read_to_string(path).unwrap_or_else(|error| {
        panic!(
            "{}: {error}; write it with UPDATE_EXPECTED=1",
            path.display()
        )
    });
    let name = path.display();
    assert!(
        expected == text,
        "{name} differs; if it is meant to, write it with UPDATE_EXPECTED=1\n{}",
        similar::TextDiff::from_lines(expected.as_str(), text).unified_diff()
    );
}
