//! What a template is given: the message and its alerts, each text one visible line.

use minijinja::value::{Serde, Value};
use serde_json::{Map, json};

use super::super::chat::{plain, set};
use super::super::item::item_of;
use super::super::message::{Item, Marked, Telling};
use super::super::occasions::message;
use super::super::{times, webhook};

/// Alerts that a template is given one by one; `count` tells how many there are.
const MAX_ALERTS: usize = 100;

/// The values for a message.
pub(super) fn of(telling: &Telling<'_>) -> Value {
    let said = message(telling);
    let zone = &telling.reader.zone;
    let alerts: Vec<serde_json::Value> = telling
        .alerts
        .iter()
        .take(MAX_ALERTS)
        .map(|alert| {
            let item = item_of(telling, alert);
            let mut facts = webhook::alert(telling, alert);
            for (name, value) in told(&item) {
                set(&mut facts, &name, value);
            }
            facts
        })
        .collect();
    let lead: Vec<String> = said
        .lead
        .iter()
        .map(super::super::message::Rich::text)
        .collect();
    let values = json!({
        "kind": said.kind,
        "delivery": said.delivery,
        "channel": telling.reader.channel,
        "recipient": telling.recipient,
        "priority": said.priority.as_str(),
        "watch": said.label,
        "headline": said.headline(),
        "link": said.url().map(url::Url::as_str),
        "subject": said.subject,
        "preheader": said.preheader,
        "lead": lead,
        "text": plain(&said, true),
        "now": times::full(telling.now, zone, telling.now),
        "zone": zone.iana_name().unwrap_or("UTC"),
        "count": telling.alerts.len(),
        "alert": alerts.first().cloned(),
        "alerts": alerts,
        "facts": webhook::facts(telling),
    });
    Value::from(Serde(values))
}

/// What a message says of an article beside its facts.
fn told(item: &Item) -> Map<String, serde_json::Value> {
    let value = json!({
        "headline": item.title.text,
        "link": item.url.as_ref().map(url::Url::as_str),
        "outlet": item.outlet,
        "time": item.time,
        "sentences": item.passages.iter().map(|one| one.text.as_str()).collect::<Vec<_>>(),
        "pieces": item.passages.iter().map(pieces).collect::<Vec<_>>(),
        "note": item.note.as_ref().map(super::super::message::Rich::text),
        "words": item.found,
        "elsewhere": item.also_in.as_ref().map(super::super::message::Rich::text),
        "direction": if item.is_rtl { "rtl" } else { "ltr" },
    });
    match value {
        serde_json::Value::Object(fields) => fields,
        _ => Map::new(),
    }
}

/// A sentence in pieces, each marked or not.
fn pieces(line: &Marked) -> Vec<serde_json::Value> {
    let rich = super::super::message::Rich::marked(line);
    rich.0
        .iter()
        .map(|run| {
            let is_marked = run.look == super::super::message::Look::Marked;
            json!({"text": run.text, "marked": is_marked})
        })
        .collect()
}
