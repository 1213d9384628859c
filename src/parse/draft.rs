//! What a reader makes of a document, before links are checked and keys are given.
//!
//! Every reader fills a [`Draft`]; `finish` alone turns it into what leaves the module, so that an entry
//! looks the same whichever reader found it.

use url::Url;

use super::FeedKind;
use crate::domain::Timestamp;

/// A feed as one reader saw it.
#[derive(Debug, Clone)]
pub(super) struct Draft {
    pub(super) kind: FeedKind,
    /// Text, not markup.
    pub(super) title: Option<String>,
    /// As written, or resolved where the reader knows a base.
    pub(super) link: Option<String>,
    pub(super) author: Option<String>,
    pub(super) lang: Option<String>,
    pub(super) entries: Vec<DraftEntry>,
    pub(super) repairs: Vec<String>,
}

impl Draft {
    pub(super) fn new(kind: FeedKind) -> Self {
        Self {
            kind,
            title: None,
            link: None,
            author: None,
            lang: None,
            entries: Vec::new(),
            repairs: Vec::new(),
        }
    }
}

/// An entry as one reader saw it.
#[derive(Debug, Clone, Default)]
pub(super) struct DraftEntry {
    pub(super) guid: Option<String>,
    /// Whether the feed says, or RSS implies, that the guid is the entry's address.
    pub(super) guid_is_link: bool,
    /// Text, not markup.
    pub(super) title: Option<String>,
    /// As written, or resolved where the reader knows a base.
    pub(super) link: Option<String>,
    /// The address of an attached file, for entries that announce nothing else.
    pub(super) enclosure: Option<String>,
    pub(super) published: Option<Timestamp>,
    pub(super) updated: Option<Timestamp>,
    pub(super) author: Option<String>,
    /// HTML.
    pub(super) summary: Option<String>,
    /// HTML.
    pub(super) content: Option<String>,
    pub(super) lang: Option<String>,
    /// What relative addresses of this entry are relative to, where it differs from the document's address.
    pub(super) base: Option<Url>,
}
