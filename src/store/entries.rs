//! Entries: each is taken in once, however often a feed shows it.

use std::collections::HashMap;

use super::tx::{StoreError, Tx, Val};
use super::{json_rows, ms, slot};
use crate::domain::{Entry, FeedId, Timestamp};

/// How far an entry has come, as the schema numbers it; 2 is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    ToScrape = 0,
    ToFlag = 1,
    Seen = 3,
    /// Seen at the first poll, and to be read when nothing else is: it raises no alert.
    Backlog = 4,
}

impl From<State> for Val {
    fn from(state: State) -> Self {
        Self::Int(state as i64)
    }
}

/// An entry of this poll as far as it is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Known {
    /// Stored before, under this id.
    Stored(i64),
    /// New; its place among the new ones.
    New(usize),
}

/// Adds the entries that the feed has not shown before; returns how many.
///
/// A known entry that comes with a new key (a regenerated guid, a moved link) is known by that one too. However many
/// entries there are, this takes four statements.
pub(super) fn add(
    tx: &mut dyn Tx,
    feed: FeedId,
    entries: &[Entry],
    state: State,
    now: Timestamp,
) -> Result<usize, StoreError> {
    if entries.is_empty() {
        return Ok(0);
    }
    let mut known = known_keys(tx, feed, entries)?;
    let mut new = Vec::new();
    let mut learned = Vec::new();
    // Feeds list the newest first; the oldest is taken in first, so that alerts keep the order of the news.
    for entry in entries.iter().rev().filter(|entry| !entry.keys.is_empty()) {
        let found = entry.keys.iter().find_map(|key| known.get(key.0.as_str()));
        let this = found.copied().unwrap_or(Known::New(new.len()));
        if this == Known::New(new.len()) {
            new.push(entry);
        }
        for key in &entry.keys {
            if !known.contains_key(key.0.as_str()) {
                known.insert(key.0.clone(), this);
                learned.push((key.0.as_str(), this));
            }
        }
    }
    let ids = insert(tx, feed, &new, state, now)?;
    learn_keys(tx, feed, &learned, &ids)?;
    Ok(new.len())
}

/// Those keys of the entries that the feed has shown before.
fn known_keys(
    tx: &mut dyn Tx,
    feed: FeedId,
    entries: &[Entry],
) -> Result<HashMap<String, Known>, StoreError> {
    let keys = entries.iter().flat_map(|entry| &entry.keys);
    let rows = keys.map(|key| serde_json::json!([key.0])).collect();
    tx.rows(
        "SELECT key, entry_id FROM entry_keys
         WHERE feed_id = $1 AND key IN (SELECT e.value ->> 0 FROM {each $2} AS e)",
        &[feed.0.into(), json_rows(rows)],
    )?
    .iter_mut()
    .map(|row| Ok((row.next_text()?, Known::Stored(row.next_int()?))))
    .collect()
}

/// Stores new entries in their order; returns their ids in the same order.
fn insert(
    tx: &mut dyn Tx,
    feed: FeedId,
    new: &[&Entry],
    state: State,
    now: Timestamp,
) -> Result<Vec<i64>, StoreError> {
    if new.is_empty() {
        return Ok(Vec::new());
    }
    let rows = new.iter().enumerate();
    let rows = rows
        .map(|(place, entry)| columns(place, entry, state))
        .collect();
    let mut stored = tx.rows(
        "INSERT INTO entries (feed_id, state, found_at, slot, key, title, link, published_at, updated_at, author,
             summary, content, lang)
         SELECT CAST($1 AS BIGINT), CAST($2 AS BIGINT), CAST($3 AS BIGINT), CAST(e.value ->> 1 AS BIGINT),
             e.value ->> 2, e.value ->> 3, e.value ->> 4, CAST(e.value ->> 5 AS BIGINT),
             CAST(e.value ->> 6 AS BIGINT), e.value ->> 7, e.value ->> 8, e.value ->> 9, e.value ->> 10
         FROM {each $4} AS e ORDER BY CAST(e.value ->> 0 AS BIGINT)
         RETURNING key, id",
        &[
            feed.0.into(),
            state.into(),
            ms(now).into(),
            json_rows(rows),
        ],
    )?;
    // RETURNING has no order; the first key of a new entry is its alone.
    let ids = stored
        .iter_mut()
        .map(|row| Ok((row.next_text()?, row.next_int()?)))
        .collect::<Result<HashMap<_, _>, StoreError>>()?;
    let of = |entry: &&Entry| {
        let id = ids.get(&first_key(entry)).copied();
        id.ok_or(StoreError::Shape {
            column: 0,
            wanted: "the key of a new entry",
        })
    };
    new.iter().map(of).collect()
}

fn first_key(entry: &Entry) -> String {
    let key = entry.keys.first().map_or("", |key| key.0.as_str());
    key.replace('\0', "\u{fffd}")
}

fn columns(place: usize, entry: &Entry, state: State) -> serde_json::Value {
    // What has only been seen will not be read again: its texts would fill the file for nothing.
    let keep = |text: &Option<String>| match state {
        State::Seen => None,
        State::ToScrape | State::ToFlag | State::Backlog => text.clone(),
    };
    serde_json::json!([
        place,
        slot(entry.link.as_ref()),
        first_key(entry),
        entry.title,
        entry.link.as_ref().map(url::Url::as_str),
        entry.published.map(ms),
        entry.updated.map(ms),
        entry.author,
        keep(&entry.summary),
        keep(&entry.content),
        entry.lang,
    ])
}

fn learn_keys(
    tx: &mut dyn Tx,
    feed: FeedId,
    learned: &[(&str, Known)],
    ids: &[i64],
) -> Result<(), StoreError> {
    let rows: Vec<_> = learned
        .iter()
        .filter_map(|(key, known)| {
            let id = match known {
                Known::Stored(id) => Some(*id),
                Known::New(place) => ids.get(*place).copied(),
            };
            id.map(|id| serde_json::json!([key, id]))
        })
        .collect();
    if rows.is_empty() {
        return Ok(());
    }
    tx.exec(
        "INSERT INTO entry_keys (feed_id, key, entry_id)
         SELECT CAST($1 AS BIGINT), e.value ->> 0, CAST(e.value ->> 1 AS BIGINT) FROM {each $2} AS e
         WHERE true ON CONFLICT (feed_id, key) DO NOTHING",
        &[feed.0.into(), json_rows(rows)],
    )?;
    Ok(())
}
