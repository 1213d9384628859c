//! Where on a page a piece of metadata was found.

use std::fmt;

/// A piece of metadata, and where it was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sourced<T> {
    /// What was found.
    pub value: T,
    /// Where.
    pub origin: Origin,
}

impl<T> Sourced<T> {
    /// Says where a value was found.
    pub fn new(value: T, origin: Origin) -> Self {
        Self { value, origin }
    }

    /// Changes the value and keeps where it was found.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Sourced<U> {
        Sourced {
            value: change(self.value),
            origin: self.origin,
        }
    }
}

/// A place that metadata is read from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// The site rule.
    Rule,
    /// Linked data (JSON-LD), under this key of schema.org.
    LinkedData(&'static str),
    /// The `meta` tag of this name.
    Meta(String),
    /// Microdata: an element with this `itemprop`.
    Microdata(&'static str),
    /// The `title` tag.
    TitleTag,
    /// The `lang` of the `html` tag.
    HtmlTag,
    /// The `link` tag of this relation.
    Link(&'static str),
    /// A heading of this level.
    Heading(u8),
    /// An element whose name or tag says what it holds.
    Element,
    /// A line near the headline.
    Line,
    /// The beginning of the text.
    Dateline,
    /// A line below the text.
    LineBelow,
    /// The address of the page.
    Address,
    /// The words of the text.
    Words,
    /// What the whole page makes likely: nothing says it outright.
    Guess,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rule => f.write_str("site rule"),
            Self::LinkedData(key) => write!(f, "json-ld {key}"),
            Self::Meta(name) => write!(f, "meta {name}"),
            Self::Microdata(name) => write!(f, "itemprop {name}"),
            Self::TitleTag => f.write_str("title tag"),
            Self::HtmlTag => f.write_str("html lang"),
            Self::Link(relation) => write!(f, "link {relation}"),
            Self::Heading(level) => write!(f, "h{level}"),
            Self::Element => f.write_str("element made for it"),
            Self::Line => f.write_str("line near the headline"),
            Self::Dateline => f.write_str("beginning of the text"),
            Self::LineBelow => f.write_str("line below the text"),
            Self::Address => f.write_str("address"),
            Self::Words => f.write_str("words of the text"),
            Self::Guess => f.write_str("guess"),
        }
    }
}
