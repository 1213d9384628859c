//! What one pass did, told from how everything was before and after it.

use std::collections::HashMap;

use crate::store::{FeedLine, Report};

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
    /// Compares the reports from before the pass, from after its polls, and from its end.
    pub(super) fn between(
        polled: usize,
        before: &Report,
        polled_by: &Report,
        after: &Report,
    ) -> Self {
        let known: HashMap<&str, &FeedLine> = before
            .feeds
            .iter()
            .map(|feed| (feed.url.as_str(), feed))
            .collect();
        let has_failed = |feed: &&FeedLine| {
            let failures = known.get(feed.url.as_str()).map_or(0, |then| then.failures);
            feed.failures > failures || (feed.gone && feed.error.is_some())
        };
        let taken_in = polled_by
            .counts
            .entries
            .saturating_sub(before.counts.entries);
        let (waiting, waited) = (
            polled_by.counts.entries_waiting,
            before.counts.entries_waiting,
        );
        let new = waiting.saturating_sub(waited);
        let more = |of: fn(&Report) -> u64| of(after).saturating_sub(of(before));
        Self {
            polled,
            failed: polled_by
                .feeds
                .iter()
                .filter(has_failed)
                .count()
                .min(polled),
            new,
            skipped: taken_in.saturating_sub(new),
            alerts: more(|report| report.counts.alerts),
            delivered: more(|report| report.counts.delivered),
            waiting: after.counts.waiting,
            abandoned: more(|report| report.counts.abandoned),
        }
    }

    /// Whether there were feeds to poll and none could be read.
    #[must_use]
    pub fn all_failed(&self) -> bool {
        self.polled > 0 && self.failed == self.polled
    }
}
