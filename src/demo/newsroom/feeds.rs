//! The outlets' feeds: RSS 2.0, Atom, RSS 1.0 and JSON Feed.
//!
//! Dates are in the form that each format asks for. Two things are as careless as in real life: the Gazette
//! puts the HTML entity of a non-breaking space into its headlines, and the links of Monsoon Wire are
//! relative to the address of its feed.

use serde_json::json;

use super::outlet::Outlet;
use super::story::Story;
use super::template::escape;

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
    let (content_type, body) = match outlet {
        Outlet::Gazette => (
            "application/rss+xml; charset=utf-8",
            rss(outlet, stories, base),
        ),
        Outlet::Wire => (
            "application/atom+xml; charset=utf-8",
            atom(outlet, stories, base),
        ),
        Outlet::HaiDang => ("application/rdf+xml", rss_1(outlet, stories, base)),
        Outlet::Lantern => ("application/feed+json", json_feed(outlet, stories, base)),
    };
    FeedDocument { content_type, body }
}

/// RSS 2.0, with the entity of a non-breaking space before the last word of each headline.
fn rss(outlet: Outlet, stories: &[&Story], base: &str) -> String {
    let items: String = stories
        .iter()
        .map(|story| {
            let title = without_widow(story.title);
            let path = story.path();
            format!(
                "<item>\n<title>{}</title>\n<link>{base}{path}</link>\n\
                 <guid isPermaLink=\"false\">gazette-{}</guid>\n<pubDate>{}</pubDate>\n\
                 <description>{}</description>\n</item>\n",
                escape(&title),
                story.slug,
                story.published_rfc822(),
                escape(&format!("<p>{}</p>", escape(story.summary))),
            )
        })
        .collect();
    format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<rss version=\"2.0\">\n<channel>\n\
         <title>{name}</title>\n<link>{base}/</link>\n\
         <description>News of the harbour and the world around it</description>\n\
         <language>{language}</language>\n{items}</channel>\n</rss>\n",
        name = escape(outlet.name()),
        language = outlet.language(),
    )
}

/// The title with `&nbsp;` in the place of its last space, so that no word stands alone on the last line.
fn without_widow(title: &str) -> String {
    title.rsplit_once(' ').map_or_else(
        || title.to_owned(),
        |(head, last)| format!("{head}&nbsp;{last}"),
    )
}

/// Atom (RFC 4287), with relative links.
fn atom(outlet: Outlet, stories: &[&Story], base: &str) -> String {
    let entries: String = stories
        .iter()
        .map(|story| {
            format!(
                "<entry>\n<id>tag:wire.example,2019:{}</id>\n<title>{}</title>\n\
                 <link rel=\"alternate\" href=\"{}\"/>\n<author><name>{}</name></author>\n\
                 <published>{published}</published>\n<updated>{published}</updated>\n\
                 <summary>{}</summary>\n</entry>\n",
                story.slug,
                escape(story.title),
                story.path(),
                escape(story.byline),
                escape(story.summary),
                published = story.published(),
            )
        })
        .collect();
    // RFC 4287 §4.1.1: a feed has an updated element, also while it has no entry.
    let updated = stories
        .first()
        .map_or_else(|| "2019-07-28T00:00:00Z".to_owned(), |s| s.published());
    format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n\
         <feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"{language}\">\n\
         <id>tag:wire.example,2019:feed</id>\n<title>{name}</title>\n\
         <link rel=\"self\" href=\"{base}{path}\"/>\n<link href=\"{base}/\"/>\n\
         <updated>{updated}</updated>\n{entries}</feed>\n",
        language = outlet.language(),
        name = escape(outlet.name()),
        path = outlet.feed_path(),
    )
}

/// RSS 1.0 with the Dublin Core module.
fn rss_1(outlet: Outlet, stories: &[&Story], base: &str) -> String {
    let list: String = stories
        .iter()
        .map(|story| format!("<rdf:li rdf:resource=\"{base}{}\"/>\n", story.path()))
        .collect();
    let items: String = stories
        .iter()
        .map(|story| {
            format!(
                "<item rdf:about=\"{link}\">\n<title>{}</title>\n<link>{link}</link>\n\
                 <description>{}</description>\n<dc:creator>{}</dc:creator>\n\
                 <dc:date>{}</dc:date>\n</item>\n",
                escape(story.title),
                escape(story.summary),
                escape(story.byline),
                story.published(),
                link = format_args!("{base}{}", story.path()),
            )
        })
        .collect();
    format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n\
         <rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\" \
         xmlns=\"http://purl.org/rss/1.0/\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\">\n\
         <channel rdf:about=\"{base}{path}\">\n<title>{name}</title>\n<link>{base}/</link>\n\
         <description>Tin biển và tin đất liền</description>\n<dc:language>{language}</dc:language>\n\
         <items>\n<rdf:Seq>\n{list}</rdf:Seq>\n</items>\n</channel>\n{items}</rdf:RDF>\n",
        path = outlet.feed_path(),
        name = escape(outlet.name()),
        language = outlet.language(),
    )
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
