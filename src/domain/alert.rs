//! A match that was found, and the alert that is raised for it or the reason why it is held.

use url::Url;

use super::{
    AlertId, EntryId, HoldReason, Leg, LocalTimestamp, Priority, Quote, Reading, ReportId,
    StoryPast, Timestamp, WatchName,
};

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
    /// What is quoted of the article, with its marks.
    pub quote: Quote,
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
    /// The report that it tells of.
    pub report: ReportId,
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
    /// How the article was read.
    pub reading: Reading,
    /// What is to be said beside it: that a silence has ended.
    pub notes: Vec<String>,
    /// When it was raised.
    pub raised_at: Timestamp,
}

/// An alert, and its ways to people.
#[derive(Debug, Clone, PartialEq)]
pub struct Raised {
    /// The alert.
    pub alert: Alert,
    /// The how many-th alert of its watch for this report it is, from 0.
    pub episode: i64,
    /// When people are told of it, as far as its watch is concerned: later than now while the watch cools down.
    pub told_at: Timestamp,
    /// Its ways; none when the watch names no channel.
    pub legs: Vec<Leg>,
    /// When its page is looked at again; none where it never is.
    pub visit_at: Option<Timestamp>,
}

/// What was decided before about the report that an article belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Past {
    /// The report.
    pub report: ReportId,
    /// The alerts that were raised for it, the oldest first.
    pub alerts: Vec<PastAlert>,
    /// Its story, where it belongs to one.
    pub story: Option<StoryPast>,
}

/// An alert that was raised before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PastAlert {
    /// Its id.
    pub id: AlertId,
    /// Its watch.
    pub watch: WatchName,
    /// The how many-th alert of the watch it is for the report, from 0.
    pub episode: i64,
    /// Its headline.
    pub title: String,
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
