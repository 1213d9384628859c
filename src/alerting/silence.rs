//! Silences: which alerts nobody wants for a while.

use crate::domain::{Desk, FeedSelector, Silence, Timestamp, WatchName};

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
    let of_watch = silence.watch.as_ref().is_none_or(|name| name == watch);
    let of_feed = silence.feed.as_ref().is_none_or(|feed| {
        let selector = match feed.strip_prefix("tag:") {
            Some(tag) => FeedSelector::Tag(tag.to_owned()),
            None => FeedSelector::Feed(feed.clone()),
        };
        is_of(&selector, candidate.feed, candidate.feed_title)
    });
    let of_story = silence.story.is_none_or(|report| {
        let story = candidate.past.story.as_ref().map(|story| story.id);
        report == candidate.past.report || story.is_some() && story == silence.story_id
    });
    let of_text = silence.text.as_ref().is_none_or(|text| {
        let text = text.to_lowercase();
        let article = candidate.article;
        article.title.to_lowercase().contains(&text) || article.text.to_lowercase().contains(&text)
    });
    of_watch && of_feed && of_story && of_text
}
