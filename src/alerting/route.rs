//! Which ways an alert takes: those of its watch, and those of the routes that fit it.

use crate::domain::{Destination, Feed, FeedSelector, Priority, Route, Timestamp, Watch};
use crate::schedule::is_between;

/// What a route can ask about an alert.
#[derive(Debug, Clone, Copy)]
pub struct Routed<'a> {
    /// Its watch.
    pub watch: &'a Watch,
    /// The feed of its article; absent where only the watch is asked about.
    pub feed: Option<&'a Feed>,
    /// The feed's own title.
    pub feed_title: Option<&'a str>,
    /// The language of its article.
    pub language: Option<&'a str>,
    /// Its priority.
    pub priority: Priority,
}

/// Where an alert goes: to the channels of its watch, and to those of the first route that fits, and of the following ones
/// as long as they say so.
#[must_use]
pub fn destinations(alert: &Routed<'_>, routes: &[Route], now: Timestamp) -> Vec<Destination> {
    let mut all = alert.watch.notify.to_vec();
    for place in fitting(alert, routes, now) {
        for destination in routes.get(place).iter().flat_map(|route| &route.notify) {
            if !all.contains(destination) {
                all.push(destination.clone());
            }
        }
    }
    all
}

/// The places of the routes that are taken.
#[must_use]
pub fn fitting(alert: &Routed<'_>, routes: &[Route], now: Timestamp) -> Vec<usize> {
    let mut taken = Vec::new();
    for (place, route) in routes.iter().enumerate() {
        if fits(alert, route, now) {
            taken.push(place);
            if !route.goes_on {
                break;
            }
        }
    }
    taken
}

fn fits(alert: &Routed<'_>, route: &Route, now: Timestamp) -> bool {
    let watch = alert.watch;
    let of_watch = route.watches.is_empty() || route.watches.contains(&watch.name);
    let of_tag =
        route.watch_tags.is_empty() || route.watch_tags.iter().any(|tag| watch.tags.contains(tag));
    let of_feed = route.feeds.is_empty()
        || alert.feed.is_some_and(|feed| {
            let selects = |selector| is_of(selector, feed, alert.feed_title);
            route.feeds.iter().any(selects)
        });
    let of_language = route.languages.is_empty()
        || alert.language.is_some_and(|language| {
            let is_same = |wanted: &String| is_language(language, wanted);
            route.languages.iter().any(is_same)
        });
    let of_priority = route.priorities.is_empty() || route.priorities.contains(&alert.priority);
    let in_time = route
        .between
        .is_none_or(|(from, to)| is_between(from, to, &route.zone, now));
    of_watch && of_tag && of_feed && of_language && of_priority && in_time
}

/// Whether a feed is meant by a selector.
pub(super) fn is_of(selector: &FeedSelector, feed: &Feed, title: Option<&str>) -> bool {
    match selector {
        FeedSelector::Tag(tag) => feed.tags.contains(tag),
        FeedSelector::Feed(name) => {
            feed.name.as_deref() == Some(name) || feed.url.as_str() == name || title == Some(name)
        }
    }
}

/// Whether a language is the wanted one, or a form of it: `zh-Hant` is `zh`.
fn is_language(language: &str, wanted: &str) -> bool {
    let language = language.to_lowercase().replace('_', "-");
    language == *wanted
        || language
            .strip_prefix(wanted)
            .is_some_and(|rest| rest.starts_with('-'))
}
