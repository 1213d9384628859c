//! `[alias]` and `[[watch]]`: what is looked for, compiled, with every mistake at its place in the file.

use std::collections::{HashMap, HashSet};

use url::Url;

use crate::channel::{ChannelKind, ChannelSettings};
use crate::domain::{ArticleText, Destination, FeedSelector, Priority, Watch, WatchName};
use crate::matching::{Asks, Matcher, Place as QueryPlace, QueryProblem, WatchSource};

use super::feeds::TAG_PREFIX;
use super::names::{self, Taken};
use super::problem::{Kind, Problem, Report, quoted};
use super::queries::place_of;
use super::raw::{RawFeed, RawFile, RawWatch};
use super::source::{At, Place};
use super::suggest::nearest;

/// The languages whose word forms can count as the same: those with a Snowball stemmer.
const STEM_LANGUAGES: [&str; 18] = [
    "ar", "da", "de", "el", "en", "es", "fi", "fr", "hu", "it", "nl", "no", "pt", "ro", "ru", "sv",
    "ta", "tr",
];

/// The watches, in the order of the files.
#[derive(Default)]
pub(super) struct Watches {
    pub(super) list: Vec<Watch>,
    pub(super) sources: Vec<WatchSource>,
    pub(super) aliases: Vec<(String, String)>,
    /// `None` when a query or an alias has a mistake.
    pub(super) matcher: Option<Matcher>,
}

/// Checks all aliases and watches against the feeds and channels that there are.
pub(super) fn check(raw: &RawFile, channels: &[ChannelSettings], report: &Report) -> Watches {
    let known = Known::new(raw, channels);
    let aliases = aliases(raw, report);
    let mut taken = Taken::default();
    let mut checked = Watches {
        aliases: aliases
            .iter()
            .map(|(name, query)| (name.value.clone(), query.value.clone()))
            .collect(),
        ..Watches::default()
    };
    let mut origins = Vec::new();
    for written in &raw.watches {
        if let Some(name) = &written.name
            && names::check(name, report)
        {
            taken.take(
                name.value.clone(),
                &name.value,
                &name.place,
                "watch",
                report,
            );
        }
        let watch = watch(written, &known, report);
        let Some(source) = source(written, report) else {
            continue;
        };
        checked.list.push(watch);
        checked.sources.push(source);
        origins.push(written);
    }
    compile(&mut checked, &aliases, &origins, report);
    checked
}

/// The names that a watch can refer to.
struct Known<'a> {
    channels: Vec<&'a str>,
    destinations: HashMap<&'a str, Vec<Destination>>,
    everywhere: Vec<Destination>,
    tags: HashSet<&'a str>,
    /// Names, and addresses as written and as they come out.
    feeds: HashMap<String, String>,
}

impl<'a> Known<'a> {
    /// Takes the names as written, so that a channel or feed with a mistake of its own is no unknown one.
    fn new(raw: &'a RawFile, channels: &'a [ChannelSettings]) -> Self {
        let list = |feed: &'a RawFeed| feed.tags.iter().flat_map(|tags| &tags.value);
        let feed_names = raw.feeds.iter().flat_map(|feed| {
            let name = feed
                .name
                .iter()
                .map(|name| (name.value.clone(), name.value.clone()));
            let addresses = feed.url.iter().flat_map(|url| {
                let plain = plain_address(&url.value);
                [(url.value.clone(), plain.clone()), (plain.clone(), plain)]
            });
            name.chain(addresses)
        });
        let usable: Vec<_> = channels
            .iter()
            .map(|channel| (channel.name.0.as_str(), destinations(channel, raw)))
            .collect();
        Self {
            channels: raw
                .channels
                .iter()
                .filter_map(|channel| Some(channel.name.as_ref()?.value.as_str()))
                .collect(),
            everywhere: usable.iter().flat_map(|(_, to)| to).cloned().collect(),
            destinations: usable.into_iter().collect(),
            tags: raw
                .feeds
                .iter()
                .flat_map(list)
                .map(|tag| tag.value.as_str())
                .collect(),
            feeds: feed_names.collect(),
        }
    }
}

impl Known<'_> {
    /// The names of feeds without their addresses, for "did you mean".
    fn feed_names(&self) -> impl Iterator<Item = &str> {
        self.feeds
            .keys()
            .map(String::as_str)
            .filter(|feed| !feed.contains("://"))
    }
}

/// An address in the form that a feed's address has.
fn plain_address(text: &str) -> String {
    Url::parse(text.trim()).map_or_else(|_| text.to_owned(), String::from)
}

