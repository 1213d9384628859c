//! Entries that wait for their text: the queues of them, one for each feed and server, and their claims.

use std::sync::Arc;
use std::time::Duration;

use url::Url;

use super::claims::{self, Claim, Due, Lease};
use super::tx::{StoreError, Tx};
use super::{Store, count, json_ids, ms, opt_timestamp, opt_url, url};
use crate::domain::{Entry, EntryFacts, EntryId, EntryKey, Timestamp};

/// An entry that has been claimed to get its text.
#[derive(Debug, Clone, PartialEq)]
pub struct Unscraped {
    /// Its id, claimed.
    pub claim: Claim<EntryId>,
    /// The address of its feed in the configuration.
    pub feed_url: Url,
    /// The title of its feed.
    pub feed_title: Option<String>,
    /// The entry.
    pub entry: Arc<Entry>,
    /// Tries to fetch its page that failed so far.
    pub failed_tries: u32,
    /// Whether people were told already what the feed's own text says, or are not to be told at all.
    pub is_told: bool,
    /// Whether it was read before, and its feed says something else of it now.
    pub is_read_again: bool,
}

/// Entries of one feed that wait for their text, and whose links lead to one server.
#[derive(Debug, Clone, PartialEq)]
pub struct PageQueue {
    /// Where it stands in the round of all queues.
    pub place: QueuePlace,
    /// The address of the feed in the configuration.
    pub feed_url: Url,
    /// The link of the oldest entry.
    pub link: Option<Url>,
}

/// A place in the round of all queues; the first is before all.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct QueuePlace {
    host: String,
    feed: i64,
}

/// Queues that are looked at in one round, at most: several times as many as there are places for pages.
const MAX_QUEUES: usize = 512;

impl Store {
    /// The queues in which entries wait for their text, each of one feed and one server: those behind a place in the round
    /// first, then those before it.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn page_queues(
        &self,
        after: QueuePlace,
        now: Timestamp,
    ) -> Result<Vec<PageQueue>, StoreError> {
        self.read(move |tx| {
            let mut queues = queues_after(tx, &after, now)?;
            if queues.len() < MAX_QUEUES && after != QueuePlace::default() {
                let before = queues_after(tx, &QueuePlace::default(), now)?;
                queues.extend(before.into_iter().filter(|queue| queue.place <= after));
            }
            Ok(queues)
        })
        .await
    }

    /// Claims the oldest entries of each queue, up to so many of it; returns what it got of each, in the same order.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn next_unscraped(
        &self,
        wanted: Vec<(QueuePlace, usize)>,
        now: Timestamp,
        lease: Duration,
    ) -> Result<Vec<Vec<Unscraped>>, StoreError> {
        let claimant = self.claimant.clone();
        self.write_lightly(move |tx| {
            let lease = Lease {
                claimant: &claimant,
                now,
                length: lease,
            };
            let claimed = wanted.iter().map(|(place, count)| {
                let due = Due {
                    table: "entries",
                    key: "id",
                    condition: "state = 0 AND not_before <= $3 AND host = $4 AND feed_id = $5",
                    order: "id",
                    values: vec![place.host.as_str().into(), place.feed.into()],
                };
                let ids = claims::take(tx, &due, &lease, *count)?;
                unscraped(tx, ids, lease.until())
            });
            claimed.collect()
        })
        .await
    }

    /// Claims the newest entries that only count as seen and are to be read to be looked back on.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn next_backlog(
        &self,
        now: Timestamp,
        lease: Duration,
        limit: usize,
    ) -> Result<Vec<Unscraped>, StoreError> {
        let claimant = self.claimant.clone();
        self.write_lightly(move |tx| {
            let lease = Lease {
                claimant: &claimant,
                now,
                length: lease,
            };
            let due = Due {
                table: "entries",
                key: "id",
                condition: "state = 4 AND not_before <= $3",
                order: "id",
                values: Vec::new(),
            };
            let ids = claims::take(tx, &due, &lease, limit)?;
            let mut backlog = unscraped(tx, ids, lease.until())?;
            for entry in &mut backlog {
                entry.is_told = true;
            }
            Ok(backlog)
        })
        .await
    }
}

/// Reads the queues behind a place in the round: it jumps from each to the next along the index, and so costs as much as
/// there are queues, however many entries wait in them.
fn queues_after(
    tx: &mut dyn Tx,
    after: &QueuePlace,
    now: Timestamp,
) -> Result<Vec<PageQueue>, StoreError> {
    // Of the same server, else of the next one: each by its own seek, as an index is entered by one column of a pair when
    // the pair comes from a row.
    let next = |host: &str, feed: &str| {
        let waits =
            "FROM entries e WHERE e.state = 0 AND e.lease_until <= $1 AND e.not_before <= $1";
        format!(
            "COALESCE(
                 (SELECT e.id {waits} AND e.host = {host} AND e.feed_id > {feed} ORDER BY e.feed_id, e.id LIMIT 1),
                 (SELECT e.id {waits} AND e.host > {host} ORDER BY e.host, e.feed_id, e.id LIMIT 1))"
        )
    };
    let sql = format!(
        "WITH RECURSIVE heads(id, place) AS (
             SELECT {first}, CAST(1 AS BIGINT)
             UNION ALL
             SELECT {following}, heads.place + 1
             FROM heads JOIN entries last ON last.id = heads.id WHERE heads.place < {MAX_QUEUES}
         )
         SELECT e.host, e.feed_id, f.url, e.link
         FROM heads JOIN entries e ON e.id = heads.id JOIN feeds f ON f.id = e.feed_id ORDER BY heads.place",
        first = next("$2", "$3"),
        following = next("last.host", "last.feed_id"),
    );
    tx.rows(
        &sql,
        &[
            ms(now).into(),
            after.host.as_str().into(),
            after.feed.into(),
        ],
    )?
    .iter_mut()
    .map(|row| {
        Ok(PageQueue {
            place: QueuePlace {
                host: row.next_text()?,
                feed: row.next_int()?,
            },
            feed_url: url(row)?,
            link: opt_url(row)?,
        })
    })
    .collect()
}

pub(super) fn unscraped(
    tx: &mut dyn Tx,
    ids: Vec<i64>,
    until: i64,
) -> Result<Vec<Unscraped>, StoreError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    tx.rows(
        "SELECT e.id, f.url, f.title, e.key, e.title, e.link, e.published_at, e.updated_at, e.author, e.summary,
             e.content, e.lang, e.scrapes, e.page_at, e.rereads
         FROM entries e JOIN feeds f ON f.id = e.feed_id
         WHERE e.id IN (SELECT CAST(value AS BIGINT) FROM {each $1}) ORDER BY e.id",
        &[json_ids(ids)],
    )?
    .iter_mut()
    .map(|row| {
        let id = EntryId(row.next_int()?);
        let mut entry = Unscraped {
            claim: Claim { id, until },
            feed_url: url(row)?,
            feed_title: row.next_opt_text()?,
            entry: Arc::new(Entry {
                keys: vec![EntryKey(row.next_text()?)],
                facts: EntryFacts::default(),
                guid: None,
                title: row.next_opt_text()?,
                link: opt_url(row)?,
                published: opt_timestamp(row)?,
                updated: opt_timestamp(row)?,
                author: row.next_opt_text()?,
                summary: row.next_opt_text()?,
                content: row.next_opt_text()?,
                lang: row.next_opt_text()?,
            }),
            failed_tries: count(row)?,
            is_told: row.next_int()? > 0,
            is_read_again: row.next_int()? > 0,
        };
        entry.is_told |= entry.is_read_again;
        Ok(entry)
    })
    .collect()
}
