//! A text as numbers, words and marks, and a reader that goes over them.

use super::calendars::{self, Calendar};
use super::letters::push_folded;
use super::{SEARCHED_CHARS, words};

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token {
    Number { value: u32, digits: usize },
    Word(String),
    Mark(char),
}

/// A text as tokens, and what its letters tell of where it is from.
#[derive(Debug, Default)]
pub(super) struct Tokens {
    pub(super) all: Vec<Token>,
    /// The byte of the text at which each token begins.
    pub(super) starts: Vec<usize>,
    /// Whether the text has letters or digits of the Arabic script: numbers of its years can be Hijri ones.
    pub(super) is_arabic: bool,
    /// Whether the text has letters or digits of the Thai script.
    pub(super) is_thai: bool,
}

impl Tokens {
    fn push(&mut self, token: Token, start: usize) {
        self.all.push(token);
        self.starts.push(start);
    }

    /// A word, and the Chinese number that it ends with where a unit of time follows: `令和八` before `年`.
    fn push_word(&mut self, word: String, start: usize, is_before_unit: bool) {
        let numeral = is_before_unit.then(|| numeral_at_end(&word)).flatten();
        let Some((rest, value, digits)) = numeral else {
            self.push(Token::Word(word), start);
            return;
        };
        if !rest.is_empty() {
            self.push(Token::Word(rest.to_owned()), start);
        }
        self.push(Token::Number { value, digits }, start + rest.len());
    }
}

pub(super) fn tokenise(text: &str) -> Tokens {
    let mut tokens = Tokens::default();
    let mut chars = text.char_indices().take(SEARCHED_CHARS).peekable();
    while let Some(&(start, c)) = chars.peek() {
        tokens.is_arabic |= is_arabic(c);
        tokens.is_thai |= matches!(c, '\u{0E00}'..='\u{0E7F}');
        if let Some(first) = digit(c) {
            chars.next();
            let (mut value, mut digits) = (first, 1);
            while let Some(next) = chars.peek().and_then(|(_, next)| digit(*next)) {
                chars.next();
                value = value.saturating_mul(10).saturating_add(next);
                digits += 1;
            }
            tokens.push(Token::Number { value, digits }, start);
        } else if words::is_unit(c) {
            chars.next();
            tokens.push(Token::Word(c.to_string()), start);
        } else if is_letter(c) {
            let mut word = String::new();
            while let Some(&(_, next)) = chars.peek() {
                if !(is_letter(next) || is_joiner(next))
                    || digit(next).is_some()
                    || words::is_unit(next)
                {
                    break;
                }
                push_folded(&mut word, next);
                chars.next();
            }
            let unit = chars.peek().is_some_and(|(_, next)| words::is_unit(*next));
            tokens.push_word(word, start, unit);
        } else {
            chars.next();
            if !c.is_whitespace() && !matches!(c, '\u{200E}' | '\u{200F}' | '\u{200C}' | '\u{200D}')
            {
                tokens.push(Token::Mark(c), start);
            }
        }
    }
    tokens
}

/// Joiners shape the letters of Persian and Indic words, and are none of them.
fn is_joiner(c: char) -> bool {
    matches!(c, '\u{200C}' | '\u{200D}')
}

/// Letters and the marks that belong to them in Indic and Thai scripts.
fn is_letter(c: char) -> bool {
    c.is_alphabetic()
        || matches!(c, '\u{0900}'..='\u{0DFF}' | '\u{0E00}'..='\u{0EFF}' | '\u{0300}'..='\u{036F}' | '\u{1000}'..='\u{109F}'
            | '\u{1780}'..='\u{17D3}' | '\u{064B}'..='\u{0652}' | '\u{32FF}' | '\u{337B}'..='\u{337E}')
}

fn is_arabic(c: char) -> bool {
    matches!(c, '\u{0600}'..='\u{06FF}' | '\u{0750}'..='\u{077F}')
}

/// The Chinese number at the end of a word: what stands before it, its value, and how many digits it has.
fn numeral_at_end(word: &str) -> Option<(&str, u32, usize)> {
    let rest = word.trim_end_matches(|c| numeral(c).is_some());
    let written = word
        .strip_prefix(rest)
        .filter(|written| !written.is_empty())?;
    let is_placed = written
        .chars()
        .all(|c| numeral(c).is_some_and(|value| value < 10));
    let mut value = 0_u32;
    let mut last = 0;
    for c in written.chars() {
        match numeral(c)? {
            digit if is_placed => value = value.checked_mul(10)?.checked_add(digit)?,
            digit if digit < 10 => last = digit,
            tens => {
                value = value.checked_add(tens.checked_mul(last.max(1))?)?;
                last = 0;
            }
        }
    }
    if !is_placed {
        value = value.checked_add(last)?;
    }
    let digits = value
        .checked_ilog10()
        .map_or(1, |log| usize::try_from(log).unwrap_or(0) + 1);
    Some((rest, value, digits))
}

