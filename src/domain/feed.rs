//! A feed as its owner configured it, and what its server wants back at the next request.

use std::time::Duration;

use url::Url;

use super::ListingRule;

/// What is done with the articles of entries that only count as seen at a feed's first poll.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FirstArticles {
    /// They are read when there is nothing else to read, to be looked back on; nobody is told.
    Read,
    /// They are left alone.
    Skip,
}

/// A feed to poll.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Feed {
    /// The address as configured; the feed's identity, also after a permanent redirect.
    pub url: Url,
    /// What people call it; the feed's own title where this is absent.
    pub name: Option<String>,
    /// Time between two polls.
    pub every: Duration,
    /// What happens to the entries found at its first poll.
    pub first_poll: FirstPoll,
    /// Free labels, for `feeds = ["tag:..."]` of a watch and the field `tag:` of a query.
    pub tags: Vec<String>,
    /// Where the text of an article comes from.
    pub article: ArticleMode,
    /// How its entries are found, where it is no feed but a page that lists articles.
    pub listing: Option<ListingRule>,
}

/// What happens to the entries that stand in a feed when it is polled for the first time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FirstPoll {
    /// They count as seen: no alert.
    Skip,
    /// They are treated as new.
    Alert,
    /// Those published within this time are treated as new; older and undated ones count as seen.
    Within(Duration),
}

/// Where the text of a feed's articles comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ArticleMode {
    /// The page behind the entry's link; the feed's own text where the page fails or is poorer.
    Auto,
    /// The feed's own text; the page is never fetched.
    Never,
    /// The page, read by these rules.
    Rule(Box<SiteRule>),
}

/// CSS selectors that read the pages of one site; an absent one leaves that part to the extractor.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SiteRule {
    /// Elements that hold the text, in document order.
    pub body: Option<String>,
    /// The headline.
    pub title: Option<String>,
    /// The author's name.
    pub byline: Option<String>,
    /// The time of publication.
    pub published: Option<String>,
    /// Elements to leave out, wherever they stand.
    pub remove: Vec<String>,
    /// How the address of a page is made of that of the entry: a print page, a page for small screens.
    pub url: Option<AddressRewrite>,
    /// The link to the next page of the same article.
    pub next: Option<String>,
    /// Phrases to cut out of the text; a line that is nothing else goes.
    pub strip: Vec<String>,
}

/// How an address is written anew before it is fetched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddressRewrite {
    /// A regular expression; an address that it does not match stays as it is.
    pub pattern: String,
    /// What its first match is replaced by: `$1` or `${name}` for a group.
    pub replace: String,
}

/// What a server gave to recognise an unchanged document by; opaque, sent back byte for byte.
///
/// RFC 9110 §8.8 (validators), §13.1 (conditional requests).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Validators {
    /// The `ETag` field as it came, quotes and `W/` included.
    pub etag: Option<String>,
    /// The `Last-Modified` field as it came.
    pub last_modified: Option<String>,
}

/// Words in the name of a query parameter whose value is a secret.
const SECRET_WORDS: [&str; 7] = ["token", "key", "secret", "pass", "auth", "sig", "session"];

/// A URL as people and logs may see it: without user name, password and the secrets in its query.
#[must_use]
pub fn shown_url(url: &Url) -> String {
    let mut shown = url.clone();
    // Both fail only for URLs that cannot have a user name at all.
    if shown.set_username("").is_err() || shown.set_password(None).is_err() {
        return shown.into();
    }
    shown.set_fragment(None);
    let query = url.query().map(|query| {
        query
            .split('&')
            .map(shown_parameter)
            .collect::<Vec<_>>()
            .join("&")
    });
    shown.set_query(query.as_deref());
    shown.into()
}

fn shown_parameter(parameter: &str) -> String {
    let name = parameter.split('=').next().unwrap_or_default();
    let lower = name.to_ascii_lowercase();
    if SECRET_WORDS.iter().any(|word| lower.contains(word)) {
        format!("{name}=...")
    } else {
        parameter.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shown_url_has_no_password_and_no_token() {
        let url = Url::parse("https://me:pw@example.org/feed?page=2&api_key=abc#x").unwrap();
        assert_eq!(
            shown_url(&url),
            "https://example.org/feed?page=2&api_key=..."
        );
    }
}
