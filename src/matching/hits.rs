//! Writes the hits of an article: what a query that is met has found, in one walk through it.
//!
//! Holds what it writes into, so that an article with a thousand hits costs little more than their own memory. What
//! comes out is what an [`Explanation`](super::Explanation) of the same query says.

use std::collections::HashMap;
use std::sync::Arc;

use super::evaluate::Evaluation;
use super::place::{Occurrence, Place};
use super::places;
use super::program::{Ask, Clause};
use super::report::{MAX_SPANS, Texts, text_of};
use super::written::WrittenTexts;
use crate::domain::{Hit, Span};

/// Writes the hits of one article, one after the other.
pub(super) struct Writer<'e, 'a> {
    evaluation: &'e mut Evaluation<'a>,
    texts: Texts<'a>,
    queries: &'a WrittenTexts,
    /// The query or alias whose clauses are being written.
    source: Source<'a>,
    /// What the present query has found so far, in no order.
    spans: Vec<Span>,
    /// The terms of it that are met, each once.
    terms: Vec<&'a str>,
    places: Vec<Place>,
    /// What the aliases have found, which is the same for all queries; nothing of those that are not met.
    known: HashMap<usize, Option<Arc<Known<'a>>>>,
}

/// What is being written. The text of a query is looked up for its terms alone: most that are tried have found none.
#[derive(Clone, Copy)]
enum Source<'a> {
    /// The query of the watch at this place.
    Query(usize),
    /// An alias of this text.
    Alias(&'a str),
}

/// What an alias has found.
struct Known<'a> {
    score: f64,
    spans: Vec<Span>,
    terms: Vec<&'a str>,
}

/// Whether a clause is known to hold.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Truth {
    Known,
    Open,
}

impl<'e, 'a> Writer<'e, 'a> {
    pub(super) fn new(
        evaluation: &'e mut Evaluation<'a>,
        texts: Texts<'a>,
        queries: &'a WrittenTexts,
    ) -> Self {
        Self {
            evaluation,
            texts,
            queries,
            source: Source::Alias(""),
            spans: Vec::new(),
            terms: Vec::new(),
            places: Vec::new(),
            known: HashMap::new(),
        }
    }

    /// The hit of a watch, if its query is met with a score that is high enough.
    pub(super) fn hit(
        &mut self,
        watch: usize,
        query: &Clause,
        min_score: Option<f64>,
    ) -> Option<Hit> {
        self.source = Source::Query(watch);
        self.spans.clear();
        self.terms.clear();
        let score = self.part(query, Truth::Open)?;
        if min_score.is_some_and(|min| score < min) {
            return None;
        }
        self.order_spans();
        Some(Hit {
            watch,
            score,
            spans: self.spans.clone(),
            terms: self.terms.iter().map(|term| (*term).to_owned()).collect(),
        })
    }

    /// Writes a clause; its score if it holds. What only takes points away is no term of the query.
    fn part(&mut self, clause: &Clause, truth: Truth) -> Option<f64> {
        let terms = self.terms.len();
        let score = self.clause(clause, truth);
        if clause.is_neutral {
            self.terms.truncate(terms);
        }
        score
    }

    fn clause(&mut self, clause: &Clause, truth: Truth) -> Option<f64> {
        match &clause.ask {
            Ask::Search(_) | Ask::Regex { .. } => self.term(clause),
            Ask::Language(_) => {
                self.holds(clause, truth)?;
                self.add_term(self.text_of(clause));
                Some(0.0)
            }
            Ask::Not(_) => self.holds(clause, truth).map(|()| 0.0),
            Ask::Shared(place) => self.alias(*place),
            Ask::And(clauses) => self.all(clauses, clause, truth),
            Ask::Or(clauses) => self.any(clauses, clause),
            Ask::Near { sides, .. } => {
                self.holds(clause, truth)?;
                let spans = self.spans.len();
                let left = self.part(&sides.0, Truth::Known).unwrap_or_default();
                let right = self.part(&sides.1, Truth::Known).unwrap_or_default();
                self.spans.truncate(spans);
                self.add_places_of(clause);
                Some(left + right)
            }
            Ask::Count { inner, .. } => {
                self.holds(clause, truth)?;
                let spans = self.spans.len();
                let score = self.part(inner, Truth::Known).unwrap_or_default();
                self.spans.truncate(spans);
                self.add_places_of(inner);
                Some(score)
            }
            Ask::Weight { inner, points } => self.part(inner, truth).map(|_| *points),
        }
    }

