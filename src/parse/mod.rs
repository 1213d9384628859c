//! From bytes to entries: whatever a publisher serves as a feed, read as it was meant.
//!
//! In go a document's bytes, its content type and its address; out comes a [`ParsedFeed`] with what had to be
//! mended. The way of a document:
//!
//! ```text
//! bytes --clean--> text --tolerant, strict, json--> draft --finish, identity--> feed
//! ```
//!
//! `clean` decodes and finds the root; `tolerant` reads XML in any state, and `strict`, the only user of
//! `feed_rs`, is asked where that leaves an entry without a date or a text; `json` reads JSON Feed; `finish`
//! resolves addresses, and `identity` says by what each entry is known again. The same pieces read
//! the pages that lead to feeds ([`discover`]), lists of feeds ([`opml`]) and sitemaps ([`sitemap`]).
//!
//! Never fetches, never follows an entity out of the document, never fails for one bad entry, and takes time
//! and memory in proportion to its input. A text that leaves it is hostile until [`sanitised`].

mod clean;
mod date;
mod discover;
mod draft;
mod finish;
mod identity;
mod json;
mod lexer;
mod listing;
mod loose;
mod opml;
mod recognise;
mod references;
mod repair;
mod report;
mod robots;
mod sanitise;
mod search;
mod sitemap;
mod strict;
mod text;
mod tolerant;
mod wrapped;

use std::time::Duration;

use serde::Serialize;
use url::Url;

pub use self::discover::{COMMON_PATHS, FeedLink, common_places, discover};
pub use self::identity::{canonical_link, folded, is_front_page, report_address, share_words};
pub use self::listing::listing;
pub use self::opml::{FeedList, ListedFeed, opml, opml_of};
pub use self::recognise::{Recognised, recognise};
pub use self::report::{Report, ReportedEntry, ReportedFeed, report, report_unread};
pub use self::sanitise::{plain, sanitised};
pub use self::search::{Heard, Place, Search, Wanted};
pub use self::sitemap::{
    NewestSitemaps, Sitemap, SitemapLink, add_sitemap, newest_sitemaps, sitemap,
};
pub use robots::{MAX_ROBOTS_BYTES, RobotsRules, robots_allow, robots_rules};

use self::clean::{Cleaned, Format};
use self::draft::Draft;
use self::finish::Finished;
use crate::domain::{Budget, Entry, Pace, Shown};

/// The computing time that reading one feed may take, for callers of `still_time`: one built to be slow is given
/// up. The largest real feeds, of 16 MiB, take a quarter of it.
pub const READING_BUDGET: Duration = Duration::from_secs(2);

/// Entries that are kept of one document; the rest is counted in `repairs`. Feeds have some 20, archives
/// some hundred; each costs the stages after this one a fetch.
pub const MAX_ENTRIES: usize = 2_000;

/// Bytes up to which a document with gaps is read a second time; larger ones are archives or attacks.
const MAX_SECOND_READING_BYTES: usize = 4 * 1024 * 1024;

/// Bytes that are passed over in one step of a budget.
const BYTES_A_STEP: usize = 64;

/// The bytes of a feed, and what came with them.
#[derive(Debug, Clone, Copy)]
pub struct Document<'a> {
    /// The body, decompressed.
    pub bytes: &'a [u8],
    /// The `Content-Type` field, if there was one.
    pub content_type: Option<&'a str>,
    /// Where it came from, after redirects; relative links are resolved against it.
    pub url: Option<&'a Url>,
}

/// A feed as read.
#[derive(Debug, Clone, PartialEq)]
pub struct ParsedFeed {
    /// The format it is in.
    pub kind: FeedKind,
    /// Its title, as text.
    pub title: Option<String>,
    /// The site it belongs to, absolute where that can be known.
    pub link: Option<String>,
    /// Its entries, in the order of the document.
    pub entries: Vec<Entry>,
    /// The page or archive with the entries before these (RFC 5005).
    pub older: Option<Url>,
    /// How often it wants to be read.
    pub pace: Pace,
    /// What had to be mended or left out, as clauses for people.
    pub repairs: Vec<String>,
    /// Whether the document ended before the feed did, so that it is only the beginning of one.
    pub is_cut: bool,
}

/// The format of a feed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum FeedKind {
    /// RSS 0.9x and 2.0.
    Rss,
    /// RSS 0.90 and 1.0.
    Rdf,
    /// Atom.
    Atom,
    /// JSON Feed.
    Json,
    /// A sitemap, read as a feed.
    Sitemap,
    /// A page that lists articles, read as a feed.
    Listing,
}

impl FeedKind {
    /// Returns its name, as people know it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Rss => "RSS",
            Self::Rdf => "RDF",
            Self::Atom => "Atom",
            Self::Json => "JSON Feed",
            Self::Sitemap => "sitemap",
            Self::Listing => "listing page",
        }
    }
}

/// Why a document is not a feed that can be read.
#[derive(Debug, thiserror::Error)]
pub enum ParseError {
    /// Nothing in it looks like a feed.
    #[error("this is not a feed: {found}")]
    NotAFeed {
        /// What it looks like instead.
        found: Shown,
    },
    /// Reading it took longer than the caller allows.
    #[error("the document takes too long to read")]
    TooSlow,
}

/// Reads a feed.
///
/// `still_time` is asked from time to time whether to go on.
///
/// # Errors
/// When the document is not a feed, or one built to be slow. A bad entry is left out and named in `repairs`.
pub fn feed(
    document: &Document<'_>,
    still_time: &dyn Fn() -> bool,
) -> Result<ParsedFeed, ParseError> {
    read(document, &Budget::new(still_time)).map(|finished| finished.feed)
}

/// Cleans, reads and finishes a document.
fn read(document: &Document<'_>, budget: &Budget<'_>) -> Result<Finished, ParseError> {
    let finished = read_within(document, budget);
    // What was read until the time ran out is a part, and which part depends on the machine.
    if budget.is_spent() {
        return Err(ParseError::TooSlow);
    }
    finished.map_err(|found| ParseError::NotAFeed {
        found: Shown::of(&found),
    })
}

fn read_within(document: &Document<'_>, budget: &Budget<'_>) -> Result<Finished, String> {
    let cleaned = clean::clean(document, budget)?;
    let mut draft = match cleaned.format {
        Format::Json => json::read(&cleaned.text, budget),
        Format::Xml => xml(&cleaned, document.url, budget),
    }?;
    draft.repairs.splice(0..0, cleaned.repairs);
    Ok(finish::finish(draft, document.url, budget))
}

/// Reads XML with our own reader, and asks `feed_rs` for what that one leaves open.
fn xml(cleaned: &Cleaned<'_>, url: Option<&Url>, budget: &Budget<'_>) -> Result<Draft, String> {
    let mut draft = tolerant::read(&cleaned.text, &cleaned.entities, url, budget)
        .ok_or_else(|| "it is XML without a feed in it".to_owned())?;
    if cleaned.is_in_web_page && draft.entries.is_empty() {
        return Err("it is a web page".to_owned());
    }
    if cleaned.text.len() <= MAX_SECOND_READING_BYTES
        && draft.has_gaps()
        && budget.lasts(cleaned.text.len() / BYTES_A_STEP)
    {
        match strict::read(&cleaned.text, url) {
            Ok(second) => draft.fill_gaps(second),
            Err(error) => draft
                .repairs
                .push(format!("a strict reader refuses it: {}", Shown::of(&error))),
        }
    }
    Ok(draft)
}

#[cfg(test)]
mod tests;
