//! A Telegram chat: a bot's token and the chat it writes to.

use super::{Check, address};
use crate::channel::{ChannelKind, TelegramSettings};
use crate::config::problem::{Kind, Problem, Report, quoted};
use crate::config::section::Section;
use crate::config::source::At;

/// Where bots are asked; one's own Bot API server may stand elsewhere.
const SERVER: &str = "https://api.telegram.org/";

/// Reads the keys of such a channel.
pub(super) fn read(section: &mut Section<'_>, report: &Report) -> Check {
    let token = address::read_token(section, "token", report);
    let chat = section
        .required("chat", report)
        .and_then(|chat| chat.string(report));
    let topic = section.integer("topic", report);
    let server = section.string("server", report);
    Box::new(move |checking| {
        let report = checking.vault.report;
        let chat =
            address::word(chat.as_ref(), "a chat", "-1001234567890", report).filter(|text| {
                chat.as_ref()
                    .is_some_and(|chat| is_chat(text, chat, report))
            });
        Some(ChannelKind::Telegram(TelegramSettings {
            server: address::server(server.as_ref(), SERVER, checking)?,
            token: address::token(token.as_ref(), checking)?,
            chat: chat?,
            topic: topic.as_ref().map(|topic| topic.value),
        }))
    })
}

/// Whether a text names a chat: by its number, or a channel by its name.
fn is_chat(text: &str, written: &At<String>, report: &Report) -> bool {
    let is_name = |name: &str| {
        let is_letter = |c: char| c.is_ascii_alphanumeric() || c == '_';
        !name.is_empty() && name.chars().all(is_letter)
    };
    if text.parse::<i64>().is_ok() || text.strip_prefix('@').is_some_and(is_name) {
        return true;
    }
    let name = text.rsplit('/').next().unwrap_or(text);
    let hint = if is_name(name) && !name.starts_with(|c: char| c.is_ascii_digit()) {
        format!("write \"@{name}\" for a public channel, or the number of the chat")
    } else {
        "write the number of the chat, \"-1001234567890\", or \"@name\" of a public channel"
            .to_owned()
    };
    let message = format!("{} is not a chat", quoted(text));
    report.add(Problem::error(&written.place, Kind::BadValue, message).hint(hint));
    false
}
