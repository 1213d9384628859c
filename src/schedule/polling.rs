//! When a feed is polled again.

use std::time::Duration;

use super::{after, jittered};
use crate::domain::Timestamp;

/// The bounds within which feeds are polled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PollPolicy {
    /// The shortest time between two polls of a feed.
    pub min_every: Duration,
    /// The longest time between two polls of a feed, whatever its server asks for.
    pub max_every: Duration,
    /// The time for one whole fetch.
    pub timeout: Duration,
}

/// How a poll ended, as far as it decides the next one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PollEnd {
    /// The feed was read or has not changed.
    Good,
    /// It failed; so many polls in a row have failed now.
    Failed {
        /// This one included.
        in_a_row: u32,
        /// How long the server asked us to wait.
        retry_after: Option<Duration>,
    },
}

/// The longest wait after failures that nobody asked for.
const MAX_BACK_OFF: Duration = Duration::from_secs(6 * 3600);

/// Tells when a feed is to be polled again.
///
/// After a good poll: its interval, spread by a tenth, never earlier. After failures: twice the interval, four
/// times, and so on up to six hours. A server that names a time (Retry-After, RFC 9110 §10.2.3) gets it, up to
/// the longest interval of the policy.
#[must_use]
pub fn next_poll_at(
    every: Duration,
    end: PollEnd,
    policy: &PollPolicy,
    jitter: f64,
    now: Timestamp,
) -> Timestamp {
    let every = every.clamp(policy.min_every, policy.max_every);
    let wait = match end {
        PollEnd::Good => every.mul_f64(1.0 + jitter.clamp(0.0, 1.0) / 10.0),
        PollEnd::Failed {
            in_a_row,
            retry_after,
        } => {
            let doubled = every.saturating_mul(2u32.saturating_pow(in_a_row.min(16)));
            let back_off = jittered(doubled.min(MAX_BACK_OFF.max(every)), jitter).max(every);
            back_off.max(retry_after.unwrap_or_default().min(policy.max_every))
        }
    };
    after(now, wait)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: Duration = Duration::from_secs(60);

    fn policy() -> PollPolicy {
        PollPolicy {
            min_every: 5 * MINUTE,
            max_every: 24 * 60 * MINUTE,
            timeout: Duration::from_secs(30),
        }
    }

    fn wait(every: Duration, end: PollEnd, jitter: f64) -> Duration {
        let now = Timestamp::UNIX_EPOCH;
        let next = next_poll_at(every, end, &policy(), jitter, now);
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
            assert!(wait(15 * MINUTE, PollEnd::Good, jitter) >= 15 * MINUTE);
            assert!(wait(15 * MINUTE, PollEnd::Good, jitter) <= 17 * MINUTE);
        }
    }

    #[test]
    fn an_interval_below_the_least_is_raised_to_it() {
        assert_eq!(wait(MINUTE, PollEnd::Good, 0.0), 5 * MINUTE);
    }

    #[test]
    fn failures_double_the_wait_up_to_six_hours() {
        assert_eq!(wait(15 * MINUTE, failed(1, None), 0.5), 30 * MINUTE);
        assert_eq!(wait(15 * MINUTE, failed(2, None), 0.5), 60 * MINUTE);
        assert_eq!(wait(15 * MINUTE, failed(40, None), 0.5), 360 * MINUTE);
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
