//! Watches as the command line shows them: as they are written, what they raised, their days, and the senses of their
//! abbreviations in the articles that are kept.

use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::Serialize;

use super::in_view;
use super::watch::WatchRow;
use crate::alerting;
use crate::domain::{ArticleText, Feed, Per, Sensitivity, Timestamp, Watch, WatchDay, paragraphs};
use crate::matching::{Asks, Matcher, QueryProblem, WatchSource};
use crate::schedule::{day_of, is_weekend};
use crate::store::{Kept, KeptPlace, ShownFilter, Store, StoreError};
use crate::story::{self, Definition};

/// Newest alerts that are shown.
const SHOWN_ALERTS: usize = 5;

/// Days that are shown of what a watch found.
const SHOWN_DAYS: i64 = 14;

/// Days before a day by which it is judged.
const JUDGED_BY: i64 = 45;

/// Articles that are read together.
const PAGE: usize = 128;

/// A watch as it is written, and what it raised.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct WatchView {
    /// Its name.
    pub name: String,
    /// `enabled` or `paused`.
    pub state: &'static str,
    /// Its query as written; absent where it has a list of terms.
    pub query: Option<String>,
    /// Its terms as written; absent where it has a query.
    pub terms: Option<Vec<String>>,
    /// How urgent its alerts are.
    pub priority: &'static str,
    /// Its labels.
    pub tags: Vec<String>,
    /// How often it tells the same news: once a `report`, `story` or `article`.
    pub per: &'static str,
    /// The seconds in which people are told once.
    pub cooldown_s: Option<u64>,
    /// `off`, `low`, `normal` or `high`.
    pub spike: &'static str,
    /// What an abbreviation stands for.
    pub sense: Vec<String>,
    /// What it does not stand for.
    pub not_sense: Vec<String>,
    /// The feeds that it looks at; empty for all.
    pub feeds: Vec<String>,
    /// The channels that its `notify` names.
    pub channels: Vec<String>,
    /// Where it is written.
    pub place: Option<String>,
    /// The alerts it raised; absent where nothing has ever run.
    pub alerts: Option<AlertCounts>,
}

/// How many alerts were raised.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct AlertCounts {
    /// In 24 hours.
    #[serde(rename = "24h")]
    pub day: u64,
    /// In 7 days.
    #[serde(rename = "7d")]
    pub week: u64,
    /// In 30 days.
    #[serde(rename = "30d")]
    pub month: u64,
}

impl WatchView {
    /// A watch as it is written.
    #[must_use]
    pub fn of(watch: &Watch, source: &WatchSource, place: Option<String>) -> Self {
        let row = WatchRow::of(watch, Some(source), place);
        let (query, terms) = match &source.asks {
            Asks::Query(query) => (Some(query.clone()), None),
            Asks::Terms(terms) => (None, Some(terms.clone())),
        };
        Self {
            name: row.name,
            state: row.state,
            query,
            terms,
            priority: row.priority,
            tags: watch.tags.to_vec(),
            per: match watch.per {
                Per::Report => "report",
                Per::Story => "story",
                Per::Article => "article",
            },
            cooldown_s: watch.cooldown.map(|cooldown| cooldown.as_secs()),
            spike: watch.spike.map_or("off", Sensitivity::as_str),
            sense: watch.sense.to_vec(),
            not_sense: watch.not_sense.to_vec(),
            feeds: row.feeds,
            channels: row.tells,
            place: row.place,
            alerts: None,
        }
    }
}

/// Adds to watches how many alerts they raised.
///
/// # Errors
/// When the store cannot be read.
pub async fn add_counts(
    store: &Store,
    views: &mut [WatchView],
    now: Timestamp,
) -> Result<(), StoreError> {
    for view in views.iter_mut() {
        view.alerts = Some(AlertCounts::default());
    }
    for days in [1, 7, 30] {
        let counts = store.alerts_by_watch(before(now, days)).await?;
        for view in views.iter_mut() {
            let number = counts.get(&view.name).copied().unwrap_or_default();
            let counts = view.alerts.get_or_insert_default();
            match days {
                1 => counts.day = number,
                7 => counts.week = number,
                _ => counts.month = number,
            }
        }
    }
    Ok(())
}

