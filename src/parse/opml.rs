//! OPML: the lists of feeds that readers export and import. Folders become tags, and tags folders.
//!
//! Format: <http://opml.org/spec2.opml>. What is read and written again is the same list.

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

/// Reads a list of feeds; each address once, with the tags of all its places.
///
/// # Errors
/// When the document is not OPML.
pub fn opml(document: &Document<'_>) -> Result<Vec<ListedFeed>, ParseError> {
    let text = clean::text(document);
    let mut feeds: Vec<ListedFeed> = Vec::new();
    let mut place_of: BTreeMap<String, usize> = BTreeMap::new();
    // A folder's name, or nothing for an outline that is no folder but was opened like one.
    let mut open: Vec<Option<String>> = Vec::new();
    let mut is_opml = false;
    for piece in Lexer::new(&text) {
        match piece {
            Piece::Start(tag) if local_name(tag.name).eq_ignore_ascii_case("opml") => {
                is_opml = true;
            }
            Piece::Start(tag) if local_name(tag.name).eq_ignore_ascii_case("outline") => {
                let feed = listed_feed(&tag, &open);
                if !tag.is_empty {
                    open.push(if feed.is_some() { None } else { name(&tag) });
                }
                let Some(feed) = feed else {
                    continue;
                };
                match place_of.get(&feed.url).copied() {
                    Some(place) => {
                        if let Some(known) = feeds.get_mut(place) {
                            add_tags(known, feed.tags);
                        }
                    }
                    None if feeds.len() < MAX_FEEDS => {
                        place_of.insert(feed.url.clone(), feeds.len());
                        feeds.push(feed);
                    }
                    None => {}
                }
            }
            Piece::End { name, .. } if local_name(name).eq_ignore_ascii_case("outline") => {
                open.pop();
            }
            _ => {}
        }
    }
    if is_opml || !feeds.is_empty() {
        Ok(feeds)
    } else {
        Err(ParseError::NotAFeed {
            found: Shown::of(clean::looks_like(&text)),
        })
    }
}

/// Reads an outline that names a feed.
fn listed_feed(tag: &Tag<'_>, open: &[Option<String>]) -> Option<ListedFeed> {
    let attribute = |name: &str| {
        tag.attribute(name)
            .and_then(|value| text::line(&references::decode_html(value)))
    };
    let is_feed = attribute("type")
        .is_some_and(|kind| ["rss", "atom", "feed"].contains(&kind.to_ascii_lowercase().as_str()));
    let url = attribute("xmlurl").or_else(|| attribute("url").filter(|_| is_feed))?;
    let mut feed = ListedFeed {
        url,
        title: name(tag),
        site: attribute("htmlurl"),
        tags: Vec::new(),
    };
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

    fn read(text: &str) -> Vec<ListedFeed> {
        opml(&Document {
            bytes: text.as_bytes(),
            content_type: None,
            url: None,
        })
        .unwrap()
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
