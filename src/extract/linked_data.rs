//! What a page says about its article in linked data (JSON-LD, schema.org).
//!
//! Scripts are often not quite JSON; what can be repaired is, the rest is left out. Of many objects one is
//! chosen: the first article that has the page's headline or address, or else none that speaks against it.

use serde_json::{Map, Value};
use url::Url;

use super::likeness::shared_words;
use super::text::{clean_some, folded};
use crate::domain::Budget;

/// Bytes of linked data read in all: a live blog with all its posts fits, and its tree stays small.
const MAX_BYTES: usize = 1_048_576;

/// Bytes that are read in one step of a budget.
const BYTES_A_STEP: usize = 64;

/// Authors that are named at most, and parts that are said to be locked: each is looked up among all objects, or all elements.
const MOST_NAMED: usize = 100;

/// Levels of objects looked into.
const MAX_LEVELS: usize = 8;

/// What linked data says about the article; absent where it does not.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct LinkedArticle {
    /// The headline.
    pub(super) headline: Option<String>,
    /// The authors' names.
    pub(super) authors: Vec<String>,
    /// Who they are said to be.
    pub(super) authored_by: AuthoredBy,
    /// When it was published, as written.
    pub(super) published: Option<String>,
    /// When it was changed, as written.
    pub(super) modified: Option<String>,
    /// The text, or a part of it.
    pub(super) body: Option<String>,
    /// The posts of a live blog: headline and text, as the page orders them.
    pub(super) posts: Vec<(Option<String>, String)>,
    /// A summary.
    pub(super) description: Option<String>,
    /// The publisher's name.
    pub(super) publisher: Option<String>,
    /// The language.
    pub(super) lang: Option<String>,
    /// The section of the paper.
    pub(super) section: Option<String>,
    /// Whether anyone may read all of it.
    pub(super) is_free: Option<bool>,
    /// Selectors of the parts that not anyone may read.
    pub(super) locked: Vec<String>,
    /// Whether it is a running report of many posts.
    pub(super) is_live: bool,
    /// Whether it says that it is news, not any other article.
    pub(super) is_news: bool,
    /// Whether an object of an article type was found at all.
    pub(super) is_article: bool,
}

/// Who the authors are said to be.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) enum AuthoredBy {
    /// People, or nothing is said.
    #[default]
    People,
    /// Organisations, all of them.
    Organisations,
}

/// What else is known of the article of a page: what tells it from others that its linked data lists.
#[derive(Debug, Default)]
pub(super) struct About {
    /// The titles that the page gives, and its first headings.
    pub(super) titles: Vec<String>,
    /// Its addresses.
    pub(super) addresses: Vec<Url>,
}

/// Share of words that a headline has in common with a title of the page when it is its own.
const SAME_HEADLINE: f64 = 0.5;

/// How an object fits the page, best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fit {
    /// It has the page's headline or address.
    Own,
    /// Nothing speaks against it.
    Unknown,
    /// It is about something else on the page.
    Other,
}

impl About {
    fn fit(&self, found: &Found<'_>) -> Fit {
        let object = found.object;
        let headline = object.get("headline").or_else(|| object.get("name"));
        let headline = headline.and_then(first_text).unwrap_or_default();
        let likeness = |title: &String| {
            let contained = folded(title).contains(&folded(&headline)) && headline.contains(' ');
            if contained {
                1.0
            } else {
                shared_words(title, &headline)
            }
        };
        let likeness = self.titles.iter().map(likeness).fold(0.0, f64::max);
        let address = address_of(object).filter(|_| !self.addresses.is_empty());
        let is_here = address
            .as_ref()
            .is_some_and(|url| self.addresses.iter().any(|own| is_same_page(own, url)));
        if is_here || likeness >= SAME_HEADLINE {
            return Fit::Own;
        }
        if self.titles.is_empty() || headline.is_empty() {
            return Fit::Unknown;
        }
        let is_elsewhere = address.is_some() && likeness < SAME_HEADLINE / 2.0;
        let is_media = has_type(object, &["VideoObject"]) && likeness < SAME_HEADLINE / 2.0;
        if found.is_listed || is_elsewhere || is_media {
            return Fit::Other;
        }
        Fit::Unknown
    }
}

