//! `newswatch feed`: the feeds as they are written, and how they are; and those that are added outside the file.

use clap::{Args, Subcommand};

use super::loading::{load, no_such, one_paragraph};
use super::managed::{self, FeedKeys, Named};
use super::output::{counted, span};
use super::status::{print_feed, shown_days, store_of};
use super::{ConfigArg, Outcome, output};
use crate::clock::Clock;
use crate::config::{Config, ManagedKind};
use crate::domain::shown_url;
use crate::ops::feed::EntryRow;
use crate::ops::feed_list::{self, FeedListing, FeedShown};
use crate::store::{ServiceSeen, service_seen};

/// Watches that are named of a feed.
const SHOWN_WATCHES: usize = 20;

/// What `feed` can do.
#[derive(Debug, Subcommand)]
pub(super) enum Feed {
    /// List the feeds: how they are, how often they are polled, where they are written
    List(List),
    /// Show one feed: its polls by day, its newest entries and what became of them
    Show(Show),
    /// Add a feed outside the file, checked with it
    Add(managed::Add<FeedKeys>),
    /// Change a feed that was added so
    Edit(managed::Edit<FeedKeys>),
    /// Take out a feed that was added so
    Remove(Named),
}

/// Arguments of `feed list`.
#[derive(Debug, Args)]
pub(super) struct List {
    #[command(flatten)]
    config: ConfigArg,
    /// Only feeds with this label
    #[arg(long, value_name = "NAME")]
    tag: Option<String>,
    /// Print an object a line instead
    #[arg(long)]
    json: bool,
}

/// Arguments of `feed show`.
#[derive(Debug, Args)]
pub(super) struct Show {
    /// The name of the feed, or its address
    name: String,
    #[command(flatten)]
    config: ConfigArg,
    /// Print an object instead
    #[arg(long)]
    json: bool,
}

impl Feed {
    pub(super) async fn run(self) -> anyhow::Result<Outcome> {
        match self {
            Self::List(list) => list.run().await,
            Self::Show(show) => show.run().await,
            Self::Add(add) => add.run(ManagedKind::Feed),
            Self::Edit(edit) => edit.run(ManagedKind::Feed),
            Self::Remove(named) => named.remove(ManagedKind::Feed),
        }
    }
}

impl List {
    async fn run(self) -> anyhow::Result<Outcome> {
        let config = load(&self.config.path)?;
        if let Some(tag) = &self.tag {
            let known = config.feeds.iter().flat_map(|feed| &feed.tags);
            let known = known.map(String::as_str);
            anyhow::ensure!(
                known.clone().any(|known| known == tag),
                "{}",
                no_such("tag", tag, known)
            );
        }
        let store = store_of(&config).await?;
        let now = Clock::system().now();
        let places = &config.feed_places;
        let mut feeds = feed_list::feeds(store.as_ref(), &config.feeds, places, now).await?;
        feeds.retain(|feed| self.tag.as_ref().is_none_or(|tag| feed.tags.contains(tag)));
        let runs = runs(&config);
        let none = "there are no feeds in the configuration";
        output::list(&feeds, self.json, none, |feed| print(feed, runs))?;
        Ok(Outcome::Done)
    }
}

impl Show {
    async fn run(self) -> anyhow::Result<Outcome> {
        let config = load(&self.config.path)?;
        let store = store_of(&config).await?;
        let now = Clock::system().now();
        let places = &config.feed_places;
        let mut feeds = feed_list::feeds(store.as_ref(), &config.feeds, places, now).await?;
        let place = place_of(&config, &feeds, &self.name)?;
        let (listing, Some(feed)) = (feeds.swap_remove(place), config.feeds.get(place)) else {
            return Ok(Outcome::No);
        };
        let days = shown_days(now);
        let shown = feed_list::feed(store.as_ref(), listing, feed, &config.watches, days).await?;
        if self.json {
            output::json(&shown)?;
        } else {
            print_shown(&shown, runs(&config))?;
        }
        Ok(Outcome::Done)
    }
}

/// The place of the feed of this name, title or address.
fn place_of(config: &Config, feeds: &[FeedListing], name: &str) -> anyhow::Result<usize> {
    let is_it = |place: &usize| {
        let feed = config.feeds.get(*place);
        let listing = feeds.get(*place);
        feed.is_some_and(|feed| feed.url.as_str() == name || shown_url(&feed.url) == name)
            || listing.is_some_and(|feed| feed.feed.name.as_deref() == Some(name))
    };
    let known = feeds
        .iter()
        .map(|feed| feed.feed.name.as_deref().unwrap_or(&feed.feed.url));
    (0..feeds.len())
        .find(is_it)
        .ok_or_else(|| anyhow::anyhow!("{}", no_such("feed", name, known)))
}

fn runs(config: &Config) -> bool {
    matches!(service_seen(&config.state_dir), ServiceSeen::Running(_))
}

fn detail(text: &str) -> anyhow::Result<()> {
    output::line(&format!("           {}", one_paragraph(text, 11)))
}

fn print(feed: &FeedListing, runs: bool) -> anyhow::Result<()> {
    print_feed(&feed.feed, runs)?;
    let mut how = vec![format!(
        "every {}{}",
        span(feed.every_s),
        if feed.adapts { ", adapting" } else { "" }
    )];
    if !feed.tags.is_empty() {
        how.push(format!("tags {}", feed.tags.join(", ")));
    }
    if feed.article != "auto" {
        how.push(format!("article {}", feed.article));
    }
    if feed.listing {
        how.push("a page that lists articles".to_owned());
    }
    how.extend(
        feed.place
            .as_ref()
            .map(|place| format!("written in {place}")),
    );
    detail(&how.join("; "))
}

fn print_shown(shown: &FeedShown, runs: bool) -> anyhow::Result<()> {
    print(&shown.feed, runs)?;
    let named: Vec<&str> = shown
        .watches
        .iter()
        .take(SHOWN_WATCHES)
        .map(String::as_str)
        .collect();
    let more = shown.watches.len() - named.len();
    let watches = match (named.as_slice(), more) {
        ([], _) => "no watch looks at it".to_owned(),
        (_, 0) => format!("watches: {}", named.join(", ")),
        _ => format!("watches: {}, and {more} more", named.join(", ")),
    };
    detail(&watches)?;
    if shown.feed.feed.polls.is_none() {
        return output::line("\nNothing has ever run with this configuration");
    }
    let newest = counted(shown.newest.len(), "entry", "entries");
    output::line(&format!("\nNewest {newest}"))?;
    shown.newest.iter().try_for_each(print_entry)
}

fn print_entry(entry: &EntryRow) -> anyhow::Result<()> {
    let line = format!(
        "{}  {:<7}  {}",
        output::time(entry.found_at),
        entry.fate,
        entry.title
    );
    output::line(&format!("  {}", one_paragraph(&line, 4)))?;
    if let Some(url) = &entry.url {
        output::line(&format!("    {url}"))?;
    }
    if let Some(problem) = &entry.page_problem {
        output::line(&format!(
            "    {}",
            one_paragraph(&format!("page not used: {problem}"), 4)
        ))?;
    }
    Ok(())
}
