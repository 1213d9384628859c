//! What was meant by a line that is not TOML: the mistakes that people make who know other files better.
//!
//! Takes a line with the parser's complaint, gives what is wrong in plain words, where, and what to write. The
//! lines come with their secrets masked, so that a remedy can repeat them. Nothing here is believed: a guess
//! changes a message and never the meaning of a file.

mod header;
mod key;
mod value;

use std::ops::Range;

/// What is wrong with a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Meant {
    /// As a clause.
    pub(super) message: String,
    /// What to write instead.
    pub(super) hint: String,
    /// Where, in bytes of the line.
    pub(super) span: Range<usize>,
}

/// A line that could not be read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Line<'a> {
    /// Without its end.
    pub(super) text: &'a str,
    /// What stands above it.
    pub(super) above: &'a str,
    /// The byte of the line that the parser complains about.
    pub(super) at: usize,
    /// The parser's complaint.
    pub(super) said: &'a str,
}

/// The quotation marks that word processors and other keyboards put in the place of `"` and `'`.
const TYPOGRAPHIC: [char; 24] = [
    '“', '”', '„', '‟', '«', '»', '‹', '›', '‘', '’', '‚', '‛', '「', '」', '『', '』', '＂', '＇',
    '´', '′', '″', '‵', '❝', '❞',
];

/// Characters that take room or none, and cannot be seen.
const INVISIBLE: [(char, &str); 14] = [
    ('\u{a0}', "no-break space"),
    ('\u{ad}', "soft hyphen"),
    ('\u{2002}', "en space"),
    ('\u{2003}', "em space"),
    ('\u{2007}', "figure space"),
    ('\u{2009}', "thin space"),
    ('\u{200b}', "zero-width space"),
    ('\u{200c}', "zero-width non-joiner"),
    ('\u{200d}', "zero-width joiner"),
    ('\u{2028}', "line separator"),
    ('\u{202f}', "narrow no-break space"),
    ('\u{2060}', "word joiner"),
    ('\u{3000}', "ideographic space"),
    ('\u{feff}', "byte order mark"),
];

/// The tables of which there can be many, each under a header in double brackets.
const LISTS: [&str; 3] = ["feed", "watch", "channel"];

/// Reads a broken line; `None` where the parser's words have to do.
pub(super) fn meant(line: &Line<'_>) -> Option<Meant> {
    let of_line: [fn(&Line<'_>) -> Option<Meant>; 10] = [
        given_twice,
        leftover,
        invisible,
        foreign_comment,
        lone_bracket,
        header::header,
        key::list_item,
        key::sign,
        key::name,
        value::value,
    ];
    of_line.iter().find_map(|recognise| recognise(line))
}

/// The header of the tables that a word names, mistyped perhaps, or in the plural: `[[watch]]`.
pub(super) fn header_of(word: &str) -> Option<String> {
    let word = word.to_lowercase();
    let list = LISTS
        .into_iter()
        .find(|list| word == *list || word == format!("{list}s") || word == format!("{list}es"))?;
    Some(format!("[[{list}]]"))
}

impl Line<'_> {
    fn meant(message: impl Into<String>, hint: impl Into<String>, span: Range<usize>) -> Meant {
        Meant {
            message: message.into(),
            hint: hint.into(),
            span,
        }
    }

    /// The bytes before the first letter.
    fn indent(&self) -> usize {
        self.text.len() - self.text.trim_start().len()
    }

    /// The line without space at its ends, and the bytes it covers.
    fn trimmed(&self) -> (&str, Range<usize>) {
        let trimmed = self.text.trim();
        let start = self.indent();
        (trimmed, start..start + trimmed.len())
    }

    /// The character complained about.
    fn character(&self) -> Option<char> {
        self.text.get(self.at..)?.chars().next()
    }

    /// The key, and the value with the byte it begins at.
    fn assignment(&self) -> Option<(&str, &str, usize)> {
        let (key, value) = self.text.split_once('=')?;
        let start = self.text.len() - value.trim_start().len();
        Some((key.trim(), value.trim(), start))
    }

    /// The line that another one repeats, from 1, and what it is like.
    fn earlier(&self, is_same: impl Fn(&str) -> bool) -> Option<(usize, &str)> {
        let mut lines: Vec<(usize, &str)> = (1..).zip(self.above.lines()).collect();
        lines.reverse();
        lines.into_iter().find(|(_, line)| is_same(line.trim()))
    }
}

