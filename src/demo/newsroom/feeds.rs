//! The outlets' feeds: RSS 2.0, Atom, RSS 1.0 and JSON Feed.
//!
//! Dates are in the form that each format asks for. Two things are as careless as in real life: the Gazette
//! puts the HTML entity of a non-breaking space into its headlines, and the links of Monsoon Wire are
//! relative to the address of its feed.

use serde_json::json;

use super::outlet::Outlet;
use super::story::Story;
use super::template::{escape, fill};

/// What a feed that has no story yet says about its last change (RFC 4287 §4.1.1 asks for a date).
const BEFORE_THE_FIRST_STORY: &str = "2019-07-28T00:00:00Z";

/// A feed as served.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct FeedDocument {
    /// The `Content-Type` field.
    pub(super) content_type: &'static str,
    /// The document.
    pub(super) body: String,
}

/// The feed of an outlet with these stories, the newest first.
///
/// `base` is the newsroom's own address without a final slash.
pub(super) fn feed(outlet: Outlet, stories: &[&Story], base: &str) -> FeedDocument {
    let xml = |whole, entry| xml_feed(whole, entry, outlet, stories, base);
    let (content_type, body) = match outlet {
        Outlet::Gazette => (
            "application/rss+xml; charset=utf-8",
            xml(
                include_str!("assets/feeds/rss.xml"),
                include_str!("assets/feeds/rss-item.xml"),
            ),
        ),
        Outlet::Wire => (
            "application/atom+xml; charset=utf-8",
            xml(
                include_str!("assets/feeds/atom.xml"),
                include_str!("assets/feeds/atom-entry.xml"),
            ),
        ),
        Outlet::HaiDang => (
            "application/rdf+xml",
            xml(
                include_str!("assets/feeds/rdf.xml"),
                include_str!("assets/feeds/rdf-item.xml"),
            ),
        ),
        Outlet::Lantern => ("application/feed+json", json_feed(outlet, stories, base)),
    };
    FeedDocument { content_type, body }
}

/// An XML feed: the template of the whole, with the template of an entry filled for each story.
fn xml_feed(whole: &str, entry: &str, outlet: Outlet, stories: &[&Story], base: &str) -> String {
    let updated = stories
        .first()
        .map_or_else(|| BEFORE_THE_FIRST_STORY.to_owned(), |s| s.published());
    fill(
        whole,
        &[
            ("name", &escape(outlet.name())),
            ("base", base),
            ("feed_path", outlet.feed_path()),
            ("language", outlet.language()),
            ("updated", &updated),
            (
                // RSS 1.0 lists the links of its items before it tells them.
                "list",
                &entries(include_str!("assets/feeds/rdf-li.xml"), stories, base),
            ),
            ("items", &entries(entry, stories, base)),
        ],
    )
}

fn entries(template: &str, stories: &[&Story], base: &str) -> String {
    let filled: Vec<String> = stories
        .iter()
        .map(|story| {
            let path = story.path();
            fill(
                template,
                &[
                    ("slug", story.slug),
                    ("title", &escape(&headline(story))),
                    ("byline", &escape(story.byline)),
                    ("summary", &escape(story.summary)),
                    ("path", &path),
                    ("link", &format!("{base}{path}")),
                    ("date", &story.published()),
                    ("date_rfc822", &story.published_rfc822()),
                ],
            )
        })
        .collect();
    filled.concat()
}

/// The title as the outlet sends it: the Gazette puts `&nbsp;` in the place of the last space, so that no
/// word stands alone on the last line.
fn headline(story: &Story) -> String {
    match (story.outlet, story.title.rsplit_once(' ')) {
        (Outlet::Gazette, Some((head, last))) => format!("{head}&nbsp;{last}"),
        _ => story.title.to_owned(),
    }
}

/// JSON Feed 1.1; a story of another outlet is announced by that outlet's link with a mark of where the
/// reader came from.
fn json_feed(outlet: Outlet, stories: &[&Story], base: &str) -> String {
    let items: Vec<_> = stories
        .iter()
        .map(|story| {
            let link = format!("{base}{}", story.path());
            let url = if story.outlet == outlet {
                link
            } else {
                format!("{link}?utm_source={}", outlet.folder())
            };
            json!({
                "id": format!("{}-{}", outlet.folder(), story.slug),
                "url": url,
                "title": story.title,
                "summary": story.summary,
                "content_text": story.summary,
                "date_published": story.published(),
                "authors": [{ "name": story.byline }],
            })
        })
        .collect();
    json!({
        "version": "https://jsonfeed.org/version/1.1",
        "title": outlet.name(),
        "home_page_url": format!("{base}/"),
        "feed_url": format!("{base}{}", outlet.feed_path()),
        "language": outlet.language(),
        "items": items,
    })
    .to_string()
}
