//! alert -> delivery: makes one try for the oldest delivery that is due on a channel.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify as Bell;
use tracing::{info, warn};

use super::{Context, Stage, StageError};
use crate::domain::{AttemptOutcome, ChannelName, DeliveryState, Timestamp};
use crate::schedule::{DeliveryPolicy, after_attempt};
use crate::store::{ChannelHold, DueDelivery};

/// A claim outlives the longest try, which is a mail's of 60 s.
const LEASE: Duration = Duration::from_mins(3);

/// The notifying stage of one channel. Each channel has its own, so that a dead one delays no other, and it
/// sends one message at a time, so that they arrive in order.
#[derive(Debug, Clone)]
pub struct Notify {
    /// The channel.
    pub channel: ChannelName,
}

impl Stage for Notify {
    type Work = DueDelivery;
    type Claim = ();

    const NAME: &'static str = "notify";

    fn width(&self) -> usize {
        1
    }

    async fn claim(&self, ctx: &Context, _: usize) -> Result<Vec<DueDelivery>, StageError> {
        let now = ctx.clock.now();
        let due = ctx
            .store
            .next_due_delivery(self.channel.clone(), now, LEASE)
            .await?;
        Ok(due.into_iter().collect())
    }

    async fn work(&self, ctx: &Context, due: DueDelivery) -> Result<(), StageError> {
        let Some(channel) = ctx.channels.get(&due.channel) else {
            return Ok(());
        };
        let outcome = channel
            .send(
                &due.id,
                due.recipient.as_deref(),
                &due.alerts,
                ctx.clock.now(),
            )
            .await;
        let now = ctx.clock.now();
        let policy = DeliveryPolicy {
            retry: channel.settings.retry.clone(),
        };
        let (state, held_until) = after_attempt(
            &outcome,
            due.tries,
            due.first_tried_at,
            &policy,
            fastrand::f64(),
            now,
        );
        log(&due, &outcome, &state);
        let hold = channel_hold(&outcome, held_until, now);
        ctx.store
            .record_attempt(due, outcome, state, hold, now)
            .await?;
        Ok(())
    }

    fn claim_of(_: &DueDelivery) {}

    /// Keeps the claim: the delivery may have arrived, and while its try cannot be stored, trying again would only make
    /// copies of it. It is due once more when its lease ends.
    async fn put_back(&self, _: &Context, _: Vec<()>) -> Result<(), StageError> {
        Ok(())
    }

    fn bell(&self, ctx: &Context) -> Option<Arc<Bell>> {
        Some(Arc::clone(&ctx.wake.notify))
    }
}

fn channel_hold(
    outcome: &AttemptOutcome,
    held_until: Option<Timestamp>,
    now: Timestamp,
) -> ChannelHold {
    let until = held_until.unwrap_or(now);
    match outcome {
        AttemptOutcome::Accepted => ChannelHold::Working,
        AttemptOutcome::Failed { .. } => ChannelHold::Failing,
        AttemptOutcome::Paused { .. } => ChannelHold::PausedUntil(until),
        AttemptOutcome::Misconfigured { .. } => ChannelHold::MisconfiguredUntil(until),
        AttemptOutcome::Refused { .. } => ChannelHold::Unchanged,
        AttemptOutcome::Gone { .. } => ChannelHold::Gone,
    }
}

fn log(due: &DueDelivery, outcome: &AttemptOutcome, state: &DeliveryState) {
    let (id, channel, attempt) = (&due.id, &due.channel, due.tries + 1);
    match outcome {
        AttemptOutcome::Accepted => {
            info!(delivery.id = %id, channel = %channel, attempt, "delivery sent");
        }
        AttemptOutcome::Failed { reason }
        | AttemptOutcome::Paused { reason, .. }
        | AttemptOutcome::Misconfigured { reason }
        | AttemptOutcome::Refused { reason }
        | AttemptOutcome::Gone { reason } => {
            let given_up = matches!(state, DeliveryState::Abandoned { .. });
            warn!(delivery.id = %id, channel = %channel, attempt, given_up, error = reason, "delivery failed");
        }
    }
}
