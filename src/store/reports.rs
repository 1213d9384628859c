//! Reports: what is told once. Articles that share a key, such as a link, belong to one.

use super::tx::{Row, StoreError, Tx};
use super::{indexed, json_rows, ms};
use crate::domain::{EntryId, ReportId, Timestamp};

/// Finds the report of an entry, or begins one.
///
/// Articles of several feeds that share a key are one report. Two entries of one feed never are, though they share a
/// link: a page that collects several news is announced once for each.
pub(super) fn settle(
    tx: &mut dyn Tx,
    entry: EntryId,
    keys: &[String],
    now: Timestamp,
) -> Result<ReportId, StoreError> {
    if let Some(report) = of_entry(tx, entry)? {
        return Ok(report);
    }
    let mut keys: Vec<String> = keys.iter().map(|key| indexed(key)).collect();
    let mut report = None;
    if let Some((found, is_shared)) = known(tx, entry, &keys)? {
        if is_shared {
            // The feed has another entry in it: this one is news of its own, and its link says nothing.
            keys.clear();
        } else {
            report = Some(found);
        }
    }
    let is_new = report.is_none();
    let report = match report {
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
    put(tx, entry, report)
}

/// Puts an entry to a report that its article tells again.
pub(super) fn join(
    tx: &mut dyn Tx,
    entry: EntryId,
    keys: &[String],
    report: ReportId,
) -> Result<ReportId, StoreError> {
    let keys: Vec<String> = keys.iter().map(|key| indexed(key)).collect();
    // A key that is another report's stays that report's.
    name(tx, report, &keys)?;
    put(tx, entry, report)
}

fn put(tx: &mut dyn Tx, entry: EntryId, report: ReportId) -> Result<ReportId, StoreError> {
    tx.exec(
        "UPDATE entries SET report_id = $1 WHERE id = $2",
        &[report.0.into(), entry.0.into()],
    )?;
    Ok(report)
}

/// The report that an entry belongs to.
pub(super) fn of_entry(tx: &mut dyn Tx, entry: EntryId) -> Result<Option<ReportId>, StoreError> {
    let row = tx.first(
        "SELECT report_id FROM entries WHERE id = $1",
        &[entry.0.into()],
    )?;
    let report = row.map(|mut row| row.next_opt_int()).transpose()?;
    Ok(report.flatten().map(ReportId))
}

/// The oldest report that has one of the keys, and whether another entry of the same feed belongs to it.
fn known(
    tx: &mut dyn Tx,
    entry: EntryId,
    keys: &[String],
) -> Result<Option<(ReportId, bool)>, StoreError> {
    if keys.is_empty() {
        return Ok(None);
    }
    let rows = keys.iter().map(|key| serde_json::json!([key])).collect();
    // Whoever settles an entry in the same report waits for this transaction.
    let mut found = tx
        .rows(
            "SELECT report_id FROM report_keys
             WHERE key IN (SELECT e.value ->> 0 FROM {each $1} AS e) ORDER BY key {FOR_UPDATE}",
            &[json_rows(rows)],
        )?
        .iter_mut()
        .map(Row::next_int)
        .collect::<Result<Vec<_>, _>>()?;
    found.sort_unstable();
    let Some(report) = found.first().copied() else {
        return Ok(None);
    };
    let others = tx.first(
        "SELECT 1 FROM entries this JOIN entries other ON other.feed_id = this.feed_id
         WHERE this.id = $1 AND other.report_id = $2 AND other.id <> this.id LIMIT 1",
        &[entry.0.into(), report.into()],
    )?;
    Ok(Some((ReportId(report), others.is_some())))
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
