//! What an element is called, whatever prefix and namespace it is written with.
//!
//! Feeds declare wrong namespaces, none, or the right ones in the wrong case. So the local name decides, and
//! the namespace only tells the vocabularies apart that use the same words: `media:title` is a picture's.

use std::borrow::Cow;
use std::collections::HashMap;

use crate::parse::lexer::{Tag, local_name};

/// Namespaces remembered of one document; real ones declare some twenty.
const MAX_NAMESPACES: usize = 128;

/// A set of words that belong together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Vocabulary {
    /// RSS of any version and Atom of any version.
    Core,
    /// `content:encoded`.
    Content,
    DublinCore,
    DublinCoreTerms,
    Media,
    Itunes,
    Feedburner,
    Xhtml,
    Rdf,
    Other,
}

/// Parts of namespaces, in lower case, by which their vocabulary is known; the first that fits counts.
const NAMESPACES: [(&str, Vocabulary); 17] = [
    ("purl.org/dc/elements", Vocabulary::DublinCore),
    ("purl.org/dc/terms", Vocabulary::DublinCoreTerms),
    ("/modules/content", Vocabulary::Content),
    ("/mrss", Vocabulary::Media),
    ("itunes", Vocabulary::Itunes),
    ("feedburner", Vocabulary::Feedburner),
    ("1999/xhtml", Vocabulary::Xhtml),
    ("22-rdf-syntax-ns", Vocabulary::Rdf),
    ("/modules/", Vocabulary::Other),
    ("w3.org/2005/atom", Vocabulary::Core),
    ("purl.org/atom", Vocabulary::Core),
    ("purl.org/rss", Vocabulary::Core),
    ("purl.org/net/rss", Vocabulary::Core),
    ("netscape.com", Vocabulary::Core),
    ("backend.userland.com/rss", Vocabulary::Core),
    ("backend.userland.com", Vocabulary::Core),
    ("harvard.edu/tech/rss", Vocabulary::Core),
];

/// Prefixes by which a vocabulary is known where nothing is declared.
const PREFIXES: [(&str, Vocabulary); 14] = [
    ("dc", Vocabulary::DublinCore),
    ("dcterms", Vocabulary::DublinCoreTerms),
    ("content", Vocabulary::Content),
    ("media", Vocabulary::Media),
    ("itunes", Vocabulary::Itunes),
    ("feedburner", Vocabulary::Feedburner),
    ("xhtml", Vocabulary::Xhtml),
    ("xh", Vocabulary::Xhtml),
    ("rdf", Vocabulary::Rdf),
    ("atom", Vocabulary::Core),
    ("atom10", Vocabulary::Core),
    ("atom03", Vocabulary::Core),
    ("a10", Vocabulary::Core),
    ("rss", Vocabulary::Core),
];

/// The prefixes a document has declared.
#[derive(Debug, Default)]
pub(super) struct Namespaces<'a> {
    by_prefix: HashMap<&'a str, Vocabulary>,
    /// The prefix of the root itself: what has it belongs to the feed's own words.
    root_prefix: Option<&'a str>,
}

impl<'a> Namespaces<'a> {
    /// Learns what a start tag declares.
    pub(super) fn learn(&mut self, tag: &Tag<'a>) {
        if !tag.source.contains("xmlns") {
            return;
        }
        for (name, namespace) in tag.attributes() {
            if let Some(prefix) = name.strip_prefix("xmlns:")
                && self.by_prefix.len() < MAX_NAMESPACES
            {
                self.by_prefix
                    .entry(prefix)
                    .or_insert_with(|| vocabulary_of(namespace));
            }
        }
    }

    pub(super) fn set_root(&mut self, tag: &Tag<'a>) {
        self.root_prefix = tag.name.split_once(':').map(|(prefix, _)| prefix);
    }

    /// Returns the vocabulary a name belongs to, and its local name in lower case.
    pub(super) fn resolve<'n>(&self, tag: &Tag<'n>) -> (Vocabulary, Cow<'n, str>) {
        let local = lower(local_name(tag.name));
        let vocabulary = match tag.name.split_once(':') {
            None if is_declared_xhtml(tag) => Vocabulary::Xhtml,
            None => Vocabulary::Core,
            Some((prefix, _)) => self.vocabulary_of_prefix(prefix),
        };
        (vocabulary, local)
    }

    fn vocabulary_of_prefix(&self, prefix: &str) -> Vocabulary {
        match self.by_prefix.get(prefix) {
            Some(Vocabulary::Other) | None => {}
            Some(declared) => return *declared,
        }
        let by_name = PREFIXES
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case(prefix));
        match by_name {
            Some((_, vocabulary)) => *vocabulary,
            None if self.root_prefix == Some(prefix) => Vocabulary::Core,
            None => Vocabulary::Other,
        }
    }
}

/// Returns whether a tag says of itself, without a prefix, that it is XHTML.
fn is_declared_xhtml(tag: &Tag<'_>) -> bool {
    tag.source.contains("1999/xhtml")
        && tag
            .attributes()
            .any(|(name, value)| name == "xmlns" && value.contains("1999/xhtml"))
}

fn vocabulary_of(namespace: &str) -> Vocabulary {
    let namespace = namespace.to_ascii_lowercase();
    NAMESPACES
        .iter()
        .find(|(part, _)| namespace.contains(part))
        .map_or(Vocabulary::Other, |(_, vocabulary)| *vocabulary)
}

/// Returns a name in lower case, without copying where it is so already.
pub(super) fn lower(name: &str) -> Cow<'_, str> {
    if name.bytes().any(|byte| byte.is_ascii_uppercase()) {
        Cow::Owned(name.to_ascii_lowercase())
    } else {
        Cow::Borrowed(name)
    }
}
