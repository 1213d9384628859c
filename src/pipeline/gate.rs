//! The gate that all work on documents passes: few at a time, each with its budget, each marked while it is under way.
//!
//! A document is a stranger's: it may be built to take time and memory. How long one may take is a budget that the
//! readers ask; how many are read at once is bounded here, so that together they stay below what the process may
//! have; of the heaviest documents, which take a hundred times their length of memory, one is read at a time. Matching has a
//! place of its own, as what is read already must not wait behind what is slow to read. Of the
//! documents of feeds that were slow to read last time, one is read at a time: they wait for one another, and the
//! others do not wait for them. What was under way when the process died is done alone, with a smaller budget
//! ([`Standing`]).

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tracing::warn;
use url::Url;

use crate::clock::{self, Clock};
use crate::defects;
use crate::domain::{TextHash, Timestamp};
use crate::store::{Marks, Reading, Record, Standing};

/// How much smaller the budget is of a document that is read alone.
const SUSPECT_SHARE: u32 = 4;

/// What share of its budget a document must take to count as slow: honest ones take a tenth of that.
const SLOW_SHARE: u32 = 8;

/// Tags of a document, or characters of another kind that makes it longer, from which on it is heavy: honest pages have a
/// tenth of that.
const HEAVY_TAGS: usize = 40_000;

/// Bytes of a document from which on it is heavy.
const HEAVY_BYTES: usize = 1024 * 1024;

/// What stands for the content of a document that is read once.
const NO_CONTENT: TextHash = TextHash(0);

/// A document that is to be read.
#[derive(Debug)]
pub(super) struct ToRead {
    /// Names it for people and for the next start, without secrets.
    name: String,
    /// Whether it may take much memory.
    is_heavy: bool,
    /// What it holds; the same for all whose place is read once.
    content: TextHash,
}

impl ToRead {
    /// A document of these bytes.
    pub(super) fn new(name: String, bytes: &[u8]) -> Self {
        let tags = || memchr::memchr_iter(b'<', bytes).count();
        let is_heavy = bytes.len() >= HEAVY_BYTES || tags() >= HEAVY_TAGS;
        Self {
            name,
            is_heavy,
            content: NO_CONTENT,
        }
    }

    /// One whose place is read again and again: what killed the process may have been followed by something else.
    pub(super) fn holding(self, content: TextHash) -> Self {
        Self { content, ..self }
    }
}

/// Why a document was not read, as clauses for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum Unread {
    /// The reader panicked.
    #[error("reading it ran into a defect of newswatch")]
    Defect,
    /// It was being read, alone, when the process died, twice.
    #[error("it is set aside: the process died twice while it was read")]
    SetAside,
}

/// The gate; cheap to clone.
#[derive(Debug, Clone)]
pub struct Gate {
    /// Places to read in.
    places: Arc<Semaphore>,
    count: u32,
    /// The place of documents of slow feeds.
    slow_place: Arc<Semaphore>,
    /// The place of heavy documents.
    heavy_place: Arc<Semaphore>,
    /// The place to match in.
    matching_place: Arc<Semaphore>,
    /// The feeds whose last document was slow to read.
    slow: Arc<Mutex<BTreeSet<Url>>>,
    marks: Arc<Marks>,
    clock: Clock,
}

/// The places that a piece of work holds, given back when it ends.
type Permits = Vec<OwnedSemaphorePermit>;

impl Gate {
    /// A gate that lets so many through at once.
    #[must_use]
    pub fn new(count: u32, marks: Marks, clock: Clock) -> Self {
        for document in marks.set_aside() {
            warn!(
                document,
                "not read any more: the process died twice while it was read alone"
            );
        }
        Self {
            places: Arc::new(Semaphore::new(count as usize)),
            count,
            slow_place: Arc::new(Semaphore::new(1)),
            heavy_place: Arc::new(Semaphore::new(1)),
            matching_place: Arc::new(Semaphore::new(1)),
            slow: Arc::default(),
            marks: Arc::new(marks),
            clock,
        }
    }

    /// Whether nothing speaks against a document.
    pub(super) fn trusts(&self, document: &str) -> bool {
        self.standing(document, NO_CONTENT) == Standing::Trusted
    }

    fn standing(&self, document: &str, content: TextHash) -> Standing {
        if self.marks.are_none() {
            return Standing::Trusted;
        }
        self.marks.standing(&Reading {
            document,
            content,
            at: self.clock.now(),
        })
    }

