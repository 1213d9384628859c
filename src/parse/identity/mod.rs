//! By what an entry is recognised when it comes again: guid, address, headline.
//!
//! The store looks for what an entry may be by its keys; whether it is, the rules in `domain::identity` say by the
//! facts that are drawn up here. So keys and facts must survive what publishers change without writing anything new:
//! the spelling of an address, tracking parameters, session ids, the layout of a headline.

use std::collections::HashSet;

use sha2::{Digest, Sha256};
use unicode_normalization::{IsNormalized, UnicodeNormalization as _, is_nfkc_quick};
use url::Url;

use crate::domain::{Entry, EntryFacts, EntryKey, Timestamp};

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

/// Parameters that name a visit, whatever their value.
const SESSION_PARAMETERS: [&str; 12] = [
    "jsessionid",
    "phpsessid",
    "sessionid",
    "session_id",
    "sessid",
    "cfid",
    "cftoken",
    "zenid",
    "oscsid",
    "osadminid",
    "phpsession",
    "ses_id",
];

/// Parameters that name a visit where their value looks like a token.
const TOKEN_PARAMETERS: [&str; 8] = [
    "sid", "s", "sessid", "ssid", "tok", "token", "session", "visit",
];

/// The least length of such a token.
const MIN_TOKEN_CHARS: usize = 12;

/// Files that servers give for a folder.
const FRONT_FILES: [&str; 5] = [
    "/index.html",
    "/index.htm",
    "/index.php",
    "/default.aspx",
    "/index.jsp",
];

/// What a feed puts into its own links to count its readers.
const FEED_WORDS: [&str; 9] = [
    "rss", "rss2", "rss20", "atom", "feed", "feeds", "rssfeed", "rss_feed", "1",
];

/// Characters of a headline that are kept to compare it.
const MAX_TITLE_CHARS: usize = 200;

/// Digits of a text's hash that are kept to compare it.
const TEXT_DIGITS: usize = 16;

/// What stands before the number of an edition at the end of a guid.
const EDITION_MARKS: [&str; 34] = [
    "#",
    "#v",
    "#rev",
    "@",
    "@v",
    ";v",
    ";v=",
    ";rev=",
    "?v=",
    "&v=",
    "?version=",
    "&version=",
    "?rev=",
    "&rev=",
    "?edition=",
    "&edition=",
    "?revision=",
    "&revision=",
    "?ver=",
    "&ver=",
    "?update=",
    "&update=",
    "?modified=",
    "&modified=",
    "?updated=",
    "&updated=",
    "?lastmod=",
    "&lastmod=",
    "-v",
    "_v",
    "/v",
    "-rev",
    "_rev",
    "/rev",
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

/// Gives every entry its facts, and the keys by which an entry that it may be is looked for, the most trustworthy
/// first; `homes` are addresses that belong to the whole feed.
///
/// Whether an entry that is found so is the same one is judged by [`verdict`](crate::domain::verdict).
pub(super) fn give_keys(entries: &mut [Entry], homes: &[Url]) {
    let homes: Vec<String> = homes.iter().map(canonical_link).collect();
    let alone = entries.len() == 1;
    for entry in entries {
        let link = entry.link.as_ref().map(canonical_link);
        entry.facts = facts(entry, link.as_deref(), &homes, alone);
        entry.keys = keys(&entry.facts, link.as_deref());
        entry.keys.push(whole_entry(entry, link.as_deref()));
    }
}

fn facts(entry: &Entry, link: Option<&str>, homes: &[String], alone: bool) -> EntryFacts {
    let guid = entry
        .guid
        .as_deref()
        .and_then(|guid| guid_value(guid, homes));
    let own_link = link
        .filter(|link| !homes.iter().any(|home| home == link) && !is_front_page(link))
        .map(str::to_owned);
    let text = [&entry.summary, &entry.content]
        .into_iter()
        .flatten()
        .map(|html| folded(html))
        .collect::<Vec<_>>()
        .join(" ");
    EntryFacts {
        edition_of: guid.as_deref().and_then(without_edition),
        guid,
        link: own_link,
        title: entry.title.as_deref().map(folded).map(shortened),
        date: entry
            .published
            .or(entry.updated)
            .map(Timestamp::as_millisecond),
        text: (!text.trim().is_empty()).then(|| hash(&text).chars().take(TEXT_DIGITS).collect()),
        alone,
    }
}

/// Returns the keys that an entry can be found by.
fn keys(facts: &EntryFacts, link: Option<&str>) -> Vec<EntryKey> {
    let title = facts.title.as_deref();
    let mut keys = Vec::with_capacity(7);
    keys.extend(facts.guid.as_deref().map(|guid| key("guid", guid)));
    keys.extend(facts.edition_of.as_deref().map(|guid| key("guid", guid)));
    keys.extend(
        link.zip(title)
            .map(|(link, title)| key("link+title", &format!("{link} {title}"))),
    );
    keys.extend(facts.link.as_deref().map(|link| key("link", link)));
    let (kind, words) = match title {
        Some(title) => ("title", Some(title)),
        None => ("text", facts.text.as_deref()),
    };
    let dates = minutes(facts.date).into_iter();
    keys.extend(words.into_iter().flat_map(|words| {
        dates
            .clone()
            .map(move |date| key(kind, &format!("{words} {date}")))
    }));
    keys
}

/// Returns a date as it is part of a key: its minute and the next one, so that two dates less than a minute apart, as
/// where the seconds were cut, have one in common. An entry without a date has the one empty part.
fn minutes(date: Option<i64>) -> Vec<String> {
    match date {
        Some(date) => {
            let minute = date.div_euclid(60_000);
            vec![minute.to_string(), (minute + 1).to_string()]
        }
        None => vec![String::new()],
    }
}

/// Returns the key of last resort: everything the feed says about the entry.
fn whole_entry(entry: &Entry, link: Option<&str>) -> EntryKey {
    let parts = [
        entry.guid.as_deref(),
        link,
        entry.title.as_deref(),
        entry.summary.as_deref(),
        entry.content.as_deref(),
    ];
    let mut whole = String::new();
    for part in parts {
        whole.push_str(part.unwrap_or_default());
        whole.push('\0');
    }
    let date = entry.published.map(|at| at.to_string()).unwrap_or_default();
    key("entry", &hash(&format!("{whole}{date}")))
}

/// Returns a guid without the number at its end that counts editions: `page#3`, `id?version=2`, `urn:x;v4`.
fn without_edition(guid: &str) -> Option<String> {
    let counted = guid.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.');
    if counted.len() == guid.len() {
        return None;
    }
    EDITION_MARKS.iter().find_map(|mark| {
        let at = counted.len().checked_sub(mark.len())?;
        let (base, end) = counted.split_at_checked(at)?;
        (end.eq_ignore_ascii_case(mark) && !base.is_empty()).then(|| base.to_owned())
    })
}

/// Returns a headline short enough to be kept with every entry.
fn shortened(title: String) -> String {
    if title.chars().count() <= MAX_TITLE_CHARS {
        return title;
    }
    title.chars().take(MAX_TITLE_CHARS).collect::<String>() + &hash(&title)
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
        _ => Some(uuid_value(&guid).unwrap_or(guid)),
    }
}

