//! What is decided together and committed at once.

use tokio::sync::oneshot;

use crate::command::{Command, Decide, Pending};
use crate::entry::Origin;
use crate::form::Form;
use crate::name::{Person, TextVersion};
use crate::store::{PersonKey, StoreError};

/// Something for the writer to do.
pub(crate) enum Job {
    /// Decide a command.
    Command(Box<dyn Decide>),
    /// Give a person a key, unless they have one.
    Key(Person, oneshot::Sender<Result<PersonKey, StoreError>>),
    /// Keep a version of a notice's text.
    Text(Vec<u8>, oneshot::Sender<Result<TextVersion, StoreError>>),
    /// Do what is waiting, then end.
    Stop,
}

/// Commands to be decided in order and committed at once. [`crate::Ledger`] makes turns of what is waiting; whoever has
/// the [`crate::Writer`] itself, an import or a simulation, makes their own.
#[derive(Default)]
pub struct Turn {
    pub(crate) jobs: Vec<Job>,
}

impl Turn {
    /// A turn with nothing to do.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a command. Its answer is there when the turn is over.
    ///
    /// # Errors
    /// When the command cannot be JSON.
    pub fn command<F: Form>(
        &mut self,
        origin: Origin,
        form: F,
        command: F::Command,
    ) -> Result<Pending<F::Refusal>, serde_json::Error> {
        let (command, pending) = Command::new(origin, form, command)?;
        self.jobs.push(Job::Command(Box::new(command)));
        Ok(pending)
    }

    /// Adds the wish that a person have a key.
    pub fn key(&mut self, person: Person) -> oneshot::Receiver<Result<PersonKey, StoreError>> {
        let (reply, answer) = oneshot::channel();
        self.jobs.push(Job::Key(person, reply));
        answer
    }

    /// Adds a version of a notice's text, to be kept for ever.
    pub fn text(&mut self, text: Vec<u8>) -> oneshot::Receiver<Result<TextVersion, StoreError>> {
        let (reply, answer) = oneshot::channel();
        self.jobs.push(Job::Text(text, reply));
        answer
    }
}
