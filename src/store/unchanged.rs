//! Polls that found nothing new: many of them are one statement, as most polls end so.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::oneshot;

use super::claims::Claim;
use super::poll_hours::{self, PollEnded};
use super::tx::{StoreError, Tx};
use super::{Store, ms};
use crate::domain::{FeedId, Timestamp, Validators};

/// The most that are stored together.
const MOST: usize = 128;

/// How long the first of them waits for others.
const WAIT: Duration = Duration::from_millis(50);

/// A poll that found nothing new.
pub(super) struct Unchanged {
    pub(super) claim: Claim<FeedId>,
    pub(super) next_poll_at: Timestamp,
    pub(super) validators: Validators,
    pub(super) was_full: bool,
    pub(super) at: Timestamp,
}

/// Who hears whether the claim still stood.
type Tell = oneshot::Sender<Result<bool, StoreError>>;

/// Those that wait to be stored.
#[derive(Clone, Default)]
pub(super) struct Waiting(Arc<Mutex<Batch>>);

/// What is stored together.
#[derive(Default)]
struct Batch {
    polls: Vec<(Unchanged, Tell)>,
    /// The how manieth it is.
    number: u64,
}

impl std::fmt::Debug for Waiting {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let waiting = self.lock().polls.len();
        f.debug_tuple("Waiting").field(&waiting).finish()
    }
}

impl Waiting {
    fn lock(&self) -> MutexGuard<'_, Batch> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds one and tells how many wait now, and in which batch.
    fn add(&self, one: Unchanged, tell: Tell) -> (usize, u64) {
        let mut batch = self.lock();
        batch.polls.push((one, tell));
        (batch.polls.len(), batch.number)
    }

    /// Takes a batch, unless it has been taken: the next one has its own time.
    fn take(&self, number: u64) -> Vec<(Unchanged, Tell)> {
        let mut batch = self.lock();
        if batch.number != number {
            return Vec::new();
        }
        batch.number = number.wrapping_add(1);
        std::mem::take(&mut batch.polls)
    }
}

impl Store {
    /// Stores that a poll found nothing new, together with others; tells whether the claim still stood.
    pub(super) async fn record_unchanged(&self, one: Unchanged) -> Result<bool, StoreError> {
        let (tell, told) = oneshot::channel();
        let (waiting, batch) = self.unchanged.add(one, tell);
        match waiting {
            1 => drop(tokio::spawn(store_after(self.clone(), batch, WAIT))),
            MOST => drop(tokio::spawn(store_after(
                self.clone(),
                batch,
                Duration::ZERO,
            ))),
            _ => {}
        }
        told.await.unwrap_or(Err(StoreError::Closed))
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "a wait of the store's own making, which no time of day decides and no test has to turn"
)]
async fn store_after(store: Store, batch: u64, wait: Duration) {
    tokio::time::sleep(wait).await;
    let (polls, tells): (Vec<_>, Vec<_>) = store.unchanged.take(batch).into_iter().unzip();
    if polls.is_empty() {
        return;
    }
    let feeds: Vec<FeedId> = polls.iter().map(|poll| poll.claim.id).collect();
    let stored = store.write_lightly(move |tx| record(tx, &polls)).await;
    for (feed, tell) in feeds.into_iter().zip(tells) {
        let stood = stored.as_ref().map(|stood| stood.contains(&feed));
        // Who does not wait any more does not want to know.
        drop(tell.send(stood.map_err(Clone::clone)));
    }
}

fn record(tx: &mut dyn Tx, polls: &[Unchanged]) -> Result<HashSet<FeedId>, StoreError> {
    let rows = polls.iter().map(|poll| {
        serde_json::json!([
            poll.claim.id.0,
            poll.claim.until,
            ms(poll.next_poll_at),
            poll.validators.etag,
            poll.validators.last_modified,
            ms(poll.at),
            i64::from(poll.was_full),
        ])
    });
    let stood = tx.each(
        "UPDATE polls SET due_at = {2 BIGINT}, etag = {3}, last_modified = {4}, last_success_at = {5 BIGINT},
                 polled_at = {5 BIGINT}, full_at = CASE WHEN {6 BIGINT} = 1 THEN {5 BIGINT} ELSE full_at END,
                 failures = 0, failing_since = NULL, error = NULL, lease_until = 0
             {ROWS} WHERE polls.feed_id = {0 BIGINT} AND polls.lease_until = {1 BIGINT}
             {CHANGED}",
            &[],
            rows.collect(),
        )?;
    let stood: Vec<&Unchanged> = stood
        .into_iter()
        .filter_map(|place| polls.get(place))
        .collect();
    let ended: Vec<PollEnded> = stood
        .iter()
        .map(|poll| PollEnded {
            feed: poll.claim.id,
            at: poll.at,
            failed: false,
            new_entries: 0,
        })
        .collect();
    poll_hours::add(tx, &ended)?;
    Ok(stood.iter().map(|poll| poll.claim.id).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_of_a_batch_that_was_full_takes_nothing_of_the_next() {
        let waiting = Waiting::default();
        let add = |feed| {
            let one = Unchanged {
                claim: Claim {
                    id: FeedId(feed),
                    until: 0,
                },
                next_poll_at: Timestamp::UNIX_EPOCH,
                validators: Validators::default(),
                was_full: false,
                at: Timestamp::UNIX_EPOCH,
            };
            waiting.add(one, oneshot::channel().0)
        };
        assert_eq!([add(1), add(2)], [(1, 0), (2, 0)]);
        assert_eq!(waiting.take(0).len(), 2);
        assert_eq!(add(3), (1, 1));
        assert_eq!(waiting.take(0).len(), 0);
        assert_eq!(waiting.take(1).len(), 1);
    }
}
