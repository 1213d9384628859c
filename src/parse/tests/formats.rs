//! Each format, read as its publishers mean it.

use std::time::Duration;

use jiff::civil::Weekday;

use super::{read, read_from};
use crate::domain::Entry;
use crate::parse::{FeedKind, Pace};

fn link(entry: &Entry) -> &str {
    entry
        .link
        .as_ref()
        .map(url::Url::as_str)
        .unwrap_or_default()
}

#[test]
fn rss_without_a_link_takes_the_permalink_of_its_guid() {
    let feed = read(b"<rss><channel><item><title>T</title><guid>https://example.org/1</guid></item><item><title>U</title><guid isPermaLink='false'>https://example.org/2</guid></item></channel></rss>").unwrap();
    assert_eq!(link(&feed.entries[0]), "https://example.org/1");
    assert_eq!(feed.entries[1].link, None);
}

#[test]
fn an_rss_1_0_entry_is_known_by_its_about() {
    let feed = read(b"<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns='http://purl.org/rss/1.0/'><item rdf:about='https://example.org/1'><title>T</title></item></rdf:RDF>").unwrap();
    assert_eq!(feed.kind, FeedKind::Rdf);
    assert_eq!(
        feed.entries[0].guid.as_deref(),
        Some("https://example.org/1")
    );
    assert_eq!(link(&feed.entries[0]), "https://example.org/1");
}

#[test]
fn an_atom_entry_inherits_the_author_of_its_feed() {
    let feed = read(b"<feed xmlns='http://www.w3.org/2005/Atom'><author><name>Ann</name></author><entry><title>T</title></entry><entry><author><name>Bob</name></author><author><name>Cy</name></author></entry></feed>").unwrap();
    assert_eq!(feed.entries[0].author.as_deref(), Some("Ann"));
    assert_eq!(feed.entries[1].author.as_deref(), Some("Bob, Cy"));
}

#[test]
fn atom_0_3_is_read_with_its_own_names() {
    let feed = read(b"<feed version='0.3' xmlns='http://purl.org/atom/ns#'><entry><title mode='escaped' type='text/html'>A &lt;b&gt;B&lt;/b&gt;</title><issued>2004-01-01T10:00Z</issued><modified>2004-01-02T10:00Z</modified><content type='text/html' mode='escaped'>&lt;p&gt;x&lt;/p&gt;</content></entry></feed>").unwrap();
    let entry = &feed.entries[0];
    assert_eq!(entry.title.as_deref(), Some("A B"));
    assert_eq!(entry.published.unwrap().to_string(), "2004-01-01T10:00:00Z");
    assert_eq!(entry.updated.unwrap().to_string(), "2004-01-02T10:00:00Z");
    assert_eq!(entry.content.as_deref(), Some("<p>x</p>"));
}

#[test]
fn relative_links_are_resolved_against_base_and_document() {
    let feed = read_from(
        "https://example.org/feeds/all.xml",
        "<feed xml:base='/news/'><entry><link href='1'/></entry><entry xml:base='https://other.org/'><link href='2'/></entry><entry><link xml:base='a/' href='3'/></entry></feed>",
    );
    let links: Vec<&str> = feed.entries.iter().map(link).collect();
    assert_eq!(
        links,
        [
            "https://example.org/news/1",
            "https://other.org/2",
            "https://example.org/news/a/3"
        ]
    );
}

#[test]
fn an_address_that_is_none_of_a_page_is_no_link() {
    let feed = read(b"<rss><channel><link>javascript:alert(1)</link><item><link>javascript:alert(1)</link><guid>https://example.org/1</guid></item><item><link>file:///etc/passwd</link></item><item><link>\n https://example.org/\n  3 </link></item></channel></rss>").unwrap();
    assert_eq!(feed.link, None);
    assert_eq!(link(&feed.entries[0]), "https://example.org/1");
    assert_eq!(feed.entries[1].link, None);
    assert_eq!(link(&feed.entries[2]), "https://example.org/3");
}

#[test]
fn what_was_mended_is_told() {
    let feed = read(b"Warning: late\n<rss><channel><item><title>A\x08</title><item><title>B</title></item><item><title>C").unwrap();
    assert_eq!(
        feed.repairs,
        [
            "control characters were dropped",
            "text before the feed was passed over",
            "the document ends before the feed does",
            "entries without an end, closed where the next begins: 1",
            "a strict reader refuses it: unable to parse feed: no root element",
        ]
    );
}

#[test]
fn xhtml_content_is_html_and_its_text_stays_text() {
    let feed = read(b"<feed><entry><title type='xhtml'><x:div xmlns:x='http://www.w3.org/1999/xhtml'>1 &lt; <x:b>2</x:b></x:div></title><content type='xhtml'><x:div>a &lt;p&gt; <x:i>b</x:i></x:div></content></entry></feed>").unwrap();
    assert_eq!(feed.entries[0].title.as_deref(), Some("1 < 2"));
    assert_eq!(
        feed.entries[0].content.as_deref(),
        Some("<div>a &lt;p&gt; <i>b</i></div>")
    );
}

#[test]
fn base64_content_is_decoded_and_pictures_are_not_text() {
    let feed = read(b"<feed><entry><content mode='base64' type='text/html'>PGI+aGk8L2I+</content></entry><entry><content type='image/png'>iVBORw0K</content></entry></feed>").unwrap();
    assert_eq!(feed.entries[0].content.as_deref(), Some("<b>hi</b>"));
    assert_eq!(feed.entries[1].content, None);
}

