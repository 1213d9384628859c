//! One walk over the tree, in document order, that fills the tables.

use std::cell::OnceCell;
use std::collections::BTreeSet;

use scraper::Node;
use scraper::node::Element;

use super::{Block, NodeId, NodeRef, Part, SHORT_TEXT_BYTES, Table, Tag, attribute, text_of};
use crate::extract::hints::{self, Hints, KnownNames};
use crate::extract::text::{TextBuffer, weight};

/// The walk over the tree: what is open, and the block being collected.
pub(super) struct Walk<'a> {
    pub(super) table: Table<'a>,
    pub(super) marked: &'a BTreeSet<NodeId>,
    pub(super) removed: &'a BTreeSet<NodeId>,
    pub(super) names: KnownNames<'a>,
    pub(super) open: Vec<Open>,
    pub(super) current: Current,
}

/// An element whose end has not come yet.
pub(super) struct Open {
    node: NodeId,
    tag: Tag,
    part: Option<usize>,
}

/// The block being collected, and what is open around it.
#[derive(Default)]
pub(super) struct Current {
    buffer: TextBuffer,
    link_weight: usize,
    links: usize,
    link_depth: usize,
    /// Whether a line break came after the last text.
    break_due: bool,
    caption_depth: usize,
    edge: Edge,
}

/// What came after the last text of a line: boxes in a row are often set apart by their style alone.
#[derive(Default, Clone, Copy, PartialEq, Eq)]
enum Edge {
    #[default]
    None,
    /// An element of the line has ended.
    End,
    /// And another has begun.
    NextBegun,
}

impl<'a> Walk<'a> {
    /// Walks the whole tree.
    pub(super) fn run(&mut self) {
        let root = self.table.html.tree.root();
        let mut next = root.first_child();
        while let Some(node) = next {
            if !self.table.budget.lasts(1) {
                break;
            }
            let descend = self.enter(node);
            next = node.first_child().filter(|_| descend);
            let mut up = node;
            while next.is_none() {
                self.leave(up.id());
                next = up.next_sibling();
                if next.is_some() {
                    break;
                }
                match up.parent() {
                    Some(parent) if parent.id() != root.id() => up = parent,
                    _ => break,
                }
            }
        }
        self.flush();
    }

    fn enter(&mut self, node: NodeRef<'a>) -> bool {
        match node.value() {
            Node::Text(text) => {
                self.text(text);
                false
            }
            Node::Element(element) => self.enter_element(node, element),
            _ => false,
        }
    }

    fn text(&mut self, text: &str) {
        if self.current.break_due
            && let Some(first) = text.chars().find(|c| !c.is_whitespace())
        {
            // A line that goes on in small letters was broken for its looks.
            if first.is_lowercase() {
                self.current.buffer.push_space();
            } else {
                self.flush();
            }
            self.current.break_due = false;
        }
        if self.current.edge == Edge::NextBegun && self.current.buffer.ends_small() {
            let is_capital = text.chars().next().is_some_and(char::is_uppercase);
            if is_capital {
                self.current.buffer.push_space();
            }
        }
        self.current.edge = Edge::None;
        if self.is_preformatted() && text.contains("\n\n") {
            for paragraph in text.splitn(MAX_PREFORMATTED, "\n\n") {
                self.current.buffer.push(paragraph);
                self.flush();
            }
            return;
        }
        let before = self.current.buffer.len();
        self.current.buffer.push(text);
        if self.current.link_depth > 0 {
            let grown = self.current.buffer.len() - before;
            self.current.link_weight += if text.is_ascii() {
                grown
            } else {
                weight(text).min(grown)
            };
        }
    }

    /// Tells whether line ends count: an empty line between two paragraphs is one there.
    fn is_preformatted(&self) -> bool {
        let block_level = self.open.iter().rev().find(|open| open.tag.breaks());
        block_level.is_some_and(|open| open.tag == Tag::Pre)
    }

    fn enter_element(&mut self, node: NodeRef<'a>, element: &'a Element) -> bool {
        let tag = Tag::of(&element.name.local);
        if self.removed.contains(&node.id()) {
            return false;
        }
        match tag {
            Tag::Skip => return false,
            Tag::Meta => {
                self.meta(element);
                return false;
            }
            Tag::Reference => {
                self.link_tag(element);
                return false;
            }
            Tag::Title => {
                if self.table.title.is_none() {
                    self.table.title =
                        Some(text_of(node, SHORT_TEXT_BYTES)).filter(|t| !t.is_empty());
                }
                return false;
            }
            Tag::Break => {
                // A second break, or one after a break, leaves a line empty: that is a paragraph's end.
                if self.current.break_due {
                    self.flush();
                }
                self.current.break_due = true;
                return false;
            }
            Tag::Html if self.table.lang.is_none() => {
                self.table.lang =
                    attribute(element, "lang").or_else(|| attribute(element, "xml:lang"));
            }
            _ => {}
        }
        let hints = hints::of_element(tag, element, &mut self.names);
        if tag.breaks() {
            self.flush();
        }
        self.open(node.id(), tag, hints);
        true
    }

