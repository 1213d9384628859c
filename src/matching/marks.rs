//! Where in a text the terms stand that were found in an article: what an alert shows in bold.

use std::collections::HashMap;
use std::ops::Range;

use super::query::{self, Kind};
use super::{Asks, Fold, Matcher, WatchSource};
use crate::domain::ArticleText;

/// Finds terms in texts. What has been compiled for one text is kept for the next: the alerts of a page have few terms
/// between them, and to compile one takes longer than to look for it.
#[derive(Debug, Default)]
pub struct Marker(HashMap<String, Option<Matcher>>);

impl Marker {
    /// The places of terms in a text, in code points, in order and apart from one another; the terms as their author wrote
    /// them.
    ///
    /// Forms of a word that only the language of an article makes the same are not seen.
    pub fn marks(&mut self, terms: &[String], text: &str) -> Vec<Range<usize>> {
        // A term of the headline or of the text is shown wherever the sentence is from.
        let article = ArticleText {
            title: text,
            text,
            ..ArticleText::default()
        };
        let mut places = Vec::new();
        for term in terms {
            if !self.0.contains_key(term) {
                self.0.insert(term.clone(), matcher_of(term));
            }
            let hits = match self.0.get(term) {
                Some(Some(matcher)) => matcher.hits(&article),
                Some(None) | None => Vec::new(),
            };
            let spans = hits.into_iter().flat_map(|hit| hit.spans);
            places.extend(spans.map(|span| span.start..span.end));
        }
        apart(places)
    }
}

/// Places in order, each beginning where the one before has ended or later; of two that begin at once the longer.
fn apart(mut places: Vec<Range<usize>>) -> Vec<Range<usize>> {
    places.sort_by_key(|place| (place.start, std::cmp::Reverse(place.end)));
    let mut free_from = 0;
    places.retain(|place| {
        let is_free = place.start >= free_from;
        if is_free {
            free_from = place.end;
        }
        is_free
    });
    places
}

/// A matcher for one term: a clause of a query, or an element of a list, in which a space joins a phrase.
fn matcher_of(term: &str) -> Option<Matcher> {
    let is_clause = query::query(term).is_ok_and(|expr| !matches!(expr.kind, Kind::And(_)));
    let asks = if is_clause {
        Asks::Query(term.to_owned())
    } else {
        Asks::Terms(vec![term.to_owned()])
    };
    let watch = WatchSource {
        name: String::new(),
        asks,
        min_score: None,
        stem: None,
        fold: Some(Fold::German),
    };
    Matcher::compile(&[], &[watch]).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_found_is_marked_as_it_was_found() {
        for (text, terms, expected) in [
            ("PA said the party will pay", &["=PA"][..], &["PA"][..]),
            (
                "The cybersecurity law",
                &["cyber-security"],
                &["cybersecurity"],
            ),
            ("Talks on Bien Dong", &["\"Biển Đông\""], &["Bien Dong"]),
            ("In the East Sea, east", &["East Sea"], &["East Sea"]),
            (
                "A Code of Conduct",
                &["code", "\"code of conduct\""],
                &["Code of Conduct"],
            ),
            ("Mueller, Müller", &["title:Müller"], &["Mueller", "Müller"]),
            ("CVE-2026-1 and more", &["/CVE-[0-9]+/"], &["CVE-2026"]),
            ("在南海问题上", &["南海"], &["南海"]),
            ("nothing", &["lang:en", "x", "=", "\"\"", "(", ""], &[]),
        ] {
            let terms: Vec<String> = terms.iter().map(|&term| term.to_owned()).collect();
            let found: Vec<String> = Marker::default()
                .marks(&terms, text)
                .into_iter()
                .map(|place| text.chars().skip(place.start).take(place.len()).collect())
                .collect();
            assert_eq!(found, expected, "{text}");
        }
    }
}
