//! Telegram: `sendMessage` with HTML (core.telegram.org/bots/api: "HTML style", "sendMessage").

use serde_json::{Value, json};

use super::chat::{Line, byline, first_page, is_taken, lines, set, utf16};
use super::message::{Look, Message, Rich, Run, Telling};
use super::occasions::message;
use super::shrink::fitted;
use crate::domain::{Priority, Timestamp};

/// The most of a text, in UTF-16 units after its entities were read; some room is left for what is counted otherwise.
const MAX_UNITS: usize = 4000;

/// A quotation of more letters than about four lines of a phone is folded.
const FOLDED_CHARS: usize = 160;

/// Buttons that stand in a row of a phone and can still be read.
const BUTTONS_A_ROW: usize = 3;

/// Writes the arguments of `sendMessage`, but for the chat.
pub(crate) fn telegram(telling: &Telling<'_>) -> Value {
    let message = message(telling);
    let text = telling.templated_text().map(str::to_owned);
    let text = text.unwrap_or_else(|| {
        fitted(&message, write, |text| {
            utf16(&without_tags(text)) <= MAX_UNITS && text.len() <= 16_000
        })
    });
    let mut arguments = json!({
        "text": text,
        "parse_mode": "HTML",
        "link_preview_options": {"is_disabled": true},
        "disable_notification": message.priority == Priority::Low,
    });
    // An update answers to the message that it adds to; where that was deleted, it stands alone.
    let first = message.thread.message.as_deref();
    if let Some(id) = first.and_then(|id| id.parse::<i64>().ok()) {
        let reply = json!({"message_id": id, "allow_sending_without_reply": true});
        set(&mut arguments, "reply_parameters", reply);
    }
    let buttons = buttons(&message);
    if !buttons.is_empty() {
        set(
            &mut arguments,
            "reply_markup",
            json!({"inline_keyboard": buttons.chunks(BUTTONS_A_ROW).collect::<Vec<_>>()}),
        );
    }
    arguments
}

fn buttons(message: &Message) -> Vec<Value> {
    let read = message
        .single()
        .and_then(|item| item.url.as_ref())
        .map(|url| ("Read", url));
    let pages = message
        .pages()
        .filter_map(|run| Some((run.text.as_str(), run.url.as_ref()?)));
    read.into_iter()
        .chain(pages)
        .filter(|(_, url)| is_taken(url))
        .map(|(text, url)| json!({"text": text, "url": url.as_str()}))
        .collect()
}

fn write(message: &Message) -> String {
    let mut text = String::new();
    for line in lines(message) {
        let written = match line {
            // They are buttons, but where they cannot be.
            Line::Own(own) if own.iter().flat_map(|line| &line.0).any(is_button) => continue,
            Line::Own(own) => escaped(&first_page(&own)),
            Line::Label(line) | Line::Note(line) | Line::Text(line) => rich(&line),
            Line::Section(line) => format!("\n{}", rich(&line)),
            Line::Title(title, url) => headline(&title.text, url),
            Line::Heading(heading, url) => headline(heading, url),
            Line::Byline {
                outlet,
                time,
                published,
            } => byline_of(outlet, time, published),
            Line::Quote(quote) => {
                let folded = if quote.text.chars().count() > FOLDED_CHARS {
                    " expandable"
                } else {
                    ""
                };
                format!(
                    "<blockquote{folded}>{}</blockquote>",
                    rich(&Rich::marked(quote))
                )
            }
        };
        // A quotation is a block of its own.
        let follows_quote = text.ends_with("</blockquote>") && written.starts_with("<blockquote");
        if !text.is_empty() && !follows_quote {
            text.push('\n');
        }
        text.push_str(&written);
    }
    text
}

/// The outlet and the time, which the reader's own Telegram writes in the reader's zone.
fn byline_of(outlet: &str, time: &str, published: Option<Timestamp>) -> String {
    let Some(published) = published.filter(|_| !time.is_empty()) else {
        return escaped(&byline(outlet, time));
    };
    let outlet = if outlet.is_empty() {
        String::new()
    } else {
        format!("{} · ", escaped(outlet))
    };
    let (told, found) = time.split_once(", found ").unwrap_or((time, ""));
    let found = if found.is_empty() {
        String::new()
    } else {
        format!(", found {}", escaped(found))
    };
    format!(
        "{outlet}<tg-time unix=\"{}\" format=\"wDT\">{}</tg-time>{found}",
        published.as_second(),
        escaped(told)
    )
}

/// Whether a link can be a button.
fn is_button(run: &Run) -> bool {
    run.url.as_ref().is_some_and(is_taken)
}

/// The headline as a link; one that Telegram would drop without a word stands below it.
fn headline(text: &str, url: Option<&url::Url>) -> String {
    match url {
        Some(url) if !is_taken(url) => {
            format!("<b>{}</b>\n{}", escaped(text), escaped(url.as_str()))
        }
        Some(url) => format!(
            "<b><a href=\"{}\">{}</a></b>",
            escaped(url.as_str()),
            escaped(text)
        ),
        None => format!("<b>{}</b>", escaped(text)),
    }
}

fn rich(line: &Rich) -> String {
    line.0
        .iter()
        .map(|run| {
            let text = escaped(&run.text);
            let text = match run.look {
                Look::Plain => text,
                Look::Bold | Look::Marked => format!("<b>{text}</b>"),
                Look::Code => format!("<code>{text}</code>"),
            };
            match &run.url {
                Some(url) => format!("<a href=\"{}\">{text}</a>", escaped(url.as_str())),
                None => text,
            }
        })
        .collect()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

/// What is counted: the text after its entities were read.
fn without_tags(html: &str) -> String {
    let mut text = String::new();
    let mut is_tag = false;
    for c in html.chars() {
        match c {
            '<' => is_tag = true,
            '>' if is_tag => is_tag = false,
            c if !is_tag => text.push(c),
            _ => {}
        }
    }
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&amp;", "&")
}

/// The same text without the element that older servers do not know.
pub(crate) fn without_times(arguments: &str) -> Option<String> {
    let mut arguments: Value = serde_json::from_str(arguments).ok()?;
    let text = arguments.get("text")?.as_str()?.to_owned();
    let mut plain = String::new();
    for (place, piece) in text.split("<tg-time ").enumerate() {
        let piece = match (place, piece.split_once('>')) {
            (0, _) | (_, None) => piece,
            (_, Some((_, rest))) => rest,
        };
        plain.push_str(&piece.replace("</tg-time>", ""));
    }
    if plain == text {
        return None;
    }
    set(&mut arguments, "text", json!(plain));
    Some(arguments.to_string())
}
