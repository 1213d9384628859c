//! The page as two flat tables, made in one walk over the tree: its elements, and its blocks of text.
//!
//! Both are in document order, so the blocks inside an element are one range, and every question that the
//! search for the article asks is a sum over a range. The tree is never changed and never copied.

use std::collections::BTreeSet;
use std::ops::Deref;

use html5ever::tree_builder::TreeSink;
use html5ever::{LocalName, local_name};
use scraper::{ElementRef, Html, HtmlTreeSink, Node, node::Element};

use super::hints::{self, Hints};
use super::text::{TextBuffer, weight};

/// A place in the tree of `scraper`, which hands these out but does not export their names.
pub(super) type NodeRef<'a> = <ElementRef<'a> as Deref>::Target;

/// The name of a place in that tree.
pub(super) type NodeId = <HtmlTreeSink as TreeSink>::Handle;

/// The page in tables.
#[derive(Debug)]
pub(super) struct Table<'a> {
    /// The tree that the tables speak of.
    pub(super) html: &'a Html,
    /// Every element that shapes the page or whose names hint at something, in document order.
    pub(super) elements: Vec<Part>,
    /// The text, a paragraph each, in document order.
    pub(super) blocks: Vec<Block>,
    /// What `meta` tags say: name (lower case) and content.
    pub(super) metas: Vec<(String, &'a str)>,
    /// What `link` tags refer to: relation (lower case) and address.
    pub(super) links: Vec<(String, &'a str)>,
    /// The text of the `title` tag.
    pub(super) title: Option<String>,
    /// The language of the `html` tag.
    pub(super) lang: Option<&'a str>,
}

/// An element.
#[derive(Debug, Clone, Copy)]
pub(super) struct Part {
    /// Its node in the tree.
    pub(super) node: NodeId,
    /// The index of the element around it; its own index for the root.
    pub(super) parent: usize,
    /// What it is.
    pub(super) tag: Tag,
    /// What its own names suggest.
    pub(super) hints: Hints,
    /// The index of its first block.
    pub(super) first: usize,
    /// The index after its last block.
    pub(super) end: usize,
    /// The bytes of text inside an element that is part of a line.
    pub(super) inline_bytes: usize,
}

/// A paragraph, heading, list item, or any other run of text between two breaks.
#[derive(Debug, Clone)]
pub(super) struct Block {
    /// The text, cleaned.
    pub(super) text: String,
    /// The index of the element it stands in.
    pub(super) part: usize,
    /// The kind of the nearest element that makes it a block of its own.
    pub(super) tag: Tag,
    /// Its length as [`weight`] counts.
    pub(super) weight: usize,
    /// How much of that is inside links.
    pub(super) link_weight: usize,
    /// How many links it has.
    pub(super) links: usize,
    /// Whether it stands inside a caption.
    pub(super) in_caption: bool,
}

impl Block {
    /// The share of the text inside links, 0 to 1.
    #[expect(
        clippy::cast_precision_loss,
        reason = "lengths of texts are far below 2^52"
    )]
    pub(super) fn link_share(&self) -> f64 {
        if self.weight == 0 {
            return 0.0;
        }
        self.link_weight as f64 / self.weight as f64
    }
}

/// The kinds of elements that matter here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tag {
    Html,
    Head,
    Body,
    Main,
    Article,
    Section,
    Div,
    Paragraph,
    Heading(u8),
    List,
    Item,
    Table,
    Row,
    Cell,
    Quote,
    Pre,
    Figure,
    Caption,
    Header,
    Footer,
    Nav,
    Aside,
    Form,
    Time,
    Address,
    Link,
    Strong,
    Break,
    Inline,
    /// Holds no text of the page.
    Skip,
    Meta,
    Reference,
    Title,
}

impl Tag {
    fn of(name: &LocalName) -> Self {
        match *name {
            local_name!("html") => Self::Html,
            local_name!("head") => Self::Head,
            local_name!("body") => Self::Body,
            local_name!("main") => Self::Main,
            local_name!("article") => Self::Article,
            local_name!("section") => Self::Section,
            local_name!("p") => Self::Paragraph,
            local_name!("h1") => Self::Heading(1),
            local_name!("h2") => Self::Heading(2),
            local_name!("h3") => Self::Heading(3),
            local_name!("h4") => Self::Heading(4),
            local_name!("h5") => Self::Heading(5),
            local_name!("h6") => Self::Heading(6),
            local_name!("ul") | local_name!("ol") | local_name!("dl") | local_name!("menu") => {
                Self::List
            }
            local_name!("li") | local_name!("dt") | local_name!("dd") => Self::Item,
            local_name!("table") => Self::Table,
            local_name!("tr") => Self::Row,
            local_name!("td") | local_name!("th") => Self::Cell,
            local_name!("blockquote") => Self::Quote,
            local_name!("pre") | local_name!("listing") | local_name!("xmp") => Self::Pre,
            local_name!("figure") => Self::Figure,
            local_name!("figcaption") | local_name!("caption") => Self::Caption,
            local_name!("header") | local_name!("hgroup") => Self::Header,
            local_name!("footer") => Self::Footer,
            local_name!("nav") => Self::Nav,
            local_name!("aside") => Self::Aside,
            local_name!("form") => Self::Form,
            local_name!("time") => Self::Time,
            local_name!("address") => Self::Address,
            local_name!("a") => Self::Link,
            local_name!("b") | local_name!("strong") => Self::Strong,
            local_name!("br") => Self::Break,
            local_name!("meta") => Self::Meta,
            local_name!("link") => Self::Reference,
            local_name!("title") => Self::Title,
            local_name!("script")
            | local_name!("style")
            | local_name!("noscript")
            | local_name!("template")
            | local_name!("svg")
            | local_name!("iframe")
            | local_name!("object")
            | local_name!("embed")
            | local_name!("canvas")
            | local_name!("select")
            | local_name!("textarea")
            | local_name!("button")
            | local_name!("input")
            | local_name!("audio")
            | local_name!("video")
            | local_name!("datalist")
            | local_name!("map")
            | local_name!("dialog")
            | local_name!("noframes") => Self::Skip,
            local_name!("div")
            | local_name!("center")
            | local_name!("fieldset")
            | local_name!("details")
            | local_name!("summary")
            | local_name!("hr")
            | local_name!("tbody")
            | local_name!("thead")
            | local_name!("tfoot")
            | local_name!("search")
            | local_name!("legend")
            | local_name!("frameset") => Self::Div,
            _ => Self::Inline,
        }
    }

