//! Regular expressions in queries: what is allowed, and the letters one of which a match must hold.

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
            let reason = reason(&error);
            return Err((
                format!("the regular expression cannot be read: {reason}"),
                reason,
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

/// One line for people.
fn reason(error: &regex_syntax::Error) -> String {
    let text = error.to_string();
    if text.contains("look-around") {
        return "look-around is not supported; match the text itself and use AND NOT for what must be absent".to_owned();
    }
    if text.contains("backreferences") {
        return "back-references (\\1) are not supported".to_owned();
    }
    text.lines()
        .rev()
        .find_map(|line| line.trim().strip_prefix("error: "))
        .unwrap_or("the expression cannot be read")
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_run_is_refused_with_a_reason() {
        for (pattern, word) in [
            ("[a-", "unclosed"),
            ("(?=x)y", "look-around"),
            (r"(a)\1", "back-references"),
            ("a*", "empty"),
            (r"\pL{1000}{10}", "repeat less"),
        ] {
            let (_, hint) = check(pattern, false).unwrap_err();
            assert!(hint.contains(word), "{pattern}: {hint}");
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
