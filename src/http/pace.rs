//! Pace: how many requests one server gets at a time and in which distance, and how many there are in all.
//!
//! Whoever waits for a busy server holds nothing that others need: a hundred feeds of a server that does not answer
//! take its two slots, and no more. Owns the state of each server that is being talked to, and forgets it once nobody
//! talks to it and its gap has passed, so that its size is bounded by the requests of a moment.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;
use url::{Position, Url};

use crate::clock::Clock;

use super::PerHost;

/// Servers whose gap runs are looked through for those to forget once there are so many.
const SWEEP_AT: usize = 1_000;

/// How long a request to a server of our own waits for the one before it, whose connection it can use: servers on this
/// side of the wire answer in less, and each connection costs both sides more than the wait.
const PATIENCE: Duration = Duration::from_millis(50);

/// Hands out slots; cheap to clone. Clones and those made by [`Pace::with_rules`] share what is under way.
#[derive(Debug, Clone)]
pub(crate) struct Pace {
    rules: PerHost,
    total: Arc<Semaphore>,
    servers: Arc<Mutex<HashMap<String, Server>>>,
    /// Servers that turned out to be at an address that is allowed although it is not public.
    own: Arc<Mutex<HashSet<String>>>,
    clock: Clock,
}

/// What is known of a server that is, or was just, talked to.
#[derive(Debug)]
struct Server {
    slots: Arc<Semaphore>,
    /// When the next request may begin.
    next_at: Option<Instant>,
}

/// Whether requests to a server keep their distance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Distance {
    /// As configured.
    Kept,
    /// Not at all: the server is one of our own.
    NotNeeded,
}

/// The right to one request to one server; given back when it is dropped.
#[derive(Debug)]
pub(crate) struct Slot {
    pace: Pace,
    server: String,
    /// The slot of the server, and the one of the whole.
    permits: Vec<OwnedSemaphorePermit>,
}

/// What a server says that is asked for a slot without waiting.
#[derive(Debug)]
pub(crate) enum Room {
    /// There is one.
    Now(Slot),
    /// Its gap has not passed.
    After(Duration),
    /// Others are under way.
    Busy,
}

impl Pace {
    pub(crate) fn new(rules: PerHost, total: usize, clock: Clock) -> Self {
        Self {
            rules,
            total: Arc::new(Semaphore::new(total.max(1))),
            servers: Arc::default(),
            own: Arc::default(),
            clock,
        }
    }

    /// The same with other rules: they hold for a server from when nobody talks to it.
    pub(crate) fn with_rules(&self, rules: PerHost) -> Self {
        Self {
            rules,
            ..self.clone()
        }
    }

    /// Requests that one server gets at a time.
    pub(crate) fn at_once(&self) -> usize {
        self.rules.at_once.max(1)
    }

    /// Waits until the server of this URL has a free slot, first come, first served, and its gap has passed.
    pub(crate) async fn enter(&self, url: &Url, distance: Distance) -> Slot {
        let mut slot = Slot {
            pace: self.clone(),
            server: server_of(url),
            permits: Vec::new(),
        };
        // The server's slot first: who waits for it must not hold one of the whole. The semaphores are never closed;
        // were they, no limit would be better than no news.
        let permit = match distance {
            Distance::Kept => self.slots_of(&slot.server).acquire_owned().await.ok(),
            Distance::NotNeeded => self.after_the_one_before(&slot.server).await,
        };
        slot.permits.extend(permit);
        let wait = self.begin(&slot.server, distance);
        if !wait.is_zero() {
            self.clock.sleep(wait).await;
        }
        let total = Arc::clone(&self.total);
        slot.permits.extend(total.acquire_owned().await);
        slot
    }

    /// Waits a little until nobody talks to a server, and then until it has a free slot.
    async fn after_the_one_before(&self, server: &str) -> Option<OwnedSemaphorePermit> {
        let all = u32::try_from(self.at_once()).unwrap_or(u32::MAX);
        let alone = self.slots_of(server).acquire_many_owned(all);
        match timeout(PATIENCE, alone).await {
            Ok(alone) => alone.ok()?.split(1),
            Err(_) => self.slots_of(server).acquire_owned().await.ok(),
        }
    }

    /// Takes a slot where there is one now.
    pub(crate) fn try_enter(&self, url: &Url, distance: Distance) -> Room {
        let mut slot = Slot {
            pace: self.clone(),
            server: server_of(url),
            permits: Vec::new(),
        };
        let left = self.gap_left(&slot.server, distance);
        if !left.is_zero() {
            return Room::After(left);
        }
        let Ok(of_server) = self.slots_of(&slot.server).try_acquire_owned() else {
            return Room::Busy;
        };
        slot.permits.push(of_server);
        let Ok(of_whole) = Arc::clone(&self.total).try_acquire_owned() else {
            return Room::Busy;
        };
        slot.permits.push(of_whole);
        self.begin(&slot.server, distance);
        Room::Now(slot)
    }

