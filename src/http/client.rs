//! The client: the exchange itself, from the turn at a host to the last byte.

use std::sync::Arc;
use std::time::Duration;

use reqwest::header::{
    ACCEPT, ACCEPT_ENCODING, CONTENT_TYPE, COOKIE, HeaderMap, HeaderName, HeaderValue,
    IF_MODIFIED_SINCE, IF_NONE_MATCH, LOCATION,
};
use reqwest::{Client, Method, Response};
use tokio::time::timeout;
use url::Url;

use crate::clock::Clock;
use crate::domain::{HostRest, Validators};

use super::body::{self, ACCEPTED_CODINGS, BodyFailure};
use super::cookies::Cookies;
use super::doors::{Door, Doors, MAX_HEADER_BYTES};
use super::guard::{Guard, host_of, is_public};
use super::memory::{Memory, Share};
use super::pace::{Distance, Pace, Room, Slot, server_of};
use super::redirect::{Trail, is_redirect};
use super::resolver::Names;
use super::rests::Rests;
use super::turns::{self, Asked, Seats, Turn, Turns};
use super::{
    Answer, Body, FetchError, Fetched, Get, HttpLimits, HttpSettings, Post, PostMethod, Purpose,
    headers, install_tls_provider, walls,
};

/// The most that is read of the answer to a POST: enough to quote the reason, too little to hurt.
const MAX_ANSWER_BYTES: usize = 64 * 1024;

/// The time for the body of an answer to a POST, whose status is already known.
const ANSWER_BODY_TIMEOUT: Duration = Duration::from_secs(2);

/// How long a host is left alone that says that it is asked too often, and not for how long.
const UNNAMED_REST: Duration = Duration::from_mins(5);

/// The longest rest that is believed of a process before this one: its clock may have been ahead.
const LONGEST_STORED_REST: Duration = Duration::from_hours(24);

/// What is read of the page of a refusal, to see whose it is.
const MAX_REFUSAL_BYTES: u64 = 64 * 1024;

