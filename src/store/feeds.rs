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
    /// Whether the feed had to be found on a page.
    pub finding: Finding,
    /// When it was read last.
    pub last_success_at: Option<Timestamp>,
    /// The validators of the copy read last.
    pub validators: Validators,
    /// Whether it has ever been read.
    pub first_poll: bool,
    /// Failed polls in a row so far.
    pub failures: u32,
}

/// Whether a feed had to be found on the page at its configured address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// No: the configured address is that of the feed.
    NotNeeded,
    /// The address to poll was found there.
    Found,
    /// It was, and is no feed any more: it is to be looked for again.
    Lost {
        /// Where it was.
        last: Url,
    },
}

/// At which address a feed is polled from now on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Address {
    /// At the one where it was polled now.
    Kept,
    /// Its server says that it has moved there for good.
    Moved(Url),
    /// It was found there, on the page at its configured address.
    Found(Url),
    /// At its configured address, where there is a feed now.
    Configured,
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
        /// Its new address after permanent redirects.
        moved_to: Option<Url>,
    },
    /// It was read.
    Read {
        /// Its title.
        title: Option<String>,
        /// The validators to send next time.
        validators: Validators,
        /// Where it is polled from now on.
        address: Address,
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
    /// The poll failed, and the address it was polled at, which is not the configured one, is to be forgotten.
    Lost {
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
                 RETURNING id, url, fetch_url, etag, last_modified, first_success_at, failures, found,
                     last_success_at",
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
                FeedHealth::Unchanged {
                    validators,
                    moved_to,
                } => {
                    succeeded(tx, feed, next, &validators, now)?;
                    set_address(tx, feed, moved_to.map_or(Address::Kept, Address::Moved))?;
                    Ok(0)
                }
                FeedHealth::Read {
                    title,
                    validators,
                    address,
                    repairs,
                    fresh,
                    seen,
                } => {
                    succeeded(tx, feed, next, &validators, now)?;
                    tx.exec(
                        "UPDATE feeds SET title = $1, repairs = $2,
                             first_success_at = COALESCE(first_success_at, $3)
                         WHERE id = $4",
                        &[
                            title.into(),
                            json_list(&repairs).into(),
                            ms(now).into(),
                            feed.0.into(),
                        ],
                    )?;
                    set_address(tx, feed, address)?;
                    let fresh = entries::add(tx, feed, &fresh, entries::State::ToScrape, now)?;
                    let seen = entries::add(tx, feed, &seen, entries::State::Seen, now)?;
                    Ok(fresh + seen)
                }
                FeedHealth::Failed { error } => {
                    failed(tx, feed, next, 0, &error, now)?;
                    Ok(0)
                }
                FeedHealth::Lost { error } => {
                    failed(tx, feed, next, 0, &error, now)?;
                    forget_address(tx, feed)?;
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

fn set_address(tx: &mut dyn Tx, feed: FeedId, address: Address) -> Result<(), StoreError> {
    let (sql, url) = match address {
        Address::Kept => return Ok(()),
        Address::Moved(url) => ("UPDATE feeds SET fetch_url = $1 WHERE id = $2", url),
        Address::Found(url) => (
            "UPDATE feeds SET fetch_url = $1, found = 1 WHERE id = $2",
            url,
        ),
        Address::Configured => {
            let sql = "UPDATE feeds SET fetch_url = url, found = 0 WHERE id = $1";
            tx.exec(sql, &[feed.0.into()])?;
            return Ok(());
        }
    };
    tx.exec(sql, &[url.as_str().into(), feed.0.into()])?;
    Ok(())
}

/// Goes back to the configured address, with the validators of the other dropped. A found address is remembered, so
/// that it is known again if it is found once more.
fn forget_address(tx: &mut dyn Tx, feed: FeedId) -> Result<(), StoreError> {
    tx.exec(
        "UPDATE feeds SET etag = NULL, last_modified = NULL,
             fetch_url = CASE WHEN found = 0 THEN url ELSE fetch_url END,
             found = CASE WHEN found = 0 THEN 0 ELSE 2 END
         WHERE id = $1",
        &[feed.0.into()],
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
    let configured = url(row, 1)?;
    let stored = url(row, 2)?;
    let (fetch_url, finding) = match row.int(7)? {
        0 => (stored, Finding::NotNeeded),
        1 => (stored, Finding::Found),
        _ => (configured.clone(), Finding::Lost { last: stored }),
    };
    Ok(DueFeed {
        id: FeedId(row.int(0)?),
        url: configured,
        fetch_url,
        finding,
        last_success_at: opt_timestamp(row, 8)?,
        validators: Validators {
            etag: row.opt_text(3)?,
            last_modified: row.opt_text(4)?,
        },
        first_poll: opt_timestamp(row, 5)?.is_none(),
        failures: count(row, 6)?,
    })
}
