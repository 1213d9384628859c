//! What is wrong with newswatch itself: what is found in the store, and what the service finds by itself.

use std::time::Duration;

use crate::domain::{
    ChannelState, Finding, HealthEvent, HealthPage, HealthState, Moves, Observed, Timestamp,
    TroubledChannel, TroubledFeed,
};

const MINUTE: Duration = Duration::from_mins(1);
const DAY: Duration = Duration::from_hours(24);

/// How long a channel fails before somebody else is told.
const CHANNEL_FAILS: Duration = Duration::from_mins(15);

/// How long, or at how many polls in a row, a feed fails before somebody is told.
const FEED_FAILS: Duration = DAY;
const FEED_FAILURES: u32 = 10;

/// How long the pages of a feed cannot be used before somebody is told.
const PAGES_FAIL: Duration = Duration::from_hours(6);

/// A feed is silent when it has had nothing new for so many times its longest pause of the last weeks, and for so long at
/// least: who rests at weekends is not silent on a Sunday. Its rhythm is known from so many pauses on.
const SILENT_PAUSES: u32 = 3;
const SILENT_FOR: Duration = DAY;
const KNOWN_BY_PAUSES: u32 = 5;

/// Until a feed has been read for so long, its weekends are not known, and only what is longer than a long one counts.
const KNOWN_AFTER: Duration = Duration::from_hours(14 * 24);
const LONG_WEEKEND: Duration = Duration::from_hours(4 * 24);

/// How long the oldest work of a stage waits before it counts as not moving.
const STAGE_STANDS: Duration = Duration::from_mins(10);

/// The stages whose work is looked at.
const STAGES: [&str; 6] = ["poll", "scrape", "flag", "gather", "notify", "retain"];

/// What is wrong now, of what can be read from the store.
#[must_use]
pub fn findings(observed: &Observed, now: Timestamp) -> Vec<Finding> {
    let mut found = Vec::new();
    for channel in &observed.channels {
        found.extend(failing_channel(channel, now));
        found.extend(gave_up(channel));
    }
    for feed in &observed.feeds {
        found.extend(failing_feed(feed, now));
        found.extend(failing_pages(feed, now));
        found.extend(silent_feed(feed, now));
    }
    for (stage, since) in &observed.waiting {
        found.extend(standing_stage(stage, *since, now));
    }
    found
}

/// The name under which it is remembered that a stage does not move.
#[must_use]
pub fn stage_key(stage: &str) -> String {
    format!("stage:{stage}")
}

/// What was observed, with the stages seen as they move: one that has done something since its oldest work came is late at
/// most, and one of which it was said that it stands still stands until it does something.
#[must_use]
pub fn as_stages_move(observed: &Observed, moves: &Moves) -> Observed {
    let mut seen = observed.clone();
    for (stage, since) in &mut seen.waiting {
        *since = moves.last(stage).max(*since);
    }
    for stage in STAGES {
        let key = stage_key(stage);
        let known = observed.known.iter().find(|known| known.key == key);
        let Some(since) = known.and_then(|known| known.event.since) else {
            continue;
        };
        let waits = seen.waiting.iter().any(|(name, _)| *name == stage);
        if !waits && moves.last(stage) <= since {
            seen.waiting.push((stage, since));
        }
    }
    seen
}

/// What refuses, when the store takes nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refuser {
    /// There is no room, or it can only be read.
    Disk,
    /// The database: its server is away, or somebody else holds it.
    Database,
}

/// The name under which it is remembered that the store takes nothing.
pub const STORE: &str = "store";

