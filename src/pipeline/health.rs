//! Beside the line: tells people what goes wrong with newswatch itself, and gives signs of life.
//!
//! What is wrong is told once, through another channel than the one that fails, and so is its end. As long as newswatch
//! runs and its stages move, the address of the heartbeat is asked: whoever serves it notices when that stops.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify as Bell;
use tracing::{debug, error, info, warn};

use super::notify::Notify;
use super::{Context, Plan, Stage, StageError};
use crate::alerting::{
    self,
    health::{self, Refuser},
};
use crate::channel::Unwritten;
use crate::clock::Mark;
use crate::domain::{
    AlertId, AttemptOutcome, DeliveryId, Destination, DigestFacts, Finding, HealthFacts,
    HealthState, Heartbeat, HeartbeatFacts, KnownTrouble, Moves, Observed, Occasion, Timestamp,
    Validators,
};
use crate::http::{Get, Purpose};
use crate::schedule::{day_of, last_digest};
use crate::store::{DatabaseFailure, Expected, StoreError};
use crate::tally::Ending;

/// How often it is looked at how everything is.
const ROUND: Duration = Duration::from_secs(15);

/// The span that a sign of life counts.
const DAY: Duration = Duration::from_hours(24);

/// How far the clock may go astray before it counts as set.
const JUMP: Duration = Duration::from_secs(30);

/// The time for one question to the address of the heartbeat.
const PATIENCE: Duration = Duration::from_secs(10);

/// Messages that each channel gets in one round where the stage that sends does not move.
const SENT_HERE: usize = 20;

/// The most that is read of its answer.
const MAX_ANSWER_BYTES: u64 = 64 * 1024;

/// The stage that looks after newswatch itself.
#[derive(Debug, Clone, Default)]
pub struct Health {
    seen: Arc<Mutex<Seen>>,
}

/// What was seen in the rounds before.
#[derive(Debug, Default)]
struct Seen {
    round_at: Option<Timestamp>,
    asked_at: Option<Timestamp>,
    clock: Option<Mark>,
    started_at: Option<Timestamp>,
    /// The day that was noted last.
    day: Option<i64>,
    /// The set time of the last sign of life.
    beaten_at: Option<Timestamp>,
    store: Option<Refusing>,
    /// How many steps of each stage have not broken, and when there was a new one last.
    steps: BTreeMap<&'static str, (u64, Timestamp)>,
}

/// A store that takes nothing: what is said of it cannot be a delivery, as that is a row.
#[derive(Debug, Clone)]
struct Refusing {
    finding: Finding,
    since: Timestamp,
    /// Whether somebody was told past the store.
    told: bool,
}

impl Stage for Health {
    /// When the round begins.
    type Work = Timestamp;

    type Claim = ();

    const NAME: &'static str = "health";

    fn width(&self, _: &Context) -> usize {
        1
    }

    async fn claim(&self, ctx: &Context, _: usize) -> Result<Vec<Timestamp>, StageError> {
        let now = ctx.clock.now();
        let mut seen = self.seen();
        let is_due = seen
            .round_at
            .is_none_or(|at| at > now || crate::schedule::after(at, ROUND) <= now);
        if !is_due {
            return Ok(Vec::new());
        }
        seen.round_at = Some(now);
        seen.started_at.get_or_insert(now);
        Ok(vec![now])
    }

