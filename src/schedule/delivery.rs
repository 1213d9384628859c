//! Where a delivery stands after a try.

use std::time::Duration;

use super::channel::{
    BEFORE_THE_NEXT_MESSAGE, SUSPECTS_OF_AN_OUTAGE, between_refusals, blames_nobody, fails,
    has_own_fault, is_outlived, refuses, stands_still, suspects, works_again,
};
use super::{after, jittered};
use crate::domain::{
    AttemptOutcome, ChannelNext, ChannelPast, ChannelState, DeliveryPast, DeliveryState, Timestamp,
};

/// How often and how long a channel's deliveries are tried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveryPolicy {
    /// The waits between tries; after the last one the delivery is given up.
    pub retry: Vec<Duration>,
}

/// Where both stand after the try.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AfterAttempt {
    /// The delivery.
    pub delivery: DeliveryState,
    /// Whether the try counts against the schedule.
    pub counts: bool,
    /// What it means for the channel; absent where it says nothing of it.
    pub channel: Option<ChannelNext>,
}

/// The shortest and the longest pause that another side can ask for.
const PAUSE: (Duration, Duration) = (Duration::from_secs(1), Duration::from_hours(24));

/// The tries of a message that is refused while others are accepted.
const TRIES_OF_A_REFUSED: u32 = 3;

/// How long deliveries wait for somebody to mend a channel, before they are given up.
const MISCONFIGURED_FOR: Duration = Duration::from_hours(24);

/// Tells where a delivery and its channel stand after a try.
///
/// A message that fails makes its channel fail: from then on one message at a time is tried, each time another one, and
/// the rest wait. The first that is accepted ends that, and what failed is due again, in order. Where a single message
/// failed and another one is accepted, the fault is the message's: it keeps to its own schedule.
#[must_use]
pub fn after_attempt(
    outcome: &AttemptOutcome,
    past: &DeliveryPast,
    channel: &ChannelPast,
    policy: &DeliveryPolicy,
    jitter: f64,
    now: Timestamp,
) -> AfterAttempt {
    let waits = |not_before| DeliveryState::Waiting { not_before };
    // What was said of this message alone shows that the other side is there.
    let answers = |delivery| AfterAttempt {
        delivery,
        counts: true,
        channel: (channel.state != ChannelState::Ok).then(|| works_again(channel)),
    };
    match outcome {
        AttemptOutcome::Accepted => AfterAttempt {
            delivery: DeliveryState::Sent { at: now },
            counts: true,
            channel: Some(works_again(channel)),
        },
        AttemptOutcome::Failed { reason } | AttemptOutcome::Unreached { reason } => {
            let is_blameless = matches!(outcome, AttemptOutcome::Unreached { .. });
            let counts = past.due_at <= now;
            // It failed before, others were accepted since: it says nothing of a channel that works.
            let is_its_own = !is_blameless && channel.failures == 0 && is_outlived(past, channel);
            let suspects = if is_blameless {
                channel.suspects.max(SUSPECTS_OF_AN_OUTAGE)
            } else {
                suspects(past, channel)
            };
            let fails = || fails(suspects, is_blameless, channel, &policy.retry, jitter, now);
            AfterAttempt {
                delivery: by_schedule(reason, past, counts, policy, jitter, now),
                counts,
                channel: (!is_its_own).then(fails),
            }
        }
        AttemptOutcome::Deferred { reason } => {
            answers(by_schedule(reason, past, true, policy, jitter, now))
        }
        AttemptOutcome::Paused { wait, .. } => {
            let until = after(now, (*wait).clamp(PAUSE.0, PAUSE.1));
            AfterAttempt {
                delivery: waits(until),
                counts: false,
                channel: Some(stands_still(channel, ChannelState::Paused, Some(until))),
            }
        }
        AttemptOutcome::Misconfigured { reason } => {
            misconfigured(reason, past, channel, jitter, now)
        }
        // What is shorter is tried at once.
        AttemptOutcome::TooLong { .. } => answers(waits(now)),
        AttemptOutcome::Refused { reason } => answers(given_up(reason, now)),
        // Nothing is thrown away: it waits until somebody mends the channel or asks for a new try.
        AttemptOutcome::Gone { .. } => AfterAttempt {
            delivery: waits(now),
            counts: false,
            channel: Some(ChannelNext {
                failures: channel.failures.saturating_add(1),
                ..stands_still(channel, ChannelState::Gone, None)
            }),
        },
    }
}

fn misconfigured(
    reason: &str,
    past: &DeliveryPast,
    channel: &ChannelPast,
    jitter: f64,
    now: Timestamp,
) -> AfterAttempt {
    let is_its_own = has_own_fault(past, channel);
    // Probes of a channel that fails come before their time; that must not use up the tries of a message.
    if is_its_own && past.due_at > now {
        return AfterAttempt {
            delivery: DeliveryState::Waiting {
                not_before: past.due_at,
            },
            counts: false,
            channel: blames_nobody(channel, BEFORE_THE_NEXT_MESSAGE, now),
        };
    }
    let delivery = refused(reason, past, channel, jitter, now);
    // Who gives a single message up because others were accepted since says that the channel is well.
    let was_its_fault = is_its_own
        && matches!(delivery, DeliveryState::Abandoned { .. })
        && suspects(past, channel) == 1;
    AfterAttempt {
        delivery,
        counts: true,
        channel: if was_its_fault {
            Some(works_again(channel))
        } else if is_its_own {
            blames_nobody(channel, Duration::ZERO, now)
        } else {
            Some(refuses(past, channel, jitter, now))
        },
    }
}

fn given_up(reason: &str, now: Timestamp) -> DeliveryState {
    DeliveryState::Abandoned {
        at: now,
        reason: reason.to_owned(),
    }
}

/// A try that the schedule had asked for moves on in it; one that only probed the channel changes nothing.
fn by_schedule(
    reason: &str,
    past: &DeliveryPast,
    counts: bool,
    policy: &DeliveryPolicy,
    jitter: f64,
    now: Timestamp,
) -> DeliveryState {
    if !counts {
        return DeliveryState::Waiting {
            not_before: past.due_at,
        };
    }
    match policy.retry.get(past.tries as usize) {
        Some(wait) => DeliveryState::Waiting {
            not_before: after(now, jittered(*wait, jitter)),
        },
        None => given_up(reason, now),
    }
}

/// A message that is refused while others are accepted is given up soon; while none is, it waits for somebody to mend the
/// channel.
fn refused(
    reason: &str,
    past: &DeliveryPast,
    channel: &ChannelPast,
    jitter: f64,
    now: Timestamp,
) -> DeliveryState {
    let since = past.first_tried_at.unwrap_or(now);
    let has_fault = has_own_fault(past, channel) && past.tries + 1 >= TRIES_OF_A_REFUSED;
    if has_fault || after(since, MISCONFIGURED_FOR) <= now {
        return given_up(reason, now);
    }
    DeliveryState::Waiting {
        not_before: after(now, between_refusals(past.tries, jitter)),
    }
}
