//! Why a watch fired on an article, or why it did not: clause by clause.
//!
//! An [`Explanation`] is a full evaluation; whether the watch fired is one field of it.

use crate::domain::Span;

/// What a watch found in an article.
#[derive(Debug, Clone, PartialEq)]
pub struct Explanation {
    /// True if the watch fires: its query is met and its score is high enough.
    pub matched: bool,
    /// The sum of the weights of the terms found.
    pub score: f64,
    /// The score that is asked for.
    pub min_score: Option<f64>,
    /// The query, and its clauses below it.
    pub clause: ClauseReport,
}

/// What one clause of a query found.
#[derive(Debug, Clone, PartialEq)]
pub struct ClauseReport {
    /// The clause as its author wrote it.
    pub text: String,
    /// What kind of clause it is.
    pub kind: ClauseKind,
    /// True if it is met; of a clause that only takes points away, true if it was found.
    pub met: bool,
    /// True if it only takes points away, and can make the query neither true nor false.
    pub only_points: bool,
    /// How often it was found; 0 for a clause that has no places, such as `lang:en`.
    pub count: usize,
    /// The places that make it true, in order; of very many the first.
    pub spans: Vec<Span>,
    /// What it adds to the score.
    pub score: f64,
    /// The clauses below it; those of an alias are given once.
    pub clauses: Vec<Self>,
    /// Of an alias the terms that were met, since its clauses may be given elsewhere.
    pub(super) alias_terms: Vec<String>,
}

/// The kinds of clauses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClauseKind {
    /// A word, phrase or regular expression.
    Term,
    /// The article's language.
    Language,
    /// An alias.
    Alias,
    /// All of its clauses.
    And,
    /// Any of its clauses.
    Or,
    /// Not its clause.
    Not,
    /// Its two clauses close together.
    Near,
    /// At least so many mentions of its clause.
    Count {
        /// How many.
        min: u32,
    },
    /// Points for its clause.
    Weight,
}

impl Explanation {
    /// The clauses of which each alone, had it come out the other way, would have made the query true.
    ///
    /// Empty if the query is true, or two or more clauses short.
    #[must_use]
    pub fn near_misses(&self) -> Vec<&ClauseReport> {
        let mut found = Vec::new();
        if !self.clause.met && self.clause.flips(true) == 1 {
            self.clause.single_flips(true, &mut found);
        }
        found
    }

    /// The terms that were met, as their author wrote them, each once.
    #[must_use]
    pub fn terms(&self) -> Vec<String> {
        self.clause.terms()
    }
}

impl ClauseReport {
    /// How many terms would have to come out the other way for this clause to be met (or not to be).
    fn flips(&self, wanted: bool) -> usize {
        if self.met == wanted {
            return 0;
        }
        let counted = self.clauses.iter().filter(|inner| !inner.only_points);
        let all = |wanted| counted.clone().map(move |inner| inner.flips(wanted));
        let sum = |wanted| all(wanted).fold(0, usize::saturating_add);
        let least = |wanted| all(wanted).min().unwrap_or(usize::MAX);
        match (self.kind, wanted) {
            (ClauseKind::And, true) | (ClauseKind::Or, false) => sum(wanted),
            (ClauseKind::Or, true) | (ClauseKind::And, false) => least(wanted),
            (ClauseKind::Not, _) => least(!wanted),
            (ClauseKind::Weight | ClauseKind::Alias, _) if !self.clauses.is_empty() => {
                least(wanted)
            }
            // Two words that are there, but not close: one thing is missing, their closeness.
            (ClauseKind::Near, true) => sum(true).max(1),
            _ => 1,
        }
    }

    fn single_flips<'r>(&'r self, wanted: bool, found: &mut Vec<&'r Self>) {
        let wanted_inside = if self.kind == ClauseKind::Not {
            !wanted
        } else {
            wanted
        };
        let inner: Vec<&Self> = match self.kind {
            ClauseKind::Term | ClauseKind::Language | ClauseKind::Count { .. } => Vec::new(),
            _ => self
                .clauses
                .iter()
                .filter(|inner| !inner.only_points && inner.flips(wanted_inside) == 1)
                .collect(),
        };
        if inner.is_empty() {
            found.push(self);
        }
        for clause in inner {
            clause.single_flips(wanted_inside, found);
        }
    }

    pub(super) fn terms(&self) -> Vec<String> {
        let mut terms = Vec::new();
        self.collect_terms(&mut terms);
        terms
    }

    fn collect_terms(&self, terms: &mut Vec<String>) {
        if !self.met || self.only_points {
            return;
        }
        match self.kind {
            ClauseKind::Not => {}
            ClauseKind::Term | ClauseKind::Language => {
                if !terms.contains(&self.text) {
                    terms.push(self.text.clone());
                }
            }
            ClauseKind::Alias => {
                for term in &self.alias_terms {
                    if !terms.contains(term) {
                        terms.push(term.clone());
                    }
                }
            }
            ClauseKind::And
            | ClauseKind::Or
            | ClauseKind::Near
            | ClauseKind::Count { .. }
            | ClauseKind::Weight => {
                for clause in &self.clauses {
                    clause.collect_terms(terms);
                }
            }
        }
    }
}
