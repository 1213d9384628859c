//! A large file, read piece by piece.
//!
//! What the TOML parser notes on its way is several times as large as the text, and is kept until the end of it. So a
//! file with many `[[feed]]` or `[[watch]]` is cut in front of some of them, and what was noted of a piece is gone when
//! the next one is read. Where the pieces might not say together what the whole says, there is no tree from here, and the
//! text is to be read as a whole.

use std::borrow::Cow;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// Bytes of a piece, about: enough that the parser has little to begin anew, and few beside what is kept of a large file.
const PIECE_BYTES: usize = 64 * 1024;

/// What a line with the header of one of many tables begins with.
const HEADER: &str = "\n[[";

/// The tree of a text that is large and free of mistakes; `None` where it is to be read as a whole.
pub(super) fn tree(text: &str) -> Option<DeTable<'_>> {
    let is_large = text.len() > 2 * PIECE_BYTES;
    is_large.then(|| tree_of(text, PIECE_BYTES)).flatten()
}

fn tree_of(text: &str, piece_bytes: usize) -> Option<DeTable<'_>> {
    // What stands above the first of many tables can be anything.
    let has_head = !text.starts_with(HEADER.trim_start());
    let head_bytes = if has_head { end_of_piece(text, 0) } else { 0 };
    let head = text.get(..head_bytes)?;
    let mut whole = DeTable::parse(head).ok()?.into_inner();
    let names: Vec<String> = whole
        .keys()
        .map(|name| name.get_ref().to_string())
        .collect();
    let mut start = head.len();
    while start < text.len() {
        let end = end_of_piece(text, start + piece_bytes);
        let piece = DeTable::parse(text.get(start..end)?).ok()?;
        for (name, value) in piece.into_inner() {
            let is_of_head = names.iter().any(|of_head| of_head == name.get_ref());
            // A piece begins with a header: what is a list in it is one of tables, each under its own header. A table
            // might stand elsewhere as well, or belong to the last one of a list.
            let DeValue::Array(_) = value.get_ref() else {
                return None;
            };
            if is_of_head {
                return None;
            }
            add_rows(&mut whole, name, value, start);
        }
        start = end;
    }
    Some(whole)
}

/// Where the piece ends that is to have the text up to `at`.
fn end_of_piece(text: &str, at: usize) -> usize {
    let at = text.ceil_char_boundary(at);
    let next = text.get(at..).and_then(|rest| rest.find(HEADER));
    next.map_or(text.len(), |found| at + found + 1)
}

/// Adds the rows of a list in a piece that begins at `start`.
fn add_rows<'i>(
    whole: &mut DeTable<'i>,
    name: Spanned<Cow<'i, str>>,
    rows: Spanned<DeValue<'i>>,
    start: usize,
) {
    if let Some(known) = whole.get_mut(name.get_ref().as_ref())
        && let DeValue::Array(known) = known.get_mut()
    {
        if let DeValue::Array(rows) = rows.into_inner() {
            rows.into_iter()
                .for_each(|row| known.push(moved(row, start)));
        }
    } else {
        whole.insert(moved_name(name, start), moved(rows, start));
    }
}

/// A value at its place in the whole text, in no more room than it takes.
fn moved(value: Spanned<DeValue<'_>>, by: usize) -> Spanned<DeValue<'_>> {
    let span = value.span();
    let value = match value.into_inner() {
        DeValue::Table(table) => {
            let mut kept = DeTable::with_capacity(table.len());
            for (name, value) in table {
                kept.insert(moved_name(name, by), moved(value, by));
            }
            DeValue::Table(kept)
        }
        DeValue::Array(rows) => {
            DeValue::Array(rows.into_iter().map(|row| moved(row, by)).collect())
        }
        other => other,
    };
    Spanned::new(span.start + by..span.end + by, value)
}

fn moved_name(name: Spanned<Cow<'_, str>>, by: usize) -> Spanned<Cow<'_, str>> {
    let span = name.span();
    Spanned::new(span.start + by..span.end + by, name.into_inner())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reads a text in the smallest pieces there are.
    fn in_pieces(text: &str) -> Option<DeTable<'_>> {
        tree_of(text, 1)
    }

    #[test]
    fn the_pieces_say_what_the_whole_says_at_the_same_places() {
        for text in [
            "",
            "a = 1\r\n[b]\nc = ['x', \"y\\n\"]\n",
            "[[feed]]\nurl = 'x'\n[[feed]]\nurl = 'y'\n",
            "\u{feff}a = 1\n[[w]]\nn = 'ü'\nq = '''\nx\n'''\n[w.in]\nat = 1979-05-27\n[[x]]\n[[w]]\nn = { a = [1, { b = 2 }] }\n",
            "[[w]]\r\nn = 1\r\n\r\n[[w]]\r\nn = 2.5 # [[w]]\r\n  [[w]]\r\nn = 3\r\n",
        ] {
            let whole = DeTable::parse(text).unwrap().into_inner();
            let read = in_pieces(text).unwrap();
            assert_eq!(format!("{read:?}"), format!("{whole:?}"), "{text}");
        }
    }

    #[test]
    fn what_only_the_whole_can_say_is_not_read_in_pieces() {
        for text in [
            // The line is part of a text, or of a list.
            "[[w]]\nn = '''\n[[w]]\nm = 1'''\n",
            "a = [\n[[1]],\n[[2]]]\n[[w]]\nn = 1\n",
            // A table of the last of a list, and one that is there already.
            "[[w]]\nn = 1\n[[x]]\n[w.in]\nm = 1\n",
            "[a]\n[[w]]\nn = 1\n[a]\n",
            "[[w]]\n[[w.v]]\n[[x]]\n[[w.v]]\n",
            // Mistakes.
            "w = []\n[[w]]\nn = 1\n",
            "[[w]]\nn = 1\n[[w]]\nn = \n",
        ] {
            assert!(in_pieces(text).is_none(), "{text}");
        }
    }
}
