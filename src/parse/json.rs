//! JSON Feed, read for what it means: any version, numbers as ids, one author or many, missing titles.
//!
//! Format: <https://www.jsonfeed.org/version/1.1/>.

use serde_json::{Map, Value};

use super::draft::{Draft, DraftEntry};
use super::{FeedKind, MAX_ENTRIES, date, repair, text};

/// Reads a document that begins with `{` or `[`; nothing where it is no feed.
pub(super) fn read(document: &str) -> Result<Draft, String> {
    let mut repairs = Vec::new();
    let value = match serde_json::from_str::<Value>(document) {
        Ok(value) => value,
        Err(error) => {
            let mended = without_lone_surrogates(document);
            repairs.push(format!("the JSON is not valid: {error}"));
            serde_json::from_str(&mended).map_err(|error| error.to_string())?
        }
    };
    let root = match &value {
        Value::Object(root) => root,
        _ => return Err("the JSON is not an object".to_owned()),
    };
    let Some(Value::Array(items)) = root.get("items").or_else(|| root.get("entries")) else {
        return Err("the JSON has no list of items".to_owned());
    };
    if items.len() > MAX_ENTRIES {
        repairs.push(repair::entries_left_out(items.len() - MAX_ENTRIES));
    }
    let mut draft = Draft::new(FeedKind::Json);
    draft.title = string(root, &["title"]).and_then(|title| text::line(&title));
    draft.link = string(root, &["home_page_url", "url"]);
    draft.author = authors(root);
    draft.lang = string(root, &["language"]);
    draft.entries = items
        .iter()
        .take(MAX_ENTRIES)
        .filter_map(Value::as_object)
        .map(entry)
        .collect();
    draft.repairs = repairs;
    Ok(draft)
}

fn entry(item: &Map<String, Value>) -> DraftEntry {
    let html = |key: &str| string(item, &[key]);
    let escaped = |key: &str| string(item, &[key]).map(|plain| text::escaped(&plain));
    let id = string(item, &["id", "guid"]);
    DraftEntry {
        guid_is_link: true,
        guid: id,
        title: string(item, &["title"]).and_then(|title| text::line_of_html(&title)),
        link: string(item, &["url", "external_url", "link"]),
        enclosure: first_attachment(item),
        published: moment(item, &["date_published", "published"]),
        updated: moment(item, &["date_modified", "updated"]),
        author: authors(item),
        summary: escaped("summary"),
        content: html("content_html").or_else(|| escaped("content_text")),
        lang: string(item, &["language"]),
        base: None,
    }
}

/// Returns the first of these members that is a text or a number and not empty.
fn string(object: &Map<String, Value>, keys: &[&str]) -> Option<String> {
    keys.iter().find_map(|key| match object.get(*key)? {
        Value::String(text) if !text.trim().is_empty() => Some(text.trim().to_owned()),
        Value::Number(number) => Some(number.to_string()),
        Value::Array(values) => values
            .iter()
            .find_map(|value| value.as_str().map(str::to_owned)),
        _ => None,
    })
}

fn moment(object: &Map<String, Value>, keys: &[&str]) -> Option<crate::domain::Timestamp> {
    string(object, keys).and_then(|text| date::timestamp(&text))
}

/// Returns the names of `authors`, or of the `author` of version 1, which publishers mix up.
fn authors(object: &Map<String, Value>) -> Option<String> {
    let names: Vec<String> = ["authors", "author"]
        .into_iter()
        .filter_map(|key| object.get(key))
        .flat_map(|value| match value {
            Value::Array(people) => people.iter().collect(),
            other => vec![other],
        })
        .filter_map(|person| match person {
            Value::Object(person) => string(person, &["name", "url"]),
            Value::String(name) => Some(name.clone()),
            _ => None,
        })
        .filter_map(|name| text::line_of_html(&name))
        .collect();
    (!names.is_empty()).then(|| deduplicated(names).join(", "))
}

fn deduplicated(names: Vec<String>) -> Vec<String> {
    let mut unique: Vec<String> = Vec::with_capacity(names.len().min(MAX_AUTHORS));
    for name in names {
        if unique.len() < MAX_AUTHORS && !unique.contains(&name) {
            unique.push(name);
        }
    }
    unique
}

/// Authors of one entry that are named; a longer list is a mistake.
const MAX_AUTHORS: usize = 20;

fn first_attachment(item: &Map<String, Value>) -> Option<String> {
    let attachment = item.get("attachments")?.as_array()?.first()?.as_object()?;
    string(attachment, &["url"])
}

/// Replaces `\ud800`-like escapes that have no partner, which make a document invalid as a whole.
fn without_lone_surrogates(document: &str) -> String {
    let mut mended = String::with_capacity(document.len());
    let mut rest = document;
    while let Some((before, escape)) = rest.split_once('\\') {
        mended.push_str(before);
        let (kept, after) = escape_sequence(escape);
        mended.push_str(&kept);
        rest = after;
    }
    mended.push_str(rest);
    mended
}

/// Returns an escape, mended where it is half of a pair, and what follows it.
fn escape_sequence(escape: &str) -> (String, &str) {
    let unit = |text: &str| {
        text.strip_prefix('u')
            .and_then(|text| text.get(..4))
            .and_then(|hex| u16::from_str_radix(hex, 16).ok())
    };
    let after_unit = |text: &'_ str| -> usize { text.len().min(5) };
    match unit(escape) {
        Some(0xD800..=0xDBFF) => {
            let after = escape.get(after_unit(escape)..).unwrap_or_default();
            let partner = after.strip_prefix('\\').and_then(unit);
            if matches!(partner, Some(0xDC00..=0xDFFF)) {
                let end = after_unit(escape) + 6;
                (
                    format!("\\{}", escape.get(..end).unwrap_or_default()),
                    escape.get(end..).unwrap_or_default(),
                )
            } else {
                ("\\ufffd".to_owned(), after)
            }
        }
        Some(0xDC00..=0xDFFF) => (
            "\\ufffd".to_owned(),
            escape.get(after_unit(escape)..).unwrap_or_default(),
        ),
        _ => {
            let end = escape.chars().next().map_or(0, char::len_utf8);
            (
                format!("\\{}", escape.get(..end).unwrap_or_default()),
                escape.get(end..).unwrap_or_default(),
            )
        }
    }
}
