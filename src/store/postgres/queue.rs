//! The one queue that all connections take their jobs from.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::super::database::{Durability, Job};

/// The most jobs that join one commit: past this the time that a transaction holds its rows grows and the gain does not.
const JOBS_PER_COMMIT: usize = 16;

/// What a job may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    /// It only reads.
    Read,
    /// It may write.
    Write(Durability),
}

/// A job that waits.
pub(super) struct Task {
    pub(super) job: Box<dyn Job>,
    pub(super) mode: Mode,
}

/// Jobs that wait for a connection.
#[derive(Default)]
pub(super) struct Queue {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    tasks: VecDeque<Task>,
    is_closed: bool,
}

impl Queue {
    pub(super) fn add(&self, task: Task) {
        let mut state = self.lock();
        if !state.is_closed {
            state.tasks.push_back(task);
            self.changed.notify_one();
        }
    }

    /// Waits for work: a job that reads, or some that write; `None` once there will be no more.
    pub(super) fn next(&self) -> Option<Vec<Task>> {
        let mut state = self.lock();
        loop {
            if let Some(first) = state.tasks.pop_front() {
                return Some(with_neighbours(first, &mut state.tasks));
            }
            if state.is_closed {
                return None;
            }
            let woken = self.changed.wait(state);
            state = woken.unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Lets those that wait have their turn, and takes no others.
    pub(super) fn finish(&self) {
        self.lock().is_closed = true;
        self.changed.notify_all();
    }

    /// Drops those that wait, and takes no others.
    pub(super) fn close(&self) {
        let dropped = {
            let mut state = self.lock();
            state.is_closed = true;
            std::mem::take(&mut state.tasks)
        };
        self.changed.notify_all();
        // Their callers are told outside the lock.
        drop(dropped);
    }

    pub(super) fn is_closed(&self) -> bool {
        self.lock().is_closed
    }

    /// Waits, unless the queue is closed before.
    pub(super) fn rest(&self, time: Duration) {
        let state = self.lock();
        let rested = self
            .changed
            .wait_timeout_while(state, time, |state| !state.is_closed);
        drop(rested);
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn with_neighbours(first: Task, waiting: &mut VecDeque<Task>) -> Vec<Task> {
    let joins = |task: &Task| matches!(task.mode, Mode::Write(_));
    let mut tasks = vec![first];
    while tasks.first().is_some_and(joins)
        && tasks.len() < JOBS_PER_COMMIT
        && let Some(next) = waiting.pop_front_if(|task| joins(task))
    {
        tasks.push(next);
    }
    tasks
}

impl fmt::Debug for Queue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let waiting = self.lock().tasks.len();
        f.debug_tuple("Queue").field(&waiting).finish()
    }
}
