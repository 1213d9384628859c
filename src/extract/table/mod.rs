//! The page as two flat tables, made in one walk over the tree: its elements, and its blocks of text.
//!
//! Both are in document order, so the blocks inside an element are one range, and every question that the
//! search for the article asks is a sum over a range. The tree is never changed and never copied.

mod walk;

use std::cell::OnceCell;
use std::collections::{BTreeSet, HashMap};
use std::ops::Deref;

use html5ever::tree_builder::TreeSink;
use scraper::{ElementRef, Html, HtmlTreeSink, Node, node::Element};

use super::hints::Hints;
use super::origin::{Origin, Sourced};
use super::tag::Tag;
use super::text::{TextBuffer, folded};
use crate::domain::Budget;
use walk::{Current, Walk};

/// A place in the tree of `scraper`, which hands these out but does not export their names.
pub(in crate::extract) type NodeRef<'a> = <ElementRef<'a> as Deref>::Target;

/// The name of a place in that tree.
pub(in crate::extract) type NodeId = <HtmlTreeSink as TreeSink>::Handle;

/// The page in tables.
#[derive(Debug)]
pub(in crate::extract) struct Table<'a> {
    /// The tree that the tables speak of.
    pub(in crate::extract) html: &'a Html,
    /// Every element that shapes the page or whose names hint at something, in document order.
    pub(in crate::extract) elements: Vec<Part>,
    /// The text, a paragraph each, in document order.
    pub(in crate::extract) blocks: Vec<Block>,
    /// The pictures, in document order.
    pub(in crate::extract) pictures: Vec<Picture<'a>>,
    /// What `meta` tags say: name (lower case) and content.
    pub(in crate::extract) metas: Vec<(String, &'a str)>,
    /// What `link` tags refer to: relation (lower case) and address.
    pub(in crate::extract) links: Vec<(String, &'a str)>,
    /// The text of the `title` tag.
    pub(in crate::extract) title: Option<String>,
    /// The language of the `html` tag.
    pub(in crate::extract) lang: Option<&'a str>,
    /// What is left of the time for this page: every loop over the tables asks it.
    pub(in crate::extract) budget: &'a Budget<'a>,
}

/// An element.
#[derive(Debug, Clone, Copy)]
pub(in crate::extract) struct Part {
    /// Its node in the tree.
    pub(in crate::extract) node: NodeId,
    /// The index of the element around it; its own index for the root.
    pub(in crate::extract) parent: usize,
    /// What it is.
    pub(in crate::extract) tag: Tag,
    /// What its own names suggest.
    pub(in crate::extract) hints: Hints,
    /// The index of its first block.
    pub(in crate::extract) first: usize,
    /// The index after its last block.
    pub(in crate::extract) end: usize,
    /// The bytes of text inside an element that is part of a line.
    pub(in crate::extract) inline_bytes: usize,
}

/// A picture, or a link without text, which shows one by its style.
#[derive(Debug, Clone, Copy)]
pub(in crate::extract) struct Picture<'a> {
    /// The index of the element that it stands in.
    pub(in crate::extract) part: usize,
    /// The index of the block that it stands in or before.
    pub(in crate::extract) block: usize,
    /// Whether it is a link to something else than a larger picture.
    pub(in crate::extract) is_linked: bool,
    /// What is said in its place where it cannot be seen.
    pub(in crate::extract) alt: &'a str,
}

/// A paragraph, heading, list item, or any other run of text between two breaks.
#[derive(Debug, Clone)]
pub(in crate::extract) struct Block {
    /// The text, cleaned.
    pub(in crate::extract) text: String,
    /// The index of the element it stands in.
    pub(in crate::extract) part: usize,
    /// The kind of the nearest element that makes it a block of its own.
    pub(in crate::extract) tag: Tag,
    /// Its length as [`weight`] counts.
    pub(in crate::extract) weight: usize,
    /// How much of that is inside links.
    pub(in crate::extract) link_weight: usize,
    /// How many links it has.
    pub(in crate::extract) links: usize,
    /// Whether it stands inside a caption.
    pub(in crate::extract) in_caption: bool,
    /// The text folded, once somebody has asked for it.
    pub(in crate::extract) known_folded: OnceCell<String>,
}

impl Block {
    /// The text as [`folded`] writes it.
    pub(in crate::extract) fn folded(&self) -> &str {
        self.known_folded.get_or_init(|| folded(&self.text))
    }

    /// The share of the text inside links, 0 to 1.
    #[expect(
        clippy::cast_precision_loss,
        reason = "lengths of texts are far below 2^52"
    )]
    pub(in crate::extract) fn link_share(&self) -> f64 {
        if self.weight == 0 {
            return 0.0;
        }
        self.link_weight as f64 / self.weight as f64
    }
}

