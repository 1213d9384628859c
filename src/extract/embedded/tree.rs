//! From the values that a page keeps for its scripts to texts: which of their parts reads as an article.
//!
//! Pages write articles as HTML in a string, as lists of blocks, or as trees whose leaves are pieces of a line.
//! All strings that are text become lines, in order; every list and object is a candidate with the lines inside
//! it. Lines of parts named after menus, comments or other articles do not count, nor do those of an object
//! with a headline of its own.

use std::collections::HashSet;

use serde_json::{Map, Value};

use super::decode::Values;
use super::{BYTES_A_STEP, Shown, is_heading_text, is_running_text, paragraphs};
use crate::domain::Budget;
use crate::extract::hints::{self, Hints};
use crate::extract::text::{clean, ends_sentence, folded, units, weight};

/// Levels of lists and objects that are looked into.
const MAX_LEVELS: usize = 100;

/// Lines that are kept.
const MAX_LINES: usize = 20_000;

/// A part of the values that can be the text.
#[derive(Debug)]
pub(super) struct Candidate {
    first: usize,
    end: usize,
    owner: usize,
    weight: usize,
    named_body: bool,
}

#[derive(Debug)]
struct Line {
    text: String,
    owner: usize,
}

/// An object with a headline, and what it says of itself.
#[derive(Debug, Default)]
struct Owner {
    title: String,
    lead: Option<String>,
}

/// The lines of the values, and their parts.
#[derive(Debug)]
pub(super) struct Tree<'a> {
    values: &'a Values,
    lines: Vec<Line>,
    candidates: Vec<Candidate>,
    owners: Vec<Owner>,
    budget: &'a Budget<'a>,
}

/// A text out of the values.
#[derive(Debug)]
pub(super) struct Chosen {
    pub(super) text: String,
    /// Whether it stands under the headline of the page.
    pub(super) is_sure: bool,
    /// Whether it stands under a name for the text of an article, in an object with a headline.
    pub(super) is_named: bool,
}

impl<'a> Tree<'a> {
    pub(super) fn new(values: &'a Values, budget: &'a Budget<'a>) -> Self {
        let mut tree = Self {
            values,
            lines: Vec::new(),
            candidates: Vec::new(),
            owners: vec![Owner::default()],
            budget,
        };
        for value in &values.all {
            tree.visit(value, Hints::NONE, 0, 0);
        }
        tree
    }

    /// The part that is most of an article, and most likely the one the page is about.
    pub(super) fn choose(&self, shown: &Shown<'_>) -> Option<Chosen> {
        let title = shown.title.map(folded).unwrap_or_default();
        let ours: Vec<bool> = self
            .owners
            .iter()
            .map(|owner| same_headline(&owner.title, &title))
            .collect();
        let any_ours = ours.iter().any(|ours| *ours);
        let (best, _, is_sure) = self
            .candidates
            .iter()
            .filter(|candidate| candidate.weight >= SHORTEST)
            .map(|candidate| {
                let is_ours = ours.get(candidate.owner).copied().unwrap_or(false);
                let is_others = !is_ours && candidate.owner != 0;
                let mut factor = 4;
                if is_ours {
                    factor *= 4;
                } else if is_others && any_ours {
                    factor = 1;
                }
                if candidate.named_body {
                    factor += factor / 2;
                }
                (candidate, candidate.weight * factor, is_ours)
            })
            .max_by_key(|(candidate, score, _)| (*score, usize::MAX - candidate.weight))?;
        let mut known = HashSet::new();
        let own = self.lines_of(best).map(|line| line.text.as_str());
        let lines: Vec<&str> = own.filter(|line| known.insert(*line)).collect();
        let lead = self
            .owners
            .get(best.owner)
            .and_then(|owner| owner.lead.as_deref())
            .filter(|lead| is_sure && !lines.iter().any(|line| line.contains(lead)));
        let text = lead.into_iter().chain(lines).collect::<Vec<_>>().join("\n");
        Some(Chosen {
            text,
            is_sure,
            is_named: best.named_body && best.owner != 0,
        })
    }

    fn lines_of(&self, candidate: &Candidate) -> impl Iterator<Item = &Line> {
        let owner = candidate.owner;
        self.lines
            .iter()
            .take(candidate.end)
            .skip(candidate.first)
            .filter(move |line| line.owner == owner)
    }

