//! `[[route]]`: ways of alerts beside those of their watches. `[health]`: who is told what goes wrong with newswatch.

use std::time::Duration;

use jiff::civil::Time;
use jiff::tz::TimeZone;

use crate::domain::{Destination, HealthPolicy, Heartbeat, Priority, Route, SecretAddress};
use crate::matching::language_code_hint;

use super::channels::secret_address;
use super::durations;
use super::problem::{Kind, Problem, Report};
use super::raw::{RawFile, RawHealth, RawHeartbeat, RawWatch};
use super::raw_taming::{RawCondition, RawRoute};
use super::references::{Known, listed_feeds, named_channels};
use super::secrets::Vault;
use super::source::At;
use super::taming;
use super::watches::priority;

/// How often a sign of life is given when nothing else is said.
const DEFAULT_HEARTBEAT: Duration = Duration::from_mins(5);

/// Checks the routes, in the order of the files.
pub(super) fn check(
    raw: &RawFile,
    watches: &[RawWatch],
    zone: &TimeZone,
    known: &Known<'_>,
    report: &Report,
) -> Vec<Route> {
    if raw.routes.is_empty() {
        return Vec::new();
    }
    let tags = watches.iter().flat_map(|watch| &watch.taming.tags);
    let names = watches.iter();
    let watches: Vec<&str> = names
        .filter_map(|watch| Some(watch.name.as_ref()?.value.as_str()))
        .collect();
    let tags: Vec<&str> = tags
        .flat_map(|tags| tags.value.iter().map(|tag| tag.value.as_str()))
        .collect();
    raw.routes
        .iter()
        .map(|written| route(written, (&watches, &tags), zone, known, report))
        .collect()
}

fn route(
    raw: &RawRoute,
    (watches, tags): (&[&str], &[&str]),
    zone: &TimeZone,
    known: &Known<'_>,
    report: &Report,
) -> Route {
    let notify = raw
        .notify
        .as_ref()
        .map(|list| named_channels(list, known, report));
    let mut route = Route {
        watches: Vec::new(),
        watch_tags: Vec::new(),
        feeds: Vec::new(),
        languages: Vec::new(),
        priorities: Vec::new(),
        between: None,
        zone: zone.clone(),
        notify: notify.unwrap_or_default(),
        goes_on: raw.goes_on.as_ref().is_some_and(|goes_on| goes_on.value),
    };
    let Some(condition) = &raw.condition else {
        return route;
    };
    report_empty(condition, report);
    let each = |list: &'_ Option<At<Vec<At<String>>>>| {
        list.iter()
            .flat_map(|list| list.value.clone())
            .collect::<Vec<_>>()
    };
    route.watches = each(&condition.watch)
        .iter()
        .filter_map(|written| taming::known_watch(written, watches, report))
        .collect();
    route.watch_tags = each(&condition.watch_tag)
        .iter()
        .filter(|written| is_tag(written, tags, report))
        .map(|written| written.value.clone())
        .collect();
    route.feeds = condition
        .feed
        .as_ref()
        .map(|list| listed_feeds(list, known, report))
        .unwrap_or_default();
    route.languages = each(&condition.lang)
        .into_iter()
        .filter(|written| is_language(written, report))
        .map(|written| written.value.trim().to_lowercase())
        .collect();
    route.priorities = each(&condition.priority)
        .iter()
        .filter_map(|written| priority(written, report))
        .collect::<Vec<Priority>>();
    route.between = condition
        .between
        .as_ref()
        .and_then(|list| between(list, report));
    route
}

/// A condition without anything in it would hold for everything, which nobody means who writes it.
fn report_empty(raw: &RawCondition, report: &Report) {
    for list in [
        &raw.watch,
        &raw.watch_tag,
        &raw.feed,
        &raw.lang,
        &raw.priority,
    ]
    .into_iter()
    .flatten()
    .filter(|list| list.value.is_empty())
    {
        let message = "the list is empty";
        let hint = "leave the key out for all";
        report.add(Problem::error(&list.place, Kind::BadValue, message).hint(hint));
    }
}

fn is_language(written: &At<String>, report: &Report) -> bool {
    let Some(hint) = language_code_hint(written.value.trim()) else {
        return true;
    };
    let message = format!(
        "{} is not a language code",
        super::problem::quoted(&written.value)
    );
    report.add(Problem::error(&written.place, Kind::BadValue, message).hint(hint));
    false
}

fn is_tag(written: &At<String>, tags: &[&str], report: &Report) -> bool {
    let is_known = tags.contains(&written.value.as_str());
    if !is_known {
        let message = format!(
            "no watch has the tag {}",
            super::problem::quoted(&written.value)
        );
        let hint = match super::suggest::nearest(&written.value, tags.iter().copied()) {
            Some(meant) => format!("did you mean \"{meant}\"?"),
            None => "give the tag to a watch: tags = [...]".to_owned(),
        };
        report.add(Problem::error(&written.place, Kind::BadValue, message).hint(hint));
    }
    is_known
}

fn between(list: &At<Vec<At<String>>>, report: &Report) -> Option<(Time, Time)> {
    let [from, to] = list.value.as_slice() else {
        let times = match list.value.len() {
            1 => "1 time".to_owned(),
            count => format!("{count} times"),
        };
        let message = format!("a span of the day has a beginning and an end, and here is {times}");
        let hint = "write two: between = [\"08:00\", \"18:00\"]";
        report.add(Problem::error(&list.place, Kind::BadValue, message).hint(hint));
        return None;
    };
    let (from, to) = (taming::time(from, report), taming::time(to, report));
    Some((from?, to?))
}

/// Checks `[health]`.
pub(super) fn health(
    raw: &RawHealth,
    zone: &TimeZone,
    known: &Known<'_>,
    vault: &Vault<'_>,
) -> HealthPolicy {
    let notify = raw
        .notify
        .as_ref()
        .map(|list| named_channels(list, known, vault.report));
    HealthPolicy {
        notify: notify.unwrap_or_default(),
        heartbeat: raw
            .heartbeat
            .as_ref()
            .and_then(|written| heartbeat(written, zone, known, vault)),
    }
}

fn heartbeat(
    raw: &RawHeartbeat,
    zone: &TimeZone,
    known: &Known<'_>,
    vault: &Vault<'_>,
) -> Option<Heartbeat> {
    let report = vault.report;
    match (&raw.url, &raw.channel) {
        (Some(url), None) => {
            let every = match &raw.every {
                Some(written) => {
                    let allowed = Duration::from_secs(10)..=Duration::from_hours(24);
                    durations::check(written, allowed, report)?
                }
                None => DEFAULT_HEARTBEAT,
            };
            let url = SecretAddress(secret_address(url, vault)?);
            Some(Heartbeat::Url { url, every })
        }
        (None, Some(channel)) => {
            let list = At {
                value: vec![channel.clone()],
                place: channel.place.clone(),
            };
            let to: Vec<Destination> = named_channels(&list, known, report);
            Some(Heartbeat::Message {
                to,
                at: taming::schedule(&raw.schedule, report)?,
                zone: zone.clone(),
            })
        }
        _ => {
            let message = "a heartbeat asks an address or writes to a channel";
            let hint = "write { url = \"...\", every = \"5m\" } or { channel = \"NAME\", at = [\"07:15\"] }";
            report.add(Problem::error(&raw.place, Kind::Conflict, message).hint(hint));
            None
        }
    }
}
