//! Site rules: CSS selectors that the operator wrote for the pages of one site.

use scraper::Selector;

use crate::domain::SiteRule;

/// A site rule whose selectors have been checked.
#[derive(Debug, Clone)]
pub struct Rule {
    pub(super) body: Option<Selector>,
    pub(super) title: Option<Selector>,
    pub(super) byline: Option<Selector>,
    pub(super) published: Option<Selector>,
    pub(super) remove: Vec<Selector>,
}

impl Rule {
    /// Checks the selectors.
    ///
    /// # Errors
    /// The first selector that is not CSS, with the key it stands under.
    pub fn new(rule: &SiteRule) -> Result<Self, RuleError> {
        let one = |key, selector: &Option<String>| {
            selector.as_deref().map(|text| parse(key, text)).transpose()
        };
        Ok(Self {
            body: one("body", &rule.body)?,
            title: one("title", &rule.title)?,
            byline: one("byline", &rule.byline)?,
            published: one("published", &rule.published)?,
            remove: rule
                .remove
                .iter()
                .map(|text| parse("remove", text))
                .collect::<Result<_, _>>()?,
        })
    }
}

fn parse(key: &'static str, selector: &str) -> Result<Selector, RuleError> {
    Selector::parse(selector).map_err(|error| RuleError {
        key,
        selector: selector.to_owned(),
        message: error.to_string(),
    })
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
