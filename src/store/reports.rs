//! Reports: what is told once. Articles that share a key, such as a link, belong to one.

use super::tx::{Row, StoreError, Tx};
use super::{indexed, json_rows, ms};
use crate::domain::{EntryId, ReportId, Timestamp};

/// The report of an entry.
#[derive(Debug, Clone, Copy)]
pub(super) struct Settled {
    pub(super) report: ReportId,
    /// Whether it was begun just now: then nothing is known of it.
    pub(super) is_new: bool,
}

impl Settled {
    /// A report that was there before.
    pub(super) fn known(report: ReportId) -> Self {
        Self {
            report,
            is_new: false,
        }
    }
}

/// Finds the report of an entry, which `owners` have keys of, or begins one.
///
/// Articles of several feeds that share a key are one report. Two entries of one feed never are, though they share a
/// link: a page that collects several news is announced once for each.
pub(super) fn settle(
    tx: &mut dyn Tx,
    entry: EntryId,
    keys: &[String],
    owners: &[ReportId],
    now: Timestamp,
) -> Result<Settled, StoreError> {
    let mut keys: Vec<String> = keys.iter().map(|key| indexed(key)).collect();
    let mut known = None;
    if let Some(oldest) = owners.first().copied() {
        if is_shared(tx, entry, oldest)? {
            // The feed has another entry in it: this one is news of its own, and its link says nothing.
            keys.clear();
        } else {
            known = Some(oldest);
        }
    }
    let is_new = known.is_none();
    let report = match known {
        Some(report) => report,
        None => begin(tx, now)?,
    };
    if keys.is_empty() {
        keys.push(format!("entry:{entry}"));
    }
    let owners = name(tx, report, &keys)?;
    // Nobody had these keys when they were looked for: another worker has begun the same report since.
    if is_new && owners.iter().any(|owner| *owner != report.0) {
        return Err(StoreError::conflict(
            "another worker has begun the same report",
        ));
    }
    put(tx, entry, report)?;
    Ok(Settled { report, is_new })
}

/// Puts an entry to a report that its article tells again.
pub(super) fn join(
    tx: &mut dyn Tx,
    entry: EntryId,
    keys: &[String],
    report: ReportId,
) -> Result<Settled, StoreError> {
    let keys: Vec<String> = keys.iter().map(|key| indexed(key)).collect();
    // A key that is another report's stays that report's.
    name(tx, report, &keys)?;
    put(tx, entry, report)?;
    Ok(Settled::known(report))
}

fn put(tx: &mut dyn Tx, entry: EntryId, report: ReportId) -> Result<(), StoreError> {
    tx.exec(
        "UPDATE entries SET report_id = $1 WHERE id = $2",
        &[report.0.into(), entry.0.into()],
    )?;
    Ok(())
}

/// The reports that have one of the keys, the oldest first.
pub(super) fn owners(tx: &mut dyn Tx, keys: &[String]) -> Result<Vec<ReportId>, StoreError> {
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    let rows = keys.iter().map(|key| serde_json::json!([indexed(key)]));
    // Whoever settles an entry in the same report waits for this transaction.
    let mut found = tx
        .rows(
            "SELECT report_id FROM report_keys
             WHERE key IN (SELECT e.value ->> 0 FROM {each $1} AS e) ORDER BY key {FOR_UPDATE}",
            &[json_rows(rows.collect())],
        )?
        .iter_mut()
        .map(Row::next_int)
        .collect::<Result<Vec<_>, _>>()?;
    found.sort_unstable();
    found.dedup();
    Ok(found.into_iter().map(ReportId).collect())
}

/// Whether another entry of the same feed belongs to a report.
fn is_shared(tx: &mut dyn Tx, entry: EntryId, report: ReportId) -> Result<bool, StoreError> {
    let others = tx.first(
        "SELECT 1 FROM entries this JOIN entries other ON other.feed_id = this.feed_id
         WHERE this.id = $1 AND other.report_id = $2 AND other.id <> this.id LIMIT 1",
        &[entry.0.into(), report.0.into()],
    )?;
    Ok(others.is_some())
}

fn begin(tx: &mut dyn Tx, now: Timestamp) -> Result<ReportId, StoreError> {
    tx.number(
        "INSERT INTO reports (made_at) VALUES ($1) RETURNING id",
        &[ms(now).into()],
    )
    .map(ReportId)
}

/// Gives a report its keys; returns whose they are, as one may be another's.
fn name(tx: &mut dyn Tx, report: ReportId, keys: &[String]) -> Result<Vec<i64>, StoreError> {
    let mut keys = keys.to_vec();
    keys.sort_unstable();
    keys.dedup();
    let rows = keys.iter().map(|key| serde_json::json!([key])).collect();
    tx.rows(
        "INSERT INTO report_keys (key, report_id)
         SELECT e.value ->> 0, CAST($1 AS BIGINT) FROM {each $2} AS e WHERE true
         ON CONFLICT (key) DO UPDATE SET key = excluded.key RETURNING report_id",
        &[report.0.into(), json_rows(rows)],
    )?
    .iter_mut()
    .map(Row::next_int)
    .collect()
}
