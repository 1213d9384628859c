//! The client: its ways in, and the wait for a turn at a host.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::timeout;
use url::Url;

use crate::clock::Clock;
use crate::domain::HostRest;

use super::client_state::ClientState;
use super::guard::host_of;
use super::pace::{Room, Slot};
use super::resolver::Names;
use super::turns::{self, Asked, Seats, Turn};
use super::{
    Answer, FetchError, Fetched, Get, HttpLimits, HttpSettings, Post, Purpose, install_tls_provider,
};

/// The longest rest that is believed of a process before this one: its clock may have been ahead.
const LONGEST_STORED_REST: Duration = Duration::from_hours(24);

/// The client could not be made.
#[derive(Debug, thiserror::Error)]
#[error("the HTTP client could not be made")]
pub struct HttpSetupError(#[source] reqwest::Error);

/// The client; cheap to clone.
#[derive(Debug, Clone)]
pub struct HttpClient {
    inner: Arc<ClientState>,
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
        let made = ClientState::new(settings, limits, names, clock);
        Ok(Self {
            inner: Arc::new(made.map_err(HttpSetupError)?),
        })
    }

    /// Makes a client with other settings that shares its slots, its turns and its memory with this one: what is under
    /// way by the one counts for the other.
    ///
    /// # Errors
    /// As [`HttpClient::new`].
    pub fn with_settings(&self, settings: &HttpSettings) -> Result<Self, HttpSetupError> {
        let made = self.inner.with_settings(settings);
        Ok(Self {
            inner: Arc::new(made.map_err(HttpSetupError)?),
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
