//! The gate that all reading of documents passes: few at a time, each with its budget, each marked while it is read.
//!
//! A document is a stranger's: it may be built to take time and memory. How long one may take is a budget that the
//! readers ask; how many are read at once is bounded here, so that together they stay below what the process may
//! have. What was being read when the process died is read alone, with a smaller budget ([`Standing`]).

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tracing::warn;

use crate::defects;
use crate::store::{Marks, Standing};

/// How much smaller the budget is of a document that is read alone.
const SUSPECT_SHARE: u32 = 4;

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
    places: Arc<Semaphore>,
    count: u32,
    marks: Arc<Marks>,
}

impl Gate {
    /// A gate that lets so many through at once.
    #[must_use]
    pub fn new(count: u32, marks: Marks) -> Self {
        for document in marks.set_aside() {
            warn!(
                document,
                "not read any more: the process died twice while it was read alone"
            );
        }
        Self {
            places: Arc::new(Semaphore::new(count as usize)),
            count,
            marks: Arc::new(marks),
        }
    }

    /// Does work on a document on a thread of its own, once there is room; `work` gets the time it may take.
    ///
    /// `document` names it for people and for the next start, without secrets.
    ///
    /// # Errors
    /// When it is not read, see [`Unread`].
    pub(super) async fn pass<T: Send + 'static>(
        &self,
        document: String,
        budget: Duration,
        work: impl FnOnce(Duration) -> T + Send + 'static,
    ) -> Result<T, Unread> {
        let standing = self.marks.standing(&document);
        let (places, budget) = match standing {
            Standing::SetAside => return Err(Unread::SetAside),
            Standing::Suspect => (self.count, budget / SUSPECT_SHARE),
            Standing::Trusted => (1, budget),
        };
        let permit = Arc::clone(&self.places).acquire_many_owned(places).await;
        let marks = Arc::clone(&self.marks);
        let is_alone = standing == Standing::Suspect;
        tokio::task::spawn_blocking(move || {
            let mark = Mark::set(marks, document, is_alone, permit.ok());
            defects::while_reading(&mark.document, || work(budget))
        })
        .await
        .map_err(|_| Unread::Defect)
    }
}

/// A document's mark and its place, given back when the reading ends, by a panic too.
struct Mark {
    marks: Arc<Marks>,
    document: String,
    _permit: Option<OwnedSemaphorePermit>,
}

impl Mark {
    fn set(
        marks: Arc<Marks>,
        document: String,
        is_alone: bool,
        permit: Option<OwnedSemaphorePermit>,
    ) -> Self {
        marks.begin(&document, is_alone);
        Self {
            marks,
            document,
            _permit: permit,
        }
    }
}

impl Drop for Mark {
    fn drop(&mut self) {
        self.marks.end(&self.document);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BUDGET: Duration = Duration::from_secs(2);

    #[tokio::test]
    async fn a_panic_is_an_answer_and_gives_the_place_back() {
        let gate = Gate::new(1, Marks::default());
        let panicked = gate.pass("a".into(), BUDGET, |_| panic!("in a test")).await;
        assert_eq!(panicked, Err::<(), _>(Unread::Defect));
        assert_eq!(gate.pass("a".into(), BUDGET, |_| 7).await, Ok(7));
    }

    #[tokio::test]
    async fn what_was_being_read_at_a_death_is_read_alone_with_less_time() {
        let home = tempfile::tempdir().unwrap();
        Marks::open(home.path()).begin("a", false);
        let gate = Gate::new(2, Marks::open(home.path()));
        let places = Arc::clone(&gate.places);
        let seen = gate.pass("a".into(), BUDGET, move |budget| {
            (budget, places.available_permits())
        });
        assert_eq!(seen.await, Ok((BUDGET / SUSPECT_SHARE, 0)));
        let places = Arc::clone(&gate.places);
        let seen = gate.pass("a".into(), BUDGET, move |budget| {
            (budget, places.available_permits())
        });
        assert_eq!(seen.await, Ok((BUDGET, 1)), "it is trusted again");
    }

    #[tokio::test]
    async fn what_killed_twice_is_not_read() {
        let home = tempfile::tempdir().unwrap();
        for is_alone in [false, true, true] {
            Marks::open(home.path()).begin("a", is_alone);
        }
        let gate = Gate::new(2, Marks::open(home.path()));
        assert_eq!(
            gate.pass("a".into(), BUDGET, |_| ()).await,
            Err(Unread::SetAside)
        );
    }
}
