//! Keys, and the sign between a key and its value.

use super::{Line, Meant, TYPOGRAPHIC, as_key, as_text, as_toml, header_of, unquoted};

/// Signs that stand in the place of `=` elsewhere.
const SIGNS: [&str; 6] = [":=", "=>", "==", "<-", "->", ":"];

/// Whether a text can be a key, with spaces perhaps.
pub(super) fn looks_like_key(text: &str) -> bool {
    let text = unquoted(text.trim());
    !text.is_empty()
        && text.chars().count() <= 40
        && text.chars().all(|c| {
            c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | ' ' | '\u{2010}'..='\u{2015}')
        })
}

/// `- name: x`, `- x`, `* x`
pub(super) fn list_item(line: &Line<'_>) -> Option<Meant> {
    let (trimmed, whole) = line.trimmed();
    let item = trimmed
        .strip_prefix("- ")
        .or_else(|| trimmed.strip_prefix("• "))?;
    let message = "a list is not written with - in TOML";
    let hint = match item.split_once(": ") {
        Some((key, value)) if looks_like_key(key) => {
            let table = line
                .earlier(|other| other.ends_with(':'))
                .and_then(|(_, parent)| header_of(parent.trim_end_matches(':')))
                .unwrap_or_else(|| "[[feed]], [[watch]] or [[channel]]".to_owned());
            format!(
                "write {table}, and below it {} = {}",
                as_key(key),
                as_toml(value)
            )
        }
        _ => format!(
            "write the values in brackets behind their key: [{}, ...]",
            as_text(unquoted(item))
        ),
    };
    Some(Line::meant(message, hint, whole.start..whole.start + 1))
}

/// A key and a value with something else between them than one `=`.
pub(super) fn sign(line: &Line<'_>) -> Option<Meant> {
    let is_about_sign = [
        "key with no value",
        "invalid unquoted key",
        "extra `=`",
        "missing assignment",
    ]
    .iter()
    .any(|part| line.said.starts_with(part))
        || line.said.starts_with("string values must be quoted") && line.text.contains("=>");
    if !is_about_sign {
        return None;
    }
    let is_in_braces = line
        .text
        .get(..line.at)
        .is_some_and(|before| before.contains('{') && before.contains('='));
    if is_in_braces || line.said.starts_with("missing assignment") {
        return sign_in_braces(line);
    }
    let found = SIGNS
        .iter()
        .filter_map(|sign| Some((line.text.find(sign)?, *sign)))
        .min_by_key(|(at, sign)| (*at, std::cmp::Reverse(sign.len())));
    let equals = line.text.find('=');
    let Some((at, sign)) = found.filter(|(at, _)| equals.is_none_or(|equals| *at <= equals)) else {
        return if equals.is_none() {
            Some(no_sign(line))
        } else {
            None
        };
    };
    let key = line.text.get(..at)?;
    let value = line.text.get(at + sign.len()..)?;
    if !looks_like_key(key) {
        return None;
    }
    if sign == ":" && value.starts_with("//") {
        let (trimmed, whole) = line.trimmed();
        let message = "an address does not stand alone";
        let hint = format!(
            "write [[feed]], and on the next line url = {}",
            as_text(trimmed.trim_end_matches([',', ';']))
        );
        return Some(Line::meant(message, hint, whole));
    }
    let message = format!("between a key and its value stands =, not {sign}");
    let hint = format!("write {}", assignment(key, value));
    Some(Line::meant(message, hint, at..at + sign.len()))
}

/// `smtp = { host: "x" }`
fn sign_in_braces(line: &Line<'_>) -> Option<Meant> {
    let rest = line.text.get(..line.at)?;
    let at = rest
        .rfind(':')
        .or_else(|| Some(line.at + line.text.get(line.at..)?.find(':')?))?;
    let key = rest
        .get(..at.min(rest.len()))?
        .rsplit(['{', ',', ' '])
        .find(|word| !word.is_empty())?;
    let message = "between a key and its value stands =, not :";
    let hint = format!("write {} = ...", as_key(key));
    Some(Line::meant(message, hint, at..at + 1))
}

/// A key with nothing between it and its value, or without a value.
fn no_sign(line: &Line<'_>) -> Meant {
    let (trimmed, whole) = line.trimmed();
    let (key, value) = trimmed.split_once([' ', '\t']).unwrap_or((trimmed, ""));
    if !looks_like_key(key) {
        let message = "this is neither a header, nor a key and its value, nor a comment";
        let hint = "write key = value, or put # in front";
        return Line::meant(message, hint, whole);
    }
    let end = whole.start + key.len();
    let is_sentence = value.split_whitespace().count() > 3 && !value.contains(['"', '\'']);
    let (message, hint) = if is_sentence {
        (
            "this is neither a header, nor a key and its value",
            format!("if it is a comment, write # {trimmed}"),
        )
    } else if value.trim().is_empty() {
        (
            "the key has no value",
            format!("write {} = ...", as_key(key)),
        )
    } else {
        (
            "there is no = between the key and its value",
            format!("write {}", assignment(key, value)),
        )
    };
    let span = if is_sentence { whole } else { end..end + 1 };
    Line::meant(message, hint, span)
}

/// A key that cannot be one.
pub(super) fn name(line: &Line<'_>) -> Option<Meant> {
    let (key, value, _) = line.assignment()?;
    let start = line.indent();
    if line.at > start + key.len() + 1 || value.starts_with('=') {
        return None;
    }
    let span = start..start + key.len();
    if key.is_empty() {
        let hint = format!("write key = {}", as_toml(value));
        return Some(Line::meant(
            "there is no key before the =",
            hint,
            start..start + 1,
        ));
    }
    if let Some(alias) = key.strip_prefix('@') {
        let hint = format!("write {} = ..., and @{alias} in queries", as_key(alias));
        return Some(Line::meant(
            "the name of an alias is written without @ here",
            hint,
            span,
        ));
    }
    if let Some(command) = ["export ", "set ", "let ", "var ", "const "]
        .iter()
        .find_map(|word| key.strip_prefix(word))
    {
        let hint = format!("write {}", assignment(command, value));
        return Some(Line::meant("a key stands alone before the =", hint, span));
    }
    let right = as_key(key);
    if right == key {
        return None;
    }
    let message = if key.contains(TYPOGRAPHIC) {
        "a key stands without quotes, or in straight ones"
    } else if key.contains(' ') {
        "a key is one word"
    } else {
        "a key without quotes has letters from a to z, digits, _ and - only"
    };
    let hint = format!("write {right} = {}", as_toml(value));
    Some(Line::meant(message, hint, span))
}

fn assignment(key: &str, value: &str) -> String {
    let value = value.trim().trim_start_matches('=').trim();
    if value.is_empty() {
        return format!("{} = ...", as_key(key));
    }
    format!("{} = {}", as_key(key), as_toml(value))
}
