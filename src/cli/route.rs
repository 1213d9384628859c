//! `newswatch route test`: which way an alert takes.

use clap::{Args, Subcommand};

use super::loading::{load, places_of};
use super::{ConfigArg, Outcome, output};
use crate::alerting::{Routed, destinations, fitting};
use crate::clock::Clock;
use crate::domain::{Feed, Priority, Timestamp};

/// What `route` can do.
#[derive(Debug, Subcommand)]
pub(super) enum Route {
    /// Show where an alert would go
    Test(Test),
}

/// Arguments of `route test`.
#[derive(Debug, Args)]
pub(super) struct Test {
    #[command(flatten)]
    config: ConfigArg,
    /// The watch of the alert
    #[arg(long, value_name = "NAME")]
    watch: String,
    /// The feed of its article: name or address
    #[arg(long, value_name = "FEED")]
    feed: Option<String>,
    /// The language of its article
    #[arg(long, value_name = "TAG")]
    lang: Option<String>,
    /// Its priority [default: that of the watch]
    #[arg(long, value_parser = ["low", "normal", "high"])]
    priority: Option<String>,
    /// When it is raised [default: now]
    #[arg(long, value_name = "TIME")]
    at: Option<Timestamp>,
    /// Print an object instead
    #[arg(long)]
    json: bool,
}

impl Route {
    pub(super) fn run(self) -> anyhow::Result<Outcome> {
        match self {
            Self::Test(test) => test.run(),
        }
    }
}

impl Test {
    fn run(self) -> anyhow::Result<Outcome> {
        let config = load(&self.config.path)?;
        let place = places_of(&config, Some(&self.watch))?;
        let Some(watch) = place.first().and_then(|place| config.watches.get(*place)) else {
            return Ok(Outcome::No);
        };
        let feed = match &self.feed {
            None => None,
            Some(name) => Some(feed_of(&config.feeds, name)?),
        };
        let priority = self.priority.as_deref().and_then(Priority::named);
        let priority = priority.unwrap_or(watch.priority);
        let asked = Routed {
            watch,
            feed,
            feed_title: None,
            language: self.lang.as_deref(),
            priority,
        };
        let at = self.at.unwrap_or_else(|| Clock::system().now());
        let taken: Vec<usize> = fitting(&asked, &config.routes, at)
            .into_iter()
            .map(|place| place + 1)
            .collect();
        let to = destinations(&asked, &config.routes, at);
        let mut channels: Vec<&str> = to.iter().map(|to| to.channel.0.as_str()).collect();
        channels.dedup();
        if self.json {
            let value =
                serde_json::json!({ "watch": watch.name.0, "routes": taken, "channels": channels });
            output::line(&value.to_string())?;
            return Ok(Outcome::Done);
        }
        let own: Vec<&str> = watch
            .notify
            .iter()
            .map(|to| to.channel.0.as_str())
            .collect();
        output::line(&format!("notify of the watch: {}", named(&own)))?;
        for number in &taken {
            let route = config.routes.get(number - 1);
            let names: Vec<&str> = route
                .iter()
                .flat_map(|route| &route.notify)
                .map(|to| to.channel.0.as_str())
                .collect();
            output::line(&format!("route {number}: {}", named(&names)))?;
        }
        output::line(&format!("goes to: {}", named(&channels)))?;
        Ok(Outcome::Done)
    }
}

fn named(names: &[&str]) -> String {
    let mut once: Vec<&str> = Vec::new();
    for name in names {
        if !once.contains(name) {
            once.push(name);
        }
    }
    if once.is_empty() {
        "no channel".to_owned()
    } else {
        once.join(", ")
    }
}

fn feed_of<'a>(feeds: &'a [Feed], name: &str) -> anyhow::Result<&'a Feed> {
    let is_it = |feed: &&Feed| feed.name.as_deref() == Some(name) || feed.url.as_str() == name;
    feeds
        .iter()
        .find(is_it)
        .ok_or_else(|| anyhow::anyhow!("there is no feed \"{name}\""))
}