    /// Visits a value and gives the weight of the lines in it that are its owner's.
    fn visit(&mut self, value: &Value, name: Hints, owner: usize, level: usize) -> usize {
        if level > MAX_LEVELS || self.lines.len() > MAX_LINES || !self.budget.lasts(1) {
            return 0;
        }
        let first = self.lines.len();
        let mut inside = owner;
        let found = match value {
            Value::String(text) => self.string(text, owner, level),
            Value::Array(values) if is_element(values) => self.element(values, owner, level),
            Value::Array(values) => match self.joined(values, owner) {
                Some(found) => found,
                None => values
                    .iter()
                    .map(|value| self.visit(value, Hints::NONE, owner, level + 1))
                    .sum(),
            },
            Value::Object(object) => {
                if is_aside(object) {
                    return 0;
                }
                inside = self.owner(object, owner);
                self.object(object, inside, level)
            }
            _ => return 0,
        };
        let end = self.lines.len();
        if end > first {
            self.candidates.push(Candidate {
                first,
                end,
                owner: inside,
                weight: found,
                named_body: name.any(BODY_NAMES),
            });
        }
        if inside == owner { found } else { 0 }
    }

    /// The owner of what an object holds: itself, if it has a headline and an address or a date.
    fn owner(&mut self, object: &Map<String, Value>, around: usize) -> usize {
        let Some(title) = headline(object, self.budget) else {
            return around;
        };
        let is_block = block_type(object).is_some_and(is_block_name);
        let has = |names: &[&str]| names.iter().any(|name| object.contains_key(*name));
        let is_chapter = self
            .owners
            .get(around)
            .is_some_and(|owner| !owner.title.is_empty())
            && !has(ADDRESSES);
        if is_block || is_chapter {
            return around;
        }
        let lead = LEADS
            .iter()
            .filter_map(|name| plain(object.get(*name)?, self.budget))
            .find(|lead| weight(lead) >= 40);
        self.owners.push(Owner {
            title: folded(&title),
            lead,
        });
        self.owners.len() - 1
    }

    fn object(&mut self, object: &Map<String, Value>, owner: usize, level: usize) -> usize {
        let is_heading = block_type(object).is_some_and(is_heading_name)
            || object
                .get("style")
                .and_then(Value::as_str)
                .is_some_and(is_heading_name);
        if let Some(children) = children(object)
            && block_type(object).is_some_and(is_block_name)
            && let Some(line) = pieces(children)
        {
            return self.push(&line, owner, is_heading);
        }
        let mut found = 0;
        for (key, value) in object {
            let name = hints::of_name(key);
            if is_left_out(key, name) {
                continue;
            }
            found += match value {
                Value::String(text) if is_heading && is_heading_text(text) => {
                    self.push(text, owner, true)
                }
                _ => self.visit(value, name, owner, level + 1),
            };
        }
        found
    }

    /// An element written as a list. Its own text is read as markup; here only what its programs are given.
    fn element(&mut self, parts: &[Value], owner: usize, level: usize) -> usize {
        let mut found = 0;
        if level > MAX_LEVELS {
            return found;
        }
        for value in parts {
            match value {
                Value::Array(values) => found += self.element(values, owner, level + 1),
                Value::Object(given) => {
                    for (key, value) in given {
                        found += match value {
                            Value::Array(values) if key == "children" => {
                                self.element(values, owner, level + 1)
                            }
                            Value::Array(_) | Value::Object(_) => {
                                self.visit(value, hints::of_name(key), owner, level + 1)
                            }
                            _ => 0,
                        };
                    }
                }
                _ => {}
            }
        }
        found
    }

    /// A list whose members are pieces of one line.
    fn joined(&mut self, values: &[Value], owner: usize) -> Option<usize> {
        let has_pieces = values.iter().any(|value| {
            value
                .as_object()
                .is_some_and(|object| leaf(object).is_some())
        });
        if !has_pieces || values.iter().any(Value::is_array) {
            return None;
        }
        let line = pieces(values)?;
        Some(self.push(&line, owner, false))
    }

    fn string(&mut self, text: &str, owner: usize, level: usize) -> usize {
        if let Some(referred) = text
            .strip_prefix('$')
            .and_then(|id| self.values.texts.get(id))
        {
            return self.push_text(referred, owner);
        }
        if text.len() < SHORTEST_STRING {
            return 0;
        }
        let is_serialised = text.starts_with(['{', '[']);
        if is_serialised && level < MAX_LEVELS / 2 {
            return match serde_json::from_str::<Value>(text) {
                Ok(value) => self.visit(&value, Hints::NONE, owner, level + MAX_LEVELS / 4),
                Err(_) => 0,
            };
        }
        self.push_text(text, owner)
    }

