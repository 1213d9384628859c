//! The configuration of a command that only asks.

use std::io::IsTerminal as _;
use std::path::Path;

use super::output;
use crate::config::{
    self, Config, Environment as _, Problem, ProcessEnvironment, Secrets, Severity, nearest,
};
use crate::domain::{Feed, shown_url, wrapped};

/// The most names that are listed when one does not exist.
const SHOWN_NAMES: usize = 12;

/// Reads a configuration; secrets that cannot be read do not matter.
///
/// # Errors
/// Every problem of the file, as people read it.
pub(super) fn load(path: &Path) -> anyhow::Result<Config> {
    load_with(path, Secrets::Optional)
}

/// Reads the configuration of a command that sends: its secrets must be there.
///
/// # Errors
/// Every problem of the file, as people read it.
pub(super) fn load_to_send(path: &Path) -> anyhow::Result<Config> {
    load_with(path, Secrets::Required)
}

fn load_with(path: &Path, secrets: Secrets) -> anyhow::Result<Config> {
    match config::load(path, &ProcessEnvironment, secrets) {
        Ok(loaded) => Ok(loaded.config),
        Err(problems) => anyhow::bail!(
            "the configuration cannot be used\n{}\n\n{}",
            problems.render(output::color_of_errors()),
            in_numbers(&problems.0)
        ),
    }
}

/// Who sits at the keyboard, as far as the machine knows.
pub(super) fn whoever() -> String {
    ProcessEnvironment
        .variable("USER")
        .and_then(|name| name.into_string().ok())
        .filter(|name| !name.is_empty())
        .unwrap_or_else(|| "somebody".to_owned())
}

/// `3 errors, 2 warnings`
pub(super) fn in_numbers(problems: &[Problem]) -> String {
    let is_error = |problem: &&Problem| problem.severity == Severity::Error;
    let errors = problems.iter().filter(is_error).count();
    let warnings = problems.len() - errors;
    let mut parts = Vec::new();
    if errors > 0 {
        parts.push(output::counted(errors, "error", "errors"));
    }
    if warnings > 0 {
        parts.push(output::counted(warnings, "warning", "warnings"));
    }
    parts.join(", ")
}

/// The places of the watches to work with: the one of this name, or all.
///
/// # Errors
/// When no watch has the name.
pub(super) fn places_of(config: &Config, name: Option<&str>) -> anyhow::Result<Vec<usize>> {
    let places: Vec<usize> = (0..)
        .zip(&config.watches)
        .filter(|(_, watch)| name.is_none_or(|name| watch.name.0 == name))
        .map(|(place, _)| place)
        .collect();
    if let Some(name) = name {
        let known = config.watches.iter().map(|watch| watch.name.0.as_str());
        anyhow::ensure!(!places.is_empty(), "{}", no_such("watch", name, known));
    }
    Ok(places)
}

/// A text broken between words, where standard output is a terminal.
pub(super) fn one_paragraph(text: &str, margin: usize) -> String {
    if std::io::stdout().is_terminal() {
        let below = format!("\n{}", " ".repeat(margin));
        wrapped(text, margin).replace('\n', &below)
    } else {
        text.to_owned()
    }
}

/// Checks that there is a channel of this name, where one is given.
///
/// # Errors
/// When there is none.
pub(super) fn known_channel(config: &Config, name: Option<&str>) -> anyhow::Result<()> {
    let known = config
        .channels
        .iter()
        .map(|channel| channel.name.0.as_str());
    if let Some(name) = name {
        anyhow::ensure!(
            known.clone().any(|channel| channel == name),
            "{}",
            no_such("channel", name, known)
        );
    }
    Ok(())
}

/// Checks that there is a feed of this name or address, or one with this tag after `tag:`.
///
/// # Errors
/// When there is none.
pub(super) fn known_feed(config: &Config, name: &str) -> anyhow::Result<()> {
    let feeds = config.feeds.iter();
    let known: Vec<String> = if name.starts_with("tag:") {
        let tags = feeds.flat_map(|feed| &feed.tags);
        tags.map(|tag| format!("tag:{tag}")).collect()
    } else if feeds.clone().any(|feed| feed.url.as_str() == name) {
        return Ok(());
    } else {
        let shown = |feed: &Feed| feed.name.clone().unwrap_or_else(|| shown_url(&feed.url));
        feeds.map(shown).collect()
    };
    let known = known.iter().map(String::as_str);
    anyhow::ensure!(
        known.clone().any(|feed| feed == name),
        "{}",
        no_such("feed", name, known)
    );
    Ok(())
}

/// That nothing has a name, and what has one like it.
pub(super) fn no_such<'a>(
    what: &str,
    name: &str,
    known: impl IntoIterator<Item = &'a str> + Clone,
) -> String {
    let plural = format!("{what}{}", if what.ends_with("ch") { "es" } else { "s" });
    let more = if let Some(meant) = nearest(name, known.clone()) {
        format!("did you mean \"{meant}\"?")
    } else {
        let all: Vec<&str> = known.into_iter().collect();
        match all.len() {
            0 => format!("there are no {plural} in the configuration"),
            1..=SHOWN_NAMES => format!("the {plural} are: {}", all.join(", ")),
            many => {
                let first: Vec<&str> = all.into_iter().take(SHOWN_NAMES).collect();
                format!("the {many} {plural} are: {}, ...", first.join(", "))
            }
        }
    };
    format!("there is no {what} \"{name}\"; {more}")
}
