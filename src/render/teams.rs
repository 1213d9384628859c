//! Teams: an Adaptive Card 1.4 in the envelope that a Workflows webhook takes (learn.microsoft.com: "Create incoming webhooks
//! with Workflows", adaptivecards.io: `RichTextBlock`, `TextBlock`, `Action.OpenUrl`).
//!
//! Text runs are literal; a `TextBlock` reads Markdown and `{{DATE()}}`, so no outsider's text stands in one. Teams answers
//! 202 to a card that it then drops for its size, so the size is kept here.

use serde_json::{Value, json};
use url::Url;

use super::chat::{Line, lines, set};
use super::message::{Look, Message, Rich, Telling};
use super::occasions::message;
use super::shrink::fitted;
use crate::domain::Timestamp;

/// The largest body: 28 kB are documented, and 21 kB are what gets through.
const MAX_BYTES: usize = 20_000;

/// Writes the body of a POST to a Workflows webhook.
pub(crate) fn teams(telling: &Telling<'_>) -> String {
    if let Some(text) = telling.templated_text() {
        let said = message(telling);
        let lines = text
            .lines()
            .map(|line| block(&Rich::plain(line), &json!({})));
        return card(&said, &lines.collect::<Vec<_>>());
    }
    fitted(&message(telling), write, |body| body.len() <= MAX_BYTES)
}

fn write(message: &Message) -> String {
    let mut body: Vec<Value> = Vec::new();
    let mut told_in_rtl: Vec<Value> = Vec::new();
    let mut is_rtl = false;
    for line in lines(message) {
        // An outsider's words stand as they are read; a byline belongs to the headline above it. Ours stand as ours.
        is_rtl = match &line {
            Line::Title(title, _) | Line::Quote(title) => right_to_left(&title.text),
            Line::Heading(heading, _) => right_to_left(heading),
            Line::Byline { .. } => is_rtl,
            _ => false,
        };
        if is_rtl {
            told_in_rtl.extend(elements(line));
            continue;
        }
        body.extend(in_rtl(&mut told_in_rtl));
        body.extend(elements(line));
    }
    body.extend(in_rtl(&mut told_in_rtl));
    card(message, &body)
}

fn right_to_left(text: &str) -> bool {
    super::item::is_rtl(None, text)
}

/// Elements in a container that is read from right to left.
fn in_rtl(items: &mut Vec<Value>) -> Option<Value> {
    let items = std::mem::take(items);
    (!items.is_empty()).then(|| json!({"type": "Container", "rtl": true, "items": items}))
}

/// The card with what stands in it, and the buttons below.
fn card(message: &Message, body: &[Value]) -> String {
    let mut actions: Vec<Value> = message
        .url()
        .map(|url| json!({"type": "Action.OpenUrl", "title": "Read", "url": url.as_str()}))
        .into_iter()
        .collect();
    actions.extend(message.pages().filter_map(|run| {
        Some(
            json!({"type": "Action.OpenUrl", "title": run.text, "url": run.url.as_ref()?.as_str()}),
        )
    }));
    json!({
        "type": "message",
        "attachments": [{
            "contentType": "application/vnd.microsoft.card.adaptive",
            "contentUrl": null,
            "content": {
                "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
                "type": "AdaptiveCard",
                "version": "1.4",
                "msteams": {"width": "Full"},
                "body": body,
                "actions": actions,
            },
        }],
    })
    .to_string()
}

/// A line as elements of a card.
fn elements(line: Line<'_>) -> Vec<Value> {
    match line {
        Line::Label(text) => vec![block(&text, &json!({"size": "Small"}))],
        Line::Title(title, url) => vec![headline(&title.text, url)],
        Line::Heading(heading, url) => vec![headline(heading, url)],
        Line::Byline {
            outlet,
            time,
            published,
        } => byline(outlet, time, published),
        Line::Quote(quote) => vec![json!({
            "type": "Container", "style": "emphasis",
            "items": [block(&Rich::marked(quote), &json!({}))],
        })],
        Line::Note(text) => vec![block(&text, &json!({"size": "Small", "isSubtle": true}))],
        Line::Text(text) | Line::Section(text) => vec![block(&text, &json!({}))],
        // They are buttons.
        Line::Own(_) => Vec::new(),
    }
}

fn headline(text: &str, url: Option<&Url>) -> Value {
    let mut run = json!({"type": "TextRun", "text": text, "weight": "Bolder", "size": "Large"});
    if let Some(url) = url {
        let action = json!({"type": "Action.OpenUrl", "url": url.as_str()});
        set(&mut run, "selectAction", action);
    }
    json!({"type": "RichTextBlock", "inlines": [run]})
}

fn byline(outlet: &str, time: &str, published: Option<Timestamp>) -> Vec<Value> {
    let subtle = |text: &str| {
        let look = json!({"size": "Small", "isSubtle": true});
        block(&Rich::plain(text), &look)
    };
    let mut elements = Vec::new();
    if !outlet.is_empty() {
        let look = json!({"size": "Small"});
        elements.push(block(&Rich::default().bold(outlet), &look));
    }
    let Some(published) = published else {
        elements.push(subtle(time));
        return elements;
    };
    // The reader's own Teams writes the time in the reader's zone; there is nothing of outside in it.
    let at = published.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    elements.push(json!({
        "type": "TextBlock", "isSubtle": true, "size": "Small", "spacing": "None", "wrap": true,
        "text": format!("{{{{DATE({at}, SHORT)}}}} {{{{TIME({at})}}}}"),
    }));
    if let Some((_, found)) = time.split_once(", found ") {
        elements.push(subtle(&format!("found {found}")));
    }
    elements
}

/// Text runs of one size; they are literal.
fn block(line: &Rich, style: &Value) -> Value {
    let inlines: Vec<Value> = line
        .0
        .iter()
        .map(|run| {
            let mut piece = json!({"type": "TextRun", "text": run.text});
            match run.look {
                Look::Bold => set(&mut piece, "weight", json!("Bolder")),
                Look::Marked => {
                    set(&mut piece, "weight", json!("Bolder"));
                    set(&mut piece, "highlight", json!(true));
                }
                Look::Code => set(&mut piece, "fontType", json!("Monospace")),
                Look::Plain => {}
            }
            if let Some(style) = style.as_object() {
                for (name, value) in style {
                    set(&mut piece, name, value.clone());
                }
            }
            if let Some(url) = &run.url {
                set(
                    &mut piece,
                    "selectAction",
                    json!({"type": "Action.OpenUrl", "url": url.as_str()}),
                );
            }
            piece
        })
        .collect();
    json!({"type": "RichTextBlock", "inlines": inlines})
}
