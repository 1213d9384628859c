//! What was collected until a time of the day.

use std::collections::BTreeMap;

use url::Url;

use super::{
    by_urgency, by_watch, counted, empty, grouped, listed, many, number, stop_link, to_whom,
    zone_line,
};
use crate::domain::{Alert, DigestFacts, Priority};
use crate::render::escape::one_line;
use crate::render::item::{MAX_NAME_CHARS, title_of};
use crate::render::message::{Block, Message, Rich, Telling};
use crate::render::times;

/// Stories of a theme that a digest tells; the others are counted.
const STORIES_A_THEME: usize = 3;

/// Sources that are named; the others are counted.
const MAX_NAMED: usize = 10;

/// What was collected until a time of the day. It is sent when there is nothing, too.
pub(super) fn digest(telling: &Telling<'_>, facts: &DigestFacts, alerts: &[Alert]) -> Message {
    let (zone, now) = (&telling.reader.zone, telling.now);
    let until = facts.until.unwrap_or(now);
    let sorted = by_urgency(alerts);
    let watches = in_order(by_watch(&sorted), facts);
    let stories = many(stories_of(&sorted).len());
    let count = many(alerts.len());
    let total = if count == 0 {
        "No alerts".to_owned()
    } else {
        format!(
            "{} in {}",
            counted(count, "alert", "alerts"),
            counted(stories, "story", "stories")
        )
    };
    let headlines: Vec<String> = sorted.iter().take(5).map(|alert| title_of(alert)).collect();
    let schedule = facts.schedule.as_deref().unwrap_or("Digest");
    let to = to_whom(telling);
    Message {
        priority: Priority::Normal,
        from_name: "newswatch digest".to_owned(),
        subject: format!("{}: {}", times::day(until, zone, now), lower_first(&total)),
        preheader: headlines.join(" · "),
        list: "digest".to_owned(),
        heading: times::long_day(until, zone),
        lead: vec![lead(telling, facts, &total)],
        blocks: blocks(telling, facts, &watches),
        foot: vec![
            Rich::plain(format!("{}{to}.", upper_first(&one_line(schedule, 120)))),
            stop_link(telling, None, "Stop all mails").unwrap_or_default(),
            zone_line(telling, ""),
        ],
        ..empty("digest")
    }
}

fn blocks(
    telling: &Telling<'_>,
    facts: &DigestFacts,
    watches: &[(String, Vec<&Alert>)],
) -> Vec<Block> {
    let mut blocks = vec![themes_table(telling, watches, facts)];
    if facts.themes.iter().any(|theme| theme.usual.is_some()) {
        blocks.push(Block::More(Rich::plain(
            "Usual: median of the last 28 days. Bold: at least twice that.",
        )));
    }
    for (watch, alerts) in watches.iter().filter(|(_, alerts)| !alerts.is_empty()) {
        blocks.extend(theme(telling, watch, alerts));
    }
    blocks.extend(held_back(facts));
    blocks.extend(coverage(telling, facts));
    blocks
}

/// `4 alerts in 3 stories from 07:00 to 17:00, UTC+7. 1 alert was also sent at once.`
fn lead(telling: &Telling<'_>, facts: &DigestFacts, total: &str) -> Rich {
    let zone = &telling.reader.zone;
    let until = facts.until.unwrap_or(telling.now);
    let mut lead = Rich::default().bold(total);
    if let Some(from) = facts.from {
        lead = lead.and(format!(
            " from {} to {}, {}",
            times::in_list(from, zone, until),
            times::clock(until, zone),
            times::offset(zone, until)
        ));
    }
    lead = lead.and(".");
    if facts.sent_at_once > 0 {
        lead = lead.and(format!(
            " {} also sent at once.",
            if facts.sent_at_once == 1 {
                "1 alert was".to_owned()
            } else {
                format!("{} alerts were", grouped(facts.sent_at_once))
            }
        ));
    }
    lead
}

fn upper_first(text: &str) -> String {
    let mut chars = text.chars();
    chars
        .next()
        .map(|first| first.to_uppercase().chain(chars).collect())
        .unwrap_or_default()
}

fn lower_first(text: &str) -> String {
    let mut chars = text.chars();
    chars
        .next()
        .map(|first| first.to_lowercase().chain(chars).collect())
        .unwrap_or_default()
}

/// The watches as the facts order them, those without alerts too.
fn in_order<'a>(
    mut watches: Vec<(String, Vec<&'a Alert>)>,
    facts: &DigestFacts,
) -> Vec<(String, Vec<&'a Alert>)> {
    let mut ordered = Vec::new();
    for theme in &facts.themes {
        let name = one_line(&theme.watch, MAX_NAME_CHARS);
        let known = watches.iter().position(|(watch, _)| *watch == name);
        let alerts = known.map(|at| watches.remove(at).1).unwrap_or_default();
        ordered.push((name, alerts));
    }
    ordered.extend(watches);
    ordered
}

/// Alerts by the story they tell, each with its first.
fn stories_of<'a>(alerts: &[&'a Alert]) -> Vec<Vec<&'a Alert>> {
    let mut stories: Vec<((bool, i64), Vec<&Alert>)> = Vec::new();
    for alert in alerts {
        let key = match alert.reading.story {
            Some(story) => (true, story),
            None => (false, alert.report.0),
        };
        if let Some((_, list)) = stories.iter_mut().find(|(known, _)| *known == key) {
            list.push(alert);
        } else {
            stories.push((key, vec![alert]));
        }
    }
    stories.into_iter().map(|(_, alerts)| alerts).collect()
}

