//! `newswatch alerts`: what was raised, sent, held and why, given up; and sending it again.

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::output::counted;
use super::since::{Since, since};
use super::status::open_store;
use super::{ConfigArg, Outcome, output};
use crate::clock::Clock;
use crate::domain::{Alert, ChannelName, DeliveryState, WatchName};
use crate::store::{
    AlertDetail, AlertFilter, AlertLine, AttemptLine, DeliveryLine, RetrySelection,
};

/// What `alerts` can do.
#[derive(Debug, Subcommand)]
pub(super) enum Alerts {
    /// List alerts and held matches, the newest last
    List(List),
    /// Show one alert with every try to deliver it
    Show(Show),
    /// Send again what was given up or waits, by id, watch, channel or time
    Retry(Retry),
}

/// Arguments of `alerts list`.
#[derive(Debug, Args)]
pub(super) struct List {
    #[command(flatten)]
    config: ConfigArg,
    /// Only those of this watch
    #[arg(long)]
    watch: Option<String>,
    /// Only those since this time (2026-11-23T08:00:00Z) or age (36h, 7d)
    #[arg(long, value_parser = since)]
    since: Option<Since>,
    /// At most this many, the newest
    #[arg(long, default_value_t = 50)]
    limit: u32,
    /// Print an object a line instead
    #[arg(long)]
    json: bool,
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
}

impl Alerts {
    pub(super) async fn run(self) -> anyhow::Result<Outcome> {
        match self {
            Self::List(list) => list.run().await,
            Self::Show(show) => show.run().await,
            Self::Retry(retry) => retry.run().await,
        }
    }
}

impl List {
    async fn run(self) -> anyhow::Result<Outcome> {
        let store = open_store(&self.config).await?;
        let filter = AlertFilter {
            watch: self.watch.map(WatchName),
            since: self.since.map(Since::at),
            limit: self.limit,
        };
        for line in store.alerts(filter).await? {
            if self.json {
                output::line(&line_json(&line).to_string())?;
            } else {
                output::line(&line_text(&line))?;
            }
        }
        Ok(Outcome::Done)
    }
}

impl Show {
    async fn run(self) -> anyhow::Result<Outcome> {
        let store = open_store(&self.config).await?;
        let found = store.alert(&self.id).await?;
        if found.is_empty() {
            anyhow::bail!(
                "there is no alert or delivery whose id begins with \"{}\"",
                self.id
            );
        }
        for detail in found {
            if self.json {
                output::line(&detail_json(&detail).to_string())?;
            } else {
                output::line(&detail_text(&detail))?;
            }
        }
        Ok(Outcome::Done)
    }
}

impl Retry {
    async fn run(self) -> anyhow::Result<Outcome> {
        let store = open_store(&self.config).await?;
        let selection = RetrySelection {
            id: self.id,
            watch: self.watch.map(WatchName),
            channel: self.channel.map(ChannelName),
            since: self.since.map(Since::at),
        };
        let chosen = store.retry(selection, Clock::system().now()).await?;
        let chosen_in_words = counted(chosen, "delivery is", "deliveries are");
        output::line(&format!("{chosen_in_words} due now"))?;
        Ok(if chosen == 0 {
            Outcome::No
        } else {
            Outcome::Done
        })
    }
}

fn line_text(line: &AlertLine) -> String {
    match line {
        AlertLine::Raised { alert, deliveries } => {
            let states: Vec<String> = deliveries
                .iter()
                .map(|delivery| format!("{} {}", delivery.channel, state_word(&delivery.state)))
                .collect();
            format!(
                "{}  {}  [{}] {}\n    {}",
                output::time(alert.raised_at),
                alert.id,
                one_line(&alert.found.watch.0),
                one_line(&alert.title),
                if states.is_empty() {
                    "goes to no channel".to_owned()
                } else {
                    states.join(", ")
                }
            )
        }
        AlertLine::Held {
            watch,
            title,
            reason,
            at,
            ..
        } => format!(
            "{}  held: {reason}  [{}] {}",
            output::time(*at),
            one_line(&watch.0),
            one_line(title)
        ),
    }
}

/// Keeps a feed's text from steering the terminal.
fn one_line(text: &str) -> String {
    crate::render::one_line(text, 2_000)
}

fn state_word(state: &DeliveryState) -> &'static str {
    match state {
        DeliveryState::Waiting { .. } => "waiting",
        DeliveryState::Sent { .. } => "delivered",
        DeliveryState::Abandoned { .. } => "given up",
    }
}

