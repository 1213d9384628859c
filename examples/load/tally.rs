//! What the client was seen to do, and what of it was in vain.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

/// An alert: the watch and the address of the article.
type Told = (String, String);

/// What the world knows of the program that reads it.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    counts: Counts,
    /// The version of each feed that the client has and was given something to ask with for.
    has: HashMap<usize, u64>,
    pages: HashSet<String>,
    moved: HashSet<usize>,
    robots: HashSet<String>,
    expected: BTreeMap<Told, Instant>,
    /// The delivery ids under which each alert came, and when the first did.
    arrived: BTreeMap<Told, (BTreeSet<String>, Instant)>,
    repeated: usize,
}

/// What was asked and answered.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Counts {
    pub(crate) connections: usize,
    pub(crate) requests: usize,
    pub(crate) feeds: usize,
    pub(crate) unchanged: usize,
    pub(crate) pages: usize,
    pub(crate) redirects: usize,
    pub(crate) body_bytes: usize,
    pub(crate) wasted: Wasted,
}

/// Requests that a client with a memory does not make.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Wasted {
    /// A feed that the client had, with something to ask with, was sent again unchanged.
    pub(crate) unconditional: usize,
    /// The page of an article was sent again.
    pub(crate) page_again: usize,
    /// A feed was asked for where it has said before that it moved for good.
    pub(crate) forgotten_redirect: usize,
    /// The client did not say that it understands gzip.
    pub(crate) uncompressed: usize,
    /// The robots.txt of an address was asked for again.
    pub(crate) robots_again: usize,
    /// Something was asked for that is named nowhere.
    pub(crate) stray: usize,
}

/// The alerts against those that had to come.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Alerts {
    pub(crate) expected: usize,
    pub(crate) arrived: usize,
    pub(crate) missing: Vec<String>,
    pub(crate) unfounded: Vec<String>,
    /// Told under two ids: the receiver cannot know that it is the same.
    pub(crate) doubled: Vec<String>,
    /// Told again under the same id, which a receiver leaves out.
    pub(crate) repeated: usize,
    /// From publication to the alert.
    pub(crate) median_ms: u64,
    pub(crate) slowest_ms: u64,
}

/// All of it.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Report {
    pub(crate) counts: Counts,
    pub(crate) alerts: Alerts,
}

impl Tally {
    /// Begins anew; what the client has is forgotten only where another client comes.
    pub(crate) fn begin(&mut self, is_new_client: bool) {
        if is_new_client {
            *self = Self::default();
        }
        self.counts = Counts::default();
        self.expected.clear();
        self.arrived.clear();
        self.repeated = 0;
    }

    pub(crate) fn expect(&mut self, watch: String, url: String, now: Instant) {
        self.expected.insert((watch, url), now);
    }

    pub(crate) fn connected(&mut self) {
        self.counts.connections += 1;
    }

    pub(crate) fn request(&mut self, understands_gzip: bool) {
        self.counts.requests += 1;
        self.counts.wasted.uncompressed += usize::from(!understands_gzip);
    }

    pub(crate) fn sent(&mut self, body_bytes: usize) {
        self.counts.body_bytes += body_bytes;
    }

    pub(crate) fn feed_moved(&mut self, feed: usize) {
        self.counts.redirects += 1;
        let is_first = self.moved.insert(feed);
        self.counts.wasted.forgotten_redirect += usize::from(!is_first);
    }

    pub(crate) fn feed_unchanged(&mut self) {
        self.counts.feeds += 1;
        self.counts.unchanged += 1;
    }

    /// The whole feed was sent; `can_be_asked` when something to ask with the next time went with it.
    pub(crate) fn feed_sent(&mut self, feed: usize, version: u64, can_be_asked: bool) {
        self.counts.feeds += 1;
        if can_be_asked {
            let had = self.has.insert(feed, version);
            self.counts.wasted.unconditional += usize::from(had == Some(version));
        }
    }

    pub(crate) fn page_sent(&mut self, path: &str) {
        self.counts.pages += 1;
        let is_first = self.pages.insert(path.to_owned());
        self.counts.wasted.page_again += usize::from(!is_first);
    }

    pub(crate) fn robots_asked(&mut self, host: &str) {
        let is_first = self.robots.insert(host.to_owned());
        self.counts.wasted.robots_again += usize::from(!is_first);
    }

    pub(crate) fn stray(&mut self) {
        self.counts.wasted.stray += 1;
    }

    pub(crate) fn told(&mut self, watch: String, url: String, delivery: String, now: Instant) {
        let (ids, _) = self
            .arrived
            .entry((watch, url))
            .or_insert_with(|| (BTreeSet::new(), now));
        if !ids.insert(delivery) {
            self.repeated += 1;
        }
    }

    pub(crate) fn report(&self) -> Report {
        let name = |told: &Told| format!("{} {}", told.0, told.1);
        let missing = self
            .expected
            .keys()
            .filter(|it| !self.arrived.contains_key(*it));
        let unfounded = self
            .arrived
            .keys()
            .filter(|it| !self.expected.contains_key(*it));
        let doubled = self.arrived.iter().filter(|(_, (ids, _))| ids.len() > 1);
        let mut waits: Vec<Duration> = self
            .arrived
            .iter()
            .filter_map(|(told, (_, at))| Some(at.duration_since(*self.expected.get(told)?)))
            .collect();
        waits.sort();
        let ms = |wait: Option<&Duration>| {
            wait.map_or(0, |wait| {
                u64::try_from(wait.as_millis()).unwrap_or(u64::MAX)
            })
        };
        Report {
            counts: self.counts.clone(),
            alerts: Alerts {
                expected: self.expected.len(),
                arrived: self.arrived.len(),
                missing: missing.map(name).collect(),
                unfounded: unfounded.map(name).collect(),
                doubled: doubled.map(|(told, _)| name(told)).collect(),
                repeated: self.repeated,
                median_ms: ms(waits.get(waits.len() / 2)),
                slowest_ms: ms(waits.last()),
            },
        }
    }
}

impl Wasted {
    /// All of them together.
    pub(crate) fn all(&self) -> usize {
        self.unconditional
            + self.page_again
            + self.forgotten_redirect
            + self.uncompressed
            + self.robots_again
            + self.stray
    }
}
