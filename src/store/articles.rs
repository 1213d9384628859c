//! Articles: the entries that wait for their text, and the texts that wait to be matched.

use std::sync::Arc;
use std::time::Duration;

use url::Url;

use super::claims::{self, Claim, Due, Lease};
use super::entries::{MOST_REREADS, State};
use super::tx::{Row, StoreError, Tx, Val};
use super::{
    Store, count, hosts, indexed, json_ids, ms, offset_s, opt_local_timestamp, opt_timestamp,
    opt_url, polls, timestamp, told, url,
};
use crate::domain::{
    Article, DocumentName, Entry, EntryFacts, EntryId, EntryKey, FeedId, FeedWords, PageLines,
    TextBasis, TextHash, Timestamp, Validators,
};

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

/// What came of reading an entry's page.
#[derive(Debug, Clone, PartialEq)]
pub struct Scraped {
    /// The article.
    pub article: Article,
    /// What readers of the feed see.
    pub feed_words: FeedWords,
    /// What of the feed's site rule did not fit the page, or why the feed's own text was not read whole.
    pub reading_problem: Option<String>,
    /// The lines of the page, to be remembered with its host; none where nothing is to be learned from it.
    pub page: Option<PageLines>,
    /// The link of its entry, as links are compared; none where no other feed may use what was read.
    pub link: Option<TextHash>,
    /// The page's own address, likewise.
    pub own: Option<TextHash>,
    /// What the server of the page names it by, to ask whether it is as it was.
    pub validators: Validators,
    /// The document that was not read because it is set aside, by its name: it may be asked for again.
    pub set_aside: Option<String>,
}

impl Scraped {
    /// What people find with the feed: why it is not the whole page, or what did not fit.
    #[must_use]
    pub fn problem(&self) -> Option<&str> {
        let basis = self.article.basis.problem();
        basis.or(self.reading_problem.as_deref())
    }
}

/// How the pages of a feed stand once an article of it is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PagesNow {
    /// As they stood.
    AsBefore,
    /// They could be read, and now one cannot.
    Failing,
    /// They could not be read, and now one could.
    Read,
}

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

/// What is done again because a document is read again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReadAgain {
    /// Entries that are read or matched once more.
    pub entries: usize,
    /// Feeds that are due now.
    pub feeds: usize,
}

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

    /// Stores the text of an entry, which is then ready to be matched, and remembers the lines of its page; tells how
    /// the pages of its feed stand. Where the claim had ended, nothing is written, and there is nothing to tell.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn record_article(
        &self,
        claim: Claim<EntryId>,
        scraped: Scraped,
        now: Timestamp,
    ) -> Result<Option<PagesNow>, StoreError> {
        self.write(move |tx| record(tx, claim, &scraped, now)).await
    }

    /// What was read since then of the page at an address, for an entry of another feed: known by the link of that entry,
    /// or by the page's own address.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn known_page(
        &self,
        entry: EntryId,
        address: TextHash,
        since: Timestamp,
    ) -> Result<Option<Article>, StoreError> {
        self.read(move |tx| {
            for column in ["link_hash", "url_hash"] {
                let sql = format!(
                    "SELECT {COLUMNS} FROM articles a JOIN entries e ON e.id = a.entry_id
                     WHERE a.{column} = $1 AND a.from_page = 1 AND a.page_problem IS NULL AND a.page_read_at >= $2
                         AND e.feed_id <> (SELECT own.feed_id FROM entries own WHERE own.id = $3) LIMIT 1"
                );
                let known = tx.first(&sql, &[address.0.into(), ms(since).into(), entry.0.into()])?;
                if let Some(mut row) = known {
                    return article(&mut row).map(Some);
                }
            }
            Ok(None)
        })
        .await
    }

    /// Stores the feed's own text of an entry, which is then ready to be matched, and when its page is to be read again;
    /// tells how the pages of its feed stand. Where the claim had ended, there is nothing to tell.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn record_for_now(
        &self,
        claim: Claim<EntryId>,
        scraped: Scraped,
        page_at: Timestamp,
        now: Timestamp,
    ) -> Result<Option<PagesNow>, StoreError> {
        self.write(move |tx| {
            // The feed's text stays with the entry: it is chosen from once more when the page has come.
            let written = tx.exec(
                "UPDATE entries SET state = $1, lease_until = 0, scrapes = scrapes + 1, page_at = $2
                 WHERE id = $3 AND lease_until = $4 AND state = 0",
                &[
                    State::ToFlag.into(),
                    ms(page_at).into(),
                    claim.id.0.into(),
                    claim.until.into(),
                ],
            )?;
            if written == 0 {
                return Ok(None);
            }
            insert(tx, claim.id, &scraped, now)?;
            note_problem(tx, claim.id, &scraped, now).map(Some)
        })
        .await
    }

    /// Stores that a page could not be fetched now and is to be tried again; tells whether the claim still stood.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn record_page_failure(
        &self,
        claim: Claim<EntryId>,
        try_again_at: Timestamp,
    ) -> Result<bool, StoreError> {
        self.write_lightly(move |tx| {
            let written = tx.exec(
                "UPDATE entries SET scrapes = scrapes + 1, not_before = $1, lease_until = 0
                 WHERE id = $2 AND lease_until = $3",
                &[
                    ms(try_again_at).into(),
                    claim.id.0.into(),
                    claim.until.into(),
                ],
            )?;
            Ok(written > 0)
        })
        .await
    }

    /// Has what a document was set aside of be done again: the entries whose page or text it is are read once more, an article
    /// whose text it is is matched once more, and a feed whose document it is is due now. Tells how many.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn read_again(
        &self,
        document: &str,
        now: Timestamp,
    ) -> Result<ReadAgain, StoreError> {
        let document = document.to_owned();
        self.write(move |tx| {
            Ok(ReadAgain {
                entries: again(tx, &document)?,
                feeds: polls::due_again(tx, &document, now)?,
            })
        })
        .await
    }

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

    /// Opens claims whose texts or matches could not be stored.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn put_back_entries(&self, claims: Vec<Claim<EntryId>>) -> Result<(), StoreError> {
        let claims: Vec<_> = claims
            .iter()
            .map(|claim| (claim.id.0, claim.until))
            .collect();
        self.write_lightly(move |tx| claims::put_back(tx, "entries", "id", &claims))
            .await
    }
}