/// The address that an object gives as its own; the front page is the site's.
fn address_of(object: &Map<String, Value>) -> Option<Url> {
    let own = object.get("mainEntityOfPage").and_then(|page| match page {
        Value::Object(page) => page.get("@id").or_else(|| page.get("url")),
        page => Some(page),
    });
    own.into_iter()
        .chain(object.get("url"))
        .filter_map(first_text)
        .filter_map(|url| Url::parse(&url).ok())
        .find(|url| url.path().len() > 1)
}

fn is_same_page(one: &Url, other: &Url) -> bool {
    one.path().trim_end_matches('/') == other.path().trim_end_matches('/')
}

/// An object of the linked data.
#[derive(Debug, Clone, Copy)]
struct Found<'a> {
    object: &'a Map<String, Value>,
    /// Whether it stands in a list of things.
    is_listed: bool,
}

/// Reads the scripts of a page.
///
/// Where the budget ends, nothing more is read: the whole page is given up then.
pub(super) fn read(scripts: &[&str], about: &About, budget: &Budget<'_>) -> LinkedArticle {
    let mut left = MAX_BYTES;
    let mut roots = Vec::new();
    for script in scripts {
        let Some(rest) = left.checked_sub(script.len()) else {
            continue;
        };
        left = rest;
        if !budget.lasts(1 + script.len() / BYTES_A_STEP) {
            break;
        }
        roots.extend(parse(script));
    }
    let mut found = Vec::new();
    for root in &roots {
        collect(root, 0, false, &mut found);
    }
    let objects: Vec<&Map<String, Value>> = found.iter().map(|found| found.object).collect();
    let Some(article) = choose(&found, about, budget) else {
        return LinkedArticle {
            publisher: objects
                .iter()
                .find(|o| has_type(o, &["Organization", "NewsMediaOrganization", "WebSite"]))
                .and_then(|o| name_of(o.get("name")?)),
            ..LinkedArticle::default()
        };
    };
    describe(article, &objects)
}

fn parse(script: &str) -> Option<Value> {
    let text = unwrapped(script);
    serde_json::from_str(text)
        .or_else(|_| serde_json::from_str(&repaired(text)))
        .ok()
        .or_else(|| several(text))
}

/// Takes off the comment marks that templates put around scripts.
fn unwrapped(script: &str) -> &str {
    let mut text = script.trim();
    loop {
        let before = text.len();
        for mark in ["<!--", "//", "/*", "*/", "<![CDATA["] {
            text = text.strip_prefix(mark).unwrap_or(text).trim_start();
        }
        for mark in ["-->", "]]>", "//", "/*", "*/", ";"] {
            text = text.strip_suffix(mark).unwrap_or(text).trim_end();
        }
        if text.len() == before {
            return text;
        }
    }
}

/// Several values one after the other in one script.
fn several(text: &str) -> Option<Value> {
    let values: Vec<Value> = serde_json::Deserializer::from_str(text)
        .into_iter::<Value>()
        .map_while(Result::ok)
        .take(50)
        .collect();
    (!values.is_empty()).then_some(Value::Array(values))
}

/// Line breaks inside strings and commas before closing brackets, which templates leave behind.
fn repaired(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut in_string = false;
    let mut escaped = false;
    for c in text.chars() {
        if in_string {
            match c {
                _ if escaped => escaped = false,
                '\\' => escaped = true,
                '"' => in_string = false,
                _ => {}
            }
            if c == '\n' || c == '\r' {
                out.push_str("\\n");
                continue;
            }
            if c.is_control() {
                out.push(' ');
                continue;
            }
        } else if c == '"' {
            in_string = true;
        } else if matches!(c, '}' | ']') {
            let kept = out.trim_end().trim_end_matches(',').len();
            out.truncate(kept);
        }
        out.push(c);
    }
    out
}

