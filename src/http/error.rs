//! Why an exchange failed, in words for people.
//!
//! A message names the host at most: never a path, a query, a user or a password, as messages are stored, shown and
//! logged, and the addresses of some feeds and of all webhooks are secrets.

use std::error::Error;
use std::io::ErrorKind;
use std::net::IpAddr;
use std::time::Duration;

use crate::domain::{Shown, Trouble};

use super::tls;

/// Why an exchange failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FetchError {
    /// The server answered with a status that is neither a success nor an expected 304.
    #[error("the server answered {status}{}", meaning(*status))]
    Status {
        /// The status code.
        status: u16,
        /// The `Retry-After` field, as a time to wait from now.
        retry_after: Option<Duration>,
    },
    /// Something in front of the server takes us for a robot.
    #[error("the server answered {status}: {service} takes newswatch for a robot")]
    BotWall {
        /// The status code.
        status: u16,
        /// Whose wall it is.
        service: &'static str,
        /// The `Retry-After` field, as a time to wait from now.
        retry_after: Option<Duration>,
    },
    /// The body went past the size cap and was dropped.
    #[error("the body is larger than {limit_bytes} bytes")]
    TooLarge {
        /// The cap.
        limit_bytes: u64,
    },
    /// The fields before the body went past the size cap.
    #[error("the header of the answer is larger than {limit_bytes} bytes")]
    HeaderTooLarge {
        /// The cap.
        limit_bytes: usize,
    },
    /// The address is not public, and `allow_private` does not name it.
    #[error("{}", refusal(host, address))]
    PrivateAddress {
        /// The host as the URL names it.
        host: String,
        /// The address it stands for.
        address: IpAddr,
    },
    /// A public address redirects to one that is not, and is not the feed's own.
    #[error("a public address redirects to {host}, which is at {address} and not public")]
    RedirectInside {
        /// The host as the redirect names it.
        host: String,
        /// The address it stands for.
        address: IpAddr,
    },
    /// The address is not one of the web.
    #[error("\"{scheme}:\" is not a scheme that is fetched, only http: and https: are")]
    BadScheme {
        /// Its scheme.
        scheme: String,
    },
    /// The URL has no host.
    #[error("the URL has no host")]
    NoHost,
    /// The request cannot be written.
    #[error("the request cannot be written: {reason}")]
    BadRequest {
        /// Why.
        reason: String,
    },
    /// There were more redirects than are followed.
    #[error("more than {limit} redirects")]
    TooManyRedirects {
        /// The cap.
        limit: usize,
    },
    /// A redirect led back to an address that had been asked before.
    #[error("the redirects go round in a circle")]
    RedirectLoop,
    /// A redirect named no address, or none that can be read.
    #[error("the server answered {status} without an address to go to")]
    BadRedirect {
        /// The status code.
        status: u16,
    },
    /// The name of the host stands for no address.
    #[error("no address was found for {host}: {reason}")]
    Dns {
        /// The host.
        host: String,
        /// What the resolver said.
        reason: String,
    },
    /// No connection could be made.
    #[error("no connection to {host}: {reason}")]
    Connect {
        /// The host.
        host: String,
        /// Why.
        reason: String,
    },
    /// No connection was made, or secured, in time.
    #[error("no connection to {host}: nobody answered within {}", in_words(*limit))]
    ConnectTimeout {
        /// The host.
        host: String,
        /// The limit.
        limit: Duration,
    },
    /// The connection could not be secured.
    #[error("no secure connection to {host}: {reason}")]
    Tls {
        /// The host.
        host: String,
        /// Why.
        reason: String,
    },
    /// The connection broke, or what came over it was not HTTP.
    #[error("the answer broke off: {reason}")]
    Broken {
        /// How.
        reason: String,
    },
    /// The server did not begin to answer.
    #[error("no answer within {}", in_words(*limit))]
    NoAnswer {
        /// The limit.
        limit: Duration,
    },
    /// The exchange took too long.
    #[error("no complete answer within {}", in_words(*limit))]
    Timeout {
        /// The limit.
        limit: Duration,
    },
    /// The pages of the host hang, and it is left alone for a while.
    #[error("the pages of {host} do not come; it is left alone for another {left}")]
    HostResting {
        /// The host.
        host: String,
        /// For how long.
        left: String,
    },
    /// The host has said of another feed that it is asked too often (429), which counts for all of them.
    #[error("{host} is asked too often, as it says; it is left alone for another {}", in_words(Duration::from_secs(left.as_secs().max(1))))]
    HostLimited {
        /// The host.
        host: String,
        /// For how long.
        left: Duration,
    },
    /// Other requests to the same host did not end in time to begin this one.
    #[error("other requests to {host} took all of {}", in_words(*limit))]
    HostBusy {
        /// The host.
        host: String,
        /// The limit.
        limit: Duration,
    },
}

