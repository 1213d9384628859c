//! Why an exchange failed, in words for people.
//!
//! A message names the host at most: never a path, a query, a user or a password, as messages are stored, shown and
//! logged, and the addresses of some feeds and of all webhooks are secrets.

use std::error::Error;
use std::io::ErrorKind;
use std::net::IpAddr;
use std::time::Duration;

use crate::domain::Shown;

use super::resolver::{RefusedAddress, ResolveError};
use super::tls;

/// Why an exchange failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FetchError {
    /// The server answered with a status that is neither a success nor an expected 304.
    #[error("the server answered {status}")]
    Status {
        /// The status code.
        status: u16,
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
    /// Other requests to the same host did not end in time to begin this one.
    #[error("other requests to {host} took all of {}", in_words(*limit))]
    HostBusy {
        /// The host.
        host: String,
        /// The limit.
        limit: Duration,
    },
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
        !matches!(self, Self::Dns { .. } | Self::Connect { .. })
    }

    /// Whether the same request may succeed later without anybody changing anything.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self {
            // RFC 9110 §15.5.9 (408), RFC 8470 §5.2 (425), RFC 6585 §4 (429).
            Self::Status { status, .. } => matches!(status, 408 | 425 | 429 | 500..=599),
            Self::Dns { .. }
            | Self::Connect { .. }
            | Self::Tls { .. }
            | Self::Broken { .. }
            | Self::NoAnswer { .. }
            | Self::Timeout { .. }
            | Self::HostBusy { .. } => true,
            Self::TooLarge { .. }
            | Self::HeaderTooLarge { .. }
            | Self::PrivateAddress { .. }
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
            let reason = if error.is_timeout() {
                format!("nobody answered within {}", in_words(connect_limit))
            } else {
                io_reason(error)
            };
            return Self::Connect { host, reason };
        }
        let reason = io_reason(error);
        Self::Broken { reason }
    }
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
