//! Articles: the entries that wait for their text, and the texts that wait to be matched.

use std::time::Duration;

use url::Url;

use super::entries::State;
use super::tx::{Row, StoreError, Tx, Val};
use super::{
    Store, count, hosts, lease_end, ms, offset_s, opt_local_timestamp, opt_timestamp, opt_url, url,
};
use crate::domain::{Article, Entry, EntryId, EntryKey, PageLines, TextBasis, Timestamp};

/// An entry that has been claimed to get its text.
#[derive(Debug, Clone, PartialEq)]
pub struct Unscraped {
    /// Its id.
    pub id: EntryId,
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
    /// What of the feed's site rule did not fit the page; people find it with the feed.
    pub rule_problem: Option<String>,
    /// The lines of the page, to be remembered with its host; none where nothing is to be learned from it.
    pub page: Option<PageLines>,
}

/// An article that has been claimed to be matched.
#[derive(Debug, Clone, PartialEq)]
pub struct Unflagged {
    /// The entry it was made of.
    pub id: EntryId,
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
        self.tx(move |tx| {
            claim(tx, State::ToScrape, now, lease, limit)?
                .into_iter()
                .map(|id| unscraped(tx, id))
                .collect()
        })
        .await
    }

    /// Stores the text of an entry, which is then ready to be matched, and remembers the lines of its page.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn record_article(
        &self,
        entry: EntryId,
        scraped: Scraped,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.tx(move |tx| {
            let Scraped {
                article,
                rule_problem,
                page,
            } = scraped;
            let from_page = match &article.basis {
                TextBasis::Page | TextBasis::Beginning { .. } => 1,
                TextBasis::Feed { .. } => 0,
            };
            let page_problem = article.basis.problem().map(str::to_owned);
            // A claim whose lease ran out may be answered twice; the first answer stands.
            let added = tx.exec(
                "INSERT INTO articles (entry_id, url, title, byline, published_at, published_offset_s,
                     lang, site, text, from_page, page_problem, scraped_at)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
                 ON CONFLICT (entry_id) DO NOTHING",
                &[
                    entry.0.into(),
                    article.url.map(String::from).into(),
                    article.title.into(),
                    article.byline.into(),
                    article.published.map(|at| ms(at.at)).into(),
                    offset_s(article.published),
                    article.lang.into(),
                    article.site.into(),
                    article.text.into(),
                    Val::Int(from_page),
                    page_problem.clone().into(),
                    ms(now).into(),
                ],
            )?;
            if let Some(page) = page.filter(|_| added > 0) {
                hosts::learn(tx, &page, now)?;
            }
            tx.exec(
                "UPDATE feeds SET page_problem = $1,
                     pages_failing_since = CASE WHEN CAST($1 AS TEXT) IS NULL THEN NULL
                         ELSE COALESCE(pages_failing_since, $2) END
                 WHERE id = (SELECT feed_id FROM entries WHERE id = $3)",
                &[
                    page_problem.or(rule_problem).into(),
                    ms(now).into(),
                    entry.0.into(),
                ],
            )?;
            // The article is now the one home of the text.
            tx.exec(
                "UPDATE entries SET state = $1, lease_until = 0, summary = NULL, content = NULL
                 WHERE id = $2 AND state = $3",
                &[State::ToFlag.into(), entry.0.into(), State::ToScrape.into()],
            )?;
            Ok(())
        })
        .await
    }

    /// Stores that a page could not be fetched now and is to be tried again.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn record_page_failure(
        &self,
        entry: EntryId,
        try_again_at: Timestamp,
    ) -> Result<(), StoreError> {
        self.tx(move |tx| {
            tx.exec(
                "UPDATE entries SET scrapes = scrapes + 1, not_before = $1, lease_until = 0
                 WHERE id = $2",
                &[ms(try_again_at).into(), entry.0.into()],
            )?;
            Ok(())
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
        self.tx(move |tx| {
            claim(tx, State::ToFlag, now, lease, limit)?
                .into_iter()
                .map(|id| unflagged(tx, id))
                .collect()
        })
        .await
    }

    /// Opens claims whose texts or matches could not be stored.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn put_back_entries(&self, entries: Vec<EntryId>) -> Result<(), StoreError> {
        self.tx(move |tx| {
            for entry in &entries {
                tx.exec(
                    "UPDATE entries SET lease_until = 0 WHERE id = $1",
                    &[entry.0.into()],
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
        "UPDATE entries SET lease_until = 0 WHERE state < 2 AND lease_until > 0",
        &[],
    )?;
    Ok(())
}

fn claim(
    tx: &mut dyn Tx,
    state: State,
    now: Timestamp,
    lease: Duration,
    limit: usize,
) -> Result<Vec<i64>, StoreError> {
    let mut ids = tx
        .rows(
            "UPDATE entries SET lease_until = $1 WHERE id IN (
                 SELECT id FROM entries
                 WHERE state = $2 AND not_before <= $3 AND lease_until <= $4
                 ORDER BY id LIMIT $5)
             RETURNING id",
            &[
                lease_end(now, lease).into(),
                state.into(),
                ms(now).into(),
                ms(now).into(),
                i64::try_from(limit).unwrap_or(i64::MAX).into(),
            ],
        )?
        .iter()
        .map(|row| row.int(0))
        .collect::<Result<Vec<_>, _>>()?;
    ids.sort_unstable();
    Ok(ids)
}

fn unscraped(tx: &mut dyn Tx, id: i64) -> Result<Unscraped, StoreError> {
    let row = one(
        tx,
        "SELECT f.url, e.key, e.title, e.link, e.published_at, e.updated_at, e.author, e.summary,
             e.content, e.lang, e.scrapes
         FROM entries e JOIN feeds f ON f.id = e.feed_id WHERE e.id = $1",
        id,
    )?;
    Ok(Unscraped {
        id: EntryId(id),
        feed_url: url(&row, 0)?,
        entry: Entry {
            keys: vec![EntryKey(row.text(1)?)],
            guid: None,
            title: row.opt_text(2)?,
            link: opt_url(&row, 3)?,
            published: opt_timestamp(&row, 4)?,
            updated: opt_timestamp(&row, 5)?,
            author: row.opt_text(6)?,
            summary: row.opt_text(7)?,
            content: row.opt_text(8)?,
            lang: row.opt_text(9)?,
        },
        failed_tries: count(&row, 10)?,
    })
}

fn unflagged(tx: &mut dyn Tx, id: i64) -> Result<Unflagged, StoreError> {
    let sql = format!(
        "SELECT f.url, f.title, e.key, e.link, e.found_at, {COLUMNS}
         FROM entries e JOIN feeds f ON f.id = e.feed_id JOIN articles a ON a.entry_id = e.id
         WHERE e.id = $1"
    );
    let row = one(tx, &sql, id)?;
    Ok(Unflagged {
        id: EntryId(id),
        feed_url: url(&row, 0)?,
        feed_title: row.opt_text(1)?,
        key: EntryKey(row.text(2)?),
        link: opt_url(&row, 3)?,
        found_at: super::timestamp(&row, 4)?,
        article: article(&row, 5)?,
    })
}

/// The columns of an article, in the order in which [`article`] reads them.
pub(super) const COLUMNS: &str = "a.url, a.title, a.byline, a.published_at, a.published_offset_s, a.lang, a.site, \
     a.text, a.from_page, a.page_problem";

/// Reads an article whose columns begin at `first`.
pub(super) fn article(row: &Row, first: usize) -> Result<Article, StoreError> {
    Ok(Article {
        url: opt_url(row, first)?,
        title: row.text(first + 1)?,
        byline: row.opt_text(first + 2)?,
        published: opt_local_timestamp(row, first + 3)?,
        lang: row.opt_text(first + 5)?,
        site: row.opt_text(first + 6)?,
        text: row.text(first + 7)?,
        basis: basis(row.int(first + 8)?, row.opt_text(first + 9)?),
    })
}

fn basis(from_page: i64, problem: Option<String>) -> TextBasis {
    match (from_page, problem) {
        (1, None) => TextBasis::Page,
        (1, Some(problem)) => TextBasis::Beginning { problem },
        (_, page_problem) => TextBasis::Feed { page_problem },
    }
}

fn one(tx: &mut dyn Tx, sql: &str, id: i64) -> Result<Row, StoreError> {
    tx.rows(sql, &[Val::Int(id)])?
        .into_iter()
        .next()
        .ok_or(StoreError::Shape {
            column: 0,
            wanted: "the row that was claimed",
        })
}
