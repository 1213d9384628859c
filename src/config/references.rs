//! What a watch refers to: the feeds it looks at and the channels it tells, by name.

use std::cell::OnceCell;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use url::Url;

use crate::channel::ChannelSettings;
use crate::domain::{Destination, FeedSelector, shown_url};

use super::feeds::TAG_PREFIX;
use super::problem::{Kind, Problem, Report, quoted};
use super::raw::{RawFeed, RawFile, RawWatch};
use super::source::At;
use super::suggest::nearest;

/// The names that a watch can refer to.
pub(super) struct Known<'a> {
    channels: Vec<&'a str>,
    destinations: HashMap<&'a str, Vec<Destination>>,
    everywhere: Arc<[Destination]>,
    has_routes: bool,
    tags: HashSet<&'a str>,
    written: &'a [RawFeed],
    feeds: OnceCell<HashMap<String, String>>,
}

impl<'a> Known<'a> {
    /// Takes the names as written, so that a channel or feed with a mistake of its own is no unknown one.
    pub(super) fn new(raw: &'a RawFile, channels: &'a [ChannelSettings]) -> Self {
        let list = |feed: &'a RawFeed| feed.tags.iter().flat_map(|tags| &tags.value);
        let usable: Vec<_> = channels
            .iter()
            .map(|channel| (channel.name.0.as_str(), channel.destinations()))
            .collect();
        Self {
            channels: raw
                .channels
                .iter()
                .filter_map(|channel| Some(channel.name.as_ref()?.value.as_str()))
                .collect(),
            everywhere: usable.iter().flat_map(|(_, to)| to).cloned().collect(),
            destinations: usable.into_iter().collect(),
            has_routes: !raw.routes.is_empty(),
            tags: raw
                .feeds
                .iter()
                .flat_map(list)
                .map(|tag| tag.value.as_str())
                .collect(),
            written: &raw.feeds,
            feeds: OnceCell::new(),
        }
    }
}

impl Known<'_> {
    /// Names, and addresses as written and as they come out; read when a watch first names a feed.
    fn feeds(&self) -> &HashMap<String, String> {
        self.feeds.get_or_init(|| {
            let names = self.written.iter().flat_map(|feed| {
                let name = feed.name.iter().map(|name| &name.value);
                let name = name.map(|name| (name.clone(), name.clone()));
                let addresses = feed.url.iter().flat_map(|url| {
                    let plain = plain_address(&url.value);
                    [(url.value.clone(), plain.clone()), (plain.clone(), plain)]
                });
                name.chain(addresses)
            });
            names.collect()
        })
    }

    /// The names of feeds without their addresses, for "did you mean".
    fn feed_names(&self) -> impl Iterator<Item = &str> {
        self.feeds()
            .keys()
            .map(String::as_str)
            .filter(|feed| !feed.contains("://"))
    }
}

/// An address in the form that a feed's address has.
fn plain_address(text: &str) -> String {
    Url::parse(text.trim()).map_or_else(|_| text.to_owned(), String::from)
}

/// The name of a feed as a message repeats it: of an address without what lets in whoever knows it.
fn shown_name(text: &str) -> String {
    Url::parse(text.trim()).map_or_else(|_| text.to_owned(), |url| shown_url(&url))
}

/// The feeds that a watch is restricted to; none for all.
pub(super) fn selectors(raw: &RawWatch, known: &Known<'_>, report: &Report) -> Vec<FeedSelector> {
    raw.feeds
        .as_ref()
        .map(|list| listed_feeds(list, known, report))
        .unwrap_or_default()
}

/// The feeds of a list; those that do not exist are reported.
pub(super) fn listed_feeds(
    list: &At<Vec<At<String>>>,
    known: &Known<'_>,
    report: &Report,
) -> Vec<FeedSelector> {
    if list.value.is_empty() {
        let message = "the list is empty";
        let hint = "leave the key out to look at all feeds";
        report.add(Problem::error(&list.place, Kind::BadValue, message).hint(hint));
    }
    list.value
        .iter()
        .filter_map(|selector| feed_selector(selector, known, report))
        .collect()
}