    /// Tells whether text before and after the element's edges is not one paragraph.
    fn breaks(self) -> bool {
        !matches!(
            self,
            Self::Inline
                | Self::Link
                | Self::Strong
                | Self::Time
                | Self::Meta
                | Self::Reference
                | Self::Skip
        )
    }
}

impl<'a> Table<'a> {
    /// Walks the tree once. What is in `marked` is in the table whatever it is; what is in `removed` is not.
    pub(super) fn new(
        html: &'a Html,
        marked: &'a BTreeSet<NodeId>,
        removed: &'a BTreeSet<NodeId>,
    ) -> Self {
        let mut walk = Walk {
            table: Self {
                html,
                elements: Vec::new(),
                blocks: Vec::new(),
                metas: Vec::new(),
                links: Vec::new(),
                title: None,
                lang: None,
            },
            marked,
            removed,
            open: Vec::new(),
            current: Current::default(),
        };
        walk.run();
        walk.table
    }

    /// The element's text, as [`text_of`] reads it.
    pub(super) fn text_of(&self, part: &Part) -> String {
        self.html
            .tree
            .get(part.node)
            .map(|node| text_of(node, SHORT_TEXT_BYTES))
            .unwrap_or_default()
    }

    /// The element's place in the tree.
    pub(super) fn node(&self, part: &Part) -> Option<NodeRef<'a>> {
        self.html.tree.get(part.node)
    }

    /// The element itself.
    pub(super) fn element(&self, part: &Part) -> Option<&'a Element> {
        self.html.tree.get(part.node)?.value().as_element()
    }

    /// The elements around `index`, nearest first.
    pub(super) fn ancestors(&self, index: usize) -> impl Iterator<Item = (usize, &Part)> {
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
    pub(super) fn meta(&self, names: &[&str]) -> Option<&'a str> {
        names.iter().find_map(|name| {
            self.metas
                .iter()
                .find(|(known, content)| known == name && !content.trim().is_empty())
                .map(|(_, content)| *content)
        })
    }
}

/// Bytes read of an element that is expected to hold a name, a date or a headline.
const SHORT_TEXT_BYTES: usize = 600;

/// The text of a small element: breaks become spaces, and reading stops after about `limit` bytes.
pub(super) fn text_of(node: NodeRef<'_>, limit: usize) -> String {
    read_text(node, limit, Tag::breaks)
}

/// The text of a small element, a space at the edges of all elements in it: bylines are often rows of boxes.
pub(super) fn spaced_text_of(node: NodeRef<'_>) -> String {
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

struct Walk<'a> {
    table: Table<'a>,
    marked: &'a BTreeSet<NodeId>,
    removed: &'a BTreeSet<NodeId>,
    open: Vec<Open>,
    current: Current,
}

/// An element whose end has not come yet.
struct Open {
    node: NodeId,
    tag: Tag,
    part: Option<usize>,
}

/// The block being collected, and what is open around it.
#[derive(Default)]
struct Current {
    buffer: TextBuffer,
    link_weight: usize,
    links: usize,
    link_depth: usize,
    /// Whether a line break came after the last text.
    break_due: bool,
    caption_depth: usize,
}

impl<'a> Walk<'a> {
    fn run(&mut self) {
        let root = self.table.html.tree.root();
        let mut next = root.first_child();
        while let Some(node) = next {
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
        let hints = hints::of_element(tag, element);
        if tag.breaks() {
            self.flush();
        }
        self.open(node.id(), tag, hints);
        true
    }

    fn open(&mut self, node: NodeId, tag: Tag, hints: Hints) {
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

/// `meta` and `link` tags that are kept: a page of nothing else would be searched again and again.
const MAX_METAS: usize = 600;

/// The value of an attribute, without the cost of interning its name.
pub(super) fn attribute<'a>(element: &'a Element, name: &str) -> Option<&'a str> {
    element
        .attrs()
        .find(|(known, _)| *known == name)
        .map(|(_, value)| value)
}
