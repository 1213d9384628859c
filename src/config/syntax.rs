//! From the text of a file to its TOML tree, with every syntax error that is worth telling.
//!
//! The TOML parser stops making sense of a file at an unclosed bracket or quote and then complains about
//! every line after it. So a file with errors is read a table at a time, and a line that is wrong is blanked
//! out (its length kept, so that no place moves) before the next error is looked for. What is left is the
//! tree of the healthy lines, and its values are checked like any others.

use std::borrow::Cow;
use std::ops::Range;

use toml::de::DeTable;

use super::pieces;

/// The most errors that are looked for in one table: past them it is not TOML but something else.
const MAX_ERRORS_A_TABLE: usize = 10;

/// The most errors of one file that are told.
const MAX_ERRORS_A_FILE: usize = 50;

/// A text that has been made whole enough to be read as TOML.
pub(super) struct Healed<'a> {
    /// The text with its broken lines blanked out.
    pub(super) text: Cow<'a, str>,
    /// Its tree, where nothing was broken.
    pub(super) tree: Option<DeTable<'a>>,
    /// What was wrong, in the order of the file.
    pub(super) errors: Vec<SyntaxError>,
    /// The tables in which something was blanked out: what they lack, they may have had.
    pub(super) broken: Vec<Range<usize>>,
}

/// One place that is not TOML.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SyntaxError {
    /// What is wrong, in the parser's words.
    pub(super) said: String,
    /// Where.
    pub(super) span: Range<usize>,
}

/// Finds the syntax errors of a file and blanks them out.
pub(super) fn heal(text: &str) -> Healed<'_> {
    let mut healed = Healed {
        text: text.into(),
        tree: pieces::tree(text).or_else(|| Some(DeTable::parse(text).ok()?.into_inner())),
        errors: Vec::new(),
        broken: Vec::new(),
    };
    if healed.tree.is_some() {
        return healed;
    }
    for table in tables(text) {
        if healed.errors.len() >= MAX_ERRORS_A_FILE {
            // What was not looked at must not be believed either.
            healed.broken.push(table.start..text.len());
            healed.blank(&(table.start..text.len()));
            break;
        }
        healed.heal_table(&table);
    }
    healed.find_contradictions();
    healed.errors.sort_by_key(|error| error.span.start);
    healed.errors.truncate(MAX_ERRORS_A_FILE);
    healed
}

/// Reads a text; errors that are left after it was healed have been told.
pub(super) fn tree(healed: &str) -> DeTable<'_> {
    DeTable::parse_recoverable(healed).0.into_inner()
}

impl<'a> Healed<'a> {
    /// A text of which nothing is read.
    pub(super) fn nothing_of(text: &'a str) -> Self {
        let whole = 0..text.len();
        let mut healed = Self {
            text: text.into(),
            tree: None,
            errors: Vec::new(),
            broken: vec![whole.clone()],
        };
        healed.blank(&whole);
        healed
    }

    /// Blanks out what is wrong inside one table.
    fn heal_table(&mut self, table: &Range<usize>) {
        for _ in 0..MAX_ERRORS_A_TABLE {
            let Some(fault) = self.first_fault(table) else {
                return;
            };
            if self.broken.last() != Some(table) {
                self.broken.push(table.clone());
            }
            self.errors.push(fault.error);
            if !self.respell(&fault.blank) {
                self.blank(&fault.blank);
            }
        }
        self.blank(table);
    }

    /// The first error of a table, and the bytes that have to go.
    fn first_fault(&self, table: &Range<usize>) -> Option<Fault> {
        let text = self.text.get(table.clone())?;
        let (tree, errors) = DeTable::parse_recoverable(text);
        let error = errors
            .iter()
            .min_by_key(|error| error.span().map_or(0, |span| span.start))?;
        let span = error.span().unwrap_or(0..0);
        let line = line_around(text, span.start);
        // A value that begins on an earlier line is open, and has swallowed the lines up to here: nothing
        // after its first byte can be trusted.
        let open = open_value(tree.get_ref(), span.start)
            .filter(|value| !text.get(value.clone()).is_some_and(is_one_line));
        let is_header = text
            .get(line.clone())
            .is_some_and(|line| line.trim_start().starts_with('[') || is_block(line));
        let is_list = |value: &Range<usize>| {
            text.get(value.clone())
                .is_some_and(|list| list.starts_with('['))
        };
        let mut said = error.message();
        let (span, blank) = match open {
            Some(value) => {
                let lost = line_around(text, value.start).start..text.len();
                let is_endless = text.get(line.clone()).is_none_or(ends_a_list);
                if is_list(&value) && !is_endless {
                    (span, lost)
                } else {
                    if is_list(&value) {
                        said = "unclosed array";
                    }
                    (value.start..value.start + 1, lost)
                }
            }
            None if is_header => (span, 0..text.len()),
            None => (span, line),
        };
        let shift = |range: Range<usize>| range.start + table.start..range.end + table.start;
        Some(Fault {
            error: SyntaxError {
                said: said.to_owned(),
                span: shift(span),
            },
            blank: shift(blank),
        })
    }

