//! The mail: subject, plain text, and HTML that says the same in the same order.
//!
//! The HTML stands alone: no pictures, scripts, forms or fonts from elsewhere. Everything is styled in place, as some mail
//! programs drop the style block; the block adds dark colours, the tint of marks and a phone's padding.

mod html;
mod text;

use super::EmailMessage;
use super::escape::header;
use super::message::{Message, Part, Telling};
use super::occasions::{message, stop_act};
use super::shrink::{Shrink, fitted};

/// The most of a subject.
const MAX_SUBJECT_CHARS: usize = 200;

/// The most of what is shown beside a subject.
const MAX_PREHEADER_CHARS: usize = 160;

/// The largest HTML part: Gmail cuts a mail at 102 kB.
const MAX_HTML_BYTES: usize = 80_000;

/// The largest plain part.
const MAX_TEXT_BYTES: usize = 200_000;

/// Writes the mail.
pub(super) fn email(telling: &Telling<'_>) -> EmailMessage {
    let message = message(telling);
    let title = header(&message.subject, MAX_SUBJECT_CHARS);
    let preheader = header(&message.preheader, MAX_PREHEADER_CHARS);
    let filled = telling.filled;
    let templated = |part| {
        filled
            .and_then(|filled| filled.part(part))
            .map(str::to_owned)
    };
    EmailMessage {
        subject: templated(Part::Subject).unwrap_or_else(|| subject(&message, telling)),
        from_name: header(&message.from_name, 100),
        text: templated(Part::Text)
            .unwrap_or_else(|| fitted(&message, text::text, |text| text.len() <= MAX_TEXT_BYTES)),
        html: templated(Part::Html).unwrap_or_else(|| {
            fitted(
                &message,
                |message| html::page(message, &title, &preheader),
                |page| page.len() <= MAX_HTML_BYTES,
            )
        }),
        short: short(&message),
        priority: message.priority,
        list: message.list.clone(),
        thread_root: message.thread.root.clone(),
        in_reply_to: message.thread.first.clone(),
        is_bulk: matches!(message.kind, "digest"),
        stop: stop_act(telling, message.stops.as_deref()),
    }
}

/// The headline, after what the reader asked to stand before it; `! ` before one of high priority.
fn subject(message: &Message, telling: &Telling<'_>) -> String {
    let is_urgent = message.priority == crate::domain::Priority::High
        && matches!(message.kind, "alert" | "group" | "update" | "spike");
    let mark = if is_urgent { "! " } else { "" };
    let prefix = &telling.reader.subject_prefix;
    let space = if prefix.is_empty() || prefix.ends_with(' ') {
        ""
    } else {
        " "
    };
    header(
        &format!("{prefix}{space}{mark}{}", message.subject),
        MAX_SUBJECT_CHARS,
    )
}

/// The least that is worth sending: headlines and links as plain text.
fn short(message: &Message) -> String {
    let shrink = Shrink {
        items: 20,
        passages: 0,
        details: false,
        title_chars: 200,
        ..Shrink::NONE
    };
    text::text(&message.shrunk(shrink))
}
