//! A database that dies.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use newswatch::store::{Database, Dialect, Durability, Job};

/// A database that answers a number of jobs and is dead from then on, as after a kill between two of them.
#[derive(Debug)]
pub(crate) struct Mortal {
    inner: Arc<dyn Database>,
    left: AtomicUsize,
}

impl Mortal {
    pub(crate) fn over(inner: Arc<dyn Database>, jobs: usize) -> Self {
        Self {
            inner,
            left: AtomicUsize::new(jobs),
        }
    }

    /// How many jobs it would still answer.
    pub(crate) fn left(&self) -> usize {
        self.left.load(Ordering::SeqCst)
    }

    /// Tells whether it answers one more job.
    fn lives(&self) -> bool {
        let one_less = |left: usize| left.checked_sub(1);
        let (set, fetch) = (Ordering::SeqCst, Ordering::SeqCst);
        self.left.fetch_update(set, fetch, one_less).is_ok()
    }
}

impl Database for Mortal {
    fn dialect(&self) -> Dialect {
        self.inner.dialect()
    }

    fn write(&self, job: Box<dyn Job>, durability: Durability) {
        if self.lives() {
            self.inner.write(job, durability);
        }
    }

    fn read(&self, job: Box<dyn Job>) {
        if self.lives() {
            self.inner.read(job);
        }
    }
}
