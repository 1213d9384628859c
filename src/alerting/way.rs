//! When an alert goes out to a receiver, with what, and why not now: the gates of a leg.
//!
//! Each gate lets it pass, or has it wait in a bundle with a reason and its data; a silence holds it. What is decided is
//! noted in the desk, so that the next decision sees it.

use std::collections::BTreeMap;

use crate::domain::{
    Bundle, ChannelName, ChannelPolicy, Destination, EntryId, HoldReason, Leg, Priority, Reception,
    Silence, SilencedBy, Timestamp, Wait, WatchName,
};
use crate::schedule::{next_digest, quiet_until};

/// How each channel wants its messages.
pub type Policies = BTreeMap<ChannelName, ChannelPolicy>;

/// A storm's second message comes after this many times the time in which it was noticed.
const STORM_LENGTH: u32 = 10;

/// The first message of a storm is written after this part of the time in which it was noticed.
const STORM_START: u32 = 6;

/// Alerts of priority high that go out alone in a minute of a storm.
const HIGH_IN_STORM: usize = 5;

/// What a leg's gates look at.
#[derive(Debug, Clone, Copy)]
pub(super) struct Traveller<'a> {
    pub(super) watch: &'a WatchName,
    pub(super) entry: EntryId,
    pub(super) priority: Priority,
    /// The silence that holds it.
    pub(super) silence: Option<&'a Silence>,
    /// When the watch lets people be told: later than now while it cools down.
    pub(super) told_at: Timestamp,
}

/// The way of an alert to one receiver.
pub(super) fn leg(
    traveller: &Traveller<'_>,
    destination: &Destination,
    policy: &ChannelPolicy,
    reception: &mut Reception,
    now: Timestamp,
) -> Leg {
    let mut leg = Leg {
        destination: destination.clone(),
        bundle: Bundle::Alone,
        not_before: now,
        waits: None,
        held: None,
    };
    if let Some(silence) = traveller.silence {
        leg.held = Some(HoldReason::Silenced(Box::new(SilencedBy {
            silence: silence.id,
            author: silence.author.clone(),
            comment: silence.reason.clone(),
            until: silence.until,
        })));
        return leg;
    }
    let is_high = traveller.priority == Priority::High;
    if traveller.told_at > now {
        wait(
            &mut leg,
            Pause::cooldown(traveller.watch, traveller.told_at),
        );
    }
    if let Some(digest) = policy.digest.as_ref().filter(|_| !is_high)
        && let Some(at) = next_digest(digest, &policy.zone, leg.not_before.max(now))
    {
        wait(&mut leg, Pause::digest(at));
    } else if leg.not_before <= now {
        if let Some(pause) = storm(policy, reception, is_high, now) {
            wait(&mut leg, pause);
        } else if let Some(time) = policy.group_wait.filter(|_| !is_high) {
            let until = reception.open_until(GROUP, now);
            let until = until.unwrap_or_else(|| crate::schedule::after(now, time));
            wait(&mut leg, Pause::group(until));
        } else if policy.joins {
            leg.bundle = Bundle::Named(format!("{ENTRY}:{}", traveller.entry));
        }
    }
    if let Some(pause) = departure(
        &leg.bundle,
        leg.not_before,
        traveller.priority,
        policy,
        reception,
        now,
    ) {
        wait(&mut leg, pause);
    }
    if leg.not_before > now {
        note_open(reception, &leg.bundle, leg.not_before);
    } else {
        note_message(reception, &leg.bundle, now);
        if is_high {
            reception.urgent.insert(0, now);
        }
    }
    leg
}

/// When a receiver is told what has changed in an article of which it had an alert: now, with its next digest, or after
/// its quiet hours.
#[must_use]
pub fn update_at(priority: Priority, policy: &ChannelPolicy, now: Timestamp) -> Timestamp {
    let is_high = priority == Priority::High;
    let digest = policy.digest.as_ref().filter(|_| !is_high);
    let at = digest
        .and_then(|digest| next_digest(digest, &policy.zone, now))
        .unwrap_or(now);
    policy
        .quiet
        .filter(|quiet| quiet.except.is_none_or(|least| priority < least))
        .and_then(|quiet| quiet_until(&quiet, &policy.zone, at))
        .unwrap_or(at)
}

pub(super) const ENTRY: &str = "entry";
pub(super) const GROUP: &str = "group";
pub(super) const COOLDOWN: &str = "cooldown";
pub(super) const DIGEST: &str = "digest";
pub(super) const QUIET: &str = "quiet";
pub(super) const BUDGET: &str = "budget";
pub(super) const STORM_BEGINS: &str = "storm-begins";
pub(super) const STORM_ENDS: &str = "storm-ends";

/// The kind of bundle that a name stands for.
pub(super) fn kind_of(bundle: &Bundle) -> &str {
    bundle.as_str().split(':').next().unwrap_or_default()
}

/// What a gate makes a leg wait for.
pub(super) struct Pause {
    pub(super) bundle: Option<String>,
    pub(super) until: Timestamp,
    pub(super) reason: Wait,
}

impl Pause {
    fn cooldown(watch: &WatchName, until: Timestamp) -> Self {
        Self {
            bundle: Some(format!("{COOLDOWN}:{watch}")),
            until,
            reason: Wait::Cooldown { until },
        }
    }

