//! One walk over the tree, in document order, that fills the tables.

use std::cell::OnceCell;
use std::collections::BTreeSet;

use scraper::Node;
use scraper::node::Element;

use super::{Block, NodeId, NodeRef, Part, Picture, SHORT_TEXT_BYTES, Table, attribute, text_of};
use crate::extract::hints::{self, Hints, KnownNames};
use crate::extract::tag::Tag;
use crate::extract::text::{Mark, TextBuffer, ends_sentence, weight};

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
    /// What had been collected when an element of a line began.
    before: Before,
    /// What of it counts when it ends.
    kind: Kind,
}

/// What an element of a line is besides its tag.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Plain,
    /// It is not shown.
    Unseen,
    /// A link that leads to another page.
    Link,
    /// A link that opens something on this one, or nothing.
    Button,
}

/// The state of the block being collected.
#[derive(Clone, Copy)]
struct Before {
    mark: Mark,
    blocks: usize,
    pictures: usize,
    links: Links,
}

/// The links of the block being collected.
#[derive(Default, Clone, Copy)]
struct Links {
    count: usize,
    weight: usize,
    /// The same of links that lead nowhere.
    buttons: usize,
    button_weight: usize,
    /// The bytes of text outside of links.
    unlinked: usize,
}

/// The block being collected, and what is open around it.
#[derive(Default)]
pub(super) struct Current {
    buffer: TextBuffer,
    links: Links,
    link_depth: usize,
    button_depth: usize,
    /// Whether a line break came after the last text.
    break_due: bool,
    /// Whether the last text is the large first letter of a word that goes on.
    is_initial: bool,
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
        let mut text = text;
        if self.current.is_initial {
            text = text.trim_start();
            if text.is_empty() {
                return;
            }
            self.current.is_initial = false;
            if text.starts_with(char::is_alphabetic) {
                self.current.buffer.join();
            }
        }
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
        let grown = self.current.buffer.len() - before;
        let links = &mut self.current.links;
        if self.current.link_depth == 0 && self.current.button_depth == 0 {
            links.unlinked += grown;
            return;
        }
        let weight = if text.is_ascii() {
            grown
        } else {
            weight(text).min(grown)
        };
        if self.current.link_depth > 0 {
            links.weight += weight;
        } else {
            links.button_weight += weight;
        }
    }

    /// Tells whether line ends count: an empty line between two paragraphs is one there.
    fn is_preformatted(&self) -> bool {
        let block_level = self.open.iter().rev().find(|open| open.tag.breaks());
        block_level.is_some_and(|open| open.tag == Tag::Pre)
    }

    fn enter_element(&mut self, node: NodeRef<'a>, element: &'a Element) -> bool {
        let tag = match Tag::of(&element.name.local) {
            Tag::Skip if self.is_heading_button(element) => Tag::Inline,
            Tag::Inline if is_named_break(node, element) => Tag::Break,
            Tag::Inline if is_reading_aloud(node, element) => Tag::Skip,
            tag => tag,
        };
        if self.removed.contains(&node.id()) {
            return false;
        }
        match tag {
            Tag::Picture => {
                let alt = attribute(element, "alt").unwrap_or_default();
                self.picture(alt, self.current.link_depth > 0);
                return false;
            }
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
        let kind = match tag {
            Tag::Link if self.leads_away(element) => Kind::Link,
            Tag::Link => Kind::Button,
            _ if tag.is_inline() && is_unseen(hints) => Kind::Unseen,
            _ => Kind::Plain,
        };
        self.open(node.id(), tag, hints, kind);
        true
    }

    /// Tells whether an element is the button that a whole heading is: questions are, whose answers it unfolds.
    fn is_heading_button(&self, element: &Element) -> bool {
        let block_level = self.open.iter().rev().find(|open| open.tag.breaks());
        self.current.buffer.is_empty()
            && element.name() == "button"
            && block_level.is_some_and(|open| matches!(open.tag, Tag::Heading(_)))
    }

    /// Tells whether a link leads to another page, or to a place on this one that is not the heading it is.
    fn leads_away(&self, element: &Element) -> bool {
        let href = attribute(element, "href").unwrap_or_default().trim();
        let is_in_heading = || {
            let block_level = self.open.iter().rev().find(|open| open.tag.breaks());
            block_level.is_some_and(|open| matches!(open.tag, Tag::Heading(_)))
        };
        match href.strip_prefix('#') {
            Some(place) => !matches!(place, "" | "!") && !is_in_heading(),
            None => !href.is_empty() && !href.starts_with("javascript:"),
        }
    }

    fn picture(&mut self, alt: &'a str, is_linked: bool) {
        if self.table.pictures.len() < MAX_PICTURES {
            let part = self.open.iter().rev().find_map(|open| open.part);
            self.table.pictures.push(Picture {
                part: part.unwrap_or(0),
                block: self.table.blocks.len(),
                is_linked,
                alt,
            });
        }
    }

    fn open(&mut self, node: NodeId, tag: Tag, hints: Hints, kind: Kind) {
        if tag.is_inline() && self.current.edge == Edge::End {
            self.current.edge = Edge::NextBegun;
        }
        let before = Before {
            mark: self.current.buffer.mark(),
            blocks: self.table.blocks.len(),
            pictures: self.table.pictures.len(),
            links: self.current.links,
        };
        match kind {
            Kind::Link => {
                self.current.link_depth += 1;
                self.current.links.count += 1;
            }
            Kind::Button => {
                self.current.button_depth += 1;
                self.current.links.buttons += 1;
            }
            Kind::Plain | Kind::Unseen => {}
        }
        if tag == Tag::Caption {
            self.current.caption_depth += 1;
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
        self.open.push(Open {
            node,
            tag,
            part,
            before,
            kind,
        });
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
        match open.kind {
            Kind::Link => {
                self.current.link_depth -= 1;
                self.end_of_link(&open);
            }
            Kind::Button => self.current.button_depth -= 1,
            Kind::Plain | Kind::Unseen => {}
        }
        if tag == Tag::Caption {
            self.current.caption_depth -= 1;
        }
        if tag.is_inline() {
            if self.is_no_part_of_line(&open) || self.is_note_of_link(&open) {
                self.current.buffer.rewind(open.before.mark);
                self.current.links = open.before.links;
            } else {
                self.raised_mark(&open);
                self.current.is_initial |= self.is_initial(&open);
            }
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

    /// A link without text shows a picture, by its style if it holds none.
    fn end_of_link(&mut self, open: &Open) {
        let is_empty = self.current.buffer.len() == open.before.mark.length
            && self.table.blocks.len() == open.before.blocks;
        if !is_empty {
            return;
        }
        let link = self.table.html.tree.get(open.node);
        let href = link
            .and_then(|node| attribute(node.value().as_element()?, "href"))
            .unwrap_or_default();
        let is_to_picture = is_picture_address(href);
        let inside = self.table.pictures.iter_mut().skip(open.before.pictures);
        let mut count = 0;
        for picture in inside {
            picture.is_linked &= !is_to_picture;
            count += 1;
        }
        if count == 0 && !is_to_picture {
            self.picture("", true);
        }
    }

    /// Tells whether what an element of a line holds is not shown with it: words for screen readers, or a card of
    /// links that opens over a name.
    fn is_no_part_of_line(&self, open: &Open) -> bool {
        let before = &open.before;
        let grown = self.current.buffer.len().saturating_sub(before.mark.length);
        if self.table.blocks.len() != before.blocks || grown == 0 {
            return false;
        }
        let links = &self.current.links;
        let is_card = open.tag == Tag::Inline
            && before.mark.length > 0
            && self.current.link_depth == 0
            && links.count >= before.links.count + FEWEST_LINKS_OF_CARD
            && links.unlinked == before.links.unlinked;
        is_card || open.kind == Kind::Unseen && grown <= LONGEST_UNSEEN_BYTES
    }

    /// Tells whether an element ends a link to a new window with a note in brackets: that it opens one, in any language.
    fn is_note_of_link(&self, open: &Open) -> bool {
        let before = open.before.mark.length;
        let Some(link) = self.open.last().filter(|outer| outer.kind == Kind::Link) else {
            return false;
        };
        let (_, note) = self.current.buffer.split_at(before);
        let note = note.trim();
        let is_note = open.tag == Tag::Inline
            && self.table.blocks.len() == open.before.blocks
            && before > link.before.mark.length
            && note.starts_with('(')
            && note.ends_with(')');
        let element_of = |node| self.table.html.tree.get(node);
        is_note
            && element_of(open.node).is_some_and(|node| node.next_sibling().is_none())
            && element_of(link.node)
                .and_then(|node| attribute(node.value().as_element()?, "target"))
                == Some("_blank")
    }

    /// Tells whether an element is the first letter of a block, set large: the word goes on behind it.
    fn is_initial(&self, open: &Open) -> bool {
        let before = open.before.mark.length;
        let letter = self.current.buffer.split_at(before).1;
        let mut chars = letter.chars();
        let is_letter = before == 0
            && self.table.blocks.len() == open.before.blocks
            && chars
                .next()
                .is_some_and(|c| c.is_uppercase() && !WORDS_OF_A_LETTER.contains(&c))
            && chars.next().is_none();
        let element = self.table.html.tree.get(open.node).filter(|_| is_letter);
        let class = element.and_then(|node| attribute(node.value().as_element()?, "class"));
        class.is_some_and(|class| {
            let name = class.to_ascii_lowercase().replace(['-', '_'], "");
            INITIALS.iter().any(|known| name.contains(known))
        })
    }

    /// A raised mark behind a word is no part of it: `Name<sup>TM</sup>` is written as the sign, and the letter of a
    /// footnote goes. Letters that end an abbreviation or a number stay: `M<sup>e</sup>`, `3<sup>e</sup>`.
    fn raised_mark(&mut self, open: &Open) {
        let before = open.before.mark.length;
        let grown = self.current.buffer.len().saturating_sub(before);
        if !(1..=LONGEST_RAISED_BYTES).contains(&grown) || before == 0 {
            return;
        }
        let element = self.table.html.tree.get(open.node);
        let is_raised = element
            .and_then(|node| node.value().as_element())
            .is_some_and(|element| element.name() == "sup");
        if !is_raised {
            return;
        }
        let (word, mark) = self.current.buffer.split_at(before);
        let letters = word.chars().rev().take_while(|c| c.is_alphabetic()).count();
        let sign = match mark.trim() {
            "TM" | "tm" | "MC" if letters > 1 => "\u{2122}",
            "SM" if letters > 1 => "\u{2120}",
            "R" if letters > 1 => "\u{AE}",
            footnote
                if letters >= SHORTEST_FOOTNOTED
                    && matches!(footnote.as_bytes(), [b'a'..=b'h']) =>
            {
                ""
            }
            _ => return,
        };
        self.current.buffer.rewind(open.before.mark);
        self.current.buffer.push(sign);
    }

    /// Ends the current block.
    fn flush(&mut self) {
        let current = &mut self.current;
        current.break_due = false;
        let next = Links {
            count: current.link_depth,
            buttons: current.button_depth,
            ..Links::default()
        };
        if current.buffer.is_empty() {
            current.links = next;
            return;
        }
        let text = current.buffer.take();
        let total = weight(&text);
        let mut links = std::mem::replace(&mut current.links, next);
        let block_level = self.open.iter().rev().find(|open| open.tag.breaks());
        let tag = block_level.map_or(Tag::Body, |open| open.tag);
        // What opens something on the page is a button where it is short, and text where it is a heading or a sentence.
        let is_text = links.buttons > 0 && (matches!(tag, Tag::Heading(_)) || ends_sentence(&text));
        if !is_text {
            links.count += links.buttons;
            links.weight += links.button_weight;
        }
        self.table.blocks.push(Block {
            part: block_level.and_then(|open| open.part).unwrap_or(0),
            tag,
            weight: total,
            link_weight: links.weight.min(total),
            links: links.count,
            in_caption: current.caption_depth > 0,
            known_folded: OnceCell::new(),
            text,
        });
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

/// Tells whether an element of a line is not shown: one that is hidden from screen readers alone is.
fn is_unseen(hints: Hints) -> bool {
    hints.any(Hints::HIDDEN) && !hints.any(Hints::SILENT)
}

/// Tells whether an empty element is named after a line break.
fn is_named_break(node: NodeRef<'_>, element: &Element) -> bool {
    node.first_child().is_none()
        && attribute(element, "class").is_some_and(|names| {
            names
                .split_ascii_whitespace()
                .any(|name| matches!(name, "br" | "linebreak" | "line-break"))
        })
}

/// Tells whether an element says how the word that it stands above is read; where brackets part the two, both are read.
fn is_reading_aloud(node: NodeRef<'_>, element: &Element) -> bool {
    element.name() == "rt"
        && node.parent().is_some_and(|ruby| {
            let mut elements = ruby
                .children()
                .filter_map(|child| child.value().as_element());
            !elements.any(|element| element.name() == "rp")
        })
}

/// Names of the large letter that a text begins with.
const INITIALS: &[&str] = &[
    "dropcap",
    "initial",
    "firstletter",
    "lettrine",
    "capolettera",
    "versal",
];

/// Letters that are words by themselves in some language: what follows them is another.
const WORDS_OF_A_LETTER: &[char] = &[
    'A', 'E', 'I', 'K', 'O', 'S', 'U', 'V', 'W', 'Y', 'Z', 'À', 'È', 'É', 'Ó', 'Å', 'Ö', 'А', 'В',
    'И', 'І', 'К', 'О', 'С', 'У', 'Я', 'Є', 'Ї', 'З', 'Й', 'Η', 'Ο', 'Ή', 'Ό',
];

/// Tells whether an address is that of a picture: the same one, larger.
fn is_picture_address(href: &str) -> bool {
    let path = href.split(['?', '#']).next().unwrap_or_default();
    let ending = path.rsplit('.').next().unwrap_or_default();
    ["jpg", "jpeg", "png", "webp", "gif", "avif"]
        .iter()
        .any(|known| ending.eq_ignore_ascii_case(known))
}

/// The longest words for screen readers inside a line, in bytes; what is longer is a text that a script shows.
const LONGEST_UNSEEN_BYTES: usize = 300;

/// The longest raised mark that is looked at, in bytes.
const LONGEST_RAISED_BYTES: usize = 2;

/// Letters of the shortest word that a raised letter behind it is a footnote of.
const SHORTEST_FOOTNOTED: usize = 4;

/// Links with no word between them from which an element inside a line is a card that opens over it.
const FEWEST_LINKS_OF_CARD: usize = 3;

/// Pictures that are kept; a page of nothing else would be asked about them again and again.
const MAX_PICTURES: usize = 2_000;

/// Paragraphs that one preformatted text is parted into; a page of nothing else would make a million blocks.
const MAX_PREFORMATTED: usize = 2_000;

/// `meta` and `link` tags that are kept: a page of nothing else would be searched again and again.
const MAX_METAS: usize = 600;
