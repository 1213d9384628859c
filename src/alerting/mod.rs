//! From matches to alerts: which entries are news, which watches look at a feed, who is told.
//!
//! A match walks a chain of gates; each lets it pass or holds it with a reason that is kept.

mod bundle;
mod gates;
pub mod health;
mod notice;
mod route;
mod silence;
mod told;
mod way;

#[cfg(test)]
mod tests;

use std::time::Duration;

use crate::domain::{
    Alert, AlertId, Article, Bundle, ChannelPolicy, Desk, Destination, Entry, EntryId, EntryKey,
    Feed, FirstPoll, Held, Inquiry, InstallationId, Leg, Match, Past, Question, Raised, Reading,
    Route, Silence, TextBasis, TextState, Timestamp, Wait, Watch, WatchName,
};

pub use bundle::{bundle, digest_facts, name_themes, themes};
pub use notice::notices;
pub use route::{Routed, destinations, fitting};
pub use silence::{Subject, means};
pub use told::{Told, of_story, started, told};
pub use way::{Policies, update_at};

/// Splits the entries of a poll into those that are to be read and those that only count as seen.
#[must_use]
pub fn news(
    entries: Vec<Entry>,
    is_first_poll: bool,
    policy: FirstPoll,
    now: Timestamp,
) -> (Vec<Entry>, Vec<Entry>) {
    if !is_first_poll {
        return (entries, Vec::new());
    }
    match policy {
        FirstPoll::Alert => (entries, Vec::new()),
        FirstPoll::Skip => (Vec::new(), entries),
        FirstPoll::Within(age) => entries
            .into_iter()
            .partition(|entry| is_younger(entry, age, now)),
    }
}

fn is_younger(entry: &Entry, age: Duration, now: Timestamp) -> bool {
    entry
        .published
        .or(entry.updated)
        .and_then(|published| published.checked_add(age).ok())
        .is_some_and(|end| end >= now)
}

/// Whether a watch looks at a feed, here known by its configured name and its own title.
#[must_use]
pub fn looks_at(watch: &Watch, feed: &Feed, feed_title: Option<&str>) -> bool {
    watch.feeds.is_empty()
        || watch
            .feeds
            .iter()
            .any(|selector| route::is_of(selector, feed, feed_title))
}

/// An article that matched, and what was decided before about the report it belongs to.
#[derive(Debug, Clone, Copy)]
pub struct Candidate<'a> {
    /// This installation.
    pub installation: &'a InstallationId,
    /// The entry the article was made of.
    pub entry: EntryId,
    /// The key by which its entry is known best.
    pub key: &'a EntryKey,
    /// Its feed.
    pub feed: &'a Feed,
    /// The feed's own title.
    pub feed_title: Option<&'a str>,
    /// The article.
    pub article: &'a Article,
    /// When its entry was found.
    pub found_at: Timestamp,
    /// What was decided before about its report.
    pub past: &'a Past,
}

/// What holds whatever the article is.
#[derive(Debug, Clone, Copy)]
pub struct Rules<'a> {
    /// The watches, in the order of the configuration.
    pub watches: &'a [Watch],
    /// How each channel wants its messages.
    pub policies: &'a Policies,
    /// The ways of alerts beside those of their watches.
    pub routes: &'a [Route],
}

/// What becomes of a match.
#[derive(Debug, Clone, PartialEq)]
pub enum Decision {
    /// People are told, now or later.
    Raise(Box<Raised>),
    /// Nobody is told, for a reason that is kept.
    Hold(Held),
}

/// What has to be known before it can be decided about the matches of these watches.
#[must_use]
pub fn inquiry<'a>(
    watches: impl IntoIterator<Item = &'a Watch>,
    rules: &Rules<'_>,
    now: Timestamp,
) -> Inquiry {
    let mut inquiry = Inquiry::default();
    let mut asked: Vec<Destination> = Vec::new();
    for watch in watches {
        if watch.cooldown.is_some() && !inquiry.watches.contains(&watch.name) {
            inquiry.watches.push(watch.name.clone());
        }
        let routed = rules.routes.iter().flat_map(|route| &route.notify);
        for destination in watch.notify.iter().chain(routed) {
            if !asked.contains(destination) {
                asked.push(destination.clone());
            }
        }
    }
    inquiry.receivers = asked
        .into_iter()
        .map(|destination| question(destination, rules.policies, now))
        .collect();
    inquiry
}

/// What has to be known of a receiver.
#[must_use]
pub fn question(destination: Destination, policies: &Policies, now: Timestamp) -> Question {
    let policy = policies.get(&destination.channel);
    let back = |time| now.checked_sub(time).unwrap_or(Timestamp::MIN);
    let storm = policy.and_then(|policy| policy.storm);
    let per_hour = policy.and_then(|policy| policy.per_hour);
    Question {
        alerts: storm.map(|storm| (storm.more_than.saturating_add(1), back(storm.within))),
        messages: match (per_hour, storm) {
            (Some(most), _) => Some((most.max(10), back(Duration::from_hours(1)))),
            (None, Some(_)) => Some((10, back(Duration::from_mins(1)))),
            (None, None) => None,
        },
        destination,
    }
}

