//! The configuration: one TOML file and the files it includes, as checked values.
//!
//! A path goes in; out comes a [`Config`] whose every value can be used as it is, with the warnings, or all
//! problems at once, each with its file, line and column, what was found and what to write instead. The file
//! as written is in `raw`; the modules beside it check a section each. This is the only module that reads the
//! environment, and nothing but the command line and the daemon knows it. It starts nothing, connects to
//! nothing, and repeats no secret.

mod access;
mod channels;
mod compile;
mod durations;
mod environment;
mod feeds;
mod files;
mod foreign;
mod http;
mod managed;
mod masking;
mod meant;
mod names;
mod paths;
mod pieces;
mod poll;
mod problem;
mod queries;
mod raw;
mod raw_taming;
mod reach;
mod references;
mod routes;
mod secrets;
mod section;
mod selectors;
mod shapes;
mod site_rule;
mod source;
mod store;
mod suggest;
mod syntax;
mod taming;
mod watches;
mod web;
mod words;

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::tz::TimeZone;

use crate::channel::ChannelSettings;
use crate::domain::{ChannelName, ChannelPolicy, Feed, HealthPolicy, Route, Watch, WrittenPlaces};
use crate::http::{Access, HttpSettings};
use crate::matching::{Example, Matcher, WatchSource};
use crate::render::Reader;
use crate::schedule::PollPolicy;

pub use environment::{Environment, ProcessEnvironment, config_places};
pub use http::user_agent;
pub use managed::{Change, Managed, ManagedError, ManagedKind, ManagedValue, managed_file};
pub use problem::{Color, Kind, Problem, Problems, Severity};
pub use secrets::Secrets;
pub use site_rule::load_site_rule;
pub use store::StoreSettings;
pub use suggest::nearest;
pub use web::{Listen, TrustedProxy, WebSettings};

use files::{Files, Text};
use problem::Report;
use raw::{RawFile, RawWatch};
use source::{Place, Readers};

/// Everything that can be set, checked.
#[derive(Debug, Clone)]
pub struct Config {
    /// The folder of the database.
    pub state_dir: PathBuf,
    /// Where it is kept what is remembered, and how long.
    pub store: StoreSettings,
    /// The bounds of polling.
    pub poll: PollPolicy,
    /// How we present ourselves, and which internal addresses may be fetched.
    pub http: HttpSettings,
    /// Where the pages and the API listen.
    pub web: WebSettings,
    /// Where each feed is written, in their order: `newswatch.toml:41`.
    pub feed_places: WrittenPlaces,
    /// Where each watch is written, in their order.
    pub watch_places: Arc<WrittenPlaces>,
    /// Where each channel is written, in their order.
    pub channel_places: WrittenPlaces,
    /// The feeds, in the order of the files.
    pub feeds: Vec<Feed>,
    /// How the requests of each feed are made, in the same order.
    pub accesses: Vec<Access>,
    /// The watches, in the order of the files.
    pub watches: Vec<Watch>,
    /// What each watch looks for, in the same order.
    pub sources: Vec<WatchSource>,
    /// The tests of the watches that have any, by their places in that order: those that must match first.
    pub watch_examples: HashMap<usize, Vec<Example>>,
    /// The named lists: name and query.
    pub aliases: Vec<(String, String)>,
    /// The watches, compiled, in the same order.
    pub matcher: Arc<Matcher>,
    /// The channels, in the order of the files.
    pub channels: Vec<ChannelSettings>,
    /// How each channel wants its messages.
    pub policies: BTreeMap<ChannelName, ChannelPolicy>,
    /// The ways of alerts beside those of their watches, in the order of the files.
    pub routes: Vec<Route>,
    /// Who is told what goes wrong with newswatch itself.
    pub health: HealthPolicy,
    /// The zone in which times are meant and written, where a channel has none of its own.
    pub zone: TimeZone,
}

/// A configuration that can be used.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// It.
    pub config: Config,
    /// What will surprise.
    pub warnings: Vec<Problem>,
}

/// Reads and checks a configuration file and all it includes.
///
/// # Errors
/// Everything that is wrong with it, warnings among them.
pub fn load(
    path: &Path,
    environment: &dyn Environment,
    secrets: Secrets,
) -> Result<Loaded, Problems> {
    let report = Report::default();
    let mut files = files::read(path, &report);
    if let Some(files) = &mut files {
        let folder = folder_of_state(&files.raw, environment);
        managed::join(files, &folder, secrets, &report);
    }
    finish(files, environment, secrets, report)
}