fn detail_text(detail: &AlertDetail) -> String {
    let alert = &detail.alert;
    let mut lines = vec![
        format!("{}  {}", alert.id, output::time(alert.raised_at)),
        format!("  watch      {}", one_line(&alert.found.watch.0)),
        format!("  terms      {}", one_line(&alert.found.terms.join(", "))),
        format!("  title      {}", one_line(&alert.title)),
        format!("  sentence   {}", one_line(&alert.found.sentence)),
        format!("  feeds      {}", one_line(&alert.feeds.join(", "))),
    ];
    if let Some(url) = &alert.url {
        lines.push(format!("  url        {url}"));
    }
    if let Some(published) = alert.published {
        lines.push(format!("  published  {published}"));
    }
    if let Some(problem) = &detail.page_problem {
        let problem = one_line(problem);
        lines.push(format!("  text       not the whole article: {problem}"));
    }
    for (delivery, attempts) in &detail.deliveries {
        lines.push(format!(
            "  {}  {}: {}, {}",
            delivery
                .id
                .as_ref()
                .map_or("not gathered yet", |id| id.0.as_str()),
            destination(delivery),
            state_text(&delivery.state),
            counted(
                usize::try_from(delivery.tries).unwrap_or_default(),
                "try",
                "tries"
            )
        ));
        lines.extend(attempts.iter().map(attempt_text));
    }
    lines.join("\n")
}

fn destination(delivery: &DeliveryLine) -> String {
    match &delivery.recipient {
        Some(recipient) => format!("{} ({recipient})", delivery.channel),
        None => delivery.channel.to_string(),
    }
}

fn state_text(state: &DeliveryState) -> String {
    match state {
        DeliveryState::Waiting { not_before } => {
            format!("waiting, next try {}", output::time(*not_before))
        }
        DeliveryState::Sent { at } => format!("delivered {}", output::time(*at)),
        DeliveryState::Abandoned { at, reason } => {
            format!("given up {}: {}", output::time(*at), one_line(reason))
        }
    }
}

fn attempt_text(attempt: &AttemptLine) -> String {
    let reason = attempt
        .reason
        .as_ref()
        .map(|reason| format!(": {}", one_line(reason)))
        .unwrap_or_default();
    format!(
        "      {} {}{reason}",
        output::time(attempt.at),
        attempt.outcome
    )
}

fn line_json(line: &AlertLine) -> Value {
    match line {
        AlertLine::Raised { alert, deliveries } => {
            let mut value = alert_json(alert);
            if let Some(object) = value.as_object_mut() {
                let deliveries = deliveries.iter().map(delivery_json).collect();
                object.insert("deliveries".into(), Value::Array(deliveries));
            }
            value
        }
        AlertLine::Held {
            watch,
            title,
            sentence,
            reason,
            at,
        } => json!({
            "state": "held",
            "reason": reason.as_str(),
            "detail": reason,
            "watch": watch.0,
            "title": title,
            "excerpt": sentence,
            "at": at.to_string(),
        }),
    }
}

fn alert_json(alert: &Alert) -> Value {
    json!({
        "state": "raised",
        "id": alert.id.0,
        "watch": alert.found.watch.0,
        "priority": alert.priority.as_str(),
        "score": alert.found.score,
        "terms": alert.found.terms,
        "excerpt": alert.found.sentence,
        "title": alert.title,
        "url": alert.url.as_ref().map(url::Url::as_str),
        "source": alert.source,
        "feeds": alert.feeds,
        "published": alert.published.map(|at| at.to_string()),
        "summary_only": alert.summary_only,
        "at": alert.raised_at.to_string(),
    })
}

fn delivery_json(delivery: &DeliveryLine) -> Value {
    let time = match &delivery.state {
        DeliveryState::Waiting { not_before } => not_before,
        DeliveryState::Sent { at } | DeliveryState::Abandoned { at, .. } => at,
    };
    json!({
        "id": delivery.id.as_ref().map(|id| id.0.as_str()),
        "channel": delivery.channel.0,
        "recipient": delivery.recipient,
        "state": match &delivery.state {
            DeliveryState::Waiting { .. } => "waiting",
            DeliveryState::Sent { .. } => "delivered",
            DeliveryState::Abandoned { .. } => "abandoned",
        },
        "at": time.to_string(),
        "tries": delivery.tries,
        "reason": delivery.reason,
    })
}

fn detail_json(detail: &AlertDetail) -> Value {
    let mut value = alert_json(&detail.alert);
    let deliveries = detail
        .deliveries
        .iter()
        .map(|(delivery, attempts)| {
            let mut value = delivery_json(delivery);
            let attempts: Vec<Value> = attempts
                .iter()
                .map(|attempt| {
                    json!({
                        "at": attempt.at.to_string(),
                        "outcome": attempt.outcome,
                        "reason": attempt.reason,
                    })
                })
                .collect();
            if let Some(object) = value.as_object_mut() {
                object.insert("attempts".into(), Value::Array(attempts));
            }
            value
        })
        .collect();
    if let Some(object) = value.as_object_mut() {
        object.insert("deliveries".into(), Value::Array(deliveries));
        object.insert("page_problem".into(), detail.page_problem.clone().into());
    }
    value
}