/// What a status says, where people can do something about it or would misread it.
fn meaning(status: u16) -> &'static str {
    match status {
        401 | 407 => ": it asks for a user name and a password",
        402 => ": it asks to be paid",
        403 => ": it refuses access",
        404 => ": there is nothing at this address",
        429 => ": too many requests",
        451 => ": it may not show this, by law",
        _ => "",
    }
}

/// Names the address that was refused, how it was reached if by another name, and the setting that allows it.
fn refusal(host: &str, address: &IpAddr) -> String {
    let setting = "to allow it, name it in allow_private of [http]";
    if host.trim_matches(['[', ']']) == address.to_string() {
        format!("{address} is not a public address; {setting}")
    } else {
        format!("{host} is at {address}, which is not a public address; {setting}")
    }
}

impl FetchError {
    /// Whether a server was reached at all; where none was, the fault may as well lie in our own network.
    #[must_use]
    pub fn reached_server(&self) -> bool {
        !matches!(
            self,
            Self::Dns { .. } | Self::Connect { .. } | Self::ConnectTimeout { .. }
        )
    }

    /// How long the server asks us to wait.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Status { retry_after, .. } | Self::BotWall { retry_after, .. } => *retry_after,
            _ => None,
        }
    }

    /// Whether the server says that it is asked too often (RFC 6585 §4).
    #[must_use]
    pub fn is_rate_limit(&self) -> bool {
        matches!(
            self,
            Self::Status { status: 429, .. } | Self::BotWall { status: 429, .. }
        )
    }

    /// Whether the server was waited for in vain.
    #[must_use]
    pub fn is_a_hang(&self) -> bool {
        matches!(
            self,
            Self::ConnectTimeout { .. } | Self::NoAnswer { .. } | Self::Timeout { .. }
        )
    }

    /// What kind of trouble it is.
    #[must_use]
    pub fn trouble(&self) -> Trouble {
        match self {
            Self::Status { status, .. } => match status {
                401 | 407 => Trouble::Auth,
                402 => Trouble::Paywall,
                404 => Trouble::Missing,
                410 => Trouble::Gone,
                429 => Trouble::RateLimit,
                500..=599 => Trouble::Outage,
                _ => Trouble::Refused,
            },
            Self::BotWall { .. } => Trouble::BotWall,
            Self::TooLarge { .. } | Self::HeaderTooLarge { .. } => Trouble::TooLarge,
            Self::PrivateAddress { .. }
            | Self::RedirectInside { .. }
            | Self::BadScheme { .. }
            | Self::NoHost => Trouble::RefusedAddress,
            Self::BadRequest { .. } => Trouble::Other,
            Self::TooManyRedirects { .. } | Self::RedirectLoop | Self::BadRedirect { .. } => {
                Trouble::Redirects
            }
            Self::Dns { .. } => Trouble::Dns,
            Self::Connect { .. } => Trouble::Connect,
            Self::ConnectTimeout { .. } => Trouble::TimeoutConnect,
            Self::Tls { .. } => Trouble::Tls,
            Self::Broken { .. } => Trouble::Cut,
            Self::NoAnswer { .. } => Trouble::TimeoutAnswer,
            Self::Timeout { .. } => Trouble::TimeoutBody,
            Self::HostLimited { .. } => Trouble::RateLimit,
            Self::HostResting { .. } | Self::HostBusy { .. } => Trouble::Busy,
        }
    }

    /// Whether the server says that what was asked for is not there.
    #[must_use]
    pub fn is_gone(&self) -> bool {
        matches!(
            self,
            Self::Status {
                status: 404 | 410,
                ..
            }
        )
    }

    /// Whether the same request may succeed later without anybody changing anything.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self {
            // RFC 9110 §15.5.9 (408), RFC 8470 §5.2 (425), RFC 6585 §4 (429).
            Self::Status { status, .. } | Self::BotWall { status, .. } => {
                matches!(status, 408 | 425 | 429 | 500..=599)
            }
            Self::Dns { .. }
            | Self::Connect { .. }
            | Self::ConnectTimeout { .. }
            | Self::Tls { .. }
            | Self::Broken { .. }
            | Self::NoAnswer { .. }
            | Self::Timeout { .. }
            | Self::HostResting { .. }
            | Self::HostLimited { .. }
            | Self::HostBusy { .. } => true,
            Self::TooLarge { .. }
            | Self::HeaderTooLarge { .. }
            | Self::PrivateAddress { .. }
            | Self::RedirectInside { .. }
            | Self::BadScheme { .. }
            | Self::NoHost
            | Self::BadRequest { .. }
            | Self::TooManyRedirects { .. }
            | Self::RedirectLoop
            | Self::BadRedirect { .. } => false,
        }
    }

    /// Tells from the client's error what happened on the way to `host`.
    pub(crate) fn from_client(error: &reqwest::Error, host: &str, connect_limit: Duration) -> Self {
        let host = host.to_owned();
        if let Some(refused) = tls::find_in_chain::<RefusedAddress>(error) {
            return Self::PrivateAddress {
                host,
                address: refused.address,
            };
        }
        if let Some(unresolved) = tls::find_in_chain::<ResolveError>(error) {
            let reason = unresolved.to_string();
            return Self::Dns { host, reason };
        }
        if let Some(problem) = tls::find(error) {
            let reason = Shown::of(&tls::explain(problem)).into();
            return Self::Tls { host, reason };
        }
        if error.is_builder() {
            let reason = deepest(error);
            return Self::BadRequest { reason };
        }
        if error.is_connect() {
            if error.is_timeout() {
                let limit = connect_limit;
                return Self::ConnectTimeout { host, limit };
            }
            let reason = io_reason(error);
            return Self::Connect { host, reason };
        }
        let reason = io_reason(error);
        Self::Broken { reason }
    }
}

