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
const MAX_SPANS: usize = 4_096;

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
        let mut report = self.asked(clause);
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

    fn negated(&mut self, inner: &Clause) -> ClauseReport {
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

    /// What was found of what a clause asks.
    fn asked(&mut self, clause: &Clause) -> ClauseReport {
        match &clause.ask {
            Ask::Search(_) | Ask::Regex { .. } => {
                let found = self.occurrences(clause);
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

    /// The places of a clause: all of them, or as many as a hit can show.
    fn occurrences(&mut self, clause: &Clause) -> Arc<[Occurrence]> {
        match self.detail {
            Detail::Met => self.evaluation.some_occurrences(clause),
            Detail::All => self.evaluation.occurrences(clause, Effort::All),
        }
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
