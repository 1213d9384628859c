//! What tames noise: when a channel takes messages and how many, and which way alerts take.

use std::time::Duration;

use jiff::civil::{Time, Weekday};
use jiff::tz::TimeZone;

use super::{Destination, FeedSelector, Priority, WatchName};

/// How a channel wants its messages.
#[derive(Debug, Clone, PartialEq)]
pub struct ChannelPolicy {
    /// The zone in which its times are meant.
    pub zone: TimeZone,
    /// Alerts for one reader within this time are one message.
    pub group_wait: Option<Duration>,
    /// Its alerts come at set times.
    pub digest: Option<Digest>,
    /// When nobody wants to be told.
    pub quiet: Option<Quiet>,
    /// The most messages within an hour; what is beyond becomes one digest.
    pub per_hour: Option<u32>,
    /// When alerts come so thick that they are joined.
    pub storm: Option<Storm>,
    /// Who is told when nobody has acknowledged an alert.
    pub escalate: Option<Escalate>,
    /// Whether people read it: alerts of several watches on one article, or after quiet hours, are one message there.
    pub joins: bool,
}

impl Default for ChannelPolicy {
    fn default() -> Self {
        Self {
            zone: TimeZone::UTC,
            group_wait: None,
            digest: None,
            quiet: None,
            per_hour: None,
            storm: None,
            escalate: None,
            joins: false,
        }
    }
}

/// When a channel's digests come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Digest {
    /// The times of a day, in order.
    pub at: Vec<Time>,
    /// The days; none for all.
    pub days: Vec<Weekday>,
    /// Whether it also comes when there is nothing in it.
    pub empty: bool,
}

/// Hours in which a channel is left in peace; over midnight where they end before they begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quiet {
    /// When they begin.
    pub from: Time,
    /// When they end.
    pub to: Time,
    /// The least priority that breaks through; none where nothing does.
    pub except: Option<Priority>,
}

/// How many alerts within which time are a storm.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Storm {
    /// More than this many.
    pub more_than: u32,
    /// Within this time.
    pub within: Duration,
}

/// Who is told when nobody has acknowledged an alert.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Escalate {
    /// How long somebody has to acknowledge it.
    pub after: Duration,
    /// Where it goes then.
    pub to: Vec<Destination>,
}

/// A way for alerts, beside that of their watch.
#[derive(Debug, Clone, PartialEq)]
pub struct Route {
    /// Of these watches; none for all, and so with all that follows.
    pub watches: Vec<WatchName>,
    /// Of watches with one of these labels.
    pub watch_tags: Vec<String>,
    /// From these feeds.
    pub feeds: Vec<FeedSelector>,
    /// In one of these languages.
    pub languages: Vec<String>,
    /// Of these priorities.
    pub priorities: Vec<Priority>,
    /// Raised between these times of the day.
    pub between: Option<(Time, Time)>,
    /// The zone of these times.
    pub zone: TimeZone,
    /// Where they go.
    pub notify: Vec<Destination>,
    /// Whether the routes below are looked at as well.
    pub goes_on: bool,
}

/// Who is told what goes wrong with newswatch itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HealthPolicy {
    /// Where it goes.
    pub notify: Vec<Destination>,
    /// How others can tell that newswatch runs.
    pub heartbeat: Option<Heartbeat>,
}

/// A sign of life.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Heartbeat {
    /// An address that is asked again and again: whoever serves it misses it.
    Url {
        /// The address: a secret.
        url: SecretAddress,
        /// How often.
        every: Duration,
    },
    /// A message at set times.
    Message {
        /// Where it goes.
        to: Vec<Destination>,
        /// When.
        at: Digest,
        /// The zone of these times.
        zone: TimeZone,
    },
}

/// An address that lets in whoever knows it: it is not shown.
#[derive(Clone, PartialEq, Eq)]
pub struct SecretAddress(pub url::Url);

impl std::fmt::Debug for SecretAddress {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[redacted]")
    }
}
