//! Polls: which feed is due, and how its last poll went.

use std::time::Duration;

use url::Url;

use super::claims::{self, Claim, Due, Lease};
use super::poll_hours::{self, PollEnded};
use super::tx::{Row, StoreError, Tx};
use super::unchanged::Unchanged;
use super::{
    Store, count, entries, json_ids, json_list, ms, opt_timestamp, slot, told, url, url_of,
};
use crate::domain::{
    DocumentName, Entry, EntryKey, FeedId, Pace, TextHash, Timestamp, Trouble, Validators,
};

/// A feed that has been claimed for a poll.
#[derive(Debug, Clone, PartialEq)]
pub struct DueFeed {
    /// Its id, claimed.
    pub claim: Claim<FeedId>,
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
    /// When the first of them was.
    pub failing_since: Option<Timestamp>,
    /// How often it wants to be read, as its last document said.
    pub pace: Pace,
    /// The hash of the document that was read last.
    pub body_hash: Option<TextHash>,
    /// When its whole document was sent last.
    pub full_at: Timestamp,
    /// When it was read for the first time.
    pub first_success_at: Option<Timestamp>,
    /// When a document shared no entry with the one before for the last time.
    pub gap_at: Option<Timestamp>,
    /// Why the last one failed.
    pub error: Option<String>,
}

/// Whether a feed had to be found on the page at its configured address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// No: the configured address is that of the feed.
    NotNeeded,
    /// The address to poll was found there.
    Found,
    /// No, but it leads for now to a feed at another host: whose that is will show when it leads elsewhere.
    Lent {
        /// Where that was.
        last: Url,
    },
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
    /// At its configured address, which leads for now to this one at another host.
    Lent(Url),
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
        /// Whether the whole document was sent all the same.
        was_full: bool,
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
        /// How often it wants to be read.
        pace: Pace,
        /// The hash of its document, where the same one would bring nothing new.
        body_hash: Option<TextHash>,
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
        let claimant = self.claimant.clone();
        self.write_lightly(move |tx| {
            let due = Due {
                table: "polls",
                key: "feed_id",
                condition: "active = 1 AND gone = 0 AND paused = 0 AND due_at <= $4",
                order: "due_at, feed_id",
                values: vec![ms(due_by).into()],
            };
            let lease = Lease {
                claimant: &claimant,
                now,
                length: lease,
            };
            let ids = claims::take(tx, &due, &lease, limit)?;
            due_feeds(tx, ids, lease.until())
        })
        .await
    }

    /// Stores what a poll found, and the entries it brought, in one transaction; returns how many were new, or `None`
    /// where the claim had ended: then nothing is written.
    ///
    /// # Errors
    /// When the database refuses; then neither the validators nor the entries are stored.
    pub async fn record_poll(
        &self,
        claim: Claim<FeedId>,
        record: PollRecord,
        now: Timestamp,
    ) -> Result<Option<usize>, StoreError> {
        match record.health {
            FeedHealth::Unchanged {
                was_full,
                validators,
                moved_to: None,
            } => {
                let one = Unchanged {
                    claim,
                    next_poll_at: record.next_poll_at,
                    validators,
                    was_full,
                    at: now,
                };
                Ok(self.record_unchanged(one).await?.then_some(0))
            }
            FeedHealth::PutOff => {
                self.write_lightly(move |tx| answered(tx, claim, &record, now))
                    .await
            }
            FeedHealth::Unchanged { .. }
            | FeedHealth::Read { .. }
            | FeedHealth::Failed { .. }
            | FeedHealth::Lost { .. }
            | FeedHealth::Gone { .. } => {
                self.write(move |tx| answered(tx, claim, &record, now))
                    .await
            }
        }
    }

    /// Notes what kind of failure a feed met at last.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn note_trouble(&self, feed: FeedId, trouble: Trouble) -> Result<(), StoreError> {
        self.write_lightly(move |tx| {
            tx.exec(
                "UPDATE polls SET trouble = $1 WHERE feed_id = $2 AND trouble IS DISTINCT FROM $1",
                &[trouble.as_str().into(), feed.0.into()],
            )?;
            Ok(())
        })
        .await
    }

    /// Whether the feed has shown one of these entries before.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn knows_one_of(
        &self,
        feed: FeedId,
        keys: Vec<EntryKey>,
    ) -> Result<bool, StoreError> {
        self.read(move |tx| entries::knows_one_of(tx, feed, &keys))
            .await
    }

    /// Opens claims whose polls could not be stored.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn put_back_feeds(&self, claims: Vec<Claim<FeedId>>) -> Result<(), StoreError> {
        let claims: Vec<_> = claims
            .iter()
            .map(|claim| (claim.id.0, claim.until))
            .collect();
        self.write_lightly(move |tx| claims::put_back(tx, "polls", "feed_id", &claims))
            .await
    }
}

