//! Behind the line: forgets the texts of articles that have been kept long enough.

use std::sync::Arc;

use tokio::sync::Notify;
use tracing::info;

use super::{Context, Stage, StageError};
use crate::domain::Timestamp;

/// Articles that are forgotten in one step: the stages of the line wait for the database no longer than that takes.
const BATCH: usize = 100;

/// The forgetting stage.
#[derive(Debug, Clone, Copy, Default)]
pub struct Retain;

impl Stage for Retain {
    /// What came in before this time is no longer kept.
    type Work = Timestamp;

    type Claim = ();

    const NAME: &'static str = "retain";

    fn width(&self, _: &Context) -> usize {
        1
    }

    async fn claim(&self, ctx: &Context, _: usize) -> Result<Vec<Timestamp>, StageError> {
        let Ok(before) = ctx.clock.now().checked_sub(ctx.plan().keep_articles) else {
            return Ok(Vec::new());
        };
        let has_work = ctx.store.has_outdated(before).await?;
        Ok(has_work.then_some(before).into_iter().collect())
    }

    async fn work(&self, ctx: &Context, before: Timestamp) -> Result<(), StageError> {
        let forgotten = ctx.store.forget_articles(before, BATCH).await?;
        info!(articles.forgotten = forgotten, "articles forgotten");
        Ok(())
    }

    fn claim_of(_: &Timestamp) {}

    /// There is nothing to give back: what is outdated is found anew each time.
    async fn put_back(&self, _: &Context, _: Vec<()>) -> Result<(), StageError> {
        Ok(())
    }

    fn bell(&self, _: &Context) -> Option<Arc<Notify>> {
        None
    }
}
