//! The one loop that runs a stage.

use std::sync::Arc;
use std::time::Duration;

use tokio::task::{JoinError, JoinSet};
use tokio_util::sync::CancellationToken;
use tracing::error;

use super::{Context, Stage, StageError};

/// How long an idle stage waits before it looks at the store again: work also comes due by time alone, or is
/// made due by another process.
const LOOK_AGAIN: Duration = Duration::from_secs(1);

/// How long a stage waits after the store refused its work: a full disk is not mended in a second.
const AFTER_ERROR: Duration = Duration::from_secs(10);

/// When a stage's loop ends.
#[derive(Debug, Clone)]
pub enum Until {
    /// When nothing is due and nothing is under way.
    Idle,
    /// When it is told to stop; what is under way is finished first.
    Stopped(CancellationToken),
}

/// Runs a stage: claims as much as can be worked on at once, never more, and works on it side by side.
///
/// Returns how many pieces of work were done. `alive` is called at every turn of the loop.
///
/// # Errors
/// With [`Until::Idle`], the first failure. With [`Until::Stopped`] failures are logged instead: the work is
/// claimed again after a while.
pub async fn drive<S: Stage>(
    stage: S,
    ctx: Arc<Context>,
    until: Until,
    alive: impl Fn() + Send,
) -> Result<usize, StageError> {
    match until {
        Until::Idle => drive_until_idle(stage, ctx).await,
        Until::Stopped(stop) => Ok(drive_until_stopped(stage, ctx, stop, alive).await),
    }
}

/// Makes one step of a stage: claims one piece of work and does it; tells whether there was any.
///
/// # Errors
/// When the step fails; the work will be claimed again.
pub async fn step<S: Stage>(stage: &S, ctx: &Context) -> Result<bool, StageError> {
    let mut claimed = stage.claim(ctx, 1).await?;
    let Some(work) = claimed.pop() else {
        return Ok(false);
    };
    stage.work(ctx, work).await?;
    Ok(true)
}

async fn drive_until_idle<S: Stage>(stage: S, ctx: Arc<Context>) -> Result<usize, StageError> {
    let mut under_way = JoinSet::new();
    let mut done = 0;
    loop {
        start_what_is_due(&stage, &ctx, &mut under_way).await?;
        let Some(ended) = under_way.join_next().await else {
            return Ok(done);
        };
        ended??;
        done += 1;
    }
}

async fn drive_until_stopped<S: Stage>(
    stage: S,
    ctx: Arc<Context>,
    stop: CancellationToken,
    alive: impl Fn() + Send,
) -> usize {
    let bell = stage.bell(&ctx).unwrap_or_default();
    let mut under_way = JoinSet::new();
    let mut done = 0;
    while !stop.is_cancelled() {
        alive();
        // Made before the store is asked: a ring between the two is kept for it.
        let rung = bell.notified();
        let started = start_what_is_due(&stage, &ctx, &mut under_way).await;
        let pause = if started.is_ok() {
            LOOK_AGAIN
        } else {
            AFTER_ERROR
        };
        log_failure::<S>(started.err());
        let has_room = under_way.len() < stage.width();
        tokio::select! {
            () = stop.cancelled() => {}
            () = rung, if has_room => {}
            () = ctx.clock.sleep(pause) => {}
            Some(ended) = under_way.join_next() => done += count_done::<S>(ended),
        }
    }
    while let Some(ended) = under_way.join_next().await {
        done += count_done::<S>(ended);
    }
    done
}

async fn start_what_is_due<S: Stage>(
    stage: &S,
    ctx: &Arc<Context>,
    under_way: &mut JoinSet<Result<(), StageError>>,
) -> Result<(), StageError> {
    let room = stage.width().saturating_sub(under_way.len());
    if room > 0 {
        for work in stage.claim(ctx, room).await? {
            let (stage, ctx) = (stage.clone(), Arc::clone(ctx));
            under_way.spawn(async move { stage.work(&ctx, work).await });
        }
    }
    Ok(())
}

fn count_done<S: Stage>(ended: Result<Result<(), StageError>, JoinError>) -> usize {
    let failure = ended.map_err(StageError::from).flatten().err();
    let done = usize::from(failure.is_none());
    log_failure::<S>(failure);
    done
}

fn log_failure<S: Stage>(failure: Option<StageError>) {
    if let Some(error) = failure {
        error!(stage = S::NAME, error = %error, "stage failed");
    }
}
