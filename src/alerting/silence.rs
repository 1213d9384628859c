//! Silences: which alerts nobody wants for a while.

use crate::domain::{Desk, Feed, FeedSelector, ReportId, Silence, Timestamp, WatchName};

use super::Candidate;
use super::route::is_of;

/// The silence in force that holds an alert.
pub(super) fn holding<'a>(
    silences: &'a [Silence],
    watch: &WatchName,
    candidate: &Candidate<'_>,
    now: Timestamp,
) -> Option<&'a Silence> {
    silences.iter().find(|silence| {
        silence.from <= now && now < silence.until && is_meant(silence, watch, candidate)
    })
}

/// What is to be said of silences that have ended and would have held this alert; each is told once.
pub(super) fn ended(
    desk: &mut Desk,
    watch: &WatchName,
    candidate: &Candidate<'_>,
    now: Timestamp,
) -> Vec<String> {
    let (over, rest): (Vec<Silence>, Vec<Silence>) = std::mem::take(&mut desk.silences)
        .into_iter()
        .partition(|silence| silence.until <= now && is_meant(silence, watch, candidate));
    desk.silences = rest;
    let note = |silence: &Silence| {
        let held = match silence.held {
            0 => "it held nothing".to_owned(),
            1 => "it held 1 alert".to_owned(),
            count => format!("it held {count} alerts"),
        };
        format!(
            "A silence by {} ended at {} ({}): {held}.",
            silence.author, silence.until, silence.reason
        )
    };
    desk.silences_told
        .extend(over.iter().map(|silence| silence.id));
    over.iter().map(note).collect()
}

fn is_meant(silence: &Silence, watch: &WatchName, candidate: &Candidate<'_>) -> bool {
    let story = candidate.past.story.as_ref();
    let subject = Subject {
        watch,
        feed: Some(candidate.feed),
        feed_title: candidate.feed_title,
        report: candidate.past.report,
        story: story.map(|story| story.id),
        title: &candidate.article.title,
        text: &candidate.article.text,
    };
    means(silence, &subject)
}

/// What of an alert a silence asks for.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    /// Its watch.
    pub watch: &'a WatchName,
    /// Its feed, where it stands in the configuration.
    pub feed: Option<&'a Feed>,
    /// The feed's own title.
    pub feed_title: Option<&'a str>,
    /// Its report.
    pub report: ReportId,
    /// The number of its story.
    pub story: Option<i64>,
    /// The headline.
    pub title: &'a str,
    /// The text.
    pub text: &'a str,
}

/// Tells whether a silence holds an alert, were it in force.
#[must_use]
pub fn means(silence: &Silence, alert: &Subject<'_>) -> bool {
    let of_watch = silence
        .watch
        .as_ref()
        .is_none_or(|name| name == alert.watch);
    let of_feed = silence.feed.as_ref().is_none_or(|feed| {
        let selector = match feed.strip_prefix("tag:") {
            Some(tag) => FeedSelector::Tag(tag.to_owned()),
            None => FeedSelector::Feed(feed.clone()),
        };
        alert
            .feed
            .is_some_and(|feed| is_of(&selector, feed, alert.feed_title))
    });
    let of_story = silence.story.is_none_or(|report| {
        report == alert.report || alert.story.is_some() && alert.story == silence.story_id
    });
    let of_text = silence.text.as_ref().is_none_or(|text| {
        let text = text.to_lowercase();
        [alert.title, alert.text]
            .iter()
            .any(|said| said.to_lowercase().contains(&text))
    });
    of_watch && of_feed && of_story && of_text
}
