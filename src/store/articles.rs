//! Articles: what was read of an entry is recorded, with what it says of the pages of its feed.

use super::claims::{self, Claim};
use super::entries::{MOST_REREADS, State};
use super::tx::{Row, StoreError, Tx};
use super::{Store, hosts, indexed, ms, offset_s, opt_local_timestamp, opt_url, told};
use crate::domain::{
    Article, EntryId, FeedWords, PageLines, TextBasis, TextHash, Timestamp, Validators,
};

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
    /// What the feed itself says, without a look at any page.
    #[must_use]
    pub fn of_feed(article: Article, feed_words: FeedWords) -> Self {
        Self {
            article,
            feed_words,
            reading_problem: None,
            page: None,
            link: None,
            own: None,
            validators: Validators::default(),
            set_aside: None,
        }
    }

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

impl Store {
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
