//! `newswatch status`: whether the service runs, how the feeds and channels are, and what became of the matches.

use std::path::Path;

use clap::Args;
use jiff::tz::TimeZone;

use super::loading::{load, no_such, one_paragraph};
use super::output::{Tone, counted, from_now, toned};
use super::{ConfigArg, Outcome, output};
use crate::clock::Clock;
use crate::config::Config;
use crate::daemon;
use crate::domain::{Timestamp, WatchName};
use crate::ops::days::{Days, PollDay};
use crate::ops::status::{
    self, ChannelView, FeedView, ServiceState, ServiceView, Severity, StatusQuery, StatusView,
    SuppressionView,
};
use crate::store::{Counts, Store, StoreError};

/// The most feeds of which those that are well are listed one by one.
const LISTED_FEEDS: usize = 40;

/// The most problems that are listed.
const LISTED_PROBLEMS: usize = 10;

/// Days of which the polls of a feed are told.
const SHOWN_DAYS: i64 = 14;

/// The exit code of `--check` when nothing can be told.
const UNKNOWN: u8 = 3;

/// Arguments of `status`.
#[derive(Debug, Args)]
pub(super) struct Status {
    #[command(flatten)]
    config: ConfigArg,
    /// Print one JSON object instead
    #[arg(long)]
    json: bool,
    /// Print one line for a monitoring system; exit 0 fine, 1 warning, 2 critical, 3 unknown
    #[arg(long, conflicts_with_all = ["json", "failing", "feed", "channel", "all"])]
    check: bool,
    #[command(flatten)]
    shows: Shows,
    /// Show only the feeds whose address or name holds this text
    #[arg(long, value_name = "TEXT")]
    feed: Option<String>,
    /// Show only this channel
    #[arg(long, value_name = "NAME")]
    channel: Option<String>,
}

/// How many are shown.
#[derive(Debug, Args)]
struct Shows {
    /// Show only the feeds and channels that somebody should look at
    #[arg(long)]
    failing: bool,
    /// Show every feed, however many there are
    #[arg(long)]
    all: bool,
}

