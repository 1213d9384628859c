//! A match that was found, and the alert that is raised for it or the reason why it is held.

use std::fmt;

use url::Url;

use super::{AlertId, EntryId, LocalTimestamp, Priority, StoryId, Timestamp, WatchName};

/// A watch that fired on an article, with what people need to see why.
#[derive(Debug, Clone, PartialEq)]
pub struct Match {
    /// The watch.
    pub watch: WatchName,
    /// The sum of the weights of the terms found.
    pub score: f64,
    /// The terms met, as the author of the watch wrote them.
    pub terms: Vec<String>,
    /// The sentence in which the first of them was found.
    pub sentence: String,
}

/// What people are told: a watch, a story, and the sentence that matched.
#[derive(Debug, Clone, PartialEq)]
pub struct Alert {
    /// Its name, the same for life.
    pub id: AlertId,
    /// The watch, its terms and the sentence.
    pub found: Match,
    /// How urgent it is.
    pub priority: Priority,
    /// The story it belongs to.
    pub story: StoryId,
    /// The entry whose article matched.
    pub entry: EntryId,
    /// The feed that announced it, by name; several when more than one did.
    pub feeds: Vec<String>,
    /// The headline.
    pub title: String,
    /// Where to read it.
    pub url: Option<Url>,
    /// The site's name.
    pub source: Option<String>,
    /// When the article was published.
    pub published: Option<LocalTimestamp>,
    /// True when the text came from the feed alone, because the page could not be read.
    pub summary_only: bool,
    /// When it was raised.
    pub raised_at: Timestamp,
}

/// A match that raised no alert.
#[derive(Debug, Clone, PartialEq)]
pub struct Held {
    /// The watch, its terms and the sentence.
    pub found: Match,
    /// Why nobody is told.
    pub reason: HoldReason,
}

/// Why a match raises no alert.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HoldReason {
    /// The watch has already raised an alert for this story.
    StoryKnown,
    /// The article's feed was taken out of the configuration before the article was matched.
    FeedRemoved,
}

impl HoldReason {
    /// The word for it in the store and in JSON.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::StoryKnown => "story-known",
            Self::FeedRemoved => "feed-removed",
        }
    }
}

impl fmt::Display for HoldReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::StoryKnown => "the watch has already raised an alert for this story",
            Self::FeedRemoved => "its feed was taken out of the configuration",
        })
    }
}
