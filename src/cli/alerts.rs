//! `newswatch alerts`: what was raised, sent, held and why, given up; and sending it again.

use clap::builder::PossibleValuesParser;
use clap::{Args, Subcommand};

use super::loading::{known_channel, one_paragraph, places_of, whoever};
use super::output::{Tone, counted, toned};
use super::since::{Since, since};
use super::status::{open, open_store};
use super::{ConfigArg, Outcome, output};
use crate::channel::ChannelSettings;
use crate::clock::Clock;
use crate::config::Config;
use crate::domain::{ChannelName, WatchName};
use crate::ops::alerts::{
    self, AlertPage, AlertQuery, AlertView, AlertWord, AttemptView, DeliveryView, HeldView,
    ListedView, VersionView,
};
use crate::store::{ListCursor, RetrySelection};

/// What `alerts` can do.
#[derive(Debug, Subcommand)]
pub(super) enum Alerts {
    /// List alerts and held matches, the newest last
    List(List),
    /// Show one alert with every try to deliver it
    Show(Show),
    /// Send again what was given up, held or waits, by id, watch, channel or time; or elsewhere
    Retry(Retry),
    /// Acknowledge an alert: nobody else is told of it
    Ack(Ack),
}

/// Arguments of `alerts ack`.
#[derive(Debug, Args)]
pub(super) struct Ack {
    /// The id of the alert, or its beginning
    id: String,
    #[command(flatten)]
    config: ConfigArg,
    /// Who acknowledges it [default: $USER]
    #[arg(long, value_name = "NAME")]
    by: Option<String>,
}

/// Arguments of `alerts list`.
#[derive(Debug, Args)]
pub(super) struct List {
    #[command(flatten)]
    config: ConfigArg,
    /// Only those of this watch
    #[arg(long)]
    watch: Option<String>,
    /// Only those that go to this channel
    #[arg(long)]
    channel: Option<String>,
    /// Only those of which a delivery stands so: raised, waiting, delivered, abandoned (given up); or held
    #[arg(long, value_parser = PossibleValuesParser::new(AlertWord::ALL.map(AlertWord::as_str)))]
    state: Option<String>,
    /// Only those whose title, sentence, terms or watch holds this text
    #[arg(long)]
    text: Option<String>,
    /// Only those since this time (2026-11-23T08:00:00Z) or age (36h, 7d)
    #[arg(long, value_parser = since)]
    since: Option<Since>,
    /// Only those before this time or age
    #[arg(long, value_parser = since)]
    until: Option<Since>,
    /// Show the held matches too, each with the alert that covers it
    #[arg(long)]
    held: bool,
    /// At most this many, the newest
    #[arg(long, default_value_t = 50)]
    limit: usize,
    /// Those that follow a list that was cut, as it says at its end
    #[arg(long, value_name = "CURSOR", value_parser = cursor)]
    after: Option<ListCursor>,
    /// Print an object a line instead, the held matches too
    #[arg(long)]
    json: bool,
}

fn cursor(text: &str) -> Result<ListCursor, String> {
    text.parse()
        .map_err(|()| "write what the list before said at its end".into())
}

/// Arguments of `alerts show`.
#[derive(Debug, Args)]
pub(super) struct Show {
    /// The id of an alert or a delivery, or its beginning
    id: String,
    #[command(flatten)]
    config: ConfigArg,
    /// Print an object a line instead
    #[arg(long)]
    json: bool,
}

/// Arguments of `alerts retry`.
#[derive(Debug, Args)]
pub(super) struct Retry {
    /// The id of an alert or a delivery, or its beginning; one that was sent is sent once more
    #[arg(required_unless_present_any = ["watch", "channel", "since"])]
    id: Option<String>,
    #[command(flatten)]
    config: ConfigArg,
    /// Those of this watch
    #[arg(long)]
    watch: Option<String>,
    /// Those of this channel
    #[arg(long)]
    channel: Option<String>,
    /// Those since this time or age
    #[arg(long, value_parser = since)]
    since: Option<Since>,
    /// Send them to this channel instead
    #[arg(long, value_name = "CHANNEL")]
    to: Option<String>,
}

impl Alerts {
    pub(super) async fn run(self) -> anyhow::Result<Outcome> {
        match self {
            Self::List(list) => list.run().await,
            Self::Show(show) => show.run().await,
            Self::Retry(retry) => retry.run().await,
            Self::Ack(ack) => ack.run().await,
        }
    }
}

