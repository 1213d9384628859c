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
const MOST: usize = 64;

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
pub(super) struct Waiting(Arc<Mutex<Vec<(Unchanged, Tell)>>>);

impl std::fmt::Debug for Waiting {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Waiting").field(&self.lock().len()).finish()
    }
}

impl Waiting {
    fn lock(&self) -> MutexGuard<'_, Vec<(Unchanged, Tell)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds one and tells how many wait now.
    fn add(&self, one: Unchanged, tell: Tell) -> usize {
        let mut waiting = self.lock();
        waiting.push((one, tell));
        waiting.len()
    }

    fn take(&self) -> Vec<(Unchanged, Tell)> {
        std::mem::take(&mut *self.lock())
    }
}

impl Store {
    /// Stores that a poll found nothing new, together with others; tells whether the claim still stood.
    pub(super) async fn record_unchanged(&self, one: Unchanged) -> Result<bool, StoreError> {
        let (tell, told) = oneshot::channel();
        match self.unchanged.add(one, tell) {
            1 => drop(tokio::spawn(store_after(self.clone(), WAIT))),
            MOST => drop(tokio::spawn(store_after(self.clone(), Duration::ZERO))),
            _ => {}
        }
        told.await.unwrap_or(Err(StoreError::Closed))
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "a wait of the store's own making, which no time of day decides and no test has to turn"
)]
async fn store_after(store: Store, wait: Duration) {
    tokio::time::sleep(wait).await;
    let (polls, tells): (Vec<_>, Vec<_>) = store.unchanged.take().into_iter().unzip();
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