    fn digest(at: Timestamp) -> Self {
        Self {
            bundle: Some(DIGEST.to_owned()),
            until: at,
            reason: Wait::Digest { at },
        }
    }

    fn group(until: Timestamp) -> Self {
        Self {
            bundle: Some(GROUP.to_owned()),
            until,
            reason: Wait::GroupWait { until },
        }
    }
}

fn wait(leg: &mut Leg, pause: Pause) {
    if let Some(name) = pause.bundle {
        leg.bundle = Bundle::Named(name);
    }
    leg.not_before = pause.until;
    leg.waits = Some(pause.reason);
}

/// Counts an alert, and has it wait where so many come that they are joined.
fn storm(
    policy: &ChannelPolicy,
    reception: &mut Reception,
    is_high: bool,
    now: Timestamp,
) -> Option<Pause> {
    let storm = policy.storm?;
    reception.alerts.insert(0, now);
    reception
        .alerts
        .truncate(usize::try_from(storm.more_than).unwrap_or(usize::MAX) + HIGH_IN_STORM + 1);
    let under_way = reception.storm.filter(|(_, until)| *until > now);
    let many = reception.alerts_within(storm.within, now)
        > usize::try_from(storm.more_than).unwrap_or(usize::MAX);
    let (since, until) = match under_way {
        Some(storm) => storm,
        None if many => {
            let since = reception.alerts.last().copied().unwrap_or(now);
            let until = crate::schedule::after(now, storm.within * STORM_LENGTH);
            reception.storm = Some((since, until));
            reception.storm_is_new = true;
            note_open(
                reception,
                &Bundle::Named(STORM_BEGINS.to_owned()),
                crate::schedule::after(now, storm.within / STORM_START),
            );
            (since, until)
        }
        None => return None,
    };
    if is_high {
        let minute = std::time::Duration::from_mins(1);
        let since = now.checked_sub(minute).unwrap_or(Timestamp::MIN);
        let told = reception.urgent.iter().filter(|at| **at > since).count();
        if told < HIGH_IN_STORM {
            return None;
        }
    }
    let (name, at) = match reception.open_until(STORM_BEGINS, now) {
        Some(at) => (STORM_BEGINS, at),
        None => (STORM_ENDS, until),
    };
    Some(Pause {
        bundle: Some(name.to_owned()),
        until: at,
        reason: Wait::Storm { since, until: at },
    })
}

/// The last gates, which a message meets when it would go out: quiet hours, and the budget of the hour.
pub(super) fn departure(
    bundle: &Bundle,
    at: Timestamp,
    priority: Priority,
    policy: &ChannelPolicy,
    reception: &Reception,
    now: Timestamp,
) -> Option<Pause> {
    if let Some(quiet) = policy.quiet
        && quiet.except.is_none_or(|least| priority < least)
        && let Some(until) = quiet_until(&quiet, &policy.zone, at.max(now))
    {
        // What has a message of its own keeps it; the rest is one where people read.
        let keeps = [DIGEST, BUDGET, STORM_BEGINS, STORM_ENDS].contains(&kind_of(bundle));
        return Some(Pause {
            bundle: (policy.joins && !keeps).then(|| QUIET.to_owned()),
            until,
            reason: Wait::Quiet { until },
        });
    }
    let per_hour = policy.per_hour?;
    let is_exempt = [DIGEST, BUDGET, STORM_BEGINS, STORM_ENDS].contains(&kind_of(bundle));
    if at > now || priority == Priority::High || is_exempt {
        return None;
    }
    let until = spent_until(per_hour, bundle, reception, now)?;
    Some(Pause {
        bundle: Some(BUDGET.to_owned()),
        until,
        reason: Wait::Budget { per_hour, until },
    })
}

/// When the digest of what is beyond the budget comes; none while there is room.
fn spent_until(
    per_hour: u32,
    bundle: &Bundle,
    reception: &Reception,
    now: Timestamp,
) -> Option<Timestamp> {
    // A message that is written now already takes it.
    if kind_of(bundle) == ENTRY && reception.open.get(bundle.as_str()) == Some(&now) {
        return None;
    }
    if let Some(until) = reception.open_until(BUDGET, now) {
        return Some(until);
    }
    let hour = std::time::Duration::from_hours(1);
    let since = now.checked_sub(hour).unwrap_or(Timestamp::MIN);
    let within = reception.messages.iter().filter(|at| **at > since);
    let place = usize::try_from(per_hour).unwrap_or(usize::MAX);
    let oldest = within.take(place).nth(place.checked_sub(1)?)?;
    Some(crate::schedule::after(*oldest, hour))
}

/// Notes a message that is being gathered.
fn note_open(reception: &mut Reception, bundle: &Bundle, until: Timestamp) {
    if let Bundle::Named(name) = bundle {
        let known = reception.open.entry(name.clone()).or_insert(until);
        *known = until.max(*known);
    }
}

/// Notes a message that goes out now.
pub(super) fn note_message(reception: &mut Reception, bundle: &Bundle, now: Timestamp) {
    if let Bundle::Named(name) = bundle
        && reception.open.insert(name.clone(), now) == Some(now)
    {
        return;
    }
    reception.messages.insert(0, now);
}
