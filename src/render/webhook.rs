//! The generic webhook body, which is also the line of a file channel and what a command is given.

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::chat::set;
use super::escape::{clean_link, link, one_line};
use super::message::Telling;
use crate::domain::{Addition, Alert, AlertFacts, FoundPlace, Occasion, Passage, Room};

/// The largest body. Standard Webhooks asks for less than 20 kB; receivers refuse more.
pub(crate) const MAX_BODY_BYTES: usize = 20_000;

/// The largest short body: receivers that refuse more than this take no webhooks.
const MAX_SHORT_BYTES: usize = 2_000;

/// How much is said of an alert.
#[derive(Debug, Clone, Copy)]
struct Much {
    /// Characters of the excerpt; without one no passages are told either.
    excerpt: usize,
    /// Names in a list.
    names: usize,
    /// Whether our own pages are named.
    pages: bool,
}

impl Much {
    const fn with(excerpt: usize) -> Self {
        Self {
            excerpt,
            names: MAX_NAMES,
            pages: true,
        }
    }

    /// What is left when nothing else fits: the title and the link are never given up.
    const LEAST: Self = Self {
        excerpt: 0,
        names: 1,
        pages: false,
    };
}

/// Tried one after the other, until the body fits.
const STEPS: [Much; 6] = [
    Much::with(2000),
    Much::with(1000),
    Much::with(500),
    Much::with(200),
    Much::with(0),
    Much::LEAST,
];

/// The same for a short body.
const SHORT_STEPS: [Much; 2] = [Much::with(0), Much::LEAST];

/// The most of a title. A headline is shorter; what is longer is an attack or a whole article.
const MAX_TITLE_CHARS: usize = 500;

/// The most of a name: a watch, a site, a feed, a term.
const MAX_NAME_CHARS: usize = 60;

/// The most names in a list.
const MAX_NAMES: usize = 10;

/// An alert, as it stands in every JSON that a channel sends.
#[derive(Serialize)]
struct AlertData {
    #[serde(flatten)]
    facts: AlertFacts,
    story: Option<i64>,
    language: Option<String>,
    found_at: Option<String>,
    found: Vec<Value>,
    passages: Vec<Value>,
    text_state: &'static str,
    text_reason: Option<String>,
    also_in: Vec<Value>,
    links: Map<String, Value>,
}

/// Writes the body: `newswatch.alert` for one alert, else the word of the occasion, with `alerts` in the same shape.
#[must_use]
pub fn webhook(telling: &Telling<'_>, is_short: bool) -> String {
    match telling.filled.and_then(|filled| filled.body.as_ref()) {
        Some(templated) if !is_short => templated.clone(),
        _ => body(telling, None, is_short),
    }
}

/// An alert as every JSON of a channel has it.
pub(super) fn alert(telling: &Telling<'_>, alert: &Alert) -> Value {
    json!(data(telling, alert, Much::with(1_000)))
}

/// The facts of the occasion, without the alerts.
pub(super) fn facts(telling: &Telling<'_>) -> Value {
    let alone = Telling {
        alerts: &[],
        ..*telling
    };
    of_occasion(&alone, 0, Much::with(0))
}

/// Writes a line of JSON for each alert, with the delivery's id beside it; one line for what brings none.
#[must_use]
pub fn json_lines(telling: &Telling<'_>) -> String {
    let id = Some(telling.delivery.0.as_str());
    if !matches!(telling.occasion, Occasion::Alert) || telling.alerts.is_empty() {
        return body(telling, id, false) + "\n";
    }
    let lines = telling.alerts.iter().map(|alert| {
        let one = Telling {
            alerts: std::slice::from_ref(alert),
            ..*telling
        };
        body(&one, id, false) + "\n"
    });
    lines.collect()
}

fn body(telling: &Telling<'_>, delivery: Option<&str>, is_short: bool) -> String {
    let limit = if is_short {
        MAX_SHORT_BYTES
    } else {
        MAX_BODY_BYTES
    };
    let steps = if is_short {
        &SHORT_STEPS[..]
    } else {
        &STEPS[..]
    };
    let mut listed = telling.alerts.len();
    loop {
        let mut body = String::new();
        for much in steps {
            body = envelope(telling, delivery, listed, *much).to_string();
            if body.len() < limit {
                return body;
            }
        }
        if listed <= 1 {
            return body;
        }
        listed /= 2;
    }
}

fn envelope(telling: &Telling<'_>, delivery: Option<&str>, listed: usize, much: Much) -> Value {
    let (kind, data) = match (telling.occasion, telling.alerts) {
        (Occasion::Alert, [alert]) => ("alert", json!(data(telling, alert, much))),
        (Occasion::Alert | Occasion::Group, _) => {
            ("group", Value::Object(list(telling, listed, much)))
        }
        (occasion, _) => (occasion.as_str(), of_occasion(telling, listed, much)),
    };
    let mut envelope = json!({
        "type": format!("newswatch.{kind}"),
        "timestamp": telling.now.to_string(),
    });
    if let Some(delivery) = delivery {
        set(&mut envelope, "delivery", json!(delivery));
    }
    set(&mut envelope, "data", data);
    envelope
}