/// Returns a UUID in the one form in which it is compared: generators change its case and its braces.
fn uuid_value(guid: &str) -> Option<String> {
    let bare = guid.trim_matches(['{', '}']);
    let bare = bare.strip_prefix("urn:uuid:").unwrap_or(bare);
    let is_uuid = bare.len() == 36 && bare.chars().all(|c| c.is_ascii_hexdigit() || c == '-');
    is_uuid.then(|| bare.to_ascii_lowercase())
}

/// Returns whether a canonical link is a site's front page, which every entry may point to.
#[must_use]
pub fn is_front_page(link: &str) -> bool {
    link.trim_start_matches('/')
        .split_once('/')
        .is_some_and(|(_, path)| path.is_empty())
}

/// Returns an address as it is compared between feeds: as [`canonical_link`], with the fragment where it names one of
/// several news on the page, as live pages have them (`#post-7`).
#[must_use]
pub fn report_address(url: &Url) -> String {
    let link = canonical_link(url);
    let names_a_part = |fragment: &&str| {
        fragment.contains(|c: char| c.is_ascii_digit())
            && !fragment.contains(['=', ':', '/', '!'])
            && !fragment.contains("comment")
    };
    match url.fragment().filter(names_a_part) {
        Some(fragment) => format!("{link}#{fragment}"),
        None => link,
    }
}

/// Returns whether two headlines share half of the words of the shorter one.
#[must_use]
pub fn share_words(one: &str, other: &str) -> bool {
    let words = |title: &str| -> HashSet<String> {
        folded(title)
            .split(|c: char| !c.is_alphanumeric())
            .filter(|word| !word.is_empty())
            .map(str::to_owned)
            .collect()
    };
    let (one, other) = (words(one), words(other));
    let fewest = one.len().min(other.len());
    fewest > 0 && 2 * one.intersection(&other).count() >= fewest
}

/// Returns an address as it is compared: the same story has the same one, however it was reached.
///
/// The scheme, `www.`, tracking parameters, session ids, the fragment and a default port are left out, the host is in
/// lower case; the order of the query stays, since servers may mind it. A fragment that selects the page
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
    let host = host.trim_end_matches('.');
    let mut link = String::with_capacity(url.as_str().len());
    link.push_str("//");
    link.push_str(without_www(host));
    if let Some(port) = url.port().filter(|port| !matches!(port, 80 | 443)) {
        link.push(':');
        link.push_str(&port.to_string());
    }
    link.push_str(&canonical_path(url.path()));
    let mut separator = '?';
    for parameter in url
        .query()
        .unwrap_or_default()
        .split('&')
        .filter(|parameter| !is_tracking(parameter) && !is_session(parameter))
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

