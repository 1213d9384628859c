//! What a poll changes: decided here alone, from what was read and what went before.

use std::time::Duration;

use super::outcome::{Outcome, Past, outcome};
use super::reading::Read;
use crate::alerting;
use crate::domain::{Feed, FirstPoll, Pace, TextHash, Timestamp, shown_url};
use crate::http::{FetchError, Fetched};
use crate::parse::ParsedFeed;
use crate::schedule::{self, PollEnd, PollPolicy, Rhythm, next_poll_at, not_before_pace};
use crate::store::{Address, DueFeed, FeedHealth, Finding, PollRecord};

/// How long a feed is put off for which there was no room at its host.
const PUT_OFF: Duration = Duration::from_mins(2);

/// How long a feed is put off that was claimed while a reload took it out of the configuration, or put it in.
const LEFT_FOR: Duration = Duration::from_secs(1);

/// Leaves a feed to the plan that it belongs to: a reload was under way when it was claimed.
pub(super) fn left_alone(now: Timestamp) -> PollRecord {
    PollRecord {
        next_poll_at: schedule::after(now, LEFT_FOR),
        health: FeedHealth::PutOff,
    }
}

/// A feed that was polled.
#[derive(Debug, Clone, Copy)]
pub(super) struct Polled<'a> {
    pub(super) feed: &'a Feed,
    /// What was known of it.
    pub(super) due: &'a DueFeed,
    pub(super) policy: &'a PollPolicy,
    pub(super) jitter: f64,
    pub(super) now: Timestamp,
}

impl Polled<'_> {
    /// Decides what the poll changes; the second value is what went wrong, if something did.
    pub(super) fn record(self, read: Read) -> (PollRecord, Option<String>) {
        let unread = PollEnd::Failed {
            in_a_row: self.due.failures.saturating_add(1),
            retry_after: None,
        };
        match read {
            Read::Unchanged { fetched, was_full } => {
                let health = FeedHealth::Unchanged {
                    was_full,
                    validators: fetched.validators,
                    moved_to: fetched.moved_to,
                };
                (self.good(fetched.fresh_for, &self.due.pace, health), None)
            }
            Read::Parsed {
                fetched,
                parsed,
                address,
                body_hash,
            } => (self.parsed(fetched, *parsed, address, body_hash), None),
            Read::Unreadable(error) => self.failed(error, unread),
            Read::Astray(error) => self.lost(error, unread),
            Read::NotFetched(error) => self.not_fetched(&error),
        }
    }

    fn parsed(
        self,
        fetched: Fetched,
        parsed: ParsedFeed,
        address: Address,
        body_hash: Option<TextHash>,
    ) -> PollRecord {
        let pace = pace_of(&parsed, self.now);
        let (is_first_poll, first_poll) = welcome(self.feed, self.due, &address, self.now);
        let (fresh, seen) = alerting::news(parsed.entries, is_first_poll, first_poll, self.now);
        let health = FeedHealth::Read {
            title: parsed.title,
            validators: fetched.validators,
            address,
            repairs: parsed.repairs,
            pace: pace.clone(),
            body_hash,
            fresh,
            seen,
        };
        self.good(fetched.fresh_for, &pace, health)
    }

    fn not_fetched(self, error: &FetchError) -> (PollRecord, Option<String>) {
        match outcome(error, &past(self.due, self.now)) {
            Outcome::Again(end) => self.failed(error.to_string(), end),
            Outcome::GoBack(end) => self.lost(
                format!(
                    "{error} at {}, where the feed had moved; its configured address is asked again",
                    shown_url(&self.due.fetch_url)
                ),
                end,
            ),
            Outcome::Paused(why) => {
                let error = why.to_string();
                let record = PollRecord {
                    next_poll_at: self.now,
                    health: FeedHealth::Gone {
                        error: error.clone(),
                    },
                };
                (record, Some(error))
            }
            Outcome::PutOff(least) => {
                let wait = least.saturating_add(schedule::jittered(PUT_OFF, self.jitter));
                let record = PollRecord {
                    next_poll_at: schedule::after(self.now, wait),
                    health: FeedHealth::PutOff,
                };
                (record, Some(error.to_string()))
            }
        }
    }

    fn good(self, fresh_for: Option<Duration>, pace: &Pace, health: FeedHealth) -> PollRecord {
        let next = self.next(pace, PollEnd::Good { fresh_for });
        PollRecord {
            next_poll_at: not_before_pace(next, pace, self.jitter, self.now),
            health,
        }
    }

    fn failed(self, error: String, end: PollEnd) -> (PollRecord, Option<String>) {
        let record = PollRecord {
            next_poll_at: self.next(&self.due.pace, end),
            health: FeedHealth::Failed {
                error: error.clone(),
            },
        };
        (record, Some(error))
    }

    fn lost(self, error: String, end: PollEnd) -> (PollRecord, Option<String>) {
        let record = PollRecord {
            next_poll_at: self.next(&self.due.pace, end),
            health: FeedHealth::Lost {
                error: error.clone(),
            },
        };
        (record, Some(error))
    }

    fn next(self, pace: &Pace, end: PollEnd) -> Timestamp {
        let Self {
            feed, due, policy, ..
        } = self;
        let every = interval(feed, due, pace.published_every, policy, self.now);
        next_poll_at(every, policy.max_every, end, self.jitter, self.now)
    }
}

