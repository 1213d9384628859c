//! Copies: what is known of articles that may tell the same report, and what was found.

use super::ReportId;

/// The numbers under which the report of an article is kept and looked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Signature {
    /// Those under which it is kept.
    pub kept: Vec<u32>,
    /// Those under which others are looked for, each with the number of words that it stands for.
    pub sought: Vec<(u32, usize)>,
}

/// The reports that share something with an article.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Near {
    /// Those that share most, each with its articles.
    pub reports: Vec<NearReport>,
    /// For each number that several reports share: these reports.
    pub holders: Vec<(u32, Vec<ReportId>)>,
}

/// A report that an article may belong to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NearReport {
    /// The report.
    pub id: ReportId,
    /// Its articles, the first one first; of many the first and the last ones.
    pub articles: Vec<NearArticle>,
}

/// An article of such a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NearArticle {
    /// The address of its feed.
    pub feed: String,
    /// The name of its site.
    pub site: Option<String>,
    /// Its address.
    pub url: Option<String>,
    /// Its headline.
    pub title: String,
    /// Its text, a paragraph a line.
    pub text: String,
}

/// An article that tells a report again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundCopy {
    /// The report.
    pub report: ReportId,
    /// Words that the report has too.
    pub same_words: usize,
    /// Of so many that were compared.
    pub of_words: usize,
    /// The sentences that the report does not have, each with its place among those of the article.
    pub delta: Vec<(usize, String)>,
}
