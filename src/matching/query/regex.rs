//! Regular expressions in queries: what is allowed, and the letters one of which a match must hold.

use regex_syntax::ast::ErrorKind;
use regex_syntax::hir::{Hir, HirKind};
use regex_syntax::{Parser, ParserBuilder};
use unicode_normalization::UnicodeNormalization as _;

/// Bytes a compiled expression may take; a counted repetition of a Unicode class grows fast.
const MAX_COMPILED_BYTES: usize = 2 << 20;
/// The most alternatives of which one must occur; with more, always trying costs less than looking for them.
const MAX_LITERALS: usize = 16;
/// Bytes of a literal that rules out enough articles to be worth looking for.
const MIN_LITERAL_BYTES: usize = 2;

/// Checks an expression.
///
/// # Errors
/// What is wrong and the hint.
pub(crate) fn check(pattern: &str, ignore_case: bool) -> Result<(), (String, String)> {
    let hir = match parser(ignore_case).parse(&composed(pattern)) {
        Ok(hir) => hir,
        Err(error) => {
            let (reason, hint) = reason(&error);
            return Err((
                format!("the regular expression cannot be read: {reason}"),
                hint,
            ));
        }
    };
    if hir.properties().minimum_len().unwrap_or_default() == 0 {
        return Err((
            "the regular expression matches nothing at all".to_owned(),
            "it matches the empty text; write + instead of *".to_owned(),
        ));
    }
    compile(pattern, ignore_case).map(|_| ()).map_err(|_| {
        (
            "the regular expression is too large".to_owned(),
            "repeat less: a count in braces multiplies what stands before it".to_owned(),
        )
    })
}

/// Compiles a checked expression.
///
/// # Errors
/// Those of the `regex` crate.
pub(crate) fn compile(pattern: &str, ignore_case: bool) -> Result<regex::Regex, regex::Error> {
    regex::RegexBuilder::new(&composed(pattern))
        .case_insensitive(ignore_case)
        .size_limit(MAX_COMPILED_BYTES)
        .build()
}

/// Texts of which one occurs, in any case, wherever the expression matches; empty if there are none.
pub(crate) fn required_literals(pattern: &str, ignore_case: bool) -> Vec<String> {
    // Parsed without regard to case, letters stay literals; they are then looked for in any case.
    let inline_flags = pattern.contains("(?");
    let parsed = parser(ignore_case && inline_flags).parse(&composed(pattern));
    // In any case, only ASCII is found by the automaton.
    let alphabet = if ignore_case || inline_flags {
        Alphabet::Ascii
    } else {
        Alphabet::Any
    };
    parsed
        .ok()
        .and_then(|hir| literals_of(&hir, alphabet))
        .unwrap_or_default()
}

/// Articles are read in NFC, so an expression is as well.
fn composed(pattern: &str) -> String {
    pattern.nfc().collect()
}

/// The characters of which literals may be made.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Alphabet {
    Ascii,
    Any,
}

fn literals_of(hir: &Hir, alphabet: Alphabet) -> Option<Vec<String>> {
    match hir.kind() {
        HirKind::Literal(literal) => {
            let text = std::str::from_utf8(&literal.0).ok()?;
            let is_usable = alphabet == Alphabet::Any || text.is_ascii();
            (is_usable && text.len() >= MIN_LITERAL_BYTES).then(|| vec![text.to_owned()])
        }
        HirKind::Capture(capture) => literals_of(&capture.sub, alphabet),
        HirKind::Repetition(repetition) if repetition.min > 0 => {
            literals_of(&repetition.sub, alphabet)
        }
        HirKind::Concat(parts) => parts
            .iter()
            .filter_map(|part| literals_of(part, alphabet))
            .max_by_key(|literals| literals.iter().map(String::len).min()),
        HirKind::Alternation(sides) => {
            let mut literals = Vec::new();
            for side in sides {
                literals.extend(literals_of(side, alphabet)?);
            }
            (literals.len() <= MAX_LITERALS).then_some(literals)
        }
        _ => None,
    }
}

fn parser(ignore_case: bool) -> Parser {
    ParserBuilder::new().case_insensitive(ignore_case).build()
}

