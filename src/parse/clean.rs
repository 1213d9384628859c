//! From bytes to the text that readers get: decoded, without control characters, beginning at the feed's root.
//!
//! One linear pass over each. What stands in front of the root (declarations, comments, warnings of the
//! program that made the feed) is passed over; of the DOCTYPE only its entities are kept.

use std::borrow::Cow;

use super::lexer::local_name;
use super::references::Entities;
use super::{BYTES_A_STEP, Document};
use crate::charset;
use crate::domain::Budget;

/// Bytes at the start of a document in which an XML declaration is looked for.
const DECLARATION_WINDOW_BYTES: usize = 1_024;

/// Bytes of junk in front of the root that are searched; a page of program warnings is shorter.
const MAX_PROLOG_BYTES: usize = 512 * 1024;

/// The roots of feeds: their own, and those of parts that stand alone where a feed was cut or badly built.
const ROOTS: [&str; 6] = ["rss", "rdf", "feed", "channel", "entry", "item"];

/// Of these, the ones that a web page does not have by chance.
const ROOTS_OF_WHOLE_FEEDS: [&str; 3] = ["rss", "rdf", "feed"];

/// A document ready to be read.
#[derive(Debug)]
pub(super) struct Cleaned<'a> {
    /// From the root's start tag on for XML, from the first brace on for JSON.
    pub(super) text: Cow<'a, str>,
    pub(super) format: Format,
    /// Whether a web page begins before the feed: then an empty one is a chance likeness.
    pub(super) is_in_web_page: bool,
    /// What the DOCTYPE defines.
    pub(super) entities: Entities,
    pub(super) repairs: Vec<String>,
}

/// What a document is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    Xml,
    Json,
}

/// Returns a document's text, whatever charset it is in.
pub(super) fn text<'a>(document: &Document<'a>) -> Cow<'a, str> {
    let label = document.content_type.and_then(charset_label);
    charset::decode(document.bytes, label, declared_charset(document.bytes))
}

/// Whether a document is in another charset than it says: it names one and is UTF-8, or is not the UTF-8 that it says
/// or that it would be where it says nothing.
pub(super) fn is_mislabelled(bytes: &[u8]) -> bool {
    let is_marked = bytes.starts_with(b"\xFE\xFF") || bytes.starts_with(b"\xFF\xFE");
    let says_utf8 = declared_charset(bytes)
        .is_none_or(|label| matches!(label.to_ascii_lowercase().as_str(), "utf-8" | "utf8"));
    !is_marked && !bytes.is_ascii() && says_utf8 != std::str::from_utf8(bytes).is_ok()
}

/// Cleans a document; the error says what it looks like where it is no feed.
pub(super) fn clean<'a>(
    document: &Document<'a>,
    budget: &Budget<'_>,
) -> Result<Cleaned<'a>, String> {
    let mut repairs = Vec::new();
    let text = without_controls(text(document), &mut repairs);
    if let Some(start) = json_start(&text) {
        return Ok(Cleaned {
            text: from(text, start),
            format: Format::Json,
            is_in_web_page: false,
            entities: Entities::default(),
            repairs,
        });
    }
    let Some(start) = root_start(&text, budget) else {
        return Err(looks_like(&text).to_owned());
    };
    let prolog = text.get(..start).unwrap_or_default();
    let is_in_web_page = is_web_page(prolog, None);
    if is_in_web_page
        && !ROOTS_OF_WHOLE_FEEDS
            .iter()
            .any(|root| begins_with_tag(&text, start, root))
    {
        return Err(looks_like(&text).to_owned());
    }
    let entities = prolog
        .find("<!DOCTYPE")
        .and_then(|at| prolog.get(at..))
        .map(Entities::of_doctype)
        .unwrap_or_default();
    if has_junk(prolog) {
        repairs.push("text before the feed was passed over".to_owned());
    }
    Ok(Cleaned {
        text: from(text, start),
        format: Format::Xml,
        is_in_web_page,
        entities,
        repairs,
    })
}

/// Returns the part of a text from an offset on, without copying where that can be avoided.
fn from(text: Cow<'_, str>, start: usize) -> Cow<'_, str> {
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.get(start..).unwrap_or_default()),
        Cow::Owned(mut text) => {
            if start > 0 {
                text.drain(..start);
            }
            Cow::Owned(text)
        }
    }
}

