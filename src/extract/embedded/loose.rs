//! Strings of scripts that are no values: objects as programmers write them, with functions between them.
//!
//! Every string is decoded, and those taken that are paragraphs of HTML, or running text.

use std::collections::BTreeSet;

use super::decode::{string_end, unescaped};
use super::{BYTES_A_STEP, ENOUGH, is_running_text, paragraphs};
use crate::domain::Budget;
use crate::extract::text::weight;

/// Bytes of a string from which it can be running text.
const SHORTEST_TEXT: usize = 80;

/// Strings inside strings inside strings: as deep as frameworks nest what they serialise.
const MAX_LEVELS: usize = 3;

/// The text that the strings of scripts hold.
pub(super) fn in_strings(
    scripts: &[&str],
    max_bytes: usize,
    budget: &Budget<'_>,
) -> Option<String> {
    [b'"', b'\'', b'`'].into_iter().find_map(|quote| {
        let mut found = Found {
            quote,
            best: String::new(),
            best_weight: 0,
            lines: Vec::new(),
            known: BTreeSet::new(),
            left: max_bytes,
            budget,
        };
        for script in scripts {
            found.search(script, 0);
        }
        let lines = found.lines.join("\n");
        [(found.best_weight, found.best), (weight(&lines), lines)]
            .into_iter()
            .find(|(weight, _)| *weight >= ENOUGH)
            .map(|(_, text)| text)
    })
}

struct Found<'a> {
    /// The mark that begins and ends a string.
    quote: u8,
    /// The longest string of HTML paragraphs.
    best: String,
    best_weight: usize,
    /// Strings of running text, in order.
    lines: Vec<String>,
    known: BTreeSet<String>,
    left: usize,
    budget: &'a Budget<'a>,
}

impl Found<'_> {
    /// Looks at every string of a script, and into those that hold scripts themselves.
    fn search(&mut self, script: &str, level: usize) {
        let Some(left) = self.left.checked_sub(script.len()) else {
            return;
        };
        if !self.budget.lasts(1 + script.len() / BYTES_A_STEP) {
            return;
        }
        self.left = left;
        let mut rest = script;
        while let Some((_, from_quote)) = rest.split_once(char::from(self.quote)) {
            let end = string_end(from_quote, self.quote);
            let (string, after) = from_quote.split_at_checked(end).unwrap_or((from_quote, ""));
            if string.len() >= SHORTEST_TEXT {
                self.take(&unescaped(string), level);
            }
            rest = after.get(1..).unwrap_or_default();
        }
    }

    fn take(&mut self, string: &str, level: usize) {
        let is_serialised = string.contains("\":") || string.contains("\",");
        if is_serialised && level < MAX_LEVELS {
            self.search(string, level + 1);
        } else if string.contains("<p") || string.contains("&lt;p") {
            let text = paragraphs(string, self.budget);
            let found = weight(&text);
            if found > self.best_weight {
                self.best = text;
                self.best_weight = found;
            }
        } else if is_running_text(string) {
            let text = paragraphs(string, self.budget);
            if self.known.insert(text.clone()) {
                self.lines.push(text);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINE: &str = "The ferry office said on Monday that the boats will sail all winter, whatever the weather, and that nobody will wait for long.";

    #[test]
    fn escaped_html_in_a_script_is_read() {
        let html = format!("\\u003cp\\u003e{LINE}\\u003c/p\\u003e").repeat(5);
        let script = format!("window.__DATA__={{\"a\":1,\"body\":\"{html}\"}}");
        let text = in_strings(&[&script], 1_000_000, &Budget::new(&|| true)).unwrap();
        assert_eq!(text, [LINE; 5].join("\n"));
    }

    #[test]
    fn serialised_paragraphs_inside_a_string_are_read() {
        let inner = (1..6).fold(String::new(), |inner, n| {
            inner + &format!("{{\\\"type\\\":\\\"p\\\",\\\"text\\\":\\\"{n} {LINE}\\\"}},")
        });
        let script = format!("self.__next_f.push([1,\"{inner}\"])");
        let text = in_strings(&[&script], 1_000_000, &Budget::new(&|| true)).unwrap();
        assert_eq!(text.lines().count(), 5);
    }

    #[test]
    fn code_is_no_text() {
        let script = "var a = \"".to_owned() + &"function(){return x_y;} ".repeat(100) + "\";";
        assert_eq!(
            in_strings(&[&script], 1_000_000, &Budget::new(&|| true)),
            None
        );
    }
}
