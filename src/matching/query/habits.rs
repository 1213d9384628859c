//! What people write who are used to other search engines, or to another language: words that they mean as operators.

use super::expr::{Expr, Kind};
use super::pattern::Term;

/// What a word is most likely meant to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Meant {
    /// What to write instead.
    pub(super) hint: String,
    pub(super) certainty: Certainty,
}

/// Whether a word can be anything else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Certainty {
    /// Nobody looks for it: the query is refused.
    Sure,
    /// It may be meant as a word: a warning.
    Likely,
}

/// "Or" between two words, in any case: whoever means it as a word puts it in quotes.
const OR: &str = " or oder ou ";
/// "And" of Vietnamese: it stands in every text, and a list that is joined by it is most likely meant as alternatives.
const VIETNAMESE_AND: &str = "và";
/// "Or" in further languages; with a capital they are also names.
const OR_ELSEWHERE: &str = " oppure ovvero eller lub albo nebo alebo ili vagy veya yahut atau hoặc hay или або ή أو או या \
یا 또는 または 或 或者 ";
/// "And" and "not", which in small letters are words like others.
const AND: &str = " and und et och og ve dan y и і та και و 和 与 與 및 と ";
const NOT: &str = " not nicht ";
/// "Or" that is a letter: as a word it is looked for by nobody, as a name by some.
const OR_OF_A_LETTER: &str = " o u ";
/// The same in capitals only: in small letters they are everyday words.
const LOUD_AND: &str = " e i en ";
const LOUD_NOT: &str = " sauf pas non no não inte ikke niet nie не không değil ohne sans sin sem senza except without \
unless ";
/// Capitals that are a word of a language and nothing else in news.
const SURE_IN_CAPITALS: &str =
    " und nicht oppure ovvero eller lub albo nebo atau veya hoặc или або ";
/// Operators of other engines that are no words.
const SURELY_NOT: &str = " andnot butnot and-not and_not ";
/// Operators of other engines that are also words; meant when they stand in capitals.
const CLOSE: &str = " around within same adj adjacent sentence paragraph sent para followed with ";

/// What the clause at `place` among clauses that stand side by side is meant to be, if it is a word that stands where an
/// operator would.
pub(super) fn meant(clauses: &[Expr], place: usize) -> Option<Meant> {
    let term = bare_word(clauses.get(place)?)?;
    let raw = term.raw.as_str();
    let lower = raw.to_lowercase();
    let before = place.checked_sub(1).and_then(|before| clauses.get(before));
    let after = clauses.get(place + 1);
    let as_word = format!("\"{raw}\" in quotes for the word");
    if let Some(number) = at_least(&lower) {
        let counted = after.and_then(written).unwrap_or("iran");
        return Some(sure(format!("write {counted}>={number}")));
    }
    if let ("atleast", Some(number)) = (lower.as_str(), after.and_then(distance)) {
        let counted = clauses.get(place + 2).and_then(written).unwrap_or("iran");
        return Some(sure(format!("write {counted}>={number}")));
    }
    let (Some(before), Some(after)) = (before, after) else {
        let is_ours = matches!(raw, "and" | "or" | "not" | "near");
        let ours = raw.to_uppercase();
        return is_ours.then(|| likely(format!("write {ours} for the operator, or {as_word}")));
    };
    let (ours, certainty) = operator(raw, &lower, before, after)?;
    let example = match (written(before), written(after)) {
        (Some(before), Some(_)) if ours.starts_with("NEAR/") && distance(after).is_some() => {
            let other = clauses
                .get(place + 2)
                .and_then(written)
                .or_else(|| written(after));
            format!("{before} {ours} {}", other.unwrap_or_default())
        }
        (Some(before), Some(after)) => format!("{before} {ours} {after}"),
        (Some(before), None) if matches!(after.kind, Kind::Not { .. }) => {
            format!("{before} NOT …")
        }
        _ => ours,
    };
    Some(Meant {
        hint: format!("write {example}, or {as_word}"),
        certainty,
    })
}