    /// Takes a string of HTML, or of running text.
    fn push_text(&mut self, text: &str, owner: usize) -> usize {
        if !self.budget.lasts(1 + text.len() / BYTES_A_STEP) {
            return 0;
        }
        let is_html = text.contains("<p")
            || text.contains("</")
            || text.contains("<br")
            || text.contains("&lt;p");
        if is_html {
            let text = paragraphs(text, self.budget);
            return text.lines().map(|line| self.push(line, owner, true)).sum();
        }
        if !text.lines().any(is_running_text) {
            return 0;
        }
        let text = paragraphs(text, self.budget);
        text.lines().map(|line| self.push(line, owner, true)).sum()
    }

    /// Adds a line; what is no running text counts only where it stands among text for sure.
    fn push(&mut self, line: &str, owner: usize, even_short: bool) -> usize {
        let mut total = 0;
        for line in line.lines().map(clean).filter(|line| !line.is_empty()) {
            let is_text = is_running_text(&line);
            let is_known = is_text || even_short && is_heading_text(&line);
            if !is_known && weight(&line) < LONG_PIECE {
                continue;
            }
            total += if is_text { weight(&line) } else { 0 };
            self.lines.push(Line { text: line, owner });
        }
        total
    }
}

/// Weight of the shortest candidate.
const SHORTEST: usize = 100;

/// Bytes of the shortest string that is text by itself.
const SHORTEST_STRING: usize = 40;

/// Weight from which what is pieced together is a line even without a mark at its end.
const LONG_PIECE: usize = 60;

/// Names of what holds the text of an article.
const BODY_NAMES: Hints = Hints::BODY.or(Hints::CONTENT).or(Hints::ARTICLE);

/// Names of what is not the text of an article.
const ASIDE_NAMES: Hints = Hints::NAV
    .or(Hints::COMMENTS)
    .or(Hints::FOOT)
    .or(Hints::CONSENT)
    .or(Hints::SIGNUP)
    .or(Hints::AD)
    .or(Hints::TAGS)
    .or(Hints::BIO)
    .or(Hints::CAPTION)
    .or(Hints::BYLINE)
    .or(Hints::SIDE)
    .or(Hints::LEAD)
    .or(Hints::TITLE);

/// More of them, as programmers write them.
const ASIDE_KEYS: &[&str] = &[
    "alt",
    "analytics",
    "breadcrumbs",
    "caption",
    "config",
    "configuration",
    "description",
    "dictionary",
    "env",
    "excerpt",
    "features",
    "flags",
    "i18n",
    "image",
    "images",
    "intl",
    "labels",
    "legal",
    "locale",
    "locales",
    "messages",
    "meta",
    "metadata",
    "name",
    "privacy",
    "seo",
    "settings",
    "strings",
    "terms",
    "theme",
    "tracking",
    "translations",
];

/// Tells whether what stands under this key is no part of an article's text.
fn is_left_out(key: &str, name: Hints) -> bool {
    // Lists of any sort of thing are called posts, cards and more.
    let is_any_list = matches!(key, "posts" | "cards" | "more" | "loop" | "card");
    name.any(ASIDE_NAMES)
        || name.any(Hints::RELATED) && !is_any_list
        || ASIDE_KEYS.contains(&key.to_ascii_lowercase().as_str())
}

/// Keys whose objects have a page or a day of their own.
const ADDRESSES: &[&str] = &[
    "url",
    "slug",
    "link",
    "href",
    "path",
    "canonical",
    "canonicalUrl",
    "canonical_url",
    "permalink",
    "uri",
    "publishedAt",
    "datePublished",
    "published",
    "published_at",
    "pubDate",
    "date",
];

/// Keys of the paragraph between headline and text.
const LEADS: &[&str] = &[
    "lead",
    "standfirst",
    "intro",
    "subheadline",
    "dek",
    "deck",
    "leadText",
    "subtitle",
    "summary",
    "subheadlines",
];

/// The headline of an object.
fn headline(object: &Map<String, Value>, budget: &Budget<'_>) -> Option<String> {
    ["headline", "headlines", "title", "heading"]
        .iter()
        .find_map(|key| plain(object.get(*key)?, budget))
}

/// A short text: a string, or an object that holds little else.
fn plain(value: &Value, budget: &Budget<'_>) -> Option<String> {
    let text = match value {
        Value::String(text) => text,
        Value::Object(object) => ["basic", "rendered", "text", "main", "default", "value"]
            .iter()
            .find_map(|key| object.get(*key).and_then(Value::as_str))?,
        _ => return None,
    };
    let text = if text.contains('<') {
        paragraphs(text, budget).replace('\n', " ")
    } else {
        clean(text)
    };
    Some(text).filter(|text| !text.is_empty())
}