/// What of a poll stands in the row that every poll writes.
struct PollRow<'a> {
    error: Option<&'a str>,
    is_gone: bool,
    validators: Option<&'a Validators>,
}

/// Stores how a poll ended with the feed itself; tells whether the claim still stood.
fn stands(
    tx: &mut dyn Tx,
    claim: Claim<FeedId>,
    record: &PollRecord,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let row = |error, validators| PollRow {
        error,
        is_gone: false,
        validators,
    };
    match &record.health {
        FeedHealth::Unchanged { validators, .. } | FeedHealth::Read { validators, .. } => {
            succeeded(tx, claim, record, &row(None, Some(validators)), now)
        }
        FeedHealth::Failed { error } | FeedHealth::Lost { error } => {
            failed(tx, claim, record, &row(Some(error), None), now)
        }
        FeedHealth::Gone { error } => {
            let row = PollRow {
                is_gone: true,
                ..row(Some(error), None)
            };
            failed(tx, claim, record, &row, now)
        }
        FeedHealth::PutOff => put_off(tx, claim, record, now),
    }
}

/// Stores one poll; `None` where its claim has ended.
fn answered(
    tx: &mut dyn Tx,
    claim: Claim<FeedId>,
    record: &PollRecord,
    now: Timestamp,
) -> Result<Option<usize>, StoreError> {
    let feed = claim.id;
    if !stands(tx, claim, record, now)? {
        return Ok(None);
    }
    let new_entries = taken_in(tx, feed, record, now)?;
    let failed = match &record.health {
        FeedHealth::PutOff => return Ok(Some(new_entries)),
        FeedHealth::Unchanged { .. } | FeedHealth::Read { .. } => false,
        FeedHealth::Failed { .. } | FeedHealth::Lost { .. } | FeedHealth::Gone { .. } => true,
    };
    let ended = PollEnded {
        feed,
        at: now,
        failed,
        new_entries,
    };
    poll_hours::add(tx, &[ended])?;
    Ok(Some(new_entries))
}

/// Stores what a poll has brought; returns how many entries were new.
fn taken_in(
    tx: &mut dyn Tx,
    feed: FeedId,
    record: &PollRecord,
    now: Timestamp,
) -> Result<usize, StoreError> {
    match &record.health {
        FeedHealth::Unchanged { moved_to, .. } => {
            let moved = moved_to.clone().map_or(Address::Kept, Address::Moved);
            set_address(tx, feed, &moved)?;
            Ok(0)
        }
        FeedHealth::Read {
            title,
            address,
            repairs,
            pace,
            body_hash,
            fresh,
            seen,
            ..
        } => {
            let had_entries =
                tx.number("SELECT entries FROM feeds WHERE id = $1", &[feed.0.into()])? > 0;
            set_address(tx, feed, address)?;
            let fresh = fresh.iter().map(|entry| (entry, entries::State::ToScrape));
            let shown = fresh.chain(backlog(seen)).collect();
            let added = entries::add(tx, feed, &shown, now)?;
            remember_document(tx, feed, pace, *body_hash, now)?;
            if had_entries && added.known == 0 && added.new > 0 {
                note_gap(tx, feed, now)?;
            }
            keep_rhythm(tx, feed, added.new, now)?;
            describe(tx, feed, title.as_deref(), repairs, added.new, now)?;
            Ok(added.new)
        }
        FeedHealth::Lost { .. } => {
            forget_address(tx, feed)?;
            Ok(0)
        }
        FeedHealth::Failed { .. } | FeedHealth::Gone { .. } | FeedHealth::PutOff => Ok(0),
    }
}

