//! `newswatch why`: for any address or id the first gate that stopped it, or the receipt.

use clap::Args;

use super::loading::{known_channel, one_paragraph, places_of};
use super::status::open;
use super::{ConfigArg, Outcome, output};
use crate::domain::ChannelName;
use crate::ops::why::{Line, why};

/// Arguments of `why`.
#[derive(Debug, Args)]
pub(super) struct Why {
    /// The address of an article, or the id of an alert, a delivery, a held match or an entry
    #[arg(value_name = "URL-OR-ID")]
    subject: String,
    #[command(flatten)]
    config: ConfigArg,
    /// Only this watch
    #[arg(long, value_name = "NAME")]
    watch: Option<String>,
    /// Only the ways to this channel
    #[arg(long, value_name = "NAME")]
    channel: Option<String>,
    /// Print an object a line instead
    #[arg(long)]
    json: bool,
}

impl Why {
    pub(super) async fn run(self) -> anyhow::Result<Outcome> {
        let (store, config) = open(&self.config).await?;
        let places = places_of(&config, self.watch.as_deref())?;
        known_channel(&config, self.channel.as_deref())?;
        let feeds = config.feeds.iter().cloned().collect();
        let channel = self.channel.map(ChannelName);
        let line = Line {
            places: &places,
            watches: &config.watches,
            matcher: &config.matcher,
            feeds: &feeds,
            channel: channel.as_ref(),
        };
        let answers = why(&store, &self.subject, &line).await?;
        for answer in &answers {
            if self.json {
                output::json(answer)?;
                continue;
            }
            let mut names: Vec<&str> = Vec::new();
            names.extend(answer.watch.as_deref());
            names.extend(answer.channel.as_deref());
            names.extend(answer.recipient.as_deref());
            let head = if names.is_empty() {
                answer.gate.clone()
            } else {
                format!("{}: {}", names.join(" > "), answer.gate)
            };
            output::line(&one_paragraph(&head, 0))?;
            let explanation = output::with_own_times(&answer.explanation);
            output::line(&format!("    {}", one_paragraph(&explanation, 4)))?;
        }
        let seen = answers.iter().all(|answer| answer.gate != "never-seen");
        Ok(if seen { Outcome::Done } else { Outcome::No })
    }
}
