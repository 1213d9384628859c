//! Marks: where in a sentence the terms stand that were found in it.
//!
//! The matcher knows more (other forms of a word, accents left out); a mark is a help for the eye, and one that is
//! missing does no harm.

/// A piece of a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Piece {
    Plain(String),
    Marked(String),
}

/// Splits a sentence into pieces, of which those that are a term are marked, the longest at each place.
pub(super) fn marked(sentence: &str, terms: &[String]) -> Vec<Piece> {
    let terms: Vec<Vec<char>> = terms.iter().filter_map(|term| words_of(term)).collect();
    let chars: Vec<char> = sentence.chars().collect();
    let folded: Vec<char> = chars.iter().copied().map(fold).collect();
    let mut pieces = Vec::new();
    let mut plain = String::new();
    let mut place = 0;
    while let Some(c) = chars.get(place) {
        let before = place.checked_sub(1).and_then(|before| folded.get(before));
        let rest = folded.get(place..).unwrap_or_default();
        let Some(length) = longest_at(rest, before, &terms) else {
            plain.push(*c);
            place += 1;
            continue;
        };
        if !plain.is_empty() {
            pieces.push(Piece::Plain(std::mem::take(&mut plain)));
        }
        let marked = chars.iter().skip(place).take(length).collect();
        pieces.push(Piece::Marked(marked));
        place += length;
    }
    if !plain.is_empty() {
        pieces.push(Piece::Plain(plain));
    }
    pieces
}

/// The length of the longest term that the text begins with, from the beginning of a word on.
fn longest_at(text: &[char], before: Option<&char>, terms: &[Vec<char>]) -> Option<usize> {
    if before.is_some_and(|c| c.is_alphanumeric() && c.is_ascii()) {
        return None;
    }
    terms
        .iter()
        .filter(|term| text.starts_with(term))
        .map(Vec::len)
        .max()
}

/// A term without what the query language puts around its words: `=COC`, `"code of conduct"`, `fish*`.
fn words_of(term: &str) -> Option<Vec<char>> {
    let words = term.trim_matches(|c: char| c.is_whitespace() || "=\"*~()".contains(c));
    let folded: Vec<char> = words.chars().map(fold).collect();
    (!folded.is_empty()).then_some(folded)
}

/// A letter in lower case, one for one, so that places stay what they are.
fn fold(c: char) -> char {
    c.to_lowercase().next().unwrap_or(c)
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
            ("Fishing and fish", &["fish*"], "[Fish]ing and [fish]"),
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
