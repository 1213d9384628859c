//! Pace: how many requests one server gets at a time, and how many there are in all.
//!
//! Whoever waits for a busy server holds nothing that others need: a hundred feeds of a server that does not answer
//! take its two slots, and no more. Owns a slot count for each server that is being talked to at this moment, and forgets it afterwards, so that
//! its size is bounded by the number of requests under way.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use url::Url;

/// Hands out slots; cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Pace {
    per_host: usize,
    total: Arc<Semaphore>,
    hosts: Arc<Mutex<HashMap<String, Arc<Semaphore>>>>,
}

/// The right to one request to one server; given back when it is dropped.
#[derive(Debug)]
pub(crate) struct Slot {
    pace: Pace,
    host: String,
    /// The slot of the server, and the one of the whole.
    permits: Vec<OwnedSemaphorePermit>,
}

impl Pace {
    pub(crate) fn new(per_host: usize, total: usize) -> Self {
        Self {
            per_host: per_host.max(1),
            total: Arc::new(Semaphore::new(total.max(1))),
            hosts: Arc::default(),
        }
    }

    /// Waits until the server of this URL has a free slot, first come, first served.
    pub(crate) async fn enter(&self, url: &Url) -> Slot {
        let host = server_of(url);
        let slots = {
            let mut hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
            let slots = hosts
                .entry(host.clone())
                .or_insert_with(|| Arc::new(Semaphore::new(self.per_host)));
            Arc::clone(slots)
        };
        let mut slot = Slot {
            pace: self.clone(),
            host,
            permits: Vec::new(),
        };
        // The server's slot first: who waits for it must not hold one of the whole. The semaphores are never closed;
        // were they, no limit would be better than no news.
        slot.permits.extend(slots.acquire_owned().await);
        let total = Arc::clone(&self.total);
        slot.permits.extend(total.acquire_owned().await);
        slot
    }

    /// Drops the count of a server that nobody waits for any more.
    fn forget_if_idle(&self, host: &str) {
        let mut hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
        // Everyone who holds a slot or waits for one holds the Arc as well.
        if hosts
            .get(host)
            .is_some_and(|slots| Arc::strong_count(slots) == 1)
        {
            hosts.remove(host);
        }
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        self.permits.clear();
        self.pace.forget_if_idle(&self.host);
    }
}

/// What counts as one server: host and port, as two ports of one machine are two servers.
fn server_of(url: &Url) -> String {
    format!(
        "{}:{}",
        url.host_str().unwrap_or_default(),
        url.port_or_known_default().unwrap_or_default()
    )
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;
    use std::task::Poll;

    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    #[tokio::test]
    async fn the_third_request_to_a_server_waits_for_the_first_to_end() {
        let pace = Pace::new(2, 9);
        let first = pace.enter(&url("http://a.example/1")).await;
        let _second = pace.enter(&url("http://a.example/2")).await;
        let target = url("http://a.example/3");
        let mut third = Box::pin(pace.enter(&target));
        let waits = poll_fn(|cx| Poll::Ready(third.as_mut().poll(cx).is_pending())).await;
        assert!(waits);
        drop(first);
        third.await;
    }

    #[tokio::test]
    async fn a_busy_server_does_not_hold_up_another() {
        let pace = Pace::new(1, 9);
        let _busy = pace.enter(&url("http://a.example/")).await;
        let _other_port = pace.enter(&url("http://a.example:81/")).await;
        let _other_host = pace.enter(&url("http://b.example/")).await;
    }

    #[tokio::test]
    async fn there_is_a_limit_to_all_requests_and_who_waits_for_a_busy_server_takes_no_part_of_it()
    {
        let pace = Pace::new(1, 2);
        let busy = url("http://a.example/");
        let _first = pace.enter(&busy).await;
        let mut waiting = Box::pin(pace.enter(&busy));
        let waits = poll_fn(|cx| Poll::Ready(waiting.as_mut().poll(cx).is_pending())).await;
        assert!(waits);
        let _second = pace.enter(&url("http://b.example/")).await;
        let target = url("http://c.example/");
        let mut third = Box::pin(pace.enter(&target));
        let waits = poll_fn(|cx| Poll::Ready(third.as_mut().poll(cx).is_pending())).await;
        assert!(waits);
    }

    #[tokio::test]
    async fn servers_are_forgotten_when_the_last_request_ends_or_stops_waiting() {
        let pace = Pace::new(1, 9);
        let slot = pace.enter(&url("http://a.example/")).await;
        let target = url("http://a.example/");
        let mut waiting = Box::pin(pace.enter(&target));
        let waits = poll_fn(|cx| Poll::Ready(waiting.as_mut().poll(cx).is_pending())).await;
        assert!(waits);
        drop(slot);
        drop(waiting);
        assert_eq!(pace.hosts.lock().unwrap().len(), 0);
    }
}