/// Checks a configuration file with other text in the place of its [`managed_file`].
fn load_with_managed(
    path: &Path,
    managed: (&Path, &str),
    environment: &dyn Environment,
    secrets: Secrets,
) -> Result<Loaded, Problems> {
    let report = Report::default();
    let mut files = files::read(path, &report);
    if let Some(files) = &mut files {
        managed::read_in(files, managed.0, managed.1, &report);
    }
    finish(files, environment, secrets, report)
}

/// The state directory, before anything is checked.
fn folder_of_state(raw: &RawFile, environment: &dyn Environment) -> PathBuf {
    raw.state_dir
        .as_ref()
        .and_then(|written| paths::resolve(&written.place, &written.value).ok())
        .unwrap_or_else(|| environment::default_state_dir(environment))
}

/// Checks a configuration that is no file; relative paths in it start at `directory`.
///
/// # Errors
/// Everything that is wrong with it, warnings among them.
pub fn load_text(
    name: &str,
    text: &str,
    directory: &Path,
    environment: &dyn Environment,
    secrets: Secrets,
) -> Result<Loaded, Problems> {
    let report = Report::default();
    let text = Text {
        name: name.to_owned(),
        directory: directory.to_path_buf(),
        readers: Readers::Owner,
        content: text,
    };
    let files = files::read_text(&text, None, &report);
    finish(Some(files), environment, secrets, report)
}

/// Checks what was read, and sorts the problems out.
fn finish(
    files: Option<Files>,
    environment: &dyn Environment,
    secrets: Secrets,
    report: Report,
) -> Result<Loaded, Problems> {
    let Some(mut files) = files else {
        return Err(Problems(report.into_problems()));
    };
    let config = check(&mut files, environment, secrets, &report);
    let problems = without_echoes(report.into_problems(), &files);
    match config {
        Some(config) if problems.iter().all(Problem::is_warning) => Ok(Loaded {
            config,
            warnings: problems,
        }),
        _ => Err(Problems(problems)),
    }
}

/// Where each watch stands.
fn places(watches: &[RawWatch]) -> WrittenPlaces {
    let mut places = WrittenPlaces::with_room_for(watches.len());
    for watch in watches {
        let name = watch.name.as_ref().map_or("", |name| &name.value);
        let file = &watch.place.source().name;
        places.push(name, file, watch.place.line());
    }
    places
}

/// Checks every section; `None` when the queries do not compile.
fn check(
    files: &mut Files,
    environment: &dyn Environment,
    secrets: Secrets,
    report: &Report,
) -> Option<Config> {
    let watches = std::mem::take(&mut files.raw.watches);
    let raw = &files.raw;
    let vault = secrets::Vault {
        environment,
        secrets,
        report,
    };
    let state_dir = state_dir(raw, environment, report);
    let poll_defaults = poll::check(&raw.poll, report);
    let mut http = http::check(&raw.http, report);
    let store = store::check(&raw.store, &vault);
    let feeds::Checked {
        feeds,
        accesses,
        places: addresses,
    } = feeds::check(&raw.feeds, &poll_defaults, &vault);
    let proxies = accesses.iter().filter_map(Access::proxy);
    http.proxies = proxies.cloned().collect();
    let web = web::check(raw.web.as_ref(), report);
    let zone = taming::zone(raw.timezone.as_ref(), report);
    let watch_places = Arc::new(places(&watches));
    let reader = Reader {
        zone: zone.clone(),
        web: web.url.clone(),
        watch_places: Arc::clone(&watch_places),
        machine: Some(store::this_machine()),
        ..Reader::default()
    };
    let channels = channels::check(&raw.channels, &reader, &http, &vault);
    let urls = feeds.iter().map(|feed| &feed.url);
    reach::report(addresses.into_iter().zip(urls), &http, report);
    let known = references::Known::new(raw, &channels);
    let policies = taming::policies(raw, &zone, &known, report);
    let routes = routes::check(raw, &watches, &zone, &known, report);
    let health = routes::health(&raw.health, &zone, &known, &vault);
    let has_watches = !watches.is_empty();
    let checked = watches::check(raw, watches, &known, report);
    report_empty(files, has_watches, report);
    Some(Config {
        state_dir,
        store,
        poll: poll::policy(&poll_defaults, &feeds),
        http,
        web,
        feed_places: nameless(raw.feeds.iter().map(|feed| &feed.place)),
        watch_places,
        channel_places: nameless(raw.channels.iter().map(|channel| &channel.place)),
        feeds,
        accesses,
        watches: checked.list,
        sources: checked.sources,
        watch_examples: checked.examples,
        aliases: checked.aliases,
        matcher: Arc::new(checked.matcher?),
        policies,
        routes,
        health,
        zone,
        channels,
    })
}

