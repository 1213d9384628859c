//! From a page to its article: the only user of `scraper`.

mod choice;

use url::Url;

pub use choice::choose;

use crate::domain::{LocalTimestamp, SiteRule};

/// The bytes of a page, and what came with them.
#[derive(Debug, Clone, Copy)]
pub struct Page<'a> {
    /// The body, decompressed.
    pub bytes: &'a [u8],
    /// The `Content-Type` field, if there was one.
    pub content_type: Option<&'a str>,
    /// Where it came from, after redirects.
    pub url: Option<&'a Url>,
}

/// A site rule whose selectors have been checked.
#[derive(Debug, Clone)]
pub struct Rule {}

impl Rule {
    /// Checks the selectors.
    ///
    /// # Errors
    /// The first selector that is not CSS, with the key it stands under.
    pub fn new(rule: &SiteRule) -> Result<Self, RuleError> {
        let _ = rule;
        Ok(Self {})
    }
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

/// What was found on a page.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Extracted {
    /// The headline.
    pub title: Option<String>,
    /// Who wrote it: names only, joined by commas.
    pub byline: Option<String>,
    /// When it was published.
    pub published: Option<LocalTimestamp>,
    /// When it was last changed.
    pub modified: Option<LocalTimestamp>,
    /// Its language as a BCP 47 tag.
    pub lang: Option<String>,
    /// The name of the site.
    pub site: Option<String>,
    /// The address the page gives as its own.
    pub canonical: Option<Url>,
    /// The text, a paragraph a line; empty when none was found.
    pub text: String,
}

/// Why a page was not read.
#[derive(Debug, thiserror::Error)]
pub enum ExtractError {
    /// It is not HTML.
    #[error("the document is not HTML but {found}")]
    NotHtml {
        /// What it is.
        found: String,
    },
    /// Reading it took longer than the caller allows.
    #[error("the page takes too long to read")]
    TooSlow,
}

/// Finds the article on a page.
///
/// `still_time` is asked from time to time whether to go on.
///
/// # Errors
/// When the document is no HTML page, or one built to be slow.
pub fn article(
    page: &Page<'_>,
    rule: Option<&Rule>,
    still_time: &dyn Fn() -> bool,
) -> Result<Extracted, ExtractError> {
    let _ = (page, rule, still_time);
    Err(ExtractError::TooSlow)
}

/// The text of an HTML fragment, a paragraph a line: a feed's own summary or content.
#[must_use]
pub fn fragment_text(html: &str) -> String {
    html.to_owned()
}
