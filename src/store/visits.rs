//! Visits: which pages of alerted articles are looked at again, what they said, and what people are told of it.

use std::time::Duration;

use super::articles;
use super::claims::{self, Claim, Due, Lease};
use super::lists::{self, DeliveryLine};
use super::tx::{StoreError, Tx};
use super::unscraped::{Unscraped, unscraped};
use super::versions::{self, ArticleVersion};
use super::{Store, count, desk, json_list, ms, opt_timestamp, stories, timestamp};
use crate::domain::{
    Alert, AlertId, Article, ChangeFacts, Destination, EntryId, Occasion, Past, Raised, ReportId,
    Silence, TextBasis, Timestamp, UpdateFacts, Validators,
};

/// A page that has been claimed to be looked at again.
#[derive(Debug, Clone, PartialEq)]
pub struct DueVisit {
    /// Its entry, claimed.
    pub entry: Unscraped,
    /// When that was found.
    pub found_at: Timestamp,
    /// When it was settled that the page is looked at: at the last look, or when its article was alerted.
    pub set_at: Timestamp,
    /// What was read of it last, as long as that is kept.
    pub page: Option<KnownPage>,
    /// What the server named the page by at the last look.
    pub validators: Validators,
    /// Since when it is gone.
    pub gone_since: Option<Timestamp>,
    /// Whether people were told of that.
    pub is_gone_told: bool,
    /// Tries in a row that failed in passing.
    pub tries: u32,
    /// What the article said, the oldest first.
    pub versions: Vec<ArticleVersion>,
    /// The alerts that it raised, each with where its messages stand.
    pub alerts: Vec<(Alert, Vec<DeliveryLine>)>,
    /// Their report and its story.
    pub past: Past,
    /// The silences in force or to come.
    pub silences: Vec<Silence>,
}

/// What was read of a page.
#[derive(Debug, Clone, PartialEq)]
pub struct KnownPage {
    /// The article; its basis says whether the text is the page's.
    pub article: Article,
    /// When the page was read last.
    pub read_at: Option<Timestamp>,
    /// What its server named it by then.
    pub validators: Validators,
}

impl KnownPage {
    /// Whether the text is the page's; false while it is the feed's own.
    #[must_use]
    pub fn is_read(&self) -> bool {
        matches!(
            self.article.basis,
            TextBasis::Page | TextBasis::Beginning { .. }
        )
    }
}

/// What came of a visit.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Visited {
    /// When the page is looked at next; never again where there is no time.
    pub next: Option<Timestamp>,
    /// What its server names it by.
    pub validators: Validators,
    /// Since when it is gone.
    pub gone_since: Option<Timestamp>,
    /// Whether people are told of that.
    pub is_gone_told: bool,
    /// Tries in a row that failed in passing.
    pub tries: u32,
    /// What the article says now, where that is something else.
    pub version: Option<NewVersion>,
    /// Who is told.
    pub updates: Vec<NewUpdate>,
}

/// What an article says now.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NewVersion {
    /// The headline.
    pub title: String,
    /// The text; none where the page is gone.
    pub text: Option<String>,
    /// Whether it is the whole text.
    pub is_whole: bool,
    /// In which ways it differs from the one before.
    pub kinds: Vec<String>,
    /// The sentences that differ.
    pub changes: Vec<ChangeFacts>,
}

/// A receiver who is told what has changed.
#[derive(Debug, Clone, PartialEq)]
pub struct NewUpdate {
    /// The alert that told of the article.
    pub alert: AlertId,
    /// Who.
    pub destination: Destination,
    /// Whether it goes before messages that are not.
    pub is_urgent: bool,
    /// Not before this time.
    pub not_before: Timestamp,
    /// What; the number of the version is set when it is stored.
    pub facts: UpdateFacts,
}

