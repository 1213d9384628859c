//! Why a watch fired on an article, or why it did not: clause by clause.
//!
//! An [`Explanation`] is a full evaluation; whether the watch fired is one field of it.

use std::collections::HashMap;

use super::evaluate::Evaluation;
use super::places::{self, Occurrence};
use super::program::{Ask, Clause, Search};
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
    /// The places that make it true, in order.
    pub spans: Vec<Span>,
    /// What it adds to the score.
    pub score: f64,
    /// The clauses below it; those of an alias are given once.
    pub clauses: Vec<Self>,
    /// Of an alias the terms that were met, since its clauses may be given elsewhere.
    alias_terms: Vec<String>,
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

    fn terms(&self) -> Vec<String> {
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

/// The texts of the aliases.
#[derive(Debug, Clone, Copy)]
pub(super) struct Texts<'e> {
    /// The text of each alias.
    pub(super) aliases: &'e [Box<str>],
    /// For each shared clause the alias it is of.
    pub(super) owners: &'e [usize],
}

/// How much is reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Detail {
    /// What a hit needs, of a query that is met: nothing of clauses that are not, and no texts but of terms.
    Met,
    /// Every clause.
    All,
}

/// Writes the reports of one query.
pub(super) struct Reporter<'e, 'a> {
    evaluation: &'e mut Evaluation<'a>,
    texts: Texts<'e>,
    /// The text of the query or alias whose clauses are being reported.
    source: &'e str,
    detail: Detail,
    /// The aliases that are already in the report, without their clauses.
    known: HashMap<usize, ClauseReport>,
}

impl<'e, 'a> Reporter<'e, 'a> {
    pub(super) fn new(
        evaluation: &'e mut Evaluation<'a>,
        texts: Texts<'e>,
        source: &'e str,
        detail: Detail,
    ) -> Self {
        Self {
            evaluation,
            texts,
            source,
            detail,
            known: HashMap::new(),
        }
    }

    /// Reports on a query.
    pub(super) fn explanation(&mut self, query: &Clause, min_score: Option<f64>) -> Explanation {
        let clause = self.report(query);
        Explanation {
            matched: clause.met && min_score.is_none_or(|min| clause.score >= min),
            score: clause.score,
            min_score,
            clause,
        }
    }

    fn report(&mut self, clause: &Clause) -> ClauseReport {
        let mut report = match &clause.ask {
            Ask::Search(search) => self.search(search, clause),
            Ask::Regex { .. } => {
                let found = self.evaluation.occurrences(clause);
                term_report(&places::shown(found.to_vec()))
            }
            Ask::Language(_) => {
                let met = self.evaluation.holds(clause);
                ClauseReport {
                    met,
                    ..empty_report(ClauseKind::Language)
                }
            }
            Ask::Shared(place) => self.alias(*place),
            Ask::And(clauses) => self.list(ClauseKind::And, clauses, clause),
            Ask::Or(clauses) => self.list(ClauseKind::Or, clauses, clause),
            Ask::Not(inner) => {
                let (met, clauses) = match self.detail {
                    Detail::Met => (!self.evaluation.holds(inner), Vec::new()),
                    Detail::All => {
                        let inner = self.report(inner);
                        (!inner.met, vec![inner])
                    }
                };
                ClauseReport {
                    met,
                    clauses,
                    ..empty_report(ClauseKind::Not)
                }
            }
            Ask::Near { sides, .. } => {
                let inner = vec![self.report(&sides.0), self.report(&sides.1)];
                let found = self.evaluation.occurrences(clause);
                let is_met = !found.is_empty();
                Self::places(ClauseKind::Near, &found, is_met, inner)
            }
            Ask::Count { inner, min } => {
                let reports = vec![self.report(inner)];
                let found = self.evaluation.occurrences(inner);
                let enough =
                    places::count_apart(&found) >= usize::try_from(*min).unwrap_or(usize::MAX);
                Self::places(ClauseKind::Count { min: *min }, &found, enough, reports)
            }
            Ask::Weight { inner, points } => {
                let inner = self.report(inner);
                ClauseReport {
                    met: inner.met,
                    count: inner.count,
                    spans: inner.spans.clone(),
                    score: if inner.met { *points } else { 0.0 },
                    clauses: vec![inner],
                    ..empty_report(ClauseKind::Weight)
                }
            }
        };
        report.only_points = clause.is_neutral;
        let is_leaf = matches!(report.kind, ClauseKind::Term | ClauseKind::Language);
        if self.detail == Detail::Met && !(is_leaf && report.met) {
            return report;
        }
        let (start, end) = clause.place;
        let range = usize::try_from(start).ok().zip(usize::try_from(end).ok());
        let text = range.and_then(|(start, end)| self.source.get(start..end));
        report.text.push_str(text.unwrap_or_default());
        report
    }

