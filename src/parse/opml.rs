//! OPML: the lists of feeds that readers export and import. Folders become tags, and tags folders.
//!
//! Format: <http://opml.org/spec2.opml>. What is read and written again is the same list.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::domain::Shown;

use super::lexer::{Lexer, Piece, Tag, local_name};
use super::{Document, ParseError, clean, references, text};

/// Feeds read from one list; the largest collections have some thousand.
const MAX_FEEDS: usize = 50_000;

/// Folders inside one another that are kept as tags.
const MAX_DEPTH: usize = 16;

/// A feed as a list names it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ListedFeed {
    /// Its address, as written; whether it is one is for the importer to check.
    pub url: String,
    /// What the list calls it.
    pub title: Option<String>,
    /// The site it belongs to, as written.
    pub site: Option<String>,
    /// The folders it is in, the outermost first, and its categories.
    pub tags: Vec<String>,
}

/// A list of feeds as read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FeedList {
    /// Its feeds; each address once, with the tags of all its places.
    pub feeds: Vec<ListedFeed>,
    /// What had to be mended, as clauses for people.
    pub repairs: Vec<String>,
}

/// The attribute that names the address of a feed.
const XML_URL: &str = "xmlurl";

/// The same and what other programs call it.
const ADDRESS_NAMES: [&str; 9] = [
    XML_URL, "xml_url", "xml-url", "xmluri", "feedurl", "feed_url", "rssurl", "rss_url", "rss",
];

/// Attributes that do so too where the outline is of nothing else.
const LOOSE_ADDRESS_NAMES: [&str; 2] = ["url", "href"];

/// Types of outlines that stand for a feed; of another program's, for none.
const FEED_TYPES: [&str; 7] = ["rss", "atom", "feed", "rdf", "xml", "rss1", "rss2"];

/// Reads a list of feeds, as old and broken programs write them too: with names of attributes of their own, without a
/// head or a root, with ampersands as they are, in another charset than they say, or as bare lines of addresses.
///
/// # Errors
/// When the document is no list of feeds.
pub fn opml(document: &Document<'_>) -> Result<FeedList, ParseError> {
    let text = clean::text(document);
    let text = without_other_markup(&text);
    let mut reading = Reading::default();
    for piece in Lexer::new(&text) {
        match piece {
            Piece::Start(tag) => reading.start(&tag),
            Piece::End { name, .. } => reading.end(local_name(name)),
            Piece::Text(_) | Piece::Cdata(_) => {}
        }
    }
    if reading.feeds.is_empty() {
        reading.bare_addresses(&text);
    }
    if !reading.is_opml && reading.feeds.is_empty() {
        return Err(ParseError::NotAFeed {
            found: Shown::of(clean::looks_like(&text)),
        });
    }
    reading.mended.is_in_another_charset = clean::is_mislabelled(document.bytes);
    Ok(reading.finish())
}

/// Elements of a list of feeds that are looked at.
const ELEMENTS: [&str; 4] = ["opml", "head", "body", "outline"];

/// Escapes what looks like any other element of a list: markup that a program has left in the names of feeds, which
/// would end the tags that they stand in.
fn without_other_markup(text: &str) -> Cow<'_, str> {
    let is_one_of_a_list = |after: &str| {
        let name = after.strip_prefix('/').unwrap_or(after);
        ELEMENTS.iter().any(|element| {
            let (start, rest) = name.split_at_checked(element.len()).unwrap_or_default();
            start.eq_ignore_ascii_case(element) && !rest.starts_with(char::is_alphanumeric)
        })
    };
    let has_outlines = text.split('<').any(|after| {
        after
            .get(..7)
            .is_some_and(|name| name.eq_ignore_ascii_case("outline"))
    });
    if !has_outlines {
        return Cow::Borrowed(text);
    }
    let mut pieces = text.split('<');
    let mut escaped = pieces.next().unwrap_or_default().to_owned();
    for after in pieces {
        let is_kept = after.starts_with(['?', '!']) || is_one_of_a_list(after);
        escaped.push_str(if is_kept { "<" } else { "&lt;" });
        escaped.push_str(after);
    }
    Cow::Owned(escaped)
}

