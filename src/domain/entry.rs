//! An entry: one piece of news as a feed announces it.

use url::Url;

use super::{EntryFacts, Timestamp};

/// One entry of a feed, as read; every text may be hostile.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Entry {
    /// By what it is looked for when it comes again, the most trustworthy first; never empty once it has left `parse`.
    pub keys: Vec<EntryKey>,
    /// What it says of itself, as it is compared with what was shown before.
    pub facts: EntryFacts,
    /// The id the feed gives (`guid`, `id`, `rdf:about`), as written.
    pub guid: Option<String>,
    /// The headline, as text.
    pub title: Option<String>,
    /// The page it announces, absolute.
    pub link: Option<Url>,
    /// When it was published, if the feed says so in a form that can be read.
    pub published: Option<Timestamp>,
    /// When it was last changed, likewise.
    pub updated: Option<Timestamp>,
    /// Who wrote it.
    pub author: Option<String>,
    /// The short text, as the HTML the feed carries; not sanitised.
    pub summary: Option<String>,
    /// The long text, as the HTML the feed carries; not sanitised.
    pub content: Option<String>,
    /// The language the feed or the entry declares.
    pub lang: Option<String>,
}

/// A key by which an entry is recognised within its feed: the kind and the value, `guid:...`, `link:...`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntryKey(pub String);
