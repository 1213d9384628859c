//! Values: quotes that are missing, foreign or in each other's way, lists, truths, escapes.

use std::ops::Range;

use crate::config::suggest::{SWITCHED_OFF, is_switch};

use super::{
    Line, Meant, TYPOGRAPHIC, as_key, as_text, as_toml, other_quotes, unquoted, without_comment,
};

/// The keys whose values are lists.
const LIST_KEYS: [&str; 12] = [
    "include",
    "allow_private",
    "tags",
    "remove",
    "strip",
    "terms",
    "feeds",
    "notify",
    "must_match",
    "must_not_match",
    "to",
    "retry",
];

/// The keys whose values are true or false.
const BOOLEAN_KEYS: [&str; 3] = ["continue", "empty", "enabled"];

/// A value that cannot be read.
pub(super) fn value(line: &Line<'_>) -> Option<Meant> {
    let of_value: [fn(&Line<'_>) -> Option<Meant>; 10] = [
        missing,
        missing_inside,
        escape,
        typographic,
        unlike_quotes,
        in_a_list,
        goes_on,
        open_quote,
        truth,
        bare,
    ];
    of_value.iter().find_map(|recognise| recognise(line))
}

/// `key =`
fn missing(line: &Line<'_>) -> Option<Meant> {
    let (key, value, _) = line.assignment()?;
    if !value.is_empty() && !value.starts_with('#') {
        return None;
    }
    let at = line.text.find('=')? + 1;
    let hint = if LIST_KEYS.contains(&key) {
        format!("write {key} = [\"...\"] in one line, or leave the line out")
    } else {
        format!(
            "write {} = \"...\" in one line, or leave the line out",
            as_key(key)
        )
    };
    Some(Line::meant("the value is missing", hint, at..at + 1))
}

/// `{ host = , port = 25 }`
fn missing_inside(line: &Line<'_>) -> Option<Meant> {
    let (before, after) = line.text.split_at_checked(line.at)?;
    let before = before.trim_end().strip_suffix('=')?;
    if !after.trim_start().starts_with([',', '}', ']']) {
        return None;
    }
    let key = before
        .trim_end()
        .rsplit([' ', ',', '{', '[', '\t'])
        .next()?;
    let hint = format!("write {key} = ..., or leave {key} out");
    let at = before.len();
    Some(Line::meant("the value is missing", hint, at..at + 1))
}

/// `"\d"`, `"C:\Users"`
fn escape(line: &Line<'_>) -> Option<Meant> {
    let is_escape = [
        "missing escaped value",
        "too few unicode",
        "invalid escape",
        "invalid unicode",
    ]
    .iter()
    .any(|part| line.said.starts_with(part));
    if !is_escape {
        return None;
    }
    let before = line.text.get(..line.at)?;
    let start = before.rfind('\\')?;
    let written = line.text.get(start..)?;
    let letter = written.chars().nth(1).unwrap_or(' ');
    let text_start = line.text.get(..start)?.rfind('"')?;
    let rest = line.text.get(text_start + 1..)?;
    let text = rest.split('"').next().unwrap_or(rest);
    let message = format!("\\{letter} means nothing in double quotes");
    let written = as_text(text);
    let hint = format!("{}: {written}", other_quotes(&written));
    Some(Line::meant(
        message,
        hint,
        start..start + 1 + letter.len_utf8(),
    ))
}

/// `“text”`
fn typographic(line: &Line<'_>) -> Option<Meant> {
    let (key, value, start) = line.assignment()?;
    let (at, quote) = match line.character().filter(|c| is_foreign_quote(*c)) {
        Some(quote) => (line.at, quote),
        None => (
            start,
            value.chars().next().filter(|c| is_foreign_quote(*c))?,
        ),
    };
    let message = match quote {
        '`' => "` does not hold a text".to_owned(),
        quote => format!("{quote} is a typographic quotation mark, and holds no text"),
    };
    let hint = if value.starts_with('[') {
        format!("write straight quotes: {}", straight(value))
    } else {
        let text = unquoted(without_comment(value).trim_end_matches([',', ';']));
        format!("write straight quotes: {} = {}", as_key(key), as_text(text))
    };
    Some(Line::meant(message, hint, at..at + quote.len_utf8()))
}

fn is_foreign_quote(c: char) -> bool {
    TYPOGRAPHIC.contains(&c) || c == '`'
}

/// A list with straight quotes for the others.
fn straight(list: &str) -> String {
    let doubles: &[char] = &['“', '”', '„', '‟', '«', '»', '「', '」', '『', '』', '＂'];
    if list.contains(doubles) {
        list.replace(doubles, "\"")
    } else {
        list.replace(is_foreign_quote, "\"")
    }
}

/// `"text”`, `"text'`
fn unlike_quotes(line: &Line<'_>) -> Option<Meant> {
    let is_open = line.said.starts_with("invalid basic string")
        || line.said.starts_with("invalid literal string");
    let (key, value, start) = line.assignment()?;
    let open = value.chars().next()?;
    let text = without_comment(value).trim_end_matches([',', ';']);
    let close = text.chars().next_back()?;
    let is_other = |c: char| c != open && (matches!(c, '"' | '\'') || is_foreign_quote(c));
    if !is_open || text.chars().count() < 2 || !is_other(close) {
        return None;
    }
    let at = start + text.len() - close.len_utf8();
    let message = format!("the text begins with {open} and ends with {close}");
    let hint = format!("write {} = {}", as_key(key), as_text(unquoted(text)));
    Some(Line::meant(message, hint, at..at + close.len_utf8()))
}

/// Commas, quotes and brackets of a list.
fn in_a_list(line: &Line<'_>) -> Option<Meant> {
    if let Some((key, value, start)) = line.assignment()
        && value.starts_with('(')
    {
        let inner = value.trim_start_matches('(').trim_end_matches([')', ',']);
        let hint = format!("write {} = {}", as_key(key), as_list(inner));
        return Some(Line::meant(
            "a list stands in square brackets",
            hint,
            start..start + 1,
        ));
    }
    if line.said.starts_with("missing comma between key-value") {
        let hint = "write a comma between one key with its value and the next";
        return Some(Line::meant(
            "a comma is missing",
            hint,
            line.at..line.at + 1,
        ));
    }
    if line.said.starts_with("extra comma") {
        let message = "there is a comma too many";
        return Some(Line::meant(message, "take it out", line.at..line.at + 1));
    }
    let not_closed = |what, close| {
        let hint = format!("write {close} after its last value");
        Some(Line::meant(
            format!("the closing {close} of {what} is missing"),
            hint,
            line.at..line.at + 1,
        ))
    };
    if line.said.starts_with("unclosed array") {
        return not_closed("the list", "]");
    }
    if line.said.starts_with("unclosed inline table") {
        return not_closed("the table", "}");
    }
    if !line.said.starts_with("missing comma between array") {
        return None;
    }
    Some(between_values(line))
}

/// What stands between two values of a list where a comma should.
fn between_values(line: &Line<'_>) -> Meant {
    let is_odd = |quote: char| line.text.matches(quote).count() % 2 == 1;
    let rest = line.text.get(line.at..).unwrap_or_default().trim_start();
    if rest.starts_with([';', '|', '、', '，', '；']) {
        let message = "the values of a list have commas between them";
        let c = rest.chars().next().unwrap_or(';');
        return Line::meant(
            message,
            format!("write , in the place of {c}"),
            line.at..line.at + c.len_utf8(),
        );
    }
    if is_odd('"') && !line.text.contains('\'') {
        let message = "a quotation mark is missing in this list";
        let hint = "write two around each text: [\"one\", \"two\"]";
        return Line::meant(message, hint, line.at..line.at + 1);
    }
    let is_first = line
        .text
        .get(..line.at)
        .is_some_and(|before| before.trim().is_empty());
    let hint = if is_first {
        "write a comma at the end of the line above"
    } else {
        "write a comma between the two values"
    };
    Line::meant("a comma is missing in the list", hint, line.at..line.at + 1)
}

/// The texts of a list whose brackets are foreign or missing.
fn as_list(inner: &str) -> String {
    let values: Vec<String> = inner
        .split([',', ';'])
        .map(str::trim)
        .filter(|value| !value.is_empty())
        .map(as_toml)
        .collect();
    format!("[{}]", values.join(", "))
}

/// Something behind a value that ends: its quotes end it too soon, or it should have been a list.
fn goes_on(line: &Line<'_>) -> Option<Meant> {
    if !line.said.starts_with("unexpected key or value") {
        return None;
    }
    let (key, value, start) = line.assignment()?;
    let (before, rest) = line.text.split_at_checked(line.at)?;
    let next = rest.trim_start();
    let place = line.text.len() - next.len();
    let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''));
    let here = place..place + next.chars().next().map_or(1, char::len_utf8);
    if let Some(meant) = punctuation(key, value, next, here.clone()) {
        return Some(meant);
    }
    if let Some((other, _)) = next.split_once('=')
        && quote.is_some()
        && other
            .trim()
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || c == '_')
        && !other.trim().is_empty()
    {
        let hint = format!("write {} on the next line", without_comment(next));
        return Some(Line::meant(
            "a line holds one key and its value",
            hint,
            here,
        ));
    }
    let quote = quote?;
    let text = without_comment(value).trim_end_matches([',', ';']);
    let is_apart = before.ends_with([' ', '\t']) || rest.starts_with([' ', '\t']);
    if is_apart && !next.is_empty() {
        let whole = if quote == '\'' && !text.contains('"') {
            text.replace('\'', "\"")
        } else {
            text.to_owned()
        };
        let hint = format!(
            "put the whole text in quotes: {} = {}",
            as_key(key),
            as_text(&whole)
        );
        return Some(Line::meant(
            "the text goes on behind its closing quote",
            hint,
            here,
        ));
    }
    let closing = place.checked_sub(1)?;
    let message = match quote {
        '\'' => "the apostrophe ends the text",
        _ => "this quotation mark ends the text",
    };
    let inner = text.strip_prefix(quote)?;
    let inner = inner.strip_suffix(quote).unwrap_or(inner);
    let written = as_text(inner);
    let hint = format!("{}: {} = {written}", other_quotes(&written), as_key(key));
    (closing > start).then(|| Line::meant(message, hint, closing..closing + 1))
}

