//! What the value of a key looks like, for remedies: a value of another shape, written as it should have been.

use toml::de::DeValue;

use super::problem::quoted;

/// Tables and lists that are written in place of something else, with an example of each.
const EXAMPLES: [(&str, &str); 23] = [
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
    ("smtp", "{ host = \"smtp.example.org\", port = 587 }"),
    ("template", "{ text = \"{{ title }}\" }"),
    (
        "trusted_proxy",
        "{ from = [\"127.0.0.1\"], user_header = \"X-Forwarded-User\" }",
    ),
    ("allow_private", "[\"127.0.0.1:8080\", \"10.0.0.0/8\"]"),
    ("notify", "[\"CHANNEL\"]"),
    ("command", "[\"/usr/local/bin/page-me\", \"--now\"]"),
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
const HOMES: [(&str, &str); 24] = [
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
    ("digest", "a [[channel]]"),
    ("budget", "a [[channel]]"),
    ("storm", "a [[channel]]"),
    ("escalate", "a [[channel]]"),
    ("group_wait", "a [[channel]]"),
    ("template", "a [[channel]]"),
    ("notify", "a [[watch]], a [[route]] and [health]"),
    ("timeout", "[poll]"),
    ("url", "a [[feed]]: write [[feed]] on a line above it"),
    (
        "name",
        "a [[feed]], a [[watch]] and a [[channel]]: write which on a line above it",
    ),
    ("contact", "[http]"),
];

/// What is said elsewhere than in the file.
const ELSEWHERE: [(&str, &str); 7] = [
    ("silence", SILENCES),
    ("silences", SILENCES),
    ("logging", LOGS),
    ("log", LOGS),
    ("log_level", LOGS),
    ("password", WHO_MAY_COME_IN),
    ("users", WHO_MAY_COME_IN),
];

/// Types of channels that are taken for tables of the file.
const TYPES: [&str; 14] = [
    "email",
    "webhook",
    "slack",
    "discord",
    "teams",
    "telegram",
    "ntfy",
    "matrix",
    "mattermost",
    "gotify",
    "apprise",
    "exec",
    "syslog",
    "console",
];

const SILENCES: &str = "alerts are held for a while by: newswatch silence add";
const LOGS: &str = "what is logged is said by the environment: NEWSWATCH_LOG=debug";
const WHO_MAY_COME_IN: &str = "who may come in is said by: newswatch web user add NAME";

/// How that is said which is no key of the table at this path.
pub(super) fn elsewhere(path: &str, key: &str) -> Option<String> {
    if path.is_empty() && TYPES.contains(&key) {
        return Some(format!("write [[channel]], and below it type = \"{key}\""));
    }
    let belongs = matches!(path, "" | "web") && (path == "web") == is_about_people(key);
    let (_, how) = ELSEWHERE.iter().find(|(known, _)| *known == key)?;
    belongs.then(|| (*how).to_owned())
}

fn is_about_people(key: &str) -> bool {
    matches!(key, "password" | "users")
}

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
        DeValue::Array(rows)
            if rows.len() > 1 && (key == "query" || path.starts_with("alias.")) =>
        {
            let words = rows.iter().filter_map(|row| row.get_ref().as_str());
            let words: Vec<String> = words.map(phrase).collect();
            format!("one text: {key} = '{}'", words.join(" OR "))
        }
        DeValue::Array(rows) => match rows.first().and_then(|row| row.get_ref().as_str()) {
            Some(text) if rows.len() == 1 => format!("it without brackets: {}", quoted(text)),
            _ => "a text in quotes".to_owned(),
        },
        DeValue::Integer(port) if key == "listen" => {
            format!("the address, too: \"127.0.0.1:{port}\"")
        }
        DeValue::Boolean(_) | DeValue::Integer(_) if key == "metrics" => {
            "an address to listen at: \"127.0.0.1:9585\"".to_owned()
        }
        DeValue::Integer(hour) if is_time_of_day(path) => match time_of_day(hour.as_str()) {
            Some(time) => format!("a time of the day: \"{time}\""),
            None => "a time of the day: \"07:00\"".to_owned(),
        },
        DeValue::Integer(_) | DeValue::Float(_) | DeValue::Boolean(_) => {
            format!("a text: put it in quotes, \"{found}\"")
        }
        _ => "a text in quotes".to_owned(),
    }
}

