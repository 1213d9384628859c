//! Text that a page keeps in its scripts: what linked data quotes, and what a page that builds itself in the
//! browser will show.
//!
//! Read only where the page itself shows no article. Strings of the scripts are decoded, and those taken that
//! are paragraphs of HTML, or running text.

use std::collections::BTreeSet;

use super::fragment_text;
use super::text::{ends_sentence, weight};

/// Weight of the text shown by a page below which its scripts are searched.
pub(super) const TOO_LITTLE: usize = 500;

/// Weight of an embedded text from which it is an article.
const ENOUGH: usize = 400;

/// Bytes of a string from which it can be running text.
const SHORTEST_TEXT: usize = 80;

/// Strings inside strings inside strings: as deep as frameworks nest what they serialise.
const MAX_LEVELS: usize = 3;

/// Bytes of scripts and of strings inside them that are read.
const MAX_BYTES: usize = 6 * 1_048_576;

/// The text that linked data quotes, where the page shows less of it or something else.
pub(super) fn quoted(shown: &str, linked: Option<&str>) -> Option<String> {
    let linked = linked?;
    let shown = weight(shown);
    if shown >= TOO_LITTLE {
        return None;
    }
    let text = paragraphs(linked);
    let quoted = weight(&text);
    (quoted >= ENOUGH && quoted > shown * 2).then_some(text)
}

/// The text that the scripts of a page hold, where the page shows hardly any.
pub(super) fn in_scripts(scripts: &[&str]) -> Option<String> {
    let mut found = Found {
        best: String::new(),
        best_weight: 0,
        lines: Vec::new(),
        known: BTreeSet::new(),
        left: MAX_BYTES,
    };
    for script in scripts {
        found.search(script, 0);
    }
    let lines = found.lines.join("\n");
    [(found.best_weight, found.best), (weight(&lines), lines)]
        .into_iter()
        .find(|(weight, _)| *weight >= ENOUGH)
        .map(|(_, text)| text)
}

/// The text of a string that may be HTML or plain.
fn paragraphs(text: &str) -> String {
    if text.contains("</")
        || text.contains("<br")
        || text.contains("&lt;")
        || text.contains("&nbsp;")
    {
        let once = fragment_text(text);
        if once.contains("</p>") {
            return fragment_text(&once);
        }
        return once;
    }
    fragment_text(&text.replace("\\n", "\n"))
}

struct Found {
    /// The longest string of HTML paragraphs.
    best: String,
    best_weight: usize,
    /// Strings of running text, in order.
    lines: Vec<String>,
    known: BTreeSet<String>,
    left: usize,
}

impl Found {
    /// Looks at every string of a script, and into those that hold scripts themselves.
    fn search(&mut self, script: &str, level: usize) {
        let Some(left) = self.left.checked_sub(script.len()) else {
            return;
        };
        self.left = left;
        let mut rest = script;
        while let Some((_, from_quote)) = rest.split_once('"') {
            let end = string_end(from_quote);
            let (string, after) = from_quote.split_at_checked(end).unwrap_or((from_quote, ""));
            if string.len() >= SHORTEST_TEXT
                && let Ok(decoded) = serde_json::from_str::<String>(&format!("\"{string}\""))
            {
                self.take(&decoded, level);
            }
            rest = after.get(1..).unwrap_or_default();
        }
    }

    fn take(&mut self, string: &str, level: usize) {
        let is_serialised = string.contains("\":") || string.contains("\",");
        if is_serialised && level < MAX_LEVELS {
            self.search(string, level + 1);
        } else if string.contains("<p") || string.contains("&lt;p") {
            let text = paragraphs(string);
            let found = weight(&text);
            if found > self.best_weight {
                self.best = text;
                self.best_weight = found;
            }
        } else if is_running_text(string) {
            let text = paragraphs(string);
            if self.known.insert(text.clone()) {
                self.lines.push(text);
            }
        }
    }
}

/// Where the string ends that has just begun: at the next quote that is not escaped.
fn string_end(from_quote: &str) -> usize {
    let mut escaped = false;
    for (index, byte) in from_quote.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return index,
            _ => {}
        }
    }
    from_quote.len()
}

/// Tells sentences from addresses, code and styles.
fn is_running_text(string: &str) -> bool {
    let spaces = string.matches(' ').count();
    let odd = string
        .matches(['{', '}', '=', ';', '_', '\\', '|', '#', '<'])
        .count();
    let is_spaced = spaces * 15 >= string.chars().count() || !string.is_ascii();
    ends_sentence(string) && is_spaced && odd * 60 <= string.len() && !string.starts_with("http")
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINE: &str = "The ferry office said on Monday that the boats will sail all winter, whatever the weather, and that nobody will wait for long.";

    #[test]
    fn escaped_html_in_a_script_is_read() {
        let html = format!("\\u003cp\\u003e{LINE}\\u003c/p\\u003e").repeat(5);
        let script = format!("window.__DATA__={{\"a\":1,\"body\":\"{html}\"}}");
        let text = in_scripts(&[&script]).unwrap();
        assert_eq!(text, [LINE; 5].join("\n"));
    }

    #[test]
    fn serialised_paragraphs_inside_a_string_are_read() {
        let inner = (1..6).fold(String::new(), |inner, n| {
            inner + &format!("{{\\\"type\\\":\\\"p\\\",\\\"text\\\":\\\"{n} {LINE}\\\"}},")
        });
        let script = format!("self.__next_f.push([1,\"{inner}\"])");
        let text = in_scripts(&[&script]).unwrap();
        assert_eq!(text.lines().count(), 5);
    }

    #[test]
    fn code_is_no_text() {
        let script = "var a = \"".to_owned() + &"function(){return x_y;} ".repeat(100) + "\";";
        assert_eq!(in_scripts(&[&script]), None);
    }

    #[test]
    fn a_quoted_text_is_taken_only_where_the_page_shows_less() {
        let quoted_text = [LINE; 6].join("\n");
        assert_eq!(quoted("", Some(&quoted_text)), Some(quoted_text.clone()));
        assert_eq!(quoted(&quoted_text, Some(&quoted_text)), None);
    }
}
