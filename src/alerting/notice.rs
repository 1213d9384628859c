//! Who is told of something that a watch says by itself, beside its alerts, and when: through the gates of each channel.

use crate::domain::{
    Bundle, ChannelPolicy, Desk, Notice, Priority, Reception, Silence, Timestamp, Watch,
};
use crate::schedule::next_digest;

use super::route::{Routed, destinations};
use super::{Rules, way};

/// The ways of a message of a watch: to its channels and by the routes that fit it; to nobody while it is silenced.
#[must_use]
pub fn notices(watch: &Watch, rules: &Rules<'_>, desk: &mut Desk, now: Timestamp) -> Vec<Notice> {
    if desk.silences.iter().any(|one| silences(one, watch, now)) {
        return Vec::new();
    }
    let routed = Routed {
        watch,
        feed: None,
        feed_title: None,
        language: None,
        priority: watch.priority,
    };
    let plain = ChannelPolicy::default();
    destinations(&routed, rules.routes, now)
        .into_iter()
        .map(|destination| {
            let policy = rules.policies.get(&destination.channel).unwrap_or(&plain);
            let reception = desk.receptions.entry(destination.clone()).or_default();
            let not_before = leaves_at(watch.priority, policy, reception, now);
            if not_before <= now {
                way::note_message(reception, &Bundle::Alone, now);
            }
            Notice {
                destination,
                not_before,
            }
        })
        .collect()
}

/// Whether a silence wants nothing of a watch at all: one of a feed, a story or a word says nothing of all its news.
fn silences(silence: &Silence, watch: &Watch, now: Timestamp) -> bool {
    let is_of_watch = silence
        .watch
        .as_ref()
        .is_none_or(|name| *name == watch.name);
    let is_of_all = silence.feed.is_none() && silence.story.is_none() && silence.text.is_none();
    is_of_watch && is_of_all && silence.from <= now && now < silence.until
}

/// When a channel takes it: with its digests, after its quiet hours, within its budget.
fn leaves_at(
    priority: Priority,
    policy: &ChannelPolicy,
    reception: &Reception,
    now: Timestamp,
) -> Timestamp {
    let digest = policy
        .digest
        .as_ref()
        .filter(|_| priority != Priority::High);
    let at = digest
        .and_then(|digest| next_digest(digest, &policy.zone, now))
        .unwrap_or(now);
    let pause = way::departure(&Bundle::Alone, at, priority, policy, reception, now);
    pause.map_or(at, |pause| pause.until)
}
