//! Feeds as people see them: how each is, what to do about one that fails, what became of its entries.

use std::time::Duration;

use serde::Serialize;

use super::days::{Day, Days, PollDay};
use super::in_view;
use super::robots::{self, RobotsView};
use crate::domain::{Feed, FeedId, Timestamp, WrittenPlaces, shown_url};
use crate::store::{EntryLine, FeedLine, Paused, PollHour, Store, StoreError};

/// Entries that are shown of a feed.
const SHOWN_ENTRIES: usize = 30;

/// Entries of a feed that are counted by day.
const COUNTED_ENTRIES: usize = 5_000;

/// How far back its polls are told hour by hour.
const HOURS: Duration = Duration::from_hours(24);

/// How a feed is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum FeedState {
    /// Its last poll failed.
    Failing,
    /// Its server says that it is gone.
    Gone,
    /// Somebody has paused it.
    Paused,
    /// It is read without an error, and has had nothing new for longer than it is used to.
    Silent,
    /// It was never read.
    New,
    /// Its last poll was good.
    Fine,
}

impl FeedState {
    /// How a feed is.
    #[must_use]
    pub fn of(feed: &FeedLine) -> Self {
        if feed.paused.is_some() {
            Self::Paused
        } else if feed.gone {
            Self::Gone
        } else if feed.error.is_some() {
            Self::Failing
        } else if feed.last_success_at.is_none() {
            Self::New
        } else if feed.silent_since.is_some() {
            Self::Silent
        } else {
            Self::Fine
        }
    }
}

/// A feed as people see it.
#[derive(Debug, Clone, Serialize)]
pub struct FeedRow {
    /// Its number.
    pub id: i64,
    /// How it is.
    pub state: FeedState,
    /// What people call it.
    pub name: String,
    /// The address in the configuration.
    pub url: String,
    /// The address it is polled at.
    pub fetch_url: String,
    /// Its labels.
    pub tags: Vec<String>,
    /// Where it is written.
    pub place: Option<String>,
    /// Why the last poll failed.
    pub error: Option<String>,
    /// What can be done about that.
    pub advice: Option<&'static str>,
    /// Failed polls in a row.
    pub failures: u32,
    /// Since when it fails.
    pub failing_since: Option<Timestamp>,
    /// Since when it has had nothing new, where that is longer than it is used to.
    pub silent_since: Option<Timestamp>,
    /// When it was read last.
    pub last_success_at: Option<Timestamp>,
    /// When it is polled next.
    pub next_poll_at: Option<Timestamp>,
    /// The seconds between its polls.
    pub every_s: Option<u64>,
    /// How many of its entries are known.
    pub entries: u32,
    /// Why the page of its newest article could not be used.
    pub page_problem: Option<String>,
    /// What had to be mended at the last good poll.
    pub repairs: Vec<String>,
    /// While somebody has paused it.
    pub paused: Option<Paused>,
}

impl FeedRow {
    /// Joins what is stored of a feed with what the configuration says of it, and where.
    #[must_use]
    pub fn of(line: &FeedLine, feed: Option<&Feed>, place: Option<String>) -> Self {
        let state = FeedState::of(line);
        let rests = matches!(state, FeedState::Gone | FeedState::Paused);
        Self {
            id: line.id.0,
            state,
            name: line
                .name
                .as_deref()
                .map_or_else(|| host_of(line), |name| in_view(name, 200)),
            url: shown_url(&line.url),
            fetch_url: shown_url(&line.fetch_url),
            tags: feed.map(|feed| feed.tags.clone()).unwrap_or_default(),
            place,
            error: line.error.as_deref().map(|error| in_view(error, 400)),
            advice: line.error.as_deref().and_then(advice),
            failures: line.failures,
            failing_since: line.failing_since,
            silent_since: line.silent_since,
            last_success_at: line.last_success_at,
            next_poll_at: (!rests).then_some(line.next_poll_at),
            every_s: feed.map(|feed| feed.every.as_secs()),
            entries: line.entries,
            page_problem: line
                .page_problem
                .as_deref()
                .map(|problem| in_view(problem, 400)),
            repairs: line.repairs.clone(),
            paused: line.paused.clone(),
        }
    }
}

fn host_of(line: &FeedLine) -> String {
    line.url.host_str().unwrap_or_default().to_owned()
}