    /// Whether more requests to the server of a URL are under way or wait than it may have at a time.
    pub(crate) fn is_crowded(&self, url: &Url) -> bool {
        let servers = self.locked();
        let known = servers.get(&server_of(url));
        // One of them is the table's own.
        known.is_some_and(|known| Arc::strong_count(&known.slots) > self.at_once() + 1)
    }

    /// Remembers that the server of a URL is one of our own: requests to it keep no distance.
    pub(crate) fn mark_own(&self, url: &Url) {
        let mut own = self.own.lock().unwrap_or_else(PoisonError::into_inner);
        if own.len() < SWEEP_AT {
            own.insert(server_of(url));
        }
    }

    /// Whether the server of a URL is remembered as one of our own.
    pub(crate) fn is_own(&self, url: &Url) -> bool {
        let own = self.own.lock().unwrap_or_else(PoisonError::into_inner);
        own.contains(&server_of(url))
    }

    fn slots_of(&self, server: &str) -> Arc<Semaphore> {
        let mut servers = self.locked();
        if servers.len() >= SWEEP_AT {
            let now = self.clock.monotonic();
            servers.retain(|_, known| !known.is_idle(now));
        }
        let known = servers.entry(server.to_owned()).or_insert_with(|| Server {
            slots: Arc::new(Semaphore::new(self.at_once())),
            next_at: None,
        });
        Arc::clone(&known.slots)
    }

    /// Notes that a request begins as soon as the gap has passed; says how long that is.
    fn begin(&self, server: &str, distance: Distance) -> Duration {
        if distance == Distance::NotNeeded || self.rules.gap.is_zero() {
            return Duration::ZERO;
        }
        let now = self.clock.monotonic();
        let mut servers = self.locked();
        let Some(known) = servers.get_mut(server) else {
            return Duration::ZERO;
        };
        let at = known.next_at.map_or(now, |next| next.max(now));
        known.next_at = Some(at + self.rules.gap);
        at.duration_since(now)
    }

    fn gap_left(&self, server: &str, distance: Distance) -> Duration {
        if distance == Distance::NotNeeded {
            return Duration::ZERO;
        }
        let now = self.clock.monotonic();
        let next_at = self.locked().get(server).and_then(|known| known.next_at);
        next_at.map_or(Duration::ZERO, |next| next.saturating_duration_since(now))
    }

    /// Forgets a server that nobody talks to or waits for any more, once its gap has passed.
    fn forget_if_idle(&self, server: &str) {
        let now = self.clock.monotonic();
        let mut servers = self.locked();
        if servers.get(server).is_some_and(|known| known.is_idle(now)) {
            servers.remove(server);
        }
    }

