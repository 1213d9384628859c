//! The one loop that runs a stage.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::{Id, JoinError, JoinSet};
use tokio_util::sync::CancellationToken;
use tracing::{debug, error};

use super::{Context, Stage, StageError};
use crate::clock;
use crate::tally::Ending;

/// How long an idle stage waits before it looks at the store again: work also comes due by time alone, or is
/// made due by another process.
const LOOK_AGAIN: Duration = Duration::from_secs(1);

/// The same for a stage that waits for the time alone and has just found something: more is about to be due.
const LOOK_SOON: Duration = Duration::from_millis(200);

/// The time that work gets which can be cut off, when the service stops: what is nearly done is recorded.
const GRACE: Duration = Duration::from_secs(1);

/// When a stage's loop ends.
#[derive(Debug, Clone)]
pub enum Until {
    /// When nothing is due and nothing is under way.
    Idle,
    /// The same, or when it is told to stop; what is under way is finished first.
    IdleOr(CancellationToken),
    /// When it is told to stop; what is under way is finished first.
    Stopped(CancellationToken),
}

/// Runs a stage: claims as much as can be worked on at once, never more, and works on it side by side.
///
/// Returns how many pieces of work were done. `alive` is called at every turn of the loop.
///
/// # Errors
/// With [`Until::Idle`] and [`Until::IdleOr`], the first failure. With [`Until::Stopped`] failures are logged instead: the work is
/// claimed again after a while.
pub async fn drive<S: Stage>(
    stage: S,
    ctx: Arc<Context>,
    until: Until,
    alive: impl Fn() + Send,
) -> Result<usize, StageError> {
    match until {
        Until::Idle => drive_until_idle(stage, ctx, CancellationToken::new()).await,
        Until::IdleOr(stop) => drive_until_idle(stage, ctx, stop).await,
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
    counted(stage, ctx, work).await?;
    Ok(true)
}

/// Does one piece of work, and counts how it ended and what time it took.
async fn counted<S: Stage>(stage: &S, ctx: &Context, work: S::Work) -> Result<Ending, StageError> {
    let taken = clock::stopwatch();
    let ended = stage.work(ctx, work).await;
    let (ending, took) = (
        ended.as_ref().map_or(Ending::Broken, |ending| *ending),
        taken(),
    );
    ctx.tally.count(S::NAME, ending, took);
    debug!(
        stage = S::NAME,
        ending = ending.as_str(),
        duration_ms = took.as_millis(),
        "step ended"
    );
    ended
}

async fn drive_until_idle<S: Stage>(
    stage: S,
    ctx: Arc<Context>,
    stop: CancellationToken,
) -> Result<usize, StageError> {
    let mut under_way = UnderWay::default();
    let mut done = 0;
    while !stop.is_cancelled() {
        start_what_is_due(&stage, &ctx, &mut under_way).await?;
        if under_way.is_empty() {
            // What must keep a distance is due all the same.
            let Some(wait) = stage.waits() else {
                return Ok(done);
            };
            tokio::select! {
                () = ctx.clock.sleep(wait) => {}
                () = stop.cancelled() => {}
            }
            continue;
        }
        // What is done goes before what is new, and the store is asked for much at once.
        let mut has_waited = false;
        while !(under_way.is_empty() || has_waited || has_room(&stage, &ctx, under_way.len())) {
            tokio::select! {
                Some(ended) = under_way.join_next() => {
                    ended.outcome?;
                    done += 1;
                }
                () = ctx.clock.sleep(look_again(&stage)) => has_waited = true,
                () = stop.cancelled() => has_waited = true,
            }
        }
        tokio::select! {
            () = stop.cancelled() => {}
            ended = under_way.join_next() => if let Some(ended) = ended {
                ended.outcome?;
                done += 1;
            },
        }
        while let Some(ended) = under_way.try_join_next() {
            ended.outcome?;
            done += 1;
        }
    }
    let mut ended = Ended::default();
    wind_down(&stage, &ctx, under_way, &mut ended).await;
    Ok(done + ended.done)
}

/// How long an idle stage waits before it looks at the store again.
fn look_again<S: Stage>(stage: &S) -> Duration {
    stage
        .waits()
        .map_or(LOOK_AGAIN, |wait| wait.min(LOOK_AGAIN))
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
    let bell = stage.bell(&ctx);
    // What ends makes nothing due then: to ask at each end would be to ask in vain.
    let waits_for_time = bell.is_none();
    let bell = bell.unwrap_or_default();
    let mut under_way = UnderWay::default();
    let mut ended = Ended::default();
    while !stop.is_cancelled() {
        alive();
        // Made before the store is asked: a ring between the two is kept for it.
        let rung = bell.notified();
        let started = take_up(&stage, &ctx, &mut ended.refused, &mut under_way).await;
        let found = match started {
            Ok(found) => found,
            Err(error) => {
                log_failure::<S>(&ctx, &error);
                rest(&ctx, &stop).await;
                continue;
            }
        };
        let asks_at_ends = !waits_for_time || found == Found::Much;
        let again = if waits_for_time && found != Found::Nothing {
            look_again(&stage).min(LOOK_SOON)
        } else {
            look_again(&stage)
        };
        let again = ctx.clock.sleep(again);
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
                    if asks_at_ends && has_room(&stage, &ctx, under_way.len()) {
                        break;
                    }
                }
            }
        }
    }
    wind_down(&stage, &ctx, under_way, &mut ended).await;
    ended.done
}

