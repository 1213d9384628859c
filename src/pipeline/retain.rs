//! Behind the line: forgets the texts of articles that have been kept long enough, and gives up what waits for channels
//! that are no more.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;
use tracing::{error, info};

use super::{Context, Plan, Stage, StageError};
use crate::domain::{ChannelName, Timestamp};
use crate::tally::Ending;

/// Articles that are forgotten in one step: the stages of the line wait for the database no longer than that takes.
const BATCH: usize = 100;

/// How long something waits for a channel that has left the configuration: it may have been renamed by mistake.
const KEPT_ADRIFT: Duration = Duration::from_hours(24);

/// The forgetting stage.
#[derive(Debug, Clone, Copy, Default)]
pub struct Retain;

/// What is kept no longer: what is older than this time.
#[derive(Debug, Clone, Copy)]
pub enum Outdated {
    /// The texts of articles.
    Articles(Timestamp),
    /// What waits for channels that are not in the plan.
    Adrift(Timestamp),
}

impl Stage for Retain {
    type Work = Outdated;

    type Claim = ();

    const NAME: &'static str = "retain";

    fn width(&self, _: &Context) -> usize {
        1
    }

    async fn claim(&self, ctx: &Context, _: usize) -> Result<Vec<Outdated>, StageError> {
        let (plan, now) = (ctx.plan(), ctx.clock.now());
        if let Ok(before) = now.checked_sub(plan.keep_articles)
            && ctx.store.has_outdated(before).await?
        {
            return Ok(vec![Outdated::Articles(before)]);
        }
        if let Ok(before) = now.checked_sub(KEPT_ADRIFT)
            && ctx.store.has_adrift(configured(&plan), before).await?
        {
            return Ok(vec![Outdated::Adrift(before)]);
        }
        Ok(Vec::new())
    }

    async fn work(&self, ctx: &Context, outdated: Outdated) -> Result<Ending, StageError> {
        match outdated {
            Outdated::Articles(before) => {
                let forgotten = ctx.store.forget_articles(before, BATCH).await?;
                info!(articles.forgotten = forgotten, "articles forgotten");
            }
            Outdated::Adrift(before) => {
                let (known, now) = (configured(&ctx.plan()), ctx.clock.now());
                for adrift in ctx.store.give_up_adrift(known, before, now).await? {
                    error!(channel = %adrift.channel, alerts = adrift.legs, "alerts given up: their channel was taken out of the configuration");
                }
            }
        }
        Ok(Ending::Done)
    }

    fn claim_of(_: &Outdated) {}

    /// There is nothing to give back: what is outdated is found anew each time.
    async fn put_back(&self, _: &Context, _: Vec<()>) -> Result<(), StageError> {
        Ok(())
    }

    fn bell(&self, _: &Context) -> Option<Arc<Notify>> {
        None
    }
}

fn configured(plan: &Plan) -> Vec<ChannelName> {
    plan.channels.keys().cloned().collect()
}