/// Has the entries read or matched again of which a document was set aside; tells how many.
fn again(tx: &mut dyn Tx, document: &str) -> Result<usize, StoreError> {
    if let Some(entry) = DocumentName::article_named(document) {
        return tx.exec(
            "UPDATE entries SET state = 1, lease_until = 0, not_before = 0 WHERE id = $1 AND state = 2
                 AND EXISTS (SELECT 1 FROM articles WHERE articles.entry_id = entries.id)",
            &[entry.0.into()],
        );
    }
    let document = Val::from(indexed(document));
    tx.exec(
        "DELETE FROM articles WHERE entry_id IN (SELECT id FROM entries WHERE set_aside = $1)",
        std::slice::from_ref(&document),
    )?;
    tx.exec(
        "UPDATE entries SET state = 0, lease_until = 0, not_before = 0, scrapes = 0, set_aside = NULL
         WHERE set_aside = $1",
        &[document],
    )
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
        "WITH RECURSIVE heads(id) AS (
             SELECT {first}
             UNION ALL
             SELECT {following} FROM heads JOIN entries last ON last.id = heads.id
         )
         SELECT e.host, e.feed_id, f.url, e.link
         FROM heads JOIN entries e ON e.id = heads.id JOIN feeds f ON f.id = e.feed_id LIMIT {MAX_QUEUES}",
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
        "WITH RECURSIVE heads(id) AS (
             SELECT (SELECT e.id FROM entries e
                 WHERE e.state = 1 AND e.lease_until <= $1 AND e.not_before <= $1 AND e.feed_id > $2
                 ORDER BY e.feed_id, e.id LIMIT 1)
             UNION ALL
             SELECT (SELECT e.id FROM entries e
                 WHERE e.state = 1 AND e.lease_until <= $1 AND e.not_before <= $1 AND e.feed_id > last.feed_id
                 ORDER BY e.feed_id, e.id LIMIT 1)
             FROM heads JOIN entries last ON last.id = heads.id
         )
         SELECT e.feed_id FROM heads JOIN entries e ON e.id = heads.id LIMIT $3",
        &[ms(now).into(), after.0.into(), super::limit_of(limit)],
    )?
    .iter_mut()
    .map(Row::next_int)
    .collect()
}

fn record(
    tx: &mut dyn Tx,
    claim: Claim<EntryId>,
    scraped: &Scraped,
    now: Timestamp,
) -> Result<Option<PagesNow>, StoreError> {
    // The article is now the one home of the text, unless that is to be read once more.
    let set_aside = scraped.set_aside.as_deref().map(indexed);
    // What only counts as seen is not read again: it would be told as news.
    let sql = format!(
        "UPDATE entries SET state = CASE WHEN state = 4 THEN 2 ELSE CAST($1 AS BIGINT) END, lease_until = 0,
             page_at = 0, set_aside = $2,
             rereads = CASE WHEN state = 4 THEN {MOST_REREADS} ELSE rereads END,
             summary = CASE WHEN CAST($2 AS TEXT) IS NULL THEN NULL ELSE summary END,
             content = CASE WHEN CAST($2 AS TEXT) IS NULL THEN NULL ELSE content END
         WHERE id = $3 AND lease_until = $4 AND (state = 0 OR state = 4)"
    );
    let written = tx.exec(
        &sql,
        &[
            State::ToFlag.into(),
            set_aside.into(),
            claim.id.0.into(),
            claim.until.into(),
        ],
    )?;
    if written == 0 {
        return Ok(None);
    }
    insert(tx, claim.id, scraped, now)?;
    if let Some(page) = &scraped.page {
        hosts::learn(tx, page, now)?;
    }
    note_problem(tx, claim.id, scraped, now).map(Some)
}