fn succeeded(
    tx: &mut dyn Tx,
    claim: Claim<FeedId>,
    record: &PollRecord,
    row: &PollRow<'_>,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let is_read = matches!(record.health, FeedHealth::Read { .. });
    let written = tx.exec(
        "UPDATE polls SET due_at = $1, polled_at = $2, etag = $3, last_modified = $4, prior_success_at = last_success_at,
             last_success_at = $2,
             first_success_at = COALESCE(first_success_at, $5),
             failures = 0, failing_since = NULL, error = NULL, lease_until = 0
         WHERE feed_id = $6 AND lease_until = $7",
        &[
            ms(record.next_poll_at).into(),
            ms(now).into(),
            row.validators.and_then(|known| known.etag.clone()).into(),
            row.validators.and_then(|known| known.last_modified.clone()).into(),
            is_read.then_some(ms(now)).into(),
            claim.id.0.into(),
            claim.until.into(),
        ],
    )?;
    Ok(written > 0)
}

/// Keeps the validators: they belong to the copy that was read last, and still do.
fn failed(
    tx: &mut dyn Tx,
    claim: Claim<FeedId>,
    record: &PollRecord,
    row: &PollRow<'_>,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let written = tx.exec(
        "UPDATE polls SET due_at = $1, polled_at = $2, gone = $3, failures = failures + 1,
             failing_since = COALESCE(failing_since, $2), error = $4, lease_until = 0
         WHERE feed_id = $5 AND lease_until = $6",
        &[
            ms(record.next_poll_at).into(),
            ms(now).into(),
            row.is_gone.into(),
            row.error.map(told).into(),
            claim.id.0.into(),
            claim.until.into(),
        ],
    )?;
    Ok(written > 0)
}

fn put_off(
    tx: &mut dyn Tx,
    claim: Claim<FeedId>,
    record: &PollRecord,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let written = tx.exec(
        "UPDATE polls SET due_at = $1, polled_at = $2, lease_until = 0 WHERE feed_id = $3 AND lease_until = $4",
        &[
            ms(record.next_poll_at).into(),
            ms(now).into(),
            claim.id.0.into(),
            claim.until.into(),
        ],
    )?;
    Ok(written > 0)
}

/// Writes what people know of a feed, where it has changed.
fn describe(
    tx: &mut dyn Tx,
    feed: FeedId,
    title: Option<&str>,
    repairs: &[String],
    added: usize,
    now: Timestamp,
) -> Result<(), StoreError> {
    tx.exec(
        "UPDATE feeds SET title = $1, repairs = $2, entries = entries + $3,
             last_new_at = CASE WHEN $3 > 0 THEN $4 ELSE last_new_at END
         WHERE id = $5 AND (title IS DISTINCT FROM $1 OR repairs <> $2 OR $3 > 0)",
        &[
            title.map(str::to_owned).into(),
            json_list(&repairs.iter().map(|text| told(text)).collect::<Vec<_>>()).into(),
            super::limit_of(added),
            ms(now).into(),
            feed.0.into(),
        ],
    )?;
    Ok(())
}

/// How long the longest time without anything new is remembered: a weekend is, and so is a holiday for a while.
const RHYTHM: Duration = Duration::from_hours(28 * 24);

