//! Which bytes of a file must never be shown: secrets, and what reads like one under a mistyped key.
//!
//! Works on the tree where there is one, and line by line for comments and for what is not TOML. When in doubt
//! it hides.

use std::collections::HashMap;
use std::ops::Range;

use toml::de::{DeTable, DeValue};
use url::Url;

use super::suggest::nearest;
use crate::domain::{is_private_path, shown_url};

/// Parts of the names of keys that hold secrets.
const SECRET_WORDS: [&str; 4] = ["pass", "secret", "token", "pwd"];

/// Gathers the places of a tree whose text must never be shown: what looks like a secret by its key, and the
/// parts of addresses that let in whoever knows them.
pub(super) fn collect_spans(table: &DeTable<'_>) -> Vec<Range<usize>> {
    let mut hidden = Hidden::default();
    for (key, value) in table {
        // The names of aliases are free: `passport` holds no secret.
        match (key.get_ref().as_ref(), value.get_ref()) {
            ("alias", DeValue::Table(aliases)) => {
                for query in aliases.values() {
                    hidden.add_value(query, false);
                }
            }
            (key, _) => {
                let is_secret = hidden.names_a_secret(key);
                hidden.add_value(value, is_secret);
            }
        }
    }
    let mut spans = hidden.spans;
    let channels = table
        .get("channel")
        .and_then(|list| list.get_ref().as_array());
    let heartbeat = table
        .get("health")
        .and_then(|health| health.get_ref().as_table()?.get("heartbeat"));
    for keys in channels.into_iter().flatten().chain(heartbeat) {
        match keys.get_ref() {
            DeValue::Table(keys) => {
                // Under whatever key: it may be mistyped.
                let addresses = keys.iter().filter(|(key, value)| {
                    key.get_ref() == "url"
                        || value
                            .get_ref()
                            .as_str()
                            .is_some_and(|text| text.contains("://"))
                });
                addresses.for_each(|(_, url)| mask_path(url, &mut spans));
            }
            // A heartbeat may be written as its address alone.
            _ => mask_path(keys, &mut spans),
        }
    }
    spans
}

/// Hides the path of an address: who knows that of a webhook can post to it.
fn mask_path(url: &toml::Spanned<DeValue<'_>>, spans: &mut Vec<Range<usize>>) {
    if let Some(text) = url.get_ref().as_str() {
        let inside = url.span().start + 1..url.span().end.saturating_sub(1);
        spans.push(inside.start + path_start(text).min(inside.len())..inside.end);
    }
}

/// An address up to its host, without who logs in.
pub(super) fn host_of(address: &str) -> String {
    let start = path_start(address);
    let (host, path) = address.split_at_checked(start).unwrap_or((address, ""));
    let scheme = host.find("://").map_or(0, |at| at + "://".len());
    let (scheme, host) = host.split_at_checked(scheme).unwrap_or(("", host));
    let host = host.rsplit('@').next().unwrap_or(host);
    let dots = if path.is_empty() { "" } else { "..." };
    format!("{scheme}{host}{dots}")
}

/// The byte after the host of an address.
fn path_start(address: &str) -> usize {
    let authority = address.find("://").map_or(0, |at| at + "://".len());
    let rest = address.get(authority..).unwrap_or_default();
    rest.find(['/', '?', '#'])
        .map_or(address.len(), |at| authority + at + 1)
}

/// What is found of a tree that must never be shown.
#[derive(Default)]
struct Hidden {
    spans: Vec<Range<usize>>,
    /// Whether a key names a secret: ten thousand feeds have the same few keys.
    keys: HashMap<String, bool>,
}

impl Hidden {
    fn names_a_secret(&mut self, key: &str) -> bool {
        if let Some(known) = self.keys.get(key) {
            return *known;
        }
        let is_secret = names_a_secret(key);
        self.keys.insert(key.to_owned(), is_secret);
        is_secret
    }

    fn add_table(&mut self, table: &DeTable<'_>, is_secret: bool) {
        for (key, value) in table {
            let key: &str = key.get_ref();
            let is_secret = match key {
                "credential" | "file" | "env" => false,
                // Their names say little of what they let in.
                "headers" => true,
                // As other programs have it: "user:password".
                "auth" => value
                    .get_ref()
                    .as_str()
                    .is_some_and(|text| text.contains(':')),
                _ => is_secret || self.names_a_secret(key),
            };
            self.add_value(value, is_secret);
        }
    }

    fn add_value(&mut self, value: &toml::Spanned<DeValue<'_>>, is_secret: bool) {
        match value.get_ref() {
            DeValue::Table(inner) => self.add_table(inner, is_secret),
            DeValue::Array(rows) => {
                for row in rows {
                    self.add_value(row, is_secret);
                }
            }
            DeValue::String(text) => {
                let span = value.span();
                // Written with escapes, private parts cannot be found in the line as it stands in the file.
                let is_escaped = span.len() != text.len() + 2;
                if is_secret || is_escaped && !private_parts(text).is_empty() {
                    self.spans.push(span.start + 1..span.end.saturating_sub(1));
                }
            }
            DeValue::Integer(_) | DeValue::Float(_) if is_secret => self.spans.push(value.span()),
            _ => {}
        }
    }
}

