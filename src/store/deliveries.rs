//! Deliveries that are due: which one of a channel is claimed, what is known of it, and what it brings.

use std::time::Duration;

use super::claims::{Claim, Lease};
use super::tx::{Row, StoreError, Tx};
use super::{
    Store, count, filled, json_names, lists, ms, opt_timestamp, suppressions, timestamp, updates,
};
use crate::domain::{
    Alert, ChannelName, ChannelPast, ChannelState, DeliveryId, DeliveryPast, Destination, Occasion,
    Timestamp, UpdateFacts,
};

/// A delivery that has been claimed for a try.
#[derive(Debug, Clone, PartialEq)]
pub struct DueDelivery {
    /// Its place among the deliveries, claimed.
    pub claim: Claim<i64>,
    /// Its id, which every try carries.
    pub id: DeliveryId,
    /// The channel.
    pub channel: ChannelName,
    /// The mail address, for a channel that has several.
    pub recipient: Option<String>,
    /// What every try brings; absent where it cannot be written.
    pub body: Rendered,
    /// Whether the receiver has refused the form of the whole body before.
    pub is_short: bool,
    /// What is known of it before this try.
    pub past: DeliveryPast,
    /// What is known of its channel.
    pub channel_past: ChannelPast,
}

/// What a delivery brings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rendered {
    /// The body, as it is stored with the first try and sent with each.
    Body(String),
    /// The same, in the built-in form, as a template has failed for a reason that is a clause for people.
    BuiltIn(String, String),
    /// It could not be written, for a reason that is a clause for people.
    Failed(String),
}

/// What a body is to be written of.
#[derive(Debug)]
pub struct Unrendered<'a> {
    /// The delivery.
    pub id: &'a DeliveryId,
    /// The channel.
    pub channel: &'a ChannelName,
    /// The mail address, for a channel that has several.
    pub recipient: Option<&'a str>,
    /// The alerts it brings, the oldest first.
    pub alerts: &'a [Alert],
    /// What it is about beside them.
    pub occasion: &'a Occasion,
    /// Whether a short body is wanted: the receiver has refused the form of the whole one.
    pub is_short: bool,
}

impl Store {
    /// Claims the oldest due delivery of each of the channels, and writes the body of one that is tried for the first time
    /// by `render`: it is stored with the claim, before anything leaves the house.
    ///
    /// `render` may be called again for the same delivery when the transaction collided with another one.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn next_due_deliveries(
        &self,
        channels: Vec<ChannelName>,
        render: impl Fn(&Unrendered<'_>) -> Rendered + Send + 'static,
        now: Timestamp,
        lease: Duration,
    ) -> Result<Vec<DueDelivery>, StoreError> {
        let claimant = self.claimant.clone();
        let work = move |tx: &mut dyn Tx| {
            let lease = Lease {
                claimant: &claimant,
                now,
                length: lease,
            };
            claim(tx, &channels, &lease)?
                .into_iter()
                .map(|claimed| {
                    let past = channel_past(tx, &claimed.channel)?;
                    with_body(tx, claimed, past, &render)
                })
                .collect()
        };
        // The body of a first try must not be undone once it has been sent.
        self.write(work).await
    }
}

/// A delivery as it was claimed.
pub(super) struct Claimed {
    claim: Claim<i64>,
    id: DeliveryId,
    channel: ChannelName,
    recipient: Option<String>,
    body: Option<String>,
    occasion: Occasion,
    is_short: bool,
    past: DeliveryPast,
}

impl Claimed {
    fn destination(&self) -> Destination {
        Destination {
            channel: self.channel.clone(),
            recipient: self.recipient.clone(),
        }
    }
}

/// Claims what is due next on a channel that works.
pub(super) fn claim_next(
    tx: &mut dyn Tx,
    channel: &ChannelName,
    lease: &Lease<'_>,
) -> Result<Option<Claimed>, StoreError> {
    let until = lease.until();
    let row = tx.first(
        "UPDATE deliveries SET lease_until = $1, claimed_by = $2
         WHERE seq IN (
                 SELECT d.seq FROM deliveries d
                 WHERE d.state = 0 AND d.not_before <= $3 AND d.lease_until <= $3 AND d.channel = $4
                 ORDER BY d.urgency, d.seq LIMIT 1)
             AND state = 0 AND lease_until <= $3
         RETURNING seq, id, channel, recipient, body, occasion, is_short, tries, first_tried_at, set_at, not_before",
        &[
            until.into(),
            lease.claimant.into(),
            ms(lease.now).into(),
            channel.0.as_str().into(),
        ],
    )?;
    row.map(|mut row| claimed_from(&mut row, until)).transpose()
}

