//! Whether a text is the name of a person.

use crate::extract::metadata::names::split;
use crate::extract::text::{folded, is_dense_script};

/// Tells whether a line is the full name of one person and nothing else.
pub(super) fn is_full_name(line: &str) -> bool {
    let words = line.split_whitespace().count();
    let is_written_together = line.chars().all(is_dense_script) && !line.chars().any(is_hiragana);
    if is_written_together {
        return (2..=LONGEST_DENSE_NAME).contains(&line.chars().count());
    }
    let is_word = |word: &str| {
        let mut letters = word.chars();
        letters.next().is_some_and(char::is_uppercase)
            && letters.all(|c| c.is_alphabetic() || matches!(c, '.' | '-' | '\'' | '’'))
            || matches!(
                word,
                "de" | "da"
                    | "di"
                    | "van"
                    | "von"
                    | "der"
                    | "den"
                    | "al"
                    | "bin"
                    | "le"
                    | "la"
                    | "dos"
            )
    };
    (2..=4).contains(&words) && line.split_whitespace().all(is_word) && split(line) == [line]
}

pub(super) fn is_hiragana(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{309F}')
}

/// Characters of the longest name that is written without a space.
pub(super) const LONGEST_DENSE_NAME: usize = 5;

/// Tells whether a name is two to four words none of which is an abbreviation, as those of firms are.
pub(super) fn is_of_person(name: &str) -> bool {
    let words: Vec<&str> = name.split(' ').collect();
    let is_abbreviation = |word: &&str| {
        word.len() > 1
            && (word.chars().all(char::is_uppercase)
                || word.len() < 4 && word.ends_with('.') && word.len() != 2)
    };
    (2..=4).contains(&words.len()) && !words.iter().any(is_abbreviation)
}

/// Splits values into names, each once, without those of agencies that sell pictures.
pub(super) fn distinct(values: &[String]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    let all = values.iter().flat_map(|value| split(value));
    for name in all.filter(|name| !is_picture_agency(name)) {
        let known = names.iter().any(|known| folded(known) == folded(&name));
        if !known && names.len() < MOST {
            names.push(name);
        }
    }
    names
}

/// Tells whether a name is that of an agency that sells pictures.
pub(super) fn is_picture_agency(name: &str) -> bool {
    const AGENCIES: &[&str] = &[
        "getty",
        "istock",
        "istockphoto",
        "shutterstock",
        "alamy",
        "depositphotos",
        "dreamstime",
        "unsplash",
        "pexels",
        "pixabay",
        "picture alliance",
        "imago images",
        "adobe stock",
        "stock adobe",
    ];
    let name = folded(name);
    AGENCIES.iter().any(|agency| {
        name.strip_prefix(agency)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
    })
}

/// The most authors that are kept.
pub(super) const MOST: usize = 12;
