//! A sign of life.

use super::{counted, empty, grouped, many, stop_link, to_whom, zone_line};
use crate::domain::HeartbeatFacts;
use crate::render::escape::one_line;
use crate::render::message::{Block, Message, Rich, Telling, Tone};
use crate::render::times;

/// Sources that are named.
const MAX_NAMED: usize = 10;

/// A sign of life; it never says that all is well while something fails.
pub(super) fn heartbeat(telling: &Telling<'_>, facts: &HeartbeatFacts) -> Message {
    let failing = many(facts.failing.len());
    let well = facts.sources.saturating_sub(failing);
    let place = telling.reader.machine.as_deref().map_or_else(
        || "the machine that runs newswatch".to_owned(),
        |host| one_line(host, 120),
    );
    let by = facts
        .next_by
        .map(|at| times::full(at, &telling.reader.zone, telling.now));
    let mut blocks = vec![Block::Facts(rows(telling, facts))];
    if let Some(by) = &by {
        blocks.push(Block::Text(
            Rich::plain("If no such message has come by ")
                .bold(by.clone())
                .and(format!(", look at {place}.")),
        ));
    }
    Message {
        from_name: "newswatch health".to_owned(),
        subject: format!(
            "Running: {} of {} sources, {}",
            grouped(well),
            grouped(facts.sources),
            counted(facts.raised, "alert", "alerts")
        ),
        preheader: by
            .map(|by| format!("Next by {by}; else look at {place}"))
            .unwrap_or_default(),
        list: "health".to_owned(),
        badge: Some((Tone::Good, "Running".to_owned())),
        heading: heading(failing, facts.given_up),
        blocks,
        foot: vec![
            Rich::plain(format!("A sign of life{}.", to_whom(telling))),
            stop_link(telling, None, "Stop all mails").unwrap_or_default(),
            zone_line(telling, ""),
        ],
        ..empty("heartbeat")
    }
}

fn heading(failing: u64, given_up: u64) -> String {
    match (failing, given_up) {
        (0, 0) => "newswatch runs, all sources well".to_owned(),
        (0, given_up) => format!(
            "newswatch runs, {} given up",
            counted(given_up, "alert", "alerts")
        ),
        (failing, _) => format!(
            "newswatch runs, {} failing",
            counted(failing, "source", "sources")
        ),
    }
}

/// What is known, a line each; what is not known has none.
fn rows(telling: &Telling<'_>, facts: &HeartbeatFacts) -> Vec<(String, Rich)> {
    let since = facts.since.map(|at| {
        let at = times::full(at, &telling.reader.zone, telling.now);
        format!("{at}, without a break")
    });
    let alerts = format!(
        "{} raised, {} delivered, {} waiting, {} given up",
        grouped(facts.raised),
        grouped(facts.delivered),
        grouped(facts.waiting),
        grouped(facts.given_up)
    );
    [
        ("Since", since),
        ("Sources", Some(sources(facts))),
        ("Read", read(facts)),
        ("Alerts", Some(alerts)),
        ("Speed", speed(facts)),
        ("Disk", disk(facts)),
    ]
    .into_iter()
    .filter_map(|(name, value)| Some((name.to_owned(), Rich::plain(value?))))
    .collect()
}

/// `240 watched, 238 well, 2 failing (Harbour Post, Delta Times)`
fn sources(facts: &HeartbeatFacts) -> String {
    let failing = many(facts.failing.len());
    let well = facts.sources.saturating_sub(failing);
    let sources = format!("{} watched, {} well", grouped(facts.sources), grouped(well));
    let of_kind = |count: u64, kind: &str| match count {
        0 => String::new(),
        count => format!(", {} {kind}", grouped(count)),
    };
    let silent = of_kind(facts.silent, "silent");
    let walled = of_kind(facts.walled, "behind a wall");
    let sources = format!("{sources}{silent}{walled}");
    if failing == 0 {
        return sources;
    }
    let names = facts.failing.iter().take(MAX_NAMED);
    let names: Vec<String> = names.map(|name| one_line(name, 80)).collect();
    format!("{sources}, {failing} failing ({})", names.join(", "))
}

/// `1,204 articles in full, 31 by headline and summary only`
fn read(facts: &HeartbeatFacts) -> Option<String> {
    (facts.in_full + facts.summary_only > 0).then(|| {
        format!(
            "{} in full, {} by headline and summary only",
            counted(facts.in_full, "article", "articles"),
            grouped(facts.summary_only)
        )
    })
}

/// `half of all alerts within 4 min of publication, 99 % within 20 min`
fn speed(facts: &HeartbeatFacts) -> Option<String> {
    let half = times::span(facts.half_within_s?);
    let most = facts
        .most_within_s
        .map(|most| format!(", 99 % within {}", times::span(most)))
        .unwrap_or_default();
    Some(format!(
        "half of all alerts within {half} of publication{most}"
    ))
}

/// `412 MB, 38 GB free`
fn disk(facts: &HeartbeatFacts) -> Option<String> {
    let free = facts
        .free_bytes
        .map(|free| format!(", {} free", size(free)))
        .unwrap_or_default();
    Some(format!("{}{free}", size(facts.disk_bytes?)))
}

/// `412 MB`, `38 GB`
fn size(bytes: u64) -> String {
    match bytes {
        0..1_000_000 => format!("{} kB", bytes.div_ceil(1000)),
        1_000_000..1_000_000_000 => format!("{} MB", bytes / 1_000_000),
        _ => format!("{} GB", bytes / 1_000_000_000),
    }
}
