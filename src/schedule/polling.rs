//! When a feed is polled again.

use std::time::Duration;

use super::{after, jittered};
use crate::domain::{Pace, Timestamp};

/// The bounds of polling.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PollPolicy {
    /// The shortest time between two polls that a busy feed is brought to.
    pub min_every: Duration,
    /// The longest time between two polls that a server can ask for.
    pub max_every: Duration,
    /// The time for one whole fetch.
    pub timeout: Duration,
}

/// How a poll ended, as far as it decides the next one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PollEnd {
    /// The feed was read or has not changed.
    Good {
        /// How long its server says that it stays as it is (RFC 9111 §4.2).
        fresh_for: Option<Duration>,
    },
    /// It failed; so many polls in a row have failed now.
    Failed {
        /// This one included.
        in_a_row: u32,
        /// How long the server asked us to wait.
        retry_after: Option<Duration>,
    },
    /// No server was reached; so many polls in a row have failed now.
    Unreached {
        /// This one included.
        in_a_row: u32,
    },
}

/// The longest wait after failures that nobody asked for.
const MAX_BACK_OFF: Duration = Duration::from_hours(6);

/// The longest wait while no server is reached: after a fault of our own network, which all feeds share, the news of
/// hours must not come later still.
const MAX_UNREACHED: Duration = Duration::from_hours(1);

/// Tells when a feed is to be polled again.
///
/// After a good poll: its interval, spread by a tenth, never earlier, and not before the server says that the
/// feed may have changed. After failures: twice the interval, four times, and so on up to six hours, each spread by a
/// fifth to either side, and never less than the interval. A server that names a time to wait gets it (Retry-After,
/// RFC 9110 §10.2.3). Neither can put a feed off for longer than `max_every`, or its own interval where that is
/// longer. Where no server was reached, the interval, then twice the interval, up to an hour.
#[must_use]
pub fn next_poll_at(
    every: Duration,
    max_every: Duration,
    end: PollEnd,
    jitter: f64,
    now: Timestamp,
) -> Timestamp {
    let jitter = jitter.clamp(0.0, 1.0);
    let most_announced = MAX_ANNOUNCED.min(max_every).max(every);
    let asked_for = |wait: Option<Duration>| wait.unwrap_or_default().min(most_announced);
    let wait = match end {
        PollEnd::Good { fresh_for } => {
            let spread = |wait: Duration| wait.mul_f64(1.0 + jitter / 10.0);
            let announced = spread(asked_for(fresh_for)).min(most_announced);
            spread(every).max(announced)
        }
        PollEnd::Failed {
            in_a_row,
            retry_after,
        } => {
            let doubled = every.saturating_mul(2u32.saturating_pow(in_a_row.min(16)));
            let most = MAX_BACK_OFF.min(max_every).max(every);
            let back_off = jittered(doubled.min(most), jitter).max(every);
            back_off.max(asked_for(retry_after))
        }
        PollEnd::Unreached { in_a_row } => {
            let doubled =
                every.saturating_mul(2u32.saturating_pow(in_a_row.saturating_sub(1).min(16)));
            let most = MAX_UNREACHED.min(max_every).max(every);
            jittered(doubled.min(most), jitter).max(every)
        }
    };
    after(now, wait)
}

/// What is known of a feed that tells how often it is worth asking.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Rhythm {
    /// The mean time between two of its entries.
    pub published_every: Option<Duration>,
    /// When it was read for the first time.
    pub watched_since: Option<Timestamp>,
    /// When a document shared no entry with the one before for the last time.
    pub gap_at: Option<Timestamp>,
}

/// Polls for one entry: of a document of twenty, the next one then still shows nearly all.
const POLLS_AN_ENTRY: u32 = 4;

/// How long a feed is watched before it is asked less often than configured: dates alone may be those of an archive.
const TRIAL: Duration = Duration::from_hours(7 * 24);

/// How much less often than configured a quiet feed is asked at most: what it does say is still to be told in time.
const MAX_SLOWER: u32 = 8;

/// How long a feed is asked as often as allowed once entries may have been missed.
const ALARMED: Duration = Duration::from_hours(24);

