//! `newswatch check`: every problem of a configuration.

use clap::Args;

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
}

impl Check {
    pub(super) fn run(self) -> anyhow::Result<Outcome> {
        match config::load(&self.config.path, &ProcessEnvironment, Secrets::Optional) {
            Ok(loaded) => {
                self.print(&loaded.warnings)?;
                if !self.json {
                    let config = loaded.config;
                    if self.explain {
                        explain(&config)?;
                    }
                    output::line(&format!(
                        "{}: good: {}, {}, {}{}",
                        self.config.path.display(),
                        counted(config.feeds.len(), "feed", "feeds"),
                        counted(config.watches.len(), "watch", "watches"),
                        counted(config.channels.len(), "channel", "channels"),
                        match loaded.warnings.len() {
                            0 => String::new(),
                            warnings => format!("; {}", counted(warnings, "warning", "warnings")),
                        }
                    ))?;
                }
                Ok(Outcome::Done)
            }
            Err(problems) => {
                self.print(&problems.0)?;
                if !self.json {
                    output::line(&format!(
                        "{}: {}",
                        self.config.path.display(),
                        counted(problems.0.len(), "problem", "problems")
                    ))?;
                }
                Ok(Outcome::No)
            }
        }
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
        output::line(&watch.name.to_string())?;
        let described = config.matcher.describe(place).unwrap_or_default();
        for line in described.lines() {
            output::line(&format!("  {line}"))?;
        }
    }
    Ok(())
}

fn counted(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}
