//! `newswatch watch`: the watches as they are written, and what they found; and those that are added outside the file.

use clap::{Args, Subcommand};
use serde::Serialize;

use super::loading::{load, one_paragraph, places_of};
use super::managed::{self, Named, WatchKeys};
use super::output::{Tone, counted, span, toned};
use super::status::store_of;
use super::{ConfigArg, Outcome, output};
use crate::clock::Clock;
use crate::config::{Config, ManagedKind};
use crate::domain::Timestamp;
use crate::ops::watch_list::{self, AlertRow, FoundDay, Senses, SensesSeen, WatchView, add_counts};
use crate::store::Store;

/// What `watch` can do.
#[derive(Debug, Subcommand)]
pub(super) enum Watch {
    /// List the watches: what they look for, how they stand, how many alerts they raised
    List(List),
    /// Show one watch: its newest alerts, its days, and what its abbreviations stood for
    Show(Show),
    /// Add a watch outside the file, checked with it
    Add(managed::Add<WatchKeys>),
    /// Change a watch that was added so
    Edit(managed::Edit<WatchKeys>),
    /// Take out a watch that was added so
    Remove(Named),
}

/// Arguments of `watch list`.
#[derive(Debug, Args)]
pub(super) struct List {
    #[command(flatten)]
    config: ConfigArg,
    /// Print an object a line instead
    #[arg(long)]
    json: bool,
}

/// Arguments of `watch show`.
#[derive(Debug, Args)]
pub(super) struct Show {
    /// The name of the watch
    name: String,
    #[command(flatten)]
    config: ConfigArg,
    /// Print an object instead
    #[arg(long)]
    json: bool,
}

/// A watch with all that is shown of it.
#[derive(Debug, Serialize)]
struct Shown {
    #[serde(flatten)]
    watch: WatchView,
    newest: Vec<AlertRow>,
    days: Vec<FoundDay>,
    senses: Option<SensesSeen>,
}

impl Watch {
    pub(super) async fn run(self) -> anyhow::Result<Outcome> {
        match self {
            Self::List(list) => list.run().await,
            Self::Show(show) => show.run().await,
            Self::Add(add) => add.run(ManagedKind::Watch),
            Self::Edit(edit) => edit.run(ManagedKind::Watch),
            Self::Remove(named) => named.remove(ManagedKind::Watch),
        }
    }
}

impl List {
    async fn run(self) -> anyhow::Result<Outcome> {
        let config = load(&self.config.path)?;
        let mut views = views(&config, &places_of(&config, None)?);
        if let Some(store) = store_of(&config).await? {
            add_counts(&store, &mut views, Clock::system().now()).await?;
        }
        let none = "there are no watches in the configuration";
        output::list(&views, self.json, none, |view| output::line(&text_of(view)))?;
        Ok(Outcome::Done)
    }
}

impl Show {
    async fn run(self) -> anyhow::Result<Outcome> {
        let config = load(&self.config.path)?;
        let places = places_of(&config, Some(&self.name))?;
        let mut views = views(&config, &places);
        let store = store_of(&config).await?;
        let now = Clock::system().now();
        if let Some(store) = &store {
            add_counts(store, &mut views, now).await?;
        }
        let (Some(place), Some(view)) = (places.first(), views.pop()) else {
            return Ok(Outcome::No);
        };
        let shown = shown(&config, *place, view, store.as_ref(), now).await?;
        if self.json {
            output::json(&shown)?;
        } else {
            print(&shown)?;
        }
        Ok(Outcome::Done)
    }
}

fn views(config: &Config, places: &[usize]) -> Vec<WatchView> {
    let of = |place: &usize| {
        let (watch, source) = (config.watches.get(*place)?, config.sources.get(*place)?);
        Some(WatchView::of(
            watch,
            source,
            config.watch_places.get(*place),
        ))
    };
    places.iter().filter_map(of).collect()
}

