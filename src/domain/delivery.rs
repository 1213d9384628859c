//! A delivery: the tries to bring alerts to one destination, and how they ended.

use std::time::Duration;

use super::{ChannelName, Timestamp};

/// Where one copy of an alert goes: a channel and, for mail, one of its recipients.
///
/// A recipient has a delivery of its own, so that one refused address or a crash between two recipients
/// costs the others nothing.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Destination {
    /// The channel.
    pub channel: ChannelName,
    /// The mail address, for a channel that has several.
    pub recipient: Option<String>,
}

/// Where a delivery stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DeliveryState {
    /// To be tried, not before this time.
    Waiting {
        /// The earliest time of the next try.
        not_before: Timestamp,
    },
    /// Accepted by the other side.
    Sent {
        /// When.
        at: Timestamp,
    },
    /// Given up; kept, and can be sent again by hand.
    Abandoned {
        /// When.
        at: Timestamp,
        /// Why, as a clause for people.
        reason: String,
    },
}

/// How one try of a delivery ended. A reason is a clause for people, without secrets and whole webhook URLs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AttemptOutcome {
    /// The other side accepted it.
    Accepted,
    /// It failed in a way that may pass: the delivery is tried again by its channel's schedule.
    Failed {
        /// What went wrong.
        reason: String,
    },
    /// The other side asked for a pause: the whole channel waits, and no try is used up.
    Paused {
        /// What it said.
        reason: String,
        /// How long it asked us to wait.
        wait: Duration,
    },
    /// The other side does not take what this channel sends until somebody changes a setting: the channel is
    /// probed from time to time with its oldest delivery.
    Misconfigured {
        /// What it said.
        reason: String,
    },
    /// This delivery will never be taken: a recipient that does not exist.
    Refused {
        /// What it said.
        reason: String,
    },
    /// The other side is gone for good (HTTP 410): nothing more is sent to this channel.
    Gone {
        /// What it said.
        reason: String,
    },
}
