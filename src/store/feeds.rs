//! Feeds: those of the configuration, and when new ones are due.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use url::Url;

use super::tx::{Row, StoreError, Tx};
use super::{Store, indexed, json_ids, ms, slot};
use crate::domain::{TextHash, Timestamp};

/// Feeds that are written by one statement when the configuration is read.
const FEEDS_AT_ONCE: usize = 1_000;

impl Store {
    /// Makes the stored feeds those of the configuration, by URL and name: new ones are due now, removed ones
    /// rest. Only what differs is written, and where they are those of the last time, nothing is read either.
    ///
    /// A feed that was gone and is taken out of the configuration may be tried again once it stands there anew.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn sync_feeds(
        &self,
        feeds: Vec<(Url, Option<String>)>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.write(move |tx| sync(tx, &feeds, now)).await
    }

    /// Spreads the feeds that are all due at a start evenly over a time; the first ones are left where they are. Tells how
    /// many have to wait.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn spread_due_feeds(
        &self,
        at_once: usize,
        over: Duration,
        now: Timestamp,
    ) -> Result<usize, StoreError> {
        self.write_lightly(move |tx| spread(tx, at_once, over, now))
            .await
    }
}

fn spread(
    tx: &mut dyn Tx,
    at_once: usize,
    over: Duration,
    now: Timestamp,
) -> Result<usize, StoreError> {
    let due = tx
        .rows(
            "SELECT feed_id FROM polls WHERE active = 1 AND gone = 0 AND due_at <= $1 ORDER BY due_at, feed_id",
            &[ms(now).into()],
        )?
        .iter_mut()
        .map(Row::next_int)
        .collect::<Result<Vec<_>, _>>()?;
    let late = due.get(at_once..).unwrap_or_default();
    let count = u32::try_from(late.len()).unwrap_or(u32::MAX);
    let rows: Vec<_> = (1..=count)
        .zip(late)
        .map(|(place, feed)| {
            let wait = over.mul_f64(f64::from(place) / f64::from(count));
            serde_json::json!([feed, ms(now.checked_add(wait).unwrap_or(Timestamp::MAX))])
        })
        .collect();
    for rows in rows.chunks(FEEDS_AT_ONCE) {
        tx.each(
            "UPDATE polls SET due_at = {1 BIGINT} {ROWS}
             WHERE polls.feed_id = {0 BIGINT}",
            &[],
            rows.to_vec(),
        )?;
    }
    Ok(late.len())
}

fn sync(
    tx: &mut dyn Tx,
    feeds: &[(Url, Option<String>)],
    now: Timestamp,
) -> Result<(), StoreError> {
    let hash = hash_of(feeds);
    let known = tx.first("SELECT feeds_hash FROM installation", &[])?;
    if let Some(mut known) = known
        && known.next_int()? == hash
    {
        return Ok(());
    }
    let mut stored = stored_feeds(tx)?;
    follow_moves(tx, feeds, &mut stored)?;
    let (mut fresh, mut renamed, mut woken) = (Vec::new(), Vec::new(), Vec::new());
    for (url, name) in feeds {
        match stored.remove(url.as_str()) {
            None => fresh.push((url, name.as_deref())),
            Some(feed) => {
                if feed.name != *name {
                    renamed.push(serde_json::json!([feed.id, name]));
                }
                if !feed.is_active {
                    woken.push(feed.id);
                }
            }
        }
    }
    let removed = stored.into_values().filter(|feed| feed.is_active);
    let removed: Vec<i64> = removed.map(|feed| feed.id).collect();
    for feeds in fresh.chunks(FEEDS_AT_ONCE) {
        insert(tx, feeds, now)?;
    }
    for rows in renamed.chunks(FEEDS_AT_ONCE) {
        tx.each(
            "UPDATE feeds SET name = {1} {ROWS}
             WHERE feeds.id = {0 BIGINT}",
            &[],
            rows.to_vec(),
        )?;
    }
    for (ids, sql) in [
        (
            woken,
            "UPDATE polls SET active = 1 WHERE feed_id IN (SELECT CAST(value AS BIGINT) FROM {each $1})",
        ),
        (
            removed,
            "UPDATE polls SET active = 0, gone = 0
             WHERE feed_id IN (SELECT CAST(value AS BIGINT) FROM {each $1})",
        ),
    ] {
        for ids in ids.chunks(FEEDS_AT_ONCE) {
            tx.exec(sql, &[json_ids(ids.iter().copied())])?;
        }
    }
    tx.exec("UPDATE installation SET feeds_hash = $1", &[hash.into()])?;
    Ok(())
}

