//! Feeds: which is due, and how its last poll went.

use std::time::Duration;

use url::Url;

use super::tx::{Row, StoreError, Tx, Val};
use super::{Store, count, entries, json_list, lease_end, ms, opt_timestamp, url};
use crate::domain::{Entry, FeedId, Timestamp, Validators};

/// A feed that has been claimed for a poll.
#[derive(Debug, Clone, PartialEq)]
pub struct DueFeed {
    /// Its id.
    pub id: FeedId,
    /// The address in the configuration.
    pub url: Url,
    /// The address to poll.
    pub fetch_url: Url,
    /// The validators of the copy read last.
    pub validators: Validators,
    /// Whether it has ever been read.
    pub first_poll: bool,
    /// Failed polls in a row so far.
    pub failures: u32,
}

/// What a poll changes.
#[derive(Debug, Clone, PartialEq)]
pub struct PollRecord {
    /// When it may be polled again.
    pub next_poll_at: Timestamp,
    /// How it is now.
    pub health: FeedHealth,
}

/// How a feed is after a poll.
#[derive(Debug, Clone, PartialEq)]
pub enum FeedHealth {
    /// Nothing has changed since the last poll (304).
    Unchanged {
        /// The validators to send next time.
        validators: Validators,
    },
    /// It was read.
    Read {
        /// Its title.
        title: Option<String>,
        /// The validators to send next time.
        validators: Validators,
        /// Its new address after permanent redirects.
        moved_to: Option<Url>,
        /// What had to be mended.
        repairs: Vec<String>,
        /// Its entries that are to be scraped if they are new.
        fresh: Vec<Entry>,
        /// Its entries that count as seen if they are new.
        seen: Vec<Entry>,
    },
    /// The poll failed.
    Failed {
        /// Why, as a clause for people.
        error: String,
    },
    /// It was not even asked: too many others wait for its host.
    PutOff,
    /// Its server says that it is gone for good (410).
    Gone {
        /// What it said.
        error: String,
    },
}

impl Store {
    /// Makes the stored feeds those of the configuration, by URL and name: new ones are due now, removed ones
    /// rest.
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
        self.tx(move |tx| {
            let configured: Vec<&str> = feeds.iter().map(|(url, _)| url.as_str()).collect();
            for row in tx.rows("SELECT url FROM feeds WHERE active = 1", &[])? {
                let url = row.text(0)?;
                if !configured.contains(&url.as_str()) {
                    tx.exec(
                        "UPDATE feeds SET active = 0, gone = 0 WHERE url = $1",
                        &[url.into()],
                    )?;
                }
            }
            for (url, name) in &feeds {
                tx.exec(
                    "INSERT INTO feeds (url, fetch_url, name, active, next_poll_at)
                     VALUES ($1, $2, $3, 1, $4)
                     ON CONFLICT (url) DO UPDATE SET active = 1, name = excluded.name",
                    &[
                        url.as_str().into(),
                        url.as_str().into(),
                        name.clone().into(),
                        ms(now).into(),
                    ],
                )?;
            }
            Ok(())
        })
        .await
    }

    /// Claims the feeds that have been due the longest.
    ///
    /// `due_by` is at most `now`; a pass that polls every feed once names its own start.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn next_due_feeds(
        &self,
        due_by: Timestamp,
        now: Timestamp,
        lease: Duration,
        limit: usize,
    ) -> Result<Vec<DueFeed>, StoreError> {
        self.tx(move |tx| {
            tx.rows(
                "UPDATE feeds SET lease_until = $1 WHERE id IN (
                     SELECT id FROM feeds
                     WHERE active = 1 AND gone = 0 AND next_poll_at <= $2 AND lease_until <= $3
                     ORDER BY next_poll_at, id LIMIT $4)
                 RETURNING id, url, fetch_url, etag, last_modified, first_success_at, failures",
                &[
                    lease_end(now, lease).into(),
                    ms(due_by).into(),
                    ms(now).into(),
                    i64::try_from(limit).unwrap_or(i64::MAX).into(),
                ],
            )?
            .iter()
            .map(due_feed)
            .collect()
        })
        .await
    }

    /// Stores what a poll found, and the entries it brought, in one transaction; returns how many were new.
    ///
    /// # Errors
    /// When the database refuses; then neither the validators nor the entries are stored.
    pub async fn record_poll(
        &self,
        feed: FeedId,
        record: PollRecord,
        now: Timestamp,
    ) -> Result<usize, StoreError> {
        self.tx(move |tx| {
            let next = ms(record.next_poll_at);
            match record.health {
                FeedHealth::Unchanged { validators } => {
                    succeeded(tx, feed, next, &validators, now)?;
                    Ok(0)
                }
                FeedHealth::Read {
                    title,
                    validators,
                    moved_to,
                    repairs,
                    fresh,
                    seen,
                } => {
                    succeeded(tx, feed, next, &validators, now)?;
                    tx.exec(
                        "UPDATE feeds SET title = $1, repairs = $2, fetch_url = COALESCE($3, fetch_url),
                             first_success_at = COALESCE(first_success_at, $4)
                         WHERE id = $5",
                        &[
                            title.into(),
                            json_list(&repairs).into(),
                            moved_to.map(String::from).into(),
                            ms(now).into(),
                            feed.0.into(),
                        ],
                    )?;
                    let fresh = entries::add(tx, feed, &fresh, entries::State::ToScrape, now)?;
                    let seen = entries::add(tx, feed, &seen, entries::State::Seen, now)?;
                    Ok(fresh + seen)
                }
                FeedHealth::Failed { error } => {
                    failed(tx, feed, next, 0, &error, now)?;
                    Ok(0)
                }
                FeedHealth::PutOff => {
                    tx.exec(
                        "UPDATE feeds SET next_poll_at = $1, lease_until = 0 WHERE id = $2",
                        &[next.into(), feed.0.into()],
                    )?;
                    Ok(0)
                }
                FeedHealth::Gone { error } => {
                    failed(tx, feed, next, 1, &error, now)?;
                    Ok(0)
                }
            }
        })
        .await
    }

    /// Opens claims whose polls could not be stored.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn put_back_feeds(&self, feeds: Vec<FeedId>) -> Result<(), StoreError> {
        self.tx(move |tx| {
            for feed in &feeds {
                tx.exec(
                    "UPDATE feeds SET lease_until = 0 WHERE id = $1",
                    &[feed.0.into()],
                )?;
            }
            Ok(())
        })
        .await
    }
}

