//! Logs: to the journal with its fields when systemd connected us to it, for people on a terminal, else as lines with
//! fields on standard error.
//!
//! `said` puts an event into words; `journal` and `terminal` bring them where they are read.

mod journal;
mod said;
mod terminal;

use std::io::IsTerminal as _;
use std::os::unix::fs::MetadataExt as _;

use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer as _};

use crate::domain::inert;
use journal::Journal;
use terminal::Terminal;

/// What is logged where the environment does not say otherwise.
const DEFAULT_FILTER: &str =
    "info,lettre=warn,hyper=warn,reqwest=warn,html5ever=error,selectors=error";

/// Starts logging for the process; the answer is what is wrong with `filter`, which is then left aside.
///
/// `filter` is a directive list such as `debug` or `newswatch=debug`; `journal_stream` is the value of the
/// variable `JOURNAL_STREAM`. `colors` says whether a terminal shows any.
pub fn start(filter: Option<&str>, journal_stream: Option<&str>, colors: bool) -> Option<String> {
    let parsed = filter.map(EnvFilter::try_new).transpose();
    let problem = parsed.as_ref().err().map(ToString::to_string);
    let filter = parsed
        .ok()
        .flatten()
        .unwrap_or_else(|| EnvFilter::new(DEFAULT_FILTER));
    let journal = is_our_stderr(journal_stream)
        .then(Journal::open)
        .and_then(Result::ok);
    let is_terminal = journal.is_none() && std::io::stderr().is_terminal();
    let terminal = is_terminal.then_some(Terminal { colors });
    let lines = (journal.is_none() && !is_terminal).then(|| {
        tracing_subscriber::fmt::layer()
            .with_writer(|| Door(std::io::stderr()))
            .with_ansi(false)
            .with_target(false)
    });
    // A second start in one process keeps the first: a library user may have set up its own.
    drop(
        tracing_subscriber::registry()
            .with(journal.with_filter(filter.clone()))
            .with(terminal.with_filter(filter.clone()))
            .with(lines.with_filter(filter))
            .try_init(),
    );
    problem
}

/// Standard error for lines with fields: nothing that goes through commands who reads.
struct Door(std::io::Stderr);

impl std::io::Write for Door {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let text = String::from_utf8_lossy(bytes);
        self.0.write_all(inert(&text).as_bytes())?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.0.flush()
    }
}

/// Whether standard error is the journal's stream: `JOURNAL_STREAM` holds its device and inode
/// (systemd.exec(5)); a child that was redirected inherits the variable but not the stream.
fn is_our_stderr(journal_stream: Option<&str>) -> bool {
    let Some((device, inode)) = journal_stream.and_then(|stream| stream.split_once(':')) else {
        return false;
    };
    let Ok(stderr) = std::fs::metadata("/proc/self/fd/2") else {
        return false;
    };
    device.parse() == Ok(stderr.dev()) && inode.parse() == Ok(stderr.ino())
}