/// Notes how long it took until a feed had something new again; not at its first poll.
fn keep_rhythm(
    tx: &mut dyn Tx,
    feed: FeedId,
    added: usize,
    now: Timestamp,
) -> Result<(), StoreError> {
    if added == 0 {
        return Ok(());
    }
    let forgotten = now.checked_sub(RHYTHM).unwrap_or(Timestamp::MIN);
    tx.exec(
        "UPDATE feeds SET news = news + $1, gaps = gaps + 1,
             longest_gap_at = CASE WHEN $2 - last_new_at >= longest_gap OR longest_gap_at < $3 THEN $2
                 ELSE longest_gap_at END,
             longest_gap = CASE WHEN $2 - last_new_at >= longest_gap OR longest_gap_at < $3
                 THEN $2 - last_new_at ELSE longest_gap END
         WHERE id = $4 AND last_new_at IS NOT NULL",
        &[
            super::limit_of(added),
            ms(now).into(),
            ms(forgotten).into(),
            feed.0.into(),
        ],
    )?;
    Ok(())
}

/// Keeps what a document said of itself, for the polls that bring none.
fn remember_document(
    tx: &mut dyn Tx,
    feed: FeedId,
    pace: &Pace,
    body_hash: Option<TextHash>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let pace = (*pace != Pace::default()).then(|| serde_json::json!(pace).to_string());
    tx.exec(
        "UPDATE polls SET pace = $1, body_hash = $2, full_at = $3 WHERE feed_id = $4",
        &[
            pace.into(),
            body_hash.map(|hash| hash.0).into(),
            ms(now).into(),
            feed.0.into(),
        ],
    )?;
    Ok(())
}

/// Notes that a document shared no entry with the one before: what stood between them may have been missed.
fn note_gap(tx: &mut dyn Tx, feed: FeedId, now: Timestamp) -> Result<(), StoreError> {
    tx.exec(
        "UPDATE polls SET gap_from = prior_success_at, gap_until = $1
         WHERE feed_id = $2 AND prior_success_at IS NOT NULL",
        &[ms(now).into(), feed.0.into()],
    )?;
    Ok(())
}

fn set_address(tx: &mut dyn Tx, feed: FeedId, address: &Address) -> Result<(), StoreError> {
    let (sql, url) = match address {
        Address::Kept => return Ok(()),
        Address::Moved(url) => (
            "UPDATE polls SET fetch_url = $1, slot = $2, found = CASE WHEN found = 3 THEN 0 ELSE found END
             WHERE feed_id = $3",
            url,
        ),
        Address::Lent(url) => {
            tx.exec(
                "UPDATE polls SET fetch_url = $1, found = 3 WHERE feed_id = $2",
                &[url.as_str().into(), feed.0.into()],
            )?;
            return Ok(());
        }
        Address::Found(url) => (
            "UPDATE polls SET fetch_url = $1, slot = $2, found = 1 WHERE feed_id = $3",
            url,
        ),
        Address::Configured => {
            tx.exec(
                "UPDATE polls SET fetch_url = (SELECT f.url FROM feeds f WHERE f.id = feed_id), found = 0
                 WHERE feed_id = $1",
                &[feed.0.into()],
            )?;
            return Ok(());
        }
    };
    tx.exec(
        sql,
        &[url.as_str().into(), slot(Some(url)).into(), feed.0.into()],
    )?;
    Ok(())
}

/// Goes back to the configured address, with the validators of the other dropped. A found address is remembered, so
/// that it is known again if it is found once more.
fn forget_address(tx: &mut dyn Tx, feed: FeedId) -> Result<(), StoreError> {
    tx.exec(
        "UPDATE polls SET etag = NULL, last_modified = NULL,
             fetch_url = CASE WHEN found = 0 THEN (SELECT f.url FROM feeds f WHERE f.id = feed_id)
                 ELSE fetch_url END,
             found = CASE WHEN found = 0 THEN 0 ELSE 2 END
         WHERE feed_id = $1",
        &[feed.0.into()],
    )?;
    Ok(())
}

