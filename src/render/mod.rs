//! From alerts to a message, a file a service; escaping.
//!
//! Takes alerts and the occasion, whose texts come from feeds and pages and may be hostile, and gives texts that are inert
//! where they go: a mail header, HTML, JSON, a chat, a terminal. `message` is the one model of what is said; each service
//! writes it in its own way, within its own limits, so that headline and link always survive. It sends nothing, and knows
//! no address but the article's own.

mod chat;
mod console;
mod discord;
mod email;
mod encoded_word;
mod escape;
mod item;
mod markdown;
mod matrix;
mod mattermost;
mod message;
mod occasions;
mod push;
mod shrink;
mod slack;
mod teams;
mod telegram;
mod template;
mod times;
mod webhook;

#[cfg(test)]
mod tests;

use crate::domain::Priority;
use crate::links::Act;

pub(crate) use chat::set;
pub use console::console;
pub(crate) use console::{console_text, painted};
pub(crate) use discord::{discord, discord_parts};
pub use encoded_word::header_value;
pub(crate) use escape::one_line;
pub(crate) use matrix::matrix;
pub(crate) use mattermost::mattermost;
pub use message::{Filled, Part, Reader, Telling, Unsubscribe};
pub(crate) use push::{apprise, gotify, ntfy, syslog};
pub(crate) use slack::{slack, slack_short};
pub(crate) use teams::teams;
pub(crate) use telegram::{telegram, without_times};
pub use template::{Templates, parts_of, starting_template};
pub use webhook::{json_lines, webhook};

/// A mail, before it gets its envelope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EmailMessage {
    /// The subject: one line, no control characters, at most 200 characters.
    pub subject: String,
    /// The name to show as its sender's.
    pub from_name: String,
    /// The body as plain text.
    pub text: String,
    /// The body as HTML.
    pub html: String,
    /// The least that is worth sending, as plain text: for a server that refuses the mail as it is.
    pub short: String,
    /// The highest priority of the alerts in it.
    pub priority: Priority,
    /// The list that it belongs to: a watch's name, `digest`, `health`, `newswatch`.
    pub list: String,
    /// The name of its story, which no mail carries.
    pub thread_root: Option<String>,
    /// The delivery that it answers to: the first that this recipient got of the story.
    pub in_reply_to: Option<String>,
    /// Whether it is one of a mailing that nobody waits for: a digest.
    pub is_bulk: bool,
    /// What a link to stop does: no more mails of this watch, or no more at all.
    pub stop: Option<Act>,
}

/// Writes the mail for some alerts.
#[must_use]
pub fn email(telling: &Telling<'_>) -> EmailMessage {
    email::email(telling)
}
