//! Deliveries: which is due on a channel, and how its last try went.

use std::time::Duration;

use super::tx::{Row, StoreError, Tx, Val};
use super::{Store, alerts, count, lease_end, ms, opt_timestamp};
use crate::domain::{
    Alert, AttemptOutcome, ChannelName, DeliveryId, DeliveryState, Timestamp, WatchName,
};

/// A delivery that has been claimed for a try.
#[derive(Debug, Clone, PartialEq)]
pub struct DueDelivery {
    /// Its id, which every try carries.
    pub id: DeliveryId,
    /// The channel.
    pub channel: ChannelName,
    /// The mail address, for a channel that has several.
    pub recipient: Option<String>,
    /// The alerts it brings, oldest first.
    pub alerts: Vec<Alert>,
    /// Tries so far that count against the schedule.
    pub tries: u32,
    /// When the first try was made.
    pub first_tried_at: Option<Timestamp>,
}

/// What a try means for the rest of its channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChannelHold {
    /// The channel works.
    Working,
    /// The try says nothing about the channel.
    Unchanged,
    /// It fails; other deliveries are tried all the same.
    Failing,
    /// The other side asked for a pause until then.
    PausedUntil(Timestamp),
    /// Somebody must change a setting; it is probed again then.
    MisconfiguredUntil(Timestamp),
    /// The other side is gone: nothing is sent until somebody asks for it.
    Gone,
}

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
    /// Claims the oldest delivery that is due on a channel.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn next_due_delivery(
        &self,
        channel: ChannelName,
        now: Timestamp,
        lease: Duration,
    ) -> Result<Option<DueDelivery>, StoreError> {
        self.tx(move |tx| {
            let claimed = tx.rows(
                "UPDATE deliveries SET lease_until = $1 WHERE seq = (
                     SELECT d.seq FROM deliveries d LEFT JOIN channels c ON c.name = d.channel
                     WHERE d.channel = $2 AND d.state = 0 AND d.not_before <= $3 AND d.lease_until <= $4
                         AND COALESCE(c.not_before, 0) <= $5 AND COALESCE(c.state, 'ok') <> 'gone'
                     ORDER BY d.seq LIMIT 1)
                 RETURNING id, recipient, tries, first_tried_at",
                &[
                    lease_end(now, lease).into(),
                    channel.0.as_str().into(),
                    ms(now).into(),
                    ms(now).into(),
                    ms(now).into(),
                ],
            )?;
            claimed
                .first()
                .map(|row| due_delivery(tx, channel, row))
                .transpose()
        })
        .await
    }

    /// Stores how a try ended, where its delivery stands now and what it means for the channel.
    ///
    /// # Errors
    /// When the database refuses; then the same delivery is tried again, under the same id.
    pub async fn record_attempt(
        &self,
        delivery: DueDelivery,
        outcome: AttemptOutcome,
        state: DeliveryState,
        hold: ChannelHold,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.tx(move |tx| {
            let (word, reason, counts) = described(&outcome);
            tx.exec(
                "INSERT INTO attempts (delivery_id, at, outcome, reason) VALUES ($1, $2, $3, $4)",
                &[
                    delivery.id.0.as_str().into(),
                    ms(now).into(),
                    word.into(),
                    reason.clone().into(),
                ],
            )?;
            let (number, not_before, ended_at, reason) = match &state {
                DeliveryState::Waiting { not_before } => (0, ms(*not_before), None, reason),
                DeliveryState::Sent { at } => (1, ms(now), Some(ms(*at)), None),
                DeliveryState::Abandoned { at, reason } => {
                    (2, ms(now), Some(ms(*at)), Some(reason.clone()))
                }
            };
            tx.exec(
                "UPDATE deliveries SET state = $1, not_before = $2, ended_at = $3, reason = $4,
                     tries = tries + $5, first_tried_at = COALESCE(first_tried_at, $6), lease_until = 0
                 WHERE id = $7",
                &[
                    Val::Int(number),
                    not_before.into(),
                    ended_at.into(),
                    reason.into(),
                    i64::from(counts).into(),
                    ms(now).into(),
                    delivery.id.0.as_str().into(),
                ],
            )?;
            hold_channel(tx, &delivery.channel, &outcome, &hold, now)
        })
        .await
    }

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
        self.tx(move |tx| {
            let prefix = selection.id.map(|id| format!("{}%", like_literal(&id)));
            let by_id = i64::from(prefix.is_some());
            let chosen = tx.rows(
                "SELECT DISTINCT d.id, d.channel FROM deliveries d
                     JOIN delivery_alerts l ON l.delivery_id = d.id JOIN alerts a ON a.id = l.alert_id
                 WHERE (d.state <> 1 OR $1 = 1)
                     AND (CAST($2 AS TEXT) IS NULL OR d.id LIKE $2 ESCAPE '!' OR a.id LIKE $2 ESCAPE '!')
                     AND (CAST($3 AS TEXT) IS NULL OR a.watch = $3)
                     AND (CAST($4 AS TEXT) IS NULL OR d.channel = $4)
                     AND a.raised_at >= $5",
                &[
                    by_id.into(),
                    prefix.into(),
                    selection.watch.map(|watch| watch.0).into(),
                    selection.channel.map(|channel| channel.0).into(),
                    selection.since.map_or(i64::MIN, ms).into(),
                ],
            )?;
            for row in &chosen {
                tx.exec(
                    "UPDATE deliveries SET state = 0, not_before = $1, tries = 0, first_tried_at = NULL,
                         ended_at = NULL WHERE id = $2",
                    &[ms(now).into(), row.text(0)?.into()],
                )?;
                tx.exec(
                    "UPDATE channels SET not_before = 0, state = 'ok', failing_since = NULL, error = NULL
                     WHERE name = $1 AND state IN ('paused', 'misconfigured', 'gone')",
                    &[row.text(1)?.into()],
                )?;
            }
            Ok(chosen.len())
        })
        .await
    }
}