/// A list while it is read.
#[derive(Default)]
struct Reading {
    feeds: Vec<ListedFeed>,
    place_of: BTreeMap<String, usize>,
    /// A folder's name, or nothing for an outline that is no folder but was opened like one.
    open: Vec<Option<String>>,
    is_opml: bool,
    mended: Mended,
}

/// How often what had to be mended.
#[derive(Default)]
struct Mended {
    ampersands: usize,
    misnamed: usize,
    schemes: usize,
    nameless: usize,
    left_out: usize,
    has_end: bool,
    is_bare: bool,
    is_in_another_charset: bool,
}

impl Reading {
    fn start(&mut self, tag: &Tag<'_>) {
        match local_name(tag.name).to_ascii_lowercase().as_str() {
            "opml" => self.is_opml = true,
            "outline" => {
                let feed = listed_feed(tag, &self.open, &mut self.mended);
                if !tag.is_empty {
                    self.open
                        .push(if feed.is_some() { None } else { name(tag) });
                }
                self.extend(feed);
            }
            // A live bookmark in the list of bookmarks of a browser.
            "a" => {
                let feed = tag
                    .attribute("feedurl")
                    .and_then(|written| address(written, &mut self.mended));
                self.extend(feed.map(|url| ListedFeed {
                    url,
                    ..ListedFeed::default()
                }));
            }
            _ => {}
        }
    }

    fn end(&mut self, name: &str) {
        if name.eq_ignore_ascii_case("outline") {
            self.open.pop();
        } else if name.eq_ignore_ascii_case("opml") {
            self.mended.has_end = true;
        }
    }

    fn extend(&mut self, feed: Option<ListedFeed>) {
        let Some(feed) = feed else {
            return;
        };
        match self.place_of.get(&feed.url).copied() {
            Some(place) => {
                if let Some(known) = self.feeds.get_mut(place) {
                    add_tags(known, feed.tags);
                }
            }
            None if self.feeds.len() < MAX_FEEDS => {
                self.place_of.insert(feed.url.clone(), self.feeds.len());
                self.feeds.push(feed);
            }
            None => self.mended.left_out += 1,
        }
    }

    /// Reads a text that has nothing but an address on each line.
    fn bare_addresses(&mut self, text: &str) {
        let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
        let is_one = |line: &str| {
            let scheme = line.split_once("://").map(|(scheme, _)| scheme);
            scheme.is_some_and(|scheme| ["http", "https", "feed"].contains(&scheme))
                && !line.contains(char::is_whitespace)
        };
        if !lines.clone().all(is_one) {
            return;
        }
        self.mended.is_bare = true;
        for line in lines.by_ref().take(MAX_FEEDS) {
            let feed = address(line, &mut self.mended).map(|url| ListedFeed {
                url,
                ..ListedFeed::default()
            });
            self.extend(feed);
        }
    }

    fn finish(self) -> FeedList {
        let mended = self.mended;
        let counted = |count: usize, what: &str| (count > 0).then(|| format!("{what}: {count}"));
        let said = |is_so: bool, what: &str| is_so.then(|| what.to_owned());
        let repairs = [
            said(mended.is_bare, "it is no OPML but a list of addresses"),
            said(
                !self.is_opml && !mended.is_bare,
                "it has no root as OPML has",
            ),
            said(
                self.is_opml && !mended.has_end,
                "it ends before its end: what follows is lost",
            ),
            said(
                mended.is_in_another_charset,
                "its letters are not in the charset that it names",
            ),
            counted(mended.ampersands, "ampersands that were not escaped"),
            counted(mended.misnamed, "addresses that did not stand in xmlUrl"),
            counted(mended.schemes, "addresses that did not begin with http"),
            counted(mended.nameless, "feeds without a name"),
            counted(mended.left_out, "feeds left out, as the list is too long"),
        ];
        FeedList {
            feeds: self.feeds,
            repairs: repairs.into_iter().flatten().collect(),
        }
    }
}