/// Keeps with the feed what was wrong with the page of its newest article.
fn note_problem(
    tx: &mut dyn Tx,
    entry: EntryId,
    scraped: &Scraped,
    now: Timestamp,
) -> Result<PagesNow, StoreError> {
    let problem = scraped.problem().map(str::to_owned);
    let before = tx.first(
        "SELECT f.page_problem FROM feeds f JOIN entries e ON e.feed_id = f.id WHERE e.id = $1",
        &[entry.0.into()],
    )?;
    let before = before.map(|mut row| row.next_opt_text()).transpose()?;
    let before = before.flatten();
    if before == problem {
        return Ok(PagesNow::AsBefore);
    }
    let pages = match (before.is_some(), problem.is_some()) {
        (false, true) => PagesNow::Failing,
        (true, false) => PagesNow::Read,
        _ => PagesNow::AsBefore,
    };
    tx.exec(
        "UPDATE feeds SET page_problem = $1,
             pages_failing_since = CASE WHEN CAST($1 AS TEXT) IS NULL THEN NULL
                 ELSE COALESCE(pages_failing_since, $2) END
         WHERE id = (SELECT feed_id FROM entries WHERE id = $3)",
        &[problem.into(), ms(now).into(), entry.0.into()],
    )?;
    Ok(pages)
}

fn insert(
    tx: &mut dyn Tx,
    entry: EntryId,
    scraped: &Scraped,
    now: Timestamp,
) -> Result<(), StoreError> {
    let (article, words) = (&scraped.article, &scraped.feed_words);
    let from_page: i64 = match &article.basis {
        TextBasis::Feed { .. } => 0,
        TextBasis::Page | TextBasis::Beginning { .. } => 1,
        TextBasis::FeedForNow { .. } => 2,
    };
    tx.exec(
        "INSERT INTO articles (entry_id, url, title, byline, published_at, published_offset_s,
             lang, site, text, from_page, page_problem, feed_title, feed_summary, scraped_at, link_hash, url_hash,
             etag, last_modified, page_read_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)
         ON CONFLICT (entry_id) DO UPDATE SET url = excluded.url, title = excluded.title, byline = excluded.byline,
             published_at = excluded.published_at, published_offset_s = excluded.published_offset_s,
             lang = excluded.lang, site = excluded.site, scraped_at = excluded.scraped_at,
             feed_title = excluded.feed_title, feed_summary = excluded.feed_summary,
             text = CASE WHEN excluded.from_page < articles.from_page AND articles.from_page = 1
                 THEN articles.text ELSE excluded.text END,
             from_page = CASE WHEN excluded.from_page < articles.from_page AND articles.from_page = 1
                 THEN articles.from_page ELSE excluded.from_page END,
             page_problem = CASE WHEN excluded.from_page < articles.from_page AND articles.from_page = 1
                 THEN articles.page_problem ELSE excluded.page_problem END,
             link_hash = excluded.link_hash, url_hash = excluded.url_hash, etag = excluded.etag,
             last_modified = excluded.last_modified,
             page_read_at = COALESCE(excluded.page_read_at, articles.page_read_at)",
        &[
            entry.0.into(),
            article.url.clone().map(String::from).into(),
            article.title.as_str().into(),
            article.byline.clone().into(),
            article.published.map(|at| ms(at.at)).into(),
            offset_s(article.published),
            article.lang.clone().into(),
            article.site.clone().into(),
            article.text.as_str().into(),
            from_page.into(),
            article.basis.problem().map(told).into(),
            words.title.clone().into(),
            words.summary.clone().into(),
            ms(now).into(),
            scraped.link.map(|hash| hash.0).into(),
            scraped.own.map(|hash| hash.0).into(),
            scraped.validators.etag.clone().into(),
            scraped.validators.last_modified.clone().into(),
            (from_page == 1).then(|| ms(now)).into(),
        ],
    )?;
    Ok(())
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

/// The columns that [`article`] and then [`feed_words`] read, of a table named `a`.
pub(super) const COLUMNS: &str = "a.url, a.title, a.byline, a.published_at, a.published_offset_s, a.lang, a.site, \
     a.text, a.from_page, a.page_problem, a.feed_title, a.feed_summary";

/// Reads an article from the columns of [`COLUMNS`].
pub(super) fn article(row: &mut Row) -> Result<Article, StoreError> {
    Ok(Article {
        url: opt_url(row)?,
        title: row.next_text()?,
        byline: row.next_opt_text()?,
        published: opt_local_timestamp(row)?,
        lang: row.next_opt_text()?,
        site: row.next_opt_text()?,
        text: row.next_text()?,
        basis: basis(row.next_int()?, row.next_opt_text()?),
    })
}

/// Reads what readers of the feed see.
pub(super) fn feed_words(row: &mut Row) -> Result<FeedWords, StoreError> {
    Ok(FeedWords {
        title: row.next_opt_text()?,
        summary: row.next_opt_text()?,
    })
}

fn basis(from_page: i64, problem: Option<String>) -> TextBasis {
    match (from_page, problem) {
        (1, None) => TextBasis::Page,
        (1, Some(problem)) => TextBasis::Beginning { problem },
        (2, Some(problem)) => TextBasis::FeedForNow { problem },
        (_, page_problem) => TextBasis::Feed { page_problem },
    }
}
