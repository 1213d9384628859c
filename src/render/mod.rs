//! From alerts to a message, a file a service; escaping.
//!
//! Takes alerts, whose texts come from feeds and pages and may be hostile, and gives texts that are inert where they
//! go: a mail header, HTML, JSON, a terminal. It sends nothing, and knows no address but the article's own.

mod console;
mod email;
mod encoded_word;
mod escape;
mod marks;
mod parts;
mod webhook;

#[cfg(test)]
mod tests;

use crate::domain::{Alert, DeliveryId, Priority, Timestamp};

pub use encoded_word::header_value;
pub(crate) use escape::one_line;

/// A mail, before it gets its envelope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EmailMessage {
    /// The subject: one line, no control characters, at most 200 characters.
    pub subject: String,
    /// The body as plain text.
    pub text: String,
    /// The body as HTML.
    pub html: String,
    /// The least that is worth sending, as plain text: for a server that refuses the mail as it is.
    pub short: String,
    /// The highest priority of the alerts in it.
    pub priority: Priority,
}

/// Writes the mail for some alerts.
#[must_use]
pub fn email(alerts: &[Alert]) -> EmailMessage {
    email::email(alerts)
}

/// Writes the `generic` webhook body for one alert: JSON as Standard Webhooks describes it, below 20 kB.
///
/// The delivery's id is not in it: it travels in the field `webhook-id`.
#[must_use]
pub fn webhook(alert: &Alert, at: Timestamp) -> String {
    webhook::body(None, alert, at)
}

/// Writes the `generic` webhook body for several alerts: `newswatch.digest`, which counts all and lists what fits.
#[must_use]
pub fn webhook_digest(alerts: &[Alert], at: Timestamp) -> String {
    webhook::digest(alerts, at)
}

/// Writes the least that is worth a POST: titles and links, for a receiver that refuses a longer body.
#[must_use]
pub fn webhook_short(alerts: &[Alert], at: Timestamp) -> String {
    webhook::short(alerts, at)
}

/// Writes an alert for a terminal, or for a journal.
#[must_use]
pub fn console(alert: &Alert) -> String {
    console::console(alert)
}

/// Writes an alert as one line of JSON, without the line's end: the webhook body, with `delivery` beside it.
#[must_use]
pub fn json_line(delivery: &DeliveryId, alert: &Alert, at: Timestamp) -> String {
    webhook::body(Some(delivery), alert, at)
}
