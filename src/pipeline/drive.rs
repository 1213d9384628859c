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
        if under_way.is_empty() {
            return Ok(done);
        }
        // What is done goes before what is new, and the store is asked for much at once.
        let mut has_waited = false;
        while !(under_way.is_empty() || has_waited || has_room(&stage, &ctx, under_way.len())) {
            tokio::select! {
                Some(ended) = under_way.join_next() => {
                    ended?.map_err(|broken| broken.error)?;
                    done += 1;
                }
                () = ctx.clock.sleep(LOOK_AGAIN) => has_waited = true,
            }
        }
        if let Some(ended) = under_way.join_next().await {
            ended?.map_err(|broken| broken.error)?;
            done += 1;
        }
        while let Some(ended) = under_way.try_join_next() {
            ended?.map_err(|broken| broken.error)?;
            done += 1;
        }
    }
}

/// Whether so many places are free that the store is worth asking.
fn has_room<S: Stage>(stage: &S, ctx: &Context, under_way: usize) -> bool {
    stage.width(ctx).saturating_sub(under_way) >= stage.least_room()
}

async fn drive_until_stopped<S: Stage>(
    stage: S,
    ctx: Arc<Context>,
    stop: CancellationToken,
    alive: impl Fn() + Send,
) -> usize {
    let bell = stage.bell(&ctx).unwrap_or_default();
    let mut under_way = JoinSet::new();
    let mut ended = Ended::default();
    while !stop.is_cancelled() {
        alive();
        // Made before the store is asked: a ring between the two is kept for it.
        let rung = bell.notified();
        let started = take_up(&stage, &ctx, &mut ended.refused, &mut under_way).await;
        if let Err(error) = started {
            log_failure::<S>(&ctx, &error);
            rest(&ctx, &stop).await;
            continue;
        }
        let again = ctx.clock.sleep(LOOK_AGAIN);
        tokio::pin!(rung, again);
        loop {
            let has_place = under_way.len() < stage.width(&ctx);
            tokio::select! {
                () = stop.cancelled() => break,
                () = &mut rung, if has_place => break,
                () = &mut again => break,
                Some(first) = under_way.join_next() => {
                    ended.count::<S>(&ctx, first);
                    while let Some(next) = under_way.try_join_next() {
                        ended.count::<S>(&ctx, next);
                    }
                    if !ended.refused.is_empty() {
                        rest(&ctx, &stop).await;
                        break;
                    }
                    if has_room(&stage, &ctx, under_way.len()) {
                        break;
                    }
                }
            }
        }
    }
    while let Some(next) = under_way.join_next().await {
        ended.count::<S>(&ctx, next);
    }
    ended.done
}

/// Rests after the store refused something: a full disk is not mended in a second.
async fn rest(ctx: &Context, stop: &CancellationToken) {
    tokio::select! {
        () = stop.cancelled() => {}
        () = ctx.clock.sleep(ctx.rest) => {}
    }
}

/// A step that failed, and what it had claimed.
struct Broken<C> {
    claim: C,
    error: StageError,
}

type Steps<C> = JoinSet<Result<(), Broken<C>>>;

/// Gives back what the store refused to record, then starts what is due.
async fn take_up<S: Stage>(
    stage: &S,
    ctx: &Arc<Context>,
    refused: &mut Vec<S::Claim>,
    under_way: &mut Steps<S::Claim>,
) -> Result<(), StageError> {
    if !refused.is_empty() {
        stage.put_back(ctx, refused.clone()).await?;
        refused.clear();
    }
    start_what_is_due(stage, ctx, under_way).await
}

async fn start_what_is_due<S: Stage>(
    stage: &S,
    ctx: &Arc<Context>,
    under_way: &mut Steps<S::Claim>,
) -> Result<(), StageError> {
    let room = stage.width(ctx).saturating_sub(under_way.len());
    if room > 0 {
        for work in stage.claim(ctx, room).await? {
            let (stage, ctx) = (stage.clone(), Arc::clone(ctx));
            under_way.spawn(async move {
                let claim = S::claim_of(&work);
                let worked = stage.work(&ctx, work).await;
                worked.map_err(|error| Broken { claim, error })
            });
        }
    }
    Ok(())
}

/// What became of the steps of a loop.
struct Ended<C> {
    done: usize,
    /// The claims of steps that the store refused to record: they are given back as soon as it takes writes again, as a
    /// lease is longer than a full disk need hold anything up.
    refused: Vec<C>,
}

impl<C> Default for Ended<C> {
    fn default() -> Self {
        Self {
            done: 0,
            refused: Vec::new(),
        }
    }
}

impl<C> Ended<C> {
    fn count<S: Stage<Claim = C>>(
        &mut self,
        ctx: &Context,
        ended: Result<Result<(), Broken<C>>, JoinError>,
    ) {
        match ended {
            Ok(Ok(())) => {
                self.done += 1;
                // What was recorded shows that the store takes something again.
                ctx.trouble
                    .send_if_modified(|trouble| trouble.take().is_some());
            }
            Ok(Err(broken)) => {
                log_failure::<S>(ctx, &broken.error);
                // What broke by a defect would break again at once: its lease keeps it away for a while.
                if matches!(broken.error, StageError::Store(_)) {
                    self.refused.push(broken.claim);
                }
            }
            Err(error) => log_failure::<S>(ctx, &error.into()),
        }
    }
}

fn log_failure<S: Stage>(ctx: &Context, error: &StageError) {
    if let StageError::Store(error) = error
        && error.may_pass()
    {
        ctx.trouble.send_if_modified(|trouble| {
            let is_new = trouble.as_ref() != Some(error);
            *trouble = Some(error.clone());
            is_new
        });
    }
    error!(stage = S::NAME, error = %error, "stage failed");
}