impl List {
    async fn run(self) -> anyhow::Result<Outcome> {
        let (store, config) = open(&self.config).await?;
        let word = self.state.as_deref();
        let query = AlertQuery {
            watch: self.watch.map(WatchName),
            channel: self.channel.map(ChannelName),
            state: AlertWord::ALL
                .into_iter()
                .find(|known| Some(known.as_str()) == word),
            text: self.text,
            since: self.since.map(Since::at),
            until: self.until.map(Since::at),
            with_held: self.held || self.json,
            limit: self.limit,
            after: self.after,
        };
        let page = alerts::list(&store, &query).await?;
        if page.items.is_empty() {
            // What the store knows of is listed, whether it stands in the configuration or not.
            let watch = query.watch.as_ref().map(|name| name.0.as_str());
            let channel = query.channel.as_ref().map(|name| name.0.as_str());
            ensure_known(&config, watch, channel)?;
        }
        for item in page.items.iter().rev() {
            if self.json {
                output::json(item)?;
            } else {
                output::line(&item_text(item))?;
            }
        }
        tell_of_more(&page, self.json)?;
        Ok(Outcome::Done)
    }
}

/// Says what the list leaves out: on standard error beside JSON.
fn tell_of_more(page: &AlertPage, is_json: bool) -> anyhow::Result<()> {
    let mut words = Vec::new();
    if page.items.is_empty() && !is_json {
        words.push("There are no alerts like that.".to_owned());
    }
    if let Some(next) = page.next {
        let shown = u64::try_from(page.items.len()).unwrap_or(u64::MAX);
        let older = match page.total {
            Some(total) => format!("These are the newest {shown} of {total}"),
            None => format!("These are the newest {shown}; there may be more"),
        };
        words.push(format!("{older}. The next ones: --after {next}"));
    }
    if page.held_unlisted > 0 && !is_json {
        let matches = match page.held_unlisted {
            1 => "1 match is held and not shown".to_owned(),
            many => format!("{many} matches are held and not shown"),
        };
        words.push(format!("{matches}: --held"));
    }
    for line in words {
        if is_json {
            output::complain(&line);
        } else {
            output::line(&one_paragraph(&line, 0))?;
        }
    }
    Ok(())
}

/// Refuses names that do not stand in the configuration.
fn ensure_known(config: &Config, watch: Option<&str>, channel: Option<&str>) -> anyhow::Result<()> {
    places_of(config, watch)?;
    known_channel(config, channel)
}

impl Show {
    async fn run(self) -> anyhow::Result<Outcome> {
        let store = open_store(&self.config).await?;
        let found = alerts::show(&store, &self.id).await?;
        if found.is_empty() {
            anyhow::bail!(
                "there is no alert, held match or delivery whose id begins with \"{}\"; their ids: newswatch alerts list",
                self.id
            );
        }
        for item in &found {
            if self.json {
                output::json(item)?;
                continue;
            }
            match item {
                ListedView::Raised(alert) => output::line(&alert_in_full(alert))?,
                ListedView::Held(_) => output::line(&item_text(item))?,
            }
        }
        Ok(Outcome::Done)
    }
}

impl Retry {
    async fn run(self) -> anyhow::Result<Outcome> {
        let (store, config) = open(&self.config).await?;
        let (watch, channel) = (self.watch.clone(), self.channel.clone());
        let selection = RetrySelection {
            id: self.id,
            watch: self.watch.map(WatchName),
            channel: self.channel.map(ChannelName),
            since: self.since.map(Since::at),
        };
        let now = Clock::system().now();
        let chosen = match &self.to {
            None => store.retry(selection, now).await?,
            Some(to) => {
                ensure_known(&config, None, Some(to))?;
                let channels = config.channels.iter();
                let to = channels
                    .filter(|channel| channel.name.0 == *to)
                    .flat_map(ChannelSettings::destinations)
                    .collect();
                store.move_to(selection, to, now).await?
            }
        };
        if chosen == 0 {
            ensure_known(&config, watch.as_deref(), channel.as_deref())?;
        }
        let chosen_in_words = counted(chosen, "delivery is", "deliveries are");
        output::line(&format!("{chosen_in_words} due now"))?;
        Ok(if chosen == 0 {
            Outcome::No
        } else {
            Outcome::Done
        })
    }
}

impl Ack {
    async fn run(self) -> anyhow::Result<Outcome> {
        let store = open_store(&self.config).await?;
        let now = Clock::system().now();
        let by = self.by.unwrap_or_else(whoever);
        let (alerts, held) = store.acknowledge(&self.id, &by, now).await?;
        if alerts == 0 {
            anyhow::bail!(
                "there is no alert whose id begins with \"{}\"; their ids: newswatch alerts list",
                self.id
            );
        }
        output::line(&format!(
            "{} acknowledged; {} not be told",
            counted(alerts, "alert is", "alerts are"),
            counted(held, "other receiver will", "other receivers will")
        ))?;
        Ok(Outcome::Done)
    }
}

fn item_text(item: &ListedView) -> String {
    match item {
        ListedView::Raised(alert) => alert_text(alert),
        ListedView::Held(held) => held_text(held),
    }
}

