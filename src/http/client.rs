//! The client: the one constructor, and the exchange itself.

use std::sync::Arc;
use std::time::Duration;

use reqwest::header::{
    ACCEPT, ACCEPT_ENCODING, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, IF_MODIFIED_SINCE,
    IF_NONE_MATCH, LOCATION,
};
use reqwest::redirect::Policy;
use reqwest::{Certificate, Client, ClientBuilder, Method, Response};
use tokio::time::timeout;
use tracing::warn;
use url::Url;

use crate::clock::Clock;
use crate::domain::Validators;

use super::body::{self, ACCEPTED_CODINGS, BodyFailure};
use super::guard::{Guard, host_of};
use super::memory::{Memory, Share};
use super::pace::{Pace, Slot};
use super::redirect::{Trail, is_redirect};
use super::resolver::{GuardedResolver, Names};
use super::{
    Answer, Body, FetchError, Fetched, Get, HttpSettings, Post, headers, install_tls_provider, tls,
};

/// The most that is read of the answer to a POST: enough to quote the reason, too little to hurt.
const MAX_ANSWER_BYTES: usize = 64 * 1024;

/// The time for the body of an answer to a POST, whose status is already known.
const ANSWER_BODY_TIMEOUT: Duration = Duration::from_secs(2);

/// The largest header block taken.
const MAX_HEADER_BYTES: usize = 64 * 1024;

/// How long an unused connection is kept: long enough for a burst to one host, shorter than any poll interval.
const IDLE_CONNECTION_TIMEOUT: Duration = Duration::from_secs(20);

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
    /// Requests under way to one host at a time.
    pub per_host: usize,
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
            per_host: 2,
            total: 128,
        }
    }
}

/// The client could not be made.
#[derive(Debug, thiserror::Error)]
#[error("the HTTP client could not be made")]
pub struct HttpSetupError(#[source] reqwest::Error);

/// The client; cheap to clone.
#[derive(Debug, Clone)]
pub struct HttpClient {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    /// For every port that has no client of its own.
    common: Client,
    /// For the ports at which single addresses are allowed: the resolver is told a name and no port.
    by_port: Vec<(u16, Client)>,
    guard: Guard,
    pace: Pace,
    memory: Memory,
    limits: HttpLimits,
    names: Names,
    clock: Clock,
}

impl HttpClient {
    /// Makes the one client of the process.
    ///
    /// # Errors
    /// When the TLS back end cannot be set up, or the `User-Agent` cannot be a field value.
    pub fn new(settings: &HttpSettings, clock: Clock) -> Result<Self, HttpSetupError> {
        Self::with_limits(settings, HttpLimits::default(), &Names::System, clock)
    }

    /// Makes a client with limits and a resolver of its own.
    ///
    /// # Errors
    /// As [`HttpClient::new`].
    pub fn with_limits(
        settings: &HttpSettings,
        limits: HttpLimits,
        names: &Names,
        clock: Clock,
    ) -> Result<Self, HttpSetupError> {
        let pace = Pace::new(limits.per_host, limits.total);
        Self::made(settings, limits, names, clock, (pace, Memory::new()))
    }

    /// Makes a client with other settings that shares its slots and its memory with this one: what is under way by the
    /// one counts for the other.
    ///
    /// # Errors
    /// As [`HttpClient::new`].
    pub fn with_settings(&self, settings: &HttpSettings) -> Result<Self, HttpSetupError> {
        let Inner {
            pace,
            memory,
            limits,
            names,
            clock,
            ..
        } = &*self.inner;
        let shared = (pace.clone(), memory.clone());
        Self::made(settings, limits.clone(), names, clock.clone(), shared)
    }

    fn made(
        settings: &HttpSettings,
        limits: HttpLimits,
        names: &Names,
        clock: Clock,
        (pace, memory): (Pace, Memory),
    ) -> Result<Self, HttpSetupError> {
        install_tls_provider();
        let guard = Guard::new(&settings.allow_private);
        let client_for = |port: u16| {
            let resolver = GuardedResolver {
                guard: guard.clone(),
                port,
                names: names.clone(),
                timeout: limits.dns,
            };
            build(settings, &limits, &resolver).map_err(HttpSetupError)
        };
        let by_port = guard
            .single_ports()
            .into_iter()
            .map(|port| Ok((port, client_for(port)?)))
            .collect::<Result<_, _>>()?;
        // Port 0 is allowed nowhere, so this client reaches public addresses and allowed networks only.
        let common = client_for(0)?;
        let inner = Inner {
            common,
            by_port,
            guard,
            pace,
            memory,
            limits,
            names: names.clone(),
            clock,
        };
        Ok(Self {
            inner: Arc::new(inner),
        })
    }

    /// Fetches a document.
    ///
    /// The time to wait for a turn at the host is bounded by itself, and not counted to the fetch.
    ///
    /// # Errors
    /// When no complete document came: see [`FetchError`].
    pub async fn get(&self, request: &Get<'_>) -> Result<Fetched, FetchError> {
        self.inner.guard.check_url(request.url)?;
        let turn = self.inner.limits.turn;
        let slot = timeout(turn, self.inner.pace.enter(request.url))
            .await
            .map_err(|_| FetchError::HostBusy {
                host: host_of(request.url),
                limit: turn,
            })?;
        let limit = request.timeout;
        timeout(limit, Box::pin(self.inner.follow(request, slot)))
            .await
            .map_err(|_| FetchError::Timeout { limit })?
    }

    /// Posts JSON.
    ///
    /// # Errors
    /// When no answer came; an answer of any status is an [`Answer`].
    pub async fn post(&self, request: &Post<'_>) -> Result<Answer, FetchError> {
        let limit = request.timeout;
        timeout(limit, Box::pin(self.inner.exchange(request)))
            .await
            .map_err(|_| FetchError::Timeout { limit })?
    }
}

/// Makes a client of the HTTP library.
///
/// A machine without certificate authorities can still read what comes over http, and the demonstration does.
fn build(
    settings: &HttpSettings,
    limits: &HttpLimits,
    resolver: &GuardedResolver,
) -> Result<Client, reqwest::Error> {
    let made = builder(settings, limits, resolver.clone()).build();
    match &made {
        Err(error) if matches!(tls::find(error), Some(rustls::Error::General(_))) => {
            warn!("no certificate authorities were found, so https fails: install ca-certificates");
            let nobody: [Certificate; 0] = [];
            builder(settings, limits, resolver.clone())
                .tls_certs_only(nobody)
                .build()
        }
        _ => made,
    }
}

/// Starts a client of the HTTP library: the only place that does.
#[expect(
    clippy::disallowed_methods,
    reason = "the one constructor, behind the guard"
)]
fn builder(
    settings: &HttpSettings,
    limits: &HttpLimits,
    resolver: GuardedResolver,
) -> ClientBuilder {
    Client::builder()
        .user_agent(&settings.user_agent)
        .dns_resolver(resolver)
        // A proxy from the environment would resolve names itself, past the guard.
        .no_proxy()
        .redirect(Policy::none())
        .referer(false)
        .retry(reqwest::retry::never())
        .connect_timeout(limits.connect)
        .pool_idle_timeout(IDLE_CONNECTION_TIMEOUT)
        .pool_max_idle_per_host(limits.per_host)
        .http1_ignore_invalid_headers_in_responses(true)
        .http1_allow_obsolete_multiline_headers_in_responses(true)
        .http2_max_header_list_size(u32::try_from(MAX_HEADER_BYTES).unwrap_or(u32::MAX))
}

