//! alert -> delivery: makes messages of the legs that wait for nothing any more.
//!
//! A leg that is alone and has nothing to wait for never comes here: it has its delivery in the transaction that raised
//! its alert.

use std::sync::Arc;

use tokio::sync::Notify;
use tracing::info;

use super::{Context, Stage, StageError};
use crate::alerting;
use crate::domain::{Desk, Timestamp, WaitingLeg};
use crate::tally::Ending;

/// Legs that are gathered in one transaction: as many as one message can list.
const BATCH: usize = 500;

/// The gathering stage.
#[derive(Debug, Clone, Copy, Default)]
pub struct Gather;

impl Stage for Gather {
    /// The time by which the legs are due.
    type Work = Timestamp;

    type Claim = ();

    const NAME: &'static str = "gather";

    fn width(&self, _: &Context) -> usize {
        1
    }

    async fn claim(&self, ctx: &Context, _: usize) -> Result<Vec<Timestamp>, StageError> {
        let now = ctx.clock.now();
        let is_due = ctx.store.has_legs_due(now).await?;
        Ok(is_due.then_some(now).into_iter().collect())
    }

    async fn work(&self, ctx: &Context, now: Timestamp) -> Result<Ending, StageError> {
        let (plan, asking) = (ctx.plan(), ctx.plan());
        let ask = move |destination| alerting::question(destination, &asking.policies, now);
        let bundle = move |legs: Vec<WaitingLeg>, desk: &mut Desk| {
            let mut gathered = alerting::bundle(legs, &plan.policies, desk, now);
            alerting::name_themes(&mut gathered, &plan.watches);
            gathered
        };
        let (messages, postponed) = ctx.store.gather(ask, bundle, now, BATCH).await?;
        info!(messages, legs.postponed = postponed, "alerts gathered");
        ctx.wake.notify.notify_waiters();
        Ok(Ending::Done)
    }

    fn claim_of(_: &Timestamp) {}

    /// There is nothing to give back: what is due is found anew each time.
    async fn put_back(&self, _: &Context, _: Vec<()>) -> Result<(), StageError> {
        Ok(())
    }

    fn bell(&self, _: &Context) -> Option<Arc<Notify>> {
        None
    }
}
