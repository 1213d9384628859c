//! Time arithmetic: when a feed is polled again, when a page or a delivery is tried again, when digests come and quiet
//! hours end.
//!
//! Pure: the time now and the jitter come from the caller.

mod calendar;
mod channel;
mod delivery;
mod polling;

#[cfg(test)]
mod tests;

pub use calendar::{
    day_begins, day_of, is_between, is_weekend, last_digest, next_digest, quiet_until,
};
pub use delivery::{AfterAttempt, DeliveryPolicy, after_attempt};
pub use polling::{
    PollEnd, PollPolicy, Rhythm, adapted, next_poll_at, not_before_pace, published_every,
};

use std::time::Duration;

use crate::domain::Timestamp;

/// The next visit to a page: the earliest time after `now` that lies one of its waits after the time they belong to. What
/// was missed meanwhile is not made up for: the page is looked at once.
#[must_use]
pub fn next_visit<'a>(
    waits: impl IntoIterator<Item = (Timestamp, &'a [Duration])>,
    now: Timestamp,
) -> Option<Timestamp> {
    waits
        .into_iter()
        .flat_map(|(since, waits)| waits.iter().map(move |wait| after(since, *wait)))
        .filter(|at| *at > now)
        .min()
}

/// How far a wait is spread to either side, so that many of them do not end together.
const JITTER_SHARE: f64 = 0.2;

/// Spreads a wait by up to a fifth to either side; `jitter` is between 0 and 1.
#[must_use]
pub fn jittered(wait: Duration, jitter: f64) -> Duration {
    wait.mul_f64(1.0 + JITTER_SHARE * (2.0 * jitter.clamp(0.0, 1.0) - 1.0))
}

/// The time after a wait, cut to the millisecond, which is what the store keeps; the end of time where that cannot be
/// said.
#[must_use]
pub fn after(now: Timestamp, wait: Duration) -> Timestamp {
    let at = now.checked_add(wait).unwrap_or(Timestamp::MAX);
    Timestamp::from_millisecond(at.as_millisecond()).unwrap_or(at)
}
