//! What became of the polls of a feed, hour by hour for a month: enough for the days of any zone, and a row an hour however
//! often a feed is polled.

use super::tx::{Row, StoreError, Tx};
use super::{Store, count, ms};
use crate::domain::{FeedId, Timestamp};

/// The milliseconds of an hour.
const HOUR_MS: i64 = 3_600_000;

/// How many hours of a feed are kept: a month and a day, so that thirty days are whole in every zone.
const KEPT_HOURS: i64 = 31 * 24;

/// The polls of a feed in one hour of UTC; one in which there was none is not among them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PollHour {
    /// When the hour begins.
    pub begins_at: Timestamp,
    /// How often the feed was polled.
    pub polls: u32,
    /// How many of these polls failed.
    pub failed: u32,
    /// Entries that they brought and that were not known before.
    pub new_entries: u32,
}

/// How one poll ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct PollEnded {
    pub(super) feed: FeedId,
    pub(super) at: Timestamp,
    pub(super) failed: bool,
    pub(super) new_entries: usize,
}

impl Store {
    /// The polls of a feed since then, hour by hour, the oldest first; the hour that this time is in is among them whole.
    ///
    /// A poll counts when it was answered: one that was put off because its host was busy does not. Hours are kept for 31
    /// days.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn polls_since(
        &self,
        feed: FeedId,
        since: Timestamp,
    ) -> Result<Vec<PollHour>, StoreError> {
        self.read(move |tx| hours_of(tx, feed, since)).await
    }
}

/// The polls of a feed since then, hour by hour, the oldest first.
pub(super) fn hours_of(
    tx: &mut dyn Tx,
    feed: FeedId,
    since: Timestamp,
) -> Result<Vec<PollHour>, StoreError> {
    // What no later hour has taken the place of may be older, and what a clock that was ahead has left later than any poll.
    tx.rows(
        "SELECT h.hour, h.polls, h.failed, h.news FROM poll_hours h JOIN polls p ON p.feed_id = h.feed_id
         WHERE h.feed_id = $1 AND h.hour >= $2 AND h.hour > p.polled_at / $3 - $4 AND h.hour <= p.polled_at / $3
         ORDER BY h.hour",
        &[
            feed.0.into(),
            hour_of(since).into(),
            HOUR_MS.into(),
            KEPT_HOURS.into(),
        ],
    )?
    .iter_mut()
    .map(poll_hour)
    .collect()
}

/// Counts polls; an hour of which it was a month ago takes the place of the one before.
pub(super) fn add(tx: &mut dyn Tx, polls: &[PollEnded]) -> Result<(), StoreError> {
    let rows = polls.iter().map(|poll| {
        let (hour, news) = (hour_of(poll.at), i64::try_from(poll.new_entries));
        serde_json::json!([
            poll.feed.0,
            hour.rem_euclid(KEPT_HOURS),
            hour,
            i64::from(poll.failed),
            news.unwrap_or(i64::MAX),
        ])
    });
    tx.each(
        "INSERT INTO poll_hours (feed_id, place, hour, polls, failed, news)
         {VALUES} {0 BIGINT}, {1 BIGINT}, {2 BIGINT}, 1, {3 BIGINT}, {4 BIGINT} {END}
         ON CONFLICT (feed_id, place) DO UPDATE SET
             polls = CASE WHEN poll_hours.hour = excluded.hour THEN poll_hours.polls + 1 ELSE 1 END,
             failed = CASE WHEN poll_hours.hour = excluded.hour THEN poll_hours.failed ELSE 0 END + excluded.failed,
             news = CASE WHEN poll_hours.hour = excluded.hour THEN poll_hours.news ELSE 0 END + excluded.news,
             hour = excluded.hour",
        &[],
        rows.collect(),
    )?;
    Ok(())
}

fn hour_of(at: Timestamp) -> i64 {
    ms(at).div_euclid(HOUR_MS)
}

fn poll_hour(row: &mut Row) -> Result<PollHour, StoreError> {
    let hour = row.next_int()?;
    Ok(PollHour {
        begins_at: super::as_time(hour.saturating_mul(HOUR_MS), row)?,
        polls: count(row)?,
        failed: count(row)?,
        new_entries: count(row)?,
    })
}