/// Opens the claims of a process that died.
pub(super) fn release_claims(tx: &mut dyn Tx) -> Result<(), StoreError> {
    tx.exec(
        "UPDATE deliveries SET lease_until = 0 WHERE state = 0 AND lease_until > 0",
        &[],
    )?;
    Ok(())
}

/// Escapes what LIKE would read as a pattern.
pub(super) fn like_literal(text: &str) -> String {
    text.replace('!', "!!")
        .replace('%', "!%")
        .replace('_', "!_")
}

fn due_delivery(
    tx: &mut dyn Tx,
    channel: ChannelName,
    row: &Row,
) -> Result<DueDelivery, StoreError> {
    let id = DeliveryId(row.text(0)?);
    let sql = format!(
        "SELECT {} FROM alerts a JOIN delivery_alerts l ON l.alert_id = a.id
         WHERE l.delivery_id = $1 ORDER BY a.seq",
        alerts::COLUMNS
    );
    let rows = tx.rows(&sql, &[id.0.as_str().into()])?;
    Ok(DueDelivery {
        id,
        channel,
        recipient: row.opt_text(1)?,
        alerts: rows
            .iter()
            .map(|row| alerts::read(tx, row))
            .collect::<Result<_, _>>()?,
        tries: count(row, 2)?,
        first_tried_at: opt_timestamp(row, 3)?,
    })
}

/// The word for an outcome, its reason, and whether it uses up a try.
fn described(outcome: &AttemptOutcome) -> (&'static str, Option<String>, bool) {
    match outcome {
        AttemptOutcome::Accepted => ("accepted", None, true),
        AttemptOutcome::Failed { reason } => ("failed", Some(reason.clone()), true),
        AttemptOutcome::Paused { reason, .. } => ("paused", Some(reason.clone()), false),
        AttemptOutcome::Misconfigured { reason } => ("misconfigured", Some(reason.clone()), false),
        AttemptOutcome::Refused { reason } => ("refused", Some(reason.clone()), true),
        AttemptOutcome::Gone { reason } => ("gone", Some(reason.clone()), false),
    }
}

fn hold_channel(
    tx: &mut dyn Tx,
    channel: &ChannelName,
    outcome: &AttemptOutcome,
    hold: &ChannelHold,
    now: Timestamp,
) -> Result<(), StoreError> {
    let (state, not_before) = match hold {
        ChannelHold::Unchanged => return Ok(()),
        ChannelHold::Working => ("ok", 0),
        ChannelHold::Failing => ("failing", 0),
        ChannelHold::PausedUntil(at) => ("paused", ms(*at)),
        ChannelHold::MisconfiguredUntil(at) => ("misconfigured", ms(*at)),
        ChannelHold::Gone => ("gone", 0),
    };
    let (_, error, _) = described(outcome);
    let (failing_since, last_success_at) = match error {
        Some(_) => (Some(ms(now)), None),
        None => (None, Some(ms(now))),
    };
    tx.exec(
        "INSERT INTO channels (name, state, not_before, error, failing_since, last_success_at)
         VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (name) DO UPDATE SET state = excluded.state, not_before = excluded.not_before,
             error = excluded.error,
             failing_since = CASE WHEN excluded.failing_since IS NULL THEN NULL
                 ELSE COALESCE(channels.failing_since, excluded.failing_since) END,
             last_success_at = COALESCE(excluded.last_success_at, channels.last_success_at)",
        &[
            channel.0.as_str().into(),
            state.into(),
            not_before.into(),
            error.into(),
            failing_since.into(),
            last_success_at.into(),
        ],
    )?;
    Ok(())
}