/// A name stands for addresses, but for none that may be connected to.
#[derive(Debug, thiserror::Error)]
#[error("{address} is not a public address")]
pub(crate) struct RefusedAddress {
    /// The first of them.
    pub(crate) address: IpAddr,
}

/// A name stands for no address, or nobody knows.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ResolveError {
    #[error("the name does not exist or has no address")]
    NoAddress,
    #[error("the resolver did not answer within {}", in_words(*limit))]
    Timeout { limit: Duration },
}

/// A time span for people: whole seconds, or milliseconds below one.
pub(crate) fn in_words(span: Duration) -> String {
    if span.subsec_millis() == 0 {
        format!("{} s", span.as_secs())
    } else {
        format!("{} ms", span.as_millis())
    }
}

/// Says what an input or output error means, as a clause.
pub(crate) fn explain_io(error: &std::io::Error) -> Option<&'static str> {
    Some(match error.kind() {
        ErrorKind::ConnectionRefused => "nobody listens there",
        ErrorKind::ConnectionReset | ErrorKind::BrokenPipe => "the other side reset the connection",
        ErrorKind::ConnectionAborted => "the connection was aborted",
        ErrorKind::HostUnreachable => "the host cannot be reached",
        ErrorKind::NetworkUnreachable => "the network cannot be reached",
        ErrorKind::TimedOut => "the connection timed out",
        ErrorKind::UnexpectedEof => "the other side closed the connection early",
        _ => return None,
    })
}

fn io_reason(error: &reqwest::Error) -> String {
    tls::find_in_chain::<std::io::Error>(error)
        .and_then(explain_io)
        .map_or_else(|| deepest(error), str::to_owned)
}

/// The innermost cause, which is the one that says something.
fn deepest(error: &(dyn Error + 'static)) -> String {
    let mut deepest = error;
    while let Some(source) = deepest.source() {
        deepest = source;
    }
    match deepest.downcast_ref::<reqwest::Error>() {
        // The client's own error would name the URL.
        Some(_) => "the request failed".to_owned(),
        None => Shown::of(&deepest.to_string()).into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_pass_by_itself_is_told_from_what_needs_a_hand() {
        let status = |status| FetchError::Status {
            status,
            retry_after: None,
        };
        for passing in [408, 425, 429, 500, 502, 503, 504] {
            assert!(status(passing).is_transient(), "{passing}");
        }
        for lasting in [304, 400, 401, 403, 404, 410, 451] {
            assert!(!status(lasting).is_transient(), "{lasting}");
        }
    }

    #[test]
    fn a_limit_is_shown_with_its_unit() {
        let limit = Duration::from_secs(30);
        assert_eq!(
            FetchError::Timeout { limit }.to_string(),
            "no complete answer within 30 s"
        );
        let limit = Duration::from_millis(250);
        assert_eq!(
            FetchError::NoAnswer { limit }.to_string(),
            "no answer within 250 ms"
        );
    }
}
