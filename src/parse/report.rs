//! A feed as `newswatch parse` prints it: one JSON object a document.

use serde::Serialize;
use url::Url;

use super::{FeedKind, ParseError, ParsedFeed, sanitised};
use crate::domain::{Entry, Timestamp};

/// What `newswatch parse` says of one document.
#[derive(Debug, Serialize)]
#[expect(missing_docs, reason = "the fields are the keys that are printed")]
pub struct Report<'a> {
    pub input: &'a str,
    pub ok: bool,
    pub error: Option<String>,
    pub feed: ReportedFeed<'a>,
    pub entries: Vec<ReportedEntry<'a>>,
}

/// The feed itself; empty where it could not be read.
#[derive(Debug, Default, Serialize)]
#[expect(missing_docs, reason = "the fields are the keys that are printed")]
pub struct ReportedFeed<'a> {
    pub title: Option<&'a str>,
    pub link: Option<&'a str>,
    pub kind: Option<FeedKind>,
}

/// An entry; dates in RFC 3339, `summary` and `content` in sanitised HTML.
#[derive(Debug, Serialize)]
#[expect(missing_docs, reason = "the fields are the keys that are printed")]
pub struct ReportedEntry<'a> {
    pub id: Option<&'a str>,
    pub title: Option<&'a str>,
    pub link: Option<&'a str>,
    pub published: Option<Timestamp>,
    pub updated: Option<Timestamp>,
    pub summary: Option<String>,
    pub content: Option<String>,
    pub author: Option<&'a str>,
}

/// Reports what came of reading one document; `input` is what the user named it by, `url` its address.
#[must_use]
pub fn report<'a>(
    input: &'a str,
    url: Option<&Url>,
    outcome: &'a Result<ParsedFeed, ParseError>,
) -> Report<'a> {
    match outcome {
        Ok(feed) => Report {
            input,
            ok: true,
            error: None,
            feed: ReportedFeed {
                title: feed.title.as_deref(),
                link: feed.link.as_deref(),
                kind: Some(feed.kind),
            },
            entries: feed
                .entries
                .iter()
                .map(|entry| reported(entry, url))
                .collect(),
        },
        Err(error) => report_unread(input, error.to_string()),
    }
}

/// Reports that a document could not be read, or not even be had.
#[must_use]
pub fn report_unread(input: &str, error: String) -> Report<'_> {
    Report {
        input,
        ok: false,
        error: Some(error),
        feed: ReportedFeed::default(),
        entries: Vec::new(),
    }
}

fn reported<'a>(entry: &'a Entry, url: Option<&Url>) -> ReportedEntry<'a> {
    let base = url.or(entry.link.as_ref());
    let safe = |html: &Option<String>| html.as_deref().map(|html| sanitised(html, base));
    ReportedEntry {
        id: entry
            .guid
            .as_deref()
            .or_else(|| entry.keys.first().map(|key| key.0.as_str())),
        title: entry.title.as_deref(),
        link: entry.link.as_ref().map(Url::as_str),
        published: entry.published,
        updated: entry.updated,
        summary: safe(&entry.summary),
        content: safe(&entry.content),
        author: entry.author.as_deref(),
    }
}
