//! Headers: `[poll]`, `[[watch]]`, and what people write for them.

use std::ops::Range;

use super::{LISTS, Line, Meant, as_text, header_of, unquoted};

/// A line that begins with a bracket.
pub(super) fn header(line: &Line<'_>) -> Option<Meant> {
    let (trimmed, whole) = line.trimmed();
    if !trimmed.starts_with('[') {
        return block(line);
    }
    let inner = trimmed.trim_start_matches(['[', ' ']);
    let end = inner.find(']').unwrap_or(inner.len());
    let (name, rest) = inner.split_at_checked(end)?;
    let behind = rest.trim_start_matches([']', ' ']);
    let right = right_header(name.trim());
    let is_word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    if !name.trim().chars().all(is_word) {
        return Some(not_one_word(name, whole));
    }
    let opened = trimmed.chars().take_while(|c| *c == '[').count();
    let closed = rest.chars().filter(|c| *c == ']').count().min(2);
    if opened != closed {
        let message = match (opened, closed) {
            (_, 0) => format!("the closing {} is missing", "]".repeat(opened.min(2))),
            (2.., _) => "one of the closing ]] is missing".to_owned(),
            _ => "one of the opening [[ is missing".to_owned(),
        };
        let at = if closed < opened {
            line.at
        } else {
            whole.start
        };
        return Some(Line::meant(message, format!("write {right}"), at..at + 1));
    }
    if behind.is_empty() {
        return None;
    }
    let start = line.text.rfind(behind)?;
    let message = "a header stands alone on its line";
    let hint = if behind.starts_with(|c: char| c.is_ascii_alphanumeric()) {
        format!("write {behind} on the next line")
    } else {
        format!("write {right}, and a comment with #")
    };
    Some(Line::meant(message, hint, start..start + behind.len()))
}

/// A header that was given before, or once for one and once for many.
pub(super) fn given_twice(line: &Line<'_>, trimmed: &str, whole: Range<usize>) -> Meant {
    let name = name_of(trimmed);
    let is_same = |other: &str| other.starts_with('[') && name_of(other) == name;
    let first = line.earlier(is_same).map(|(number, _)| number);
    let message = format!("[{name}] is given twice");
    if LISTS.contains(&name) {
        let message = format!("[{name}] stands for one, and there are several");
        let hint = format!("write [[{name}]], with two brackets, above each");
        return Line::meant(message, hint, whole);
    }
    let hint = match first {
        Some(number) => format!("put these keys under the first, in line {number}"),
        None => "put its keys under the first".to_owned(),
    };
    Line::meant(message, hint, whole)
}

/// The name in a header.
fn name_of(header: &str) -> &str {
    let inner = header.trim_start_matches(['[', ' ']);
    inner.split([']', ' ']).next().unwrap_or(inner)
}

/// A header as it should be.
fn right_header(name: &str) -> String {
    header_of(name).unwrap_or_else(|| format!("[{name}]"))
}

/// `[watch "Iran"]`, `[[watch: Iran]]`
fn not_one_word(name: &str, whole: Range<usize>) -> Meant {
    let (word, label) = name
        .trim()
        .split_once([' ', ':', '"', '='])
        .unwrap_or((name, ""));
    let header = right_header(word.trim());
    let label = unquoted(label.trim_matches([' ', ':', '"', '=']));
    let hint = if label.is_empty() {
        format!("write {header}")
    } else {
        format!(
            "write {header}, and on the next line name = {}",
            as_text(label)
        )
    };
    Line::meant("a header holds one word", hint, whole)
}

/// `watch {`, `watch "Iran" {`, `<watch>`, `feeds:`
fn block(line: &Line<'_>) -> Option<Meant> {
    let (trimmed, whole) = line.trimmed();
    let inner = trimmed
        .strip_suffix('{')
        .or_else(|| trimmed.strip_suffix(':'))
        .or_else(|| trimmed.strip_prefix('<')?.strip_suffix('>'))
        .or_else(|| {
            trimmed
                .strip_suffix(']')
                .filter(|inner| header_of(inner.trim_end_matches(']')).is_some())
        })?;
    if inner.contains('=') {
        return None;
    }
    let (word, label) = inner.trim().split_once(' ').unwrap_or((inner.trim(), ""));
    let word = unquoted(word.trim_end_matches([':', ']']));
    if word.is_empty() || !word.chars().all(|c| c.is_ascii_alphabetic() || c == '_') {
        return None;
    }
    let header = right_header(word);
    let label = unquoted(label.trim());
    let hint = if label.is_empty() {
        format!("write {header} on a line of its own, and its keys below")
    } else {
        format!(
            "write {header}, and on the next line name = {}",
            as_text(label)
        )
    };
    let message = "this is not how a table begins";
    Some(Line::meant(message, hint, whole))
}
