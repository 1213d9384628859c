//! Messages that bring no alerts: of spikes, and of the health of newswatch itself.

use super::tx::{StoreError, Tx};
use super::{json_object, ms};
use crate::domain::{AlertId, DeliveryId, Destination, Notice, Occasion, Timestamp};

/// Stores a message that brings no alerts; `name` tells it from others for the same receiver.
pub(super) fn insert_notice(
    tx: &mut dyn Tx,
    destination: &Destination,
    occasion: &Occasion,
    name: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    let notice = Notice {
        destination: destination.clone(),
        not_before: now,
    };
    insert_notice_at(tx, &notice, occasion, name, false, now)
}

/// As [`insert_notice`], at the time that its receiver takes it.
pub(super) fn insert_notice_at(
    tx: &mut dyn Tx,
    notice: &Notice,
    occasion: &Occasion,
    name: &str,
    is_urgent: bool,
    now: Timestamp,
) -> Result<(), StoreError> {
    let destination = &notice.destination;
    let id = DeliveryId::derive(destination, &[AlertId(name.to_owned())]);
    tx.exec(
        "INSERT INTO deliveries (id, channel, recipient, urgency, state, not_before, set_at, created_at, occasion)
         VALUES ($1, $2, $3, $4, 0, $5, $6, $6, $7) ON CONFLICT (id) DO NOTHING",
        &[
            id.0.into(),
            destination.channel.0.as_str().into(),
            destination.recipient.as_deref().unwrap_or_default().into(),
            i64::from(!is_urgent).into(),
            ms(notice.not_before).into(),
            ms(now).into(),
            json_object(occasion).into(),
        ],
    )?;
    Ok(())
}