/// What ends a line or parts values elsewhere.
fn punctuation(key: &str, value: &str, next: &str, here: Range<usize>) -> Option<Meant> {
    let alone = next.trim();
    if matches!(alone, "," | ";" | "." | "，" | "；") {
        let message = format!("a line ends without {alone}");
        return Some(Line::meant(message, "take it out", here));
    }
    if next.starts_with("//")
        || next.starts_with("--")
        || next.starts_with(';')
        || next.starts_with("/*")
    {
        let text = next.trim_start_matches(['/', '-', ';', '*']).trim();
        return Some(Line::meant(
            "a comment begins with #",
            format!("write # {text}"),
            here,
        ));
    }
    if next.starts_with(',') && value.starts_with(['"', '\'']) {
        let named = next
            .trim_start_matches([',', ' '])
            .split_once('=')
            .filter(|(other, _)| !other.contains(['"', '\'']));
        if named.is_some() {
            let hint = format!(
                "write {} on the next line",
                next.trim_start_matches([',', ' '])
            );
            return Some(Line::meant(
                "a line holds one key and its value",
                hint,
                here,
            ));
        }
        let hint = format!(
            "write {} = {}",
            as_key(key),
            as_list(without_comment(value))
        );
        return Some(Line::meant(
            "several values are a list, in square brackets",
            hint,
            here,
        ));
    }
    next.starts_with([']', '}', ')']).then(|| {
        let c = next.chars().next().unwrap_or(']');
        let message = format!("{c} closes nothing");
        Line::meant(
            message,
            "take it out, or write the bracket that opens",
            here,
        )
    })
}

