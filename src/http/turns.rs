//! Turns: whose pages may be fetched now, and which hosts are left alone because their pages hang.
//!
//! An entry is claimed only when its host has a turn for it, so that whoever waits for a host holds no place that
//! others need. A host has no more pages under way than requests at a time, wherever its pages lead. Where several
//! pages in a row did not come in time the host is left alone, for a minute at first and longer each time, and is then
//! tried with one page; a feed of the same host is polled all the same.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use url::Url;

use crate::clock::Clock;

use super::error::in_words;
use super::pace::{Slot, server_of};
use super::{FetchError, host_of};

/// Pages in a row that must hang before their host is left alone: as many as are under way at a time by default.
const HANGS: u32 = 2;

/// How long a host is left alone at first; each further time twice as long.
const FIRST_REST: Duration = Duration::from_mins(1);

/// The longest time for which a host is left alone before it is tried again.
pub(super) const LONGEST_REST: Duration = Duration::from_mins(30);

/// Hosts that are remembered as hanging, at most: beyond it, the one whose rest ends first is forgotten.
const MAX_HOSTS: usize = 10_000;

/// The right to fetch the pages of one entry, its next pages and its redirects included.
#[derive(Debug)]
pub struct Turn {
    /// For the first request.
    pub(super) slot: Option<Slot>,
    _seat: Seat,
}

/// What a host answers that is asked for a turn.
#[derive(Debug)]
pub enum Asked {
    /// It is this entry's turn.
    Now(Box<Turn>),
    /// Others are under way; where a gap has to pass, it is known how long that takes.
    Later(Option<Duration>),
    /// The pages of the host hang: it is left alone, and this is why no page comes.
    Resting(FetchError),
}

/// The hosts whose pages are under way, or hang; cheap to clone.
#[derive(Debug, Clone)]
pub(super) struct Turns {
    hosts: Arc<Mutex<HashMap<String, Host>>>,
    clock: Clock,
}

#[derive(Debug, Default)]
struct Host {
    under_way: usize,
    /// Pages that hung, one after the other.
    hangs: u32,
    rests_until: Option<Instant>,
}

/// What is left to a host.
pub(super) enum Seats {
    Free(Seat),
    Taken,
    Resting(Duration),
}

/// One of the pages that a host may have under way; given back when it is dropped.
#[derive(Debug)]
pub(super) struct Seat {
    turns: Turns,
    server: String,
}

impl Turn {
    pub(super) fn new(slot: Slot, seat: Seat) -> Self {
        Self {
            slot: Some(slot),
            _seat: seat,
        }
    }
}

impl Turns {
    pub(super) fn new(clock: Clock) -> Self {
        Self {
            hosts: Arc::default(),
            clock,
        }
    }

    /// Takes a seat of the server of a URL, of which there are so many.
    pub(super) fn take(&self, url: &Url, seats: usize) -> Seats {
        let server = server_of(url);
        if let Some(left) = self.rest_of(&server) {
            return Seats::Resting(left);
        }
        let mut hosts = self.locked();
        let host = hosts.entry(server.clone()).or_default();
        // A host that hung is tried with one page.
        let seats = if host.hangs >= HANGS { 1 } else { seats };
        if host.under_way >= seats {
            return Seats::Taken;
        }
        host.under_way += 1;
        drop(hosts);
        Seats::Free(Seat {
            turns: self.clone(),
            server,
        })
    }

    /// How long the server of a URL is still left alone.
    pub(super) fn rest(&self, url: &Url) -> Option<Duration> {
        if self.locked().is_empty() {
            return None;
        }
        self.rest_of(&server_of(url))
    }

    fn rest_of(&self, server: &str) -> Option<Duration> {
        let now = self.clock.monotonic();
        let until = self.locked().get(server)?.rests_until?;
        let left = until.saturating_duration_since(now);
        (!left.is_zero()).then_some(left)
    }

    /// Notes that a page of this URL's server came, or failed at once: it does not hang.
    pub(super) fn answered(&self, url: &Url) {
        let mut hosts = self.locked();
        if hosts.is_empty() {
            return;
        }
        let server = server_of(url);
        if let Some(host) = hosts.get_mut(&server) {
            host.hangs = 0;
            host.rests_until = None;
            if host.under_way == 0 {
                hosts.remove(&server);
            }
        }
    }