/// The time for it.
const REFUSAL_TIMEOUT: Duration = Duration::from_secs(2);

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
    doors: Doors,
    pace: Pace,
    turns: Turns,
    /// The servers whose feeds hang.
    hangs: Turns,
    /// The servers that say of their feeds that they are asked for too often.
    limited: Turns,
    /// What of it, and of pages, nobody has stored yet.
    rests: Rests,
    /// For feeds, and for pages.
    memory: [Memory; 2],
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
        install_tls_provider();
        let inner = Inner {
            doors: Doors::make(settings, &limits, names).map_err(HttpSetupError)?,
            pace: Pace::new(settings.per_host, limits.total, clock.clone()),
            turns: Turns::new(clock.clone()),
            hangs: Turns::new(clock.clone()),
            limited: Turns::new(clock.clone()),
            rests: Rests::default(),
            memory: [Memory::new(), Memory::new()],
            limits,
            names: names.clone(),
            clock,
        };
        Ok(Self {
            inner: Arc::new(inner),
        })
    }

    /// Makes a client with other settings that shares its slots, its turns and its memory with this one: what is under
    /// way by the one counts for the other.
    ///
    /// # Errors
    /// As [`HttpClient::new`].
    pub fn with_settings(&self, settings: &HttpSettings) -> Result<Self, HttpSetupError> {
        let old = &*self.inner;
        let inner = Inner {
            doors: Doors::make(settings, &old.limits, &old.names).map_err(HttpSetupError)?,
            pace: old.pace.with_rules(settings.per_host),
            turns: old.turns.clone(),
            hangs: old.hangs.clone(),
            limited: old.limited.clone(),
            rests: old.rests.clone(),
            memory: old.memory.clone(),
            limits: old.limits.clone(),
            names: old.names.clone(),
            clock: old.clock.clone(),
        };
        Ok(Self {
            inner: Arc::new(inner),
        })
    }

    /// The servers that have asked to be left alone since this was asked last: to be stored, so that the next process leaves
    /// them alone as well.
    #[must_use]
    pub fn new_rests(&self) -> Vec<HostRest> {
        self.inner.rests.take()
    }

    /// Leaves servers alone that asked a process before this one for it.
    pub fn leave_alone(&self, rests: &[HostRest]) {
        let now = self.inner.clock.now();
        for rest in rests {
            let left = Duration::try_from(rest.until.duration_since(now)).unwrap_or_default();
            if !left.is_zero() {
                let turns = self.inner.turns_of(rest.is_of_pages);
                turns.leave_alone(rest.server.clone(), left.min(LONGEST_STORED_REST));
            }
        }
    }

    /// Asks whether it is the turn of a page now; nothing is waited for.
    #[must_use]
    pub fn ask_turn(&self, page: &Url) -> Asked {
        let inner = &*self.inner;
        let seat = match inner.turns.take(page, inner.pace.at_once()) {
            Seats::Free(seat) => seat,
            Seats::Taken => return Asked::Later(None),
            Seats::Resting(left) => return Asked::Resting(turns::resting(page, left)),
        };
        let distance = inner.distance(Purpose::Page, page);
        match inner.pace.try_enter(page, distance) {
            Room::Now(slot) => Asked::Now(Box::new(Turn::new(slot, seat))),
            Room::After(wait) => Asked::Later(Some(wait)),
            Room::Busy => Asked::Later(None),
        }
    }

    /// Fetches a page whose turn it is, or the next one of the same entry.
    ///
    /// # Errors
    /// When no complete document came: see [`FetchError`].
    pub async fn get_in_turn(
        &self,
        request: &Get<'_>,
        turn: &mut Turn,
    ) -> Result<Fetched, FetchError> {
        // Pages of the host may have turned out to hang while this one waited.
        self.inner.check_rest(request.purpose, request.url)?;
        let slot = turn.slot.take_if(|slot| slot.is_for(request.url));
        turn.slot = None;
        let slot = match slot {
            Some(slot) => slot,
            None => self.slot(request).await?,
        };
        self.inner.fetch(request, slot).await
    }

    /// Fetches a document.
    ///
    /// The time to wait for a turn at the host is bounded by itself, and not counted to the fetch.
    ///
    /// # Errors
    /// When no complete document came: see [`FetchError`].
    pub async fn get(&self, request: &Get<'_>) -> Result<Fetched, FetchError> {
        let slot = self.slot(request).await?;
        self.inner.fetch(request, slot).await
    }

    async fn slot(&self, request: &Get<'_>) -> Result<Slot, FetchError> {
        let inner = &*self.inner;
        inner
            .doors
            .of(request.purpose)
            .guard
            .check_url(request.url)?;
        inner.check_rest(request.purpose, request.url)?;
        let distance = inner.distance(request.purpose, request.url);
        let limit = inner.limits.turn;
        let busy = || FetchError::HostBusy {
            host: host_of(request.url),
            limit,
        };
        if inner.is_hanging_crowd(request) {
            return Err(busy());
        }
        let entering = timeout(limit, inner.pace.enter(request.url, distance));
        let slot = entering.await.map_err(|_| busy())?;
        // Those before it may have shown meanwhile that the server hangs, or wants to be left alone.
        inner.check_rest(request.purpose, request.url)?;
        if inner.is_hanging_crowd(request) {
            return Err(busy());
        }
        Ok(slot)
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

/// How a request has gone so far.
struct Way {
    trail: Trail,
    cookies: Cookies,
    /// Whether a server at a public address has sent it on.
    from_public: bool,
}

impl Inner {
    /// Fetches a document within its time, and notes whether the pages of a host hang.
    async fn fetch(&self, request: &Get<'_>, slot: Slot) -> Result<Fetched, FetchError> {
        let mut way = Way {
            trail: Trail::start(request.url),
            cookies: Cookies::default(),
            from_public: false,
        };
        let limit = request.timeout;
        let fetching = timeout(limit, Box::pin(self.follow(request, &mut way, slot)));
        let fetched = fetching.await.unwrap_or(Err(FetchError::Timeout { limit }));
        match request.purpose {
            Purpose::Page => {
                note(&self.turns, way.trail.current(), &fetched);
                if let Some(wait) = fetched.as_ref().err().and_then(FetchError::retry_after) {
                    let wait = wait.min(turns::LONGEST_REST);
                    self.rest(way.trail.current(), true, wait);
                }
            }
            Purpose::Feed => {
                note(&self.hangs, way.trail.current(), &fetched);
                self.note_rate_limit(&way, &fetched);
            }
            Purpose::Webhook => {}
        }
        fetched
    }

    /// Notes that a host is asked too often: it counts its visitors, not its feeds. One of our own is no public host: what
    /// serves the feeds of many sites there may have the limits of each of them.
    fn note_rate_limit(&self, way: &Way, fetched: &Result<Fetched, FetchError>) {
        let url = way.trail.current();
        if let Err(error) = fetched
            && error.is_rate_limit()
            && way.from_public
            && !self.pace.is_own(url)
        {
            let wait = error.retry_after().unwrap_or(UNNAMED_REST);
            self.rest(url, false, wait);
        }
    }

    /// Leaves the server of a URL alone that has asked for it.
    fn rest(&self, url: &Url, is_of_pages: bool, wait: Duration) {
        let server = server_of(url);
        self.turns_of(is_of_pages).leave_alone(server.clone(), wait);
        if let Ok(until) = self.clock.now().checked_add(wait) {
            self.rests.note(HostRest {
                server,
                is_of_pages,
                until,
            });
        }
    }

    /// The turns of pages, or what is known of servers whose feeds are asked for too often.
    fn turns_of(&self, is_of_pages: bool) -> &Turns {
        if is_of_pages {
            &self.turns
        } else {
            &self.limited
        }
    }

    /// Whether a feed's server hangs while several of its feeds are due: they would wait for one another, each in a place
    /// that a feed of another server needs. One that is alone is asked as its own schedule says.
    fn is_hanging_crowd(&self, request: &Get<'_>) -> bool {
        request.purpose == Purpose::Feed
            && self.hangs.rest(request.url).is_some()
            && self.pace.is_crowded(request.url)
    }

    /// Refuses pages and feeds of a host that is left alone.
    fn check_rest(&self, purpose: Purpose, url: &Url) -> Result<(), FetchError> {
        let (rest, refusal): (_, fn(&Url, Duration) -> FetchError) = match purpose {
            Purpose::Page => (self.turns.rest(url), turns::resting),
            Purpose::Feed => (self.limited.rest(url), turns::limited),
            Purpose::Webhook => return Ok(()),
        };
        rest.map_or(Ok(()), |left| Err(refusal(url, left)))
    }

    fn distance(&self, purpose: Purpose, url: &Url) -> Distance {
        if self.pace.is_own(url) {
            return Distance::NotNeeded;
        }
        self.doors.of(purpose).distance(url)
    }

    /// The door for the next hop. Who comes from a public address gets to no other, but to the feed's own: the operator
    /// has allowed what the feed is at, and not what strangers send us to.
    fn door(&self, request: &Get<'_>, way: &Way) -> &Door {
        let is_own = request
            .access
            .is_some_and(|access| access.is_own_host(way.trail.current()));
        if way.from_public && !is_own {
            self.doors.public()
        } else {
            self.doors.of(request.purpose)
        }
    }

    /// Requests a document, hop by hop, until an answer is not a redirect.
    async fn follow(
        &self,
        request: &Get<'_>,
        way: &mut Way,
        slot: Slot,
    ) -> Result<Fetched, FetchError> {
        let mut slot = Some(slot);
        loop {
            let door = self.door(request, way);
            let checked = door.guard.check_url(way.trail.current());
            checked.map_err(|error| inside(error, way.from_public))?;
            let here = match slot.take() {
                Some(slot) => slot,
                None => self.next_slot(request, way).await?,
            };
            let outcome = self
                .send(self.parts_of(request, way, door), self.limits.first_byte)
                .await;
            let response = outcome.map_err(|error| inside(error, way.from_public))?;
            let peer = response.remote_addr();
            // Who is behind a proxy is not known.
            let is_behind_proxy = request
                .access
                .is_some_and(|access| access.proxy().is_some());
            way.from_public |= is_behind_proxy || peer.is_none_or(|peer| is_public(peer.ip()));
            let status = response.status().as_u16();
            if !is_redirect(status) {
                let fetched = self.document(request, &way.trail, response).await;
                drop(here);
                return fetched;
            }
            let changed = way.cookies.take(way.trail.current(), response.headers());
            let location = response.headers().get(LOCATION).map(HeaderValue::as_bytes);
            way.trail.follow(status, location, changed)?;
        }
    }

    async fn next_slot(&self, request: &Get<'_>, way: &Way) -> Result<Slot, FetchError> {
        let url = way.trail.current();
        self.check_rest(request.purpose, url)?;
        let distance = self.distance(request.purpose, url);
        Ok(self.pace.enter(url, distance).await)
    }

    fn parts_of<'a>(&'a self, request: &Get<'_>, way: &'a Way, door: &'a Door) -> Parts<'a> {
        let url = way.trail.current();
        let mut fields = get_fields(request);
        if let Some(cookies) = way.cookies.field(url) {
            fields.insert(COOKIE, cookies);
        }
        let mut proxy = None;
        if let Some(access) = request.access {
            fields.extend(access.fields(url, way.trail.has_stayed_at(access.own())));
            proxy = access.proxy().and_then(|proxy| self.doors.through(proxy));
        }
        Parts {
            method: Method::GET,
            url,
            fields,
            body: String::new(),
            client: proxy.unwrap_or_else(|| door.client_for(url)),
            guard: proxy.is_none().then_some(&door.guard),
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
        if let Some(service) = walls::by_fields(status, &fields) {
            return Err(FetchError::BotWall {
                status,
                service,
                retry_after: headers::retry_after(&fields, now),
            });
        }
        let conditional = *request.validators != Validators::default();
        let (validators, body) = match status {
            // Whoever has read a feed knows what is meant even where the request named no copy.
            304 if conditional || request.purpose == Purpose::Feed => (
                headers::refreshed_validators(&fields, request.validators),
                None,
            ),
            // A part (206) was not asked for, and would pass for the whole.
            200..=205 | 207..=299 => {
                let (bytes, share) = self.body(response, request).await?;
                let body = Body {
                    content_type: headers::content_type(&fields),
                    bytes,
                    share,
                };
                (headers::validators(&fields), Some(body))
            }
            _ => {
                return Err(self
                    .refusal(response, headers::retry_after(&fields, now))
                    .await);
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

    /// Says what a refusal means, by its page where that may be a wall's.
    async fn refusal(&self, response: Response, retry_after: Option<Duration>) -> FetchError {
        let status = response.status().as_u16();
        let refused = FetchError::Status {
            status,
            retry_after,
        };
        if !walls::may_be_one(status) {
            return refused;
        }
        let reading = body::read(response, MAX_REFUSAL_BYTES, self.memory_for(Purpose::Page));
        let Ok(Ok((page, _))) = timeout(REFUSAL_TIMEOUT, reading).await else {
            return refused;
        };
        match walls::by_words(&page) {
            Some(service) => FetchError::BotWall {
                status,
                service,
                retry_after,
            },
            None => refused,
        }
    }

    async fn body(
        &self,
        response: Response,
        request: &Get<'_>,
    ) -> Result<(Vec<u8>, Share), FetchError> {
        let host = host_of(response.url());
        let broken = |reason: &str| FetchError::Broken {
            reason: reason.to_owned(),
        };
        let memory = self.memory_for(request.purpose);
        body::read(response, request.max_body_bytes, memory)
            .await
            .map_err(|failure| match failure {
                BodyFailure::Client(error) => self.failure(&error, &host),
                BodyFailure::TooLarge { limit_bytes } => FetchError::TooLarge { limit_bytes },
                BodyFailure::Stalled => FetchError::Timeout {
                    limit: body::MAX_PIECE_TIME,
                },
                BodyFailure::Damaged => broken("what was compressed cannot be unpacked"),
                BodyFailure::UnknownCoding => {
                    broken("it is compressed in a way that was not offered")
                }
            })
    }

    fn memory_for(&self, purpose: Purpose) -> &Memory {
        let [feeds, pages] = &self.memory;
        match purpose {
            Purpose::Feed => feeds,
            Purpose::Page | Purpose::Webhook => pages,
        }
    }

    /// Posts JSON, and reads what it is answered.
    async fn exchange(&self, request: &Post<'_>) -> Result<Answer, FetchError> {
        let door = self.doors.of(Purpose::Webhook);
        door.guard.check_url(request.url)?;
        let response = self
            .send(post_parts(request, door)?, request.timeout)
            .await?;
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
        // The builder makes the Authorization field of the user and password in the URL; one that is set replaces it.
        let sending = parts
            .client
            .request(parts.method, parts.url.clone())
            .headers(parts.fields)
            .body(parts.body)
            .send();
        let response = timeout(limit, sending)
            .await
            .map_err(|_| FetchError::NoAnswer { limit })?
            .map_err(|error| self.failure(&error, &host))?;
        if let Some(guard) = parts.guard {
            self.check_peer(guard, parts.url, &response)?;
        }
        if headers::size_bytes(response.headers()) > MAX_HEADER_BYTES {
            return Err(FetchError::HeaderTooLarge {
                limit_bytes: MAX_HEADER_BYTES,
            });
        }
        Ok(response)
    }

    /// Checks once more whom we are talking to: the second line, should the first ever be passed.
    fn check_peer(&self, guard: &Guard, url: &Url, response: &Response) -> Result<(), FetchError> {
        match response.remote_addr() {
            Some(peer) if !guard.permits(peer) => Err(FetchError::PrivateAddress {
                host: host_of(url),
                address: peer.ip(),
            }),
            Some(peer) if !is_public(peer.ip()) => {
                self.pace.mark_own(url);
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn failure(&self, error: &reqwest::Error, host: &str) -> FetchError {
        FetchError::from_client(error, host, self.limits.connect)
    }
}

/// Notes whether the server of a URL hangs.
fn note(turns: &Turns, url: &Url, fetched: &Result<Fetched, FetchError>) {
    match fetched {
        Err(
            FetchError::HostResting { .. }
            | FetchError::HostLimited { .. }
            | FetchError::HostBusy { .. },
        ) => {}
        Err(error) if error.is_a_hang() => turns.hung(url),
        Ok(_) | Err(_) => turns.answered(url),
    }
}

/// Says of an address that is refused to whoever was sent there from a public one why it is.
fn inside(error: FetchError, from_public: bool) -> FetchError {
    match error {
        FetchError::PrivateAddress { host, address } if from_public => {
            FetchError::RedirectInside { host, address }
        }
        other => other,
    }
}

/// A request, before the client that sends it is chosen.
struct Parts<'a> {
    method: Method,
    url: &'a Url,
    fields: HeaderMap,
    body: String,
    client: &'a Client,
    /// Who may be at the other end; absent where that is a proxy.
    guard: Option<&'a Guard>,
}

fn get_fields(request: &Get<'_>) -> HeaderMap {
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
    fields
}

fn post_parts<'a>(request: &'a Post<'_>, door: &'a Door) -> Result<Parts<'a>, FetchError> {
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
        method: match request.method {
            PostMethod::Post => Method::POST,
            PostMethod::Put => Method::PUT,
            PostMethod::Patch => Method::PATCH,
        },
        url: request.url,
        fields,
        body: request.body.clone(),
        client: door.client_for(request.url),
        guard: Some(&door.guard),
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