/// What tells one list of feeds from another.
fn hash_of(feeds: &[(Url, Option<String>)]) -> i64 {
    let mut text = String::new();
    for (url, name) in feeds {
        text.push_str(url.as_str());
        if let Some(name) = name {
            text.push(' ');
            text.push_str(name);
        }
        text.push('\n');
    }
    TextHash::of(&text).0
}

/// A feed as it is stored, as far as the configuration decides it.
struct StoredFeed {
    id: i64,
    name: Option<String>,
    is_active: bool,
    fetch_url: String,
}

fn stored_feeds(tx: &mut dyn Tx) -> Result<HashMap<String, StoredFeed>, StoreError> {
    tx.rows(
        "SELECT f.url, f.id, f.name, p.active, p.fetch_url FROM feeds f JOIN polls p ON p.feed_id = f.id",
        &[],
    )?
    .iter_mut()
    .map(|row| {
        let url = row.next_text()?;
        let feed = StoredFeed {
            id: row.next_int()?,
            name: row.next_opt_text()?,
            is_active: row.next_flag()?,
            fetch_url: row.next_text()?,
        };
        Ok((url, feed))
    })
    .collect()
}

/// Gives feeds their new addresses: one that stands in the configuration for the first time, and to which a feed has
/// moved that stands there no more, is that feed.
fn follow_moves(
    tx: &mut dyn Tx,
    feeds: &[(Url, Option<String>)],
    stored: &mut HashMap<String, StoredFeed>,
) -> Result<(), StoreError> {
    let configured: HashSet<&str> = feeds.iter().map(|(url, _)| url.as_str()).collect();
    let moved: HashMap<String, String> = stored
        .iter()
        .filter(|(url, feed)| feed.fetch_url != **url && !configured.contains(url.as_str()))
        .map(|(url, feed)| (feed.fetch_url.clone(), url.clone()))
        .collect();
    for (url, _) in feeds {
        if stored.contains_key(url.as_str()) {
            continue;
        }
        let Some(mut feed) = moved.get(url.as_str()).and_then(|old| stored.remove(old)) else {
            continue;
        };
        tx.exec(
            "UPDATE feeds SET key = $1, url = $2 WHERE id = $3",
            &[
                indexed(url.as_str()).into(),
                url.as_str().into(),
                feed.id.into(),
            ],
        )?;
        tx.exec(
            "UPDATE polls SET found = 0 WHERE feed_id = $1",
            &[feed.id.into()],
        )?;
        url.as_str().clone_into(&mut feed.fetch_url);
        stored.insert(url.as_str().to_owned(), feed);
    }
    Ok(())
}

fn insert(
    tx: &mut dyn Tx,
    feeds: &[(&Url, Option<&str>)],
    now: Timestamp,
) -> Result<(), StoreError> {
    let rows = feeds
        .iter()
        .map(|(url, name)| serde_json::json!([indexed(url.as_str()), url.as_str(), name]));
    tx.each(
        "INSERT INTO feeds (key, url, name) {VALUES} {0}, {1}, {2} {END} ON CONFLICT (key) DO NOTHING",
        &[],
        rows.collect(),
    )?;
    let rows = feeds
        .iter()
        .map(|(url, _)| serde_json::json!([indexed(url.as_str()), url.as_str(), slot(Some(*url))]));
    tx.each(
        "INSERT INTO polls (feed_id, slot, active, due_at, fetch_url)
         {VALUES} (SELECT id FROM feeds WHERE key = {0}), {2 BIGINT}, 1, CAST($1 AS BIGINT), {1} {END}
         ON CONFLICT (feed_id) DO UPDATE SET active = 1",
        &[ms(now).into()],
        rows.collect(),
    )?;
    Ok(())
}
