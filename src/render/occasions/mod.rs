//! What is said on an occasion, a file an occasion: one alert, several, an update, a digest, a storm, a failure, a sign of life.

mod digest;
mod group;
mod health;
mod heartbeat;
mod single;
mod storm;
mod update;

use super::escape::one_line;
use super::item::{MAX_NAME_CHARS, item_of};
use super::message::{Item, Message, Rich, Telling, Thread};
use super::times;
use crate::domain::{Alert, Occasion, Priority};

/// Makes the message.
pub(super) fn message(telling: &Telling<'_>) -> Message {
    let mut message = match (telling.occasion, telling.alerts) {
        (Occasion::Alert, [alert]) => single::single(telling, alert),
        (Occasion::Alert | Occasion::Group, alerts) => group::group(telling, alerts),
        (Occasion::Update(facts), alerts) => update::update(telling, facts, alerts.first()),
        (Occasion::Digest(facts), alerts) => digest::digest(telling, facts, alerts),
        (Occasion::Storm(facts), alerts) => storm::storm(telling, facts, alerts),
        (Occasion::Spike(facts), alerts) => storm::spike(telling, facts, alerts),
        (Occasion::Health(facts), _) => health::health(telling, facts),
        (Occasion::Heartbeat(facts), _) => heartbeat::heartbeat(telling, facts),
    };
    message.delivery.clone_from(&telling.delivery.0);
    message
}

/// A message that says nothing yet.
fn empty(kind: &'static str) -> Message {
    Message {
        kind,
        delivery: String::new(),
        priority: Priority::Normal,
        from_name: "newswatch".to_owned(),
        subject: String::new(),
        preheader: String::new(),
        list: kind.to_owned(),
        badge: None,
        label: String::new(),
        label_note: String::new(),
        heading: String::new(),
        heading_url: None,
        lead: Vec::new(),
        blocks: Vec::new(),
        foot: Vec::new(),
        thread: Thread::default(),
    }
}

/// Why the reader gets this, how it is changed and stopped, in which zone its times are, and its name.
fn foot_of_watch(telling: &Telling<'_>, watch: &str, id: &str) -> Vec<Rich> {
    let mut lines = Vec::new();
    let to = telling.recipient.map_or_else(
        || " tells this channel".to_owned(),
        |recipient| format!(" mails {recipient}"),
    );
    lines.push(
        Rich::plain("You get this because the watch ")
            .bold(watch)
            .and(format!("{to}.")),
    );
    lines.push(zone_line(telling, id));
    lines
}

/// `Times: Asia/Ho_Chi_Minh (UTC+7). Alert alr_1`
fn zone_line(telling: &Telling<'_>, id: &str) -> Rich {
    let zone = &telling.reader.zone;
    let offset = times::offset(zone, telling.now);
    let times = match zone.iana_name() {
        Some(name) if name != "UTC" => format!("Times: {name} ({offset})."),
        _ => format!("Times: {offset}."),
    };
    let id = if id.is_empty() {
        String::new()
    } else {
        format!(" {id}")
    };
    Rich::plain(format!("{times}{id}"))
}

/// `1 alert`, `4 alerts`
fn counted(count: u64, one: &str, several: &str) -> String {
    if count == 1 {
        format!("1 {one}")
    } else {
        format!("{} {several}", grouped(count))
    }
}

/// `1,204`
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut written = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            written.push(',');
        }
        written.push(digit);
    }
    written
}

fn many(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}

/// Those that are urgent first, then the newest.
fn by_urgency(alerts: &[Alert]) -> Vec<&Alert> {
    let mut sorted: Vec<&Alert> = alerts.iter().collect();
    sorted.sort_by_key(|alert| {
        (
            std::cmp::Reverse(alert.priority),
            std::cmp::Reverse(alert.raised_at),
        )
    });
    sorted
}

/// Alerts by watch, in the order in which the watches first come.
fn by_watch<'a>(alerts: &[&'a Alert]) -> Vec<(String, Vec<&'a Alert>)> {
    let mut watches: Vec<(String, Vec<&Alert>)> = Vec::new();
    for alert in alerts {
        let name = one_line(&alert.found.watch.0, MAX_NAME_CHARS);
        if let Some((_, list)) = watches.iter_mut().find(|(known, _)| *known == name) {
            list.push(alert);
        } else {
            watches.push((name, vec![alert]));
        }
    }
    watches
}

fn highest(alerts: &[Alert]) -> Priority {
    let highest = alerts.iter().map(|alert| alert.priority).max();
    highest.unwrap_or_default()
}

/// An item of a list: one passage, the short time, and nothing that only the page of the alert needs.
fn listed(telling: &Telling<'_>, alert: &Alert) -> Item {
    let mut item = item_of(telling, alert);
    item.passages.truncate(1);
    item.found = None;
    item.time = item.short_time.clone();
    item
}

/// `5`, `2.5`
fn number(value: f64) -> String {
    if (value - value.round()).abs() < 0.05 {
        format!("{value:.0}")
    } else {
        format!("{value:.1}")
    }
}
