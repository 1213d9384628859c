//! Text from a seed: the same numbers give the same words on every machine and in every run.

use std::fmt::Write as _;

/// Common words, so that the language is recognised and no watch's term is among them.
const WORDS: [&str; 159] = [
    "the",
    "of",
    "and",
    "to",
    "in",
    "that",
    "for",
    "was",
    "on",
    "with",
    "as",
    "by",
    "at",
    "from",
    "his",
    "they",
    "this",
    "have",
    "had",
    "not",
    "are",
    "but",
    "what",
    "all",
    "were",
    "when",
    "there",
    "can",
    "more",
    "about",
    "which",
    "their",
    "said",
    "each",
    "she",
    "how",
    "will",
    "up",
    "other",
    "many",
    "then",
    "them",
    "these",
    "some",
    "her",
    "would",
    "make",
    "like",
    "him",
    "into",
    "time",
    "has",
    "look",
    "two",
    "write",
    "go",
    "see",
    "number",
    "way",
    "could",
    "people",
    "than",
    "first",
    "water",
    "been",
    "call",
    "who",
    "now",
    "find",
    "long",
    "down",
    "day",
    "did",
    "get",
    "come",
    "made",
    "may",
    "part",
    "over",
    "new",
    "sound",
    "take",
    "only",
    "little",
    "work",
    "know",
    "place",
    "year",
    "live",
    "back",
    "give",
    "most",
    "very",
    "after",
    "thing",
    "our",
    "just",
    "name",
    "good",
    "sentence",
    "man",
    "think",
    "say",
    "great",
    "where",
    "help",
    "through",
    "much",
    "before",
    "line",
    "right",
    "too",
    "mean",
    "old",
    "any",
    "same",
    "tell",
    "follow",
    "came",
    "want",
    "show",
    "also",
    "around",
    "form",
    "three",
    "small",
    "set",
    "put",
    "end",
    "does",
    "another",
    "well",
    "large",
    "must",
    "big",
    "even",
    "such",
    "because",
    "turn",
    "here",
    "why",
    "ask",
    "went",
    "men",
    "read",
    "need",
    "land",
    "different",
    "home",
    "move",
    "try",
    "kind",
    "hand",
    "picture",
    "again",
    "change",
    "off",
    "play",
    "spell",
];

/// The syllables of invented names.
const SYLLABLES: [&str; 20] = [
    "bra", "dov", "fel", "gam", "hul", "jor", "kez", "lum", "mox", "nar", "pyl", "qua", "rit",
    "sov", "tam", "vek", "wob", "xan", "yud", "zir",
];

/// A row of numbers that a seed decides (`SplitMix64`).
#[derive(Debug, Clone)]
pub(crate) struct Dice(u64);

impl Dice {
    /// Makes the row of a seed and of what it is thrown for.
    pub(crate) fn of(seed: u64, purpose: &[u64]) -> Self {
        let mut dice = Self(seed);
        for part in purpose {
            dice.0 = dice.next() ^ part.wrapping_mul(0x9E37_79B9_7F4A_7C15);
        }
        dice
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number below `end`.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % end as u64).unwrap_or(0)
    }

    /// A number from `start` up to, not including, `end`.
    pub(crate) fn between(&mut self, start: usize, end: usize) -> usize {
        start + self.below(end - start)
    }

    /// Whether what happens so many times in a thousand happens now.
    pub(crate) fn happens(&mut self, of_thousand: usize) -> bool {
        self.below(1000) < of_thousand
    }

    /// A sentence of common words.
    pub(crate) fn sentence(&mut self) -> String {
        let mut sentence = String::new();
        for place in 0..self.between(8, 22) {
            let word = WORDS[self.below(WORDS.len())];
            if place == 0 {
                sentence.push_str(&word[..1].to_uppercase());
                sentence.push_str(&word[1..]);
            } else {
                sentence.push(' ');
                sentence.push_str(word);
            }
        }
        sentence.push('.');
        sentence
    }

    /// Sentences of at least so many bytes.
    pub(crate) fn text(&mut self, bytes: usize) -> String {
        let mut text = String::with_capacity(bytes + 200);
        while text.len() < bytes {
            if !text.is_empty() {
                text.push(' ');
            }
            text.push_str(&self.sentence());
        }
        text
    }

    /// Characters that compress as scripts and styles do: words without sense.
    pub(crate) fn filling(&mut self, bytes: usize) -> String {
        let mut filling = String::with_capacity(bytes + 40);
        while filling.len() < bytes {
            let word = WORDS[self.below(WORDS.len())];
            let (number, value) = (self.below(900), self.below(100));
            write!(filling, "{word}_{number}:{value};").expect("memory takes it");
        }
        filling
    }
}

/// An invented name that is no word of any language; each number has its own.
pub(crate) fn name(number: usize) -> String {
    let last = SYLLABLES[number % 20];
    let middle = SYLLABLES[(number / 20 + 7) % 20];
    let first = SYLLABLES[(number / 400 + 11) % 20];
    let plain = format!("{first}{middle}{last}");
    plain[..1].to_uppercase() + &plain[1..]
}

/// An invented abbreviation of four capitals.
pub(crate) fn capitals(number: usize) -> String {
    let letter = |n: usize| char::from(b"BCDFGHJKLMNPQRSTVWXZ"[n % 20]);
    ['X', letter(number / 20 + 3), letter(number), 'Q']
        .iter()
        .collect()
}
