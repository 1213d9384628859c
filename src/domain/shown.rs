//! The one door between text from outside and what people are shown: a line that only says what it seems to say.
//!
//! Titles, types, names of elements and answers of servers are strangers' words. Before one enters an error, a log
//! line, a row of `status` or a message it becomes a [`Shown`]: one line, cut, and without what commands a terminal
//! or turns the order of letters round.

use std::borrow::Cow;
use std::fmt::{self, Write as _};

/// The characters of a text from outside that an error repeats: enough for a sentence; what is beyond explains nothing.
pub const MAX_SHOWN_CHARS: usize = 200;

/// A text from outside as it may be shown: one line of at most [`MAX_SHOWN_CHARS`] characters.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Shown(String);

impl Shown {
    /// Makes a text fit to be shown; what was cut off ends in an ellipsis.
    #[must_use]
    pub fn of(text: &str) -> Self {
        Self::up_to(text, MAX_SHOWN_CHARS)
    }

    /// Makes a text fit to be shown that may be longer: a message of ours that repeats several texts from outside.
    #[must_use]
    pub fn up_to(text: &str, max_chars: usize) -> Self {
        let mut line = String::new();
        let mut chars = 0;
        let mut gap = false;
        for c in visible(text) {
            if c.is_control() || c.is_whitespace() {
                gap = chars > 0;
                continue;
            }
            let taken = 1 + usize::from(gap);
            if chars + taken > max_chars {
                // One character makes room for the mark of the cut.
                if chars == max_chars {
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

/// A text of several lines as it may be shown: nothing in it commands a terminal, turns the order of letters round, or is
/// hidden. Lines and tabulators stay.
#[must_use]
pub fn inert(text: &str) -> Cow<'_, str> {
    let is_plain = |c: char| c == '\n' || c == '\t' || !c.is_control() && !is_invisible(c);
    if text.chars().all(is_plain) {
        return Cow::Borrowed(text);
    }
    let shown = visible(text).map(|c| if is_plain(c) || is_tag(c) { c } else { ' ' });
    Cow::Owned(shown.collect())
}

/// Tells whether a character is a tag: those that are visible belong to a flag.
fn is_tag(c: char) -> bool {
    matches!(c, '\u{E0020}'..='\u{E007F}')
}

/// A JSON text of the same value in which every character that commands, turns round or hides is written as its number.
#[must_use]
pub fn inert_json(json: &str) -> Cow<'_, str> {
    let is_plain = |c: char| c == '\n' || !c.is_control() && !is_invisible(c);
    if json.chars().all(is_plain) {
        return Cow::Borrowed(json);
    }
    let mut shown = String::with_capacity(json.len());
    for c in json.chars() {
        if is_plain(c) {
            shown.push(c);
            continue;
        }
        for unit in c.encode_utf16(&mut [0; 2]) {
            let _infallible = write!(shown, "\\u{unit:04x}");
        }
    }
    Cow::Owned(shown)
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
    fn an_inert_text_keeps_its_lines_and_json_its_value() {
        let hostile = "a\u{1b}[2Jb\u{9b}c\u{202e}d\u{e0041}e\nf\tg";
        assert_eq!(inert(hostile), "a [2Jb cde\nf\tg");
        assert!(matches!(inert("Biển Đông\n"), Cow::Borrowed(_)));
        let json = "{\"a\":\"b\u{9b}c\u{202e}d\u{e0041}\"}";
        let shown = inert_json(json);
        assert_eq!(shown, "{\"a\":\"b\\u009bc\\u202ed\\udb40\\udc41\"}");
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
