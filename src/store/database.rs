//! What the store asks of a database engine: to run jobs, each as one transaction.

use std::fmt;

use super::tx::{Dialect, StoreError, Tx};

/// A piece of work for the database, run as one transaction: wholly or not at all.
pub trait Job: Send {
    /// Does the work. It may be called again, in a new transaction, when the first one collided with another, or was undone
    /// because of a job that shared it.
    ///
    /// # Errors
    /// When the work is to be undone.
    fn run(&mut self, tx: &mut dyn Tx) -> Result<(), StoreError>;

    /// Hears how the transaction ended; called once, after the last run.
    fn end(self: Box<Self>, ended: Result<(), StoreError>);
}

impl fmt::Debug for dyn Job {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Job")
    }
}

/// What a power cut may do to a transaction that was committed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// Nothing.
    Kept,
    /// Undo it, together with all that came after it: a claim, or a poll that found nothing new.
    MayBeUndone,
}

/// A database that takes jobs.
///
/// A database that is closed drops a job, which its caller notices.
pub trait Database: Send + Sync + fmt::Debug {
    /// Its engine.
    fn dialect(&self) -> Dialect;

    /// Hands over a job that may change something.
    fn write(&self, job: Box<dyn Job>, durability: Durability);

    /// Hands over a job that only reads: it sees all that was committed before, waits for no writer and keeps none
    /// waiting.
    fn read(&self, job: Box<dyn Job>);
}
