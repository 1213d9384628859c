//! From a reader's draft to what leaves the module: links checked, authors inherited, keys given.

use url::Url;

use super::draft::{Draft, DraftEntry};
use super::{ParsedFeed, identity, text};
use crate::domain::Entry;

/// Schemes that an entry's page can be fetched or opened by.
const LINK_SCHEMES: [&str; 2] = ["http", "https"];

/// A feed, and what was written where an entry's address cannot be made absolute.
#[derive(Debug)]
pub(super) struct Finished {
    pub(super) feed: ParsedFeed,
    /// As many as there are entries.
    pub(super) relative_links: Vec<Option<String>>,
}

/// Turns a draft into a feed; `document_url` is where it came from.
pub(super) fn finish(draft: Draft, document_url: Option<&Url>) -> Finished {
    let Draft {
        kind,
        title,
        link,
        author,
        lang,
        pace,
        entries,
        repairs,
    } = draft;
    let link = link
        .and_then(|link| text::line(&link))
        .map(|link| resolved(&link, document_url).map_or(link, String::from));
    let site = link.as_deref().and_then(|link| Url::parse(link).ok());
    let mut relative_links = Vec::with_capacity(entries.len());
    let mut finished = Vec::with_capacity(entries.len());
    for entry in entries {
        let written = entry.link.clone();
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
            pace,
            repairs,
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
    let link = draft
        .link
        .as_deref()
        .and_then(text::line)
        .and_then(|link| resolved(&link, base))
        .or(guid_link)
        .or_else(|| {
            draft
                .enclosure
                .as_deref()
                .and_then(text::line)
                .and_then(|link| resolved(&link, base))
        });
    Entry {
        keys: Vec::new(),
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
    Url::parse(guid)
        .ok()
        .filter(|url| LINK_SCHEMES.contains(&url.scheme()) && url.has_host())
}
