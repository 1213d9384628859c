//! The feeds of a site: those its page names, and the places where sites keep theirs.
//!
//! In goes a page and its address, out come candidates, the likeliest first. Whether a candidate is a feed
//! only fetching shows; that is the caller's work.

use std::collections::HashSet;

use url::Url;

use super::lexer::{Lexer, Piece, Tag};
use super::{finish, references, text};
use crate::domain::Budget;

/// Candidates that are returned of one page.
const MAX_CANDIDATES: usize = 50;

/// Paths under which sites keep a feed, the commonest first: weblogs first, then site generators, and
/// what people name by hand.
pub const COMMON_PATHS: [&str; 16] = [
    "/feed/",
    "/rss.xml",
    "/feed.xml",
    "/atom.xml",
    "/index.xml",
    "/rss/",
    "/rss",
    "/feed",
    "/feeds/posts/default",
    "/feed.json",
    "/blog/feed/",
    "/news/feed/",
    "/feed/atom/",
    "/?feed=rss2",
    "/index.rdf",
    "/news-sitemap.xml",
];

/// Types of documents that are feeds, and how sure that is.
const FEED_TYPES: [(&str, u8); 9] = [
    ("application/atom+xml", 0),
    ("application/rss+xml", 0),
    ("application/feed+json", 0),
    ("application/rdf+xml", 1),
    ("application/x.atom+xml", 1),
    ("application/x-atom+xml", 1),
    ("text/rss+xml", 1),
    ("application/json", 3),
    ("text/xml", 3),
];

/// Words in an address or a title that name a feed of something else than news: replies, searches, products.
const SIDE_FEEDS: [&str; 5] = ["comment", "replies", "/search", "/tag/", "oembed"];

/// What is added to the rank of such a feed: more than any rank of the others.
const SIDE_RANK: u8 = 5;

/// A feed that a page names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedLink {
    /// Where it is.
    pub url: Url,
    /// What the page calls it.
    pub title: Option<String>,
    /// How likely it is the one that is wanted: 0 is the most likely.
    pub rank: u8,
}

impl FeedLink {
    /// Returns whether it is a feed of news, and not of replies, searches or tags.
    #[must_use]
    pub fn is_of_news(&self) -> bool {
        self.rank < SIDE_RANK
    }
}

/// Finds the feeds that a page names, the likeliest first; each address once.
///
/// A `link` in its head that says so goes first, then what merely looks like a feed. Feeds of comments come
/// after those of news. `still_time` is asked from time to time whether to go on.
#[must_use]
pub fn discover(html: &str, page: &Url, still_time: &dyn Fn() -> bool) -> Vec<FeedLink> {
    let budget = Budget::new(still_time);
    let mut base = page.clone();
    let mut links = Vec::new();
    let mut lexer = Lexer::new(html);
    while let Some(piece) = lexer.next() {
        if !budget.lasts(1) {
            break;
        }
        let Piece::Start(tag) = piece else {
            continue;
        };
        match tag.name.to_ascii_lowercase().as_str() {
            "base" => base = address(&tag, "href", page).unwrap_or(base),
            "link" => links.extend(named_feed(&tag, &base)),
            "a" => links.extend(linked_feed(&tag, &base)),
            "script" | "style" => skip_to_end(&mut lexer, tag.name),
            _ => {}
        }
        if links.len() >= MAX_CANDIDATES {
            break;
        }
    }
    links.sort_by_key(|link| link.rank);
    let mut seen = HashSet::new();
    links.retain(|link| seen.insert(link.url.clone()));
    links
}

/// Returns where the site of this address may keep feeds, the commonest places first.
#[must_use]
pub fn common_places(site: &Url) -> Vec<Url> {
    COMMON_PATHS
        .iter()
        .filter_map(|path| site.join(path).ok())
        .collect()
}

/// Reads `<link rel="alternate" type="application/rss+xml" href="...">`.
fn named_feed(tag: &Tag<'_>, base: &Url) -> Option<FeedLink> {
    let rel = tag
        .attribute("rel")
        .unwrap_or_default()
        .to_ascii_lowercase();
    let says_feed = rel.split_whitespace().any(|word| word == "feed");
    let is_alternate = rel.split_whitespace().any(|word| word == "alternate");
    let kind = tag
        .attribute("type")
        .unwrap_or_default()
        .to_ascii_lowercase();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    let by_type = FEED_TYPES
        .iter()
        .find(|(name, _)| *name == kind)
        .map(|(_, rank)| *rank);
    let rank = match by_type {
        Some(rank) if is_alternate || says_feed => rank,
        None if says_feed => 1,
        _ => return None,
    };
    feed_link(tag, tag.attribute("title").map(str::to_owned), rank, base)
}

/// Reads `<a href="/feed.xml">`: only its address says that it may be a feed.
fn linked_feed(tag: &Tag<'_>, base: &Url) -> Option<FeedLink> {
    let url = address(tag, "href", base)?;
    let is_web = matches!(url.scheme(), "http" | "https");
    (is_web && looks_like_feed(&url)).then_some(())?;
    feed_link(tag, tag.attribute("title").map(str::to_owned), 4, base)
}

