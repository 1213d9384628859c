//! A text as numbers, words and marks, and a reader that goes over them.

use super::{SEARCHED_CHARS, words};

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token {
    Number { value: u32, digits: usize },
    Word(String),
    Mark(char),
}

pub(super) fn tokenise(text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut chars = text.chars().take(SEARCHED_CHARS).peekable();
    while let Some(&c) = chars.peek() {
        if let Some(first) = digit(c) {
            chars.next();
            let (mut value, mut digits) = (first, 1);
            while let Some(next) = chars.peek().copied().and_then(digit) {
                chars.next();
                value = value.saturating_mul(10).saturating_add(next);
                digits += 1;
            }
            tokens.push(Token::Number { value, digits });
        } else if words::is_unit(c) {
            chars.next();
            tokens.push(Token::Word(c.to_string()));
        } else if is_letter(c) {
            let mut word = String::new();
            while let Some(&next) = chars.peek() {
                if !is_letter(next) || digit(next).is_some() || words::is_unit(next) {
                    break;
                }
                word.extend(next.to_lowercase());
                chars.next();
            }
            tokens.push(Token::Word(word));
        } else {
            chars.next();
            if !c.is_whitespace() && !matches!(c, '\u{200E}' | '\u{200F}') {
                tokens.push(Token::Mark(c));
            }
        }
    }
    tokens
}

/// Letters and the marks that belong to them in Indic and Thai scripts.
fn is_letter(c: char) -> bool {
    c.is_alphabetic()
        || matches!(c, '\u{0900}'..='\u{0DFF}' | '\u{0E00}'..='\u{0EFF}' | '\u{0300}'..='\u{036F}' | '\u{1000}'..='\u{109F}')
}

/// The value of a decimal digit of the scripts that newspapers write dates in.
fn digit(c: char) -> Option<u32> {
    let zero = match c {
        '0'..='9' => '0',
        '\u{0660}'..='\u{0669}' => '\u{0660}',
        '\u{06F0}'..='\u{06F9}' => '\u{06F0}',
        '\u{0966}'..='\u{096F}' => '\u{0966}',
        '\u{09E6}'..='\u{09EF}' => '\u{09E6}',
        '\u{0E50}'..='\u{0E59}' => '\u{0E50}',
        '\u{1040}'..='\u{1049}' => '\u{1040}',
        '\u{FF10}'..='\u{FF19}' => '\u{FF10}',
        _ => return None,
    };
    Some(u32::from(c) - u32::from(zero))
}

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

    pub(super) fn month_name(&mut self) -> Option<u32> {
        let mut ahead = *self;
        let month = words::month(ahead.word()?)?;
        *self = ahead;
        self.skip_mark('.');
        Some(month)
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

/// Tells whether a number goes on from another before it: a version, an amount, an address.
pub(super) fn joined_before(tokens: &[Token], at: usize) -> bool {
    let mark = at.checked_sub(1).and_then(|index| tokens.get(index));
    let number = at.checked_sub(2).and_then(|index| tokens.get(index));
    matches!(mark, Some(Token::Mark('.' | '/' | '-')))
        && matches!(number, Some(Token::Number { .. }))
}
