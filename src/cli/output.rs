//! Printing: the one way from a command to standard output and standard error.

use std::io::{BufWriter, ErrorKind, IsTerminal as _, StdoutLock, Write as _};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::config::Color;
use crate::domain::Timestamp;

/// Bytes that are printed at once where there are many lines.
const BUFFER_BYTES: usize = 64 * 1024;

/// Prints a line on standard output.
///
/// # Errors
/// When it cannot be written. A reader that has gone away (`newswatch ... | head`) ends the process quietly.
pub(super) fn line(text: &str) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    quiet_if_closed(writeln!(out, "{text}").and_then(|()| out.flush()))
}

/// Standard output for many lines: they go out together.
pub(super) struct Buffered(BufWriter<StdoutLock<'static>>);

impl Buffered {
    /// Takes standard output for itself.
    pub(super) fn new() -> Self {
        Self(BufWriter::with_capacity(
            BUFFER_BYTES,
            std::io::stdout().lock(),
        ))
    }

    /// Prints text that ends with a line end, now or at the next flush.
    ///
    /// # Errors
    /// As [`line`].
    pub(super) fn write(&mut self, text: &str) -> anyhow::Result<()> {
        quiet_if_closed(self.0.write_all(text.as_bytes()))
    }

    /// Passes on what was written.
    ///
    /// # Errors
    /// As [`line`].
    pub(super) fn flush(&mut self) -> anyhow::Result<()> {
        quiet_if_closed(self.0.flush())
    }
}

fn quiet_if_closed(result: std::io::Result<()>) -> anyhow::Result<()> {
    match result {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => std::process::exit(0),
        result => Ok(result?),
    }
}

/// Prints a line on standard error.
pub(super) fn complain(text: &str) {
    // When even standard error is closed there is nobody left to tell.
    drop(writeln!(std::io::stderr().lock(), "newswatch: {text}"));
}

/// Whether standard output shows colours.
pub(super) fn color() -> Color {
    if std::io::stdout().is_terminal() {
        Color::Ansi
    } else {
        Color::Plain
    }
}

/// A bar for long work on standard error; hidden when that is no terminal.
pub(super) fn progress(total: usize) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(
        u64::try_from(total).ok(),
        if total > 1 {
            ProgressDrawTarget::stderr()
        } else {
            ProgressDrawTarget::hidden()
        },
    );
    if let Ok(style) = ProgressStyle::with_template("{bar:40} {pos}/{len} {eta} left") {
        bar.set_style(style);
    }
    bar
}

/// A bar for reading a file of this size; hidden where the size is not known.
pub(super) fn progress_bytes(size_bytes: Option<u64>) -> ProgressBar {
    let target = match size_bytes {
        Some(_) => ProgressDrawTarget::stderr(),
        None => ProgressDrawTarget::hidden(),
    };
    let bar = ProgressBar::with_draw_target(size_bytes, target);
    if let Ok(style) = ProgressStyle::with_template("{bar:40} {bytes}/{total_bytes} {eta} left") {
        bar.set_style(style);
    }
    bar
}

/// A time for people: `2026-11-23 17:32:05Z`.
pub(super) fn time(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M:%SZ").to_string()
}
