//! From matches to alerts: which entries are news, which watches look at a feed, who is told.
//!
//! A match walks a chain of gates; each lets it pass or holds it with a reason that is kept.

mod bundle;

use std::time::Duration;

use crate::domain::{
    Alert, AlertId, Article, Bundle, Entry, EntryId, EntryKey, Feed, FeedSelector, FirstPoll, Held,
    HoldReason, InstallationId, Leg, Match, Past, Raised, Reading, TextBasis, TextState, Timestamp,
    Watch,
};

pub use bundle::bundle;

/// Splits the entries of a poll into those that are to be read and those that only count as seen.
#[must_use]
pub fn news(
    entries: Vec<Entry>,
    is_first_poll: bool,
    policy: FirstPoll,
    now: Timestamp,
) -> (Vec<Entry>, Vec<Entry>) {
    if !is_first_poll {
        return (entries, Vec::new());
    }
    match policy {
        FirstPoll::Alert => (entries, Vec::new()),
        FirstPoll::Skip => (Vec::new(), entries),
        FirstPoll::Within(age) => entries
            .into_iter()
            .partition(|entry| is_younger(entry, age, now)),
    }
}

fn is_younger(entry: &Entry, age: Duration, now: Timestamp) -> bool {
    entry
        .published
        .or(entry.updated)
        .and_then(|published| published.checked_add(age).ok())
        .is_some_and(|end| end >= now)
}

/// Whether a watch looks at a feed, here known by its configured name and its own title.
#[must_use]
pub fn looks_at(watch: &Watch, feed: &Feed, feed_title: Option<&str>) -> bool {
    watch.feeds.is_empty()
        || watch.feeds.iter().any(|selector| match selector {
            FeedSelector::Tag(tag) => feed.tags.contains(tag),
            FeedSelector::Feed(name) => {
                feed.name.as_deref() == Some(name)
                    || feed.url.as_str() == name
                    || feed_title == Some(name)
            }
        })
}

/// An article that matched, and what was decided before about the report it belongs to.
#[derive(Debug, Clone, Copy)]
pub struct Candidate<'a> {
    /// This installation.
    pub installation: &'a InstallationId,
    /// The entry the article was made of.
    pub entry: EntryId,
    /// The key by which its entry is known best.
    pub key: &'a EntryKey,
    /// Its feed.
    pub feed: &'a Feed,
    /// The article.
    pub article: &'a Article,
    /// When its entry was found.
    pub found_at: Timestamp,
    /// What was decided before about its report.
    pub past: &'a Past,
}

/// What becomes of a match.
#[derive(Debug, Clone, PartialEq)]
pub enum Decision {
    /// People are told.
    Raise(Box<Raised>),
    /// Nobody is told, for a reason that is kept.
    Hold(Held),
}

/// Decides whether a match raises an alert.
#[must_use]
pub fn decide(watch: &Watch, found: Match, candidate: &Candidate<'_>, now: Timestamp) -> Decision {
    match gates(watch, candidate) {
        Some(reason) => Decision::Hold(Held { found, reason }),
        None => Decision::Raise(Box::new(Raised {
            alert: alert(watch, found, candidate, now),
            episode: 0,
            legs: legs(watch, now),
        })),
    }
}

/// The chain: the first gate that does not let the match pass gives the reason.
fn gates(watch: &Watch, candidate: &Candidate<'_>) -> Option<HoldReason> {
    let told = candidate
        .past
        .alerts
        .iter()
        .find(|past| past.watch == watch.name)?;
    Some(HoldReason::StoryKnown {
        alert: told.id.clone(),
    })
}

/// The ways of an alert to people.
fn legs(watch: &Watch, now: Timestamp) -> Vec<Leg> {
    let leg = |destination: &crate::domain::Destination| Leg {
        destination: destination.clone(),
        bundle: Bundle::Alone,
        not_before: now,
    };
    watch.notify.iter().map(leg).collect()
}

fn alert(watch: &Watch, found: Match, candidate: &Candidate<'_>, now: Timestamp) -> Alert {
    let article = candidate.article;
    // A guid is unique within its feed alone, so the feed's address belongs to the name of an entry.
    let entry = format!("{}\n{}", candidate.feed.url, candidate.key.0);
    Alert {
        id: AlertId::derive(candidate.installation, &watch.name.0, &entry),
        found,
        priority: watch.priority,
        report: candidate.past.report,
        entry: candidate.entry,
        feeds: Vec::new(),
        title: article.title.clone(),
        url: article.url.clone(),
        source: article.site.clone(),
        published: article.published,
        summary_only: article.basis.problem().is_some(),
        reading: reading(article, candidate.found_at),
        raised_at: now,
    }
}