impl Inner {
    /// Requests a document, hop by hop, until an answer is not a redirect.
    async fn follow(&self, request: &Get<'_>, slot: Slot) -> Result<Fetched, FetchError> {
        let mut slot = slot;
        let mut trail = Trail::start(request.url);
        loop {
            let response = self
                .send(get_parts(request, trail.current()), self.limits.first_byte)
                .await?;
            let status = response.status().as_u16();
            if !is_redirect(status) {
                let fetched = self.document(request, &trail, response).await;
                drop(slot);
                return fetched;
            }
            let location = response.headers().get(LOCATION).map(HeaderValue::as_bytes);
            trail.follow(status, location)?;
            drop(response);
            drop(slot);
            self.guard.check_url(trail.current())?;
            slot = self.pace.enter(trail.current()).await;
        }
    }

    /// Makes a document of the last answer.
    async fn document(
        &self,
        request: &Get<'_>,
        trail: &Trail,
        response: Response,
    ) -> Result<Fetched, FetchError> {
        let now = self.clock.now();
        let fields = response.headers().clone();
        let status = response.status().as_u16();
        let conditional = *request.validators != Validators::default();
        let (validators, body) = match status {
            304 if conditional => (
                headers::refreshed_validators(&fields, request.validators),
                None,
            ),
            // A part (206) was not asked for, and would pass for the whole.
            200..=205 | 207..=299 => {
                let (bytes, share) = self.body(response, request.max_body_bytes).await?;
                let body = Body {
                    content_type: headers::content_type(&fields),
                    bytes,
                    share,
                };
                (headers::validators(&fields), Some(body))
            }
            _ => {
                return Err(FetchError::Status {
                    status,
                    retry_after: headers::retry_after(&fields, now),
                });
            }
        };
        Ok(Fetched {
            final_url: trail.final_url(),
            moved_to: trail.moved_to(),
            validators,
            fresh_for: headers::fresh_for(&fields, now),
            body,
        })
    }

