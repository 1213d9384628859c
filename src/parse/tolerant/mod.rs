//! The reader for feeds as they are: any version and namespace, broken markup, documents cut short.
//!
//! In goes a cleaned document, out comes a [`Draft`]. Elements are known by their local names, whatever
//! namespace they claim (`vocabulary`); an element whose end is missing ends where the next known one begins
//! (`children`); the lexer has a reading for every input. Everything an entry holds is read from its own
//! pieces, so that damage in one never reaches the next. Never recurses, and reads each byte about once.

mod body;
mod children;
mod fields;
mod names;
mod pace;
mod vocabulary;

use std::collections::VecDeque;

use url::Url;

use self::fields::Scope;
use self::names::{Namespaces, Vocabulary};
use super::draft::{Draft, newest};
use super::lexer::{Lexer, Piece, Tag, local_name};
use super::references::Entities;
use super::{BYTES_A_STEP, FeedKind, MAX_ENTRIES, repair};
use crate::domain::Budget;

/// Pieces kept of one entry; more than any article has. What follows in that entry is not read.
const MAX_ENTRY_PIECES: usize = 100_000;

/// Pieces kept of what stands outside the entries.
const MAX_FEED_PIECES: usize = 20_000;

/// Reads a document that begins with the root's start tag; nothing where it holds neither entries nor a title.
pub(super) fn read(
    document: &str,
    entities: &Entities,
    url: Option<&Url>,
    budget: &Budget<'_>,
) -> Option<Draft> {
    let mut outline = Outline::default();
    let entries = outline.split(document, budget);
    let root = outline.root?;
    let scope = Scope::of_feed(
        &outline.containers,
        entities,
        &outline.namespaces,
        url,
        budget,
    );
    let mut draft = fields::feed(
        kind(&root),
        &outline.feed_pieces,
        &outline.containers,
        &scope,
    );
    let all = entries
        .iter()
        .take_while(|entry| budget.lasts(1 + entry.pieces.len()))
        .map(|entry| fields::entry(&entry.tag, &entry.pieces, &scope))
        .collect();
    let (newest, left_out) = newest(all);
    draft.entries = newest;
    let left_out = left_out + outline.passed_over;
    if left_out > 0 {
        outline.repairs.push(repair::entries_left_out(left_out));
    }
    draft.is_cut = !outline.is_closed;
    draft.pace = pace::pace(&outline.feed_pieces, entities, &outline.namespaces);
    draft.repairs = outline.repairs;
    (!draft.entries.is_empty() || draft.title.is_some() || outline.is_closed).then_some(draft)
}

/// The pieces of one entry.
#[derive(Debug)]
struct EntryPieces<'a> {
    tag: Tag<'a>,
    pieces: Vec<Piece<'a>>,
}

/// A document divided into its entries and what stands around them.
#[derive(Debug, Default)]
struct Outline<'a> {
    root: Option<Tag<'a>>,
    /// The start tags of what entries stand in: `rss`, `channel`, `feed`.
    containers: Vec<Tag<'a>>,
    feed_pieces: Vec<Piece<'a>>,
    namespaces: Namespaces<'a>,
    /// Whether the root has an end tag.
    is_closed: bool,
    /// Entries that ended only because the next began.
    unclosed_entries: usize,
    /// Entries between the first and the last, where there are far too many.
    passed_over: usize,
    repairs: Vec<String>,
}