/// Returns a host without the `www.` that servers put before it and leave out as they like.
fn without_www(host: &str) -> &str {
    host.strip_prefix("www.")
        .filter(|rest| rest.contains('.'))
        .unwrap_or(host)
}

/// Returns a path as it is compared: without session ids, in one spelling of its escapes, without a slash at its end.
fn canonical_path(path: &str) -> String {
    let mut canonical = String::with_capacity(path.len());
    for segment in path.split('/').skip(1) {
        // ASP.NET writes a session without cookies so: `/(S(abc))/page`.
        if segment.starts_with("(S(") && segment.ends_with("))") {
            continue;
        }
        canonical.push('/');
        let mut pieces = segment.split(';');
        canonical.push_str(&one_spelling(pieces.next().unwrap_or_default()));
        for piece in pieces.filter(|piece| !is_session(piece)) {
            canonical.push(';');
            canonical.push_str(&one_spelling(piece));
        }
    }
    let bare = canonical.trim_end_matches('/');
    let bare = FRONT_FILES
        .iter()
        .find_map(|file| bare.strip_suffix(file))
        .unwrap_or(bare);
    if bare.is_empty() {
        "/".to_owned()
    } else {
        bare.to_owned()
    }
}

/// Returns a piece of a path with its escapes in one spelling (RFC 3986 §6.2.2): `%7e` is `~`, `%c3` is `%C3`.
fn one_spelling(piece: &str) -> String {
    let mut spelled = String::with_capacity(piece.len());
    let mut rest = piece;
    while let Some((before, after)) = rest.split_once('%') {
        spelled.push_str(before);
        let code = after
            .get(..2)
            .and_then(|hex| u8::from_str_radix(hex, 16).ok());
        match code.zip(after.get(..2)) {
            Some((code, _)) if code.is_ascii_alphanumeric() || b"-._~".contains(&code) => {
                spelled.push(char::from(code));
                rest = after.get(2..).unwrap_or_default();
            }
            Some((_, hex)) => {
                spelled.push('%');
                spelled.push_str(&hex.to_ascii_uppercase());
                rest = after.get(2..).unwrap_or_default();
            }
            None => {
                spelled.push('%');
                rest = after;
            }
        }
    }
    spelled.push_str(rest);
    spelled
}

/// Returns whether a `name=value` names the visit and not the page.
fn is_session(parameter: &str) -> bool {
    let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
    let name = name
        .strip_prefix("amp;")
        .unwrap_or(name)
        .to_ascii_lowercase();
    let is_token = value.len() >= MIN_TOKEN_CHARS
        && value
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "-_.!~%".contains(c))
        && value.contains(|c: char| c.is_ascii_digit());
    SESSION_PARAMETERS.contains(&name.as_str())
        || name.starts_with("aspsessionid")
        || is_token && (name.contains("sess") || TOKEN_PARAMETERS.contains(&name.as_str()))
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
#[must_use]
pub fn folded(title: &str) -> String {
    let mut folded = Folded::default();
    let mut rest = title;
    while !rest.is_empty() {
        let (plain, after) = rest.split_at(plain_length(rest));
        plain.bytes().for_each(|byte| folded.push(byte.into()));
        let (other, after) = after.split_at(other_length(after));
        if is_nfkc_quick(other.chars()) == IsNormalized::Yes {
            other.chars().for_each(|c| folded.push(c));
        } else {
            other.nfkc().for_each(|c| folded.push(c));
        }
        rest = after;
    }
    folded.text
}

/// How much of the beginning of a text is ASCII that stays as it is: a mark that follows may join the last character
/// (UAX 15 §9.1), and none joins what stands before it.
fn plain_length(text: &str) -> usize {
    let ascii = text.bytes().position(|byte| !byte.is_ascii());
    ascii.map_or(text.len(), |ascii| ascii.saturating_sub(1))
}

/// How much of the beginning of a text goes up to the next ASCII that follows something else.
fn other_length(text: &str) -> usize {
    let other = text.bytes().position(|byte| !byte.is_ascii());
    let other = other.unwrap_or(text.len());
    let after = text.bytes().skip(other).position(|byte| byte.is_ascii());
    after.map_or(text.len(), |after| other + after)
}

/// A text in small letters, its words a space apart.
#[derive(Default)]
struct Folded {
    text: String,
    is_space_due: bool,
}

impl Folded {
    fn push(&mut self, c: char) {
        if c.is_whitespace() {
            self.is_space_due = !self.text.is_empty();
            return;
        }
        if std::mem::take(&mut self.is_space_due) {
            self.text.push(' ');
        }
        if c.is_ascii() {
            self.text.push(c.to_ascii_lowercase());
        } else {
            self.text.extend(c.to_lowercase());
        }
    }
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