/// What is wrong, and what to write, for people.
fn reason(error: &regex_syntax::Error) -> (String, String) {
    let (reason, hint, start) = match error {
        regex_syntax::Error::Parse(error) => {
            let (reason, hint) = explained(error.kind());
            (
                reason,
                hint,
                Some(error.span().start.offset).zip(Some(error.pattern())),
            )
        }
        regex_syntax::Error::Translate(error) => (
            error.kind().to_string(),
            "write the letters and signs themselves, or a class that is known: \\d, \\w, \\p{L}",
            Some(error.span().start.offset).zip(Some(error.pattern())),
        ),
        _ => (
            "it is none".to_owned(),
            "put a text that is to be found itself in quotes",
            None,
        ),
    };
    let place = start.and_then(|(byte, pattern)| {
        let before = pattern.get(..byte)?.chars().count();
        let sign = pattern.get(byte..)?.chars().next()?;
        Some(format!(", at the {sign} that is its letter {}", before + 1))
    });
    (
        format!("{reason}{}", place.unwrap_or_default()),
        hint.to_owned(),
    )
}

/// A mistake in plain words, and what to write.
fn explained(kind: &ErrorKind) -> (String, &'static str) {
    let (reason, hint) = match kind {
        ErrorKind::UnsupportedLookAround => (
            "look-around is not supported",
            "match the text itself, and use AND NOT for what must be absent",
        ),
        ErrorKind::UnsupportedBackreference => (
            "back-references (\\1) are not supported",
            "write the text out that is to be found again",
        ),
        ErrorKind::GroupUnclosed => (
            "a group is not closed",
            "write ) where it ends, or \\( for the sign itself",
        ),
        ErrorKind::GroupUnopened => (
            "a ) closes no group",
            "take it out, or write \\) for the sign itself",
        ),
        ErrorKind::ClassUnclosed => (
            "a class of letters is not closed",
            "write ] where it ends, or \\[ for the sign itself",
        ),
        ErrorKind::ClassRangeInvalid => (
            "a span of letters runs backwards",
            "write the lower one first: a-z, 0-9",
        ),
        ErrorKind::RepetitionMissing => (
            "there is nothing that is to be repeated",
            "write what is repeated before it, or a backslash for the sign itself: \\*",
        ),
        ErrorKind::RepetitionCountUnclosed | ErrorKind::RepetitionCountDecimalEmpty => (
            "a count of repetitions is not complete",
            "write a number and }, for example a{2}, or \\{ for the sign itself",
        ),
        ErrorKind::RepetitionCountInvalid => (
            "a count of repetitions runs backwards",
            "write the lower number first: a{2,4}",
        ),
        ErrorKind::EscapeUnrecognized => (
            "a backslash stands before a letter with which it means nothing",
            "take the backslash away; known are \\d \\w \\s \\b and the like",
        ),
        ErrorKind::EscapeUnexpectedEof => (
            "a backslash stands at its end",
            "take it away, or write two for the sign itself",
        ),
        other => {
            let hint = "write the letters and signs themselves; a sign that means something stands behind a backslash";
            return (other.to_string(), hint);
        }
    };
    (reason.to_owned(), hint)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_run_is_refused_with_a_reason() {
        for (pattern, word) in [
            ("[a-", "is not closed, at the [ that is its letter 1"),
            ("abc(d|e", "at the ( that is its letter 4"),
            ("\\y", "backslash"),
            ("(?=x)y", "look-around"),
            (r"(a)\1", "back-references"),
            ("a*", "empty"),
            (r"\pL{1000}{10}", "repeat less"),
        ] {
            let (message, hint) = check(pattern, false).unwrap_err();
            let told = format!("{message}; {hint}");
            assert!(told.contains(word), "{pattern}: {told}");
        }
    }

    #[test]
    fn the_longest_required_literal_is_found() {
        assert_eq!(required_literals(r"CVE-\d{4}-\d+", false), ["CVE-"]);
        assert_eq!(required_literals("(foo|bar)+x?", true), ["foo", "bar"]);
        assert_eq!(required_literals(r"\d+|foo", false), [""; 0]);
        assert_eq!(required_literals("(?i)cve-1", false), ["-1"]);
        assert_eq!(required_literals("a?b?", false), [""; 0]);
        assert_eq!(
            required_literals("Bie\u{302}\u{309}n [0-9]", false),
            ["Biển "]
        );
        assert_eq!(required_literals("Biển [0-9]", true), [""; 0]);
    }
}
