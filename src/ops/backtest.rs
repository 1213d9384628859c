//! What watches would have found among the articles that are kept, and what a change of them adds and removes.
//!
//! Reads the store page by page and matches on every core. A page that several feeds announce counts once for a watch,
//! as it raises one alert.

use std::collections::{BTreeMap, HashSet};
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use jiff::civil::Date;
use jiff::tz::Offset;
use url::Url;

use super::in_order::{Event, in_order};
use crate::alerting;
use crate::domain::{ArticleText, Feeds, Hit, Timestamp, Watch, paragraphs};
use crate::matching::{self, Matcher};
use crate::parse;
use crate::store::{Kept, KeptPlace, Store, StoreError};

/// Articles that are read and matched together; some of these pages are in memory at a time.
pub(super) const PAGE: usize = 128;

/// Examples that are kept for a watch: the newest.
const EXAMPLES: usize = 5;

/// The longest sentence of an example, in characters.
const MAX_SENTENCE_CHARS: usize = 300;

/// Watches that look back.
#[derive(Debug, Clone)]
pub struct Lookback {
    /// The watches, in the order of the matcher.
    pub watches: Vec<Watch>,
    /// The watches, compiled.
    pub matcher: Arc<Matcher>,
    /// The configured feeds by their address.
    pub feeds: Feeds,
}

/// What came of looking back.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Backtest {
    /// How many articles were looked at.
    pub articles: usize,
    /// The watches in their order; after them those that only the older configuration has.
    pub watches: Vec<WatchTally>,
}

/// What one watch would have found.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct WatchTally {
    /// Its name.
    pub watch: String,
    /// What it finds.
    pub found: Tally,
    /// What the older one had not found; empty where nothing is compared.
    pub added: Tally,
    /// What only the older one had found.
    pub removed: Tally,
}

/// Hits, counted.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Tally {
    /// How many articles.
    pub hits: usize,
    /// How many on each day (UTC) on which articles came in.
    pub days: BTreeMap<Date, usize>,
    /// How many of each source.
    pub sources: BTreeMap<String, usize>,
    /// The newest, the newest first.
    pub examples: Vec<Example>,
}

/// One hit, to look at.
#[derive(Debug, Clone, PartialEq)]
pub struct Example {
    /// When its article came in.
    pub at: Timestamp,
    /// The headline.
    pub title: String,
    /// Where to read it.
    pub url: Option<Url>,
    /// The host or the name of its site.
    pub source: String,
    /// The sum of the weights of the terms found.
    pub score: f64,
    /// The sentence with the first of them.
    pub sentence: String,
}

impl Tally {
    /// The sources with the most hits, the most first.
    #[must_use]
    pub fn top_sources(&self, limit: usize) -> Vec<(&str, usize)> {
        let mut sources: Vec<(&str, usize)> = self
            .sources
            .iter()
            .map(|(source, hits)| (source.as_str(), *hits))
            .collect();
        // Stable: sources with as many hits stay in the order of their names.
        sources.sort_by_key(|(_, hits)| std::cmp::Reverse(*hits));
        sources.truncate(limit);
        sources
    }

    fn add(&mut self, hit: &LookedBack) {
        self.hits += 1;
        let day = Offset::UTC.to_datetime(hit.at).date();
        *self.days.entry(day).or_default() += 1;
        *self.sources.entry(hit.source.clone()).or_default() += 1;
        if self.examples.len() < EXAMPLES {
            self.examples.extend(hit.example.clone());
        }
    }
}

