//! A configuration file as text: where each byte stands, and which bytes must not be shown.
//!
//! Takes the text and the ranges that hold secrets; gives lines and columns, and the lines to print beneath
//! a problem. It keeps no copy of a secret: what is masked here is gone.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;

use crate::domain::inert;

/// The mark that some editors put at the start of a file; it takes no column.
const BYTE_ORDER_MARK: char = '\u{feff}';

/// One file of the configuration.
pub(super) struct Source {
    /// Its name as given or found, for messages.
    pub(super) name: String,
    /// The folder that relative paths in it start from.
    pub(super) directory: PathBuf,
    /// Who can read it besides its owner.
    pub(super) readers: Readers,
    masked: String,
    line_starts: Vec<u32>,
}

/// Who can read a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Readers {
    /// Its owner alone, or it is no file at all.
    Owner,
    /// Its group or everybody.
    Others,
}

/// A line and a column, both from 1; the column counts code points.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Position {
    pub(super) line: usize,
    pub(super) column: usize,
}

/// A place in a file, and what stands there. Every value of a file has one: what the values of a table share stands in it
/// once, and the path of a key is written out only where a mistake is told of.
#[derive(Clone)]
pub(super) struct Place {
    table: Arc<Table>,
    key: &'static str,
    /// From 1, of a list; 0 for none.
    row: u32,
    start: u32,
    end: u32,
}

/// What the places of a table share.
#[derive(Clone)]
struct Table {
    source: Arc<Source>,
    path: Path,
    /// The name of the watch it belongs to.
    watch: Option<Arc<str>>,
}

/// The path of a table.
#[derive(Clone)]
enum Path {
    /// Of some list of the file: `watch[2]`.
    Row(&'static str, u32),
    /// Any other.
    Written(Box<str>),
}

/// A value and where it was written.
#[derive(Clone)]
pub(super) struct At<T> {
    /// The value.
    pub(super) value: T,
    /// Where it stands.
    pub(super) place: Place,
}

impl At<String> {
    /// The text, and where it stands.
    pub(super) fn parts(&self) -> (&str, Place) {
        (&self.value, self.place.clone())
    }
}

impl Source {
    /// Keeps a text without what stands in `secrets`.
    pub(super) fn new(
        name: String,
        directory: PathBuf,
        readers: Readers,
        text: &str,
        secrets: &[Range<usize>],
    ) -> Self {
        let ends = || memchr::memchr_iter(b'\n', text.as_bytes());
        let mut line_starts = Vec::with_capacity(ends().count() + 1);
        line_starts.push(0);
        line_starts.extend(ends().map(|end| number(end + 1)));
        Self {
            name,
            directory,
            readers,
            masked: mask(text, secrets),
            line_starts,
        }
    }

    /// The line and column of a byte.
    pub(super) fn position(&self, offset: usize) -> Position {
        let line = self.line_of(offset);
        let start = self.line_start(line);
        let before = self.masked.get(start..offset).unwrap_or_default();
        let column = before.chars().filter(|c| *c != BYTE_ORDER_MARK).count() + 1;
        Position { line, column }
    }

    /// The line of a byte.
    fn line_of(&self, offset: usize) -> usize {
        let offset = number(offset);
        let starts = &self.line_starts;
        starts.partition_point(|start| *start <= offset).max(1)
    }

    /// The text of a line without its end, and the byte it starts at; the byte order mark is left out.
    pub(super) fn line(&self, line: usize) -> (usize, &str) {
        let start = self.line_start(line);
        let rest = self.masked.get(start..).unwrap_or_default();
        let text = rest.lines().next().unwrap_or_default();
        match text.strip_prefix(BYTE_ORDER_MARK) {
            Some(stripped) => (start + BYTE_ORDER_MARK.len_utf8(), stripped),
            None => (start, text),
        }
    }

    /// Whether nothing was read of it: then there is no line to show.
    pub(super) fn is_nothing(&self) -> bool {
        self.masked.is_empty()
    }

    /// The text between two bytes, with its secrets masked.
    pub(super) fn text(&self, span: Range<usize>) -> &str {
        self.masked.get(span).unwrap_or_default()
    }

    fn line_start(&self, line: usize) -> usize {
        self.line_starts
            .get(line.saturating_sub(1))
            .and_then(|start| usize::try_from(*start).ok())
            .unwrap_or(self.masked.len())
    }
}

/// Shows the name alone: a text of a configuration does not belong into a log.
impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Source").field(&self.name).finish()
    }
}