fn alert_text(alert: &AlertView) -> String {
    let word = match alert.outcome() {
        AlertWord::Abandoned => toned("given up", Tone::Bad),
        AlertWord::Waiting => toned("waiting", Tone::Doubtful),
        AlertWord::Delivered => toned("delivered", Tone::Good),
        AlertWord::Held | AlertWord::Raised => toned("goes to no channel", Tone::Doubtful),
    };
    let mut lines = vec![
        format!("{}  {}  {word}", output::time(alert.at), alert.facts.id),
        paragraph(&format!("[{}] {}", alert.facts.watch, alert.facts.title)),
    ];
    lines.extend(alert.facts.url.iter().map(|url| format!("    {url}")));
    lines.extend(
        alert
            .deliveries()
            .iter()
            .map(|delivery| paragraph(&delivery_text(delivery))),
    );
    lines.join("\n")
}

fn held_text(held: &HeldView) -> String {
    let mut lines = vec![
        format!(
            "{}  {}  {}",
            output::time(held.at),
            held.id,
            toned("held", Tone::Doubtful)
        ),
        paragraph(&format!("[{}] {}", held.watch, held.title)),
    ];
    lines.extend(held.url.iter().map(|url| format!("    {url}")));
    lines.push(paragraph(&held.explanation));
    lines.join("\n")
}

/// Lines that are set in by four.
fn paragraph(text: &str) -> String {
    format!("    {}", one_paragraph(text, 4))
}

fn alert_in_full(alert: &AlertView) -> String {
    let field = |name: &str, text: &str| format!("  {name:<10} {}", one_paragraph(text, 13));
    let mut lines = vec![
        format!("{}  {}", alert.facts.id, output::time(alert.at)),
        field("watch", &alert.facts.watch),
        field("terms", &alert.facts.terms.join(", ")),
        field("title", &alert.facts.title),
        field("sentence", &alert.facts.excerpt),
        field("feeds", &alert.facts.feeds.join(", ")),
    ];
    lines.extend(
        alert
            .facts
            .url
            .iter()
            .map(|url| format!("  {:<10} {url}", "url")),
    );
    if let Some(published) = &alert.facts.published {
        lines.push(field("published", published));
    }
    if let Some(Some(problem)) = &alert.page_problem {
        lines.push(field("text", &format!("not the whole article: {problem}")));
    }
    for delivery in alert.deliveries() {
        let id = delivery.id.as_deref().unwrap_or("not gathered yet");
        lines.push(format!("  {id}"));
        lines.push(paragraph(&format!(
            "{}, {}",
            delivery_text(delivery),
            counted(
                usize::try_from(delivery.tries).unwrap_or_default(),
                "try",
                "tries"
            )
        )));
        lines.extend(delivery.attempts.iter().flatten().map(attempt_text));
    }
    let versions = alert.versions.iter().flatten();
    let changed = versions.filter(|version| !version.kinds.is_empty());
    lines.extend(changed.flat_map(version_text));
    lines.join("\n")
}

/// What has changed in the article, and who was told.
fn version_text(version: &VersionView) -> Vec<String> {
    let mut lines = vec![format!(
        "  changed {}: {}",
        output::time(version.at),
        version.kinds.join(", ")
    )];
    if version.kinds.iter().any(|kind| kind == "headline") {
        lines.push(paragraph(&format!("headline: {}", version.title)));
    }
    for change in &version.changes {
        let said = [("before", &change.before), ("now", &change.after)];
        let said = said.into_iter().filter(|(_, text)| !text.is_empty());
        lines.extend(said.map(|(name, text)| paragraph(&format!("{name}: {text}"))));
    }
    lines.extend(version.updates.iter().map(|update| {
        let to = match &update.recipient {
            Some(recipient) => format!("{} ({recipient})", update.channel),
            None => update.channel.clone(),
        };
        let word = match update.state {
            "abandoned" => "given up",
            word => word,
        };
        paragraph(&format!(
            "{to}: {word} {}, {}",
            output::time(update.at),
            update.id
        ))
    }));
    lines
}

fn delivery_text(delivery: &DeliveryView) -> String {
    let to = match &delivery.recipient {
        Some(recipient) => format!("{} ({recipient})", delivery.channel),
        None => delivery.channel.clone(),
    };
    let at = output::time(delivery.at);
    let reason = delivery
        .reason
        .as_ref()
        .map(|reason| format!(": {reason}"))
        .unwrap_or_default();
    if let Some(explanation) = &delivery.explanation {
        let word = if delivery.state == "held" {
            "held"
        } else {
            "waiting"
        };
        return format!("{to}: {word}: {explanation}");
    }
    match delivery.state {
        "delivered" => format!("{to}: delivered {at}"),
        "abandoned" => format!("{to}: given up {at}{reason}"),
        _ => format!("{to}: waiting, next try {at}{reason}"),
    }
}

fn attempt_text(attempt: &AttemptView) -> String {
    let reason = attempt
        .reason
        .as_ref()
        .or(attempt.answer.as_ref())
        .map(|reason| format!(": {reason}"))
        .unwrap_or_default();
    let text = format!("{} {}{reason}", output::time(attempt.at), attempt.outcome);
    format!("      {}", one_paragraph(&text, 6))
}
