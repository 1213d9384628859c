//! Articles that were matched and are kept: to look back on, page by page, until they are forgotten.

use url::Url;

use super::articles::{self, COLUMNS};
use super::tx::{Row, StoreError};
use super::{Store, json_ids, limit_of, ms, opt_url, timestamp, url};
use crate::domain::{Article, EntryId, FeedWords, Timestamp};

/// An article that is kept.
#[derive(Debug, Clone, PartialEq)]
pub struct Kept {
    /// Its place among the others.
    pub place: KeptPlace,
    /// The address of its feed in the configuration.
    pub feed_url: Url,
    /// The title of its feed.
    pub feed_title: Option<String>,
    /// The link of its entry.
    pub link: Option<Url>,
    /// The article.
    pub article: Article,
    /// What readers of the feed see.
    pub feed_words: FeedWords,
}

/// The place of an article in the order in which articles came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct KeptPlace {
    /// When its text came in.
    pub at: Timestamp,
    /// The entry it was made of.
    pub entry: EntryId,
}

impl Store {
    /// The articles that came in at `since` or later, the newest first, from the place on where the page before ended.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn kept_articles(
        &self,
        since: Timestamp,
        below: Option<KeptPlace>,
        limit: usize,
    ) -> Result<Vec<Kept>, StoreError> {
        let (at, entry) = below.map_or((i64::MAX, i64::MAX), |place| (ms(place.at), place.entry.0));
        self.read(move |tx| {
            let sql = format!(
                "SELECT a.scraped_at, a.entry_id, f.url, f.title, e.link, {COLUMNS}
                 FROM articles a JOIN entries e ON e.id = a.entry_id JOIN feeds f ON f.id = e.feed_id
                 WHERE (a.scraped_at, a.entry_id) < ($1, $2) AND a.scraped_at >= $3
                 ORDER BY a.scraped_at DESC, a.entry_id DESC LIMIT $4"
            );
            let values = [at.into(), entry.into(), ms(since).into(), limit_of(limit)];
            tx.rows(&sql, &values)?.iter_mut().map(kept).collect()
        })
        .await
    }

    /// How many articles came in at `since` or later and are kept.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn count_kept(&self, since: Timestamp) -> Result<u64, StoreError> {
        self.read(move |tx| {
            let number = tx.number(
                "SELECT COUNT(*) FROM articles WHERE scraped_at >= $1",
                &[ms(since).into()],
            )?;
            Ok(u64::try_from(number).unwrap_or_default())
        })
        .await
    }

    /// Tells whether an article came in before `before` and has been matched.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn has_outdated(&self, before: Timestamp) -> Result<bool, StoreError> {
        self.read(move |tx| {
            let found = tx.rows(
                "SELECT 1 FROM articles a JOIN entries e ON e.id = a.entry_id
                 WHERE a.scraped_at < $1 AND e.state = 2 ORDER BY a.scraped_at, a.entry_id LIMIT 1",
                &[ms(before).into()],
            )?;
            Ok(!found.is_empty())
        })
        .await
    }

    /// Forgets the oldest articles that came in before `before`, at most `limit` of them; returns how many.
    ///
    /// One that waits to be matched stays, however old. Entries stay too, so that none counts as new again, and so do
    /// alerts, which carry what they tell.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn forget_articles(
        &self,
        before: Timestamp,
        limit: usize,
    ) -> Result<usize, StoreError> {
        self.write(move |tx| {
            let oldest = tx
                .rows(
                    "SELECT a.entry_id FROM articles a JOIN entries e ON e.id = a.entry_id
                     WHERE a.scraped_at < $1 AND e.state = 2 ORDER BY a.scraped_at, a.entry_id LIMIT $2",
                    &[ms(before).into(), limit_of(limit)],
                )?
                .iter_mut()
                .map(Row::next_int)
                .collect::<Result<Vec<_>, _>>()?;
            // In two steps: PostgreSQL takes a limit that it does not know yet for a tenth of the table.
            tx.exec(
                "DELETE FROM articles WHERE entry_id IN (SELECT CAST(value AS BIGINT) FROM {each $1})",
                &[json_ids(oldest)],
            )
        })
        .await
    }
}

fn kept(row: &mut Row) -> Result<Kept, StoreError> {
    Ok(Kept {
        place: KeptPlace {
            at: timestamp(row)?,
            entry: EntryId(row.next_int()?),
        },
        feed_url: url(row)?,
        feed_title: row.next_opt_text()?,
        link: opt_url(row)?,
        article: articles::article(row)?,
        feed_words: articles::feed_words(row)?,
    })
}