/// Reads an outline that names a feed.
fn listed_feed(tag: &Tag<'_>, open: &[Option<String>], mended: &mut Mended) -> Option<ListedFeed> {
    let attribute = |name: &str| {
        tag.attribute(name)
            .and_then(|value| text::line(&references::decode_html(value)))
    };
    let kind = attribute("type").map(|kind| kind.to_ascii_lowercase());
    let may_be_feed = kind.is_none_or(|kind| FEED_TYPES.contains(&kind.as_str()));
    let loose = LOOSE_ADDRESS_NAMES.iter().filter(|_| may_be_feed);
    let written = |name: &&'static str| {
        let value = tag.attribute(name)?;
        (!value.trim().is_empty()).then_some((*name, value))
    };
    let (stands_in, value) = ADDRESS_NAMES.iter().chain(loose).find_map(written)?;
    let url = address(value, mended)?;
    mended.misnamed += usize::from(stands_in != XML_URL);
    let mut feed = ListedFeed {
        url,
        title: name(tag),
        site: attribute("htmlurl"),
        tags: Vec::new(),
    };
    mended.nameless += usize::from(feed.title.is_none());
    add_tags(&mut feed, open.iter().flatten().take(MAX_DEPTH).cloned());
    // OPML 2.0: categories are separated by commas; each is a tag, or a path with slashes.
    let categories = attribute("category").unwrap_or_default();
    let words = categories
        .split(',')
        .flat_map(|category| category.split('/'))
        .filter_map(text::line);
    add_tags(&mut feed, words.take(MAX_DEPTH));
    Some(feed)
}

/// Reads an address, escaped once, twice or not at all, with the scheme that programs gave to feeds, or none.
fn address(written: &str, mended: &mut Mended) -> Option<String> {
    let read = text::line(&references::decode_html(written))?.replace("&amp;", "&");
    let bare = written.split('&').skip(1).filter(|rest| {
        let name = rest
            .split(|c: char| !(c.is_ascii_alphanumeric() || c == '#'))
            .next();
        let length = name.unwrap_or_default().len();
        rest.as_bytes().get(length) != Some(&b';')
    });
    mended.ampersands += bare.count();
    let lower = read.to_ascii_lowercase();
    if lower.starts_with("http://") || lower.starts_with("https://") {
        return Some(read);
    }
    let (_, after) = read.split_once("://").unwrap_or(("", &read));
    let inner = read.get("feed:".len()..).unwrap_or_default();
    let meant = if lower.starts_with("feed:http") {
        inner.to_owned()
    } else if ["feed:", "itpc:", "pcast:", "rss:"]
        .iter()
        .any(|scheme| lower.starts_with(scheme))
    {
        format!("http://{}", after.trim_start_matches("feed:"))
    } else if looks_like_host(&read) {
        format!("http://{}", read.trim_start_matches('/'))
    } else {
        // Whoever imports it says that it is none.
        return Some(read);
    };
    mended.schemes += 1;
    Some(meant)
}

/// Whether an address without a scheme begins with the name of a host.
fn looks_like_host(written: &str) -> bool {
    let written = written.strip_prefix("//").unwrap_or(written);
    let host = written.split('/').next().unwrap_or_default();
    host.contains('.')
        && !host.starts_with('.')
        && !host.ends_with('.')
        && host
            .chars()
            .all(|c| c.is_alphanumeric() || matches!(c, '.' | '-' | ':'))
        && host
            .split_once(':')
            .is_none_or(|(_, port)| port.parse::<u16>().is_ok())
}

fn add_tags(feed: &mut ListedFeed, tags: impl IntoIterator<Item = String>) {
    for tag in tags {
        if !feed.tags.contains(&tag) {
            feed.tags.push(tag);
        }
    }
}

/// Returns what an outline is called.
fn name(tag: &Tag<'_>) -> Option<String> {
    let attribute = |name: &str| {
        tag.attribute(name)
            .and_then(|value| text::line_of_html(&references::decode_html(value)))
    };
    attribute("title").or_else(|| attribute("text"))
}

/// Writes a list of feeds that any reader can import; `title` is the list's own name.
///
/// A feed stands in the folder of its first tag; the other tags are its categories.
#[must_use]
pub fn opml_of(title: &str, feeds: &[ListedFeed]) -> String {
    let mut folders: BTreeMap<Option<&str>, Vec<&ListedFeed>> = BTreeMap::new();
    for feed in feeds {
        folders
            .entry(feed.tags.first().map(String::as_str))
            .or_default()
            .push(feed);
    }
    let mut opml = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<opml version=\"2.0\">\n  <head>\n    <title>{}</title>\n  </head>\n  <body>\n",
        escaped(title)
    );
    for (folder, feeds) in folders {
        if let Some(folder) = folder {
            opml.extend(["    <outline text=\"", &escaped(folder), "\">\n"]);
        }
        for feed in feeds {
            opml.push_str(if folder.is_some() { "      " } else { "    " });
            opml.push_str(&outline(feed));
        }
        if folder.is_some() {
            opml.push_str("    </outline>\n");
        }
    }
    opml.push_str("  </body>\n</opml>\n");
    opml
}

