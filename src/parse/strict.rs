//! The reader for documents that keep to their format: `feed_rs`.
//!
//! Its dates are read by our own parser, its ids only where the feed gives them. It is known to panic on some
//! inputs; a panic counts as "cannot be read".

use std::panic::{AssertUnwindSafe, catch_unwind};

use feed_rs::model::{self, FeedType, Text};
use feed_rs::parser::Builder;
use url::Url;

use super::draft::{Draft, DraftEntry};
use super::{FeedKind, Pace, date, text};
use crate::domain::Timestamp;

/// Reads a document that has been decoded and cleaned; the error says what the reader stumbled over.
pub(super) fn read(document: &str, url: Option<&Url>) -> Result<Draft, String> {
    let parser = Builder::new()
        .base_uri(url)
        .sanitize_content(false)
        .timestamp_parser(|text| {
            date::timestamp(text)
                .and_then(|at| chrono::DateTime::from_timestamp_millis(at.as_millisecond()))
        })
        .id_generator(|_, _, _| String::new())
        .build();
    match catch_unwind(AssertUnwindSafe(|| parser.parse(document.as_bytes()))) {
        Ok(Ok(feed)) => Ok(draft(feed)),
        Ok(Err(error)) => Err(error.to_string()),
        Err(_) => Err("the strict reader gave up".to_owned()),
    }
}

fn draft(feed: model::Feed) -> Draft {
    Draft {
        kind: kind(&feed.feed_type),
        title: feed.title.as_ref().and_then(headline),
        link: page_link(&feed.links),
        author: feed.authors.iter().find_map(person),
        lang: feed.language,
        older: None,
        pace: Pace::default(),
        entries: feed.entries.into_iter().map(draft_entry).collect(),
        is_cut: false,
        repairs: Vec::new(),
    }
}

fn kind(feed_type: &FeedType) -> FeedKind {
    match feed_type {
        FeedType::Atom => FeedKind::Atom,
        FeedType::JSON => FeedKind::Json,
        FeedType::RSS1 => FeedKind::Rdf,
        FeedType::RSS0 | FeedType::RSS2 => FeedKind::Rss,
    }
}

fn draft_entry(entry: model::Entry) -> DraftEntry {
    DraftEntry {
        guid: Some(entry.id).filter(|id| !id.is_empty()),
        guid_is_link: false,
        title: entry.title.as_ref().and_then(headline),
        link: page_link(&entry.links),
        enclosure: entry
            .media
            .iter()
            .flat_map(|media| &media.content)
            .find_map(|content| content.url.as_ref().map(ToString::to_string)),
        published: entry.published.and_then(timestamp),
        updated: entry.updated.and_then(timestamp),
        author: entry.authors.iter().find_map(person),
        summary: entry
            .summary
            .or_else(|| entry.media.into_iter().find_map(|media| media.description))
            .map(html)
            .filter(|html| !html.is_empty()),
        content: entry
            .content
            .filter(is_text)
            .and_then(|content| content.body)
            .filter(|body| !body.trim().is_empty()),
        lang: entry.language,
        base: None,
    }
}

/// Returns the address of the page itself, not of its comments, its editor or its files.
fn page_link(links: &[model::Link]) -> Option<String> {
    links
        .iter()
        .find(|link| {
            link.target.is_none() && link.rel.as_deref().is_none_or(|rel| rel == "alternate")
        })
        .map(|link| link.href.clone())
}

fn headline(title: &Text) -> Option<String> {
    text::line_of_html(&title.content)
}

fn html(text: Text) -> String {
    if text.content_type.as_str() == "text/plain" && !text::looks_like_html(&text.content) {
        text::escaped(&text.content)
    } else {
        text.content
    }
}

/// Returns whether a content is to be read, and not a picture or a sound.
fn is_text(content: &model::Content) -> bool {
    let kind = content.content_type.as_str();
    kind.starts_with("text/") || kind.contains("html")
}

fn person(person: &model::Person) -> Option<String> {
    person
        .name
        .as_deref()
        .or(person.email.as_deref())
        .and_then(text::line_of_html)
}

fn timestamp(at: chrono::DateTime<chrono::Utc>) -> Option<Timestamp> {
    Timestamp::from_millisecond(at.timestamp_millis()).ok()
}
