//! A delivery: the tries to bring alerts to one destination, and how they ended.

use std::time::Duration;

use super::{AlertId, Destination, HoldReason, Occasion, Priority, Timestamp, Wait, WatchName};

/// One alert's way to one destination, as it was decided when the alert was raised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leg {
    /// Where it leads.
    pub destination: Destination,
    /// What it is gathered with.
    pub bundle: Bundle,
    /// When it may be gathered; one that need not wait is gathered at once.
    pub not_before: Timestamp,
    /// What it waits for.
    pub waits: Option<Wait>,
    /// Why it is not taken at all.
    pub held: Option<HoldReason>,
}

/// What a leg is gathered with to one message.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Bundle {
    /// Nothing: it is a message of its own.
    Alone,
    /// The other legs of this name to the same destination: `digest:morning`.
    Named(String),
}

impl Bundle {
    /// The name it is stored under; empty for [`Bundle::Alone`].
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Alone => "",
            Self::Named(name) => name,
        }
    }

    /// Reads what [`Bundle::as_str`] wrote.
    #[must_use]
    pub fn named(name: String) -> Self {
        if name.is_empty() {
            Self::Alone
        } else {
            Self::Named(name)
        }
    }
}

/// A leg that waits for nothing any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaitingLeg {
    /// Its alert.
    pub alert: AlertId,
    /// Where it leads.
    pub destination: Destination,
    /// What it is gathered with.
    pub bundle: Bundle,
    /// The watch of its alert.
    pub watch: WatchName,
    /// The priority of its alert.
    pub priority: Priority,
    /// What it has waited for.
    pub waits: Option<Wait>,
}

/// What becomes of legs that wait for nothing any more.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Gathered {
    /// The messages.
    pub messages: Vec<Bundled>,
    /// The legs that have to wait once more.
    pub postponed: Vec<Postponed>,
}

/// A leg that has to wait once more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Postponed {
    /// The leg, with the bundle that it waits with now.
    pub leg: WaitingLeg,
    /// Until when.
    pub not_before: Timestamp,
}

/// Alerts that go to one destination as one message.
#[derive(Debug, Clone, PartialEq)]
pub struct Bundled {
    /// Where they go.
    pub destination: Destination,
    /// The alerts, the oldest first.
    pub alerts: Vec<AlertId>,
    /// What the message is about beside them.
    pub occasion: Occasion,
}

/// What is known of a delivery before a try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DeliveryPast {
    /// Tries so far that count against the schedule.
    pub tries: u32,
    /// When the first try was made.
    pub first_tried_at: Option<Timestamp>,
    /// When the last try was made.
    pub last_tried_at: Option<Timestamp>,
    /// When its own schedule has it tried; a probe of its channel comes earlier.
    pub due_at: Timestamp,
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

impl DeliveryState {
    /// The word for it in JSON and on the command line; people read "given up" for the last.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Waiting { .. } => "waiting",
            Self::Sent { .. } => "delivered",
            Self::Abandoned { .. } => "abandoned",
        }
    }

    /// The time it is about: of the next try, or of its end.
    #[must_use]
    pub fn at(&self) -> Timestamp {
        match self {
            Self::Waiting { not_before } => *not_before,
            Self::Sent { at } | Self::Abandoned { at, .. } => *at,
        }
    }
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
    /// The other side was not reached, which no message can be blamed for: the whole channel waits.
    Unreached {
        /// What went wrong.
        reason: String,
    },
    /// It failed in a way that may pass, and that says nothing of the other messages: a mailbox that is full.
    Deferred {
        /// What it said.
        reason: String,
    },
    /// The other side asked for a pause: the whole channel waits, and no try is used up.
    Paused {
        /// What it said.
        reason: String,
        /// How long it asked us to wait.
        wait: Duration,
    },
    /// The other side refuses it. Where it takes other messages, this one has a fault; where it refuses them all, somebody
    /// must change a setting, and the channel is probed from time to time.
    Misconfigured {
        /// What it said.
        reason: String,
    },
    /// The other side does not take the form of this message: it is too long for it, or too rich. A shorter one may be
    /// taken.
    TooLong {
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

impl AttemptOutcome {
    /// The word for it in the store, in logs and in JSON.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Failed { .. } => "failed",
            Self::Unreached { .. } => "unreached",
            Self::Deferred { .. } => "deferred",
            Self::Paused { .. } => "paused",
            Self::Misconfigured { .. } => "misconfigured",
            Self::TooLong { .. } => "too-long",
            Self::Refused { .. } => "refused",
            Self::Gone { .. } => "gone",
        }
    }

    /// Why it was not accepted.
    #[must_use]
    pub fn reason(&self) -> Option<&str> {
        match self {
            Self::Accepted => None,
            Self::Failed { reason }
            | Self::Unreached { reason }
            | Self::Deferred { reason }
            | Self::Paused { reason, .. }
            | Self::Misconfigured { reason }
            | Self::TooLong { reason }
            | Self::Refused { reason }
            | Self::Gone { reason } => Some(reason),
        }
    }
}
