//! From scripts to the values they hold: JSON by itself, assigned to a name, or written into strings.

use std::collections::HashMap;

use serde_json::Value;

/// Places of a script at which a value is looked for: a script of code has many that hold none.
const MAX_TRIES: usize = 400;

/// Bytes of a value from which it can hold an article.
const SHORTEST_VALUE: usize = 150;

/// What the scripts of a page hold.
#[derive(Debug, Default)]
pub(super) struct Values {
    /// The values, in the order of the page.
    pub(super) all: Vec<Value>,
    /// Texts that values refer to by a name: `$1a`.
    pub(super) texts: HashMap<String, String>,
    /// Values that values refer to by a name.
    pub(super) rows: HashMap<String, Value>,
}

impl Values {
    /// Reads the scripts, at most `max_bytes` of them.
    pub(super) fn read(scripts: &[&str], max_bytes: usize) -> Self {
        let mut found = Self::default();
        let mut left = max_bytes;
        let mut stream = String::new();
        for script in scripts {
            let Some(rest) = left.checked_sub(script.len()) else {
                continue;
            };
            left = rest;
            if script.contains(PUSH) {
                stream.push_str(&pushed(script));
            } else if script.len() >= SHORTEST_VALUE {
                in_script(script, &mut found.all);
            }
        }
        found.rows_of(&stream);
        found
    }

    /// Reads the rows of a stream: `1a:{...}` up to the end of the line, or `1a:T5ff,` and that many bytes of text.
    fn rows_of(&mut self, stream: &str) {
        let mut rest = stream;
        while let Some((id, after)) = rest.split_once(':') {
            let id = id.trim();
            if !id.bytes().all(|byte| byte.is_ascii_hexdigit()) {
                rest = rest.split_once('\n').map_or("", |(_, after)| after);
                continue;
            }
            if let Some((length, text)) = after.strip_prefix('T').and_then(|t| t.split_once(','))
                && let Ok(length) = usize::from_str_radix(length, 16)
            {
                let end = text.floor_char_boundary(length.min(text.len()));
                let (text, after) = text.split_at_checked(end).unwrap_or((text, ""));
                self.all.push(Value::String(text.to_owned()));
                self.texts.insert(id.to_owned(), text.to_owned());
                rest = after;
                continue;
            }
            let (line, after) = after.split_once('\n').unwrap_or((after, ""));
            if let Ok(value) = serde_json::from_str::<Value>(line) {
                self.all.push(value.clone());
                self.rows.insert(id.to_owned(), value);
            }
            rest = after;
        }
    }
}

/// How the pieces of a stream are handed to the page.
const PUSH: &str = "__next_f.push(";

/// The pieces of a stream that a script hands to the page.
fn pushed(script: &str) -> String {
    let mut stream = String::new();
    for piece in script.split(PUSH).skip(1) {
        let mut values = serde_json::Deserializer::from_str(piece).into_iter::<Value>();
        if let Some(Ok(Value::Array(parts))) = values.next() {
            parts
                .iter()
                .filter_map(Value::as_str)
                .for_each(|part| stream.push_str(part));
        }
    }
    stream
}

/// Finds the values of a script: all of it, or what is assigned or given to a function.
fn in_script(script: &str, values: &mut Vec<Value>) {
    let mut rest = script.trim();
    let mut previous = b'=';
    for _ in 0..MAX_TRIES {
        let at = rest.bytes().position(|byte| {
            let begins =
                matches!(byte, b'{' | b'[' | b'"' | b'\'') && matches!(previous, b'=' | b'(');
            if !byte.is_ascii_whitespace() {
                previous = byte;
            }
            begins
        });
        let Some(from) = at.and_then(|at| rest.get(at..)) else {
            return;
        };
        let end = match from.bytes().next() {
            Some(quote @ (b'"' | b'\'')) => {
                let body = from.get(1..).unwrap_or_default();
                let end = string_end(body, quote);
                let string = body.get(..end).unwrap_or(body);
                values.extend(in_string(string));
                end + 2
            }
            _ => value_at(from, values),
        };
        previous = b' ';
        rest = from.get(from.ceil_char_boundary(end)..).unwrap_or_default();
    }
}

/// Reads the value that a text begins with, and tells where to go on.
fn value_at(from: &str, values: &mut Vec<Value>) -> usize {
    let mut stream = serde_json::Deserializer::from_str(from).into_iter::<Value>();
    match stream.next() {
        Some(Ok(value)) => {
            let end = stream.byte_offset();
            if end >= SHORTEST_VALUE {
                values.push(value);
            }
            end.max(1)
        }
        _ => 1,
    }
}