/// A value as TOML writes it: numbers and lists as they are, texts in quotes.
fn as_toml(written: &str) -> String {
    let bare = without_comment(written).trim_end_matches([',', ';']).trim();
    let is_number = bare.parse::<f64>().is_ok() && !bare.starts_with('0') || bare == "0";
    let is_whole = |open, close| bare.starts_with(open) && bare.ends_with(close);
    if is_number || is_whole('[', ']') || is_whole('{', '}') {
        return bare.to_owned();
    }
    match bare.to_lowercase().as_str() {
        truth @ ("true" | "false") => truth.to_owned(),
        _ => as_text(unquoted(bare)),
    }
}

/// A text in the quotes that leave it as it is.
fn as_text(text: &str) -> String {
    if !text.contains(['"', '\\']) {
        format!("\"{text}\"")
    } else if text.contains('\'') {
        format!("'''{text}'''")
    } else {
        format!("'{text}'")
    }
}

/// What to do with a text that its own quotes end, as [`as_text`] writes it.
fn other_quotes(written: &str) -> &'static str {
    if written.starts_with("'''") {
        "put the text in three single quotes"
    } else if written.starts_with('\'') {
        "put the text in single quotes"
    } else {
        "put the text in double quotes"
    }
}

/// A text without the quotes around it, of whatever kind they are.
fn unquoted(text: &str) -> &str {
    let is_quote = |c: char| matches!(c, '"' | '\'' | '`') || TYPOGRAPHIC.contains(&c);
    let inner = text.strip_prefix(is_quote).unwrap_or(text);
    if inner.len() == text.len() {
        return text;
    }
    inner.strip_suffix(is_quote).unwrap_or(inner)
}

/// A value without the comment behind it.
fn without_comment(text: &str) -> &str {
    let marks = [" #", "\t#", " //", " --"];
    let end = marks.iter().filter_map(|mark| text.find(mark)).min();
    text.get(..end.unwrap_or(text.len()))
        .unwrap_or(text)
        .trim_end()
}

/// A key as TOML can have it: one word.
fn as_key(text: &str) -> String {
    let plain: String = unquoted(text.trim())
        .chars()
        .map(|c| match c {
            ' ' | '\u{a0}' | '\u{2010}'..='\u{2015}' => '_',
            other => other,
        })
        .collect();
    let is_bare = plain
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.'));
    if is_bare { plain } else { as_text(&plain) }
}

/// Something that was given before.
fn given_twice(line: &Line<'_>) -> Option<Meant> {
    if line.said != "duplicate key" {
        return None;
    }
    let (trimmed, whole) = line.trimmed();
    if trimmed.starts_with('[') {
        return Some(header::given_twice(line, trimmed, whole));
    }
    let start = line.at.min(line.text.len());
    let rest = line.text.get(start..)?;
    let key = rest.split([' ', '\t', '=', '.']).next().unwrap_or_default();
    let name = unquoted(key);
    let is_same = |other: &str| {
        other
            .split_once('=')
            .is_some_and(|(other, _)| unquoted(other.trim()) == name)
    };
    let begins = line
        .earlier(|other| other.starts_with('['))
        .map_or((0, ""), |found| found);
    let hint = match line.earlier(is_same) {
        Some((number, _)) if number > begins.0 && begins.1.starts_with("[[") => format!(
            "the first is in line {number}: leave one out, or write {} above what begins anew",
            begins.1
        ),
        Some((number, _)) if number > begins.0 => {
            format!("the first is in line {number}: leave one out")
        }
        _ => "leave one out".to_owned(),
    };
    let message = format!("\"{name}\" is given twice");
    Some(Line::meant(message, hint, start..start + key.len()))
}

