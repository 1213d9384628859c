//! Stories: which reports tell of one event.

use std::collections::HashMap;

use super::tx::{StoreError, Tx};
use super::{Store, json_rows, ms, timestamp};
use crate::domain::{
    ReportId, StoryLine, StoryMark, StoryMember, StoryPast, StoryReport, Timestamp,
};

/// Days after its last report in which a story may go on, in milliseconds.
const IDLE_MS: i64 = 5 * 24 * 60 * 60 * 1000;
/// Reports that a new one is compared with: those that share most terms.
const COMPARED: usize = 48;
/// Shared terms that are looked at, the newest first.
const MAX_SHARED: i64 = 4096;

/// The reports that share most with a new one.
pub(super) fn near(tx: &mut dyn Tx, mark: &StoryMark) -> Result<Vec<StoryMember>, StoreError> {
    let terms = mark.terms.iter().map(|term| serde_json::json!([term]));
    let shared = tx.rows(
        "SELECT report_id FROM story_terms
         WHERE term IN (SELECT CAST(e.value ->> 0 AS BIGINT) FROM {each $1} AS e) AND at >= $2
         ORDER BY at DESC LIMIT $3",
        &[
            json_rows(terms.collect()),
            ms(mark.at).saturating_sub(IDLE_MS).into(),
            MAX_SHARED.into(),
        ],
    )?;
    let mut counts: HashMap<i64, usize> = HashMap::new();
    for mut row in shared {
        *counts.entry(row.next_int()?).or_default() += 1;
    }
    let mut best: Vec<(i64, usize)> = counts.into_iter().collect();
    best.sort_unstable_by_key(|(report, count)| (std::cmp::Reverse(*count), *report));
    best.truncate(COMPARED);
    let reports = best.iter().map(|(report, _)| serde_json::json!([report]));
    tx.rows(
        "SELECT p.at, p.language, p.profile, r.story_id FROM story_reports p JOIN reports r ON r.id = p.report_id
         WHERE p.report_id IN (SELECT CAST(e.value ->> 0 AS BIGINT) FROM {each $1} AS e) AND r.story_id IS NOT NULL
         ORDER BY p.report_id",
        &[json_rows(reports.collect())],
    )?
    .iter_mut()
    .map(|row| {
        Ok(StoryMember {
            at: timestamp(row)?,
            language: row.next_text()?,
            profile: row.next_text()?,
            story: row.next_int()?,
        })
    })
    .collect()
}

/// Puts a new report to a story, or begins one with it.
pub(super) fn put(
    tx: &mut dyn Tx,
    report: ReportId,
    mark: &StoryMark,
    story: Option<i64>,
) -> Result<i64, StoreError> {
    let story = match story {
        Some(story) => story,
        None => tx.number(
            "INSERT INTO stories (title, first_at, last_at, reports) VALUES ($1, $2, $3, 0) RETURNING id",
            &[mark.title.as_str().into(), ms(mark.at).into(), ms(mark.at).into()],
        )?,
    };
    tx.exec(
        "UPDATE stories SET reports = reports + 1, last_at = CASE WHEN last_at < $1 THEN $1 ELSE last_at END WHERE id = $2",
        &[ms(mark.at).into(), story.into()],
    )?;
    tx.exec(
        "UPDATE reports SET story_id = $1 WHERE id = $2",
        &[story.into(), report.0.into()],
    )?;
    tx.exec(
        "INSERT INTO story_reports (report_id, at, language, profile) VALUES ($1, $2, $3, $4)
         ON CONFLICT (report_id) DO NOTHING",
        &[
            report.0.into(),
            ms(mark.at).into(),
            mark.language.as_str().into(),
            mark.profile.as_str().into(),
        ],
    )?;
    let terms = mark.terms.iter().map(|term| serde_json::json!([term]));
    tx.exec(
        "INSERT INTO story_terms (term, report_id, at)
         SELECT CAST(e.value ->> 0 AS BIGINT), CAST($1 AS BIGINT), CAST($2 AS BIGINT) FROM {each $3} AS e WHERE true
         ON CONFLICT (term, report_id) DO NOTHING",
        &[report.0.into(), ms(mark.at).into(), json_rows(terms.collect())],
    )?;
    forget(tx, mark.at)?;
    Ok(story)
}

