//! The journal of systemd, in its own protocol: a message that can be read, and every field by its name.
//!
//! <https://systemd.io/JOURNAL_NATIVE_PROTOCOL/>

use std::io;
use std::os::unix::net::UnixDatagram;

use jiff::tz::TimeZone;
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::Context;

use super::said::Said;

/// Where the journal listens.
const SOCKET: &str = "/run/systemd/journal/socket";

/// What stands before the names of our fields, so that none is taken for one of the journal's own.
const PREFIX: &str = "F_";

/// The journal.
#[derive(Debug)]
pub(super) struct Journal {
    socket: UnixDatagram,
}

impl Journal {
    /// Finds out whether anybody listens.
    pub(super) fn open() -> io::Result<Self> {
        let socket = UnixDatagram::unbound()?;
        socket.send_to(&[], SOCKET)?;
        Ok(Self { socket })
    }
}

impl<S: Subscriber> Layer<S> for Journal {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let said = Said::of(event);
        let metadata = event.metadata();
        let mut entry = Vec::new();
        let zone = TimeZone::try_system().unwrap_or(TimeZone::UTC);
        put(&mut entry, "MESSAGE", &said.in_words(&zone));
        put(&mut entry, "PRIORITY", priority(*metadata.level()));
        put(&mut entry, "SYSLOG_IDENTIFIER", "newswatch");
        put(&mut entry, "TARGET", metadata.target());
        for (name, value) in &said.fields {
            put(&mut entry, &field_name(name), value);
        }
        // There is nobody to tell when the journal does not listen.
        drop(self.socket.send_to(&entry, SOCKET));
    }
}

/// The levels of syslog (RFC 5424 §6.2.1): err, warning, notice, debug. What a service does is worth a notice.
fn priority(level: Level) -> &'static str {
    match level {
        Level::ERROR => "3",
        Level::WARN => "4",
        Level::INFO => "5",
        Level::DEBUG | Level::TRACE => "7",
    }
}

/// `feed.id` is `F_FEED_ID`.
fn field_name(name: &str) -> String {
    let sane = |c: char| {
        if c.is_ascii_alphanumeric() {
            c.to_ascii_uppercase()
        } else {
            '_'
        }
    };
    PREFIX.chars().chain(name.chars().map(sane)).collect()
}

/// A field on one line, or with its length where it has several.
fn put(entry: &mut Vec<u8>, name: &str, value: &str) {
    entry.extend_from_slice(name.as_bytes());
    if value.contains('\n') {
        entry.push(b'\n');
        let length = u64::try_from(value.len()).unwrap_or_default();
        entry.extend_from_slice(&length.to_le_bytes());
    } else {
        entry.push(b'=');
    }
    entry.extend_from_slice(value.as_bytes());
    entry.push(b'\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_of_several_lines_is_sent_with_its_length() {
        let mut entry = Vec::new();
        put(&mut entry, "MESSAGE", "one");
        put(&mut entry, &field_name("delivery.id"), "a\nb");
        assert_eq!(
            entry,
            b"MESSAGE=one\nF_DELIVERY_ID\n\x03\0\0\0\0\0\0\0a\nb\n"
        );
    }
}