async fn shown(
    config: &Config,
    place: usize,
    view: WatchView,
    store: Option<&Store>,
    now: Timestamp,
) -> anyhow::Result<Shown> {
    let mut shown = Shown {
        watch: view,
        newest: Vec::new(),
        days: Vec::new(),
        senses: None,
    };
    let found = (config.watches.get(place), config.sources.get(place), store);
    let (Some(watch), Some(source), Some(store)) = found else {
        return Ok(shown);
    };
    shown.newest = watch_list::newest(store, watch).await?;
    shown.days = watch_list::days(store, watch, &config.zone, now).await?;
    // The query was read with the configuration: it has no mistakes.
    let senses = Senses::new(watch, source, &config.aliases, &config.feeds);
    if let Ok(Some(senses)) = senses {
        shown.senses = Some(senses.run(store, Timestamp::MIN).await?);
    }
    Ok(shown)
}

fn paragraph(text: &str) -> String {
    format!("  {}", one_paragraph(text, 4))
}

fn text_of(view: &WatchView) -> String {
    let tone = match view.state {
        "paused" => Tone::Doubtful,
        _ => Tone::Good,
    };
    let mut lines = vec![format!("{}: {}", view.name, toned(view.state, tone))];
    lines.extend(view.query.iter().map(|query| paragraph(query)));
    lines.extend(view.terms.iter().map(|terms| paragraph(&terms.join(" · "))));
    let mut how = vec![
        format!("priority {}", view.priority),
        format!("one alert a {}", view.per),
        format!("spike {}", view.spike),
    ];
    how.extend(view.cooldown_s.map(|it| format!("cooldown {}", span(it))));
    lines.push(paragraph(&how.join(", ")));
    let listed = |names: &[String], none: &str| match names {
        [] => none.to_owned(),
        names => names.join(", "),
    };
    lines.push(paragraph(&format!(
        "feeds: {}; channels: {}",
        listed(&view.feeds, "all"),
        listed(&view.channels, "none")
    )));
    lines.extend(view.alerts.map(|alerts| {
        paragraph(&format!(
            "alerts: {} in 24 h, {} in 7 days, {} in 30 days",
            alerts.day, alerts.week, alerts.month
        ))
    }));
    lines.join("\n")
}

fn print(shown: &Shown) -> anyhow::Result<()> {
    output::line(&text_of(&shown.watch))?;
    if let Some(place) = &shown.watch.place {
        output::line(&format!("  written in {place}"))?;
    }
    if shown.watch.alerts.is_none() {
        return output::line("\nNothing has ever run with this configuration");
    }
    output::line("\nNewest alerts")?;
    for alert in &shown.newest {
        let line = format!("{}  {}", output::time(alert.at), alert.title);
        output::line(&paragraph(&line))?;
    }
    if shown.newest.is_empty() {
        output::line("  none yet")?;
    }
    print_days(&shown.days)?;
    shown.senses.as_ref().map_or(Ok(()), print_senses)
}

fn print_days(days: &[FoundDay]) -> anyhow::Result<()> {
    if days.is_empty() {
        return Ok(());
    }
    output::line("\nStories a day")?;
    for day in days {
        let expected = day.expected.map_or_else(
            || "too few days for an expectation".to_owned(),
            |expected| format!("{expected:.1} expected"),
        );
        let spike = if day.spike { "  spike" } else { "" };
        let date = day.date.strftime("%a %d %b");
        output::line(&format!("  {date}  {:>5}  {expected}{spike}", day.stories))?;
    }
    Ok(())
}

fn print_senses(seen: &SensesSeen) -> anyhow::Result<()> {
    let articles = counted(seen.articles, "kept article", "kept articles");
    output::line(&format!(
        "\nSenses in {articles} with its terms, {} of them without a definition",
        seen.unsaid
    ))?;
    for one in &seen.senses {
        let held = if one.held { "held" } else { "meant" };
        let line = format!(
            "{:>5}  {held:<5}  {} = {}",
            one.articles, one.short, one.long
        );
        output::line(&paragraph(&line))?;
    }
    Ok(())
}
