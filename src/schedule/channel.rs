//! What a try of a delivery means for its channel: whether it works, and when which message is tried next.

use std::time::Duration;

use super::{after, jittered};
use crate::domain::{ChannelNext, ChannelPast, ChannelState, DeliveryPast, Probe, Timestamp};

/// The longest wait before a failing channel is probed: an outage that is over is noticed within this.
const MOST_BETWEEN_PROBES: Duration = Duration::from_mins(1);

/// The wait before a failing channel is probed with another message: one poisoned message must not hold the others.
pub(super) const BEFORE_THE_NEXT_MESSAGE: Duration = Duration::from_secs(5);

/// The wait after a second message has failed, before a third one tells whether it is the channel that fails.
const BEFORE_THE_THIRD_MESSAGE: Duration = Duration::from_secs(30);

/// The waits before a channel is probed that refuses what it gets. They begin short, as a receiver that is being
/// deployed refuses for seconds.
const BETWEEN_REFUSALS: [Duration; 5] = [
    Duration::from_secs(5),
    Duration::from_secs(30),
    Duration::from_mins(2),
    Duration::from_mins(10),
    Duration::from_mins(15),
];

/// Different messages that have failed when it is the channel that fails: it is then probed with the oldest, so that the
/// order is kept.
pub(super) const SUSPECTS_OF_AN_OUTAGE: u32 = 3;

/// Failures in a row, about a quarter of an hour, from which on the oldest message may be the one thing that is wrong: every
/// fifth probe is then made with the oldest of those that were not turned away. What was turned away itself may be
/// overtaken so, nothing else.
const LONG_OUTAGE: u32 = 15;
const SPOTLESS_EVERY: u32 = 5;

/// Refused tries in a row, of different messages where there are some, before the channel is called misconfigured.
const REFUSALS: u32 = 3;

/// A channel to which nothing is sent for a while, or for good, though nobody is to blame.
pub(super) fn stands_still(
    channel: &ChannelPast,
    state: ChannelState,
    not_before: Option<Timestamp>,
) -> ChannelNext {
    ChannelNext {
        state,
        not_before,
        new_from: None,
        probe: Probe::Oldest,
        failures: channel.failures,
        suspects: channel.suspects,
        refusals: channel.refusals,
        frees: false,
    }
}

/// A channel of which a refused message says nothing, as others were accepted since it was first tried: one that fails is
/// probed with the next one after this time.
pub(super) fn blames_nobody(
    channel: &ChannelPast,
    wait: Duration,
    now: Timestamp,
) -> Option<ChannelNext> {
    (channel.failures > 0).then(|| ChannelNext {
        probe: Probe::Another,
        ..stands_still(channel, channel.state, Some(after(now, wait)))
    })
}

pub(super) fn works_again(channel: &ChannelPast) -> ChannelNext {
    ChannelNext {
        state: ChannelState::Ok,
        not_before: None,
        new_from: None,
        probe: Probe::Oldest,
        failures: 0,
        suspects: 0,
        refusals: 0,
        frees: channel.suspects > 1,
    }
}

/// How many different messages have failed in a row with this one.
pub(super) fn suspects(past: &DeliveryPast, channel: &ChannelPast) -> u32 {
    let is_known = channel.failures > 0
        && past
            .last_tried_at
            .zip(channel.failing_since)
            .is_some_and(|(tried, since)| tried >= since);
    if channel.failures == 0 {
        1
    } else {
        channel.suspects.saturating_add(u32::from(!is_known))
    }
}

pub(super) fn fails(
    suspects: u32,
    is_blameless: bool,
    channel: &ChannelPast,
    retry: &[Duration],
    jitter: f64,
    now: Timestamp,
) -> ChannelNext {
    let last = retry.last().copied();
    let wait = retry.get(channel.failures as usize).copied().or(last);
    let most = if channel.failures == 0 {
        BEFORE_THE_NEXT_MESSAGE
    } else {
        MOST_BETWEEN_PROBES
    };
    let not_before = after(now, jittered(wait.unwrap_or(most).min(most), jitter));
    let failures = channel.failures.saturating_add(1);
    let is_long = failures >= LONG_OUTAGE && failures.is_multiple_of(SPOTLESS_EVERY);
    let (probe, before_a_new_one) = match suspects {
        _ if is_blameless => (Probe::Oldest, None),
        0 | 1 => (Probe::Another, Some(BEFORE_THE_NEXT_MESSAGE)),
        2 => (Probe::Another, Some(BEFORE_THE_THIRD_MESSAGE)),
        _ if is_long => (Probe::Spotless, None),
        _ => (Probe::Oldest, None),
    };
    ChannelNext {
        state: ChannelState::Failing,
        not_before: Some(not_before),
        new_from: before_a_new_one.map(|wait| after(now, wait).min(not_before)),
        probe,
        failures,
        suspects,
        refusals: channel.refusals,
        frees: false,
    }
}

/// Whether another message has been accepted since this one was first tried.
pub(super) fn is_outlived(past: &DeliveryPast, channel: &ChannelPast) -> bool {
    let tried_and_accepted = past.first_tried_at.zip(channel.last_success_at);
    tried_and_accepted.is_some_and(|(since, at)| at >= since)
}

/// Whether what is held against a message is its own fault: others were accepted since it was first tried, and the other
/// side does not refuse whatever it gets.
pub(super) fn has_own_fault(past: &DeliveryPast, channel: &ChannelPast) -> bool {
    is_outlived(past, channel) && channel.state != ChannelState::Misconfigured
}

pub(super) fn refuses(
    past: &DeliveryPast,
    channel: &ChannelPast,
    jitter: f64,
    now: Timestamp,
) -> ChannelNext {
    let failures = channel.failures.saturating_add(1);
    let suspects = suspects(past, channel);
    let refusals = channel.refusals.saturating_add(1);
    // Failures of other kinds among them speak of a receiver in trouble rather than of a mistake in the configuration.
    let is_misconfigured = refusals >= REFUSALS && refusals > failures / 2;
    let wait = if is_misconfigured {
        between_refusals(refusals - REFUSALS, jitter)
    } else if suspects > channel.suspects {
        // The next message tells whose fault it is; it need not wait for that.
        Duration::ZERO
    } else {
        between_refusals(channel.refusals, jitter).min(MOST_BETWEEN_PROBES)
    };
    ChannelNext {
        state: if is_misconfigured {
            ChannelState::Misconfigured
        } else {
            ChannelState::Failing
        },
        not_before: Some(after(now, wait)),
        new_from: (suspects < SUSPECTS_OF_AN_OUTAGE).then_some(now),
        probe: Probe::Another,
        failures,
        suspects,
        refusals,
        frees: false,
    }
}

pub(super) fn between_refusals(refusals: u32, jitter: f64) -> Duration {
    let place = (refusals as usize).min(BETWEEN_REFUSALS.len() - 1);
    let wait = BETWEEN_REFUSALS.get(place).copied().unwrap_or_default();
    jittered(wait, jitter)
}