fn before(now: Timestamp, days: i64) -> Timestamp {
    let span = jiff::SignedDuration::from_hours(days * 24);
    now.checked_sub(span).unwrap_or(Timestamp::MIN)
}

/// An alert in a line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AlertRow {
    /// Its id.
    pub id: String,
    /// When it was raised.
    pub at: Timestamp,
    /// The headline.
    pub title: String,
    /// Where to read it.
    pub url: Option<String>,
}

/// The newest alerts of a watch.
///
/// # Errors
/// When the store cannot be read.
pub async fn newest(store: &Store, watch: &Watch) -> Result<Vec<AlertRow>, StoreError> {
    let filter = ShownFilter {
        watch: Some(watch.name.clone()),
        limit: SHOWN_ALERTS,
        ..ShownFilter::default()
    };
    let shown = store.shown_alerts(filter).await?.into_iter();
    let rows = shown.map(|shown| AlertRow {
        id: shown.alert.id.0,
        at: shown.alert.raised_at,
        title: in_view(&shown.alert.title, 300),
        url: shown.alert.url.map(Into::into),
    });
    Ok(rows.collect())
}

/// What a watch found on a day, and what was to be expected.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct FoundDay {
    /// The day.
    pub date: Date,
    /// The stories that it found: reports of one event count once.
    pub stories: u32,
    /// How many were to be expected; absent while too few days are known.
    pub expected: Option<f64>,
    /// Whether they were far more than usual.
    pub spike: bool,
}

/// The last days of a watch on which newswatch ran, as the clocks of a zone have them, the oldest first.
///
/// # Errors
/// When the store cannot be read.
pub async fn days(
    store: &Store,
    watch: &Watch,
    zone: &TimeZone,
    now: Timestamp,
) -> Result<Vec<FoundDay>, StoreError> {
    let today = day_of(zone, now);
    let first = today - SHOWN_DAYS + 1;
    let from = first - JUDGED_BY;
    let days = store.watch_days(watch.name.clone(), from, today).await?;
    Ok(profile(&days, first))
}

/// The days from `first` on, each judged by those before it.
fn profile(days: &[WatchDay], first: i64) -> Vec<FoundDay> {
    let known: Vec<story::Day> = days
        .iter()
        .map(|day| story::Day {
            stories: day.stories,
            is_weekend: is_weekend(day.day),
            is_spike: day.is_spike,
        })
        .collect();
    let mut shown = Vec::new();
    for (at, day) in days.iter().enumerate() {
        let date = jiff::Span::new().try_days(day.day);
        let date = date.and_then(|days| Date::constant(1970, 1, 1).checked_add(days));
        let (Ok(date), true) = (date, day.day >= first) else {
            continue;
        };
        let before = known.get(..at).unwrap_or_default();
        let expected = story::expected(before, is_weekend(day.day));
        shown.push(FoundDay {
            date,
            stories: day.stories,
            expected: expected.map(|expected| expected.stories),
            spike: day.is_spike,
        });
    }
    shown
}

/// What the abbreviations that a watch found stand for in the articles that are kept.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct SensesSeen {
    /// Articles in which the watch found something.
    pub articles: usize,
    /// Those of them that do not say what an abbreviation stands for.
    pub unsaid: usize,
    /// What the others say, the most frequent first.
    pub senses: Vec<SenseSeen>,
}

/// What an abbreviation stands for in some articles.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SenseSeen {
    /// The letters.
    pub short: String,
    /// The words.
    pub long: String,
    /// Whether articles that say this are held.
    pub held: bool,
    /// How many articles say so.
    pub articles: usize,
}

/// Looks a watch's abbreviations up in articles.
#[derive(Debug)]
pub struct Senses<'c> {
    watch: &'c Watch,
    feeds: &'c [Feed],
    matcher: Matcher,
    seen: SensesSeen,
    counts: BTreeMap<(String, String, bool), usize>,
}