/// What can be done about a failure, by what its clause says.
fn advice(error: &str) -> Option<&'static str> {
    let error = error.to_lowercase();
    let advices = [
        (
            &["403", "401", "429", "robots"][..],
            "The site does not want to be asked by programs, or not so often. Raise every, and set contact under [http] so \
             that its owner can reach you. newswatch does not disguise itself.",
        ),
        (
            &["404", "410", "gone"],
            "There is nothing at this address any more. newswatch feeds discover finds the site's new one.",
        ),
        (
            &["not a feed", "no feed", "is no feed", "html"],
            "A web page came where a feed was expected. newswatch feeds discover finds the feed behind a page.",
        ),
        (
            &["not public", "private"],
            "The address is inside a network. Name it under allow_private of [http] if it is meant.",
        ),
        (
            &["certificate", "tls"],
            "The connection cannot be trusted. Its owner has to mend the certificate; newswatch does not go without.",
        ),
        (
            &["name", "dns", "resolve", "address"],
            "The host's name leads nowhere: it is mistyped, has gone, or the name servers cannot be reached.",
        ),
        (
            &[
                "connection",
                "timed out",
                "in time",
                "500",
                "502",
                "503",
                "504",
            ],
            "The server does not answer as it should. It is asked again, with growing waits; nothing is lost while it is away.",
        ),
    ];
    advices
        .iter()
        .find(|(words, _)| words.iter().any(|word| error.contains(word)))
        .map(|(_, advice)| *advice)
}

/// All feeds, those that need somebody first: failing longest, gone, silent longest, paused, new, fine by name.
///
/// # Errors
/// When the store fails.
pub async fn feeds(
    store: &Store,
    configured: &[Feed],
    places: &WrittenPlaces,
) -> Result<Vec<FeedRow>, StoreError> {
    let report = store.report().await?;
    // A lookup of its own: joining by search would take a minute for 20,000 feeds.
    let by_url: std::collections::HashMap<&str, usize> = configured
        .iter()
        .enumerate()
        .map(|(place, feed)| (feed.url.as_str(), place))
        .collect();
    let mut rows: Vec<FeedRow> = report
        .feeds
        .iter()
        .map(|line| {
            let place = by_url.get(line.url.as_str()).copied();
            let feed = place.and_then(|place| configured.get(place));
            FeedRow::of(line, feed, place.and_then(|place| places.get(place)))
        })
        .collect();
    rows.sort_by_cached_key(|row| {
        let group = match row.state {
            FeedState::Failing => 0,
            FeedState::Gone => 1,
            FeedState::Silent => 2,
            FeedState::Paused => 3,
            FeedState::New => 4,
            FeedState::Fine => 5,
        };
        let since = match row.state {
            FeedState::Failing => row.failing_since,
            FeedState::Silent => row.silent_since,
            FeedState::Gone | FeedState::Paused | FeedState::New | FeedState::Fine => None,
        };
        (group, since, row.name.to_lowercase(), row.id)
    });
    Ok(rows)
}

/// A feed in a list, with its last days.
#[derive(Debug, Clone, Serialize)]
pub struct FeedListed {
    /// The feed.
    #[serde(flatten)]
    pub row: FeedRow,
    /// The entries that its polls brought on each day, the oldest first.
    pub new_by_day: Vec<u64>,
    /// How long after their publication its newest entries were found; absent where none says when it was published.
    pub seen_after: Option<SeenAfter>,
}

/// How long after its publication an entry is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct SeenAfter {
    /// The seconds within which half of them were.
    pub p50_s: u64,
    /// The seconds within which nine of ten were.
    pub p90_s: u64,
}

impl SeenAfter {
    fn of(mut delays: Vec<Duration>) -> Option<Self> {
        delays.sort_unstable();
        let within = |tenths: usize| {
            let place = (delays.len() * tenths).div_ceil(10).saturating_sub(1);
            delays.get(place).map(Duration::as_secs)
        };
        Some(Self {
            p50_s: within(5)?,
            p90_s: within(9)?,
        })
    }
}

/// Adds to feeds what is known of their last days.
///
/// # Errors
/// When the store fails.
pub async fn with_pasts(
    store: &Store,
    rows: Vec<FeedRow>,
    days: Days,
) -> Result<Vec<FeedListed>, StoreError> {
    let ids = rows.iter().map(|row| FeedId(row.id)).collect();
    let pasts = store.feed_pasts(ids, days.since()).await?;
    let listed = rows.into_iter().zip(pasts).map(|(row, past)| FeedListed {
        row,
        new_by_day: days
            .of_polls(&past.hours)
            .iter()
            .map(|day| day.new_entries)
            .collect(),
        seen_after: SeenAfter::of(past.delays),
    });
    Ok(listed.collect())
}

/// A feed with its entries.
#[derive(Debug, Clone, Serialize)]
pub struct FeedDetail {
    /// The feed.
    pub feed: FeedRow,
    /// Its entries by the day they were found.
    pub days: Vec<Day>,
    /// How long after their publication its newest entries were found; absent where none says when it was published.
    pub seen_after: Option<SeenAfter>,
    /// Its polls by the day they were made.
    pub polls: Vec<PollDay>,
    /// Its polls of the last 24 hours, hour by hour, the newest first; an hour without any is left out.
    pub polls_by_hour: Vec<PollHourView>,
    /// What the sites of its newest articles ask robots not to read; where none is known, its own site.
    pub robots: Vec<RobotsView>,
    /// The newest entries and what became of them.
    pub newest: Vec<EntryRow>,
}

