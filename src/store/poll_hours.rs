//! What became of the polls of a feed, hour by hour for a month: enough for the days of any zone, and a row an hour however
//! often a feed is polled.

use std::time::Duration;

use super::tx::{Row, StoreError, Tx};
use super::{Store, count, json_rows, ms};
use crate::domain::{FeedId, Timestamp};

/// The milliseconds of an hour.
const HOUR_MS: i64 = 3_600_000;

/// How long the hours of a feed are kept: a month and a day, so that thirty days are whole in every zone.
const KEPT: Duration = Duration::from_hours(31 * 24);

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
    tx.rows(
        "SELECT hour, polls, failed, news FROM poll_hours WHERE feed_id = $1 AND hour >= $2 ORDER BY hour",
        &[feed.0.into(), hour_of(since).into()],
    )?
    .iter_mut()
    .map(poll_hour)
    .collect()
}

/// Counts polls of different feeds, and forgets what is too old of those whose hour has just begun.
pub(super) fn add(tx: &mut dyn Tx, polls: &[PollEnded]) -> Result<(), StoreError> {
    let Some(newest) = polls.iter().map(|poll| poll.at).max() else {
        return Ok(());
    };
    let rows = polls.iter().map(|poll| {
        let news = i64::try_from(poll.new_entries).unwrap_or(i64::MAX);
        serde_json::json!([poll.feed.0, hour_of(poll.at), i64::from(poll.failed), news])
    });
    let begun = tx
        .rows(
            "INSERT INTO poll_hours (feed_id, hour, polls, failed, news)
             SELECT CAST(e.value ->> 0 AS BIGINT), CAST(e.value ->> 1 AS BIGINT), 1,
                 CAST(e.value ->> 2 AS BIGINT), CAST(e.value ->> 3 AS BIGINT)
             FROM {each $1} AS e WHERE true
             ON CONFLICT (feed_id, hour) DO UPDATE SET polls = poll_hours.polls + 1,
                 failed = poll_hours.failed + excluded.failed, news = poll_hours.news + excluded.news
             RETURNING feed_id, polls",
            &[json_rows(rows.collect())],
        )?
        .iter_mut()
        .map(|row| Ok((row.next_int()?, row.next_int()?)))
        .collect::<Result<Vec<(i64, i64)>, StoreError>>()?;
    let oldest = newest.checked_sub(KEPT).unwrap_or(Timestamp::MIN);
    for (feed, _) in begun.into_iter().filter(|(_, polls)| *polls == 1) {
        // One by one, once an hour each: for a list of feeds, PostgreSQL would read the whole table.
        tx.exec(
            "DELETE FROM poll_hours WHERE feed_id = $1 AND hour < $2",
            &[feed.into(), hour_of(oldest).into()],
        )?;
    }
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
