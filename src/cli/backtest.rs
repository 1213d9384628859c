//! `newswatch backtest`: what watches would have found among the articles that are kept.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use serde_json::{Value, json};

use super::loading::{load, one_paragraph, places_of};
use super::since::{Since, since};
use super::{ConfigArg, Outcome, output};
use crate::config::Config;
use crate::daemon;
use crate::matching::Matcher;
use crate::ops::backtest::{Backtest as Found, Example, Lookback, Tally, WatchTally, backtest};

/// Sources that are shown to people for a watch.
const SHOWN_SOURCES: usize = 5;

/// The widest bar of a day.
const BAR_WIDTH: usize = 40;

/// Arguments of `backtest`.
#[derive(Debug, Args)]
pub(super) struct Backtest {
    #[command(flatten)]
    config: ConfigArg,
    /// Only this watch
    #[arg(long, value_name = "NAME")]
    watch: Option<String>,
    /// Articles since this time (2026-11-23T08:00:00Z) or age (36h, 30d)
    #[arg(long, value_parser = since, default_value = "30d")]
    since: Since,
    /// An older configuration: show what the change adds and removes
    #[arg(long, value_name = "FILE")]
    against: Option<PathBuf>,
    /// Print an object a line instead, for each watch
    #[arg(long)]
    json: bool,
}

impl Backtest {
    pub(super) async fn run(self) -> anyhow::Result<Outcome> {
        let config = load(&self.config.path)?;
        let store = daemon::open_store_beside(&config).await?;
        let name = self.watch.as_deref();
        let older = self.against.as_deref().map(|path| older(path, name));
        let older = older.transpose()?;
        // A watch may be new: then it is only in the present configuration, or only in the older one.
        let places = match places_of(&config, name) {
            Err(_)
                if older
                    .as_ref()
                    .is_some_and(|older| !older.watches.is_empty()) =>
            {
                Vec::new()
            }
            places => places?,
        };
        let look = lookback(config, &places)?;
        let since = self.since.at();
        let total = usize::try_from(store.count_kept(since).await?).unwrap_or_default();
        let bar = output::progress(total);
        let advance = bar.clone();
        let found = backtest(store, look, older, since, move |articles| {
            advance.inc(u64::try_from(articles).unwrap_or_default());
        })
        .await?;
        bar.finish_and_clear();
        if self.json {
            for tally in &found.watches {
                output::line(&as_json(tally, self.against.is_some()).to_string())?;
            }
        } else {
            self.print(&found)?;
        }
        Ok(Outcome::Done)
    }

    fn print(&self, found: &Found) -> anyhow::Result<()> {
        output::line(&output::counted(found.articles, "article", "articles"))?;
        let mut quiet = Vec::new();
        for tally in &found.watches {
            let lines = match &self.against {
                Some(_) => change_lines(tally),
                None => hit_lines(tally),
            };
            if lines.is_empty() {
                quiet.push(tally.watch.as_str());
            } else {
                output::line(&format!("\n{}", lines.join("\n")))?;
            }
        }
        if !quiet.is_empty() {
            let what = match &self.against {
                Some(_) => "Nothing changes for",
                None => "Nothing found by",
            };
            output::line(&format!("\n{what}: {}", quiet.join(", ")))?;
        }
        Ok(())
    }
}

/// The older configuration, of which the watch need not be there.
fn older(path: &Path, name: Option<&str>) -> anyhow::Result<Lookback> {
    let config = load(path)?;
    let places = places_of(&config, name).unwrap_or_default();
    lookback(config, &places)
}

