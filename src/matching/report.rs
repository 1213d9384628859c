//! Writes an explanation: a full evaluation that keeps what every clause found.

use std::collections::HashMap;
use std::sync::Arc;

use super::evaluate::Evaluation;
use super::explain::{ClauseKind, ClauseReport, Explanation};
use super::place::Occurrence;
use super::places::{self, Effort};
use super::program::{Ask, Clause};
use crate::domain::Span;

/// Places that one clause shows.
///
/// No real article has as many. One made of a single word has millions, and every watch that asks for it would
/// keep them all.
pub(super) const MAX_SPANS: usize = 4_096;

/// The texts of the aliases.
#[derive(Debug, Clone, Copy)]
pub(super) struct Texts<'e> {
    /// The text of each alias.
    pub(super) aliases: &'e [Box<str>],
    /// For each shared clause the alias it is of.
    pub(super) owners: &'e [usize],
}

/// The text of a clause in its query or alias.
pub(super) fn text_of<'s>(clause: &Clause, source: &'s str) -> &'s str {
    let (start, end) = clause.place;
    let range = usize::try_from(start).ok().zip(usize::try_from(end).ok());
    let text = range.and_then(|(start, end)| source.get(start..end));
    text.unwrap_or_default()
}

/// Writes the reports of one query.
pub(super) struct Reporter<'e, 'a> {
    evaluation: &'e mut Evaluation<'a>,
    texts: Texts<'e>,
    /// The text of the query or alias whose clauses are being reported.
    source: &'e str,
    /// The aliases that are already in the report, without their clauses.
    known: HashMap<usize, ClauseReport>,
}

impl<'e, 'a> Reporter<'e, 'a> {
    pub(super) fn new(
        evaluation: &'e mut Evaluation<'a>,
        texts: Texts<'e>,
        source: &'e str,
    ) -> Self {
        Self {
            evaluation,
            texts,
            source,
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
        let mut report = self.asked(clause);
        report.only_points = clause.is_neutral;
        report.text.push_str(text_of(clause, self.source));
        report
    }

    fn negated(&mut self, inner: &Clause) -> ClauseReport {
        let inner = self.report(inner);
        ClauseReport {
            met: !inner.met,
            clauses: vec![inner],
            ..empty_report(ClauseKind::Not)
        }
    }

    /// What was found of what a clause asks.
    fn asked(&mut self, clause: &Clause) -> ClauseReport {
        match &clause.ask {
            Ask::Search(_) | Ask::Regex { .. } => {
                let mut found = self.occurrences(clause).to_vec();
                places::show(&mut found);
                term_report(&found)
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
            Ask::Not(inner) => self.negated(inner),
            Ask::Near { sides, .. } => {
                let inner = vec![self.report(&sides.0), self.report(&sides.1)];
                let found = self.occurrences(clause);
                let is_met = !found.is_empty();
                Self::places(ClauseKind::Near, &found, is_met, inner)
            }
            Ask::Count { inner, min } => {
                let reports = vec![self.report(inner)];
                let found = self.occurrences(inner);
                let enough = self.evaluation.holds(clause);
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
        }
    }

    /// The places of a clause, all of them.
    fn occurrences(&mut self, clause: &Clause) -> Arc<[Occurrence]> {
        self.evaluation.occurrences(clause, Effort::All)
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
        let reports: Vec<ClauseReport> = clauses.iter().map(|inner| self.report(inner)).collect();
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
        spans.truncate(MAX_SPANS);
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
        let mut shown = found.to_vec();
        places::drop_echoes(&mut shown);
        ClauseReport {
            met,
            count: places::count_apart(found),
            spans: spans_of(&shown),
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
        count: places::count_apart(found),
        spans: spans_of(found),
        score: if met { 1.0 } else { 0.0 },
        ..empty_report(ClauseKind::Term)
    }
}

fn spans_of(found: &[Occurrence]) -> Vec<Span> {
    let mut spans: Vec<Span> = found
        .iter()
        .flat_map(Occurrence::parts)
        .take(MAX_SPANS)
        .map(super::place::Place::span)
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
