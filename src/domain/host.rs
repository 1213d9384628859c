//! A host as its pages show it over time: which lines stood on which of them, all as hashes.

use std::collections::{HashMap, HashSet};

use sha2::{Digest as _, Sha256};

use super::Timestamp;

/// The lines of one page that are remembered at most; a longer page gives as many from its head as from its foot, where
/// the lines stand that pages share.
const MAX_LINES: usize = 64;

/// The first eight bytes of a text's SHA-256: the same in every release, as it is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TextHash(pub i64);

impl TextHash {
    /// Hashes a text.
    #[must_use]
    pub fn of(text: &str) -> Self {
        Self::of_bytes(text.as_bytes())
    }

    /// Hashes bytes.
    #[must_use]
    pub fn of_bytes(bytes: &[u8]) -> Self {
        let hash = Sha256::digest(bytes);
        let first = hash.iter().take(8);
        Self(first.fold(0, |sum, byte| (sum << 8) | i64::from(*byte)))
    }
}

/// A server that has asked to be left alone for a time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostRest {
    /// The server, as its requests are counted.
    pub server: String,
    /// Whether it is its pages that are not asked for, and not its feeds.
    pub is_of_pages: bool,
    /// Until when.
    pub until: Timestamp,
}

/// By what a page is known among those of its host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageKey {
    /// The host, without "www.".
    pub host: String,
    /// Its address, in the form in which addresses are compared.
    pub address: TextHash,
    /// The headline under which it was announced: the same article under another address has the same one.
    pub headline: Option<TextHash>,
}

/// A page and the lines that stand on it: each once, and no more of them than are remembered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageLines {
    key: PageKey,
    lines: Vec<TextHash>,
}

impl PageLines {
    /// Takes the lines of a page in the order in which they stand there.
    #[must_use]
    pub fn new(key: PageKey, lines: impl IntoIterator<Item = TextHash>) -> Self {
        let mut known = HashSet::new();
        let mut lines: Vec<TextHash> = lines
            .into_iter()
            .filter(|line| known.insert(*line))
            .collect();
        if lines.len() > MAX_LINES {
            let foot = lines.split_off(lines.len() - MAX_LINES / 2);
            lines.truncate(MAX_LINES / 2);
            lines.extend(foot);
        }
        Self { key, lines }
    }

    /// By what the page is known.
    #[must_use]
    pub fn key(&self) -> &PageKey {
        &self.key
    }

    /// Its lines.
    #[must_use]
    pub fn lines(&self) -> &[TextHash] {
        &self.lines
    }
}

/// What is remembered of a host, seen from one of its pages: the other pages that were read lately.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HostMemory {
    /// How many other pages there are.
    pub other_pages: u32,
    /// On how many of them each line stood; a line that stood on few may be missing.
    pub on_pages: HashMap<TextHash, u32>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> PageKey {
        PageKey {
            host: "a.example".into(),
            address: TextHash(1),
            headline: None,
        }
    }

    #[test]
    fn a_hash_stays_what_it_is_in_the_database() {
        let stored = 2_016_637_694_295_242_618;
        assert_eq!(TextHash::of("east sea"), TextHash(stored));
    }

    #[test]
    fn a_line_that_comes_twice_on_a_page_is_one() {
        let page = PageLines::new(key(), [7, 8, 7].map(TextHash));
        assert_eq!(page.lines(), [7, 8].map(TextHash));
    }

    #[test]
    fn of_a_long_page_the_head_and_the_foot_are_remembered() {
        let page = PageLines::new(key(), (0..1_000).map(TextHash));
        let numbers: Vec<i64> = page.lines().iter().map(|line| line.0).collect();
        let expected: Vec<i64> = (0..32).chain(968..1_000).collect();
        assert_eq!(numbers, expected);
    }
}
