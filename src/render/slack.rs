//! Slack: one `rich_text` block, whose texts are literal and need no escaping, and a `text` for notifications, in which
//! `&`, `<` and `>` are escaped (docs.slack.dev: "Formatting message text", "Rich text block").

use serde_json::{Value, json};

use super::chat::{Line, byline, lines, linked};
use super::message::{Look, Message, Rich, Telling};
use super::occasions::message;
use super::shrink::fitted;

/// The largest body: a message is refused with `msg_blocks_too_long` from about 13,200 characters.
const MAX_CHARS: usize = 12_000;

/// The most elements of a rich text.
const MAX_ELEMENTS: usize = 200;

/// Writes the body of a POST to an incoming webhook.
pub(crate) fn slack(telling: &Telling<'_>) -> String {
    if let Some(text) = telling.templated_text() {
        return json!({"text": text, "unfurl_links": false, "unfurl_media": false}).to_string();
    }
    fitted(&message(telling), write, |body| {
        body.chars().count() <= MAX_CHARS && body.matches("\"type\"").count() <= MAX_ELEMENTS * 2
    })
}

/// Writes the least that is worth sending: headlines and links as text, for when blocks are refused.
pub(crate) fn slack_short(telling: &Telling<'_>) -> String {
    let message = message(telling);
    let told = |message: &Message| {
        let items: Vec<String> = message
            .items()
            .map(|item| {
                let url = item
                    .url
                    .as_ref()
                    .map(|url| format!("\n<{}>", escaped(url.as_str()).replace('|', "%7C")));
                format!("{}{}", escaped(&item.title.text), url.unwrap_or_default())
            })
            .collect();
        let mut text = items.join("\n");
        if text.is_empty() {
            text = escaped(message.headline());
        }
        json!({"text": text, "unfurl_links": false, "unfurl_media": false}).to_string()
    };
    fitted(&message, told, |body| body.chars().count() <= 3_000)
}

fn write(message: &Message) -> String {
    let mut elements: Vec<Value> = Vec::new();
    let mut section: Vec<Value> = Vec::new();
    for line in lines(message) {
        match line {
            Line::Quote(quote) => {
                close(&mut section, &mut elements);
                let pieces = rich(&Rich::marked(quote), false);
                elements.push(json!({"type": "rich_text_quote", "elements": pieces}));
                continue;
            }
            Line::Title(title, url) => match url {
                Some(url) => section.push(json!({
                    "type": "link", "url": url.as_str(), "text": title.text, "style": {"bold": true}
                })),
                None => section.extend(rich(&Rich::marked(title), true)),
            },
            Line::Heading(heading, Some(url)) => section.push(json!({
                "type": "link", "url": url.as_str(), "text": heading, "style": {"bold": true}
            })),
            Line::Heading(heading, None) => {
                section.extend(rich(&Rich::default().bold(heading), true));
            }
            Line::Byline {
                outlet,
                time,
                published,
            } => {
                section.extend(told_by(outlet, time, published));
            }
            Line::Label(text) | Line::Note(text) | Line::Text(text) => {
                section.extend(rich(&text, false));
            }
            Line::Own(own) => section.extend(rich(&linked(&own), false)),
            Line::Section(text) => {
                section.push(json!({"type": "text", "text": "\n"}));
                section.extend(rich(&text, false));
            }
        }
        section.push(json!({"type": "text", "text": "\n"}));
    }
    close(&mut section, &mut elements);
    let outlet = message
        .single()
        .map(|item| item.outlet.as_str())
        .unwrap_or_default();
    json!({
        "text": escaped(&byline(message.headline(), outlet)),
        "blocks": [{"type": "rich_text", "elements": elements}],
        "unfurl_links": false,
        "unfurl_media": false,
    })
    .to_string()
}

/// Ends a section of text before a quote; the line end before it would be an empty line.
fn close(section: &mut Vec<Value>, elements: &mut Vec<Value>) {
    if section
        .last()
        .and_then(|last| last.get("text"))
        .is_some_and(|text| text == "\n")
    {
        section.pop();
    }
    if !section.is_empty() {
        elements.push(json!({"type": "rich_text_section", "elements": std::mem::take(section)}));
    }
}

/// Outlet and time; the reader's own Slack writes the time in the reader's zone.
fn told_by(outlet: &str, time: &str, published: Option<crate::domain::Timestamp>) -> Vec<Value> {
    let mut pieces = Vec::new();
    if !outlet.is_empty() {
        pieces.push(json!({"type": "text", "text": outlet}));
    }
    let Some(published) = published else {
        let rest = if outlet.is_empty() {
            time.to_owned()
        } else {
            format!(" · {time}")
        };
        pieces.push(json!({"type": "text", "text": rest}));
        return pieces;
    };
    if !outlet.is_empty() {
        pieces.push(json!({"type": "text", "text": " · "}));
    }
    pieces.push(json!({
        "type": "date", "timestamp": published.as_second(),
        "format": "{date_short_pretty} {time}", "fallback": time,
    }));
    if let Some((_, found)) = time.split_once(", found ") {
        pieces.push(json!({"type": "text", "text": format!(", found {found}")}));
    }
    pieces
}

fn rich(line: &Rich, is_bold: bool) -> Vec<Value> {
    line.0
        .iter()
        .map(|run| {
            let bold = is_bold || matches!(run.look, Look::Bold | Look::Marked);
            let code = run.look == Look::Code;
            let mut piece = match &run.url {
                Some(url) => json!({"type": "link", "url": url.as_str(), "text": run.text}),
                None => json!({"type": "text", "text": run.text}),
            };
            if (bold || code)
                && let Some(piece) = piece.as_object_mut()
            {
                let style = if code {
                    json!({"code": true})
                } else {
                    json!({"bold": true})
                };
                piece.insert("style".to_owned(), style);
            }
            piece
        })
        .collect()
}

/// Kills links, mentions and commands: `<!channel>`, `<@U1>`, `<https://…|…>`.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}
