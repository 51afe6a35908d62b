//! A progress bar on a terminal; nothing elsewhere.

use crate::lang::say;
use std::io::{IsTerminal as _, Write as _, stderr};
use std::time::{Duration, Instant};

const EVERY: Duration = Duration::from_millis(200);
const WIDTH: usize = 30;

/// How far a replay is.
pub struct Progress {
    total: usize,
    done: usize,
    started: Instant,
    shown: Option<Instant>,
    terminal: bool,
}

impl Progress {
    /// Nothing done yet.
    pub fn new(total: usize) -> Self {
        Progress {
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
            let speed = self.done as f64 / self.started.elapsed().as_secs_f64().max(1e-9) / 1e6;
            // A terminal that went away is no reason to stop.
            let _ = write!(
                stderr(),
                "\r{}{} {:3.0} %  {} / {}  {speed:.1} {}",
                "█".repeat(full),
                "░".repeat(WIDTH - full),
                part * 100.0,
                self.done,
                self.total,
                say("百万行/秒", "M rows/s"),
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