    fn open(&mut self, node: NodeId, tag: Tag, hints: Hints) {
        if tag.is_inline() && self.current.edge == Edge::End {
            self.current.edge = Edge::NextBegun;
        }
        match tag {
            Tag::Link => {
                self.current.link_depth += 1;
                self.current.links += 1;
            }
            Tag::Caption => self.current.caption_depth += 1,
            _ => {}
        }
        let recorded =
            tag.breaks() || tag == Tag::Time || hints != Hints::NONE || self.marked.contains(&node);
        let part = recorded.then(|| {
            let index = self.table.elements.len();
            let parent = self
                .open
                .iter()
                .rev()
                .find_map(|open| open.part)
                .unwrap_or(index);
            let first = self.table.blocks.len();
            self.table.elements.push(Part {
                node,
                parent,
                tag,
                hints,
                first,
                end: first,
                inline_bytes: self.current.buffer.len(),
            });
            index
        });
        self.open.push(Open { node, tag, part });
    }

    fn leave(&mut self, node: NodeId) {
        if self.open.last().is_none_or(|open| open.node != node) {
            return;
        }
        let Some(open) = self.open.last() else {
            return;
        };
        let tag = open.tag;
        if tag.breaks() {
            self.flush();
        }
        let Some(open) = self.open.pop() else {
            return;
        };
        match tag {
            Tag::Link => self.current.link_depth -= 1,
            Tag::Caption => self.current.caption_depth -= 1,
            _ => {}
        }
        if tag.is_inline() {
            self.current.edge = Edge::End;
        }
        let end = self.table.blocks.len();
        let bytes = self.current.buffer.len();
        // The text of an inline element is still in the buffer, and its block has yet to come.
        let end = if tag.breaks() || self.current.buffer.is_empty() {
            end
        } else {
            end + 1
        };
        if let Some(part) = open
            .part
            .and_then(|index| self.table.elements.get_mut(index))
        {
            part.end = end;
            part.inline_bytes = bytes.saturating_sub(part.inline_bytes);
        }
    }

    /// Ends the current block.
    fn flush(&mut self) {
        let current = &mut self.current;
        current.break_due = false;
        if current.buffer.is_empty() {
            current.links = current.link_depth;
            current.link_weight = 0;
            return;
        }
        let text = current.buffer.take();
        let total = weight(&text);
        let block_level = self.open.iter().rev().find(|open| open.tag.breaks());
        self.table.blocks.push(Block {
            part: block_level.and_then(|open| open.part).unwrap_or(0),
            tag: block_level.map_or(Tag::Body, |open| open.tag),
            weight: total,
            link_weight: current.link_weight.min(total),
            links: current.links,
            in_caption: current.caption_depth > 0,
            known_folded: OnceCell::new(),
            text,
        });
        current.link_weight = 0;
        current.links = current.link_depth;
    }

    fn meta(&mut self, element: &'a Element) {
        let mut names: [Option<&str>; 3] = [None; 3];
        let mut content = None;
        for (name, value) in element.attrs() {
            match name {
                "name" => names[0] = Some(value),
                "property" => names[1] = Some(value),
                "itemprop" => names[2] = Some(value),
                "content" => content = Some(value),
                _ => {}
            }
        }
        let Some(content) = content else {
            return;
        };
        for name in names.into_iter().flatten().take(3) {
            if self.table.metas.len() < MAX_METAS {
                self.table
                    .metas
                    .push((name.trim().to_ascii_lowercase(), content));
            }
        }
    }

    fn link_tag(&mut self, element: &'a Element) {
        let (Some(rel), Some(href)) = (attribute(element, "rel"), attribute(element, "href"))
        else {
            return;
        };
        if self.table.links.len() < MAX_METAS {
            self.table
                .links
                .push((rel.trim().to_ascii_lowercase(), href));
        }
    }
}

/// Paragraphs that one preformatted text is parted into; a page of nothing else would make a million blocks.
const MAX_PREFORMATTED: usize = 2_000;

/// `meta` and `link` tags that are kept: a page of nothing else would be searched again and again.
const MAX_METAS: usize = 600;