    fn locked(&self) -> MutexGuard<'_, HashMap<String, Server>> {
        self.servers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Server {
    fn is_idle(&self, now: Instant) -> bool {
        // Everyone who holds a slot or waits for one holds the Arc as well.
        Arc::strong_count(&self.slots) == 1 && self.next_at.is_none_or(|next| next <= now)
    }
}

impl Slot {
    /// Whether it is one of the server of this URL.
    pub(crate) fn is_for(&self, url: &Url) -> bool {
        self.server == server_of(url)
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        self.permits.clear();
        self.pace.forget_if_idle(&self.server);
    }
}

/// What counts as one server: host and port, as two ports of one machine are two servers.
pub(crate) fn server_of(url: &Url) -> String {
    let named = &url[Position::BeforeHost..Position::AfterPort];
    match (url.port(), url.port_or_known_default()) {
        // A port that is written stands behind its host already.
        (Some(_), _) => named.to_owned(),
        (None, Some(80)) => [named, ":80"].concat(),
        (None, Some(443)) => [named, ":443"].concat(),
        (None, port) => format!("{named}:{}", port.unwrap_or_default()),
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;
    use std::task::Poll;

    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    fn pace(at_once: usize, total: usize) -> Pace {
        let gap = Duration::ZERO;
        Pace::new(PerHost { at_once, gap }, total, Clock::system())
    }

    async fn waits(entering: std::pin::Pin<&mut impl Future<Output = Slot>>) -> bool {
        let mut entering = entering;
        poll_fn(|cx| Poll::Ready(entering.as_mut().poll(cx).is_pending())).await
    }

    #[test]
    fn a_server_is_a_host_and_a_port() {
        for (address, server) in [
            ("http://a.example/x?y:8", "a.example:80"),
            ("https://u:p@a.example/", "a.example:443"),
            ("https://a.example:443/", "a.example:443"),
            ("http://a.example:443/", "a.example:443"),
            ("http://[::1]:8080/:9", "[::1]:8080"),
            ("http://127.0.0.1/", "127.0.0.1:80"),
            ("ftp://a.example/", "a.example:21"),
            ("about:blank", ":0"),
        ] {
            assert_eq!(server_of(&url(address)), server, "{address}");
        }
    }

    #[tokio::test]
    async fn the_third_request_to_a_server_waits_for_the_first_to_end() {
        let pace = pace(2, 9);
        let first = pace.enter(&url("http://a.example/1"), Distance::Kept).await;
        let _second = pace.enter(&url("http://a.example/2"), Distance::Kept).await;
        let target = url("http://a.example/3");
        let mut third = Box::pin(pace.enter(&target, Distance::Kept));
        assert!(waits(third.as_mut()).await);
        assert!(matches!(
            pace.try_enter(&target, Distance::Kept),
            Room::Busy
        ));
        assert!(pace.is_crowded(&target));
        drop(first);
        third.await;
    }

    #[tokio::test]
    async fn a_request_to_a_server_of_our_own_waits_a_little_for_the_one_before_it_and_not_for_ever()
     {
        let pace = pace(2, 9);
        let target = url("http://a.example/");
        let first = pace.enter(&target, Distance::NotNeeded).await;
        let mut second = Box::pin(pace.enter(&target, Distance::NotNeeded));
        assert!(waits(second.as_mut()).await);
        drop(first);
        let slow = second.await;
        // It gets the second slot though the one before it has not ended.
        let third = pace.enter(&target, Distance::NotNeeded).await;
        let mut fourth = Box::pin(pace.enter(&target, Distance::NotNeeded));
        assert!(waits(fourth.as_mut()).await);
        drop((slow, third));
        fourth.await;
    }

    #[tokio::test]
    async fn a_busy_server_does_not_hold_up_another() {
        let pace = pace(1, 9);
        let _busy = pace.enter(&url("http://a.example/"), Distance::Kept).await;
        let _other_port = pace
            .enter(&url("http://a.example:81/"), Distance::Kept)
            .await;
        let _other_host = pace.enter(&url("http://b.example/"), Distance::Kept).await;
    }

    #[tokio::test]
    async fn there_is_a_limit_to_all_requests_and_who_waits_for_a_busy_server_takes_no_part_of_it()
    {
        let pace = pace(1, 2);
        let busy = url("http://a.example/");
        let _first = pace.enter(&busy, Distance::Kept).await;
        let mut waiting = Box::pin(pace.enter(&busy, Distance::Kept));
        assert!(waits(waiting.as_mut()).await);
        let _second = pace.enter(&url("http://b.example/"), Distance::Kept).await;
        let target = url("http://c.example/");
        let mut third = Box::pin(pace.enter(&target, Distance::Kept));
        assert!(waits(third.as_mut()).await);
    }

    #[tokio::test]
    async fn servers_are_forgotten_when_the_last_request_ends_or_stops_waiting() {
        let pace = pace(1, 9);
        let target = url("http://a.example/");
        let slot = pace.enter(&target, Distance::Kept).await;
        let mut waiting = Box::pin(pace.enter(&target, Distance::Kept));
        assert!(waits(waiting.as_mut()).await);
        drop(slot);
        drop(waiting);
        assert_eq!(pace.servers.lock().unwrap().len(), 0);
    }

    #[tokio::test]
    async fn requests_to_a_server_keep_their_distance_and_those_to_our_own_do_not() {
        let gap = Duration::from_hours(1);
        let pace = Pace::new(PerHost { at_once: 2, gap }, 9, Clock::system());
        let target = url("http://a.example/");
        drop(pace.enter(&target, Distance::Kept).await);
        let Room::After(left) = pace.try_enter(&target, Distance::Kept) else {
            panic!("the gap is kept");
        };
        assert!(left > gap / 2 && left <= gap, "{left:?}");
        let mut second = Box::pin(pace.enter(&target, Distance::Kept));
        assert!(waits(second.as_mut()).await);
        assert!(matches!(
            pace.try_enter(&target, Distance::NotNeeded),
            Room::Now(_)
        ));
        assert!(matches!(
            pace.try_enter(&url("http://b.example/"), Distance::Kept),
            Room::Now(_)
        ));
    }
}