/// What a word between two clauses is in our spelling.
fn operator(raw: &str, lower: &str, before: &Expr, after: &Expr) -> Option<(String, Certainty)> {
    let is_loud = is_capitals(raw) && !(is_all_capitals(before) && is_all_capitals(after));
    let among = |list: &str| list.contains(&format!(" {lower} "));
    let sure = |ours: &str| Some((ours.to_owned(), Certainty::Sure));
    // A capital at the start alone is that of a name, but for English: the Oder, Mount Nebo.
    let is_no_name = is_loud || lower == raw;
    if lower == "or" || (is_no_name && (among(OR) || among(OR_ELSEWHERE))) {
        return sure("OR");
    }
    if lower == VIETNAMESE_AND {
        return sure("AND");
    }
    if among(SURELY_NOT) {
        return sure("AND NOT");
    }
    let ours = if among(AND) || (is_loud && among(LOUD_AND)) {
        "AND"
    } else if is_no_name && among(OR_OF_A_LETTER) {
        "OR"
    } else if among(NOT) || (is_loud && among(LOUD_NOT)) {
        "NOT"
    } else if lower == "near" {
        "NEAR"
    } else if lower == "and/or" || (is_loud && matches!(lower, "xor" | "or/and")) {
        "OR"
    } else if is_loud && lower == "minus" {
        "NOT"
    } else if is_loud && matches!(lower, "nand" | "but" | "plus") {
        "AND"
    } else if is_loud && among(CLOSE) {
        return Some(closeness(after));
    } else {
        return None;
    };
    let is_sure = is_loud && SURE_IN_CAPITALS.contains(&format!(" {lower} "));
    let certainty = if is_sure {
        Certainty::Sure
    } else {
        Certainty::Likely
    };
    Some((ours.to_owned(), certainty))
}

/// The number of `atleast3`.
fn at_least(lower: &str) -> Option<u32> {
    let digits = lower
        .strip_prefix("atleast")
        .or_else(|| lower.strip_prefix("atl"))?;
    let is_short = (1..=3).contains(&digits.len());
    digits.parse().ok().filter(|_| is_short)
}

/// A clause as it was written, if it is short enough to be shown in a hint.
fn written(expr: &Expr) -> Option<&str> {
    match &expr.kind {
        Kind::Term(term) if !term.is_quoted => Some(&term.raw),
        _ => None,
    }
}

/// `WITHIN 5`, `AROUND(5)`: with a number it can be nothing else.
fn closeness(after: &Expr) -> (String, Certainty) {
    match distance(after) {
        Some(distance) => (format!("NEAR/{distance}"), Certainty::Sure),
        None => ("NEAR/15".to_owned(), Certainty::Likely),
    }
}

/// The number that a clause consists of, if it can be a distance.
pub(super) fn distance(expr: &Expr) -> Option<u32> {
    let raw = &bare_word(expr)?.raw;
    let is_short = (1..=3).contains(&raw.len());
    raw.parse().ok().filter(|_| is_short)
}

/// A word without quotes, `=` and the like.
fn bare_word(expr: &Expr) -> Option<&Term> {
    match &expr.kind {
        Kind::Term(term) if !term.is_quoted && !term.is_exact => Some(term),
        _ => None,
    }
}

fn sure(hint: String) -> Meant {
    Meant {
        hint,
        certainty: Certainty::Sure,
    }
}

fn likely(hint: String) -> Meant {
    Meant {
        hint,
        certainty: Certainty::Likely,
    }
}

fn is_capitals(raw: &str) -> bool {
    if raw.is_ascii() {
        let is_small = |byte: u8| byte.is_ascii_lowercase();
        return raw.bytes().any(|byte| byte.is_ascii_uppercase()) && !raw.bytes().any(is_small);
    }
    raw.chars().any(char::is_alphabetic) && raw.to_uppercase() == raw && raw.to_lowercase() != raw
}

/// True if everything in a clause is written in capitals: then capitals say nothing.
fn is_all_capitals(expr: &Expr) -> bool {
    match &expr.kind {
        Kind::Term(term) => is_capitals(&term.raw),
        _ => expr.children().all(is_all_capitals),
    }
}

/// A word right before `(` that is a function of another engine: what to write instead.
pub(super) fn foreign_function(word: &str, inside: &str) -> Option<String> {
    let lower = word.to_lowercase();
    let letters = lower.trim_end_matches(|c: char| c.is_ascii_digit() || c == '/');
    let own = lower.get(letters.len()..).unwrap_or_default();
    let is_number =
        |text: &&str| (1..=3).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    let number = [inside.trim(), own.trim_matches('/')]
        .into_iter()
        .find(is_number);
    let is_word = |text: &&str| text.chars().all(char::is_alphanumeric);
    let counted = Some(inside.trim())
        .filter(is_word)
        .filter(|text| !is_number(text) && !text.is_empty());
    Some(match letters {
        "around" | "within" | "near" | "onear" | "w" | "n" | "adj" | "prox" | "proximity"
        | "span" => {
            let number = number.unwrap_or("5");
            format!("write NEAR/{number} between the two words: iran NEAR/{number} deal")
        }
        "pre" | "p" | "before" | "followedby" => {
            let number = number.unwrap_or("5");
            format!("write ONEAR/{number} between the two words: iran ONEAR/{number} deal")
        }
        "atleast" | "atl" | "minimum" | "freq" | "count" => {
            let (counted, number) = (counted.unwrap_or("iran"), number.unwrap_or("3"));
            format!("write the number after the word: {counted}>={number}")
        }
        "allcaps" | "caps" | "nocaps" | "exact" | "singular" | "plural" => {
            "write = before the word for exactly these letters: =WHO".to_owned()
        }
        "title" | "headline" | "hlead" | "hl" | "head" | "intitle" | "allintitle" | "ti" => {
            "write title:(…) with a colon".to_owned()
        }
        "body" | "text" | "lead" | "intext" => "write body:(…) with a colon".to_owned(),
        "author" | "byline" | "source" | "tag" | "url" | "lang" => {
            format!("write {letters}:(…) with a colon")
        }
        "or" | "any" => "write (a OR b)".to_owned(),
        "and" | "all" => "write (a b)".to_owned(),
        "not" => "write NOT (a OR b)".to_owned(),
        _ => return None,
    })
}

