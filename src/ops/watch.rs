//! A watch as a page shows it: what it looks for, its days, its newest alerts, where they come from.

use std::collections::HashMap;

use serde::Serialize;

use super::days::{Day, Days};
use super::in_view;
use super::now::{ReportRow, numbers, reports};
use super::prose::prose;
use crate::domain::{ArticleText, FeedSelector, Watch, WrittenPlaces};
use crate::matching::{Asks, ClauseKind, ClauseReport, Example, Matcher, WatchSource};
use crate::store::{Opinion, ShownFilter, Store, StoreError};

/// Alerts that are looked at for outlets and terms.
const LOOKED_AT: usize = 500;

/// Outlets that are named.
const SHOWN_OUTLETS: usize = 6;

/// Newest reports that are shown.
const SHOWN_REPORTS: usize = 10;

/// The longest that is shown of a query in words and of a test, in characters.
const MAX_CHARS: usize = 1_000;

/// A watch as a page shows it.
#[derive(Debug, Clone, Serialize)]
pub struct WatchDetail {
    /// The watch.
    pub watch: WatchRow,
    /// What it looks for, in plain words.
    pub prose: String,
    /// Its tests, those that must match first.
    pub tests: Vec<WatchTest>,
    /// Its days, the oldest first.
    pub days: Vec<Day>,
    /// Alerts of these days.
    pub told: u64,
    /// Held matches of these days.
    pub held: u64,
    /// The newest reports that it told of.
    pub newest: Vec<ReportRow>,
    /// Who published what it told of, the most first.
    pub outlets: Vec<(String, usize)>,
    /// Alerts of outlets that are not named.
    pub other_outlets: usize,
    /// The terms that were found, the most first; then those that never were.
    pub terms: Vec<(String, usize)>,
    /// The languages of the articles, the most first.
    pub langs: Vec<(String, usize)>,
    /// Marked alerts among those looked at.
    pub marked: usize,
    /// Those of them that are marked useful, in percent.
    pub useful: Option<usize>,
}

/// A test of a watch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct WatchTest {
    /// The text.
    pub text: String,
    /// Whether the watch must fire on it; else it must not.
    pub must_match: bool,
    /// Whether it does.
    pub passes: bool,
}

/// What a watch looks for, as its query says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// Its terms, in their order: what it must not find is none of them.
    pub terms: Vec<String>,
    /// The query in plain words.
    pub prose: String,
    /// Its tests.
    pub tests: Vec<WatchTest>,
}

/// A watch as it is written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct WatchRow {
    /// Its name.
    pub name: String,
    /// `enabled` or `paused`.
    pub state: &'static str,
    /// Its query; a list of terms as one.
    pub query: String,
    /// How urgent its alerts are.
    pub priority: &'static str,
    /// The channels that it tells.
    pub tells: Vec<String>,
    /// The feeds that it looks at; empty for all.
    pub feeds: Vec<String>,
    /// Where it is written.
    pub place: Option<String>,
}

impl WatchRow {
    /// Joins a watch with what it looks for.
    #[must_use]
    pub fn of(watch: &Watch, source: Option<&WatchSource>, place: Option<String>) -> Self {
        let mut tells: Vec<String> = Vec::new();
        for destination in watch.notify.iter() {
            if !tells.contains(&destination.channel.0) {
                tells.push(destination.channel.0.clone());
            }
        }
        let feeds = watch.feeds.iter().map(|selector| match selector {
            FeedSelector::Tag(tag) => format!("tag:{tag}"),
            FeedSelector::Feed(name) => name.clone(),
        });
        Self {
            name: watch.name.0.clone(),
            state: if watch.is_enabled {
                "enabled"
            } else {
                "paused"
            },
            query: source.map(query_of).unwrap_or_default(),
            priority: watch.priority.as_str(),
            tells,
            feeds: feeds.collect(),
            place,
        }
    }
}

/// What a watch looks for, as one text.
fn query_of(source: &WatchSource) -> String {
    match &source.asks {
        Asks::Query(query) => query.clone(),
        Asks::Terms(terms) => terms.join("  ·  "),
    }
}

/// A watch in a list: as it is written, and in numbers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct WatchListed {
    /// The watch.
    #[serde(flatten)]
    pub row: WatchRow,
    /// Alerts of today.
    pub today: u64,
    /// Matches of today that were held.
    pub held: u64,
    /// Alerts of these days that somebody has marked.
    pub marked: u64,
    /// Those of them that are marked useful, in percent.
    pub useful: Option<u64>,
    /// The days, the oldest first.
    pub days: Vec<Day>,
}

