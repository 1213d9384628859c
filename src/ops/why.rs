//! Why somebody was told of an article, or why nobody was: for each watch the first gate that stopped it, or the receipt.

use serde::Serialize;
use serde_json::{Value, json};
use url::Url;

use super::alerts::{self, AlertView, DeliveryView, ListedView, VersionView};
use super::explain;
use crate::alerting;
use crate::domain::{ArticleText, ChannelName, Feeds, Watch, paragraphs, shown_url};
use crate::matching::Matcher;
use crate::parse::canonical_link;
use crate::store::{Store, StoreError, Trace, TraceStage};

/// What holds whatever is asked about.
#[derive(Debug, Clone, Copy)]
pub struct Line<'a> {
    /// The watches that are asked about: places in the matcher.
    pub places: &'a [usize],
    /// The watches, in the order of the matcher.
    pub watches: &'a [Watch],
    /// The watches, compiled.
    pub matcher: &'a Matcher,
    /// The feeds by address.
    pub feeds: &'a Feeds,
    /// Only the ways to this channel.
    pub channel: Option<&'a ChannelName>,
}

/// One answer: of one entry, one watch and, where it came so far, one receiver.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Answer {
    /// The number of the entry; absent for what was never seen.
    pub entry: Option<i64>,
    /// The headline.
    pub title: Option<String>,
    /// The feed.
    pub feed: Option<String>,
    /// The watch; absent where the article did not come to any.
    pub watch: Option<String>,
    /// The alert.
    pub alert: Option<String>,
    /// The channel.
    pub channel: Option<String>,
    /// The mail address, for a channel that has several.
    pub recipient: Option<String>,
    /// The first gate that stopped it, as a word; `delivered` where none did.
    pub gate: String,
    /// What the gate rests on.
    pub detail: Option<Value>,
    /// The same as a clause for people.
    pub explanation: String,
}

/// Answers for an address, an entry (its number), or the id of an alert, a delivery or a held match.
///
/// # Errors
/// When the store cannot be read.
pub async fn why(store: &Store, subject: &str, line: &Line<'_>) -> Result<Vec<Answer>, StoreError> {
    let mut keys = Vec::new();
    let mut number = subject.trim_start_matches("entry_").parse().ok();
    if let Ok(url) = Url::parse(subject) {
        keys.push(format!("link:{}", canonical_link(&url)));
        keys.push(format!("guid:{subject}"));
        keys.push(format!("guid:{url}"));
    } else if number.is_none() {
        keys.push(format!("guid:{subject}"));
        number = store.entry_of_alert(subject).await?.map(|entry| entry.0);
        if number.is_none() && subject.starts_with("dlv_") {
            return of_delivery(store, subject, line).await;
        }
    }
    let traces = store.traces(keys, number).await?;
    if traces.is_empty() {
        return Ok(vec![never_seen(subject, line)]);
    }
    let mut answers = Vec::new();
    for trace in &traces {
        answers.extend(of_trace(store, trace, line).await?);
    }
    Ok(answers)
}

async fn of_delivery(store: &Store, id: &str, line: &Line<'_>) -> Result<Vec<Answer>, StoreError> {
    let mut answers = Vec::new();
    for found in alerts::show(store, id).await? {
        if let ListedView::Raised(alert) = found {
            answers.extend(of_alert(&blank(), &alert, line));
        }
    }
    if answers.is_empty() {
        answers.push(never_seen(id, line));
    }
    Ok(answers)
}

fn blank() -> Answer {
    Answer {
        entry: None,
        title: None,
        feed: None,
        watch: None,
        alert: None,
        channel: None,
        recipient: None,
        gate: String::new(),
        detail: None,
        explanation: String::new(),
    }
}

/// Nothing is known of it: which feeds of its host are read may say why.
fn never_seen(subject: &str, line: &Line<'_>) -> Answer {
    let url = Url::parse(subject).ok();
    let host = url.as_ref().and_then(Url::host_str);
    let host = host.map(|host| host.trim_start_matches("www."));
    let of_host = host.and_then(|host| {
        let urls = line.feeds.iter().map(|feed| &feed.url);
        urls.filter(|url| url.host_str().is_some_and(|of| of.ends_with(host)))
            .min()
    });
    let explanation = match (host, of_host) {
        (Some(host), None) => {
            format!("never seen: no feed has announced it, and none of the feeds is of {host}")
        }
        (_, Some(feed)) => format!(
            "never seen: no feed has announced it; {} is read, see newswatch status for how it is",
            shown_url(feed)
        ),
        (None, None) => "never seen: there is no entry, alert or delivery of this name".to_owned(),
    };
    Answer {
        gate: "never-seen".to_owned(),
        explanation,
        ..blank()
    }
}

