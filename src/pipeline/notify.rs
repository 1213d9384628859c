//! alert -> delivery: makes a try for the oldest deliveries that are due on each channel.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify as Bell;
use tracing::{debug, error, info, warn};

use super::{Context, Gate, Plan, Stage, StageError};
use crate::channel::{Attempt, Channel, Form, Unwritten, Written};
use crate::clock;
use crate::domain::{
    AttemptOutcome, ChannelName, ChannelState, DeliveryState, DocumentName, Quote, Shown,
    Timestamp, what_helps,
};
use crate::schedule::{DeliveryPolicy, after_attempt};
use crate::store::{Attempted, DueDelivery, Rendered, Try, Unrendered};
use crate::tally::Ending;

/// A claim outlives the longest try, which is a mail's of 60 s.
const LEASE: Duration = Duration::from_mins(3);

/// How long a channel is sent one message after the other before others have their turn to be claimed with it.
const LONGEST_TURN: Duration = Duration::from_secs(1);

/// The notifying stage. Each channel sends one message at a time, so that they arrive in order, and none waits for
/// another.
#[derive(Debug, Clone, Default)]
pub struct Notify {
    busy: Busy,
    /// The channels that it sends to; all where there is none.
    only: Option<BTreeSet<ChannelName>>,
}

impl Notify {
    /// Sends to these channels alone.
    pub(super) fn only(channels: impl IntoIterator<Item = ChannelName>) -> Self {
        Self {
            only: Some(channels.into_iter().collect()),
            ..Self::default()
        }
    }

    fn sends_to(&self, channel: &ChannelName) -> bool {
        self.only.as_ref().is_none_or(|only| only.contains(channel))
    }
}

/// The channels that are sending, and when each sent last.
#[derive(Debug, Clone, Default)]
struct Busy {
    sending: Arc<Mutex<BTreeSet<ChannelName>>>,
    sent_at: Arc<Mutex<BTreeMap<ChannelName, Timestamp>>>,
}

impl Busy {
    fn lock(&self) -> MutexGuard<'_, BTreeSet<ChannelName>> {
        self.sending.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How long a channel has still to wait until its other side takes the next message, which then counts as sent.
    fn wait_before(&self, channel: &ChannelName, gap: Duration, now: Timestamp) -> Duration {
        let mut sent_at = self.sent_at.lock().unwrap_or_else(PoisonError::into_inner);
        let last = sent_at.get(channel).copied();
        let due = last.and_then(|last| last.checked_add(gap).ok());
        let wait = due.map_or(Duration::ZERO, |due| {
            // A clock that was set back must not make anybody wait longer than the gap.
            Duration::try_from(due.duration_since(now)).map_or(Duration::ZERO, |wait| wait.min(gap))
        });
        sent_at.insert(channel.clone(), now.checked_add(wait).unwrap_or(now));
        wait
    }

    /// Those of the channels that are not sending.
    fn idle(&self, plan: &Plan) -> Vec<ChannelName> {
        let busy = self.lock();
        let names = plan.channels.keys();
        names.filter(|name| !busy.contains(name)).cloned().collect()
    }

    fn begin(&self, channel: ChannelName) -> Turn {
        self.lock().insert(channel.clone());
        Turn {
            busy: self.clone(),
            channel,
        }
    }
}

/// The turn of a channel to send; over when this is dropped.
#[derive(Debug)]
struct Turn {
    busy: Busy,
    channel: ChannelName,
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.busy.lock().remove(&self.channel);
    }
}

/// A delivery whose turn it is on its channel.
#[derive(Debug)]
pub struct Sending {
    due: DueDelivery,
    turn: Turn,
}

impl Stage for Notify {
    type Work = Sending;
    type Claim = ();

    const NAME: &'static str = "notify";

    /// Every channel has a place, those of the plan before too, which may be sending still.
    fn width(&self, ctx: &Context) -> usize {
        ctx.plan().channels.len() + self.busy.lock().len()
    }

    async fn claim(&self, ctx: &Context, limit: usize) -> Result<Vec<Sending>, StageError> {
        let plan = ctx.plan();
        let now = ctx.clock.now();
        let mut idle = self.busy.idle(&plan);
        idle.retain(|channel| self.sends_to(channel));
        idle.truncate(limit);
        if idle.is_empty() {
            return Ok(Vec::new());
        }
        let gate = ctx.gate.clone();
        let render = move |unrendered: &Unrendered<'_>| guarded(&gate, &plan, unrendered, now);
        let due = ctx
            .store
            .next_due_deliveries(idle, render, now, LEASE)
            .await?;
        let begin = |due: DueDelivery| {
            let turn = self.busy.begin(due.channel.clone());
            Sending { due, turn }
        };
        Ok(due.into_iter().map(begin).collect())
    }