/// The store has taken nothing since a time.
#[must_use]
pub fn refusing_store(refuser: Refuser, reason: &str, since: Timestamp) -> Finding {
    let (subject, to_do) = match refuser {
        Refuser::Disk => ("The disk", "Make room, or make it writable"),
        Refuser::Database => (
            "The database",
            "See that its server runs and can be reached",
        ),
    };
    Finding {
        key: STORE.to_owned(),
        channel: None,
        ends: true,
        event: HealthEvent {
            subject: subject.to_owned(),
            what: "takes nothing".to_owned(),
            effect: Some(
                "Polling waits, and no article counts as seen: nothing is lost.".to_owned(),
            ),
            answer: Some(reason.to_owned()),
            since: Some(since),
            to_do: Some(format!("{to_do}; newswatch goes on by itself.")),
            ..HealthEvent::default()
        },
    }
}

/// The clock was set: back, or forward by more than time has passed.
#[must_use]
pub fn jumped_clock(by_s: i64, now: Timestamp) -> Finding {
    let direction = if by_s < 0 { "back" } else { "forward" };
    Finding {
        key: "clock".to_owned(),
        channel: None,
        ends: false,
        event: HealthEvent {
            subject: "The clock".to_owned(),
            what: format!("jumped {direction} by {} s", by_s.abs()),
            effect: Some("What waited by it waits from now; no alert is repeated.".to_owned()),
            since: Some(now),
            to_do: Some("Look after the machine's time synchronisation.".to_owned()),
            ..HealthEvent::default()
        },
    }
}

fn has_lasted(since: Option<Timestamp>, time: Duration, now: Timestamp) -> bool {
    since.is_some_and(|since| crate::schedule::after(since, time) <= now)
}

fn failing_channel(channel: &TroubledChannel, now: Timestamp) -> Option<Finding> {
    let (what, to_do) = match channel.state {
        ChannelState::Ok => return None,
        ChannelState::Failing | ChannelState::Paused => {
            if !has_lasted(channel.failing_since, CHANNEL_FAILS, now) {
                return None;
            }
            ("takes no messages", None)
        }
        ChannelState::Misconfigured => (
            "refuses every message",
            Some(
                "Look at its settings; `newswatch notify test` shows what the other side answers.",
            ),
        ),
        ChannelState::Gone => (
            "says that it is gone for good",
            Some(
                "Change its address, then `newswatch alerts retry --channel NAME`, or move what waits with --to.",
            ),
        ),
    };
    Some(Finding {
        key: format!("channel:{}", channel.name),
        channel: Some(channel.name.clone()),
        ends: true,
        event: HealthEvent {
            subject: format!("Channel {}", channel.name),
            what: what.to_owned(),
            effect: Some(match channel.waiting {
                0 => "Nothing waits for it.".to_owned(),
                1 => "1 alert waits for it.".to_owned(),
                waiting => format!("{waiting} alerts wait for it."),
            }),
            answer: channel.error.clone(),
            since: channel.failing_since,
            next_try: channel.next_try.filter(|at| *at > now),
            to_do: to_do.map(str::to_owned),
            page: Some(HealthPage::Deliveries),
            ..HealthEvent::default()
        },
    })
}

fn gave_up(channel: &TroubledChannel) -> Option<Finding> {
    let (count, reason) = &channel.given_up;
    if *count == 0 {
        return None;
    }
    Some(Finding {
        key: format!("given-up:{}", channel.name),
        channel: Some(channel.name.clone()),
        ends: false,
        event: HealthEvent {
            state: HealthState::GaveUp,
            subject: format!("Channel {}", channel.name),
            what: if *count == 1 {
                "did not get 1 message".to_owned()
            } else {
                format!("did not get {count} messages")
            },
            answer: reason.clone(),
            to_do: Some(
                "They are kept: `newswatch alerts list --state abandoned`, `newswatch alerts retry`."
                    .to_owned(),
            ),
            page: Some(HealthPage::Deliveries),
            ..HealthEvent::default()
        },
    })
}

