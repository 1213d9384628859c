//! From a reader's draft to what leaves the module: links checked, authors inherited, keys given.

use url::Url;

use super::draft::{Draft, DraftEntry};
use super::{ParsedFeed, identity, text, wrapped};
use crate::domain::{Budget, Entry, EntryFacts};

/// Schemes of pages. An address of any other (`javascript:`, `file:`) must not reach a message.
const LINK_SCHEMES: [&str; 7] = ["http", "https", "ftp", "ftps", "gemini", "gopher", "mailto"];

/// A feed, and what was written where an entry's address cannot be made absolute.
#[derive(Debug)]
pub(super) struct Finished {
    pub(super) feed: ParsedFeed,
    /// As many as there are entries.
    pub(super) relative_links: Vec<Option<String>>,
}

/// Turns a draft into a feed; `document_url` is where it came from.
pub(super) fn finish(draft: Draft, document_url: Option<&Url>, budget: &Budget<'_>) -> Finished {
    let Draft {
        kind,
        title,
        link,
        author,
        lang,
        older,
        pace,
        entries,
        repairs,
        is_cut,
    } = draft;
    let link = link
        .and_then(|link| text::address(&link))
        .and_then(|link| site_link(link, document_url));
    let site = link.as_deref().and_then(|link| Url::parse(link).ok());
    let mut relative_links = Vec::with_capacity(entries.len());
    let mut finished = Vec::with_capacity(entries.len());
    for entry in entries {
        if !budget.lasts(1) {
            break;
        }
        let written = entry.link.clone().filter(|link| Url::parse(link).is_err());
        let entry = finish_entry(entry, document_url, author.as_deref(), lang.as_deref());
        relative_links.push(written.filter(|_| entry.link.is_none()));
        finished.push(entry);
    }
    let homes: Vec<Url> = site.iter().chain(document_url).cloned().collect();
    identity::give_keys(&mut finished, &homes);
    Finished {
        feed: ParsedFeed {
            kind,
            title,
            link,
            entries: finished,
            older: older
                .and_then(|older| page_address(&text::address(&older)?, document_url))
                .filter(|url| matches!(url.scheme(), "http" | "https")),
            pace,
            repairs,
            is_cut,
        },
        relative_links,
    }
}

fn finish_entry(
    draft: DraftEntry,
    base: Option<&Url>,
    author: Option<&str>,
    lang: Option<&str>,
) -> Entry {
    let base = draft.base.as_ref().or(base);
    let guid = draft.guid.as_deref().and_then(text::line);
    let guid_link = guid
        .as_deref()
        .filter(|_| draft.guid_is_link)
        .and_then(web_address);
    let page = |written: Option<&str>| page_address(&text::address(written?)?, base);
    let link = page(draft.link.as_deref())
        .map(wrapped::unwrapped)
        .or(guid_link)
        .or_else(|| page(draft.enclosure.as_deref()));
    Entry {
        keys: Vec::new(),
        facts: EntryFacts::default(),
        guid,
        title: draft.title,
        link,
        published: draft.published,
        updated: draft.updated,
        author: draft.author.or_else(|| author.map(str::to_owned)),
        summary: draft.summary,
        content: draft.content,
        lang: draft.lang.or_else(|| lang.map(str::to_owned)),
    }
}

/// Returns the address of a feed's site: absolute where a base is known, as written where none is.
fn site_link(written: String, base: Option<&Url>) -> Option<String> {
    match (page_address(&written, base), Url::parse(&written)) {
        (Some(url), _) => Some(url.into()),
        (None, Ok(_)) => None,
        (None, Err(_)) => Some(written),
    }
}

/// Resolves an address that people are sent to; nothing where it is none of a page.
fn page_address(written: &str, base: Option<&Url>) -> Option<Url> {
    resolved(written, base).filter(|url| LINK_SCHEMES.contains(&url.scheme()))
}

/// Resolves an address; one that is neither absolute nor has a base is nothing.
pub(super) fn resolved(link: &str, base: Option<&Url>) -> Option<Url> {
    match Url::parse(link) {
        Ok(url) => Some(url),
        Err(url::ParseError::RelativeUrlWithoutBase) => base?.join(link).ok(),
        Err(_) => None,
    }
}

/// Reads a guid as the address it may be.
fn web_address(guid: &str) -> Option<Url> {
    page_address(guid, None)
        .filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
}
