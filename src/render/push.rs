//! Push services that show plain text: ntfy (docs.ntfy.sh: "Publish as JSON"), Gotify (gotify.net/docs/pushmsg), and an Apprise
//! API server (github.com/caronc/apprise-api: "Stateless Solution"), which passes on to all the rest.

use serde_json::{Value, json};

use super::chat::{plain, set};
use super::escape::cut;
use super::message::{Block, Message, Telling, Tone};
use super::occasions::message;
use super::shrink::{Shrink, fitted};
use crate::domain::Priority;

/// The largest message of ntfy; above it the text becomes an attachment.
const NTFY_BYTES: usize = 4096;

/// The longest name of a sequence that ntfy takes.
const MAX_SEQUENCE_CHARS: usize = 64;

/// Buttons that a message of ntfy has at most.
const NTFY_ACTIONS: usize = 3;

/// The largest title that is shown.
const MAX_TITLE_BYTES: usize = 250;

/// The largest text for Gotify and Apprise, which publish no limit: what a phone's notification can hold.
const MAX_BYTES: usize = 8_000;

/// Writes what is published to a topic of ntfy, but for the topic.
pub(crate) fn ntfy(telling: &Telling<'_>) -> Value {
    let message = message(telling);
    let mut published = json!({
        "title": title(&message),
        "message": telling.templated_text().map_or_else(
            || body(&without_own(&message), NTFY_BYTES - 100),
            str::to_owned,
        ),
        "priority": match message.priority {
            Priority::High => 4,
            Priority::Normal => 3,
            Priority::Low => 2,
        },
        "markdown": false,
    });
    if message.priority == Priority::High {
        set(&mut published, "tags", json!(["exclamation"]));
    }
    // An update takes the place of the notification that the story began with ("Updating notifications").
    let sequence = message.thread.first.as_ref().unwrap_or(&message.delivery);
    let is_sequence = |c: char| c.is_ascii_alphanumeric() || "-_".contains(c);
    if sequence.len() <= MAX_SEQUENCE_CHARS && sequence.chars().all(is_sequence) {
        set(&mut published, "sequence_id", json!(sequence));
    }
    if let Some(url) = message.url() {
        set(&mut published, "click", json!(url.as_str()));
    }
    let actions: Vec<Value> = message
        .pages()
        .take(NTFY_ACTIONS)
        .filter_map(|run| {
            Some(json!({"action": "view", "label": run.text, "url": run.url.as_ref()?.as_str()}))
        })
        .collect();
    if !actions.is_empty() {
        set(&mut published, "actions", json!(actions));
    }
    published
}

/// The same message without our own pages, where those are buttons.
fn without_own(message: &Message) -> Message {
    let mut message = message.clone();
    message
        .blocks
        .retain(|block| !matches!(block, Block::Pages(_)));
    for block in &mut message.blocks {
        if let Block::Item(item) = block {
            item.own.clear();
        }
    }
    message
}

/// Writes a message of Gotify.
pub(crate) fn gotify(telling: &Telling<'_>) -> String {
    let message = message(telling);
    let mut extras = json!({"client::display": {"contentType": "text/plain"}});
    if let Some(url) = message.url() {
        set(
            &mut extras,
            "client::notification",
            json!({"click": {"url": url.as_str()}}),
        );
    }
    // The text is all that some clients show: its link stands in it.
    let link = message
        .url()
        .map(|url| format!("\n{url}"))
        .unwrap_or_default();
    json!({
        "title": title(&message),
        "message": telling.templated_text().map_or_else(
            || format!("{}{link}", body(&message, MAX_BYTES)),
            str::to_owned,
        ),
        "priority": match message.priority {
            Priority::High => 8,
            Priority::Normal => 5,
            Priority::Low => 2,
        },
        "extras": extras,
    })
    .to_string()
}

/// Writes what is notified by an Apprise API server, but for the addresses that it passes it on to.
pub(crate) fn apprise(telling: &Telling<'_>) -> Value {
    let message = message(telling);
    let link = message
        .url()
        .map(|url| format!("\n{url}"))
        .unwrap_or_default();
    let kind = match (&message.badge, message.priority) {
        (Some((Tone::Good, _)), _) => "success",
        (_, Priority::High) => "warning",
        _ => "info",
    };
    json!({
        "title": title(&message),
        "body": telling.templated_text().map_or_else(
            || format!("{}{link}", body(&message, MAX_BYTES)),
            str::to_owned,
        ),
        "type": kind,
        "format": "text",
    })
}

fn title(message: &Message) -> String {
    let mut chars = MAX_TITLE_BYTES;
    loop {
        let title = cut(message.headline(), chars);
        if title.len() <= MAX_TITLE_BYTES {
            return title;
        }
        chars = chars * 3 / 4;
    }
}

/// All but the headline; of one article at most one passage.
fn body(message: &Message, max_bytes: usize) -> String {
    let text = |message: &Message| {
        let is_single = message.single().is_some();
        let text = plain(message, !is_single);
        let headline = message.headline();
        let mut lines: Vec<&str> = text.lines().collect();
        if let Some(at) = lines.iter().position(|line| *line == headline) {
            lines.remove(at);
        }
        lines.join("\n")
    };
    let one = message.shrunk(Shrink {
        passages: 1,
        ..Shrink::NONE
    });
    let written = fitted(&one, text, |text| text.len() <= max_bytes);
    let written = written.trim().to_owned();
    if written.is_empty() {
        message.headline().to_owned()
    } else {
        written
    }
}

/// Writes one line for a system's log.
pub(crate) fn syslog(telling: &Telling<'_>) -> (String, Priority) {
    /// What every receiver takes of a line (RFC 5424 §6.1).
    const MAX_BYTES: usize = 2_000;
    let message = message(telling);
    let zone = super::times::offset(&telling.reader.zone, telling.now);
    let line = |message: &Message| {
        let items: Vec<String> = message
            .items()
            .map(|item| {
                let url = item
                    .url
                    .as_ref()
                    .map(|url| format!(" {url}"))
                    .unwrap_or_default();
                let passage = item.passages.first().map(|one| format!(" “{}”", one.text));
                let told = super::chat::byline(&item.outlet, &item.time);
                format!(
                    "[{}] {} ({told}){url}{}",
                    item.watch,
                    item.title.text,
                    passage.unwrap_or_default()
                )
            })
            .collect();
        let more = message.blocks.iter().filter_map(|block| match block {
            Block::More(more) => Some(more.text()),
            _ => None,
        });
        let heading = Some(&message.heading).filter(|heading| !heading.is_empty());
        let url = message.heading_url.as_ref();
        let url = url.map_or_else(String::new, |url| format!(" {url}"));
        let heading = heading.map(|heading| format!("{heading} (times: {zone}){url}"));
        heading
            .into_iter()
            .chain(items)
            .chain(more)
            .collect::<Vec<_>>()
            .join(" | ")
    };
    let priority = message.priority;
    if let Some(text) = telling.templated_text() {
        return (text.to_owned(), priority);
    }
    (
        fitted(&message, line, |line| line.len() <= MAX_BYTES),
        priority,
    )
}
