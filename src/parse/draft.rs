//! What a reader makes of a document, before links are checked and keys are given.
//!
//! Every reader fills a [`Draft`]; `finish` alone turns it into what leaves the module, so that an entry
//! looks the same whichever reader found it.

use url::Url;

use super::{FeedKind, Pace};
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
    pub(super) pace: Pace,
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
            pace: Pace::default(),
            entries: Vec::new(),
            repairs: Vec::new(),
        }
    }
}

impl Draft {
    /// Returns whether no entry was found, or one without a date or a text.
    pub(super) fn has_gaps(&self) -> bool {
        self.entries.is_empty() || self.entries.iter().any(DraftEntry::has_gaps)
    }

    /// Takes from another reading of the same document what this one did not find.
    ///
    /// The other reading is taken as a whole where only it found entries. Two readings are put side by side
    /// only where both found the same number. A guid is never taken over: by what an entry is recognised must
    /// not depend on which reader happened to succeed.
    pub(super) fn fill_gaps(&mut self, other: Self) {
        if self.entries.is_empty() {
            self.entries = other.entries;
            return;
        }
        if self.entries.len() != other.entries.len() {
            return;
        }
        for (entry, other) in self.entries.iter_mut().zip(other.entries) {
            entry.fill_gaps(other);
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

impl DraftEntry {
    fn has_gaps(&self) -> bool {
        (self.published.is_none() && self.updated.is_none())
            || (self.summary.is_none() && self.content.is_none())
    }

    fn fill_gaps(&mut self, other: Self) {
        let has_date = self.published.is_some() || self.updated.is_some();
        if !has_date {
            self.published = other.published;
            self.updated = other.updated;
        }
        if self.summary.is_none() && self.content.is_none() {
            self.summary = other.summary;
            self.content = other.content;
        }
        self.author = self.author.take().or(other.author);
        self.lang = self.lang.take().or(other.lang);
    }
}
