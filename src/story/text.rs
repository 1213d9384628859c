//! An article as the comparisons see it: its words as numbers, in sentences.
//!
//! Two texts are compared by what they say and not by how it is set: case, accents, spaces and signs count for nothing,
//! and a number is one word. Where sentences end the reader of words tells, as it does for `matching`.

use std::ops::Range;

use crate::matching::{Keys, Reading, Script, Words, is_opening};

/// A word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a mark of its own")]
pub(super) struct Token {
    /// The word without case and accents, as a hash.
    pub(super) key: u32,
    /// Its first letters, by which forms of one word are one, as a hash.
    pub(super) stem: u32,
    /// True if it holds a figure.
    pub(super) is_number: bool,
    /// True if it begins with a capital.
    pub(super) is_capital: bool,
    /// True if it is a sign of a script without spaces.
    pub(super) is_sign: bool,
    /// True if it begins a sentence.
    pub(super) is_first: bool,
}

/// A sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Sentence {
    /// Its words, by place.
    pub(super) words: Range<usize>,
    /// Where it stands in the text, in bytes.
    pub(super) place: Range<usize>,
    /// What it says.
    pub(super) hash: u64,
    /// What it says but for its numbers.
    pub(super) masked: u64,
    /// True if most of it is what somebody said.
    pub(super) is_quote: bool,
}

/// The words and sentences of an article.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Text {
    pub(super) words: Vec<Token>,
    pub(super) sentences: Vec<Sentence>,
    /// Words of the headline.
    pub(super) title: Vec<Token>,
}

/// Letters of a word by which its forms are told to be one.
const STEM_LETTERS: usize = 6;
/// Words from which on a sentence says enough to be known again.
const MIN_HASHED_WORDS: usize = 6;
/// The same, in signs of scripts without spaces.
const MIN_HASHED_SIGNS: usize = 12;

impl Sentence {
    /// How many words it has.
    pub(super) fn len(&self) -> usize {
        self.words.len()
    }
}

impl Text {
    /// Reads an article; its text has a paragraph a line.
    pub(super) fn read(title: &str, text: &str) -> Self {
        let mut reader = Reader::default();
        let mut read = Self::default();
        reader.read_title(title, &mut read.title);
        let mut from = 0;
        for line in text.split_inclusive('\n') {
            reader.read_line(line, from, &mut read);
            from += line.len();
        }
        read
    }

    /// The words of a sentence.
    pub(super) fn words_of(&self, sentence: &Sentence) -> &[Token] {
        self.words.get(sentence.words.clone()).unwrap_or_default()
    }

    /// True if a sentence is long enough to be known again by its hash.
    pub(super) fn is_telling(&self, sentence: &Sentence) -> bool {
        let signs = self.words_of(sentence).iter().filter(|word| word.is_sign);
        let needed = if signs.count() * 2 > sentence.len() {
            MIN_HASHED_SIGNS
        } else {
            MIN_HASHED_WORDS
        };
        sentence.len() >= needed
    }
}

/// The hash of a run of words.
pub(super) fn shingle(words: &[Token]) -> u32 {
    let hash = words
        .iter()
        .fold(0, |hash, word| mix(hash, u64::from(word.key)));
    high(hash)
}

/// The upper half of a hash: its best bits.
pub(super) fn high(hash: u64) -> u32 {
    u32::try_from(hash >> 32).unwrap_or_default()
}

/// Takes another number into a hash.
pub(super) fn mix(hash: u64, next: u64) -> u64 {
    // An odd number with its bits spread, so that a multiplication mixes.
    (hash.rotate_left(5) ^ next).wrapping_mul(0x9E37_79B9_7F4A_7C15)
}

/// The hash of letters.
pub(super) fn letters_hash(letters: &str) -> u64 {
    // FNV-1a, 64 bits, with its bits spread at the end.
    let hash = letters
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
    mix(hash ^ (hash >> 29), 1)
}

/// What every number is to [`Sentence::masked`].
const ANY_NUMBER: u64 = 7;

#[derive(Debug, Default)]
struct Reader {
    words: Words,
    keys: Keys,
    /// For each code point of a line that is not ASCII, its byte.
    bytes: Vec<usize>,
}