/// Whether a key, mistyped perhaps, holds a secret.
fn names_a_secret(key: &str) -> bool {
    let key = key.to_lowercase();
    SECRET_WORDS.iter().any(|part| key.contains(part))
        || nearest(&key, ["password", "secret", "token", "credential"]).is_some()
}

/// The parts of a text that let in whoever knows them: `whsec_` keys, and of addresses user and password, and path and query
/// that hold a token.
fn private_parts(text: &str) -> Vec<Range<usize>> {
    let keys = text
        .match_indices("whsec_")
        .map(|(start, _)| start..start + word_length(text.get(start..).unwrap_or_default()));
    let addresses = text.match_indices("://").flat_map(|(scheme, mark)| {
        let start = scheme + mark.len();
        let rest = text.get(start..).unwrap_or_default();
        let address = rest.get(..word_length(rest)).unwrap_or_default();
        let parts = private_parts_of_address(address).into_iter();
        parts.map(move |private| start + private.start..start + private.end)
    });
    keys.chain(addresses).collect()
}

/// The length of what stands together, up to space or a quote.
fn word_length(text: &str) -> usize {
    text.find(|c: char| c.is_whitespace() || matches!(c, '"' | '\''))
        .unwrap_or(text.len())
}

/// The private parts of an address that has lost its scheme: who logs in, and path and query where `shown_url` would hide
/// something of them.
fn private_parts_of_address(address: &str) -> Vec<Range<usize>> {
    let host_end = address.find(['/', '?', '#']).unwrap_or(address.len());
    let authority = address.get(..host_end).unwrap_or_default();
    let mut parts: Vec<Range<usize>> = authority.rfind('@').map(|at| 0..at).into_iter().collect();
    if has_secrets(address) {
        parts.push((host_end + 1).min(address.len())..address.len());
    }
    parts
}

/// Whether path or query of an address hold what lets in whoever knows it.
fn has_secrets(address: &str) -> bool {
    if address.chars().all(is_as_it_is) && !address.contains("/.") {
        let path = address.find('/').and_then(|at| address.get(at..));
        return path.is_some_and(is_private_path);
    }
    let Ok(mut url) = Url::parse(&format!("https://{address}")) else {
        // What cannot be read as one is not shown where it may be one.
        return address.contains(['?', '=']);
    };
    url.set_fragment(None);
    let bare = url.set_username("").and_then(|()| url.set_password(None));
    bare.is_err() || shown_url(&url) != url.as_str()
}

/// Whether a character stands for itself wherever it is in an address: nothing but a slash begins the path then, and nothing
/// ends it.
fn is_as_it_is(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '/' | '.' | '-' | '_' | '~' | ':')
}

/// The places of a text that may hold secrets, found line by line: addresses and keys, in comments too, and,
/// where the text is `broken` TOML, whatever stands behind a key that names a secret.
pub(super) fn spans_by_line(text: &str, broken: bool) -> Vec<Range<usize>> {
    // What is private never goes beyond a line.
    let mut spans = private_parts(text);
    if !broken {
        return spans;
    }
    let mut start = 0;
    let mut in_channel = false;
    for line in text.split_inclusive('\n') {
        let end = start + line.len();
        if line.trim_start().starts_with('[') {
            in_channel = line.contains("channel");
        }
        spans.extend(value_of_a_secret(line).map(|at| start + at..end));
        if in_channel && line.contains("://") {
            spans.push(start + path_start(line)..end);
        }
        start = end;
    }
    spans
}

/// The byte at which the value of a key that names a secret begins, wherever in the line the key stands.
fn value_of_a_secret(line: &str) -> Option<usize> {
    let lower = line.to_ascii_lowercase();
    let word = SECRET_WORDS
        .iter()
        .filter_map(|word| lower.find(word))
        .min()?;
    let equals = lower.get(word..)?.find('=')?;
    Some(word + equals + 1)
}

#[cfg(test)]
mod tests {
    use super::has_secrets;

    #[test]
    fn an_address_hides_its_secrets_however_its_path_begins() {
        for address in [
            "a.example/private-0123abcd4567/x",
            "a.example:8080/token/0123abcd4567",
            "a.example?token=0123abcd4567/x",
            "a.example\\private-0123abcd4567/x",
            "a.example/./private-0123abcd4567",
        ] {
            assert!(has_secrets(address), "{address}");
        }
        for address in [
            "a.example/feeds/12",
            "a.example",
            "a.example:8080/rss.xml",
            "a.example/?page=2",
        ] {
            assert!(!has_secrets(address), "{address}");
        }
    }
}
