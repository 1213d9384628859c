//! What the stages have done since the process began, counted by closed names: nothing from outside becomes one.
//!
//! [`drive`](crate::pipeline::drive) counts every step that has ended; figures and logs are made from it.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How a piece of work ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Ending {
    /// It brought what it was for.
    Done,
    /// It brought nothing new: what is asked for is as it was.
    Unchanged,
    /// The other side did not do its part; what follows of that is recorded.
    Failed,
    /// There was no room for it, or it is to be tried again soon.
    PutOff,
    /// It came too late: its claim had ended, and another's answer stands.
    Late,
    /// It could not be recorded, or broke by a defect; it will be claimed again.
    Broken,
}

impl Ending {
    /// The word for it in figures and logs.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Unchanged => "unchanged",
            Self::Failed => "failed",
            Self::PutOff => "put_off",
            Self::Late => "late",
            Self::Broken => "broken",
        }
    }
}

/// The bounds up to which the times of steps are counted, in milliseconds; what takes longer than the last is beyond all.
pub const BOUNDS_MS: [u64; 9] = [5, 25, 100, 500, 1_000, 5_000, 15_000, 60_000, 180_000];

/// The steps of a stage.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Steps {
    /// How many ended in each way.
    pub endings: BTreeMap<Ending, u64>,
    /// How many took at most each of [`BOUNDS_MS`].
    pub within: [u64; BOUNDS_MS.len()],
    /// The time that all of them took.
    pub time: Duration,
}

impl Steps {
    /// How many there were.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.endings.values().sum()
    }
}

/// Counts steps, a name a stage.
#[derive(Debug, Default)]
pub struct Tally(Mutex<BTreeMap<&'static str, Steps>>);

impl Tally {
    /// Counts a step that has ended.
    pub fn count(&self, stage: &'static str, ending: Ending, took: Duration) {
        let mut stages = self.lock();
        let steps = stages.entry(stage).or_default();
        *steps.endings.entry(ending).or_default() += 1;
        steps.time += took;
        for (bound, count) in BOUNDS_MS.into_iter().zip(&mut steps.within) {
            *count += u64::from(took <= Duration::from_millis(bound));
        }
    }

    /// The steps of every stage that has made one.
    #[must_use]
    pub fn stages(&self) -> BTreeMap<&'static str, Steps> {
        self.lock().clone()
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<&'static str, Steps>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_counts_by_its_ending_and_in_every_bound_that_it_kept() {
        let tally = Tally::default();
        tally.count("poll", Ending::Done, Duration::from_millis(100));
        tally.count("poll", Ending::Failed, Duration::from_secs(200));
        tally.count("flag", Ending::Done, Duration::ZERO);
        let stages = tally.stages();
        assert_eq!(stages["poll"].count(), 2);
        assert_eq!(stages["poll"].endings[&Ending::Failed], 1);
        assert_eq!(stages["poll"].within, [0, 0, 1, 1, 1, 1, 1, 1, 1]);
        assert_eq!(stages["poll"].time, Duration::from_millis(200_100));
        assert_eq!(stages["flag"].within, [1; BOUNDS_MS.len()]);
    }
}
