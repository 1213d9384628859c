//! `newswatch notify test`: a test alert through one channel, and what the other side really answered.

use clap::{Args, Subcommand};

use super::loading::{load_to_send, no_such, one_paragraph};
use super::output::{Tone, toned};
use super::{ConfigArg, Outcome, output};
use crate::channel::Channel;
use crate::clock::Clock;
use crate::domain::Destination;
use crate::http::HttpClient;
use crate::ops::{self, samples};

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
    let tested = ops::channel::test(channel, destination, kind, Clock::system().now()).await;
    // Whoever sits at the terminal has written the address.
    let to = match &destination.recipient {
        Some(recipient) => format!("{} ({recipient})", destination.channel),
        None => tested.to,
    };
    let tone = if tested.accepted {
        Tone::Good
    } else {
        Tone::Bad
    };
    output::line(&format!("{to}: {}", toned(&tested.outcome, tone)))?;
    if let Some(answer) = tested.answer {
        output::line(&format!("  the other side said: {answer}"))?;
    }
    if let Some(help) = tested.help {
        let help = format!("help: {help}");
        output::line(&format!("  {}", one_paragraph(&help, 2)))?;
    }
    Ok(tested.accepted)
}
