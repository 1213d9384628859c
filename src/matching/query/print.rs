//! A query printed with every parenthesis and operator; reading it again gives the same query.

use super::expr::{Expr, Kind};
use super::pattern::Term;

/// Prints a query.
pub(crate) fn print(expr: &Expr) -> String {
    let mut printed = String::new();
    match &expr.kind {
        Kind::And(clauses) => join(clauses, " AND ", &mut printed),
        Kind::Or(clauses) => join(clauses, " OR ", &mut printed),
        Kind::Near(_) => near(expr, &mut printed),
        _ => item(expr, &mut printed),
    }
    printed
}

/// A clause that can stand anywhere: in parentheses unless it is a single item.
fn item(expr: &Expr, out: &mut String) {
    match &expr.kind {
        Kind::Term(it) => term(it, out),
        Kind::Regex {
            pattern,
            ignore_case,
        } => {
            out.push('/');
            out.push_str(&pattern.replace('/', "\\/"));
            out.push('/');
            out.push_str(if *ignore_case { "i" } else { "" });
        }
        Kind::Alias(name) => {
            out.push('@');
            out.push_str(name);
        }
        Kind::Field(field, inner) => {
            out.push_str(field.as_str());
            out.push(':');
            tight(inner, out);
        }
        Kind::And(clauses) => in_parentheses(out, |out| join(clauses, " AND ", out)),
        Kind::Or(clauses) => in_parentheses(out, |out| join(clauses, " OR ", out)),
        Kind::Near(_) => in_parentheses(out, |out| near(expr, out)),
        Kind::Not { inner, .. } => {
            out.push_str("NOT ");
            item(inner, out);
        }
        Kind::Count { inner, min, .. } => {
            tight(inner, out);
            out.push_str(">=");
            out.push_str(&min.to_string());
        }
        Kind::Weight { inner, points, .. } => {
            if let Kind::Count { .. } = inner.kind {
                item(inner, out);
            } else {
                tight(inner, out);
            }
            out.push('^');
            out.push_str(&points.to_string());
        }
    }
}

/// A clause to which a sign is to be attached.
fn tight(expr: &Expr, out: &mut String) {
    match &expr.kind {
        Kind::Not { .. } | Kind::Count { .. } | Kind::Weight { .. } => {
            in_parentheses(out, |out| item(expr, out));
        }
        _ => item(expr, out),
    }
}

fn near(expr: &Expr, out: &mut String) {
    let Kind::Near(near) = &expr.kind else {
        return;
    };
    item(&near.left, out);
    let name = if near.ordered { "ONEAR" } else { "NEAR" };
    out.push_str(&[" ", name, "/", &near.distance.to_string(), " "].concat());
    item(&near.right, out);
}

fn term(term: &Term, out: &mut String) {
    if term.is_exact {
        out.push('=');
    }
    if term.is_quoted {
        out.push('"');
        out.push_str(&term.raw);
        out.push('"');
    } else {
        out.push_str(&term.raw);
    }
    if let Some(slack) = term.slack {
        out.push('~');
        out.push_str(&slack.to_string());
    }
}

fn join(clauses: &[Expr], operator: &str, out: &mut String) {
    for (place, clause) in clauses.iter().enumerate() {
        if place > 0 {
            out.push_str(operator);
        }
        item(clause, out);
    }
}

fn in_parentheses(out: &mut String, inner: impl FnOnce(&mut String)) {
    out.push('(');
    inner(out);
    out.push(')');
}