fn collect<'a>(value: &'a Value, level: usize, is_listed: bool, found: &mut Vec<Found<'a>>) {
    /// What an object holds, and whether that is a list of others.
    const HELD: &[(&str, bool)] = &[
        ("@graph", false),
        ("mainEntity", false),
        ("mainEntityOfPage", false),
        ("hasPart", false),
        ("itemListElement", true),
        ("item", false),
    ];
    if level > MAX_LEVELS || found.len() > 2_000 {
        return;
    }
    match value {
        Value::Array(values) => {
            for value in values {
                collect(value, level + 1, is_listed, found);
            }
        }
        Value::Object(object) => {
            found.push(Found { object, is_listed });
            for (key, lists) in HELD {
                if let Some(inner) = object.get(*key) {
                    collect(inner, level + 1, is_listed || *lists, found);
                }
            }
        }
        _ => {}
    }
}

/// The types of schema.org that are articles, best first.
const ARTICLE_TYPES: &[&[&str]] = &[
    &[
        "NewsArticle",
        "ReportageNewsArticle",
        "AnalysisNewsArticle",
        "OpinionNewsArticle",
        "BackgroundNewsArticle",
        "ReviewNewsArticle",
        "AskPublicNewsArticle",
        "LiveBlogPosting",
    ],
    &[
        "Article",
        "BlogPosting",
        "Report",
        "TechArticle",
        "ScholarlyArticle",
        "AdvertiserContentArticle",
        "SocialMediaPosting",
        "DiscussionForumPosting",
        "HowTo",
        "Recipe",
        "Review",
        "CreativeWork",
    ],
    &["WebPage", "ItemPage", "VideoObject"],
];

/// The object that is the page's article: of the best type, one that is known to be; else the first of them, unless
/// several say that they are and none is known.
fn choose<'a>(
    found: &[Found<'a>],
    about: &About,
    budget: &Budget<'_>,
) -> Option<&'a Map<String, Value>> {
    ARTICLE_TYPES.iter().find_map(|types| {
        let of_type = found
            .iter()
            .filter(|found| has_type(found.object, types) && telling(found.object))
            .take(MOST_ARTICLES)
            .take_while(|_| budget.lasts(STEPS_OF_FIT));
        let fitting = of_type.map(|found| (about.fit(found), found.object));
        let best = fitting.min_by_key(|(fit, _)| *fit)?;
        (best.0 != Fit::Other).then_some(best.1)
    })
}

/// What comparing an object with the page counts: its headline is folded and held against each title.
const STEPS_OF_FIT: usize = 16;

/// Articles of one type that are looked at.
const MOST_ARTICLES: usize = 100;

fn telling(object: &Map<String, Value>) -> bool {
    ["headline", "datePublished", "author", "articleBody"]
        .iter()
        .any(|key| object.contains_key(*key))
}

fn has_type(object: &Map<String, Value>, types: &[&str]) -> bool {
    let is_one = |value: &Value| {
        value.as_str().is_some_and(|name| {
            let name = name.rsplit(['/', ':', '#']).next().unwrap_or(name);
            types.contains(&name)
        })
    };
    match object.get("@type") {
        Some(Value::Array(names)) => names.iter().any(is_one),
        Some(name) => is_one(name),
        None => false,
    }
}