impl<'a> Table<'a> {
    /// Walks the tree once. What is in `marked` is in the table whatever it is; what is in `removed` is not.
    pub(in crate::extract) fn new(
        html: &'a Html,
        marked: &'a BTreeSet<NodeId>,
        removed: &'a BTreeSet<NodeId>,
        budget: &'a Budget<'a>,
    ) -> Self {
        let mut walk = Walk {
            table: Self {
                html,
                elements: Vec::new(),
                blocks: Vec::new(),
                pictures: Vec::new(),
                metas: Vec::new(),
                links: Vec::new(),
                title: None,
                lang: None,
                budget,
            },
            marked,
            removed,
            names: HashMap::new(),
            open: Vec::new(),
            current: Current::default(),
        };
        walk.run();
        walk.table
    }

    /// The element's text, as [`text_of`] reads it.
    pub(in crate::extract) fn text_of(&self, part: &Part) -> String {
        self.html
            .tree
            .get(part.node)
            .map(|node| text_of(node, SHORT_TEXT_BYTES))
            .unwrap_or_default()
    }

    /// The element's place in the tree.
    pub(in crate::extract) fn node(&self, part: &Part) -> Option<NodeRef<'a>> {
        self.html.tree.get(part.node)
    }

    /// The element itself.
    pub(in crate::extract) fn element(&self, part: &Part) -> Option<&'a Element> {
        self.html.tree.get(part.node)?.value().as_element()
    }

    /// The row of a table that a short text is a cell of. Long cells are columns of a page.
    pub(in crate::extract) fn row_of(&self, block: &Block) -> Option<usize> {
        if block.tag != Tag::Cell || block.weight > LONGEST_CELL {
            return None;
        }
        let (row, part) = self.ancestors(block.part).next()?;
        (part.tag == Tag::Row).then_some(row)
    }

    /// The elements around `index`, nearest first.
    pub(in crate::extract) fn ancestors(
        &self,
        index: usize,
    ) -> impl Iterator<Item = (usize, &Part)> {
        let mut next = Some(index);
        std::iter::from_fn(move || {
            let child = self.elements.get(next?)?;
            let at = child.parent;
            if Some(at) == next {
                return None;
            }
            next = Some(at);
            Some((at, self.elements.get(at)?))
        })
    }

    /// The content of the first `meta` tag of one of these names, in the order of the names.
    pub(in crate::extract) fn meta(&self, names: &[&str]) -> Option<&'a str> {
        self.named_meta(names).map(|found| found.value)
    }

    /// The same, and by which name it was found.
    pub(in crate::extract) fn named_meta(&self, names: &[&str]) -> Option<Sourced<&'a str>> {
        names.iter().find_map(|name| {
            self.metas
                .iter()
                .find(|(known, content)| known == name && !content.trim().is_empty())
                .map(|(_, content)| Sourced::new(*content, Origin::Meta((*name).to_owned())))
        })
    }
}

/// The longest cell of a table of figures and names, in weight.
const LONGEST_CELL: usize = 100;

/// Bytes read of an element that is expected to hold a name, a date or a headline.
const SHORT_TEXT_BYTES: usize = 600;

/// The text of a small element: breaks become spaces, and reading stops after about `limit` bytes.
pub(in crate::extract) fn text_of(node: NodeRef<'_>, limit: usize) -> String {
    read_text(node, limit, Tag::breaks)
}

/// The text of a small element, a space at the edges of all elements in it: bylines are often rows of boxes.
pub(in crate::extract) fn spaced_text_of(node: NodeRef<'_>) -> String {
    read_text(node, SHORT_TEXT_BYTES, |_| true)
}

fn read_text(node: NodeRef<'_>, limit: usize, separates: impl Fn(Tag) -> bool) -> String {
    let mut buffer = TextBuffer::default();
    let mut next = Some(node);
    while let Some(at) = next {
        if buffer.len() > limit {
            break;
        }
        let mut descend = true;
        match at.value() {
            Node::Text(text) => {
                let end = text.floor_char_boundary(limit);
                buffer.push(text.get(..end).unwrap_or_default());
            }
            Node::Element(element) => {
                let tag = Tag::of(&element.name.local);
                if separates(tag) {
                    buffer.push_space();
                }
                descend = tag != Tag::Skip;
            }
            _ => {}
        }
        next = at.first_child().filter(|_| descend).or_else(|| {
            let mut up = at;
            while up.id() != node.id() {
                if up
                    .value()
                    .as_element()
                    .is_some_and(|e| separates(Tag::of(&e.name.local)))
                {
                    buffer.push_space();
                }
                if let Some(sibling) = up.next_sibling() {
                    return Some(sibling);
                }
                up = up.parent()?;
            }
            None
        });
    }
    buffer.take()
}

/// The value of an attribute, without the cost of interning its name. Its name must be among those that `strip` keeps.
pub(in crate::extract) fn attribute<'a>(element: &'a Element, name: &str) -> Option<&'a str> {
    element
        .attrs()
        .find(|(known, _)| *known == name)
        .map(|(_, value)| value)
}
