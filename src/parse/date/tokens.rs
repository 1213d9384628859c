//! A date's text cut into numbers, words and marks.

use super::words;

/// Characters of a text that may be a date; the longest real ones have some 60.
const MAX_CHARS: usize = 120;

/// Characters of a zone: `UTC+05:30`.
const MAX_ZONE_CHARS: usize = 9;

/// Makes a text comparable: bounded, lower case, comments out, the signs of Chinese, Japanese and Korean dates replaced.
pub(super) fn plain(text: &str) -> Option<String> {
    let text = text.trim();
    if text.is_empty() || text.chars().nth(MAX_CHARS).is_some() {
        return None;
    }
    let mut plain = String::with_capacity(text.len());
    for c in without_comments(&words::plain_word(text)).chars() {
        match c {
            '年' | '月' | '년' | '월' | '\u{2212}' | '\u{2010}'..='\u{2013}' => plain.push('-'),
            '日' | '일' | '秒' | '초' => plain.push(' '),
            '時' | '时' | '点' | '分' | '시' | '분' => plain.push(':'),
            c if c.is_whitespace() => plain.push(' '),
            c if !c.is_ascii() => plain.push(digit(c).unwrap_or(c)),
            c => plain.push(c),
        }
    }
    let trimmed = plain.trim_matches(|c: char| {
        c.is_whitespace() || matches!(c, ',' | ';' | '.' | ':' | '"' | '\'')
    });
    Some(trimmed.to_owned())
}

/// Zeros of the other digits that dates are written with: Arabic, Persian, Hindi, Bengali, Thai.
const ZEROS: [char; 5] = ['\u{660}', '\u{6F0}', '\u{966}', '\u{9E6}', '\u{E50}'];

/// Returns the digit of ASCII that a digit of another script stands for.
fn digit(c: char) -> Option<char> {
    let value = ZEROS.iter().find_map(|zero| {
        u32::from(c)
            .checked_sub(u32::from(*zero))
            .filter(|value| *value < 10)
    })?;
    char::from_digit(value, 10)
}

/// Drops remarks in brackets; a short one without a space stays, since it may be the zone: `(GMT+7)`.
fn without_comments(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('(') {
        kept.push_str(before);
        let (comment, after) = after.split_once(')').unwrap_or((after, ""));
        if !comment.contains(char::is_whitespace) && comment.chars().count() <= MAX_ZONE_CHARS {
            kept.push(' ');
            kept.push_str(comment);
            kept.push(' ');
        }
        rest = after;
    }
    kept.push_str(rest);
    kept
}

/// A piece of a date.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token {
    Number {
        value: u64,
        digits: usize,
        /// Whether white space stands before it.
        spaced: bool,
    },
    Word(String),
    /// Anything that is neither a digit, a letter nor white space.
    Mark(char),
}

pub(super) fn tokens(text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut chars = text.chars().peekable();
    let mut spaced = false;
    while let Some(c) = chars.next() {
        if c.is_whitespace() {
            spaced = true;
            continue;
        }
        if let Some(digit) = c.to_digit(10) {
            let (mut value, mut digits) = (u64::from(digit), 1);
            while let Some(digit) = chars.peek().and_then(|c| c.to_digit(10)) {
                value = value.saturating_mul(10).saturating_add(u64::from(digit));
                digits += 1;
                chars.next();
            }
            tokens.push(Token::Number {
                value,
                digits,
                spaced,
            });
        } else if c.is_alphabetic() {
            tokens.push(Token::Word(word(c, &mut chars)));
        } else {
            tokens.push(Token::Mark(c));
        }
        spaced = false;
    }
    tokens
}

/// Reads the rest of a word; the points of `p.m.` belong to it.
fn word(first: char, chars: &mut std::iter::Peekable<std::str::Chars<'_>>) -> String {
    let mut word = String::from(first);
    while let Some(c) = chars
        .peek()
        .copied()
        .filter(|c| c.is_alphabetic() || *c == '.')
    {
        word.push(c);
        chars.next();
    }
    let is_initials = word.split('.').all(|part| part.chars().count() <= 1);
    if is_initials {
        word.replace('.', "")
    } else {
        word.trim_end_matches('.').to_owned()
    }
}

/// Returns the value and the length of a number; nothing for any other token.
pub(super) fn number(token: Option<&Token>) -> Option<(u64, usize)> {
    match token? {
        Token::Number { value, digits, .. } => Some((*value, *digits)),
        _ => None,
    }
}

/// Makes a number of a calendar or a clock of one of a text.
pub(super) fn small(value: u64) -> Option<i8> {
    i8::try_from(value).ok()
}
