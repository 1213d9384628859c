//! Markdown that says what it says: every sign that could mean something is escaped.

use super::message::{Look, Rich};

/// Escapes the signs of Markdown and of what chats add to it, so that a text is shown as it stands.
pub(super) fn escaped(text: &str, mentions: Mentions) -> String {
    let mut written = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '(' | ')' | '#' | '+' | '-' | '.'
            | '!' | '|' | '~' | '>' | '$' | '=' | ':' => {
                // Discord shows a backslash before what needs none, as in `a.b`.
                if is_sign(c, mentions) {
                    written.push('\\');
                }
                written.push(c);
            }
            '<' | '@' => match mentions {
                Mentions::Escaped => {
                    written.push('\\');
                    written.push(c);
                }
                Mentions::Broken => {
                    written.push(c);
                    written.push('\u{200b}');
                }
            },
            c => written.push(c),
        }
    }
    written
}

/// How `<` and `@` are kept from meaning something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mentions {
    /// By a backslash.
    Escaped,
    /// By a zero-width space behind them, where a backslash does not help.
    Broken,
}

fn is_sign(c: char, mentions: Mentions) -> bool {
    match mentions {
        Mentions::Escaped => matches!(
            c,
            '\\' | '`' | '*' | '_' | '[' | ']' | '(' | ')' | '#' | '|' | '~' | '>' | '-' | ':'
        ),
        Mentions::Broken => matches!(
            c,
            '\\' | '`'
                | '*'
                | '_'
                | '['
                | ']'
                | '('
                | ')'
                | '#'
                | '|'
                | '~'
                | '>'
                | '-'
                | '!'
                | ':'
                | '$'
        ),
    }
}

/// An address inside `(…)`: what would end it is percent-encoded.
pub(super) fn target(url: &url::Url) -> String {
    url.as_str()
        .replace('(', "%28")
        .replace(')', "%29")
        .replace('|', "%7C")
        .replace('\\', "%5C")
        .replace('*', "%2A")
        .replace('<', "%3C")
        .replace('>', "%3E")
        .replace('`', "%60")
}

/// A line with its looks and links.
pub(super) fn rich(line: &Rich, mentions: Mentions) -> String {
    line.0
        .iter()
        .map(|run| {
            let text = escaped(&run.text, mentions);
            let text = match run.look {
                Look::Plain => text,
                Look::Bold | Look::Marked => bold(&text),
                Look::Code => format!("`{}`", run.text.replace('`', "'")),
            };
            match &run.url {
                Some(url) => format!("[{text}]({})", target(url)),
                None => text,
            }
        })
        .collect()
}

/// Bold, with spaces outside of the stars: inside they would be stars.
pub(super) fn bold(text: &str) -> String {
    let inner = text.trim();
    if inner.is_empty() {
        return text.to_owned();
    }
    let (before, after) = (
        if text.starts_with(' ') { " " } else { "" },
        if text.ends_with(' ') { " " } else { "" },
    );
    format!("{before}**{inner}**{after}")
}
