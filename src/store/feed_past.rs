//! What lists of feeds tell of the last days of each: what its polls brought, and how late its entries were seen.

use std::time::Duration;

use super::poll_hours::{PollHour, hours_of};
use super::tx::{StoreError, Tx};
use super::{Store, limit_of, ms, opt_timestamp, timestamp};
use crate::domain::{FeedId, Timestamp};

/// Entries of a feed by which it is said how late they are seen.
const LOOKED_AT: usize = 50;

/// The last days of a feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedPast {
    /// The feed.
    pub feed: FeedId,
    /// Its polls, hour by hour, the oldest first.
    pub hours: Vec<PollHour>,
    /// How long after its publication each of the newest entries was found, in any order. Those that the first poll held,
    /// and those that give no time or one that was still to come, are not among them.
    pub delays: Vec<Duration>,
}

impl Store {
    /// The last days of some feeds, in their order.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn feed_pasts(
        &self,
        feeds: Vec<FeedId>,
        since: Timestamp,
    ) -> Result<Vec<FeedPast>, StoreError> {
        self.read(move |tx| {
            // One by one: for a list of feeds, PostgreSQL would read whole tables.
            let pasts = feeds.iter().map(|feed| {
                Ok(FeedPast {
                    feed: *feed,
                    hours: hours_of(tx, *feed, since)?,
                    delays: delays_of(tx, *feed, since)?,
                })
            });
            pasts.collect()
        })
        .await
    }
}

fn delays_of(tx: &mut dyn Tx, feed: FeedId, since: Timestamp) -> Result<Vec<Duration>, StoreError> {
    let mut delays = Vec::new();
    let sql = "SELECT state, published_at, found_at FROM entries WHERE feed_id = $1 ORDER BY id DESC LIMIT $2";
    for mut row in tx.rows(sql, &[feed.0.into(), limit_of(LOOKED_AT)])? {
        let (state, published_at) = (row.next_int()?, opt_timestamp(&mut row)?);
        let found_at = timestamp(&mut row)?;
        let delay = published_at.map_or(-1, |at| ms(found_at) - ms(at));
        if let (0..3, true, Ok(delay)) = (state, found_at >= since, u64::try_from(delay)) {
            delays.push(Duration::from_millis(delay));
        }
    }
    Ok(delays)
}
