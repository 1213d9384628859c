//! Tries of deliveries: how each ended, where its delivery stands now, and what it means for the channel.

use std::time::Duration;

use super::claims::Lease;
use super::deliveries::{self, DueDelivery, Rendered, Unrendered};
use super::tx::{StoreError, Tx, Val};
use super::{Store, ms, told};
use crate::domain::{AttemptOutcome, ChannelNext, ChannelState, DeliveryState, Timestamp};

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
    /// What the receiver said, in its own words, when it accepted.
    pub answer: Option<String>,
    /// When it ended.
    pub at: Timestamp,
}

impl Store {
    /// Stores how a try ended, where its delivery stands now and what it means for the channel; tells whether the claim
    /// still stood: where it had ended, nothing is written.
    ///
    /// # Errors
    /// When the database refuses; then the same delivery is tried again, under the same id.
    pub async fn record_attempt(&self, tried: Try) -> Result<bool, StoreError> {
        self.write(move |tx| record(tx, &tried)).await
    }

    /// Stores how a try ended, as [`Self::record_attempt`] does, and in the same transaction claims what is due next on the
    /// same channel, as [`Store::next_due_deliveries`] does, while the channel works: so that each message costs one wait
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
            let past = deliveries::channel_past(tx, channel)?;
            if !past.is_well() {
                return Ok((stood, None));
            }
            let lease = Lease {
                claimant: &claimant,
                now: tried.at,
                length: lease,
            };
            let next = deliveries::claim_next(tx, channel, &lease)?;
            let next = next.map(|next| deliveries::with_body(tx, next, past, &render));
            let next = next.transpose()?;
            Ok((stood, next))
        })
        .await
    }
}

fn record(tx: &mut dyn Tx, tried: &Try) -> Result<bool, StoreError> {
    let Try {
        delivery,
        outcome,
        attempted,
        message,
        answer,
        at,
    } = tried;
    if !advance(tx, delivery, outcome, attempted, *at)? {
        return Ok(false);
    }
    tx.exec(
        "INSERT INTO attempts (delivery_id, at, outcome, reason, answer) VALUES ($1, $2, $3, $4, $5)",
        &[
            delivery.id.0.as_str().into(),
            ms(*at).into(),
            outcome.as_str().into(),
            outcome.reason().map(told).into(),
            answer.as_deref().map(told).into(),
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