/// A channel, or each of a mail channel's recipients as they are written.
fn destinations(channel: &ChannelSettings, raw: &RawFile) -> Vec<Destination> {
    let to = |recipient: Option<String>| Destination {
        channel: channel.name.clone(),
        recipient,
    };
    if !matches!(channel.kind, ChannelKind::Email(_)) {
        return vec![to(None)];
    }
    raw.channels
        .iter()
        .filter(|written| {
            written
                .name
                .as_ref()
                .is_some_and(|name| name.value == channel.name.0)
        })
        .flat_map(|written| written.to.iter().flat_map(|list| &list.value))
        .map(|address| to(Some(address.value.clone())))
        .collect()
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
fn watch(raw: &RawWatch, known: &Known<'_>, report: &Report) -> Watch {
    let name = raw.name.as_ref().map(|name| name.value.clone());
    Watch {
        name: WatchName(name.unwrap_or_default()),
        feeds: selectors(raw, known, report),
        notify: notify(raw, known, report),
        priority: raw
            .priority
            .as_ref()
            .and_then(|written| priority(written, report))
            .unwrap_or_default(),
    }
}

fn selectors(raw: &RawWatch, known: &Known<'_>, report: &Report) -> Vec<FeedSelector> {
    let Some(list) = &raw.feeds else {
        return Vec::new();
    };
    if list.value.is_empty() {
        let message = "the list is empty";
        let hint = "leave the key out to look at all feeds";
        report.add(Problem::error(&list.place, Kind::BadValue, message).hint(hint));
    }
    list.value
        .iter()
        .filter_map(|selector| feed_selector(selector, known, report))
        .collect()
}

fn feed_selector(written: &At<String>, known: &Known<'_>, report: &Report) -> Option<FeedSelector> {
    let text = written.value.as_str();
    let (message, hint) = if let Some(tag) = text.strip_prefix(TAG_PREFIX) {
        if known.tags.contains(tag) {
            return Some(FeedSelector::Tag(tag.to_owned()));
        }
        let hint = match nearest(tag, known.tags.iter().copied()) {
            Some(meant) => format!("did you mean \"{TAG_PREFIX}{meant}\"?"),
            None => "give the tag to a feed: tags = [...]".to_owned(),
        };
        (format!("no feed has the tag {}", quoted(tag)), hint)
    } else {
        if let Some(feed) = known
            .feeds
            .get(text)
            .or_else(|| known.feeds.get(&plain_address(text)))
        {
            return Some(FeedSelector::Feed(feed.clone()));
        }
        let hint = if known.tags.contains(text) {
            format!("did you mean \"{TAG_PREFIX}{text}\"?")
        } else {
            match nearest(text, known.feed_names()) {
                Some(meant) => format!("did you mean \"{meant}\"?"),
                None => "write a feed's name or address, or \"tag:\" and a tag".to_owned(),
            }
        };
        (format!("there is no feed {}", quoted(text)), hint)
    };
    report.add(Problem::error(&written.place, Kind::UnknownFeed, message).hint(hint));
    None
}

fn notify(raw: &RawWatch, known: &Known<'_>, report: &Report) -> Vec<Destination> {
    let Some(list) = &raw.notify else {
        return known.everywhere.clone();
    };
    if list.value.is_empty() {
        let message = "the list is empty: nobody is told of this watch";
        let hint = "leave the key out to tell all channels";
        report.add(Problem::warning(&list.place, Kind::Empty, message).hint(hint));
    }
    let mut named = HashSet::new();
    let mut all = Vec::new();
    for channel in &list.value {
        let name = channel.value.as_str();
        if !known.channels.contains(&name) {
            report_unknown_channel(channel, known, report);
        } else if named.insert(name) {
            all.extend(known.destinations.get(name).into_iter().flatten().cloned());
        }
    }
    all
}

fn report_unknown_channel(written: &At<String>, known: &Known<'_>, report: &Report) {
    let message = format!("there is no channel {}", quoted(&written.value));
    let hint = match nearest(&written.value, known.channels.iter().copied()) {
        Some(meant) => format!("did you mean \"{meant}\"?"),
        None if known.channels.is_empty() => "add a [[channel]] of that name".to_owned(),
        None => format!("the channels are: {}", known.channels.join(", ")),
    };
    report.add(Problem::error(&written.place, Kind::UnknownChannel, message).hint(hint));
}

fn priority(written: &At<String>, report: &Report) -> Option<Priority> {
    let all = [Priority::Low, Priority::Normal, Priority::High];
    if let Some(priority) = all
        .into_iter()
        .find(|priority| priority.as_str() == written.value)
    {
        return Some(priority);
    }
    let message = format!("{} is not a priority", quoted(&written.value));
    let hint = match nearest(&written.value, all.map(Priority::as_str)) {
        Some(meant) => format!("did you mean \"{meant}\"?"),
        None => "write \"low\", \"normal\" or \"high\"".to_owned(),
    };
    report.add(Problem::error(&written.place, Kind::BadValue, message).hint(hint));
    None
}

/// What the matcher takes of a watch; `None` when it does not say what it looks for.
fn source(raw: &RawWatch, report: &Report) -> Option<WatchSource> {
    let stem = raw
        .stem
        .as_ref()
        .filter(|stem| is_stem_language(stem, report));
    let is_blamed = |key| report.has_blamed(&raw.place, key);
    let asks = match (&raw.query, &raw.terms) {
        (Some(query), None) => Asks::Query(query.value.clone()),
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
            report.add(Problem::error(&raw.place, Kind::MissingKey, message).hint(hint));
            return None;
        }
    };
    Some(WatchSource {
        name: raw
            .name
            .as_ref()
            .map(|name| name.value.clone())
            .unwrap_or_default(),
        asks,
        min_score: raw.min_score.as_ref().map(|score| score.value),
        stem: stem.map(|stem| stem.value.clone()),
    })
}

