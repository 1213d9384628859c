//! The tree of a query.

use std::ops::Range;

use super::pattern::Term;
use crate::domain::Field;

/// A clause of a query, and where it stands in it.
#[derive(Debug, Clone)]
pub(crate) struct Expr {
    /// What it asks.
    pub(crate) kind: Kind,
    /// Where it stands, in code points.
    pub(crate) place: Range<usize>,
}

/// What a clause asks. `at` is the code point of the operator.
#[derive(Debug, Clone)]
pub(crate) enum Kind {
    /// A word or a phrase.
    Term(Term),
    /// A regular expression.
    Regex { pattern: String, ignore_case: bool },
    /// A named list.
    Alias(String),
    /// A clause that looks at one field.
    Field(Field, Box<Expr>),
    /// All of these.
    And(Vec<Expr>),
    /// Any of these.
    Or(Vec<Expr>),
    /// Not this.
    Not { inner: Box<Expr>, at: usize },
    /// Two clauses close together.
    Near(Near),
    /// At least so many mentions.
    Count {
        inner: Box<Expr>,
        min: u32,
        at: usize,
    },
    /// Points.
    Weight {
        inner: Box<Expr>,
        points: f64,
        at: usize,
    },
}

/// Two clauses close together.
#[derive(Debug, Clone)]
pub(crate) struct Near {
    pub(crate) left: Box<Expr>,
    pub(crate) right: Box<Expr>,
    /// The most words that may stand between.
    pub(crate) distance: u32,
    /// True if the left one comes first.
    pub(crate) ordered: bool,
    pub(crate) at: usize,
}

impl Expr {
    /// A clause that stands at `place`.
    pub(crate) fn new(kind: Kind, place: Range<usize>) -> Self {
        Self { kind, place }
    }

    /// The clauses right below this one.
    pub(crate) fn children(&self) -> impl Iterator<Item = &Self> {
        let none = (&[][..], None, None);
        let (list, first, second): (&[Self], Option<&Self>, Option<&Self>) = match &self.kind {
            Kind::Term(_) | Kind::Regex { .. } | Kind::Alias(_) => none,
            Kind::And(clauses) | Kind::Or(clauses) => (clauses, None, None),
            Kind::Field(_, inner)
            | Kind::Not { inner, .. }
            | Kind::Count { inner, .. }
            | Kind::Weight { inner, .. } => (&[], Some(inner), None),
            Kind::Near(near) => (&[], Some(&near.left), Some(&near.right)),
        };
        list.iter().chain(first).chain(second)
    }
}

/// True for a clause that can neither make a query true nor false: it only subtracts points.
pub(crate) fn is_neutral(expr: &Expr) -> bool {
    match &expr.kind {
        Kind::Weight { points, .. } => *points < 0.0,
        Kind::Field(_, inner) => is_neutral(inner),
        Kind::And(clauses) | Kind::Or(clauses) => clauses.iter().all(is_neutral),
        _ => false,
    }
}