/// Looks back on the articles that came in at `since` or later.
///
/// With an older set of watches the two are compared, watch by watch of the same name. `advanced` is called with the
/// number of articles of each page that is done.
///
/// # Errors
/// When the store cannot be read.
pub async fn backtest(
    store: Store,
    look: Lookback,
    older: Option<Lookback>,
    since: Timestamp,
    advanced: impl Fn(usize) + Send + 'static,
) -> Result<Backtest, StoreError> {
    let runtime = tokio::runtime::Handle::current();
    let looking = tokio::task::spawn_blocking(move || {
        let sides = Sides::new(look, older);
        let mut result = Backtest {
            articles: 0,
            watches: sides.empty_tallies(),
        };
        let mut seen = HashSet::new();
        let mut failure = None;
        let pages = Pages::of(|below| runtime.block_on(store.kept_articles(since, below, PAGE)));
        in_order(
            pages,
            |page| page.map(|page| (page.len(), sides.look_at(&page))),
            |event| {
                match event {
                    Event::Idle => {}
                    Event::Done(Ok((articles, hits))) => {
                        result.articles += articles;
                        advanced(articles);
                        count(hits, &mut seen, &mut result.watches, &sides.shown);
                    }
                    Event::Done(Err(error)) => {
                        failure = Some(error);
                        return ControlFlow::Break(());
                    }
                }
                ControlFlow::Continue(())
            },
        );
        failure.map_or(Ok(result), Err)
    });
    match looking.await {
        Ok(result) => result,
        Err(ended) => match ended.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            Err(_) => Err(StoreError::Closed),
        },
    }
}

/// The pages of the store, one after the other.
pub(super) struct Pages<F> {
    read: F,
    below: Option<KeptPlace>,
    is_over: bool,
}

impl<F> Pages<F> {
    /// The pages that `read` gives, each below the last place of the one before.
    pub(super) fn of(read: F) -> Self {
        Self {
            read,
            below: None,
            is_over: false,
        }
    }
}

impl<F: FnMut(Option<KeptPlace>) -> Result<Vec<Kept>, StoreError>> Iterator for Pages<F> {
    type Item = Result<Vec<Kept>, StoreError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.is_over {
            return None;
        }
        let page = (self.read)(self.below);
        let last = page.as_ref().ok().and_then(|page| page.last());
        self.below = last.map(|last| last.place);
        self.is_over = last.is_none();
        match page {
            Ok(page) if page.is_empty() => None,
            page => Some(page),
        }
    }
}

/// Which of the two sets of watches found an article.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum By {
    /// Both, or the only one there is.
    Present,
    /// The present one alone.
    PresentAlone,
    /// The older one alone.
    OlderAlone,
}

/// A hit of one watch.
struct LookedBack {
    /// The place of the watch among the tallies.
    tally: usize,
    by: By,
    /// What its page is known by.
    key: Arc<str>,
    at: Timestamp,
    source: String,
    /// Absent where it stands no chance to be shown: finding a sentence takes longer than the match.
    example: Option<Example>,
}

/// How many examples a watch has already, for those who work on the next pages; never more than it has.
#[derive(Debug, Default)]
struct Shown {
    found: AtomicUsize,
    added: AtomicUsize,
    removed: AtomicUsize,
}

impl Shown {
    fn update(&self, tally: &WatchTally) {
        self.found
            .store(tally.found.examples.len(), Ordering::Relaxed);
        self.added
            .store(tally.added.examples.len(), Ordering::Relaxed);
        self.removed
            .store(tally.removed.examples.len(), Ordering::Relaxed);
    }

    fn has_room(&self, by: By) -> bool {
        let has_room = |shown: &AtomicUsize| shown.load(Ordering::Relaxed) < EXAMPLES;
        match by {
            By::Present => has_room(&self.found),
            By::PresentAlone => has_room(&self.found) || has_room(&self.added),
            By::OlderAlone => has_room(&self.removed),
        }
    }
}

/// The present watches, and the older ones they are compared with.
struct Sides {
    present: Lookback,
    older: Option<Lookback>,
    names: Vec<String>,
    /// For each watch of the older ones its place among the tallies.
    older_tallies: Vec<usize>,
    /// For each tally how many examples it has.
    shown: Vec<Shown>,
}

impl Sides {
    fn new(present: Lookback, older: Option<Lookback>) -> Self {
        let mut names: Vec<String> = present
            .watches
            .iter()
            .map(|watch| watch.name.0.clone())
            .collect();
        let mut older_tallies = Vec::new();
        for watch in older.iter().flat_map(|older| &older.watches) {
            let known = names.iter().position(|name| *name == watch.name.0);
            older_tallies.push(known.unwrap_or_else(|| {
                names.push(watch.name.0.clone());
                names.len() - 1
            }));
        }
        Self {
            present,
            older,
            shown: names.iter().map(|_| Shown::default()).collect(),
            names,
            older_tallies,
        }
    }

    fn empty_tallies(&self) -> Vec<WatchTally> {
        self.names
            .iter()
            .map(|name| WatchTally {
                watch: name.clone(),
                ..WatchTally::default()
            })
            .collect()
    }