fn outline(feed: &ListedFeed) -> String {
    let title = escaped(feed.title.as_deref().unwrap_or(&feed.url));
    let mut outline = format!(
        "<outline type=\"rss\" text=\"{title}\" title=\"{title}\" xmlUrl=\"{}\"",
        escaped(&feed.url)
    );
    if let Some(site) = &feed.site {
        outline.extend([" htmlUrl=\"", &escaped(site), "\""]);
    }
    let categories: Vec<String> = feed.tags.iter().skip(1).map(|tag| escaped(tag)).collect();
    if !categories.is_empty() {
        outline.extend([" category=\"", &categories.join(","), "\""]);
    }
    outline.push_str("/>\n");
    outline
}

/// Escapes a text for an attribute, with what XML cannot hold left out.
fn escaped(value: &str) -> String {
    let line = text::line(value).unwrap_or_default();
    text::escaped(&line).replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listed(bytes: &[u8]) -> FeedList {
        opml(&Document {
            bytes,
            content_type: None,
            url: None,
        })
        .unwrap()
    }

    fn read(text: &str) -> Vec<ListedFeed> {
        listed(text.as_bytes()).feeds
    }

    fn feed(url: &str, title: &str, tags: &[&str]) -> ListedFeed {
        ListedFeed {
            url: url.to_owned(),
            title: Some(title.to_owned()),
            site: Some("https://example.org/".to_owned()),
            tags: tags.iter().map(ToString::to_string).collect(),
        }
    }

    #[test]
    fn folders_and_categories_become_tags() {
        let feeds = read(
            "<opml version='1.0'><body><outline text='World'><outline title='Asia'><outline type='rss' text='A &amp;amp; B' xmlUrl='https://a.org/?x=1&amp;y=2' category='/sea/east,press'/></outline></outline><outline text='C' XMLURL='https://c.org/'></outline></body></opml>",
        );
        assert_eq!(feeds.len(), 2);
        assert_eq!(feeds[0].url, "https://a.org/?x=1&y=2");
        assert_eq!(feeds[0].title.as_deref(), Some("A & B"));
        assert_eq!(feeds[0].tags, ["World", "Asia", "sea", "east", "press"]);
        assert!(feeds[1].tags.is_empty());
    }

    #[test]
    fn a_feed_in_two_folders_is_one_with_both_tags() {
        let feeds = read(
            "<opml><body><outline text='A'><outline xmlUrl='u'/></outline><outline text='B'><outline xmlUrl='u'/></outline></body></opml>",
        );
        assert_eq!(feeds.len(), 1);
        assert_eq!(feeds[0].tags, ["A", "B"]);
    }

    #[test]
    fn what_is_written_reads_the_same() {
        let feeds = vec![
            feed("https://a.org/?x=1&y=\"2\"", "A < B & \"C\"", &[]),
            feed("https://b.org/", "Việt Nam", &["Asia", "press", "daily"]),
            feed("https://c.org/", "C", &["Europe & more"]),
        ];
        assert_eq!(read(&opml_of("My feeds", &feeds)), feeds);
    }

    #[test]
    #[expect(clippy::too_many_lines, reason = "a table")]
    fn lists_of_old_and_broken_programs_are_read_as_they_were_meant() {
        let latin: Vec<u8> = "<?xml version='1.0' encoding='utf-8'?><opml><body><outline text='Caf\u{e9}' xmlUrl='http://a.org/'/></body></opml>"
            .chars()
            .map(|c| u8::try_from(u32::from(c)).unwrap())
            .collect();
        for (why, list, url, title, said) in [
            (
                "ampersands as they are",
                "<opml><head/><body><outline text='A & B' xmlUrl='http://a.org/?x=1&copy=2&y=3'/></body></opml>".as_bytes(),
                "http://a.org/?x=1&copy=2&y=3",
                Some("A & B"),
                "ampersands that were not escaped: 2",
            ),
            (
                "escaped twice",
                b"<opml><body><outline text='A' xmlUrl='http://a.org/?x=1&amp;amp;y=3'/></body></opml>",
                "http://a.org/?x=1&y=3",
                Some("A"),
                "",
            ),
            (
                "url",
                b"<opml version='1.0'><body><outline title='A' url='http://a.org/rss'></outline></body></opml>",
                "http://a.org/rss",
                Some("A"),
                "addresses that did not stand in xmlUrl: 1",
            ),
            (
                "feedUrl, no quotation marks",
                b"<OPML><BODY><OUTLINE TYPE=rss FEEDURL=http://a.org/rss></BODY></OPML>",
                "http://a.org/rss",
                None,
                "feeds without a name: 1",
            ),
            (
                "no root and no head",
                b"<outline text=\"A\" xmlUrl=\"http://a.org/rss\"/>",
                "http://a.org/rss",
                Some("A"),
                "it has no root as OPML has",
            ),
            (
                "cut",
                b"<opml><body><outline text='A' xmlUrl='http://a.org/rss'/><outline text='B' xmlU",
                "http://a.org/rss",
                Some("A"),
                "it ends before its end",
            ),
            (
                "another charset",
                &latin,
                "http://a.org/",
                Some("Caf\u{e9}"),
                "not in the charset that it names",
            ),
            (
                "a scheme of feeds",
                b"<opml><body><outline text='A' xmlUrl='feed://a.org/rss'/></body></opml>",
                "http://a.org/rss",
                Some("A"),
                "addresses that did not begin with http: 1",
            ),
            (
                "two schemes",
                b"<opml><body><outline text='A' xmlUrl='feed:https://a.org/rss'/></body></opml>",
                "https://a.org/rss",
                Some("A"),
                "addresses that did not begin with http: 1",
            ),
            (
                "no scheme",
                b"<opml><body><outline text='A' xmlUrl='www.a.org/rss'/></body></opml>",
                "http://www.a.org/rss",
                Some("A"),
                "addresses that did not begin with http: 1",
            ),
            (
                "quotation marks inside of a name",
                b"<opml><body><outline text=\"The \"big\" one\" xmlUrl=\"http://a.org/rss\"/></body></opml>",
                "http://a.org/rss",
                None,
                "",
            ),
            (
                "markup inside of a name",
                b"<opml><body><outline text=\"The <b>big</b> one\" xmlUrl=\"http://a.org/rss\"/></body></opml>",
                "http://a.org/rss",
                None,
                "",
            ),
            (
                "bookmarks",
                b"<!DOCTYPE NETSCAPE-Bookmark-file-1><DL><DT><A FEEDURL=\"http://a.org/rss\" HREF=\"http://a.org/\">A</A></DL>",
                "http://a.org/rss",
                None,
                "it has no root",
            ),
            (
                "addresses alone",
                b"\nhttp://a.org/rss\r\nhttp://a.org/rss\n",
                "http://a.org/rss",
                None,
                "a list of addresses",
            ),
        ] {
            let list = listed(list);
            assert_eq!(list.feeds.len(), 1, "{why}: {list:?}");
            assert_eq!(list.feeds[0].url, url, "{why}");
            if title.is_some() {
                assert_eq!(list.feeds[0].title.as_deref(), title, "{why}");
            }
            assert!(list.repairs.concat().contains(said), "{why}: {list:?}");
        }
    }

    #[test]
    fn a_list_without_faults_has_nothing_mended_and_what_is_no_feed_stays_none() {
        let list = listed(
            b"<opml version='2.0'><head/><body><outline text='Site' type='link' url='http://a.org/'/>\
              <outline text='A' type='rss' xmlUrl='http://a.org/rss?a=1&amp;b=2'/></body></opml>",
        );
        assert_eq!(list.feeds.len(), 1);
        assert_eq!(list.repairs, Vec::<String>::new());
    }

    #[test]
    fn another_document_is_no_list() {
        let error = opml(&Document {
            bytes: b"<html></html>",
            content_type: None,
            url: None,
        })
        .unwrap_err();
        assert_eq!(error.to_string(), "this is not a feed: it is a web page");
    }
}
