//! `[alias]` and `[[watch]]`: what is looked for.

use std::collections::HashMap;

use crate::domain::{Priority, Watch, WatchName};
use crate::matching::{Asks, Example, Fold, Matcher, WatchSource, language_code_hint};

use super::compile::{Origin, compile, examples};
use super::names::{self, Taken};
use super::problem::{Kind, Problem, Report, quoted};
use super::raw::{RawFile, RawWatch};
use super::references::{Known, notify, selectors};
use super::source::{At, Place};
use super::taming;
use super::words::one_of;

/// The languages whose word forms can count as the same: those with a Snowball stemmer.
const STEM_LANGUAGES: [&str; 18] = [
    "ar", "da", "de", "el", "en", "es", "fi", "fr", "hu", "it", "nl", "no", "pt", "ro", "ru", "sv",
    "ta", "tr",
];

/// The two written forms of `no`.
const NORWEGIAN: [&str; 2] = ["nb", "nn"];

/// The watches, in the order of the files.
#[derive(Default)]
pub(super) struct Watches {
    pub(super) list: Vec<Watch>,
    pub(super) sources: Vec<WatchSource>,
    /// The tests of the watches that have any, by their places in the list.
    pub(super) examples: HashMap<usize, Vec<Example>>,
    pub(super) aliases: Vec<(String, String)>,
    /// `None` when a query or an alias has a mistake.
    pub(super) matcher: Option<Matcher>,
}

/// Checks all aliases and watches against the feeds and channels that there are.
///
/// What is `written` is given up on the way, so that the texts of 100,000 watches are not held twice.
pub(super) fn check(
    raw: &RawFile,
    written: Vec<RawWatch>,
    known: &Known<'_>,
    report: &Report,
) -> Watches {
    let aliases = aliases(raw, report);
    let mut checked = Watches {
        aliases: aliases
            .iter()
            .map(|(name, query)| (name.value.clone(), query.value.clone()))
            .collect(),
        ..Watches::default()
    };
    checked.list = watches(&written, known, report);
    checked.sources.reserve_exact(written.len());
    let mut origins = Vec::with_capacity(written.len());
    let mut is_sound = Vec::with_capacity(written.len());
    let mut file_before: Option<Place> = None;
    for watch in written {
        let examples: Vec<Example> = examples(&watch).map(|(example, _)| example).collect();
        let file = file_before
            .take()
            .filter(|file| watch.place.is_of(file.source()))
            .unwrap_or_else(|| watch.place.outermost());
        let (source, origin) = apart(watch, &file, report);
        is_sound.push(source.is_some());
        if let Some(source) = source {
            if !examples.is_empty() {
                checked.examples.insert(checked.sources.len(), examples);
            }
            checked.sources.push(source);
            origins.push(origin);
        }
        file_before = Some(file);
    }
    let mut is_sound = is_sound.into_iter();
    checked.list.retain(|_| is_sound.next() == Some(true));
    // The examples of a paused watch are tried as all are: it is left out once that is done.
    let paused = checked.list.iter().map(|watch| !watch.is_enabled).collect();
    let compiled = compile(&aliases, &checked.sources, &origins, report);
    checked.matcher = compiled.map(|matcher| matcher.without(paused));
    checked
}

/// The names of all watches, checked, and what each asks for besides its query.
fn watches(written: &[RawWatch], known: &Known<'_>, report: &Report) -> Vec<Watch> {
    let with_name = written.iter().filter_map(|watch| watch.name.as_ref());
    let mut taken = Taken::with_room_for(written.len());
    for name in with_name.clone() {
        if names::check(name, report) {
            taken.take(&*name.value, &name.value, &name.place, "watch", report);
        }
    }
    drop(taken);
    let names: Vec<&str> = with_name.map(|name| name.value.as_str()).collect();
    let list = written.iter();
    list.map(|raw| watch(raw, &names, known, report)).collect()
}

fn aliases<'a>(raw: &'a RawFile, report: &Report) -> Vec<&'a (At<String>, At<String>)> {
    let mut taken = Taken::default();
    raw.aliases
        .iter()
        .filter(|(name, _)| {
            let fits = !name.value.is_empty()
                && name
                    .value
                    .chars()
                    .all(|c| c.is_alphanumeric() || matches!(c, '-' | '_'));
            if fits {
                taken.take(
                    name.value.clone(),
                    &name.value,
                    &name.place,
                    "alias",
                    report,
                );
            } else {
                let message = format!("{} cannot be the name of an alias", quoted(&name.value));
                let hint = "write letters, digits, - and _, for example east-sea";
                report.add(Problem::error(&name.place, Kind::BadValue, message).hint(hint));
            }
            fits
        })
        .collect()
}

