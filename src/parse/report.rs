//! A feed as `newswatch parse` prints it: one JSON object a document.

use serde::Serialize;
use url::Url;

use super::finish::Finished;
use super::{Document, FeedKind, read, sanitised};
use crate::domain::{Budget, Entry, Timestamp};

/// What `newswatch parse` says of one document.
#[derive(Debug, Serialize)]
#[expect(missing_docs, reason = "the fields are the keys that are printed")]
pub struct Report {
    pub input: String,
    pub ok: bool,
    pub error: Option<String>,
    pub feed: ReportedFeed,
    pub entries: Vec<ReportedEntry>,
    /// What had to be mended or left out, as clauses for people.
    pub repairs: Vec<String>,
}

/// The feed itself; empty where it could not be read.
#[derive(Debug, Default, Serialize)]
#[expect(missing_docs, reason = "the fields are the keys that are printed")]
pub struct ReportedFeed {
    pub title: Option<String>,
    pub link: Option<String>,
    pub kind: Option<FeedKind>,
}

/// An entry; dates in RFC 3339, `summary` and `content` in sanitised HTML.
#[derive(Debug, Serialize)]
#[expect(missing_docs, reason = "the fields are the keys that are printed")]
pub struct ReportedEntry {
    /// The guid, else what the entry is recognised by.
    pub id: Option<String>,
    pub title: Option<String>,
    /// As written where it is relative and the document's address is not known.
    pub link: Option<String>,
    pub published: Option<Timestamp>,
    pub updated: Option<Timestamp>,
    pub summary: Option<String>,
    pub content: Option<String>,
    pub author: Option<String>,
}

/// Reads a document and reports what came of it; `input` is what the user named it by.
#[must_use]
pub fn report(input: &str, document: &Document<'_>, still_time: &dyn Fn() -> bool) -> Report {
    let budget = Budget::new(still_time);
    match read(document, &budget) {
        Ok(Finished {
            feed,
            relative_links,
        }) => Report {
            input: input.to_owned(),
            ok: true,
            error: None,
            feed: ReportedFeed {
                title: feed.title,
                link: feed.link,
                kind: Some(feed.kind),
            },
            entries: feed
                .entries
                .into_iter()
                .zip(relative_links)
                .map(|(entry, relative_link)| reported(entry, relative_link, document.url, &budget))
                .collect(),
            repairs: feed.repairs,
        },
        Err(error) => report_unread(input, error.to_string()),
    }
}

/// Reports that a document could not be read, or not even be had.
#[must_use]
pub fn report_unread(input: &str, error: String) -> Report {
    Report {
        input: input.to_owned(),
        ok: false,
        error: Some(error),
        feed: ReportedFeed::default(),
        entries: Vec::new(),
        repairs: Vec::new(),
    }
}

/// Whether a key is more than what is told under it: the headline may be edited.
fn names(key: &str) -> bool {
    !key.starts_with("link+title:")
}

fn reported(
    entry: Entry,
    relative_link: Option<String>,
    url: Option<&Url>,
    budget: &Budget<'_>,
) -> ReportedEntry {
    // What an entry carries was written for its own page.
    let base = entry.link.as_ref().or(url);
    let safe = |html: Option<String>| html.map(|html| sanitised(&html, base, budget));
    let (summary, content) = (safe(entry.summary), safe(entry.content));
    ReportedEntry {
        id: entry.guid.or_else(|| {
            entry
                .keys
                .into_iter()
                .map(|key| key.0)
                .find(|key| names(key))
        }),
        title: entry.title,
        link: entry.link.map(String::from).or(relative_link),
        published: entry.published,
        updated: entry.updated,
        summary,
        content,
        author: entry.author,
    }
}
