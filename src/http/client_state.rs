//! What a client stands on, and what it knows of servers: which hang, which are to be left alone, which are our own.

use std::time::Duration;

use url::Url;

use crate::clock::Clock;
use crate::domain::HostRest;

use super::doors::Doors;
use super::memory::Memory;
use super::pace::{Distance, Pace, server_of};
use super::resolver::Names;
use super::rests::Rests;
use super::turns::{self, Turns};
use super::{FetchError, Fetched, Get, HttpLimits, HttpSettings, Purpose};

/// What a client stands on: its ways out, and what it knows of the servers it has asked.
#[derive(Debug)]
pub(super) struct ClientState {
    pub(super) doors: Doors,
    pub(super) pace: Pace,
    pub(super) turns: Turns,
    /// The servers whose feeds hang.
    pub(super) hangs: Turns,
    /// The servers that say of their feeds that they are asked for too often.
    pub(super) limited: Turns,
    /// What of it, and of pages, nobody has stored yet.
    pub(super) rests: Rests,
    /// For feeds, and for pages.
    pub(super) memory: [Memory; 2],
    pub(super) limits: HttpLimits,
    pub(super) names: Names,
    pub(super) clock: Clock,
}

impl ClientState {
    pub(super) fn new(
        settings: &HttpSettings,
        limits: HttpLimits,
        names: &Names,
        clock: Clock,
    ) -> Result<Self, reqwest::Error> {
        Ok(Self {
            doors: Doors::make(settings, &limits, names)?,
            pace: Pace::new(settings.per_host, limits.total, clock.clone()),
            turns: Turns::new(clock.clone()),
            hangs: Turns::new(clock.clone()),
            limited: Turns::new(clock.clone()),
            rests: Rests::default(),
            memory: [Memory::new(), Memory::new()],
            limits,
            names: names.clone(),
            clock,
        })
    }

    /// The same servers under other settings.
    pub(super) fn with_settings(&self, settings: &HttpSettings) -> Result<Self, reqwest::Error> {
        Ok(Self {
            doors: Doors::make(settings, &self.limits, &self.names)?,
            pace: self.pace.with_rules(settings.per_host),
            turns: self.turns.clone(),
            hangs: self.hangs.clone(),
            limited: self.limited.clone(),
            rests: self.rests.clone(),
            memory: self.memory.clone(),
            limits: self.limits.clone(),
            names: self.names.clone(),
            clock: self.clock.clone(),
        })
    }

    /// Leaves the server of a URL alone that has asked for it.
    pub(super) fn rest(&self, url: &Url, is_of_pages: bool, wait: Duration) {
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
    pub(super) fn turns_of(&self, is_of_pages: bool) -> &Turns {
        if is_of_pages {
            &self.turns
        } else {
            &self.limited
        }
    }

    /// Whether a feed's server hangs while several of its feeds are due: they would wait for one another, each in a place
    /// that a feed of another server needs. One that is alone is asked as its own schedule says.
    pub(super) fn is_hanging_crowd(&self, request: &Get<'_>) -> bool {
        request.purpose == Purpose::Feed
            && self.hangs.rest(request.url).is_some()
            && self.pace.is_crowded(request.url)
    }

    /// Refuses pages and feeds of a host that is left alone.
    pub(super) fn check_rest(&self, purpose: Purpose, url: &Url) -> Result<(), FetchError> {
        let (rest, refusal): (_, fn(&Url, Duration) -> FetchError) = match purpose {
            Purpose::Page => (self.turns.rest(url), turns::resting),
            Purpose::Feed => (self.limited.rest(url), turns::limited),
            Purpose::Webhook => return Ok(()),
        };
        rest.map_or(Ok(()), |left| Err(refusal(url, left)))
    }

    pub(super) fn distance(&self, purpose: Purpose, url: &Url) -> Distance {
        if self.pace.is_own(url) {
            return Distance::NotNeeded;
        }
        self.doors.of(purpose).distance(url)
    }

    pub(super) fn memory_for(&self, purpose: Purpose) -> &Memory {
        let [feeds, pages] = &self.memory;
        match purpose {
            Purpose::Feed => feeds,
            Purpose::Page | Purpose::Webhook => pages,
        }
    }

    pub(super) fn failure(&self, error: &reqwest::Error, host: &str) -> FetchError {
        FetchError::from_client(error, host, self.limits.connect)
    }
}

/// Notes whether the server of a URL hangs.
pub(super) fn note(turns: &Turns, url: &Url, fetched: &Result<Fetched, FetchError>) {
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
