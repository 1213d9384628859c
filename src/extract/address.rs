//! Addresses that a site rule makes: of the page to read instead, and of the next page of an article.
//!
//! Nothing is fetched here, and no address is trusted for having been made here: each goes through the same
//! guard as any other.

use regex::{Regex, RegexBuilder};
use url::Url;

use crate::domain::AddressRewrite;

/// The memory that a compiled pattern may take, in bytes: far more than a pattern for addresses needs.
const PATTERN_BYTES: usize = 1 << 20;

/// Why an address cannot be written anew.
#[derive(Debug, thiserror::Error)]
pub enum AddressError {
    /// The pattern is no regular expression.
    #[error("\"{pattern}\" is not a regular expression: {message}")]
    Pattern {
        /// The pattern as written.
        pattern: String,
        /// What is wrong with it.
        message: String,
    },
    /// What came out is no address of a web page.
    #[error("url makes \"{made}\", which is not an http or https address")]
    NoAddress {
        /// What came out.
        made: String,
    },
}

/// Writes the address of a page anew; one that the pattern does not match stays as it is.
///
/// # Errors
/// When the pattern is no regular expression, or what comes out is no address of a web page.
pub fn rewritten(rewrite: &AddressRewrite, address: &Url) -> Result<Url, AddressError> {
    let pattern = compiled(&rewrite.pattern)?;
    let made = pattern.replace(address.as_str(), rewrite.replace.as_str());
    Url::parse(&made)
        .ok()
        .filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
        .ok_or_else(|| AddressError::NoAddress {
            made: made.into_owned(),
        })
}

/// Checks a pattern without an address to use it on.
///
/// # Errors
/// When it is no regular expression.
pub fn check_pattern(pattern: &str) -> Result<(), AddressError> {
    compiled(pattern).map(drop)
}

fn compiled(pattern: &str) -> Result<Regex, AddressError> {
    RegexBuilder::new(pattern)
        .size_limit(PATTERN_BYTES)
        .build()
        .map_err(|error| {
            // The first lines of the message draw the pattern; the last says what is wrong.
            let message = error.to_string();
            let last = message.lines().last().unwrap_or_default();
            AddressError::Pattern {
                pattern: pattern.to_owned(),
                message: last.trim_start_matches("error: ").to_owned(),
            }
        })
}

/// The address of the next page of an article: of the same origin, and not the page itself.
pub(super) fn next_page(page: &Url, href: &str) -> Option<Url> {
    let mut next = page.join(href.trim()).ok()?;
    next.set_fragment(None);
    let mut here = page.clone();
    here.set_fragment(None);
    (next.origin() == page.origin() && next != here).then_some(next)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        text.parse().unwrap()
    }

    fn rewrite(pattern: &str, replace: &str) -> AddressRewrite {
        AddressRewrite {
            pattern: pattern.into(),
            replace: replace.into(),
        }
    }

    #[test]
    fn an_address_is_written_anew_with_the_groups_of_the_pattern() {
        let rule = rewrite(r"/news/(\d+)\.html$", "/print/$1");
        let made = rewritten(&rule, &url("https://news.example.org/news/17.html")).unwrap();
        assert_eq!(made.as_str(), "https://news.example.org/print/17");
    }

    #[test]
    fn an_address_that_the_pattern_does_not_match_stays() {
        let rule = rewrite("/amp/", "/");
        let address = url("https://news.example.org/17");
        assert_eq!(rewritten(&rule, &address).unwrap(), address);
    }

    #[test]
    fn what_is_no_web_address_is_refused() {
        let rule = rewrite("^https:.*", "file:///etc/passwd");
        let made = rewritten(&rule, &url("https://news.example.org/17"));
        assert!(matches!(made, Err(AddressError::NoAddress { .. })));
    }

    #[test]
    fn a_pattern_that_is_none_is_refused_with_its_fault() {
        let error = check_pattern("(").unwrap_err().to_string();
        assert!(error.contains("unclosed group"), "{error}");
    }

    #[test]
    fn the_next_page_is_of_the_same_origin_and_another_page() {
        let page = url("https://news.example.org/17?page=1#top");
        let next = |href| next_page(&page, href).map(String::from);
        assert_eq!(
            next("?page=2#a").as_deref(),
            Some("https://news.example.org/17?page=2")
        );
        assert_eq!(next("https://other.example.org/17?page=2"), None);
        assert_eq!(next("#comments"), None);
        assert_eq!(next("javascript:void(0)"), None);
    }
}
