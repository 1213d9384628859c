//! From an article to the watches that fire on it: words, the query language, the index, the sentence.
//!
//! In go watches as their authors wrote them and articles as text; out come [`Hit`](crate::domain::Hit)s with places in the original
//! text, and [`Explanation`]s. `words` cuts texts into words, `query` reads the language, `program` turns queries
//! into trees over the keys of a `vocabulary`, `article` notes which of these keys an article has, `evaluate`
//! answers whether a query is true of it, `explain` why. Nothing here reads a clock, a file or a network.

mod article;
mod compile;
mod evaluate;
mod example;
mod excerpt;
mod explain;
mod expressions;
mod field_set;
mod frequency;
mod globs;
mod hits;
mod index;
mod key;
mod marks;
mod matcher;
mod near;
mod place;
mod places;
mod program;
mod prose;
mod query;
mod quote;
mod report;
mod sentences;
mod stem;
mod vocabulary;
mod word_map;
mod words;
mod written;

pub use example::Example;
pub(crate) use example::as_text_and_as_headline;
pub use excerpt::sentence;
pub use explain::{ClauseKind, ClauseReport, Explanation};
pub use marks::Marker;
pub use matcher::Matcher;
pub(crate) use query::language_code_hint;
pub use quote::{passages, quote};
pub(crate) use sentences::is_opening;
pub(crate) use words::{Keys, Reading, Script, Words};

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
    /// The spelling in which accented letters count as the same as those written in their place.
    pub fold: Option<Fold>,
}

/// A way to write letters with accents where they cannot be typed, which counts as the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Fold {
    /// German: ä, ö, ü and ß as ae, oe, ue and ss.
    German,
}

impl Fold {
    /// The way of a language, by its code.
    #[must_use]
    pub fn of_language(code: &str) -> Option<Self> {
        let primary = stem::primary_language(code);
        (primary == "de").then_some(Self::German)
    }
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Place {
    /// The query of the watch at this place in the list.
    Query(usize),
    /// A term: the watch's place in the list, and the term's in its list.
    Term(usize, usize),
    /// The alias at this place in the list.
    Alias(usize),
}