/// A quote that is not closed.
fn open_quote(line: &Line<'_>) -> Option<Meant> {
    let (key, value, start) = line.assignment()?;
    let is_open = line.said.starts_with("invalid") && line.said.contains(" string");
    if !is_open {
        return None;
    }
    let block = ["'''", "\"\"\""]
        .into_iter()
        .find(|quotes| value.starts_with(quotes));
    if let Some(quotes) = block {
        let hint = format!("write {quotes} where the text ends");
        return Some(Line::meant(
            format!("the closing {quotes} is missing"),
            hint,
            start..start + 3,
        ));
    }
    let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let text = without_comment(value).trim_end_matches([',', ';']);
    let at = line.at.min(line.text.len());
    let message = "the closing quote is missing";
    let text = text.strip_prefix(quote)?;
    let hint = format!("write {} = {}", as_key(key), as_text(text));
    Some(Line::meant(message, hint, at..at + 1))
}

/// Words for yes, no and nothing.
fn truth(line: &Line<'_>) -> Option<Meant> {
    let (key, value, start) = line.assignment()?;
    let word = without_comment(value).trim_end_matches([',', ';']);
    let span = start..start + word.len();
    match word.to_lowercase().as_str() {
        truth @ ("true" | "false") => {
            let message = format!("{word} is written in small letters");
            Some(Line::meant(
                message,
                format!("write {} = {truth}", as_key(key)),
                span,
            ))
        }
        "yes" | "y" | "on" | "no" | "n" | "off" if BOOLEAN_KEYS.contains(&key) => {
            let truth = matches!(word.to_lowercase().as_str(), "yes" | "y" | "on");
            let message = format!("{word} is no value of TOML");
            Some(Line::meant(message, format!("write {key} = {truth}"), span))
        }
        "yes" | "y" | "on" | "no" | "n" | "off" if is_switch(key) => {
            let message = format!("there is no key \"{key}\"");
            Some(Line::meant(message, SWITCHED_OFF, span))
        }
        "null" | "none" | "nil" | "~" | "undefined" | "nan" | "n/a" | "-" => {
            let message = format!("{word} is no value: TOML has none that means nothing");
            let hint = format!(
                "leave the line out, or write {} if it is a text",
                as_text(word)
            );
            Some(Line::meant(message, hint, span))
        }
        _ => None,
    }
}

