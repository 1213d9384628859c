//! A Telegram chat: a bot's token and the chat it writes to.

use super::{Check, address};
use crate::channel::{ChannelKind, TelegramSettings};
use crate::config::problem::Report;
use crate::config::section::Section;

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
        let chat = address::word(chat.as_ref(), "a chat", "-1001234567890", report);
        Some(ChannelKind::Telegram(TelegramSettings {
            server: address::server(server.as_ref(), SERVER, checking)?,
            token: address::token(token.as_ref(), checking)?,
            chat: chat?,
            topic: topic.as_ref().map(|topic| topic.value),
        }))
    })
}
