//! What is left of a page: its text and tags, without what nobody looks at.

use super::tag::{Attributes, End, plain_end_tag, tag_length};
use super::{Detail, KEPT_ATTRIBUTES, split_at};
use crate::extract::ExtractError;

/// The page that the parser will read.
#[derive(Debug)]
pub(super) struct Output {
    pub(super) html: String,
    /// Whether a tag was cut after [`KEPT_ATTRIBUTES`].
    pub(super) cut_attributes: bool,
    detail: Detail,
    /// Where white space has just been left out.
    space: Space,
}

/// White space between tags, which is half of all runs of text: each costs the parser a node or two. It moves to the
/// right past the ends of blocks, and is dropped at their beginnings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Space {
    /// There was none.
    None,
    /// There was some, and it may separate words.
    Due,
    /// A block has just begun: there is nothing that white space could separate.
    Idle,
}

impl Output {
    /// Makes one for a page of a length.
    pub(super) fn new(detail: Detail, page_bytes: usize) -> Self {
        Self {
            html: String::with_capacity(page_bytes / 2),
            cut_attributes: false,
            detail,
            space: Space::None,
        }
    }

    /// Copies a run of text.
    pub(super) fn text(&mut self, text: &str) {
        if self.detail == Detail::All {
            self.html.push_str(text);
            return;
        }
        // White space of any length and kind is one space in the end.
        let words = text.trim_ascii_start();
        if words.len() < text.len() && self.space == Space::None {
            self.space = Space::Due;
        }
        if !words.is_empty() {
            self.separate();
            self.html.push_str(words);
        }
    }

    /// Writes the white space that was left out.
    fn separate(&mut self) {
        if self.space == Space::Due {
            self.html.push(' ');
        }
        self.space = Space::None;
    }

    /// Copies the tag that a text begins with, as far as it is read, and returns its length.
    pub(super) fn tag(&mut self, from_tag: &str) -> Result<usize, ExtractError> {
        let mut attributes = Attributes::of(from_tag);
        let start = split_at(from_tag, attributes.at).0;
        let name = split_at(start, 1).1;
        let is_block = is_block(name);
        if !is_block {
            self.separate();
        }
        let before = self.html.len();
        self.html.push_str(start);
        let mut kept = attributes.at;
        while let Some(attribute) = attributes.next()? {
            if attributes.count > KEPT_ATTRIBUTES {
                self.cut_attributes = true;
                continue;
            }
            kept = attributes.at;
            if self.detail == Detail::Needed && attribute.is_read(name) {
                self.html.push(' ');
                self.html.push_str(attribute.written);
            }
        }
        if self.detail == Detail::All {
            self.html.truncate(before);
            self.html.push_str(split_at(from_tag, kept).0);
        }
        match attributes.end {
            End::Tag => self.html.push('>'),
            End::EmptyTag => self.html.push_str(" />"),
            // The page breaks off in the tag: parsers drop it.
            End::Page => self.html.truncate(before),
        }
        if is_block {
            self.space = Space::Idle;
        }
        Ok(attributes.at)
    }

    /// Copies the end tag that a text begins with, without the attributes that it must not have, and returns its length.
    pub(super) fn end_tag(&mut self, from_tag: &str) -> Result<usize, ExtractError> {
        if let Some(name) = plain_end_tag(from_tag) {
            self.end_of(name);
            return Ok("</>".len() + name.len());
        }
        let length = tag_length(from_tag)?;
        let Some(name) = split_at(from_tag, length).0.strip_prefix("</") else {
            return Ok(length);
        };
        let end = name.find(|c: char| c.is_ascii_whitespace() || matches!(c, '/' | '>'));
        // Without an end, the page breaks off in it.
        let Some(end) = end else {
            return Ok(length);
        };
        self.end_of(split_at(name, end).0);
        Ok(length)
    }

    /// Writes the end tag of an element.
    fn end_of(&mut self, name: &str) {
        if !is_block(name) {
            self.separate();
        }
        self.html.push_str("</");
        self.html.push_str(name);
        self.html.push('>');
    }
}

/// Tells whether text before and after the tags of an element is never one paragraph, wherever they stand.
fn is_block(name: &str) -> bool {
    const NAMES: &[&str] = &[
        "div",
        "p",
        "li",
        "ul",
        "ol",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "section",
        "article",
        "header",
        "footer",
        "nav",
        "aside",
        "main",
        "figure",
        "figcaption",
        "blockquote",
        "dl",
        "dt",
        "dd",
        "hr",
    ];
    NAMES.iter().any(|block| block.eq_ignore_ascii_case(name))
}
