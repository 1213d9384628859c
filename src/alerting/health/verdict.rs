//! What has to be said of what is wrong: each thing once, and its end, one message for each receiver.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::domain::{
    ChannelName, Destination, Finding, HealthEvent, HealthFacts, HealthState, KnownTrouble,
    Observed, Occasion, Timestamp, Verdict,
};

/// What has not been found for this long is over: what comes and goes is one thing.
const OVER_AFTER: Duration = Duration::from_mins(2);

/// What was given up is news again after this time without any.
const GIVEN_UP_AGAIN: Duration = Duration::from_hours(1);

/// What has to be said of what was found, to whom, and what is remembered of it.
#[must_use]
pub fn verdict(
    found: Vec<Finding>,
    observed: &Observed,
    notify: &[Destination],
    now: Timestamp,
) -> Verdict {
    let mut verdict = Verdict::default();
    let mut said: Vec<(Option<ChannelName>, HealthEvent)> = Vec::new();
    for finding in found {
        let known = observed.known.iter().find(|known| known.key == finding.key);
        let is_news = known.is_none_or(|known| {
            !known.ends && crate::schedule::after(known.seen_at, GIVEN_UP_AGAIN) < now
        });
        if is_news {
            said.push((finding.channel, finding.event.clone()));
        }
        let event = known
            .filter(|_| !is_news)
            .map_or(finding.event, |known| known.event.clone());
        verdict.found.push(KnownTrouble {
            key: finding.key,
            event,
            seen_at: now,
            ends: finding.ends,
        });
    }
    for known in &observed.known {
        let is_found = verdict.found.iter().any(|found| found.key == known.key);
        let quiet = if known.ends {
            OVER_AFTER
        } else {
            GIVEN_UP_AGAIN
        };
        if is_found || crate::schedule::after(known.seen_at, quiet) > now {
            continue;
        }
        verdict.over.push(known.key.clone());
        if known.ends {
            said.push((
                channel_of(&known.key),
                works_again(&known.event, known.seen_at),
            ));
        }
    }
    verdict.messages = messages(&said, notify);
    verdict
}

/// One message for each receiver, of all that concerns other channels than its own.
fn messages(
    said: &[(Option<ChannelName>, HealthEvent)],
    notify: &[Destination],
) -> Vec<(Destination, Occasion)> {
    let mut by_receiver: BTreeMap<&Destination, Vec<HealthEvent>> = BTreeMap::new();
    for (channel, event) in said {
        let is_over = event.state == HealthState::WorksAgain;
        for destination in notify {
            if is_over || channel.as_ref() != Some(&destination.channel) {
                by_receiver
                    .entry(destination)
                    .or_default()
                    .push(event.clone());
            }
        }
    }
    by_receiver
        .into_iter()
        .map(|(destination, events)| {
            let facts = HealthFacts { events };
            (destination.clone(), Occasion::Health(facts))
        })
        .collect()
}

fn channel_of(key: &str) -> Option<ChannelName> {
    key.strip_prefix("channel:")
        .map(|name| ChannelName(name.to_owned()))
}

fn works_again(event: &HealthEvent, at: Timestamp) -> HealthEvent {
    HealthEvent {
        state: HealthState::WorksAgain,
        subject: event.subject.clone(),
        what: "works again".to_owned(),
        since: Some(at),
        before: event.since,
        page: event.page,
        ..HealthEvent::default()
    }
}
