//! Rests: the servers that have asked to be left alone, until somebody stores them.

use std::sync::{Arc, Mutex, PoisonError};

use crate::domain::HostRest;

/// What was asked since it was taken last; cheap to clone.
#[derive(Debug, Clone, Default)]
pub(super) struct Rests {
    asked: Arc<Mutex<Vec<HostRest>>>,
}

/// Rests that are kept until somebody takes them, at most: a process that stores none does not grow by them.
const MAX_RESTS: usize = 1_000;

impl Rests {
    pub(super) fn note(&self, rest: HostRest) {
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        if asked.len() < MAX_RESTS {
            asked.push(rest);
        }
    }

    pub(super) fn take(&self) -> Vec<HostRest> {
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut *asked)
    }
}
