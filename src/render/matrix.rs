//! Matrix: an `m.room.message` (spec.matrix.org: "m.text", "m.notice", "Room message HTML").

use serde_json::{Value, json};

use super::chat::{Line, byline, lines, linked, plain, set};
use super::escape::html;
use super::message::{Look, Message, Rich, Telling};
use super::occasions::message;
use super::shrink::fitted;

/// An event has at most 65,536 bytes; both texts stand in it, and the server adds to it.
const MAX_BYTES: usize = 40_000;

/// Writes the content of the event.
pub(crate) fn matrix(telling: &Telling<'_>) -> String {
    if let Some(text) = telling.templated_text() {
        let message = message(telling);
        let content = json!({"msgtype": kind_of(&message), "body": text, "m.mentions": {}});
        return related(content, &message).to_string();
    }
    fitted(&message(telling), write, |body| body.len() <= MAX_BYTES)
}

fn write(message: &Message) -> String {
    let content: Value = json!({
        "msgtype": kind_of(message),
        "body": plain(message, true),
        "format": "org.matrix.custom.html",
        "formatted_body": formatted(message),
        "m.mentions": {},
    });
    related(content, message).to_string()
}

/// An update stands in the thread of the message that it adds to; clients without threads show it as an answer to it
/// (spec.matrix.org: "Threading", "Fallback for unthreaded clients").
fn related(mut content: Value, message: &Message) -> Value {
    if let Some(event) = &message.thread.message {
        let relation = json!({
            "rel_type": "m.thread",
            "event_id": event,
            "is_falling_back": true,
            "m.in_reply_to": {"event_id": event},
        });
        set(&mut content, "m.relates_to", relation);
    }
    content
}

/// A notice wakes nobody: what is no news is one.
fn kind_of(message: &Message) -> &'static str {
    match message.kind {
        "digest" | "heartbeat" => "m.notice",
        _ => "m.text",
    }
}

fn formatted(message: &Message) -> String {
    lines(message)
        .into_iter()
        .map(|line| match line {
            Line::Title(title, url) => headline(&rich(&Rich::marked(title)), url),
            Line::Heading(heading, url) => headline(&html(heading), url),
            Line::Byline { outlet, time, .. } => format!("<p>{}</p>", html(&byline(outlet, time))),
            Line::Quote(quote) => {
                format!("<blockquote>{}</blockquote>", rich(&Rich::marked(quote)))
            }
            Line::Own(own) => format!("<p>{}</p>", rich(&linked(&own))),
            Line::Label(text) | Line::Note(text) | Line::Text(text) => {
                format!("<p>{}</p>", rich(&text))
            }
            Line::Section(text) => format!("<h5>{}</h5>", rich(&text)),
        })
        .collect()
}

fn headline(text: &str, url: Option<&url::Url>) -> String {
    match url {
        Some(url) => format!("<h4><a href=\"{}\">{text}</a></h4>", html(url.as_str())),
        None => format!("<h4>{text}</h4>"),
    }
}

fn rich(line: &Rich) -> String {
    line.0
        .iter()
        .map(|run| {
            let text = html(&run.text);
            let text = match run.look {
                Look::Plain => text,
                Look::Bold | Look::Marked => format!("<strong>{text}</strong>"),
                Look::Code => format!("<code>{text}</code>"),
            };
            match &run.url {
                Some(url) => format!("<a href=\"{}\">{text}</a>", html(url.as_str())),
                None => text,
            }
        })
        .collect()
}
