//! What kind of trouble a fetch met: closed words, by which people filter and programs decide.

use std::fmt;

/// Why there is no document, in a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Trouble {
    /// The server wants to know who asks.
    Auth,
    /// The server wants to be paid.
    Paywall,
    /// Something in front of the server takes us for a robot.
    BotWall,
    /// We asked too often.
    RateLimit,
    /// The server is there and fails.
    Outage,
    /// There is nothing at the address.
    Missing,
    /// There will be nothing at the address any more.
    Gone,
    /// The server refuses, for another reason.
    Refused,
    /// There is a document, and it is no feed.
    NotAFeed,
    /// The document ends before its end.
    Cut,
    /// The document is too large.
    TooLarge,
    /// The address is one that is not asked.
    RefusedAddress,
    /// The connection cannot be secured.
    Tls,
    /// The name of the host stands for no address.
    Dns,
    /// Nobody takes the connection.
    Connect,
    /// The connection was not made in time.
    TimeoutConnect,
    /// The answer did not begin in time.
    TimeoutAnswer,
    /// The answer did not end in time.
    TimeoutBody,
    /// Redirects lead nowhere.
    Redirects,
    /// Others wait for the same host.
    Busy,
    /// Something else.
    Other,
}

impl Trouble {
    /// The word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Auth => "auth",
            Self::Paywall => "paywall",
            Self::BotWall => "bot-wall",
            Self::RateLimit => "rate-limit",
            Self::Outage => "outage",
            Self::Missing => "missing",
            Self::Gone => "gone",
            Self::Refused => "refused",
            Self::NotAFeed => "not-a-feed",
            Self::Cut => "cut",
            Self::TooLarge => "too-large",
            Self::RefusedAddress => "refused-address",
            Self::Tls => "tls",
            Self::Dns => "dns",
            Self::Connect => "connect",
            Self::TimeoutConnect => "timeout-connect",
            Self::TimeoutAnswer => "timeout-answer",
            Self::TimeoutBody => "timeout-body",
            Self::Redirects => "redirects",
            Self::Busy => "busy",
            Self::Other => "other",
        }
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
