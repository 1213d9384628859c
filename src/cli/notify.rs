//! `newswatch notify test`: a test alert through one channel, and what the other side really answered.

use clap::{Args, Subcommand};

use super::loading::{load_to_send, no_such, one_paragraph};
use super::output::{Tone, toned};
use super::{ConfigArg, Outcome, output};
use crate::channel::{Channel, Unwritten};
use crate::clock::Clock;
use crate::domain::{AlertId, AttemptOutcome, DeliveryId, Destination, what_helps};
use crate::http::HttpClient;
use crate::ops::samples;
use crate::render;

/// The most that is printed of what the other side said.
const MAX_ANSWER_CHARS: usize = 2_000;

/// What `notify` can do.
#[derive(Debug, Subcommand)]
pub(super) enum Notify {
    /// Send a test alert through channels and print what the other side answered
    Test(Test),
}

/// Arguments of `notify test`.
#[derive(Debug, Args)]
pub(super) struct Test {
    /// The names of the channels; all of them if none is named
    #[arg(value_name = "CHANNEL")]
    channels: Vec<String>,
    /// The kind of message: alert, group, update, digest, storm, spike, health, heartbeat, or all
    #[arg(long, value_name = "KIND", default_value = "alert")]
    kind: String,
    #[command(flatten)]
    config: ConfigArg,
}

impl Notify {
    pub(super) async fn run(self) -> anyhow::Result<Outcome> {
        let Self::Test(test) = self;
        test.run().await
    }
}

impl Test {
    async fn run(self) -> anyhow::Result<Outcome> {
        let kinds = samples::kinds(&self.kind);
        anyhow::ensure!(
            !kinds.is_empty(),
            "there is no kind of message \"{}\"; the kinds are: {}, all",
            self.kind,
            samples::KINDS.join(", ")
        );
        let config = load_to_send(&self.config.path)?;
        let known = || {
            config
                .channels
                .iter()
                .map(|settings| settings.name.0.as_str())
        };
        for name in &self.channels {
            let is_known = known().any(|known| known == name);
            anyhow::ensure!(
                is_known,
                "{}",
                no_such("channel", name, known().collect::<Vec<_>>())
            );
        }
        anyhow::ensure!(
            !config.channels.is_empty(),
            "there are no channels in the configuration"
        );
        let http = HttpClient::new(&config.http, Clock::system())?;
        let mut outcome = Outcome::Done;
        for settings in config.channels {
            if !self.channels.is_empty() && !self.channels.contains(&settings.name.0) {
                continue;
            }
            let destinations = settings.destinations();
            let channel = Channel::new(settings, http.clone())?;
            for destination in destinations {
                for kind in &kinds {
                    if !send(&channel, &destination, kind).await? {
                        outcome = Outcome::No;
                    }
                }
            }
        }
        Ok(outcome)
    }
}

/// Sends the test alert to one destination and prints the answer; tells whether it was accepted.
async fn send(channel: &Channel, destination: &Destination, kind: &str) -> anyhow::Result<bool> {
    let now = Clock::system().now();
    let (alerts, occasion) = samples::message(kind, &destination.channel, now);
    let ids: Vec<AlertId> = alerts.iter().map(|alert| alert.id.clone()).collect();
    let delivery = DeliveryId::derive(destination, &ids);
    let recipient = destination.recipient.as_deref();
    let attempt = channel
        .attempt(&Unwritten {
            delivery: &delivery,
            recipient,
            alerts: &alerts,
            occasion: &occasion,
            now,
        })
        .await;
    let to = match recipient {
        Some(recipient) => format!("{} ({recipient})", destination.channel),
        None => destination.channel.to_string(),
    };
    let help = attempt.outcome.reason().and_then(what_helps);
    let (is_accepted, words) = match attempt.outcome {
        AttemptOutcome::Accepted => (true, format!("accepted as {delivery}")),
        AttemptOutcome::Failed { reason }
        | AttemptOutcome::Unreached { reason }
        | AttemptOutcome::Deferred { reason } => (false, format!("failed, may pass: {reason}")),
        AttemptOutcome::Paused { reason, wait } => (
            false,
            format!("asked to wait {} s: {reason}", wait.as_secs()),
        ),
        AttemptOutcome::Misconfigured { reason } => {
            (false, format!("not accepted as configured: {reason}"))
        }
        AttemptOutcome::TooLong { reason } | AttemptOutcome::Refused { reason } => {
            (false, format!("refused: {reason}"))
        }
        AttemptOutcome::Gone { reason } => (false, format!("gone for good: {reason}")),
    };
    let tone = if is_accepted { Tone::Good } else { Tone::Bad };
    output::line(&format!("{to}: {}", toned(&words, tone)))?;
    if let Some(answer) = attempt.answer {
        output::line(&format!(
            "  the other side said: {}",
            render::one_line(&answer, MAX_ANSWER_CHARS)
        ))?;
    }
    if let Some(help) = help {
        let help = format!("help: {help}");
        output::line(&format!("  {}", one_paragraph(&help, 2)))?;
    }
    Ok(is_accepted)
}
