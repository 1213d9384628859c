//! Operators of other search languages, which get a hint with our spelling.

use super::Parser;
use super::cursor::is_white;
use crate::matching::query::expr::{Expr, Kind};

/// Characters in which the partner of a `{` or `[` is looked for, to skip what stands between.
const MAX_SKIPPED_CHARS: usize = 200;

impl Parser<'_> {
    /// Skips `+`, `!`, braces and brackets of other search languages where an item should start; true if nothing
    /// is left to be the item, which is then no second mistake.
    pub(super) fn skip_foreign_signs(&mut self) -> bool {
        loop {
            self.skip_space();
            let at = self.at;
            let (message, hint) = match self.peek() {
                Some('+') => (
                    "+ is not an operator",
                    "+ is not needed: every word is already required",
                ),
                Some('!') => ("! is not an operator", "write -word or NOT word"),
                Some('{') => (
                    "{ is not an operator",
                    "write ( and ) for groups; a field is one of title: body: author: source: tag: url: lang:",
                ),
                Some('}') => ("} is not an operator", "write ( and ) for groups"),
                Some('[') => (
                    "[ is not an operator",
                    "ranges are not supported; use a regular expression, or ( and ) for groups",
                ),
                Some(']') => ("] is not an operator", "write ( and ) for groups"),
                _ => return false,
            };
            self.note("unknown-operator", at, message, hint);
            let close = match self.peek() {
                Some('{') => Some('}'),
                Some('[') => Some(']'),
                _ => None,
            };
            self.at += 1;
            let mut ahead = self.chars.iter().skip(self.at).take(MAX_SKIPPED_CHARS);
            let length = close.and_then(|close| ahead.position(|c| *c == close));
            self.at += length.map_or(0, |length| length + 1);
            if self.at_end_of_group() || self.operator().is_some() {
                return true;
            }
        }
    }
}

impl Parser<'_> {
    /// `(w)`, `(5n)`: the closeness of the first data bases. `open` is the code point of the parenthesis.
    pub(super) fn note_bracketed_operator(&mut self, inner: &Expr, open: usize) {
        let Kind::Term(term) = &inner.kind else {
            return;
        };
        let lower = term.raw.to_ascii_lowercase();
        let letter = lower.trim_matches(|c: char| c.is_ascii_digit());
        let number = lower.trim_matches(|c: char| c.is_ascii_lowercase());
        let (ours, default) = match letter {
            "w" => ("ONEAR", "0"),
            "n" => ("NEAR", "0"),
            _ => return,
        };
        let number = if number.is_empty() { default } else { number };
        if !term.is_quoted && !term.is_exact && number.len() <= 3 && lower.is_ascii() {
            let message = format!("({}) is not an operator", term.raw);
            self.note(
                "unknown-operator",
                open,
                message,
                format!("write {ours}/{number}"),
            );
        }
    }

    /// `/5`, `/s`, `/p` where a regular expression would start: the closeness of legal data bases. A slash that stands
    /// alone is "or" to many.
    pub(super) fn foreign_slash(&mut self) -> bool {
        let end = self.end_of_word(self.at + 1);
        let is_apart = self.chars.get(end).is_none_or(|c| is_white(*c));
        // Where another slash closes it, it is an expression, unless both stand between spaces.
        let close = (end..self.chars.len()).find(|at| self.chars.get(*at) == Some(&'/'));
        let is_closed = close.is_some_and(|close| {
            let before = close
                .checked_sub(1)
                .and_then(|before| self.chars.get(before));
            end > self.at + 1 || before.is_none_or(|c| !is_white(*c))
        });
        if !is_apart || is_closed {
            return false;
        }
        let word = self.slice(self.at + 1, end).to_ascii_lowercase();
        let hint = match word.as_str() {
            "" => "write OR".to_owned(),
            "s" | "p" => "write NEAR/15 (about a sentence) or NEAR/50 (a paragraph)".to_owned(),
            number if number.len() <= 3 && number.bytes().all(|byte| byte.is_ascii_digit()) => {
                format!("write NEAR/{number}")
            }
            _ => return false,
        };
        let at = self.at;
        self.note(
            "unknown-operator",
            at,
            format!("/{word} is not an operator"),
            hint,
        );
        self.at = end;
        true
    }
}

/// An operator of another search language, written as a word: where in it, what it is, and our spelling.
pub(super) fn foreign_operator(word: &str) -> Option<(usize, String, String)> {
    // None of them is letters alone, as nearly every word is.
    if word.bytes().all(|byte| byte.is_ascii_alphabetic()) {
        return None;
    }
    if let Some(byte) = word.find("&&") {
        let offset = word.get(..byte).map_or(0, |before| before.chars().count());
        return Some((
            offset,
            "&& is not an operator".to_owned(),
            "write AND or just a space".to_owned(),
        ));
    }
    let lower = word.to_ascii_lowercase();
    let number_at = lower
        .find(|c: char| c.is_ascii_digit())
        .unwrap_or(lower.len());
    let (name, number) = lower.split_at_checked(number_at)?;
    let is_number = number.bytes().all(|byte| byte.is_ascii_digit());
    let (hint, known) = match name {
        "w/" | "within/" | "near/" | "n/" | "adj/" | "nr/" | "near" | "adj"
            if !number.is_empty() =>
        {
            let hint = format!("write NEAR/{number} (or ONEAR/{number}) in capitals");
            (hint, true)
        }
        "pre/" | "p/" | "onear/" | "onear" if !number.is_empty() => {
            (format!("write ONEAR/{number} in capitals"), true)
        }
        "w/s" | "w/p" | "near/" | "onear/" => (
            "write NEAR/15 (about a sentence) or NEAR/50 (a paragraph)".to_owned(),
            true,
        ),
        _ => (String::new(), false),
    };
    (known && is_number).then(|| (0, format!("\"{word}\" is not an operator"), hint))
}