fn claim(
    tx: &mut dyn Tx,
    channels: &[ChannelName],
    lease: &Lease<'_>,
) -> Result<Vec<Claimed>, StoreError> {
    let until = lease.until();
    let values = [
        until.into(),
        lease.claimant.into(),
        ms(lease.now).into(),
        json_names(channels),
    ];
    let mut claimed = Vec::new();
    // The lease is looked at twice: where another worker takes the row between the two, it is not taken again.
    for sql in [
        // Of each channel that works, what is urgent and oldest among what is due.
        "UPDATE deliveries SET lease_until = $1, claimed_by = $2
         WHERE seq IN (
                 SELECT (SELECT d.seq FROM deliveries d
                     WHERE d.channel = n.value ->> 0 AND d.state = 0 AND d.not_before <= $3 AND d.lease_until <= $3
                     ORDER BY d.urgency, d.seq LIMIT 1)
                 FROM {each $4} AS n LEFT JOIN channels c ON c.name = n.value ->> 0
                 WHERE COALESCE(c.not_before, 0) <= $3 AND COALESCE(c.state, 'ok') IN ('ok', 'paused'))
             AND state = 0 AND lease_until <= $3
         RETURNING seq, id, channel, recipient, body, occasion, is_short, tries, first_tried_at, set_at, not_before",
        // Of each that does not, the one to probe it with, whatever its own schedule.
        "UPDATE deliveries SET lease_until = $1, claimed_by = $2
         WHERE seq IN (
                 SELECT (SELECT d.seq FROM deliveries d
                     WHERE d.channel = c.name AND d.state = 0 AND d.lease_until <= $3
                         AND (d.first_tried_at IS NOT NULL OR d.not_before <= $3)
                         AND (c.not_before <= $3 OR d.first_tried_at IS NULL)
                     ORDER BY CASE c.probe
                             WHEN 'another' THEN CASE WHEN d.first_tried_at IS NULL THEN 0
                                 WHEN d.not_before <= $3 THEN 1 ELSE 2 END
                             WHEN 'spotless' THEN d.turned_away ELSE 0 END,
                         CASE WHEN c.probe = 'another' AND d.first_tried_at IS NOT NULL THEN d.set_at ELSE 0 END,
                         d.urgency, d.seq LIMIT 1)
                 FROM {each $4} AS n JOIN channels c ON c.name = n.value ->> 0
                 WHERE (c.not_before <= $3 OR c.new_from <= $3) AND c.state IN ('failing', 'misconfigured'))
             AND state = 0 AND lease_until <= $3
         RETURNING seq, id, channel, recipient, body, occasion, is_short, tries, first_tried_at, set_at, not_before",
    ] {
        for mut row in tx.rows(sql, &values)? {
            claimed.push(claimed_from(&mut row, until)?);
        }
    }
    claimed.sort_by_key(|one| one.claim.id);
    Ok(claimed)
}

fn claimed_from(row: &mut Row, until: i64) -> Result<Claimed, StoreError> {
    let claim = Claim {
        id: row.next_int()?,
        until,
    };
    let id = DeliveryId(row.next_text()?);
    let channel = ChannelName(row.next_text()?);
    let recipient = filled(row.next_text()?);
    let body = row.next_opt_text()?;
    let occasion = occasion(row)?;
    let is_short = row.next_flag()?;
    let tries = count(row)?;
    let first_tried_at = opt_timestamp(row)?;
    let set_at = timestamp(row)?;
    Ok(Claimed {
        claim,
        id,
        channel,
        recipient,
        body,
        occasion,
        is_short,
        past: DeliveryPast {
            tries,
            first_tried_at,
            last_tried_at: first_tried_at.map(|_| set_at),
            due_at: timestamp(row)?,
        },
    })
}

