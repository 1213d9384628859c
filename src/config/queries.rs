//! From a mistake inside a query to its place in the file.
//!
//! A query is a TOML string, and what stands in the file is not always what the string holds: escapes, the
//! line end after `'''`, lines joined by a backslash. The string is read once more, letter by letter, to find
//! where each of its characters comes from.

use std::ops::Range;

/// The byte of the file at which a character of a string stands.
///
/// `written` is the string as it stands in the file, quotes included, at `start`; `value` is what it holds,
/// and `col` counts its characters from 1. Where the two do not fit together, it is the start of the string.
pub(super) fn place_of(written: &str, start: usize, value: &str, col: usize) -> Range<usize> {
    let whole = start..start + written.len();
    let Some(origins) = origins(written, value) else {
        return whole;
    };
    match origins.get(col.saturating_sub(1)) {
        Some(origin) => start + origin.start..start + origin.end,
        // One past the last character: the closing quote.
        None => origins
            .last()
            .map_or(whole, |last| start + last.end..start + last.end + 1),
    }
}

/// For each character of the value, the bytes of the written string it comes from.
fn origins(written: &str, value: &str) -> Option<Vec<Range<usize>>> {
    let quote = ["'''", "\"\"\"", "'", "\""]
        .into_iter()
        .find(|quote| written.starts_with(quote))?;
    let inside = written.strip_prefix(quote)?.strip_suffix(quote)?;
    let is_block = quote.len() == 3;
    let reader = Reader {
        rest: inside,
        at: quote.len(),
    };
    let (characters, origins): (String, Vec<_>) = reader
        .read(is_block, quote.starts_with('"'))?
        .into_iter()
        .unzip();
    (characters == value).then_some(origins)
}

/// What TOML leaves out after a backslash at the end of a line.
const SPACE: [char; 4] = [' ', '\t', '\r', '\n'];

/// Reads the inside of a string.
struct Reader<'a> {
    rest: &'a str,
    at: usize,
}

impl Reader<'_> {
    fn read(mut self, is_block: bool, has_escapes: bool) -> Option<Vec<(char, Range<usize>)>> {
        // TOML: a line end right after the opening quotes is left out.
        if is_block {
            let end = ["\r\n", "\n"]
                .into_iter()
                .find(|end| self.rest.starts_with(end));
            self.skip(end.map_or(0, str::len));
        }
        let mut characters = Vec::new();
        while let Some(c) = self.rest.chars().next() {
            let start = self.at;
            self.skip(c.len_utf8());
            let c = match c {
                '\\' if has_escapes && self.is_line_end_next() => {
                    self.skip(self.rest.len() - self.rest.trim_start_matches(SPACE).len());
                    continue;
                }
                '\\' if has_escapes => self.escape()?,
                other => other,
            };
            characters.push((c, start..self.at));
        }
        Some(characters)
    }

    /// Whether a backslash is the last thing of its line: then the line end and all the space after it are
    /// nothing.
    fn is_line_end_next(&self) -> bool {
        self.rest.starts_with(SPACE)
    }

    /// The character that the letters after a backslash stand for.
    fn escape(&mut self) -> Option<char> {
        let letter = self.rest.chars().next()?;
        self.skip(letter.len_utf8());
        Some(match letter {
            'b' => '\u{8}',
            't' => '\t',
            'n' => '\n',
            'f' => '\u{c}',
            'r' => '\r',
            'e' => '\u{1b}',
            '"' | '\\' => letter,
            'x' => self.number(2)?,
            'u' => self.number(4)?,
            'U' => self.number(8)?,
            _ => return None,
        })
    }

    fn number(&mut self, digits: usize) -> Option<char> {
        let number = u32::from_str_radix(self.rest.get(..digits)?, 16).ok()?;
        self.skip(digits);
        char::from_u32(number)
    }

    fn skip(&mut self, bytes: usize) {
        self.rest = self.rest.get(bytes..).unwrap_or_default();
        self.at += bytes;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The text of the file at the given character of the query.
    fn at(toml: &str, col: usize) -> String {
        let written = toml.strip_prefix("q = ").unwrap();
        let table: toml::Table = toml.parse().unwrap();
        let place = place_of(written, 4, table["q"].as_str().unwrap(), col);
        toml.get(place.start..).unwrap().to_owned()
    }

    #[test]
    fn plain_strings_count_from_the_quote() {
        assert_eq!(at("q = 'Biển (đông'", 6), "(đông'");
        assert_eq!(at("q = \"a b\"", 3), "b\"");
    }

    #[test]
    fn escapes_are_one_character_each() {
        assert_eq!(at(r#"q = "\"East Sea\" OR""#, 12), r#"OR""#);
        assert_eq!(at(r#"q = "\u00e9\t\U0001F600x OR""#, 6), r#"OR""#);
        assert_eq!(at(r#"q = "\x41 (""#, 3), r#"(""#);
    }

    #[test]
    fn blocks_leave_their_first_line_end_out() {
        assert_eq!(at("q = '''\na OR\n  (b'''", 8), "(b'''");
        assert_eq!(at("q = \"\"\"\r\na \\\r\n   (b\"\"\"", 3), "(b\"\"\"");
        assert_eq!(at("q = \"\"\"a\"\" (\"\"\"", 5), "(\"\"\"");
    }

    #[test]
    fn past_the_end_is_the_closing_quote() {
        assert_eq!(at("q = 'a OR'", 5), "'");
    }

    #[test]
    fn an_empty_string_is_underlined_whole() {
        assert_eq!(at("q = ''", 1), "''");
    }

    #[test]
    fn a_text_that_does_not_fit_is_the_start_of_the_string() {
        assert_eq!(place_of("'abc'", 10, "xyz", 2), 10..15);
    }
}
