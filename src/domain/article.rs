//! An article: the full text of an entry, and where it was found.

use std::fmt;

use url::Url;

use super::LocalTimestamp;

/// The full text behind an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Article {
    /// Where people can read it: the page's own address, after redirects.
    pub url: Option<Url>,
    /// The headline.
    pub title: String,
    /// Who wrote it: names only.
    pub byline: Option<String>,
    /// When it was published.
    pub published: Option<LocalTimestamp>,
    /// Its language as a BCP 47 tag.
    pub lang: Option<String>,
    /// The name of the site, or its host.
    pub site: Option<String>,
    /// The text, a paragraph a line.
    pub text: String,
    /// What the text was taken from.
    pub basis: TextBasis,
}

/// What an article's text was taken from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TextBasis {
    /// The article's page.
    Page,
    /// The article's page, which shows no more than the beginning.
    Beginning {
        /// Why, as a clause for people.
        problem: String,
    },
    /// The feed's own text, until the page can be read: people are told what it says already.
    FeedForNow {
        /// Why the page could not be used, as a clause for people.
        problem: String,
    },
    /// The feed's own text.
    Feed {
        /// Why the page could not be used, as a clause for people; absent where nobody tried it: the entry has no
        /// link, or the configuration asks for the feed's text.
        page_problem: Option<String>,
    },
}

impl TextBasis {
    /// Why the article's page did not give the whole text; absent where it did, or where nobody asked it.
    #[must_use]
    pub fn problem(&self) -> Option<&str> {
        match self {
            Self::Page => None,
            Self::Beginning { problem } | Self::FeedForNow { problem } => Some(problem),
            Self::Feed { page_problem } => page_problem.as_deref(),
        }
    }
}

impl fmt::Display for TextBasis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Page => f.write_str("page"),
            Self::Beginning { problem } => write!(f, "beginning ({problem})"),
            Self::FeedForNow { problem } => write!(f, "feed for now ({problem})"),
            Self::Feed { page_problem: None } => f.write_str("feed"),
            Self::Feed {
                page_problem: Some(problem),
            } => write!(f, "feed ({problem})"),
        }
    }
}

/// What readers of the feed see of an entry: they are searched beside the page, whatever the page says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FeedWords {
    /// The feed's own headline.
    pub title: Option<String>,
    /// The feed's own short text, without markup.
    pub summary: Option<String>,
}

/// What a query looks at: the borrowed fields of an article.
#[derive(Debug, Clone, Copy, Default)]
pub struct ArticleText<'a> {
    /// The headline.
    pub title: &'a str,
    /// The text, a paragraph a line.
    pub text: &'a str,
    /// The headline as the feed gives it; empty where there is no feed. It is searched beside the page's.
    pub feed_title: &'a str,
    /// The short text of the feed, without markup; searched beside the text.
    pub feed_summary: &'a str,
    /// Who wrote it.
    pub author: &'a str,
    /// The site: its host or name.
    pub source: &'a str,
    /// The labels of its feed.
    pub tags: &'a [String],
    /// Its address.
    pub url: &'a str,
    /// Its language as a BCP 47 tag.
    pub lang: &'a str,
}

impl<'a> ArticleText<'a> {
    /// Shows an article to a query; `paragraphs` is its text as [`paragraphs`] parts it, `tags` are those of its feed.
    #[must_use]
    pub fn of(article: &'a Article, paragraphs: &'a str, tags: &'a [String]) -> Self {
        Self {
            title: &article.title,
            text: paragraphs,
            feed_title: "",
            feed_summary: "",
            author: article.byline.as_deref().unwrap_or_default(),
            source: article
                .url
                .as_ref()
                .and_then(Url::host_str)
                .or(article.site.as_deref())
                .unwrap_or_default(),
            tags,
            url: article.url.as_ref().map_or("", Url::as_str),
            lang: article.lang.as_deref().unwrap_or_default(),
        }
    }

    /// Adds what readers of the feed see.
    #[must_use]
    pub fn with_feed(self, words: &'a FeedWords) -> Self {
        Self {
            feed_title: words.title.as_deref().unwrap_or_default(),
            feed_summary: words.summary.as_deref().unwrap_or_default(),
            ..self
        }
    }
}

/// Parts the paragraphs of an article, which stand one a line, by blank lines: only those end a phrase for a query,
/// as a line end inside a paragraph is a space to it.
#[must_use]
pub fn paragraphs(text: &str) -> String {
    text.replace('\n', "\n\n")
}