    /// Does work on a document of a feed on a thread of its own, once there is room; `work` gets the time it may take.
    ///
    /// # Errors
    /// When it is not read, see [`Unread`].
    pub(super) async fn pass<T: Send + 'static>(
        &self,
        feed: &Url,
        document: ToRead,
        budget: Duration,
        work: impl FnOnce(Duration) -> T + Send + 'static,
    ) -> Result<T, Unread> {
        let (is_alone, budget) = match self.standing(&document.name, document.content) {
            Standing::SetAside => return Err(Unread::SetAside),
            Standing::Suspect => (true, budget / SUSPECT_SHARE),
            Standing::Trusted => (false, budget),
        };
        let permits = if is_alone {
            self.all_places().await
        } else {
            self.one_place(feed, document.is_heavy).await
        };
        let (slow, feed) = (Arc::clone(&self.slow), feed.clone());
        let timed = move || {
            let taken = clock::stopwatch();
            let made = work(budget);
            let mut slow = slow.lock().unwrap_or_else(PoisonError::into_inner);
            if taken() > budget / SLOW_SHARE {
                slow.insert(feed);
            } else {
                slow.remove(&feed);
            }
            made
        };
        let documents = vec![(document.name, document.content)];
        self.aside(documents, is_alone, permits, timed).await
    }

    /// Does the matching of several documents on a thread of its own, in the place that is kept for it.
    ///
    /// # Errors
    /// When the matching panicked.
    pub(super) async fn match_together<T: Send + 'static>(
        &self,
        documents: Vec<String>,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Unread> {
        let permits = place(&self.matching_place, 1).await;
        let documents = documents
            .into_iter()
            .map(|name| (name, NO_CONTENT))
            .collect();
        self.aside(documents, false, permits.into_iter().collect(), work)
            .await
    }

    /// Does a small piece of work on a document on the thread that asks.
    ///
    /// # Errors
    /// When it is not done, see [`Unread`].
    pub(super) fn here<T>(&self, document: &str, work: impl FnOnce() -> T) -> Result<T, Unread> {
        let is_alone = match self.standing(document, NO_CONTENT) {
            Standing::SetAside => return Err(Unread::SetAside),
            Standing::Suspect => true,
            Standing::Trusted => false,
        };
        let documents = vec![(document.to_owned(), NO_CONTENT)];
        let _marked = Marked::set(&self.marks, documents, is_alone, self.clock.now());
        let done = || defects::while_reading(document, work);
        catch_unwind(AssertUnwindSafe(done)).map_err(|_| Unread::Defect)
    }

    async fn aside<T: Send + 'static>(
        &self,
        documents: Vec<(String, TextHash)>,
        is_alone: bool,
        permits: Permits,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Unread> {
        let (marks, now) = (Arc::clone(&self.marks), self.clock.now());
        tokio::task::spawn_blocking(move || {
            let _permits = permits;
            let first = documents.first();
            let named = first.map(|(name, _)| name.clone()).unwrap_or_default();
            let _marked = Marked::set(&marks, documents, is_alone, now);
            defects::while_reading(&named, work)
        })
        .await
        .map_err(|_| Unread::Defect)
    }

    async fn one_place(&self, feed: &Url, is_heavy: bool) -> Permits {
        let is_slow = {
            let slow = self.slow.lock().unwrap_or_else(PoisonError::into_inner);
            slow.contains(feed)
        };
        let mut permits = Permits::new();
        if is_slow {
            permits.extend(place(&self.slow_place, 1).await);
        }
        if is_heavy {
            permits.extend(place(&self.heavy_place, 1).await);
        }
        permits.extend(place(&self.places, 1).await);
        permits
    }

    async fn all_places(&self) -> Permits {
        let mut permits = Permits::new();
        permits.extend(place(&self.places, self.count).await);
        permits.extend(place(&self.matching_place, 1).await);
        permits
    }
}

/// Waits for places; nothing where they are closed, which they never are.
async fn place(places: &Arc<Semaphore>, count: u32) -> Option<OwnedSemaphorePermit> {
    Arc::clone(places).acquire_many_owned(count).await.ok()
}

/// The marks of documents, taken away when the work on them ends, by a panic too.
struct Marked<'a> {
    marks: &'a Marks,
    documents: Vec<(Record, String)>,
}

impl<'a> Marked<'a> {
    fn set(
        marks: &'a Marks,
        documents: Vec<(String, TextHash)>,
        is_alone: bool,
        at: Timestamp,
    ) -> Self {
        let marked = documents.into_iter().map(|(document, content)| {
            let reading = Reading {
                document: &document,
                content,
                at,
            };
            (marks.begin(&reading, is_alone), document)
        });
        Self {
            documents: marked.collect(),
            marks,
        }
    }
}