/// Reads a value that is written into a string of a script.
fn in_string(string: &str) -> Option<Value> {
    if string.len() < SHORTEST_VALUE {
        return None;
    }
    let percent = string.starts_with("%7B") || string.starts_with("%5B");
    let text = if percent {
        percent_decoded(string)?
    } else {
        unescaped(string)
    };
    text.starts_with(['{', '[']).then_some(())?;
    serde_json::from_str(&text).ok()
}

/// A string without its percent signs.
fn percent_decoded(string: &str) -> Option<String> {
    let mut parts = string.split('%');
    let mut bytes = parts.next()?.as_bytes().to_vec();
    for part in parts {
        let (digits, rest) = part.split_at_checked(2)?;
        bytes.push(u8::from_str_radix(digits, 16).ok()?);
        bytes.extend_from_slice(rest.as_bytes());
    }
    String::from_utf8(bytes).ok()
}

/// Where the string ends that has just begun: at the next quote that is not escaped.
pub(super) fn string_end(from_quote: &str, quote: u8) -> usize {
    let mut escaped = false;
    for (index, byte) in from_quote.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            _ if byte == quote => return index,
            _ => {}
        }
    }
    from_quote.len()
}

/// A string of a script without its escapes.
pub(super) fn unescaped(string: &str) -> String {
    if !string.contains('\\') {
        return string.to_owned();
    }
    let mut out = String::with_capacity(string.len());
    let mut rest = string;
    while let Some((before, after)) = rest.split_once('\\') {
        out.push_str(before);
        let mut chars = after.chars();
        let escape = chars.next();
        rest = chars.as_str();
        match escape {
            Some('n') => out.push('\n'),
            Some('t' | 'r' | 'b' | 'f') => out.push(' '),
            Some('u') => rest = push_unit(rest, 4, &mut out),
            Some('x') => rest = push_unit(rest, 2, &mut out),
            Some(other) => out.push(other),
            None => {}
        }
    }
    out.push_str(rest);
    out
}

/// Appends the character that hexadecimal digits name, two halves joined, and gives what follows.
fn push_unit<'a>(from: &'a str, digits: usize, out: &mut String) -> &'a str {
    let unit = |text: &str| u32::from_str_radix(text.get(..digits)?, 16).ok();
    let Some(first) = unit(from) else {
        return from;
    };
    let after = from.get(digits..).unwrap_or_default();
    if (0xD800..0xDC00).contains(&first)
        && let Some(second) = after.strip_prefix("\\u")
        && let Some(low @ 0xDC00..0xE000) = unit(second)
    {
        let joined = 0x10000 + ((first - 0xD800) << 10) + (low - 0xDC00);
        out.extend(char::from_u32(joined));
        return second.get(digits..).unwrap_or_default();
    }
    out.extend(char::from_u32(first));
    after
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(script: &str) -> Vec<Value> {
        Values::read(&[script], 1_000_000).all
    }

    #[test]
    fn values_are_found_wherever_scripts_write_them() {
        let value = format!("{{\"a\":\"{}\"}}", "b".repeat(200));
        let escaped = value.replace('"', "\\\"");
        let encoded = value
            .replace('{', "%7B")
            .replace('}', "%7D")
            .replace('"', "%22");
        for script in [
            value.clone(),
            format!("window.x = {value};(function(){{}})()"),
            format!("f({value})"),
            format!("x=JSON.parse(\"{escaped}\")"),
            format!("x=JSON.parse('{value}')"),
            format!("x=JSON.parse(decodeURIComponent(\"{encoded}\"))"),
        ] {
            assert_eq!(values(&script).len(), 1, "{script}");
        }
    }

    #[test]
    fn rows_that_are_cut_into_pieces_are_joined() {
        let script = "self.__next_f.push([1,\"1:{\\\"a\\\":\"]);self.__next_f.push([1,\"2}\\n2:T3,abc3:[4]\\n\"])";
        let found = Values::read(&[script], 1_000);
        assert_eq!(found.all.len(), 3);
        assert_eq!(found.texts.get("2").map(String::as_str), Some("abc"));
        assert!(found.rows.contains_key("3"));
    }

    #[test]
    fn escapes_are_read_as_browsers_do() {
        assert_eq!(unescaped("a\\u00e9\\x41\\'\\ud83d\\ude00\\n"), "aéA'😀\n");
    }
}
