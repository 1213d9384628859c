//! `newswatch channel`: who asked for no more messages.

use clap::{Args, Subcommand};

use super::loading::places_of;
use super::status::{open, open_store};
use super::{ConfigArg, Outcome, output};
use crate::channel::EmailAddress;
use crate::clock::Clock;

/// What `channel` can do.
#[derive(Debug, Subcommand)]
pub(super) enum Channel {
    /// Send a recipient no more messages, of one watch or at all
    Suppress(Recipient),
    /// Take that back
    Allow(Recipient),
    /// List who asked for no more messages
    Suppressed(Listing),
}

/// Arguments of `channel suppress` and `channel allow`.
#[derive(Debug, Args)]
pub(super) struct Recipient {
    /// The mail address
    address: String,
    /// Only this watch; all of them else
    #[arg(long)]
    watch: Option<String>,
    #[command(flatten)]
    config: ConfigArg,
}

/// Arguments of `channel suppressed`.
#[derive(Debug, Args)]
pub(super) struct Listing {
    #[command(flatten)]
    config: ConfigArg,
}

impl Channel {
    pub(super) async fn run(self) -> anyhow::Result<Outcome> {
        match self {
            Self::Suppress(recipient) => recipient.suppress().await,
            Self::Allow(recipient) => recipient.allow().await,
            Self::Suppressed(listing) => listing.run().await,
        }
    }
}

impl Recipient {
    async fn suppress(self) -> anyhow::Result<Outcome> {
        let address = EmailAddress::parse(&self.address)?;
        let (store, config) = open(&self.config).await?;
        places_of(&config, self.watch.as_deref())?;
        let now = Clock::system().now();
        let to = address.as_str().to_owned();
        store.suppress(to.clone(), self.watch.clone(), now).await?;
        output::line(&match &self.watch {
            Some(watch) => format!("{to} gets no more messages of the watch \"{watch}\""),
            None => format!("{to} gets no more messages"),
        })?;
        Ok(Outcome::Done)
    }

    async fn allow(self) -> anyhow::Result<Outcome> {
        let address = EmailAddress::parse(&self.address)?;
        let store = open_store(&self.config).await?;
        let to = address.as_str().to_owned();
        let taken_back = store.allow(to.clone(), self.watch).await?;
        if taken_back == 0 {
            output::line(&format!("{to} was not suppressed"))?;
            return Ok(Outcome::No);
        }
        output::line(&format!(
            "{to} gets messages again; what was given up meanwhile is sent by newswatch alerts retry"
        ))?;
        Ok(Outcome::Done)
    }
}

impl Listing {
    async fn run(self) -> anyhow::Result<Outcome> {
        let store = open_store(&self.config).await?;
        let suppressions = store.suppressions().await?;
        if suppressions.is_empty() {
            output::line("nobody asked for no more messages")?;
        }
        for one in suppressions {
            let watch = one.watch.map_or_else(
                || "every watch".to_owned(),
                |watch| format!("the watch \"{watch}\""),
            );
            let since = output::time(one.since);
            output::line(&format!("{}: {watch}, since {since}", one.recipient))?;
        }
        Ok(Outcome::Done)
    }
}