/// An operator in capitals among the words of a text that is taken as a phrase.
pub(super) fn operator_in_phrase(raw: &str) -> Option<&str> {
    let is_of_operator = |c: char| c.is_ascii_uppercase() || matches!(c, '|' | '&');
    if !raw.contains(is_of_operator) || is_capitals(raw) {
        return None;
    }
    let words: Vec<&str> = raw.split_whitespace().collect();
    let inner = words
        .get(1..words.len().saturating_sub(1))
        .unwrap_or_default();
    // In front of the words stands NOT alone.
    let first = words
        .first()
        .filter(|word| **word == "NOT" && words.len() > 1);
    first
        .or_else(|| {
            inner.iter().find(|word| {
                let name = word.split('/').next().unwrap_or_default();
                matches!(
                    name,
                    "OR" | "AND" | "NOT" | "NEAR" | "ONEAR" | "ODER" | "UND" | "OU" | "VÀ"
                ) || matches!(**word, "|" | "||" | "&&")
            })
        })
        .copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::matching::query::query;

    fn meant_in(text: &str) -> Vec<(String, Certainty)> {
        let expr = query(text).unwrap();
        let Kind::And(clauses) = &expr.kind else {
            return Vec::new();
        };
        (0..clauses.len())
            .filter_map(|place| meant(clauses, place))
            .map(|meant| (meant.hint, meant.certainty))
            .collect()
    }

    #[test]
    fn words_that_are_meant_as_operators_are_seen() {
        use Certainty::{Likely, Sure};
        for (text, ours, certainty) in [
            ("iran or tehran", "iran OR tehran,", Sure),
            ("iran Or tehran", "iran OR tehran,", Sure),
            ("iran ODER tehran", "iran OR tehran,", Sure),
            ("iran ou tehran", "iran OR tehran,", Sure),
            ("iran VÀ tehran", "iran AND tehran,", Sure),
            ("Иран или Ирак", "Иран OR Ирак,", Sure),
            ("iran UND tehran", "iran AND tehran,", Sure),
            ("iran und tehran", "iran AND tehran,", Likely),
            ("trump And putin", "trump AND putin,", Likely),
            ("iran ANDNOT oil", "iran AND NOT oil,", Sure),
            ("iran SAME deal", "iran NEAR/15 deal,", Likely),
            ("iran WITHIN 5 deal", "iran NEAR/5 deal,", Sure),
            ("atleast3 iran", "iran>=3", Sure),
            ("iran Near deal", "iran NEAR deal,", Likely),
            ("iran SAUF oil", "iran NOT oil,", Likely),
            ("iran and", "AND for the operator,", Likely),
            ("Irán o Irak", "Irán OR Irak,", Likely),
            ("iran BUT NOT oil", "iran NOT …,", Likely),
            ("atleast 3 iran", "iran>=3", Sure),
            ("ایران یا عراق", "ایران OR عراق,", Sure),
            ("(a OR b) or \"c d\"", "OR,", Sure),
        ] {
            let [(hint, found)] = &meant_in(text)[..] else {
                panic!("{text}: {:?}", meant_in(text));
            };
            assert!(hint.starts_with(&format!("write {ours}")), "{text}: {hint}");
            assert_eq!(*found, certainty, "{text}");
        }
    }

    #[test]
    fn words_that_are_meant_as_words_are_left_alone() {
        for text in [
            "Or Yehuda",
            "iran \"or\" tehran",
            "iran =OR tehran",
            "PEACE WITHOUT JUSTICE",
            "no man",
            "talks with iran",
            "walk around town",
            "Mount Nebo abbey",
            "the Oder river",
            "trouble within iran",
            "iran same deal",
        ] {
            assert_eq!(meant_in(text), [], "{text}");
        }
    }
}
