//! From text to normalised characters, each with its class and its place in the original.

use unicode_normalization::UnicodeNormalization as _;

use super::characters::{
    Class, ascii_class, character, decimal_value, is_steering, is_superscript, is_trade_sign,
    joins_previous,
};
use super::mask::addresses;

/// A normalised character.
#[derive(Debug, Clone, Copy)]
pub(super) struct Unit {
    pub(super) c: char,
    pub(super) class: Class,
    /// The code point of the original at which it starts.
    pub(super) start: u32,
    /// The code point after the last it was made of.
    pub(super) end: u32,
    /// True for a figure that stands above the line.
    pub(super) is_raised: bool,
}

/// A word of ASCII letters, at the start of a text or after a blank.
#[derive(Debug, Clone, Copy)]
pub(super) struct PlainWord<'t> {
    pub(super) letters: &'t str,
    pub(super) after_blank: bool,
    /// The code point of the original at which it starts.
    pub(super) start: u32,
    /// The code point after its last.
    pub(super) end: u32,
}

/// What the characters of a text are read as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reading {
    /// The title or body of an article: addresses are blanked out.
    Prose,
    /// Another field of an article, such as its address.
    Label,
    /// A term of a query: `*` and `?` are parts of words.
    Term,
}

/// Bytes after which a text is cut at the next good place, so that a long article needs no long list of units.
const CHUNK_BYTES: usize = 4096;

/// Normalises a text piece by piece.
#[derive(Debug)]
pub(super) struct Units<'t> {
    rest: &'t str,
    reading: Reading,
    /// Addresses still ahead, the next one last; byte offsets into the whole text.
    masked: Vec<std::ops::Range<usize>>,
    byte: usize,
    code_point: u32,
    sequence: String,
}

impl<'t> Units<'t> {
    pub(super) fn new(text: &'t str, reading: Reading, first_code_point: u32) -> Self {
        let mut masked = match reading {
            Reading::Prose => addresses(text),
            Reading::Label | Reading::Term => Vec::new(),
        };
        masked.reverse();
        Self {
            rest: text,
            reading,
            masked,
            byte: 0,
            code_point: first_code_point,
            sequence: String::new(),
        }
    }

