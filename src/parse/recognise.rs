//! What a document turned out to be that was asked for as a feed: a feed, a sitemap, or a web page that may lead to one.

use super::{Document, FeedLink, ParseError, ParsedFeed, Sitemap, clean, discover, feed, sitemap};
use crate::domain::Shown;

/// A document by what it is.
#[derive(Debug, Clone, PartialEq)]
pub enum Recognised {
    /// A feed.
    Feed(ParsedFeed),
    /// A sitemap, a list of sitemaps or a list of addresses.
    Sitemap(Sitemap),
    /// A web page, with the feeds that it names, the likeliest first.
    Page(Vec<FeedLink>),
}

/// Reads a document as what it is.
///
/// `still_time` is asked from time to time whether to go on.
///
/// # Errors
/// When it is built to be slow, or none of them.
pub fn recognise(
    document: &Document<'_>,
    still_time: &dyn Fn() -> bool,
) -> Result<Recognised, ParseError> {
    let text = clean::text(document);
    let is_page = clean::is_web_page(&text, document.content_type);
    let error = match feed(document, still_time) {
        // A page may hold an element that is called like those of feeds, and nothing that is news.
        Ok(feed) if feed.entries.is_empty() && is_page => ParseError::NotAFeed {
            found: Shown::of(clean::looks_like(&text)),
        },
        Ok(feed) => return Ok(Recognised::Feed(feed)),
        Err(ParseError::TooSlow) => return Err(ParseError::TooSlow),
        Err(error) => error,
    };
    match sitemap(document, still_time) {
        Ok(sitemap) => return Ok(Recognised::Sitemap(sitemap)),
        Err(ParseError::TooSlow) => return Err(ParseError::TooSlow),
        Err(ParseError::NotAFeed { .. }) => {}
    }
    match document.url {
        Some(url) if is_page => Ok(Recognised::Page(discover(&text, url, still_time))),
        _ => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use url::Url;

    use super::*;

    fn recognised(text: &str, content_type: &str) -> Result<Recognised, ParseError> {
        let document = Document {
            bytes: text.as_bytes(),
            content_type: Some(content_type),
            url: Some(&Url::parse("https://example.org/").unwrap()),
        };
        recognise(&document, &|| true)
    }

    #[test]
    fn a_page_comes_with_the_feeds_it_names() {
        let page = "<!DOCTYPE html><html><head><link rel=alternate type=application/rss+xml href=/rss></head></html>";
        let Ok(Recognised::Page(links)) = recognised(page, "text/html") else {
            panic!("not a page");
        };
        assert_eq!(links[0].url.as_str(), "https://example.org/rss");
    }

    #[test]
    fn a_feed_is_one_whatever_type_it_comes_with() {
        let feed = "<rss><channel><item><title>A</title></item></channel></rss>";
        assert!(matches!(
            recognised(feed, "text/html"),
            Ok(Recognised::Feed(_))
        ));
    }

    #[test]
    fn an_empty_feed_is_one() {
        assert!(matches!(
            recognised("<rss><channel></channel></rss>", "text/xml"),
            Ok(Recognised::Feed(_))
        ));
    }

    #[test]
    fn a_page_with_an_element_named_like_those_of_feeds_is_a_page() {
        let page = "<html><body><channel>x</channel></body></html>";
        assert!(matches!(
            recognised(page, "text/html"),
            Ok(Recognised::Page(_))
        ));
    }

    #[test]
    fn a_page_is_known_by_its_type_where_it_begins_oddly() {
        assert!(matches!(
            recognised("<p>Hello", "text/html; charset=utf-8"),
            Ok(Recognised::Page(_))
        ));
    }

    #[test]
    fn a_sitemap_is_recognised() {
        let map = "<urlset><url><loc>https://example.org/1</loc></url></urlset>";
        assert!(matches!(
            recognised(map, "application/xml"),
            Ok(Recognised::Sitemap(_))
        ));
    }

    #[test]
    fn plain_words_are_nothing() {
        assert!(recognised("words", "text/plain").is_err());
    }
}
