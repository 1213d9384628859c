//! Texts on which a watch must fire, or must not: its tests.

use super::Matcher;
use crate::domain::ArticleText;

/// A text of `must_match` or `must_not_match`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Example {
    /// The text.
    pub text: String,
    /// Whether the watch must fire on it.
    pub must_match: bool,
}

impl Example {
    /// Tells whether the watch at a place of the matcher does what it must; a paused one is tried as all are.
    #[must_use]
    pub fn passes(&self, matcher: &Matcher, watch: usize) -> bool {
        let fires = as_text_and_as_headline(&self.text).iter().any(|article| {
            let found = matcher.explain(watch, article);
            found.is_some_and(|found| found.matched)
        });
        fires == self.must_match
    }
}

/// A text as that of an article, and as its headline: a watch of headlines would not be met otherwise.
pub(crate) fn as_text_and_as_headline(text: &str) -> [ArticleText<'_>; 2] {
    let as_text = ArticleText {
        text,
        ..ArticleText::default()
    };
    let as_headline = ArticleText {
        title: text,
        ..ArticleText::default()
    };
    [as_text, as_headline]
}