    async fn work(&self, ctx: &Context, now: Timestamp) -> Result<Ending, StageError> {
        let plan = ctx.plan();
        let found = self.found_here(ctx, now);
        let refused = self.seen().store.clone().filter(|store| store.told);
        let notify = plan.health.notify.clone();
        let moves = self.moves(ctx, now);
        let judge = move |observed: &Observed| {
            let mut all = found.clone();
            all.extend(health::findings(
                &health::as_stages_move(observed, &moves),
                now,
            ));
            match &refused {
                Some(refused) => {
                    let observed = with_told(observed, refused, now);
                    health::verdict(all, &observed, &notify, now)
                }
                None => health::verdict(all, observed, &notify, now),
            }
        };
        let expected = Expected {
            channels: plan.channels.keys().cloned().collect(),
            keep_articles: plan.keep_articles,
        };
        let verdict = match ctx.store.health_round(expected, judge, now).await {
            Ok(verdict) => verdict,
            Err(error) => {
                if error.may_pass() {
                    self.tell_past_the_store(&plan, &error, now).await;
                }
                return Err(error.into());
            }
        };
        self.seen().store = None;
        self.note_day(ctx, &plan, now).await?;
        for (_, occasion) in &verdict.messages {
            log(occasion);
        }
        let moves = verdict
            .found
            .iter()
            .all(|known| !known.key.starts_with("stage:") && known.key != health::STORE);
        let told = self.messages_of_set_times(ctx, &plan, now).await?;
        if told || !verdict.messages.is_empty() {
            ctx.wake.notify.notify_waiters();
        }
        if moves {
            self.ask(&plan, now).await;
        }
        let notify = health::stage_key(Notify::NAME);
        if verdict.found.iter().any(|known| known.key == notify) {
            send_here(ctx, &plan).await?;
        }
        Ok(Ending::Done)
    }

    fn claim_of(_: &Timestamp) {}

    /// There is nothing to give back: the next round looks anew.
    async fn put_back(&self, _: &Context, _: Vec<()>) -> Result<(), StageError> {
        Ok(())
    }

    fn bell(&self, _: &Context) -> Option<Arc<Bell>> {
        None
    }
}

impl Health {
    /// What is wrong with the machine.
    fn found_here(&self, ctx: &Context, now: Timestamp) -> Vec<Finding> {
        let mut found = Vec::new();
        let mut seen = self.seen();
        // Others may have been the first to get something stored again: what lasted was wrong all the same.
        if let Some(store) = &seen.store
            && (store.told || has_lasted(store.since, now))
        {
            found.push(store.finding.clone());
        }
        if let Some(mark) = &seen.clock {
            let off_s = ctx.clock.off_since(mark);
            if off_s.unsigned_abs() >= JUMP.as_secs() {
                warn!(by_s = off_s, "the clock jumped");
                found.push(health::jumped_clock(off_s, now));
            }
        }
        seen.clock = Some(ctx.clock.mark());
        found
    }

