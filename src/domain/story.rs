//! Stories: what a report is compared by with others of its event, and what is known of a story.

use std::sync::Arc;

use super::{ReportId, Timestamp};

/// What a report is put to a story by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoryMark {
    /// The terms that tell it from others, as hashes.
    pub terms: Vec<u32>,
    /// What it is about, as the store keeps it.
    pub profile: String,
    /// Its language, empty where it is not known.
    pub language: String,
    /// Its headline.
    pub title: String,
    /// When it came.
    pub at: Timestamp,
}

/// A report of a story.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoryMember {
    /// The report.
    pub report: ReportId,
    /// When it came.
    pub at: Timestamp,
    /// Its language.
    pub language: Arc<str>,
    /// What it is about, as the store keeps it.
    pub profile: Arc<str>,
    /// Its story.
    pub story: i64,
}

/// What is known of a report's story.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoryPast {
    /// The story.
    pub id: i64,
    /// Its reports so far, copies counted once.
    pub reports: i64,
    /// When the first came.
    pub first_at: Timestamp,
    /// The watches that have raised an alert for it, each with the first one's id.
    pub told: Vec<(String, String)>,
}

/// A story in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoryLine {
    /// Its number.
    pub id: i64,
    /// The headline of its first report.
    pub title: String,
    /// When the first report came.
    pub first_at: Timestamp,
    /// When the last came.
    pub last_at: Timestamp,
    /// Its reports, copies counted once.
    pub reports: i64,
}

/// An article of a story.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoryReport {
    /// Its report.
    pub report: ReportId,
    /// When it was found.
    pub at: Timestamp,
    /// Who brings it.
    pub outlet: String,
    /// Its headline; none once its text is forgotten.
    pub title: Option<String>,
    /// Its address.
    pub url: Option<String>,
    /// Its language.
    pub lang: Option<String>,
    /// Of a copy, the words that its report has too, and of how many.
    pub copied: Option<(i64, i64)>,
    /// The sentences that a copy adds.
    pub delta: Vec<String>,
}