impl<'a> Outline<'a> {
    /// Divides a document; the entries come back, the rest is kept here.
    fn split(&mut self, document: &'a str, budget: &Budget<'_>) -> Vec<EntryPieces<'a>> {
        let mut entries = Vec::new();
        // The last ones, where there are too many: a feed may have its newest entries at its end.
        let mut last = VecDeque::new();
        let mut lexer = Lexer::new(document);
        let mut left = document.len();
        while let Some(piece) = lexer.next() {
            let read = left - lexer.rest().len();
            left -= read;
            if !budget.lasts(1 + read / BYTES_A_STEP) {
                break;
            }
            match piece {
                Piece::Start(tag) => {
                    self.namespaces.learn(&tag);
                    match self.role(&tag) {
                        Role::Entry if entries.len() == MAX_ENTRIES => {
                            last.push_back(self.entry(tag, &mut lexer, budget));
                            if last.len() > MAX_ENTRIES {
                                last.pop_front();
                                self.passed_over += 1;
                            }
                        }
                        Role::Entry => entries.push(self.entry(tag, &mut lexer, budget)),
                        Role::Container => self.container(tag),
                        Role::Field => self.keep(piece),
                    }
                }
                Piece::End { name, .. } if is_container(name) => {
                    self.is_closed |= self
                        .root
                        .is_some_and(|root| root.name.eq_ignore_ascii_case(name));
                }
                other => self.keep(other),
            }
        }
        if !self.is_closed {
            self.repairs
                .push("the document ends before the feed does".to_owned());
        }
        if self.unclosed_entries > 0 {
            let count = self.unclosed_entries;
            self.repairs.push(format!(
                "entries without an end, closed where the next begins: {count}"
            ));
        }
        entries.extend(last);
        entries
    }

    fn container(&mut self, tag: Tag<'a>) {
        if self.root.is_none() {
            self.root = Some(tag);
            self.namespaces.set_root(&tag);
        }
        if self.containers.len() < MAX_CONTAINERS {
            self.containers.push(tag);
        }
    }

    fn keep(&mut self, piece: Piece<'a>) {
        if self.feed_pieces.len() < MAX_FEED_PIECES {
            self.feed_pieces.push(piece);
        }
    }

    /// Reads an entry up to its end tag, or to where the next one begins.
    fn entry(
        &mut self,
        tag: Tag<'a>,
        lexer: &mut Lexer<'a>,
        budget: &Budget<'_>,
    ) -> EntryPieces<'a> {
        self.root.get_or_insert(tag);
        let mut pieces = Vec::new();
        if tag.is_empty {
            return EntryPieces { tag, pieces };
        }
        // The element, if any, that holds other entries inside this one: former versions, copies.
        let mut holder: Option<&str> = None;
        loop {
            let before = lexer.clone();
            let Some(piece) = lexer.next().filter(|_| budget.lasts(1)) else {
                break;
            };
            match piece {
                Piece::End { name, .. } if is_container(name) => {
                    *lexer = before;
                    break;
                }
                Piece::End { name, .. } if holder.is_some_and(|holder| holder == name) => {
                    holder = None;
                }
                Piece::End { name, .. }
                    if holder.is_none() && name.eq_ignore_ascii_case(tag.name) =>
                {
                    break;
                }
                Piece::Start(next) => {
                    self.namespaces.learn(&next);
                    if holder.is_none() && !next.is_empty && self.role(&next) == Role::Entry {
                        holder = self.holder(&pieces);
                        if holder.is_none() {
                            *lexer = before;
                            self.unclosed_entries += 1;
                            break;
                        }
                    }
                }
                _ => {}
            }
            if pieces.len() < MAX_ENTRY_PIECES {
                pieces.push(piece);
            }
        }
        EntryPieces { tag, pieces }
    }

    /// Returns the name of the foreign element that an entry begins right inside, if it does.
    fn holder(&self, pieces: &[Piece<'a>]) -> Option<&'a str> {
        let last = pieces
            .iter()
            .rev()
            .find(|piece| !matches!(piece, Piece::Text(text) if text.trim().is_empty()))?;
        match last {
            Piece::Start(tag)
                if !tag.is_empty && self.namespaces.resolve(tag).0 == Vocabulary::Other =>
            {
                Some(tag.name)
            }
            _ => None,
        }
    }

    /// Tells entries and what they stand in from all other elements.
    fn role(&self, tag: &Tag<'a>) -> Role {
        let local = local_name(tag.name);
        if is_entry_name(local) && self.namespaces.resolve(tag).0 == Vocabulary::Core {
            Role::Entry
        } else if is_container(local) {
            Role::Container
        } else {
            Role::Field
        }
    }
}

/// Start tags of containers that are kept: a feed has two.
const MAX_CONTAINERS: usize = 16;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    Entry,
    Container,
    Field,
}

fn is_entry_name(name: &str) -> bool {
    let local = local_name(name);
    local.eq_ignore_ascii_case("item") || local.eq_ignore_ascii_case("entry")
}

fn is_container(name: &str) -> bool {
    let local = local_name(name);
    ["rss", "rdf", "feed", "channel"]
        .iter()
        .any(|container| local.eq_ignore_ascii_case(container))
}

fn kind(root: &Tag<'_>) -> FeedKind {
    let local = local_name(root.name);
    if local.eq_ignore_ascii_case("rdf") {
        FeedKind::Rdf
    } else if local.eq_ignore_ascii_case("feed") || local.eq_ignore_ascii_case("entry") {
        FeedKind::Atom
    } else {
        FeedKind::Rss
    }
}
