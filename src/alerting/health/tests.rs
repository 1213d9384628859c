use std::time::Duration;

use super::*;
use crate::domain::{
    ChannelName, ChannelState, Destination, HealthState, Observed, Occasion, Timestamp,
    TroubledChannel, TroubledFeed,
};

const HOUR: Duration = Duration::from_hours(1);
const DAY: Duration = Duration::from_hours(24);

fn at(time: &str) -> Timestamp {
    format!("2026-11-26T{time}Z").parse().unwrap()
}

fn channel() -> TroubledChannel {
    TroubledChannel {
        name: ChannelName("desk".into()),
        state: ChannelState::Ok,
        failing_since: None,
        error: None,
        next_try: None,
        waiting: 3,
        given_up: (0, None),
    }
}

fn feed() -> TroubledFeed {
    TroubledFeed {
        url: "https://a.example/rss".into(),
        name: "Post".into(),
        is_gone: false,
        failures: 0,
        failing_since: None,
        error: None,
        last_success_at: Some(at("11:00:00")),
        next_poll_at: at("12:15:00"),
        first_success_at: "2026-10-01T00:00:00Z".parse().ok(),
        news: 500,
        last_new_at: Some(at("11:00:00")),
        gaps: 200,
        longest_gap: 14 * HOUR,
        page_problem: None,
        pages_failing_since: None,
    }
}

fn seen(channels: Vec<TroubledChannel>, feeds: Vec<TroubledFeed>) -> Observed {
    Observed {
        channels,
        feeds,
        ..Observed::default()
    }
}

#[test]
#[expect(clippy::too_many_lines, reason = "one table of all causes")]
fn each_cause_is_found_and_what_is_well_is_not() {
    let now = at("12:00:00");
    let days_ago = |days: u64| now.checked_sub(DAY * u32::try_from(days).unwrap()).ok();
    let failing = |since, state| TroubledChannel {
        state,
        failing_since: Some(at(since)),
        ..channel()
    };
    // what is seen, and the keys of what is found
    let cases = [
        (seen(vec![channel()], vec![feed()]), vec![]),
        (
            seen(vec![failing("11:50:00", ChannelState::Failing)], vec![]),
            vec![],
        ),
        (
            seen(vec![failing("11:45:00", ChannelState::Failing)], vec![]),
            vec!["channel:desk"],
        ),
        (
            seen(
                vec![failing("11:59:59", ChannelState::Misconfigured)],
                vec![],
            ),
            vec!["channel:desk"],
        ),
        (
            seen(vec![failing("11:59:59", ChannelState::Gone)], vec![]),
            vec!["channel:desk"],
        ),
        (
            seen(
                vec![TroubledChannel {
                    given_up: (2, None),
                    ..channel()
                }],
                vec![],
            ),
            vec!["given-up:desk"],
        ),
        (
            seen(
                vec![],
                vec![TroubledFeed {
                    failures: 9,
                    ..feed()
                }],
            ),
            vec![],
        ),
        (
            seen(
                vec![],
                vec![TroubledFeed {
                    failures: 10,
                    ..feed()
                }],
            ),
            vec!["feed:https://a.example/rss"],
        ),
        (
            seen(
                vec![],
                vec![TroubledFeed {
                    failures: 2,
                    failing_since: days_ago(1),
                    ..feed()
                }],
            ),
            vec!["feed:https://a.example/rss"],
        ),
        (
            seen(
                vec![],
                vec![TroubledFeed {
                    last_new_at: days_ago(3),
                    ..feed()
                }],
            ),
            vec!["silent:https://a.example/rss"],
        ),
        // Nothing is new here from Friday to Monday.
        (
            seen(
                vec![],
                vec![TroubledFeed {
                    longest_gap: 64 * HOUR,
                    last_new_at: days_ago(3),
                    ..feed()
                }],
            ),
            vec![],
        ),
        // Twenty entries stood in it at its first poll; how often there are new ones is not known yet.
        (
            seen(
                vec![],
                vec![TroubledFeed {
                    news: 2,
                    gaps: 2,
                    longest_gap: HOUR,
                    last_new_at: days_ago(3),
                    ..feed()
                }],
            ),
            vec![],
        ),
        (
            seen(
                vec![],
                vec![TroubledFeed {
                    pages_failing_since: days_ago(1),
                    ..feed()
                }],
            ),
            vec!["pages:https://a.example/rss"],
        ),
        (
            Observed {
                waiting: vec![("flag", at("11:49:00"))],
                ..Observed::default()
            },
            vec!["stage:flag"],
        ),
        (
            Observed {
                waiting: vec![("flag", at("11:55:00"))],
                ..Observed::default()
            },
            vec![],
        ),
    ];
    for (observed, expected) in cases {
        let found = findings(&observed, now);
        let keys: Vec<&str> = found.iter().map(|finding| finding.key.as_str()).collect();
        assert_eq!(keys, expected, "{observed:?}");
    }
}

#[test]
fn a_trouble_is_told_once_through_another_channel_and_so_is_its_end() {
    let to = |name: &str| Destination {
        channel: ChannelName(name.into()),
        recipient: None,
    };
    let notify = [to("desk"), to("ops")];
    let failing = TroubledChannel {
        state: ChannelState::Failing,
        failing_since: Some(at("11:00:00")),
        ..channel()
    };
    let mut observed = seen(vec![failing], vec![]);
    let round = |observed: &Observed, now| verdict(findings(observed, now), observed, &notify, now);
    let first = round(&observed, at("12:00:00"));
    let told: Vec<&str> = first
        .messages
        .iter()
        .map(|(to, _)| to.channel.0.as_str())
        .collect();
    assert_eq!(told, ["ops"], "not through the channel that fails");
    observed.known = first.found;
    let again = round(&observed, at("12:00:15"));
    assert!(again.messages.is_empty(), "it is told once");
    observed.known = again.found;

    observed.channels = vec![channel()];
    let soon = round(&observed, at("12:01:00"));
    assert!(
        soon.messages.is_empty() && soon.over.is_empty(),
        "what comes and goes is one"
    );
    let end = round(&observed, at("12:03:00"));
    assert_eq!(end.over, ["channel:desk"]);
    assert_eq!(end.messages.len(), 2);
    let (_, Occasion::Health(facts)) = &end.messages[0] else {
        panic!("it is a message about health");
    };
    assert_eq!(facts.events[0].state, HealthState::WorksAgain);
}

#[test]
fn several_at_once_are_one_message() {
    let notify = [Destination {
        channel: ChannelName("ops".into()),
        recipient: None,
    }];
    let feeds = (0..7).map(|number| TroubledFeed {
        url: format!("https://a.example/{number}"),
        failures: 12,
        ..feed()
    });
    let observed = seen(vec![], feeds.collect());
    let now = at("12:00:00");
    let mut found = findings(&observed, now);
    found.push(refusing_store(Refuser::Disk, "the disk is full", now));
    found.push(jumped_clock(-3600, now));
    let verdict = verdict(found, &observed, &notify, now);
    assert_eq!(verdict.messages.len(), 1);
    let (_, Occasion::Health(facts)) = &verdict.messages[0] else {
        panic!("it is a message about health");
    };
    assert_eq!(facts.events.len(), 9);
}
