//! `newswatch template`: the texts of the operator's own that a channel sends, and what they make of a message.

use clap::{Args, Subcommand};

use super::loading::{known_channel, load};
use super::output::{Tone, toned};
use super::status::open_store;
use super::{ConfigArg, Outcome, output};
use crate::channel::ChannelSettings;
use crate::clock::Clock;
use crate::domain::{Alert, DeliveryId, Occasion};
use crate::ops::samples;
use crate::render::{Filled, Part, Telling, parts_of, starting_template};

/// What `template` can do.
#[derive(Debug, Subcommand)]
pub(super) enum Template {
    /// Print the templates of a channel; where it has none, one to start from
    Show(Show),
    /// Print what the templates of a channel make of a message, and of articles made to do harm
    Try(Try),
}

/// Arguments of `template show`.
#[derive(Debug, Args)]
pub(super) struct Show {
    /// The channel
    channel: String,
    /// Only this part: subject, text, html or body
    #[arg(long, value_parser = ["subject", "text", "html", "body"])]
    part: Option<String>,
    #[command(flatten)]
    config: ConfigArg,
}

/// Arguments of `template try`.
#[derive(Debug, Args)]
pub(super) struct Try {
    /// The channel
    channel: String,
    /// The kind of message: alert, group, update, digest, storm, spike, health or heartbeat
    #[arg(long, value_name = "KIND", default_value = "alert")]
    kind: String,
    /// An alert of the store instead, by its id
    #[arg(long, value_name = "ID", conflicts_with = "kind")]
    alert: Option<String>,
    #[command(flatten)]
    config: ConfigArg,
}

impl Template {
    pub(super) async fn run(self) -> anyhow::Result<Outcome> {
        match self {
            Self::Show(show) => show.run(),
            Self::Try(one) => one.run().await,
        }
    }
}

fn settings(arg: &ConfigArg, name: &str) -> anyhow::Result<ChannelSettings> {
    let config = load(&arg.path)?;
    known_channel(&config, Some(name))?;
    let mut channels = config.channels.into_iter();
    channels
        .find(|channel| channel.name.0 == name)
        .ok_or_else(|| anyhow::anyhow!("the channel {name} cannot be used as it is configured"))
}

impl Show {
    fn run(self) -> anyhow::Result<Outcome> {
        let settings = settings(&self.config, &self.channel)?;
        let kind = settings.kind.type_name();
        let parts = parts_of(kind);
        anyhow::ensure!(
            !parts.is_empty(),
            "messages of type \"{kind}\" have no template"
        );
        let wanted = |part: &Part| {
            self.part
                .as_deref()
                .is_none_or(|name| name == part.as_str())
        };
        let shown: Vec<Part> = parts.into_iter().filter(wanted).collect();
        anyhow::ensure!(
            !shown.is_empty(),
            "messages of type \"{kind}\" have no such part"
        );
        let templates = &settings.templates;
        for part in &shown {
            let own = templates.sources().find(|(known, _)| known == part);
            // One part alone is printed as it is, to be kept in a file.
            if self.part.is_none() {
                let state = match own {
                    Some(_) => "in use",
                    None => "built in; this is one to start from",
                };
                output::line(&format!("# {} ({state})", part.as_str()))?;
            }
            let text = own.map_or_else(|| starting_template(kind, *part), |(_, text)| text);
            output::line(text.trim_end_matches('\n'))?;
        }
        Ok(Outcome::Done)
    }
}

impl Try {
    async fn run(self) -> anyhow::Result<Outcome> {
        let settings = settings(&self.config, &self.channel)?;
        let templates = &settings.templates;
        if templates.is_empty() {
            output::line(&format!(
                "{} has no template; newswatch template show {} prints one to start from",
                self.channel, self.channel
            ))?;
            return Ok(Outcome::No);
        }
        let (alerts, occasion) = self.message(&settings).await?;
        let destination = settings.destinations().into_iter().next();
        let telling = Telling {
            delivery: &DeliveryId("dlv_0000000000000000".into()),
            recipient: destination
                .as_ref()
                .and_then(|destination| destination.recipient.as_deref()),
            alerts: &alerts,
            occasion: &occasion,
            reader: &settings.reader,
            now: Clock::system().now(),
            filled: None,
        };
        let filled = templates.fill(&telling);
        let parts: Vec<Part> = templates.sources().map(|(part, _)| part).collect();
        let mut is_good = print(&filled, &parts)?;
        for (part, problem) in templates.tried(&settings.reader) {
            is_good = false;
            let told = format!("{} fails: {problem}", part.as_str());
            output::line(&toned(&told, Tone::Bad))?;
        }
        Ok(if is_good { Outcome::Done } else { Outcome::No })
    }

    /// The message to try it with.
    async fn message(&self, settings: &ChannelSettings) -> anyhow::Result<(Vec<Alert>, Occasion)> {
        if let Some(id) = &self.alert {
            let store = open_store(&self.config).await?;
            let found = store.alert(id).await?.into_iter().next();
            let found = found.ok_or_else(|| anyhow::anyhow!("there is no alert {id}"))?;
            return Ok((vec![found.alert], Occasion::Alert));
        }
        anyhow::ensure!(
            samples::KINDS.contains(&self.kind.as_str()),
            "there is no kind of message \"{}\"; the kinds are: {}",
            self.kind,
            samples::KINDS.join(", ")
        );
        let now = Clock::system().now();
        Ok(samples::message(&self.kind, &settings.name, now))
    }
}

/// Prints what was written; tells whether every part was.
fn print(filled: &Filled, parts: &[Part]) -> anyhow::Result<bool> {
    for part in parts {
        match filled.part(*part) {
            Some(text) => output::line(&format!("# {}\n{}", part.as_str(), text.trim_end()))?,
            None => output::line(&format!("# {}: the built-in form", part.as_str()))?,
        }
    }
    if let Some(problem) = &filled.problem {
        output::line(&toned(problem, Tone::Bad))?;
    }
    Ok(filled.problem.is_none())
}
