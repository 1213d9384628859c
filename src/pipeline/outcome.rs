//! What becomes of a feed whose document was not to be had: decided here alone, from what went wrong and what went before.

use std::time::Duration;

use crate::http::FetchError;
use crate::schedule::PollEnd;

/// The status with which a server says that a feed is gone for good (RFC 9110 §15.5.11).
const GONE: u16 = 410;

/// The status with which it says that there is nothing, now.
const MISSING: u16 = 404;

/// How long a feed is looked for that its server does not know: longer than a site takes to be mended.
const LOOKED_FOR: Duration = Duration::from_hours(14 * 24);

/// Polls that found nothing in that time, at least: a laptop that was closed for weeks has not looked.
const LOOKED_TIMES: u32 = 20;

/// How a feed has been doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Past {
    /// Failed polls in a row, this one included.
    pub(super) in_a_row: u32,
    /// How long they have been failing.
    pub(super) failing_for: Duration,
    /// Whether it is polled at another address than the configured one.
    pub(super) has_moved: bool,
}

/// What becomes of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    /// It is asked again, later.
    Again(PollEnd),
    /// It is asked at its configured address again.
    GoBack(PollEnd),
    /// It is asked no more.
    Paused(Pause),
    /// There was no room at its host, or that is left alone for so long; it has not been asked at all.
    PutOff(Duration),
}

/// Why a feed is asked no more, as a clause for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum Pause {
    /// Its server says so.
    #[error("the server answered {GONE}: the feed is gone for good")]
    Gone,
    /// Its server has not known it for long.
    #[error(
        "the server has answered {MISSING} for {days} days: the feed is asked no more; correct its address, or remove it"
    )]
    Missing {
        /// For so long.
        days: u64,
    },
}

/// Decides it.
pub(super) fn outcome(error: &FetchError, past: &Past) -> Outcome {
    let in_a_row = past.in_a_row;
    let status = match error {
        FetchError::HostBusy { .. } => return Outcome::PutOff(Duration::ZERO),
        FetchError::HostLimited { left, .. } => return Outcome::PutOff(*left),
        FetchError::Status { status, .. } => Some(*status),
        _ => None,
    };
    let end = if error.reached_server() {
        PollEnd::Failed {
            in_a_row,
            retry_after: error.retry_after(),
        }
    } else {
        PollEnd::Unreached { in_a_row }
    };
    if past.has_moved && !error.is_rate_limit() && (status == Some(GONE) || in_a_row > 1) {
        return Outcome::GoBack(end);
    }
    let is_long_missing =
        status == Some(MISSING) && past.failing_for >= LOOKED_FOR && in_a_row >= LOOKED_TIMES;
    if status == Some(GONE) {
        Outcome::Paused(Pause::Gone)
    } else if is_long_missing {
        let days = past.failing_for.as_secs() / (24 * 60 * 60);
        Outcome::Paused(Pause::Missing { days })
    } else {
        Outcome::Again(end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: Duration = Duration::from_hours(1);
    const DAY: Duration = Duration::from_hours(24);

    fn answered(status: u16) -> FetchError {
        FetchError::Status {
            status,
            retry_after: None,
        }
    }

    fn asked_to_wait(status: u16, wait: Duration) -> FetchError {
        FetchError::Status {
            status,
            retry_after: Some(wait),
        }
    }

    fn past(in_a_row: u32, failing_for: Duration, has_moved: bool) -> Past {
        Past {
            in_a_row,
            failing_for,
            has_moved,
        }
    }

    fn failed(in_a_row: u32, retry_after: Option<Duration>) -> PollEnd {
        PollEnd::Failed {
            in_a_row,
            retry_after,
        }
    }

    #[test]
    fn what_becomes_of_a_feed_that_was_not_to_be_had() {
        use Outcome::{Again, GoBack, Paused};
        let gone = Paused(Pause::Gone);
        let missing = Paused(Pause::Missing { days: 15 });
        for (error, past, expected) in [
            (answered(500), past(1, HOUR, false), Again(failed(1, None))),
            (
                answered(500),
                past(90, 90 * DAY, false),
                Again(failed(90, None)),
            ),
            (answered(401), past(2, HOUR, false), Again(failed(2, None))),
            (
                answered(403),
                past(60, 60 * DAY, false),
                Again(failed(60, None)),
            ),
            (answered(429), past(1, HOUR, false), Again(failed(1, None))),
            (
                asked_to_wait(429, 2 * HOUR),
                past(1, HOUR, false),
                Again(failed(1, Some(2 * HOUR))),
            ),
            (
                asked_to_wait(503, 30 * DAY),
                past(3, HOUR, false),
                Again(failed(3, Some(30 * DAY))),
            ),
            (
                answered(404),
                past(1, Duration::ZERO, false),
                Again(failed(1, None)),
            ),
            (
                answered(404),
                past(40, 13 * DAY, false),
                Again(failed(40, None)),
            ),
            (
                answered(404),
                past(3, 15 * DAY, false),
                Again(failed(3, None)),
            ),
            (answered(404), past(60, 15 * DAY, false), missing),
            (answered(410), past(1, Duration::ZERO, false), gone),
            (
                answered(410),
                past(1, Duration::ZERO, true),
                GoBack(failed(1, None)),
            ),
            (
                answered(404),
                past(1, Duration::ZERO, true),
                Again(failed(1, None)),
            ),
            (answered(404), past(2, HOUR, true), GoBack(failed(2, None))),
            (answered(500), past(2, HOUR, true), GoBack(failed(2, None))),
            (answered(429), past(2, HOUR, true), Again(failed(2, None))),
            (
                FetchError::RedirectLoop,
                past(4, HOUR, false),
                Again(failed(4, None)),
            ),
        ] {
            assert_eq!(outcome(&error, &past), expected, "{error} {past:?}");
        }
    }

    #[test]
    fn a_feed_that_is_asked_no_more_says_why() {
        let error = Pause::Missing { days: 15 };
        assert!(error.to_string().contains("404 for 15 days"));
    }
}