    async fn work(&self, ctx: &Context, sending: Sending) -> Result<Ending, StageError> {
        let plan = ctx.plan();
        let Sending { mut due, turn } = sending;
        let Some(channel) = plan.channels.get(&due.channel) else {
            // A reload took the channel away in this moment: the delivery waits for it.
            return Ok(Ending::PutOff);
        };
        let turn_taken = clock::stopwatch();
        loop {
            let taken = clock::stopwatch();
            let tried = self.attempt(ctx, channel, due).await;
            // Between messages that must keep a distance, what is urgent may come up.
            let is_last = !channel.gap().is_zero() || turn_taken() >= LONGEST_TURN;
            let (stood, next) = if is_last {
                (ctx.store.record_attempt(tried.clone()).await?, None)
            } else {
                let (gate, plan, now) = (ctx.gate.clone(), Arc::clone(&plan), ctx.clock.now());
                let render =
                    move |unrendered: &Unrendered<'_>| guarded(&gate, &plan, unrendered, now);
                ctx.store
                    .record_attempt_and_claim(tried.clone(), render, LEASE)
                    .await?
            };
            log(&tried, stood);
            let ending = ending(&tried.outcome, stood);
            let Some(next) = next else {
                drop(turn);
                return Ok(ending);
            };
            // The last one is counted as the step that this is.
            ctx.tally.count(Self::NAME, ending, taken());
            due = next;
        }
    }

    fn claim_of(_: &Sending) {}

    /// Keeps the claim: the delivery may have arrived, and while its try cannot be stored, trying again would only make
    /// copies of it. It is due once more when its lease ends.
    async fn put_back(&self, _: &Context, _: Vec<()>) -> Result<(), StageError> {
        Ok(())
    }

    fn bell(&self, ctx: &Context) -> Option<Arc<Bell>> {
        Some(Arc::clone(&ctx.wake.notify))
    }
}

impl Notify {
    /// Makes a try.
    async fn attempt(&self, ctx: &Context, channel: &Channel, due: DueDelivery) -> Try {
        let (outcome, message, answer) = match &due.body {
            Rendered::Body(body) | Rendered::BuiltIn(body, _) => {
                let wait = self
                    .busy
                    .wait_before(&due.channel, channel.gap(), ctx.clock.now());
                if !wait.is_zero() {
                    ctx.clock.sleep(wait).await;
                }
                let recipient = due.recipient.as_deref();
                let sent = channel.send(&due.id, recipient, body, ctx.clock.now());
                let attempt = sent.await;
                let message = attempt.message.clone();
                let answer = attempt.answer.clone();
                (meaning(&due, attempt), message, answer)
            }
            Rendered::Failed(reason) => {
                let reason = reason.clone();
                (AttemptOutcome::Refused { reason }, None, None)
            }
        };
        let at = ctx.clock.now();
        let policy = DeliveryPolicy {
            retry: channel.settings.retry.clone(),
        };
        let jitter = fastrand::f64();
        let after = after_attempt(&outcome, &due.past, &due.channel_past, &policy, jitter, at);
        // What fails says it in its reason.
        let answer = answer.filter(|_| outcome == AttemptOutcome::Accepted);
        Try {
            delivery: due,
            outcome,
            attempted: Attempted {
                state: after.delivery,
                counts: after.counts,
                channel: after.channel,
            },
            message,
            answer,
            at,
        }
    }
}

/// How a try counts.
fn ending(outcome: &AttemptOutcome, stood: bool) -> Ending {
    match outcome {
        _ if !stood => Ending::Late,
        AttemptOutcome::Accepted => Ending::Done,
        AttemptOutcome::Paused { .. } => Ending::PutOff,
        AttemptOutcome::Failed { .. }
        | AttemptOutcome::Unreached { .. }
        | AttemptOutcome::Deferred { .. }
        | AttemptOutcome::Misconfigured { .. }
        | AttemptOutcome::TooLong { .. }
        | AttemptOutcome::Refused { .. }
        | AttemptOutcome::Gone { .. } => Ending::Failed,
    }
}

/// Writes what every try of a delivery brings; where that may not be done any more, the short form of its headlines.
fn guarded(gate: &Gate, plan: &Plan, unrendered: &Unrendered<'_>, now: Timestamp) -> Rendered {
    let named = |is_short| {
        let delivery = unrendered.id.clone();
        DocumentName::Message { delivery, is_short }.to_string()
    };
    let whole = gate.here(&named(unrendered.is_short), || body(plan, unrendered, now));
    let unread = match whole {
        Ok(rendered) => return rendered,
        Err(unread) => unread,
    };
    error!(delivery.id = %unrendered.id, error = %unread, "message not written whole");
    let mut bare = unrendered.alerts.to_vec();
    for alert in &mut bare {
        alert.found.sentence.clear();
        alert.found.quote = Quote::default();
        alert.title = Shown::of(&alert.title).into();
    }
    let short = Unrendered {
        alerts: &bare,
        is_short: true,
        ..*unrendered
    };
    gate.here(&named(true), || body(plan, &short, now))
        .unwrap_or_else(|unread| Rendered::Failed(format!("the message: {unread}")))
}