fn themes_table(
    telling: &Telling<'_>,
    watches: &[(String, Vec<&Alert>)],
    facts: &DigestFacts,
) -> Block {
    let usual: BTreeMap<String, f64> = facts
        .themes
        .iter()
        .filter_map(|theme| Some((one_line(&theme.watch, MAX_NAME_CHARS), theme.usual?)))
        .collect();
    let mut head = vec![
        "Theme".to_owned(),
        "Stories".to_owned(),
        "Alerts".to_owned(),
    ];
    if !usual.is_empty() {
        head.push("Usual".to_owned());
    }
    let rows = watches
        .iter()
        .map(|(watch, alerts)| {
            let usual_here = usual.get(watch);
            let count = alerts.len().to_string();
            let is_high = usual_here
                .is_some_and(|usual| *usual > 0.0 && times_more(alerts.len(), *usual) >= 2.0);
            let mut row = vec![
                Rich::default().link(watch, watch_page(telling, watch, alerts)),
                Rich::plain(stories_of(alerts).len().to_string()),
                if is_high {
                    Rich::default().bold(count)
                } else {
                    Rich::plain(count)
                },
            ];
            if !usual.is_empty() {
                row.push(Rich::plain(
                    usual_here.map(|usual| number(*usual)).unwrap_or_default(),
                ));
            }
            row
        })
        .collect();
    Block::Table(head, rows)
}

/// The page of a watch; its name as it was written is known by its alerts.
fn watch_page(telling: &Telling<'_>, shown: &str, alerts: &[&Alert]) -> Option<Url> {
    let whole = alerts.first().map(|alert| alert.found.watch.0.as_str());
    telling.reader.page(&["watches", whole.unwrap_or(shown)])
}

fn times_more(count: usize, usual: f64) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX)) / usual
}

fn theme(telling: &Telling<'_>, watch: &str, alerts: &[&Alert]) -> Vec<Block> {
    let stories = stories_of(alerts);
    let note = format!(
        "{}, {}",
        counted(many(stories.len()), "story", "stories"),
        counted(many(alerts.len()), "alert", "alerts")
    );
    let mut blocks = vec![Block::Heading(watch.to_owned(), note)];
    for story in stories.iter().take(STORIES_A_THEME) {
        let Some(first) = story.first() else { continue };
        let mut item = listed(telling, first);
        let others = many(story.len() - 1);
        if others > 0 {
            item.time = format!(
                "{} · and {}",
                item.time,
                counted(others, "more article", "more articles")
            );
        }
        blocks.push(Block::Item(Box::new(item)));
    }
    let more = many(stories.len().saturating_sub(STORIES_A_THEME));
    if more > 0 {
        let label = counted(more, "more story", "more stories");
        let page = watch_page(telling, watch, alerts);
        blocks.push(Block::More(Rich::default().link(label, page)));
    }
    blocks
}

fn held_back(facts: &DigestFacts) -> Vec<Block> {
    let total: u64 = facts.held.iter().map(|(_, count)| count).sum();
    if total == 0 {
        return Vec::new();
    }
    let reasons: Vec<String> = facts
        .held
        .iter()
        .map(|(reason, count)| format!("{} {}", grouped(*count), one_line(reason, 200)))
        .collect();
    vec![
        Block::Heading("Held back".to_owned(), counted(total, "alert", "alerts")),
        Block::More(Rich::plain(reasons.join(" · "))),
    ]
}

fn coverage(telling: &Telling<'_>, facts: &DigestFacts) -> Vec<Block> {
    let (zone, now) = (&telling.reader.zone, telling.now);
    let Some(coverage) = &facts.coverage else {
        return Vec::new();
    };
    let watched = counted(coverage.sources, "source", "sources");
    let mut sources = match coverage.failing.len() {
        0 => Rich::default().bold(format!("{watched} watched, all well.")),
        failing => Rich::default().bold(format!("{watched} watched; {failing} failing: ")),
    };
    for (place, source) in coverage.failing.iter().take(MAX_NAMED).enumerate() {
        let since = source
            .since
            .map(|at| {
                format!(
                    ", since {} {}",
                    times::day(at, zone, now),
                    times::clock(at, zone)
                )
            })
            .unwrap_or_default();
        let separator = if place > 0 { "; " } else { "" };
        sources = sources.and(format!(
            "{separator}{} ({}{since})",
            one_line(&source.name, MAX_NAME_CHARS),
            one_line(&source.reason, 160)
        ));
    }
    let more = coverage.failing.len().saturating_sub(MAX_NAMED);
    if more > 0 {
        sources = sources.and(format!("; and {more} more"));
    }
    if !coverage.failing.is_empty() {
        sources = sources.and(".");
        if let Some(page) = telling.reader.page(&["feeds"]) {
            sources = sources.and(" ").link("Show them", Some(page));
        }
    }
    let short: u64 = coverage.summary_only.iter().map(|(_, count)| count).sum();
    let mut read = counted(
        coverage.in_full,
        "article read in full",
        "articles read in full",
    );
    if short > 0 {
        let why: Vec<String> = coverage
            .summary_only
            .iter()
            .map(|(reason, count)| format!("{} {}", grouped(*count), one_line(reason, 120)))
            .collect();
        read = format!(
            "{read}, {} by headline and summary only: {}",
            grouped(short),
            why.join(", ")
        );
    }
    vec![
        Block::Heading("Coverage".to_owned(), String::new()),
        Block::Panel(vec![sources, Rich::plain(format!("{read}."))]),
    ]
}
