//! Words: what counts as one, where it stands, and the keys by which it is compared.
//!
//! In goes the text of one field (or a term of a query), out come [`Word`]s with positions for distances and
//! code-point offsets into the original for showing. Nothing here knows of queries. The rules follow UAX #29
//! where its words are what readers expect, and differ where news would suffer: dots, hyphens, apostrophes,
//! scripts without spaces, invisible characters, addresses.

mod characters;
mod keys;
mod mask;
mod reader;
mod units;

use std::ops::Range;

pub(crate) use keys::Keys;
use reader::Reader;
pub(crate) use units::{Reading, each_composed};
use units::{Unit, Units};

/// What may stand in the text between a word of a term and the one before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Tie {
    /// White space and signs, but no end of a sentence.
    Loose,
    /// Signs that end a sentence as well: the term has one itself.
    OverStop,
    /// White space alone, or nothing.
    Close,
    /// `&` or `+`, with or without white space.
    And,
}

/// A word of a text, or the joined form of hyphenated words, over the same positions.
#[derive(Debug, Clone)]
pub(crate) struct Word {
    /// The place of its first part among the words of the field.
    pub(crate) position: u32,
    /// The place of its last part.
    pub(crate) last_position: u32,
    /// The code point of the original at which it starts.
    pub(crate) start: u32,
    /// The code point after its last.
    pub(crate) end: u32,
    /// What lies between it and the word before it.
    pub(crate) gap: Gap,
    /// How it is written.
    pub(crate) script: Script,
    /// True for single letters with dots: `U.S.`
    pub(crate) is_dotted: bool,
    /// True if it begins a sentence; in a query, if any sign that ends one stands before it.
    pub(crate) begins_sentence: bool,
    letters: Range<u32>,
}

/// What lies between a word and the one before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Gap {
    /// There is none before it.
    First,
    /// Nothing: the writing changes, or it is unspaced.
    Nothing,
    /// White space alone.
    Space,
    /// One hyphen.
    Hyphen,
    /// One apostrophe.
    Apostrophe,
    /// One apostrophe that is a letter: `Hawaiʻi`.
    Okina,
    /// `&` or `+`, with or without white space.
    And,
    /// Anything else.
    Signs,
}

/// How a word is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Script {
    /// With spaces around it.
    Spaced,
    /// In Hangul, where particles are hung on the end.
    Hangul,
    /// Without spaces: the word is one character.
    Unspaced,
    /// As an emoji.
    Emoji,
}

/// The words of a text, in order of position.
#[derive(Debug, Default)]
pub(crate) struct Words {
    letters: String,
    list: Vec<Word>,
    /// For each position the first word there; at the place of a blank line the next word.
    at_position: Vec<u32>,
    units: Vec<Unit>,
}

impl Words {
    /// Forgets all words and keeps the memory.
    pub(crate) fn clear(&mut self) {
        self.letters.clear();
        self.list.clear();
        self.at_position.clear();
    }

    /// The words of one text.
    pub(crate) fn of(text: &str, reading: Reading) -> Self {
        let mut words = Self {
            letters: String::with_capacity(text.len()),
            ..Self::default()
        };
        words.read(text, reading, 0);
        words
    }

    /// Adds the words of a text whose first character is code point `first_code_point` of the field.
    ///
    /// A text that is added to others starts a paragraph.
    pub(crate) fn read(&mut self, text: &str, reading: Reading, first_code_point: u32) {
        let mut units = std::mem::take(&mut self.units);
        let mut source = Units::new(text, reading, first_code_point);
        let mut reader = Reader::new(self, reading);
        loop {
            while let Some(word) = source.plain_word() {
                reader.read_plain(word);
            }
            if !source.next_piece(&mut units) {
                break;
            }
            reader.read(&units);
        }
        reader.finish();
        self.units = units;
    }

    /// All words, in order of position.
    pub(crate) fn all(&self) -> &[Word] {
        &self.list
    }

    /// The normalised letters of a word.
    pub(crate) fn letters(&self, word: &Word) -> &str {
        self.letters.get(bytes(&word.letters)).unwrap_or_default()
    }

    /// The normalised letters of neighbouring words, joined.
    pub(crate) fn joined(&self, first: &Word, last: &Word) -> &str {
        self.letters
            .get(bytes(&(first.letters.start..last.letters.end)))
            .unwrap_or_default()
    }

    /// True if an apostrophe after the last word is part of the next: in `O’Brien`, and in scripts of languages that leave
    /// no letters out, as Ukrainian.
    fn joins_at_apostrophe(&self) -> bool {
        let letters = self.list.last().map_or("", |last| self.letters(last));
        let last = letters.chars().next_back();
        letters.eq_ignore_ascii_case("o")
            || last.is_some_and(|c| matches!(c, '\u{400}'..='\u{52F}' | '\u{5D0}'..='\u{5EA}'))
    }

    /// The place in [`Self::all`] of the first word that can stand at `position`.
    pub(crate) fn first_at(&self, position: u32) -> Option<usize> {
        let first = self.at_position.get(usize::try_from(position).ok()?)?;
        usize::try_from(*first).ok()
    }
}

impl Word {
    fn joined_with(&self, last: &Self) -> Self {
        Self {
            last_position: last.last_position,
            end: last.end,
            is_dotted: false,
            letters: self.letters.start..last.letters.end,
            ..self.clone()
        }
    }

    /// True if nothing but white space lies between it and the word before it.
    fn follows_closely(&self) -> bool {
        matches!(self.gap, Gap::Nothing | Gap::Space)
    }

    /// True if what lies between it and the word before it fits a term that has `tie` there.
    pub(crate) fn fits(&self, tie: Tie) -> bool {
        match tie {
            Tie::Loose => !self.begins_sentence,
            Tie::OverStop => true,
            Tie::Close => self.follows_closely(),
            Tie::And => self.gap == Gap::And,
        }
    }
}

fn bytes(letters: &Range<u32>) -> Range<usize> {
    let place = |place| usize::try_from(place).unwrap_or(usize::MAX);
    place(letters.start)..place(letters.end)
}

#[cfg(test)]
mod tests;
