//! A page that lists articles, polled as a feed: how its entries are found, and what was found.

/// CSS selectors that read a listing page; those but the first are looked for within an entry.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ListingRule {
    /// The elements of which each is an entry.
    pub item: String,
    /// The link to the article; the first link of the entry where this is absent.
    pub link: Option<String>,
    /// The headline; the first heading of the entry, else the link's text, where this is absent.
    pub title: Option<String>,
    /// The date; the first `time` element of the entry where this is absent.
    pub date: Option<String>,
}

/// What was found on a listing page, as written there.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FoundListing {
    /// The title of the page.
    pub title: Option<String>,
    /// The language that the page declares.
    pub lang: Option<String>,
    /// What relative addresses are relative to, where the page says so.
    pub base: Option<String>,
    /// The entries, in the order of the page.
    pub entries: Vec<ListedEntry>,
}

/// An entry of a listing page, as written there.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ListedEntry {
    /// The address of the article; may be relative.
    pub link: Option<String>,
    /// The headline, as text.
    pub title: Option<String>,
    /// What may be the date, best first.
    pub dates: Vec<String>,
}