/// How an article was read, and why no more of it.
fn reading(article: &Article, found_at: Timestamp) -> Reading {
    let has_text = !article.text.trim().is_empty();
    let text = match &article.basis {
        TextBasis::Page => TextState::Full,
        TextBasis::Beginning { .. } => TextState::Beginning,
        TextBasis::Feed { .. } | TextBasis::FeedForNow { .. } if has_text => TextState::Summary,
        TextBasis::Feed { .. } | TextBasis::FeedForNow { .. } => TextState::Headline,
    };
    let reason = match &article.basis {
        TextBasis::Feed { page_problem: None } if article.url.is_none() => {
            Some("the feed gave no link".to_owned())
        }
        basis => basis.problem().map(str::to_owned),
    };
    Reading {
        lang: article.lang.clone(),
        text,
        text_reason: reason,
        found_at: Some(found_at),
        ..Reading::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{ArticleMode, PastAlert, Priority, Quote, ReportId, WatchName};

    fn published(text: &str) -> Entry {
        Entry {
            published: text.parse().ok(),
            ..Entry::default()
        }
    }

    fn now() -> Timestamp {
        "2026-11-23T12:00:00Z".parse().unwrap()
    }

    fn feed() -> Feed {
        Feed {
            url: "https://example.org/rss".parse().unwrap(),
            name: Some("Example".into()),
            every: Duration::from_mins(15),
            first_poll: FirstPoll::Skip,
            tags: vec!["asia".into()],
            article: ArticleMode::Auto,
            listing: None,
        }
    }

    fn watch(feeds: Vec<FeedSelector>) -> Watch {
        Watch {
            name: WatchName("East Sea".into()),
            feeds,
            notify: Vec::new(),
            priority: Priority::Normal,
        }
    }

    #[test]
    fn the_first_poll_counts_old_and_undated_entries_as_seen() {
        let entries = vec![
            published("2026-11-23T11:00:00Z"),
            published("2026-11-20T11:00:00Z"),
            Entry::default(),
        ];
        let day = FirstPoll::Within(Duration::from_hours(24));
        let (fresh, seen) = news(entries, true, day, now());
        assert_eq!(fresh, [published("2026-11-23T11:00:00Z")]);
        assert_eq!(seen.len(), 2);
    }

    #[test]
    fn after_the_first_poll_every_entry_is_news() {
        let (fresh, seen) = news(vec![Entry::default()], false, FirstPoll::Skip, now());
        assert_eq!((fresh.len(), seen.len()), (1, 0));
    }

    #[test]
    fn a_watch_looks_at_feeds_by_tag_name_url_or_at_all() {
        let selects = |feeds| looks_at(&watch(feeds), &feed(), Some("Example News"));
        assert!(selects(vec![]));
        assert!(selects(vec![FeedSelector::Tag("asia".into())]));
        assert!(!selects(vec![FeedSelector::Tag("africa".into())]));
        assert!(selects(vec![FeedSelector::Feed("Example".into())]));
        assert!(selects(vec![FeedSelector::Feed("Example News".into())]));
        assert!(selects(vec![FeedSelector::Feed(
            "https://example.org/rss".into()
        )]));
        assert!(!selects(vec![FeedSelector::Feed("Other".into())]));
    }

    #[test]
    fn a_watch_raises_one_alert_for_a_report() {
        let article = Article {
            url: None,
            title: "Talks resume".into(),
            byline: None,
            published: None,
            lang: None,
            site: None,
            text: "Talks resume.".into(),
            basis: TextBasis::Page,
        };
        let found = Match {
            watch: WatchName("East Sea".into()),
            score: 1.0,
            terms: vec!["talks".into()],
            sentence: "Talks resume.".into(),
            quote: Quote::default(),
        };
        let feed = feed();
        let past = Past {
            report: ReportId(1),
            alerts: Vec::new(),
        };
        let mut candidate = Candidate {
            installation: &InstallationId("i".into()),
            entry: EntryId(1),
            key: &EntryKey("guid:1".into()),
            feed: &feed,
            article: &article,
            found_at: now(),
            past: &past,
        };
        let watch = watch(vec![]);
        let first = decide(&watch, found.clone(), &candidate, now());
        let Decision::Raise(first) = first else {
            panic!("the first match of a report raises an alert");
        };

        let past = Past {
            alerts: vec![PastAlert {
                id: first.alert.id.clone(),
                watch: watch.name.clone(),
                episode: first.episode,
                raised_at: now(),
            }],
            ..past
        };
        candidate.past = &past;
        let again = decide(&watch, found, &candidate, now());
        let Decision::Hold(held) = again else {
            panic!("the second one is held");
        };
        let alert = first.alert.id;
        assert_eq!(held.reason, HoldReason::StoryKnown { alert });
    }
}
