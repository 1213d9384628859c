//! The text inside an element: plain, HTML that was escaped, markup that stands in the open, or base64.

use std::borrow::Cow;
use std::collections::HashSet;

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use super::children::Child;
use super::names::{Namespaces, Vocabulary, lower};
use crate::parse::lexer::{Piece, Tag, local_name};
use crate::parse::references::{self, Entities};
use crate::parse::text;

/// How the text of an element is to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reading {
    /// HTML, escaped or in CDATA, as RSS has it; tags in the open are meant as tags.
    Html,
    /// Markup in the open: what is escaped in it is text.
    Markup,
    /// Text that is not markup, unless it plainly is.
    Plain,
    Base64,
    /// A picture or a sound.
    NotText,
}

/// Returns the text of an element, tags left out, references decoded: for addresses, dates, names.
pub(super) fn plain<'a>(inner: &[Piece<'a>], entities: &Entities) -> Cow<'a, str> {
    match inner {
        [] => Cow::Borrowed(""),
        [Piece::Text(text)] => references::decode(text, entities),
        [Piece::Cdata(text)] => Cow::Borrowed(text),
        _ => {
            let mut plain = String::new();
            for piece in inner {
                match piece {
                    Piece::Text(text) => plain.push_str(&references::decode(text, entities)),
                    Piece::Cdata(text) => plain.push_str(text),
                    Piece::Start(_) | Piece::End { .. } => {}
                }
            }
            Cow::Owned(plain)
        }
    }
}

/// Returns the text of an element as HTML; nothing where there is none.
pub(super) fn html(
    child: &Child<'_, '_>,
    entities: &Entities,
    namespaces: &Namespaces<'_>,
) -> Option<String> {
    let reading = reading(child);
    let html = match reading {
        Reading::NotText => return None,
        Reading::Base64 => return decoded_base64(&plain(child.inner, entities)),
        Reading::Plain => {
            let plain = plain(child.inner, entities);
            if text::looks_like_html(&plain) {
                plain.into_owned()
            } else {
                text::escaped(&plain)
            }
        }
        Reading::Html | Reading::Markup => markup(child.inner, reading, entities, namespaces),
    };
    let trimmed = html.trim();
    match trimmed.len() {
        0 => None,
        length if length == html.len() => Some(html),
        _ => Some(trimmed.to_owned()),
    }
}

/// Returns an element's text as one line without markup.
pub(super) fn line(
    child: &Child<'_, '_>,
    entities: &Entities,
    namespaces: &Namespaces<'_>,
) -> Option<String> {
    let is_plain = child
        .tag
        .attribute("type")
        .is_some_and(|kind| kind.eq_ignore_ascii_case("text"));
    if is_plain {
        return line_of_plain(child, entities, namespaces);
    }
    html(child, entities, namespaces).and_then(|html| text::line_of_html(&html))
}

/// Returns the text of an element that is said to be no markup as one line.
pub(super) fn line_of_plain(
    child: &Child<'_, '_>,
    entities: &Entities,
    namespaces: &Namespaces<'_>,
) -> Option<String> {
    let has_tags = child
        .inner
        .iter()
        .any(|piece| matches!(piece, Piece::Start(_)));
    if !has_tags {
        let plain = plain(child.inner, entities);
        // Who says "text" and writes `&lt;b&gt;` in pairs means markup all the same.
        if !plain.contains("</") {
            return text::line(&references::decode_html(&plain));
        }
    }
    html(child, entities, namespaces).and_then(|html| text::line_of_html(&html))
}

