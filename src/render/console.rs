//! An alert for a terminal or a journal: a few lines of plain text.

use crate::domain::{Alert, Priority};

use super::escape::{link, one_line};
use super::parts;

/// The most of a line; a terminal wraps it, a journal keeps it.
const MAX_LINE_CHARS: usize = 400;

/// Writes the alert, without the last line's end.
pub(super) fn console(alert: &Alert) -> String {
    let mark = match alert.priority {
        Priority::High => " (!)",
        Priority::Normal | Priority::Low => "",
    };
    let watch = one_line(&alert.found.watch.0, MAX_LINE_CHARS);
    let title = one_line(&alert.title, MAX_LINE_CHARS);
    let mut lines = vec![format!("[{watch}]{mark} {title}")];
    lines.extend(parts::origin(alert));
    lines.extend(parts::sentence(alert, MAX_LINE_CHARS).map(|sentence| format!("“{sentence}”")));
    lines.extend(parts::terms(alert).map(|terms| format!("terms: {terms}")));
    if alert.summary_only {
        lines.push(parts::SUMMARY_ONLY.to_owned());
    }
    lines.extend(link(alert.url.as_ref()).map(String::from));
    lines.join("\n  ")
}
