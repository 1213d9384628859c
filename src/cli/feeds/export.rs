//! `newswatch feeds export`: the feeds of a configuration as OPML.

use clap::Args;

use super::{ConfigArg, Outcome, output};
use crate::config;
use crate::domain::Feed;
use crate::parse::{self, ListedFeed};

/// Arguments of `feeds export`.
#[derive(Debug, Args)]
pub(in crate::cli) struct Export {
    #[command(flatten)]
    config: ConfigArg,
}

impl Export {
    pub(super) fn run(self) -> anyhow::Result<Outcome> {
        let loaded = config::load(
            &self.config.path,
            &config::ProcessEnvironment,
            config::Secrets::Optional,
        )
        .map_err(|problems| {
            anyhow::anyhow!(
                "the configuration cannot be used\n{}",
                problems.render(output::color())
            )
        })?;
        let feeds: Vec<ListedFeed> = loaded.config.feeds.into_iter().map(listed).collect();
        output::line(parse::opml_of("Feeds of newswatch", &feeds).trim_end())?;
        Ok(Outcome::Done)
    }
}

fn listed(feed: Feed) -> ListedFeed {
    ListedFeed {
        url: feed.url.into(),
        title: feed.name,
        site: None,
        tags: feed.tags,
    }
}
