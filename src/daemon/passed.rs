//! What one pass did, told from how everything was before and after it.

use crate::store::Counts;

/// What one pass did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Passed {
    /// Feeds polled.
    pub polled: usize,
    /// Those of them whose poll failed.
    pub failed: usize,
    /// New entries that were taken in to be read.
    pub new: u64,
    /// Entries that count as seen, as they were there at the first poll of their feed.
    pub skipped: u64,
    /// Alerts raised.
    pub alerts: u64,
    /// Deliveries that were accepted.
    pub delivered: u64,
    /// Deliveries that wait now, whenever they were raised.
    pub waiting: u64,
    /// Deliveries that were given up.
    pub abandoned: u64,
}

impl Passed {
    /// Compares the counts from before the pass, from after its polls, and from its end; the polls, and those of them that
    /// failed, are counted as they end.
    pub(super) fn between(
        (polled, failed): (usize, usize),
        before: &Counts,
        polled_by: &Counts,
        after: &Counts,
    ) -> Self {
        let taken_in = polled_by.entries.saturating_sub(before.entries);
        let new = polled_by
            .entries_waiting
            .saturating_sub(before.entries_waiting);
        let more = |of: fn(&Counts) -> u64| of(after).saturating_sub(of(before));
        Self {
            polled,
            failed,
            new,
            skipped: taken_in.saturating_sub(new),
            alerts: more(|counts| counts.alerts),
            delivered: more(|counts| counts.delivered),
            waiting: after.waiting,
            abandoned: more(|counts| counts.abandoned),
        }
    }

    /// Whether there were feeds to poll and none could be read.
    #[must_use]
    pub fn all_failed(&self) -> bool {
        self.polled > 0 && self.failed == self.polled
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(entries: u64, entries_waiting: u64, alerts: u64) -> Counts {
        Counts {
            entries,
            entries_waiting,
            alerts,
            ..Counts::default()
        }
    }

    #[test]
    fn a_pass_is_told_by_what_has_changed_in_it() {
        let passed = Passed::between(
            (4, 3),
            &counts(100, 2, 7),
            &counts(112, 7, 7),
            &counts(112, 0, 9),
        );
        assert_eq!((passed.polled, passed.failed), (4, 3));
        assert_eq!((passed.new, passed.skipped, passed.alerts), (5, 7, 2));
        assert!(!passed.all_failed());
    }

    #[test]
    fn a_pass_without_feeds_to_poll_has_not_failed() {
        assert!(!Passed::default().all_failed());
        let failed = Passed {
            polled: 2,
            failed: 2,
            ..Passed::default()
        };
        assert!(failed.all_failed());
    }
}
