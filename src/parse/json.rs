//! JSON Feed, read for what it means: any version, numbers as ids, one author or many, missing titles.
//!
//! Format: <https://www.jsonfeed.org/version/1.1/>.

use std::collections::VecDeque;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use super::draft::{Draft, DraftEntry, newest};
use super::{BYTES_A_STEP, FeedKind, MAX_ENTRIES, date, loose, repair, text};
use crate::domain::{Budget, Shown};

/// Reads a document that begins with `{` or `[`; the error says why it is no feed.
///
/// What was complete before the place where a document breaks off is kept.
pub(super) fn read(document: &str, budget: &Budget<'_>) -> Result<Draft, String> {
    if !budget.lasts(document.len() / BYTES_A_STEP) {
        return Err("it takes too long to read".to_owned());
    }
    let mut repairs = Vec::new();
    let mut is_cut = false;
    let mut root = Root::default();
    if let Err(error) = root.fill(document) {
        let complete = root.items.kept.len();
        root = Root::default();
        let mended = root.fill(&loose::mended(&without_lone_surrogates(document)));
        if mended.is_err() && root.items.kept.is_empty() {
            return Err(format!(
                "it is JSON that is not valid: {}",
                Shown::of(&error.to_string())
            ));
        }
        let end = if root.items.kept.len() > complete {
            ""
        } else {
            "; what follows is lost"
        };
        let error = Shown::of(&error.to_string());
        is_cut = mended.is_err();
        repairs.push(format!("the JSON is not valid: {error}{end}"));
    }
    let Root { members, items } = root;
    if !items.is_there {
        return Err("it is JSON without a list of items".to_owned());
    }
    let mut draft = Draft::new(FeedKind::Json);
    draft.title = string(&members, &["title"]).and_then(|title| text::line(&title));
    draft.link = string(&members, &["home_page_url", "url"]);
    draft.author = authors(&members);
    draft.lang = string(&members, &["language"]);
    draft.older = string(&members, &["next_url"]);
    let all = items
        .kept
        .iter()
        .chain(&items.last)
        .take_while(|item| budget.lasts(1 + item.len()))
        .map(entry)
        .collect();
    let (newest, left_out) = newest(all);
    draft.entries = newest;
    let left_out = left_out + items.left_out;
    if left_out > 0 {
        repairs.push(repair::entries_left_out(left_out));
    }
    draft.repairs = repairs;
    draft.is_cut = is_cut;
    Ok(draft)
}

/// The outermost object of a document, as far as it could be read.
#[derive(Default)]
struct Root {
    /// All but the items.
    members: Map<String, Value>,
    items: Items,
}

/// The first and the last items of a document; the others are only counted, however many there are.
#[derive(Default)]
struct Items {
    is_there: bool,
    kept: Vec<Map<String, Value>>,
    /// The last ones, where there are more: a list may have its newest items at its end.
    last: VecDeque<Map<String, Value>>,
    left_out: usize,
}

impl Root {
    /// Reads a document into this; where it breaks off, what came before is here.
    fn fill(&mut self, document: &str) -> Result<(), serde_json::Error> {
        let mut deserializer = serde_json::Deserializer::from_str(document);
        deserializer.deserialize_map(RootVisitor(self))
    }
}

struct RootVisitor<'r>(&'r mut Root);

impl<'de> Visitor<'de> for RootVisitor<'_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let Root { members, items } = self.0;
        while let Some(key) = map.next_key::<String>()? {
            if matches!(key.as_str(), "items" | "entries") {
                items.is_there = true;
                map.next_value_seed(ItemsVisitor(items))?;
            } else if members.len() < MAX_MEMBERS {
                members.insert(key, map.next_value()?);
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(())
    }
}

struct ItemsVisitor<'r>(&'r mut Items);

impl<'de> DeserializeSeed<'de> for ItemsVisitor<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for ItemsVisitor<'_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        let items = self.0;
        while let Some(item) = list.next_element::<Value>()? {
            if let Value::Object(item) = item {
                if items.kept.len() < MAX_ENTRIES {
                    items.kept.push(item);
                } else {
                    items.last.push_back(item);
                }
                if items.last.len() > MAX_ENTRIES {
                    items.last.pop_front();
                    items.left_out += 1;
                }
            }
        }
        Ok(())
    }
}

/// Members of a feed that are kept beside its items; the format has a dozen.
const MAX_MEMBERS: usize = 256;

fn entry(item: &Map<String, Value>) -> DraftEntry {
    let html = |key: &str| string(item, &[key]);
    let escaped = |key: &str| string(item, &[key]).map(|plain| text::escaped(&plain));
    let id = string(item, &["id", "guid"]);
    DraftEntry {
        guid_is_link: true,
        guid: id,
        // JSON Feed 1.1: a title is plain text.
        title: string(item, &["title"]).and_then(|title| text::line(&title)),
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
