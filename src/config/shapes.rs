//! What the value of a key looks like, for remedies: a value of another shape, written as it should have been.

use toml::de::DeValue;

use super::problem::quoted;

/// Tables and lists that are written in place of something else, with an example of each.
const EXAMPLES: [(&str, &str); 18] = [
    ("quiet", "{ from = \"22:00\", to = \"06:30\" }"),
    ("digest", "{ at = [\"07:00\", \"17:00\"] }"),
    ("budget", "{ per_hour = 20 }"),
    ("escalate", "{ after = \"20m\", to = \"CHANNEL\" }"),
    (
        "heartbeat",
        "{ url = { file = \"PATH\" }, every = \"5m\" } or { channel = \"NAME\", at = [\"07:15\"] }",
    ),
    ("per_host", "{ at_once = 2, gap = \"1s\" }"),
    ("headers", "{ X-Key = { file = \"PATH\" } }"),
    (
        "auth",
        "{ username = \"NAME\", password = { file = \"PATH\" } }",
    ),
    ("smtp", "{ host = \"smtp.example.org\" }"),
    ("listing", "{ item = \"article\" }"),
    ("if", "{ watch = [\"NAME\"] }"),
    ("url", "{ match = '/news/(\\d+)', replace = '/print/$1' }"),
    ("revisit", "[\"1h\", \"24h\"]"),
    ("retry", "[\"5s\", \"30s\", \"2m\"]"),
    ("at", "[\"07:00\", \"17:00\"]"),
    ("days", "[\"mon\", \"fri\"]"),
    ("between", "[\"08:00\", \"18:00\"]"),
    ("to", "[\"desk@example.org\"]"),
];

/// Keys of other tables: where a key belongs that stands somewhere else.
const HOMES: [(&str, &str); 14] = [
    ("proxy", "a [[feed]]"),
    ("auth", "a [[feed]]"),
    ("listing", "a [[feed]]"),
    ("article", "a [[feed]]"),
    ("query", "a [[watch]]"),
    ("terms", "a [[watch]]"),
    ("must_match", "a [[watch]]"),
    ("must_not_match", "a [[watch]]"),
    ("cooldown", "a [[watch]]"),
    ("smtp", "a [[channel]] of type = \"email\""),
    ("to", "a [[channel]] of type = \"email\""),
    ("from", "a [[channel]] of type = \"email\""),
    ("quiet", "a [[channel]]"),
    ("contact", "[http]"),
];

/// An example of the value of a key that is a table or a list.
pub(super) fn example(key: &str) -> Option<&'static str> {
    let (_, example) = EXAMPLES.iter().find(|(known, _)| *known == key)?;
    Some(example)
}

/// The table that a key belongs to.
pub(super) fn home(key: &str) -> Option<&'static str> {
    let (_, home) = HOMES.iter().find(|(known, _)| *known == key)?;
    Some(home)
}

/// What to write in place of a value that is no text.
pub(super) fn text_of(path: &str, written: &DeValue<'_>, found: &str) -> String {
    let key = path.rsplit('.').next().unwrap_or(path);
    let is_address = key == "url" && path.starts_with("feed[");
    match written {
        DeValue::Array(rows) if rows.len() > 1 && is_address => {
            "one address, and another [[feed]] for each of the others".to_owned()
        }
        DeValue::Array(rows) => match rows.first().and_then(|row| row.get_ref().as_str()) {
            Some(text) if rows.len() == 1 => format!("it without brackets: {}", quoted(text)),
            _ => "a text in quotes".to_owned(),
        },
        DeValue::Integer(port) if key == "listen" => {
            format!("the address, too: \"127.0.0.1:{port}\"")
        }
        DeValue::Integer(_) | DeValue::Float(_) | DeValue::Boolean(_) => {
            format!("a text: put it in quotes, \"{found}\"")
        }
        _ => "a text in quotes".to_owned(),
    }
}

/// What to write in place of a text that should be a list of texts.
pub(super) fn list_of(path: &str, text: &str) -> String {
    let key = path.rsplit('.').next().unwrap_or(path);
    // A comma is part of what is looked for, and parts the names of channels, tags and people.
    let parts: Vec<&str> = if matches!(key, "terms" | "must_match" | "must_not_match") {
        vec![text]
    } else {
        text.split([',', ';']).map(str::trim).collect()
    };
    let bare = |part: &str| match part.split_once('<') {
        Some((_, address)) if key == "to" => quoted(address.trim_end_matches('>')),
        _ => quoted(part),
    };
    let parts: Vec<String> = parts
        .into_iter()
        .filter(|part| !part.is_empty())
        .map(bare)
        .collect();
    format!("a list: [{}]", parts.join(", "))
}

/// What to write in place of a text that should be a number.
pub(super) fn number_of(written: &DeValue<'_>, otherwise: &str) -> String {
    match written.as_str().map(str::trim) {
        Some(text) if text.parse::<f64>().is_ok() => format!("{text}, without quotes"),
        _ => otherwise.to_owned(),
    }
}

/// What to write in place of something that should be true or false.
pub(super) fn truth_of(written: &DeValue<'_>) -> &'static str {
    let text = match written {
        DeValue::String(text) => text.trim().to_lowercase(),
        DeValue::Integer(number) => number.to_string(),
        _ => String::new(),
    };
    match text.as_str() {
        "true" | "yes" | "on" | "1" | "ja" | "oui" => "true, without quotes",
        "false" | "no" | "off" | "0" | "nein" | "non" => "false, without quotes",
        _ => "true or false, without quotes",
    }
}
