//! What a reader makes of a document, before links are checked and keys are given.
//!
//! Every reader fills a [`Draft`]; `finish` alone turns it into what leaves the module, so that an entry
//! looks the same whichever reader found it.

use std::cmp::Reverse;
use std::collections::HashSet;

use url::Url;

use super::{FeedKind, MAX_ENTRIES};
use crate::domain::{Pace, Timestamp};

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
    /// Where its older entries are, as written, or resolved where the reader knows a base.
    pub(super) older: Option<String>,
    pub(super) pace: Pace,
    pub(super) entries: Vec<DraftEntry>,
    pub(super) repairs: Vec<String>,
    /// Whether the document ended before the feed did.
    pub(super) is_cut: bool,
}

impl Draft {
    pub(super) fn new(kind: FeedKind) -> Self {
        Self {
            kind,
            title: None,
            link: None,
            author: None,
            lang: None,
            older: None,
            pace: Pace::default(),
            entries: Vec::new(),
            repairs: Vec::new(),
            is_cut: false,
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

/// Keeps the newest entries of too many, in their order, and tells how many were left out. Those without a date stand
/// with the one before them; where none has one, numbers that grow in what names the entries tell the order.
pub(super) fn newest(entries: Vec<DraftEntry>) -> (Vec<DraftEntry>, usize) {
    let too_many = entries.len().saturating_sub(MAX_ENTRIES);
    if too_many == 0 {
        return (entries, 0);
    }
    let is_dated = entries
        .iter()
        .any(|entry| entry.published.or(entry.updated).is_some());
    if !is_dated && grows(&entries) {
        return (entries.into_iter().skip(too_many).collect(), too_many);
    }
    let mut before = None;
    let mut dated: Vec<_> = entries
        .iter()
        .enumerate()
        .map(|(place, entry)| {
            before = entry.published.or(entry.updated).or(before);
            (Reverse(before), place)
        })
        .collect();
    dated.sort_unstable();
    let kept: HashSet<usize> = dated
        .into_iter()
        .take(MAX_ENTRIES)
        .map(|(_, place)| place)
        .collect();
    let entries = entries.into_iter().enumerate();
    let kept = entries.filter(|(place, _)| kept.contains(place));
    (kept.map(|(_, entry)| entry).collect(), too_many)
}

/// Whether the numbers in the guids or addresses of entries grow towards the end of the document.
fn grows(entries: &[DraftEntry]) -> bool {
    let number = |entry: &DraftEntry| {
        let name = entry.guid.as_deref().or(entry.link.as_deref())?;
        let digits: String = name.chars().filter(char::is_ascii_digit).collect();
        digits.parse::<u128>().ok()
    };
    let middle = entries.get(entries.len() / 2).and_then(number);
    let (first, last) = (
        entries.first().and_then(number),
        entries.last().and_then(number),
    );
    first.is_some() && first < middle && middle < last
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