    /// Writes `False` and `TRUE` in small letters, so that what is said of their value is said; false where there
    /// is no such word.
    fn respell(&mut self, line: &Range<usize>) -> bool {
        let Some(text) = self.text.get(line.clone()) else {
            return false;
        };
        let Some((key, value)) = text.split_once('=') else {
            return false;
        };
        let word = value.split('#').next().unwrap_or(value).trim();
        let small = word.to_ascii_lowercase();
        if word == small || !matches!(small.as_str(), "true" | "false") {
            return false;
        }
        let respelled = format!("{key}={}", value.replacen(word, &small, 1));
        self.text.to_mut().replace_range(line.clone(), &respelled);
        true
    }

    /// Notes what only shows when the tables stand together: a key or a table that is given twice. Of two
    /// tables the first is kept.
    fn find_contradictions(&mut self) {
        let (_, errors) = DeTable::parse_recoverable(&self.text);
        let tables = tables(&self.text);
        let mut given_up: Vec<Range<usize>> = Vec::new();
        for error in errors.iter().take(MAX_ERRORS_A_FILE) {
            let span = error.span().unwrap_or(0..0);
            if given_up.iter().any(|table| table.contains(&span.start)) {
                continue;
            }
            self.errors.push(SyntaxError {
                said: error.message().to_owned(),
                span: span.clone(),
            });
            let line = line_around(&self.text, span.start);
            let is_header = self.text.get(line.clone()).is_some_and(is_header);
            let table = tables.iter().find(|table| table.contains(&span.start));
            match table {
                Some(table) if is_header => {
                    self.blank(table);
                    self.broken.push(table.clone());
                    given_up.push(table.clone());
                }
                _ => self.broken.push(line),
            }
        }
    }

    /// Puts spaces in the place of some bytes, and leaves the line ends.
    fn blank(&mut self, bytes: &Range<usize>) {
        // The ranges end at line ends, quotes and brackets, so no character is cut.
        let Some(text) = self.text.get(bytes.clone()) else {
            return;
        };
        let blanked: String = text
            .bytes()
            .map(|byte| match byte {
                b'\n' => '\n',
                b'\r' => '\r',
                _ => ' ',
            })
            .collect();
        self.text.to_mut().replace_range(bytes.clone(), &blanked);
    }
}

/// One error, and the bytes that are blanked out for it.
struct Fault {
    error: SyntaxError,
    blank: Range<usize>,
}

/// The tables of a file: from each line that begins with a table header up to the next.
fn tables(text: &str) -> Vec<Range<usize>> {
    let mut starts = vec![0];
    let mut line_start = 0;
    for line in text.split_inclusive('\n') {
        if (is_header(line) || is_block(line)) && line_start > 0 {
            starts.push(line_start);
        }
        line_start += line.len();
    }
    let ends = starts.iter().skip(1).copied().chain([text.len()]);
    starts
        .iter()
        .copied()
        .zip(ends)
        .map(|(start, end)| start..end)
        .collect()
}

/// Whether a line begins like `[poll]` or `[[feed]]`, and not like a row of a list.
fn is_header(line: &str) -> bool {
    line.starts_with('[')
        && line
            .trim_start_matches(['[', ' '])
            .starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
}

/// Whether a line begins a table as other languages do: `watch {`, `watch "Iran" {`, `feeds:`.
fn is_block(line: &str) -> bool {
    let word = line.trim_end();
    let word = word.strip_suffix(['{', ':']).unwrap_or_default().trim_end();
    let word = match word.split_once(" \"") {
        Some((word, label)) if label.ends_with('"') => word.trim_end(),
        _ => word,
    };
    !word.is_empty() && word.chars().all(|c| c.is_ascii_alphabetic() || c == '_')
}

