//! `newswatch check`: every problem of a configuration.

use clap::Args;

use super::check_live::{Shape, check_live};
use super::loading::in_numbers;
use super::output::{Tone, counted, toned};
use super::{ConfigArg, Outcome, output};
use crate::config::{self, Config, Problem, ProcessEnvironment, Secrets};

/// Arguments of `check`.
#[derive(Debug, Args)]
pub(super) struct Check {
    #[command(flatten)]
    config: ConfigArg,
    /// Print an object a line instead: watch, kind, col, message, hint
    #[arg(long)]
    json: bool,
    /// Print each query with all its parentheses, and in plain words
    #[arg(long, conflicts_with = "json")]
    explain: bool,
    /// Ask the feeds, mail servers and webhooks, too: once each, nothing is stored or sent
    #[arg(long)]
    live: bool,
}

impl Check {
    pub(super) async fn run(self) -> anyhow::Result<Outcome> {
        let secrets = if self.live {
            Secrets::Required
        } else {
            Secrets::Optional
        };
        match config::load(&self.config.path, &ProcessEnvironment, secrets) {
            Ok(loaded) => {
                self.print(&loaded.warnings)?;
                let config = loaded.config;
                if self.explain {
                    explain(&config)?;
                }
                if !self.json {
                    self.sum_up(&config, &loaded.warnings)?;
                }
                if self.live {
                    let shape = if self.json { Shape::Json } else { Shape::Text };
                    return check_live(&config, shape).await;
                }
                // The program ends here: what 100,000 watches hold piece by piece is given back as a whole. What holds
                // secrets is not, so that they are wiped out.
                let Config {
                    watches,
                    sources,
                    matcher,
                    ..
                } = config;
                std::mem::forget((watches, sources, matcher));
                Ok(Outcome::Done)
            }
            Err(problems) => {
                self.print(&problems.0)?;
                if !self.json {
                    let numbers = toned(&in_numbers(&problems.0), Tone::Bad);
                    output::line(&format!("{}: {numbers}", self.config.path.display()))?;
                }
                Ok(Outcome::No)
            }
        }
    }

    fn sum_up(&self, config: &Config, warnings: &[Problem]) -> anyhow::Result<()> {
        let (good, more) = if warnings.is_empty() {
            (toned("good", Tone::Good), String::new())
        } else {
            let numbers = in_numbers(warnings);
            (toned("good", Tone::Doubtful), format!("; {numbers}"))
        };
        let paused = config.watches.iter().filter(|watch| !watch.is_enabled);
        let paused = match paused.count() {
            0 => String::new(),
            paused => format!(" ({paused} paused)"),
        };
        output::line(&format!(
            "{}: {good}: {}, {}{paused}, {}{more}",
            self.config.path.display(),
            counted(config.feeds.len(), "feed", "feeds"),
            counted(config.watches.len(), "watch", "watches"),
            counted(config.channels.len(), "channel", "channels"),
        ))
    }

    fn print(&self, problems: &[Problem]) -> anyhow::Result<()> {
        for problem in problems {
            if self.json {
                output::line(&problem.to_json().to_string())?;
            } else {
                output::line(&format!("{}\n", problem.render(output::color())))?;
            }
        }
        Ok(())
    }
}

/// Prints what each watch looks for, as it was understood.
fn explain(config: &Config) -> anyhow::Result<()> {
    for (place, watch) in config.watches.iter().enumerate() {
        let paused = if watch.is_enabled { "" } else { " (paused)" };
        output::line(&format!("{}{paused}", watch.name))?;
        let described = config.matcher.describe(place).unwrap_or_default();
        for line in described.lines() {
            output::line(&format!("  {line}"))?;
        }
    }
    Ok(())
}
