//! Where a delivery and its channel stand after a try.

use std::time::Duration;

use super::{after, jittered};
use crate::domain::{
    AttemptOutcome, ChannelNext, ChannelPast, ChannelState, DeliveryPast, DeliveryState, Probe,
    Timestamp,
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

/// The longest wait before a failing channel is probed: an outage that is over is noticed within this.
const MOST_BETWEEN_PROBES: Duration = Duration::from_mins(1);

/// The wait before a failing channel is probed with another message: one poisoned message must not hold the others.
const BEFORE_THE_NEXT_MESSAGE: Duration = Duration::from_secs(5);

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
const SUSPECTS_OF_AN_OUTAGE: u32 = 3;

/// Failures in a row, about a quarter of an hour, from which on the oldest message may be the one thing that is wrong: every
/// fifth probe is then made with the oldest of those that were not turned away. What was turned away itself may be
/// overtaken so, nothing else.
const LONG_OUTAGE: u32 = 15;
const SPOTLESS_EVERY: u32 = 5;

/// Refused tries in a row, of different messages where there are some, before the channel is called misconfigured.
const REFUSALS: u32 = 3;

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
            let fails = || fails(suspects, is_blameless, channel, policy, jitter, now);
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

/// A channel to which nothing is sent for a while, or for good, though nobody is to blame.
fn stands_still(
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

/// A channel of which a refused message says nothing, as others were accepted since it was first tried: one that fails is
/// probed with the next one after this time.
fn blames_nobody(channel: &ChannelPast, wait: Duration, now: Timestamp) -> Option<ChannelNext> {
    (channel.failures > 0).then(|| ChannelNext {
        probe: Probe::Another,
        ..stands_still(channel, channel.state, Some(after(now, wait)))
    })
}

fn given_up(reason: &str, now: Timestamp) -> DeliveryState {
    DeliveryState::Abandoned {
        at: now,
        reason: reason.to_owned(),
    }
}

fn works_again(channel: &ChannelPast) -> ChannelNext {
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

/// How many different messages have failed in a row with this one.
fn suspects(past: &DeliveryPast, channel: &ChannelPast) -> u32 {
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

fn fails(
    suspects: u32,
    is_blameless: bool,
    channel: &ChannelPast,
    policy: &DeliveryPolicy,
    jitter: f64,
    now: Timestamp,
) -> ChannelNext {
    let last = policy.retry.last().copied();
    let wait = policy
        .retry
        .get(channel.failures as usize)
        .copied()
        .or(last);
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
fn is_outlived(past: &DeliveryPast, channel: &ChannelPast) -> bool {
    let tried_and_accepted = past.first_tried_at.zip(channel.last_success_at);
    tried_and_accepted.is_some_and(|(since, at)| at >= since)
}

/// Whether what is held against a message is its own fault: others were accepted since it was first tried, and the other
/// side does not refuse whatever it gets.
fn has_own_fault(past: &DeliveryPast, channel: &ChannelPast) -> bool {
    is_outlived(past, channel) && channel.state != ChannelState::Misconfigured
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

fn refuses(past: &DeliveryPast, channel: &ChannelPast, jitter: f64, now: Timestamp) -> ChannelNext {
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

fn between_refusals(refusals: u32, jitter: f64) -> Duration {
    let place = (refusals as usize).min(BETWEEN_REFUSALS.len() - 1);
    let wait = BETWEEN_REFUSALS.get(place).copied().unwrap_or_default();
    jittered(wait, jitter)
}

#[cfg(test)]
mod tests {
    use super::*;

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
    fn a_failed_delivery_waits_by_the_schedule_and_is_then_given_up() {
        let tried = |tries| DeliveryPast {
            tries,
            ..new_message()
        };
        let state = |tries| run(&failed(), tried(tries), ChannelPast::default(), NOW).delivery;
        assert_eq!(state(0), waiting(5));
        assert_eq!(state(1), waiting(30));
        assert_eq!(state(2), waiting(120));
        assert!(matches!(state(3), DeliveryState::Abandoned { .. }));
    }

    #[test]
    fn a_failing_channel_is_probed_every_minute_at_the_latest() {
        let mut channel = ChannelPast::default();
        let mut now = NOW;
        let mut waits = Vec::new();
        for _ in 0..5 {
            let after = run(&failed(), new_message(), channel, now);
            let until = after.channel.unwrap().not_before.unwrap();
            waits.push(until.duration_since(now).as_secs());
            channel = next(channel, &after, now);
            now = until;
        }
        assert_eq!(waits, [5, 30, 60, 60, 60]);
    }

    #[test]
    fn a_probe_before_its_time_uses_up_no_try() {
        let past = DeliveryPast {
            due_at: at(600),
            ..new_message()
        };
        let after = run(&failed(), past, ChannelPast::default(), NOW);
        assert!(!after.counts);
        assert_eq!(after.delivery, waiting(600));
    }

    #[test]
    fn after_an_outage_what_failed_is_due_and_a_poisoned_message_is_not() {
        let down = |messages: u32| {
            let mut channel = ChannelPast::default();
            for message in 0..messages {
                let after = run(&failed(), new_message(), channel, at(message));
                channel = next(channel, &after, at(message));
            }
            let accepted = run(&AttemptOutcome::Accepted, new_message(), channel, at(99));
            accepted.channel.unwrap()
        };
        assert!(!down(0).frees);
        assert!(!down(1).frees, "the one message keeps to its own schedule");
        assert!(down(2).frees);
        assert_eq!(down(3).state, ChannelState::Ok);
        assert_eq!(down(3).not_before, None);
    }

    #[test]
    fn the_same_message_is_one_suspect_however_often_it_fails() {
        let first = run(&failed(), new_message(), ChannelPast::default(), NOW);
        let channel = next(ChannelPast::default(), &first, NOW);
        let again = DeliveryPast {
            tries: 1,
            first_tried_at: Some(NOW),
            last_tried_at: Some(NOW),
            due_at: at(5),
        };
        let second = run(&failed(), again, channel, at(5)).channel.unwrap();
        assert_eq!((second.failures, second.suspects), (2, 1));
        let other = run(&failed(), new_message(), channel, at(5))
            .channel
            .unwrap();
        assert_eq!((other.failures, other.suspects), (2, 2));
    }

    #[test]
    fn a_pause_holds_the_channel_between_a_second_and_a_day() {
        let pause = |wait| {
            let outcome = AttemptOutcome::Paused {
                reason: "the server answered 429".into(),
                wait,
            };
            let after = run(&outcome, new_message(), ChannelPast::default(), NOW);
            assert!(!after.counts);
            after.channel.unwrap().not_before.unwrap()
        };
        assert_eq!(pause(Duration::ZERO), at(1));
        assert_eq!(pause(90 * SECOND), at(90));
        assert_eq!(pause(7_200 * SECOND), at(7_200));
        assert_eq!(pause(900_000 * SECOND), at(86_400));
    }

    #[test]
    fn a_recipient_that_does_not_exist_says_nothing_against_its_channel() {
        let nobody = AttemptOutcome::Refused {
            reason: "550 no such user".into(),
        };
        let after = run(&nobody, new_message(), ChannelPast::default(), NOW);
        assert!(matches!(after.delivery, DeliveryState::Abandoned { .. }));
        assert_eq!(after.channel, None);
    }

    #[test]
    fn one_refused_message_holds_nothing_and_three_make_the_channel_misconfigured() {
        let mut channel = ChannelPast::default();
        let mut states = Vec::new();
        let mut waits = Vec::new();
        for message in 0..4 {
            let after = run(&refused(), new_message(), channel, at(message));
            let told = after.channel.unwrap();
            states.push(told.state.as_str());
            waits.push(
                told.not_before
                    .unwrap()
                    .duration_since(at(message))
                    .as_secs(),
            );
            channel = next(channel, &after, at(message));
        }
        let expected = ["failing", "failing", "misconfigured", "misconfigured"];
        assert_eq!(states, expected);
        assert_eq!(waits, [0, 0, 5, 30]);
    }

    #[test]
    fn a_refused_message_among_failures_of_other_kinds_does_not_call_the_channel_misconfigured() {
        let mut channel = ChannelPast::default();
        let mut states = Vec::new();
        for (second, outcome) in [
            refused(),
            failed(),
            failed(),
            refused(),
            failed(),
            refused(),
        ]
        .iter()
        .enumerate()
        {
            let now = at(u32::try_from(second).unwrap());
            let after = run(outcome, new_message(), channel, now);
            states.push(after.channel.unwrap().state);
            channel = next(channel, &after, now);
        }
        assert_eq!(states, [ChannelState::Failing; 6]);
        assert_eq!(channel.refusals, 3);
    }

    #[test]
    fn a_message_that_fails_again_while_others_are_accepted_holds_no_channel_that_works() {
        let channel = ChannelPast {
            last_success_at: Some(at(3)),
            ..ChannelPast::default()
        };
        let tried = DeliveryPast {
            tries: 1,
            first_tried_at: Some(at(1)),
            last_tried_at: Some(at(1)),
            due_at: at(6),
        };
        let again = run(&failed(), tried, channel, at(6));
        assert_eq!((again.channel, again.delivery), (None, waiting(36)));
        let first = run(&failed(), new_message(), channel, at(6));
        assert_eq!(first.channel.unwrap().state, ChannelState::Failing);
    }

    #[test]
    fn the_channel_of_a_message_that_is_given_up_for_its_own_fault_is_well() {
        let channel = ChannelPast {
            state: ChannelState::Failing,
            failing_since: Some(at(4)),
            last_success_at: Some(at(3)),
            failures: 2,
            suspects: 1,
            refusals: 2,
        };
        let past = DeliveryPast {
            tries: 2,
            first_tried_at: Some(at(1)),
            last_tried_at: Some(at(5)),
            due_at: at(6),
        };
        let after = run(&refused(), past, channel, at(6));
        assert!(matches!(after.delivery, DeliveryState::Abandoned { .. }));
        assert_eq!(after.channel.unwrap().state, ChannelState::Ok);
    }

    #[test]
    fn a_message_that_is_refused_while_others_are_accepted_is_given_up_at_its_third_try() {
        let channel = ChannelPast {
            last_success_at: Some(at(3)),
            ..ChannelPast::default()
        };
        let state = |tries| {
            let past = DeliveryPast {
                tries,
                first_tried_at: Some(at(1)),
                last_tried_at: Some(at(1)),
                due_at: at(4),
            };
            run(&refused(), past, channel, at(4)).delivery
        };
        assert!(matches!(state(1), DeliveryState::Waiting { .. }));
        assert!(matches!(state(2), DeliveryState::Abandoned { .. }));
    }

    #[test]
    fn while_nothing_is_accepted_refused_deliveries_wait_a_day_for_somebody_to_mend_the_channel() {
        let state = |now| {
            let past = DeliveryPast {
                tries: 9,
                first_tried_at: Some(NOW),
                last_tried_at: Some(NOW),
                due_at: NOW,
            };
            run(&refused(), past, ChannelPast::default(), now).delivery
        };
        assert!(matches!(state(at(3_600)), DeliveryState::Waiting { .. }));
        assert!(matches!(state(at(86_400)), DeliveryState::Abandoned { .. }));
    }

    #[test]
    fn a_message_that_is_deferred_says_nothing_of_its_channel() {
        let outcome = AttemptOutcome::Deferred {
            reason: "450 greylisted".into(),
        };
        let after = run(&outcome, new_message(), ChannelPast::default(), NOW);
        assert_eq!(after.channel, None);
        assert_eq!(after.delivery, waiting(5));
    }

    #[test]
    fn a_delivery_to_a_channel_that_is_gone_is_kept() {
        let gone = AttemptOutcome::Gone {
            reason: "the server answered 410".into(),
        };
        let after = run(&gone, new_message(), ChannelPast::default(), NOW);
        assert_eq!(after.delivery, waiting(0));
        assert_eq!(after.channel.unwrap().state, ChannelState::Gone);
    }

    #[test]
    fn a_new_message_tells_soon_whose_fault_it_is_until_three_have_failed() {
        let mut channel = ChannelPast::default();
        let mut told = Vec::new();
        for message in 0..4 {
            let after = run(&failed(), new_message(), channel, at(message));
            let next_one = after.channel.unwrap();
            let seconds = |until: Option<Timestamp>| {
                until.map(|until| until.duration_since(at(message)).as_secs())
            };
            told.push((
                seconds(next_one.new_from),
                seconds(next_one.not_before),
                next_one.probe,
            ));
            channel = next(channel, &after, at(message));
        }
        let expected = [
            (Some(5), Some(5), Probe::Another),
            (Some(30), Some(30), Probe::Another),
            (None, Some(60), Probe::Oldest),
            (None, Some(60), Probe::Oldest),
        ];
        assert_eq!(told, expected);
        // The same message once more, a while later: another one need not wait for as long.
        let first = run(&failed(), new_message(), ChannelPast::default(), NOW);
        let channel = ChannelPast {
            failures: 5,
            ..next(ChannelPast::default(), &first, NOW)
        };
        let again = DeliveryPast {
            first_tried_at: Some(NOW),
            last_tried_at: Some(NOW),
            ..new_message()
        };
        let after = run(&failed(), again, channel, at(60)).channel.unwrap();
        assert_eq!(
            (after.new_from, after.not_before),
            (Some(at(65)), Some(at(120)))
        );
    }

    #[test]
    fn a_channel_that_is_not_reached_is_probed_by_its_oldest_and_one_that_answers_now_and_then_by_another()
     {
        let unreached = AttemptOutcome::Unreached {
            reason: "the connection was refused".into(),
        };
        let spotless = |outcome: &AttemptOutcome| -> Vec<u32> {
            let mut channel = ChannelPast::default();
            let mut chosen = Vec::new();
            for message in 0..40 {
                let after = run(outcome, new_message(), channel, at(message));
                if after.channel.unwrap().probe == Probe::Spotless {
                    chosen.push(message + 1);
                }
                channel = next(channel, &after, at(message));
            }
            chosen
        };
        assert_eq!(spotless(&unreached), [0_u32; 0]);
        assert_eq!(spotless(&failed()), [15, 20, 25, 30, 35, 40]);
    }

    #[test]
    fn what_is_refused_while_others_are_accepted_says_nothing_of_its_channel() {
        let outlived = DeliveryPast {
            tries: 1,
            first_tried_at: Some(at(1)),
            last_tried_at: Some(at(1)),
            due_at: at(4),
        };
        let well = ChannelPast {
            last_success_at: Some(at(3)),
            ..ChannelPast::default()
        };
        assert_eq!(run(&refused(), outlived, well, at(4)).channel, None);
        // Another one has failed since: that is probed soon, and the tries of this one are not used up before their time.
        let failing = ChannelPast {
            state: ChannelState::Failing,
            failing_since: Some(at(3)),
            failures: 4,
            suspects: 1,
            ..well
        };
        let early = run(&refused(), outlived, failing, at(3));
        assert_eq!((early.counts, early.delivery), (false, waiting(4)));
        let next_one = early.channel.unwrap();
        assert_eq!((next_one.not_before, next_one.failures), (Some(at(8)), 4));
        assert_eq!(next_one.probe, Probe::Another);
        // Where everything is refused nobody is singled out.
        let refusing = ChannelPast {
            state: ChannelState::Misconfigured,
            refusals: 4,
            ..failing
        };
        let third = DeliveryPast {
            tries: 2,
            ..outlived
        };
        let after = run(&refused(), third, refusing, at(4));
        assert!(matches!(after.delivery, DeliveryState::Waiting { .. }));
        assert_eq!(after.channel.unwrap().refusals, 5);
    }
}