impl Reader {
    fn read_title(&mut self, title: &str, into: &mut Vec<Token>) {
        self.words.clear();
        self.words.read(title, Reading::Prose, 0);
        self.each_word(|token, _, _, _| into.push(token));
    }

    fn read_line(&mut self, line: &str, from: usize, into: &mut Text) {
        self.words.clear();
        self.words.read(line, Reading::Prose, 0);
        if self.words.all().is_empty() {
            return;
        }
        self.bytes.clear();
        if !line.is_ascii() {
            self.bytes.extend(line.char_indices().map(|(byte, _)| byte));
            self.bytes.push(line.len());
        }
        let bytes = std::mem::take(&mut self.bytes);
        let byte_of = |code_point: u32| {
            let at = usize::try_from(code_point).unwrap_or(usize::MAX);
            if bytes.is_empty() {
                at.min(line.len())
            } else {
                bytes.get(at).copied().unwrap_or(line.len())
            }
        };
        let first_sentence = into.sentences.len();
        let mut start = 0;
        let mut last_end = 0;
        let mut words_from = into.words.len();
        let (words, sentences) = (&mut into.words, &mut into.sentences);
        self.each_word(|token, begins, first, last| {
            if begins && words.len() > words_from {
                let next = byte_of(first);
                let cut = cut_between(line, last_end, next);
                sentences.push(sentence(words, words_from, start..cut));
                start = cut;
                words_from = words.len();
            }
            words.push(Token {
                is_first: words.len() == words_from,
                ..token
            });
            last_end = byte_of(last);
        });
        sentences.push(sentence(words, words_from, start..line.len()));
        let is_post = line.contains("(@");
        let mut quotes = Quotes::default();
        for sentence in sentences.iter_mut().skip(first_sentence) {
            let piece = line.get(sentence.place.clone()).unwrap_or_default();
            sentence.is_quote = quotes.is_mostly_quoted(piece) || is_post;
            let trimmed = piece.trim_start();
            let begin = from + sentence.place.start + piece.len() - trimmed.len();
            sentence.place = begin..begin + trimmed.trim_end().len();
        }
        self.bytes = bytes;
    }

    /// Calls back with each word, whether it begins a sentence, and its code points.
    fn each_word(&mut self, mut take: impl FnMut(Token, bool, u32, u32)) {
        let mut last_position = None;
        for word in self.words.all() {
            // Words that are hyphenated, or have another reading, stand there more than once.
            if word.position != word.last_position || last_position == Some(word.position) {
                continue;
            }
            last_position = Some(word.position);
            let letters = self.words.letters(word);
            self.keys.set(letters);
            let token = token(letters, self.keys.fold(), word.script);
            take(token, word.begins_sentence, word.start, word.end);
        }
    }
}

fn token(letters: &str, fold: &str, script: Script) -> Token {
    let stem_end = fold
        .char_indices()
        .nth(STEM_LETTERS)
        .map_or(fold.len(), |(end, _)| end);
    let key = letters_hash(fold);
    let stem = match fold.get(..stem_end) {
        Some(stem) if stem.len() < fold.len() => letters_hash(stem),
        _ => key,
    };
    Token {
        key: high(key),
        stem: high(stem),
        is_number: fold.bytes().any(|byte| byte.is_ascii_digit()),
        is_capital: letters.chars().next().is_some_and(char::is_uppercase),
        is_sign: script == Script::Unspaced,
        is_first: false,
    }
}

fn sentence(words: &[Token], from: usize, place: Range<usize>) -> Sentence {
    let own = words.get(from..).unwrap_or_default();
    let hash = |masks: bool| {
        own.iter().fold(1, |hash, word| {
            let is_masked = masks && word.is_number;
            mix(
                hash,
                if is_masked {
                    ANY_NUMBER
                } else {
                    u64::from(word.key)
                },
            )
        })
    };
    Sentence {
        words: from..words.len(),
        place,
        hash: hash(false),
        masked: hash(true),
        is_quote: false,
    }
}

/// The byte between two words at which a new sentence starts.
fn cut_between(line: &str, end: usize, start: usize) -> usize {
    let gap = line.get(end..start).unwrap_or_default();
    let cut = gap.find(char::is_whitespace).unwrap_or_else(|| {
        // Where no space stands, a straight sign before a word opens.
        let opens = |c| is_opening(c) || c == '"';
        gap.trim_end_matches(opens).len()
    });
    end + cut
}

