//! A feed as its owner configured it, and what its server wants back at the next request.

use std::borrow::Cow;
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
    /// Whether that is only where adapting to the feed's own rhythm starts.
    pub adapts: bool,
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
const SECRET_WORDS: [&str; 9] = [
    "token", "key", "secret", "pass", "pwd", "auth", "sig", "session", "cred",
];

/// Names of query parameters that hold such a word, and no secret.
const HARMLESS_NAMES: [&str; 4] = ["author", "authors", "keyword", "keywords"];

/// Words in a path that say that what follows lets in whoever knows it.
const SECRET_PLACES: [&str; 5] = ["private", "secret", "token", "auth", "key"];

/// What stands in the place of a secret.
const HIDDEN: &str = "...";

/// Letters and digits of a part of a path, or of a value, from which it may have been drawn by chance.
const SHORTEST_DRAWN: usize = 20;

/// Letters and digits of such a part where the path says that it is secret.
const SHORTEST_SECRET: usize = 8;

/// Changes between letters and digits, or from small to capital letters, from which a part was drawn by chance: words
/// that are joined to one another, with a date or a number among them, have fewer.
const FEWEST_CHANGES: usize = 4;

/// A URL as people and logs may see it: without user name and password, the secrets in its query, and the parts of its
/// path that let in whoever knows them.
#[must_use]
pub fn shown_url(url: &Url) -> String {
    let mut shown = url.clone();
    // Both fail only for URLs that cannot have a user name at all.
    if shown.set_username("").is_err() || shown.set_password(None).is_err() {
        return shown.into();
    }
    shown.set_fragment(None);
    if let Cow::Owned(path) = shown_path(url.path()) {
        shown.set_path(&path);
    }
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

/// Whether a path has parts that let in whoever knows them.
#[must_use]
pub fn is_private_path(path: &str) -> bool {
    matches!(shown_path(path), Cow::Owned(_))
}

fn shown_path(path: &str) -> Cow<'_, str> {
    let mut is_secret_place = false;
    let mut shown: Vec<Cow<'_, str>> = Vec::new();
    for (index, part) in path.split('/').enumerate() {
        let hidden = hidden_part(part, is_secret_place);
        is_secret_place = SECRET_PLACES
            .iter()
            .any(|place| part.eq_ignore_ascii_case(place));
        if hidden.is_some() && shown.is_empty() {
            shown.extend(path.split('/').take(index).map(Cow::Borrowed));
        }
        if hidden.is_some() || !shown.is_empty() {
            shown.push(hidden.map_or(Cow::Borrowed(part), Cow::Owned));
        }
    }
    if shown.is_empty() {
        Cow::Borrowed(path)
    } else {
        Cow::Owned(shown.join("/"))
    }
}

/// A part of a path without its secret, where it has one.
fn hidden_part(part: &str, is_secret_place: bool) -> Option<String> {
    if part.len() < SHORTEST_SECRET {
        return None;
    }
    // `private-0123abc` is how calendars write it.
    let marked = SECRET_PLACES
        .iter()
        .find_map(|word| part.strip_prefix(word)?.strip_prefix(['-', '_']));
    let secret = marked.unwrap_or(part);
    let (name, ending) = match secret.rsplit_once('.') {
        Some((name, ending)) if ending.len() <= 4 => (name, Some(ending)),
        Some(_) | None => (secret, None),
    };
    let is_told = (is_secret_place || marked.is_some())
        && name.chars().filter(char::is_ascii_alphanumeric).count() >= SHORTEST_SECRET
        && name.contains(|c: char| c.is_ascii_digit());
    if !is_told && !is_drawn(name) {
        return None;
    }
    let before = part.strip_suffix(secret).unwrap_or_default();
    let (dot, ending) = ending.map_or(("", ""), |ending| (".", ending));
    Some(format!("{before}{HIDDEN}{dot}{ending}"))
}

/// Tells whether a text looks as if it was drawn by chance: a token, no words.
fn is_drawn(text: &str) -> bool {
    if text.len() < SHORTEST_DRAWN {
        return false;
    }
    let is_token = |c: char| c.is_ascii_alphanumeric();
    let longest = text.split(|c| !is_token(c)).max_by_key(|run| run.len());
    let Some(run) = longest.filter(|run| run.len() >= SHORTEST_DRAWN) else {
        return is_uuid(text);
    };
    let kind = |c: char| match c {
        '0'..='9' => 0,
        'A'..='Z' => 1,
        _ => 2,
    };
    let kinds = run.chars().map(kind);
    let changes = kinds.clone().zip(kinds.skip(1));
    changes.filter(|(one, next)| one != next).count() >= FEWEST_CHANGES
}

/// A UUID is drawn, and its pieces are short.
fn is_uuid(text: &str) -> bool {
    let mut joined = text.chars().filter(|c| *c != '-');
    joined.clone().count() == 32 && joined.all(|c| c.is_ascii_hexdigit())
}

fn shown_parameter(parameter: &str) -> String {
    let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
    let lower = name.to_ascii_lowercase();
    let is_named = SECRET_WORDS.iter().any(|word| lower.contains(word))
        && !HARMLESS_NAMES.contains(&lower.as_str());
    if is_named || is_drawn(value) {
        format!("{name}={HIDDEN}")
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

    #[test]
    fn tokens_in_addresses_of_feeds_are_hidden_and_words_are_not() {
        for (url, shown) in [
            ("https://me:pw@a.example/f", "https://a.example/f"),
            (
                "https://a.example/f?auth=x&page=2",
                "https://a.example/f?auth=...&page=2",
            ),
            (
                "https://a.example/f?u=9f8e7d6c5b4a3f2e1d0c9b8a",
                "https://a.example/f?u=...",
            ),
            (
                "https://a.example/feed/private/a1b2c3d4e5.rss",
                "https://a.example/feed/private/....rss",
            ),
            (
                "https://cal.example/ical/me/private-0a1b2c3d4e5f/basic.ics",
                "https://cal.example/ical/me/private-.../basic.ics",
            ),
            (
                "https://pod.example/rss/123e4567-e89b-12d3-a456-426614174000",
                "https://pod.example/rss/...",
            ),
            (
                "https://pod.example/content/eyJ0IjoicCIsImMiOiIxMjM0NTY3ODkwIn0.rss",
                "https://pod.example/content/....rss",
            ),
        ] {
            assert_eq!(shown_url(&Url::parse(url).unwrap()), shown, "{url}");
        }
        for url in [
            "https://a.example/news/2026/11/23/talks-on-the-code-of-conduct-resume-after-10-years",
            "https://a.example/news/article12345678",
            "https://a.example/story?id=20261123&keywords=ferry&author=ada",
            "https://a.example/private/view",
            "https://a.example/wetterwarnungsinformationszentrale/rss.xml",
            "https://a.example/Donaudampfschifffahrtsgesellschaft2026.xml",
        ] {
            assert_eq!(shown_url(&Url::parse(url).unwrap()), url);
        }
    }
}
