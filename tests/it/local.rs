//! The channels that stay on this machine: the console and the file.

use std::io::{self, Write};
use std::path::Path;
use std::sync::{Arc, Mutex};

use newswatch::channel::{Channel, ChannelKind, ChannelSettings, ConsoleSettings, FileSettings};
use newswatch::domain::{AttemptOutcome, ChannelName, DeliveryId};

use crate::support::alerts::{alert, delivery, told};
use crate::support::http::client;

fn settings(kind: ChannelKind) -> ChannelSettings {
    ChannelSettings {
        name: ChannelName("local".into()),
        kind,
        reader: newswatch::render::Reader::default(),
        templates: newswatch::render::Templates::default(),
        retry: Vec::new(),
    }
}

fn file_channel(path: &Path) -> Channel {
    Channel::new(
        settings(ChannelKind::File(FileSettings {
            path: path.to_owned(),
        })),
        client(),
    )
    .unwrap()
}

/// A writer whose text the test can read.
#[derive(Clone, Default)]
struct Shared(Arc<Mutex<Vec<u8>>>);

impl Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn the_console_shows_watch_title_sentence_and_link() {
    let shown = Shared::default();
    let channel = Channel::console_to(
        settings(ChannelKind::Console(ConsoleSettings::default())),
        Box::new(shown.clone()),
    );
    let outcome = channel
        .attempt(&told(&delivery(), None, &[alert("A headline")]))
        .await
        .outcome;
    assert_eq!(outcome, AttemptOutcome::Accepted);
    let shown = String::from_utf8(shown.0.lock().unwrap().clone()).unwrap();
    assert_eq!(
        shown,
        "12:00 East Sea  High priority\n      \
           A headline\n      \
           https://news.example/a?b=1&c=2\n      \
           Example News · Mon 23 Nov, 12:00 UTC\n      \
           Bộ trưởng các nước want the COC within three years.\n      \
           Why: newswatch alerts show alr_0123456789abcdef0123\n\n"
    );
}

/// A writer that is closed.
struct Closed;

impl Write for Closed {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        Err(io::ErrorKind::BrokenPipe.into())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn a_console_that_is_closed_is_a_failure() {
    let channel = Channel::console_to(
        settings(ChannelKind::Console(ConsoleSettings::default())),
        Box::new(Closed),
    );
    let outcome = channel
        .attempt(&told(&delivery(), None, &[alert("x")]))
        .await
        .outcome;
    assert!(
        matches!(outcome, AttemptOutcome::Failed { .. }),
        "{outcome:?}"
    );
}

#[tokio::test]
async fn a_file_gets_each_delivery_once_as_a_line_of_json() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("alerts.jsonl");
    let channel = file_channel(&path);
    let second = DeliveryId("dlv_second".into());
    for delivery in [&delivery(), &delivery(), &second] {
        let outcome = channel
            .attempt(&told(delivery, None, &[alert("A\nheadline")]))
            .await
            .outcome;
        assert_eq!(outcome, AttemptOutcome::Accepted);
    }
    let text = std::fs::read_to_string(&path).unwrap();
    let deliveries: Vec<String> = text
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap())
        .map(|line| line["delivery"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(deliveries, ["dlv_0123456789abcdef0123", "dlv_second"]);
}

#[tokio::test]
async fn a_file_that_cannot_be_written_is_a_failure_that_names_it() {
    let channel = file_channel(Path::new("/nonexistent/alerts.jsonl"));
    let outcome = channel
        .attempt(&told(&delivery(), None, &[alert("x")]))
        .await
        .outcome;
    let AttemptOutcome::Failed { reason } = outcome else {
        panic!("{outcome:?}");
    };
    assert!(
        reason.starts_with("/nonexistent/alerts.jsonl cannot be written to: "),
        "{reason}"
    );
}
