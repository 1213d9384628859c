//! Discord: an embed a message, mentions off (discord.com/developers/docs: "Embed Limits", "Allowed Mentions Object").

use serde_json::{Value, json};

use super::chat::{Line, is_taken, lines, linked, set, utf16};
use super::item::also_in;
use super::markdown::{self, Mentions};
use super::message::{Item, Message, Rich, Telling, Tone};
use super::occasions::message;
use super::shrink::fitted;
use crate::domain::{Occasion, Priority, UpdateFacts};

/// The largest title of an embed.
const MAX_TITLE: usize = 256;

/// The largest description.
const MAX_DESCRIPTION: usize = 4096;

/// The largest name of an author and the largest footer that are worth showing.
const MAX_NAME: usize = 200;

/// The largest address that an embed takes.
const MAX_URL: usize = 2048;

/// The largest text beside the embeds.
const MAX_CONTENT: usize = 2000;

/// The sum of all texts of a message.
const MAX_SUM: usize = 6000;

/// The field of a body that changes an earlier message; it does not go out with the message itself.
const EDIT: &str = "newswatch_edit";

/// Writes the body of a POST to a webhook. Of an update what is new is a message of its own; who else tells the story is added
/// to the message that the story began with.
pub(crate) fn discord(telling: &Telling<'_>) -> String {
    let Some((edit, rest)) = edit(telling) else {
        return posted(telling).to_string();
    };
    let occasion = Occasion::Update(rest);
    let mut body = posted(&Telling {
        occasion: &occasion,
        ..*telling
    });
    set(&mut body, EDIT, edit);
    body.to_string()
}

/// A body as it is posted, and the message that is changed beside it, with how.
pub(crate) fn discord_parts(body: &str) -> (String, Option<(String, String)>) {
    let mut posted: Value = serde_json::from_str(body).unwrap_or_default();
    let edit = posted
        .as_object_mut()
        .and_then(|fields| fields.remove(EDIT));
    let Some(edit) = edit else {
        return (body.to_owned(), None);
    };
    let message = edit.get("message").and_then(Value::as_str);
    let change = message.map(|message| {
        (
            message.to_owned(),
            edit.get("body").map(Value::to_string).unwrap_or_default(),
        )
    });
    (posted.to_string(), change)
}

/// What is changed of the first message: who else tells the story; and what is left to say.
fn edit(telling: &Telling<'_>) -> Option<(Value, UpdateFacts)> {
    let Occasion::Update(facts) = telling.occasion else {
        return None;
    };
    let first = facts.first_message.as_deref().filter(|id| is_id(id))?;
    let line = also_in(&facts.also_in, None)?;
    let line = Rich::plain(format!("Also in {}", line.text()));
    let content = format!("-# {}", markdown::rich(&line, Mentions::Escaped));
    let content = cut(&content, MAX_CONTENT);
    let body = json!({"content": content, "allowed_mentions": {"parse": []}});
    let rest = UpdateFacts {
        also_in: Vec::new(),
        ..facts.clone()
    };
    Some((json!({"message": first, "body": body}), rest))
}