fn feed_link(tag: &Tag<'_>, title: Option<String>, rank: u8, base: &Url) -> Option<FeedLink> {
    let url = address(tag, "href", base)?;
    let title = title.and_then(|title| text::line_of_html(&title));
    let words = format!("{} {}", url.as_str(), title.as_deref().unwrap_or_default()).to_lowercase();
    let rank = if SIDE_FEEDS.iter().any(|word| words.contains(word)) {
        rank + SIDE_RANK
    } else {
        rank
    };
    Some(FeedLink { url, title, rank })
}

/// Returns whether an address is written as those of feeds are.
fn looks_like_feed(url: &Url) -> bool {
    let path = url.path().trim_end_matches('/').to_ascii_lowercase();
    let last = path.rsplit('/').next().unwrap_or_default();
    let extension = last.rsplit_once('.').map_or("", |(_, extension)| extension);
    matches!(
        last,
        "feed" | "feeds" | "rss" | "rss2" | "atom" | "index.xml" | "feed.json"
    ) || matches!(extension, "rss" | "atom" | "rdf")
        || (extension == "xml"
            && ["rss", "feed", "atom"]
                .iter()
                .any(|word| path.contains(word)))
        || url
            .query()
            .is_some_and(|query| query.split('&').any(|part| part.starts_with("feed=")))
}

fn address(tag: &Tag<'_>, attribute: &str, base: &Url) -> Option<Url> {
    let written = references::decode_html(tag.attribute(attribute)?.trim());
    let url = finish::resolved(&text::line(&written)?, Some(base))?;
    if url.scheme() != "feed" {
        return Some(url);
    }
    // `feed://example.org/rss` and `feed:https://example.org/rss` were once how browsers asked for a reader.
    let rest = url
        .as_str()
        .trim_start_matches("feed:")
        .trim_start_matches("//");
    let whole = if rest.starts_with("http") {
        rest.to_owned()
    } else {
        format!("http://{rest}")
    };
    Url::parse(&whole).ok()
}

/// Passes over what stands in a script, where markup is not markup.
fn skip_to_end(lexer: &mut Lexer<'_>, name: &str) {
    for piece in lexer.by_ref() {
        if matches!(piece, Piece::End { name: end, .. } if end.eq_ignore_ascii_case(name)) {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(html: &str) -> Vec<String> {
        let page = Url::parse("https://example.org/blog/post").unwrap();
        discover(html, &page, &|| true)
            .into_iter()
            .map(|link| link.url.to_string())
            .collect()
    }

    #[test]
    fn the_feeds_in_the_head_come_first_and_comments_last() {
        let html = "<html><head>
            <link rel=alternate type=\"application/rss+xml\" title=\"Comments\" href=\"/comments/feed/\">
            <link rel=\"alternate\" type=\"application/rss+xml; charset=utf-8\" title=\"News\" href=\"/feed/\">
            <link rel='alternate' hreflang='fr' href='/fr/'>
            <link rel='stylesheet' type='text/css' href='/x.css'>
            </head><body><a href='../all.rss'>RSS</a><a href='/about'>About</a></body></html>";
        assert_eq!(
            found(html),
            [
                "https://example.org/feed/",
                "https://example.org/all.rss",
                "https://example.org/comments/feed/"
            ]
        );
    }

    #[test]
    fn addresses_are_resolved_against_the_base_and_decoded() {
        let html = "<base href='https://cdn.example.org/x/'><link rel=alternate type=application/atom+xml href='feed?a=1&amp;b=2'>";
        assert_eq!(found(html), ["https://cdn.example.org/x/feed?a=1&b=2"]);
    }

    #[test]
    fn what_stands_in_a_script_or_a_comment_is_not_a_link() {
        let html = "<script>var x = '<link rel=alternate type=application/rss+xml href=/no>'</script><!-- <link rel=alternate type=application/rss+xml href=/no> -->";
        assert!(found(html).is_empty());
    }

    #[test]
    fn the_scheme_feed_is_that_of_the_web() {
        assert_eq!(
            found("<link rel=feed href='feed://example.org/rss'>"),
            ["http://example.org/rss"]
        );
        assert_eq!(
            found("<link rel=feed href='feed:https://example.org/rss'>"),
            ["https://example.org/rss"]
        );
    }

    #[test]
    fn an_address_is_named_once() {
        let html = "<link rel=alternate type=application/rss+xml href=/rss><a href=/rss>RSS</a>";
        assert_eq!(found(html), ["https://example.org/rss"]);
    }

    #[test]
    fn the_common_places_are_those_of_the_host() {
        let places = common_places(&Url::parse("https://example.org/a/b?c=d").unwrap());
        assert_eq!(places[0].as_str(), "https://example.org/feed/");
        assert_eq!(places.len(), COMMON_PATHS.len());
    }
}
