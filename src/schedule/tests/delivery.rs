use super::*;

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
fn a_recipient_that_does_not_exist_says_nothing_against_its_channel() {
    let nobody = AttemptOutcome::Refused {
        reason: "550 no such user".into(),
    };
    let after = run(&nobody, new_message(), ChannelPast::default(), NOW);
    assert!(matches!(after.delivery, DeliveryState::Abandoned { .. }));
    assert_eq!(after.channel, None);
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
