//! `newswatch silence`: alerts that nobody wants for a while.

use clap::{Args, Subcommand};

use super::loading::{known_feed, one_paragraph, places_of, whoever};
use super::output::counted;
use super::since::{Since, since};
use super::status::{open, open_store};
use super::{ConfigArg, Outcome, output};
use crate::clock::Clock;
use crate::domain::{Silence as Silenced, Timestamp, WatchName};
use crate::ops::silences::{SilenceView, preview, report_of};

/// What `silence` can do.
#[derive(Debug, Subcommand)]
pub(super) enum Silence {
    /// Hold alerts by watch, feed, story or text until a time
    Add(Box<Add>),
    /// List the silences that have not ended
    List(List),
    /// End a silence now
    End(End),
}

/// Arguments of `silence add`.
#[derive(Debug, Args)]
#[command(group = clap::ArgGroup::new("matcher").required(true).multiple(true))]
pub(super) struct Add {
    #[command(flatten)]
    config: ConfigArg,
    /// Alerts of this watch
    #[arg(long, group = "matcher", value_name = "NAME")]
    watch: Option<String>,
    /// Alerts from this feed: its name, its address, or tag:NAME
    #[arg(long, group = "matcher", value_name = "FEED")]
    feed: Option<String>,
    /// Alerts of the story of this alert, by its id or address
    #[arg(long, group = "matcher", value_name = "ID-OR-URL")]
    story: Option<String>,
    /// Alerts with this in the headline or the text
    #[arg(long, group = "matcher")]
    text: Option<String>,
    /// How long: 2h, 3d
    #[arg(long = "for", value_name = "DURATION", value_parser = since, conflicts_with = "until", required_unless_present = "until")]
    length: Option<Since>,
    /// Until when: 2026-11-27T08:00:00Z
    #[arg(long, value_name = "TIME")]
    until: Option<Timestamp>,
    /// From when: 2026-11-26T22:00:00Z [default: now]
    #[arg(long, value_name = "TIME")]
    from: Option<Timestamp>,
    /// Why
    #[arg(long, alias = "comment")]
    reason: String,
    /// Who wants it [default: $USER]
    #[arg(long, value_name = "NAME")]
    author: Option<String>,
}

/// Arguments of `silence list`.
#[derive(Debug, Args)]
pub(super) struct List {
    #[command(flatten)]
    config: ConfigArg,
    /// Those that have ended too
    #[arg(long)]
    all: bool,
    /// Print an object a line instead
    #[arg(long)]
    json: bool,
}

/// Arguments of `silence end`.
#[derive(Debug, Args)]
pub(super) struct End {
    /// The number of the silence
    id: i64,
    #[command(flatten)]
    config: ConfigArg,
}

impl Silence {
    pub(super) async fn run(self) -> anyhow::Result<Outcome> {
        match self {
            Self::Add(add) => add.run().await,
            Self::List(list) => list.run().await,
            Self::End(end) => end.run().await,
        }
    }
}

impl Add {
    async fn run(self) -> anyhow::Result<Outcome> {
        let (store, config) = open(&self.config).await?;
        if self.watch.is_some() {
            places_of(&config, self.watch.as_deref())?;
        }
        if let Some(feed) = &self.feed {
            known_feed(&config, feed)?;
        }
        let now = Clock::system().now();
        let from = self.from.unwrap_or(now);
        let until = match (self.until, self.length) {
            (Some(until), _) | (None, Some(Since::At(until))) => until,
            (None, Some(Since::Ago(length))) => from.checked_add(length)?,
            (None, None) => anyhow::bail!("a silence has an end: --for 2h or --until TIME"),
        };
        if until <= from.max(now) {
            let until = output::time(until);
            anyhow::bail!("a silence that ends {until} holds nothing: it would be over already");
        }
        let of_story = match &self.story {
            None => None,
            Some(name) => Some(report_of(&store, name).await?.ok_or_else(|| {
                anyhow::anyhow!(
                    "there is no alert whose id begins with \"{name}\", and none of that address"
                )
            })?),
        };
        let silence = Silenced {
            id: 0,
            watch: self.watch.map(WatchName),
            feed: self.feed,
            story: of_story,
            story_id: None,
            text: self.text,
            author: self.author.unwrap_or_else(whoever),
            reason: self.reason,
            from,
            until,
            held: 0,
        };
        let before = preview(&store, &config.feeds, silence.clone(), now).await?;
        let id = store.add_silence(silence).await?;
        let (from, until) = (output::time(from), output::time(until));
        output::line(&format!("silence {id} from {from} until {until}"))?;
        let alerts = |count| {
            counted(
                usize::try_from(count).unwrap_or(usize::MAX),
                "alert",
                "alerts",
            )
        };
        output::line(&format!(
            "It would have muted {} of {} in the last {} days.",
            before.muted,
            alerts(before.alerts),
            before.days
        ))?;
        Ok(Outcome::Done)
    }
}

impl List {
    async fn run(self) -> anyhow::Result<Outcome> {
        let store = open_store(&self.config).await?;
        let now = Clock::system().now();
        let after = if self.all { Timestamp::UNIX_EPOCH } else { now };
        let silences = store.silences(after).await?;
        if silences.is_empty() && !self.json {
            output::line("There are no silences.")?;
        }
        for silence in silences {
            if self.json {
                let view = SilenceView::of(&silence, now);
                output::json(&view)?;
            } else {
                output::line(&shown(&silence))?;
            }
        }
        Ok(Outcome::Done)
    }
}

fn shown(silence: &Silenced) -> String {
    let mut parts = Vec::new();
    parts.extend(silence.watch.as_ref().map(|watch| format!("watch {watch}")));
    parts.extend(silence.feed.as_ref().map(|feed| format!("feed {feed}")));
    parts.extend(silence.story.map(|story| format!("story {story}")));
    parts.extend(silence.text.as_ref().map(|text| format!("text \"{text}\"")));
    let held = usize::try_from(silence.held).unwrap_or(usize::MAX);
    let text = format!(
        "{}  {}  by {}: {}; {} to {}; holds {}",
        silence.id,
        parts.join(", "),
        silence.author,
        silence.reason,
        output::time(silence.from),
        output::time(silence.until),
        counted(held, "delivery", "deliveries")
    );
    one_paragraph(&text, 4)
}

impl End {
    async fn run(self) -> anyhow::Result<Outcome> {
        let store = open_store(&self.config).await?;
        if store.end_silence(self.id, Clock::system().now()).await? {
            output::line(&format!("silence {} has ended", self.id))?;
            return Ok(Outcome::Done);
        }
        output::complain(&format!(
            "there is no silence {} that has not ended; their numbers: newswatch silence list",
            self.id
        ));
        Ok(Outcome::No)
    }
}