fn is_stem_language(stem: &At<String>, report: &Report) -> bool {
    if STEM_LANGUAGES.contains(&stem.value.as_str()) {
        return true;
    }
    let message = format!(
        "{} is not a language with known word forms",
        quoted(&stem.value)
    );
    let hint = format!("write one of {}", STEM_LANGUAGES.join(", "));
    report.add(Problem::error(&stem.place, Kind::BadValue, message).hint(hint));
    false
}

/// Compiles the queries, reports every mistake, and tries the texts that watches must and must not match.
fn compile(
    checked: &mut Watches,
    aliases: &[&(At<String>, At<String>)],
    origins: &[&RawWatch],
    report: &Report,
) {
    match Matcher::compile(&checked.aliases, &checked.sources) {
        Ok(matcher) => {
            try_examples(&matcher, origins, report);
            checked.matcher = Some(matcher);
        }
        Err(problems) => {
            for problem in &problems {
                report_query(problem, aliases, origins, report);
            }
            try_examples_of_sound_watches(checked, &problems, origins, report);
        }
    }
}

fn report_query(
    problem: &QueryProblem,
    aliases: &[&(At<String>, At<String>)],
    origins: &[&RawWatch],
    report: &Report,
) {
    let written = match problem.place {
        QueryPlace::Query(watch) => origins.get(watch).and_then(|watch| watch.query.as_ref()),
        QueryPlace::Term(watch, term) => origins
            .get(watch)
            .and_then(|watch| watch.terms.as_ref()?.value.get(term)),
        QueryPlace::Alias(alias) => aliases.get(alias).map(|(_, query)| query),
    };
    let Some(written) = written else { return };
    let Place {
        source, span, path, ..
    } = &written.place;
    let inside = place_of(
        source.text(span.clone()),
        span.start,
        &written.value,
        problem.col,
    );
    let place = written.place.under(inside, path.clone());
    report.add(
        Problem::error(&place, Kind::Query(problem.kind), problem.message.as_str())
            .hint(&problem.hint)
            .query_col(problem.col),
    );
}

/// A mistake in one query must not hide what is wrong with another watch's examples.
fn try_examples_of_sound_watches(
    checked: &Watches,
    problems: &[QueryProblem],
    origins: &[&RawWatch],
    report: &Report,
) {
    let unsound: HashSet<usize> = problems
        .iter()
        .filter_map(|problem| match problem.place {
            QueryPlace::Query(watch) | QueryPlace::Term(watch, _) => Some(watch),
            QueryPlace::Alias(_) => None,
        })
        .collect();
    let sound = |index: usize| !unsound.contains(&index);
    let sources: Vec<WatchSource> = checked
        .sources
        .iter()
        .enumerate()
        .filter(|(index, _)| sound(*index))
        .map(|(_, source)| source.clone())
        .collect();
    let origins: Vec<&RawWatch> = origins
        .iter()
        .enumerate()
        .filter(|(index, _)| sound(*index))
        .map(|(_, origin)| *origin)
        .collect();
    if let Ok(matcher) = Matcher::compile(&checked.aliases, &sources) {
        try_examples(&matcher, &origins, report);
    }
}

/// Tries the texts of `must_match` and `must_not_match`, each as a text and as a headline: a watch of headlines
/// would not be met otherwise.
fn try_examples(matcher: &Matcher, origins: &[&RawWatch], report: &Report) {
    for (index, raw) in origins.iter().enumerate() {
        let fires_on = |text: &str| {
            let as_text = ArticleText {
                text,
                ..ArticleText::default()
            };
            let as_title = ArticleText {
                title: text,
                ..ArticleText::default()
            };
            [as_text, as_title]
                .iter()
                .any(|article| matcher.hits(article).iter().any(|hit| hit.watch == index))
        };
        let name = raw
            .name
            .as_ref()
            .map(|name| name.value.as_str())
            .unwrap_or_default();
        for example in raw.must_match.iter().flat_map(|list| &list.value) {
            if !fires_on(&example.value) {
                let message = format!("{} does not match {}", quoted(name), quoted(&example.value));
                report.add(Problem::error(&example.place, Kind::MustMatch, message));
            }
        }
        for example in raw.must_not_match.iter().flat_map(|list| &list.value) {
            if fires_on(&example.value) {
                let message = format!("{} matches {}", quoted(name), quoted(&example.value));
                report.add(Problem::error(&example.place, Kind::MustNotMatch, message));
            }
        }
    }
}
