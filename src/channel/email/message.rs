//! The mail as bytes: headers, and the two bodies that `render` wrote.

use std::time::SystemTime;

use lettre::Message;
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{MultiPart, SinglePart};
use sha2::{Digest as _, Sha256};

use crate::domain::{Alert, DeliveryId, Priority, Timestamp};
use crate::render;

use super::{EmailAddress, Form, Mailbox};

/// Writes the mail.
///
/// The `Message-ID` is the delivery's name and so the same at every try: where a try's end was not heard, the second
/// copy can be told for what it is.
pub(super) fn compose(
    from: &Mailbox,
    to: &EmailAddress,
    delivery: &DeliveryId,
    alerts: &[Alert],
    now: Timestamp,
    form: Form,
) -> Result<Vec<u8>, lettre::error::Error> {
    let mail = render::email(alerts);
    let from = from.mailbox();
    let domain = from.email.domain();
    let mut message = Message::builder()
        .message_id(Some(format!("<{delivery}@{domain}>")))
        .date(SystemTime::try_from(now).unwrap_or(SystemTime::UNIX_EPOCH))
        .from(from.clone())
        .to(lettre::message::Mailbox::new(None, to.address().clone()))
        .raw_header(subject(&mail.subject))
        // RFC 3834: no vacation notes, please; the second says the same to Exchange.
        .raw_header(header("Auto-Submitted", "auto-generated"))
        .raw_header(header("X-Auto-Response-Suppress", "All"))
        .raw_header(header("List-Id", &list_id(alerts, domain)));
    match mail.priority {
        Priority::High => {
            message = message
                .raw_header(header("Importance", "high"))
                .raw_header(header("X-Priority", "1"));
        }
        Priority::Normal => {}
        Priority::Low => message = message.raw_header(header("Importance", "low")),
    }
    let message = match form {
        Form::Full => message.multipart(MultiPart::alternative_plain_html(mail.text, mail.html)),
        Form::Short => message.singlepart(SinglePart::plain(mail.short)),
    };
    Ok(message?.formatted())
}

fn header(name: &'static str, value: &str) -> HeaderValue {
    HeaderValue::new(HeaderName::new_from_ascii_str(name), value.to_owned())
}

/// The subject, encoded here: the mail library leaves long words and literal encoded-words as they are.
fn subject(text: &str) -> HeaderValue {
    let name = HeaderName::new_from_ascii_str("Subject");
    let encoded = render::header_value("Subject", text);
    HeaderValue::dangerous_new_pre_encoded(name, text.to_owned(), encoded)
}

/// The list that people file by: RFC 2919, `<watch.newswatch.domain>`.
fn list_id(alerts: &[Alert], domain: &str) -> String {
    let first = alerts.first().map(|alert| &alert.found.watch);
    let list = match first {
        Some(watch) if alerts.iter().all(|alert| alert.found.watch == *watch) => slug(&watch.0),
        _ => "digest".to_owned(),
    };
    format!("<{list}.newswatch.{domain}>")
}

/// A watch's name as one label of a domain: letters, digits and hyphens of ASCII.
///
/// A name that loses characters on the way gets some digits of its hash, so that `Biển` and `Biên` stay two lists.
fn slug(name: &str) -> String {
    /// A label may have 63 (RFC 1035 §2.3.4), hash and hyphen included.
    const MAX_BYTES: usize = 50;
    let mut label = String::new();
    for c in name.to_lowercase().chars().take(MAX_BYTES) {
        if c.is_ascii_alphanumeric() {
            label.push(c);
        } else if !label.is_empty() && !label.ends_with('-') {
            label.push('-');
        }
    }
    let mut label = label.trim_end_matches('-').to_owned();
    let is_plain = |c: char| c.is_ascii_alphanumeric() || c == ' ' || c == '-';
    if label.is_empty() || !name.chars().all(is_plain) || name.chars().count() > MAX_BYTES {
        let hash = Sha256::digest(name.as_bytes());
        if !label.is_empty() {
            label.push('-');
        }
        label.extend(hash.iter().take(4).map(|byte| format!("{byte:02x}")));
    }
    label
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_watch_becomes_a_label_of_its_own() {
        assert_eq!(slug("East Sea"), "east-sea");
        assert_eq!(slug("COC"), "coc");
        for (one, other) in [("Biển", "Biên"), ("東海", "南海"), ("a/b", "a:b")] {
            assert_ne!(slug(one), slug(other));
        }
        for name in [
            "",
            "--",
            "東海",
            "a\r\nBcc: x",
            &"w".repeat(300),
            "Biển Đông!",
        ] {
            let label = slug(name);
            assert!(!label.is_empty() && label.len() <= 63, "{label}");
            assert!(
                label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-'),
                "{label}"
            );
        }
    }
}
