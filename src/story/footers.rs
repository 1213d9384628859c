//! Sentences that stand on many pages: what outlets put under everything they print says nothing about a report.

use super::hashing::HashedMap;
use super::text::{Sentence, Text, Token, high, mix};

/// The sentences that articles added to their reports, each with the last reports it was added to.
#[derive(Debug, Default)]
pub(super) struct Common {
    by_sentence: HashedMap<u32, [u32; COMMON + 1]>,
}

/// Other reports with a sentence, from which on the sentence says nothing.
pub(super) const COMMON: usize = 3;
/// Sentences that are kept at most; then those that stood in one report alone are forgotten.
const MAX_SENTENCES: usize = 100_000;

impl Common {
    /// Notes that an article of a report has a sentence.
    pub(super) fn note(&mut self, sign: Sign, report: u32) {
        if self.by_sentence.len() >= MAX_SENTENCES {
            self.by_sentence.retain(|_, [_, second, ..]| *second != 0);
            if self.by_sentence.len() >= MAX_SENTENCES {
                self.by_sentence.clear();
            }
        }
        let reports = self.by_sentence.entry(sign.hash).or_default();
        if !reports.contains(&report) {
            reports.rotate_right(1);
            if let Some(first) = reports.first_mut() {
                *first = report;
            }
        }
    }

    /// True if a sentence stands in many reports beside this one.
    pub(super) fn is_common(&self, sign: Sign, report: u32) -> bool {
        let reports = self.by_sentence.get(&sign.hash).into_iter().flatten();
        let others = reports.filter(|other| **other != 0 && **other != report);
        // What an outlet says of itself is no news when another one says it of itself.
        others.count() >= if sign.names_outlet { 1 } else { COMMON }
    }
}

/// What a sentence is known by when many pages have it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Sign {
    hash: u32,
    names_outlet: bool,
}

/// What the name of an outlet is to a [`Sign`]: the same for all of them.
const OUTLET: u64 = 11;

/// The sign of a sentence of an outlet with a name of these words.
pub(super) fn sign(text: &Text, sentence: &Sentence, outlet: &[Token]) -> Sign {
    let is_name = |words: &[Token]| {
        !outlet.is_empty()
            && words.len() >= outlet.len()
            && words.iter().zip(outlet).all(|(a, b)| a.key == b.key)
    };
    let mut rest = text.words_of(sentence);
    let mut sign = Sign {
        hash: 0,
        names_outlet: false,
    };
    let mut hash = 3;
    while let Some((first, others)) = rest.split_first() {
        if is_name(rest) {
            sign.names_outlet = true;
            hash = mix(hash, OUTLET);
            rest = rest.get(outlet.len()..).unwrap_or_default();
        } else {
            hash = mix(hash, u64::from(first.key));
            rest = others;
        }
    }
    sign.hash = high(hash);
    sign
}
