//! `newswatch feeds`: the feeds of a site, and lists of feeds in and out.

mod discover;
mod export;
mod import;
mod reread;

use clap::Subcommand;

use super::{ConfigArg, Outcome, output};

/// What `feeds` can do.
#[derive(Debug, Subcommand)]
pub(super) enum Feeds {
    /// Find the feeds of a site, the likeliest first
    Discover(discover::Discover),
    /// Turn a list of feeds (OPML) into `[[feed]]` tables
    Import(import::Import),
    /// Print the feeds of a configuration as a list (OPML), tags as folders
    Export(export::Export),
    /// Read once more what was set aside because the process died while it was read
    Reread(reread::Reread),
}

impl Feeds {
    pub(super) async fn run(self) -> anyhow::Result<Outcome> {
        match self {
            Self::Discover(discover) => discover.run().await,
            Self::Import(import) => import.run(),
            Self::Export(export) => export.run(),
            Self::Reread(reread) => reread.run().await,
        }
    }
}
