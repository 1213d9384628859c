//! `newswatch run`: the service, in the foreground.

use clap::Args;

use super::{ConfigArg, Outcome};
use crate::daemon::{self, Mode};

/// Arguments of `run`.
#[derive(Debug, Args)]
pub(super) struct Run {
    #[command(flatten)]
    config: ConfigArg,
    /// Poll every due feed once, do all that follows from it, and end
    #[arg(long)]
    once: bool,
}

impl Run {
    pub(super) async fn run(self) -> anyhow::Result<Outcome> {
        let mode = if self.once { Mode::Once } else { Mode::Service };
        daemon::run(&self.config.path, mode).await?;
        Ok(Outcome::Done)
    }
}