/// Where they are written that nobody asks for by a name.
fn nameless<'a>(places: impl Iterator<Item = &'a Place>) -> WrittenPlaces {
    places
        .map(|place| ("", place.source().name.as_str(), place.line()))
        .collect()
}

fn state_dir(raw: &RawFile, environment: &dyn Environment, report: &Report) -> PathBuf {
    let Some(written) = &raw.state_dir else {
        return environment::default_state_dir(environment);
    };
    match paths::resolve(&written.place, &written.value) {
        Ok(path) => {
            if let Some(why) = reach::no_folder(&path) {
                let message = format!(
                    "{} cannot hold the database: {why}",
                    problem::quoted(&written.value)
                );
                let hint = "write the path of a folder; it is made if it is not there";
                report.add(Problem::error(&written.place, Kind::BadValue, message).hint(hint));
            }
            path
        }
        Err(hint) => {
            let message = format!("{} is not a path", problem::quoted(&written.value));
            report.add(Problem::error(&written.place, Kind::BadValue, message).hint(hint));
            PathBuf::new()
        }
    }
}

/// Warns of what is missing for anything to happen.
fn report_empty(files: &Files, has_watches: bool, report: &Report) {
    let whole = Place::of_file(&files.main, 0..0);
    let raw = &files.raw;
    if files.is_empty {
        let message = "there is nothing in this file: nothing is polled, and nobody is told";
        let hint = "newswatch init DIR writes a commented one to start from";
        report.add(Problem::warning(&whole, Kind::Empty, message).hint(hint));
        return;
    }
    for (is_empty, message, hint) in [
        (
            raw.feeds.is_empty(),
            "there are no feeds: nothing is polled",
            "add [[feed]]",
        ),
        (
            !has_watches,
            "there are no watches: nothing is looked for",
            "add [[watch]]",
        ),
        (
            // A watch that names one has been told of already.
            raw.channels.is_empty() && !report.has_kind(Kind::UnknownChannel),
            "there are no channels: nobody is told",
            "add [[channel]]",
        ),
    ] {
        if is_empty {
            report.add(Problem::warning(&whole, Kind::Empty, message).hint(hint));
        }
    }
}

/// The problems in the order of the files, without those that may only follow from a syntax error: what a
/// broken line would have said is not known.
fn without_echoes(mut problems: Vec<Problem>, files: &Files) -> Vec<Problem> {
    let is_broken = !files.broken.is_empty();
    problems.retain(|problem| {
        let lacks_something = matches!(problem.kind, Kind::MissingKey | Kind::Conflict);
        let in_broken_table = || {
            files
                .broken
                .iter()
                .any(|(source, table)| problem.is_within(source, table))
        };
        !(is_broken && problem.kind.may_echo_a_syntax_error()
            || lacks_something && in_broken_table())
    });
    let said_better: Vec<bool> = problems
        .iter()
        .map(|problem| {
            let is_better = |other| problem.is_explained_by(other) || problem.is_spelling_of(other);
            problems.iter().any(is_better)
        })
        .collect();
    let mut said_better = said_better.into_iter();
    problems.retain(|_| !said_better.next().unwrap_or(false));
    let mut files_in_order: Vec<String> = Vec::new();
    for problem in &problems {
        if !files_in_order.contains(&problem.file) {
            files_in_order.push(problem.file.clone());
        }
    }
    files_in_order.sort_by_key(|file| *file != files.main.name);
    let place_of = |file: &String| files_in_order.iter().position(|known| known == file);
    problems.sort_by_key(|problem| (place_of(&problem.file), problem.offset()));
    problems
}
