//! Tables of pages that are walls, and of pages that only speak of them.

use super::words;
use super::*;

#[test]
fn every_word_of_the_tables_is_written_as_it_is_compared() {
    let kinds = [
        &words::CHALLENGE,
        &words::NOT_FOUND,
        &words::REMOVED,
        &words::REGION,
        &words::UNAVAILABLE,
        &words::LOG_IN,
        &words::BROWSER,
    ];
    let of_kinds = kinds
        .iter()
        .flat_map(|words| [words.titles, words.beginnings, words.sayings]);
    let all = of_kinds.chain([
        CONSENT_TITLES,
        CONSENT_WORDS,
        CONSENT_SIGNS,
        words::PAY_TO_READ,
        words::SUBSCRIBERS,
    ]);
    let wrong: Vec<(&str, String)> = all
        .flatten()
        .map(|word| (*word, folded(word)))
        .filter(|(word, folded)| word != folded)
        .collect();
    assert!(wrong.is_empty(), "{wrong:?}");
}
