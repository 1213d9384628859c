//! Printing: the one way from a command to standard output and standard error.

use std::io::{ErrorKind, IsTerminal as _, Write as _};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::config::Color;
use crate::domain::Timestamp;

/// Prints a line on standard output.
///
/// # Errors
/// When it cannot be written. A reader that has gone away (`newswatch ... | head`) ends the process quietly.
pub(super) fn line(text: &str) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    match writeln!(out, "{text}").and_then(|()| out.flush()) {
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

/// A time for people: `2026-11-23 17:32:05Z`.
pub(super) fn time(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M:%SZ").to_string()
}