/// Ids are numbers.
fn is_id(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn posted(telling: &Telling<'_>) -> Value {
    if let Some(text) = telling.templated_text() {
        let embed = json!({"description": text, "color": color(&message(telling))});
        return json!({"embeds": [embed], "allowed_mentions": {"parse": []}});
    }
    let written = fitted(&message(telling), embed, |embed| {
        let of = |pointer| {
            embed
                .pointer(pointer)
                .and_then(Value::as_str)
                .map_or(0, utf16)
        };
        let description = of("/description");
        description <= MAX_DESCRIPTION
            && description + of("/title") + of("/author/name") + of("/footer/text") <= MAX_SUM
    });
    json!({"embeds": [written], "allowed_mentions": {"parse": []}})
}

fn embed(message: &Message) -> Value {
    let single = message.single();
    // A title that is escaped may be longer than it was.
    let title = [MAX_TITLE, MAX_TITLE / 2]
        .map(|units| markdown::escaped(&cut(message.headline(), units), Mentions::Escaped))
        .into_iter()
        .find(|title| utf16(title) <= MAX_TITLE)
        .unwrap_or_default();
    let mut text = description(message);
    let url = message.url();
    let (title_url, in_text) = match url {
        Some(url) if url.as_str().len() <= MAX_URL && is_taken(url) => (Some(url), None),
        url => (None, url),
    };
    if let Some(url) = in_text {
        text = format!("{text}\n<{url}>");
    }
    let mut embed = json!({
        "title": title,
        "description": text,
        "color": color(message),
    });
    let label = super::chat::label(message).text();
    if !label.is_empty() {
        set(&mut embed, "author", json!({"name": cut(&label, MAX_NAME)}));
    }
    if let Some(url) = title_url {
        set(&mut embed, "url", json!(url.as_str()));
    }
    if let Some(item) = single {
        footer(&mut embed, item);
    }
    embed
}

/// The outlet, and the time, which Discord writes in the reader's zone.
fn footer(embed: &mut Value, item: &Item) {
    let late = item
        .time
        .split_once(", found ")
        .map(|(_, found)| format!("found {found}"));
    let told = match (item.published, late) {
        (Some(_), Some(late)) => super::chat::byline(&item.outlet, &late),
        (Some(_), None) => item.outlet.clone(),
        (None, _) => super::chat::byline(&item.outlet, &item.time),
    };
    if !told.is_empty() {
        set(embed, "footer", json!({"text": cut(&told, MAX_NAME)}));
    }
    if let Some(published) = item.published {
        set(embed, "timestamp", json!(published.to_string()));
    }
}

fn description(message: &Message) -> String {
    let is_single = message.single().is_some();
    let told: Vec<String> = lines(message)
        .into_iter()
        .filter_map(|line| {
            Some(match line {
                // They stand in fields of their own.
                Line::Label(_) | Line::Heading(..) => return None,
                Line::Title(..) | Line::Byline { .. } if is_single => return None,
                Line::Title(title, url) => {
                    let text = markdown::escaped(&title.text, Mentions::Escaped);
                    match url {
                        Some(url) => format!("\n**[{text}]({})**", markdown::target(url)),
                        None => format!("\n**{text}**"),
                    }
                }
                Line::Byline { outlet, time, .. } => {
                    markdown::escaped(&super::chat::byline(outlet, time), Mentions::Escaped)
                }
                Line::Quote(quote) => format!(
                    "> {}",
                    markdown::rich(&Rich::marked(quote), Mentions::Escaped)
                ),
                Line::Own(own) => {
                    format!("-# {}", markdown::rich(&linked(&own), Mentions::Escaped))
                }
                Line::Note(text) => format!("-# {}", markdown::rich(&text, Mentions::Escaped)),
                Line::Text(text) => markdown::rich(&text, Mentions::Escaped),
                Line::Section(text) => format!("\n{}", markdown::rich(&text, Mentions::Escaped)),
            })
        })
        .collect();
    told.join("\n").trim().to_owned()
}

/// Red for what is urgent or fails, green for what works again, blue else.
fn color(message: &Message) -> u32 {
    match (&message.badge, message.priority) {
        (Some((Tone::Good, _)), _) => 0x001a_6b35,
        (Some((Tone::Alarm, _)), _) | (_, Priority::High) => 0x00b3_261e,
        _ => 0x000b_4fc4,
    }
}

/// Cuts by UTF-16 units, in which Discord counts.
fn cut(text: &str, max_units: usize) -> String {
    let mut chars = max_units;
    loop {
        let cut = super::escape::cut(text, chars);
        if utf16(&cut) <= max_units {
            return cut;
        }
        chars = chars * 3 / 4;
    }
}
