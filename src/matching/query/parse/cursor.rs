//! Where the parser stands in the query, and what comes next.

use super::Parser;

impl Parser<'_> {
    pub(super) fn at_end_of_group(&mut self) -> bool {
        self.skip_space();
        matches!(self.peek(), None | Some(')' | '）'))
    }

    /// The place of what comes next.
    pub(super) fn start(&mut self) -> usize {
        self.skip_space();
        self.at
    }

    pub(super) fn skip_space(&mut self) {
        while self
            .peek()
            .is_some_and(|c| is_white(c) || matches!(c, ',' | '，'))
        {
            self.at += 1;
        }
    }

    pub(super) fn skip_white(&mut self) {
        while self.peek().is_some_and(is_white) {
            self.at += 1;
        }
    }

    pub(super) fn peek(&self) -> Option<char> {
        self.peek_at(0)
    }

    pub(super) fn peek_at(&self, ahead: usize) -> Option<char> {
        self.chars.get(self.at + ahead).copied()
    }

    /// True if the next word is this one.
    pub(super) fn word_is(&self, word: &str) -> bool {
        let ends = self.peek_at(word.len()).is_none_or(is_break);
        self.starts_with(word) && ends
    }

    pub(super) fn starts_with(&self, ascii: &str) -> bool {
        let ahead = self.chars.get(self.at..self.at + ascii.len());
        ahead.is_some_and(|ahead| ahead.iter().copied().eq(ascii.chars()))
    }

    pub(super) fn take_word(&mut self) -> String {
        let end = self.end_of_word(self.at);
        let word = self.slice(self.at, end);
        self.at = end;
        word
    }

    /// A word ends at white space, a quote, a parenthesis, `|`, `,` and before `>=` `^` `~`.
    pub(super) fn end_of_word(&self, start: usize) -> usize {
        let mut end = start;
        while let Some(c) = self.chars.get(end).copied() {
            let is_end =
                is_break(c) && !self.is_thousands_comma(end) && !self.is_hebrew_abbreviation(end);
            if is_end {
                break;
            }
            end += 1;
        }
        end
    }

    /// True for the comma of 1,000: it is dropped in articles, so a query may have it too.
    fn is_thousands_comma(&self, at: usize) -> bool {
        let is_digit = |at: usize| self.chars.get(at).is_some_and(char::is_ascii_digit);
        self.chars.get(at) == Some(&',')
            && at.checked_sub(1).is_some_and(is_digit)
            && (1..=3).all(|ahead| is_digit(at + ahead))
            && !is_digit(at + 4)
    }

    /// True for a quote between two Hebrew letters, as in צה"ל: it marks an abbreviation.
    pub(super) fn is_hebrew_abbreviation(&self, at: usize) -> bool {
        is_hebrew_abbreviation(self.chars, at)
    }

    pub(super) fn slice(&self, start: usize, end: usize) -> String {
        self.chars
            .get(start..end)
            .unwrap_or_default()
            .iter()
            .collect()
    }
}

pub(super) fn is_white(c: char) -> bool {
    c.is_whitespace()
}

/// True for a quote that opens a phrase; those of one keyboard and of another are the same.
pub(super) fn is_quote(c: char) -> bool {
    is_double_quote(c) || partner(c).is_some()
}

/// Double quotes, which close one another: people open and close with whatever the keyboard gives them.
fn is_double_quote(c: char) -> bool {
    matches!(c, '"' | '＂' | '“' | '”' | '„' | '‟' | '〝' | '〞' | '〟')
}

/// The quote that closes a phrase of another shape.
fn partner(open: char) -> Option<char> {
    Some(match open {
        '«' => '»',
        '»' => '«',
        '‹' => '›',
        '›' => '‹',
        '「' => '」',
        '『' => '』',
        '《' => '》',
        '〈' => '〉',
        _ => return None,
    })
}

/// True if `c` closes a phrase that `open` opened.
pub(super) fn closes(open: char, c: char) -> bool {
    match partner(open) {
        Some(close) => c == close,
        None => is_double_quote(c),
    }
}

fn is_hebrew_abbreviation(chars: &[char], at: usize) -> bool {
    let is_letter = |at: usize| {
        let c = chars.get(at);
        c.is_some_and(|c| matches!(c, '\u{5D0}'..='\u{5EA}'))
    };
    chars.get(at).is_some_and(|c| is_quote(*c))
        && at.checked_sub(1).is_some_and(is_letter)
        && is_letter(at + 1)
}

/// A text in which no quote is left that a query would be closed by; those of Hebrew abbreviations stay.
pub(super) fn without_quotes(text: String) -> String {
    if !text.contains(is_quote) {
        return text;
    }
    let chars: Vec<char> = text.chars().collect();
    let is_mere_quote = |at: usize, c: char| is_quote(c) && !is_hebrew_abbreviation(&chars, at);
    let all = chars.iter().copied().enumerate();
    all.map(|(at, c)| if is_mere_quote(at, c) { ' ' } else { c })
        .collect()
}

/// True for characters that end a word.
pub(super) fn is_break(c: char) -> bool {
    is_white(c)
        || is_quote(c)
        || matches!(
            c,
            '(' | ')' | '（' | '）' | '|' | '｜' | ',' | '，' | '^' | '~' | '<' | '>' | '≥' | '≤'
        )
}