fn failing_feed(feed: &TroubledFeed, now: Timestamp) -> Option<Finding> {
    let fails = feed.failures >= FEED_FAILURES
        || feed.failures > 0 && has_lasted(feed.failing_since, FEED_FAILS, now);
    if !fails && !feed.is_gone {
        return None;
    }
    Some(Finding {
        key: format!("feed:{}", feed.url),
        channel: None,
        ends: true,
        event: HealthEvent {
            subject: format!("Feed {}", feed.name),
            what: if feed.is_gone {
                "is gone, says its server".to_owned()
            } else {
                format!("failed at {} polls in a row", feed.failures)
            },
            effect: usual_a_day(feed)
                .map(|a_day| format!("About {a_day} articles a day are not seen.")),
            answer: feed.error.clone(),
            since: feed.failing_since,
            before: feed.last_success_at,
            next_try: (!feed.is_gone).then_some(feed.next_poll_at),
            page: Some(HealthPage::Feeds),
            ..HealthEvent::default()
        },
    })
}

fn failing_pages(feed: &TroubledFeed, now: Timestamp) -> Option<Finding> {
    if !has_lasted(feed.pages_failing_since, PAGES_FAIL, now) {
        return None;
    }
    Some(Finding {
        key: format!("pages:{}", feed.url),
        channel: None,
        ends: true,
        event: HealthEvent {
            subject: format!("Pages of {}", feed.name),
            what: "cannot be read in full".to_owned(),
            effect: Some("Its articles are searched by headline and summary alone.".to_owned()),
            answer: feed.page_problem.clone(),
            since: feed.pages_failing_since,
            to_do: Some(
                "`newswatch extract --explain URL` shows what is found on a page, and whether a rule still fits."
                    .to_owned(),
            ),
            page: Some(HealthPage::Feeds),
            ..HealthEvent::default()
        },
    })
}

/// How many articles a feed has on a usual day, where they are many enough to tell.
fn usual_a_day(feed: &TroubledFeed) -> Option<u64> {
    if feed.gaps < KNOWN_BY_PAUSES {
        return None;
    }
    let span = feed.last_new_at?.duration_since(feed.first_success_at?);
    let seconds = u64::try_from(span.as_secs()).ok()?.max(MINUTE.as_secs());
    Some(u64::from(feed.news) * DAY.as_secs() / seconds).filter(|a_day| *a_day > 0)
}

fn silent_feed(feed: &TroubledFeed, now: Timestamp) -> Option<Finding> {
    if feed.failures > 0 || feed.is_gone {
        return None;
    }
    let is_known = has_lasted(feed.first_success_at, KNOWN_AFTER, now);
    let least = if is_known { SILENT_FOR } else { LONG_WEEKEND };
    let long = (feed.longest_gap * SILENT_PAUSES).max(least);
    if feed.gaps < KNOWN_BY_PAUSES || !has_lasted(feed.last_new_at, long, now) {
        return None;
    }
    Some(Finding {
        key: format!("silent:{}", feed.url),
        channel: None,
        ends: true,
        event: HealthEvent {
            subject: format!("Feed {}", feed.name),
            what: "is read without an error and has nothing new".to_owned(),
            effect: usual_a_day(feed)
                .map(|a_day| format!("Usually it has about {a_day} articles a day.")),
            since: feed.last_new_at,
            to_do: Some(
                "See whether the site has another feed: `newswatch feeds discover`.".into(),
            ),
            page: Some(HealthPage::Feeds),
            ..HealthEvent::default()
        },
    })
}

fn standing_stage(stage: &str, since: Timestamp, now: Timestamp) -> Option<Finding> {
    if !has_lasted(Some(since), STAGE_STANDS, now) {
        return None;
    }
    Some(Finding {
        key: stage_key(stage),
        channel: None,
        ends: true,
        event: HealthEvent {
            subject: format!("The stage {stage}"),
            what: "does not move".to_owned(),
            effect: Some("Its oldest work waits longer than it should; alerts come late.".into()),
            since: Some(since),
            to_do: Some("See the log; a restart takes the work up again.".to_owned()),
            ..HealthEvent::default()
        },
    })
}
