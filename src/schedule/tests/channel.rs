use super::*;
use crate::domain::Probe;

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
