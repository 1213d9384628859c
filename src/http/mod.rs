//! HTTP: the only user of `reqwest`, and the guard that keeps it from internal addresses.

use std::net::IpAddr;
use std::time::Duration;

use url::Url;

use crate::clock::Clock;
use crate::domain::Validators;

/// How the client presents itself, and where it may go.
#[derive(Debug, Clone)]
pub struct HttpSettings {
    /// The `User-Agent` field.
    pub user_agent: String,
    /// Addresses that are not public and yet allowed.
    pub allow_private: Vec<AllowedAddress>,
}

/// One entry of `allow_private`: a network, or one address and port.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AllowedAddress {
    /// `10.0.0.0/8`, or `127.0.0.1` for every port of it.
    Network(ipnet::IpNet),
    /// `127.0.0.1:8080`
    Socket(std::net::SocketAddr),
}

/// One GET.
#[derive(Debug, Clone)]
pub struct Get<'a> {
    /// The address.
    pub url: &'a Url,
    /// The `Accept` field.
    pub accept: &'static str,
    /// Validators of the copy we have.
    pub validators: &'a Validators,
    /// The most that is taken of the body, after decompression.
    pub max_body_bytes: u64,
    /// The time for the whole fetch, redirects included.
    pub timeout: Duration,
}

/// What a GET brought.
#[derive(Debug, Clone)]
pub struct Fetched {
    /// The address that answered, after redirects.
    pub final_url: Url,
    /// The new address, when every redirect on the way was permanent.
    pub moved_to: Option<Url>,
    /// The validators to send next time.
    pub validators: Validators,
    /// The body; `None` when the copy we have is still good (304).
    pub body: Option<Body>,
}

/// A body with its declared type.
#[derive(Debug, Clone)]
pub struct Body {
    /// The `Content-Type` field.
    pub content_type: Option<String>,
    /// The bytes, decompressed.
    pub bytes: Vec<u8>,
}

/// One POST of JSON. Redirects are not followed.
#[derive(Debug, Clone)]
pub struct Post<'a> {
    /// The address.
    pub url: &'a Url,
    /// Fields to send beside `Content-Type: application/json`.
    pub headers: Vec<(&'static str, String)>,
    /// The body.
    pub body: String,
    /// The time for the whole exchange.
    pub timeout: Duration,
}

/// The answer to a POST.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// The `Retry-After` field, as a time to wait from now.
    pub retry_after: Option<Duration>,
    /// The first 64 kB of the body, as text.
    pub body: String,
}

/// Why an exchange failed.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// The server answered with a status that is neither a success nor 304.
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
    /// The address is not public, and `allow_private` does not name it.
    #[error(
        "{host} is at {address}, which is not a public address; to allow it, name it in allow_private of [http]"
    )]
    PrivateAddress {
        /// The host as the URL names it.
        host: String,
        /// The address it stands for.
        address: IpAddr,
    },
    /// The exchange took too long.
    #[error("no complete answer within {} s", limit.as_secs())]
    Timeout {
        /// The limit.
        limit: Duration,
    },
}

impl FetchError {
    /// Whether the same request may succeed later without anybody changing anything.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        true
    }
}

/// The client could not be made.
#[derive(Debug, thiserror::Error)]
#[error("the HTTP client could not be made")]
pub struct HttpSetupError(#[source] reqwest::Error);

/// The client; cheap to clone.
#[derive(Debug, Clone)]
pub struct HttpClient {}

impl HttpClient {
    /// Makes the one client of the process.
    ///
    /// # Errors
    /// When the TLS back end cannot be set up.
    pub fn new(settings: &HttpSettings, clock: Clock) -> Result<Self, HttpSetupError> {
        let _ = (settings, clock);
        Ok(Self {})
    }

    /// Fetches a document.
    ///
    /// # Errors
    /// When no complete document came: see [`FetchError`].
    pub async fn get(&self, request: &Get<'_>) -> Result<Fetched, FetchError> {
        Err(FetchError::Timeout {
            limit: request.timeout,
        })
    }

    /// Posts JSON.
    ///
    /// # Errors
    /// When no answer came; an answer of any status is an [`Answer`].
    pub async fn post(&self, request: &Post<'_>) -> Result<Answer, FetchError> {
        Err(FetchError::Timeout {
            limit: request.timeout,
        })
    }
}
