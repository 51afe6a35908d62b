//! A progress bar on a terminal; nothing elsewhere.

use crate::lang::say;
use std::io::{IsTerminal as _, Write as _, stderr};
use std::time::{Duration, Instant};

const EVERY: Duration = Duration::from_millis(200);
const WIDTH: usize = 30;

/// How far something long is.
pub struct Progress {
    /// What is counted, in both languages, and how many of them make one of what is told.
    unit: (&'static str, &'static str, f64),
    total: usize,
    done: usize,
    started: Instant,
    shown: Option<Instant>,
    terminal: bool,
}

impl Progress {
    /// Of so many rows, nothing done yet.
    pub fn new(total: usize) -> Self {
        Self::of(total, ("百万行/秒", "M rows/s", 1e6))
    }

    /// The same of other things, by their name in both languages.
    pub fn counting(total: usize, zh: &'static str, en: &'static str) -> Self {
        Self::of(total, (zh, en, 0.0))
    }

    fn of(total: usize, unit: (&'static str, &'static str, f64)) -> Self {
        Progress {
            unit,
            total,
            done: 0,
            started: Instant::now(),
            shown: None,
            terminal: stderr().is_terminal(),
        }
    }

    /// So many rows more.
    pub fn add(&mut self, rows: usize) {
        self.done += rows;
        if self.terminal && self.shown.is_none_or(|at| at.elapsed() >= EVERY) {
            self.shown = Some(Instant::now());
            let part = self.done as f64 / self.total.max(1) as f64;
            let full = ((part * WIDTH as f64) as usize).min(WIDTH);
            let (zh, en, per) = self.unit;
            let seconds = self.started.elapsed().as_secs_f64().max(1e-9);
            let speed = match per > 0.0 {
                true => format!("  {:.1} ", self.done as f64 / seconds / per),
                false => " ".to_owned(),
            };
            // A terminal that went away is no reason to stop.
            let _ = write!(
                stderr(),
                "\r{}{} {:3.0} %  {} / {}{speed}{}",
                "█".repeat(full),
                "░".repeat(WIDTH - full),
                part * 100.0,
                self.done,
                self.total,
                say(zh, en),
            );
        }
    }

    /// Takes the bar away.
    pub fn done(&self) {
        if self.terminal {
            let _ = write!(stderr(), "\r\x1b[K");
        }
    }
}