/// How a feed has been doing, up to a poll that has just failed.
fn past(due: &DueFeed, now: Timestamp) -> Past {
    let failing = due.failing_since.map(|since| now.duration_since(since));
    Past {
        in_a_row: due.failures.saturating_add(1),
        failing_for: failing
            .and_then(|time| Duration::try_from(time).ok())
            .unwrap_or_default(),
        has_moved: due.fetch_url != due.url,
    }
}

/// The time between two polls of a feed, adapted to its rhythm where it may be.
fn interval(
    feed: &Feed,
    due: &DueFeed,
    published_every: Option<Duration>,
    policy: &PollPolicy,
    now: Timestamp,
) -> Duration {
    if !feed.adapts {
        return feed.every;
    }
    let rhythm = Rhythm {
        published_every,
        watched_since: due.first_success_at,
        gap_at: due.gap_at,
    };
    schedule::adapted(feed.every, policy, &rhythm, now)
}

/// What a document says of how often its feed is worth asking.
fn pace_of(parsed: &ParsedFeed, now: Timestamp) -> Pace {
    let dates = parsed
        .entries
        .iter()
        .filter_map(|entry| entry.published.or(entry.updated));
    Pace {
        published_every: schedule::published_every(dates, now),
        ..parsed.pace.clone()
    }
}

/// How long a first contact may have been led astray for all that came out meanwhile to be news.
const BRIEFLY: Duration = Duration::from_hours(24);

/// How the entries of a feed are taken that has been read: whether as those of a first poll, and by which rule.
///
/// Where another feed was found in the place of one that was lost, all its entries are unknown; those that came out
/// since the old one was read last are news.
fn welcome(feed: &Feed, due: &DueFeed, address: &Address, now: Timestamp) -> (bool, FirstPoll) {
    let replaced = match (&due.finding, address) {
        (Finding::Lost { last }, Address::Found(url)) => url != last,
        (Finding::Lost { .. }, _) => true,
        // What was read first was at a place that the feed is at no more: whose it was nobody knows.
        (Finding::Lent { .. }, address) => !matches!(address, Address::Kept),
        (Finding::NotNeeded | Finding::Found, _) => false,
    };
    if due.first_poll && feed.first_poll == FirstPoll::Skip {
        // What came out since the feed was first asked for in vain is news.
        let since = due.failing_since.map(|at| now.duration_since(at));
        let missed = since.and_then(|age| Duration::try_from(age).ok());
        return (true, missed.map_or(FirstPoll::Skip, FirstPoll::Within));
    }
    if due.first_poll || !replaced {
        return (due.first_poll, feed.first_poll);
    }
    let age_of = |at: Option<Timestamp>| {
        let age = at.map(|at| now.duration_since(at));
        age.and_then(|age| Duration::try_from(age).ok())
            .unwrap_or_default()
    };
    let since_first = age_of(due.first_success_at);
    let was_briefly_lent = matches!(due.finding, Finding::Lent { .. }) && since_first <= BRIEFLY;
    let age = if was_briefly_lent {
        since_first
    } else {
        age_of(due.last_success_at)
    };
    (true, FirstPoll::Within(age))
}

#[cfg(test)]
mod tests {
    use url::Url;

    use super::*;
    use crate::domain::{ArticleMode, Entry, FeedId, Validators};
    use crate::parse::FeedKind;
    use crate::store::Claim;

    const NOW: &str = "2026-11-26T12:00:00Z";

    fn url(path: &str) -> Url {
        Url::parse(&format!("https://wire.example/{path}")).unwrap()
    }

    fn feed() -> Feed {
        Feed {
            url: url("rss"),
            name: None,
            every: Duration::from_mins(15),
            adapts: false,
            first_poll: FirstPoll::Skip,
            tags: Vec::new(),
            article: ArticleMode::Auto,
            listing: None,
        }
    }

