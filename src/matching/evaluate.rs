//! Whether a query is true of an article: no more than that, and as little work as possible.

use std::collections::HashMap;
use std::sync::Arc;

use super::article::Article;
use super::near;
use super::place::{Occurrence, Place};
use super::places::{self, Effort, FIRST_PLACES};
use super::program::{Ask, Clause};

/// What is already known of shared clauses in the present article.
#[derive(Debug, Default)]
pub(crate) struct Memo {
    truths: HashMap<usize, bool>,
    places: HashMap<(usize, Effort), Arc<[Occurrence]>>,
}

impl Memo {
    /// Forgets the article.
    pub(crate) fn clear(&mut self) {
        self.truths.clear();
        self.places.clear();
    }
}

/// Clauses against one article.
#[derive(Debug)]
pub(crate) struct Evaluation<'a> {
    pub(crate) article: &'a Article,
    /// The clauses of aliases.
    pub(crate) shared: &'a [Clause],
    pub(crate) memo: &'a mut Memo,
}

impl Evaluation<'_> {
    /// True if the clause is met; of a clause that only takes points away, whether it was found.
    pub(crate) fn holds(&mut self, clause: &Clause) -> bool {
        match &clause.ask {
            Ask::Search(search) => places::is_found(self.article, search),
            Ask::Regex { key, fields, .. } => self.article.has(*key, *fields),
            Ask::Language(key) => self.article.has(*key, super::field_set::Fields::ALL),
            Ask::Shared(place) => self.shared_holds(*place),
            Ask::And(clauses) if clause.is_neutral => clauses.iter().all(|inner| self.holds(inner)),
            Ask::Or(clauses) if clause.is_neutral => clauses.iter().any(|inner| self.holds(inner)),
            Ask::And(clauses) => clauses
                .iter()
                .all(|inner| inner.is_neutral || self.holds(inner)),
            Ask::Or(clauses) => clauses
                .iter()
                .any(|inner| !inner.is_neutral && self.holds(inner)),
            Ask::Not(inner) => !self.holds(inner),
            Ask::Near { sides, closeness } => self.try_hard(|this, effort| {
                let (left, right) = this.sides(sides, effort);
                near::has_pair(&left, &right, *closeness)
            }),
            Ask::Count { inner, min } => self.try_hard(|this, effort| {
                let found = this.occurrences(inner, effort);
                places::count_apart(&found) >= usize::try_from(*min).unwrap_or(usize::MAX)
            }),
            Ask::Weight { inner, .. } => self.holds(inner),
        }
    }

    fn shared_holds(&mut self, place: usize) -> bool {
        if let Some(known) = self.memo.truths.get(&place) {
            return *known;
        }
        let Some(clause) = self.shared.get(place) else {
            return false;
        };
        let holds = self.holds(clause);
        self.memo.truths.insert(place, holds);
        holds
    }

    /// Asks with little effort first; only a no that comes of it is asked again with all.
    fn try_hard(&mut self, mut ask: impl FnMut(&mut Self, Effort) -> bool) -> bool {
        ask(self, Effort::First) || (self.is_long() && ask(self, Effort::All))
    }

    /// True for an article with more places than little effort looks at.
    fn is_long(&self) -> bool {
        self.article.len() > FIRST_PLACES
    }

    /// Some places of a clause, and at least one if there are any.
    pub(crate) fn some_occurrences(&mut self, clause: &Clause) -> Arc<[Occurrence]> {
        let first = self.occurrences(clause, Effort::First);
        if first.is_empty() && self.is_long() {
            return self.occurrences(clause, Effort::All);
        }
        first
    }

    /// Replaces `places` by some of a term whose words stand together, and at least one if there are any; false for other
    /// clauses, which have [`Self::some_occurrences`].
    pub(crate) fn some_places(&self, clause: &Clause, places: &mut Vec<Place>) -> bool {
        places.clear();
        let Ask::Search(search) = &clause.ask else {
            return false;
        };
        if search.scattered.is_some() {
            return false;
        }
        places::add_places(self.article, search, Effort::First, places);
        if places.is_empty() && self.is_long() {
            places::add_places(self.article, search, Effort::All, places);
        }
        true
    }

    /// The places of a clause that has places, in order.
    pub(crate) fn occurrences(&mut self, clause: &Clause, effort: Effort) -> Arc<[Occurrence]> {
        match &clause.ask {
            Ask::Search(search) => places::occurrences(self.article, search, effort).into(),
            Ask::Regex { place, fields, .. } => {
                let places = self.article.places_of_regex(*place, *fields);
                places.into_iter().map(Occurrence::from).collect()
            }
            Ask::Shared(place) => self.shared_occurrences(*place, effort),
            Ask::Or(clauses) => {
                let mut all = Vec::new();
                for inner in clauses {
                    all.extend(self.occurrences(inner, effort).iter().cloned());
                }
                all.sort_unstable();
                all.dedup();
                all.into()
            }
            Ask::Near { sides, closeness } => {
                let (left, right) = self.sides(sides, effort);
                near::pairs(&left, &right, *closeness).into()
            }
            Ask::Count { inner, .. } | Ask::Weight { inner, .. } => self.occurrences(inner, effort),
            Ask::Language(_) | Ask::And(_) | Ask::Not(_) => Arc::default(),
        }
    }

    /// The places of both sides; if the left has none, those of the right do not matter.
    fn sides(
        &mut self,
        sides: &(Clause, Clause),
        effort: Effort,
    ) -> (Arc<[Occurrence]>, Arc<[Occurrence]>) {
        let left = self.occurrences(&sides.0, effort);
        let right = if left.is_empty() {
            Arc::default()
        } else {
            self.occurrences(&sides.1, effort)
        };
        (left, right)
    }

    fn shared_occurrences(&mut self, place: usize, effort: Effort) -> Arc<[Occurrence]> {
        if let Some(known) = self.memo.places.get(&(place, effort)) {
            return Arc::clone(known);
        }
        let Some(clause) = self.shared.get(place) else {
            return Arc::default();
        };
        let occurrences = self.occurrences(clause, effort);
        self.memo
            .places
            .insert((place, effort), Arc::clone(&occurrences));
        occurrences
    }
}
