//! From an article to the watches that fire on it: words, the query language, the index, the sentence.

mod words;

use crate::domain::{ArticleText, Hit};

/// What one watch looks for, as written in the configuration.
#[derive(Debug, Clone, PartialEq)]
pub struct WatchSource {
    /// The name, for messages.
    pub name: String,
    /// The query or the terms.
    pub asks: Asks,
    /// The score an article must reach.
    pub min_score: Option<f64>,
    /// The language whose word forms count as the same.
    pub stem: Option<String>,
}

/// The two ways to say what is looked for.
#[derive(Debug, Clone, PartialEq)]
pub enum Asks {
    /// A query in the watch language.
    Query(String),
    /// Any of these words and phrases, each as if in quotes.
    Terms(Vec<String>),
}

/// A mistake in a query or an alias.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueryProblem {
    /// Where it stands.
    pub place: Place,
    /// What kind of mistake: `unclosed-quote`, ...
    pub kind: &'static str,
    /// The code point at which it stands, from 1.
    pub col: usize,
    /// What is wrong, as a clause.
    pub message: String,
    /// What to write instead.
    pub hint: String,
}

/// The text in which a mistake stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// The query of the watch at this place in the list.
    Query(usize),
    /// A term: the watch's place in the list, and the term's in its list.
    Term(usize, usize),
    /// The alias at this place in the list.
    Alias(usize),
}

/// All watches, compiled.
#[derive(Debug)]
pub struct Matcher {}

impl Matcher {
    /// Compiles the watches; `aliases` are name and query.
    ///
    /// # Errors
    /// Every mistake in every query and alias.
    pub fn compile(
        aliases: &[(String, String)],
        watches: &[WatchSource],
    ) -> Result<Self, Vec<QueryProblem>> {
        let _ = (aliases, watches);
        Ok(Self {})
    }

    /// The watches that fire, in their order.
    #[must_use]
    pub fn hits(&self, article: &ArticleText<'_>) -> Vec<Hit> {
        let _ = article;
        Vec::new()
    }
}

/// The sentence that holds the first span of a hit, as plain text of at most `max_chars` characters.
#[must_use]
pub fn sentence(article: &ArticleText<'_>, hit: &Hit, max_chars: usize) -> String {
    let _ = (article, hit, max_chars);
    String::new()
}
