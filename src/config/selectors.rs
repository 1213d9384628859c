//! What is wrong with a CSS selector or a regular expression, in words that people know.

use crate::extract::AddressError;

use super::problem::quoted;
use super::queries::place_of;
use super::source::{At, Place};

/// What is wrong with a selector, and what to write.
pub(super) fn explained(selector: &str, error: &str) -> (String, String) {
    let shown = quoted(selector);
    let text = selector.trim();
    let (why, hint) = mistake(text).unwrap_or_else(|| {
        let hint = "write for example \"article p\" or \"div.content > p\"";
        (error, hint.to_owned())
    });
    (format!("{shown} is not a CSS selector: {why}"), hint)
}

/// What is wrong with a selector as a whole, and what to write.
fn mistake(text: &str) -> Option<(&'static str, String)> {
    let count = |c: char| text.matches(c).count();
    let meant = if text.is_empty() {
        (
            "it is empty",
            "write for example \"article p\", or leave the key out".to_owned(),
        )
    } else if text.starts_with("//") || text.starts_with("/html") || text.contains("/text()") {
        (
            "it is an XPath",
            "write it as a CSS selector, for example \"div.content > p\"".to_owned(),
        )
    } else if text.starts_with('<') {
        (
            "it is a piece of HTML",
            format!("write the name of the element: \"{}\"", element_of(text)),
        )
    } else if count('[') != count(']') {
        (
            "a square bracket is not closed",
            "write for example \"a[href]\" or 'a[rel=\"next\"]'".to_owned(),
        )
    } else if count('(') != count(')') {
        (
            "a parenthesis is not closed",
            "write for example \"p:not(.ad)\"".to_owned(),
        )
    } else if text.contains("::") {
        (
            "it names a part of an element's text",
            "name the element alone, without ::".to_owned(),
        )
    } else if text.ends_with(['>', '+', '~', ',']) || text.starts_with(['>', '+', '~', ',']) {
        (
            "something is missing beside the sign at its end",
            "write for example \"article > p\"".to_owned(),
        )
    } else {
        return odd_name(text);
    };
    Some(meant)
}

/// What is wrong with a name or a condition in it.
fn odd_name(text: &str) -> Option<(&'static str, String)> {
    let meant = if let Some(name) = digit_name(text) {
        let mark = name.chars().next().unwrap_or('#');
        let attribute = if mark == '#' { "id=" } else { "class~=" };
        let bare = name.trim_start_matches(['#', '.']);
        (
            "a name after # or . does not begin with a digit",
            format!("write '[{attribute}\"{bare}\"]'"),
        )
    } else if text.contains(':') {
        (
            "it has a condition after : that is not known",
            "write an element, a class or an id, for example \"div.content\"".to_owned(),
        )
    } else if text.contains("..")
        || text.contains(". ")
        || text.ends_with('.')
        || text.ends_with('#')
    {
        (
            "a name is missing after . or #",
            "write for example \".byline\" for a class, \"#text\" for an id".to_owned(),
        )
    } else {
        return None;
    };
    Some(meant)
}

/// The name of the element that a piece of HTML begins with.
fn element_of(html: &str) -> &str {
    let name = html.trim_start_matches(['<', '/']);
    name.split(|c: char| !c.is_ascii_alphanumeric())
        .next()
        .unwrap_or(name)
}

/// `#1a`, `.2nd`
fn digit_name(text: &str) -> Option<&str> {
    text.split([' ', '>', '+', '~', ',']).find(|part| {
        let mut letters = part.chars();
        matches!(letters.next(), Some('#' | '.'))
            && letters.next().is_some_and(|c| c.is_ascii_digit())
    })
}

/// What is wrong with a regular expression, what to write, and where it stands.
pub(super) fn pattern_explained(
    pattern: &At<String>,
    error: &AddressError,
) -> (String, &'static str, Place) {
    const HINT: &str = "write for example { match = '/news/(\\d+)', replace = '/print/$1' }";
    let place = &pattern.place;
    let Err(regex_syntax::Error::Parse(mistake)) =
        regex_syntax::Parser::new().parse(&pattern.value)
    else {
        return (error.to_string(), HINT, place.clone());
    };
    let col = pattern
        .value
        .get(..mistake.span().start.offset)
        .map_or(1, |before| before.chars().count() + 1);
    let in_file = place.source().text(place.span());
    let inside = place_of(in_file, place.span().start, &pattern.value, col);
    let message = format!(
        "{} is not a regular expression: {}",
        quoted(&pattern.value),
        mistake.kind()
    );
    (message, HINT, place.within(&inside))
}
