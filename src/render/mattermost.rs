//! Mattermost: a message attachment (developers.mattermost.com: "Message attachments", "Incoming webhooks").
//!
//! A backslash does not keep `@` and `<` from meaning something there: a zero-width space behind them does.

use serde_json::{Value, json};

use super::chat::{Line, byline, lines, linked, set};
use super::markdown::{self, Mentions};
use super::message::{Message, Rich, Telling, Tone};
use super::occasions::message;
use super::shrink::fitted;
use crate::domain::Priority;

/// The largest text of old servers; newer ones take 16,383.
const MAX_CHARS: usize = 4_000;

/// Writes the body of a POST to an incoming webhook.
pub(crate) fn mattermost(telling: &Telling<'_>) -> String {
    if let Some(text) = telling.templated_text() {
        let said = message(telling);
        let broken = said
            .headline()
            .replace('@', "@\u{200b}")
            .replace('<', "<\u{200b}");
        let attachment = json!({"fallback": broken, "color": color(&said), "text": text});
        return json!({"attachments": [attachment]}).to_string();
    }
    let attachment = fitted(&message(telling), attachment, |attachment| {
        attachment.to_string().chars().count() <= MAX_CHARS
    });
    // An attachment takes no part in mentions, and so must its fallback.
    json!({"attachments": [attachment]}).to_string()
}

fn attachment(message: &Message) -> Value {
    let is_single = message.single().is_some();
    let broken = |text: &str| text.replace('@', "@\u{200b}").replace('<', "<\u{200b}");
    let text: Vec<String> = lines(message)
        .into_iter()
        .filter_map(|line| {
            Some(match line {
                Line::Label(_) | Line::Heading(..) => return None,
                Line::Title(..) if is_single => return None,
                Line::Title(title, url) => {
                    let text = markdown::escaped(&title.text, Mentions::Broken);
                    match url {
                        Some(url) => format!("\n**[{text}]({})**", markdown::target(url)),
                        None => format!("\n**{text}**"),
                    }
                }
                Line::Byline { outlet, time, .. } => {
                    markdown::escaped(&byline(outlet, time), Mentions::Broken)
                }
                Line::Quote(quote) => format!(
                    "> {}\n",
                    markdown::rich(&Rich::marked(quote), Mentions::Broken)
                ),
                Line::Own(own) => markdown::rich(&linked(&own), Mentions::Broken),
                Line::Note(text) | Line::Text(text) => markdown::rich(&text, Mentions::Broken),
                Line::Section(text) => format!("\n{}", markdown::rich(&text, Mentions::Broken)),
            })
        })
        .collect();
    let headline = broken(message.headline());
    let mut attachment = json!({
        "fallback": headline,
        "color": color(message),
        "title": headline,
        "text": text.join("\n"),
    });
    let label = super::chat::label(message).text();
    if !label.is_empty() {
        set(&mut attachment, "author_name", json!(broken(&label)));
    }
    if let Some(url) = message.url() {
        set(&mut attachment, "title_link", json!(url.as_str()));
    }
    attachment
}

fn color(message: &Message) -> &'static str {
    match (&message.badge, message.priority) {
        (Some((Tone::Good, _)), _) => "#1a6b35",
        (Some((Tone::Alarm, _)), _) | (_, Priority::High) => "#b3261e",
        _ => "#0b4fc4",
    }
}
