//! A message for a terminal or a journal: when and what, then lines below it that stand in.
//!
//! A text carries its looks as single control characters, which no text of outside has; [`painted`] turns them into colours,
//! or into nothing, when it is known where the text goes.

use super::chat::{Line, byline, first_page, lines};
use super::message::{Look, Message, Rich, Telling};
use super::occasions::message;
use super::shrink::Shrink;
use super::times;

/// Where a look begins, and where each ends.
const MARK: char = '\u{1}';
const BOLD: char = '\u{2}';
const QUIET: char = '\u{3}';
const LINK: char = '\u{4}';
const ALARM: char = '\u{5}';
const END: char = '\u{6}';

/// The columns of a line; a longer one is hard to read.
const COLUMNS: usize = 78;

/// Columns before the lines below the first: `14:05 `.
const MARGIN: usize = 6;

/// Writes the message as plain text, with the last line's end.
#[must_use]
pub fn console(telling: &Telling<'_>) -> String {
    painted(&console_text(telling), false)
}

/// Writes the message with its looks; it ends with an empty line, which parts it from the next.
pub(crate) fn console_text(telling: &Telling<'_>) -> String {
    if let Some(text) = telling.templated_text() {
        return text.trim_end().to_owned() + "\n";
    }
    let said = message(telling);
    let shrink = Shrink {
        items: 100,
        ..Shrink::NONE
    };
    let clock = times::clock(telling.now, &telling.reader.zone);
    write(&said.shrunk(shrink), &clock)
}

/// Shows the looks of a text in colours (ECMA-48 §8.3.117), or only what was found, between stars.
pub(crate) fn painted(text: &str, in_colour: bool) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut closing = "";
    for c in text.chars() {
        let (open, close) = match (c, in_colour) {
            (MARK, true) => ("\u{1b}[1;33m", "\u{1b}[0m"),
            (BOLD, true) => ("\u{1b}[1m", "\u{1b}[0m"),
            (QUIET, true) => ("\u{1b}[90m", "\u{1b}[0m"),
            (LINK, true) => ("\u{1b}[94m", "\u{1b}[0m"),
            (ALARM, true) => ("\u{1b}[1;31m", "\u{1b}[0m"),
            (MARK, false) => ("*", "*"),
            (BOLD | QUIET | LINK | ALARM, false) => ("", ""),
            (END, _) => {
                shown.push_str(std::mem::take(&mut closing));
                continue;
            }
            (c, _) => {
                shown.push(c);
                continue;
            }
        };
        shown.push_str(open);
        closing = close;
    }
    shown
}

fn looking(look: char, text: &str) -> String {
    if text.is_empty() {
        return String::new();
    }
    format!("{look}{text}{END}")
}

fn write(message: &Message, clock: &str) -> String {
    let mut below: Vec<String> = Vec::new();
    for line in lines(message) {
        match line {
            Line::Label(_) => {}
            Line::Heading(heading, url) => {
                below.push(looking(BOLD, heading));
                below.extend(url.map(|url| looking(LINK, url.as_str())));
            }
            Line::Title(title, url) => {
                below.push(rich(&Rich::marked(title), Some(BOLD)));
                below.extend(url.map(|url| looking(LINK, url.as_str())));
            }
            Line::Byline { outlet, time, .. } => below.push(looking(QUIET, &byline(outlet, time))),
            Line::Quote(quote) => below.push(rich(&Rich::marked(quote), None)),
            Line::Own(own) => below.push(looking(QUIET, &first_page(&own))),
            Line::Note(text) => below.push(rich(&text, Some(QUIET))),
            Line::Text(text) | Line::Section(text) => below.push(rich(&text, None)),
        }
    }
    // A command is of use at a terminal.
    let command = message.single().and_then(|item| item.own.first());
    let command = command.filter(|line| line.0.iter().all(|run| run.url.is_none()));
    below.extend(command.map(|line| looking(QUIET, &line.text())));
    let mut written = format!("{clock} {}\n", first_line(message));
    for line in below.iter().filter(|line| !line.is_empty()) {
        written.push_str(&folded(line));
    }
    written + "\n"
}

/// `Code of Conduct  High priority`
fn first_line(message: &Message) -> String {
    let name = match message.label.as_str() {
        "" => message.from_name.as_str(),
        label => label,
    };
    let badge = message.badge.as_ref().map(|(_, badge)| badge.as_str());
    let badge = badge.map_or_else(String::new, |badge| format!("  {}", looking(ALARM, badge)));
    let note = match message.label_note.as_str() {
        "" => String::new(),
        note => format!("  {}", looking(QUIET, note)),
    };
    format!("{}{badge}{note}", looking(BOLD, name))
}

/// A line with what was found in it, and everything else in one look.
fn rich(line: &Rich, look: Option<char>) -> String {
    line.0
        .iter()
        .map(|run| match (run.look, look) {
            (Look::Marked, _) => looking(MARK, &run.text),
            (Look::Bold, None) => looking(BOLD, &run.text),
            (_, Some(look)) => looking(look, &run.text),
            (_, None) => run.text.clone(),
        })
        .collect()
}

/// A line below the first, folded between words; what is longer than a line, as an address, stays whole.
fn folded(line: &str) -> String {
    let margin = " ".repeat(MARGIN);
    let mut written = margin.clone();
    let mut columns = MARGIN;
    for (place, word) in line.split(' ').enumerate() {
        let width = word.chars().filter(|c| !c.is_control()).count();
        if place > 0 && columns + 1 + width > COLUMNS {
            written.push('\n');
            written.push_str(&margin);
            columns = MARGIN;
        } else if place > 0 {
            written.push(' ');
            columns += 1;
        }
        written.push_str(word);
        columns += width;
    }
    written + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn looks_are_colours_on_a_terminal_and_stars_elsewhere() {
        let line = Rich::plain("the ").bold("first").and(" and last");
        let text = format!("{} {}", rich(&line, None), looking(MARK, "word"));
        assert_eq!(painted(&text, false), "the first and last *word*");
        assert_eq!(
            painted(&text, true),
            "the \u{1b}[1mfirst\u{1b}[0m and last \u{1b}[1;33mword\u{1b}[0m"
        );
    }

    #[test]
    fn a_line_is_folded_between_words_and_an_address_stays_whole() {
        let address = format!("https://a.example/{}", "x".repeat(90));
        let text = folded(&format!("{} {address}", "word ".repeat(20).trim()));
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), 3);
        assert!(lines.iter().all(|line| line.starts_with("      ")));
        assert_eq!(lines[0].len(), 6 + 14 * 5 - 1);
        assert_eq!(lines[2].trim(), address);
    }
}