    fn due() -> DueFeed {
        let now: Timestamp = NOW.parse().unwrap();
        DueFeed {
            claim: Claim {
                id: FeedId(1),
                until: 0,
            },
            url: url("rss"),
            fetch_url: url("rss"),
            finding: Finding::NotNeeded,
            last_success_at: Some(now - Duration::from_hours(2)),
            validators: Validators::default(),
            first_poll: false,
            failures: 0,
            failing_since: None,
            pace: Pace::default(),
            body_hash: None,
            full_at: now,
            first_success_at: Some(now - Duration::from_hours(48)),
            gap_at: None,
            error: None,
        }
    }

    fn fetched() -> Fetched {
        Fetched {
            final_url: url("rss"),
            moved_to: None,
            validators: Validators::default(),
            fresh_for: None,
            body: None,
        }
    }

    fn parsed(address: Address) -> Read {
        Read::Parsed {
            fetched: fetched(),
            parsed: Box::new(ParsedFeed {
                kind: FeedKind::Rss,
                title: None,
                link: None,
                entries: Vec::<Entry>::new(),
                older: None,
                pace: Pace::default(),
                repairs: Vec::new(),
                is_cut: false,
            }),
            address,
            body_hash: None,
        }
    }

    fn polled(due: &DueFeed, read: Read) -> (&'static str, i64, Option<String>) {
        let now: Timestamp = NOW.parse().unwrap();
        let policy = PollPolicy {
            min_every: Duration::from_mins(5),
            max_every: Duration::from_hours(24),
            timeout: Duration::from_secs(30),
        };
        let feed = feed();
        let polled = Polled {
            feed: &feed,
            due,
            policy: &policy,
            jitter: 0.5,
            now,
        };
        let (record, problem) = polled.record(read);
        let health = match record.health {
            FeedHealth::Read { .. } => "read",
            FeedHealth::Unchanged { .. } => "unchanged",
            FeedHealth::Failed { .. } => "failed",
            FeedHealth::Lost { .. } => "lost",
            FeedHealth::PutOff => "put off",
            FeedHealth::Gone { .. } => "gone",
        };
        (health, (record.next_poll_at - now).as_secs(), problem)
    }

    #[test]
    fn what_a_poll_changes_follows_from_what_was_read() {
        let status = |status| {
            Read::NotFetched(FetchError::Status {
                status,
                retry_after: None,
            })
        };
        let moved = DueFeed {
            fetch_url: url("new"),
            failures: 1,
            ..due()
        };
        let unchanged = || Read::Unchanged {
            fetched: fetched(),
            was_full: false,
        };
        for (due, read, health, goes_wrong) in [
            (due(), unchanged(), "unchanged", false),
            (due(), parsed(Address::Kept), "read", false),
            (due(), Read::Unreadable("no feed".into()), "failed", true),
            (due(), Read::Astray("no feed".into()), "lost", true),
            (due(), status(500), "failed", true),
            (moved.clone(), status(500), "lost", true),
            (moved, status(429), "failed", true),
            (due(), status(410), "gone", true),
        ] {
            let (found, wait, problem) = polled(&due, read);
            assert_eq!(found, health, "{problem:?}");
            assert_eq!(problem.is_some(), goes_wrong, "{health}");
            let is_asked_again = health != "gone";
            assert_eq!(wait >= 15 * 60, is_asked_again, "{health}: {wait} s");
        }
    }

    #[test]
    fn a_feed_without_room_at_its_host_is_asked_again_soon_and_is_not_failing() {
        let busy = FetchError::HostBusy {
            host: "wire.example".into(),
            limit: Duration::from_mins(1),
        };
        let (health, wait, problem) = polled(&due(), Read::NotFetched(busy));
        assert_eq!(health, "put off");
        assert!((1..15 * 60).contains(&wait), "{wait}");
        assert!(problem.is_some());
    }

    #[test]
    fn a_feed_of_another_plan_is_looked_at_again_at_once() {
        let now: Timestamp = NOW.parse().unwrap();
        let wait = left_alone(now).next_poll_at - now;
        assert!(wait.as_secs() <= 2, "not a whole lease");
    }

    #[test]
    fn only_another_feed_in_the_place_of_a_lost_one_is_welcomed_as_new() {
        let now: Timestamp = NOW.parse().unwrap();
        let lost = DueFeed {
            finding: Finding::Lost { last: url("old") },
            ..due()
        };
        let welcomed = |address: &Address| welcome(&feed(), &lost, address, now);
        assert!(!welcomed(&Address::Found(url("old"))).0);
        assert_eq!(
            welcomed(&Address::Found(url("other"))),
            (true, FirstPoll::Within(Duration::from_hours(2)))
        );
        assert!(welcomed(&Address::Configured).0);
        assert!(!welcome(&feed(), &due(), &Address::Kept, now).0);
    }
}