/// Adapts the time between two polls to the feed's own rhythm, within the bounds of the policy.
#[must_use]
pub fn adapted(every: Duration, policy: &PollPolicy, rhythm: &Rhythm, now: Timestamp) -> Duration {
    let longest = policy.max_every.min(every.saturating_mul(MAX_SLOWER));
    let bounded = |wanted: Duration| wanted.min(longest).max(policy.min_every);
    if rhythm.gap_at.is_some_and(|at| after(at, ALARMED) > now) {
        return bounded(Duration::ZERO);
    }
    let Some(published_every) = rhythm.published_every else {
        return every;
    };
    let wanted = bounded(published_every / POLLS_AN_ENTRY);
    let is_known_well = rhythm
        .watched_since
        .is_some_and(|since| after(since, TRIAL) <= now);
    if is_known_well {
        wanted
    } else {
        wanted.min(every)
    }
}

/// The time that is looked at to tell how often entries come.
const RHYTHM_WINDOW: Duration = Duration::from_hours(28 * 24);

/// Tells how often entries come, by their dates; nothing where none has one.
pub fn published_every(dates: impl Iterator<Item = Timestamp>, now: Timestamp) -> Option<Duration> {
    let mut count = 0;
    let mut longest = None;
    for date in dates {
        // A date that lies ahead says nothing of the past.
        let Ok(age) = Duration::try_from(now.duration_since(date)) else {
            continue;
        };
        longest = longest.or(Some(Duration::ZERO));
        if age <= RHYTHM_WINDOW {
            count += 1;
            longest = longest.max(Some(age));
        }
    }
    longest.map(|longest| match count {
        0 => RHYTHM_WINDOW,
        1 => longest,
        _ => longest / count,
    })
}

/// Puts a poll off that would come too early for what the feed says of itself: within its `ttl`, or in an hour or on a
/// day on which it says that nothing is published. Never for longer than a day.
///
/// `jitter` spreads the feeds that all begin again at the same full hour over its first minutes.
#[must_use]
pub fn not_before_pace(at: Timestamp, pace: &Pace, jitter: f64, now: Timestamp) -> Timestamp {
    let jitter = jitter.clamp(0.0, 1.0);
    let latest = after(now, MAX_ANNOUNCED).max(at);
    let rest = pace.at_most_every.unwrap_or_default();
    let rested = after(now, rest.mul_f64(1.0 + jitter / 10.0));
    let mut next = at.max(rested).min(latest);
    let mut is_put_off = false;
    while is_skipped(next, pace) {
        let Some(hour) = next_hour(next).filter(|hour| *hour < latest) else {
            return latest;
        };
        next = hour;
        is_put_off = true;
    }
    if is_put_off {
        next = after(next, FIRST_MINUTES.mul_f64(jitter)).min(latest);
    }
    next
}

/// The time over which feeds are spread that begin again at the same hour.
const FIRST_MINUTES: Duration = Duration::from_mins(10);

/// The longest that a feed or a server can put its next poll off.
const MAX_ANNOUNCED: Duration = Duration::from_hours(24);

fn is_skipped(at: Timestamp, pace: &Pace) -> bool {
    let time = jiff::tz::Offset::UTC.to_datetime(at);
    let hour = u8::try_from(time.hour()).unwrap_or_default();
    // Who names all hours or all days names none.
    let by_hour = pace.skip_hours.len() < 24 && pace.skip_hours.contains(&hour);
    let by_day = pace.skip_days.len() < 7 && pace.skip_days.contains(&time.weekday());
    by_hour || by_day
}

fn next_hour(at: Timestamp) -> Option<Timestamp> {
    const HOUR_S: i64 = 60 * 60;
    Timestamp::from_second((at.as_second().div_euclid(HOUR_S) + 1) * HOUR_S).ok()
}

#[cfg(test)]
mod tests {
    use jiff::civil::Weekday::{Friday, Saturday, Thursday};

    use super::*;

    const MINUTE: Duration = Duration::from_mins(1);

