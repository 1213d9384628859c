//! `newswatch status`: how the feeds and channels are, and what became of the matches.

use clap::Args;
use serde_json::{Value, json};

use super::loading::load;
use super::output::Tone;
use super::{ConfigArg, Outcome, output};
use crate::config::Config;
use crate::daemon;
use crate::domain::{Timestamp, shown_url};
use crate::store::{ChannelLine, Counts, FeedLine, Report, Store};

/// Arguments of `status`.
#[derive(Debug, Args)]
pub(super) struct Status {
    #[command(flatten)]
    config: ConfigArg,
    /// Print one JSON object instead
    #[arg(long)]
    json: bool,
}

impl Status {
    pub(super) async fn run(self) -> anyhow::Result<Outcome> {
        let (store, config) = open(&self.config).await?;
        let mut report = store.report().await?;
        add_unused(&mut report.channels, &config);
        if self.json {
            output::line(&as_json(&report).to_string())?;
        } else {
            output::line(&format!("Configuration {}\n", self.config.path.display()))?;
            print(&report)?;
        }
        Ok(Outcome::Done)
    }
}

/// Adds the channels that nothing has been sent to, which the store does not know yet.
fn add_unused(lines: &mut Vec<ChannelLine>, config: &Config) {
    for settings in &config.channels {
        if !lines.iter().any(|line| line.name == settings.name) {
            lines.push(ChannelLine::unused(settings.name.clone()));
        }
    }
}

/// Opens the store of a configuration beside the service.
pub(super) async fn open_store(arg: &ConfigArg) -> anyhow::Result<Store> {
    open(arg).await.map(|(store, _)| store)
}

/// Opens the store of a configuration beside the service, and reads the configuration.
pub(super) async fn open(arg: &ConfigArg) -> anyhow::Result<(Store, Config)> {
    let config = load(&arg.path)?;
    let store = daemon::open_store_beside(&config).await?;
    Ok((store, config))
}

fn print(report: &Report) -> anyhow::Result<()> {
    output::line(&format!("Feeds ({})", report.feeds.len()))?;
    for feed in &report.feeds {
        print_feed(feed)?;
    }
    output::line(&format!("\nChannels ({})", report.channels.len()))?;
    for channel in &report.channels {
        print_channel(channel)?;
    }
    print_counts(&report.counts)
}

fn print_feed(feed: &FeedLine) -> anyhow::Result<()> {
    output::line(&format!(
        "  {} {}{}",
        toned_state(feed_state(feed), 8),
        shown_url(&feed.url),
        feed.name
            .as_ref()
            .map(|name| format!("  ({name})"))
            .unwrap_or_default()
    ))?;
    output::line(&format!(
        "           last success {}, next poll {}, {} entries",
        shown_time(feed.last_success_at),
        if feed.gone {
            "never".to_owned()
        } else {
            output::time(feed.next_poll_at)
        },
        feed.entries
    ))?;
    if feed.fetch_url != feed.url {
        output::line(&format!(
            "           {} {}",
            if feed.is_found {
                "a web page; its feed was found at"
            } else {
                "has moved for good to"
            },
            shown_url(&feed.fetch_url)
        ))?;
    }
    if let Some(error) = &feed.error {
        output::line(&format!(
            "           failing since {} ({} polls): {error}",
            shown_time(feed.failing_since),
            feed.failures
        ))?;
    }
    if let Some(problem) = &feed.page_problem {
        output::line(&format!(
            "           article pages not used since {}: {problem}",
            shown_time(feed.pages_failing_since)
        ))?;
    }
    for repair in &feed.repairs {
        output::line(&format!("           mended: {repair}"))?;
    }
    Ok(())
}

fn print_channel(channel: &ChannelLine) -> anyhow::Result<()> {
    output::line(&format!(
        "  {} {}: {} delivered, {} waiting, {} held, {} given up, last success {}",
        toned_state(channel.state.as_str(), 13),
        channel.name,
        channel.delivered,
        channel.waiting,
        channel.held,
        channel.abandoned,
        shown_time(channel.last_success_at)
    ))?;
    if let Some(error) = &channel.error {
        output::line(&format!(
            "                since {}: {error}",
            shown_time(channel.failing_since)
        ))?;
    }
    if let Some(until) = channel.not_before {
        output::line(&format!(
            "                nothing is sent before {}",
            output::time(until)
        ))?;
    }
    Ok(())
}

fn print_counts(counts: &Counts) -> anyhow::Result<()> {
    output::line(&format!(
        "\n{} entries taken in, {} of them under way\n{} matches = {} alerts + {} held\n\
         {} ways of alerts to people = {} delivered + {} waiting + {} held + {} given up",
        counts.entries,
        counts.entries_waiting,
        counts.matches,
        counts.alerts,
        counts.held,
        counts.legs,
        counts.delivered,
        counts.waiting,
        counts.legs_held,
        counts.abandoned
    ))
}

fn feed_state(feed: &FeedLine) -> &'static str {
    if feed.gone {
        "gone"
    } else if feed.error.is_some() {
        "failing"
    } else if feed.last_success_at.is_none() {
        "new"
    } else {
        "ok"
    }
}

/// A state in the colour of what it means, with room for the longest.
fn toned_state(state: &str, width: usize) -> String {
    let tone = match state {
        "ok" | "new" | "unused" => Tone::Good,
        "waiting" | "paused" | "gone" => Tone::Doubtful,
        _ => Tone::Bad,
    };
    let room = " ".repeat(width.saturating_sub(state.chars().count()));
    format!("{}{room}", output::toned(state, tone))
}

fn shown_time(at: Option<Timestamp>) -> String {
    at.map_or_else(|| "never".to_owned(), output::time)
}

fn as_json(report: &Report) -> Value {
    let time = |at: Option<Timestamp>| at.map(|at| at.to_string());
    let feeds: Vec<Value> = report
        .feeds
        .iter()
        .map(|feed| {
            json!({
                "url": shown_url(&feed.url),
                "fetch_url": shown_url(&feed.fetch_url),
                "found": feed.is_found,
                "name": feed.name,
                "state": feed_state(feed),
                "error": feed.error,
                "failing_since": time(feed.failing_since),
                "failures": feed.failures,
                "last_success": time(feed.last_success_at),
                "next_poll": (!feed.gone).then(|| feed.next_poll_at.to_string()),
                "entries": feed.entries,
                "page_problem": feed.page_problem,
                "pages_failing_since": time(feed.pages_failing_since),
                "repairs": feed.repairs,
            })
        })
        .collect();
    let channels: Vec<Value> = report
        .channels
        .iter()
        .map(|channel| {
            json!({
                "name": channel.name.0,
                "state": channel.state.as_str(),
                "error": channel.error,
                "failing_since": time(channel.failing_since),
                "last_success": time(channel.last_success_at),
                "not_before": time(channel.not_before),
                "delivered": channel.delivered,
                "waiting": channel.waiting,
                "held": channel.held,
                "abandoned": channel.abandoned,
            })
        })
        .collect();
    let counts = &report.counts;
    json!({
        "feeds": feeds,
        "channels": channels,
        "counts": {
            "entries": counts.entries,
            "entries_waiting": counts.entries_waiting,
            "matches": counts.matches,
            "alerts": counts.alerts,
            "held": counts.held,
            "legs": counts.legs,
            "delivered": counts.delivered,
            "waiting": counts.waiting,
            "legs_held": counts.legs_held,
            "abandoned": counts.abandoned,
        },
    })
}
