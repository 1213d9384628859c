//! feed -> entries: fetches the feed that has been due the longest and stores its new entries.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tracing::{debug, info, warn};

use super::archives;
use super::outcome::{Outcome, Past, outcome};
use super::reading::{Read, read};
use super::{Context, Stage, StageError};
use crate::alerting;
use crate::clock::Mark;
use crate::domain::{Feed, FeedId, FirstPoll, Pace, Timestamp, shown_url};
use crate::parse::ParsedFeed;
use crate::schedule::{self, PollEnd, PollPolicy, Rhythm, next_poll_at, not_before_pace};
use crate::store::{Address, Claim, DueFeed, FeedHealth, Finding, PollRecord};
use crate::tally::Ending;

/// Polls that run at once: two hundred feeds of a server that does not answer must not make a fast one late. How many
/// requests there are at a time, to one host and in all, is bounded in `http`; who waits there costs nothing.
const WIDTH: usize = 256;

/// A claim outlives the fetch by this: a minute to wait for a turn at the host, and the time to parse and store.
const LEASE_MARGIN: Duration = Duration::from_mins(2);

/// How long a feed is put off for which there was no room at its host.
const PUT_OFF: Duration = Duration::from_mins(2);

/// How long a feed is put off that was claimed while a reload took it out of the configuration, or put it in.
const LEFT_FOR: Duration = Duration::from_secs(1);

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
        let shortest = plan.feeds.values().map(|feed| feed.every).min();
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
                record(
                    feed,
                    &due,
                    read,
                    &plan.poll,
                    fastrand::f64(),
                    ctx.clock.now(),
                )
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
        }
        if ending == Ending::PutOff {
            let (feed_id, url) = (due.claim.id, shown_url(&due.url));
            let why = problem.unwrap_or_default();
            debug!(feed.id = %feed_id, feed = url, next_poll_at = %next_poll_at, why, "feed poll put off");
        } else {
            log(&due, next_poll_at, new_entries, mended, problem.as_deref());
        }
        if due.failures > 0 && has_worked {
            info!(feed.id = %due.claim.id, feed = shown_url(&due.url), "feed works again");
        }
        // Known entries may say something else, and are read again then.
        ctx.wake.scrape.notify_waiters();
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
    let (feed_id, url) = (due.claim.id, shown_url(&due.url));
    match problem {
        // One line when a feed begins to fail, or fails in another way, not one for each try.
        Some(error) if due.error.as_deref() == Some(error) => {
            debug!(feed.id = %feed_id, feed = url, next_poll_at = %next_poll_at, error, "feed poll failed again");
        }
        Some(error) => {
            warn!(feed.id = %feed_id, feed = url, next_poll_at = %next_poll_at, error, "feed poll failed");
        }
        None => {
            info!(feed.id = %feed_id, feed = url, entries.new = new_entries, repairs = mended, "feed polled");
        }
    }
}

/// Leaves a feed to the plan that it belongs to: a reload was under way when it was claimed.
fn left_alone(now: Timestamp) -> PollRecord {
    PollRecord {
        next_poll_at: schedule::after(now, LEFT_FOR),
        health: FeedHealth::PutOff,
    }
}

