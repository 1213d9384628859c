//! One message of each kind, to see what a channel makes of it.

use url::Url;

use crate::domain::{
    Addition, Alert, AlertId, ChannelName, CoverageFacts, DigestFacts, EntryId, FailingSource,
    FoundPlace, FoundWords, HealthEvent, HealthFacts, HeartbeatFacts, InstallationId,
    LocalTimestamp, Match, Occasion, Outlet, Passage, Priority, Quote, Reading, ReportId,
    SpikeFacts, StormFacts, StormSource, ThemeFacts, Timestamp, UpdateFacts, WatchName,
};

/// Where the samples lead: a page that is there for examples (RFC 2606 §3).
const LINK: &str = "https://example.org/newswatch-test";

/// The kinds that there are.
pub const KINDS: [&str; 8] = [
    "alert",
    "group",
    "update",
    "digest",
    "storm",
    "spike",
    "health",
    "heartbeat",
];

/// The kinds that a word asks for; none where it is no kind.
#[must_use]
pub fn kinds(word: &str) -> Vec<&'static str> {
    let is_meant = |kind: &&str| word == "all" || *kind == word;
    KINDS.into_iter().filter(is_meant).collect()
}

/// A message of a kind.
#[must_use]
pub fn message(kind: &str, channel: &ChannelName, now: Timestamp) -> (Vec<Alert>, Occasion) {
    let one = || vec![alert(channel, now, 1)];
    let three = || (1..=3).map(|number| alert(channel, now, number)).collect();
    match kind {
        "group" => (three(), Occasion::Group),
        "update" => (one(), Occasion::Update(update(now))),
        "digest" => (three(), Occasion::Digest(digest(now))),
        "storm" => (three(), Occasion::Storm(storm(now))),
        "spike" => (three(), Occasion::Spike(spike(now))),
        "health" => (Vec::new(), Occasion::Health(health(now))),
        "heartbeat" => (Vec::new(), Occasion::Heartbeat(heartbeat(now))),
        _ => (one(), Occasion::Alert),
    }
}

fn alert(channel: &ChannelName, now: Timestamp, number: usize) -> Alert {
    let watch = WatchName("test".into());
    let sentence = "This is a test alert: if you read it, the channel works.";
    Alert {
        id: AlertId::derive(
            &InstallationId("test".into()),
            &watch.0,
            &format!("{channel} {now} {number}"),
        ),
        found: Match {
            watch,
            score: 1.0,
            terms: vec!["test alert".into()],
            sentence: sentence.into(),
            quote: Quote {
                title_marks: Vec::new(),
                passages: vec![passage(sentence, 10..20)],
                found: vec![FoundWords {
                    text: "test alert".into(),
                    places: vec![FoundPlace::Paragraph(1)],
                }],
            },
        },
        priority: Priority::Normal,
        report: ReportId(i64::try_from(number).unwrap_or_default()),
        entry: EntryId(0),
        feeds: vec!["newswatch".into()],
        title: if number == 1 {
            "Test alert of newswatch".to_owned()
        } else {
            format!("Test alert {number} of newswatch")
        },
        url: Url::parse(LINK).ok(),
        source: Some("newswatch".into()),
        published: Some(LocalTimestamp::utc(now)),
        summary_only: false,
        reading: Reading::default(),
        notes: Vec::new(),
        raised_at: now,
    }
}

fn passage(text: &str, mark: std::ops::Range<usize>) -> Passage {
    Passage {
        text: text.to_owned(),
        paragraph: Some(1),
        of_feed: false,
        marks: vec![mark],
    }
}

fn ago(now: Timestamp, hours: u64) -> Option<Timestamp> {
    now.checked_sub(std::time::Duration::from_secs(hours * 3600))
        .ok()
}

fn update(now: Timestamp) -> UpdateFacts {
    UpdateFacts {
        told_at: ago(now, 2),
        outlets: 3,
        additions: vec![Addition {
            outlet: Outlet {
                name: "Sample Ledger".into(),
                published: ago(now, 1),
                ..Outlet::default()
            },
            lang: Some("en".into()),
            passages: vec![passage("This outlet adds a test sentence.", 19..23)],
        }],
        also_in: vec![Outlet {
            name: "Sample Wire".into(),
            is_copy: true,
            ..Outlet::default()
        }],
        ..UpdateFacts::default()
    }
}

fn digest(now: Timestamp) -> DigestFacts {
    DigestFacts {
        is_whole: true,
        from: ago(now, 24),
        until: Some(now),
        sent_at_once: 1,
        themes: vec![ThemeFacts {
            watch: "test".into(),
            usual: Some(1.0),
        }],
        held: vec![("older than 7 days".into(), 2)],
        coverage: Some(CoverageFacts {
            sources: 3,
            failing: vec![FailingSource {
                name: "Sample Radio".into(),
                reason: "the server answered 403".into(),
                since: ago(now, 30),
            }],
            in_full: 41,
            summary_only: vec![("behind a subscription".into(), 2)],
        }),
        schedule: Some("a test of the digest".into()),
    }
}

fn storm(now: Timestamp) -> StormFacts {
    StormFacts {
        from: ago(now, 1),
        until: now.checked_add(std::time::Duration::from_mins(10)).ok(),
        alerts: 214,
        more_than: 20,
        within_s: 60,
        sources: vec![StormSource {
            watch: "test".into(),
            alerts: 214,
            usual_a_day: Some(11.0),
            feed: Some(("Sample Daily".into(), 187, Some(3.0))),
        }],
        cause: Some("This is a test of the message that a storm of alerts makes.".into()),
        ..StormFacts::default()
    }
}

fn spike(now: Timestamp) -> SpikeFacts {
    SpikeFacts {
        watch: "test".into(),
        from: ago(now, 6),
        until: Some(now),
        stories: 12,
        usual: 1.5,
        alerts: Vec::new(),
    }
}

fn health(now: Timestamp) -> HealthFacts {
    HealthFacts {
        events: vec![HealthEvent {
            subject: "Feed Sample Radio".into(),
            what: "refuses our requests (a test)".into(),
            effect: Some("You see nothing from this source until it is mended.".into()),
            answer: Some("HTTP 403 Forbidden, 31 times in a row".into()),
            since: ago(now, 30),
            next_try: now.checked_add(std::time::Duration::from_hours(1)).ok(),
            to_do: Some("Nothing: this is a test.".into()),
            ..HealthEvent::default()
        }],
    }
}

fn heartbeat(now: Timestamp) -> HeartbeatFacts {
    HeartbeatFacts {
        since: ago(now, 24),
        next_by: now.checked_add(std::time::Duration::from_hours(24)).ok(),
        sources: 3,
        failing: vec!["Sample Radio".into()],
        raised: 5,
        delivered: 5,
        half_within_s: Some(240),
        most_within_s: Some(960),
        ..HeartbeatFacts::default()
    }
}
