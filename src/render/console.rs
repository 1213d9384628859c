//! A message for a terminal or a journal: a few lines of plain text.

use super::chat::{Line, byline, first_page, lines};
use super::message::{Look, Message, Rich, Telling};
use super::occasions::message;
use super::shrink::Shrink;

/// Writes the message, with the last line's end.
#[must_use]
pub fn console(telling: &Telling<'_>) -> String {
    if let Some(text) = telling.templated_text() {
        return text.trim_end().to_owned() + "\n";
    }
    let message = message(telling);
    let shrink = Shrink {
        items: 100,
        ..Shrink::NONE
    };
    write(&message.shrunk(shrink))
}

fn write(message: &Message) -> String {
    let mut written = Vec::new();
    let label = super::chat::label(message).text();
    let headline = message.headline();
    written.push(if label.is_empty() {
        headline.to_owned()
    } else {
        format!("[{label}] {headline}")
    });
    let is_single = message.single().is_some();
    for line in lines(message) {
        match line {
            Line::Label(_) => {}
            Line::Heading(_, url) => written.extend(url.map(|url| format!("  {url}"))),
            Line::Title(_, url) if is_single => written.extend(url.map(|url| format!("  {url}"))),
            Line::Title(title, url) => {
                written.push(format!("  {}", title.text));
                written.extend(url.map(|url| format!("    {url}")));
            }
            Line::Byline { outlet, time, .. } => {
                written.push(format!("  {}", byline(outlet, time)));
            }
            Line::Quote(quote) => written.push(format!("  “{}”", marked(&Rich::marked(quote)))),
            Line::Own(own) => written.push(format!("  {}", first_page(&own))),
            Line::Note(text) | Line::Text(text) | Line::Section(text) => {
                written.push(format!("  {}", text.text()));
            }
        }
    }
    written.join("\n") + "\n"
}

/// Marks between stars, as in a mail's plain part.
fn marked(line: &Rich) -> String {
    line.0
        .iter()
        .map(|run| match run.look {
            Look::Marked => format!("*{}*", run.text),
            Look::Plain | Look::Bold | Look::Code => run.text.clone(),
        })
        .collect()
}
