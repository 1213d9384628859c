//! `newswatch run`: the service, in the foreground; or one pass, and what it did.

use clap::Args;

use super::loading::one_paragraph;
use super::output::counted;
use super::{ConfigArg, Outcome, output};
use crate::daemon::{self, Passed};

/// Arguments of `run`.
#[derive(Debug, Args)]
pub(super) struct Run {
    #[command(flatten)]
    config: ConfigArg,
    /// Poll every due feed once, do all that follows from it, say in a line what that was, and end; exit 1 when no feed
    /// could be read
    #[arg(long)]
    once: bool,
}

impl Run {
    pub(super) async fn run(self) -> anyhow::Result<Outcome> {
        if !self.once {
            daemon::run(&self.config.path).await?;
            return Ok(Outcome::Done);
        }
        let passed = daemon::once(&self.config.path).await?;
        output::line(&one_paragraph(&in_words(&passed), 0))?;
        if passed.skipped > 0 && passed.new == 0 {
            output::line(&one_paragraph(FIRST_POLL, 0))?;
        }
        Ok(if passed.all_failed() {
            Outcome::No
        } else {
            Outcome::Done
        })
    }
}

/// Why a first run is silent, and what to do about it.
const FIRST_POLL: &str = "What a feed holds at its first poll alerts nobody, and what comes from now on does. \
    `newswatch backtest` shows what the watches find in the articles that are kept; first_poll = \"alert\" or \
    \"24h\" under [poll] lets a first poll alert.";

fn in_words(passed: &Passed) -> String {
    let mut parts = vec![
        format!(
            "{} polled, {} failed",
            counted(passed.polled, "feed", "feeds"),
            passed.failed
        ),
        format!("{} new", counted(number(passed.new), "entry", "entries")),
    ];
    if passed.skipped > 0 {
        parts.push(format!("{} skipped as first seen", passed.skipped));
    }
    parts.push(format!(
        "{}: {} delivered, {} waiting, {} given up",
        counted(number(passed.alerts), "alert", "alerts"),
        passed.delivered,
        passed.waiting,
        passed.abandoned
    ));
    parts.join("; ")
}

fn number(count: u64) -> usize {
    usize::try_from(count).unwrap_or(usize::MAX)
}