fn numeral(c: char) -> Option<u32> {
    Some(match c {
        '〇' | '零' => 0,
        // The first year of an era.
        '一' | '元' => 1,
        '二' => 2,
        '三' => 3,
        '四' => 4,
        '五' => 5,
        '六' => 6,
        '七' => 7,
        '八' => 8,
        '九' => 9,
        '十' => 10,
        '廿' => 20,
        '卅' => 30,
        '百' => 100,
        _ => return None,
    })
}

/// Tells whether a character can be part of a number, in any of these scripts.
pub(super) fn is_of_number(c: char) -> bool {
    !c.is_ascii() && (digit(c).is_some() || numeral(c).is_some())
}

/// The value of a decimal digit of the scripts that newspapers write dates in.
fn digit(c: char) -> Option<u32> {
    if c.is_ascii() {
        return c.to_digit(10);
    }
    if c < '\u{0660}' || ('\u{1820}'..'\u{FF10}').contains(&c) {
        return None;
    }
    ZEROS.iter().find_map(|zero| {
        u32::from(c)
            .checked_sub(u32::from(*zero))
            .filter(|value| *value < 10)
    })
}

/// The zeros of those scripts; the other nine digits follow them.
const ZEROS: &[char] = &[
    '\u{0660}', '\u{06F0}', '\u{07C0}', '\u{0966}', '\u{09E6}', '\u{0A66}', '\u{0AE6}', '\u{0B66}',
    '\u{0BE6}', '\u{0C66}', '\u{0CE6}', '\u{0D66}', '\u{0DE6}', '\u{0E50}', '\u{0ED0}', '\u{0F20}',
    '\u{1040}', '\u{17E0}', '\u{1810}', '\u{FF10}',
];

/// The tokens from `at` on, read one after the other.
#[derive(Clone, Copy)]
pub(super) struct Reader<'a> {
    pub(super) tokens: &'a [Token],
    pub(super) at: usize,
}

impl<'a> Reader<'a> {
    pub(super) fn peek(&self) -> Option<&'a Token> {
        self.tokens.get(self.at)
    }

    pub(super) fn number(&mut self, digits: std::ops::RangeInclusive<usize>) -> Option<u32> {
        match self.peek()? {
            Token::Number { value, digits: n } if digits.contains(n) => {
                self.at += 1;
                Some(*value)
            }
            _ => None,
        }
    }

    pub(super) fn word(&mut self) -> Option<&'a str> {
        match self.peek()? {
            Token::Word(word) => {
                self.at += 1;
                Some(word)
            }
            _ => None,
        }
    }

    /// The name of a month of some calendar: of two words, of two letters with full stops, or of one word.
    pub(super) fn month_name(&mut self) -> Option<(Calendar, u32)> {
        let mut ahead = *self;
        let first = ahead.word()?;
        let mut further = ahead;
        let parted = further.skip_mark('.');
        // Arabic and Thai write some months so.
        let second = if first.is_ascii() {
            None
        } else {
            further.word()
        };
        let joined = second.and_then(|second| {
            let between = if parted { "." } else { " " };
            named_month(&format!("{first}{between}{second}"))
        });
        let found = match joined {
            Some(month) => {
                ahead = further;
                month
            }
            None => named_month(first)?,
        };
        *self = ahead;
        self.skip_mark('.');
        Some(found)
    }

    pub(super) fn a_word_of(&mut self, words: &[&str]) -> bool {
        let found =
            matches!(self.peek(), Some(Token::Word(word)) if words.contains(&word.as_str()));
        self.at += usize::from(found);
        found
    }

    pub(super) fn skip_mark(&mut self, mark: char) -> bool {
        let found = self.peek() == Some(&Token::Mark(mark));
        self.at += usize::from(found);
        found
    }

    pub(super) fn skip_marks(&mut self, marks: &[char]) {
        while matches!(self.peek(), Some(Token::Mark(mark)) if marks.contains(mark)) {
            self.at += 1;
        }
    }
}

fn named_month(name: &str) -> Option<(Calendar, u32)> {
    words::month(name)
        .map(|month| (Calendar::Gregorian, month))
        .or_else(|| calendars::month(name))
}

/// Tells whether a number goes on from another before it: a version, an amount, an address.
pub(super) fn joined_before(tokens: &[Token], at: usize) -> bool {
    let mark = at.checked_sub(1).and_then(|index| tokens.get(index));
    let number = at.checked_sub(2).and_then(|index| tokens.get(index));
    matches!(mark, Some(Token::Mark('.' | '/' | '-')))
        && matches!(number, Some(Token::Number { .. }))
}
