//! `newswatch notify test`: a test alert through one channel, and what the other side really answered.

use clap::{Args, Subcommand};

use super::{ConfigArg, Outcome, output};
use crate::channel::Channel;
use crate::clock::Clock;
use crate::config::{self, ProcessEnvironment, Secrets};
use crate::domain::{
    Alert, AlertId, AttemptOutcome, ChannelName, DeliveryId, Destination, EntryId, InstallationId,
    Match, Priority, ReportId, Timestamp, WatchName,
};
use crate::http::HttpClient;
use crate::render;

/// The most that is printed of what the other side said.
const MAX_ANSWER_CHARS: usize = 2_000;

/// What `notify` can do.
#[derive(Debug, Subcommand)]
pub(super) enum Notify {
    /// Send a test alert and print what the other side answered
    Test(Test),
}

/// Arguments of `notify test`.
#[derive(Debug, Args)]
pub(super) struct Test {
    /// The name of the channel
    channel: String,
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
        let config = match config::load(&self.config.path, &ProcessEnvironment, Secrets::Required) {
            Ok(loaded) => loaded.config,
            Err(problems) => anyhow::bail!(
                "the configuration cannot be used\n{}",
                problems.render(output::color())
            ),
        };
        let names: Vec<&str> = config
            .channels
            .iter()
            .map(|settings| settings.name.0.as_str())
            .collect();
        let known = names.join(", ");
        let settings = config
            .channels
            .into_iter()
            .find(|settings| settings.name.0 == self.channel)
            .ok_or_else(|| {
                anyhow::anyhow!(
                    "there is no channel \"{}\"; there is: {known}",
                    self.channel
                )
            })?;
        let destinations = settings.destinations();
        let http = HttpClient::new(&config.http, Clock::system())?;
        let channel = Channel::new(settings, http)?;
        let mut outcome = Outcome::Done;
        for destination in destinations {
            if !send(&channel, &destination).await? {
                outcome = Outcome::No;
            }
        }
        Ok(outcome)
    }
}

/// Sends the test alert to one destination and prints the answer; tells whether it was accepted.
async fn send(channel: &Channel, destination: &Destination) -> anyhow::Result<bool> {
    let now = Clock::system().now();
    let alert = test_alert(&destination.channel, now);
    let delivery = DeliveryId::derive(destination, std::slice::from_ref(&alert.id));
    let recipient = destination.recipient.as_deref();
    let attempt = channel.attempt(&delivery, recipient, &[alert], now).await;
    let to = match recipient {
        Some(recipient) => format!("{} ({recipient})", destination.channel),
        None => destination.channel.to_string(),
    };
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
    output::line(&format!("{to}: {words}"))?;
    if let Some(answer) = attempt.answer {
        output::line(&format!(
            "  the other side said: {}",
            render::one_line(&answer, MAX_ANSWER_CHARS)
        ))?;
    }
    Ok(is_accepted)
}

fn test_alert(channel: &ChannelName, now: Timestamp) -> Alert {
    let watch = WatchName("test".into());
    Alert {
        id: AlertId::derive(
            &InstallationId("test".into()),
            &watch.0,
            &format!("{channel} {now}"),
        ),
        found: Match {
            watch,
            score: 1.0,
            terms: vec!["test alert".into()],
            sentence: "This is a test alert: if you read it, the channel works.".into(),
        },
        priority: Priority::Normal,
        report: ReportId(0),
        entry: EntryId(0),
        feeds: vec!["newswatch".into()],
        title: "Test alert of newswatch".into(),
        url: None,
        source: Some("newswatch".into()),
        published: None,
        summary_only: false,
        raised_at: now,
    }
}
