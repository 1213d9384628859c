//! What a change of the configuration would have done to each reader: what would have reached him, and what not.
//!
//! Both configurations are tried on the articles that are kept: watches, their feeds, priorities and channels, and routes. What
//! only delays or joins messages is not tried, and told as a change of settings. A page that several feeds announce, or several
//! watches find, counts once for a reader.

use std::collections::{BTreeMap, HashMap};
use std::ops::ControlFlow;
use std::sync::Arc;

use serde::Serialize;

use super::backtest::{Lookback, PAGE, Pages};
use super::channel_list::Timing;
use super::in_order::{Event, in_order};
use crate::alerting::{Routed, destinations};
use crate::domain::{ChannelName, Destination, Route, Shown, Timestamp, paragraphs};
use crate::parse;
use crate::store::{Kept, Store, StoreError};

/// Articles that are named of each change.
const EXAMPLES: usize = 5;

/// One of two configurations that are compared.
#[derive(Debug, Clone)]
pub struct Side {
    /// Its watches, all of them, as they look back.
    pub look: Lookback,
    /// Its routes.
    pub routes: Vec<Route>,
    /// Whom its channels tell, and when.
    pub readers: Vec<(Destination, Timing)>,
}

/// What a change would have done.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Plan {
    /// How many articles were looked at.
    pub articles: usize,
    /// The readers, in the order of the channels; those that only the older configuration has after them.
    pub readers: Vec<ReaderPlan>,
}

/// What a change would have done to a reader.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ReaderPlan {
    /// The channel.
    pub channel: String,
    /// The mail address, for a channel that has several.
    pub recipient: Option<String>,
    /// Whether the reader is `kept`, `new` or `gone`.
    pub state: &'static str,
    /// Articles that he would have been told of as it was.
    pub before: usize,
    /// Articles that he would have been told of with the change.
    pub after: usize,
    /// Those that he was not told of before.
    pub added: usize,
    /// Those that he is told of no more.
    pub removed: usize,
    /// The newest of both.
    pub changes: Vec<ArticleChange>,
    /// What is different in when he is told.
    pub settings: Vec<SettingChange>,
}

/// An article that a reader is told of in one of the two configurations alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ArticleChange {
    /// `added` or `removed`.
    pub change: &'static str,
    /// When it came in.
    pub at: Timestamp,
    /// The headline.
    pub title: String,
    /// Where to read it.
    pub url: Option<String>,
    /// The watches that tell him of it.
    pub watches: Vec<String>,
}

/// A setting of a channel that is different.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SettingChange {
    /// The key, as `channel show --json` has it.
    pub key: String,
    /// What it was.
    pub before: serde_json::Value,
    /// What it is.
    pub after: serde_json::Value,
}

/// Compares two configurations on the articles that came in at `since` or later. `advanced` is called with the number of
/// articles of each page that is done.
///
/// # Errors
/// When the store cannot be read.
pub async fn plan(
    store: Store,
    older: Side,
    present: Side,
    since: Timestamp,
    advanced: impl Fn(usize) + Send + 'static,
) -> Result<Plan, StoreError> {
    let runtime = tokio::runtime::Handle::current();
    let looking = tokio::task::spawn_blocking(move || {
        let mut told = Told::default();
        let mut failure = None;
        let pages = Pages::of(|below| runtime.block_on(store.kept_articles(since, below, PAGE)));
        in_order(
            pages,
            |page| {
                page.map(|page| {
                    let ways = page.iter().map(|kept| ways(kept, &older, &present));
                    ways.collect::<Vec<_>>()
                })
            },
            |event| {
                match event {
                    Event::Idle => {}
                    Event::Done(Ok(articles)) => {
                        told.articles += articles.len();
                        advanced(articles.len());
                        for ways in articles {
                            told.add(ways);
                        }
                    }
                    Event::Done(Err(error)) => {
                        failure = Some(error);
                        return ControlFlow::Break(());
                    }
                }
                ControlFlow::Continue(())
            },
        );
        match failure {
            None => Ok(told.into_plan(&older, &present)),
            Some(error) => Err(error),
        }
    });
    match looking.await {
        Ok(result) => result,
        Err(ended) => match ended.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            Err(_) => Err(StoreError::Closed),
        },
    }
}

/// Whom an article is told, in each configuration.
struct Ways {
    key: Arc<str>,
    at: Timestamp,
    title: String,
    url: Option<String>,
    /// The reader, the watch, and whether it is the present configuration.
    to: Vec<(Destination, String, bool)>,
}

fn ways(kept: &Kept, older: &Side, present: &Side) -> Ways {
    let paragraphs = paragraphs(&kept.article.text);
    let mut to = Vec::new();
    for (side, is_present) in [(older, false), (present, true)] {
        for (watch, destination) in side.ways(kept, &paragraphs) {
            to.push((destination, watch, is_present));
        }
    }
    let link = kept.link.as_ref().map(parse::canonical_link);
    let url = kept.article.url.as_ref().or(kept.link.as_ref());
    Ways {
        key: link.unwrap_or_else(|| kept.place.entry.to_string()).into(),
        at: kept.place.at,
        title: Shown::up_to(&kept.article.title, 300).into(),
        url: url.map(ToString::to_string),
        to,
    }
}

