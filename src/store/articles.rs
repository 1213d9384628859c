//! Articles: the entries that wait for their text, and the texts that wait to be matched.

use std::time::Duration;

use url::Url;

use super::claims::{self, Claim, Due, Lease};
use super::entries::State;
use super::tx::{Row, StoreError, Tx, Val};
use super::{
    Store, count, hosts, json_ids, ms, offset_s, opt_local_timestamp, opt_timestamp, opt_url,
    timestamp, url,
};
use crate::domain::{
    Article, Entry, EntryFacts, EntryId, EntryKey, FeedWords, PageLines, TextBasis, Timestamp,
};

/// An entry that has been claimed to get its text.
#[derive(Debug, Clone, PartialEq)]
pub struct Unscraped {
    /// Its id, claimed.
    pub claim: Claim<EntryId>,
    /// The address of its feed in the configuration.
    pub feed_url: Url,
    /// The entry.
    pub entry: Entry,
    /// Tries to fetch its page that failed so far.
    pub failed_tries: u32,
}

/// What came of reading an entry's page.
#[derive(Debug, Clone, PartialEq)]
pub struct Scraped {
    /// The article.
    pub article: Article,
    /// What readers of the feed see.
    pub feed_words: FeedWords,
    /// What of the feed's site rule did not fit the page; people find it with the feed.
    pub rule_problem: Option<String>,
    /// The lines of the page, to be remembered with its host; none where nothing is to be learned from it.
    pub page: Option<PageLines>,
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

impl Store {
    /// Claims the oldest entries that have no text yet.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn next_unscraped(
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
            let ids = claim(tx, State::ToScrape, &lease, limit)?;
            unscraped(tx, ids, lease.until())
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
            let ids = claim(tx, State::Backlog, &lease, limit)?;
            unscraped(tx, ids, lease.until())
        })
        .await
    }

    /// Stores the text of an entry, which is then ready to be matched, and remembers the lines of its page; tells whether
    /// the claim still stood: where it had ended, nothing is written.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn record_article(
        &self,
        claim: Claim<EntryId>,
        scraped: Scraped,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        self.write(move |tx| record(tx, claim, &scraped, now)).await
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

    /// Claims the oldest articles that have not been matched.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn next_unflagged(
        &self,
        now: Timestamp,
        lease: Duration,
        limit: usize,
    ) -> Result<Vec<Unflagged>, StoreError> {
        let claimant = self.claimant.clone();
        self.write_lightly(move |tx| {
            let lease = Lease {
                claimant: &claimant,
                now,
                length: lease,
            };
            let ids = claim(tx, State::ToFlag, &lease, limit)?;
            unflagged(tx, ids, lease.until())
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

fn claim(
    tx: &mut dyn Tx,
    state: State,
    lease: &Lease<'_>,
    limit: usize,
) -> Result<Vec<i64>, StoreError> {
    let condition = match state {
        State::ToScrape => "state = 0 AND state < 2 AND not_before <= $3",
        State::Backlog => "state = 4 AND not_before <= $3",
        State::ToFlag | State::Seen => "state = 1 AND state < 2 AND not_before <= $3",
    };
    let due = Due {
        table: "entries",
        key: "id",
        condition,
        order: "id",
        values: Vec::new(),
    };
    claims::take(tx, &due, lease, limit)
}

fn record(
    tx: &mut dyn Tx,
    claim: Claim<EntryId>,
    scraped: &Scraped,
    now: Timestamp,
) -> Result<bool, StoreError> {
    // The article is now the one home of the text.
    let written = tx.exec(
        "UPDATE entries SET state = CASE WHEN state = 4 THEN 2 ELSE CAST($1 AS BIGINT) END, lease_until = 0,
             summary = NULL, content = NULL
         WHERE id = $2 AND lease_until = $3 AND (state = 0 OR state = 4)",
        &[State::ToFlag.into(), claim.id.0.into(), claim.until.into()],
    )?;
    if written == 0 {
        return Ok(false);
    }
    let article = &scraped.article;
    insert(tx, claim.id, article, &scraped.feed_words, now)?;
    if let Some(page) = &scraped.page {
        hosts::learn(tx, page, now)?;
    }
    let problem = article.basis.problem().map(str::to_owned);
    let problem = Val::from(problem.or_else(|| scraped.rule_problem.clone()));
    tx.exec(
        "UPDATE feeds SET page_problem = $1,
             pages_failing_since = CASE WHEN CAST($1 AS TEXT) IS NULL THEN NULL
                 ELSE COALESCE(pages_failing_since, $2) END
         WHERE id = (SELECT feed_id FROM entries WHERE id = $3) AND page_problem IS DISTINCT FROM $1",
        &[problem, ms(now).into(), claim.id.0.into()],
    )?;
    Ok(true)
}

fn insert(
    tx: &mut dyn Tx,
    entry: EntryId,
    article: &Article,
    words: &FeedWords,
    now: Timestamp,
) -> Result<(), StoreError> {
    let is_from_page = match &article.basis {
        TextBasis::Page | TextBasis::Beginning { .. } => true,
        TextBasis::Feed { .. } => false,
    };
    tx.exec(
        "INSERT INTO articles (entry_id, url, title, byline, published_at, published_offset_s,
             lang, site, text, from_page, page_problem, feed_title, feed_summary, scraped_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
         ON CONFLICT (entry_id) DO NOTHING",
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
            is_from_page.into(),
            article.basis.problem().map(str::to_owned).into(),
            words.title.clone().into(),
            words.summary.clone().into(),
            ms(now).into(),
        ],
    )?;
    Ok(())
}

fn unscraped(tx: &mut dyn Tx, ids: Vec<i64>, until: i64) -> Result<Vec<Unscraped>, StoreError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    tx.rows(
        "SELECT e.id, f.url, e.key, e.title, e.link, e.published_at, e.updated_at, e.author, e.summary, e.content,
             e.lang, e.scrapes
         FROM entries e JOIN feeds f ON f.id = e.feed_id
         WHERE e.id IN (SELECT CAST(value AS BIGINT) FROM {each $1}) ORDER BY e.id",
        &[json_ids(ids)],
    )?
    .iter_mut()
    .map(|row| {
        let id = EntryId(row.next_int()?);
        Ok(Unscraped {
            claim: Claim { id, until },
            feed_url: url(row)?,
            entry: Entry {
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
            },
            failed_tries: count(row)?,
        })
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
        basis: basis(row.next_flag()?, row.next_opt_text()?),
    })
}

/// Reads what readers of the feed see.
pub(super) fn feed_words(row: &mut Row) -> Result<FeedWords, StoreError> {
    Ok(FeedWords {
        title: row.next_opt_text()?,
        summary: row.next_opt_text()?,
    })
}

fn basis(is_from_page: bool, problem: Option<String>) -> TextBasis {
    match (is_from_page, problem) {
        (true, None) => TextBasis::Page,
        (true, Some(problem)) => TextBasis::Beginning { problem },
        (false, page_problem) => TextBasis::Feed { page_problem },
    }
}
