//! Legs: each alert's way to each receiver, from where it was raised to the delivery that takes it.

use std::collections::HashSet;

use super::flagging::by_channel;
use super::tx::{StoreError, Tx};
use super::{Store, filled, json_rows, limit_of, ms};
use crate::domain::{
    AlertId, Bundle, Bundled, ChannelName, DeliveryId, Destination, Raised, Timestamp, WaitingLeg,
};

impl Store {
    /// Makes deliveries of the legs that wait for nothing any more, as `bundle` puts them together; returns how many.
    ///
    /// # Errors
    /// When the database refuses; then the legs wait.
    pub async fn gather(
        &self,
        bundle: impl Fn(Vec<WaitingLeg>) -> Vec<Bundled> + Send + 'static,
        now: Timestamp,
        limit: usize,
    ) -> Result<usize, StoreError> {
        self.write(move |tx| {
            let legs = due(tx, now, limit)?;
            if legs.is_empty() {
                return Ok(0);
            }
            let bundled = bundle(legs);
            deliver(tx, &bundled, now)?;
            hand_over(tx, &bundled)?;
            Ok(bundled.len())
        })
        .await
    }

    /// Tells whether a leg waits for nothing any more.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn has_legs_due(&self, now: Timestamp) -> Result<bool, StoreError> {
        self.read(move |tx| {
            let found = tx.first(
                "SELECT 1 FROM legs WHERE state = 0 AND not_before <= $1 LIMIT 1",
                &[ms(now).into()],
            )?;
            Ok(found.is_some())
        })
        .await
    }
}

fn due(tx: &mut dyn Tx, now: Timestamp, limit: usize) -> Result<Vec<WaitingLeg>, StoreError> {
    tx.rows(
        "SELECT alert_id, channel, recipient, bundle FROM legs WHERE state = 0 AND not_before <= $1
         ORDER BY not_before, seq LIMIT $2 {SKIP_LOCKED}",
        &[ms(now).into(), limit_of(limit)],
    )?
    .iter_mut()
    .map(|row| {
        Ok(WaitingLeg {
            alert: AlertId(row.next_text()?),
            destination: Destination {
                channel: ChannelName(row.next_text()?),
                recipient: filled(row.next_text()?),
            },
            bundle: Bundle::named(row.next_text()?),
        })
    })
    .collect()
}

/// Stores the legs of alerts that were raised now; one that is alone and waits for nothing has its delivery at once.
pub(super) fn set_out(
    tx: &mut dyn Tx,
    raised: &[Raised],
    now: Timestamp,
) -> Result<(), StoreError> {
    let mut rows = Vec::new();
    let mut alone = Vec::new();
    for raised in raised {
        for leg in &raised.legs {
            let (alert, destination) = (&raised.alert.id, &leg.destination);
            let delivery = (leg.bundle == Bundle::Alone && leg.not_before <= now).then(|| {
                alone.push(Bundled {
                    destination: destination.clone(),
                    alerts: vec![alert.clone()],
                });
                DeliveryId::derive(destination, std::slice::from_ref(alert))
            });
            rows.push(serde_json::json!([
                alert.0,
                destination.channel.0,
                destination.recipient.as_deref().unwrap_or_default(),
                i64::from(delivery.is_some()),
                leg.bundle.as_str(),
                ms(leg.not_before),
                delivery.map(|id| id.0),
            ]));
        }
    }
    if rows.is_empty() {
        return Ok(());
    }
    deliver(tx, &alone, now)?;
    tx.exec(
        "INSERT INTO legs (alert_id, channel, recipient, state, bundle, not_before, delivery_id)
         SELECT e.value ->> 0, e.value ->> 1, e.value ->> 2, CAST(e.value ->> 3 AS BIGINT), e.value ->> 4,
             CAST(e.value ->> 5 AS BIGINT), e.value ->> 6
         FROM {each $1} AS e",
        &[json_rows(rows)],
    )?;
    let legs = raised.iter().flat_map(|raised| &raised.legs);
    let counted = by_channel(legs.map(|leg| leg.destination.channel.0.as_str()));
    let rows = counted
        .iter()
        .map(|(channel, legs)| serde_json::json!([channel, legs]));
    tx.exec(
        "INSERT INTO channels (name, waiting)
         SELECT e.value ->> 0, CAST(e.value ->> 1 AS BIGINT) FROM {each $1} AS e WHERE true
         ON CONFLICT (name) DO UPDATE SET waiting = channels.waiting + excluded.waiting",
        &[json_rows(rows.collect())],
    )?;
    Ok(())
}

/// Stores a delivery for each bundle; one that holds an alert of high priority goes before the others.
fn deliver(tx: &mut dyn Tx, bundled: &[Bundled], now: Timestamp) -> Result<(), StoreError> {
    if bundled.is_empty() {
        return Ok(());
    }
    let urgent = urgent(tx, bundled)?;
    let rows = bundled.iter().map(|bundled| {
        let destination = &bundled.destination;
        let is_urgent = bundled.alerts.iter().any(|alert| urgent.contains(alert));
        serde_json::json!([
            DeliveryId::derive(destination, &bundled.alerts).0,
            destination.channel.0,
            destination.recipient.as_deref().unwrap_or_default(),
            i64::from(!is_urgent),
        ])
    });
    tx.exec(
        "INSERT INTO deliveries (id, channel, recipient, urgency, state, not_before, set_at, created_at)
         SELECT e.value ->> 0, e.value ->> 1, e.value ->> 2, CAST(e.value ->> 3 AS BIGINT), 0,
             CAST($1 AS BIGINT), CAST($1 AS BIGINT), CAST($1 AS BIGINT)
         FROM {each $2} AS e WHERE true ON CONFLICT (id) DO NOTHING",
        &[ms(now).into(), json_rows(rows.collect())],
    )?;
    Ok(())
}

/// Those of the alerts that have priority high.
fn urgent(tx: &mut dyn Tx, bundled: &[Bundled]) -> Result<HashSet<AlertId>, StoreError> {
    let alerts = bundled.iter().flat_map(|bundled| &bundled.alerts);
    let rows = alerts.map(|alert| serde_json::json!([alert.0])).collect();
    tx.rows(
        "SELECT id FROM alerts WHERE priority = 'high' AND id IN (SELECT e.value ->> 0 FROM {each $1} AS e)",
        &[json_rows(rows)],
    )?
    .iter_mut()
    .map(|row| row.next_text().map(AlertId))
    .collect()
}

/// Hands legs over to their deliveries.
fn hand_over(tx: &mut dyn Tx, bundled: &[Bundled]) -> Result<(), StoreError> {
    let rows = bundled.iter().flat_map(|bundled| {
        let destination = &bundled.destination;
        let delivery = DeliveryId::derive(destination, &bundled.alerts);
        bundled.alerts.iter().map(move |alert| {
            serde_json::json!([
                alert.0,
                destination.channel.0,
                destination.recipient.as_deref().unwrap_or_default(),
                delivery.0,
            ])
        })
    });
    tx.exec(
        "UPDATE legs SET state = 1, delivery_id = e.value ->> 3 FROM {each $1} AS e
         WHERE legs.alert_id = e.value ->> 0 AND legs.channel = e.value ->> 1 AND legs.recipient = e.value ->> 2",
        &[json_rows(rows.collect())],
    )?;
    Ok(())
}
