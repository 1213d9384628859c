//! Parts of an alert that several services show: where it comes from, what was found.

use crate::domain::Alert;

use super::escape::one_line;

/// What is said of an alert whose article could not be read.
pub(super) const SUMMARY_ONLY: &str =
    "headline and summary only: the page could not be read as a whole";

/// The most of a name: a site, a feed.
const MAX_NAME_CHARS: usize = 80;

/// The most of all terms together.
const MAX_TERMS_CHARS: usize = 300;

/// The feeds that are named; the others are counted.
const MAX_FEEDS: usize = 5;

/// The site and the time of publication, with the offset its author wrote: `Example News · 2019-07-31 17:56:00+07:00`.
pub(super) fn origin(alert: &Alert) -> Option<String> {
    let source = alert
        .source
        .as_deref()
        .map(|name| one_line(name, MAX_NAME_CHARS));
    let published = alert
        .published
        .map(|published| published.to_string().replacen('T', " ", 1));
    let parts: Vec<String> = [source, published, feeds(alert)]
        .into_iter()
        .flatten()
        .filter(|part| !part.is_empty())
        .collect();
    (!parts.is_empty()).then(|| parts.join(" · "))
}

/// The feeds that announced it: `via A, B and 2 more`.
fn feeds(alert: &Alert) -> Option<String> {
    let names: Vec<String> = alert
        .feeds
        .iter()
        .map(|name| one_line(name, MAX_NAME_CHARS))
        .filter(|name| !name.is_empty())
        .collect();
    let shown = names.iter().take(MAX_FEEDS).cloned().collect::<Vec<_>>();
    if shown.is_empty() {
        return None;
    }
    let rest = match names.len() - shown.len() {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    Some(format!("via {}{rest}", shown.join(", ")))
}

/// The sentence that matched, if there is one.
pub(super) fn sentence(alert: &Alert, max_chars: usize) -> Option<String> {
    Some(one_line(&alert.found.sentence, max_chars)).filter(|sentence| !sentence.is_empty())
}

/// The terms that were met, with commas.
pub(super) fn terms(alert: &Alert) -> Option<String> {
    Some(one_line(&alert.found.terms.join(", "), MAX_TERMS_CHARS)).filter(|terms| !terms.is_empty())
}
