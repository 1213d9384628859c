//! The generic webhook body, which is also the line of a file channel.

use serde::Serialize;

use crate::domain::{Alert, DeliveryId, Timestamp};

use super::escape::{link, one_line};

/// The largest body. Standard Webhooks asks for less than 20 kB; receivers refuse more.
pub(crate) const MAX_BODY_BYTES: usize = 20_000;

/// Sizes tried for the excerpt, in characters, until the body fits; the title and the link are never given up.
const EXCERPT_CHARS: [usize; 5] = [2000, 1000, 500, 200, 0];

/// The most of a title. A headline is shorter; what is longer is an attack or a whole article.
const MAX_TITLE_CHARS: usize = 500;

/// The most of a name: a watch, a site, a feed, a term.
const MAX_NAME_CHARS: usize = 60;

/// The most names in a list.
const MAX_NAMES: usize = 10;

#[derive(Serialize)]
struct Envelope<T> {
    r#type: &'static str,
    timestamp: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    delivery: Option<String>,
    data: T,
}

#[derive(Serialize)]
struct AlertData {
    id: String,
    watch: String,
    priority: &'static str,
    terms: Vec<String>,
    /// The first of `feeds`.
    feed: Option<String>,
    feeds: Vec<String>,
    source: Option<String>,
    title: String,
    url: Option<String>,
    published: Option<String>,
    excerpt: String,
    /// True when only the headline and the feed's own text could be read.
    summary_only: bool,
}

#[derive(Serialize)]
struct DigestData {
    /// How many alerts there are; `alerts` holds as many of them as fit.
    count: usize,
    alerts: Vec<AlertData>,
}

/// Writes the body for one alert.
pub(super) fn body(delivery: Option<&DeliveryId>, alert: &Alert, at: Timestamp) -> String {
    smallest_that_fits(|excerpt_chars| Envelope {
        r#type: "newswatch.alert",
        timestamp: at.to_string(),
        delivery: delivery.map(|id| id.0.clone()),
        data: data(alert, excerpt_chars),
    })
}

/// Writes the body for several alerts, of which those that do not fit are counted.
pub(super) fn digest(alerts: &[Alert], at: Timestamp) -> String {
    let mut listed = alerts.len();
    loop {
        let body = smallest_that_fits(|excerpt_chars| Envelope {
            r#type: "newswatch.digest",
            timestamp: at.to_string(),
            delivery: None,
            data: DigestData {
                count: alerts.len(),
                alerts: alerts
                    .iter()
                    .take(listed)
                    .map(|alert| data(alert, excerpt_chars))
                    .collect(),
            },
        });
        if body.len() < MAX_BODY_BYTES || listed == 0 {
            return body;
        }
        listed /= 2;
    }
}

/// The largest short body: receivers that refuse more than this take no webhooks.
const MAX_SHORT_BYTES: usize = 2_000;

/// Writes a body without excerpts; of several alerts those that do not fit are counted.
pub(super) fn short(alerts: &[Alert], at: Timestamp) -> String {
    let envelope = |listed| Envelope {
        r#type: "newswatch.digest",
        timestamp: at.to_string(),
        delivery: None,
        data: DigestData {
            count: alerts.len(),
            alerts: alerts
                .iter()
                .take(listed)
                .map(|alert| data(alert, 0))
                .collect(),
        },
    };
    if let [alert] = alerts {
        return serde_json::to_string(&Envelope {
            r#type: "newswatch.alert",
            timestamp: at.to_string(),
            delivery: None,
            data: data(alert, 0),
        })
        .unwrap_or_default();
    }
    let mut listed = alerts.len();
    loop {
        // Strings and numbers can always be written.
        let body = serde_json::to_string(&envelope(listed)).unwrap_or_default();
        if body.len() < MAX_SHORT_BYTES || listed <= 1 {
            return body;
        }
        listed /= 2;
    }
}

fn smallest_that_fits<T: Serialize>(write: impl Fn(usize) -> Envelope<T>) -> String {
    let mut body = String::new();
    for excerpt_chars in EXCERPT_CHARS {
        // Strings and numbers can always be written.
        body = serde_json::to_string(&write(excerpt_chars)).unwrap_or_default();
        if body.len() < MAX_BODY_BYTES {
            break;
        }
    }
    body
}

fn data(alert: &Alert, excerpt_chars: usize) -> AlertData {
    let feeds = names(&alert.feeds);
    AlertData {
        id: alert.id.0.clone(),
        watch: name(&alert.found.watch.0),
        priority: alert.priority.as_str(),
        terms: names(&alert.found.terms),
        feed: feeds.first().cloned(),
        feeds,
        source: alert.source.as_deref().map(name),
        title: one_line(&alert.title, MAX_TITLE_CHARS),
        url: link(alert.url.as_ref()).map(String::from),
        published: alert.published.map(|published| published.to_string()),
        excerpt: one_line(&alert.found.sentence, excerpt_chars),
        summary_only: alert.summary_only,
    }
}

fn name(text: &str) -> String {
    one_line(text, MAX_NAME_CHARS)
}

fn names(texts: &[String]) -> Vec<String> {
    texts
        .iter()
        .take(MAX_NAMES)
        .map(|text| name(text))
        .collect()
}