#[test]
fn the_feeds_own_words_go_before_those_of_modules() {
    let feed = read(b"<rss><channel><item><media:title>Picture</media:title><dc:title>Second</dc:title><title>First</title><dc:date>2024-01-02</dc:date><pubDate>1 Jan 2024</pubDate><itunes:summary>No</itunes:summary><description>Yes</description></item></channel></rss>").unwrap();
    let entry = &feed.entries[0];
    assert_eq!(entry.title.as_deref(), Some("First"));
    assert_eq!(entry.published.unwrap().to_string(), "2024-01-01T00:00:00Z");
    assert_eq!(entry.summary.as_deref(), Some("Yes"));
}

#[test]
fn a_module_speaks_where_the_feed_is_silent() {
    let feed = read(b"<rss><channel><item><dc:title>T</dc:title><dc:creator>Ann</dc:creator><dc:date>2024-01-02</dc:date><media:group><media:description>Text</media:description><media:content url='https://example.org/v.mp4'/></media:group></item></channel></rss>").unwrap();
    let entry = &feed.entries[0];
    assert_eq!(entry.title.as_deref(), Some("T"));
    assert_eq!(entry.author.as_deref(), Some("Ann"));
    assert_eq!(entry.summary.as_deref(), Some("Text"));
    assert_eq!(link(entry), "https://example.org/v.mp4");
}

#[test]
fn json_feed_is_read_leniently() {
    let feed = read_from(
        "https://example.org/feed.json",
        "\u{FEFF} {\"version\": \"1.1\", \"items\": [{\"id\": 7, \"url\": \"/7\", \"content_text\": \"1 < 2\", \"authors\": {\"name\": \"Ann\"}, \"date_published\": \"2024-03-05 10:00\"}, \"junk\", {\"title\": \"\\ud800x\"}]}",
    );
    assert_eq!(feed.kind, FeedKind::Json);
    assert_eq!(feed.entries.len(), 2);
    let entry = &feed.entries[0];
    assert_eq!(entry.guid.as_deref(), Some("7"));
    assert_eq!(link(entry), "https://example.org/7");
    assert_eq!(entry.content.as_deref(), Some("1 &lt; 2"));
    assert_eq!(entry.author.as_deref(), Some("Ann"));
    assert_eq!(entry.published.unwrap().to_string(), "2024-03-05T10:00:00Z");
    assert!(
        feed.repairs.iter().any(|repair| repair.contains("JSON")),
        "{:?}",
        feed.repairs
    );
}

#[test]
fn a_json_feed_that_is_a_script_is_read() {
    for document in [
        "show({\"version\":\"https://jsonfeed.org/version/1\",\"items\":[{\"id\":\"1\",\"title\":\"A\"}]});",
        ")]}'\n{\"version\":\"https://jsonfeed.org/version/1\",\"items\":[{\"id\":\"1\",\"title\":\"A\"}]}",
        "{version: 'https://jsonfeed.org/version/1', items: [{id: 1, title: 'A', url: 'https://a.example/1'}]}",
    ] {
        let feed = read_from("https://example.org/feed.json", document);
        assert_eq!(feed.kind, FeedKind::Json, "{document}");
        assert_eq!(feed.entries.len(), 1, "{document}");
        assert_eq!(feed.entries[0].title.as_deref(), Some("A"), "{document}");
    }
}

#[test]
fn a_json_feed_cut_short_keeps_its_complete_entries() {
    let feed =
        read(b"{\"items\": [{\"id\": \"1\"}, {\"id\": \"2\"}, {\"id\": \"3\", \"ti").unwrap();
    assert_eq!(feed.entries.len(), 2);
    assert!(feed.repairs[0].contains("lost"), "{:?}", feed.repairs);
}

#[test]
fn a_feed_says_how_often_it_wants_to_be_read() {
    let feed = read(b"<rss><channel><ttl>30</ttl><sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>12</sy:updateFrequency><skipHours><hour>0</hour><hour>24</hour><hour>7</hour><hour>99</hour></skipHours><skipDays><day>Sunday</day><day>Noday</day></skipDays></channel></rss>").unwrap();
    assert_eq!(feed.pace.at_most_every, Some(Duration::from_hours(2)));
    assert_eq!(feed.pace.skip_hours, [0, 7]);
    assert_eq!(feed.pace.skip_days, [Weekday::Sunday]);
    let silent = read(b"<rss><channel><title>T</title><ttl>soon</ttl></channel></rss>").unwrap();
    assert_eq!(silent.pace, Pace::default());
}

#[test]
fn a_web_page_is_no_feed() {
    let error = read(
        b"<!DOCTYPE html><html><head><title>Sorry</title></head><body>Not found</body></html>",
    )
    .unwrap_err();
    assert_eq!(error.to_string(), "this is not a feed: it is a web page");
}

#[test]
fn a_feed_without_entries_is_a_feed() {
    let feed = read(b"<rss version='2.0'><channel><title>Quiet</title></channel></rss>").unwrap();
    assert_eq!(feed.title.as_deref(), Some("Quiet"));
    assert!(feed.entries.is_empty());
}
