//! What is known of receivers and watches when it is decided when an alert goes out: what came lately, what waits, what is
//! silenced.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{Destination, ReportId, Timestamp, WatchName};

/// What a leg waits for, with the data of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "reason", rename_all = "kebab-case")]
pub enum Wait {
    /// Its watch was told of a short time ago.
    Cooldown {
        /// When the time is over.
        until: Timestamp,
    },
    /// Others may come that belong to the same message.
    GroupWait {
        /// When the message is written.
        until: Timestamp,
    },
    /// It comes with a digest.
    Digest {
        /// When.
        at: Timestamp,
    },
    /// Its channel has quiet hours.
    Quiet {
        /// When they end.
        until: Timestamp,
    },
    /// Its channel has had its messages of the hour.
    Budget {
        /// How many that are.
        per_hour: u32,
        /// When the digest of the rest comes.
        until: Timestamp,
    },
    /// So many alerts come that they are joined.
    Storm {
        /// Since when.
        since: Timestamp,
        /// When the joined message comes.
        until: Timestamp,
    },
    /// It goes out only if nobody acknowledges the alert.
    Escalation {
        /// The channel that was told first.
        from: String,
        /// When.
        at: Timestamp,
    },
}

impl Wait {
    /// The word for it in the store and in JSON.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Cooldown { .. } => "cooldown",
            Self::GroupWait { .. } => "group-wait",
            Self::Digest { .. } => "digest",
            Self::Quiet { .. } => "quiet",
            Self::Budget { .. } => "budget",
            Self::Storm { .. } => "storm",
            Self::Escalation { .. } => "escalation",
        }
    }
}

impl fmt::Display for Wait {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Cooldown { until } => {
                write!(f, "the watch was told of lately: cooldown until {until}")
            }
            Self::GroupWait { until } => write!(f, "others may join it: group_wait until {until}"),
            Self::Digest { at } => write!(f, "it comes with the digest of {at}"),
            Self::Quiet { until } => write!(f, "quiet hours until {until}"),
            Self::Budget { per_hour, until } => write!(
                f,
                "the budget of {per_hour} messages an hour is spent: it comes with the digest of {until}"
            ),
            Self::Storm { since, until } => write!(
                f,
                "a storm of alerts since {since}: it comes with the joined message of {until}"
            ),
            Self::Escalation { from, at } => write!(
                f,
                "told at {at} if nobody acknowledges what went to {from} until then"
            ),
        }
    }
}

/// Alerts of one kind that nobody wants for a while.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Silence {
    /// Its number.
    pub id: i64,
    /// Alerts of this watch; none for all, and so with all that follows.
    pub watch: Option<WatchName>,
    /// From this feed, by name, address or `tag:`.
    pub feed: Option<String>,
    /// Of the story of this report.
    pub story: Option<ReportId>,
    /// The number of that story, as the store has it; none while the report is alone.
    pub story_id: Option<i64>,
    /// With this in the headline or the text.
    pub text: Option<String>,
    /// Who wants it.
    pub author: String,
    /// Why.
    pub reason: String,
    /// From when.
    pub from: Timestamp,
    /// Until when.
    pub until: Timestamp,
    /// Legs that it has held.
    pub held: u64,
}

/// What is asked of a receiver.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// The receiver.
    pub destination: Destination,
    /// How many alerts are counted, back to when.
    pub alerts: Option<(u32, Timestamp)>,
    /// How many messages are counted, back to when.
    pub messages: Option<(u32, Timestamp)>,
}

/// What came to a receiver lately, and what waits for it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reception {
    /// When the latest alerts came, the newest first; as many as were asked for.
    pub alerts: Vec<Timestamp>,
    /// When the latest messages were written, the newest first; as many as were asked for.
    pub messages: Vec<Timestamp>,
    /// When the latest of those were written that bring an alert of priority high, the newest first.
    pub urgent: Vec<Timestamp>,
    /// The messages that are being gathered, by name, and when each is written.
    pub open: BTreeMap<String, Timestamp>,
    /// A storm: since when, and until when alerts are joined.
    pub storm: Option<(Timestamp, Timestamp)>,
    /// Whether the storm began now.
    pub storm_is_new: bool,
}

impl Reception {
    /// How many of the latest alerts came within a time before `now`.
    #[must_use]
    pub fn alerts_within(&self, time: Duration, now: Timestamp) -> usize {
        let since = now.checked_sub(time).unwrap_or(Timestamp::MIN);
        self.alerts.iter().filter(|at| **at > since).count()
    }

    /// When a message that is being gathered is written, where it is still open.
    #[must_use]
    pub fn open_until(&self, name: &str, now: Timestamp) -> Option<Timestamp> {
        self.open.get(name).copied().filter(|until| *until > now)
    }
}

/// All that is known when it is decided when alerts go out; decisions are noted in it, so that each sees those before it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Desk {
    /// The silences in force, and those that have ended of which nobody has been told.
    pub silences: Vec<Silence>,
    /// The silences that the alerts of this transaction tell the end of.
    pub silences_told: Vec<i64>,
    /// When people are told of each watch the last time so far.
    pub told_at: BTreeMap<WatchName, Timestamp>,
    /// What came to each receiver.
    pub receptions: BTreeMap<Destination, Reception>,
}

/// What is asked of the desk.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Inquiry {
    /// The receivers.
    pub receivers: Vec<Question>,
    /// The watches with a cooldown.
    pub watches: Vec<WatchName>,
}
