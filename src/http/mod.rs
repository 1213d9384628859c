//! HTTP: the only user of `reqwest`, and the guard that keeps it from internal addresses.
//!
//! Takes a [`Get`] or a [`Post`], gives the document or the answer, or a [`FetchError`] that says why there is none.
//! Every request of the process goes through [`HttpClient`], which has one constructor: it uses no proxy, follows
//! redirects itself, and lets the guard look at every URL and every address. It never retries; that is `schedule`'s.

mod access;
mod authorities;
mod body;
mod client;
mod client_state;
mod cookies;
mod doors;
mod error;
mod following;
mod guard;
mod headers;
mod memory;
mod pace;
mod pool;
mod redirect;
mod request_parts;
mod resolver;
mod rests;
mod sending;
mod tls;
mod turns;
mod walls;

use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use url::Url;

use crate::domain::Validators;

pub use access::{Access, AccessError, ProxyAddress};
pub use client::{HttpClient, HttpSetupError};
pub use error::FetchError;
pub use guard::{AllowedAddress, AllowedAddressError};
pub use resolver::{FixedNames, Names};
pub use tls::install_tls_provider;
pub use turns::{Asked, Turn};

pub(crate) use error::{explain_io, in_words};
pub(crate) use guard::host_of;
pub(crate) use headers::{clamp, seconds};
pub(crate) use tls::{explain as explain_tls, find as find_tls, find_in_chain};

/// How the client presents itself, where it may go, and how fast.
#[derive(Debug, Clone)]
pub struct HttpSettings {
    /// The `User-Agent` field.
    pub user_agent: String,
    /// Addresses that are not public and yet allowed.
    pub allow_private: AllowPrivate,
    /// What one host gets.
    pub per_host: PerHost,
    /// The proxies that requests of some feeds go through.
    pub proxies: Vec<ProxyAddress>,
}

/// Times and counts that bound every exchange, whatever is asked for.
#[derive(Debug, Clone)]
pub struct HttpLimits {
    /// The time for the resolver.
    pub dns: Duration,
    /// The time to connect, TLS included.
    pub connect: Duration,
    /// The time from a GET, connecting included, to the end of the header block; a POST has its own limit alone.
    pub first_byte: Duration,
    /// The time that a request waits for its turn at a host.
    pub turn: Duration,
    /// Requests under way to all hosts together.
    pub total: usize,
}

impl Default for HttpLimits {
    fn default() -> Self {
        Self {
            dns: Duration::from_secs(10),
            connect: Duration::from_secs(10),
            first_byte: Duration::from_secs(15),
            turn: Duration::from_mins(1),
            total: 128,
        }
    }
}

/// What a request is for: each kind has its own list of internal addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// A feed, and what its address leads to.
    Feed,
    /// The page of an article.
    Page,
    /// A message to a receiver.
    Webhook,
}

/// Addresses that are not public and yet allowed, for each purpose.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AllowPrivate {
    /// For feeds.
    pub feeds: Vec<AllowedAddress>,
    /// For the pages of articles.
    pub pages: Vec<AllowedAddress>,
    /// For webhooks.
    pub webhooks: Vec<AllowedAddress>,
}

impl AllowPrivate {
    /// The same for every purpose.
    #[must_use]
    pub fn for_all(allowed: &[AllowedAddress]) -> Self {
        Self {
            feeds: allowed.to_vec(),
            pages: allowed.to_vec(),
            webhooks: allowed.to_vec(),
        }
    }

    fn of(&self, purpose: Purpose) -> &[AllowedAddress] {
        match purpose {
            Purpose::Feed => &self.feeds,
            Purpose::Page => &self.pages,
            Purpose::Webhook => &self.webhooks,
        }
    }
}

/// How many requests one host gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PerHost {
    /// Requests under way at a time; at least one.
    pub at_once: usize,
    /// The least time from the beginning of one request to that of the next; none at addresses under `allow_private`.
    pub gap: Duration,
}

impl Default for PerHost {
    fn default() -> Self {
        Self {
            at_once: 2,
            gap: Duration::from_secs(1),
        }
    }
}

impl HttpSettings {
    /// Settings that allow nothing special.
    #[must_use]
    pub fn new(user_agent: String) -> Self {
        Self {
            user_agent,
            allow_private: AllowPrivate::default(),
            per_host: PerHost::default(),
            proxies: Vec::new(),
        }
    }

    /// The internal address that a URL leads to without a look at any name server, and that is not allowed.
    #[must_use]
    pub fn refused_address(&self, url: &Url, purpose: Purpose) -> Option<IpAddr> {
        let guard = guard::Guard::new(self.allow_private.of(purpose));
        if let Err(FetchError::PrivateAddress { address, .. }) = guard.check_url(url) {
            return Some(address);
        }
        // RFC 6761 §6.3: localhost and what ends in it is this machine, whatever a name server says.
        let host = url.host_str()?.trim_end_matches('.');
        if host != "localhost" && !host.ends_with(".localhost") {
            return None;
        }
        (!guard.leads_to_own(url)).then_some(IpAddr::V4(Ipv4Addr::LOCALHOST))
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
    /// What it is for.
    pub purpose: Purpose,
    /// What is set for the feed on whose behalf it is fetched.
    pub access: Option<&'a Access>,
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

/// The method of a request that brings something.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum PostMethod {
    /// POST
    #[default]
    Post,
    /// PUT
    Put,
    /// PATCH
    Patch,
}

/// One POST of JSON. Redirects are not followed.
#[derive(Debug, Clone)]
pub struct Post<'a> {
    /// How it is asked.
    pub method: PostMethod,
    /// The address.
    pub url: &'a Url,
    /// Fields to send beside `Content-Type: application/json`, which one of them may replace.
    pub headers: Vec<(String, String)>,
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
