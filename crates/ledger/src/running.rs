//! The ledger in a thread of its own, behind a bounded queue.

use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::{mpsc, oneshot};

use crate::command::{Command, Pending};
use crate::entry::Origin;
use crate::form::Form;
use crate::name::{Person, TextVersion};
use crate::store::{PersonKey, Store, StoreError};
use crate::turn::{Job, Turn};
use crate::writer::{Halted, Writer};

/// Limits of the queue and of a turn.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Commands that may wait; more are refused at once.
    pub waiting_max: usize,
    /// Commands in one turn, and so in one commit.
    pub turn_max: usize,
    /// How long a turn waits, at most, for those who were just answered to come back, so that one commit does for them and
    /// for those who came meanwhile. It never waits for more than a quarter of what the last turn took.
    pub gather_max: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            waiting_max: 16_384,
            turn_max: 1_024,
            gather_max: Duration::from_millis(1),
        }
    }
}

/// A command was not even taken. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum NotTaken {
    /// The queue is full.
    #[error("{0} commands are waiting already: try again in a second")]
    Full(usize),
    /// The ledger is stopping or has stopped.
    #[error("the ledger takes no more commands: it is being stopped")]
    Stopped,
    /// The command cannot be JSON.
    #[error("the command cannot be written down: {0}")]
    Json(#[from] serde_json::Error),
}

/// Where commands are given. Clones go to the same writer.
#[derive(Clone)]
pub struct Ledger {
    jobs: mpsc::Sender<Job>,
}

/// The writer's thread.
#[must_use = "stop it, or what is waiting is lost"]
pub struct Running {
    jobs: mpsc::Sender<Job>,
    thread: JoinHandle<Result<(), Halted>>,
}

impl Ledger {
    /// Starts the writer in a thread of its own.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn start<S: Store + 'static>(
        writer: Writer<S>,
        limits: Limits,
    ) -> std::io::Result<(Self, Running)> {
        let (jobs, waiting) = mpsc::channel(limits.waiting_max.max(1));
        let thread = std::thread::Builder::new()
            .name("ledger".to_owned())
            .spawn(move || run(writer, waiting, limits))?;
        Ok((Self { jobs: jobs.clone() }, Running { jobs, thread }))
    }

    /// Gives a command. Returns at once; the answer comes when it is durable or refused.
    ///
    /// # Errors
    /// [`NotTaken`], and then nothing will happen.
    pub fn submit<F: Form>(
        &self,
        origin: Origin,
        form: F,
        command: F::Command,
    ) -> Result<Pending<F::Refusal>, NotTaken> {
        let (command, pending) = Command::new(origin, form, command)?;
        self.send(Job::Command(Box::new(command)))?;
        Ok(pending)
    }

    /// Makes sure that a person has a key for personal data, unless they were forgotten. Waits until it is durable.
    ///
    /// # Errors
    /// [`NotTaken`] when the queue is full; inside, what the store fails with.
    pub fn key(
        &self,
        person: Person,
    ) -> Result<impl Future<Output = Result<PersonKey, StoreError>>, NotTaken> {
        let (reply, answer) = oneshot::channel();
        self.send(Job::Key(person, reply))?;
        Ok(async {
            answer
                .await
                .unwrap_or_else(|_| Err(StoreError::Later("the ledger was stopped".to_owned())))
        })
    }

    /// Keeps a version of a notice's text for ever. Before any entry rests on it: whoever exports the notice needs it.
    /// Waits until it is durable.
    ///
    /// # Errors
    /// [`NotTaken`] when the queue is full; inside, what the store fails with.
    pub fn text(
        &self,
        text: Vec<u8>,
    ) -> Result<impl Future<Output = Result<TextVersion, StoreError>>, NotTaken> {
        let (reply, answer) = oneshot::channel();
        self.send(Job::Text(text, reply))?;
        Ok(async {
            answer
                .await
                .unwrap_or_else(|_| Err(StoreError::Later("the ledger was stopped".to_owned())))
        })
    }

    fn send(&self, job: Job) -> Result<(), NotTaken> {
        self.jobs.try_send(job).map_err(|error| match error {
            TrySendError::Full(_) => NotTaken::Full(self.jobs.max_capacity()),
            TrySendError::Closed(_) => NotTaken::Stopped,
        })
    }
}

impl Running {
    /// Takes no more commands, answers all that are waiting, and ends. Blocks until then.
    ///
    /// # Errors
    /// [`Halted`] when the store failed, then or earlier.
    pub fn stop(self) -> Result<(), Halted> {
        while let Err(TrySendError::Full(_)) = self.jobs.try_send(Job::Stop) {
            std::thread::sleep(Duration::from_millis(1));
        }
        self.thread.join().unwrap_or_else(|_| {
            Err(Halted(StoreError::Lost(
                "the writer's thread panicked".to_owned(),
            )))
        })
    }

    /// Whether the writer has ended, by a failing store or because it was told to.
    #[must_use]
    pub fn has_ended(&self) -> bool {
        self.thread.is_finished()
    }
}

/// The writer's thread: turns until told to stop, then the turns that are still due.
fn run<S: Store>(
    mut writer: Writer<S>,
    mut waiting: mpsc::Receiver<Job>,
    limits: Limits,
) -> Result<(), Halted> {
    let (mut expected, mut patience) = (1, Duration::ZERO);
    loop {
        let mut jobs = Vec::new();
        if waiting.blocking_recv_many(&mut jobs, limits.turn_max) == 0 {
            return Ok(());
        }
        gather(
            &mut waiting,
            &mut jobs,
            expected.min(limits.turn_max),
            patience,
        );
        if jobs.iter().any(|job| matches!(job, Job::Stop)) {
            // No sender can send any more; what was sent before is still received.
            waiting.close();
        }
        let began = Instant::now();
        // On a failing store, the jobs that wait are dropped with the queue, and answered as unknown.
        let (answers, ended) = writer.carry_out(Turn { jobs });
        patience = limits.gather_max.min(began.elapsed() / 4);
        // Counted before anybody is answered: who comes back later is one of them.
        expected = answers.len() + waiting.len();
        answers.give();
        ended?;
    }
}

/// Takes more of what is waiting, until so many are there or patience ends. Without it two crowds form, of which one waits
/// while the other is written, and each turn is of half of them.
fn gather(
    waiting: &mut mpsc::Receiver<Job>,
    jobs: &mut Vec<Job>,
    expected: usize,
    patience: Duration,
) {
    const PAUSE: Duration = Duration::from_micros(20);
    let began = Instant::now();
    while jobs.len() < expected {
        match waiting.try_recv() {
            Ok(job) => jobs.push(job),
            Err(_) if began.elapsed() < patience => std::thread::sleep(PAUSE),
            Err(_) => return,
        }
    }
}