impl Drop for Marked<'_> {
    fn drop(&mut self) {
        for (mark, document) in &self.documents {
            self.marks.end(*mark, document);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    const BUDGET: Duration = Duration::from_secs(2);

    fn gate(count: u32, marks: Marks) -> Gate {
        Gate::new(count, marks, Clock::system())
    }

    /// Leaves the marks of a process that died while it read a document.
    fn dies(home: &Path, document: &str, is_alone: bool) {
        let reading = Reading {
            document,
            content: NO_CONTENT,
            at: Timestamp::UNIX_EPOCH,
        };
        Marks::open(home).begin(&reading, is_alone);
    }

    fn light(name: &str) -> ToRead {
        ToRead::new(name.into(), b"<p>")
    }

    fn feed() -> Url {
        "https://news.example.org/feed".parse().unwrap()
    }

    #[tokio::test]
    async fn a_panic_is_an_answer_and_gives_the_place_back() {
        let gate = gate(1, Marks::default());
        let panicked = gate
            .pass(&feed(), light("a"), BUDGET, |_| panic!("in a test"))
            .await;
        assert_eq!(panicked, Err::<(), _>(Unread::Defect));
        let read = gate.pass(&feed(), light("a"), BUDGET, |_| 7).await;
        assert_eq!(read, Ok(7));
        assert_eq!(
            gate.here("a", || panic!("in a test")),
            Err::<(), _>(Unread::Defect)
        );
        assert_eq!(gate.here("a", || 7), Ok(7));
    }

    #[tokio::test]
    async fn what_was_being_read_at_a_death_is_read_alone_with_less_time() {
        let home = tempfile::tempdir().unwrap();
        dies(home.path(), "a", false);
        let gate = gate(2, Marks::open(home.path()));
        let free = |gate: &Gate| {
            let (reading, matching) = (gate.places.clone(), gate.matching_place.clone());
            move |budget| {
                let free = reading.available_permits() + matching.available_permits();
                (budget, free)
            }
        };
        let seen = gate.pass(&feed(), light("a"), BUDGET, free(&gate)).await;
        assert_eq!(seen, Ok((BUDGET / SUSPECT_SHARE, 0)));
        let seen = gate.pass(&feed(), light("a"), BUDGET, free(&gate)).await;
        assert_eq!(seen, Ok((BUDGET, 2)), "it is trusted again");
    }

    #[tokio::test]
    async fn what_killed_twice_is_not_read() {
        let home = tempfile::tempdir().unwrap();
        for is_alone in [false, true, true] {
            dies(home.path(), "a", is_alone);
        }
        let gate = gate(2, Marks::open(home.path()));
        let read = gate.pass(&feed(), light("a"), BUDGET, |_| ()).await;
        assert_eq!(read, Err(Unread::SetAside));
        assert_eq!(gate.here("a", || ()), Err(Unread::SetAside));
        let same = light("a").holding(NO_CONTENT);
        let read = gate.pass(&feed(), same, BUDGET, |_| ()).await;
        assert_eq!(read, Err(Unread::SetAside));
        let next = light("a").holding(TextHash(1));
        let read = gate.pass(&feed(), next, BUDGET, |_| 7).await;
        assert_eq!(read, Ok(7), "what its feed publishes long after");
    }

    #[tokio::test]
    async fn the_documents_of_a_slow_feed_wait_for_one_another_alone() {
        let gate = gate(2, Marks::default());
        // A share of nothing is always exceeded.
        let nothing = Duration::ZERO;
        gate.pass(&feed(), light("a"), nothing, |_| ())
            .await
            .unwrap();
        let permits = gate.one_place(&feed(), false).await;
        assert_eq!(permits.len(), 2);
        assert_eq!(gate.slow_place.available_permits(), 0);
        let other = "https://other.example/feed".parse().unwrap();
        let read = gate.pass(&other, light("b"), BUDGET, |_| 7).await;
        assert_eq!(read, Ok(7), "another feed is read meanwhile");
        drop(permits);
        gate.pass(&feed(), light("a"), BUDGET, |_| ())
            .await
            .unwrap();
        assert_eq!(
            gate.one_place(&feed(), false).await.len(),
            1,
            "it is quick again"
        );
    }

    #[tokio::test]
    async fn of_heavy_documents_one_is_read_at_a_time_and_light_ones_pass_by() {
        let gate = gate(2, Marks::default());
        for (bytes, expected) in [
            ("<".repeat(HEAVY_TAGS), true),
            ("a".repeat(HEAVY_BYTES), true),
            ("<p>An honest page</p>".repeat(1_000), false),
        ] {
            let document = ToRead::new("a".into(), bytes.as_bytes());
            assert_eq!(document.is_heavy, expected, "{} bytes", bytes.len());
        }
        let permits = gate.one_place(&feed(), true).await;
        assert_eq!(permits.len(), 2);
        assert_eq!(gate.heavy_place.available_permits(), 0);
        let read = gate.pass(&feed(), light("b"), BUDGET, |_| 7).await;
        assert_eq!(read, Ok(7));
    }
}
