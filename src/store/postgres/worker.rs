//! One thread and its connection: it takes jobs, makes transactions of them, and begins again where that may help.

use std::sync::Arc;
use std::time::Duration;

use super::super::database::{Durability, Job};
use super::super::sqlite::Access;
use super::super::tx::{DatabaseFailure, StoreError};
use super::queue::{Mode, Queue, Task};
use super::session::{Connector, PostgresTx, Session};

/// How often a job is run that collides with others, or loses its connection.
const RUNS: u32 = 5;

/// The waits before the server is tried again that could not be reached: it restarts within a second or two. After the
/// last one the job ends, so that its caller can say what is wrong.
const CONNECT_AGAIN: [Duration; 4] = [
    Duration::from_millis(100),
    Duration::from_millis(400),
    Duration::from_secs(1),
    Duration::from_millis(2_500),
];

/// The longest wait after the first collision; each further one doubles it.
const APART: Duration = Duration::from_millis(20);

/// A thread that works off the queue.
pub(super) struct Worker {
    queue: Arc<Queue>,
    connector: Connector,
    session: Option<Session>,
    /// The server could not be reached for the last job: the next one does not wait for it again.
    is_cut_off: bool,
}

impl Worker {
    pub(super) fn new(queue: Arc<Queue>, connector: Connector) -> Self {
        Self {
            queue,
            connector,
            session: None,
            is_cut_off: false,
        }
    }

    /// Connects for the first time; who works ends what sessions an earlier process of its name has left.
    pub(super) fn connect(&mut self, access: Access) -> Result<(), StoreError> {
        let mut session = self.connector.connect()?;
        if access == Access::Own {
            session.end_namesakes()?;
        }
        self.session = Some(session);
        Ok(())
    }

    /// Works until there is nothing left to do and nothing more will come.
    pub(super) fn work(&mut self) {
        while let Some(tasks) = self.queue.next() {
            self.run(tasks);
        }
    }

    fn run(&mut self, mut tasks: Vec<Task>) {
        if tasks.len() > 1 {
            match self.together(&mut tasks) {
                Together::Ended(ended) => {
                    for (task, ended) in tasks.into_iter().zip(ended) {
                        task.job.end(ended);
                    }
                    return;
                }
                Together::EachAlone => {}
            }
        }
        for mut task in tasks {
            let ended = self.alone(&mut task);
            task.job.end(ended);
        }
    }

    /// Runs the jobs in one transaction, each behind a savepoint.
    fn together(&mut self, tasks: &mut [Task]) -> Together {
        let is_light = |task: &Task| task.mode == Mode::Write(Durability::MayBeUndone);
        let durability = if tasks.iter().all(is_light) {
            Durability::MayBeUndone
        } else {
            Durability::Kept
        };
        let mode = Mode::Write(durability);
        let mut ended = Vec::with_capacity(tasks.len());
        let committed = self.transaction(mode, |tx| {
            for task in &mut *tasks {
                tx.savepoint()?;
                let done = tx.run(task.job.as_mut());
                if let Err(error) = &done {
                    if is_to_run_again(error) {
                        return Err(error.clone());
                    }
                    tx.roll_back_to_savepoint()?;
                }
                ended.push(done);
            }
            Ok(())
        });
        match committed {
            Ok(()) => Together::Ended(ended),
            Err(error) if error.kind() == Some(DatabaseFailure::Unknown) => {
                Together::Ended(tasks.iter().map(|_| Err(error.clone())).collect())
            }
            // Whatever it was, the jobs say it again, each for itself.
            Err(_) => Together::EachAlone,
        }
    }

    /// Runs a job in a transaction of its own, again where it collided or lost its connection.
    fn alone(&mut self, task: &mut Task) -> Result<(), StoreError> {
        let mut runs = 1;
        loop {
            self.ready()?;
            let job = task.job.as_mut();
            let Err(error) = self.transaction(task.mode, |tx| tx.run(job)) else {
                return Ok(());
            };
            if !is_to_run_again(&error) || runs == RUNS || self.queue.is_closed() {
                return Err(error);
            }
            self.queue
                .rest(APART.mul_f64(fastrand::f64()) * 2_u32.pow(runs));
            runs += 1;
        }
    }

    /// Runs one transaction; it is committed when the work is done, and undone when it fails.
    fn transaction(
        &mut self,
        mode: Mode,
        work: impl FnOnce(&mut PostgresTx<'_>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let session = self.ready()?;
        let done = session.transaction(mode, work);
        let is_lost = match &done {
            Ok(()) => false,
            Err(_) => session.is_lost(),
        };
        if is_lost {
            self.session = None;
        }
        done
    }

    /// The session; made anew where it was lost, with waits for a server that is just not there.
    fn ready(&mut self) -> Result<&mut Session, StoreError> {
        if let Some(session) = self.session.take_if(|session| !session.is_lost()) {
            return Ok(self.session.insert(session));
        }
        let mut waits = CONNECT_AGAIN.iter();
        let session = loop {
            let refused = match self.connector.connect() {
                Ok(session) => break session,
                Err(error) => error,
            };
            let is_away = refused.kind() == Some(DatabaseFailure::Unreachable);
            let wait = waits.next().filter(|_| is_away && !self.is_cut_off);
            let Some(wait) = wait.filter(|_| !self.queue.is_closed()) else {
                self.is_cut_off = is_away;
                return Err(refused);
            };
            self.queue.rest(*wait);
        };
        self.is_cut_off = false;
        Ok(self.session.insert(session))
    }
}

/// How jobs ended that ran together.
enum Together {
    /// As each of these says.
    Ended(Vec<Result<(), StoreError>>),
    /// Not at all: they are to run again, one after the other.
    EachAlone,
}

/// Whether a new transaction may end better.
fn is_to_run_again(error: &StoreError) -> bool {
    matches!(
        error.kind(),
        Some(DatabaseFailure::Conflict | DatabaseFailure::Unreachable)
    )
}

impl PostgresTx<'_> {
    /// Runs a job; one that leaves a refused statement unmentioned has failed all the same, as nothing of it would be kept.
    fn run(&mut self, job: &mut dyn Job) -> Result<(), StoreError> {
        let done = job.run(self);
        match self.take_failure() {
            Some(failure) => Err(done.err().unwrap_or(failure)),
            None => done,
        }
    }
}