    /// Nothing if the clause does not hold.
    fn holds(&mut self, clause: &Clause, truth: Truth) -> Option<()> {
        (truth == Truth::Known || self.evaluation.holds(clause)).then_some(())
    }

    /// Writes a word, phrase or regular expression.
    fn term(&mut self, clause: &Clause) -> Option<f64> {
        if self.evaluation.some_places(clause, &mut self.places) {
            if self.places.is_empty() {
                return None;
            }
            places::show(&mut self.places);
            let spans = self.places.iter().take(MAX_SPANS).map(Place::span);
            self.spans.extend(spans);
        } else {
            let mut found = self.evaluation.some_occurrences(clause).to_vec();
            if found.is_empty() {
                return None;
            }
            places::show(&mut found);
            self.add_spans(&found);
        }
        self.add_term(self.text_of(clause));
        Some(1.0)
    }

    fn all(&mut self, clauses: &[Clause], whole: &Clause, truth: Truth) -> Option<f64> {
        self.holds(whole, truth)?;
        let mut score = 0.0;
        for inner in clauses {
            // What only takes points away is asked for neither way.
            let truth = if inner.is_neutral && !whole.is_neutral {
                Truth::Open
            } else {
                Truth::Known
            };
            score += self.inner(inner, truth).unwrap_or_default();
        }
        Some(score)
    }

    fn any(&mut self, clauses: &[Clause], whole: &Clause) -> Option<f64> {
        let mut score = 0.0;
        let mut is_met = false;
        for inner in clauses {
            if let Some(points) = self.inner(inner, Truth::Open) {
                score += points;
                is_met |= whole.is_neutral || !inner.is_neutral;
            }
        }
        is_met.then_some(score)
    }

    /// Writes a clause of a list: only what counts has places there.
    fn inner(&mut self, clause: &Clause, truth: Truth) -> Option<f64> {
        let spans = self.spans.len();
        let score = self.part(clause, truth);
        if clause.is_neutral {
            self.spans.truncate(spans);
        }
        score
    }

    fn alias(&mut self, place: usize) -> Option<f64> {
        let known = if let Some(known) = self.known.get(&place) {
            known.clone()
        } else {
            let known = self.read_alias(place).map(Arc::new);
            self.known.insert(place, known.clone());
            known
        };
        let known = known?;
        self.spans.extend_from_slice(&known.spans);
        for term in &known.terms {
            self.add_term(term);
        }
        Some(known.score)
    }

    fn read_alias(&mut self, place: usize) -> Option<Known<'a>> {
        let shared = self.evaluation.shared;
        let clause = shared.get(place)?;
        let owner = self.texts.owners.get(place)?;
        let text: &'a str = self.texts.aliases.get(*owner)?;
        let source = std::mem::replace(&mut self.source, Source::Alias(text));
        let spans = std::mem::take(&mut self.spans);
        let terms = std::mem::take(&mut self.terms);
        let score = self.part(clause, Truth::Open);
        // Aliases that name one another twice would have twice as many on every level.
        self.order_spans();
        self.source = source;
        let spans = std::mem::replace(&mut self.spans, spans);
        let terms = std::mem::replace(&mut self.terms, terms);
        Some(Known {
            score: score?,
            spans,
            terms,
        })
    }

    /// The text of a clause.
    fn text_of(&self, clause: &Clause) -> &'a str {
        let source = match self.source {
            Source::Query(place) => self.queries.of(place),
            Source::Alias(text) => text,
        };
        text_of(clause, source)
    }

    /// Puts what was found in order, each once, and no more of it than is shown.
    fn order_spans(&mut self) {
        self.spans.sort_unstable();
        self.spans.dedup();
        self.spans.truncate(MAX_SPANS);
    }

    /// Adds the places that make a clause true which stands above others.
    fn add_places_of(&mut self, clause: &Clause) {
        let mut found = self.evaluation.some_occurrences(clause).to_vec();
        places::drop_echoes(&mut found);
        self.add_spans(&found);
    }

    fn add_spans(&mut self, found: &[Occurrence]) {
        let places = found.iter().flat_map(Occurrence::parts);
        self.spans.extend(places.take(MAX_SPANS).map(Place::span));
    }

    fn add_term(&mut self, term: &'a str) {
        if !self.terms.contains(&term) {
            self.terms.push(term);
        }
    }
}