/// A word as it is, several as a phrase.
fn phrase(text: &str) -> String {
    if text.contains(char::is_whitespace) && !text.contains('"') {
        format!("\"{text}\"")
    } else {
        text.to_owned()
    }
}

/// Whether the key of a path is a time of the day.
fn is_time_of_day(path: &str) -> bool {
    [".quiet.from", ".quiet.to"]
        .iter()
        .any(|end| path.ends_with(end))
        || [".at[", ".between["].iter().any(|key| path.contains(key))
}

/// A time of the day as people write it, `7am`, `22h`, `6h30`, `7.30 pm`, `22`, in the way it is written here.
pub(super) fn time_of_day(text: &str) -> Option<String> {
    let text = text.trim().to_lowercase().replace([' ', '.'], "");
    let text = text.trim_end_matches("uhr").trim_end_matches("o'clock");
    let (text, shift) = match (text.strip_suffix("pm"), text.strip_suffix("am")) {
        (Some(hour), _) => (hour, Some(12)),
        (_, Some(hour)) => (hour, Some(0)),
        _ => (text, None),
    };
    let (hour, minute) = match text.split_once(['h', ':']) {
        Some((hour, "")) => (hour, "00"),
        Some((hour, minute)) => (hour, minute),
        None if text.len() > 2 => text.split_at_checked(text.len() - 2)?,
        None => (text, "00"),
    };
    let (mut hour, minute): (u32, u32) = (hour.parse().ok()?, minute.parse().ok()?);
    if let Some(shift) = shift {
        // Noon is 12 pm, midnight 12 am.
        hour = if (1..=12).contains(&hour) {
            hour % 12 + shift
        } else {
            return None;
        };
    }
    (hour < 24 && minute < 60).then(|| format!("{hour:02}:{minute:02}"))
}

/// The days from one to another: `mon-fri`, `Mon - Fri`, `daily`.
fn days_of(text: &str) -> Option<Vec<&'static str>> {
    const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    let text = text.trim().to_lowercase();
    let (from, to) = match text.as_str() {
        "weekdays" | "workdays" => (0, 4),
        "weekend" | "weekends" => (5, 6),
        text => {
            let (from, to) = text.split_once(['-', '–'])?;
            let place = |name: &str| DAYS.iter().position(|day| name.trim().starts_with(day));
            (place(from)?, place(to)?)
        }
    };
    let count = (to + DAYS.len() - from) % DAYS.len() + 1;
    Some(
        DAYS.iter()
            .copied()
            .cycle()
            .skip(from)
            .take(count)
            .collect(),
    )
}

/// What to write in place of a text that should be a list of texts.
pub(super) fn list_of(path: &str, text: &str) -> String {
    let key = path.rsplit('.').next().unwrap_or(path);
    if let Some(days) = days_of(text).filter(|_| key == "days") {
        let days: Vec<String> = days.iter().map(|day| quoted(day)).collect();
        return format!("a list: [{}]", days.join(", "));
    }
    if matches!(key, "command" | "token_command") {
        let parts: Vec<String> = text.split_whitespace().map(quoted).collect();
        return format!(
            "the whole path of the program and each argument by itself: [{}]",
            parts.join(", ")
        );
    }
    // A comma is part of what is looked for, and parts the names of channels, tags and people.
    let parts: Vec<&str> = if matches!(key, "terms" | "must_match" | "must_not_match") {
        vec![text]
    } else if key == "between" {
        text.split(['-', '–', ',']).map(str::trim).collect()
    } else {
        text.split([',', ';']).map(str::trim).collect()
    };
    let bare = |part: &str| match part.split_once('<') {
        Some((_, address)) if key == "to" => quoted(address.trim_end_matches('>')),
        _ if matches!(key, "between" | "at") => {
            quoted(&time_of_day(part).unwrap_or_else(|| part.to_owned()))
        }
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
