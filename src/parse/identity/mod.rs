//! By what an entry is recognised when it comes again: guid, address, headline.
//!
//! The store takes an entry for known if any one of its keys is known in that feed. So a key must survive
//! what publishers change without writing anything new (`https`, tracking parameters, dates, a polished
//! headline), and must never be one that a different entry has, too, for that would hide news. Both are
//! judged within one document: a key that two different entries share says nothing, and neither gets it.

use std::collections::{HashMap, HashSet};

use sha2::{Digest, Sha256};
use unicode_normalization::UnicodeNormalization;
use url::Url;

use crate::domain::{Entry, EntryKey};

/// Bytes up to which a key is kept readable; a longer one is replaced by its hash.
const MAX_READABLE_BYTES: usize = 200;

/// Query parameters that say where a click came from, never which page is meant.
const TRACKING_PARAMETERS: [&str; 58] = [
    "__twitter_impression",
    "_ga",
    "_gl",
    "_hsenc",
    "_hsmi",
    "_openstat",
    "action_object_map",
    "at_campaign",
    "at_medium",
    "campaign_id",
    "cmp",
    "cmpid",
    "cvid",
    "dclid",
    "epik",
    "fbclid",
    "gbraid",
    "gclid",
    "gclsrc",
    "ga_campaign",
    "ga_medium",
    "ga_source",
    "guccounter",
    "hsctatracking",
    "icid",
    "igsh",
    "igshid",
    "intcmp",
    "li_fat_id",
    "mbid",
    "mc_cid",
    "mc_eid",
    "mkt_tok",
    "msclkid",
    "ncid",
    "ns_campaign",
    "ns_linkname",
    "ns_mchannel",
    "ns_source",
    "ocid",
    "rb_clickid",
    "s_cid",
    "smid",
    "smtyp",
    "soc_src",
    "soc_trk",
    "spm",
    "sr_share",
    "srsltid",
    "traffic_source",
    "ttclid",
    "twclid",
    "vero_conv",
    "vero_id",
    "wbraid",
    "wickedid",
    "xtor",
    "yclid",
];

/// Beginnings of names of such parameters.
const TRACKING_PREFIXES: [&str; 10] = [
    "utm_",
    "mtm_",
    "pk_",
    "piwik_",
    "matomo_",
    "guce_",
    "oly_",
    "wt_",
    "at_custom",
    "stm_",
];

/// Parameters that are tracking only with one of [`FEED_WORDS`] as their value: `?ref=rss`.
const FEED_PARAMETERS: [&str; 12] = [
    "ref", "source", "src", "partner", "emc", "from", "via", "output", "feed", "medium", "rss",
    "campaign",
];

/// What a feed puts into its own links to count its readers.
const FEED_WORDS: [&str; 9] = [
    "rss", "rss2", "rss20", "atom", "feed", "feeds", "rssfeed", "rss_feed", "1",
];

/// Guids that a broken system gives to every entry.
const EMPTY_GUIDS: [&str; 10] = [
    "0",
    "-1",
    "1",
    "null",
    "nil",
    "none",
    "undefined",
    "n/a",
    "guid",
    "false",
];

/// Gives every entry its keys, the most trustworthy first; `homes` are addresses that belong to the whole feed.
pub(super) fn give_keys(entries: &mut [Entry], homes: &[Url]) {
    let homes: Vec<String> = homes.iter().map(canonical_link).collect();
    let candidates: Vec<Vec<EntryKey>> = entries
        .iter()
        .map(|entry| candidates(entry, &homes))
        .collect();
    let shared = shared_keys(entries, &candidates);
    for (entry, candidates) in entries.iter_mut().zip(candidates) {
        entry.keys = candidates
            .into_iter()
            .filter(|key| !shared.contains(key))
            .collect();
        if entry.keys.is_empty() {
            entry.keys.push(whole_entry(entry));
        }
    }
}

/// Returns the keys an entry would have if it were alone.
fn candidates(entry: &Entry, homes: &[String]) -> Vec<EntryKey> {
    let guid = entry
        .guid
        .as_deref()
        .and_then(|guid| guid_value(guid, homes));
    let link = entry.link.as_ref().map(canonical_link);
    let title = entry.title.as_deref().map(folded);
    let own_link = link
        .as_ref()
        .filter(|link| !homes.contains(link) && !is_front_page(link));
    let mut keys = Vec::with_capacity(2);
    match (&guid, own_link) {
        (Some(guid), _) => keys.push(key("guid", guid)),
        // Without a guid the address alone is the entry: its headline may be edited.
        (None, Some(link)) => keys.push(key("link", link)),
        (None, None) => {}
    }
    if let (Some(link), Some(title)) = (&link, &title) {
        // A new guid with the same address and headline is the same entry, published again.
        keys.push(key("link+title", &format!("{link} {title}")));
    }
    if keys.is_empty() {
        keys.push(text_and_date(entry));
    }
    keys
}

/// Returns the key of an entry that has neither a guid nor an address of its own.
fn text_and_date(entry: &Entry) -> EntryKey {
    let text = entry
        .title
        .as_deref()
        .or(entry.summary.as_deref())
        .or(entry.content.as_deref())
        .unwrap_or_default();
    let date = entry
        .published
        .or(entry.updated)
        .map(|at| at.to_string())
        .unwrap_or_default();
    key("text", &hash(&format!("{}\n{date}", folded(text))))
}

