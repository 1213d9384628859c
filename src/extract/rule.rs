//! Site rules: CSS selectors that the operator wrote for the pages of one site.

use std::collections::BTreeSet;

use scraper::{Html, Selector};

use super::Note;
use super::explain::Matched;
use super::table::{NodeId, text_of};
use super::text::clean_some;
use crate::domain::SiteRule;

/// A site rule whose selectors have been checked.
#[derive(Debug, Clone, Default)]
pub struct Rule {
    body: Option<Checked>,
    title: Option<Checked>,
    byline: Option<Checked>,
    published: Option<Checked>,
    remove: Vec<Checked>,
    next: Option<Checked>,
    strip: Vec<String>,
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
            next: one(NEXT, &rule.next)?,
            strip: rule.strip.clone(),
        })
    }

    /// Cuts the phrases out of a text; a line that was nothing else goes.
    pub(super) fn without_phrases(&self, text: &str) -> String {
        let rest = |line: &str| {
            let cut = self
                .strip
                .iter()
                .filter(|phrase| !phrase.is_empty())
                .fold(line.to_owned(), |line, phrase| {
                    line.replace(phrase.as_str(), " ")
                });
            if cut == line {
                return Some(cut);
            }
            clean_some(&cut).filter(|rest| rest.contains(char::is_alphanumeric))
        };
        text.lines().filter_map(rest).collect::<Vec<_>>().join("\n")
    }

    /// Applies the rule to a page.
    pub(super) fn apply(&self, html: &Html) -> Applied {
        let mut applied = Applied::default();
        let matched = &mut applied.matched;
        applied.body = nodes(html, self.body.iter(), matched);
        applied.removed = nodes(html, self.remove.iter(), matched);
        applied.title = text(html, self.title.as_ref(), matched);
        applied.byline = text(html, self.byline.as_ref(), matched);
        applied.published = dates(html, self.published.as_ref(), matched);
        applied.next = self
            .next
            .as_ref()
            .and_then(|next| link(html, next, matched));
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

    fn matched(&self, elements: usize) -> Matched {
        Matched {
            key: self.key,
            selector: self.text.clone(),
            elements,
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
    /// Where the link to the next page leads, as written.
    pub(super) next: Option<String>,
    /// What each selector matched.
    pub(super) matched: Vec<Matched>,
}

impl Applied {
    /// The selectors that matched nothing and should have: a last page has no link to the next one.
    pub(super) fn notes(&self) -> impl Iterator<Item = Note> {
        let missed = self
            .matched
            .iter()
            .filter(|matched| matched.elements == 0 && matched.key != NEXT);
        missed.map(|matched| Note::RuleMatchedNothing {
            key: matched.key,
            selector: matched.selector.clone(),
        })
    }
}

/// The key of the link to the next page.
const NEXT: &str = "next";

/// The first address that an element of these, or one inside it, links to.
fn link(html: &Html, checked: &Checked, matched: &mut Vec<Matched>) -> Option<String> {
    matched.push(checked.matched(html.select(&checked.selector).count()));
    html.select(&checked.selector).find_map(|element| {
        element
            .descendent_elements()
            .find_map(|element| element.value().attr("href"))
            .map(str::to_owned)
    })
}

fn nodes<'a>(
    html: &Html,
    selectors: impl Iterator<Item = &'a Checked>,
    matched: &mut Vec<Matched>,
) -> BTreeSet<NodeId> {
    let mut all = BTreeSet::new();
    for checked in selectors {
        let found: Vec<NodeId> = html
            .select(&checked.selector)
            .map(|element| element.id())
            .collect();
        matched.push(checked.matched(found.len()));
        all.extend(found);
    }
    all
}

fn text(html: &Html, checked: Option<&Checked>, matched: &mut Vec<Matched>) -> Option<String> {
    let checked = checked?;
    let texts: Vec<String> = html
        .select(&checked.selector)
        .map(|element| {
            let written = element.value().attr("content").map(str::to_owned);
            written.unwrap_or_else(|| text_of(*element, LONGEST_LINE))
        })
        .filter(|text| !text.is_empty())
        .collect();
    matched.push(checked.matched(texts.len()));
    texts.into_iter().next()
}

/// Bytes read of an element that holds a headline or a byline.
const LONGEST_LINE: usize = 1_000;

fn dates(html: &Html, checked: Option<&Checked>, matched: &mut Vec<Matched>) -> Vec<String> {
    let Some(checked) = checked else {
        return Vec::new();
    };
    let mut found = Vec::new();
    matched.push(checked.matched(html.select(&checked.selector).count()));
    for element in html.select(&checked.selector).take(10) {
        for name in ["datetime", "content", "title"] {
            found.extend(element.value().attr(name).map(str::to_owned));
        }
        found.push(text_of(*element, LONGEST_LINE));
    }
    found
}
