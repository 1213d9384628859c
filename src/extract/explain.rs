//! How a page was read: its blocks, what became of each and why, and the element that a site rule could name.

use std::fmt;

use scraper::{Html, Selector};

use super::body;
use super::rule::{Applied, Matched};
use super::table::{Part, Table, attribute};
use super::verdict::Verdict;

/// How a page was read.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Explanation {
    /// The element that was found to hold the text; none where a site rule names it, or where there is no text.
    pub root: Option<Root>,
    /// The blocks of the page, in document order; of a page built to have very many, the first.
    pub blocks: Vec<ExplainedBlock>,
    /// How many more there are.
    pub more_blocks: usize,
    /// Where the text was taken from, when not from the blocks.
    pub elsewhere: Option<Elsewhere>,
    /// What each selector of the site rule matched.
    pub selectors: Vec<Matched>,
}

/// The element that holds the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Root {
    /// Its place in the page.
    pub path: String,
    /// A selector that matches it and no other element of this page, if a short one does.
    pub selector: Option<String>,
}

/// A paragraph, heading, list item, or any other run of text between two breaks.
#[derive(Debug, Clone, PartialEq)]
pub struct ExplainedBlock {
    /// The place of its element in the page: the nearest elements around it, as a selector writes them.
    pub path: String,
    /// The text.
    pub text: String,
    /// The share of the text inside links, 0 to 1.
    pub link_share: f64,
    /// What became of it.
    pub verdict: Verdict,
}

/// Where a text was taken from that the page does not show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Elsewhere {
    /// The linked data quotes it (`articleBody`, or the posts of a live blog).
    LinkedData,
    /// The scripts that build the page hold it, or a template for them.
    Scripts,
}

impl fmt::Display for Elsewhere {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::LinkedData => "its linked data",
            Self::Scripts => "its scripts",
        })
    }
}

/// Writes down what became of the blocks of a page.
pub(super) fn explanation(
    table: &Table<'_>,
    found: &body::Found,
    applied: &Applied,
) -> Explanation {
    let blocks = table.blocks.iter().zip(&found.verdicts);
    let root = found.root.and_then(|root| table.elements.get(root));
    Explanation {
        root: root.map(|root| Root {
            path: path(table, root),
            selector: selector(table, root),
        }),
        blocks: blocks
            .take(MAX_BLOCKS)
            .map(|(block, verdict)| ExplainedBlock {
                path: table
                    .elements
                    .get(block.part)
                    .map(|part| path(table, part))
                    .unwrap_or_default(),
                text: block.text.clone(),
                link_share: block.link_share(),
                verdict: *verdict,
            })
            .collect(),
        more_blocks: table.blocks.len().saturating_sub(MAX_BLOCKS),
        elsewhere: None,
        selectors: applied.matched.clone(),
    }
}

/// Blocks that are explained: people read some hundreds, and each takes a kilobyte.
const MAX_BLOCKS: usize = 20_000;

/// Elements of a path that are shown.
const SHOWN_ELEMENTS: usize = 4;

/// The place of an element: itself and the nearest elements around it, outermost first.
fn path(table: &Table<'_>, part: &Part) -> String {
    let mut steps: Vec<String> = Vec::new();
    let mut next = table.node(part);
    while let Some(node) = next {
        if let Some(element) = node.value().as_element()
            && !matches!(element.name(), "html" | "body")
            && steps.len() < SHOWN_ELEMENTS
        {
            let id = attribute(element, "id").filter(|id| is_name(id));
            let classes = attribute(element, "class").unwrap_or_default();
            let mut step = element.name().to_owned();
            if let Some(id) = id {
                step.push('#');
                step.push_str(id);
            }
            let named = classes
                .split_ascii_whitespace()
                .filter(|name| is_name(name));
            for name in named.take(2) {
                step.push('.');
                step.push_str(name);
            }
            steps.push(step);
        }
        next = node.parent();
    }
    steps.reverse();
    steps.join(" > ")
}

/// Tells names that stand in a selector as they are.
fn is_name(name: &str) -> bool {
    let mut bytes = name.bytes();
    bytes
        .next()
        .is_some_and(|first| first.is_ascii_alphabetic() || first == b'_')
        && bytes.all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

/// Digits in a name from which it is this page's own and none of the site's.
const DIGITS_OF_A_NUMBER: usize = 4;

/// A short selector that matches this element and no other of the page.
fn selector(table: &Table<'_>, part: &Part) -> Option<String> {
    let node = table.node(part)?;
    let element = node.value().as_element()?;
    let tag = element.name();
    let lasts = |name: &&str| {
        is_name(name) && name.bytes().filter(u8::is_ascii_digit).count() < DIGITS_OF_A_NUMBER
    };
    let id = attribute(element, "id").filter(lasts);
    let itemprop = attribute(element, "itemprop").filter(lasts);
    let classes: Vec<&str> = attribute(element, "class")
        .unwrap_or_default()
        .split_ascii_whitespace()
        .filter(lasts)
        .take(6)
        .collect();
    let mut candidates: Vec<String> = Vec::new();
    candidates.extend(itemprop.map(|name| format!("[itemprop=\"{name}\"]")));
    candidates.extend(id.map(|name| format!("#{name}")));
    candidates.extend(classes.iter().map(|name| format!(".{name}")));
    candidates.extend(classes.iter().map(|name| format!("{tag}.{name}")));
    candidates.push(tag.to_owned());
    if let [first, second, ..] = classes.as_slice() {
        candidates.push(format!(".{first}.{second}"));
    }
    candidates
        .into_iter()
        .find(|text| matches_only(table.html, text, part))
}

fn matches_only(html: &Html, text: &str, part: &Part) -> bool {
    let Ok(selector) = Selector::parse(text) else {
        return false;
    };
    let mut matched = html.select(&selector);
    matched
        .next()
        .is_some_and(|element| element.id() == part.node)
        && matched.next().is_none()
}