impl Place {
    /// Some bytes of a file that stand under no key.
    pub(super) fn of_file(source: &Arc<Source>, span: Range<usize>) -> Self {
        let table = Table {
            source: Arc::clone(source),
            path: Path::Written(Box::default()),
            watch: None,
        };
        Self::of_table(table, &span)
    }

    fn of_table(table: Table, span: &Range<usize>) -> Self {
        Self {
            table: Arc::new(table),
            key: "",
            row: 0,
            start: number(span.start),
            end: number(span.end),
        }
    }

    /// The file.
    pub(super) fn source(&self) -> &Arc<Source> {
        &self.table.source
    }

    /// The bytes.
    pub(super) fn span(&self) -> Range<usize> {
        let byte = |offset| usize::try_from(offset).unwrap_or(usize::MAX);
        byte(self.start)..byte(self.end)
    }

    /// The key path: `watch[2].query`.
    pub(super) fn path(&self) -> String {
        let mut path = match &self.table.path {
            Path::Row(key, row) => format!("{key}[{row}]"),
            Path::Written(path) => String::from(&**path),
        };
        if !path.is_empty() && !self.key.is_empty() {
            path.push('.');
        }
        path.push_str(self.key);
        if self.row > 0 {
            let row = self.row.to_string();
            path.extend(["[", &row, "]"]);
        }
        path
    }

    /// Whether it stands in no table.
    pub(super) fn is_outermost(&self) -> bool {
        let is_in_none = matches!(&self.table.path, Path::Written(path) if path.is_empty());
        is_in_none && self.key.is_empty()
    }

    /// The name of the watch it belongs to.
    pub(super) fn watch(&self) -> Option<&str> {
        self.table.watch.as_deref()
    }

    /// The line, from 1.
    pub(super) fn line(&self) -> usize {
        self.source().line_of(self.span().start)
    }

    /// The same place under another key path.
    pub(super) fn under(&self, span: &Range<usize>, path: String) -> Self {
        let table = Table {
            path: Path::Written(path.into()),
            ..Table::clone(&self.table)
        };
        Self::of_table(table, span)
    }

    /// Other bytes of the same value.
    pub(super) fn within(&self, span: &Range<usize>) -> Self {
        Self {
            start: number(span.start),
            end: number(span.end),
            ..self.clone()
        }
    }

    /// The value of a key of the table that this is the place of.
    pub(super) fn value_of(&self, key: &'static str, span: &Range<usize>) -> Self {
        if !self.key.is_empty() {
            return self.as_table().value_of(key, span);
        }
        Self {
            key,
            ..self.within(span)
        }
    }

    /// A part of the list that this is the place of, counted from 1.
    pub(super) fn row(&self, row: usize, span: &Range<usize>) -> Self {
        if self.row > 0 || self.key.is_empty() {
            return self.under(span, format!("{}[{row}]", self.path()));
        }
        Self {
            row: number(row),
            ..self.within(span)
        }
    }

    /// The same place as that of a table, whose values are many.
    pub(super) fn as_table(&self) -> Self {
        if self.key.is_empty() {
            return self.clone();
        }
        let is_in_none = matches!(&self.table.path, Path::Written(path) if path.is_empty());
        let path = if is_in_none && self.row > 0 {
            Path::Row(self.key, self.row)
        } else {
            Path::Written(self.path().into())
        };
        let table = Table {
            path,
            ..Table::clone(&self.table)
        };
        Self::of_table(table, &self.span())
    }

    /// The same place in the room of a place alone, if it is that of a row of the file's own lists: without a table, whose
    /// path it has, and without its watch. `outermost` is the place of the file.
    pub(super) fn alone(&self, outermost: &Self) -> Self {
        match self.table.path {
            Path::Row(key, row) if self.is_of(outermost.source()) => Self {
                table: Arc::clone(&outermost.table),
                key,
                row,
                ..*self
            },
            _ => self.clone(),
        }
    }

    /// The place of a value that has been left [`Self::alone`], with the path of its key and its watch.
    pub(super) fn in_watch(&self, key: &'static str, name: &str) -> Self {
        if self.row == 0 {
            return self.clone();
        }
        let mut table = self.as_table();
        if !name.is_empty() {
            table = table.of_watch(name);
        }
        table.value_of(key, &self.span())
    }

    /// The place of the file that it stands in.
    pub(super) fn outermost(&self) -> Self {
        Self::of_file(self.source(), 0..0)
    }

    /// Whether it stands in this file.
    pub(super) fn is_of(&self, source: &Arc<Source>) -> bool {
        Arc::ptr_eq(self.source(), source)
    }