/// What a delivery is about beside its alerts.
fn occasion(row: &mut Row) -> Result<Occasion, StoreError> {
    match row.next_opt_text()? {
        None => Ok(Occasion::Alert),
        Some(text) => serde_json::from_str(&text).map_err(|_| row.lacks("an occasion")),
    }
}

/// What is known of a channel; of one that nothing was sent to, that it is as it should be.
pub(super) fn channel_past(
    tx: &mut dyn Tx,
    channel: &ChannelName,
) -> Result<ChannelPast, StoreError> {
    let found = tx.first(
        "SELECT state, failing_since, last_success_at, failures, suspects, refusals
         FROM channels WHERE name = $1",
        &[channel.0.as_str().into()],
    )?;
    let Some(mut row) = found else {
        return Ok(ChannelPast::default());
    };
    Ok(ChannelPast {
        state: channel_state(&mut row)?,
        failing_since: opt_timestamp(&mut row)?,
        last_success_at: opt_timestamp(&mut row)?,
        failures: count(&mut row)?,
        suspects: count(&mut row)?,
        refusals: count(&mut row)?,
    })
}

/// Reads how a channel is.
pub(super) fn channel_state(row: &mut Row) -> Result<ChannelState, StoreError> {
    let word = row.next_text()?;
    ChannelState::ALL
        .into_iter()
        .find(|state| state.as_str() == word)
        .ok_or_else(|| row.lacks("how a channel is"))
}

/// Reads the body that a delivery brings, or writes it and stores it.
pub(super) fn with_body(
    tx: &mut dyn Tx,
    claimed: Claimed,
    channel_past: ChannelPast,
    render: &impl Fn(&Unrendered<'_>) -> Rendered,
) -> Result<DueDelivery, StoreError> {
    let body = match claimed.body.clone() {
        Some(body) => Rendered::Body(body),
        None => first_body(tx, &claimed, render)?,
    };
    Ok(DueDelivery {
        claim: claimed.claim,
        id: claimed.id,
        channel_past,
        channel: claimed.channel,
        recipient: claimed.recipient,
        body,
        is_short: claimed.is_short,
        past: claimed.past,
    })
}

/// Writes the body of a first try and stores it; not for a recipient who asked for no more messages.
fn first_body(
    tx: &mut dyn Tx,
    claimed: &Claimed,
    render: &impl Fn(&Unrendered<'_>) -> Rendered,
) -> Result<Rendered, StoreError> {
    let alerts = match &claimed.occasion {
        // Each of them has a message of its own as well.
        Occasion::Spike(facts) => lists::alerts_named(tx, &facts.alerts)?,
        // What has changed in an article has no leg of its own.
        Occasion::Update(UpdateFacts {
            first_alert: Some(alert),
            revision: Some(_),
            ..
        }) => lists::alerts_named(tx, std::slice::from_ref(alert))?,
        _ => lists::alerts_of(tx, &claimed.id)?,
    };
    if let Some(recipient) = &claimed.recipient
        && suppressions::wants_none(tx, recipient, &alerts)?
    {
        return Ok(Rendered::Failed(SUPPRESSED.to_owned()));
    }
    let update = updates::occasion(tx, &claimed.destination(), &alerts, &claimed.occasion)?;
    let rendered = render(&Unrendered {
        id: &claimed.id,
        channel: &claimed.channel,
        recipient: claimed.recipient.as_deref(),
        alerts: &alerts,
        occasion: update.as_ref().unwrap_or(&claimed.occasion),
        is_short: claimed.is_short,
    });
    let (body, problem) = match rendered {
        Rendered::Failed(_) => return Ok(rendered),
        Rendered::Body(body) => (body, None),
        Rendered::BuiltIn(body, problem) => (body, Some(problem)),
    };
    tx.exec(
        "UPDATE deliveries SET body = $1 WHERE seq = $2",
        &[body.as_str().into(), claimed.claim.id.into()],
    )?;
    tx.exec(
        "UPDATE channels SET template_error = $1
         WHERE name = $2 AND COALESCE(template_error, '') <> COALESCE($1, '')",
        &[problem.into(), claimed.channel.0.as_str().into()],
    )?;
    Ok(Rendered::Body(body))
}

/// Why nothing is sent to somebody who asked for no more.
const SUPPRESSED: &str =
    "the recipient asked for no more messages; newswatch channel allow ADDRESS takes it back";