impl Store {
    /// Claims the pages whose next look has been due the longest.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn next_visits(
        &self,
        now: Timestamp,
        lease: Duration,
        limit: usize,
    ) -> Result<Vec<DueVisit>, StoreError> {
        let claimant = self.claimant.clone();
        self.write_lightly(move |tx| {
            let lease = Lease {
                claimant: &claimant,
                now,
                length: lease,
            };
            let due = Due {
                table: "visits",
                key: "entry_id",
                condition: "due_at <= $3",
                order: "due_at, entry_id",
                values: Vec::new(),
            };
            let ids = claims::take(tx, &due, &lease, limit)?;
            let silences = if ids.is_empty() {
                Vec::new()
            } else {
                desk::silences(tx)?
            };
            unscraped(tx, ids, lease.until())?
                .into_iter()
                .map(|entry| due_visit(tx, entry, silences.clone()))
                .collect()
        })
        .await
    }

    /// Stores what came of a visit: when the next one is, what the article says now, and messages for those who are told;
    /// tells whether the claim still stood.
    ///
    /// # Errors
    /// When the database refuses; then the page is looked at again.
    pub async fn record_visit(
        &self,
        claim: Claim<EntryId>,
        visited: Visited,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        self.write(move |tx| record(tx, claim, &visited, now)).await
    }

    /// Opens claims of visits that could not be recorded.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn put_back_visits(&self, claims: Vec<Claim<EntryId>>) -> Result<(), StoreError> {
        let claims: Vec<_> = claims
            .iter()
            .map(|claim| (claim.id.0, claim.until))
            .collect();
        self.write_lightly(move |tx| claims::put_back(tx, "visits", "entry_id", &claims))
            .await
    }
}

/// Keeps what alerts were raised on, and when its page is looked at again.
pub(super) fn plan(
    tx: &mut dyn Tx,
    entry: EntryId,
    raised: &[Raised],
    now: Timestamp,
) -> Result<(), StoreError> {
    let Some(due_at) = raised.iter().filter_map(|raised| raised.visit_at).min() else {
        return Ok(());
    };
    tx.exec(
        "INSERT INTO article_versions (entry_id, number, at, title, text, is_whole, visited, kinds, changes)
         SELECT a.entry_id, COALESCE((SELECT MAX(v.number) FROM article_versions v WHERE v.entry_id = a.entry_id), 0) + 1,
             CAST($1 AS BIGINT), a.title, a.text, CASE WHEN a.page_problem IS NULL THEN 1 ELSE 0 END, 0, '[]', '[]'
         FROM articles a
         WHERE a.entry_id = $2 AND a.from_page = 1 AND NOT EXISTS (
             SELECT 1 FROM article_versions v
             WHERE v.entry_id = a.entry_id AND v.title = a.title AND v.text = a.text
                 AND v.number = (SELECT MAX(l.number) FROM article_versions l WHERE l.entry_id = a.entry_id))",
        &[ms(now).into(), entry.0.into()],
    )?;
    tx.exec(
        "INSERT INTO visits (entry_id, due_at, set_at, etag, last_modified)
         SELECT a.entry_id, CAST($1 AS BIGINT), CAST($2 AS BIGINT), a.etag, a.last_modified
         FROM articles a WHERE a.entry_id = $3 AND a.from_page > 0
         ON CONFLICT (entry_id) DO UPDATE SET set_at = excluded.set_at,
             due_at = CASE WHEN excluded.due_at < visits.due_at THEN excluded.due_at ELSE visits.due_at END",
        &[ms(due_at).into(), ms(now).into(), entry.0.into()],
    )?;
    Ok(())
}

fn due_visit(
    tx: &mut dyn Tx,
    entry: Unscraped,
    silences: Vec<Silence>,
) -> Result<DueVisit, StoreError> {
    let id = entry.claim.id;
    let mut row = tx
        .first(
            "SELECT v.etag, v.last_modified, v.gone_since, v.gone_told, v.tries, v.set_at, e.found_at
             FROM visits v JOIN entries e ON e.id = v.entry_id WHERE v.entry_id = $1",
            &[id.0.into()],
        )?
        .ok_or(StoreError::Shape {
            column: 0,
            wanted: "a visit that was claimed",
        })?;
    let validators = Validators {
        etag: row.next_opt_text()?,
        last_modified: row.next_opt_text()?,
    };
    let (gone_since, is_gone_told) = (opt_timestamp(&mut row)?, row.next_flag()?);
    let (tries, set_at) = (count(&mut row)?, timestamp(&mut row)?);
    let found_at = timestamp(&mut row)?;
    let alerts = lists::alerts_of_entry(tx, id)?;
    let report = alerts.first().map_or(ReportId(0), |alert| alert.report);
    let story = stories::past(tx, report)?;
    let mut lines = lists::lines_of(tx, &alerts)?;
    Ok(DueVisit {
        found_at,
        set_at,
        page: known_page(tx, id)?,
        validators,
        gone_since,
        is_gone_told,
        tries,
        versions: versions::of_entry(tx, id)?,
        alerts: alerts
            .into_iter()
            .map(|alert| {
                let lines = lines.remove(&alert.id).unwrap_or_default();
                (alert, lines)
            })
            .collect(),
        past: Past {
            report,
            alerts: Vec::new(),
            story,
        },
        silences,
        entry,
    })
}

