//! Whether it matters to a set of watches which language an article is in.

use crate::matching::{Asks, WatchSource};

/// Tells whether the language of an article can change what these watches find.
///
/// Guessing a language takes longer than matching an article. A query that holds the letters of `lang:` anywhere counts:
/// a guess too many costs time alone.
#[must_use]
pub fn depends_on_language(aliases: &[(String, String)], watches: &[WatchSource]) -> bool {
    let names_it = |text: &str| text.to_ascii_lowercase().contains("lang");
    aliases.iter().any(|(_, query)| names_it(query))
        || watches.iter().any(|watch| {
            watch.stem.is_some()
                || match &watch.asks {
                    Asks::Query(query) => names_it(query),
                    Asks::Terms(_) => false,
                }
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn watch(query: &str, stem: Option<&str>) -> WatchSource {
        WatchSource {
            name: "w".into(),
            asks: Asks::Query(query.into()),
            min_score: None,
            stem: stem.map(str::to_owned),
            fold: None,
        }
    }

    #[test]
    fn only_the_language_field_and_word_forms_ask_for_the_language() {
        assert!(!depends_on_language(&[], &[watch("iran", None)]));
        assert!(depends_on_language(&[], &[watch("iran", Some("en"))]));
        assert!(depends_on_language(&[], &[watch("iran LANG:en", None)]));
        let alias = [("vi".to_owned(), "lang:vi".to_owned())];
        assert!(depends_on_language(&alias, &[watch("@vi iran", None)]));
    }
}
