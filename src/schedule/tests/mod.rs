mod channel;
mod delivery;

use super::*;
use crate::domain::{AttemptOutcome, ChannelPast, ChannelState, DeliveryPast, DeliveryState};

const NOW: Timestamp = Timestamp::UNIX_EPOCH;

const SECOND: Duration = Duration::from_secs(1);

fn policy() -> DeliveryPolicy {
    DeliveryPolicy {
        retry: vec![5 * SECOND, 30 * SECOND, 120 * SECOND],
    }
}

fn failed() -> AttemptOutcome {
    AttemptOutcome::Failed {
        reason: "the server answered 500".into(),
    }
}

fn refused() -> AttemptOutcome {
    AttemptOutcome::Misconfigured {
        reason: "the server answered 401".into(),
    }
}

fn new_message() -> DeliveryPast {
    DeliveryPast {
        tries: 0,
        first_tried_at: None,
        last_tried_at: None,
        due_at: NOW,
    }
}

fn at(seconds: u32) -> Timestamp {
    after(NOW, seconds * SECOND)
}

fn waiting(seconds: u32) -> DeliveryState {
    DeliveryState::Waiting {
        not_before: at(seconds),
    }
}

fn run(
    outcome: &AttemptOutcome,
    past: DeliveryPast,
    channel: ChannelPast,
    now: Timestamp,
) -> AfterAttempt {
    after_attempt(outcome, &past, &channel, &policy(), 0.5, now)
}

/// The channel as the next try finds it.
fn next(channel: ChannelPast, after: &AfterAttempt, now: Timestamp) -> ChannelPast {
    let Some(next) = after.channel else {
        return channel;
    };
    let is_ok = next.state == ChannelState::Ok;
    ChannelPast {
        state: next.state,
        failing_since: (!is_ok).then(|| channel.failing_since.unwrap_or(now)),
        last_success_at: if is_ok {
            Some(now)
        } else {
            channel.last_success_at
        },
        failures: next.failures,
        suspects: next.suspects,
        refusals: next.refusals,
    }
}

#[test]
fn the_next_visit_is_the_first_that_is_to_come_and_those_missed_are_not_made_up_for() {
    let raised: Timestamp = "2026-11-26T12:00:00Z".parse().unwrap();
    let waits = [1, 6, 24].map(Duration::from_hours);
    let next = |hours: u64| {
        let now = after(raised, Duration::from_hours(hours));
        next_visit([(raised, waits.as_slice())], now)
    };
    let at = |hours: u64| Some(after(raised, Duration::from_hours(hours)));
    assert_eq!(next(0), at(1));
    assert_eq!(next(1), at(6));
    assert_eq!(next(20), at(24));
    assert_eq!(next(24), None);
    assert_eq!(next_visit([(raised, &[][..])], raised), None);
}