/// What other programs leave in a file, or a reader takes along from a page.
fn leftover(line: &Line<'_>) -> Option<Meant> {
    let (trimmed, whole) = line.trimmed();
    let is_mark = |mark: &str| trimmed.starts_with(mark);
    let out = "take the line out";
    if ["<<<<<<<", "=======", ">>>>>>>", "|||||||"]
        .into_iter()
        .any(is_mark)
    {
        let message = "git left the mark of a conflict here";
        let hint = "choose one of the two versions, and take the marks out";
        return Some(Line::meant(message, hint, whole));
    }
    if is_mark("```") || is_mark("~~~") {
        let message = "the frame of a piece of code does not belong to it";
        return Some(Line::meant(message, out, whole));
    }
    if matches!(trimmed, "---" | "...") {
        let message = format!("{trimmed} is YAML, and this file is TOML");
        return Some(Line::meant(message, out, whole));
    }
    let code = trimmed.strip_prefix(['+', '-', '>', '$'])?;
    let is_key = |text: &str| key::looks_like_key(text.split('=').next().unwrap_or_default());
    let looks_right = code.trim_start().starts_with('[') || code.contains('=') && is_key(code);
    looks_right.then(|| {
        let sign = trimmed.chars().next().unwrap_or_default();
        let message = format!("the {sign} in front does not belong here");
        let hint = format!("write {}", code.trim_start());
        let start = whole.start;
        Line::meant(message, hint, start..start + 1)
    })
}

/// A character that nobody sees, or that looks like another.
fn invisible(line: &Line<'_>) -> Option<Meant> {
    let at = line.at.min(line.text.len());
    let (before, after) = line.text.split_at_checked(at)?;
    let is_found = |c: char| INVISIBLE.iter().any(|(known, _)| *known == c) || c == '＝';
    // The parser complains at the character, or where the key or value that holds it begins.
    let outside_quotes = |text: &str| {
        let quote = text.find(['"', '\'']).unwrap_or(text.len());
        text.get(..quote).and_then(|text| text.find(is_found))
    };
    let found = if after.starts_with(is_found) {
        at
    } else {
        outside_quotes(before).or_else(|| {
            let inside = outside_quotes(after)?;
            Some(at + inside)
        })?
    };
    let c = line.text.get(found..)?.chars().next()?;
    let code = u32::from(c);
    let span = found..found + c.len_utf8();
    if c == '＝' {
        let message = "this is a full-width equals sign (U+FF1D)";
        return Some(Line::meant(message, "write the plain = in its place", span));
    }
    let (_, name) = INVISIBLE.iter().find(|(known, _)| *known == c)?;
    let message = format!("a character stands here that cannot be seen: {name} (U+{code:04X})");
    let hint = "delete it, and type a plain space where one is needed";
    Some(Line::meant(message, hint, span))
}

/// A comment as other languages write it.
fn foreign_comment(line: &Line<'_>) -> Option<Meant> {
    const MARKS: [&str; 10] = [
        "//", "/*", "*/", "<!--", "-- ", ";", "%", "REM ", "rem ", "* ",
    ];
    let (trimmed, whole) = line.trimmed();
    let mark = MARKS.into_iter().find(|mark| trimmed.starts_with(mark))?;
    let text = trimmed
        .strip_prefix(mark)?
        .trim_end_matches("*/")
        .trim_end_matches("-->")
        .trim();
    let message = "a comment begins with #";
    let hint = if text.is_empty() {
        format!("write # in the place of {}", mark.trim())
    } else {
        format!("write # {text}")
    };
    let start = whole.start;
    Some(Line::meant(
        message,
        hint,
        start..start + mark.trim_end().len(),
    ))
}

/// A bracket that stands alone, as in JSON and in many other languages.
fn lone_bracket(line: &Line<'_>) -> Option<Meant> {
    let (trimmed, whole) = line.trimmed();
    let bare = trimmed.trim_end_matches([',', ';']);
    let message = match bare {
        "{" | "(" => format!("{bare} opens nothing here"),
        "}" | ")" | "]" | "})" | "]}" | "}]" | "]]" => format!("{bare} closes nothing here"),
        _ => return None,
    };
    let hint = "take the line out: a table goes on up to the next [header]";
    Some(Line::meant(message, hint, whole))
}

/// The parser's complaint in plainer words, where nothing better is known.
pub(super) fn unexplained(said: &str) -> (String, &'static str) {
    let message = match said {
        "recursion limit" | "cannot recurse further; max recursion depth met" => {
            return (
                "the values are nested too deep".to_owned(),
                "write lists and tables without others inside",
            );
        }
        said if said.starts_with("unexpected key or value") => "the line should end here",
        said => said.split(", expected").next().unwrap_or(said),
    };
    let hint =
        "write key = value, with texts in quotes: docs/CONFIGURATION.md has an example of each";
    (message.to_owned(), hint)
}
