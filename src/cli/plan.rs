//! `newswatch plan`: what a change of the configuration would have done to each reader.

use std::path::PathBuf;

use clap::Args;

use super::loading::{load, one_paragraph};
use super::output::{Tone, counted, toned};
use super::since::{Since, since};
use super::{ConfigArg, Outcome, output};
use crate::config::Config;
use crate::daemon;
use crate::domain::ChannelPolicy;
use crate::ops::backtest::Lookback;
use crate::ops::channel_list::Timing;
use crate::ops::plan::{ArticleChange, Plan as Planned, ReaderPlan, Side, plan};

/// Arguments of `plan`.
#[derive(Debug, Args)]
pub(super) struct Plan {
    #[command(flatten)]
    config: ConfigArg,
    /// The configuration as it was
    #[arg(long, value_name = "OLD")]
    against: PathBuf,
    /// Articles since this time (2026-11-23T08:00:00Z) or age (36h, 30d)
    #[arg(long, value_parser = since, default_value = "30d")]
    since: Since,
    /// Print an object a line instead, for each reader
    #[arg(long)]
    json: bool,
}

impl Plan {
    pub(super) async fn run(self) -> anyhow::Result<Outcome> {
        let config = load(&self.config.path)?;
        let older = load(&self.against)?;
        let store = daemon::open_store_beside(&config).await?;
        let since = self.since.at();
        let total = usize::try_from(store.count_kept(since).await?).unwrap_or_default();
        let bar = output::progress(total);
        let advance = bar.clone();
        let advanced = move |articles| advance.inc(u64::try_from(articles).unwrap_or_default());
        let planned = plan(store, side(older), side(config), since, advanced).await?;
        bar.finish_and_clear();
        if self.json {
            for reader in &planned.readers {
                output::json(reader)?;
            }
        } else {
            print(&planned)?;
        }
        Ok(Outcome::Done)
    }
}

fn side(config: Config) -> Side {
    let default = ChannelPolicy::default();
    let readers = config.channels.iter().flat_map(|channel| {
        let policy = config.policies.get(&channel.name).unwrap_or(&default);
        let timing = Timing::of(policy, channel.retry.len());
        let to = channel.destinations().into_iter();
        to.map(move |to| (to, timing.clone()))
    });
    let readers = readers.collect();
    Side {
        look: Lookback {
            watches: config.watches,
            matcher: config.matcher,
            feeds: config.feeds.into_iter().collect(),
        },
        routes: config.routes,
        readers,
    }
}

fn print(planned: &Planned) -> anyhow::Result<()> {
    output::line(&counted(planned.articles, "article", "articles"))?;
    let mut same = Vec::new();
    for reader in &planned.readers {
        if reader.is_same() {
            same.push(name_of(reader));
        } else {
            print_reader(reader)?;
        }
    }
    if planned.readers.is_empty() {
        return output::line("There are no channels: nobody is told");
    }
    if !same.is_empty() {
        let same = format!("Nothing changes for: {}", same.join(", "));
        output::line(&format!("\n{}", one_paragraph(&same, 0)))?;
    }
    Ok(())
}

fn name_of(reader: &ReaderPlan) -> String {
    match &reader.recipient {
        Some(recipient) => format!("{} ({recipient})", reader.channel),
        None => reader.channel.clone(),
    }
}

fn print_reader(reader: &ReaderPlan) -> anyhow::Result<()> {
    let what = match reader.state {
        "new" => " is new",
        "gone" => " is told no more",
        _ => "",
    };
    let head = format!(
        "{}{what}: {} before, {} now; {} added, {} removed",
        name_of(reader),
        counted(reader.before, "article", "articles"),
        reader.after,
        reader.added,
        reader.removed
    );
    output::line(&format!("\n{}", one_paragraph(&head, 2)))?;
    for setting in &reader.settings {
        let text = format!(
            "{}: {} before, {} now",
            setting.key,
            shown(&setting.before),
            shown(&setting.after)
        );
        output::line(&format!("  {}", one_paragraph(&text, 4)))?;
    }
    reader.changes.iter().try_for_each(print_change)
}

/// A setting as people read it.
fn shown(value: &serde_json::Value) -> String {
    if value.is_null() {
        "none".to_owned()
    } else {
        value.to_string()
    }
}

fn print_change(change: &ArticleChange) -> anyhow::Result<()> {
    let mark = if change.change == "added" {
        toned("+", Tone::Good)
    } else {
        toned("-", Tone::Bad)
    };
    let watches = change.watches.join(", ");
    let text = format!("{}  {}  ({watches})", output::time(change.at), change.title);
    output::line(&format!("  {mark} {}", one_paragraph(&text, 4)))?;
    change
        .url
        .iter()
        .try_for_each(|url| output::line(&format!("    {url}")))
}
