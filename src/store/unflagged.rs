//! Articles that wait to be matched: they are claimed in turn, feed by feed.

use std::time::Duration;

use url::Url;

use super::articles::{COLUMNS, article, feed_words};
use super::claims::{self, Claim, Due, Lease};
use super::tx::{Row, StoreError, Tx};
use super::{Store, json_ids, limit_of, ms, opt_url, timestamp, url};
use crate::domain::{Article, EntryId, EntryKey, FeedId, FeedWords, Timestamp};

/// An article that has been claimed to be matched.
#[derive(Debug, Clone, PartialEq)]
pub struct Unflagged {
    /// The entry it was made of, claimed.
    pub claim: Claim<EntryId>,
    /// The address of its feed in the configuration.
    pub feed_url: Url,
    /// The title of its feed.
    pub feed_title: Option<String>,
    /// The key by which its entry is known best.
    pub key: EntryKey,
    /// The link of its entry.
    pub link: Option<Url>,
    /// When its entry was found.
    pub found_at: Timestamp,
    /// The article.
    pub article: Article,
    /// What readers of the feed see.
    pub feed_words: FeedWords,
}

/// Articles that were claimed to be matched, of several feeds.
#[derive(Debug, Clone, PartialEq)]
pub struct UnflaggedRound {
    /// The articles, the oldest first.
    pub articles: Vec<Unflagged>,
    /// The last feed that had its turn.
    pub last: FeedId,
}

impl Store {
    /// Claims articles that have not been matched, of each feed its oldest: the feeds behind `after` have their turn first, so
    /// that one that brings thousands holds up no other.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn next_unflagged(
        &self,
        after: FeedId,
        now: Timestamp,
        lease: Duration,
        limit: usize,
    ) -> Result<UnflaggedRound, StoreError> {
        let claimant = self.claimant.clone();
        self.write_lightly(move |tx| {
            let lease = Lease {
                claimant: &claimant,
                now,
                length: lease,
            };
            let feeds = unflagged_feeds(tx, after, now, limit)?;
            let (mut ids, mut last) = (Vec::new(), after);
            for (place, feed) in feeds.iter().enumerate() {
                let share = limit
                    .saturating_sub(ids.len())
                    .div_ceil(feeds.len() - place);
                let due = Due {
                    table: "entries",
                    key: "id",
                    condition: "state = 1 AND not_before <= $3 AND feed_id = $4",
                    order: "id",
                    values: vec![(*feed).into()],
                };
                ids.extend(claims::take(tx, &due, &lease, share)?);
                last = FeedId(*feed);
            }
            let articles = unflagged(tx, ids, lease.until())?;
            Ok(UnflaggedRound { articles, last })
        })
        .await
    }
}

/// The feeds whose articles wait to be matched, those behind a place in the round first; it jumps from each to the next
/// along the index.
fn unflagged_feeds(
    tx: &mut dyn Tx,
    after: FeedId,
    now: Timestamp,
    limit: usize,
) -> Result<Vec<i64>, StoreError> {
    let mut feeds = unflagged_feeds_after(tx, after, now, limit)?;
    if feeds.len() < limit && after != BEFORE_ALL {
        let before = unflagged_feeds_after(tx, BEFORE_ALL, now, limit - feeds.len())?;
        feeds.extend(before.into_iter().filter(|feed| *feed <= after.0));
    }
    Ok(feeds)
}

/// The place in the round before all feeds.
const BEFORE_ALL: FeedId = FeedId(0);

fn unflagged_feeds_after(
    tx: &mut dyn Tx,
    after: FeedId,
    now: Timestamp,
    limit: usize,
) -> Result<Vec<i64>, StoreError> {
    tx.rows(
        "WITH RECURSIVE heads(id, place) AS (
             SELECT (SELECT e.id FROM entries e
                 WHERE e.state = 1 AND e.lease_until <= $1 AND e.not_before <= $1 AND e.feed_id > $2
                 ORDER BY e.feed_id, e.id LIMIT 1), CAST(1 AS BIGINT)
             UNION ALL
             SELECT (SELECT e.id FROM entries e
                 WHERE e.state = 1 AND e.lease_until <= $1 AND e.not_before <= $1 AND e.feed_id > last.feed_id
                 ORDER BY e.feed_id, e.id LIMIT 1), heads.place + 1
             FROM heads JOIN entries last ON last.id = heads.id WHERE heads.place < CAST($3 AS BIGINT)
         )
         SELECT e.feed_id FROM heads JOIN entries e ON e.id = heads.id ORDER BY heads.place",
        &[ms(now).into(), after.0.into(), limit_of(limit)],
    )?
    .iter_mut()
    .map(Row::next_int)
    .collect()
}

fn unflagged(tx: &mut dyn Tx, ids: Vec<i64>, until: i64) -> Result<Vec<Unflagged>, StoreError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let sql = format!(
        "SELECT e.id, f.url, f.title, e.key, e.link, e.found_at, {COLUMNS}
         FROM entries e JOIN feeds f ON f.id = e.feed_id JOIN articles a ON a.entry_id = e.id
         WHERE e.id IN (SELECT CAST(value AS BIGINT) FROM {{each $1}}) ORDER BY e.id"
    );
    tx.rows(&sql, &[json_ids(ids)])?
        .iter_mut()
        .map(|row| {
            let id = EntryId(row.next_int()?);
            Ok(Unflagged {
                claim: Claim { id, until },
                feed_url: url(row)?,
                feed_title: row.next_opt_text()?,
                key: EntryKey(row.next_text()?),
                link: opt_url(row)?,
                found_at: timestamp(row)?,
                article: article(row)?,
                feed_words: feed_words(row)?,
            })
        })
        .collect()
}
