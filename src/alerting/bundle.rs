//! Which alerts are one message, and which of those that are due have to wait once more.

use std::collections::BTreeMap;

use crate::domain::{
    Bundle, Bundled, ChannelPolicy, Desk, Destination, Digest, DigestFacts, Gathered, Occasion,
    Postponed, Priority, Reception, StormFacts, StormSource, ThemeFacts, Timestamp, Wait,
    WaitingLeg, Watch,
};

use super::way::{self, Policies};

/// Puts legs together, in the order in which they come: those of one name to one destination are one message, one that is
/// alone is a message of its own. Quiet hours and the budget of the hour may have a message wait once more.
#[must_use]
pub fn bundle(
    legs: Vec<WaitingLeg>,
    policies: &Policies,
    desk: &mut Desk,
    now: Timestamp,
) -> Gathered {
    let mut gathered = Gathered::default();
    for group in together(legs) {
        let Some(first) = group.first() else { continue };
        let (destination, name) = (first.destination.clone(), first.bundle.clone());
        let reception = desk.receptions.entry(destination.clone()).or_default();
        let policy = policies.get(&destination.channel);
        let priority = group.iter().map(|leg| leg.priority).max();
        let priority = priority.unwrap_or(Priority::Normal);
        let pause =
            policy.and_then(|policy| way::departure(&name, now, priority, policy, reception, now));
        let Some(pause) = pause else {
            way::note_message(reception, &name, now);
            let occasion = occasion(&name, &group, policy, reception, now);
            gathered.messages.push(Bundled {
                destination,
                alerts: group.into_iter().map(|leg| leg.alert).collect(),
                occasion,
            });
            continue;
        };
        let bundle = pause.bundle.map_or(name, Bundle::Named);
        gathered
            .postponed
            .extend(group.into_iter().map(|leg| Postponed {
                leg: WaitingLeg {
                    bundle: bundle.clone(),
                    waits: Some(pause.reason.clone()),
                    ..leg
                },
                not_before: pause.until,
            }));
    }
    gathered
}

fn together(legs: Vec<WaitingLeg>) -> Vec<Vec<WaitingLeg>> {
    let mut groups: Vec<Vec<WaitingLeg>> = Vec::new();
    let mut places: BTreeMap<(Destination, String), usize> = BTreeMap::new();
    for leg in legs {
        let Bundle::Named(name) = &leg.bundle else {
            groups.push(vec![leg]);
            continue;
        };
        let key = (leg.destination.clone(), name.clone());
        let known = places.get(&key).and_then(|place| groups.get_mut(*place));
        if let Some(group) = known {
            group.push(leg);
        } else {
            places.insert(key, groups.len());
            groups.push(vec![leg]);
        }
    }
    groups
}

/// What a message is about, by the name of its bundle.
fn occasion(
    bundle: &Bundle,
    legs: &[WaitingLeg],
    policy: Option<&ChannelPolicy>,
    reception: &Reception,
    now: Timestamp,
) -> Occasion {
    match way::kind_of(bundle) {
        way::DIGEST => Occasion::Digest(digest_facts(policy, now)),
        way::BUDGET => Occasion::Digest(DigestFacts {
            until: Some(now),
            schedule: policy
                .and_then(|policy| policy.per_hour)
                .map(|per_hour| format!("what was beyond {per_hour} messages an hour")),
            ..DigestFacts::default()
        }),
        name @ (way::STORM_BEGINS | way::STORM_ENDS) => {
            let is_over = name == way::STORM_ENDS;
            Occasion::Storm(storm_facts(is_over, legs, policy, reception, now))
        }
        _ if legs.len() > 1 => Occasion::Group,
        _ => Occasion::Alert,
    }
}

/// What is known of a digest without asking the store, of a channel that wants it so.
#[must_use]
pub fn digest_facts(policy: Option<&ChannelPolicy>, until: Timestamp) -> DigestFacts {
    DigestFacts {
        is_whole: true,
        until: Some(until),
        schedule: policy
            .and_then(|policy| policy.digest.as_ref())
            .map(spoken_schedule),
        ..DigestFacts::default()
    }
}

/// Has whole digests show their watches.
pub fn name_themes(gathered: &mut Gathered, watches: &[Watch]) {
    for message in &mut gathered.messages {
        if let Occasion::Digest(facts) = &mut message.occasion
            && facts.is_whole
        {
            facts.themes = themes(watches, &message.destination);
        }
    }
}

/// The watches that a digest for this receiver shows, in the order in which they are written.
#[must_use]
pub fn themes(watches: &[Watch], destination: &Destination) -> Vec<ThemeFacts> {
    let notifies = watches
        .iter()
        .filter(|watch| watch.notify.contains(destination));
    notifies
        .map(|watch| ThemeFacts {
            watch: watch.name.0.clone(),
            usual: None,
        })
        .collect()
}

fn storm_facts(
    is_over: bool,
    legs: &[WaitingLeg],
    policy: Option<&ChannelPolicy>,
    reception: &Reception,
    now: Timestamp,
) -> StormFacts {
    let since = legs.iter().find_map(|leg| match leg.waits {
        Some(Wait::Storm { since, .. }) => Some(since),
        _ => None,
    });
    let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
    for leg in legs {
        *counts.entry(leg.watch.0.as_str()).or_default() += 1;
    }
    let mut sources: Vec<StormSource> = counts
        .into_iter()
        .map(|(watch, alerts)| StormSource {
            watch: watch.to_owned(),
            alerts,
            ..StormSource::default()
        })
        .collect();
    sources.sort_by_key(|source| std::cmp::Reverse(source.alerts));
    let storm = policy.and_then(|policy| policy.storm);
    StormFacts {
        is_over,
        from: since,
        until: if is_over {
            Some(now)
        } else {
            reception.storm.map(|(_, until)| until)
        },
        alerts: u64::try_from(legs.len()).unwrap_or_default(),
        more_than: storm.map_or(0, |storm| u64::from(storm.more_than)),
        within_s: storm.map_or(0, |storm| storm.within.as_secs()),
        sources,
        cause: None,
    }
}

/// When a digest comes, as a clause: `daily at 07:00 and 17:00`.
fn spoken_schedule(digest: &Digest) -> String {
    let times: Vec<String> = digest
        .at
        .iter()
        .map(|time| format!("{:02}:{:02}", time.hour(), time.minute()))
        .collect();
    let days = if digest.days.is_empty() {
        "daily".to_owned()
    } else {
        let days: Vec<String> = digest.days.iter().map(|day| format!("{day:?}")).collect();
        days.join(", ")
    };
    format!("{days} at {}", times.join(" and "))
}