fn reading(child: &Child<'_, '_>) -> Reading {
    let kind = child
        .tag
        .attribute("type")
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase();
    let mode = child
        .tag
        .attribute("mode")
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase();
    let has_tags = child
        .inner
        .iter()
        .any(|piece| matches!(piece, Piece::Start(_)));
    // Atom 0.3 had a mode beside the type.
    if mode == "base64" {
        return Reading::Base64;
    }
    if kind.contains("xhtml") && mode != "escaped" {
        return if has_tags || !is_cdata(child.inner) {
            Reading::Markup
        } else {
            Reading::Html
        };
    }
    if has_tags {
        return if has_escaped_markup(child.inner) {
            Reading::Html
        } else {
            Reading::Markup
        };
    }
    match kind.as_str() {
        "" => Reading::Html,
        "text" | "text/plain" => Reading::Plain,
        _ if kind.contains("html") || kind.contains("xml") || kind.starts_with("text/") => {
            Reading::Html
        }
        _ if is_binary(&kind) => Reading::NotText,
        "application/octet-stream" => Reading::Base64,
        _ => Reading::Plain,
    }
}

fn is_binary(kind: &str) -> bool {
    ["image/", "audio/", "video/", "font/"]
        .iter()
        .any(|start| kind.starts_with(start))
}

fn is_cdata(inner: &[Piece<'_>]) -> bool {
    inner.iter().any(|piece| matches!(piece, Piece::Cdata(_)))
}

/// Returns whether, beside tags in the open, there is text that is escaped markup.
fn has_escaped_markup(inner: &[Piece<'_>]) -> bool {
    inner.iter().any(|piece| match piece {
        Piece::Text(text) => {
            text.contains("&lt;/") || text.contains("&lt;br") || text.contains("&lt;p&gt;")
        }
        Piece::Cdata(text) => text.contains("</"),
        _ => false,
    })
}

/// Joins the pieces of an element to HTML.
fn markup(
    inner: &[Piece<'_>],
    reading: Reading,
    entities: &Entities,
    namespaces: &Namespaces<'_>,
) -> String {
    let mut html = String::new();
    // An end tag of a name that neither HTML nor this text knows is a slip: `</titel>`.
    let mut opened: HashSet<Cow<'_, str>> = HashSet::new();
    for piece in inner {
        match (piece, reading) {
            (Piece::Text(text), Reading::Markup) => html.push_str(text),
            (Piece::Text(text), _) => html.push_str(&references::decode(text, entities)),
            (Piece::Cdata(text), Reading::Markup) => html.push_str(&text::escaped(text)),
            (Piece::Cdata(text), _) => html.push_str(text),
            (Piece::Start(tag), _) => {
                opened.insert(lower(local_name(tag.name)));
                push_start(&mut html, tag, namespaces);
            }
            (Piece::End { name, source }, _) => {
                let local = lower(local_name(name));
                if opened.contains(&local) || text::is_html_element(&local) {
                    push_end(&mut html, name, source);
                }
            }
        }
    }
    html
}

/// Writes a start tag; one of XHTML without its prefix, which no browser knows.
fn push_start(html: &mut String, tag: &Tag<'_>, namespaces: &Namespaces<'_>) {
    let (vocabulary, _) = namespaces.resolve(tag);
    if tag.name.contains(':') && vocabulary == Vocabulary::Xhtml {
        html.push('<');
        html.push_str(local_name(tag.name));
        html.push_str(tag.source.get(1 + tag.name.len()..).unwrap_or_default());
    } else {
        html.push_str(tag.source);
    }
}

/// Writes an end tag, without a prefix.
fn push_end(html: &mut String, name: &str, source: &str) {
    if name.contains(':') {
        html.push_str("</");
        html.push_str(local_name(name));
        html.push('>');
    } else {
        html.push_str(source);
    }
}

/// Decodes base64 that holds text.
fn decoded_base64(encoded: &str) -> Option<String> {
    let config =
        GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    let encoded: String = encoded.split_whitespace().collect();
    let bytes = GeneralPurpose::new(&alphabet::STANDARD, config)
        .decode(encoded)
        .ok()?;
    String::from_utf8(bytes)
        .ok()
        .map(|text| text.trim().to_owned())
        .filter(|text| !text.is_empty())
}
