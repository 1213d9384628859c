//! Text that a page serves without showing it: what linked data quotes, and what a page that builds itself in the
//! browser will show.
//!
//! Read only where the page itself shows no article, or no more than its beginning.

mod decode;
mod loose;
mod markup;
mod tree;

use std::fmt::Write;

use super::explain::Elsewhere;
use super::linked_data::LinkedArticle;
use super::text::{ends_sentence, folded, weight};
use super::{fragment_text, wall};
use crate::domain::Budget;
use decode::Values;
use tree::Tree;

/// Weight of the text shown by a page below which its scripts are searched.
const TOO_LITTLE: usize = 500;

/// Weight of a text that a page shows from which it is no mere beginning.
const LONG_BEGINNING: usize = 1_500;

/// Weight of an embedded text from which it is an article.
const ENOUGH: usize = 400;

/// Weight from which a text is an article that stands under the headline of the page.
const ENOUGH_UNDER_HEADLINE: usize = 100;

/// Weight of a shown text below which it can be a notice that the page is loading.
const NOTICE: usize = 120;

/// Bytes that are searched in one step of a budget.
const BYTES_A_STEP: usize = 64;

/// Bytes of scripts that are read.
const MAX_BYTES: usize = 6 * 1_048_576;

/// What the page shows.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shown<'a> {
    /// The text that was found.
    pub(super) text: &'a str,
    /// The headline.
    pub(super) title: Option<&'a str>,
    /// The page without its code.
    pub(super) html: &'a str,
    /// Its code.
    pub(super) scripts: &'a [&'a str],
    /// What is meant for readers without scripts.
    pub(super) noscripts: &'a [&'a str],
    /// What is left of the time for the page.
    pub(super) budget: &'a Budget<'a>,
}

/// The text that the page keeps for programs, where it shows people none or only the beginning.
pub(super) fn find(shown: &Shown<'_>, linked: &LinkedArticle) -> Option<(String, Elsewhere)> {
    if let Some(text) = live(shown, linked) {
        return Some((text, Elsewhere::LinkedData));
    }
    if let Some(text) = quoted(shown, linked.body.as_deref()) {
        return Some((text, Elsewhere::LinkedData));
    }
    let found = weight(shown.text);
    if found >= LONG_BEGINNING {
        return None;
    }
    if found >= TOO_LITTLE / 2 {
        // The rest of what is shown: only where a script holds the beginning as well.
        is_in_scripts(shown).then_some(())?;
        let (text, _) = in_scripts(shown)?;
        return continues(shown, &text).then_some((text, Elsewhere::Scripts));
    }
    let (text, is_sure) =
        in_scripts(shown).or_else(|| markup::hidden(shown).map(|text| (text, false)))?;
    let fits = found < NOTICE || is_sure || continues(shown, &text);
    fits.then_some((text, Elsewhere::Scripts))
}

/// The posts of a live blog that linked data lists, where the page shows but a few of them.
fn live(shown: &Shown<'_>, linked: &LinkedArticle) -> Option<String> {
    let posts: Vec<String> = linked
        .posts
        .iter()
        .map(|(headline, body)| {
            let body = paragraphs(body, shown.budget);
            match headline {
                Some(headline) if !body.starts_with(headline.as_str()) => {
                    format!("{}\n{body}", paragraphs(headline, shown.budget))
                }
                _ => body,
            }
        })
        .collect();
    let all = posts.join("\n");
    if weight(&all) < ENOUGH / 2 || weight(shown.text) * 3 > weight(&all) * 2 {
        return None;
    }
    let known = folded(&all);
    let is_lead = |line: &&str| {
        shown.budget.lasts(1 + known.len() / BYTES_A_STEP) && !known.contains(&folded(line))
    };
    let mut lead: Vec<String> = shown
        .text
        .lines()
        .take_while(is_lead)
        .map(str::to_owned)
        .collect();
    if lead.is_empty() {
        let description = linked.description.as_deref();
        lead.extend(description.map(|text| paragraphs(text, shown.budget)));
    }
    lead.push(all);
    Some(lead.join("\n"))
}

