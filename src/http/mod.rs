//! HTTP: the only user of `reqwest`, and the guard that keeps it from internal addresses.
//!
//! Takes a [`Get`] or a [`Post`], gives the document or the answer, or a [`FetchError`] that says why there is none.
//! Every request of the process goes through [`HttpClient`], which has one constructor: it uses no proxy, follows
//! redirects itself, and lets the guard look at every URL and every address. It never retries; that is `schedule`'s.

mod body;
mod client;
mod error;
mod guard;
mod headers;
mod memory;
mod pace;
mod redirect;
mod resolver;
mod tls;

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use url::Url;

use crate::domain::Validators;

pub use client::{HttpClient, HttpLimits, HttpSetupError};
pub use error::FetchError;
pub use guard::{AllowedAddress, AllowedAddressError};
pub use resolver::{FixedNames, Names};
pub use tls::install_tls_provider;

pub(crate) use error::{explain_io, in_words};
pub(crate) use guard::host_of;
pub(crate) use headers::{clamp, seconds};
pub(crate) use tls::{explain as explain_tls, find as find_tls, find_in_chain};

/// How the client presents itself, and where it may go.
#[derive(Debug, Clone)]
pub struct HttpSettings {
    /// The `User-Agent` field.
    pub user_agent: String,
    /// Addresses that are not public and yet allowed.
    pub allow_private: Vec<AllowedAddress>,
}

impl HttpSettings {
    /// The internal address that a URL leads to without a look at any name server, and that is not allowed.
    #[must_use]
    pub fn refused_address(&self, url: &Url) -> Option<IpAddr> {
        let guard = guard::Guard::new(&self.allow_private);
        if let Err(FetchError::PrivateAddress { address, .. }) = guard.check_url(url) {
            return Some(address);
        }
        // RFC 6761 §6.3: localhost and what ends in it is this machine, whatever a name server says.
        let host = url.host_str()?.trim_end_matches('.');
        if host != "localhost" && !host.ends_with(".localhost") {
            return None;
        }
        let port = url.port_or_known_default()?;
        let own = [
            IpAddr::V4(Ipv4Addr::LOCALHOST),
            IpAddr::V6(Ipv6Addr::LOCALHOST),
        ];
        let is_allowed = own
            .iter()
            .any(|own| guard.permits(SocketAddr::new(*own, port)));
        (!is_allowed).then_some(IpAddr::V4(Ipv4Addr::LOCALHOST))
    }
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
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fetched {
    /// The address that answered, after redirects; without user and password.
    pub final_url: Url,
    /// The new address, when every redirect on the way was permanent.
    pub moved_to: Option<Url>,
    /// The validators to send next time.
    pub validators: Validators,
    /// How long the server says that this stays as it is: `Cache-Control: max-age`, or `Expires`.
    pub fresh_for: Option<Duration>,
    /// The body; `None` when the copy we have is still good (304).
    pub body: Option<Body>,
}

/// A body with its declared type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Body {
    /// The `Content-Type` field.
    pub content_type: Option<String>,
    /// The bytes, decompressed.
    pub bytes: Vec<u8>,
    /// What they take of the memory for all bodies; given back with them.
    share: memory::Share,
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
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// The `Retry-After` field, as a time to wait from now.
    pub retry_after: Option<Duration>,
    /// The first 64 kB of the body, as text.
    pub body: String,
}
