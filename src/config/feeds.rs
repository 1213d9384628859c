//! `[[feed]]`: the feeds, each as the pipeline takes it.

use std::collections::HashMap;

use url::{Position, Url};

use crate::domain::{AddressRewrite, ArticleMode, Feed, ListingRule, SiteRule};
use crate::extract;
use crate::http::Access;

use super::access;
use super::names::{self, Taken};
use super::poll::{self, Defaults};
use super::problem::{Kind, Problem, Report, quoted};
use super::raw::{RawArticle, RawFeed, RawListing, RawRewrite, RawRule};
use super::secrets::Vault;
use super::selectors;
use super::source::{At, Place};
use super::words::one_of;

/// What `feeds` of a watch puts before a tag.
pub(super) const TAG_PREFIX: &str = "tag:";

/// The feeds with a usable address, and of each in the same place how its requests are made and where its address stands.
pub(super) struct Checked<'a> {
    pub(super) feeds: Vec<Feed>,
    pub(super) accesses: Vec<Access>,
    pub(super) places: Vec<&'a Place>,
}

/// Checks all feeds. One without a usable address is left out.
pub(super) fn check<'a>(raw: &'a [RawFeed], defaults: &Defaults, vault: &Vault<'_>) -> Checked<'a> {
    let report = vault.report;
    let mut accesses = Vec::with_capacity(raw.len());
    let mut taken_names = Taken::default();
    let mut feeds = Vec::with_capacity(raw.len());
    let mut places = Vec::with_capacity(raw.len());
    for written in raw {
        if let Some(name) = &written.name
            && is_feed_name(name, report)
        {
            let taken = name.value.as_str();
            taken_names.take(taken, &taken, &name.place, "feed", report);
        }
        let checked = feed(written, defaults, report);
        let (Some(feed), Some(address)) = (checked, &written.url) else {
            continue;
        };
        accesses.push(access::check(written, &feed.url, vault));
        feeds.push(feed);
        places.push(&address.place);
    }
    report_twice(&feeds, &places, report);
    Checked {
        feeds,
        accesses,
        places,
    }
}

/// Reports addresses that are given twice.
fn report_twice(feeds: &[Feed], places: &[&Place], report: &Report) {
    let mut addresses = Taken::with_room_for(feeds.len());
    let mut bare = HashMap::with_capacity(feeds.len());
    for (feed, place) in feeds.iter().zip(places) {
        // What stands behind # is not sent.
        let same = &feed.url[..Position::AfterQuery];
        report_other_scheme(&feed.url, same, place, &mut bare, report);
        let shown = feed.url.host_str().unwrap_or_default();
        let shown = format_args!("this feed of {shown}");
        addresses.take(same, &shown, place, "address", report);
    }
}

/// Warns of an address that is given with http:// and with https://: most likely one feed, which alerts twice.
fn report_other_scheme<'a>(
    url: &'a Url,
    same: &'a str,
    place: &'a Place,
    known: &mut HashMap<&'a str, (&'a str, &'a Place)>,
    report: &Report,
) {
    let bare = same.split_once("://").map_or("", |(_, bare)| bare);
    let bare = bare.trim_end_matches('/');
    let (scheme, first) = known.entry(bare).or_insert((url.scheme(), place));
    if *scheme != url.scheme() && url.port().is_none() {
        let line = first.source().position(first.span().start).line;
        let message = format!("the feed in line {line} has the same address, but for {scheme}://");
        let hint = "keep the one with https://, or both if they differ";
        report.add(Problem::warning(place, Kind::DuplicateName, message).hint(hint));
    }
}

fn feed(raw: &RawFeed, defaults: &Defaults, report: &Report) -> Option<Feed> {
    let every = raw.every.as_ref().and_then(|written| {
        let every = poll::every(written, report)?;
        if let Some(outside) = poll::outside(every, defaults) {
            let message = format!("{} is {outside}", quoted(&written.value));
            let problem = Problem::warning(&written.place, Kind::Conflict, message);
            report.add(problem.hint("the feed is polled by its own interval all the same"));
        }
        Some(every)
    });
    let first_poll = raw
        .first_poll
        .as_ref()
        .and_then(|first_poll| poll::first_poll(first_poll, report));
    let tags = raw.tags.iter().flat_map(|tags| &tags.value);
    let feed_tags = tags
        .filter(|tag| names::check(tag, report))
        .map(|tag| tag.value.clone())
        .collect();
    let article = raw
        .article
        .as_ref()
        .map_or(ArticleMode::Auto, |article| article_mode(article, report));
    let written = raw.url.as_ref()?;
    let url = names::web_address(written, report)?;
    if !url.username().is_empty() || url.password().is_some() {
        let message = "the address holds a user name or a password, in a file that more people may see than should";
        let hint = "write it beside the address: auth = { username = \"NAME\", password = { file = \"PATH\" } }";
        report.add(Problem::warning(&written.place, Kind::Secret, message).hint(hint));
    }
    Some(Feed {
        url,
        name: raw.name.as_ref().map(|name| name.value.clone()),
        every: every.unwrap_or(defaults.every),
        adapts: every.is_none(),
        first_poll: first_poll.unwrap_or(defaults.first_poll),
        tags: feed_tags,
        article,
        listing: raw
            .listing
            .as_ref()
            .and_then(|listing| listing_rule(listing, report)),
    })
}

