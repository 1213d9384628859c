//! A channel: where alerts go, and how its other side has answered lately.

use std::fmt;

use super::Timestamp;

/// The name of a channel; unique in a configuration.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ChannelName(pub String);

impl fmt::Display for ChannelName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

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

/// How a channel is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum ChannelState {
    /// Its last message was accepted, or none was sent yet.
    #[default]
    Ok,
    /// Its last message was not accepted: it is probed with one message at a time.
    Failing,
    /// The other side asked for a pause.
    Paused,
    /// The other side refuses every message: somebody must change a setting.
    Misconfigured,
    /// The other side is gone for good.
    Gone,
}

impl ChannelState {
    /// Every state.
    pub const ALL: [Self; 5] = [
        Self::Ok,
        Self::Failing,
        Self::Paused,
        Self::Misconfigured,
        Self::Gone,
    ];

    /// The word for it in the store, in `status` and in JSON.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Failing => "failing",
            Self::Paused => "paused",
            Self::Misconfigured => "misconfigured",
            Self::Gone => "gone",
        }
    }
}

/// What is known of a channel before a try.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ChannelPast {
    /// How it is.
    pub state: ChannelState,
    /// Since when it fails.
    pub failing_since: Option<Timestamp>,
    /// When it last accepted a message.
    pub last_success_at: Option<Timestamp>,
    /// Tries in a row that were not accepted.
    pub failures: u32,
    /// Different messages among them: one that fails alone has a fault of its own.
    pub suspects: u32,
    /// Tries among them that the other side refused, which it would refuse again.
    pub refusals: u32,
}

impl ChannelPast {
    /// Whether nothing speaks against sending it several messages, one after the other.
    #[must_use]
    pub fn is_well(&self) -> bool {
        self.state == ChannelState::Ok && self.failures == 0 && self.suspects == 0
    }
}

/// Which message a channel that does not work is probed with.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Probe {
    /// The oldest: no message is to blame, and the order is kept.
    #[default]
    Oldest,
    /// One that was never tried, else the one that was not tried for the longest while: it is open whose fault it is.
    Another,
    /// The oldest of those that the other side has not turned away: the oldest of all may have a fault of its own.
    Spotless,
}

impl Probe {
    /// The word for it in the store.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Oldest => "oldest",
            Self::Another => "another",
            Self::Spotless => "spotless",
        }
    }
}

/// What a try means for the rest of its channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChannelNext {
    /// How it is now.
    pub state: ChannelState,
    /// Nothing is sent before this time; absent where there is nothing to wait for.
    pub not_before: Option<Timestamp>,
    /// When a message that was never tried may be sent, where that is sooner: it tells whose fault it is.
    pub new_from: Option<Timestamp>,
    /// What it is probed with where it does not work.
    pub probe: Probe,
    /// Tries in a row that were not accepted.
    pub failures: u32,
    /// Different messages among them.
    pub suspects: u32,
    /// Tries among them that the other side refused.
    pub refusals: u32,
    /// Whether what failed while the channel failed is due now, in order: its other side is back.
    pub frees: bool,
}