    /// The same place as part of a watch.
    pub(super) fn of_watch(mut self, name: &str) -> Self {
        self.belong_to_watch(name);
        self
    }

    /// Makes it a part of a watch.
    pub(super) fn belong_to_watch(&mut self, name: &str) {
        Arc::make_mut(&mut self.table).watch = Some(Arc::from(name));
    }
}

/// No file is as large as this goes.
fn number(place: usize) -> u32 {
    u32::try_from(place).unwrap_or(u32::MAX)
}

/// Puts a filler in the place of every character of the secrets, and of every one that commands or hides, of the same length in
/// bytes, so that no offset and no column moves.
fn mask(text: &str, secrets: &[Range<usize>]) -> String {
    let mut sorted = secrets.to_vec();
    sorted.sort_by_key(|range| range.start);
    let mut masked = String::with_capacity(text.len());
    for secret in sorted {
        // Those before it may have reached into it, or beyond.
        let start = text.ceil_char_boundary(secret.start).max(masked.len());
        let end = text.ceil_char_boundary(secret.end);
        if start < end {
            let shown = text.get(masked.len()..start);
            push_shown(&mut masked, shown);
            push_filled(&mut masked, text.get(start..end));
        }
    }
    let shown = text.get(masked.len()..);
    push_shown(&mut masked, shown);
    masked
}

/// Adds what is no secret.
fn push_shown(masked: &mut String, text: Option<&str>) {
    let text = text.unwrap_or_default();
    if text.is_ascii() {
        masked.push_str(text);
    } else {
        masked.extend(
            text.chars()
                .map(|c| if is_hidden(c) { filler(c) } else { c }),
        );
    }
}

/// Adds the fillers of a secret; its lines stay lines.
fn push_filled(masked: &mut String, secret: Option<&str>) {
    let is_end = |c| matches!(c, '\n' | '\r');
    let secret = secret.unwrap_or_default().chars();
    masked.extend(secret.map(|c| if is_end(c) { c } else { filler(c) }));
}

/// Whether a character beyond ASCII would command who reads it, or not be seen; those of ASCII are drawn where they are shown.
fn is_hidden(c: char) -> bool {
    let is_plain = c.is_ascii() || c == BYTE_ORDER_MARK;
    !is_plain && matches!(inert(c.encode_utf8(&mut [0; 4])), Cow::Owned(_))
}

fn filler(c: char) -> char {
    match c.len_utf8() {
        1 => '*',
        2 => '·',
        3 => '•',
        _ => '🞄',
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(text: &str, secrets: &[Range<usize>]) -> Source {
        Source::new("t".into(), PathBuf::new(), Readers::Owner, text, secrets)
    }

    #[test]
    fn columns_count_code_points_and_not_the_byte_order_mark() {
        let source = source("\u{feff}ab\nbiển = 1\n", &[]);
        assert_eq!(
            source.position(3),
            Position { line: 1, column: 1 },
            "the mark is 3 bytes and no column"
        );
        let equals = "\u{feff}ab\nbiển ".len();
        assert_eq!(source.position(equals), Position { line: 2, column: 6 });
    }

    #[test]
    fn a_place_past_the_end_is_on_the_last_line() {
        let source = source("a\nb", &[]);
        assert_eq!(source.position(3), Position { line: 2, column: 2 });
    }

    #[test]
    fn masking_moves_no_offset_and_leaves_no_letter() {
        let text = "p = \"pâ日🔒\" # x";
        let start = text.find('p').map(|_| 5).unwrap();
        let end = text.rfind('"').unwrap();
        let source = source(text, std::slice::from_ref(&(start..end)));
        assert_eq!(source.masked.len(), text.len());
        assert_eq!(source.line(1).1, "p = \"*·•🞄\" # x");
    }

    #[test]
    fn what_commands_a_terminal_or_turns_text_round_is_not_shown() {
        let text = "host\u{9b}31m = \"a\u{202e}b é\"";
        let source = source(text, &[]);
        assert_eq!(source.masked.len(), text.len());
        assert_eq!(source.line(1).1, "host·31m = \"a•b é\"");
    }

    #[test]
    fn a_secret_that_begins_and_ends_within_a_letter_moves_no_offset() {
        let text = "aébécd";
        let source = source(text, std::slice::from_ref(&(2..5)));
        assert_eq!(source.line(1).1, "aé*·cd");
    }

    #[test]
    fn overlapping_secrets_are_all_masked() {
        let source = source("abcdefgh", &[0..6, 1..2, 4..7]);
        assert_eq!(source.line(1).1, "*******h");
    }
}
