//! How fast feeds are read: bytes per second, for the feeds that are polled every day and for broken ones.

use divan::Bencher;
use divan::counter::BytesCount;
use newswatch::domain::Budget;
use newswatch::parse::{Document, feed, sanitised};

fn main() {
    divan::main();
}

/// A paragraph as a feed carries it: escaped HTML with a link and a reference.
const PARAGRAPH: &str = "&lt;p&gt;The council met on Tuesday &amp;amp; decided, after \
    &lt;a href=\"https://example.org/a?b=1&amp;amp;c=2\"&gt;two hours&lt;/a&gt; of talk, to meet again. \
    Nobody was surprised by that, and the caf&amp;eacute; next door did well.&lt;/p&gt;\n";

/// The same paragraph as HTML.
fn html() -> String {
    PARAGRAPH
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&")
}

fn rss(entries: usize) -> String {
    let head = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<rss version=\"2.0\" \
        xmlns:dc=\"http://purl.org/dc/elements/1.1/\" xmlns:content=\"http://purl.org/rss/1.0/modules/content/\">\n\
        <channel><title>Town news</title><link>https://example.org/</link><description>What happens</description>\n";
    let content = html().repeat(4);
    let entries = (0..entries).map(|number| {
        let minute = number % 60;
        format!(
            "<item>\n<title>Council meets again &#8211; number {number}</title>\n\
            <link>https://example.org/news/{number}</link>\n<dc:creator><![CDATA[Ann Example]]></dc:creator>\n\
            <pubDate>Tue, 05 Mar 2024 10:{minute:02}:00 +0000</pubDate>\n<category><![CDATA[Council]]></category>\n\
            <guid isPermaLink=\"false\">https://example.org/?p={number}</guid>\n\
            <description>{PARAGRAPH}</description>\n<content:encoded><![CDATA[{content}]]></content:encoded>\n</item>\n"
        )
    });
    [
        head.to_owned(),
        entries.collect(),
        "</channel>\n</rss>\n".to_owned(),
    ]
    .concat()
}

fn atom(entries: usize) -> String {
    let head = "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\">\
        <title>Town news</title><id>urn:x</id><updated>2024-03-05T10:00:00Z</updated>\n";
    let content = PARAGRAPH.repeat(4);
    let entries = (0..entries).map(|number| {
        format!(
            "<entry><title type=\"html\">Council meets again &amp;#8211; number {number}</title>\
            <link rel=\"alternate\" href=\"https://example.org/news/{number}\"/>\
            <id>tag:example.org,2024:{number}</id><published>2024-03-05T10:00:00Z</published>\
            <updated>2024-03-05T10:00:00Z</updated><author><name>Ann Example</name></author>\
            <content type=\"html\">{content}</content></entry>\n"
        )
    });
    [head.to_owned(), entries.collect(), "</feed>\n".to_owned()].concat()
}

/// The same feed with what breaks feeds: no version, bare ampersands, naked HTML, an end that is missing.
fn broken(entries: usize) -> String {
    let feed = rss(entries)
        .replace("<rss version=\"2.0\"", "<rss")
        .replace("&#8211;", "& <br>");
    feed.trim_end().trim_end_matches("</rss>").to_owned()
}

fn read(bencher: Bencher<'_, '_>, document: &str) {
    let document = Document {
        bytes: document.as_bytes(),
        content_type: Some("application/xml"),
        url: None,
    };
    bencher
        .counter(BytesCount::of_slice(document.bytes))
        .bench(|| feed(&document, &|| true).is_ok());
}

#[divan::bench(args = [10, 100, 1_000])]
fn rss_entries(bencher: Bencher<'_, '_>, entries: usize) {
    read(bencher, &rss(entries));
}

#[divan::bench(args = [10, 100, 1_000])]
fn atom_entries(bencher: Bencher<'_, '_>, entries: usize) {
    read(bencher, &atom(entries));
}

#[divan::bench(args = [10, 100])]
fn broken_entries(bencher: Bencher<'_, '_>, entries: usize) {
    read(bencher, &broken(entries));
}

#[divan::bench]
fn sanitised_content(bencher: Bencher<'_, '_>) {
    let html = html().repeat(20);
    bencher
        .counter(BytesCount::of_slice(html.as_bytes()))
        .bench(|| sanitised(&html, None, &Budget::new(&|| true)));
}
