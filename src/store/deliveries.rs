//! Deliveries: which is due on a channel, what it brings, and how its last try went.

use std::time::Duration;

use super::claims::{Claim, Lease};
use super::tx::{Row, StoreError, Tx, Val};
use super::{
    Store, count, filled, json_rows, lists, ms, opt_timestamp, suppressions, timestamp, told,
    updates,
};
use crate::domain::{
    Alert, AlertId, AttemptOutcome, ChannelName, ChannelNext, ChannelPast, ChannelState,
    DeliveryId, DeliveryPast, DeliveryState, Destination, Notice, Occasion, Timestamp, UpdateFacts,
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
    /// How many alerts it brings; of very many only the first ones are given.
    pub count: u64,
    /// What it is about beside them.
    pub occasion: &'a Occasion,
    /// Whether a short body is wanted: the receiver has refused the form of the whole one.
    pub is_short: bool,
}

/// A channel that has left the configuration, and what waits for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Adrift {
    /// Its name.
    pub channel: ChannelName,
    /// Legs that wait for it, or were given up.
    pub legs: u64,
}

/// What a try has brought about, as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempted {
    /// Where the delivery stands now.
    pub state: DeliveryState,
    /// Whether the try counts against the schedule.
    pub counts: bool,
    /// What it means for the channel; absent where it says nothing of it.
    pub channel: Option<ChannelNext>,
}

/// A try of a delivery, and how it ended.
#[derive(Debug, Clone, PartialEq)]
pub struct Try {
    /// What was tried.
    pub delivery: DueDelivery,
    /// What the other side said.
    pub outcome: AttemptOutcome,
    /// What that brings about.
    pub attempted: Attempted,
    /// What the receiver's service calls the message that it has accepted.
    pub message: Option<String>,
    /// When it ended.
    pub at: Timestamp,
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

    /// Stores how a try ended, where its delivery stands now and what it means for the channel; tells whether the claim
    /// still stood: where it had ended, nothing is written.
    ///
    /// # Errors
    /// When the database refuses; then the same delivery is tried again, under the same id.
    pub async fn record_attempt(&self, tried: Try) -> Result<bool, StoreError> {
        self.write(move |tx| record(tx, &tried)).await
    }

    /// Stores how a try ended, as [`Self::record_attempt`] does, and in the same transaction claims what is due next on the
    /// same channel, as [`Self::next_due_deliveries`] does, while the channel works: so that each message costs one wait
    /// for the disk, and no more than one is ever under way.
    ///
    /// # Errors
    /// When the database refuses; then the same delivery is tried again, under the same id.
    pub async fn record_attempt_and_claim(
        &self,
        tried: Try,
        render: impl Fn(&Unrendered<'_>) -> Rendered + Send + 'static,
        lease: Duration,
    ) -> Result<(bool, Option<DueDelivery>), StoreError> {
        let claimant = self.claimant.clone();
        self.write(move |tx| {
            let stood = record(tx, &tried)?;
            let channel = &tried.delivery.channel;
            if !stood {
                return Ok((stood, None));
            }
            let past = channel_past(tx, channel)?;
            if !past.is_well() {
                return Ok((stood, None));
            }
            let lease = Lease {
                claimant: &claimant,
                now: tried.at,
                length: lease,
            };
            let next = claim_next(tx, channel, &lease)?;
            let next = next.map(|next| with_body(tx, next, past, &render));
            let next = next.transpose()?;
            Ok((stood, next))
        })
        .await
    }

    /// Tells for which channels something waits that are not among these.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn adrift(&self, configured: Vec<ChannelName>) -> Result<Vec<Adrift>, StoreError> {
        self.read(move |tx| {
            tx.rows(
                "SELECT name, waiting FROM channels
                 WHERE waiting > 0 AND name NOT IN (SELECT e.value ->> 0 FROM {each $1} AS e) ORDER BY name",
                &[names(&configured)],
            )?
            .iter_mut()
            .map(adrift)
            .collect()
        })
        .await
    }

    /// Tells whether something has waited since `before` for channels that are not among these.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn has_adrift(
        &self,
        configured: Vec<ChannelName>,
        before: Timestamp,
    ) -> Result<bool, StoreError> {
        self.read(move |tx| {
            // Few channels have left, and all of them are looked at before any delivery is.
            let found = tx.first(
                "SELECT 1 FROM channels c JOIN deliveries d ON d.channel = c.name
                 WHERE c.waiting > 0 AND c.name NOT IN (SELECT e.value ->> 0 FROM {each $1} AS e)
                     AND d.state = 0 AND d.set_at < $2 LIMIT 1",
                &[names(&configured), ms(before).into()],
            )?;
            Ok(found.is_some())
        })
        .await
    }

    /// Gives up what has waited since `before` for channels that are not among these; returns how much for each.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn give_up_adrift(
        &self,
        configured: Vec<ChannelName>,
        before: Timestamp,
        now: Timestamp,
    ) -> Result<Vec<Adrift>, StoreError> {
        self.write(move |tx| give_up_adrift(tx, &configured, before, now))
            .await
    }
}

