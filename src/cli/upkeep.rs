//! `newswatch backup` and `restore`: a copy of the store, and the way back; `completions` and `man`, for packages.

use std::path::PathBuf;

use anyhow::Context as _;
use clap::{Args, CommandFactory as _};
use clap_complete::Shell;

use super::loading::load;
use super::{Cli, ConfigArg, Outcome, output};
use crate::store;

/// Arguments of `backup`.
#[derive(Debug, Args)]
pub(super) struct Backup {
    /// The file to write; there must be none yet
    file: PathBuf,
    #[command(flatten)]
    config: ConfigArg,
}

/// Arguments of `restore`.
#[derive(Debug, Args)]
pub(super) struct Restore {
    /// A file that `backup` has written
    file: PathBuf,
    #[command(flatten)]
    config: ConfigArg,
}

/// Arguments of `completions`.
#[derive(Debug, Args)]
pub(super) struct Completions {
    /// The shell
    shell: Shell,
}

/// Arguments of `man`.
#[derive(Debug, Args)]
pub(super) struct Man {
    /// The folder to write to
    dir: PathBuf,
}

impl Backup {
    pub(super) fn run(self) -> anyhow::Result<Outcome> {
        let config = load(&self.config.path)?;
        anyhow::ensure!(
            config.store.server.is_none(),
            "this configuration keeps its store on PostgreSQL: use pg_dump there"
        );
        let size_bytes = store::backup(&config.state_dir, &self.file)?;
        output::line(&format!(
            "{}: {size_bytes} bytes, checked; readable by you alone",
            self.file.display()
        ))?;
        Ok(Outcome::Done)
    }
}

impl Restore {
    pub(super) fn run(self) -> anyhow::Result<Outcome> {
        let config = load(&self.config.path)?;
        anyhow::ensure!(
            config.store.server.is_none(),
            "this configuration keeps its store on PostgreSQL: use pg_restore there"
        );
        let replaced = store::restore(&config.state_dir, &self.file)?;
        output::line(&format!(
            "{} stands in {} now",
            self.file.display(),
            config.state_dir.display()
        ))?;
        if let Some(replaced) = replaced {
            output::line(&format!(
                "What was there before is kept as {}",
                replaced.display()
            ))?;
        }
        Ok(Outcome::Done)
    }
}

impl Completions {
    pub(super) fn run(self) -> anyhow::Result<Outcome> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut Cli::command(), "newswatch", &mut script);
        output::line(String::from_utf8_lossy(&script).trim_end())?;
        Ok(Outcome::Done)
    }
}

impl Man {
    pub(super) fn run(self) -> anyhow::Result<Outcome> {
        std::fs::create_dir_all(&self.dir)
            .with_context(|| format!("make {}", self.dir.display()))?;
        clap_mangen::generate_to(Cli::command(), &self.dir)
            .with_context(|| format!("write to {}", self.dir.display()))?;
        output::line(&format!("The manual pages are in {}", self.dir.display()))?;
        Ok(Outcome::Done)
    }
}