/// Where a paragraph is what somebody said.
#[derive(Debug, Default)]
struct Quotes {
    /// What closes the quotation that is open.
    closing: Option<Closing>,
    last: char,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Closing {
    /// A curved sign, after “ or „.
    Curved,
    /// An angled sign the other way round.
    Angled(char),
    /// The same straight sign again.
    Straight,
    /// Two apostrophes, after two grave accents.
    Apostrophes,
}

impl Quotes {
    /// Reads on; tells whether half the letters of a piece stand in quotation marks.
    fn is_mostly_quoted(&mut self, piece: &str) -> bool {
        let (mut letters, mut quoted) = (0_usize, 0_usize);
        for c in piece.chars() {
            if c.is_alphanumeric() {
                letters += 1;
                quoted += usize::from(self.closing.is_some());
            } else {
                self.see(c);
            }
            self.last = c;
        }
        letters > 0 && quoted * 2 >= letters
    }

    fn see(&mut self, c: char) {
        let is_closed = match self.closing {
            Some(Closing::Curved) => matches!(c, '”' | '“' | '"'),
            Some(Closing::Angled(sign)) => c == sign,
            Some(Closing::Straight) => matches!(c, '"' | '”'),
            Some(Closing::Apostrophes) => c == '"' || (c == '\'' && self.last == '\''),
            None => {
                self.closing = match c {
                    '“' | '„' | '”' => Some(Closing::Curved),
                    '«' => Some(Closing::Angled('»')),
                    '»' => Some(Closing::Angled('«')),
                    '「' => Some(Closing::Angled('」')),
                    '『' => Some(Closing::Angled('』')),
                    '"' => Some(Closing::Straight),
                    '`' if self.last == '`' => Some(Closing::Apostrophes),
                    _ => None,
                };
                false
            }
        };
        if is_closed {
            self.closing = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sentences(text: &str) -> Vec<&str> {
        Text::read("", text)
            .sentences
            .iter()
            .map(|sentence| text.get(sentence.place.clone()).unwrap())
            .collect()
    }

    #[test]
    fn sentences_end_where_readers_see_them_end() {
        let text = "Dr. Vane left Port Orrin at 9.30. “Nobody asked,” he said. Rain fell!\nThe bridge stayed shut.";
        assert_eq!(
            sentences(text),
            [
                "Dr. Vane left Port Orrin at 9.30.",
                "“Nobody asked,” he said.",
                "Rain fell!",
                "The bridge stayed shut."
            ]
        );
        assert_eq!(
            sentences("港口已经关闭。船长说：“没有人受伤。”救援仍在继续。").len(),
            3
        );
    }

    #[test]
    fn what_is_set_in_another_way_says_the_same() {
        let hashes = |text: &str| {
            let read = Text::read("", text);
            read.sentences
                .iter()
                .map(|one| one.hash)
                .collect::<Vec<_>>()
        };
        assert_eq!(
            hashes("The Café at Orrin paid 1,200 crowns."),
            hashes("the cafe at  orrin — paid 1200 crowns")
        );
        assert_ne!(
            hashes("It paid 1,200 crowns."),
            hashes("It paid 1,300 crowns.")
        );
    }

    #[test]
    fn a_sentence_is_masked_but_for_its_words() {
        let masked = |text: &str| Text::read("", text).sentences[0].masked;
        assert_eq!(masked("It paid 1,200 crowns."), masked("It paid 9 crowns."));
        assert_ne!(
            masked("It paid 1,200 crowns."),
            masked("It got 1,200 crowns.")
        );
    }

    #[test]
    fn what_somebody_said_is_a_quote_until_the_signs_close() {
        let quotes = |text: &str| {
            let read = Text::read("", text);
            read.sentences
                .iter()
                .map(|one| one.is_quote)
                .collect::<Vec<_>>()
        };
        let text = "“The dam will hold. We have measured it twice,” she said. The lake rose again.";
        assert_eq!(quotes(text), [true, true, false]);
        assert_eq!(
            quotes("„Der Damm hält“, sagte sie am Abend in der Stadt. Es regnet."),
            [false, false]
        );
        assert_eq!(quotes("She wrote (@lakewatch) that it holds."), [true]);
    }
}