/// Decides what a poll changes; the second value is what went wrong, if something did.
fn record(
    feed: &Feed,
    due: &DueFeed,
    read: Read,
    policy: &PollPolicy,
    jitter: f64,
    now: Timestamp,
) -> (PollRecord, Option<String>) {
    let pace = match &read {
        Read::Parsed { parsed, .. } => pace_of(parsed, now),
        _ => due.pace.clone(),
    };
    let every = interval(feed, due, pace.published_every, policy, now);
    let next = |end| next_poll_at(every, policy.max_every, end, jitter, now);
    let in_a_row = due.failures.saturating_add(1);
    let unread = PollEnd::Failed {
        in_a_row,
        retry_after: None,
    };
    let failed = |error: String, end| {
        let record = PollRecord {
            next_poll_at: next(end),
            health: FeedHealth::Failed {
                error: error.clone(),
            },
        };
        (record, Some(error))
    };
    let lost = |error: String, end| {
        let (record, problem) = failed(error.clone(), end);
        let health = FeedHealth::Lost { error };
        (PollRecord { health, ..record }, problem)
    };
    let good = |fresh_for, health| {
        let record = PollRecord {
            next_poll_at: not_before_pace(next(PollEnd::Good { fresh_for }), &pace, jitter, now),
            health,
        };
        (record, None)
    };
    match read {
        Read::Unchanged { fetched, was_full } => good(
            fetched.fresh_for,
            FeedHealth::Unchanged {
                was_full,
                validators: fetched.validators,
                moved_to: fetched.moved_to,
            },
        ),
        Read::Parsed {
            fetched,
            parsed,
            address,
            body_hash,
        } => {
            let (is_first_poll, first_poll) = welcome(feed, due, &address, now);
            let parsed = *parsed;
            let (fresh, seen) = alerting::news(parsed.entries, is_first_poll, first_poll, now);
            let health = FeedHealth::Read {
                title: parsed.title,
                validators: fetched.validators,
                address,
                repairs: parsed.repairs,
                pace: pace.clone(),
                body_hash,
                fresh,
                seen,
            };
            good(fetched.fresh_for, health)
        }
        Read::Unreadable(error) => failed(error, unread),
        Read::Astray(error) => lost(error, unread),
        Read::NotFetched(error) => match outcome(&error, &past(due, now)) {
            Outcome::Again(end) => failed(error.to_string(), end),
            Outcome::GoBack(end) => lost(
                format!(
                    "{error} at {}, where the feed had moved; its configured address is asked again",
                    shown_url(&due.fetch_url)
                ),
                end,
            ),
            Outcome::Paused(why) => {
                let error = why.to_string();
                let record = PollRecord {
                    next_poll_at: now,
                    health: FeedHealth::Gone {
                        error: error.clone(),
                    },
                };
                (record, Some(error))
            }
            Outcome::PutOff(least) => {
                let wait = least.saturating_add(schedule::jittered(PUT_OFF, jitter));
                let record = PollRecord {
                    next_poll_at: schedule::after(now, wait),
                    health: FeedHealth::PutOff,
                };
                (record, Some(error.to_string()))
            }
        },
    }
}

/// How a feed has been doing, up to a poll that has just failed.
fn past(due: &DueFeed, now: Timestamp) -> Past {
    let failing = due.failing_since.map(|since| now.duration_since(since));
    Past {
        in_a_row: due.failures.saturating_add(1),
        failing_for: failing
            .and_then(|time| Duration::try_from(time).ok())
            .unwrap_or_default(),
        has_moved: due.fetch_url != due.url,
    }
}

/// The time between two polls of a feed, adapted to its rhythm where it may be.
fn interval(
    feed: &Feed,
    due: &DueFeed,
    published_every: Option<Duration>,
    policy: &PollPolicy,
    now: Timestamp,
) -> Duration {
    if !feed.adapts {
        return feed.every;
    }
    let rhythm = Rhythm {
        published_every,
        watched_since: due.first_success_at,
        gap_at: due.gap_at,
    };
    schedule::adapted(feed.every, policy, &rhythm, now)
}

/// What a document says of how often its feed is worth asking.
fn pace_of(parsed: &ParsedFeed, now: Timestamp) -> Pace {
    let dates = parsed
        .entries
        .iter()
        .filter_map(|entry| entry.published.or(entry.updated));
    Pace {
        published_every: schedule::published_every(dates, now),
        ..parsed.pace.clone()
    }
}

/// How long a first contact may have been led astray for all that came out meanwhile to be news.
const BRIEFLY: Duration = Duration::from_hours(24);

/// How the entries of a feed are taken that has been read: whether as those of a first poll, and by which rule.
///
/// Where another feed was found in the place of one that was lost, all its entries are unknown; those that came out
/// since the old one was read last are news.
fn welcome(feed: &Feed, due: &DueFeed, address: &Address, now: Timestamp) -> (bool, FirstPoll) {
    let replaced = match (&due.finding, address) {
        (Finding::Lost { last }, Address::Found(url)) => url != last,
        (Finding::Lost { .. }, _) => true,
        // What was read first was at a place that the feed is at no more: whose it was nobody knows.
        (Finding::Lent { .. }, address) => !matches!(address, Address::Kept),
        (Finding::NotNeeded | Finding::Found, _) => false,
    };
    if due.first_poll && feed.first_poll == FirstPoll::Skip {
        // What came out since the feed was first asked for in vain is news.
        let since = due.failing_since.map(|at| now.duration_since(at));
        let missed = since.and_then(|age| Duration::try_from(age).ok());
        return (true, missed.map_or(FirstPoll::Skip, FirstPoll::Within));
    }
    if due.first_poll || !replaced {
        return (due.first_poll, feed.first_poll);
    }
    let age_of = |at: Option<Timestamp>| {
        let age = at.map(|at| now.duration_since(at));
        age.and_then(|age| Duration::try_from(age).ok())
            .unwrap_or_default()
    };
    let since_first = age_of(due.first_success_at);
    let was_briefly_lent = matches!(due.finding, Finding::Lent { .. }) && since_first <= BRIEFLY;
    let age = if was_briefly_lent {
        since_first
    } else {
        age_of(due.last_success_at)
    };
    (true, FirstPoll::Within(age))
}
