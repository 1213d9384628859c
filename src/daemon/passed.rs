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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{FeedId, Timestamp};
    use crate::store::Counts;

    fn feed(number: i64, failures: u32, gone: bool) -> FeedLine {
        let url: url::Url = format!("https://{number}.example/rss").parse().unwrap();
        FeedLine {
            id: FeedId(number),
            paused: None,
            fetch_url: url.clone(),
            url,
            is_found: false,
            name: None,
            gone,
            failures,
            failing_since: None,
            error: (failures > 0 || gone).then(|| "no answer".to_owned()),
            trouble: None,
            last_success_at: None,
            next_poll_at: Timestamp::UNIX_EPOCH,
            page_problem: None,
            pages_failing_since: None,
            repairs: Vec::new(),
            entries: 0,
            gap: None,
            silent_since: None,
        }
    }

    fn report(feeds: Vec<FeedLine>, entries: u64, entries_waiting: u64, alerts: u64) -> Report {
        Report {
            feeds,
            channels: Vec::new(),
            counts: Counts {
                entries,
                entries_waiting,
                alerts,
                ..Counts::default()
            },
        }
    }

    #[test]
    fn a_pass_is_told_by_what_has_changed_in_it() {
        // One fails again, one was failing and was not due, one begins to fail, one is well, one is gone.
        let before = [
            feed(1, 2, false),
            feed(2, 4, false),
            feed(3, 0, false),
            feed(4, 0, false),
        ];
        let polled = [
            feed(1, 3, false),
            feed(2, 4, false),
            feed(3, 1, false),
            feed(4, 0, false),
            feed(5, 0, true),
        ];
        let passed = Passed::between(
            4,
            &report(before.to_vec(), 100, 2, 7),
            &report(polled.to_vec(), 112, 7, 7),
            &report(polled.to_vec(), 112, 0, 9),
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
