//! A topic of ntfy.

use super::{Check, address};
use crate::channel::{ChannelKind, NtfySettings};
use crate::config::problem::{Kind, Problem, Report, quoted};
use crate::config::secrets::{RawSecret, SECRET};
use crate::config::section::Section;
use crate::config::source::At;

/// The public server.
const SERVER: &str = "https://ntfy.sh/";

/// Reads the keys of such a channel.
pub(super) fn read(section: &mut Section<'_>, report: &Report) -> Check {
    let topic = section
        .required("topic", report)
        .and_then(|topic| topic.string(report));
    let token = section
        .value("token")
        .and_then(|token| RawSecret::read(token, SECRET, report));
    let server = section.string("server", report);
    Box::new(move |checking| {
        let report = checking.vault.report;
        let topic =
            address::word(topic.as_ref(), "a topic", "newswatch-7f3a", report).filter(|text| {
                topic
                    .as_ref()
                    .is_some_and(|topic| is_topic(text, topic, report))
            });
        let token = match &token {
            Some(token) => Some(address::token(Some(token), checking)?),
            None => None,
        };
        Some(ChannelKind::Ntfy(NtfySettings {
            server: address::server(server.as_ref(), SERVER, checking)?,
            topic: topic?,
            token,
        }))
    })
}

/// The longest topic that ntfy takes.
const MAX_TOPIC: usize = 64;

/// Whether a text is a topic: letters, digits, `_` and `-`.
fn is_topic(text: &str, written: &At<String>, report: &Report) -> bool {
    let is_letter = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    let fits =
        |text: &str| !text.is_empty() && text.len() <= MAX_TOPIC && text.chars().all(is_letter);
    if fits(text) {
        return true;
    }
    let hint = match text
        .split_once("://")
        .and_then(|(_, rest)| rest.split_once('/'))
    {
        Some((host, topic)) if fits(topic) => {
            format!("write topic = \"{topic}\", and the server as server = \"https://{host}\"")
        }
        _ => format!(
            "write at most {MAX_TOPIC} letters, digits, _ and -, for example \"newswatch-7f3a\""
        ),
    };
    let message = format!("{} is not a topic", quoted(text));
    report.add(Problem::error(&written.place, Kind::BadValue, message).hint(hint));
    false
}