/// Writes what every try of a delivery brings.
fn body(plan: &Plan, unrendered: &Unrendered<'_>, now: Timestamp) -> Rendered {
    let Some(channel) = plan.channels.get(unrendered.channel) else {
        return Rendered::Failed("its channel was taken out of the configuration".into());
    };
    let form = if unrendered.is_short {
        Form::Short
    } else {
        Form::Full
    };
    let message = Unwritten {
        delivery: unrendered.id,
        recipient: unrendered.recipient,
        alerts: unrendered.alerts,
        occasion: unrendered.occasion,
        now,
    };
    match channel.write(&message, form) {
        Ok(Written {
            body,
            template_problem: None,
        }) => Rendered::Body(body),
        Ok(Written {
            body,
            template_problem: Some(problem),
        }) => {
            warn!(
                channel = %unrendered.channel, delivery.id = %unrendered.id, error = %problem,
                "a template failed; the built-in form is sent"
            );
            Rendered::BuiltIn(body, problem)
        }
        Err(reason) => Rendered::Failed(reason),
    }
}

/// A short message that is refused for its form as well is refused.
fn meaning(due: &DueDelivery, attempt: Attempt) -> AttemptOutcome {
    match attempt.outcome {
        AttemptOutcome::TooLong { reason } if due.is_short => AttemptOutcome::Refused { reason },
        outcome => outcome,
    }
}

fn log(tried: &Try, stood: bool) {
    let Try {
        delivery: due,
        outcome,
        attempted,
        ..
    } = tried;
    let (id, channel, attempt) = (&due.id, &due.channel, due.past.tries + 1);
    if !stood {
        warn!(delivery.id = %id, channel = %channel, "a try came too late; another one stands");
    }
    match (outcome.reason(), &attempted.state) {
        (None, _) => info!(delivery.id = %id, channel = %channel, attempt, "delivery sent"),
        (Some(reason), DeliveryState::Abandoned { .. }) => {
            error!(delivery.id = %id, channel = %channel, attempt, error = reason, help = what_helps(reason), "delivery given up");
        }
        (Some(reason), DeliveryState::Waiting { .. } | DeliveryState::Sent { .. }) => {
            debug!(delivery.id = %id, channel = %channel, attempt, error = reason, "delivery failed");
        }
    }
    log_channel(due, outcome, attempted);
}

/// One line for each change of a channel's state, not one for each try.
fn log_channel(due: &DueDelivery, outcome: &AttemptOutcome, attempted: &Attempted) {
    let Some(next) = attempted.channel else {
        return;
    };
    let (channel, before) = (&due.channel, due.channel_past.state);
    if next.state == before {
        return;
    }
    let reason = outcome.reason().unwrap_or_default();
    match next.state {
        ChannelState::Ok => info!(channel = %channel, "channel works again"),
        ChannelState::Failing | ChannelState::Paused => {
            warn!(channel = %channel, state = next.state.as_str(), error = reason, "channel does not take alerts now");
        }
        ChannelState::Misconfigured | ChannelState::Gone => {
            error!(
                channel = %channel, state = next.state.as_str(), error = reason, help = what_helps(reason),
                "channel takes no alerts until it is mended"
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_try_counts_by_what_came_of_it_and_as_late_where_another_stands() {
        let reason = || String::from("no");
        for (outcome, counts) in [
            (AttemptOutcome::Accepted, Ending::Done),
            (
                AttemptOutcome::Paused {
                    reason: reason(),
                    wait: Duration::from_mins(1),
                },
                Ending::PutOff,
            ),
            (AttemptOutcome::Refused { reason: reason() }, Ending::Failed),
            (
                AttemptOutcome::Unreached { reason: reason() },
                Ending::Failed,
            ),
        ] {
            assert_eq!(ending(&outcome, true), counts);
            assert_eq!(ending(&outcome, false), Ending::Late);
        }
    }

    #[test]
    fn a_channel_waits_for_the_rest_of_its_gap_and_no_longer() {
        let busy = Busy::default();
        let channel = ChannelName("chat".into());
        let gap = Duration::from_secs(2);
        let now: Timestamp = "2026-11-26T12:00:00Z".parse().unwrap();
        assert_eq!(busy.wait_before(&channel, gap, now), Duration::ZERO);
        let soon = now + Duration::from_millis(500);
        let rest = Duration::from_millis(1_500);
        assert_eq!(busy.wait_before(&channel, gap, soon), rest);
        // The clock was set back by an hour.
        let back = now - Duration::from_hours(1);
        assert_eq!(busy.wait_before(&channel, gap, back), gap);
    }
}
