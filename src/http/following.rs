//! The way of a GET: from hop to hop, each through its own door, until an answer is not a redirect.

use std::time::Duration;

use reqwest::header::{COOKIE, HeaderValue, LOCATION};
use reqwest::{Client, Method};
use tokio::time::timeout;

use super::client_state::{ClientState, note};
use super::cookies::Cookies;
use super::doors::Door;
use super::guard::is_public;
use super::pace::Slot;
use super::redirect::{Trail, is_redirect};
use super::request_parts::{RequestParts, get_fields};
use super::{FetchError, Fetched, Get, Purpose, turns};

/// How long a host is left alone that says that it is asked too often, and not for how long.
const UNNAMED_REST: Duration = Duration::from_mins(5);

/// How a request has gone so far.
struct Way {
    trail: Trail,
    cookies: Cookies,
    /// Whether a server at a public address has sent it on.
    from_public: bool,
}

impl ClientState {
    /// Fetches a document within its time, and notes whether the pages of a host hang.
    pub(super) async fn fetch(&self, request: &Get<'_>, slot: Slot) -> Result<Fetched, FetchError> {
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

    fn parts_of<'a>(&'a self, request: &Get<'_>, way: &'a Way, door: &'a Door) -> RequestParts<'a> {
        let url = way.trail.current();
        let mut fields = get_fields(request);
        if let Some(cookies) = way.cookies.field(url) {
            fields.insert(COOKIE, cookies);
        }
        let mut proxy = None;
        if let Some(access) = request.access {
            let has_stayed = || way.trail.has_stayed_at(access.own());
            fields.extend(access.fields(url, has_stayed));
            proxy = access.proxy().and_then(|proxy| self.doors.through(proxy));
        }
        RequestParts {
            method: Method::GET,
            url,
            fields,
            body: String::new(),
            client: proxy.map_or_else(|| door.client_for(url), Client::clone),
            guard: proxy.is_none().then_some(&door.guard),
        }
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
