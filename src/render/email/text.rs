//! The plain part of a mail: complete by itself, the same words in the same order as the HTML.
//!
//! Text from feeds begins its line, so that a mail program finds its direction; quotes begin with `> `, marks stand
//! between stars.

use unicode_segmentation::UnicodeSegmentation as _;

use crate::domain::Priority;
use crate::render::message::{Block, Item, Look, Message, Rich};

/// Columns after which a quote is folded (RFC 3676 §4.2 asks for less than 78).
const COLUMNS: usize = 72;

/// Writes the text.
pub(super) fn text(message: &Message) -> String {
    let mut parts: Vec<String> = Vec::new();
    let top = top(message);
    if !top.is_empty() {
        parts.push(top);
    }
    if !message.heading.is_empty() {
        let mut heading = message.heading.clone();
        if let Some(url) = &message.heading_url {
            heading = format!("{heading}\n{url}");
        }
        parts.push(heading);
    }
    parts.extend(message.lead.iter().map(line));
    let is_single = message.single().is_some();
    for block in &message.blocks {
        parts.push(block_text(block, is_single));
    }
    let foot: Vec<String> = message.foot.iter().flat_map(foot_lines).collect();
    // The sign of a signature (RFC 3676 §4.3): replies leave it out.
    parts.push(format!("-- \n{}", foot.join("\n")));
    parts.retain(|part| !part.is_empty());
    parts.join("\n\n") + "\n"
}

/// `Code of Conduct · HIGH PRIORITY`
fn top(message: &Message) -> String {
    let badge = message
        .badge
        .as_ref()
        .map(|(_, badge)| match message.single() {
            Some(_) => badge.to_uppercase(),
            None => badge.clone(),
        });
    [
        Some(message.label.clone()),
        badge,
        Some(message.label_note.clone()),
    ]
    .into_iter()
    .flatten()
    .filter(|part| !part.is_empty())
    .collect::<Vec<_>>()
    .join(" · ")
}

fn block_text(block: &Block, is_single: bool) -> String {
    match block {
        Block::Heading(name, note) if note.is_empty() => format!("== {name} =="),
        Block::Heading(name, note) => format!("== {name} · {note} =="),
        Block::Item(item) => item_text(item, is_single),
        Block::Text(text) => line(text),
        Block::Facts(facts) => {
            let width = facts.iter().map(|(name, _)| name.len() + 2).max();
            facts
                .iter()
                .map(|(name, value)| {
                    let name = format!("{name}:");
                    format!("{name:<width$}{}", line(value), width = width.unwrap_or(0))
                })
                .collect::<Vec<_>>()
                .join("\n")
        }
        Block::Table(head, rows) => table(head, rows),
        Block::Panel(lines) => lines.iter().map(line).collect::<Vec<_>>().join("\n"),
        Block::More(more) => line(more),
        Block::Pages(pages) => pages.iter().map(line).collect::<Vec<_>>().join("\n"),
    }
}

fn item_text(item: &Item, is_single: bool) -> String {
    let mut head = vec![marked(&Rich::marked(&item.title))];
    head.push(byline(item));
    head.extend(item.url.as_ref().map(ToString::to_string));
    if item.priority == Priority::High && !is_single {
        head.push("High priority".to_owned());
    }
    head.retain(|line| !line.is_empty());
    let mut parts = vec![head.join("\n")];
    for passage in &item.passages {
        parts.push(quote(&marked(&Rich::marked(passage))));
    }
    parts.extend(item.note.as_ref().map(line));
    let mut told = Vec::new();
    told.extend(item.found.as_ref().map(|found| format!("Found: {found}")));
    told.extend(
        item.also_in
            .as_ref()
            .map(|also| format!("Also in: {}", also.text())),
    );
    if !told.is_empty() {
        parts.push(told.join("\n"));
    }
    if is_single {
        let own: Vec<String> = item.own.iter().map(line).collect();
        if !own.is_empty() {
            parts.push(own.join("\n"));
        }
    }
    parts.join("\n\n")
}

/// `Harbour Post · Thu 26 Nov, 14:05 UTC+7`
fn byline(item: &Item) -> String {
    let parts = [item.outlet.as_str(), item.time.as_str()];
    let told: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    told.join(" · ")
}

/// A line; links of ours stand behind their words.
fn line(rich: &Rich) -> String {
    rich.0
        .iter()
        .map(|run| match &run.url {
            Some(url) => format!("{}: {url}", run.text),
            None => run.text.clone(),
        })
        .collect()
}

/// A line of the foot; links stand on lines of their own.
fn foot_lines(rich: &Rich) -> Vec<String> {
    if rich.0.iter().all(|run| run.url.is_none()) {
        return vec![line(rich)];
    }
    rich.0
        .split(|run| run.text == " · ")
        .map(|part| line(&Rich(part.to_vec())))
        .collect()
}

/// A line with stars around what is marked.
fn marked(rich: &Rich) -> String {
    rich.0
        .iter()
        .map(|run| match run.look {
            Look::Marked => format!("*{}*", run.text),
            Look::Plain | Look::Bold | Look::Code => run.text.clone(),
        })
        .collect()
}

/// Folds a quote at spaces, with `> ` before each line.
fn quote(text: &str) -> String {
    let mut lines = vec![String::new()];
    let mut columns = 0;
    for word in text.split(' ') {
        let width = word.graphemes(true).count();
        if columns > 0 && columns + 1 + width > COLUMNS {
            lines.push(String::new());
            columns = 0;
        }
        if let Some(line) = lines.last_mut() {
            if columns > 0 {
                line.push(' ');
                columns += 1;
            }
            line.push_str(word);
            columns += width;
        }
    }
    lines
        .iter()
        .map(|line| format!("> {line}"))
        .collect::<Vec<_>>()
        .join("\n")
}

/// Columns under their heads; what is linked in them is a click away in the HTML, and would tear them apart here.
fn table(head: &[String], rows: &[Vec<Rich>]) -> String {
    let cells: Vec<Vec<String>> = std::iter::once(head.to_vec())
        .chain(rows.iter().map(|row| row.iter().map(Rich::text).collect()))
        .collect();
    let width = |column: usize| {
        let widths = cells.iter().filter_map(|row| row.get(column));
        widths
            .map(|cell| cell.chars().count())
            .max()
            .unwrap_or(0)
            .min(40)
    };
    cells
        .iter()
        .map(|row| {
            let columns = row.iter().enumerate().map(|(column, cell)| {
                if column == 0 {
                    format!("{cell:<width$}", width = width(0))
                } else {
                    format!("{cell:>width$}", width = width(column))
                }
            });
            columns.collect::<Vec<_>>().join("  ").trim_end().to_owned()
        })
        .collect::<Vec<_>>()
        .join("\n")
}
