//! The computing time that work on one document may take, asked by the work itself.

use std::cell::Cell;

/// Steps between two questions to the clock: few enough that a step may cost a microsecond, many enough that
/// asking costs nothing beside the work.
const STEPS_BETWEEN_ASKS: usize = 256;

/// What is left of the computing time for one document.
///
/// Every loop whose length a stranger decides counts its steps here, and ends where nothing is left; who made
/// the budget sees at the end that it [`is_spent`](Self::is_spent), and gives the document up. So work in the
/// middle needs no way to fail of its own.
pub struct Budget<'a> {
    still_time: &'a dyn Fn() -> bool,
    steps: Cell<usize>,
    is_spent: Cell<bool>,
}

impl<'a> Budget<'a> {
    /// A budget that lasts while `still_time` says so.
    #[must_use]
    pub fn new(still_time: &'a dyn Fn() -> bool) -> Self {
        Self {
            still_time,
            steps: Cell::new(0),
            is_spent: Cell::new(false),
        }
    }

    /// Counts so many steps of work, and tells whether to go on; once it said no, it says no for good.
    #[must_use]
    pub fn lasts(&self, steps: usize) -> bool {
        if self.is_spent.get() {
            return false;
        }
        let taken = self.steps.get().saturating_add(steps);
        if taken < STEPS_BETWEEN_ASKS {
            self.steps.set(taken);
            return true;
        }
        // A question for each full measure, so that the questions tell how much work was done.
        self.steps.set(taken % STEPS_BETWEEN_ASKS);
        let goes_on = (0..(taken / STEPS_BETWEEN_ASKS).min(MAX_ASKS)).all(|_| (self.still_time)());
        self.is_spent.set(!goes_on);
        goes_on
    }

    /// Tells whether it came to its end: what was made meanwhile is not whole.
    #[must_use]
    pub fn is_spent(&self) -> bool {
        self.is_spent.get()
    }
}

/// Questions for one count of steps, however many they are.
const MAX_ASKS: usize = 64;

impl std::fmt::Debug for Budget<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Budget")
            .field("steps", &self.steps)
            .field("is_spent", &self.is_spent)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_is_asked_once_for_each_measure_of_steps() {
        let asked = Cell::new(0);
        let still_time = || {
            asked.set(asked.get() + 1);
            true
        };
        let budget = Budget::new(&still_time);
        for _ in 0..10 * STEPS_BETWEEN_ASKS {
            assert!(budget.lasts(1));
        }
        assert!(budget.lasts(10 * STEPS_BETWEEN_ASKS));
        assert_eq!(asked.get(), 20);
    }

    #[test]
    fn a_budget_that_ended_has_ended_for_good() {
        let asked = Cell::new(0);
        let still_time = || {
            asked.set(asked.get() + 1);
            asked.get() != 1
        };
        let budget = Budget::new(&still_time);
        assert!(!budget.lasts(STEPS_BETWEEN_ASKS));
        assert!(!budget.lasts(1));
        assert!(budget.is_spent());
    }
}
