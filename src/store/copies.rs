//! Copies: which reports share sentences with an article, and what became of an article that tells one again.

use std::collections::HashMap;

use super::tx::{StoreError, Tx};
use super::{forget_in_rounds, json_ids, ms};
use crate::domain::{
    EntryId, FoundCopy, Near, NearArticle, NearReport, ReportId, Signature, Timestamp,
};

/// Days in which copies of a report are looked for, in milliseconds.
const WINDOW_MS: i64 = 14 * 24 * 60 * 60 * 1000;
/// Reports that an article is compared with.
const COMPARED: usize = 4;
/// Articles of a report that are compared: so many of the first, so many of the last.
const FIRST_ARTICLES: usize = 4;
const LAST_ARTICLES: usize = 8;

/// Keeps other workers from deciding on copies until this transaction ends: of two that find nothing at the same time,
/// both would begin a report.
pub(super) fn take_turn(tx: &mut dyn Tx) -> Result<(), StoreError> {
    tx.rows(
        "SELECT one FROM installation WHERE one = 1 {FOR_UPDATE}",
        &[],
    )?;
    Ok(())
}

/// The reports that share most with an article, and those that have its keys.
pub(super) fn near(
    tx: &mut dyn Tx,
    signature: &Signature,
    owners: &[ReportId],
    now: Timestamp,
) -> Result<Near, StoreError> {
    let holders = holders(tx, signature, now)?;
    let mut shared: HashMap<ReportId, usize> = HashMap::new();
    for (hash, words) in &signature.sought {
        for report in holders.get(hash).into_iter().flatten() {
            *shared.entry(*report).or_default() += words;
        }
    }
    let mut best: Vec<(ReportId, usize)> = shared.into_iter().collect();
    best.sort_unstable_by_key(|(report, words)| (std::cmp::Reverse(*words), report.0));
    best.truncate(COMPARED);
    let mut reports: Vec<ReportId> = best.into_iter().map(|(report, _)| report).collect();
    for report in owners {
        if !reports.contains(report) {
            reports.push(*report);
        }
    }
    Ok(Near {
        reports: with_articles(tx, &reports)?,
        holders: holders.into_iter().collect(),
    })
}

/// For each number of an article, the reports that have it too.
fn holders(
    tx: &mut dyn Tx,
    signature: &Signature,
    now: Timestamp,
) -> Result<HashMap<u32, Vec<ReportId>>, StoreError> {
    let mut holders: HashMap<u32, Vec<ReportId>> = HashMap::new();
    if signature.sought.is_empty() {
        return Ok(holders);
    }
    let sought = signature.sought.iter().map(|(hash, _)| i64::from(*hash));
    let found = tx.rows(
        "SELECT s.hash, s.report_id FROM sentence_index s
         WHERE s.hash IN (SELECT CAST(e.value AS BIGINT) FROM {each $1} AS e) AND s.at >= $2",
        &[json_ids(sought), ms(now).saturating_sub(WINDOW_MS).into()],
    )?;
    for mut row in found {
        let hash = u32::try_from(row.next_int()?).unwrap_or_default();
        holders
            .entry(hash)
            .or_default()
            .push(ReportId(row.next_int()?));
    }
    Ok(holders)
}

fn with_articles(tx: &mut dyn Tx, reports: &[ReportId]) -> Result<Vec<NearReport>, StoreError> {
    if reports.is_empty() {
        return Ok(Vec::new());
    }
    let mut entries: HashMap<ReportId, Vec<i64>> = HashMap::new();
    let found = tx.rows(
        "SELECT report_id, id FROM entries
         WHERE report_id IN (SELECT CAST(e.value AS BIGINT) FROM {each $1} AS e) ORDER BY report_id, id",
        &[json_ids(reports.iter().map(|report| report.0))],
    )?;
    for mut row in found {
        let report = ReportId(row.next_int()?);
        entries.entry(report).or_default().push(row.next_int()?);
    }
    for entries in entries.values_mut() {
        if let Some(last) = entries.len().checked_sub(LAST_ARTICLES) {
            let mut place = 0;
            entries.retain(|_| {
                place += 1;
                place <= FIRST_ARTICLES || place > last
            });
        }
    }
    let mut articles = articles(tx, entries.values().flatten().copied())?;
    let whole = reports.iter().map(|id| NearReport {
        id: *id,
        articles: entries
            .get(id)
            .into_iter()
            .flatten()
            .filter_map(|entry| articles.remove(entry))
            .collect(),
    });
    Ok(whole.filter(|report| !report.articles.is_empty()).collect())
}

fn articles(
    tx: &mut dyn Tx,
    entries: impl Iterator<Item = i64>,
) -> Result<HashMap<i64, NearArticle>, StoreError> {
    tx.rows(
        "SELECT a.entry_id, f.url, a.site, a.url, a.title, a.text
         FROM articles a JOIN entries e ON e.id = a.entry_id JOIN feeds f ON f.id = e.feed_id
         WHERE a.entry_id IN (SELECT CAST(n.value AS BIGINT) FROM {each $1} AS n)",
        &[json_ids(entries)],
    )?
    .iter_mut()
    .map(|row| {
        let entry = row.next_int()?;
        let article = NearArticle {
            feed: row.next_text()?,
            site: row.next_opt_text()?,
            url: row.next_opt_text()?,
            title: row.next_text()?,
            text: row.next_text()?,
        };
        Ok((entry, article))
    })
    .collect()
}

/// Keeps what the copies of an article are found by, and what became of it if it is one.
pub(super) fn keep(
    tx: &mut dyn Tx,
    entry: EntryId,
    report: ReportId,
    signature: &Signature,
    copy: Option<&FoundCopy>,
    now: Timestamp,
) -> Result<(), StoreError> {
    if !signature.kept.is_empty() {
        // What stands in many reports finds none of them.
        tx.exec(
            "INSERT INTO sentence_index (hash, report_id, at)
             SELECT CAST(e.value AS BIGINT), CAST($1 AS BIGINT), CAST($2 AS BIGINT) FROM {each $3} AS e
             WHERE (SELECT COUNT(*) FROM sentence_index s WHERE s.hash = CAST(e.value AS BIGINT)) < 8
             ON CONFLICT (hash, report_id) DO UPDATE SET at = excluded.at",
            &[
                report.0.into(),
                ms(now).into(),
                json_ids(signature.kept.iter().copied().map(i64::from)),
            ],
        )?;
    }
    let Some(copy) = copy else {
        return Ok(());
    };
    let delta: Vec<&str> = copy.delta.iter().map(|(_, text)| text.as_str()).collect();
    let number = |words: usize| i64::try_from(words).unwrap_or(i64::MAX);
    tx.exec(
        "INSERT INTO copies (entry_id, report_id, same_words, of_words, delta, at) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (entry_id) DO NOTHING",
        &[
            entry.0.into(),
            report.0.into(),
            number(copy.same_words).into(),
            number(copy.of_words).into(),
            serde_json::json!(delta).to_string().into(),
            ms(now).into(),
        ],
    )?;
    Ok(())
}

/// Forgets some of what copies are no longer looked for by: more than the articles of a step add.
pub(super) fn forget(tx: &mut dyn Tx, now: Timestamp) -> Result<(), StoreError> {
    let before = ms(now).saturating_sub(WINDOW_MS);
    forget_in_rounds(
        tx,
        "DELETE FROM sentence_index WHERE (hash, report_id) IN
             (SELECT hash, report_id FROM sentence_index WHERE at < $1 ORDER BY at LIMIT 64)",
        before,
    )
}
