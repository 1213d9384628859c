//! A watch: what is looked for, where, and who is told.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::{Destination, Sensitivity};

/// The name of a watch; unique in a configuration.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WatchName(pub String);

impl fmt::Display for WatchName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What is asked for besides the query itself, which `matching` compiles.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Watch {
    /// Its name.
    pub name: WatchName,
    /// False while it is paused: it neither matches nor alerts.
    pub is_enabled: bool,
    /// The feeds it looks at; empty for all.
    pub feeds: Box<[FeedSelector]>,
    /// Where its alerts go; most watches share one list.
    pub notify: Arc<[Destination]>,
    /// How urgent its alerts are.
    pub priority: Priority,
    /// Labels, for routes.
    pub tags: Box<[String]>,
    /// People are told once in this time; what comes meanwhile joins the next message.
    pub cooldown: Option<Duration>,
    /// Articles that are older when they are found raise no alert.
    pub max_age: Option<Duration>,
    /// Watches that raise no alert for a story for which this one has raised one.
    pub mutes: Box<[WatchName]>,
    /// How often the same news is told.
    pub per: Per,
    /// What an abbreviation that it looks for stands for: an article that says it stands for something else is held.
    pub sense: Box<[String]>,
    /// What it does not stand for.
    pub not_sense: Box<[String]>,
    /// How readily it tells that it finds far more stories than usual; none where it does not.
    pub spike: Option<Sensitivity>,
    /// How long after an alert its page is looked at again, the shortest first; empty for never.
    pub revisit: Cow<'static, [Duration]>,
}

/// How often a watch tells the same news.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Per {
    /// Once for an article and its copies, and again for what a copy adds.
    #[default]
    Report,
    /// Once for all reports of one event.
    Story,
    /// For every article.
    Article,
}

/// How urgent an alert is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Priority {
    /// Worth reading some time.
    Low,
    /// The default.
    #[default]
    Normal,
    /// Worth interrupting for.
    High,
}

impl Priority {
    /// The word for it in configurations, mails and webhooks.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Normal => "normal",
            Self::High => "high",
        }
    }

    /// The priority of this word; none for any other.
    #[must_use]
    pub fn named(word: &str) -> Option<Self> {
        [Self::Low, Self::Normal, Self::High]
            .into_iter()
            .find(|priority| priority.as_str() == word)
    }
}

/// Feeds that a watch is restricted to: those with a tag, or one by its name or URL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FeedSelector {
    /// `tag:asia`
    Tag(String),
    /// A feed's name or URL.
    Feed(String),
}

/// A part of an article that can match.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    /// The headline.
    Title,
    /// The text.
    Body,
    /// The headline as the feed gives it, beside the page's.
    FeedTitle,
    /// The short text of the feed, beside the page's.
    FeedSummary,
    /// Who wrote it.
    Author,
    /// The site.
    Source,
    /// The labels of the feed.
    Tag,
    /// The address.
    Url,
    /// The language.
    Lang,
}

impl Field {
    /// The word for it in JSON and, but for those of the feed, in queries: there `title:` and `body:` mean both.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Title => "title",
            Self::Body => "body",
            Self::FeedTitle => "feed_title",
            Self::FeedSummary => "feed_summary",
            Self::Author => "author",
            Self::Source => "source",
            Self::Tag => "tag",
            Self::Url => "url",
            Self::Lang => "lang",
        }
    }

    /// The name of it for people: something stands "in the …".
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::FeedTitle => "feed's headline",
            Self::FeedSummary => "feed's summary",
            other => other.as_str(),
        }
    }
}

/// Where in a field something matched; offsets count code points, `end` is the first one after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    /// The field.
    pub field: Field,
    /// The first code point.
    pub start: usize,
    /// The code point after the last.
    pub end: usize,
}

/// One watch that matched one article.
#[derive(Debug, Clone, PartialEq)]
pub struct Hit {
    /// The place of the watch in the list that the matcher was made of.
    pub watch: usize,
    /// The sum of the weights of the terms found.
    pub score: f64,
    /// Every place that matched, in order of field and offset; the first thousands if an article is made to have more.
    pub spans: Vec<Span>,
    /// The terms of the query that were met, as its author wrote them, each once.
    pub terms: Vec<String>,
}