/// What is asked for besides the query.
fn watch(raw: &RawWatch, watches: &[&str], known: &Known<'_>, report: &Report) -> Watch {
    let name = raw.name.as_ref().map(|name| name.value.clone());
    Watch {
        name: WatchName(name.unwrap_or_default()),
        is_enabled: raw.taming.enabled.as_ref().is_none_or(|it| it.value),
        feeds: selectors(raw, known, report).into(),
        notify: notify(raw, known, report),
        priority: raw
            .priority
            .as_ref()
            .and_then(|written| priority(written, report))
            .unwrap_or_default(),
        tags: taming::tags(&raw.taming).into(),
        cooldown: taming::cooldown(&raw.taming, report),
        max_age: taming::max_age(&raw.taming, report),
        mutes: taming::mutes(raw, watches, report).into(),
        per: taming::per(&raw.taming, report),
        sense: taming::senses(raw.taming.sense.as_ref()).into(),
        not_sense: taming::senses(raw.taming.not_sense.as_ref()).into(),
        spike: taming::spike(&raw.taming, report),
        revisit: taming::revisit(&raw.taming, report),
    }
}

pub(super) fn priority(written: &At<String>, report: &Report) -> Option<Priority> {
    let words = [Priority::Low, Priority::Normal, Priority::High].map(|it| (it.as_str(), it));
    one_of(written, "a priority", &words, "", report)
}

/// What the matcher takes of a watch, and what is left; `None` when it does not say what it looks for.
fn apart(raw: RawWatch, outermost: &Place, report: &Report) -> (Option<WatchSource>, Origin) {
    let source = source(&raw, report);
    let (name, query) = (raw.name, raw.query);
    let (query, place) = query
        .map(|query| (query.value, query.place.alone(outermost)))
        .unzip();
    let source = source.map(|source| WatchSource {
        name: name.map(|name| name.value).unwrap_or_default(),
        asks: query.map_or(source.asks, Asks::Query),
        ..source
    });
    let more = raw.more;
    (source, Origin { query: place, more })
}

/// What the matcher takes of a watch besides its name and its query.
fn source(raw: &RawWatch, report: &Report) -> Option<WatchSource> {
    let stem = raw
        .stem
        .as_ref()
        .filter(|stem| is_stem_language(stem, report));
    let is_blamed = |key| report.has_blamed(&raw.place, key);
    let asks = match (&raw.query, &raw.terms) {
        (Some(_), None) => Asks::Query(String::new()),
        (None, Some(terms)) if terms.value.is_empty() => {
            let message = "the list is empty";
            let hint = "write at least one term, for example terms = [\"East Sea\"]";
            report.add(Problem::error(&terms.place, Kind::BadValue, message).hint(hint));
            return None;
        }
        (None, Some(terms)) => {
            Asks::Terms(terms.value.iter().map(|term| term.value.clone()).collect())
        }
        (Some(_), Some(terms)) => {
            let message = "a watch has a query or terms, not both";
            let hint = "leave one of them out";
            report.add(Problem::error(&terms.place, Kind::Conflict, message).hint(hint));
            return None;
        }
        (None, None) if is_blamed("query") || is_blamed("terms") => return None,
        (None, None) => {
            let message = "the watch does not say what it looks for";
            let hint = "add query = '...' or terms = [\"...\"]";
            report.add(
                Problem::error(&raw.place, Kind::MissingKey, message)
                    .hint(hint)
                    .about(&raw.place.path(), "query")
                    .about(&raw.place.path(), "terms"),
            );
            return None;
        }
    };
    Some(WatchSource {
        name: String::new(),
        asks,
        min_score: raw.min_score.as_ref().map(|score| score.value),
        stem: stem.map(|stem| stem.value.clone()),
        fold: raw.fold.as_ref().and_then(|written| fold(written, report)),
    })
}

/// The spelling that counts as the same as the accented one.
fn fold(written: &At<String>, report: &Report) -> Option<Fold> {
    let fold = Fold::of_language(&written.value);
    if fold.is_none() {
        let message = format!(
            "{} is not a language with letters written in two ways",
            quoted(&written.value)
        );
        let hint = "write \"de\": ae, oe, ue and ss count as ä, ö, ü and ß";
        report.add(Problem::error(&written.place, Kind::BadValue, message).hint(hint));
    }
    fold
}

fn is_stem_language(stem: &At<String>, report: &Report) -> bool {
    let primary = stem.value.split(['-', '_']).next().unwrap_or_default();
    let primary = primary.to_ascii_lowercase();
    if STEM_LANGUAGES.contains(&primary.as_str()) || NORWEGIAN.contains(&primary.as_str()) {
        return true;
    }
    let message = format!(
        "{} is not a language with known word forms",
        quoted(&stem.value)
    );
    let is_known = |hint: &String| {
        let codes = STEM_LANGUAGES.iter();
        codes
            .into_iter()
            .any(|code| *hint == format!("write \"{code}\""))
    };
    let by_name = language_code_hint(stem.value.trim()).filter(is_known);
    let hint = by_name.unwrap_or_else(|| format!("write one of {}", STEM_LANGUAGES.join(", ")));
    report.add(Problem::error(&stem.place, Kind::BadValue, message).hint(hint));
    false
}