/// The chosen watches; where not all are chosen they are compiled alone, so that the others cost nothing.
fn lookback(config: Config, places: &[usize]) -> anyhow::Result<Lookback> {
    let feeds = config.feeds.into_iter().collect();
    if places.len() == config.watches.len() {
        return Ok(Lookback {
            watches: config.watches,
            matcher: config.matcher,
            feeds,
        });
    }
    let sources: Vec<_> = places
        .iter()
        .filter_map(|place| config.sources.get(*place).cloned())
        .collect();
    let matcher = Matcher::compile(&config.aliases, &sources).map_err(|_| {
        anyhow::anyhow!("a watch that compiles among others does not compile alone")
    })?;
    let watches = places.iter();
    Ok(Lookback {
        watches: watches
            .filter_map(|place| config.watches.get(*place).cloned())
            .collect(),
        matcher: Arc::new(matcher),
        feeds,
    })
}

fn hit_lines(tally: &WatchTally) -> Vec<String> {
    let found = &tally.found;
    if found.hits == 0 {
        return Vec::new();
    }
    let mut lines = vec![format!("{}: {}", tally.watch, counted(found.hits))];
    let most = found.days.values().max().copied().unwrap_or(1);
    for (day, hits) in &found.days {
        let bar = "#".repeat((hits * BAR_WIDTH).div_ceil(most));
        lines.push(format!("  {day}  {hits:>5}  {bar}"));
    }
    let sources: Vec<String> = found
        .top_sources(SHOWN_SOURCES)
        .iter()
        .map(|(source, hits)| format!("{source} {hits}"))
        .collect();
    lines.push(format!("  from {}", sources.join(", ")));
    lines.extend(found.examples.iter().flat_map(|one| example("  ", one)));
    lines
}

fn change_lines(tally: &WatchTally) -> Vec<String> {
    let (added, removed) = (&tally.added, &tally.removed);
    if added.hits == 0 && removed.hits == 0 {
        return Vec::new();
    }
    let mut lines = vec![format!(
        "{}: {}, {} added, {} removed",
        tally.watch,
        counted(tally.found.hits),
        added.hits,
        removed.hits
    )];
    lines.extend(added.examples.iter().flat_map(|one| example("  + ", one)));
    lines.extend(removed.examples.iter().flat_map(|one| example("  - ", one)));
    lines
}

fn counted(hits: usize) -> String {
    output::counted(hits, "hit", "hits")
}

fn example(mark: &str, example: &Example) -> Vec<String> {
    let below = " ".repeat(mark.len());
    let margin = mark.len() + 2;
    let title = format!("{}  {}", output::time(example.at), example.title);
    let mut lines = vec![format!("{mark}{}", one_paragraph(&title, margin))];
    let sentence = format!("“{}”", example.sentence);
    lines.push(format!("{below}  {}", one_paragraph(&sentence, margin)));
    if let Some(url) = &example.url {
        lines.push(format!("{below}  {url}"));
    }
    lines
}

fn as_json(tally: &WatchTally, is_compared: bool) -> Value {
    let mut object = json!({ "watch": tally.watch });
    if let (Value::Object(object), Value::Object(found)) = (&mut object, tally_json(&tally.found)) {
        object.extend(found);
        if is_compared {
            object.insert("added".into(), tally_json(&tally.added));
            object.insert("removed".into(), tally_json(&tally.removed));
        }
    }
    object
}

fn tally_json(tally: &Tally) -> Value {
    let days = tally.days.iter();
    let sources = tally.top_sources(usize::MAX).into_iter();
    let examples = tally.examples.iter();
    json!({
        "hits": tally.hits,
        "days": days
            .map(|(day, hits)| json!({ "day": day.to_string(), "hits": hits }))
            .collect::<Vec<_>>(),
        "sources": sources
            .map(|(source, hits)| json!({ "source": source, "hits": hits }))
            .collect::<Vec<_>>(),
        "examples": examples
            .map(|one| json!({
                "at": one.at.to_string(),
                "title": one.title,
                "url": one.url.as_ref().map(url::Url::as_str),
                "source": one.source,
                "score": one.score,
                "sentence": one.sentence,
            }))
            .collect::<Vec<_>>(),
    })
}