/// A feed's name must not read like a tag where a watch names feeds.
fn is_feed_name(name: &At<String>, report: &Report) -> bool {
    if name.value.starts_with(TAG_PREFIX) {
        let message = format!("{} cannot be a name", quoted(&name.value));
        let hint = "names that begin with tag: stand for tags in the feeds of a watch";
        report.add(Problem::error(&name.place, Kind::BadValue, message).hint(hint));
        return false;
    }
    names::check(name, report)
}

fn article_mode(raw: &RawArticle, report: &Report) -> ArticleMode {
    let word = match raw {
        RawArticle::Rule(rule) => return ArticleMode::Rule(Box::new(site_rule(rule, report))),
        RawArticle::Word(word) => word,
    };
    let words = [("auto", false), ("never", true)];
    let otherwise = "a table, for example { body = \"article p\" }";
    match one_of(word, "an answer here", &words, otherwise, report) {
        Some(true) => ArticleMode::Never,
        _ => ArticleMode::Auto,
    }
}

/// Checks the selectors one by one, so that each that is wrong is told.
pub(super) fn site_rule(raw: &RawRule, report: &Report) -> SiteRule {
    let mut rule = SiteRule::default();
    for (written, slot) in [
        (&raw.body, &mut rule.body),
        (&raw.title, &mut rule.title),
        (&raw.byline, &mut rule.byline),
        (&raw.published, &mut rule.published),
        (&raw.next, &mut rule.next),
    ] {
        if let Some(selector) = written
            && is_selector(selector, report)
        {
            *slot = Some(selector.value.clone());
        }
    }
    for selector in raw.remove.iter().flat_map(|list| &list.value) {
        if is_selector(selector, report) {
            rule.remove.push(selector.value.clone());
        }
    }
    let phrases = raw.strip.iter().flat_map(|list| &list.value);
    rule.strip = phrases.map(|phrase| phrase.value.clone()).collect();
    rule.url = raw.url.as_ref().and_then(|url| rewrite(url, report));
    if raw.is_empty {
        let message = "the table has no selector";
        let hint = "write for example { body = \"article p\" }, or \"auto\"";
        report.add(Problem::warning(&raw.place, Kind::Empty, message).hint(hint));
    }
    rule
}

fn rewrite(raw: &RawRewrite, report: &Report) -> Option<AddressRewrite> {
    let (pattern, replace) = (raw.pattern.as_ref()?, raw.replace.as_ref()?);
    if let Err(error) = extract::check_pattern(&pattern.value) {
        let (message, hint, place) = selectors::pattern_explained(pattern, &error);
        report.add(Problem::error(&place, Kind::BadValue, message).hint(hint));
        return None;
    }
    Some(AddressRewrite {
        pattern: pattern.value.clone(),
        replace: replace.value.clone(),
    })
}

/// Checks the selectors of a listing page one by one.
fn listing_rule(raw: &RawListing, report: &Report) -> Option<ListingRule> {
    let checked = |written: &Option<At<String>>| {
        written
            .as_ref()
            .filter(|selector| is_selector(selector, report))
            .map(|selector| selector.value.clone())
    };
    let (link, title, date) = (checked(&raw.link), checked(&raw.title), checked(&raw.date));
    Some(ListingRule {
        item: checked(&raw.item)?,
        link,
        title,
        date,
    })
}

fn is_selector(selector: &At<String>, report: &Report) -> bool {
    let Err(error) = extract::check_selector(&selector.value) else {
        return true;
    };
    let (message, hint) = selectors::explained(&selector.value, &error);
    report.add(Problem::error(&selector.place, Kind::BadValue, message).hint(hint));
    false
}
