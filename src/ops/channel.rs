//! Channels as people see them, what was not delivered, and a test of one.

use serde::Serialize;

use super::in_view;
use super::samples;
use super::told::masked;
use crate::channel::{Channel, Unwritten};
use crate::domain::{AlertId, AttemptOutcome, DeliveryId, Destination, Timestamp, what_helps};
use crate::store::{ChannelLine, OpenDelivery};

/// The most that is told of what the other side said, in characters.
const MAX_ANSWER_CHARS: usize = 2_000;

/// A channel as people see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ChannelRow {
    /// Its name.
    pub name: String,
    /// How it is: `ok`, `failing`, `paused`, `misconfigured`, `gone`, or `unused`.
    pub state: &'static str,
    /// What went wrong last.
    pub error: Option<String>,
    /// Since when it fails.
    pub failing_since: Option<Timestamp>,
    /// When it last accepted a message.
    pub last_success_at: Option<Timestamp>,
    /// Until when nothing is sent.
    pub not_before: Option<Timestamp>,
    /// Legs that wait.
    pub waiting: u64,
    /// Legs that were delivered.
    pub delivered: u64,
    /// Legs that are held.
    pub held: u64,
    /// Legs that were given up.
    pub abandoned: u64,
}

impl ChannelRow {
    /// A channel as people see it.
    #[must_use]
    pub fn of(line: &ChannelLine) -> Self {
        let is_unused = line.last_success_at.is_none()
            && line.error.is_none()
            && line.waiting + line.delivered + line.held + line.abandoned == 0;
        Self {
            name: line.name.0.clone(),
            state: if is_unused {
                "unused"
            } else {
                line.state.as_str()
            },
            error: line.error.as_deref().map(|error| in_view(error, 400)),
            failing_since: line.failing_since,
            last_success_at: line.last_success_at,
            not_before: line.not_before,
            waiting: line.waiting,
            delivered: line.delivered,
            held: line.held,
            abandoned: line.abandoned,
        }
    }
}

/// A delivery that was not accepted, as people see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OpenRow {
    /// Its id.
    pub id: String,
    /// The channel.
    pub channel: String,
    /// The mail address, masked.
    pub recipient: Option<String>,
    /// `waiting` or `abandoned`.
    pub state: &'static str,
    /// When it is tried next, or was given up.
    pub at: Timestamp,
    /// Tries that count against the schedule.
    pub tries: u32,
    /// Why the last try failed.
    pub reason: Option<String>,
    /// The first of its alerts.
    pub alert: Option<String>,
    /// The headline of it.
    pub title: Option<String>,
    /// How many alerts it holds.
    pub alerts: u32,
}

impl OpenRow {
    /// A delivery as people see it.
    #[must_use]
    pub fn of(open: OpenDelivery) -> Self {
        let (alert, title) = open
            .alert
            .map(|(id, title)| (id.0, in_view(&title, 300)))
            .unzip();
        Self {
            id: open.id.0,
            channel: open.channel.0,
            recipient: open.recipient.as_deref().map(masked),
            state: if open.is_abandoned {
                "abandoned"
            } else {
                "waiting"
            },
            at: open.at,
            tries: open.tries,
            reason: open.reason.map(|reason| in_view(&reason, 400)),
            alert,
            title,
            alerts: open.alerts,
        }
    }
}

/// What became of a test.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Tested {
    /// Where it went.
    pub to: String,
    /// Whether it was accepted.
    pub accepted: bool,
    /// How it ended.
    pub outcome: String,
    /// What the other side said.
    pub answer: Option<String>,
    /// What to do about it, where that is known.
    pub help: Option<&'static str>,
}

/// Sends a test message of a kind to one destination of a channel.
pub async fn test(
    channel: &Channel,
    destination: &Destination,
    kind: &str,
    now: Timestamp,
) -> Tested {
    let (alerts, occasion) = samples::message(kind, &destination.channel, now);
    // Each test is a message of its own, also where it brings no alert: a service shows nothing twice.
    let ids = alerts.iter().map(|alert| alert.id.clone());
    let ids: Vec<AlertId> = ids.chain([AlertId(format!("{kind} {now}"))]).collect();
    let delivery = DeliveryId::derive(destination, &ids);
    let recipient = destination.recipient.as_deref();
    let message = Unwritten {
        delivery: &delivery,
        recipient,
        alerts: &alerts,
        occasion: &occasion,
        now,
    };
    let attempt = channel.attempt(&message).await;
    Tested {
        to: match recipient {
            Some(recipient) => format!("{} ({})", destination.channel, masked(recipient)),
            None => destination.channel.to_string(),
        },
        accepted: attempt.outcome == AttemptOutcome::Accepted,
        outcome: in_view(&in_words(&attempt.outcome, &delivery), MAX_ANSWER_CHARS),
        answer: attempt
            .answer
            .map(|answer| in_view(&answer, MAX_ANSWER_CHARS)),
        help: attempt.outcome.reason().and_then(what_helps),
    }
}

/// How a try ended, as a clause for people.
fn in_words(outcome: &AttemptOutcome, delivery: &DeliveryId) -> String {
    match outcome {
        AttemptOutcome::Accepted => format!("accepted as {delivery}"),
        AttemptOutcome::Failed { reason }
        | AttemptOutcome::Unreached { reason }
        | AttemptOutcome::Deferred { reason } => format!("failed, may pass: {reason}"),
        AttemptOutcome::Paused { reason, wait } => {
            format!("asked to wait {} s: {reason}", wait.as_secs())
        }
        AttemptOutcome::Misconfigured { reason } => {
            format!("not accepted as configured: {reason}")
        }
        AttemptOutcome::TooLong { reason } | AttemptOutcome::Refused { reason } => {
            format!("refused: {reason}")
        }
        AttemptOutcome::Gone { reason } => format!("gone for good: {reason}"),
    }
}