/// A text without quotes.
fn bare(line: &Line<'_>) -> Option<Meant> {
    let (key, value, start) = line.assignment()?;
    if value.starts_with(['"', '\'', '[', '{']) {
        return None;
    }
    let text = without_comment(value).trim_end_matches([',', ';']);
    let is_list = LIST_KEYS.contains(&key);
    if let Some(inner) = text.strip_suffix(['"', '\''])
        && !inner.contains(['"', '\''])
        && !is_list
    {
        let hint = format!("write {} = {}", as_key(key), as_text(inner));
        return Some(Line::meant(
            "the opening quote is missing",
            hint,
            start..start + 1,
        ));
    }
    let written = if is_list {
        as_list(text)
    } else {
        as_text(unquoted(text))
    };
    let decimal = text.replace(',', ".");
    let (message, hint) = if decimal != text && decimal.parse::<f64>().is_ok() {
        (
            "a number has a point, not a comma",
            format!("write {} = {decimal}", as_key(key)),
        )
    } else if text.len() > 1 && text.trim_start_matches('0').parse::<u32>().is_ok() && !is_list {
        let number = text.trim_start_matches('0');
        (
            "a number does not begin with 0",
            format!("write {} = {number}", as_key(key)),
        )
    } else if text.starts_with('.') && format!("0{text}").parse::<f64>().is_ok() {
        (
            "a number begins with a digit",
            format!("write {} = 0{text}", as_key(key)),
        )
    } else if is_list {
        (
            "texts of a list stand in quotes, and the list in brackets",
            format!("write {key} = {written}"),
        )
    } else {
        (
            "a text stands in quotes",
            format!("put it in quotes: {} = {written}", as_key(key)),
        )
    };
    Some(Line::meant(message, hint, start..start + text.len()))
}