async fn of_trace(
    store: &Store,
    trace: &Trace,
    line: &Line<'_>,
) -> Result<Vec<Answer>, StoreError> {
    let feed = line.feeds.get(&trace.feed_url);
    let entry = Answer {
        entry: Some(trace.entry.0),
        title: trace.title.clone(),
        feed: feed
            .and_then(|feed| feed.name.clone())
            .or_else(|| trace.feed_title.clone())
            .or_else(|| Some(shown_url(&trace.feed_url))),
        ..blank()
    };
    if let Some((gate, explanation)) = before_matching(trace) {
        return Ok(vec![Answer {
            gate: gate.to_owned(),
            explanation,
            ..entry
        }]);
    }
    let mut answers = Vec::new();
    for place in line.places {
        let Some(watch) = line.watches.get(*place) else {
            continue;
        };
        let of_watch = Answer {
            watch: Some(watch.name.0.clone()),
            ..entry.clone()
        };
        let alert = trace.alerts.iter().find(|(_, name)| *name == watch.name);
        let held = trace.held.iter().find(|(name, ..)| *name == watch.name);
        if let (Some((_, reason, at)), true) = (held, alert.is_none() || held.is_some()) {
            answers.push(Answer {
                gate: reason.as_str().to_owned(),
                detail: Some(json!(reason)),
                explanation: format!("held at {at}: {reason}"),
                ..of_watch.clone()
            });
        }
        if let Some((id, _)) = alert {
            for found in alerts::show(store, &id.0).await? {
                if let ListedView::Raised(view) = found {
                    answers.extend(of_alert(&of_watch, &view, line));
                }
            }
        } else if held.is_none() {
            answers.push(unmatched(of_watch, watch, *place, trace, line));
        }
    }
    Ok(answers)
}

/// What stopped an entry before any watch saw it.
fn before_matching(trace: &Trace) -> Option<(&'static str, String)> {
    match trace.stage {
        TraceStage::Matched => None,
        TraceStage::Seen => Some((
            "first-poll",
            format!(
                "it stood in its feed at the first poll, {}, and only counts as seen (first_poll)",
                trace.found_at
            ),
        )),
        TraceStage::Unfetched {
            not_before,
            tries: 0,
        } => Some((
            "not-fetched",
            format!(
                "found {}; its page is to be fetched {}",
                trace.found_at,
                not_before.max(trace.found_at)
            ),
        )),
        TraceStage::Unfetched { not_before, tries } => Some((
            "not-fetched",
            format!(
                "found {}; its page could not be fetched {tries} times, next try {not_before}",
                trace.found_at
            ),
        )),
        TraceStage::Unmatched => Some((
            "not-matched-yet",
            format!("found {}; it waits to be matched", trace.found_at),
        )),
    }
}

/// Why a watch did not fire.
fn unmatched(
    of_watch: Answer,
    watch: &Watch,
    place: usize,
    trace: &Trace,
    line: &Line<'_>,
) -> Answer {
    let feed = line.feeds.get(&trace.feed_url);
    let looks =
        feed.is_none_or(|feed| alerting::looks_at(watch, feed, trace.feed_title.as_deref()));
    if !looks {
        return Answer {
            gate: "other-feeds".to_owned(),
            explanation: "the watch does not look at this feed (feeds)".to_owned(),
            ..of_watch
        };
    }
    let Some((article, words)) = &trace.article else {
        return Answer {
            gate: "not-matched".to_owned(),
            explanation: "it was matched and the watch did not fire; its text is not kept any more"
                .to_owned(),
            ..of_watch
        };
    };
    let text = paragraphs(&article.text);
    let tags = feed.map_or(&[][..], |feed| &feed.tags);
    let text = ArticleText::of(article, &text, tags).with_feed(words);
    let found = explain::why(line.matcher, place, &text);
    let unread = article
        .basis
        .problem()
        .map(|problem| format!("; not the whole article was read: {problem}"))
        .unwrap_or_default();
    let explanation = match &found {
        Some(found) if found.matched => {
            "the watch fires on it as it is now; it was changed after the article was matched"
                .to_owned()
        }
        Some(found) if !found.near_misses.is_empty() => format!(
            "not matched: it lacks {}{unread}",
            found
                .near_misses
                .iter()
                .take(3)
                .map(|clause| format!("`{clause}`"))
                .collect::<Vec<_>>()
                .join(", or ")
        ),
        _ => format!("not matched: several clauses are not met{unread}"),
    };
    Answer {
        gate: "not-matched".to_owned(),
        detail: found
            .map(|found| json!({ "near_misses": found.near_misses, "clause": found.clause })),
        explanation,
        ..of_watch
    }
}