fn feed_selector(written: &At<String>, known: &Known<'_>, report: &Report) -> Option<FeedSelector> {
    let text = written.value.as_str();
    let (message, hint) = if let Some(tag) = text.strip_prefix(TAG_PREFIX) {
        if known.tags.contains(tag) {
            return Some(FeedSelector::Tag(tag.to_owned()));
        }
        let hint = match nearest(tag, known.tags.iter().copied()) {
            Some(meant) => format!("did you mean \"{TAG_PREFIX}{meant}\"?"),
            None => "give the tag to a feed: tags = [...]".to_owned(),
        };
        (format!("no feed has the tag {}", quoted(tag)), hint)
    } else {
        let feeds = known.feeds();
        if let Some(feed) = feeds.get(text).or_else(|| feeds.get(&plain_address(text))) {
            return Some(FeedSelector::Feed(feed.clone()));
        }
        // `tags:asia`, `tag=asia`, `tag: asia`, `#asia`, `asia`
        let lower = text.to_lowercase();
        let tag = ["tags", "tag", "#"]
            .iter()
            .find_map(|word| lower.strip_prefix(word))
            .unwrap_or(&lower)
            .trim_start_matches([':', '=', ' ']);
        let tag = known.tags.iter().find(|known| known.to_lowercase() == tag);
        let hint = if let Some(tag) = tag {
            format!("did you mean \"{TAG_PREFIX}{tag}\"?")
        } else {
            match nearest(text, known.feed_names()) {
                Some(meant) => format!("did you mean \"{meant}\"?"),
                None => "write a feed's name or address, or \"tag:\" and a tag".to_owned(),
            }
        };
        (
            format!("there is no feed {}", quoted(&shown_name(text))),
            hint,
        )
    };
    report.add(Problem::error(&written.place, Kind::UnknownFeed, message).hint(hint));
    None
}

/// Where a watch's alerts go.
pub(super) fn notify(raw: &RawWatch, known: &Known<'_>, report: &Report) -> Arc<[Destination]> {
    let Some(list) = &raw.notify else {
        return Arc::clone(&known.everywhere);
    };
    if list.value.is_empty() && !known.has_routes {
        let message = "the list is empty: nobody is told of this watch";
        let hint = "leave the key out to tell all channels";
        report.add(Problem::warning(&list.place, Kind::Empty, message).hint(hint));
    }
    named_channels(list, known, report).into()
}

/// Where the channels of a list lead; those that do not exist are reported.
pub(super) fn named_channels(
    list: &At<Vec<At<String>>>,
    known: &Known<'_>,
    report: &Report,
) -> Vec<Destination> {
    let mut named = HashSet::new();
    let mut all = Vec::new();
    for channel in &list.value {
        let name = channel.value.as_str();
        if !known.channels.contains(&name) {
            report_unknown_channel(channel, known, report);
        } else if named.insert(name) {
            all.extend(known.destinations.get(name).into_iter().flatten().cloned());
        }
    }
    all
}

fn report_unknown_channel(written: &At<String>, known: &Known<'_>, report: &Report) {
    let message = format!("there is no channel {}", quoted(&written.value));
    let hint = match nearest(&written.value, known.channels.iter().copied()) {
        Some(meant) => format!("did you mean \"{meant}\"?"),
        None if written.value.contains('@') => {
            "an address stands in a [[channel]] of type = \"email\", whose name is written here"
                .to_owned()
        }
        None if written.value.contains("://") => {
            "an address stands in a [[channel]], whose name is written here".to_owned()
        }
        None if known.channels.is_empty() => "add a [[channel]] of that name".to_owned(),
        None => format!("the channels are: {}", known.channels.join(", ")),
    };
    report.add(Problem::error(&written.place, Kind::UnknownChannel, message).hint(hint));
}