    fn search(&mut self, search: &Search, clause: &Clause) -> ClauseReport {
        let article = self.evaluation.article;
        let found = places::occurrences(article, search);
        debug_assert_eq!(!found.is_empty(), self.evaluation.holds(clause));
        term_report(&places::shown(found))
    }

    fn alias(&mut self, place: usize) -> ClauseReport {
        if let Some(known) = self.known.get(&place) {
            return known.clone();
        }
        let Some(clause) = self.evaluation.shared.get(place) else {
            return empty_report(ClauseKind::Alias);
        };
        let owner = self.texts.owners.get(place);
        let text = owner.and_then(|owner| self.texts.aliases.get(*owner));
        let outer = std::mem::replace(&mut self.source, text.map_or("", |text| text));
        let inner = self.report(clause);
        self.source = outer;
        let report = ClauseReport {
            met: inner.met,
            count: inner.count,
            spans: inner.spans.clone(),
            score: inner.score,
            alias_terms: inner.terms(),
            ..empty_report(ClauseKind::Alias)
        };
        self.known.insert(place, report.clone());
        ClauseReport {
            clauses: vec![inner],
            ..report
        }
    }

    fn list(&mut self, kind: ClauseKind, clauses: &[Clause], whole: &Clause) -> ClauseReport {
        let reports: Vec<ClauseReport> = clauses
            .iter()
            .filter(|inner| {
                // Of a list that is met, `AND` needs all, and only the rest has to be asked.
                let is_sure = self.detail == Detail::All
                    || (kind == ClauseKind::And && !inner.is_neutral && !whole.is_neutral);
                is_sure || self.evaluation.holds(inner)
            })
            .collect::<Vec<_>>()
            .into_iter()
            .map(|inner| self.report(inner))
            .collect();
        let mut counted = reports
            .iter()
            .filter(|report| whole.is_neutral || !report.only_points);
        let met = match kind {
            ClauseKind::And => counted.all(|report| report.met),
            _ => counted.any(|report| report.met),
        };
        let found = || reports.iter().filter(|report| report.met);
        let mut spans: Vec<Span> = found()
            .filter(|report| !report.only_points && met)
            .flat_map(|report| report.spans.iter().copied())
            .collect();
        spans.sort_unstable();
        spans.dedup();
        // Points are taken away whether or not the rest is met; a sum is given only to what is met.
        let score = if met {
            found().map(|report| report.score).sum()
        } else {
            0.0
        };
        ClauseReport {
            met,
            count: spans.len(),
            spans,
            score,
            clauses: reports,
            ..empty_report(kind)
        }
    }

    /// The report of a clause that is met by its own places.
    fn places(
        kind: ClauseKind,
        found: &[Occurrence],
        met: bool,
        clauses: Vec<ClauseReport>,
    ) -> ClauseReport {
        let score = clauses.iter().map(|inner| inner.score).sum();
        ClauseReport {
            met,
            count: places::count_apart(found),
            spans: spans_of(found),
            score: if met { score } else { 0.0 },
            clauses,
            ..empty_report(kind)
        }
    }
}

fn term_report(found: &[Occurrence]) -> ClauseReport {
    let met = !found.is_empty();
    ClauseReport {
        met,
        count: found.len(),
        spans: spans_of(found),
        score: if met { 1.0 } else { 0.0 },
        ..empty_report(ClauseKind::Term)
    }
}

fn spans_of(found: &[Occurrence]) -> Vec<Span> {
    let mut spans: Vec<Span> = found
        .iter()
        .flat_map(Occurrence::parts)
        .map(super::article::Place::span)
        .collect();
    spans.sort_unstable();
    spans.dedup();
    spans
}

fn empty_report(kind: ClauseKind) -> ClauseReport {
    ClauseReport {
        text: String::new(),
        kind,
        met: false,
        only_points: false,
        count: 0,
        spans: Vec::new(),
        score: 0.0,
        clauses: Vec::new(),
        alias_terms: Vec::new(),
    }
}
