//! The mail as bytes: headers, and the two bodies that `render` wrote.

use std::time::SystemTime;

use lettre::Message;
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{MultiPart, SinglePart};
use sha2::{Digest as _, Sha256};

use crate::domain::Priority;
use crate::render::{self, EmailMessage, Reader, Telling, Unsubscribe};

use super::{EmailAddress, Form, Mailbox};

/// The longest line of a head that every program is used to (RFC 5322 §2.1.1).
const MAX_LINE_BYTES: usize = 78;

/// Writes the mail.
///
/// The `Message-ID` is the delivery's name and so the same at every try: where a try's end was not heard, the second
/// copy can be told for what it is.
pub(super) fn compose(
    from: &Mailbox,
    to: &EmailAddress,
    telling: &Telling<'_>,
    form: Form,
) -> Result<Vec<u8>, lettre::error::Error> {
    let mail = render::email(telling);
    let from = from.mailbox();
    let domain = from.email.domain();
    // The address is the configuration's alone; the name says which watch it is, and never what a feed says.
    let sender = lettre::message::Mailbox::new(Some(mail.from_name.clone()), from.email.clone());
    let mut message = Message::builder()
        .message_id(Some(id_of(&telling.delivery.0, domain)))
        .date(SystemTime::try_from(telling.now).unwrap_or(SystemTime::UNIX_EPOCH))
        .from(sender)
        .to(lettre::message::Mailbox::new(None, to.address().clone()))
        .raw_header(subject(&mail.subject))
        // RFC 3834: no vacation notes, please; the second says the same to Exchange, and lets bounces through.
        .raw_header(header("Auto-Submitted", "auto-generated"))
        .raw_header(header(
            "X-Auto-Response-Suppress",
            "DR, RN, NRN, OOF, AutoReply",
        ))
        .raw_header(list_id(&mail.list, domain));
    for field in unsubscribe(from.email.as_ref(), &mail, telling.reader) {
        message = message.raw_header(field);
    }
    // The first mail of its story that this recipient got; the story's own name is one that no mail carries.
    if let Some(first) = &mail.in_reply_to {
        let first = id_of(first, domain);
        let root = mail.thread_root.as_ref().map(|root| id_of(root, domain));
        let references: Vec<String> = root.into_iter().chain([first.clone()]).collect();
        message = message
            .raw_header(header("In-Reply-To", &first))
            .raw_header(header("References", &references.join(" ")));
    }
    if mail.is_bulk {
        message = message.raw_header(header("Precedence", "bulk"));
    }
    match mail.priority {
        Priority::High => {
            message = message
                .raw_header(header("Importance", "high"))
                .raw_header(header("X-Priority", "1"));
        }
        Priority::Normal => {}
        Priority::Low => message = message.raw_header(header("Importance", "low")),
    }
    let mut message = match form {
        Form::Full => message.multipart(MultiPart::alternative_plain_html(mail.text, mail.html)),
        Form::Short => message.singlepart(SinglePart::plain(mail.short)),
    }?;
    if !mail.from_name.is_ascii() {
        let address = from.email.to_string();
        message
            .headers_mut()
            .insert_raw(sender_line(&mail.from_name, &address));
    }
    Ok(message.formatted())
}

/// The sender with a name that has to be encoded, folded before the address: the mail library keeps the two in one line,
/// however long that gets.
fn sender_line(name: &str, address: &str) -> HeaderValue {
    let field = HeaderName::new_from_ascii_str("From");
    let words = render::header_value("From", name);
    let last = words.rsplit("\r\n").next().unwrap_or_default();
    let is_room = "From: ".len() + last.len() + address.len() + " <>".len() <= MAX_LINE_BYTES;
    let gap = if is_room { " " } else { "\r\n " };
    let encoded = format!("{words}{gap}<{address}>");
    HeaderValue::dangerous_new_pre_encoded(field, format!("{name} <{address}>"), encoded)
}

/// A message's id: the name of its delivery at our domain.
fn id_of(name: &str, domain: &str) -> String {
    format!("<{name}@{domain}>")
}

/// How the mails are stopped: by a mail to the sender (RFC 2369 §3.2), which whoever reads its mailbox answers with
/// `newswatch channel suppress`; before it by one click, where the reader's relay signs for it (RFC 8058 §3.1).
fn unsubscribe(from: &str, mail: &EmailMessage, reader: &Reader) -> Vec<HeaderValue> {
    let by_mail = format!("<mailto:{from}?subject=unsubscribe%20{}>", slug(&mail.list));
    let name = || HeaderName::new_from_ascii_str("List-Unsubscribe");
    let page = match reader.unsubscribe {
        Unsubscribe::Mailto => None,
        Unsubscribe::OneClick => mail.stop.as_ref().and_then(|act| reader.act(act)),
    };
    let Some(page) = page else {
        return vec![header("List-Unsubscribe", &by_mail)];
    };
    // An address is one word of ASCII, however long; the line is folded between the two.
    let encoded = format!("<{page}>,\r\n {by_mail}");
    vec![
        HeaderValue::dangerous_new_pre_encoded(name(), format!("<{page}>, {by_mail}"), encoded),
        header("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
    ]
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

/// The list that people file by: RFC 2919, `Code of Conduct <code-of-conduct.watches.domain>`.
fn list_id(list: &str, domain: &str) -> HeaderValue {
    let name = HeaderName::new_from_ascii_str("List-Id");
    let id = format!("<{}.watches.{domain}>", slug(list));
    let phrase = render::one_line(list, 60);
    let is_plain = |c: char| c.is_ascii_alphanumeric() || c == ' ' || c == '-';
    let encoded = if !phrase.is_empty() && phrase.chars().all(is_plain) {
        let value = format!("{phrase} {id}");
        render::header_value("List-Id", &value)
    } else {
        id.clone()
    };
    HeaderValue::dangerous_new_pre_encoded(name, id, encoded)
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
