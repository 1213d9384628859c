//! What people do with what waits, is held or was given up: send it after all, or elsewhere.

use super::retries::{RetrySelection, chosen, count_back};
use super::tx::{Row, StoreError, Tx};
use super::{Store, json_rows, ms};
use crate::domain::{Destination, Timestamp};

impl Store {
    /// Sends what was chosen to another receiver instead, at once; what goes there anyway is left as it is. Returns how
    /// many deliveries were moved.
    ///
    /// Further receivers, such as the other recipients of a mail channel, get copies.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn move_to(
        &self,
        selection: RetrySelection,
        to: Vec<Destination>,
        now: Timestamp,
    ) -> Result<usize, StoreError> {
        self.write(move |tx| {
            let Some((first, others)) = to.split_first() else {
                return Ok(0);
            };
            let mut moved = 0;
            for one in chosen(tx, &selection)? {
                if one.channel == first.channel.0 || goes_there(tx, &one.id, first)? {
                    continue;
                }
                for other in others {
                    copy(tx, &one.id, other, now)?;
                }
                count_back(tx, std::slice::from_ref(&one))?;
                count_over(tx, &one.channel, &first.channel.0, one.legs)?;
                take_over(tx, &one.id, first, now)?;
                moved += 1;
            }
            Ok(moved)
        })
        .await
    }
}

fn place(to: &Destination) -> [super::Val; 2] {
    [
        to.channel.0.as_str().into(),
        to.recipient.as_deref().unwrap_or_default().into(),
    ]
}

/// Whether an alert of a delivery goes to a receiver already.
fn goes_there(tx: &mut dyn Tx, delivery: &str, to: &Destination) -> Result<bool, StoreError> {
    let [channel, recipient] = place(to);
    let found = tx.first(
        "SELECT 1 FROM legs l JOIN legs other ON other.alert_id = l.alert_id
         WHERE l.delivery_id = $1 AND other.channel = $2 AND other.recipient = $3 LIMIT 1",
        &[delivery.into(), channel, recipient],
    )?;
    Ok(found.is_some())
}

fn take_over(
    tx: &mut dyn Tx,
    delivery: &str,
    to: &Destination,
    now: Timestamp,
) -> Result<(), StoreError> {
    let [channel, recipient] = place(to);
    tx.exec(
        "UPDATE legs SET channel = $1, recipient = $2 WHERE delivery_id = $3",
        &[channel.clone(), recipient.clone(), delivery.into()],
    )?;
    tx.exec(
        "UPDATE deliveries SET channel = $1, recipient = $2, state = 0, body = NULL, is_short = 0, tries = 0, turned_away = 0,
             first_tried_at = NULL, ended_at = NULL, reason = NULL, not_before = $3, set_at = $3, lease_until = 0
         WHERE id = $4",
        &[channel, recipient, ms(now).into(), delivery.into()],
    )?;
    Ok(())
}

/// Counts legs that wait at one channel as waiting at another.
fn count_over(tx: &mut dyn Tx, from: &str, to: &str, legs: i64) -> Result<(), StoreError> {
    tx.exec(
        "UPDATE channels SET waiting = waiting - $1 WHERE name = $2",
        &[legs.into(), from.into()],
    )?;
    tx.exec(
        "INSERT INTO channels (name, waiting) VALUES ($1, $2)
         ON CONFLICT (name) DO UPDATE SET waiting = channels.waiting + excluded.waiting",
        &[to.into(), legs.into()],
    )?;
    Ok(())
}

/// Sends the alerts of a delivery to one more receiver, one by one, to be gathered at once.
fn copy(
    tx: &mut dyn Tx,
    delivery: &str,
    to: &Destination,
    now: Timestamp,
) -> Result<(), StoreError> {
    let alerts = tx
        .rows(
            "SELECT alert_id FROM legs WHERE delivery_id = $1 ORDER BY seq",
            &[delivery.into()],
        )?
        .iter_mut()
        .map(Row::next_text)
        .collect::<Result<Vec<_>, _>>()?;
    let rows = alerts.iter().map(|alert| serde_json::json!([alert]));
    let [channel, recipient] = place(to);
    let added = tx.exec(
        "INSERT INTO legs (alert_id, channel, recipient, state, bundle, not_before, made_at)
         SELECT e.value ->> 0, CAST($1 AS TEXT), CAST($2 AS TEXT), 0, CAST($3 AS TEXT), CAST($4 AS BIGINT),
             CAST($4 AS BIGINT)
         FROM {each $5} AS e WHERE true ON CONFLICT (alert_id, channel, recipient) DO NOTHING",
        &[
            channel,
            recipient,
            format!("moved:{delivery}").into(),
            ms(now).into(),
            json_rows(rows.collect()),
        ],
    )?;
    let added = i64::try_from(added).unwrap_or_default();
    tx.exec(
        "INSERT INTO channels (name, waiting) VALUES ($1, $2)
         ON CONFLICT (name) DO UPDATE SET waiting = channels.waiting + excluded.waiting",
        &[to.channel.0.as_str().into(), added.into()],
    )?;
    Ok(())
}