/// Forgets some of what stories that are over are found by: more than one report adds.
fn forget(tx: &mut dyn Tx, now: Timestamp) -> Result<(), StoreError> {
    let before = ms(now).saturating_sub(IDLE_MS);
    tx.exec(
        "DELETE FROM story_terms WHERE (term, report_id) IN
             (SELECT term, report_id FROM story_terms WHERE at < $1 ORDER BY at LIMIT 64)",
        &[before.into()],
    )?;
    tx.exec(
        "DELETE FROM story_reports WHERE report_id IN
             (SELECT report_id FROM story_reports WHERE at < $1 ORDER BY at LIMIT 4)",
        &[before.into()],
    )?;
    Ok(())
}

/// What is known of the story of a report.
pub(super) fn past(tx: &mut dyn Tx, report: ReportId) -> Result<Option<StoryPast>, StoreError> {
    let found = tx.first(
        "SELECT s.id, s.reports, s.first_at FROM reports r JOIN stories s ON s.id = r.story_id WHERE r.id = $1",
        &[report.0.into()],
    )?;
    let Some(mut row) = found else {
        return Ok(None);
    };
    let (id, reports, first_at) = (row.next_int()?, row.next_int()?, timestamp(&mut row)?);
    let told = tx
        .rows(
            "SELECT a.watch, a.id FROM reports r JOIN alerts a ON a.report_id = r.id WHERE r.story_id = $1 ORDER BY a.seq",
            &[id.into()],
        )?
        .iter_mut()
        .map(|row| Ok((row.next_text()?, row.next_text()?)))
        .collect::<Result<Vec<_>, StoreError>>()?;
    Ok(Some(StoryPast {
        id,
        reports,
        first_at,
        told,
    }))
}

impl Store {
    /// The stories that went on last, the newest first.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn stories(&self, limit: usize) -> Result<Vec<StoryLine>, StoreError> {
        self.read(move |tx| {
            tx.rows(
                "SELECT id, title, first_at, last_at, reports FROM stories ORDER BY last_at DESC, id DESC LIMIT $1",
                &[super::limit_of(limit)],
            )?
            .iter_mut()
            .map(|row| {
                Ok(StoryLine {
                    id: row.next_int()?,
                    title: row.next_text()?,
                    first_at: timestamp(row)?,
                    last_at: timestamp(row)?,
                    reports: row.next_int()?,
                })
            })
            .collect()
        })
        .await
    }

    /// What was told in a story: its articles in the order in which they came, copies with what they add.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn story(&self, id: i64) -> Result<Vec<StoryReport>, StoreError> {
        self.read(move |tx| {
            tx.rows(
                "SELECT r.id, e.found_at, COALESCE(f.name, f.title, f.url), a.title, a.url, a.lang,
                     c.same_words, c.of_words, c.delta
                 FROM reports r JOIN entries e ON e.report_id = r.id JOIN feeds f ON f.id = e.feed_id
                 LEFT JOIN articles a ON a.entry_id = e.id LEFT JOIN copies c ON c.entry_id = e.id
                 WHERE r.story_id = $1 ORDER BY e.id",
                &[id.into()],
            )?
            .iter_mut()
            .map(|row| {
                Ok(StoryReport {
                    report: ReportId(row.next_int()?),
                    at: timestamp(row)?,
                    outlet: row.next_text()?,
                    title: row.next_opt_text()?,
                    url: row.next_opt_text()?,
                    lang: row.next_opt_text()?,
                    copied: row.next_opt_int()?.zip(row.next_opt_int()?),
                    delta: row
                        .next_opt_text()?
                        .and_then(|list| serde_json::from_str(&list).ok())
                        .unwrap_or_default(),
                })
            })
            .collect()
        })
        .await
    }
}
