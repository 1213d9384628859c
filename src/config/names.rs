//! Names and addresses that must be fit to show, and unique.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;

use url::Url;

use super::problem::{Kind, Problem, Report, quoted};
use super::source::{At, Place};

/// The longest name in characters: it goes into subjects and log lines.
const MAX_NAME_CHARS: usize = 200;

/// Whether a text can be a name; what keeps it from being one is reported.
pub(super) fn check(name: &At<String>, report: &Report) -> bool {
    let text = &name.value;
    let hint = if text.trim().is_empty() {
        "write a word or a few"
    } else if text.trim() != text {
        "take the space at its ends away"
    } else if text.chars().any(char::is_control) {
        "take the line ends and control characters out"
    } else if text.chars().nth(MAX_NAME_CHARS).is_some() {
        "write at most 200 characters"
    } else {
        return true;
    };
    let message = format!("{} cannot be a name", quoted(text));
    report.add(Problem::error(&name.place, Kind::BadValue, message).hint(hint));
    false
}

/// The names given so far, and where.
#[derive(Default)]
pub(super) struct Taken<'a>(HashMap<Cow<'a, str>, &'a Place>);

impl<'a> Taken<'a> {
    /// One with room for so many.
    pub(super) fn with_room_for(count: usize) -> Self {
        Self(HashMap::with_capacity(count))
    }

    /// Takes a name, or reports where it was given before; `what` says what it names.
    pub(super) fn take(
        &mut self,
        name: impl Into<Cow<'a, str>>,
        shown: &dyn fmt::Display,
        place: &'a Place,
        what: &str,
        report: &Report,
    ) {
        let name = name.into();
        if let Some(first) = self.0.get(&name) {
            let (message, which) = if what == "address" {
                (format!("{shown} is given twice"), "the first stands")
            } else {
                let message = format!("{} is given twice", quoted(&shown.to_string()));
                (message, "the first of that name stands")
            };
            let position = first.source().position(first.span().start);
            let hint = format!(
                "{which} in line {} of {}: each {what} once",
                position.line,
                first.source().name
            );
            report.add(Problem::error(place, Kind::DuplicateName, message).hint(hint));
            return;
        }
        self.0.insert(name, place);
    }
}

/// What is written around an address, or beside it, as pages, mails and chats have it.
fn not_an_address_alone(text: &str) -> Option<(&'static str, &'static str)> {
    if text.starts_with('[') && text.contains("](") {
        return Some((
            "this is a link of Markdown, and not an address",
            "write what stands between ( and ) alone",
        ));
    }
    if text.starts_with(['<', '(', '"', '\'', '«', '“']) {
        let message = "the address stands in brackets or in quotes of its own";
        return Some((message, "write it without them"));
    }
    let is_several = text.contains([',', ';', ' ', '\n']) && text.matches("://").count() > 1;
    if is_several {
        let message = "here are several addresses";
        return Some((
            message,
            "write one, and another table for each of the others",
        ));
    }
    text.contains(char::is_whitespace).then_some((
        "there is a space in the address",
        "take it out; one that belongs to the address is written %20",
    ))
}

/// Reads the address of a feed or a webhook; what is wrong with it is reported.
///
/// Only the scheme and the host are repeated: the rest may be what lets one in.
pub(super) fn web_address(written: &At<String>, report: &Report) -> Option<Url> {
    let text = written.value.trim();
    if let Some((message, hint)) = not_an_address_alone(text) {
        report.add(Problem::error(&written.place, Kind::BadValue, message).hint(hint));
        return None;
    }
    let (message, hint) = match Url::parse(text) {
        Ok(url) if matches!(url.scheme(), "http" | "https") && url.has_host() => return Some(url),
        Ok(url) if url.scheme() == "feed" => (
            "\"feed:\" is not fetched".to_owned(),
            "write the address with https://".to_owned(),
        ),
        Ok(url) if text.contains("://") => (
            format!("{} is not a scheme that is fetched", quoted(url.scheme())),
            "write an address that begins with https:// or http://".to_owned(),
        ),
        Ok(_) | Err(url::ParseError::RelativeUrlWithoutBase) => (
            "this is not a whole web address".to_owned(),
            "write it with https:// in front".to_owned(),
        ),
        Err(error) => (
            format!("this is not a web address: {error}"),
            "write for example \"https://example.org/rss.xml\"".to_owned(),
        ),
    };
    report.add(Problem::error(&written.place, Kind::BadValue, message).hint(hint));
    None
}
