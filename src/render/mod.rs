//! From alerts to a message, a file a service; escaping.

use crate::domain::{Alert, DeliveryId, Timestamp};

/// A mail, before it gets its envelope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EmailMessage {
    /// The subject: one line, no control characters, at most 200 characters.
    pub subject: String,
    /// The body as plain text.
    pub text: String,
    /// The body as HTML.
    pub html: String,
}

/// Writes the mail for some alerts.
#[must_use]
pub fn email(alerts: &[Alert]) -> EmailMessage {
    let _ = alerts;
    EmailMessage {
        subject: String::new(),
        text: String::new(),
        html: String::new(),
    }
}

/// Writes the `generic` webhook body: JSON as Standard Webhooks describes it.
#[must_use]
pub fn webhook(delivery: &DeliveryId, alert: &Alert, at: Timestamp) -> String {
    let _ = (delivery, alert, at);
    String::new()
}

/// Writes an alert for a terminal, or for a journal.
#[must_use]
pub fn console(alert: &Alert) -> String {
    let _ = alert;
    String::new()
}

/// Writes an alert as one line of JSON, without the line's end.
#[must_use]
pub fn json_line(delivery: &DeliveryId, alert: &Alert, at: Timestamp) -> String {
    webhook(delivery, alert, at)
}
