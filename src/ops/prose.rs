//! A query in plain words, for those who do not write queries.

use crate::matching::{ClauseKind, ClauseReport};

/// Clauses of one that are named; of more it is told how many they are.
const NAMED: usize = 6;

/// Says in words what a clause asks for.
#[must_use]
pub(super) fn prose(clause: &ClauseReport) -> String {
    let parts = &clause.clauses;
    match clause.kind {
        ClauseKind::Term => term(&clause.text),
        ClauseKind::Language => match clause.text.split_once(':') {
            Some((_, language)) => format!("the language {language}"),
            None => clause.text.clone(),
        },
        ClauseKind::Alias => alias(clause),
        ClauseKind::And => joined(parts, ", and "),
        ClauseKind::Or => joined(parts, " or "),
        ClauseKind::Not => format!("not {}", joined(parts, ", and ")),
        ClauseKind::Near => match parts.as_slice() {
            [one, other] => format!("{} close to {}", inner(one), inner(other)),
            _ => clause.text.clone(),
        },
        ClauseKind::Count { min } => format!("at least {min} times {}", joined(parts, " or ")),
        ClauseKind::Weight if clause.only_points => {
            format!("fewer points for {}", joined(parts, " or "))
        }
        ClauseKind::Weight => format!("{}, with points of its own", joined(parts, " or ")),
    }
}

fn joined(parts: &[ClauseReport], word: &str) -> String {
    let named: Vec<String> = parts.iter().take(NAMED).map(inner).collect();
    let named = named.join(word);
    match parts.len().checked_sub(NAMED) {
        None | Some(0) => named,
        Some(more) => format!("{named}{word}{more} more"),
    }
}

/// A clause inside another one: what has several parts is set apart.
fn inner(clause: &ClauseReport) -> String {
    let words = prose(clause);
    match clause.kind {
        ClauseKind::And | ClauseKind::Or | ClauseKind::Near if clause.clauses.len() > 1 => {
            format!("({words})")
        }
        _ => words,
    }
}

fn alias(clause: &ClauseReport) -> String {
    let name = clause.text.trim_start_matches('@');
    // Its clauses stand where the alias is used first.
    let terms = match clause.clauses.as_slice() {
        [] => return format!("anything in the list {name}"),
        [one] if one.kind == ClauseKind::Or => one.clauses.len(),
        all => all.len(),
    };
    let word = if terms == 1 { "entry" } else { "entries" };
    format!("anything in the list {name} ({terms} {word})")
}

/// The fields that a term may be kept to, and where that is.
const FIELDS: [(&str, &str); 9] = [
    ("title", "in the headline"),
    ("body", "in the text"),
    ("feed_title", "in the feed’s headline"),
    ("feed_summary", "in the feed’s summary"),
    ("author", "in the name of the author"),
    ("source", "in the name of the outlet"),
    ("url", "in the address"),
    ("lang", "in the language"),
    ("tag", "among the tags"),
];

fn term(text: &str) -> String {
    let field = text.split_once(':').and_then(|(field, rest)| {
        let known = FIELDS.iter().find(|(known, _)| *known == field);
        known.map(|(_, place)| (*place, rest))
    });
    if let Some((place, rest)) = field {
        return format!("{} {place}", term(rest));
    }
    if text.starts_with('/') {
        return format!("what fits {text}");
    }
    if let Some(exact) = text.strip_prefix('=') {
        return format!("“{}” with these very letters", bare(exact));
    }
    match text.strip_suffix('*') {
        Some(start) if !start.contains([' ', '"', '*']) => {
            format!("a word that begins with “{start}”")
        }
        _ => format!("“{}”", bare(text)),
    }
}

fn bare(text: &str) -> &str {
    let inside = text
        .strip_prefix('"')
        .and_then(|text| text.strip_suffix('"'));
    inside.unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::prose;
    use crate::domain::ArticleText;
    use crate::matching::{Asks, Matcher, WatchSource};

    fn of(query: &str) -> String {
        let aliases = [("sea".to_owned(), "\"East Sea\" OR Spratly".to_owned())];
        let source = WatchSource {
            name: "one".to_owned(),
            asks: Asks::Query(query.to_owned()),
            min_score: None,
            stem: None,
            fold: None,
        };
        let matcher = Matcher::compile(&aliases, &[source]).unwrap();
        prose(&matcher.explain(0, &ArticleText::default()).unwrap().clause)
    }

    #[test]
    fn a_query_is_told_in_plain_words() {
        for (query, words) in [
            ("collision", "“collision”"),
            (
                "@sea AND NOT title:exercise",
                "anything in the list sea (2 entries), and not “exercise” in the headline",
            ),
            (
                "ship AND (ramm* OR \"water cannon\")",
                "“ship”, and (a word that begins with “ramm” or “water cannon”)",
            ),
            (
                "a1 OR b1 OR c1 OR d1 OR e1 OR f1 OR g1 OR h1",
                "“a1” or “b1” or “c1” or “d1” or “e1” or “f1” or 2 more",
            ),
        ] {
            assert_eq!(of(query), words, "{query}");
        }
    }
}