/// The text that linked data quotes, where the page shows less of it or something else.
fn quoted(shown: &Shown<'_>, linked: Option<&str>) -> Option<String> {
    let found = weight(shown.text);
    let linked = linked.filter(|_| found < LONG_BEGINNING)?;
    let text = paragraphs(linked, shown.budget);
    let quoted = weight(&text);
    let is_other = quoted > found * 2 && found < TOO_LITTLE;
    (quoted >= ENOUGH && (is_other || continues(shown, &text))).then_some(text)
}

/// Tells whether a text is what is shown, and goes on.
fn continues(shown: &Shown<'_>, text: &str) -> bool {
    if weight(text) * 10 < weight(shown.text) * 13 {
        return false;
    }
    let whole = folded(text);
    let mut known = 0;
    let mut total = 0;
    for line in shown.text.lines() {
        if !shown.budget.lasts(1 + whole.len() / BYTES_A_STEP) {
            return false;
        }
        let line = folded(line);
        total += line.len();
        known += if whole.contains(&line) { line.len() } else { 0 };
    }
    total > 0 && known * 10 >= total * 6
}

/// Tells whether the longest line that is shown stands in a script: a quick look before all of it is read.
fn is_in_scripts(shown: &Shown<'_>) -> bool {
    let Some(line) = shown.text.lines().max_by_key(|line| line.len()) else {
        return false;
    };
    let letters = |c: char| c.is_alphanumeric() || c == ' ';
    let Some(run) = line.split(|c| !letters(c)).max_by_key(|run| run.len()) else {
        return false;
    };
    let run: String = run.trim().chars().take(40).collect();
    if run.chars().count() < 8 {
        return false;
    }
    let escaped = escaped(&run);
    shown
        .scripts
        .iter()
        .any(|script| script.contains(&run) || script.contains(&escaped))
}

/// A text as scripts write it that hold nothing but ASCII.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_ascii() {
            out.push(c);
        } else {
            for unit in c.encode_utf16(&mut [0; 2]) {
                let _infallible = write!(out, "\\u{unit:04x}");
            }
        }
    }
    out
}

/// The text that the scripts of a page hold, and whether it stands under the headline of the page.
fn in_scripts(shown: &Shown<'_>) -> Option<(String, bool)> {
    let values = Values::read(shown.scripts, MAX_BYTES);
    let chosen = Tree::new(&values, shown.budget).choose(shown);
    if let Some(chosen) = chosen {
        let found = weight(&chosen.text);
        let least = match (chosen.is_sure, chosen.is_named) {
            (true, _) => ENOUGH_UNDER_HEADLINE,
            (false, true) => ENOUGH / 2,
            (false, false) => ENOUGH,
        };
        if found >= least && (chosen.is_sure || !wall::is_about_consent(&chosen.text)) {
            return Some((chosen.text, chosen.is_sure));
        }
    }
    markup::of_rows(&values, shown)
        .or_else(|| loose::in_strings(shown.scripts, MAX_BYTES, shown.budget))
        .map(|text| wall::without_consent(&text))
        .filter(|text| weight(text) >= ENOUGH)
        .map(|text| (text, false))
}

/// The text of a string that may be HTML or plain.
fn paragraphs(text: &str, budget: &Budget<'_>) -> String {
    if text.contains("</")
        || text.contains("<br")
        || text.contains("<p")
        || text.contains("&lt;")
        || text.contains("&nbsp;")
    {
        let once = fragment_text(text, budget);
        if once.contains("</p>") {
            return fragment_text(&once, budget);
        }
        return once;
    }
    fragment_text(&text.replace("\\n", "\n"), budget)
}

/// Tells sentences from addresses, code and styles.
fn is_running_text(string: &str) -> bool {
    let chars = string.chars().count();
    let spaces = string.matches(' ').count();
    let odd = string
        .matches(['{', '}', '=', ';', '_', '\\', '|', '#', '<'])
        .count();
    let is_spaced = spaces * 15 >= chars || !string.is_ascii();
    let is_ended = ends_sentence(string) || !string.is_ascii() && weight(string) >= 60;
    is_ended
        && weight(string) >= 30
        && is_spaced
        && odd * 60 <= string.len()
        && !string.starts_with("http")
}

/// Tells a heading from a name of a program.
fn is_heading_text(string: &str) -> bool {
    let odd = string.contains(['{', '}', '=', ';', '_', '\\', '|', '#', '<', '/']);
    !odd && (3..=200).contains(&weight(string)) && (string.contains(' ') || !string.is_ascii())
}

#[cfg(test)]
mod tests;
