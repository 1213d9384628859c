//! What people have tried again: what was given up, what waits, and what is held of an alert that they name.

use super::tx::{Row, StoreError, Tx, Val};
use super::{Store, behind, json_rows, ms};
use crate::domain::{ChannelName, Timestamp, WatchName};

/// Which deliveries are to be tried again by hand.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RetrySelection {
    /// The beginning of an alert's or a delivery's id. One that was sent is then sent again, under its own id.
    pub id: Option<String>,
    /// Those of this watch.
    pub watch: Option<WatchName>,
    /// Those of this channel.
    pub channel: Option<ChannelName>,
    /// Those whose alert was raised at this time or later.
    pub since: Option<Timestamp>,
}

impl Store {
    /// Makes deliveries due now, as if they had never been tried; returns how many.
    ///
    /// Their channels are opened again, also one that was gone.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn retry(
        &self,
        selection: RetrySelection,
        now: Timestamp,
    ) -> Result<usize, StoreError> {
        self.write(move |tx| {
            // Whoever names an alert wants it, though it is held or its time has not come.
            let released = match &selection.id {
                Some(id) => release(tx, id, now)?,
                None => 0,
            };
            let chosen = chosen(tx, &selection)?;
            if chosen.is_empty() {
                return Ok(released);
            }
            let rows = chosen.iter().map(|one| serde_json::json!([one.id, one.state]));
            let opened = tx.each(
                "UPDATE deliveries SET state = 0, not_before = $1, set_at = $1, tries = 0, turned_away = 0,
                     first_tried_at = NULL,
                     ended_at = NULL
                 {ROWS}
                 WHERE deliveries.id = {0} AND deliveries.state = {1 BIGINT}
                 {CHANGED}",
                &[ms(now).into()],
                rows.collect(),
            )?;
            // What has ended since it was chosen would be counted as what it was.
            if opened.len() < chosen.len() {
                return Err(StoreError::conflict("a delivery has ended meanwhile"));
            }
            count_back(tx, &chosen)?;
            let channels = chosen.iter().map(|one| serde_json::json!([one.channel]));
            tx.exec(
                "UPDATE channels SET not_before = 0, state = 'ok', failing_since = NULL, error = NULL, failures = 0,
                     suspects = 0, refusals = 0
                 WHERE state <> 'ok'
                     AND name IN (SELECT e.value ->> 0 FROM {each $1} AS e)",
                &[json_rows(channels.collect())],
            )?;
            Ok(chosen.len() + released)
        })
        .await
    }
}

/// A delivery that is to be tried again.
pub(super) struct Chosen {
    pub(super) id: String,
    pub(super) channel: String,
    /// As the schema numbers it.
    pub(super) state: i64,
    pub(super) legs: i64,
}

pub(super) fn chosen(
    tx: &mut dyn Tx,
    selection: &RetrySelection,
) -> Result<Vec<Chosen>, StoreError> {
    let watch = Val::from(selection.watch.as_ref().map(|watch| watch.0.clone()));
    let channel = Val::from(selection.channel.as_ref().map(|channel| channel.0.clone()));
    let since = Val::from(selection.since.map_or(i64::MIN, ms));
    let found = match selection.id.as_deref() {
        // Whoever names one wants it again, though it was sent.
        Some(id) => {
            let legs = legs_named(tx, id)?;
            tx.rows(
            "SELECT d.id, d.channel, d.state, COUNT(*) FROM legs l
                 JOIN deliveries d ON d.id = l.delivery_id JOIN alerts a ON a.id = l.alert_id
             WHERE l.seq IN (SELECT CAST(value AS BIGINT) FROM {each $1})
                 AND (CAST($2 AS TEXT) IS NULL OR a.watch = $2)
                 AND (CAST($3 AS TEXT) IS NULL OR d.channel = $3)
                 AND a.raised_at >= $4
             GROUP BY d.id, d.channel, d.state",
            &[legs, watch, channel, since],
        )
        }
        None => tx.rows(
            "SELECT d.id, d.channel, d.state, COUNT(*) FROM legs l
                 JOIN deliveries d ON d.id = l.delivery_id JOIN alerts a ON a.id = l.alert_id
             WHERE l.delivery_id IN (SELECT id FROM deliveries WHERE state <> 1) AND a.raised_at >= $1
                 AND (CAST($2 AS TEXT) IS NULL OR a.watch = $2)
                 AND (CAST($3 AS TEXT) IS NULL OR d.channel = $3)
             GROUP BY d.id, d.channel, d.state",
            &[since, watch, channel],
        ),
    };
    found?
        .iter_mut()
        .map(|row| {
            Ok(Chosen {
                id: row.next_text()?,
                channel: row.next_text()?,
                state: row.next_int()?,
                legs: row.next_int()?,
            })
        })
        .collect()
}

/// The legs whose delivery's or alert's id begins so.
fn legs_named(tx: &mut dyn Tx, id: &str) -> Result<Val, StoreError> {
    let legs = tx
        .rows(
            "SELECT seq FROM legs WHERE delivery_id >= $1 AND delivery_id < $2
             UNION SELECT seq FROM legs WHERE alert_id >= $1 AND alert_id < $2",
            &[id.into(), behind(id).into()],
        )?
        .iter_mut()
        .map(Row::next_int)
        .collect::<Result<Vec<_>, _>>()?;
    Ok(super::json_ids(legs))
}

/// Counts the legs of deliveries that had ended as waiting again.
pub(super) fn count_back(tx: &mut dyn Tx, chosen: &[Chosen]) -> Result<(), StoreError> {
    for one in chosen {
        let sql = match one.state {
            0 => continue,
            1 => {
                "UPDATE channels SET waiting = waiting + $1, delivered = delivered - $1 WHERE name = $2"
            }
            _ => {
                "UPDATE channels SET waiting = waiting + $1, abandoned = abandoned - $1 WHERE name = $2"
            }
        };
        tx.exec(sql, &[one.legs.into(), one.channel.as_str().into()])?;
    }
    Ok(())
}

/// Has the legs of an alert that are held or wait for their time go out now; returns how many.
pub(super) fn release(tx: &mut dyn Tx, id: &str, now: Timestamp) -> Result<usize, StoreError> {
    let held = tx
        .rows(
            "UPDATE legs SET state = 0, bundle = '', not_before = $1, reason = NULL, detail = NULL
             WHERE alert_id >= $2 AND alert_id < $3 AND state = 2 RETURNING channel",
            &[ms(now).into(), id.into(), behind(id).into()],
        )?
        .iter_mut()
        .map(Row::next_text)
        .collect::<Result<Vec<_>, _>>()?;
    for channel in &held {
        tx.exec(
            "UPDATE channels SET waiting = waiting + 1, held = held - 1 WHERE name = $1",
            &[channel.as_str().into()],
        )?;
    }
    let waiting = tx.exec(
        "UPDATE legs SET bundle = '', not_before = $1, reason = NULL, detail = NULL
         WHERE alert_id >= $2 AND alert_id < $3 AND state = 0 AND not_before > $1",
        &[ms(now).into(), id.into(), behind(id).into()],
    )?;
    Ok(held.len() + waiting)
}
