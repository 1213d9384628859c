//! Claims entries that wait for their text, whatever their hosts allow.

use std::time::Duration;

use newswatch::domain::Timestamp;
use newswatch::store::{QueuePlace, Store, StoreError, Unscraped};

/// Claims up to so many of each queue.
pub(crate) async fn next_unscraped(
    store: &Store,
    now: Timestamp,
    lease: Duration,
    limit: usize,
) -> Result<Vec<Unscraped>, StoreError> {
    let queues = store.page_queues(QueuePlace::default(), now).await?;
    let wanted = queues.into_iter().map(|queue| (queue.place, limit));
    let claimed = store.next_unscraped(wanted.collect(), now, lease).await?;
    Ok(claimed.concat())
}