/// A delivery as it was claimed.
struct Claimed {
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

fn record(tx: &mut dyn Tx, tried: &Try) -> Result<bool, StoreError> {
    let Try {
        delivery,
        outcome,
        attempted,
        message,
        at,
    } = tried;
    if !advance(tx, delivery, outcome, attempted, *at)? {
        return Ok(false);
    }
    tx.exec(
        "INSERT INTO attempts (delivery_id, at, outcome, reason) VALUES ($1, $2, $3, $4)",
        &[
            delivery.id.0.as_str().into(),
            ms(*at).into(),
            outcome.as_str().into(),
            outcome.reason().map(told).into(),
        ],
    )?;
    if let Some(message) = message {
        tx.exec(
            "UPDATE deliveries SET message = $1 WHERE seq = $2",
            &[message.as_str().into(), delivery.claim.id.into()],
        )?;
    }
    if let Some(next) = &attempted.channel {
        hold_channel(tx, delivery, outcome, next, *at)?;
    }
    Ok(true)
}

/// Claims what is due next on a channel that works.
fn claim_next(
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
    let names = channels.iter().map(|name| serde_json::json!([name.0]));
    let values = [
        until.into(),
        lease.claimant.into(),
        ms(lease.now).into(),
        json_rows(names.collect()),
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
            super::json_object(occasion).into(),
        ],
    )?;
    Ok(())
}

