//! The tests that a watch carries itself: texts that it must find, and texts that it must not.

use super::Matcher;
use super::explain::Explanation;
use crate::domain::ArticleText;

/// What the author of a watch expects of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expectation {
    /// The watch fires.
    Match,
    /// The watch does not fire.
    NoMatch,
}

/// A text on which a watch does not do what its author expects.
#[derive(Debug, Clone, PartialEq)]
pub struct FailedTrial {
    /// The place of the text in its list.
    pub text: usize,
    /// What was expected.
    pub expected: Expectation,
    /// What the watch found.
    pub explanation: Explanation,
}

/// Holds a watch, by its place in the list, against the texts its author gave, and tells which come out wrong.
///
/// A text is read as the body of an article in `lang`.
#[must_use]
pub fn failed_trials(
    matcher: &Matcher,
    watch: usize,
    lang: &str,
    must_match: &[String],
    must_not_match: &[String],
) -> Vec<FailedTrial> {
    let expected = |expected, texts| (0..).zip(texts).map(move |text| (expected, text));
    let trials = expected(Expectation::Match, must_match)
        .chain(expected(Expectation::NoMatch, must_not_match));
    trials
        .filter_map(|(expected, (place, text)): (_, (usize, &String))| {
            let article = ArticleText {
                text,
                lang,
                ..ArticleText::default()
            };
            let explanation = matcher.explain(watch, &article)?;
            let is_wrong = explanation.matched != (expected == Expectation::Match);
            is_wrong.then_some(FailedTrial {
                text: place,
                expected,
                explanation,
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::matching::{Asks, WatchSource};

    #[test]
    fn only_texts_that_come_out_wrong_are_told() {
        let watch = WatchSource {
            name: "deal".to_owned(),
            asks: Asks::Query("iran deal".to_owned()),
            min_score: None,
            stem: None,
            fold: None,
        };
        let matcher = Matcher::compile(&[], &[watch]).unwrap();
        let texts = |list: &[&str]| {
            list.iter()
                .map(|text| (*text).to_owned())
                .collect::<Vec<_>>()
        };
        let failed = failed_trials(
            &matcher,
            0,
            "en",
            &texts(&["a deal with Iran", "a treaty with Iran"]),
            &texts(&["Iran", "deal Iran"]),
        );
        let told: Vec<_> = failed.iter().map(|one| (one.expected, one.text)).collect();
        assert_eq!(told, [(Expectation::Match, 1), (Expectation::NoMatch, 1)]);
        let missing = failed[0].explanation.near_misses();
        assert_eq!(missing[0].text, "deal");
    }
}
