//! Feeds as the command line lists them: as they are written, and how they are.

use std::collections::HashMap;

use serde::Serialize;

use super::days::Days;
use super::feed::{EntryRow, newest};
use super::status::{FeedView, feed_view};
use crate::alerting;
use crate::domain::{ArticleMode, Feed, FirstPoll, Timestamp, Watch, WrittenPlaces};
use crate::store::{FeedLine, Store, StoreError};

/// Entries that are shown of a feed.
const SHOWN_ENTRIES: usize = 10;

/// A feed as it is written, and how it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FeedListing {
    /// How it is, as a status tells it.
    #[serde(flatten)]
    pub feed: FeedView,
    /// Its labels.
    pub tags: Vec<String>,
    /// The seconds from one poll to the next.
    pub every_s: u64,
    /// Whether that is only where adapting to its own rhythm starts.
    pub adapts: bool,
    /// What happens to the entries that it holds at its first poll: `skip`, `alert`, or an age as `86400s`.
    pub first_poll: String,
    /// Where the text of its articles comes from: `auto`, `never`, or `rule`.
    pub article: &'static str,
    /// Whether it is a page that lists articles.
    pub listing: bool,
    /// Where it is written.
    pub place: Option<String>,
}

/// A feed with all that is shown of it.
#[derive(Debug, Clone, Serialize)]
pub struct FeedShown {
    /// The feed.
    #[serde(flatten)]
    pub feed: FeedListing,
    /// The watches that look at it.
    pub watches: Vec<String>,
    /// Its newest entries and what became of them.
    pub newest: Vec<EntryRow>,
}

/// The feeds in the order of the configuration; where nothing has ever run, as they are written.
///
/// # Errors
/// When the store cannot be read.
pub async fn feeds(
    store: Option<&Store>,
    configured: &[Feed],
    places: &WrittenPlaces,
    now: Timestamp,
) -> Result<Vec<FeedListing>, StoreError> {
    let lines = match store {
        Some(store) => store.report().await?.feeds,
        None => Vec::new(),
    };
    // A lookup of its own: joining by search would take a minute for 20,000 feeds.
    let mut known: HashMap<_, _> = lines
        .into_iter()
        .map(|line| (line.url.clone(), line))
        .collect();
    let listed = configured.iter().enumerate().map(|(place, feed)| {
        let line = known.remove(&feed.url);
        let line = line.unwrap_or_else(|| FeedLine::unread(feed.url.clone(), feed.name.clone()));
        listing(feed, &line, places.get(place), now)
    });
    Ok(listed.collect())
}

fn listing(feed: &Feed, line: &FeedLine, place: Option<String>, now: Timestamp) -> FeedListing {
    FeedListing {
        feed: feed_view(line, now),
        tags: feed.tags.clone(),
        every_s: feed.every.as_secs(),
        adapts: feed.adapts,
        first_poll: match feed.first_poll {
            FirstPoll::Skip => "skip".to_owned(),
            FirstPoll::Alert => "alert".to_owned(),
            FirstPoll::Within(age) => format!("{}s", age.as_secs()),
        },
        article: match feed.article {
            ArticleMode::Auto => "auto",
            ArticleMode::Never => "never",
            ArticleMode::Rule(_) => "rule",
        },
        listing: feed.listing.is_some(),
        place,
    }
}

/// Tells all of a feed.
///
/// # Errors
/// When the store cannot be read.
pub async fn feed(
    store: Option<&Store>,
    mut listing: FeedListing,
    configured: &Feed,
    watches: &[Watch],
    days: Days,
) -> Result<FeedShown, StoreError> {
    let title = listing.feed.name.clone();
    let looks = |watch: &&Watch| {
        watch.is_enabled && alerting::looks_at(watch, configured, title.as_deref())
    };
    let watches = watches.iter().filter(looks);
    let watches = watches.map(|watch| watch.name.0.clone()).collect();
    let id = listing.feed.id;
    let mut entries = Vec::new();
    if let Some(store) = store {
        let hours = store.polls_since(id, days.since()).await?;
        listing.feed.polls = Some(days.of_polls(&hours));
        entries = newest(store, id, SHOWN_ENTRIES).await?;
    }
    Ok(FeedShown {
        feed: listing,
        watches,
        newest: entries,
    })
}
