//! Why a match raises no alert.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{AlertId, Timestamp};

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
    /// Whether the match is news that the watch looks for, whoever is told of it.
    #[must_use]
    pub fn is_of_news(&self) -> bool {
        match self {
            Self::StoryKnown { .. }
            | Self::Copy { .. }
            | Self::Muted { .. }
            | Self::Silenced(_)
            | Self::Acknowledged { .. } => true,
            Self::OtherSense { .. } | Self::FeedRemoved | Self::TooOld { .. } => false,
        }
    }

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

impl HoldReason {
    /// What several that were held for the reason of this word are called, after their number: `3 older than their watch
    /// wants`.
    #[must_use]
    pub fn counted_as(word: &str) -> &'static str {
        let known = COUNTED_AS.iter().find(|(reason, _)| *reason == word);
        known.map_or("for another reason", |(_, words)| words)
    }
}

/// What is said of several that were held, by the word of their reason.
const COUNTED_AS: [(&str, &str); 8] = [
    ("story-known", "told before"),
    ("copy", "copies of what was told before"),
    ("other-sense", "with another sense of an abbreviation"),
    ("feed-removed", "of a feed that was taken out"),
    ("too-old", "older than their watch wants"),
    ("muted", "muted by another watch"),
    ("silenced", "silenced"),
    ("acknowledged", "acknowledged by somebody"),
];

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
            assert_ne!(
                HoldReason::counted_as(reason.as_str()),
                "for another reason"
            );
            assert_eq!(
                serde_json::from_value::<HoldReason>(stored).unwrap(),
                reason
            );
        }
    }
}