/// Lets what is under way come to its end, or cuts it off and gives it back.
async fn wind_down<S: Stage>(
    stage: &S,
    ctx: &Context,
    mut under_way: UnderWay<S::Claim>,
    ended: &mut Ended<S::Claim>,
) {
    let grace = ctx.clock.sleep(GRACE);
    tokio::pin!(grace);
    loop {
        tokio::select! {
            () = &mut grace, if stage.can_be_cut_off() => break,
            next = under_way.join_next() => match next {
                Some(next) => ended.count::<S>(ctx, next),
                None => return,
            },
        }
    }
    let left = under_way.cut_off();
    if let Err(error) = stage.put_back(ctx, left).await {
        log_failure::<S>(ctx, &error);
    }
}

/// Rests after the store refused something: a full disk is not mended in a second.
async fn rest(ctx: &Context, stop: &CancellationToken) {
    tokio::select! {
        () = stop.cancelled() => {}
        () = ctx.clock.sleep(ctx.rest) => {}
    }
}

/// The steps under way, and what each has claimed.
struct UnderWay<C> {
    steps: JoinSet<Result<Ending, StageError>>,
    claims: HashMap<Id, C>,
}

/// A step that has ended.
struct Step<C> {
    claim: Option<C>,
    outcome: Result<Ending, StageError>,
}

impl<C> Default for UnderWay<C> {
    fn default() -> Self {
        Self {
            steps: JoinSet::new(),
            claims: HashMap::new(),
        }
    }
}

impl<C> UnderWay<C> {
    fn len(&self) -> usize {
        self.steps.len()
    }

    fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }

    fn begin(
        &mut self,
        claim: C,
        step: impl Future<Output = Result<Ending, StageError>> + Send + 'static,
    ) {
        let id = self.steps.spawn(step).id();
        self.claims.insert(id, claim);
    }

    async fn join_next(&mut self) -> Option<Step<C>> {
        let joined = self.steps.join_next_with_id().await?;
        Some(self.ended(joined))
    }

    fn try_join_next(&mut self) -> Option<Step<C>> {
        let joined = self.steps.try_join_next_with_id()?;
        Some(self.ended(joined))
    }

    fn ended(&mut self, joined: Result<(Id, Result<Ending, StageError>), JoinError>) -> Step<C> {
        let (id, outcome) = match joined {
            Ok((id, outcome)) => (id, outcome),
            Err(error) => (error.id(), Err(error.into())),
        };
        Step {
            claim: self.claims.remove(&id),
            outcome,
        }
    }

    /// Ends what is under way where it stands; returns what it had claimed.
    fn cut_off(mut self) -> Vec<C> {
        self.steps.abort_all();
        self.claims.into_values().collect()
    }
}

/// Gives back what the store refused to record, then starts what is due.
async fn take_up<S: Stage>(
    stage: &S,
    ctx: &Arc<Context>,
    refused: &mut Vec<S::Claim>,
    under_way: &mut UnderWay<S::Claim>,
) -> Result<Found, StageError> {
    if !refused.is_empty() {
        stage.put_back(ctx, refused.clone()).await?;
        refused.clear();
    }
    start_what_is_due(stage, ctx, under_way).await
}

/// How much was due when the store was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Found {
    Nothing,
    /// All of it was claimed.
    All,
    /// There may be more: a claim takes at least half of what it is asked for, if there is so much.
    Much,
}

async fn start_what_is_due<S: Stage>(
    stage: &S,
    ctx: &Arc<Context>,
    under_way: &mut UnderWay<S::Claim>,
) -> Result<Found, StageError> {
    let room = stage.width(ctx).saturating_sub(under_way.len());
    if room == 0 {
        return Ok(Found::Much);
    }
    let claimed = stage.claim(ctx, room).await?;
    let found = match claimed.len() {
        0 => Found::Nothing,
        some if 2 * some < room => Found::All,
        _ => Found::Much,
    };
    for work in claimed {
        let (stage, ctx) = (stage.clone(), Arc::clone(ctx));
        let claim = S::claim_of(&work);
        under_way.begin(claim, async move { counted(&stage, &ctx, work).await });
    }
    Ok(found)
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
    fn count<S: Stage<Claim = C>>(&mut self, ctx: &Context, step: Step<C>) {
        match step.outcome {
            Ok(_) => {
                self.done += 1;
                // What was recorded shows that the store takes something again.
                ctx.trouble
                    .send_if_modified(|trouble| trouble.take().is_some());
            }
            Err(error) => {
                log_failure::<S>(ctx, &error);
                // What broke by a defect would break again at once: its lease keeps it away for a while.
                if matches!(error, StageError::Store(_)) {
                    self.refused.extend(step.claim);
                }
            }
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
