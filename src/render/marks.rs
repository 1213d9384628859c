//! Marks: where in a sentence the terms stand that were found in it.

use crate::matching;

/// A piece of a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Piece {
    Plain(String),
    Marked(String),
}

/// Splits a sentence into pieces, of which those in which a term was found are marked.
pub(super) fn marked(sentence: &str, terms: &[String]) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut chars = sentence.chars();
    let mut at = 0;
    for place in matching::marks(terms, sentence) {
        let plain: String = chars.by_ref().take(place.start - at).collect();
        if !plain.is_empty() {
            pieces.push(Piece::Plain(plain));
        }
        at = place.end;
        pieces.push(Piece::Marked(chars.by_ref().take(place.len()).collect()));
    }
    let plain: String = chars.collect();
    if !plain.is_empty() {
        pieces.push(Piece::Plain(plain));
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Shows marks as square brackets.
    fn shown(sentence: &str, terms: &[&str]) -> String {
        let terms: Vec<String> = terms.iter().map(|&term| term.to_owned()).collect();
        marked(sentence, &terms)
            .into_iter()
            .map(|piece| match piece {
                Piece::Plain(text) => text,
                Piece::Marked(text) => format!("[{text}]"),
            })
            .collect()
    }

    #[test]
    fn terms_are_marked_whatever_their_case_and_the_querys_signs() {
        for (sentence, terms, expected) in [
            ("The COC is near", &["=COC"][..], "The [COC] is near"),
            (
                "A Code of Conduct",
                &["\"code of conduct\"", "code"],
                "A [Code of Conduct]",
            ),
            ("Fishing and fish", &["fish*"], "[Fishing] and [fish]"),
            (
                "PA said the party will pay",
                &["=PA"],
                "[PA] said the party will pay",
            ),
            ("unfishy", &["fish"], "unfishy"),
            (
                "Biển Đông, biển đông",
                &["Biển Đông"],
                "[Biển Đông], [biển đông]",
            ),
            ("在南海问题上", &["南海"], "在[南海]问题上"),
            ("nothing here", &["x", "", "=", "\"\""], "nothing here"),
            ("", &["x"], ""),
        ] {
            assert_eq!(shown(sentence, terms), expected);
        }
    }
}
