//! Printing: the one way from a command to standard output and standard error.

use std::borrow::Cow;
use std::io::{BufWriter, ErrorKind, IsTerminal as _, StdoutLock, Write as _};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use jiff::tz::TimeZone;
use serde::Serialize;

use crate::config::{Color, Environment as _, ProcessEnvironment};
use crate::domain::{Timestamp, inert, inert_json, wrapped};

/// Bytes that are printed at once where there are many lines.
const BUFFER_BYTES: usize = 64 * 1024;

/// Prints a line on standard output.
///
/// # Errors
/// When it cannot be written. A reader that has gone away (`newswatch ... | head`) ends the process quietly.
pub(super) fn line(text: &str) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    let text = guarded(text, color());
    quiet_if_closed(writeln!(out, "{text}").and_then(|()| out.flush()))
}

/// Prints a value on a line of its own, as JSON.
///
/// # Errors
/// As [`line`], or when it cannot be written as JSON.
pub(super) fn json(value: &impl Serialize) -> anyhow::Result<()> {
    line(&serde_json::to_string(value)?)
}

/// Prints a list: an object a line, or for people, who are told where there is nothing.
///
/// # Errors
/// As [`json`].
pub(super) fn list<T: Serialize>(
    items: &[T],
    as_json: bool,
    none: &str,
    print: impl Fn(&T) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    if items.is_empty() && !as_json {
        line(none)?;
    }
    items
        .iter()
        .try_for_each(|item| if as_json { json(item) } else { print(item) })
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
        quiet_if_closed(self.0.write_all(guarded(text, color()).as_bytes()))
    }

    /// Passes on what was written.
    ///
    /// # Errors
    /// As [`line`].
    pub(super) fn flush(&mut self) -> anyhow::Result<()> {
        quiet_if_closed(self.0.flush())
    }
}

/// The door of what is printed: no text from outside commands a terminal, turns letters round or hides. Of the commands
/// only colours pass, where they are shown; JSON keeps its value.
fn guarded(text: &str, color: Color) -> Cow<'_, str> {
    if text.starts_with(['{', '[']) {
        return inert_json(text);
    }
    if color == Color::Plain || !text.contains(ESCAPE) {
        return inert(text);
    }
    let mut shown = String::with_capacity(text.len());
    for (place, piece) in text.split(ESCAPE).enumerate() {
        let colors = piece
            .strip_prefix('[')
            .and_then(|rest| rest.split_once('m'))
            .map(|(codes, _)| codes)
            .filter(|codes| codes.chars().all(|c| c.is_ascii_digit() || c == ';'));
        if place > 0 {
            shown.push(if colors.is_some() { ESCAPE } else { ' ' });
        }
        shown.push_str(&inert(piece));
    }
    Cow::Owned(shown)
}

/// What begins a command to a terminal.
const ESCAPE: char = '\u{1b}';

fn quiet_if_closed(result: std::io::Result<()>) -> anyhow::Result<()> {
    match result {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => std::process::exit(0),
        result => Ok(result?),
    }
}

/// Prints a line on standard error, broken between words where that is a terminal.
pub(super) fn complain(text: &str) {
    let shown = guarded(text, color_of_errors());
    let shown = format!("newswatch: {shown}");
    let shown = if shown.contains('\n') || !std::io::stderr().is_terminal() {
        shown
    } else {
        wrapped(&shown, 0)
    };
    // When even standard error is closed there is nobody left to tell.
    drop(writeln!(std::io::stderr().lock(), "{shown}"));
}

/// Whether standard output shows colours.
pub(super) fn color() -> Color {
    color_of(std::io::stdout().is_terminal())
}

/// Whether standard error shows colours.
pub(super) fn color_of_errors() -> Color {
    color_of(std::io::stderr().is_terminal())
}

/// Colours for a terminal that shows them, unless they are not wanted (no-color.org).
fn color_of(is_terminal: bool) -> Color {
    let is_set = |name| {
        ProcessEnvironment
            .variable(name)
            .is_some_and(|value| !value.is_empty())
    };
    let is_dumb = ProcessEnvironment
        .variable("TERM")
        .is_some_and(|value| value == "dumb");
    if is_terminal && !is_set("NO_COLOR") && !is_dumb {
        Color::Ansi
    } else {
        Color::Plain
    }
}

/// What a word means for whoever reads it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tone {
    /// All is well.
    Good,
    /// Worth a look.
    Doubtful,
    /// Something is wrong.
    Bad,
}

/// A word in the colour of its meaning, where standard output shows colours.
pub(super) fn toned(text: &str, tone: Tone) -> String {
    if color() == Color::Plain {
        return text.to_owned();
    }
    // ECMA-48 §8.3.117, select graphic rendition: green, yellow, red; bold.
    let code = match tone {
        Tone::Good => "32",
        Tone::Doubtful => "33",
        Tone::Bad => "31;1",
    };
    format!("\u{1b}[{code}m{text}\u{1b}[0m")
}

/// A number of things: `1 try`, `2 tries`.
pub(super) fn counted(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
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

/// A time for people, in their own zone: `2026-11-23 18:32:05 CET`.
pub(super) fn time(at: Timestamp) -> String {
    let zone = TimeZone::try_system().unwrap_or(TimeZone::UTC);
    at.to_zoned_datetime(zone)
        .strftime("%Y-%m-%d %H:%M:%S %Z")
        .to_string()
}

/// A text with the times in it, which are in UTC, in the zone of its reader.
pub(super) fn with_own_times(text: &str) -> String {
    let words = text.split(' ').map(|word| {
        let bare = word.trim_end_matches([',', ';', '.', ':', ')']);
        match bare.parse::<Timestamp>() {
            Ok(at) => word.replace(bare, &time(at)),
            Err(_) => word.to_owned(),
        }
    });
    words.collect::<Vec<_>>().join(" ")
}

/// A span of time for people: `4 min`, `2 h`.
pub(super) fn span(seconds: u64) -> String {
    match seconds {
        0..120 => format!("{seconds} s"),
        120..7_200 => format!("{} min", seconds / 60),
        7_200..172_800 => format!("{} h", seconds / 3_600),
        _ => format!("{} days", seconds / 86_400),
    }
}

/// How long ago a time is, or how far ahead: `4 min ago`, `in 2 h`.
pub(super) fn from_now(at: Timestamp, now: Timestamp) -> String {
    let size = span(at.duration_since(now).as_secs().unsigned_abs());
    if at > now {
        format!("in {size}")
    } else {
        format!("{size} ago")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_near_now_is_told_by_its_distance() {
        let now = Timestamp::from_second(1_790_000_000).unwrap();
        for (seconds, words) in [
            (0, "0 s ago"),
            (-90, "90 s ago"),
            (-600, "10 min ago"),
            (7_300, "in 2 h"),
            (-260_000, "3 days ago"),
        ] {
            let at = now + jiff::SignedDuration::from_secs(seconds);
            assert_eq!(from_now(at, now), words);
        }
    }
}