    /// The hits on a page, in the order of its articles.
    fn look_at(&self, page: &[Kept]) -> Vec<LookedBack> {
        let mut on_page: BTreeMap<(usize, By), usize> = BTreeMap::new();
        let mut hits = Vec::new();
        for kept in page {
            let paragraphs = paragraphs(&kept.article.text);
            let text = ArticleText::of(&kept.article, &paragraphs, &[]).with_feed(&kept.feed_words);
            let link = kept.link.as_ref().map(parse::canonical_link);
            let key: Arc<str> = link.unwrap_or_else(|| kept.place.entry.to_string()).into();
            for (tally, by, hit) in self.hits(kept, &paragraphs) {
                let on_page = on_page.entry((tally, by)).or_default();
                *on_page += 1;
                // Some of a page may turn out to be known; twice as many as needed are enough.
                let is_shown = *on_page <= 2 * EXAMPLES
                    && self
                        .shown
                        .get(tally)
                        .is_some_and(|shown| shown.has_room(by));
                hits.push(LookedBack {
                    tally,
                    by,
                    key: Arc::clone(&key),
                    at: kept.place.at,
                    source: text.source.to_owned(),
                    example: is_shown.then(|| example(kept, &text, &hit)),
                });
            }
        }
        hits
    }

    fn hits(&self, kept: &Kept, paragraphs: &str) -> Vec<(usize, By, Hit)> {
        let present = self.present.hits(kept, paragraphs);
        let Some(older) = &self.older else {
            let alone = present.into_iter().map(|hit| (hit.watch, By::Present, hit));
            return alone.collect();
        };
        let mut before: BTreeMap<usize, Hit> = older
            .hits(kept, paragraphs)
            .into_iter()
            .filter_map(|hit| Some((*self.older_tallies.get(hit.watch)?, hit)))
            .collect();
        let mut hits = Vec::new();
        for hit in present {
            let by = match before.remove(&hit.watch) {
                Some(_) => By::Present,
                None => By::PresentAlone,
            };
            hits.push((hit.watch, by, hit));
        }
        let gone = before.into_iter();
        hits.extend(gone.map(|(tally, hit)| (tally, By::OlderAlone, hit)));
        hits
    }
}

impl Lookback {
    /// The hits of the watches that look at the article's feed. A feed that is no longer configured has no labels, and
    /// only watches that look at all feeds look at it.
    pub(super) fn hits(&self, kept: &Kept, paragraphs: &str) -> Vec<Hit> {
        let feed = self.feeds.get(&kept.feed_url);
        let tags = feed.map_or(&[][..], |feed| &feed.tags);
        let text = ArticleText::of(&kept.article, paragraphs, tags);
        let mut hits = self.matcher.hits(&text);
        hits.retain(|hit| {
            self.watches.get(hit.watch).is_some_and(|watch| match feed {
                Some(feed) => alerting::looks_at(watch, feed, kept.feed_title.as_deref()),
                None => watch.feeds.is_empty(),
            })
        });
        hits
    }
}

fn example(kept: &Kept, text: &ArticleText<'_>, hit: &Hit) -> Example {
    Example {
        at: kept.place.at,
        title: kept.article.title.clone(),
        url: kept.article.url.clone(),
        source: text.source.to_owned(),
        score: hit.score,
        sentence: matching::sentence(text, hit, MAX_SENTENCE_CHARS),
    }
}

/// Adds hits to the tallies; a page that a watch has already found does not count again.
fn count(
    hits: Vec<LookedBack>,
    seen: &mut HashSet<(usize, Arc<str>)>,
    tallies: &mut [WatchTally],
    shown: &[Shown],
) {
    for hit in hits {
        let Some(tally) = tallies.get_mut(hit.tally) else {
            continue;
        };
        if !seen.insert((hit.tally, Arc::clone(&hit.key))) {
            continue;
        }
        match hit.by {
            By::Present => tally.found.add(&hit),
            By::PresentAlone => {
                tally.found.add(&hit);
                tally.added.add(&hit);
            }
            By::OlderAlone => tally.removed.add(&hit),
        }
        if let Some(shown) = shown.get(hit.tally) {
            shown.update(tally);
        }
    }
}