impl Side {
    fn ways(&self, kept: &Kept, paragraphs: &str) -> Vec<(String, Destination)> {
        let feed = self.look.feeds.get(&kept.feed_url);
        let mut all = Vec::new();
        for hit in self.look.hits(kept, paragraphs) {
            let Some(watch) = self.look.watches.get(hit.watch) else {
                continue;
            };
            let routed = Routed {
                watch,
                feed,
                feed_title: kept.feed_title.as_deref(),
                language: kept.article.lang.as_deref(),
                priority: watch.priority,
            };
            let to = destinations(&routed, &self.routes, kept.place.at);
            all.extend(to.into_iter().map(|to| (watch.name.0.clone(), to)));
        }
        all
    }
}

/// An article that a reader is told of.
struct ToldOf {
    at: Timestamp,
    title: String,
    url: Option<String>,
    before: Vec<String>,
    after: Vec<String>,
}

/// What each reader is told of.
#[derive(Default)]
struct Told {
    articles: usize,
    readers: BTreeMap<(ChannelName, Option<String>), HashMap<Arc<str>, ToldOf>>,
}

impl Told {
    fn add(&mut self, ways: Ways) {
        for (to, watch, is_present) in ways.to {
            let reader = self.readers.entry((to.channel, to.recipient)).or_default();
            let told = reader
                .entry(Arc::clone(&ways.key))
                .or_insert_with(|| ToldOf {
                    at: ways.at,
                    title: ways.title.clone(),
                    url: ways.url.clone(),
                    before: Vec::new(),
                    after: Vec::new(),
                });
            let watches = if is_present {
                &mut told.after
            } else {
                &mut told.before
            };
            if !watches.contains(&watch) {
                watches.push(watch);
            }
        }
    }

    fn into_plan(mut self, older: &Side, present: &Side) -> Plan {
        let mut readers = Vec::new();
        let of = |side: &Side, to: &Destination| {
            let found = side.readers.iter().find(|(known, _)| known == to);
            found.map(|(_, timing)| timing.clone())
        };
        for (to, timing) in &present.readers {
            let before = of(older, to);
            let state = if before.is_some() { "kept" } else { "new" };
            let settings = before.map(|before| changes(&before, timing));
            readers.push(self.reader(to, state, settings.unwrap_or_default()));
        }
        let gone = older.readers.iter();
        for (to, _) in gone.filter(|(to, _)| of(present, to).is_none()) {
            readers.push(self.reader(to, "gone", Vec::new()));
        }
        Plan {
            articles: self.articles,
            readers,
        }
    }

    fn reader(
        &mut self,
        to: &Destination,
        state: &'static str,
        settings: Vec<SettingChange>,
    ) -> ReaderPlan {
        let key = (to.channel.clone(), to.recipient.clone());
        let told = self.readers.remove(&key).unwrap_or_default();
        let mut told: Vec<ToldOf> = told.into_values().collect();
        told.sort_by(|one, other| {
            other
                .at
                .cmp(&one.at)
                .then_with(|| one.title.cmp(&other.title))
        });
        let mut plan = ReaderPlan {
            channel: to.channel.0.clone(),
            recipient: to.recipient.clone(),
            state,
            settings,
            ..ReaderPlan::default()
        };
        for article in told {
            plan.count(article);
        }
        plan
    }
}

impl ReaderPlan {
    fn count(&mut self, told: ToldOf) {
        self.before += usize::from(!told.before.is_empty());
        self.after += usize::from(!told.after.is_empty());
        let (change, watches) = match (told.before.is_empty(), told.after.is_empty()) {
            (true, false) => ("added", told.after),
            (false, true) => ("removed", told.before),
            _ => return,
        };
        let count = if change == "added" {
            &mut self.added
        } else {
            &mut self.removed
        };
        *count += 1;
        if *count <= EXAMPLES {
            self.changes.push(ArticleChange {
                change,
                at: told.at,
                title: told.title,
                url: told.url,
                watches,
            });
        }
    }

    /// Whether nothing is different for him.
    #[must_use]
    pub fn is_same(&self) -> bool {
        self.state == "kept" && self.added + self.removed == 0 && self.settings.is_empty()
    }
}

/// What is different between two ways to be told.
fn changes(before: &Timing, after: &Timing) -> Vec<SettingChange> {
    let fields = |timing| match serde_json::to_value(timing) {
        Ok(serde_json::Value::Object(fields)) => fields,
        _ => serde_json::Map::new(),
    };
    let mut old = fields(before);
    let pairs = fields(after).into_iter();
    pairs
        .filter_map(|(key, after)| {
            let before = old.remove(&key).unwrap_or_default();
            (before != after).then_some(SettingChange { key, before, after })
        })
        .collect()
}
