//! `[store]`: where it is kept what is remembered, and how long.

use std::time::Duration;

use super::durations;
use super::problem::{Kind, Problem, Report};
use super::raw::RawStore;
use super::secrets::Vault;
use super::source::{At, Place};
use super::words::one_of;
use crate::domain::FirstArticles;
use crate::store::{MAX_WORKER_BYTES, Server, ServerError};

const DAY: Duration = Duration::from_hours(24);

/// The shortest time that can be set: less leaves nobody the time to ask why an article raised no alert.
const MIN_KEEP: Duration = DAY;

/// The longest time that can be set: some ten years.
const MAX_KEEP: Duration = Duration::from_hours(3_660 * 24);

/// The time that articles are kept when nothing else is said: a quarter of a year to look back on.
const DEFAULT_KEEP: Duration = Duration::from_hours(90 * 24);

/// Connections to a server when nothing else is said: past this its CPU has work, and ours waits.
const DEFAULT_CONNECTIONS: usize = 8;

/// Where it is kept what is remembered, and how long.
#[derive(Debug, Clone, PartialEq)]
pub struct StoreSettings {
    /// How long the texts of articles are kept.
    pub keep_articles: Duration,
    /// Whether the articles that a feed holds at its first poll are read to be looked back on.
    pub first_articles: FirstArticles,
    /// The server that keeps it; absent where a file of the state directory does.
    pub server: Option<Server>,
}

/// Checks the section.
pub(super) fn check(raw: &RawStore, vault: &Vault<'_>) -> StoreSettings {
    StoreSettings {
        keep_articles: keep_articles(raw, vault.report),
        first_articles: first_articles(raw, vault.report),
        server: server(raw, vault),
    }
}

fn keep_articles(raw: &RawStore, report: &Report) -> Duration {
    raw.keep_articles
        .as_ref()
        .and_then(|written| durations::check(written, MIN_KEEP..=MAX_KEEP, report))
        .unwrap_or(DEFAULT_KEEP)
}

fn first_articles(raw: &RawStore, report: &Report) -> FirstArticles {
    let words = [("read", FirstArticles::Read), ("skip", FirstArticles::Skip)];
    raw.first_articles
        .as_ref()
        .and_then(|written| one_of(written, "an answer here", &words, "", report))
        .unwrap_or(FirstArticles::Read)
}

fn server(raw: &RawStore, vault: &Vault<'_>) -> Option<Server> {
    let Some(url) = &raw.url else {
        report_idle(raw, vault.report);
        return None;
    };
    let password = raw.password.as_ref().map(|password| vault.open(password));
    let worker = raw.worker.as_ref();
    let connections = match &raw.connections {
        Some(written) => usize::try_from(written.value).unwrap_or_default(),
        None => DEFAULT_CONNECTIONS,
    };
    let name = worker.map_or_else(this_machine, |worker| worker.value.clone());
    let server = Server::new(&url.value, password.flatten(), &name, connections);
    server
        .inspect_err(|error| {
            let place = match error {
                ServerError::Url(_) => &url.place,
                ServerError::Worker => place_of(worker, &url.place),
                ServerError::Connections => place_of(raw.connections.as_ref(), &url.place),
            };
            let problem = Problem::error(place, Kind::BadValue, error.to_string());
            let is_file = ["sqlite:", "file:", "/", "./"];
            let is_file = is_file.iter().any(|start| url.value.starts_with(start));
            let hint = match error {
                ServerError::Url(_) if is_file => {
                    "leave url out: without it a file in state_dir keeps everything"
                }
                _ => hint(error),
            };
            vault.report.add(problem.hint(hint));
        })
        .ok()
}

fn place_of<'a, T>(written: Option<&'a At<T>>, otherwise: &'a Place) -> &'a Place {
    written.map_or(otherwise, |written| &written.place)
}

fn hint(error: &ServerError) -> &'static str {
    match error {
        ServerError::Url(_) if cfg!(not(feature = "postgres")) => {
            "leave it out: a file of the state directory keeps everything"
        }
        ServerError::Url(_) => {
            "write for example \"postgres://newswatch@db.example.org/newswatch\", and the password under password"
        }
        ServerError::Worker => "write for example \"desk-1\"",
        ServerError::Connections => "write for example 8",
    }
}

/// Reports what says something of a server where there is none.
fn report_idle(raw: &RawStore, report: &Report) {
    let places = [
        raw.password.as_ref().map(|password| &password.place),
        raw.worker.as_ref().map(|worker| &worker.place),
        raw.connections.as_ref().map(|number| &number.place),
    ];
    for place in places.into_iter().flatten() {
        let problem = Problem::error(place, Kind::BadValue, "this means nothing without url");
        report.add(problem.hint("name the server: url = \"postgres://USER@HOST/DATABASE\""));
    }
}

/// The name of this machine, as far as it can stand in a worker's name.
pub(super) fn this_machine() -> String {
    let name = hostname::get().unwrap_or_default();
    let is_plain = |c: &char| c.is_ascii_alphanumeric() || "-._".contains(*c);
    let name = name.to_string_lossy();
    let plain: String = name
        .chars()
        .filter(is_plain)
        .take(MAX_WORKER_BYTES)
        .collect();
    if plain.is_empty() {
        "newswatch".to_owned()
    } else {
        plain
    }
}