/// Tells whether two folded headlines are of one article: sites shorten and lengthen them.
fn same_headline(one: &str, other: &str) -> bool {
    if one.is_empty() || other.is_empty() {
        return false;
    }
    if one == other
        || one.len() > 12 && other.contains(one)
        || other.len() > 12 && one.contains(other)
    {
        return true;
    }
    let ours: Vec<String> = units(one).collect();
    let theirs: Vec<String> = units(other).collect();
    let shared = ours.iter().filter(|unit| theirs.contains(unit)).count();
    let fewest = ours.len().min(theirs.len());
    fewest >= 4 && shared * 10 >= fewest * 7
}

/// Tells whether a list is an element: `["$", "p", null, {...}]`.
fn is_element(values: &[Value]) -> bool {
    values.first().and_then(Value::as_str) == Some("$") && values.len() >= 4
}

/// What an object says that it is.
fn block_type(object: &Map<String, Value>) -> Option<&str> {
    [
        "type",
        "_type",
        "nodeType",
        "kind",
        "tagName",
        "tag",
        "__typename",
        "component",
        "blockType",
    ]
    .iter()
    .find_map(|key| object.get(*key).and_then(Value::as_str))
}

/// Tells whether an object is a block that is no text: a picture, a box, a link to another article.
fn is_aside(object: &Map<String, Value>) -> bool {
    const NAMES: &[&str] = &[
        "image",
        "picture",
        "figure",
        "embed",
        "photo",
        "graphic",
        "chart",
        "map",
        "reference",
        "person",
    ];
    block_type(object).is_some_and(|name| {
        let hints = hints::of_name(name);
        let lower = name.to_ascii_lowercase();
        hints.any(
            Hints::AD
                .or(Hints::MEDIA)
                .or(Hints::RELATED)
                .or(Hints::CAPTION)
                .or(Hints::SIGNUP)
                .or(Hints::NAV)
                .or(Hints::COMMENTS),
        ) || NAMES.iter().any(|part| lower.contains(part))
    })
}

/// Tells whether a kind of node begins a line of its own.
fn is_block_name(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    matches!(
        lower.as_str(),
        "p" | "li" | "block" | "line" | "textblock" | "rich_text_section"
    ) || ["paragraph", "quote", "list-item", "listitem", "list_item"]
        .iter()
        .any(|part| lower.contains(part))
        || is_heading_name(&lower)
}

fn is_heading_name(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    matches!(lower.as_str(), "h1" | "h2" | "h3" | "h4" | "h5" | "h6")
        || lower.contains("heading")
        || lower == "header"
        || lower == "subhead"
}

/// What is inside a node.
fn children(object: &Map<String, Value>) -> Option<&[Value]> {
    [
        "children", "content", "nodes", "spans", "runs", "leaves", "elements",
    ]
    .iter()
    .find_map(|key| object.get(*key).and_then(Value::as_array))
    .map(Vec::as_slice)
}

/// The text of a leaf: a piece of a line.
fn leaf(object: &Map<String, Value>) -> Option<&str> {
    if children(object).is_some() || block_type(object).is_some_and(is_block_name) {
        return None;
    }
    let is_text_node = block_type(object).is_none_or(|name| {
        matches!(
            name.to_ascii_lowercase().as_str(),
            "text" | "span" | "link" | "a" | "hyperlink" | "strong" | "em" | "bold" | "italic"
        )
    });
    if !is_text_node {
        return None;
    }
    let text = ["text", "value", "content"]
        .iter()
        .find_map(|key| object.get(*key).and_then(Value::as_str))?;
    (!text.contains("</")).then_some(text)
}

/// Puts the pieces of one line together; nothing where they are lines of their own.
fn pieces(values: &[Value]) -> Option<String> {
    let mut line = String::new();
    let mut whole = 0;
    let mut count = 0;
    for value in values {
        let piece = match value {
            Value::String(text) => text.clone(),
            Value::Object(object) => match leaf(object) {
                Some(text) => text.to_owned(),
                None if block_type(object).is_some_and(is_block_name) => return None,
                None => pieces(children(object)?)?,
            },
            _ => continue,
        };
        count += 1;
        whole += usize::from(weight(&piece) >= LONG_PIECE && ends_sentence(&piece));
        line.push_str(&piece);
    }
    // Members that are all sentences of their own are paragraphs, whatever they are called.
    (count > 0 && (count == 1 || whole < count)).then_some(line)
}