fn describe(article: &Map<String, Value>, objects: &[&Map<String, Value>]) -> LinkedArticle {
    let text = |key: &str| article.get(key).and_then(first_text);
    LinkedArticle {
        headline: text("headline").or_else(|| text("name")),
        authors: article
            .get("author")
            .or_else(|| article.get("creator"))
            .map(|value| names(value, objects))
            .unwrap_or_default(),
        authored_by: match article.get("author") {
            Some(author) if is_organisation(author) => AuthoredBy::Organisations,
            Some(_) | None => AuthoredBy::People,
        },
        published: text("datePublished")
            .or_else(|| text("dateCreated"))
            .or_else(|| text("uploadDate")),
        modified: text("dateModified"),
        body: text("articleBody").or_else(|| text("text")),
        posts: posts(article),
        description: text("description"),
        publisher: article
            .get("publisher")
            .or_else(|| article.get("sourceOrganization"))
            .and_then(|value| names(value, objects).into_iter().next()),
        lang: article
            .get("inLanguage")
            .and_then(|value| first_text(value.get("alternateName").unwrap_or(value))),
        section: text("articleSection"),
        is_free: article.get("isAccessibleForFree").and_then(truth),
        locked: locked(article),
        is_live: has_type(article, &["LiveBlogPosting"]),
        is_news: ARTICLE_TYPES
            .first()
            .is_some_and(|types| has_type(article, types)),
        is_article: !has_type(article, &["WebPage", "ItemPage", "VideoObject"]),
    }
}

fn is_organisation(author: &Value) -> bool {
    match author {
        Value::Array(authors) => !authors.is_empty() && authors.iter().all(is_organisation),
        Value::Object(author) => has_type(
            author,
            &["Organization", "NewsMediaOrganization", "Corporation"],
        ),
        _ => false,
    }
}

/// Selectors of the parts that not anyone may read (`hasPart`), each by itself.
fn locked(article: &Map<String, Value>) -> Vec<String> {
    let parts = match article.get("hasPart") {
        Some(Value::Array(parts)) => parts.iter().collect(),
        Some(part) => vec![part],
        None => Vec::new(),
    };
    parts
        .into_iter()
        .filter(|part| part.get("isAccessibleForFree").and_then(truth) != Some(true))
        .filter_map(|part| part.get("cssSelector"))
        .flat_map(|selectors| match selectors {
            Value::Array(selectors) => selectors.iter().filter_map(Value::as_str).collect(),
            selectors => selectors.as_str().into_iter().collect::<Vec<_>>(),
        })
        .flat_map(|selectors| selectors.split([',', ' ']))
        .map(|selector| selector.trim().to_owned())
        .filter(|selector| selector.len() > 1)
        .take(MOST_NAMED)
        .collect()
}

/// The posts of a live blog.
fn posts(article: &Map<String, Value>) -> Vec<(Option<String>, String)> {
    let post = |value: &Value| {
        let text = |key: &str| value.get(key).and_then(first_text);
        let body = text("articleBody")
            .or_else(|| text("text"))
            .or_else(|| text("description"))?;
        Some((text("headline").or_else(|| text("name")), body))
    };
    match article.get("liveBlogUpdate") {
        Some(Value::Array(values)) => values.iter().filter_map(post).collect(),
        Some(value) => post(value).into_iter().collect(),
        None => Vec::new(),
    }
}

fn truth(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(truth) => Some(*truth),
        Value::String(text) => match text.to_ascii_lowercase().as_str() {
            "true" | "yes" | "http://schema.org/true" | "https://schema.org/true" => Some(true),
            "false" | "no" | "http://schema.org/false" | "https://schema.org/false" => Some(false),
            _ => None,
        },
        _ => None,
    }
}

fn first_text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()).filter(|text| !text.trim().is_empty()),
        Value::Number(number) => Some(number.to_string()),
        Value::Array(values) => values.iter().find_map(first_text),
        Value::Object(object) => object.get("@value").and_then(first_text),
        _ => None,
    }
}

fn name_of(value: &Value) -> Option<String> {
    clean_some(&first_text(value)?)
}