/// The watches in their order, in numbers.
///
/// # Errors
/// When the store fails.
pub async fn listed(
    store: &Store,
    configured: &[Watch],
    sources: &[WatchSource],
    places: &WrittenPlaces,
    days: Days,
) -> Result<Vec<WatchListed>, StoreError> {
    let counts = store.days(days.since(), days.offset_ms).await?;
    let marks = store.marks_by_watch(days.since()).await?;
    let rows = watches(configured, sources, places).into_iter();
    let listed = rows.zip(numbers(configured, &counts, &marks, days));
    let listed = listed.map(|(row, numbers)| WatchListed {
        row,
        today: numbers.today,
        held: numbers.held,
        marked: numbers.marked,
        useful: numbers.useful,
        days: numbers.days,
    });
    Ok(listed.collect())
}

/// The watches in their order.
#[must_use]
pub fn watches(
    watches: &[Watch],
    sources: &[WatchSource],
    places: &WrittenPlaces,
) -> Vec<WatchRow> {
    watches
        .iter()
        .enumerate()
        .map(|(place, watch)| WatchRow::of(watch, sources.get(place), places.get(place)))
        .collect()
}

/// Tells all of a watch; `asked` is what it looks for.
///
/// # Errors
/// When the store fails.
pub async fn watch(
    store: &Store,
    row: WatchRow,
    asked: Asked,
    days: Days,
) -> Result<WatchDetail, StoreError> {
    let name = crate::domain::WatchName(row.name.clone());
    let counts = store.days(days.since(), days.offset_ms).await?;
    let of_watch = days.of_watch(&counts, Some(&name));
    let filter = |limit| ShownFilter {
        watch: Some(name.clone()),
        limit,
        ..ShownFilter::default()
    };
    let (newest, _) = reports(store, filter(SHOWN_REPORTS)).await?;
    let alerts = store
        .shown_alerts(ShownFilter {
            since: Some(days.since()),
            ..filter(LOOKED_AT)
        })
        .await?;
    let outlet = |shown: &crate::store::ShownAlert| {
        let alert = &shown.alert;
        let named = alert
            .source
            .clone()
            .or_else(|| alert.feeds.first().cloned());
        named.into_iter().collect::<Vec<_>>()
    };
    let mut outlets = most(alerts.iter().flat_map(outlet));
    let others = outlets.split_off(outlets.len().min(SHOWN_OUTLETS));
    let marks: Vec<Opinion> = alerts
        .iter()
        .filter_map(|shown| Some(shown.mark.as_ref()?.0))
        .collect();
    let useful = marks
        .iter()
        .filter(|mark| **mark == Opinion::Useful)
        .count();
    Ok(WatchDetail {
        watch: row,
        prose: asked.prose,
        tests: asked.tests,
        told: of_watch.iter().map(|day| day.told).sum(),
        held: of_watch.iter().map(|day| day.held).sum(),
        days: of_watch,
        newest,
        outlets,
        other_outlets: others.iter().map(|(_, alerts)| alerts).sum(),
        terms: with_unused(
            most(
                alerts
                    .iter()
                    .flat_map(|shown| shown.alert.found.terms.clone()),
            ),
            asked.terms,
        ),
        langs: most(alerts.iter().filter_map(|shown| shown.lang.clone())),
        marked: marks.len(),
        useful: (!marks.is_empty()).then(|| useful * 100 / marks.len()),
    })
}

/// What the watch at a place of the matcher looks for, and whether its tests pass.
#[must_use]
pub fn asked(matcher: &Matcher, place: usize, examples: &[Example]) -> Asked {
    let explanation = matcher.explain(place, &ArticleText::default());
    let clause = explanation.as_ref().map(|explanation| &explanation.clause);
    let mut terms = Vec::new();
    if let Some(clause) = clause {
        add_terms(clause, &mut terms);
    }
    let test = |example: &Example| WatchTest {
        text: in_view(&example.text, MAX_CHARS),
        must_match: example.must_match,
        passes: example.passes(matcher, place),
    };
    Asked {
        terms,
        prose: clause.map_or_else(String::new, |clause| in_view(&prose(clause), MAX_CHARS)),
        tests: examples.iter().map(test).collect(),
    }
}

fn add_terms(clause: &ClauseReport, terms: &mut Vec<String>) {
    match clause.kind {
        ClauseKind::Not => {}
        ClauseKind::Term if !terms.contains(&clause.text) => terms.push(clause.text.clone()),
        _ => clause
            .clauses
            .iter()
            .for_each(|inner| add_terms(inner, terms)),
    }
}

/// Adds the terms that were never found.
fn with_unused(mut found: Vec<(String, usize)>, asked: Vec<String>) -> Vec<(String, usize)> {
    for term in asked {
        if !found.iter().any(|(known, _)| *known == term) {
            found.push((term, 0));
        }
    }
    found
}

/// Counts texts, the most frequent first.
fn most(texts: impl Iterator<Item = String>) -> Vec<(String, usize)> {
    let mut counts: HashMap<String, usize> = HashMap::new();
    for text in texts {
        *counts.entry(text).or_default() += 1;
    }
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.sort_by(|one, other| other.1.cmp(&one.1).then_with(|| one.0.cmp(&other.0)));
    counts
}
