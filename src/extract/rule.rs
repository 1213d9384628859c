//! Site rules: CSS selectors that the operator wrote for the pages of one site.

use std::collections::BTreeSet;

use scraper::{ElementRef, Html, Selector};

use super::table::{NodeId, text_of};
use super::text::clean_some;
use super::{ExtractError, Note};
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

    /// Applies the rule to a page; `still_time` is asked from time to time whether to go on.
    ///
    /// # Errors
    /// When the page is built to be slow.
    pub(super) fn apply(
        &self,
        html: &Html,
        still_time: &dyn Fn() -> bool,
    ) -> Result<Applied, ExtractError> {
        let mut matched = Vec::new();
        let mut elements = |checked: &Checked| {
            let found = elements(html, checked, still_time)?;
            matched.push(checked.matched(found.len()));
            Ok::<_, ExtractError>(found)
        };
        let mut all = |selectors: &[Checked]| -> Result<Vec<ElementRef<'_>>, ExtractError> {
            let found: Result<Vec<_>, _> = selectors.iter().map(&mut elements).collect();
            Ok(found?.concat())
        };
        let ids = |found: Vec<ElementRef<'_>>| found.iter().map(|element| element.id()).collect();
        Ok(Applied {
            body: ids(all(self.body.as_slice())?),
            removed: ids(all(&self.remove)?),
            title: text(&all(self.title.as_slice())?),
            byline: text(&all(self.byline.as_slice())?),
            published: dates(&all(self.published.as_slice())?),
            next: link(&all(self.next.as_slice())?),
            matched,
        })
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

/// Elements that a selector is tried on between two looks at the time: what one costs depends on the page.
const TRIED_AT_ONCE: usize = 16;

/// The elements that a selector matches. Each is tried by itself: the parser's own search cannot be stopped, and
/// selectors exist that compare each element with all others.
pub(super) fn elements<'a>(
    html: &'a Html,
    checked: &Checked,
    still_time: &dyn Fn() -> bool,
) -> Result<Vec<ElementRef<'a>>, ExtractError> {
    let mut found = Vec::new();
    let all = html.tree.nodes().filter(|node| node.parent().is_some());
    for (index, element) in all.filter_map(ElementRef::wrap).enumerate() {
        if index % TRIED_AT_ONCE == 0 && !still_time() {
            return Err(ExtractError::TooSlow);
        }
        if checked.selector.matches(&element) {
            found.push(element);
        }
    }
    Ok(found)
}

/// Elements that are read of those that a selector matches: each can hold all others.
const MOST_READ: usize = 10;

/// The first address that an element of these, or one inside it, links to.
fn link(elements: &[ElementRef<'_>]) -> Option<String> {
    elements.iter().take(MOST_READ).find_map(|element| {
        element
            .descendent_elements()
            .find_map(|element| element.value().attr("href"))
            .map(str::to_owned)
    })
}

/// The text of the first element that has one.
fn text(elements: &[ElementRef<'_>]) -> Option<String> {
    let mut texts = elements.iter().take(MOST_READ).map(|element| {
        let written = element.value().attr("content").map(str::to_owned);
        written.unwrap_or_else(|| text_of(**element, LONGEST_LINE))
    });
    texts.find(|text| !text.is_empty())
}

/// Bytes read of an element that holds a headline or a byline.
const LONGEST_LINE: usize = 1_000;

fn dates(elements: &[ElementRef<'_>]) -> Vec<String> {
    let mut found = Vec::new();
    for element in elements.iter().take(MOST_READ) {
        for name in ["datetime", "content", "title"] {
            found.extend(element.value().attr(name).map(str::to_owned));
        }
        found.push(text_of(**element, LONGEST_LINE));
    }
    found
}

/// What a selector of the site rule matched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Matched {
    /// The key of the rule it stands under.
    pub key: &'static str,
    /// The selector as written.
    pub selector: String,
    /// How many elements of the page it matches.
    pub elements: usize,
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;
    use crate::extract::dom;

    #[test]
    fn a_selector_that_compares_each_element_with_all_others_can_be_stopped() {
        let html = dom::parse(&"<p>x".repeat(10_000), &|| true).unwrap();
        let checked = Checked::new("body", "p ~ div ~ p").unwrap();
        let asked = Cell::new(0_usize);
        let still_time = || {
            asked.set(asked.get() + 1);
            asked.get() < 10
        };
        assert!(matches!(
            elements(&html, &checked, &still_time),
            Err(ExtractError::TooSlow)
        ));
        assert_eq!(asked.get(), 10);
    }

    #[test]
    fn of_the_elements_of_a_selector_the_first_with_a_text_is_the_headline() {
        let page = "<h1></h1><h1>Night ferries</h1>".to_owned() + &"<h1>More</h1>".repeat(1_000);
        let html = dom::parse(&page, &|| true).unwrap();
        let rule = Rule {
            title: Checked::new("title", "h1").ok(),
            ..Rule::default()
        };
        let applied = rule.apply(&html, &|| true).unwrap();
        assert_eq!(applied.title.as_deref(), Some("Night ferries"));
        assert_eq!(applied.matched.first().unwrap().elements, 1_002);
    }
}
