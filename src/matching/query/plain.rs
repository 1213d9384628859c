//! A query in plain words, for people who are to confirm what they have written.

use super::expr::{Expr, Kind, Near};
use super::pattern::Term;
use crate::domain::Field;

/// Says what a query asks for.
pub(crate) fn in_words(expr: &Expr) -> String {
    match &expr.kind {
        Kind::Term(it) => term(it),
        Kind::Regex {
            pattern,
            ignore_case,
        } => format!(
            "text of the form {pattern}{}",
            if *ignore_case { " in any case" } else { "" }
        ),
        Kind::Alias(name) => format!("anything in the list {name}"),
        Kind::Field(Field::Lang, inner) => {
            format!("an article in the language {}", language(inner))
        }
        Kind::Field(field, inner) => format!("{} in the {}", nested(inner), field_name(*field)),
        Kind::And(clauses) => list(clauses, "and"),
        Kind::Or(clauses) => list(clauses, "or"),
        Kind::Not { inner, .. } => format!("not {}", nested(inner)),
        Kind::Near(near) => near_words(near),
        Kind::Count { inner, min, .. } => format!("at least {min} mentions of {}", nested(inner)),
        Kind::Weight { inner, points, .. } if *points < 0.0 => {
            format!("{} (takes {} points away)", nested(inner), -points)
        }
        Kind::Weight { inner, points, .. } => format!("{} ({points} points)", nested(inner)),
    }
}

fn term(term: &Term) -> String {
    let what = if term.raw.trim().contains(char::is_whitespace) {
        "the phrase"
    } else {
        "the word"
    };
    let exactly = if term.is_exact {
        " exactly as typed"
    } else {
        ""
    };
    match term.slack {
        Some(0) => format!("the words of \"{}\" side by side in any order", term.raw),
        Some(slack) => format!(
            "the words of \"{}\" in any order with at most {slack} more among them",
            term.raw
        ),
        None => format!("{what} \"{}\"{exactly}", term.raw),
    }
}

fn language(inner: &Expr) -> String {
    match &inner.kind {
        Kind::Term(term) => term.raw.clone(),
        Kind::Or(sides) => sides.iter().map(language).collect::<Vec<_>>().join(" or "),
        _ => nested(inner),
    }
}

fn near_words(near: &Near) -> String {
    let (left, right) = (nested(&near.left), nested(&near.right));
    let order = if near.ordered { "before" } else { "near" };
    match near.distance {
        0 => format!("{left} right {order} {right}"),
        1 => format!("{left} {order} {right} with at most 1 word between"),
        distance => format!("{left} {order} {right} with at most {distance} words between"),
    }
}

fn list(clauses: &[Expr], word: &str) -> String {
    clauses
        .iter()
        .map(nested)
        .collect::<Vec<_>>()
        .join(&format!(", {word} "))
}

/// A clause inside another: brackets where a list would run into its surroundings.
fn nested(expr: &Expr) -> String {
    match &expr.kind {
        Kind::And(_) | Kind::Or(_) | Kind::Near(_) => format!("[{}]", in_words(expr)),
        _ => in_words(expr),
    }
}

fn field_name(field: Field) -> &'static str {
    match field {
        Field::Title | Field::FeedTitle => "title",
        Field::Body | Field::FeedSummary => "body",
        Field::Author => "author's name",
        Field::Source => "source's name",
        Field::Tag => "tags",
        Field::Url => "web address",
        Field::Lang => "language",
    }
}