    const HOUR: Duration = Duration::from_hours(1);
    const DAY: Duration = Duration::from_hours(24);
    const GOOD: PollEnd = PollEnd::Good { fresh_for: None };

    fn wait(every: Duration, end: PollEnd, jitter: f64) -> Duration {
        let now = Timestamp::UNIX_EPOCH;
        let next = next_poll_at(every, DAY, end, jitter, now);
        Duration::try_from(next.duration_since(now)).unwrap()
    }

    fn failed(in_a_row: u32, retry_after: Option<Duration>) -> PollEnd {
        PollEnd::Failed {
            in_a_row,
            retry_after,
        }
    }

    #[test]
    fn a_good_feed_is_never_polled_before_its_interval_is_over() {
        for jitter in [0.0, 0.5, 1.0] {
            assert!(wait(15 * MINUTE, GOOD, jitter) >= 15 * MINUTE);
            assert!(wait(15 * MINUTE, GOOD, jitter) <= 17 * MINUTE);
        }
    }

    #[test]
    fn a_server_can_slow_a_feed_down_to_a_day_and_no_further() {
        let fresh_for = |wait| PollEnd::Good {
            fresh_for: Some(wait),
        };
        assert_eq!(wait(15 * MINUTE, fresh_for(MINUTE), 0.0), 15 * MINUTE);
        assert_eq!(wait(15 * MINUTE, fresh_for(60 * MINUTE), 0.0), 60 * MINUTE);
        assert_eq!(wait(15 * MINUTE, fresh_for(60 * MINUTE), 1.0), 66 * MINUTE);
        for jitter in [0.0, 0.5, 1.0] {
            assert_eq!(wait(15 * MINUTE, fresh_for(365 * DAY), jitter), DAY);
        }
    }

    #[test]
    fn a_feed_is_left_alone_as_long_as_it_asks_and_never_beyond_a_day() {
        // A Thursday.
        let now: Timestamp = "2026-11-26T10:30:00Z".parse().unwrap();
        let at = after(now, 15 * MINUTE);
        let next = |pace: &Pace| not_before_pace(at, pace, 0.0, now).to_string();
        let ttl = |minutes: u32| Pace {
            at_most_every: Some(minutes * MINUTE),
            ..Pace::default()
        };
        let hours = |skip_hours: &[u8]| Pace {
            skip_hours: skip_hours.to_vec(),
            ..Pace::default()
        };
        let days = |skip_days: &[jiff::civil::Weekday]| Pace {
            skip_days: skip_days.to_vec(),
            ..Pace::default()
        };
        let all: Vec<u8> = (0..24).collect();
        for (pace, expected) in [
            (Pace::default(), "2026-11-26T10:45:00Z"),
            (ttl(5), "2026-11-26T10:45:00Z"),
            (ttl(60), "2026-11-26T11:30:00Z"),
            (ttl(100_000), "2026-11-27T10:30:00Z"),
            (hours(&[9, 12]), "2026-11-26T10:45:00Z"),
            (hours(&[10]), "2026-11-26T11:00:00Z"),
            (hours(&[10, 11, 13]), "2026-11-26T12:00:00Z"),
            (hours(&all), "2026-11-26T10:45:00Z"),
            (days(&[Saturday]), "2026-11-26T10:45:00Z"),
            (days(&[Thursday]), "2026-11-27T00:00:00Z"),
            (days(&[Thursday, Friday]), "2026-11-27T10:30:00Z"),
        ] {
            assert_eq!(next(&pace), expected, "{pace:?}");
        }
        let spread = |pace: &Pace| not_before_pace(at, pace, 1.0, now).to_string();
        assert_eq!(spread(&hours(&[10])), "2026-11-26T11:10:00Z");
        assert_eq!(spread(&ttl(60)), "2026-11-26T11:36:00Z");
        assert_eq!(spread(&ttl(100_000)), "2026-11-27T10:30:00Z");
    }

