//! What chat and push services have in common: a message as a run of lines, each of a kind that a service has a way for.

use serde_json::Value;
use url::{Host, Url};

use super::message::{Block, Item, Marked, Message, Rich};
use crate::domain::Timestamp;

/// A line of a chat message.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Line<'a> {
    /// The watch, with its priority, or what kind of message it is.
    Label(Rich),
    /// A headline and its link.
    Title(&'a Marked, Option<&'a Url>),
    /// The heading of the whole message.
    Heading(&'a str, Option<&'a Url>),
    /// Outlet and time.
    Byline {
        outlet: &'a str,
        time: &'a str,
        published: Option<Timestamp>,
    },
    /// A quoted passage.
    Quote(&'a Marked),
    /// What stands small below.
    Note(Rich),
    /// A line of text.
    Text(Rich),
    /// A heading within the message.
    Section(Rich),
    /// Pages of ours on which something can be done, each a link.
    Own(Vec<&'a Rich>),
}

/// Whether Discord and Telegram take an address in a field of their own: they refuse the whole message for one whose host is
/// a bare name, as `http://watch1:8585/` (github.com/bugsink/bugsink issue 280, github.com/nyaruka/courier pull request 1089).
pub(super) fn is_taken(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name.trim_end_matches('.').contains('.'),
        Some(Host::Ipv4(_) | Host::Ipv6(_)) => true,
        None => false,
    }
}

/// Pages of ours as one line of links.
pub(super) fn linked(own: &[&Rich]) -> Rich {
    let mut line = Rich::default();
    for link in own {
        if !line.is_empty() {
            line = line.and(" · ");
        }
        line.0.extend(link.0.iter().cloned());
    }
    line
}

/// The first of our pages as a line of plain text: there is no room for all of them where links are bare addresses.
pub(super) fn first_page(own: &[&Rich]) -> String {
    let first = own.first().and_then(|link| link.0.first());
    first
        .and_then(|run| Some(format!("{}: {}", run.text, run.url.as_ref()?)))
        .unwrap_or_default()
}

/// The lines of a message, in their order.
pub(super) fn lines(message: &Message) -> Vec<Line<'_>> {
    let mut lines = Vec::new();
    let label = label(message);
    if !label.is_empty() {
        lines.push(Line::Label(label));
    }
    if !message.heading.is_empty() {
        lines.push(Line::Heading(
            &message.heading,
            message.heading_url.as_ref(),
        ));
    }
    lines.extend(message.lead.iter().cloned().map(Line::Text));
    let is_single = message.single().is_some();
    for block in &message.blocks {
        block_lines(block, is_single, &mut lines);
    }
    lines
}

/// `High priority · Code of Conduct`
pub(super) fn label(message: &Message) -> Rich {
    let mut label = Rich::default();
    let badge = message.badge.as_ref().map(|(_, badge)| badge.clone());
    for part in [badge, Some(message.label.clone())].into_iter().flatten() {
        if part.is_empty() {
            continue;
        }
        if !label.is_empty() {
            label = label.and(" · ");
        }
        label = label.bold(part);
    }
    if !message.label_note.is_empty() {
        label = label.and(format!(" · {}", message.label_note));
    }
    label
}

fn block_lines<'a>(block: &'a Block, is_single: bool, lines: &mut Vec<Line<'a>>) {
    match block {
        Block::Heading(name, note) => {
            let mut section = Rich::default().bold(name);
            if !note.is_empty() {
                section = section.and(format!(" · {note}"));
            }
            lines.push(Line::Section(section));
        }
        Block::Item(item) => item_lines(item, is_single, lines),
        Block::Text(text) => lines.push(Line::Text(text.clone())),
        Block::Facts(facts) => {
            for (name, value) in facts {
                let mut line = Rich::default().bold(format!("{name}: "));
                line.0.extend(value.0.iter().cloned());
                lines.push(Line::Text(line));
            }
        }
        Block::Table(head, rows) => lines.extend(rows.iter().map(|row| table_line(head, row))),
        Block::Panel(panel) => lines.extend(panel.iter().cloned().map(Line::Text)),
        Block::More(more) => lines.push(Line::Note(more.clone())),
        Block::Pages(pages) => lines.push(Line::Own(pages.iter().collect())),
    }
}

/// `South China Sea: 4 stories, 12 alerts, 5 usual`
fn table_line<'a>(head: &[String], row: &[Rich]) -> Line<'a> {
    let mut cells = row.iter().zip(head);
    let name = cells
        .next()
        .map(|(cell, _)| cell.text())
        .unwrap_or_default();
    let values: Vec<String> = cells
        .filter(|(cell, _)| !cell.is_empty())
        .map(|(cell, name)| format!("{} {}", cell.text(), name.to_lowercase()))
        .collect();
    Line::Text(Rich::plain(format!("{name}: {}", values.join(", "))))
}

fn item_lines<'a>(item: &'a Item, is_single: bool, lines: &mut Vec<Line<'a>>) {
    lines.push(Line::Title(&item.title, item.url.as_ref()));
    if !item.outlet.is_empty() || !item.time.is_empty() {
        lines.push(Line::Byline {
            outlet: &item.outlet,
            time: &item.time,
            published: item.published,
        });
    }
    lines.extend(item.passages.iter().map(Line::Quote));
    lines.extend(item.note.iter().cloned().map(Line::Note));
    if !is_single {
        return;
    }
    if let Some(found) = &item.found {
        lines.push(Line::Note(Rich::plain(format!("Found: {found}"))));
    }
    if let Some(also) = &item.also_in {
        let mut line = Rich::plain("Also in ");
        line.0.extend(also.0.iter().cloned());
        lines.push(Line::Note(line));
    }
    // A command is of use at a terminal and not in a chat; links of ours are.
    let own: Vec<&Rich> = item
        .own
        .iter()
        .filter(|line| line.0.iter().any(|run| run.url.is_some()))
        .collect();
    if !own.is_empty() {
        lines.push(Line::Own(own));
    }
}

/// A message as plain lines, for services that have no markup: label, headline, byline, quote, notes.
pub(super) fn plain(message: &Message, with_links: bool) -> String {
    let told = lines(message).into_iter().map(|line| match line {
        Line::Label(text) | Line::Note(text) | Line::Text(text) => text.text(),
        Line::Section(text) => format!("\n{}", text.text()),
        Line::Title(title, url) => with_url(&title.text, url.filter(|_| with_links)),
        Line::Heading(heading, url) => with_url(heading, url.filter(|_| with_links)),
        Line::Byline { outlet, time, .. } => byline(outlet, time),
        Line::Quote(quote) => format!("“{}”", quote.text),
        Line::Own(own) => first_page(&own),
    });
    told.collect::<Vec<_>>().join("\n")
}

fn with_url(text: &str, url: Option<&Url>) -> String {
    match url {
        Some(url) => format!("{text}\n{url}"),
        None => text.to_owned(),
    }
}

/// `Harbour Post · Thu 26 Nov, 14:05 UTC+7`
pub(super) fn byline(outlet: &str, time: &str) -> String {
    let told: Vec<&str> = [outlet, time]
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect();
    told.join(" · ")
}

/// The length that services count in which write JavaScript: UTF-16 units.
pub(super) fn utf16(text: &str) -> usize {
    text.encode_utf16().count()
}

/// Sets a field of a JSON object; what is no object stays as it is.
pub(crate) fn set(object: &mut Value, name: &str, value: Value) {
    if let Some(fields) = object.as_object_mut() {
        fields.insert(name.to_owned(), value);
    }
}