/// How many alerts there are, and as many of them as fit.
fn list(telling: &Telling<'_>, listed: usize, much: Much) -> Map<String, Value> {
    let alerts = telling.alerts.iter().take(listed);
    let alerts: Vec<AlertData> = alerts.map(|alert| data(telling, alert, much)).collect();
    let mut list = Map::new();
    list.insert("count".to_owned(), json!(telling.alerts.len()));
    list.insert("alerts".to_owned(), json!(alerts));
    list
}

/// The facts of an occasion, each text in them one line, and the alerts that it brings.
fn of_occasion(telling: &Telling<'_>, listed: usize, much: Much) -> Value {
    let mut data = match serde_json::to_value(telling.occasion) {
        Ok(Value::Object(facts)) => facts,
        _ => Map::new(),
    };
    data.remove("kind");
    if let (Occasion::Health(_) | Occasion::Heartbeat(_), Some(machine)) =
        (telling.occasion, &telling.reader.machine)
    {
        data.insert("host".to_owned(), json!(machine));
    }
    for value in data.values_mut() {
        make_lines(value);
    }
    if let Occasion::Update(facts) = telling.occasion {
        let additions: Vec<Value> = facts.additions.iter().map(addition).collect();
        data.insert("additions".to_owned(), json!(additions));
    }
    // What a copy adds is an alert of its own: it stands as one, with what it adds to beside it.
    if let (Occasion::Update(facts), [alert]) = (telling.occasion, telling.alerts)
        && facts.revision.is_none()
    {
        let mut update = json!(self::data(telling, alert, much));
        for (name, value) in data {
            set(&mut update, &name, value);
        }
        return update;
    }
    // A body that is still too long loses its alerts before it loses its facts.
    if !telling.alerts.is_empty() {
        data.extend(list(telling, listed, much));
    }
    Value::Object(data)
}

/// What an outlet adds, its passages in the shape of an alert's.
fn addition(addition: &Addition) -> Value {
    let outlet = &addition.outlet;
    let passages: Vec<Value> = addition.passages.iter().map(passage).collect();
    json!({
        "outlet": one_line(&outlet.name, MAX_NAME_CHARS),
        "url": link(outlet.url.as_ref()).map(String::from),
        "published": outlet.published.map(|at| at.to_string()),
        "language": addition.lang.as_deref().and_then(super::item::language_tag),
        "passages": passages,
    })
}

fn make_lines(value: &mut Value) {
    match value {
        Value::String(text) => *text = one_line(text, MAX_TITLE_CHARS),
        Value::Array(list) => {
            list.truncate(50);
            list.iter_mut().for_each(make_lines);
        }
        Value::Object(object) => object.values_mut().for_each(make_lines),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn data(telling: &Telling<'_>, alert: &Alert, much: Much) -> AlertData {
    let room = Room {
        title: MAX_TITLE_CHARS,
        excerpt: much.excerpt,
        name: MAX_NAME_CHARS,
        names: much.names,
    };
    let reading = &alert.reading;
    let is_full = much.excerpt > 0;
    let quote = &alert.found.quote;
    AlertData {
        facts: AlertFacts {
            url: link(alert.url.as_ref()).map(String::from),
            ..AlertFacts::of(alert, room)
        },
        story: reading.story,
        language: reading.lang.as_deref().and_then(super::item::language_tag),
        found_at: reading.found_at.map(|at| at.to_string()),
        found: quote.found.iter().take(much.names).map(found).collect(),
        passages: if is_full {
            quote.passages.iter().map(passage).collect()
        } else {
            Vec::new()
        },
        text_state: reading.text.as_str(),
        text_reason: reading
            .text_reason
            .as_deref()
            .map(|reason| one_line(reason, 200)),
        also_in: reading
            .also_in
            .iter()
            .take(much.names)
            .map(|outlet| {
                json!({
                    "name": name(&outlet.name),
                    "url": outlet.url.as_ref().and_then(clean_link).map(String::from),
                    "copy": outlet.is_copy,
                })
            })
            .collect(),
        links: if much.pages {
            links(telling, alert)
        } else {
            Map::new()
        },
    }
}

/// Our own pages of the alert; none without web pages.
fn links(telling: &Telling<'_>, alert: &Alert) -> Map<String, Value> {
    super::item::own_pages(telling, alert)
        .into_iter()
        .map(|(_, page, name)| (name.to_owned(), json!(page.as_str())))
        .collect()
}

fn passage(passage: &Passage) -> Value {
    let line = super::item::marked(&passage.text, &passage.marks, 400);
    let marks: Vec<[usize; 2]> = line
        .marks
        .iter()
        .map(|mark| [mark.start, mark.end])
        .collect();
    json!({"text": line.text, "paragraph": passage.paragraph, "marks": marks})
}

fn found(words: &crate::domain::FoundWords) -> Value {
    let places: Vec<Value> = words
        .places
        .iter()
        .map(|place| match place {
            FoundPlace::Headline => json!("headline"),
            FoundPlace::Paragraph(number) => json!(format!("paragraph {number}")),
            FoundPlace::Feed => json!("feed"),
            FoundPlace::About => json!("about"),
        })
        .collect();
    json!({"text": name(&words.text), "places": places})
}

fn name(text: &str) -> String {
    one_line(text, MAX_NAME_CHARS)
}