/// What is known of a channel; of one that nothing was sent to, that it is as it should be.
fn channel_past(tx: &mut dyn Tx, channel: &ChannelName) -> Result<ChannelPast, StoreError> {
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
fn with_body(
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
    let legs = tx.number(
        "SELECT COUNT(*) FROM legs WHERE delivery_id = $1",
        &[claimed.id.0.as_str().into()],
    )?;
    let count = u64::try_from(legs.max(0)).unwrap_or_default();
    let update = updates::occasion(tx, &claimed.destination(), &alerts, &claimed.occasion)?;
    let rendered = render(&Unrendered {
        count: count.max(u64::try_from(alerts.len()).unwrap_or_default()),
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

/// Stores where a delivery stands after a try; false where its claim has ended.
fn advance(
    tx: &mut dyn Tx,
    delivery: &DueDelivery,
    outcome: &AttemptOutcome,
    attempt: &Attempted,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let reason = outcome.reason().map(told);
    let state = &attempt.state;
    let (number, not_before, ended_at, reason) = match state {
        DeliveryState::Waiting { not_before } => (0, ms(*not_before), None, reason),
        DeliveryState::Sent { at } => (1, ms(now), Some(ms(*at)), None),
        DeliveryState::Abandoned { at, reason } => {
            (2, ms(now), Some(ms(*at)), Some(reason.clone()))
        }
    };
    // The one thing that changes a body: the receiver does not take its form.
    let shortens = matches!(outcome, AttemptOutcome::TooLong { .. }) && !delivery.is_short;
    let turns_away = matches!(
        outcome,
        AttemptOutcome::Failed { .. } | AttemptOutcome::Misconfigured { .. }
    );
    let written = tx.exec(
        "UPDATE deliveries SET state = $1, not_before = $2, set_at = $3, ended_at = $4, reason = $5,
             tries = tries + $6, first_tried_at = COALESCE(first_tried_at, $3),
             body = CASE WHEN $7 = 1 THEN NULL ELSE body END,
             is_short = CASE WHEN $7 = 1 THEN 1 ELSE is_short END,
             turned_away = CASE WHEN $8 = 1 THEN 1 ELSE turned_away END, lease_until = 0
         WHERE seq = $9 AND lease_until = $10 AND state = 0",
        &[
            Val::Int(number),
            not_before.into(),
            ms(now).into(),
            ended_at.into(),
            reason.into(),
            attempt.counts.into(),
            shortens.into(),
            turns_away.into(),
            delivery.claim.id.into(),
            delivery.claim.until.into(),
        ],
    )?;
    if written == 0 {
        return Ok(false);
    }
    let change = match state {
        DeliveryState::Waiting { .. } => return Ok(true),
        DeliveryState::Sent { .. } => {
            "UPDATE channels SET waiting = waiting - $1, delivered = delivered + $1 WHERE name = $2"
        }
        DeliveryState::Abandoned { .. } => {
            "UPDATE channels SET waiting = waiting - $1, abandoned = abandoned + $1 WHERE name = $2"
        }
    };
    let legs = tx.number(
        "SELECT COUNT(*) FROM legs WHERE delivery_id = $1",
        &[delivery.id.0.as_str().into()],
    )?;
    tx.exec(change, &[legs.into(), delivery.channel.0.as_str().into()])?;
    Ok(true)
}

fn hold_channel(
    tx: &mut dyn Tx,
    delivery: &DueDelivery,
    outcome: &AttemptOutcome,
    next: &ChannelNext,
    now: Timestamp,
) -> Result<(), StoreError> {
    let is_accepted = matches!(outcome, AttemptOutcome::Accepted);
    let works = next.state == ChannelState::Ok;
    let channel = delivery.channel.0.as_str();
    tx.exec(
        "INSERT INTO channels (name, state, not_before, new_from, probe, set_at, error, failures, suspects, refusals,
             failing_since, last_success_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
         ON CONFLICT (name) DO UPDATE SET state = excluded.state, not_before = excluded.not_before,
             new_from = excluded.new_from, probe = excluded.probe, set_at = excluded.set_at, error = excluded.error, failures = excluded.failures,
             suspects = excluded.suspects, refusals = excluded.refusals,
             failing_since = CASE WHEN excluded.failing_since IS NULL THEN NULL
                 ELSE COALESCE(channels.failing_since, excluded.failing_since) END,
             last_success_at = COALESCE(excluded.last_success_at, channels.last_success_at)",
        &[
            channel.into(),
            next.state.as_str().into(),
            next.not_before.map_or(0, ms).into(),
            next.new_from.or(next.not_before).map_or(0, ms).into(),
            next.probe.as_str().into(),
            ms(now).into(),
            (!works).then(|| outcome.reason().map(told)).flatten().into(),
            i64::from(next.failures).into(),
            i64::from(next.suspects).into(),
            i64::from(next.refusals).into(),
            (!works).then_some(ms(now)).into(),
            is_accepted.then_some(ms(now)).into(),
        ],
    )?;
    if next.frees
        && let Some(since) = delivery.channel_past.failing_since
    {
        tx.exec(
            "UPDATE deliveries SET not_before = $1
             WHERE channel = $2 AND state = 0 AND not_before > $1 AND set_at >= $3 AND first_tried_at IS NOT NULL",
            &[ms(now).into(), channel.into(), ms(since).into()],
        )?;
    }
    Ok(())
}

/// Channels as one value, for `{each}`.
pub(super) fn names(channels: &[ChannelName]) -> Val {
    let names = channels.iter().map(|name| serde_json::json!([name.0]));
    json_rows(names.collect())
}

fn adrift(row: &mut Row) -> Result<Adrift, StoreError> {
    Ok(Adrift {
        channel: ChannelName(row.next_text()?),
        legs: u64::try_from(row.next_int()?).unwrap_or_default(),
    })
}

/// Why what waits for a channel without a configuration is given up.
const REMOVED: &str = "its channel was taken out of the configuration more than a day ago";

fn give_up_adrift(
    tx: &mut dyn Tx,
    configured: &[ChannelName],
    before: Timestamp,
    now: Timestamp,
) -> Result<Vec<Adrift>, StoreError> {
    let mut given_up = tx
        .rows(
            "UPDATE deliveries SET state = 2, ended_at = $1, reason = $2, lease_until = 0
             WHERE state = 0 AND set_at < $3 AND lease_until <= $1
                 AND channel NOT IN (SELECT e.value ->> 0 FROM {each $4} AS e)
             RETURNING id",
            &[
                ms(now).into(),
                REMOVED.into(),
                ms(before).into(),
                names(configured),
            ],
        )?
        .iter_mut()
        .map(|row| row.next_text().map(|id| serde_json::json!([id])))
        .collect::<Result<Vec<_>, _>>()?;
    if given_up.is_empty() {
        return Ok(Vec::new());
    }
    let counted = tx
        .rows(
            "SELECT channel, COUNT(*) FROM legs
             WHERE delivery_id IN (SELECT e.value ->> 0 FROM {each $1} AS e) GROUP BY channel",
            &[json_rows(std::mem::take(&mut given_up))],
        )?
        .iter_mut()
        .map(adrift)
        .collect::<Result<Vec<_>, _>>()?;
    for one in &counted {
        tx.exec(
            "UPDATE channels SET waiting = waiting - $1, abandoned = abandoned + $1 WHERE name = $2",
            &[
                super::limit_of(usize::try_from(one.legs).unwrap_or(usize::MAX)),
                one.channel.0.as_str().into(),
            ],
        )?;
    }
    Ok(counted)
}