    #[test]
    fn a_feed_is_asked_as_often_as_its_own_rhythm_is_worth() {
        let now: Timestamp = "2026-11-26T10:30:00Z".parse().unwrap();
        let policy = PollPolicy {
            min_every: 5 * MINUTE,
            max_every: DAY,
            timeout: MINUTE,
        };
        let before = |age: Duration| now - age;
        let rhythm = |published_every: Duration, watched: Duration| Rhythm {
            published_every: Some(published_every),
            watched_since: Some(before(watched)),
            gap_at: None,
        };
        let gap = |age: Duration| Rhythm {
            gap_at: Some(before(age)),
            ..rhythm(10 * DAY, 30 * DAY)
        };
        for (rhythm, expected) in [
            (Rhythm::default(), 15 * MINUTE),
            (rhythm(40 * MINUTE, DAY), 10 * MINUTE),
            (rhythm(MINUTE, DAY), 5 * MINUTE),
            (rhythm(10 * DAY, DAY), 15 * MINUTE),
            (rhythm(4 * HOUR, 8 * DAY), HOUR),
            (rhythm(10 * DAY, 8 * DAY), 2 * HOUR),
            (gap(HOUR), 5 * MINUTE),
            (gap(2 * DAY), 2 * HOUR),
        ] {
            assert_eq!(
                adapted(15 * MINUTE, &policy, &rhythm, now),
                expected,
                "{rhythm:?}"
            );
        }
        let fixed = PollPolicy {
            min_every: 15 * MINUTE,
            max_every: 15 * MINUTE,
            timeout: MINUTE,
        };
        for rhythm in [
            rhythm(MINUTE, 8 * DAY),
            rhythm(10 * DAY, 8 * DAY),
            gap(HOUR),
        ] {
            assert_eq!(adapted(15 * MINUTE, &fixed, &rhythm, now), 15 * MINUTE);
        }
    }

    #[test]
    fn the_dates_of_entries_tell_how_often_they_come() {
        let now: Timestamp = "2026-11-26T10:30:00Z".parse().unwrap();
        let of = |ages: &[Duration]| {
            let dates = ages.iter().map(|age| now - *age);
            published_every(dates, now)
        };
        assert_eq!(of(&[]), None);
        assert_eq!(of(&[6 * HOUR]), Some(6 * HOUR));
        assert_eq!(of(&[HOUR, 2 * HOUR, 3 * HOUR]), Some(HOUR));
        assert_eq!(of(&[HOUR, 4 * HOUR, 400 * DAY]), Some(2 * HOUR));
        assert_eq!(of(&[400 * DAY]), Some(28 * DAY));
        let ahead = after(now, HOUR);
        assert_eq!(published_every([ahead].into_iter(), now), None);
    }

    #[test]
    fn failures_double_the_wait_up_to_six_hours() {
        assert_eq!(wait(15 * MINUTE, failed(1, None), 0.5), 30 * MINUTE);
        assert_eq!(wait(15 * MINUTE, failed(2, None), 0.5), 60 * MINUTE);
        assert_eq!(wait(15 * MINUTE, failed(40, None), 0.5), 360 * MINUTE);
    }

    #[test]
    fn a_feed_that_was_not_reached_is_tried_each_hour_at_least() {
        let unreached = |in_a_row| PollEnd::Unreached { in_a_row };
        assert_eq!(wait(15 * MINUTE, unreached(1), 0.5), 15 * MINUTE);
        assert_eq!(wait(15 * MINUTE, unreached(2), 0.5), 30 * MINUTE);
        assert_eq!(wait(15 * MINUTE, unreached(50), 0.5), 60 * MINUTE);
    }

    #[test]
    fn retry_after_is_kept_and_capped_at_a_day() {
        let three_hours = 180 * MINUTE;
        assert_eq!(
            wait(15 * MINUTE, failed(1, Some(three_hours)), 0.5),
            three_hours
        );
        let a_year = 365 * 24 * 60 * MINUTE;
        assert_eq!(
            wait(15 * MINUTE, failed(1, Some(a_year)), 0.5),
            24 * 60 * MINUTE
        );
    }

    #[test]
    fn a_feed_polled_daily_is_not_polled_sooner_because_it_fails() {
        assert!(wait(24 * 60 * MINUTE, failed(1, None), 0.0) >= 24 * 60 * MINUTE);
    }
}
