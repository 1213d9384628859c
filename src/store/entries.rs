//! Entries: each is taken in once, however often a feed shows it.

use super::ms;
use super::tx::{StoreError, Tx, Val};
use crate::domain::{Entry, FeedId, Timestamp};

/// How far an entry has come, as the schema numbers it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    ToScrape = 0,
    ToFlag = 1,
    Done = 2,
    Seen = 3,
}

impl From<State> for Val {
    fn from(state: State) -> Self {
        Self::Int(state as i64)
    }
}

/// Adds the entries that the feed has not shown before; returns how many.
///
/// A known entry that comes with a new key (a regenerated guid, a moved link) is known by that one too.
pub(super) fn add(
    tx: &mut dyn Tx,
    feed: FeedId,
    entries: &[Entry],
    state: State,
    now: Timestamp,
) -> Result<usize, StoreError> {
    let mut added = 0;
    // Feeds list the newest first; the oldest is taken in first, so that alerts keep the order of the news.
    for entry in entries.iter().rev() {
        let entry_id = match known(tx, feed, entry)? {
            Some(id) => id,
            None if entry.keys.is_empty() => continue,
            None => {
                added += 1;
                insert(tx, feed, entry, state, now)?
            }
        };
        for key in &entry.keys {
            tx.exec(
                "INSERT INTO entry_keys (feed_id, key, entry_id) VALUES ($1, $2, $3)
                 ON CONFLICT (feed_id, key) DO NOTHING",
                &[feed.0.into(), key.0.as_str().into(), entry_id.into()],
            )?;
        }
    }
    Ok(added)
}

fn known(tx: &mut dyn Tx, feed: FeedId, entry: &Entry) -> Result<Option<i64>, StoreError> {
    for key in &entry.keys {
        let found = tx.rows(
            "SELECT entry_id FROM entry_keys WHERE feed_id = $1 AND key = $2",
            &[feed.0.into(), key.0.as_str().into()],
        )?;
        if let Some(row) = found.first() {
            return row.int(0).map(Some);
        }
    }
    Ok(None)
}

fn insert(
    tx: &mut dyn Tx,
    feed: FeedId,
    entry: &Entry,
    state: State,
    now: Timestamp,
) -> Result<i64, StoreError> {
    // What has only been seen will not be read again: its texts would fill the file for nothing.
    let keep = |text: &Option<String>| match state {
        State::Seen => Val::Null,
        State::ToScrape | State::ToFlag | State::Done => text.clone().into(),
    };
    let key = entry.keys.first().map(|key| key.0.clone());
    tx.rows(
        "INSERT INTO entries (feed_id, state, key, title, link, published_at, updated_at, author,
             summary, content, lang, found_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) RETURNING id",
        &[
            feed.0.into(),
            state.into(),
            key.unwrap_or_default().into(),
            entry.title.clone().into(),
            entry.link.clone().map(String::from).into(),
            entry.published.map(ms).into(),
            entry.updated.map(ms).into(),
            entry.author.clone().into(),
            keep(&entry.summary),
            keep(&entry.content),
            entry.lang.clone().into(),
            ms(now).into(),
        ],
    )?
    .first()
    .map_or(
        Err(StoreError::Shape {
            column: 0,
            wanted: "the new entry's id",
        }),
        |row| row.int(0),
    )
}
