//! Spikes: days on which a watch finds far more stories than it is used to, and who is told.

use super::{Destination, SpikeFacts};

/// How readily a watch speaks of a spike.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sensitivity {
    /// Once in a thousand days without cause.
    Low,
    /// Three times in a thousand days.
    Normal,
    /// Once in a hundred days.
    High,
}

impl Sensitivity {
    /// The word for it in configurations and JSON.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Normal => "normal",
            Self::High => "high",
        }
    }
}

/// A day of a watch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WatchDay {
    /// The day, counted from 1970, in the zone of the configuration.
    pub day: i64,
    /// The stories that the watch found on it: reports of one event count once, and so do copies.
    pub stories: u32,
    /// Whether these were far more than usual.
    pub is_spike: bool,
}

/// A spike, and the messages that tell of it: none while it only goes on.
#[derive(Debug, Clone, PartialEq)]
pub struct Spike {
    /// What is told.
    pub facts: SpikeFacts,
    /// Who is told.
    pub notices: Vec<Notice>,
    /// Whether its messages go before others.
    pub is_urgent: bool,
}

/// A message's way to one receiver.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// The receiver.
    pub destination: Destination,
    /// When it may be sent.
    pub not_before: super::Timestamp,
}
