//! An event of the log in words: what happened, to what, and why, as one line; its fields stay what they are.

use std::fmt;

use jiff::tz::TimeZone;
use tracing::field::{Field, Visit};
use tracing::{Event, Level};

use crate::domain::{Timestamp, inert};

/// Fields that say what an event is about, in the order in which people read them.
const SUBJECTS: [&str; 8] = [
    "feed", "channel", "watch", "title", "stage", "file", "document", "place",
];

/// Fields that say why.
const REASONS: [&str; 2] = ["error", "reason"];

/// The field that says what to do.
const HELP: &str = "help";

/// The field that holds the message itself.
const MESSAGE: &str = "message";

/// The most of one field, in characters: a log is read line by line.
const MAX_CHARS: usize = 4_000;

/// An event, taken apart.
#[derive(Debug, Default)]
pub(super) struct Said {
    /// What happened: a constant.
    message: String,
    /// The fields in their order.
    pub(super) fields: Vec<(&'static str, String)>,
}

impl Said {
    pub(super) fn of(event: &Event<'_>) -> Self {
        let mut said = Self::default();
        event.record(&mut said);
        said
    }

    fn add(&mut self, name: &'static str, value: String) {
        let value = if value.len() > MAX_CHARS {
            value.chars().take(MAX_CHARS).collect()
        } else {
            value
        };
        // The door of the log: whatever a field repeats from outside, nothing in it commands who reads.
        let value = inert(&value).into_owned();
        if name == MESSAGE {
            self.message = value;
        } else {
            self.fields.push((name, value));
        }
    }

    /// `feed poll failed: example.org/rss (next poll at ...): the server answered 503`, times as the reader's clock has them.
    pub(super) fn in_words(&self, zone: &TimeZone) -> String {
        let value = |wanted: &str| {
            let found = self.fields.iter().find(|(name, _)| *name == wanted);
            found.map(|(_, value)| value.as_str())
        };
        let mut words = self.message.clone();
        let subjects: Vec<&str> = SUBJECTS.into_iter().filter_map(value).collect();
        if !subjects.is_empty() {
            words.push_str(": ");
            words.push_str(&subjects.join(", "));
        }
        let details: Vec<String> = self
            .fields
            .iter()
            .filter(|(name, value)| is_detail(name) && value != "0")
            .map(|(name, value)| detail(name, value, zone))
            .collect();
        if !details.is_empty() {
            words.push_str(" (");
            words.push_str(&details.join(", "));
            words.push(')');
        }
        for reason in REASONS.into_iter().filter_map(value) {
            words.push_str(": ");
            words.push_str(reason);
        }
        if let Some(help) = value(HELP) {
            words.push_str("; ");
            words.push_str(help);
        }
        words
    }
}

fn detail(name: &str, value: &str, zone: &TimeZone) -> String {
    let time = name
        .strip_suffix("_at")
        .and_then(|_| value.parse::<Timestamp>().ok());
    match time {
        Some(at) => {
            let shown = at.to_zoned_datetime(zone.clone());
            let shown = shown.strftime("%Y-%m-%d %H:%M:%S %Z");
            format!("{} {shown}", name.replace(['_', '.'], " "))
        }
        None => format!("{name}={value}"),
    }
}

/// Numbers of rows mean nothing to a reader; they stay among the fields.
fn is_detail(name: &str) -> bool {
    !SUBJECTS.contains(&name)
        && !REASONS.contains(&name)
        && name != HELP
        && name.rsplit('.').next() != Some("id")
        && !name.starts_with("log.")
}

impl Visit for Said {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.add(field.name(), format!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.add(field.name(), value.to_owned());
    }
}

/// The word for a level.
pub(super) fn level_word(level: Level) -> &'static str {
    match level {
        Level::ERROR => "error",
        Level::WARN => "warning",
        Level::INFO => "info",
        Level::DEBUG => "debug",
        Level::TRACE => "trace",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(message: &str, fields: &[(&'static str, &str)]) -> String {
        let fields = fields.iter();
        Said {
            message: message.into(),
            fields: fields
                .map(|(name, value)| (*name, (*value).to_owned()))
                .collect(),
        }
        .in_words(&TimeZone::fixed(jiff::tz::offset(7)))
    }

    #[test]
    fn a_line_says_what_happened_to_what_and_why_without_numbers_of_rows() {
        assert_eq!(
            said(
                "feed poll failed",
                &[
                    ("feed.id", "7"),
                    ("feed", "example.org/rss"),
                    ("failures", "3"),
                    ("next_poll_at", "2026-11-26T17:38:07.712Z"),
                    ("error", "the server answered 503"),
                ]
            ),
            "feed poll failed: example.org/rss (failures=3, next poll at 2026-11-27 00:38:07 +07): the server answered 503"
        );
        assert_eq!(
            said(
                "delivery given up",
                &[
                    ("delivery.id", "dlv_1"),
                    ("channel", "desk"),
                    ("error", "554 Relay access denied"),
                    ("help", "set `smtp.username`"),
                ]
            ),
            "delivery given up: desk: 554 Relay access denied; set `smtp.username`"
        );
        assert_eq!(said("newswatch is stopping", &[]), "newswatch is stopping");
    }
}