/// Decides whether a match raises an alert, and when it goes where; `firing` are the watches that fire on the article.
#[must_use]
pub fn decide(
    (watch, found): (&Watch, Match),
    firing: &[&Watch],
    candidate: &Candidate<'_>,
    rules: &Rules<'_>,
    desk: &mut Desk,
    now: Timestamp,
) -> Decision {
    if let Some(reason) = gates::hold(watch, firing, candidate, rules.watches, now) {
        return Decision::Hold(Held { found, reason });
    }
    let silence = silence::holding(&desk.silences, &watch.name, candidate, now).cloned();
    let told_at = told_at(watch, silence.is_some(), desk, now);
    let mut alert = alert(watch, found, candidate, now);
    if silence.is_none() {
        alert.notes = silence::ended(desk, &watch.name, candidate, now);
    }
    let traveller = way::Traveller {
        watch: &watch.name,
        entry: candidate.entry,
        priority: watch.priority,
        silence: silence.as_ref(),
        told_at,
    };
    let legs = legs(watch, &traveller, candidate, rules, desk, now);
    Decision::Raise(Box::new(Raised {
        alert,
        episode: 0,
        told_at,
        legs,
        visit_at: crate::schedule::next_visit([(now, &watch.revisit[..])], now),
    }))
}

/// Tells whether a silence in force keeps what is new of an alert from people.
#[must_use]
pub fn is_silenced(
    silences: &[Silence],
    watch: &WatchName,
    candidate: &Candidate<'_>,
    now: Timestamp,
) -> bool {
    silence::holding(silences, watch, candidate, now).is_some()
}

/// When the watch lets people be told: now, or together with what comes at the end of its cooldown.
fn told_at(watch: &Watch, is_silenced: bool, desk: &mut Desk, now: Timestamp) -> Timestamp {
    let Some(cooldown) = watch.cooldown else {
        return now;
    };
    let last = desk.told_at.get(&watch.name).copied();
    let told_at = match last {
        // Those that wait for the end of the cooldown are one message.
        Some(last) if last > now => last,
        Some(last) => crate::schedule::after(last, cooldown).max(now),
        None => now,
    };
    if is_silenced {
        // Nobody is told, so nothing has to cool down.
        return last.unwrap_or(Timestamp::UNIX_EPOCH);
    }
    desk.told_at.insert(watch.name.clone(), told_at);
    told_at
}

/// The ways of an alert to people, and the ways to others if nobody acknowledges it.
fn legs(
    watch: &Watch,
    traveller: &way::Traveller<'_>,
    candidate: &Candidate<'_>,
    rules: &Rules<'_>,
    desk: &mut Desk,
    now: Timestamp,
) -> Vec<Leg> {
    let routed = Routed {
        watch,
        feed: Some(candidate.feed),
        feed_title: candidate.feed_title,
        language: candidate.article.lang.as_deref(),
        priority: watch.priority,
    };
    let mut legs: Vec<Leg> = Vec::new();
    for destination in route::destinations(&routed, rules.routes, now) {
        let reception = desk.receptions.entry(destination.clone()).or_default();
        let plain = ChannelPolicy::default();
        let policy = rules.policies.get(&destination.channel).unwrap_or(&plain);
        legs.push(way::leg(traveller, &destination, policy, reception, now));
    }
    let mut later: Vec<Leg> = Vec::new();
    for leg in legs.iter().filter(|leg| leg.held.is_none()) {
        let from = &leg.destination.channel;
        let policy = rules.policies.get(from);
        let Some(escalate) = policy.and_then(|policy| policy.escalate.as_ref()) else {
            continue;
        };
        let at = crate::schedule::after(leg.not_before.max(now), escalate.after);
        for to in &escalate.to {
            if legs.iter().chain(&later).all(|leg| leg.destination != *to) {
                later.push(Leg {
                    destination: to.clone(),
                    bundle: Bundle::Alone,
                    not_before: at,
                    waits: Some(Wait::Escalation {
                        from: from.0.clone(),
                        at,
                    }),
                    held: None,
                });
            }
        }
    }
    legs.extend(later);
    legs
}

fn alert(watch: &Watch, found: Match, candidate: &Candidate<'_>, now: Timestamp) -> Alert {
    let article = candidate.article;
    // A guid is unique within its feed alone, so the feed's address belongs to the name of an entry.
    let entry = format!("{}\n{}", candidate.feed.url, candidate.key.0);
    Alert {
        id: AlertId::derive(candidate.installation, &watch.name.0, &entry),
        found,
        priority: watch.priority,
        report: candidate.past.report,
        entry: candidate.entry,
        feeds: Vec::new(),
        title: article.title.clone(),
        url: article.url.clone(),
        source: article.site.clone(),
        published: article.published,
        summary_only: article.basis.problem().is_some(),
        reading: reading(article, candidate.found_at),
        notes: Vec::new(),
        raised_at: now,
    }
}

/// How an article was read, and why no more of it.
fn reading(article: &Article, found_at: Timestamp) -> Reading {
    let has_text = !article.text.trim().is_empty();
    let text = match &article.basis {
        TextBasis::Page => TextState::Full,
        TextBasis::Beginning { .. } => TextState::Beginning,
        TextBasis::Feed { .. } | TextBasis::FeedForNow { .. } if has_text => TextState::Summary,
        TextBasis::Feed { .. } | TextBasis::FeedForNow { .. } => TextState::Headline,
    };
    let reason = match &article.basis {
        TextBasis::Feed { page_problem: None } if article.url.is_none() => {
            Some("the feed gave no link".to_owned())
        }
        basis => basis.problem().map(str::to_owned),
    };
    Reading {
        lang: article.lang.clone(),
        text,
        text_reason: reason,
        found_at: Some(found_at),
        ..Reading::default()
    }
}