fn names(value: &Value, objects: &[&Map<String, Value>]) -> Vec<String> {
    match value {
        Value::Array(values) => values
            .iter()
            .flat_map(|value| names(value, objects))
            .take(MOST_NAMED)
            .collect(),
        Value::String(text) => clean_some(text).into_iter().collect(),
        Value::Object(object) => match object.get("name") {
            Some(Value::Array(values)) => values.iter().filter_map(name_of).collect(),
            Some(name) => name_of(name).into_iter().collect(),
            None => referred(object, objects).into_iter().collect(),
        },
        _ => Vec::new(),
    }
}

/// The name of an object that is only referred to.
fn referred(reference: &Map<String, Value>, objects: &[&Map<String, Value>]) -> Option<String> {
    let id = reference.get("@id")?;
    objects
        .iter()
        .find(|object| object.get("@id") == Some(id) && object.contains_key("name"))
        .and_then(|object| name_of(object.get("name")?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(scripts: &[&str], about: &About) -> LinkedArticle {
        super::read(scripts, about, &Budget::new(&|| true))
    }

    #[test]
    fn an_article_is_found_in_a_graph_and_its_author_by_reference() {
        let script = r##"{"@graph":[{"@type":"WebPage","name":"x","datePublished":"2001-01-01"},
            {"@type":["NewsArticle"],"headline":"A line","author":{"@id":"#p"},"datePublished":"2024-02-03"},
            {"@type":"Person","@id":"#p","name":"Ada Lark"}]}"##;
        let article = read(&[script], &About::default());
        assert_eq!(article.headline.as_deref(), Some("A line"));
        assert_eq!(article.authors, ["Ada Lark"]);
        assert_eq!(article.published.as_deref(), Some("2024-02-03"));
    }

    #[test]
    fn broken_json_is_repaired() {
        let script =
            "<!-- //<![CDATA[\n{\"@type\":\"Article\",\"headline\":\"two\nlines\",} //]]> -->";
        assert_eq!(
            read(&[script], &About::default()).headline.as_deref(),
            Some("two\nlines")
        );
    }

    #[test]
    fn nonsense_is_left_out() {
        assert_eq!(
            read(&["{", "[]", "null", "\"x\"", ""], &About::default()),
            LinkedArticle::default()
        );
    }

    #[test]
    fn a_huge_script_is_not_read() {
        let script = format!(
            "{{\"@type\":\"Article\",\"headline\":\"{}\"}}",
            "x".repeat(1_100_000)
        );
        assert!(read(&[&script], &About::default()).headline.is_none());
    }

    #[test]
    fn what_is_about_something_else_on_the_page_is_not_its_article() {
        let about = About {
            titles: vec!["Mill opens again after the flood - The Valley".into()],
            addresses: vec!["https://valley.example/mill".parse().unwrap()],
        };
        let listed = r#"{"@type":"ItemList","itemListElement":[{"@type":"ListItem","item":{"@type":"NewsArticle","headline":"Choir tours the coast","author":"Bo Finch"}}]}"#;
        let elsewhere = r#"{"@type":"NewsArticle","headline":"Choir tours the coast","url":"https://valley.example/choir","author":"Bo Finch"}"#;
        let film = r#"{"@type":"VideoObject","name":"Storm in pictures","datePublished":"2020-01-01","author":"Bo Finch"}"#;
        for script in [listed, elsewhere, film] {
            let found = read(&[script], &about);
            assert_eq!((found.headline, found.authors), (None, vec![]), "{script}");
        }
        let own = r#"{"@type":"NewsArticle","headline":"Mill opens again after the flood","author":"Ada Lark"}"#;
        assert_eq!(read(&[elsewhere, own], &about).authors, ["Ada Lark"]);
        let renamed = r#"{"@type":"NewsArticle","headline":"Old wheel turns","author":"Ada Lark"}"#;
        assert_eq!(read(&[renamed], &about).authors, ["Ada Lark"]);
    }
}
