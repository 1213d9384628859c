//! Site rules: CSS selectors that the operator wrote for the pages of one site.

use std::collections::BTreeSet;

use scraper::{Html, Selector};

use super::Note;
use super::table::{NodeId, text_of};
use crate::domain::SiteRule;

/// A site rule whose selectors have been checked.
#[derive(Debug, Clone, Default)]
pub struct Rule {
    body: Option<Checked>,
    title: Option<Checked>,
    byline: Option<Checked>,
    published: Option<Checked>,
    remove: Vec<Checked>,
}

/// A selector, and what it was read from.
#[derive(Debug, Clone)]
pub(super) struct Checked {
    pub(super) key: &'static str,
    pub(super) text: String,
    pub(super) selector: Selector,
}

/// A selector that cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("{key}: \"{selector}\" is not a CSS selector: {message}")]
pub struct RuleError {
    /// The key of the rule it stands under.
    pub key: &'static str,
    /// The selector as written.
    pub selector: String,
    /// What is wrong with it.
    pub message: String,
}

/// Checks that a text is a CSS selector.
///
/// # Errors
/// What is wrong with it, as a clause for people.
pub fn check_selector(text: &str) -> Result<(), String> {
    Checked::new("selector", text)
        .map(|_| ())
        .map_err(|error| error.message)
}

impl Rule {
    /// Checks the selectors.
    ///
    /// # Errors
    /// The first selector that is not CSS, with the key it stands under.
    pub fn new(rule: &SiteRule) -> Result<Self, RuleError> {
        let one = |key, selector: &Option<String>| {
            selector
                .as_deref()
                .map(|text| Checked::new(key, text))
                .transpose()
        };
        Ok(Self {
            body: one("body", &rule.body)?,
            title: one("title", &rule.title)?,
            byline: one("byline", &rule.byline)?,
            published: one("published", &rule.published)?,
            remove: rule
                .remove
                .iter()
                .map(|text| Checked::new("remove", text))
                .collect::<Result<_, _>>()?,
        })
    }

    /// Applies the rule to a page.
    pub(super) fn apply(&self, html: &Html) -> Applied {
        let mut applied = Applied::default();
        let notes = &mut applied.notes;
        applied.body = nodes(html, self.body.iter(), notes);
        applied.removed = nodes(html, self.remove.iter(), notes);
        applied.title = text(html, self.title.as_ref(), notes);
        applied.byline = text(html, self.byline.as_ref(), notes);
        applied.published = dates(html, self.published.as_ref(), notes);
        applied
    }
}

impl Checked {
    pub(super) fn new(key: &'static str, text: &str) -> Result<Self, RuleError> {
        let selector = Selector::parse(text).map_err(|error| RuleError {
            key,
            selector: text.to_owned(),
            message: error.to_string(),
        })?;
        Ok(Self {
            key,
            text: text.to_owned(),
            selector,
        })
    }

    fn miss(&self) -> Note {
        Note::RuleMatchedNothing {
            key: self.key,
            selector: self.text.clone(),
        }
    }
}

/// What a rule found on a page.
#[derive(Debug, Default)]
pub(super) struct Applied {
    /// The elements that hold the text; none means that it is searched for.
    pub(super) body: BTreeSet<NodeId>,
    /// The elements that are left out.
    pub(super) removed: BTreeSet<NodeId>,
    /// The headline.
    pub(super) title: Option<String>,
    /// The line with the authors.
    pub(super) byline: Option<String>,
    /// What may be the date, best first: values of attributes, then the text.
    pub(super) published: Vec<String>,
    /// The selectors that matched nothing.
    pub(super) notes: Vec<Note>,
}

fn nodes<'a>(
    html: &Html,
    selectors: impl Iterator<Item = &'a Checked>,
    notes: &mut Vec<Note>,
) -> BTreeSet<NodeId> {
    let mut all = BTreeSet::new();
    for checked in selectors {
        let before = all.len();
        all.extend(html.select(&checked.selector).map(|element| element.id()));
        if all.len() == before {
            notes.push(checked.miss());
        }
    }
    all
}

fn text(html: &Html, checked: Option<&Checked>, notes: &mut Vec<Note>) -> Option<String> {
    let checked = checked?;
    let found = html
        .select(&checked.selector)
        .map(|element| {
            let written = element.value().attr("content").map(str::to_owned);
            written.unwrap_or_else(|| text_of(*element, LONGEST_LINE))
        })
        .find(|text| !text.is_empty());
    if found.is_none() {
        notes.push(checked.miss());
    }
    found
}

/// Bytes read of an element that holds a headline or a byline.
const LONGEST_LINE: usize = 1_000;

fn dates(html: &Html, checked: Option<&Checked>, notes: &mut Vec<Note>) -> Vec<String> {
    let Some(checked) = checked else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for element in html.select(&checked.selector).take(10) {
        for name in ["datetime", "content", "title"] {
            found.extend(element.value().attr(name).map(str::to_owned));
        }
        found.push(text_of(*element, LONGEST_LINE));
    }
    if found.is_empty() {
        notes.push(checked.miss());
    }
    found
}
