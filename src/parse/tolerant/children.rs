//! The children of an element, found although end tags may be missing, doubled or crossed.

use std::borrow::Cow;
use std::collections::HashMap;

use super::names::{Namespaces, lower};
use super::vocabulary::is_field;
use crate::parse::lexer::{Piece, Tag};

/// A child element with everything inside it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Child<'p, 'a> {
    pub(super) tag: Tag<'a>,
    pub(super) inner: &'p [Piece<'a>],
    /// The text right behind it, where an address stands that was meant to be inside: `<link/>http://...`.
    pub(super) text_after: Option<&'a str>,
}

/// Where an element ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ending {
    /// By its end tag, which is this piece.
    At(usize),
    /// Nowhere: its end tag is missing.
    Missing,
}

/// Returns the elements that stand directly in these pieces.
///
/// An element without an end tag reaches up to the next element that a feed knows, for that is what its
/// author began next; one that no feed knows is only its tag.
pub(super) fn children<'p, 'a>(
    pieces: &'p [Piece<'a>],
    namespaces: &Namespaces<'_>,
) -> Vec<Child<'p, 'a>> {
    let endings = endings(pieces);
    let mut children = Vec::new();
    let mut at = 0;
    while let Some(piece) = pieces.get(at) {
        let Piece::Start(tag) = piece else {
            at += 1;
            continue;
        };
        let end = match endings.get(at).copied() {
            _ if tag.is_empty => at + 1,
            Some(Ending::At(end)) => end,
            _ => next_field(pieces, at + 1, namespaces),
        };
        let text_after = match pieces.get(end) {
            Some(Piece::Text(text)) if tag.is_empty => Some(*text),
            _ => None,
        };
        let inner = if tag.is_empty {
            &[]
        } else {
            pieces.get(at + 1..end).unwrap_or_default()
        };
        children.push(Child {
            tag: *tag,
            inner,
            text_after,
        });
        at = end.max(at + 1);
    }
    children
}

/// Returns where the next element begins that a feed knows.
fn next_field(pieces: &[Piece<'_>], from: usize, namespaces: &Namespaces<'_>) -> usize {
    let found = pieces.iter().skip(from).position(|piece| match piece {
        Piece::Start(tag) => {
            let (vocabulary, local) = namespaces.resolve(tag);
            is_field(vocabulary, &local)
        }
        _ => false,
    });
    found.map_or(pieces.len(), |found| from + found)
}

/// Finds the end of each start tag: the end tag of its name that comes before one of an element around it.
fn endings(pieces: &[Piece<'_>]) -> Vec<Ending> {
    let mut endings = vec![Ending::Missing; pieces.len()];
    let mut open: Vec<(usize, Cow<'_, str>)> = Vec::new();
    // How often a name is open, so that a stray end tag costs nothing.
    let mut open_count: HashMap<Cow<'_, str>, usize> = HashMap::new();
    for (index, piece) in pieces.iter().enumerate() {
        match piece {
            Piece::Start(tag) if !tag.is_empty => {
                let name = lower(tag.name);
                *open_count.entry(name.clone()).or_default() += 1;
                open.push((index, name));
            }
            Piece::End { name, .. } => {
                let name = lower(name);
                if open_count.get(&name).copied().unwrap_or_default() == 0 {
                    continue;
                }
                while let Some((start, opened)) = open.pop() {
                    if let Some(count) = open_count.get_mut(&opened) {
                        *count -= 1;
                    }
                    if opened == name {
                        if let Some(ending) = endings.get_mut(start) {
                            *ending = Ending::At(index);
                        }
                        break;
                    }
                }
            }
            _ => {}
        }
    }
    endings
}
