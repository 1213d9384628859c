//! `newswatch notify test`: a test alert through one channel, and what the other side really answered.

use clap::{Args, Subcommand};

use super::loading::{load_to_send, no_such, one_paragraph};
use super::output::{Tone, toned};
use super::{ConfigArg, Outcome, output};
use crate::channel::Channel;
use crate::clock::Clock;
use crate::domain::{
    Alert, AlertId, AttemptOutcome, ChannelName, DeliveryId, Destination, EntryId, InstallationId,
    Match, Priority, Quote, Reading, ReportId, Timestamp, WatchName, what_helps,
};
use crate::http::HttpClient;
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
                if !send(&channel, &destination).await? {
                    outcome = Outcome::No;
                }
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
            quote: Quote::default(),
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
        reading: Reading::default(),
        notes: Vec::new(),
        raised_at: now,
    }
}
