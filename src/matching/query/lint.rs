//! Traps: queries that can be read and most likely do not mean what their author had in mind.

use super::expr::{Expr, Kind, Term};
use super::mistake::Mistake;
use super::pattern::{Look, Pattern};
use super::regex::required_literals;
use crate::domain::Field;
use crate::matching::frequency;
use crate::matching::words::{Keys, Reading, Words};

/// Capital letters up to which a word is likely to be an abbreviation that is also a word: PA, US, WHO.
const SHORT_CAPITALS: usize = 3;
/// A word that stands in more articles than this is no topic.
const EVERYDAY_SHARE: f32 = 0.4;

/// Every trap of a query, in order of place.
pub(crate) fn lint(expr: &Expr) -> Vec<Mistake> {
    let mut traps = Vec::new();
    if let Kind::Term(term) = &expr.kind {
        everyday_word(term, expr.place.start, &mut traps);
    }
    clause(expr, None, &mut traps);
    traps.sort_by_key(|trap| trap.at);
    traps
}

fn clause(expr: &Expr, field: Option<Field>, traps: &mut Vec<Mistake>) {
    let at = expr.place.start;
    match &expr.kind {
        Kind::Term(it) if field != Some(Field::Lang) => term(it, at, field, traps),
        Kind::Regex {
            pattern,
            ignore_case,
        } if required_literals(pattern, *ignore_case).is_empty() => {
            traps.push(Mistake::new(
                "slow-regex",
                at,
                "the regular expression holds no fixed text and is tried on every article",
                "add letters that must occur: two or more in a row, plain ones if case is ignored",
            ));
        }
        // `NOT x` has three letters and a space before its word.
        Kind::Not { inner, at } if inner.place.start == at + 2 => {
            traps.push(Mistake::new(
                "dash",
                *at,
                "a minus leaves out what follows it, also after a space",
                "write -word without the space, or take the dash away",
            ));
        }
        Kind::Or(sides) => {
            for side in sides {
                if let Kind::Term(term) = &side.kind {
                    everyday_word(term, side.place.start, traps);
                }
            }
        }
        _ => {}
    }
    let field = match &expr.kind {
        Kind::Field(field, _) => Some(*field),
        _ => field,
    };
    for child in expr.children() {
        clause(child, field, traps);
    }
}

fn term(term: &Term, at: usize, field: Option<Field>, traps: &mut Vec<Mistake>) {
    let is_prose = !matches!(
        field,
        Some(Field::Source | Field::Url | Field::Author | Field::Tag)
    );
    let mut add = |kind, message: String, hint: String| {
        traps.push(Mistake::new(kind, at, message, hint));
    };
    let raw = term.raw.trim();
    if is_prose && is_address(raw) {
        add(
            "address",
            format!("\"{raw}\" is an address, and addresses in a text are skipped"),
            format!("write url:\"{raw}\" to search the article's own address"),
        );
        return;
    }
    if let Some(word) = lost_signs(raw) {
        add(
            "lost-signs",
            format!("signs are not searched: \"{raw}\" is the word \"{word}\""),
            format!(
                "write a regular expression: /{}/",
                regex_syntax::escape(raw)
            ),
        );
    } else if is_prose && !term.is_exact && is_short_capitals(raw) {
        add(
            "short-capitals",
            format!(
                "\"{raw}\" is found in any case, also as \"{}\"",
                raw.to_lowercase()
            ),
            format!("write ={raw} for exactly these capitals"),
        );
    }
    if !term.is_quoted && matches!(raw, "and" | "or" | "not" | "near") {
        add(
            "small-operator",
            format!("\"{raw}\" in small letters is a word to look for"),
            format!(
                "write {} for the operator, or \"{raw}\" in quotes for the word",
                raw.to_uppercase()
            ),
        );
    }
    if !term.is_quoted && raw.starts_with(['–', '—', '−']) {
        add(
            "dash",
            "a dash is no minus: the word is looked for, not left out".to_owned(),
            format!("write -{}", raw.trim_start_matches(['–', '—', '−'])),
        );
    }
    if !term.is_quoted && raw.starts_with(['\'', '‘', '’']) {
        add(
            "single-quotes",
            "single quotes make no phrase".to_owned(),
            "write the phrase in double quotes".to_owned(),
        );
    }
    if term.is_quoted && raw.ends_with('?') {
        add(
            "question-mark",
            "? stands for exactly one letter, also at the end of a phrase".to_owned(),
            format!("write \"{}\"", raw.trim_end_matches('?')),
        );
    }
}

/// A watch that asks for an everyday word alone fires on nearly everything.
fn everyday_word(term: &Term, at: usize, traps: &mut Vec<Mistake>) {
    let Ok(pattern) = Pattern::of(term) else {
        return;
    };
    if let [edge] = pattern.edges.as_slice()
        && let Look::Plain(word) = &edge.look
    {
        let mut keys = Keys::default();
        keys.set(word);
        if frequency::of_word(keys.fold()) >= EVERYDAY_SHARE {
            traps.push(Mistake::new(
                "everyday-word",
                at,
                format!("\"{word}\" stands in nearly every article"),
                "ask for a phrase, or for another word as well",
            ));
        }
    }
}

fn is_address(raw: &str) -> bool {
    raw.chars().any(char::is_alphanumeric) && Words::of(raw, Reading::Prose).all().is_empty()
}

/// The word that is left of a name whose signs are part of it: C of C++, F of F#, NET of .NET.
fn lost_signs(raw: &str) -> Option<String> {
    let ends_with_sign = raw.ends_with(['+', '#', '$', '€']);
    let starts_with_sign = raw.starts_with('.');
    let words = Words::of(raw, Reading::Term);
    match words.all() {
        [word] if ends_with_sign || starts_with_sign => Some(words.letters(word).to_owned()),
        _ => None,
    }
}

fn is_short_capitals(raw: &str) -> bool {
    let letters = raw.chars().count();
    (2..=SHORT_CAPITALS).contains(&letters) && raw.chars().all(char::is_uppercase)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::matching::query::query;

    fn kinds(text: &str) -> Vec<(&'static str, usize)> {
        let expr = query(text).unwrap();
        lint(&expr)
            .iter()
            .map(|trap| (trap.kind, trap.at + 1))
            .collect()
    }

    #[test]
    fn every_kind_of_trap_is_seen() {
        for (text, kind, col) in [
            ("iran PA", "short-capitals", 6),
            ("\"WHO\" iran", "short-capitals", 1),
            ("C++", "lost-signs", 1),
            ("iran .NET", "lost-signs", 6),
            ("/[0-9]{4}/", "slow-regex", 1),
            ("trump and putin", "small-operator", 7),
            ("apple –juice", "dash", 7),
            ("apple - juice", "dash", 7),
            ("'iran' deal", "single-quotes", 1),
            ("\"what now?\"", "question-mark", 1),
            ("iran OR people", "everyday-word", 9),
            ("www.example.org", "address", 1),
        ] {
            assert_eq!(kinds(text), [(kind, col)], "{text}");
        }
    }

    #[test]
    fn ordinary_queries_have_no_traps() {
        for text in [
            "=PA iran",
            "U.S. navy",
            "NATO OR ASEAN",
            "/CVE-[0-9]+/",
            "source:bbc.co.uk election",
            "url:www.example.org iran",
            "people iran",
            "#ukraine AT&T",
            "lang:en iran",
            "iran NOT oil -gas",
            "iran AND NOT (oil)",
            "南海",
        ] {
            assert_eq!(kinds(text), [], "{text}");
        }
    }
}
