//! Teams: an Adaptive Card 1.4 in the envelope that a Workflows webhook takes (learn.microsoft.com: "Create incoming webhooks
//! with Workflows", adaptivecards.io: `RichTextBlock`, `TextBlock`, `Action.OpenUrl`).
//!
//! Text runs are literal; a `TextBlock` reads Markdown and `{{DATE()}}`, so no outsider's text stands in one. Teams answers
//! 202 to a card that it then drops for its size, so the size is kept here.

use serde_json::{Value, json};

use super::chat::{Line, lines, set};
use super::message::{Look, Message, Rich, Telling};
use super::occasions::message;
use super::shrink::fitted;

/// The largest body: 28 kB are documented, and 21 kB are what gets through.
const MAX_BYTES: usize = 20_000;

/// Writes the body of a POST to a Workflows webhook.
pub(crate) fn teams(telling: &Telling<'_>) -> String {
    fitted(&message(telling), write, |body| body.len() <= MAX_BYTES)
}

fn write(message: &Message) -> String {
    let is_rtl = message.single().is_some_and(|item| item.is_rtl);
    let mut body = Vec::new();
    for line in lines(message) {
        match line {
            Line::Label(text) => body.push(block(&text, &json!({"size": "Small"}))),
            Line::Title(title, url) => {
                let mut run = json!({"type": "TextRun", "text": title.text, "weight": "Bolder", "size": "Large"});
                if let Some(url) = url {
                    set(
                        &mut run,
                        "selectAction",
                        json!({"type": "Action.OpenUrl", "url": url.as_str()}),
                    );
                }
                body.push(json!({"type": "RichTextBlock", "inlines": [run]}));
            }
            Line::Heading(heading, url) => {
                let mut run = json!({"type": "TextRun", "text": heading, "weight": "Bolder", "size": "Large"});
                if let Some(url) = url {
                    set(
                        &mut run,
                        "selectAction",
                        json!({"type": "Action.OpenUrl", "url": url.as_str()}),
                    );
                }
                body.push(json!({"type": "RichTextBlock", "inlines": [run]}));
            }
            Line::Byline {
                outlet,
                time,
                published,
            } => {
                if !outlet.is_empty() {
                    body.push(block(
                        &Rich::default().bold(outlet),
                        &json!({"size": "Small"}),
                    ));
                }
                match published {
                    // The reader's own Teams writes the time in the reader's zone; there is nothing of outside in it.
                    Some(published) => {
                        let at = published.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
                        body.push(json!({
                            "type": "TextBlock", "isSubtle": true, "size": "Small", "spacing": "None", "wrap": true,
                            "text": format!("{{{{DATE({at}, SHORT)}}}} {{{{TIME({at})}}}}"),
                        }));
                        if let Some((_, found)) = time.split_once(", found ") {
                            body.push(block(
                                &Rich::plain(format!("found {found}")),
                                &json!({"size": "Small", "isSubtle": true}),
                            ));
                        }
                    }
                    None => body.push(block(
                        &Rich::plain(time),
                        &json!({"size": "Small", "isSubtle": true}),
                    )),
                }
            }
            Line::Quote(quote) => body.push(json!({
                "type": "Container", "style": "emphasis",
                "items": [block(&Rich::marked(quote), &json!({}))],
            })),
            Line::Note(text) => {
                body.push(block(&text, &json!({"size": "Small", "isSubtle": true})));
            }
            Line::Text(text) | Line::Section(text) => body.push(block(&text, &json!({}))),
        }
    }
    let mut actions: Vec<Value> = message
        .url()
        .map(|url| json!({"type": "Action.OpenUrl", "title": "Read", "url": url.as_str()}))
        .into_iter()
        .collect();
    let own = message
        .single()
        .into_iter()
        .flat_map(|item| item.why.iter().chain(&item.mute));
    actions.extend(own.flat_map(|line| &line.0).filter_map(|run| {
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
                "rtl": is_rtl,
                "body": body,
                "actions": actions,
            },
        }],
    })
    .to_string()
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
