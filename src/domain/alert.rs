//! A match that was found, and the alert that is raised for it or the reason why it is held.

use std::fmt;

use serde::{Deserialize, Serialize};
use url::Url;

use super::{
    AlertId, EntryId, Leg, LocalTimestamp, Priority, Quote, Reading, ReportId, Timestamp, WatchName,
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
}

/// What was decided before about the report that an article belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Past {
    /// The report.
    pub report: ReportId,
    /// The alerts that were raised for it, the oldest first.
    pub alerts: Vec<PastAlert>,
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

/// Why a match raises no alert, with what the reason rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "reason", rename_all = "kebab-case")]
pub enum HoldReason {
    /// The watch has already raised an alert for this story.
    StoryKnown {
        /// That alert.
        alert: AlertId,
    },
    /// The article tells a report again for which the watch has raised an alert, and adds nothing that the watch looks for.
    Copy {
        /// That alert.
        alert: AlertId,
        /// Words that the report has too.
        same_words: usize,
        /// Of so many.
        of_words: usize,
    },
    /// The article says that an abbreviation stands for something else than the watch looks for.
    OtherSense {
        /// The abbreviation.
        short: String,
        /// What the article says that it stands for.
        long: String,
    },
    /// The article's feed was taken out of the configuration before the article was matched.
    FeedRemoved,
    /// The article was older than its watch allows when it was found.
    TooOld {
        /// When it was published.
        published: Timestamp,
        /// The greatest age, in seconds.
        max_age_s: u64,
    },
    /// Another watch that mutes this one has fired on the same story.
    Muted {
        /// That watch.
        by: String,
    },
    /// A silence holds it.
    Silenced(Box<SilencedBy>),
    /// Somebody has acknowledged the alert before it was told to others.
    Acknowledged {
        /// Who.
        by: String,
        /// When.
        at: Timestamp,
    },
}

/// The silence that holds an alert.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SilencedBy {
    /// Its number.
    pub silence: i64,
    /// Who wants it.
    pub author: String,
    /// Why.
    pub comment: String,
    /// Until when.
    pub until: Timestamp,
}

impl HoldReason {
    /// The word for it in the store and in JSON.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::StoryKnown { .. } => "story-known",
            Self::Copy { .. } => "copy",
            Self::OtherSense { .. } => "other-sense",
            Self::FeedRemoved => "feed-removed",
            Self::TooOld { .. } => "too-old",
            Self::Muted { .. } => "muted",
            Self::Silenced(_) => "silenced",
            Self::Acknowledged { .. } => "acknowledged",
        }
    }
}

impl fmt::Display for HoldReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::StoryKnown { alert } => write!(
                f,
                "the watch has already raised an alert for this story: {alert}"
            ),
            Self::Copy {
                alert,
                same_words,
                of_words,
            } => write!(
                f,
                "it is a copy of what the watch has raised an alert for: {same_words} of {of_words} words of {alert}"
            ),
            Self::OtherSense { short, long } => {
                write!(f, "in this article {short} stands for {long}")
            }
            Self::FeedRemoved => f.write_str("its feed was taken out of the configuration"),
            Self::TooOld {
                published,
                max_age_s,
            } => write!(
                f,
                "the article of {published} was older than max_age when it was found: {} h",
                max_age_s.div_ceil(3600)
            ),
            Self::Muted { by } => {
                write!(f, "muted by the watch {by}, which fired on the same story")
            }
            Self::Silenced(by) => write!(
                f,
                "silence {} by {} until {}: {}",
                by.silence, by.author, by.until, by.comment
            ),
            Self::Acknowledged { by, at } => write!(f, "acknowledged by {by} at {at}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_comes_back_from_the_store_as_itself() {
        for reason in [
            HoldReason::StoryKnown {
                alert: AlertId("alr_1".into()),
            },
            HoldReason::OtherSense {
                short: "PA".into(),
                long: "Port Authority".into(),
            },
            HoldReason::Copy {
                alert: AlertId("alr_1".into()),
                same_words: 62,
                of_words: 70,
            },
            HoldReason::FeedRemoved,
            HoldReason::TooOld {
                published: Timestamp::UNIX_EPOCH,
                max_age_s: 3600,
            },
            HoldReason::Muted { by: "Sea".into() },
            HoldReason::Silenced(Box::new(SilencedBy {
                silence: 1,
                author: "an".into(),
                comment: "known".into(),
                until: Timestamp::UNIX_EPOCH,
            })),
            HoldReason::Acknowledged {
                by: "an".into(),
                at: Timestamp::UNIX_EPOCH,
            },
        ] {
            let stored = serde_json::to_value(&reason).unwrap();
            assert_eq!(stored["reason"], reason.as_str());
            assert_eq!(
                serde_json::from_value::<HoldReason>(stored).unwrap(),
                reason
            );
        }
    }
}