impl<'c> Senses<'c> {
    /// Reads the watch, whether it is paused or not; none where it does not ask for senses.
    ///
    /// # Errors
    /// The mistakes of its query.
    pub fn new(
        watch: &'c Watch,
        source: &WatchSource,
        aliases: &[(String, String)],
        feeds: &'c [Feed],
    ) -> Result<Option<Self>, Vec<QueryProblem>> {
        if watch.sense.is_empty() && watch.not_sense.is_empty() {
            return Ok(None);
        }
        Ok(Some(Self {
            watch,
            feeds,
            matcher: Matcher::compile(aliases, std::slice::from_ref(source))?,
            seen: SensesSeen::default(),
            counts: BTreeMap::new(),
        }))
    }

    /// Looks through the articles that came in at `since` or later.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn run(mut self, store: &Store, since: Timestamp) -> Result<SensesSeen, StoreError> {
        let mut below: Option<KeptPlace> = None;
        loop {
            let articles = store.kept_articles(since, below, PAGE).await?;
            let Some(last) = articles.last() else {
                break;
            };
            below = Some(last.place);
            for kept in &articles {
                self.look_at(kept);
            }
        }
        let counts = self.counts.into_iter();
        let mut senses: Vec<SenseSeen> = counts
            .map(|((short, long, held), articles)| SenseSeen {
                short,
                long,
                held,
                articles,
            })
            .collect();
        senses.sort_by_key(|one| std::cmp::Reverse(one.articles));
        Ok(SensesSeen {
            senses,
            ..self.seen
        })
    }

    fn look_at(&mut self, kept: &Kept) {
        let feed = self.feeds.iter().find(|feed| feed.url == kept.feed_url);
        let is_looked_at = feed.map_or(self.watch.feeds.is_empty(), |feed| {
            alerting::looks_at(self.watch, feed, kept.feed_title.as_deref())
        });
        if !is_looked_at {
            return;
        }
        let tags = feed.map_or(&[][..], |feed| &feed.tags);
        let paragraphs = paragraphs(&kept.article.text);
        let text = ArticleText::of(&kept.article, &paragraphs, tags).with_feed(&kept.feed_words);
        let Some(hit) = self.matcher.hits(&text).into_iter().next() else {
            return;
        };
        self.seen.articles += 1;
        let definitions = story::definitions(&kept.article.text);
        let (own, others) = (&self.watch.sense, &self.watch.not_sense);
        let other = story::other_sense(&hit.terms, &definitions, own, others);
        let said = said(&hit.terms, &definitions);
        if said.is_empty() {
            self.seen.unsaid += 1;
        }
        for one in said {
            let held = other.is_some_and(|other| other.long == one.long);
            *self.counts.entry((one.short, one.long, held)).or_default() += 1;
        }
    }
}

/// What an article says of the abbreviations among the terms.
fn said(terms: &[String], definitions: &[Definition]) -> Vec<Definition> {
    let mut said = Vec::new();
    for term in terms {
        let short = term.trim_matches(['=', '"', '\'']);
        let long = story::sense(short, definitions, &[]);
        let one = long.map(|long| Definition {
            short: short.to_owned(),
            long: long.to_owned(),
        });
        said.extend(one.filter(|one| !said.contains(one)));
    }
    said
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_judged_by_those_before_it_and_the_first_days_by_none() {
        let days: Vec<WatchDay> = (100..120)
            .map(|day| WatchDay {
                day,
                stories: if day == 119 { 9 } else { 2 },
                is_spike: day == 119,
            })
            .collect();
        let shown = profile(&days, 110);
        assert_eq!(shown.len(), 10);
        assert_eq!(shown[0].date, Date::constant(1970, 4, 21));
        assert_eq!(shown[0].expected, None);
        assert_eq!(shown[9].stories, 9);
        assert!(shown[9].spike);
        assert!((shown[9].expected.unwrap() - 2.0).abs() < 1e-9);
    }
}