fn known_page(tx: &mut dyn Tx, entry: EntryId) -> Result<Option<KnownPage>, StoreError> {
    let sql = format!(
        "SELECT {}, a.page_read_at, a.etag, a.last_modified FROM articles a WHERE a.entry_id = $1",
        articles::COLUMNS
    );
    let found = tx.first(&sql, &[entry.0.into()])?;
    found
        .map(|mut row| {
            let article = articles::article(&mut row)?;
            articles::feed_words(&mut row)?;
            Ok(KnownPage {
                article,
                read_at: opt_timestamp(&mut row)?,
                validators: Validators {
                    etag: row.next_opt_text()?,
                    last_modified: row.next_opt_text()?,
                },
            })
        })
        .transpose()
}

fn record(
    tx: &mut dyn Tx,
    claim: Claim<EntryId>,
    visited: &Visited,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let entry = claim.id;
    let written = tx.exec(
        "UPDATE visits SET due_at = $1, set_at = $2, lease_until = 0, tries = $3, etag = $4, last_modified = $5,
             gone_since = $6, gone_told = $7
         WHERE entry_id = $8 AND lease_until = $9",
        &[
            ms(visited.next.unwrap_or(now)).into(),
            ms(now).into(),
            i64::from(visited.tries).into(),
            visited.validators.etag.clone().into(),
            visited.validators.last_modified.clone().into(),
            visited.gone_since.map(ms).into(),
            i64::from(visited.is_gone_told).into(),
            entry.0.into(),
            claim.until.into(),
        ],
    )?;
    if written == 0 {
        return Ok(false);
    }
    if visited.next.is_none() {
        tx.exec("DELETE FROM visits WHERE entry_id = $1", &[entry.0.into()])?;
    }
    if let Some(version) = &visited.version {
        let number = keep(tx, entry, version, now)?;
        for update in &visited.updates {
            tell(tx, update, number, now)?;
        }
    }
    Ok(true)
}

/// Keeps what an article says now; returns its number.
fn keep(
    tx: &mut dyn Tx,
    entry: EntryId,
    version: &NewVersion,
    now: Timestamp,
) -> Result<i64, StoreError> {
    let number = 1 + tx.number(
        "SELECT COALESCE(MAX(number), 0) FROM article_versions WHERE entry_id = $1",
        &[entry.0.into()],
    )?;
    tx.exec(
        "INSERT INTO article_versions (entry_id, number, at, title, text, is_whole, visited, kinds, changes)
         VALUES ($1, $2, $3, $4, $5, $6, 1, $7, $8)",
        &[
            entry.0.into(),
            number.into(),
            ms(now).into(),
            version.title.as_str().into(),
            version.text.clone().into(),
            i64::from(version.is_whole).into(),
            json_list(&version.kinds).into(),
            super::json_object(&version.changes).into(),
        ],
    )?;
    Ok(number)
}

/// Stores the message that tells a receiver of a version.
fn tell(
    tx: &mut dyn Tx,
    update: &NewUpdate,
    number: i64,
    now: Timestamp,
) -> Result<(), StoreError> {
    let mut facts = update.facts.clone();
    if let Some(revision) = &mut facts.revision {
        revision.version = number;
    }
    let destination = &update.destination;
    tx.exec(
        "INSERT INTO deliveries (id, channel, recipient, urgency, state, not_before, set_at, created_at, occasion)
         VALUES ($1, $2, $3, $4, 0, $5, $6, $6, $7) ON CONFLICT (id) DO NOTHING",
        &[
            versions::id_of(&update.alert, destination, number).0.into(),
            destination.channel.0.as_str().into(),
            destination.recipient.as_deref().unwrap_or_default().into(),
            i64::from(!update.is_urgent).into(),
            ms(update.not_before).into(),
            ms(now).into(),
            super::json_object(&Occasion::Update(facts)).into(),
        ],
    )?;
    Ok(())
}