    /// The next word, if it is one blank and letters of ASCII that no other rule has a part in: most words are, and are read
    /// without units. At the start of the text it needs no blank.
    pub(super) fn plain_word(&mut self) -> Option<PlainWord<'t>> {
        let length = self.plain_word_length()?;
        let letters = self.rest.strip_prefix(' ').unwrap_or(self.rest);
        let blank = self.rest.len() - letters.len();
        let (letters, rest) = letters.split_at_checked(length)?;
        let start = self.code_point.saturating_add(u32::from(blank > 0));
        self.rest = rest;
        self.byte += blank + length;
        self.code_point = u32::try_from(length).map_or(u32::MAX, |all| start.saturating_add(all));
        Some(PlainWord {
            letters,
            after_blank: blank > 0,
            start,
            end: self.code_point,
        })
    }

    fn plain_word_length(&self) -> Option<usize> {
        let bytes = self.rest.as_bytes();
        let (ahead, blank) = match bytes.split_first()? {
            (b' ', ahead) => (ahead, 1),
            _ if self.byte == 0 => (bytes, 0),
            _ => return None,
        };
        let length = letters_ahead(ahead);
        let ends = match ahead.get(length).copied() {
            None | Some(b' ') => true,
            Some(next) if !next.is_ascii() => false,
            Some(b'*' | b'?') => self.reading != Reading::Term,
            Some(next) => match ascii_class(next) {
                Class::Letter | Class::Digit | Class::Mark | Class::Apostrophe => false,
                Class::Dot => length > 1,
                _ => true,
            },
        };
        let address = self.masked.last().map_or(usize::MAX, |range| range.start);
        let is_plain = ends && length > 0 && self.byte + blank + length <= address;
        is_plain.then_some(length)
    }

    /// Replaces `units` by those of the next piece; false when nothing is left.
    ///
    /// A piece ends where no rule looks across: after a letter, before a space; and before a plain word.
    pub(super) fn next_piece(&mut self, units: &mut Vec<Unit>) -> bool {
        units.clear();
        let mut last = ' ';
        while let Some(c) = self.rest.chars().next() {
            let is_cut =
                matches!(last, '。' | '，') || (matches!(c, ' ' | '\n') && last.is_alphanumeric());
            let is_long = is_cut && units.len() >= CHUNK_BYTES;
            if is_long || (!units.is_empty() && self.plain_word_length().is_some()) {
                return true;
            }
            let plain = self.plain_length(CHUNK_BYTES.saturating_sub(units.len()));
            if plain > 0 {
                last = self.read_plain(plain, units).unwrap_or(last);
            } else {
                last = c;
                self.read_one(c, units);
            }
        }
        !units.is_empty()
    }

    /// How many of the next bytes, up to a limit and to a blank, are ASCII and can be read by themselves: no address starts
    /// there, and no mark follows the last.
    fn plain_length(&self, limit: usize) -> usize {
        let address = self.masked.last().map_or(usize::MAX, |range| range.start);
        let limit = limit.min(address.saturating_sub(self.byte));
        let ahead = self.rest.as_bytes();
        let ahead = ahead.get(..limit).unwrap_or(ahead);
        let is_end = |byte: &u8| *byte == b' ' || !byte.is_ascii();
        let end = ahead.iter().skip(1).position(is_end).map(|end| end + 1);
        match end {
            Some(length) if ahead.get(length) == Some(&b' ') => length,
            Some(length) => length.saturating_sub(1),
            // What comes after the limit may be a mark.
            None => ahead.len().saturating_sub(1),
        }
    }

    /// Reads so many bytes of ASCII; returns the last.
    fn read_plain(&mut self, length: usize, units: &mut Vec<Unit>) -> Option<char> {
        let (plain, rest) = self.rest.split_at_checked(length)?;
        let start = self.code_point;
        units.extend((start..).zip(plain.bytes()).map(|(start, byte)| Unit {
            c: char::from(byte),
            class: self.class_of(char::from(byte), ascii_class(byte)),
            start,
            end: start.saturating_add(1),
            is_raised: false,
        }));
        self.rest = rest;
        self.byte += length;
        self.code_point =
            u32::try_from(length).map_or(u32::MAX, |length| start.saturating_add(length));
        plain.bytes().last().map(char::from)
    }

    fn read_one(&mut self, c: char, units: &mut Vec<Unit>) {
        if let Some(range) = self.masked.last()
            && range.start <= self.byte
        {
            self.read_address(units);
            return;
        }
        let bytes = self.rest.as_bytes();
        let next_is_ascii = bytes.get(1).is_none_or(u8::is_ascii);
        if c.is_ascii() && next_is_ascii {
            let class = self.class_of(c, character(c).class);
            let start = self.code_point;
            self.advance(c);
            units.push(Unit {
                c,
                class,
                start,
                end: self.code_point,
                is_raised: false,
            });
        } else {
            self.read_sequence(c, units);
        }
    }

    /// One blank for a whole address.
    fn read_address(&mut self, units: &mut Vec<Unit>) {
        let Some(range) = self.masked.pop() else {
            return;
        };
        let start = self.code_point;
        while self.byte < range.end {
            let Some(c) = self.rest.chars().next() else {
                break;
            };
            self.advance(c);
        }
        units.push(Unit {
            c: ' ',
            class: Class::Space,
            start,
            end: self.code_point,
            is_raised: false,
        });
    }

    /// A character with the marks and letters that combine with it, normalised together.
    fn read_sequence(&mut self, first: char, units: &mut Vec<Unit>) {
        let known = character(first);
        let start = self.code_point;
        self.advance(first);
        if known.class == Class::Invisible {
            if self.reading == Reading::Term && first == NON_JOINER {
                units.push(Unit {
                    class: Class::Hyphen,
                    ..unit(first, start, self.code_point)
                });
            }
            return;
        }
        let first = self.typed_in_two(first);
        self.sequence.clear();
        self.sequence.push(first);
        let mut end = self.code_point;
        while let Some(c) = self.rest.chars().next() {
            if self.reading == Reading::Term && c == NON_JOINER && is_persian(first) {
                break;
            }
            if character(c).class == Class::Invisible {
                self.advance(c);
                if alters_appearance(c) {
                    end = self.code_point;
                }
            } else if !c.is_ascii() && joins(c) {
                self.advance(c);
                self.sequence.push(combining(c));
                end = self.code_point;
            } else {
                break;
            }
        }
        if first.is_ascii() && self.sequence.len() == 1 {
            let class = self.class_of(first, known.class);
            units.push(Unit {
                c: first,
                class,
                start,
                end,
                is_raised: false,
            });
            return;
        }
        let alone = self.sequence.len() == first.len_utf8();
        if alone && (known.stable || is_apostrophe_or_sign(first, known.class)) {
            units.push(unit(first, start, end));
        } else {
            let sequence = std::mem::take(&mut self.sequence);
            let is_raised = is_superscript(first);
            units.extend(sequence.nfkc().map(|c| Unit {
                is_raised,
                ..unit(c, start, end)
            }));
            self.sequence = sequence;
        }
    }

    /// Thai แ is often typed as two เ.
    fn typed_in_two(&mut self, first: char) -> char {
        if first == 'เ' && self.rest.starts_with('เ') {
            self.advance('เ');
            return 'แ';
        }
        first
    }

    fn class_of(&self, c: char, class: Class) -> Class {
        match c {
            '*' | '?' if self.reading == Reading::Term => Class::Wild,
            _ => class,
        }
    }

    fn advance(&mut self, c: char) {
        let mut chars = self.rest.chars();
        chars.next();
        self.rest = chars.as_str();
        self.byte += c.len_utf8();
        self.code_point = self.code_point.saturating_add(1);
    }
}

