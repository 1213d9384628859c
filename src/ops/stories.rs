//! Stories as people see them: which articles tell of one event, which are copies, and what these add.

use std::collections::BTreeSet;

use serde::Serialize;
use url::Url;

use super::alerts::ChangeView;
use super::in_view;
use super::now::direction;
use crate::domain::{StoryLine, StoryReport, Timestamp, shown_url};
use crate::store::{self, Store, StoreError};

/// Changes of a story that are shown.
const SHOWN_CHANGES: usize = 20;

/// A story in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StoryRow {
    /// Its number.
    pub story: i64,
    /// The headline of its first article.
    pub title: String,
    /// When its first article was seen.
    pub first_at: Timestamp,
    /// When its last own report was seen.
    pub last_at: Timestamp,
    /// How many reports of it are no copies.
    pub reports: i64,
}

/// What an article is in its story.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum StoryPart {
    /// The first that told it.
    First,
    /// A report of its own.
    Own,
    /// A report that somebody had before.
    Copy,
}

/// An article of a story.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StoryArticle {
    /// The report; copies have that of the article that they repeat.
    pub report: i64,
    /// What it is in the story.
    pub part: StoryPart,
    /// When it was seen.
    pub at: Timestamp,
    /// The seconds since the first.
    pub after_s: i64,
    /// The feed.
    pub outlet: String,
    /// The headline; absent when the text is not kept any more.
    pub title: Option<String>,
    /// The address.
    pub url: Option<String>,
    /// The language.
    pub lang: Option<String>,
    /// The direction of its writing: `ltr` or `rtl`.
    pub dir: &'static str,
    /// Words that a copy has in common with what it repeats.
    pub same_words: Option<i64>,
    /// Of how many.
    pub of_words: Option<i64>,
    /// The sentences of a copy that the report did not have.
    pub delta_sentences: Vec<String>,
}

/// What an alerted article says otherwise than when somebody was told of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StoryChange {
    /// When that was found.
    pub at: Timestamp,
    /// The feed.
    pub outlet: String,
    /// The address.
    pub url: Option<String>,
    /// In which ways it differs: `headline`, `matched_sentence`, ..., `text`, `vanished`.
    pub kinds: Vec<String>,
    /// The sentences that differ.
    pub changes: Vec<ChangeView>,
}

/// A story with its articles.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StoryView {
    /// Its number.
    pub story: i64,
    /// When its first article was seen.
    pub first_at: Timestamp,
    /// When its last article was seen, copies too.
    pub last_at: Timestamp,
    /// How many reports of it are no copies.
    pub reports: usize,
    /// Who has told it, in alphabetical order.
    pub outlets: Vec<String>,
    /// Its languages.
    pub langs: Vec<String>,
    /// What changed after an alert, the newest first.
    pub changes: Vec<StoryChange>,
    /// Its articles, in the order in which they came.
    pub articles: Vec<StoryArticle>,
}

/// The stories that went on last, the newest first.
///
/// # Errors
/// When the store cannot be read.
pub async fn stories(store: &Store, limit: usize) -> Result<Vec<StoryRow>, StoreError> {
    let lines = store.stories(limit).await?.into_iter();
    let row = |line: StoryLine| StoryRow {
        story: line.id,
        title: line.title,
        first_at: line.first_at,
        last_at: line.last_at,
        reports: line.reports,
    };
    Ok(lines.map(row).collect())
}

/// One story; nothing where there is none of this number.
///
/// # Errors
/// When the store cannot be read.
pub async fn story(store: &Store, id: i64) -> Result<Option<StoryView>, StoreError> {
    let told = store.story(id).await?;
    let times = told.iter().map(|one| one.at);
    let (Some(first_at), Some(last_at)) = (times.clone().min(), times.max()) else {
        return Ok(None);
    };
    let mut reports = BTreeSet::new();
    let mut articles = Vec::new();
    for one in told {
        let is_new = reports.insert(one.report.0);
        let part = if articles.is_empty() {
            StoryPart::First
        } else if is_new && one.copied.is_none() {
            StoryPart::Own
        } else {
            StoryPart::Copy
        };
        articles.push(article(one, part, first_at));
    }
    let changes = store.story_changes(id, SHOWN_CHANGES).await?;
    let outlets: BTreeSet<&str> = articles.iter().map(|one| one.outlet.as_str()).collect();
    let langs: BTreeSet<&str> = articles
        .iter()
        .filter_map(|one| one.lang.as_deref())
        .collect();
    Ok(Some(StoryView {
        story: id,
        first_at,
        last_at,
        reports: reports.len(),
        outlets: outlets.into_iter().map(str::to_owned).collect(),
        langs: langs.into_iter().map(str::to_owned).collect(),
        changes: changes.into_iter().map(change).collect(),
        articles,
    }))
}

fn change(found: store::StoryChange) -> StoryChange {
    StoryChange {
        at: found.at,
        outlet: outlet_of(&found.outlet),
        url: found.url.filter(|text| is_page(text)),
        kinds: found.kinds,
        changes: found.changes.iter().map(ChangeView::of).collect(),
    }
}

/// A feed without a name is called by its address, which may hold a secret.
fn outlet_of(name: &str) -> String {
    Url::parse(name).map_or_else(|_| in_view(name, 200), |url| shown_url(&url))
}

/// Whether a text is the address of a page.
fn is_page(text: &str) -> bool {
    Url::parse(text).is_ok_and(|url| url.scheme().starts_with("http"))
}

fn article(told: StoryReport, part: StoryPart, first_at: Timestamp) -> StoryArticle {
    StoryArticle {
        report: told.report.0,
        part,
        at: told.at,
        after_s: told.at.duration_since(first_at).as_secs(),
        outlet: outlet_of(&told.outlet),
        title: told.title,
        url: told.url.filter(|text| is_page(text)),
        dir: direction(told.lang.as_deref()),
        lang: told.lang,
        same_words: told.copied.map(|(same, _)| same),
        of_words: told.copied.map(|(_, of)| of),
        delta_sentences: told.delta,
    }
}
