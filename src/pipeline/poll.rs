//! feed -> entries: fetches the feed that has been due the longest and stores its new entries.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tracing::{debug, info, warn};

use super::archives;
use super::polled::{Polled, left_alone};
use super::reading::read;
use super::{Context, Stage, StageError};
use crate::clock::Mark;
use crate::domain::{FeedId, Timestamp, shown_url};
use crate::store::{Claim, DueFeed, FeedHealth};
use crate::tally::Ending;

/// Polls that run at once: two hundred feeds of a server that does not answer must not make a fast one late. How many
/// requests there are at a time, to one host and in all, is bounded in `http`; who waits there costs nothing.
const WIDTH: usize = 256;

/// A claim outlives the fetch by this: a minute to wait for a turn at the host, and the time to parse and store.
const LEASE_MARGIN: Duration = Duration::from_mins(2);

/// A jump of the clock by so many seconds, as of a machine that has slept, makes many feeds due at once.
const JUMP_S: i64 = 60;

/// Feeds that are asked at once after a start or a jump, however many are due.
pub const FIRST_FEEDS: usize = 20;

/// The polling stage.
#[derive(Debug, Clone, Default)]
pub struct Poll {
    /// Polls only what was due at this time: a pass that polls every feed once. Absent in a service.
    due_by: Option<Timestamp>,
    /// When feeds were claimed last.
    claimed: Arc<Mutex<Option<Mark>>>,
}

impl Poll {
    /// Polls only what was due at this time.
    #[must_use]
    pub fn due_by(at: Option<Timestamp>) -> Self {
        Self {
            due_by: at,
            ..Self::default()
        }
    }

    /// Spreads what has become due all at once because the clock has jumped, over the shortest interval of a feed.
    async fn spread_after_jump(&self, ctx: &Context) -> Result<(), StageError> {
        let mark = ctx.clock.mark();
        let before = {
            let mut claimed = self.claimed.lock().unwrap_or_else(PoisonError::into_inner);
            claimed.replace(mark)
        };
        let jump_s = before.map_or(0, |before| ctx.clock.off_since(&before));
        if jump_s < JUMP_S || self.due_by.is_some() {
            return Ok(());
        }
        let now = ctx.clock.now();
        let plan = ctx.plan();
        let shortest = plan.feeds.iter().map(|feed| feed.every).min();
        let over = shortest.unwrap_or_default();
        let spread = ctx.store.spread_due_feeds(FIRST_FEEDS, over, now).await?;
        info!(
            jump_s,
            feeds.spread = spread,
            "the clock has jumped ahead; the polls that are due are spread"
        );
        Ok(())
    }
}

impl Stage for Poll {
    type Work = DueFeed;
    type Claim = Claim<FeedId>;

    const NAME: &'static str = "poll";

    fn width(&self, _: &Context) -> usize {
        WIDTH
    }

    fn least_room(&self) -> usize {
        WIDTH / 4
    }

    fn can_be_cut_off(&self) -> bool {
        true
    }

    async fn claim(&self, ctx: &Context, limit: usize) -> Result<Vec<DueFeed>, StageError> {
        self.spread_after_jump(ctx).await?;
        let now = ctx.clock.now();
        // The document itself, and what it leads to.
        let lease = 2 * ctx.plan().poll.timeout + LEASE_MARGIN;
        let due_by = self.due_by.unwrap_or(now).min(now);
        Ok(ctx.store.next_due_feeds(due_by, now, lease, limit).await?)
    }

    async fn work(&self, ctx: &Context, due: DueFeed) -> Result<Ending, StageError> {
        let plan = ctx.plan();
        let mut trouble = None;
        let (record, problem) = match plan.feeds.get(&due.url) {
            Some(feed) => {
                let read = read(ctx, &plan, feed, &due).await;
                let read = archives::caught_up(ctx, &plan, &due, read).await;
                trouble = read.trouble();
                Polled {
                    feed,
                    due: &due,
                    policy: &plan.poll,
                    jitter: fastrand::f64(),
                    now: ctx.clock.now(),
                }
                .record(read)
            }
            None => (left_alone(ctx.clock.now()), None),
        };
        let (ending, mended) = match &record.health {
            FeedHealth::Read { repairs, .. } => (Ending::Done, repairs.len()),
            FeedHealth::Unchanged { .. } => (Ending::Unchanged, 0),
            FeedHealth::PutOff => (Ending::PutOff, 0),
            FeedHealth::Failed { .. } | FeedHealth::Lost { .. } | FeedHealth::Gone { .. } => {
                (Ending::Failed, 0)
            }
        };
        let next_poll_at = record.next_poll_at;
        let has_worked = problem.is_none() && ending != Ending::PutOff;
        let recorded = ctx
            .store
            .record_poll(due.claim, record, ctx.clock.now())
            .await?;
        let Some(new_entries) = recorded else {
            warn!(feed.id = %due.claim.id, feed = shown_url(&due.url), "feed poll came too late; another one stands");
            return Ok(Ending::Late);
        };
        if let Some(trouble) = trouble {
            ctx.store.note_trouble(due.claim.id, trouble).await?;
            ctx.keep_rests(&plan).await?;
        }
        if ending == Ending::PutOff {
            let (feed_id, url) = (due.claim.id, &due.url);
            let why = problem.unwrap_or_default();
            debug!(feed.id = %feed_id, feed = shown_url(url), next_poll_at = %next_poll_at, why, "feed poll put off");
        } else {
            log(&due, next_poll_at, new_entries, mended, problem.as_deref());
        }
        if due.failures > 0 && has_worked {
            info!(feed.id = %due.claim.id, feed = shown_url(&due.url), "feed works again");
        }
        // Known entries may say something else, and are read again then.
        if ending == Ending::Done {
            ctx.wake.scrape.notify_waiters();
        }
        Ok(ending)
    }

    fn claim_of(due: &DueFeed) -> Claim<FeedId> {
        due.claim
    }

    async fn put_back(&self, ctx: &Context, claims: Vec<Claim<FeedId>>) -> Result<(), StageError> {
        Ok(ctx.store.put_back_feeds(claims).await?)
    }

    fn bell(&self, _: &Context) -> Option<Arc<Notify>> {
        None
    }
}

/// Tells of a poll that stands.
fn log(
    due: &DueFeed,
    next_poll_at: Timestamp,
    new_entries: usize,
    mended: usize,
    problem: Option<&str>,
) {
    let (feed_id, url) = (due.claim.id, &due.url);
    match problem {
        // One line when a feed begins to fail, or fails in another way, not one for each try.
        Some(error) if due.error.as_deref() == Some(error) => {
            debug!(feed.id = %feed_id, feed = shown_url(url), next_poll_at = %next_poll_at, error, "feed poll failed again");
        }
        Some(error) => {
            warn!(feed.id = %feed_id, feed = shown_url(url), next_poll_at = %next_poll_at, error, "feed poll failed");
        }
        None if due.error.is_some() => {
            info!(feed.id = %feed_id, feed = shown_url(url), entries.new = new_entries, repairs = mended, "feed works again");
        }
        None if new_entries == 0 => {
            debug!(feed.id = %feed_id, feed = shown_url(url), repairs = mended, "feed polled, nothing new");
        }
        None => {
            info!(feed.id = %feed_id, feed = shown_url(url), entries.new = new_entries, repairs = mended, "feed polled");
        }
    }
}