/// Each way of an alert.
fn of_alert(of_watch: &Answer, alert: &AlertView, line: &Line<'_>) -> Vec<Answer> {
    let raised = Answer {
        watch: Some(alert.facts.watch.clone()),
        title: of_watch
            .title
            .clone()
            .or_else(|| Some(alert.facts.title.clone())),
        alert: Some(alert.facts.id.clone()),
        ..of_watch.clone()
    };
    let wanted = |delivery: &&DeliveryView| {
        line.channel
            .is_none_or(|channel| channel.0 == delivery.channel)
    };
    let ways: Vec<Answer> = alert
        .deliveries()
        .iter()
        .filter(wanted)
        .map(|delivery| of_way(&raised, delivery))
        .collect();
    if ways.is_empty() {
        return vec![Answer {
            gate: "no-channel".to_owned(),
            explanation: match line.channel {
                Some(channel) => format!("the alert does not go to {channel} (notify, routes)"),
                None => "the alert goes to no channel (notify, routes)".to_owned(),
            },
            ..raised
        }];
    }
    let versions = alert.versions.iter().flatten();
    let changed = versions.filter(|version| !version.kinds.is_empty());
    let changed = changed.map(|version| of_version(&raised, version));
    ways.into_iter().chain(changed).collect()
}

/// What has changed in the article since its alert, and who was told.
fn of_version(raised: &Answer, version: &VersionView) -> Answer {
    let told = match version.updates.as_slice() {
        [] => "nobody is told of that".to_owned(),
        [one] => format!("told as {}", one.id),
        more => format!("{} receivers are told", more.len()),
    };
    Answer {
        gate: "changed".to_owned(),
        detail: Some(json!(version)),
        explanation: format!(
            "changed after the alert, seen {}: {}; {told}",
            version.at,
            version.kinds.join(", ")
        ),
        ..raised.clone()
    }
}

fn tries(count: u32) -> String {
    match count {
        1 => "1 try".to_owned(),
        count => format!("{count} tries"),
    }
}

fn of_way(raised: &Answer, delivery: &DeliveryView) -> Answer {
    let reason = delivery.reason.clone().unwrap_or_default();
    let (gate, explanation) = match (delivery.state, &delivery.explanation) {
        ("held", Some(explanation)) => (reason, format!("held: {explanation}")),
        (_, Some(explanation)) => (reason, format!("waiting: {explanation}")),
        ("delivered", None) => {
            let answer = delivery.attempts.iter().flatten().last();
            let said = answer
                .and_then(|attempt| attempt.reason.as_ref())
                .map(|reason| format!(": {reason}"))
                .unwrap_or_default();
            (
                "delivered".to_owned(),
                format!(
                    "delivered {} as {}{said}",
                    delivery.at,
                    delivery.id.clone().unwrap_or_default()
                ),
            )
        }
        ("abandoned", None) => (
            "given-up".to_owned(),
            format!(
                "given up {} after {}: {reason}",
                delivery.at,
                tries(delivery.tries)
            ),
        ),
        _ if reason.is_empty() => (
            "waiting".to_owned(),
            format!("waiting for the channel, next try {}", delivery.at),
        ),
        _ => (
            "refused".to_owned(),
            format!(
                "waiting for the channel after {}, next try {}: {reason}",
                tries(delivery.tries),
                delivery.at
            ),
        ),
    };
    Answer {
        channel: Some(delivery.channel.clone()),
        recipient: delivery.recipient.clone(),
        gate,
        detail: delivery.detail.clone(),
        explanation,
        ..raised.clone()
    }
}