impl Status {
    pub(super) async fn run(self) -> anyhow::Result<Outcome> {
        if self.check {
            return self.check().await;
        }
        let config = load(&self.config.path)?;
        let query = query_of(&config, &self.config.path);
        match look(&config, &query).await {
            Ok((store, mut view)) => {
                self.narrow(&mut view)?;
                if self.feed.is_some() {
                    status::add_polls(&store, &mut view, shown_days(query.now)).await?;
                }
                self.print(&view)?;
                Ok(Outcome::Done)
            }
            Err(error @ StoreError::NoDatabase { .. }) => {
                self.print(&status::never_run(&query))?;
                if !self.json {
                    output::complain(&error.to_string());
                }
                Ok(Outcome::No)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// One line for a monitoring system, in the form that its plug-ins have: words, a bar, and numbers.
    async fn check(&self) -> anyhow::Result<Outcome> {
        let unknown = |error: String| {
            let first = error.lines().next().unwrap_or_default().replace('|', "/");
            output::line(&format!("NEWSWATCH UNKNOWN - {first}"))?;
            Ok(Outcome::Code(UNKNOWN))
        };
        let config = match load(&self.config.path) {
            Ok(config) => config,
            Err(error) => return unknown(format!("{error:#}")),
        };
        let query = query_of(&config, &self.config.path);
        let view = match look(&config, &query).await {
            Ok((_, view)) => view,
            Err(StoreError::NoDatabase { .. }) => status::never_run(&query),
            Err(error) => return unknown(error.to_string()),
        };
        output::line(&monitored(&view))?;
        Ok(Outcome::Code(view.state as u8))
    }

    /// Leaves what was asked for.
    fn narrow(&self, view: &mut StatusView) -> anyhow::Result<()> {
        if let Some(text) = &self.feed {
            let wanted = text.to_lowercase();
            let names = |feed: &FeedView| {
                let name = feed.name.clone().unwrap_or_default();
                [feed.url.clone(), feed.fetch_url.clone(), name]
            };
            let known: Vec<String> = view.feeds.iter().flat_map(names).collect();
            let holds = |feed: &FeedView| {
                let names = names(feed);
                names
                    .iter()
                    .any(|name| name.to_lowercase().contains(&wanted))
            };
            view.feeds.retain(holds);
            let known = known.iter().map(String::as_str);
            let known = known.filter(|name| !name.is_empty());
            anyhow::ensure!(!view.feeds.is_empty(), "{}", no_such("feed", text, known));
        }
        if let Some(name) = &self.channel {
            let known: Vec<String> = view.channels.iter().map(|of| of.name.clone()).collect();
            view.channels.retain(|channel| channel.name == *name);
            let known = known.iter().map(String::as_str);
            anyhow::ensure!(
                !view.channels.is_empty(),
                "{}",
                no_such("channel", name, known)
            );
        }
        if self.shows.failing {
            view.feeds
                .retain(|feed| feed.fails() || feed.overdue || feed.page_problem.is_some());
            view.channels.retain(|channel| channel.state != "ok");
        }
        Ok(())
    }

    fn print(&self, view: &StatusView) -> anyhow::Result<()> {
        if self.json {
            return output::json(view);
        }
        let shows_feeds = self.channel.is_none() || self.feed.is_some();
        let shows_channels = self.feed.is_none() || self.channel.is_some();
        let is_narrow = self.feed.is_some() || self.channel.is_some();
        if !is_narrow {
            print_head(view)?;
            let most = if self.shows.failing {
                usize::MAX
            } else {
                LISTED_PROBLEMS
            };
            print_problems(view, most)?;
        }
        if shows_feeds {
            let lists_all = self.shows.all || self.shows.failing || is_narrow;
            print_feeds(view, lists_all)?;
        }
        if shows_channels {
            print_channels(view, is_narrow)?;
        }
        if !is_narrow {
            print_paused(&view.paused_watches)?;
            print_suppressed(&view.suppressed)?;
            print_counts(&view.counts)?;
            print_set_aside(&view.set_aside)?;
        }
        Ok(())
    }
}

/// Names the watches that are paused.
fn print_paused(watches: &[String]) -> anyhow::Result<()> {
    if watches.is_empty() {
        return Ok(());
    }
    let names = one_paragraph(&watches.join(", "), 2);
    output::line(&format!(
        "\nPaused watches, by enabled = false ({})\n  {names}",
        watches.len()
    ))
}

/// Names who asked for no more messages, and says how that is taken back.
fn print_suppressed(suppressed: &[SuppressionView]) -> anyhow::Result<()> {
    if suppressed.is_empty() {
        return Ok(());
    }
    output::line(&format!(
        "\nNo more messages, as they asked ({}); taken back by: newswatch channel allow ADDRESS",
        suppressed.len()
    ))?;
    for one in suppressed {
        let of = one.watch.as_deref().map_or_else(
            || "every watch".to_owned(),
            |watch| format!("the watch \"{watch}\""),
        );
        let since = output::time(one.since);
        output::line(&format!("  {}: {of}, since {since}", one.recipient))?;
    }
    Ok(())
}

/// Names what is not read any more, and says how it is read again.
fn print_set_aside(documents: &[String]) -> anyhow::Result<()> {
    if documents.is_empty() {
        return Ok(());
    }
    output::line(&format!(
        "\nSet aside, as newswatch died twice while it read each alone ({}); read again by: newswatch feeds reread",
        documents.len()
    ))?;
    for document in documents {
        output::line(&format!("  {document}"))?;
    }
    Ok(())
}

/// Opens the store of a configuration beside the service.
pub(super) async fn open_store(arg: &ConfigArg) -> anyhow::Result<Store> {
    open(arg).await.map(|(store, _)| store)
}

/// The store beside the service; none where nothing has ever run.
pub(super) async fn store_of(config: &Config) -> anyhow::Result<Option<Store>> {
    match daemon::open_store_beside(config).await {
        Ok(store) => Ok(Some(store)),
        Err(StoreError::NoDatabase { .. }) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Opens the store of a configuration beside the service, and reads the configuration.
pub(super) async fn open(arg: &ConfigArg) -> anyhow::Result<(Store, Config)> {
    let config = load(&arg.path)?;
    let store = daemon::open_store_beside(&config).await?;
    Ok((store, config))
}

fn paused(config: &Config) -> Vec<WatchName> {
    let watches = config.watches.iter();
    let paused = watches.filter(|watch| !watch.is_enabled);
    paused.map(|watch| watch.name.clone()).collect()
}

fn query_of(config: &Config, path: &Path) -> StatusQuery {
    let server = config.store.server.as_ref();
    StatusQuery {
        config: path.to_owned(),
        state_dir: config.state_dir.clone(),
        server: server.map(|server| server.shown().to_owned()),
        feeds: config
            .feeds
            .iter()
            .map(|feed| (feed.url.clone(), feed.name.clone()))
            .collect(),
        channels: config
            .channels
            .iter()
            .map(|channel| channel.name.clone())
            .collect(),
        paused_watches: paused(config),
        now: Clock::system().now(),
    }
}

async fn look(config: &Config, query: &StatusQuery) -> Result<(Store, StatusView), StoreError> {
    let store = daemon::open_store_beside(config).await?;
    let view = status::status(&store, query).await?;
    Ok((store, view))
}

/// The days of which the polls of a feed are told, in the zone of whoever asks.
pub(super) fn shown_days(now: Timestamp) -> Days {
    let zone = TimeZone::try_system().unwrap_or(TimeZone::UTC);
    let offset_ms = i64::from(zone.to_offset(now).seconds()) * 1_000;
    Days::until(now, offset_ms, SHOWN_DAYS)
}

fn monitored(view: &StatusView) -> String {
    let first = view
        .problems
        .first()
        .map(|problem| format!("; {}", problem.message))
        .unwrap_or_default();
    let failing = view.feeds.iter().filter(|feed| feed.fails()).count();
    let broken = view.channels.iter().filter(|channel| channel.state != "ok");
    let words = format!("{}{first}", view.summary).replace('|', "/");
    format!(
        "NEWSWATCH {} - {words} | feeds={} feeds_failing={failing} channels_not_ok={} alerts={}c alerts_waiting={} alerts_lost={}c",
        view.state.as_str().to_uppercase(),
        view.feeds.len(),
        broken.count(),
        view.counts.alerts,
        view.counts.alerts_waiting,
        view.counts.alerts_lost
    )
}

fn print_head(view: &StatusView) -> anyhow::Result<()> {
    let state = severity(view.state);
    let margin = view.state.as_str().len() + 2;
    output::line(&format!(
        "{state}: {}",
        one_paragraph(&view.summary, margin)
    ))?;
    output::line(&one_paragraph(&service_text(&view.service), 0))?;
    output::line(&format!("Configuration {}", view.config))?;
    output::line(&format!("Store {}, {}", view.store.kind, view.store.place))
}

fn service_text(service: &ServiceView) -> String {
    let version = service.version.as_deref().unwrap_or_default();
    let pid = service.pid.unwrap_or_default();
    let time = |at: Option<Timestamp>| shown_time(at);
    match service.state {
        ServiceState::Running if service.pid.is_none() => {
            "The service runs; it could not write down more about itself".into()
        }
        ServiceState::Running => format!(
            "The service runs since {} (process {pid}, version {version})",
            time(service.since)
        ),
        ServiceState::Hangs => format!(
            "The service (process {pid}, version {version}) has given no sign of life since {}",
            time(service.seen)
        ),
        ServiceState::Stopped if service.once => format!(
            "No service runs; a single run ended {} (version {version})",
            time(service.stopped)
        ),
        ServiceState::Stopped => format!(
            "The service does not run; it was stopped {} (version {version})",
            time(service.stopped)
        ),
        ServiceState::Killed => format!(
            "The service does not run; its last sign of life was {}, and it was not stopped",
            time(service.seen)
        ),
        ServiceState::NeverRun => "The service has never run here".into(),
        ServiceState::Unknown => "Whether the service runs cannot be seen by this user".into(),
    }
}

fn print_problems(view: &StatusView, most: usize) -> anyhow::Result<()> {
    if view.problems.is_empty() {
        return Ok(());
    }
    output::line("")?;
    for problem in view.problems.iter().take(most) {
        let room = " ".repeat(10_usize.saturating_sub(problem.severity.as_str().len()));
        output::line(&format!(
            "  {}{room}{}",
            severity(problem.severity),
            one_paragraph(&problem.message, 12)
        ))?;
        if let Some(hint) = &problem.hint {
            let hint = format!("help: {hint}");
            output::line(&format!("            {}", one_paragraph(&hint, 12)))?;
        }
    }
    let left = view.problems.len().saturating_sub(most);
    if left > 0 {
        output::line(&format!(
            "  ... and {left} more: newswatch status --failing"
        ))?;
    }
    Ok(())
}

fn severity(severity: Severity) -> String {
    let tone = match severity {
        Severity::Ok => Tone::Good,
        Severity::Warning | Severity::Unknown => Tone::Doubtful,
        Severity::Critical => Tone::Bad,
    };
    toned(severity.as_str(), tone)
}

fn print_feeds(view: &StatusView, lists_all: bool) -> anyhow::Result<()> {
    output::line(&format!("\nFeeds ({})", view.feeds.len()))?;
    let folds = !lists_all && view.feeds.len() > LISTED_FEEDS;
    let runs = view.service.state == ServiceState::Running;
    let is_calm = |feed: &&FeedView| matches!(feed.state, "ok" | "new") && !feed.overdue;
    let most = if folds { LISTED_FEEDS } else { usize::MAX };
    let listed = view.feeds.iter().filter(|feed| !folds || !is_calm(feed));
    for feed in listed.take(most) {
        print_feed(feed, runs)?;
    }
    if !folds {
        return Ok(());
    }
    let others = view.feeds.iter().filter(|feed| !is_calm(feed)).count();
    if let Some(left) = others.checked_sub(most).filter(|left| *left > 0) {
        output::line(&format!(
            "  ... and {left} more of these: newswatch status --failing"
        ))?;
    }
    for (state, what) in [("new", "not polled yet"), ("ok", "more")] {
        let calm = view.feeds.iter().filter(is_calm);
        let count = calm.filter(|feed| feed.state == state).count();
        if count > 0 {
            output::line(&format!(
                "  {} {count} {what}; each of them: newswatch status --all",
                toned_state(state, 8)
            ))?;
        }
    }
    Ok(())
}

pub(super) fn print_feed(feed: &FeedView, runs: bool) -> anyhow::Result<()> {
    let name = feed.name.as_ref();
    let name = name.map(|name| format!("  ({name})")).unwrap_or_default();
    let word = if feed.overdue && runs && feed.state == "ok" {
        "late"
    } else {
        feed.state
    };
    let named = one_paragraph(&format!("{}{name}", feed.url), 11);
    output::line(&format!("  {} {named}", toned_state(word, 8)))?;
    let detail = |text: String| output::line(&format!("           {}", one_paragraph(&text, 11)));
    detail(format!(
        "{}, {}, {}",
        feed.last_success.map_or_else(
            || "never read".into(),
            |_| format!("read {}", shown_age(feed.last_success))
        ),
        next_poll(feed, runs),
        counted(feed.entries as usize, "entry", "entries")
    ))?;
    if feed.fetch_url != feed.url {
        let how = if feed.found {
            "a web page; its feed was found at"
        } else {
            "has moved for good to"
        };
        detail(format!("{how} {}", feed.fetch_url))?;
    }
    if let Some(paused) = &feed.paused {
        let since = output::time(paused.at);
        detail(format!("paused by {} {since}: {}", paused.by, paused.why))?;
    }
    if let Some(error) = &feed.error {
        detail(format!(
            "failing since {} ({}): {error}",
            shown_time(feed.failing_since),
            counted(feed.failures as usize, "poll", "polls")
        ))?;
    }
    if let Some(problem) = &feed.page_problem {
        detail(format!(
            "article pages not used since {}: {problem}",
            shown_time(feed.pages_failing_since)
        ))?;
    }
    if let Some(gap) = feed.gap {
        detail(format!(
            "entries may have been missed between {} and {}",
            shown_time(Some(gap.from)),
            shown_time(Some(gap.until))
        ))?;
    }
    for repair in &feed.repairs {
        detail(format!("mended: {repair}"))?;
    }
    print_polls(feed.polls.as_deref().unwrap_or_default())
}

/// The polls of a feed, a line a day; days before its first poll are left out.
fn print_polls(days: &[PollDay]) -> anyhow::Result<()> {
    let first = days.iter().position(|day| day.polls > 0);
    let Some(days) = first.and_then(|first| days.get(first..)) else {
        return Ok(());
    };
    for day in days {
        let failed = match day.failed {
            0 => String::new(),
            failed => format!("{failed} failed"),
        };
        let line = format!(
            "           {}  {:>5} {}  {:>5} {:<11}  {failed}",
            day.date.strftime("%a %d %b"),
            day.polls,
            if day.polls == 1 { "poll " } else { "polls" },
            day.new_entries,
            if day.new_entries == 1 {
                "new entry"
            } else {
                "new entries"
            },
        );
        output::line(line.trim_end())?;
    }
    Ok(())
}

/// When a feed is polled next; a time that has passed is said to have.
fn next_poll(feed: &FeedView, runs: bool) -> String {
    let now = Clock::system().now();
    match feed.next_poll {
        None if feed.paused.is_some() => "not polled while it is paused".into(),
        None if feed.state == "new" => "not polled yet".into(),
        None => "never polled again".into(),
        Some(at) if at > now => format!("next poll {}", from_now(at, now)),
        Some(_) if !runs => "to be polled as soon as newswatch runs".into(),
        Some(at) if feed.overdue => format!("should have been polled {}", from_now(at, now)),
        Some(_) => "being polled now".into(),
    }
}

/// What helps stands with the problems already, unless channels are shown alone.
fn print_channels(view: &StatusView, with_help: bool) -> anyhow::Result<()> {
    output::line(&format!("\nChannels ({})", view.channels.len()))?;
    for channel in &view.channels {
        print_channel(channel, with_help)?;
    }
    Ok(())
}

pub(super) fn print_channel(channel: &ChannelView, with_help: bool) -> anyhow::Result<()> {
    let detail =
        |text: String| output::line(&format!("                {}", one_paragraph(&text, 16)));
    let text = format!(
        "{}: {} delivered, {} waiting, {} held, {} given up, last success {}",
        channel.name,
        channel.delivered,
        channel.waiting,
        channel.held,
        channel.abandoned,
        shown_age(channel.last_success)
    );
    output::line(&format!(
        "  {} {}",
        toned_state(channel.state, 13),
        one_paragraph(&text, 16)
    ))?;
    if let Some(error) = &channel.error {
        let since = match channel.failing_since {
            Some(since) => format!("since {}: ", output::time(since)),
            None => String::new(),
        };
        detail(format!("{since}{error}"))?;
    }
    if let Some(error) = &channel.template_error {
        detail(format!("the built-in form is sent: {error}"))?;
    }
    if let Some(hint) = channel.hint.as_ref().filter(|_| with_help) {
        detail(format!("help: {hint}"))?;
    }
    if let Some(until) = channel.not_before {
        let now = Clock::system().now();
        if until > now {
            detail(format!("nothing is sent before {}", output::time(until)))?;
        }
    }
    Ok(())
}

fn print_counts(counts: &Counts) -> anyhow::Result<()> {
    let unreached = match (counts.alerts_waiting, counts.alerts_lost) {
        (0, 0) => String::new(),
        (1, 0) => "; 1 alert has reached nobody yet".to_owned(),
        (waiting, 0) => format!("; {waiting} alerts have reached nobody yet"),
        (0, 1) => "; 1 alert was given up and reached nobody".to_owned(),
        (0, lost) => format!("; {lost} alerts were given up and reached nobody"),
        (waiting, lost) => format!("; reached nobody: {waiting} waiting, {lost} given up"),
    };
    let number =
        |count: u64, one, many| counted(usize::try_from(count).unwrap_or(usize::MAX), one, many);
    output::line(&format!(
        "\n{} taken in, {} of them under way\n{} = {} + {} held{unreached}\n\
         {} to people = {} delivered + {} waiting + {} held + {} given up",
        number(counts.entries, "entry", "entries"),
        counts.entries_waiting,
        number(counts.matches, "match", "matches"),
        number(counts.alerts, "alert", "alerts"),
        counts.held,
        number(counts.legs, "way of an alert", "ways of alerts"),
        counts.delivered,
        counts.waiting,
        counts.legs_held,
        counts.abandoned
    ))
}

/// A state in the colour of what it means, with room for the longest.
fn toned_state(state: &str, width: usize) -> String {
    let tone = match state {
        "ok" | "new" => Tone::Good,
        "paused" | "gone" | "late" => Tone::Doubtful,
        _ => Tone::Bad,
    };
    let room = " ".repeat(width.saturating_sub(state.chars().count()));
    format!("{}{room}", toned(state, tone))
}

fn shown_time(at: Option<Timestamp>) -> String {
    at.map_or_else(|| "never".to_owned(), output::time)
}

fn shown_age(at: Option<Timestamp>) -> String {
    at.map_or_else(
        || "never".to_owned(),
        |at| from_now(at, Clock::system().now()),
    )
}