/// The value that a byte belongs to or that ends there, the outermost one.
fn open_value(table: &DeTable<'_>, at: usize) -> Option<Range<usize>> {
    table.iter().find_map(|(_, value)| match value.get_ref() {
        // A table of its own has the span of its header alone; what it holds is looked into.
        toml::de::DeValue::Table(inner) => open_value(inner, at),
        toml::de::DeValue::Array(rows) => rows
            .iter()
            .find_map(|row| match row.get_ref() {
                toml::de::DeValue::Table(inner) => open_value(inner, at),
                _ => None,
            })
            .or_else(|| around(value.span(), at)),
        _ => around(value.span(), at),
    })
}

fn around(span: Range<usize>, at: usize) -> Option<Range<usize>> {
    (span.start < at && at <= span.end).then_some(span)
}

fn is_one_line(value: &str) -> bool {
    !value.contains('\n')
}

/// The line that a byte stands on, without its end.
fn line_around(text: &str, at: usize) -> Range<usize> {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    let (before, after) = text.split_at_checked(at).unwrap_or((text, ""));
    let start = before.rfind('\n').map_or(0, |end| end + 1);
    let end = after.find('\n').map_or(text.len(), |end| at + end);
    start..end
}

/// Whether a line says that a list above it has no end: it begins like a key with its value, or like a header.
fn ends_a_list(line: &str) -> bool {
    let line = line.trim();
    let is_key = |key: &str| {
        !key.trim().is_empty()
            && key
                .trim()
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || c == '_')
    };
    line.is_empty() || is_header(line) || line.split_once('=').is_some_and(|(key, _)| is_key(key))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The lines of the errors, and the text that is left without its blank lines.
    fn healed(text: &str) -> (Vec<usize>, String) {
        let healed = heal(text);
        assert_eq!(healed.text.len(), text.len(), "no place moves");
        let lines = healed
            .errors
            .iter()
            .map(|error| text.get(..error.span.start).unwrap().matches('\n').count() + 1)
            .collect();
        let left: Vec<&str> = healed
            .text
            .lines()
            .filter(|line| !line.trim().is_empty())
            .collect();
        (lines, left.join("\n"))
    }

    #[test]
    fn a_good_file_is_left_alone() {
        let text = "a = 1\n[poll]\nevery = '''\nx'''\n";
        assert_eq!(healed(text), (vec![], text.trim().to_owned()));
    }

    #[test]
    fn every_broken_line_of_a_table_is_found() {
        let (lines, left) =
            healed("[poll]\nevery = 15m\ntimeout = \"30s\nfirst_poll = \"skip\"\nmax_every\n");
        assert_eq!(lines, [2, 3, 5]);
        assert_eq!(left, "[poll]\nfirst_poll = \"skip\"");
    }

    #[test]
    fn an_open_list_costs_its_own_table_only() {
        let (lines, left) = healed(
            "[[feed]]\nurl = \"a\"\ntags = [\"x\", \"y\"\nname = \"n\"\n[[feed]]\nurl = \"b\"\nevery = 3x\n",
        );
        assert_eq!(lines, [3, 7]);
        assert_eq!(left, "[[feed]]\nurl = \"a\"\n[[feed]]\nurl = \"b\"");
    }

    #[test]
    fn an_open_text_block_costs_its_own_table_only() {
        let (lines, left) = healed("[alias]\na = '''x\nb = 'y'\n[poll]\nevery = \"1m\"\n");
        assert_eq!(lines, [2]);
        assert_eq!(left, "[alias]\n[poll]\nevery = \"1m\"");
    }

    #[test]
    fn the_keys_under_a_broken_header_do_not_slip_into_another_table() {
        let (lines, left) = healed("[poll]\nevery = \"1m\"\n[[feed\nurl = \"a\"\n[http]\n");
        assert_eq!(lines, [3]);
        assert_eq!(left, "[poll]\nevery = \"1m\"\n[http]");
    }

    #[test]
    fn what_is_given_twice_is_found_beside_broken_lines() {
        let (lines, _) =
            healed("[poll]\nevery = \"1m\"\nevery = \"2m\"\n[poll]\n[http]\ncontact = x\n");
        assert_eq!(lines, [3, 4, 6]);
    }

    #[test]
    fn an_endless_nesting_is_one_error() {
        let (lines, _) = healed(&format!(
            "a = {}\n[poll]\nevery = 1x\n",
            "[".repeat(100_000)
        ));
        assert_eq!(lines, [1, 3]);
    }

    #[test]
    fn rubbish_is_cut_short() {
        let text = "%%%\n".repeat(10_000);
        assert!(heal(&text).errors.len() <= MAX_ERRORS_A_FILE);
    }
}