/// Opens the claims of a process that died.
pub(super) fn release_claims(tx: &mut dyn Tx) -> Result<(), StoreError> {
    tx.exec(
        "UPDATE feeds SET lease_until = 0 WHERE lease_until > 0",
        &[],
    )?;
    Ok(())
}

fn succeeded(
    tx: &mut dyn Tx,
    feed: FeedId,
    next_poll_at: i64,
    validators: &Validators,
    now: Timestamp,
) -> Result<(), StoreError> {
    tx.exec(
        "UPDATE feeds SET next_poll_at = $1, etag = $2, last_modified = $3, last_success_at = $4,
             failures = 0, failing_since = NULL, error = NULL, lease_until = 0
         WHERE id = $5",
        &[
            next_poll_at.into(),
            validators.etag.clone().into(),
            validators.last_modified.clone().into(),
            ms(now).into(),
            feed.0.into(),
        ],
    )?;
    Ok(())
}

/// Keeps the validators: they belong to the copy that was read last, and still do.
fn failed(
    tx: &mut dyn Tx,
    feed: FeedId,
    next_poll_at: i64,
    gone: i64,
    error: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    tx.exec(
        "UPDATE feeds SET next_poll_at = $1, gone = $2, failures = failures + 1,
             failing_since = COALESCE(failing_since, $3), error = $4, lease_until = 0
         WHERE id = $5",
        &[
            next_poll_at.into(),
            Val::Int(gone),
            ms(now).into(),
            error.into(),
            feed.0.into(),
        ],
    )?;
    Ok(())
}

fn due_feed(row: &Row) -> Result<DueFeed, StoreError> {
    Ok(DueFeed {
        id: FeedId(row.int(0)?),
        url: url(row, 1)?,
        fetch_url: url(row, 2)?,
        validators: Validators {
            etag: row.opt_text(3)?,
            last_modified: row.opt_text(4)?,
        },
        first_poll: opt_timestamp(row, 5)?.is_none(),
        failures: count(row, 6)?,
    })
}