    /// Notes that a page of this URL's server did not come in time.
    pub(super) fn hung(&self, url: &Url) {
        let now = self.clock.monotonic();
        let mut hosts = self.locked();
        make_room(&mut hosts);
        let host = hosts.entry(server_of(url)).or_default();
        host.hangs = host.hangs.saturating_add(1);
        if host.hangs >= HANGS {
            let times = (host.hangs - HANGS).min(16);
            let rest = FIRST_REST.saturating_mul(1 << times).min(LONGEST_REST);
            host.rests_until = Some(now + rest);
        }
    }

    /// Leaves a server alone for this long.
    pub(super) fn leave_alone(&self, server: String, wait: Duration) {
        let now = self.clock.monotonic();
        let mut hosts = self.locked();
        make_room(&mut hosts);
        let host = hosts.entry(server).or_default();
        host.rests_until = host.rests_until.max(now.checked_add(wait));
    }

    fn locked(&self) -> MutexGuard<'_, HashMap<String, Host>> {
        self.hosts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Says why no page is asked for.
pub(super) fn resting(url: &Url, left: Duration) -> FetchError {
    FetchError::HostResting {
        host: host_of(url),
        left: in_words(Duration::from_secs(left.as_secs().max(1))),
    }
}

/// Forgets hosts that are at rest, those that may be tried first, where there are too many.
fn make_room(hosts: &mut HashMap<String, Host>) {
    if hosts.len() < MAX_HOSTS {
        return;
    }
    let mut ends: Vec<Instant> = hosts.values().filter_map(|host| host.rests_until).collect();
    ends.sort_unstable();
    let middle = ends.get(ends.len() / 2).copied();
    hosts.retain(|_, host| host.under_way > 0 || host.rests_until > middle);
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut hosts = self.turns.locked();
        if let Some(host) = hosts.get_mut(&self.server) {
            host.under_way = host.under_way.saturating_sub(1);
            if host.under_way == 0 && host.hangs == 0 && host.rests_until.is_none() {
                hosts.remove(&self.server);
            }
        }
    }
}

/// Says why no feed is asked for.
pub(super) fn limited(url: &Url, left: Duration) -> FetchError {
    FetchError::HostLimited {
        host: host_of(url),
        left,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    #[test]
    fn a_host_has_no_more_pages_under_way_than_seats_and_is_forgotten_after_the_last() {
        let turns = Turns::new(Clock::system());
        let page = url("http://a.example/1");
        let first = turns.take(&page, 2);
        let second = turns.take(&page, 2);
        assert!(matches!(turns.take(&page, 2), Seats::Taken));
        assert!(matches!(
            turns.take(&url("http://b.example/"), 2),
            Seats::Free(_)
        ));
        drop(first);
        assert!(matches!(turns.take(&page, 2), Seats::Free(_)));
        drop(second);
        assert_eq!(turns.locked().len(), 0);
    }

    #[test]
    fn a_host_whose_pages_hang_is_left_alone_longer_each_time_until_one_comes() {
        let turns = Turns::new(Clock::system());
        let page = url("http://a.example/1");
        turns.hung(&page);
        assert_eq!(turns.rest(&page), None);
        turns.hung(&page);
        let first = turns.rest(&page).unwrap();
        assert!(first <= FIRST_REST);
        assert!(matches!(turns.take(&page, 2), Seats::Resting(_)));
        turns.hung(&page);
        assert!(turns.rest(&page).unwrap() > FIRST_REST);
        for _ in 0..100 {
            turns.hung(&page);
        }
        assert!(turns.rest(&page).unwrap() <= LONGEST_REST);
        turns.answered(&page);
        assert_eq!(turns.rest(&page), None);
        assert_eq!(turns.locked().len(), 0);
    }

    #[test]
    fn the_hosts_that_hang_are_remembered_up_to_a_number() {
        let turns = Turns::new(Clock::system());
        for number in 0..MAX_HOSTS + 10 {
            let page = url(&format!("http://h{number}.example/"));
            turns.hung(&page);
            turns.hung(&page);
        }
        assert!(turns.locked().len() <= MAX_HOSTS);
    }
}
