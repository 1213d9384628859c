//! Where a delivery and its channel stand after a try.

use std::time::Duration;

use super::{after, jittered};
use crate::domain::{AttemptOutcome, DeliveryState, Timestamp};

/// How often and how long a channel's deliveries are tried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveryPolicy {
    /// The waits between tries; after the last one the delivery is given up.
    pub retry: Vec<Duration>,
}

/// The shortest and the longest pause that another side can ask for.
const PAUSE: (Duration, Duration) = (Duration::from_secs(1), Duration::from_hours(1));

/// How often a channel is probed whose settings the other side does not accept.
const PROBE_EVERY: Duration = Duration::from_mins(15);

/// How long deliveries wait for somebody to mend such a channel, before they are given up.
const MISCONFIGURED_FOR: Duration = Duration::from_hours(24);

/// Tells where a delivery stands after a try, and until when its whole channel waits, if it does.
///
/// `tries` and `first_tried_at` count the tries before this one.
#[must_use]
pub fn after_attempt(
    outcome: &AttemptOutcome,
    tries: u32,
    first_tried_at: Option<Timestamp>,
    policy: &DeliveryPolicy,
    jitter: f64,
    now: Timestamp,
) -> (DeliveryState, Option<Timestamp>) {
    match outcome {
        AttemptOutcome::Accepted => (DeliveryState::Sent { at: now }, None),
        AttemptOutcome::Failed { reason } => {
            let wait = policy.retry.get(tries as usize);
            let state = match wait {
                Some(wait) => DeliveryState::Waiting {
                    not_before: after(now, jittered(*wait, jitter)),
                },
                None => given_up(reason, now),
            };
            (state, None)
        }
        AttemptOutcome::Paused { wait, .. } => {
            let until = after(now, (*wait).clamp(PAUSE.0, PAUSE.1));
            (DeliveryState::Waiting { not_before: until }, Some(until))
        }
        AttemptOutcome::Misconfigured { reason } => {
            let until = after(now, jittered(PROBE_EVERY, jitter));
            let since = first_tried_at.unwrap_or(now);
            let state = if after(since, MISCONFIGURED_FOR) <= now {
                given_up(reason, now)
            } else {
                DeliveryState::Waiting { not_before: now }
            };
            (state, Some(until))
        }
        AttemptOutcome::Refused { reason } => (given_up(reason, now), None),
        // What is shorter is tried at once. For a receiver that is gone nothing is thrown away: it waits until somebody
        // mends the channel or asks for a new try.
        AttemptOutcome::TooLong { .. } | AttemptOutcome::Gone { .. } => {
            (DeliveryState::Waiting { not_before: now }, None)
        }
    }
}

fn given_up(reason: &str, now: Timestamp) -> DeliveryState {
    DeliveryState::Abandoned {
        at: now,
        reason: reason.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::UNIX_EPOCH;

    fn policy() -> DeliveryPolicy {
        DeliveryPolicy {
            retry: vec![Duration::from_secs(5), Duration::from_secs(30)],
        }
    }

    fn failed() -> AttemptOutcome {
        AttemptOutcome::Failed {
            reason: "the server answered 500".into(),
        }
    }

    #[test]
    fn a_failed_delivery_waits_by_the_schedule_and_is_then_given_up() {
        let at = |tries| after_attempt(&failed(), tries, Some(NOW), &policy(), 0.5, NOW).0;
        let waiting = |s| DeliveryState::Waiting {
            not_before: after(NOW, Duration::from_secs(s)),
        };
        assert_eq!(at(0), waiting(5));
        assert_eq!(at(1), waiting(30));
        assert!(matches!(at(2), DeliveryState::Abandoned { .. }));
    }

    #[test]
    fn a_pause_holds_the_channel_between_a_second_and_an_hour() {
        let pause = |wait| {
            let outcome = AttemptOutcome::Paused {
                reason: "the server answered 429".into(),
                wait,
            };
            after_attempt(&outcome, 7, None, &policy(), 0.5, NOW).1
        };
        let second = Duration::from_secs(1);
        assert_eq!(pause(Duration::ZERO), Some(after(NOW, second)));
        assert_eq!(pause(90 * second), Some(after(NOW, 90 * second)));
        assert_eq!(pause(90_000 * second), Some(after(NOW, 3600 * second)));
    }

    #[test]
    fn a_misconfigured_channel_is_probed_for_a_day_before_its_deliveries_are_given_up() {
        let refused = AttemptOutcome::Misconfigured {
            reason: "the server answered 401".into(),
        };
        let state = |now| after_attempt(&refused, 0, Some(NOW), &policy(), 0.5, now);
        let (young, until) = state(NOW);
        assert!(matches!(young, DeliveryState::Waiting { .. }));
        assert_eq!(until, Some(after(NOW, PROBE_EVERY)));
        let (old, _) = state(after(NOW, MISCONFIGURED_FOR));
        assert!(matches!(old, DeliveryState::Abandoned { .. }));
    }

    #[test]
    fn a_delivery_to_a_channel_that_is_gone_is_kept() {
        let gone = AttemptOutcome::Gone {
            reason: "the server answered 410".into(),
        };
        let (state, _) = after_attempt(&gone, 0, None, &policy(), 0.5, NOW);
        assert!(matches!(state, DeliveryState::Waiting { .. }));
    }
}
