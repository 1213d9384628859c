//! Word forms: the stem by which `sanctions` counts as `sanction`.

use std::borrow::Cow;

use rust_stemmers::{Algorithm, Stemmer};

/// Takes the endings off the words of one language.
pub(crate) trait Stem: Send + Sync {
    /// The stem of a case-folded word.
    fn stem<'w>(&self, lower: &'w str) -> Cow<'w, str>;
}

impl Stem for Stemmer {
    fn stem<'w>(&self, lower: &'w str) -> Cow<'w, str> {
        Stemmer::stem(self, lower)
    }
}

/// Letters beyond which a word has no stem: no language has longer words, and a stemmer need not be linear.
const MAX_STEMMED_BYTES: usize = 120;

/// Leaves words alone that are too long to be words.
struct OnlyWords(Stemmer);

impl Stem for OnlyWords {
    fn stem<'w>(&self, lower: &'w str) -> Cow<'w, str> {
        if lower.len() > MAX_STEMMED_BYTES {
            return Cow::Borrowed(lower);
        }
        Stem::stem(&self.0, lower)
    }
}

/// The stemmer of a language, by its code.
pub(crate) fn stemmer(language: &str) -> Option<Box<dyn Stem>> {
    let algorithm = match primary_language(language).as_str() {
        "ar" => Algorithm::Arabic,
        "da" => Algorithm::Danish,
        "de" => Algorithm::German,
        "el" => Algorithm::Greek,
        "en" => Algorithm::English,
        "es" => Algorithm::Spanish,
        "fi" => Algorithm::Finnish,
        "fr" => Algorithm::French,
        "hu" => Algorithm::Hungarian,
        "it" => Algorithm::Italian,
        "nl" => Algorithm::Dutch,
        "no" | "nb" | "nn" => Algorithm::Norwegian,
        "pt" => Algorithm::Portuguese,
        "ro" => Algorithm::Romanian,
        "ru" => Algorithm::Russian,
        "sv" => Algorithm::Swedish,
        "ta" => Algorithm::Tamil,
        "tr" => Algorithm::Turkish,
        _ => return None,
    };
    Some(Box::new(OnlyWords(Stemmer::create(algorithm))))
}

/// The languages that have stems, for messages.
pub(crate) const LANGUAGES: &str = "ar da de el en es fi fr hu it nl no pt ro ru sv ta tr";

/// The language of a BCP 47 tag without region and script, in lower case.
pub(crate) fn primary_language(tag: &str) -> String {
    let primary = tag.trim().split(['-', '_']).next().unwrap_or_default();
    primary.to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_that_is_named_has_a_stemmer() {
        for language in LANGUAGES.split(' ') {
            assert!(stemmer(language).is_some(), "{language}");
        }
        assert!(stemmer("vi").is_none());
    }

    #[test]
    fn forms_of_a_word_share_a_stem() {
        let english = stemmer("en-GB").unwrap();
        assert_eq!(english.stem("sanctions"), english.stem("sanction"));
    }
}
