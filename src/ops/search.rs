//! Looking through the articles that are kept, in the language of the watches.

use std::collections::HashSet;

use serde::Serialize;
use url::Url;

use crate::domain::{ArticleText, Shown, Timestamp, paragraphs};
use crate::matching::{self, Asks, Matcher, Place, QueryProblem, WatchSource};
use crate::parse;
use crate::store::{Kept, KeptPlace, Store, StoreError};

/// Articles that are read together.
const PAGE: usize = 128;

/// The longest sentence that is shown, in characters.
const MAX_SENTENCE_CHARS: usize = 300;

/// What is looked for.
#[derive(Debug)]
pub struct Search {
    matcher: Matcher,
    /// What in the query may mean something else than it seems to.
    pub traps: Vec<QueryProblem>,
}

/// What was found, the newest first.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SearchPage {
    /// The articles.
    pub items: Vec<SearchHit>,
    /// How many articles were looked at.
    pub looked_at: usize,
    /// Whether there may be more.
    pub is_cut: bool,
}

/// An article that was found, as people see it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SearchHit {
    /// When it came in.
    pub at: Timestamp,
    /// The headline.
    pub title: String,
    /// Where to read it.
    pub url: Option<String>,
    /// The site.
    pub source: String,
    /// The feed that announced it.
    pub feed: Option<String>,
    /// When it was published, with the offset its author used.
    pub published: Option<String>,
    /// The sum of the weights of the terms found.
    pub score: f64,
    /// The sentence with the first of them.
    pub excerpt: String,
}

impl Search {
    /// Reads a query, in which the aliases of a configuration may stand.
    ///
    /// # Errors
    /// Every mistake in it.
    pub fn new(query: &str, aliases: &[(String, String)]) -> Result<Self, Vec<QueryProblem>> {
        let source = WatchSource {
            name: "search".into(),
            asks: Asks::Query(query.to_owned()),
            min_score: None,
            stem: None,
            fold: None,
        };
        let sources = [source];
        let (compiled, mut traps) = Matcher::compile_with_traps(aliases, &sources);
        let matcher = compiled?;
        // Those of the aliases are told by `check`.
        traps.retain(|trap| matches!(trap.place, Place::Query(_)));
        Ok(Self { matcher, traps })
    }

    /// Looks through the articles that came in at `since` or later, until `limit` are found.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn run(
        &self,
        store: &Store,
        since: Timestamp,
        limit: usize,
    ) -> Result<SearchPage, StoreError> {
        let mut page = SearchPage {
            items: Vec::new(),
            looked_at: 0,
            is_cut: false,
        };
        let mut seen = HashSet::new();
        let mut below: Option<KeptPlace> = None;
        loop {
            let articles = store.kept_articles(since, below, PAGE).await?;
            let Some(last) = articles.last() else {
                return Ok(page);
            };
            below = Some(last.place);
            for kept in &articles {
                page.looked_at += 1;
                let Some(hit) = self.look_at(kept) else {
                    continue;
                };
                // A page that several feeds announce is found once.
                let link = kept.link.as_ref().or(kept.article.url.as_ref());
                if link.is_some_and(|link| !seen.insert(parse::canonical_link(link))) {
                    continue;
                }
                if page.items.len() >= limit {
                    page.is_cut = true;
                    return Ok(page);
                }
                page.items.push(hit);
            }
        }
    }

    fn look_at(&self, kept: &Kept) -> Option<SearchHit> {
        let article = &kept.article;
        let paragraphs = paragraphs(&article.text);
        let text = ArticleText::of(article, &paragraphs, &[]).with_feed(&kept.feed_words);
        let hit = self.matcher.hits(&text).into_iter().next()?;
        let link: Option<&Url> = article.url.as_ref().or(kept.link.as_ref());
        Some(SearchHit {
            at: kept.place.at,
            title: Shown::of(&article.title).into(),
            url: link.map(ToString::to_string),
            source: Shown::of(text.source).into(),
            feed: kept
                .feed_title
                .as_deref()
                .map(|feed| Shown::of(feed).into()),
            published: article.published.map(|at| at.to_string()),
            score: hit.score,
            excerpt: matching::sentence(&text, &hit, MAX_SENTENCE_CHARS),
        })
    }
}
