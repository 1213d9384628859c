//! The one door between text from outside and what people are shown: a line that only says what it seems to say.
//!
//! Titles, types, names of elements and answers of servers are strangers' words. Before one enters an error, a log
//! line, a row of `status` or a message it becomes a [`Shown`]: one line, cut, and without what commands a terminal
//! or turns the order of letters round.

use std::fmt;

/// The characters of a text from outside that an error repeats: enough for a sentence; what is beyond explains nothing.
pub const MAX_SHOWN_CHARS: usize = 200;

/// A text from outside as it may be shown: one line of at most [`MAX_SHOWN_CHARS`] characters.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Shown(String);

impl Shown {
    /// Makes a text fit to be shown; what was cut off ends in an ellipsis.
    #[must_use]
    pub fn of(text: &str) -> Self {
        let mut line = String::new();
        let mut chars = 0;
        let mut gap = false;
        for c in visible(text) {
            if c.is_control() || c.is_whitespace() {
                gap = chars > 0;
                continue;
            }
            let taken = 1 + usize::from(gap);
            if chars + taken > MAX_SHOWN_CHARS {
                // One character makes room for the mark of the cut.
                if chars == MAX_SHOWN_CHARS {
                    line.pop();
                }
                line.push('…');
                return Self(line);
            }
            if std::mem::take(&mut gap) {
                line.push(' ');
            }
            line.push(c);
            chars += taken;
        }
        Self(line)
    }

    /// The line.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl From<Shown> for String {
    fn from(shown: Shown) -> Self {
        shown.0
    }
}

impl PartialEq<str> for Shown {
    fn eq(&self, other: &str) -> bool {
        self.0 == other
    }
}

impl PartialEq<&str> for Shown {
    fn eq(&self, other: &&str) -> bool {
        self.0 == *other
    }
}

/// The characters of a text without those that nobody sees: marks that turn the direction of writing, zero-width
/// spaces, annotations, and tags, in which a whole hidden text can be written.
///
/// The joiners U+200C and U+200D stay, as Persian, Indic scripts and emoji are written with them, and so do the tags
/// that make a black flag that of England, Scotland or Wales (UTS #51, section C.1).
pub fn visible(text: &str) -> impl Iterator<Item = char> + '_ {
    let mut rest = text.chars();
    let mut of_flag = 0_usize;
    std::iter::from_fn(move || {
        loop {
            let c = rest.next()?;
            if of_flag > 0 {
                of_flag -= 1;
                return Some(c);
            }
            if c == BLACK_FLAG && FLAGS.iter().any(|tags| rest.as_str().starts_with(tags)) {
                of_flag = TAGS_OF_FLAG;
                return Some(c);
            }
            if !is_invisible(c) {
                return Some(c);
            }
        }
    })
}

/// The character that tags make the flag of a region.
const BLACK_FLAG: char = '\u{1F3F4}';

/// The tags of `gbeng`, `gbsct` and `gbwls`, each with the tag that ends it: the flags that are in use.
const FLAGS: [&str; 3] = [
    "\u{E0067}\u{E0062}\u{E0065}\u{E006E}\u{E0067}\u{E007F}",
    "\u{E0067}\u{E0062}\u{E0073}\u{E0063}\u{E0074}\u{E007F}",
    "\u{E0067}\u{E0062}\u{E0077}\u{E006C}\u{E0073}\u{E007F}",
];

const TAGS_OF_FLAG: usize = 6;

/// Tells whether a character is not seen itself, or changes only how its neighbours are.
fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{61C}' | '\u{200E}' | '\u{200F}'      // direction marks
        | '\u{202A}'..='\u{202E}'                // embeddings and overrides
        | '\u{200B}' | '\u{2060}'..='\u{206F}'   // zero-width, isolates, deprecated format characters
        | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}'   // byte order mark, interlinear annotations
        | '\u{FFFE}' | '\u{FFFF}'                // no characters at all
        | '\u{E0000}'..='\u{E007F}'              // tags
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shown_text_is_one_line_without_anything_that_commands() {
        for (text, shown) in [
            ("two\r\nlines", "two lines"),
            ("  a \t b\u{0} ", "a b"),
            ("\u{1b}[31mred\u{9b}2J", "[31mred 2J"),
            ("abc\u{202E}fdp.exe", "abcfdp.exe"),
            ("a\u{2028}b\u{2066}c", "a bc"),
            ("", ""),
        ] {
            assert_eq!(Shown::of(text), shown, "{text:?}");
        }
    }

    #[test]
    fn a_long_text_is_cut_and_says_so() {
        let all = Shown::of(&"ộ".repeat(MAX_SHOWN_CHARS));
        assert_eq!(all.as_str().chars().count(), MAX_SHOWN_CHARS);
        assert!(!all.as_str().ends_with('…'));
        for text in ["ộ".repeat(15_000_000), "ab ".repeat(100_000)] {
            let cut = Shown::of(&text);
            assert!(cut.as_str().chars().count() <= MAX_SHOWN_CHARS);
            assert!(cut.as_str().ends_with('…'), "{cut}");
        }
    }

    #[test]
    fn a_text_hidden_in_tags_is_dropped_and_the_flags_of_nations_stay() {
        let hidden: String = "pay me"
            .chars()
            .filter_map(|c| char::from_u32(0xE0000 + u32::from(c)))
            .collect();
        assert_eq!(visible(&format!("a{hidden}b")).collect::<String>(), "ab");
        for tags in FLAGS {
            let flag = format!("{BLACK_FLAG}{tags} and{hidden}");
            let expected = format!("{BLACK_FLAG}{tags} and");
            assert_eq!(visible(&flag).collect::<String>(), expected);
        }
        let long = format!("{BLACK_FLAG}{hidden}\u{E007F}");
        assert_eq!(visible(&long).collect::<String>(), BLACK_FLAG.to_string());
    }
}
