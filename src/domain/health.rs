//! How newswatch itself is: what is looked at, what is wrong, and what has been said of it.

use std::collections::BTreeMap;
use std::time::Duration;

use super::{ChannelName, ChannelState, Destination, HealthEvent, Occasion, Timestamp};

/// What is looked at to tell whether anything is wrong.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Observed {
    /// The channels that do not work.
    pub channels: Vec<TroubledChannel>,
    /// The feeds that fail, whose pages fail, or that are silent.
    pub feeds: Vec<TroubledFeed>,
    /// Since when the oldest work of each stage waits: the stage, and the time.
    pub waiting: Vec<(&'static str, Timestamp)>,
    /// What was said before and is not over.
    pub known: Vec<KnownTrouble>,
    /// When it was looked at before.
    pub looked_at: Option<Timestamp>,
}

/// When the stages of this process have moved last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moves {
    /// Since when it is looked at.
    pub begun: Timestamp,
    /// When each stage that has done anything since did so last.
    pub stages: BTreeMap<&'static str, Timestamp>,
}

impl Moves {
    /// Since when a stage may be standing still.
    #[must_use]
    pub fn last(&self, stage: &str) -> Timestamp {
        self.stages.get(stage).copied().unwrap_or(self.begun)
    }
}

/// A channel that does not work, or has given something up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TroubledChannel {
    /// Its name.
    pub name: ChannelName,
    /// How it is.
    pub state: ChannelState,
    /// Since when it fails.
    pub failing_since: Option<Timestamp>,
    /// What it answered last.
    pub error: Option<String>,
    /// When it is tried again.
    pub next_try: Option<Timestamp>,
    /// Legs that wait for it.
    pub waiting: u64,
    /// Deliveries that were given up since it was looked at before, and why the last one was.
    pub given_up: (u64, Option<String>),
}

/// A feed that fails, whose pages fail, or that is silent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TroubledFeed {
    /// Its address.
    pub url: String,
    /// What people call it.
    pub name: String,
    /// Whether its server says that it is gone.
    pub is_gone: bool,
    /// Failed polls in a row.
    pub failures: u32,
    /// Since when it fails.
    pub failing_since: Option<Timestamp>,
    /// Why the last poll failed.
    pub error: Option<String>,
    /// When it was read last.
    pub last_success_at: Option<Timestamp>,
    /// When it is polled next.
    pub next_poll_at: Timestamp,
    /// When it was read for the first time.
    pub first_success_at: Option<Timestamp>,
    /// How many entries it has had since then.
    pub news: u32,
    /// When it last had something new.
    pub last_new_at: Option<Timestamp>,
    /// How often something new came after something new.
    pub gaps: u32,
    /// The longest time between the two, of the last weeks.
    pub longest_gap: Duration,
    /// Why the page of its newest article could not be used.
    pub page_problem: Option<String>,
    /// Since when its pages cannot be used.
    pub pages_failing_since: Option<Timestamp>,
}

/// Something that is wrong now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What it is about, to know it again: `feed:https://...`.
    pub key: String,
    /// The channel that cannot be told of it.
    pub channel: Option<ChannelName>,
    /// What is said of it.
    pub event: HealthEvent,
    /// Whether its end is told.
    pub ends: bool,
}

/// Something that was found before and is not over.
#[derive(Debug, Clone, PartialEq)]
pub struct KnownTrouble {
    /// What it is about.
    pub key: String,
    /// What was said of it.
    pub event: HealthEvent,
    /// When it was found the last time.
    pub seen_at: Timestamp,
    /// Whether its end is told.
    pub ends: bool,
}

/// What is to be said and remembered.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Verdict {
    /// The messages.
    pub messages: Vec<(Destination, Occasion)>,
    /// What is found, new or still.
    pub found: Vec<KnownTrouble>,
    /// What is over.
    pub over: Vec<String>,
}