/// Returns the charset of a Content-Type, however its parameter is written: `charset="x"`, `charset: 'x'`.
fn charset_label(content_type: &str) -> Option<&str> {
    let at = content_type.to_ascii_lowercase().find("charset")?;
    let value = content_type.get(at + "charset".len()..)?;
    let value = value.trim_start().strip_prefix(['=', ':'])?;
    let value = value.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, '"' | '\''));
    value
        .split(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | ';' | ','))
        .next()
        .filter(|label| !label.is_empty())
}

/// Returns the charset that an XML declaration names.
fn declared_charset(bytes: &[u8]) -> Option<&str> {
    let window = bytes.get(..bytes.len().min(DECLARATION_WINDOW_BYTES))?;
    let start = window.windows(5).position(|part| part == b"<?xml")?;
    let length = window.get(start..)?.iter().position(|byte| *byte == b'>')?;
    let declaration = std::str::from_utf8(window.get(start..start + length)?).ok()?;
    let (_, value) = declaration.split_once("encoding")?;
    let value = value.trim_start().strip_prefix('=')?.trim_start();
    value
        .split(['"', '\''])
        .find(|label| !label.trim().is_empty())
        .map(str::trim)
}

/// Drops characters that XML forbids (XML 1.0 §2.2) and byte order marks.
fn without_controls<'a>(text: Cow<'a, str>, repairs: &mut Vec<String>) -> Cow<'a, str> {
    let is_forbidden = |c: char| matches!(c, '\0'..='\u{8}' | '\u{B}' | '\u{C}' | '\u{E}'..='\u{1F}' | '\u{7F}' | '\u{FFFE}' | '\u{FFFF}');
    if !text.contains(is_forbidden) {
        return text;
    }
    repairs.push("control characters were dropped".to_owned());
    Cow::Owned(text.replace(is_forbidden, ""))
}

/// Returns where a JSON document begins; nothing where the first character that counts is another.
fn json_start(text: &str) -> Option<usize> {
    let blank = |c: char| c.is_whitespace() || c == '\u{FEFF}';
    let trimmed = text.trim_start_matches(blank);
    // What keeps a document from being run as a script, or makes it one.
    let bare = trimmed.strip_prefix(")]}'").unwrap_or(trimmed);
    let called = bare.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || "_$.".contains(c));
    let bare = match called.strip_prefix('(') {
        Some(argument) if called.len() < bare.len() => argument,
        _ => bare,
    };
    let bare = bare.trim_start_matches(blank);
    bare.starts_with(['{', '['])
        .then(|| text.len() - bare.len())
}

/// Finds the start tag of the root, whatever stands before it.
fn root_start(text: &str, budget: &Budget<'_>) -> Option<usize> {
    let end = text.floor_char_boundary(MAX_PROLOG_BYTES);
    let window = text.get(..end)?;
    let mut at = 0;
    // Where no comment ends any more, none is looked for again: each search would read to the window's end.
    let mut comments_end = true;
    while let Some(found) = window.get(at..)?.find('<') {
        if !budget.lasts(1 + found / BYTES_A_STEP) {
            return None;
        }
        let start = at + found;
        let markup = window.get(start + 1..)?;
        if is_root(markup) {
            return Some(start);
        }
        at = start + 1;
        if let Some(comment) = markup.strip_prefix("!--").filter(|_| comments_end) {
            if let Some(length) = comment.find("-->") {
                at += "!--".len() + length;
            } else {
                comments_end = false;
                if !budget.lasts(comment.len() / BYTES_A_STEP) {
                    return None;
                }
            }
        }
    }
    None
}

/// Returns whether the tag that begins here, after its `<`, is the root of a feed.
fn is_root(markup: &str) -> bool {
    let local = local_tag_name(markup);
    ROOTS.iter().any(|root| local.eq_ignore_ascii_case(root))
}

/// Returns whether a tag of this name begins at an offset.
fn begins_with_tag(text: &str, start: usize, name: &str) -> bool {
    text.get(start + 1..)
        .is_some_and(|markup| local_tag_name(markup).eq_ignore_ascii_case(name))
}