/// What became of the polls of an hour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct PollHourView {
    /// When the hour begins.
    pub begins_at: Timestamp,
    /// How often the feed was polled.
    pub polls: u32,
    /// How many of these polls failed.
    pub failed: u32,
    /// Entries that they brought and that were not known before.
    pub new_entries: u32,
}

impl PollHourView {
    /// Those since a time, the newest first; the hour that it is in is among them.
    fn since(since: Timestamp, hours: &[PollHour]) -> Vec<Self> {
        let view = |hour: &PollHour| Self {
            begins_at: hour.begins_at,
            polls: hour.polls,
            failed: hour.failed,
            new_entries: hour.new_entries,
        };
        let hours = hours.iter().rev().map(view);
        let is_within = |hour: &Self| hour.begins_at + Duration::from_hours(1) > since;
        hours.take_while(is_within).collect()
    }
}

/// An entry and what became of it.
#[derive(Debug, Clone, Serialize)]
pub struct EntryRow {
    /// The headline.
    pub title: String,
    /// The link.
    pub url: Option<String>,
    /// When it was published, as the feed says.
    pub published_at: Option<Timestamp>,
    /// When it was found.
    pub found_at: Timestamp,
    /// `alert`, `held`, `read`, `summary`, `waits`, `seen`.
    pub fate: &'static str,
    /// Why its page did not give the whole text.
    pub page_problem: Option<String>,
    /// The alert that it raised.
    pub alert: Option<String>,
}

/// One feed with its entries; `None` where there is no such feed.
///
/// # Errors
/// When the store fails.
pub async fn feed(
    store: &Store,
    configured: &[Feed],
    places: &WrittenPlaces,
    id: i64,
    days: Days,
    now: Timestamp,
) -> Result<Option<FeedDetail>, StoreError> {
    let Some(line) = store.feed_line(FeedId(id)).await? else {
        return Ok(None);
    };
    let found = store.found_times(FeedId(id), COUNTED_ENTRIES).await?;
    let mut counted = days.of_watch(&[], None);
    for at in found {
        let day = days.of(at);
        if let Some(counted) = counted.iter_mut().find(|counted| counted.day == day) {
            counted.told += 1;
        }
    }
    let pasts = store.feed_pasts(vec![FeedId(id)], days.since()).await?;
    let past = pasts.into_iter().next();
    let (hours, delays) = past.map_or_else(Default::default, |past| (past.hours, past.delays));
    let entries = store.entries_of(FeedId(id), SHOWN_ENTRIES).await?;
    let mut pages: Vec<_> = entries.iter().filter_map(|one| one.url.as_ref()).collect();
    if pages.is_empty() {
        pages.push(&line.url);
    }
    let since = now.checked_sub(HOURS).unwrap_or(Timestamp::MIN);
    let place = configured.iter().position(|feed| feed.url == line.url);
    Ok(Some(FeedDetail {
        robots: robots::of_sites(store, &pages).await?,
        polls_by_hour: PollHourView::since(since, &hours),
        seen_after: SeenAfter::of(delays),
        feed: FeedRow::of(
            &line,
            place.and_then(|place| configured.get(place)),
            place.and_then(|place| places.get(place)),
        ),
        days: counted,
        polls: days.of_polls(&hours),
        newest: entries.into_iter().map(entry_row).collect(),
    }))
}

/// The newest entries of a feed, and what became of them.
///
/// # Errors
/// When the store fails.
pub async fn newest(store: &Store, id: FeedId, limit: usize) -> Result<Vec<EntryRow>, StoreError> {
    let entries = store.entries_of(id, limit).await?;
    Ok(entries.into_iter().map(entry_row).collect())
}

fn entry_row(entry: EntryLine) -> EntryRow {
    let fate = match entry.state {
        3 => "seen",
        0 | 1 => "waits",
        _ if entry.alert.is_some() => "alert",
        _ if entry.held > 0 => "held",
        _ if entry.page_problem.is_some() => "summary",
        _ => "read",
    };
    EntryRow {
        title: in_view(entry.title.as_deref().unwrap_or("(no headline)"), 300),
        url: entry.url.map(String::from),
        published_at: entry.published_at,
        found_at: entry.found_at,
        fate,
        page_problem: entry.page_problem.map(|problem| in_view(&problem, 300)),
        alert: entry.alert.map(|alert| alert.0),
    }
}