/// Returns the key of last resort: everything the feed says about the entry.
fn whole_entry(entry: &Entry) -> EntryKey {
    let link = entry.link.as_ref().map(canonical_link);
    let parts = [
        entry.guid.as_deref(),
        link.as_deref(),
        entry.title.as_deref(),
        entry.summary.as_deref(),
        entry.content.as_deref(),
    ];
    let mut whole = String::new();
    for part in parts {
        whole.push_str(part.unwrap_or_default());
        whole.push('\0');
    }
    // Only where nothing else tells two entries apart may a date do so: dates are changed too easily.
    let date = entry.published.map(|at| at.to_string()).unwrap_or_default();
    key("entry", &hash(&format!("{whole}{date}")))
}

/// Returns the keys that two different entries of one document have.
fn shared_keys(entries: &[Entry], candidates: &[Vec<EntryKey>]) -> HashSet<EntryKey> {
    let mut first_with: HashMap<&EntryKey, &Entry> = HashMap::new();
    let mut shared = HashSet::new();
    for (entry, keys) in entries.iter().zip(candidates) {
        for key in keys {
            match first_with.get(key) {
                Some(first) if !is_repetition(first, entry) => {
                    shared.insert(key.clone());
                }
                Some(_) => {}
                None => {
                    first_with.insert(key, entry);
                }
            }
        }
    }
    shared
}

/// Returns whether a feed lists the same entry twice, rather than two entries that look alike.
fn is_repetition(first: &Entry, second: &Entry) -> bool {
    let same_guid = match (&first.guid, &second.guid) {
        (Some(first), Some(second)) => first == second,
        _ => true,
    };
    same_guid
        && first.link.as_ref().map(canonical_link) == second.link.as_ref().map(canonical_link)
        && first.title.as_deref().map(folded) == second.title.as_deref().map(folded)
        && (first.published == second.published || (first.guid.is_some() && second.guid.is_some()))
}

/// Returns a guid as it is compared; nothing where it cannot tell entries apart.
fn guid_value(guid: &str, homes: &[String]) -> Option<String> {
    let guid = guid.split_whitespace().collect::<Vec<_>>().join(" ");
    if guid.is_empty() || EMPTY_GUIDS.contains(&guid.to_ascii_lowercase().as_str()) {
        return None;
    }
    match Url::parse(&guid) {
        Ok(url) if matches!(url.scheme(), "http" | "https") => {
            if homes.contains(&canonical_link(&url)) && url.fragment().is_none() {
                return None;
            }
            // The fragment stays: `page#post-7` is how one page names many entries.
            let fragment = url
                .fragment()
                .map(|fragment| format!("#{fragment}"))
                .unwrap_or_default();
            let mut whole = url.clone();
            whole.set_fragment(None);
            Some(canonical_link(&whole) + &fragment)
        }
        _ => Some(guid),
    }
}

/// Returns whether a canonical link is a site's front page, which every entry may point to.
fn is_front_page(link: &str) -> bool {
    link.trim_start_matches('/')
        .split_once('/')
        .is_some_and(|(_, path)| path.is_empty())
}

/// Returns an address as it is compared: the same story has the same one, however it was reached.
///
/// The scheme, tracking parameters, the fragment and a default port are left out, the host is in lower
/// case; the order of the query stays, since servers may mind it. A fragment that selects the page
/// (`#!/story/7`, `#/story/7`) is part of the address.
///
/// ```
/// # use newswatch::parse::canonical_link;
/// let url = url::Url::parse("HTTPS://Example.org:443/a?id=7&utm_source=rss#top").unwrap();
/// assert_eq!(canonical_link(&url), "//example.org/a?id=7");
/// ```
#[must_use]
pub fn canonical_link(url: &Url) -> String {
    let Some(host) = url.host_str() else {
        return url.as_str().to_owned();
    };
    let mut link = String::with_capacity(url.as_str().len());
    link.push_str("//");
    link.push_str(host.trim_end_matches('.'));
    if let Some(port) = url.port().filter(|port| !matches!(port, 80 | 443)) {
        link.push(':');
        link.push_str(&port.to_string());
    }
    link.push_str(url.path());
    let mut separator = '?';
    for parameter in url
        .query()
        .unwrap_or_default()
        .split('&')
        .filter(|parameter| !is_tracking(parameter))
    {
        link.push(separator);
        link.push_str(parameter);
        separator = '&';
    }
    if let Some(fragment) = url
        .fragment()
        .filter(|fragment| fragment.starts_with(['!', '/']))
    {
        link.push('#');
        link.push_str(fragment);
    }
    link
}

/// Returns whether a `name=value` of a query only says where a click came from.
fn is_tracking(parameter: &str) -> bool {
    let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
    let name = name
        .strip_prefix("amp;")
        .unwrap_or(name)
        .to_ascii_lowercase();
    name.is_empty()
        || TRACKING_PREFIXES
            .iter()
            .any(|prefix| name.starts_with(prefix))
        || TRACKING_PARAMETERS.contains(&name.as_str())
        || (FEED_PARAMETERS.contains(&name.as_str())
            && FEED_WORDS.contains(&value.to_ascii_lowercase().as_str()))
}

/// Returns a headline as it is compared: compatible forms, case and white space do not count.
fn folded(title: &str) -> String {
    let folded: String = title.nfkc().flat_map(char::to_lowercase).collect();
    folded.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn key(kind: &str, value: &str) -> EntryKey {
    if value.len() <= MAX_READABLE_BYTES {
        EntryKey(format!("{kind}:{value}"))
    } else {
        EntryKey(format!("{kind}:sha256:{}", hash(value)))
    }
}

/// Returns the SHA-256 of a text, in hexadecimal.
fn hash(value: &str) -> String {
    let digits =
        |byte: u8| [byte >> 4, byte & 0xF].map(|digit| char::from_digit(u32::from(digit), 16));
    Sha256::digest(value.as_bytes())
        .into_iter()
        .flat_map(digits)
        .flatten()
        .collect()
}

#[cfg(test)]
mod tests;
