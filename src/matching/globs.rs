//! Words with `*` and `?`: found by their literal head, then compared.

use std::collections::HashMap;
use std::hash::BuildHasherDefault;

use super::key::{KeyId, WordHasher};

/// Patterns by their literal heads.
#[derive(Debug, Default)]
pub(crate) struct Globs {
    by_head: HashMap<Box<str>, Vec<Glob>, BuildHasherDefault<WordHasher>>,
    /// The lengths of heads in bytes, ascending.
    head_lengths: Vec<usize>,
    /// For each first byte, whether a head of fewer than four bytes starts with it.
    first_bytes: Vec<bool>,
    /// For each value of [`start_of`], whether a longer head starts so.
    starts: Vec<bool>,
}

/// Bits of the hash of four bytes.
const START_BITS: u32 = 12;

/// A hash of the first four bytes of a word that has as many.
#[inline]
fn start_of(word: &str) -> Option<usize> {
    let start = u32::from_le_bytes(*word.as_bytes().first_chunk()?);
    usize::try_from(start.wrapping_mul(0x9E37_79B1) >> (u32::BITS - START_BITS)).ok()
}

#[derive(Debug)]
struct Glob {
    /// The pattern after the head; a lone `*` in most queries.
    tail: Box<str>,
    key: KeyId,
}

impl Globs {
    /// The key of a pattern, a new one if it is not known yet.
    pub(crate) fn intern(&mut self, pattern: &str, new_key: impl FnOnce() -> KeyId) -> KeyId {
        let head_length = pattern.find(['*', '?']).unwrap_or(pattern.len());
        let (head, tail) = pattern
            .split_at_checked(head_length)
            .unwrap_or((pattern, ""));
        if let Err(place) = self.head_lengths.binary_search(&head_length) {
            self.head_lengths.insert(place, head_length);
        }
        self.note_start(head);
        let globs = self.by_head.entry(head.into()).or_default();
        if let Some(glob) = globs.iter().find(|glob| *glob.tail == *tail) {
            return glob.key;
        }
        let key = new_key();
        globs.push(Glob {
            tail: tail.into(),
            key,
        });
        key
    }

    fn note_start(&mut self, head: &str) {
        self.first_bytes.resize(1 << u8::BITS, false);
        self.starts.resize(1 << START_BITS, false);
        let known = match (start_of(head), head.bytes().next()) {
            (Some(start), _) => self.starts.get_mut(start),
            (None, Some(first)) => self.first_bytes.get_mut(usize::from(first)),
            (None, None) => None,
        };
        if let Some(known) = known {
            *known = true;
        }
    }

    /// Whether a head may start as a word does.
    #[inline]
    fn may_start(&self, word: &str) -> bool {
        let start = start_of(word).and_then(|start| self.starts.get(start));
        let first = word.bytes().next().map(usize::from);
        let first = first.and_then(|first| self.first_bytes.get(first));
        start == Some(&true) || first == Some(&true)
    }

    /// True if there are no patterns.
    pub(crate) fn is_empty(&self) -> bool {
        self.by_head.is_empty()
    }

    /// Adds the keys of all patterns that `word` fits.
    #[inline]
    pub(crate) fn matching(&self, word: &str, keys: &mut Vec<KeyId>) {
        if self.may_start(word) {
            self.add_matching(word, keys);
        }
    }

    fn add_matching(&self, word: &str, keys: &mut Vec<KeyId>) {
        for length in &self.head_lengths {
            if *length > word.len() {
                return;
            }
            let Some((head, rest)) = word.split_at_checked(*length) else {
                continue;
            };
            for glob in self.by_head.get(head).into_iter().flatten() {
                if fits(rest, &glob.tail) {
                    keys.push(glob.key);
                }
            }
        }
    }
}

/// True if `text` fits a pattern of `*` (any letters, also none), `?` (one letter) and letters.
///
/// When a `*` was passed and the rest does not fit, one more letter is given to it and the rest is tried again;
/// an earlier `*` never needs another try.
fn fits(text: &str, pattern: &str) -> bool {
    if pattern == "*" {
        return true;
    }
    let (mut text, mut pattern) = (text.chars(), pattern.chars());
    let mut after_star: Option<(std::str::Chars<'_>, std::str::Chars<'_>)> = None;
    loop {
        let (mut rest_text, mut rest_pattern) = (text.clone(), pattern.clone());
        match (rest_pattern.next(), rest_text.next()) {
            (None, None) => return true,
            (Some('*'), _) => {
                pattern = rest_pattern;
                after_star = Some((text.clone(), pattern.clone()));
                continue;
            }
            (Some('?'), Some(_)) => {
                (text, pattern) = (rest_text, rest_pattern);
                continue;
            }
            (Some(wanted), Some(found)) if wanted == found => {
                (text, pattern) = (rest_text, rest_pattern);
                continue;
            }
            _ => {}
        }
        let Some((mut given, star_pattern)) = after_star else {
            return false;
        };
        if given.next().is_none() {
            return false;
        }
        text = given.clone();
        pattern = star_pattern.clone();
        after_star = Some((given, star_pattern));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_fits_whole_words() {
        for (word, pattern) in [
            ("", "*"),
            ("s", "?"),
            ("abotage", "abot*ge"),
            ("abcabd", "*abd"),
            ("màn", "m?n"),
            ("axbxc", "a*b*c"),
        ] {
            assert!(fits(word, pattern), "{word} {pattern}");
        }
        for (word, pattern) in [("", "?"), ("ab", "?"), ("abotages", "abot*ge"), ("x", "")] {
            assert!(!fits(word, pattern), "{word} {pattern}");
        }
    }

    #[test]
    fn patterns_are_found_by_their_heads() {
        let mut globs = Globs::default();
        for (place, pattern) in ["cyber*", "cy*r", "wom?n", "cyber*"]
            .into_iter()
            .enumerate()
        {
            globs.intern(pattern, || KeyId(u32::try_from(place).unwrap()));
        }
        let matching = |word: &str| {
            let mut keys = Vec::new();
            globs.matching(word, &mut keys);
            keys.iter().map(|key| key.0).collect::<Vec<_>>()
        };
        assert_eq!(matching("cyber"), [1, 0]);
        assert_eq!(matching("cybersecurity"), [0]);
        assert_eq!(matching("women"), [2]);
        assert_eq!(matching("wörld"), [0; 0]);
    }
}