/// How many letters of ASCII a text begins with.
fn letters_ahead(text: &[u8]) -> usize {
    let (blocks, rest) = text.as_chunks::<8>();
    let mut length = 0;
    for block in blocks {
        let others = other_than_letters(u64::from_le_bytes(*block));
        if others != 0 {
            return length
                + usize::try_from(others.trailing_zeros() / u8::BITS).unwrap_or_default();
        }
        length += block.len();
    }
    let is_letter = |byte: &&u8| byte.is_ascii_alphabetic();
    length + rest.iter().take_while(is_letter).count()
}

/// The highest bit of each of eight bytes that is no letter of ASCII.
fn other_than_letters(block: u64) -> u64 {
    let each = |byte: u8| u64::from_ne_bytes([byte; 8]);
    let highest = each(0x80);
    // In small letters, and without the highest bit, so that no sum reaches into the next byte.
    let small = (block | each(0x20)) & !highest;
    let from_a = small + each(0x80 - b'a');
    let past_z = small + each(0x80 - b'z' - 1);
    (from_a & !past_z & !block & highest) ^ highest
}

/// A unit of a normalised character.
fn unit(c: char, start: u32, end: u32) -> Unit {
    // A full-width ？ is punctuation that came with the text of a query; only the ASCII sign is a wildcard.
    let class = character(c).class;
    let digit = (class == Class::Digit && !c.is_ascii())
        .then(|| decimal_value(c).and_then(|value| char::from_digit(value, 10)))
        .flatten();
    Unit {
        c: digit.unwrap_or(c),
        class,
        start,
        end,
        is_raised: false,
    }
}

/// Persian writes it where a word is made of two; in a query it stands for every spelling, as a hyphen does.
const NON_JOINER: char = '\u{200C}';

/// True for letters between which the non-joiner parts a word: in the scripts of India it only shapes letters.
fn is_persian(c: char) -> bool {
    matches!(c, '\u{600}'..='\u{6FF}' | '\u{FB50}'..='\u{FDFF}' | '\u{FE70}'..='\u{FEFC}')
}

/// The mark that a sound mark of kana is, where it stands as a character of its own.
fn combining(c: char) -> char {
    match c {
        '゛' => '\u{3099}',
        '゜' => '\u{309A}',
        other => other,
    }
}

/// True for invisible characters that a reader sees by what they do to the one before: they are part of its span.
fn alters_appearance(c: char) -> bool {
    matches!(c, '\u{FE00}'..='\u{FE0F}' | '\u{1F3FB}'..='\u{1F3FF}' | '\u{20E3}' | '\u{E0100}'..='\u{E01EF}')
}

/// True for a character that combines with the one before it.
fn joins(c: char) -> bool {
    let known = character(c);
    known.class == Class::Mark || (!known.stable && joins_previous(c))
}

/// NFKC would make a space and a mark of `´`, letters of `™`, and a vowel of the dot of Korean headlines.
fn is_apostrophe_or_sign(c: char, class: Class) -> bool {
    matches!(class, Class::Apostrophe | Class::MiddleDot) || is_trade_sign(c)
}

/// Calls `with` for each combining sequence of a text in NFC, with the code point at which it starts; left out is only
/// what nobody can see, as it steers the breaking of lines or the direction of writing.
pub(crate) fn each_composed(text: &str, mut with: impl FnMut(&str, u32)) {
    let mut sequence = String::new();
    let mut start = 0;
    let mut flush = |sequence: &mut String, start: u32| {
        let mut chars = sequence.chars();
        let first = chars.next();
        if chars.next().is_none() && first.is_none_or(|first| character(first).stable) {
            with(sequence, start);
            sequence.clear();
        } else {
            let composed: String = sequence.nfc().collect();
            with(&composed, start);
            sequence.clear();
        }
    };
    for (at, c) in (0u32..).zip(text.chars()) {
        if is_steering(c) {
            continue;
        }
        if !joins_previous(c) {
            flush(&mut sequence, start);
            start = at;
        }
        sequence.push(c);
    }
    flush(&mut sequence, start);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_are_counted_as_one_by_one() {
        let one_by_one = |text: &[u8]| {
            text.iter()
                .take_while(|byte| byte.is_ascii_alphabetic())
                .count()
        };
        for length in [0, 1, 7, 8, 9, 15, 16, 17] {
            for byte in 0..=u8::MAX {
                for place in 0..length {
                    for letter in *b"azAZ" {
                        let mut text = vec![letter; length];
                        text[place] = byte;
                        assert_eq!(letters_ahead(&text), one_by_one(&text), "{text:?}");
                    }
                }
            }
        }
    }
}