/// Reads the feeds that were claimed, those due longest first.
fn due_feeds(tx: &mut dyn Tx, ids: Vec<i64>, until: i64) -> Result<Vec<DueFeed>, StoreError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut rows = tx.rows(
        "SELECT p.due_at, p.feed_id, f.url, p.fetch_url, p.found, p.etag, p.last_modified, p.first_success_at,
             p.last_success_at, p.failures, p.failing_since, p.pace, p.body_hash, p.full_at, p.error,
             p.gap_until
         FROM polls p JOIN feeds f ON f.id = p.feed_id
         WHERE p.feed_id IN (SELECT CAST(value AS BIGINT) FROM {each $1})",
        &[json_ids(ids)],
    )?;
    let due = rows
        .iter_mut()
        .map(|row| Ok((row.next_int()?, due_feed(row, until)?)));
    let mut due = due.collect::<Result<Vec<_>, StoreError>>()?;
    // Sorted here, rows so wide are not copied for it.
    due.sort_by_key(|(due_at, feed)| (*due_at, feed.claim.id));
    Ok(due.into_iter().map(|(_, feed)| feed).collect())
}

fn due_feed(row: &mut Row, until: i64) -> Result<DueFeed, StoreError> {
    let id = FeedId(row.next_int()?);
    let configured = url(row)?;
    let stored = row.next_text()?;
    // Nearly all feeds stand where they are said to: reading an address costs more than all else here.
    let stored = if stored == configured.as_str() {
        configured.clone()
    } else {
        url_of(row, &stored)?
    };
    let (fetch_url, finding) = match row.next_int()? {
        0 => (stored, Finding::NotNeeded),
        1 => (stored, Finding::Found),
        3 => (configured.clone(), Finding::Lent { last: stored }),
        _ => (configured.clone(), Finding::Lost { last: stored }),
    };
    let validators = Validators {
        etag: row.next_opt_text()?,
        last_modified: row.next_opt_text()?,
    };
    let first_success_at = opt_timestamp(row)?;
    Ok(DueFeed {
        claim: Claim { id, until },
        url: configured,
        fetch_url,
        finding,
        validators,
        first_poll: first_success_at.is_none(),
        last_success_at: opt_timestamp(row)?,
        failures: count(row)?,
        failing_since: opt_timestamp(row)?,
        pace: row
            .next_opt_text()?
            .and_then(|pace| serde_json::from_str(&pace).ok())
            .unwrap_or_default(),
        body_hash: row.next_opt_int()?.map(TextHash),
        full_at: super::timestamp(row)?,
        error: row.next_opt_text()?,
        first_success_at,
        gap_at: opt_timestamp(row)?,
    })
}

/// Entries of a first poll that are read to be looked back on, the newest.
const BACKLOG: usize = 50;

/// Makes the failing feeds due now that stand at a document's address; tells how many.
pub(super) fn due_again(
    tx: &mut dyn Tx,
    document: &str,
    now: Timestamp,
) -> Result<usize, StoreError> {
    let mut stand_there = Vec::new();
    for mut row in tx.rows(
        "SELECT p.feed_id, p.fetch_url, f.url FROM polls p JOIN feeds f ON f.id = p.feed_id
         WHERE p.failures > 0 AND p.active = 1 AND p.gone = 0",
        &[],
    )? {
        let feed = row.next_int()?;
        let addresses = [url(&mut row)?, url(&mut row)?];
        let names = addresses.map(|address| DocumentName::At(address).to_string());
        if names.iter().any(|name| name == document) {
            stand_there.push(feed);
        }
    }
    tx.exec(
        "UPDATE polls SET due_at = $1, polled_at = $1
         WHERE feed_id IN (SELECT CAST(value AS BIGINT) FROM {each $2})",
        &[ms(now).into(), json_ids(stand_there)],
    )
}

/// Gives entries that only count as seen their states; feeds list the newest first.
fn backlog(seen: &[Entry]) -> impl Iterator<Item = (&Entry, entries::State)> {
    seen.iter().enumerate().map(|(place, entry)| {
        let state = if place < BACKLOG {
            entries::State::Backlog
        } else {
            entries::State::Seen
        };
        (entry, state)
    })
}