/// Bytes of a tag's name, with its prefix, within which it is looked for; longer ones are no root of a feed.
const MAX_ROOT_NAME_BYTES: usize = 64;

/// Returns the name of the tag that begins here, after its `<`, without its prefix.
fn local_tag_name(markup: &str) -> &str {
    let markup = markup
        .get(..markup.floor_char_boundary(MAX_ROOT_NAME_BYTES))
        .unwrap_or_default();
    let end = markup
        .find(|c: char| c.is_whitespace() || matches!(c, '>' | '/'))
        .unwrap_or(markup.len());
    local_name(markup.get(..end).unwrap_or_default())
}

/// Returns whether a prolog holds anything but declarations, comments and white space.
fn has_junk(prolog: &str) -> bool {
    let text = prolog.trim_start_matches('\u{FEFF}').trim();
    !(text.is_empty() || text.starts_with("<?") || text.starts_with("<!"))
}

/// Returns whether a document is a web page, by how it begins or by its declared type.
pub(super) fn is_web_page(text: &str, content_type: Option<&str>) -> bool {
    let is_declared = content_type.is_some_and(|kind| {
        let kind = kind.trim_start().to_ascii_lowercase();
        kind.starts_with("text/html") || kind.starts_with("application/xhtml")
    });
    let start = text.get(..text.floor_char_boundary(PAGE_WINDOW_BYTES));
    let lower = start.unwrap_or_default().to_ascii_lowercase();
    let begins_so = ["<html", "<!doctype html", "<body"]
        .iter()
        .any(|tag| lower.contains(tag));
    begins_so || (is_declared && lower.contains('<'))
}

/// Bytes at the start of a document in which a page shows itself.
const PAGE_WINDOW_BYTES: usize = 2_048;

/// Says what a document without a feed in it looks like.
pub(super) fn looks_like(text: &str) -> &'static str {
    let start = text.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{FEFF}');
    let lower = start
        .get(..start.floor_char_boundary(2_048))
        .unwrap_or_default()
        .to_ascii_lowercase();
    if start.is_empty() {
        "it is empty"
    } else if lower.contains("<html") || lower.contains("<!doctype html") || lower.contains("<body")
    {
        "it is a web page"
    } else if lower.contains("<opml") {
        "it is a list of feeds (OPML)"
    } else if lower.contains("<urlset") || lower.contains("<sitemapindex") {
        "it is a sitemap"
    } else if lower.starts_with('<') {
        "it is XML of another kind"
    } else {
        "it is neither XML nor JSON"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_charset_of_a_content_type_is_found_however_it_is_written() {
        for content_type in [
            "text/xml; charset=utf-16",
            "text/xml;CHARSET = \"utf-16\"",
            "text/xml; charset= 'utf-16'; x=y",
            "text/xml; charset:utf-16",
        ] {
            assert_eq!(
                charset_label(content_type),
                Some("utf-16"),
                "{content_type}"
            );
        }
        assert_eq!(charset_label("text/xml"), None);
        assert_eq!(charset_label("text/xml; charset="), None);
    }

    #[test]
    fn the_charset_of_a_declaration_is_found_within_the_declaration_only() {
        assert_eq!(
            declared_charset(b"<?xml version='1.0' encoding='koi8-r'?><rss/>"),
            Some("koi8-r")
        );
        assert_eq!(
            declared_charset(b"<?xml version='1.0'?><rss encoding='koi8-r'/>"),
            None
        );
    }

    #[test]
    fn a_document_that_is_no_feed_is_named() {
        for (bytes, found) in [
            ("", "it is empty"),
            (
                "<!DOCTYPE html><html><body>Not found</body></html>",
                "it is a web page",
            ),
            (
                "<html><body><menu><item>One</item></menu></body></html>",
                "it is a web page",
            ),
            ("Service unavailable", "it is neither XML nor JSON"),
            ("<opml version='2.0'/>", "it is a list of feeds (OPML)"),
        ] {
            let document = Document {
                bytes: bytes.as_bytes(),
                content_type: None,
                url: None,
            };
            assert_eq!(clean(&document, &Budget::new(&|| true)).unwrap_err(), found);
        }
    }
}