    async fn body(
        &self,
        response: Response,
        limit_bytes: u64,
    ) -> Result<(Vec<u8>, Share), FetchError> {
        let host = host_of(response.url());
        let broken = |reason: &str| FetchError::Broken {
            reason: reason.to_owned(),
        };
        body::read(response, limit_bytes, &self.memory)
            .await
            .map_err(|failure| match failure {
                BodyFailure::Client(error) => self.failure(&error, &host),
                BodyFailure::TooLarge { limit_bytes } => FetchError::TooLarge { limit_bytes },
                BodyFailure::Damaged => broken("what was compressed cannot be unpacked"),
                BodyFailure::UnknownCoding => {
                    broken("it is compressed in a way that was not offered")
                }
            })
    }

    /// Posts JSON, and reads what it is answered.
    async fn exchange(&self, request: &Post<'_>) -> Result<Answer, FetchError> {
        self.guard.check_url(request.url)?;
        let response = self.send(post_parts(request)?, request.timeout).await?;
        let status = response.status().as_u16();
        let retry_after = headers::retry_after(response.headers(), self.clock.now());
        Ok(Answer {
            status,
            retry_after,
            body: answer_text(response).await,
        })
    }

    /// Sends one request, and waits so long for the header of its answer.
    ///
    /// A receiver of webhooks may work before it answers; giving up early would mean telling it twice.
    async fn send(&self, parts: Parts<'_>, limit: Duration) -> Result<Response, FetchError> {
        let host = host_of(parts.url);
        let port = parts.url.port_or_known_default().unwrap_or_default();
        // The builder makes the Authorization field of the user and password in the URL.
        let sending = self
            .client_for(port)
            .request(parts.method, parts.url.clone())
            .headers(parts.fields)
            .body(parts.body)
            .send();
        let response = timeout(limit, sending)
            .await
            .map_err(|_| FetchError::NoAnswer { limit })?
            .map_err(|error| self.failure(&error, &host))?;
        self.check_peer(&response, host)?;
        if headers::size_bytes(response.headers()) > MAX_HEADER_BYTES {
            return Err(FetchError::HeaderTooLarge {
                limit_bytes: MAX_HEADER_BYTES,
            });
        }
        Ok(response)
    }

    fn client_for(&self, port: u16) -> &Client {
        self.by_port
            .iter()
            .find(|(its_port, _)| *its_port == port)
            .map_or(&self.common, |(_, client)| client)
    }

    /// Checks once more whom we are talking to: the second line, should the first ever be passed.
    fn check_peer(&self, response: &Response, host: String) -> Result<(), FetchError> {
        match response.remote_addr() {
            Some(peer) if !self.guard.permits(peer) => Err(FetchError::PrivateAddress {
                host,
                address: peer.ip(),
            }),
            _ => Ok(()),
        }
    }

    fn failure(&self, error: &reqwest::Error, host: &str) -> FetchError {
        FetchError::from_client(error, host, self.limits.connect)
    }
}

/// A request, before the client that sends it is chosen.
struct Parts<'a> {
    method: Method,
    url: &'a Url,
    fields: HeaderMap,
    body: String,
}

fn get_parts<'a>(request: &Get<'_>, url: &'a Url) -> Parts<'a> {
    let mut fields = HeaderMap::new();
    fields.insert(ACCEPT_ENCODING, HeaderValue::from_static(ACCEPTED_CODINGS));
    if let Ok(accept) = HeaderValue::from_str(request.accept) {
        fields.insert(ACCEPT, accept);
    }
    let Validators {
        etag,
        last_modified,
    } = request.validators;
    for (name, kept) in [
        (IF_NONE_MATCH, etag.as_ref()),
        (IF_MODIFIED_SINCE, last_modified.as_ref()),
    ] {
        if let Some(value) = headers::echoed(kept) {
            fields.insert(name, value);
        }
    }
    Parts {
        method: Method::GET,
        url,
        fields,
        body: String::new(),
    }
}

fn post_parts<'a>(request: &'a Post<'_>) -> Result<Parts<'a>, FetchError> {
    let mut fields = HeaderMap::new();
    fields.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    for (name, value) in &request.headers {
        let name_and_value = name.parse::<HeaderName>().ok().zip(value.parse().ok());
        let Some((name, value)) = name_and_value else {
            return Err(FetchError::BadRequest {
                reason: format!("the field {name} cannot be sent"),
            });
        };
        fields.insert(name, value);
    }
    Ok(Parts {
        method: Method::POST,
        url: request.url,
        fields,
        body: request.body.clone(),
    })
}

/// Reads the first 64 kB of an answer's body, as far as it comes; the status alone says how the exchange ended.
async fn answer_text(mut response: Response) -> String {
    let mut bytes = Vec::new();
    let reading = async {
        while let Ok(Some(chunk)) = response.chunk().await {
            let room = MAX_ANSWER_BYTES - bytes.len();
            bytes.extend(chunk.iter().take(room));
            if bytes.len() >= MAX_ANSWER_BYTES {
                break;
            }
        }
    };
    // Too slow is as good as the end.
    drop(timeout(ANSWER_BODY_TIMEOUT, reading).await);
    String::from_utf8_lossy(&bytes).into_owned()
}