    /// When each stage has moved last: how far its count has come is compared with that of the round before.
    fn moves(&self, ctx: &Context, now: Timestamp) -> Moves {
        let mut seen = self.seen();
        for (stage, steps) in ctx.tally.stages() {
            let broken = steps.endings.get(&Ending::Broken).copied();
            let done = steps.count() - broken.unwrap_or_default();
            let (before, moved_at) = seen.steps.entry(stage).or_insert((0, now));
            if *before != done {
                (*before, *moved_at) = (done, now);
            }
        }
        let moved = seen.steps.iter().map(|(stage, (_, at))| (*stage, *at));
        Moves {
            stages: moved.collect(),
            begun: seen.started_at.unwrap_or(now),
        }
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells that the store takes nothing, when it is not over by the next round: straight through the channels, and again
    /// in each round until one of them has taken it.
    async fn tell_past_the_store(&self, plan: &Plan, error: &StoreError, now: Timestamp) {
        let store = {
            let mut seen = self.seen();
            let new = || refusing(error, now);
            seen.store.get_or_insert_with(new).clone()
        };
        if store.told || !has_lasted(store.since, now) {
            return;
        }
        let occasion = Occasion::Health(HealthFacts {
            events: vec![store.finding.event.clone()],
        });
        log(&occasion);
        for destination in &plan.health.notify {
            let Some(channel) = plan.channels.get(&destination.channel) else {
                continue;
            };
            let name = AlertId(format!("{}:{}", health::STORE, store.since));
            let delivery = DeliveryId::derive(destination, &[name]);
            let message = Unwritten {
                delivery: &delivery,
                recipient: destination.recipient.as_deref(),
                alerts: &[],
                occasion: &occasion,
                now,
            };
            match channel.attempt(&message).await.outcome {
                AttemptOutcome::Accepted => {
                    if let Some(store) = &mut self.seen().store {
                        store.told = true;
                    }
                }
                outcome => {
                    let reason = outcome.reason().unwrap_or_default();
                    warn!(channel = %destination.channel, error = reason, "a message past the store was not taken");
                }
            }
        }
    }

    /// Signs of life and digests with nothing in them.
    async fn messages_of_set_times(
        &self,
        ctx: &Context,
        plan: &Plan,
        now: Timestamp,
    ) -> Result<bool, StageError> {
        let mut told = false;
        if let Some(Heartbeat::Message { to, at, zone }) = &plan.health.heartbeat
            && let Some(set_time) = last_digest(at, zone, now)
            && self.seen().beaten_at != Some(set_time)
        {
            let facts = self.heartbeat(ctx, now).await?;
            for destination in to {
                let facts = facts.clone();
                let occasion = move || Occasion::Heartbeat(facts.clone());
                let of = ("heartbeat", destination.clone());
                told |= ctx.store.tell_at(of, occasion, set_time, now).await?;
            }
            self.seen().beaten_at = Some(set_time);
        }
        for channel in plan.channels.values() {
            let policy = plan.policies.get(&channel.settings.name);
            let Some((policy, digest)) =
                policy.and_then(|policy| Some((policy, policy.digest.as_ref()?)))
            else {
                continue;
            };
            if !digest.empty {
                continue;
            }
            let Some(set_time) = last_digest(digest, &policy.zone, now) else {
                continue;
            };
            // What is gathered at that time is given the time to be.
            if crate::schedule::after(set_time, ROUND) > now {
                continue;
            }
            for destination in channel.settings.destinations() {
                let facts = DigestFacts {
                    themes: alerting::themes(&plan.watches, &destination),
                    ..alerting::digest_facts(Some(policy), set_time)
                };
                told |= empty_digest(ctx, destination, facts, set_time, now).await?;
            }
        }
        Ok(told)
    }

    /// Notes each day once that newswatch runs on it: what is usual is counted by these days.
    async fn note_day(&self, ctx: &Context, plan: &Plan, now: Timestamp) -> Result<(), StageError> {
        let day = day_of(&plan.zone, now);
        if self.seen().day != Some(day) {
            ctx.store.note_day(day).await?;
            self.seen().day = Some(day);
        }
        Ok(())
    }

    async fn heartbeat(&self, ctx: &Context, now: Timestamp) -> Result<HeartbeatFacts, StageError> {
        let report = ctx.store.report().await?;
        let yesterday = now.checked_sub(DAY).unwrap_or(Timestamp::MIN);
        let coverage = ctx.store.coverage(yesterday).await?;
        let is_wall = |trouble: &String| trouble == "paywall" || trouble == "bot-wall";
        let walled = report
            .feeds
            .iter()
            .filter(|feed| feed.trouble.as_ref().is_some_and(is_wall));
        let failing = report.feeds.iter().filter(|feed| feed.failures > 0);
        let since = self.seen().started_at;
        Ok(HeartbeatFacts {
            since: since.filter(|since| *since < now),
            sources: u64::try_from(report.feeds.len()).unwrap_or_default(),
            failing: failing
                .map(|feed| feed.name.clone().unwrap_or_else(|| feed.url.to_string()))
                .collect(),
            silent: coverage.silent,
            walled: u64::try_from(walled.count()).unwrap_or_default(),
            in_full: coverage.in_full,
            summary_only: coverage.summary_only,
            raised: coverage.raised,
            delivered: report.counts.delivered,
            waiting: report.counts.waiting,
            given_up: report.counts.abandoned,
            ..HeartbeatFacts::default()
        })
    }

    /// Asks the address of the heartbeat when it is time.
    async fn ask(&self, plan: &Plan, now: Timestamp) {
        let Some(Heartbeat::Url { url, every }) = &plan.health.heartbeat else {
            return;
        };
        {
            let mut seen = self.seen();
            let is_due = seen
                .asked_at
                .is_none_or(|at| at > now || crate::schedule::after(at, *every) <= now);
            if !is_due {
                return;
            }
            seen.asked_at = Some(now);
        }
        let get = Get {
            url: &url.0,
            accept: "*/*",
            validators: &Validators::default(),
            max_body_bytes: MAX_ANSWER_BYTES,
            timeout: PATIENCE,
            purpose: Purpose::Webhook,
            access: None,
        };
        match plan.http.get(&get).await {
            Ok(_) => debug!("the heartbeat was taken"),
            Err(error) => warn!(error = %error, "the heartbeat was not taken"),
        }
    }
}

/// Sends what waits for those who are told of newswatch itself, as the stage whose work that is does not move.
async fn send_here(ctx: &Context, plan: &Plan) -> Result<(), StageError> {
    let told = plan.health.notify.iter();
    let notify = Notify::only(told.map(|destination| destination.channel.clone()));
    for _ in 0..SENT_HERE {
        let claimed = notify.claim(ctx, usize::MAX).await?;
        if claimed.is_empty() {
            break;
        }
        for sending in claimed {
            notify.work(ctx, sending).await?;
        }
    }
    Ok(())
}

fn refusing(error: &StoreError, now: Timestamp) -> Refusing {
    let refuser = match error.kind() {
        Some(DatabaseFailure::Full | DatabaseFailure::ReadOnly) => Refuser::Disk,
        _ => Refuser::Database,
    };
    Refusing {
        finding: health::refusing_store(refuser, &error.to_string(), now),
        since: now,
        told: false,
    }
}

/// Whether it has been so for a round: what is over by then is not worth a message.
fn has_lasted(since: Timestamp, now: Timestamp) -> bool {
    crate::schedule::after(since, ROUND) <= now
}

/// What is remembered, with what was told past the store.
fn with_told(observed: &Observed, refused: &Refusing, now: Timestamp) -> Observed {
    let mut observed = observed.clone();
    let finding = &refused.finding;
    if observed.known.iter().all(|known| known.key != finding.key) {
        observed.known.push(KnownTrouble {
            key: finding.key.clone(),
            event: finding.event.clone(),
            seen_at: now,
            ends: finding.ends,
        });
    }
    observed
}

async fn empty_digest(
    ctx: &Context,
    destination: Destination,
    facts: DigestFacts,
    set_time: Timestamp,
    now: Timestamp,
) -> Result<bool, StageError> {
    if ctx
        .store
        .has_had_digest(destination.clone(), set_time)
        .await?
    {
        return Ok(false);
    }
    let occasion = move || Occasion::Digest(facts.clone());
    Ok(ctx
        .store
        .tell_at(("digest", destination), occasion, set_time, now)
        .await?)
}

/// One line for each thing that is told.
fn log(occasion: &Occasion) {
    let Occasion::Health(facts) = occasion else {
        return;
    };
    for event in &facts.events {
        let reason = event.answer.as_deref().unwrap_or_default();
        match event.state {
            HealthState::WorksAgain => info!(what = event.subject, "works again"),
            HealthState::Failing | HealthState::GaveUp => {
                error!(
                    what = event.subject,
                    state = event.what,
                    error = reason,
                    "health"
                );
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_over_within_a_round_has_not_lasted() {
        let since: Timestamp = "2026-11-26T12:00:00Z".parse().unwrap();
        let after = |seconds| crate::schedule::after(since, Duration::from_secs(seconds));
        assert!(!has_lasted(since, after(14)));
        assert!(has_lasted(since, after(15)));
    }
}
