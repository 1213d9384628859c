//! Traps of queries that were copied from a page or a table: signs as HTML writes them, lists of a line each, and commas in
//! terms.

use super::expr::{Expr, Kind};
use super::mistake::Mistake;

/// Lines from which on words that stand below one another are a list, and no sentence that was broken.
const MIN_LINES: usize = 3;

/// Commas from which on a term is a list, and no place with its country.
const MIN_COMMAS: usize = 2;

/// Signs as HTML writes them, and what they are.
const HTML_SIGNS: [(&str, &str); 8] = [
    ("&quot;", "\""),
    ("&#34;", "\""),
    ("&amp;", "&"),
    ("&apos;", "'"),
    ("&#39;", "'"),
    ("&nbsp;", "a space"),
    ("&lt;", "<"),
    ("&gt;", ">"),
];

/// A sign as HTML writes it, the first of a query.
pub(super) fn html_sign(text: &str) -> Option<Mistake> {
    if !text.contains('&') {
        return None;
    }
    let found = HTML_SIGNS
        .iter()
        .filter_map(|(written, sign)| Some((text.find(written)?, *written, *sign)));
    let (byte, written, sign) = found.min_by_key(|(byte, ..)| *byte)?;
    let at = text.get(..byte)?.chars().count();
    Some(Mistake::new(
        "html-sign",
        at,
        format!("{written} is how HTML writes {sign}, and here it is no sign"),
        format!("write {sign} in its place"),
    ))
}

/// Words and phrases below one another, a line each: all of them must be found.
pub(super) fn lines(expr: &Expr, text: &[char]) -> Option<Mistake> {
    let Kind::And(clauses) = &expr.kind else {
        return None;
    };
    let is_term = |clause: &Expr| matches!(clause.kind, Kind::Term(_));
    let line_of = |clause: &Expr| {
        let before = text.get(..clause.place.start).unwrap_or_default();
        before.iter().filter(|c| **c == '\n').count()
    };
    let mut lines: Vec<usize> = clauses.iter().map(line_of).collect();
    lines.dedup();
    let second = clauses.get(1)?;
    (lines.len() >= MIN_LINES && lines.len() == clauses.len() && clauses.iter().all(is_term)).then(
        || {
            Mistake::new(
                "lines",
                second.place.start,
                "the end of a line is no more than a space: all the lines must be found",
                "write OR at the end of each line if any of them will do, or terms = [\"...\", \"...\"]",
            )
        },
    )
}

/// Several terms in one, with commas or semicolons between them.
pub(super) fn list_in_term(raw: &str, start: usize) -> Option<Mistake> {
    let is_sign = |c: &char| matches!(c, ',' | '，' | '、' | '،');
    let is_part = |c: &char| matches!(c, ';' | '；' | '؛');
    let signs = raw.chars().filter(is_sign).count();
    if signs < MIN_COMMAS && !raw.chars().any(|c| is_part(&c)) {
        return None;
    }
    let parts: Vec<String> = raw
        .split(|c| is_sign(&c) || is_part(&c))
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .map(|part| format!("\"{part}\""))
        .collect();
    Some(Mistake::new(
        "comma",
        start,
        "a term is one phrase: its words must stand side by side",
        format!("write each by itself: {}", parts.join(", ")),
    ))
}
