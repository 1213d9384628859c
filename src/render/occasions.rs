//! Messages that tell more than one alert, or none: group, update, digest, storm, spike, health, sign of life.

use std::collections::BTreeMap;

use super::escape::{clean_link, one_line};
use super::item::{
    MAX_NAME_CHARS, also_in, is_rtl, item_of, language_tag, passage, time_of, title_of,
};
use super::message::{
    Block, Item, Message, Rich, Telling, Thread, Tone, empty, foot_of_watch, zone_line,
};
use super::times;
use crate::domain::{
    Alert, DigestFacts, HealthEvent, HealthFacts, HealthState, HeartbeatFacts, Priority,
    SpikeFacts, StormFacts, Timestamp, UpdateFacts,
};

/// Stories of a theme that a digest tells; the others are counted.
const STORIES_A_THEME: usize = 3;

/// Sources that are named; the others are counted.
const MAX_NAMED: usize = 10;

/// Headlines that a storm shows.
const STORM_HEADLINES: usize = 5;

/// `1 alert`, `4 alerts`
pub(super) fn counted(count: u64, one: &str, several: &str) -> String {
    if count == 1 {
        format!("1 {one}")
    } else {
        format!("{} {several}", grouped(count))
    }
}

/// `1,204`
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut written = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            written.push(',');
        }
        written.push(digit);
    }
    written
}

fn many(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}

/// Those that are urgent first, then the newest.
fn by_urgency(alerts: &[Alert]) -> Vec<&Alert> {
    let mut sorted: Vec<&Alert> = alerts.iter().collect();
    sorted.sort_by_key(|alert| {
        (
            std::cmp::Reverse(alert.priority),
            std::cmp::Reverse(alert.raised_at),
        )
    });
    sorted
}

/// Alerts by watch, in the order in which the watches first come.
fn by_watch<'a>(alerts: &[&'a Alert]) -> Vec<(String, Vec<&'a Alert>)> {
    let mut watches: Vec<(String, Vec<&Alert>)> = Vec::new();
    for alert in alerts {
        let name = one_line(&alert.found.watch.0, MAX_NAME_CHARS);
        if let Some((_, list)) = watches.iter_mut().find(|(known, _)| *known == name) {
            list.push(alert);
        } else {
            watches.push((name, vec![alert]));
        }
    }
    watches
}

fn highest(alerts: &[Alert]) -> Priority {
    let highest = alerts.iter().map(|alert| alert.priority).max();
    highest.unwrap_or_default()
}

/// An item of a list: one passage, the short time, and nothing that only the page of the alert needs.
fn listed(telling: &Telling<'_>, alert: &Alert) -> Item {
    let mut item = item_of(telling, alert);
    item.passages.truncate(1);
    item.found = None;
    item.time = item.short_time.clone();
    item
}

/// Alerts for one reader that came together.
pub(super) fn group(telling: &Telling<'_>, alerts: &[Alert]) -> Message {
    let sorted = by_urgency(alerts);
    let watches = by_watch(&sorted);
    let (zone, now) = (&telling.reader.zone, telling.now);
    let count = many(alerts.len());
    let from_name = match watches.as_slice() {
        [(watch, _)] => format!("{watch} · newswatch"),
        _ => "newswatch".to_owned(),
    };
    let mut blocks = Vec::new();
    for (watch, alerts) in &watches {
        let is_high = alerts.iter().any(|alert| alert.priority == Priority::High);
        let mut note = counted(many(alerts.len()), "alert", "alerts");
        if is_high {
            note.push_str(", high priority");
        }
        blocks.push(Block::Heading(watch.clone(), note));
        for alert in alerts {
            blocks.push(Block::Item(Box::new(listed(telling, alert))));
        }
    }
    let first = sorted
        .first()
        .map(|alert| title_of(alert))
        .unwrap_or_default();
    let others: Vec<String> = sorted.iter().skip(1).map(|alert| title_of(alert)).collect();
    let found: Vec<Timestamp> = alerts.iter().map(|alert| alert.raised_at).collect();
    let span = match (found.iter().min(), found.iter().max()) {
        (Some(from), Some(to)) if times::clock(*from, zone) != times::clock(*to, zone) => format!(
            "{}, found between {} and {} {}",
            times::day(*to, zone, now),
            times::clock(*from, zone),
            times::clock(*to, zone),
            times::offset(zone, *to)
        ),
        (Some(from), _) => format!("found {}", times::full(*from, zone, now)),
        _ => String::new(),
    };
    let named = if let [(watch, _)] = watches.as_slice() {
        foot_of_watch(telling, watch, "")
    } else {
        let to = telling.recipient.map_or_else(
            || "tell this channel".to_owned(),
            |recipient| format!("mail {recipient}"),
        );
        vec![
            Rich::plain(format!(
                "You get this because {} watches {to}.",
                watches.len()
            )),
            zone_line(telling, &format!("Delivery {}", telling.delivery.0)),
        ]
    };
    Message {
        priority: highest(alerts),
        from_name,
        subject: format!("{}: {first}", counted(count, "alert", "alerts")),
        preheader: others.join(" · "),
        list: match watches.as_slice() {
            [(watch, _)] => watch.clone(),
            _ => "newswatch".to_owned(),
        },
        heading: format!(
            "{} from {}",
            counted(count, "alert", "alerts"),
            counted(many(watches.len()), "watch", "watches")
        ),
        lead: vec![Rich::plain(span)],
        blocks,
        foot: named,
        ..empty("group")
    }
}

/// What is new in a story that the reader was told of.
pub(super) fn update(telling: &Telling<'_>, facts: &UpdateFacts, first: Option<&Alert>) -> Message {
    let (zone, now) = (&telling.reader.zone, telling.now);
    let watch = first.map_or_else(
        || "newswatch".to_owned(),
        |alert| one_line(&alert.found.watch.0, MAX_NAME_CHARS),
    );
    let added = many(facts.additions.len());
    let mut lead = Rich::plain("Now in ").bold(counted(facts.outlets, "outlet", "outlets"));
    lead = match added {
        0 => lead.and("."),
        1 => lead.and("; ").bold("1 adds something new").and("."),
        _ => lead
            .and("; ")
            .bold(format!("{added} add something new"))
            .and("."),
    };
    let mut blocks = Vec::new();
    if added > 0 {
        blocks.push(Block::Heading("New".to_owned(), String::new()));
    }
    for addition in &facts.additions {
        let outlet = one_line(&addition.outlet.name, MAX_NAME_CHARS);
        let passages: Vec<_> = addition.passages.iter().map(passage).collect();
        let text: String = passages.iter().map(|one| one.text.as_str()).collect();
        let at = addition.outlet.published;
        blocks.push(Block::Item(Box::new(Item {
            watch: watch.clone(),
            title: super::message::Marked {
                text: outlet,
                marks: Vec::new(),
            },
            url: addition.outlet.url.as_ref().and_then(clean_link),
            time: at.map(|at| times::full(at, zone, now)).unwrap_or_default(),
            short_time: time_of(telling, at),
            published: at,
            is_rtl: is_rtl(addition.lang.as_deref(), &text),
            lang: addition.lang.as_deref().and_then(language_tag),
            passages,
            ..Item::default()
        })));
    }
    if let Some(line) = also_in(&facts.also_in) {
        blocks.push(Block::Heading("Also in".to_owned(), String::new()));
        blocks.push(Block::Text(line));
    }
    let told = facts.told_at.map_or_else(
        || "update".to_owned(),
        |at| format!("update to your alert of {}", times::in_list(at, zone, now)),
    );
    let said = facts.additions.first().map(|addition| {
        let text = addition.passages.first().map(|one| one.text.as_str());
        format!("{}: {}", addition.outlet.name, text.unwrap_or_default())
    });
    let outlets = counted(facts.outlets, "outlet", "outlets");
    let subject = first.map(title_of).unwrap_or_default();
    Message {
        priority: first.map_or(Priority::Normal, |alert| alert.priority),
        from_name: format!("{watch} · newswatch"),
        preheader: format!(
            "Update, {outlets}. {}",
            one_line(&said.unwrap_or_default(), 300)
        ),
        list: first.map_or(watch.clone(), |alert| alert.found.watch.0.clone()),
        label: watch.clone(),
        label_note: told,
        heading: subject.clone(),
        heading_url: first
            .and_then(|alert| alert.url.as_ref())
            .and_then(clean_link),
        subject,
        lead: vec![lead],
        blocks,
        foot: foot_of_watch(
            telling,
            &watch,
            &first.map_or(String::new(), |alert| format!("Alert {}", alert.id.0)),
        ),
        thread: Thread {
            root: facts.story.map(|story| format!("story-{story}")),
            first: facts.first_delivery.as_ref().map(|id| id.0.clone()),
        },
        ..empty("update")
    }
}

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
    let mut lead = Rich::default().bold(total.clone());
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
    let mut blocks = vec![themes_table(&watches, facts)];
    if facts.themes.iter().any(|theme| theme.usual.is_some()) {
        blocks.push(Block::Text(Rich::plain(
            "Usual: median of the last 28 days. Bold: at least twice that.",
        )));
    }
    for (watch, alerts) in watches.iter().filter(|(_, alerts)| !alerts.is_empty()) {
        blocks.extend(theme(telling, watch, alerts));
    }
    blocks.extend(held_back(facts));
    blocks.extend(coverage(telling, facts));
    let headlines: Vec<String> = sorted.iter().take(5).map(|alert| title_of(alert)).collect();
    let schedule = facts.schedule.as_deref().unwrap_or("Digest");
    let to = telling
        .recipient
        .map(|recipient| format!(" to {recipient}"))
        .unwrap_or_default();
    Message {
        priority: Priority::Normal,
        from_name: "newswatch digest".to_owned(),
        subject: format!("{}: {}", times::day(until, zone, now), lower_first(&total)),
        preheader: headlines.join(" · "),
        list: "digest".to_owned(),
        heading: times::long_day(until, zone),
        lead: vec![lead],
        blocks,
        foot: vec![
            Rich::plain(format!("{}{to}.", upper_first(&one_line(schedule, 120)))),
            zone_line(telling, ""),
        ],
        ..empty("digest")
    }
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

fn themes_table(watches: &[(String, Vec<&Alert>)], facts: &DigestFacts) -> Block {
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
                Rich::plain(watch),
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

fn times_more(count: usize, usual: f64) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX)) / usual
}

/// `5`, `2.5`
fn number(value: f64) -> String {
    if (value - value.round()).abs() < 0.05 {
        format!("{value:.0}")
    } else {
        format!("{value:.1}")
    }
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
        blocks.push(Block::More(counted(more, "more story", "more stories")));
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
        Block::Text(Rich::plain(reasons.join(" · "))),
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

/// More alerts than a reader can take one by one.
pub(super) fn storm(telling: &Telling<'_>, facts: &StormFacts, alerts: &[Alert]) -> Message {
    let (zone, now) = (&telling.reader.zone, telling.now);
    let total = facts.alerts.max(many(alerts.len()));
    let lasted = facts.from.map(|from| {
        let until = if facts.is_over {
            facts.until.unwrap_or(now)
        } else {
            now
        };
        let seconds = until.as_second().saturating_sub(from.as_second()).max(60);
        times::span(u64::try_from(seconds).unwrap_or_default())
    });
    let lasted = lasted.map(|span| format!(" in {span}")).unwrap_or_default();
    let heading = format!("{}{lasted}", counted(total, "alert", "alerts"));
    let most = facts
        .sources
        .first()
        .map(|source| one_line(&source.watch, MAX_NAME_CHARS));
    let from = most
        .map(|watch| format!(", most from “{watch}”"))
        .unwrap_or_default();
    let to = telling.recipient.map_or_else(
        || "messages".to_owned(),
        |recipient| format!("mails to {recipient}"),
    );
    let until = facts.until.map(|at| times::clock(at, zone));
    let lead = if facts.is_over {
        Rich::plain(format!("The storm is over; single {to} come again. "))
            .bold("Nothing is lost:")
            .and(" every alert is in `newswatch alerts list`.")
    } else {
        let till = until.clone().map_or_else(String::new, |at| {
            format!(" until {at} {}", times::offset(zone, now))
        });
        Rich::plain(format!("Single {to} stop"))
            .bold(till)
            .and(format!(
                ", or sooner when fewer than {} in {} come in. Then you get one message with what came meanwhile. ",
                facts.more_than,
                times::span(facts.within_s)
            ))
            .bold("Nothing is lost:")
            .and(" every alert is in `newswatch alerts list`. High-priority alerts still come one by one, at most 5 a minute.")
    };
    let mut blocks = vec![storm_table(facts)];
    if let Some(cause) = &facts.cause {
        blocks.push(Block::Text(Rich::plain(one_line(cause, 400))));
    }
    if !alerts.is_empty() {
        blocks.push(Block::Heading(
            "The first of them".to_owned(),
            String::new(),
        ));
    }
    for alert in alerts.iter().take(STORM_HEADLINES) {
        let mut item = listed(telling, alert);
        item.passages.clear();
        blocks.push(Block::Item(Box::new(item)));
    }
    let joined = match (facts.is_over, until) {
        (true, _) => "The storm is over; nothing is lost".to_owned(),
        (false, Some(at)) => format!("Joined until {at}; nothing is lost"),
        (false, None) => "Joined; nothing is lost".to_owned(),
    };
    Message {
        priority: highest(alerts),
        subject: format!("{heading}{from}"),
        preheader: joined,
        heading,
        lead: vec![lead],
        blocks,
        foot: vec![zone_line(
            telling,
            &format!("Delivery {}", telling.delivery.0),
        )],
        ..empty("storm")
    }
}

fn storm_table(facts: &StormFacts) -> Block {
    let usual = |value: Option<f64>| Rich::plain(value.map(number).unwrap_or_default());
    let mut rows = Vec::new();
    for source in facts.sources.iter().take(8) {
        rows.push(vec![
            Rich::plain(format!("Watch {}", one_line(&source.watch, MAX_NAME_CHARS))),
            Rich::plain(grouped(source.alerts)),
            usual(source.usual_a_day),
        ]);
        if let Some((feed, alerts, usual_a_day)) = &source.feed {
            rows.push(vec![
                Rich::plain(format!("of these, feed {}", one_line(feed, MAX_NAME_CHARS))),
                Rich::plain(grouped(*alerts)),
                usual(*usual_a_day),
            ]);
        }
    }
    let head = ["Where they come from", "Alerts", "Usual a day"];
    Block::Table(head.map(str::to_owned).to_vec(), rows)
}

/// A watch that found far more than is usual.
pub(super) fn spike(telling: &Telling<'_>, facts: &SpikeFacts, alerts: &[Alert]) -> Message {
    let (zone, now) = (&telling.reader.zone, telling.now);
    let watch = one_line(&facts.watch, MAX_NAME_CHARS);
    let until = facts.until.unwrap_or(now);
    let heading = format!(
        "{}: {}, usual are {}",
        watch,
        counted(facts.articles, "article", "articles"),
        number(facts.usual)
    );
    let from = facts
        .from
        .map(|from| format!("from {} to ", times::in_list(from, zone, until)))
        .unwrap_or_default();
    let blocks = alerts
        .iter()
        .take(STORM_HEADLINES)
        .map(|alert| Block::Item(Box::new(listed(telling, alert))))
        .collect();
    Message {
        priority: highest(alerts),
        from_name: format!("{watch} · newswatch"),
        subject: heading.clone(),
        preheader: alerts.first().map(title_of).unwrap_or_default(),
        list: facts.watch.clone(),
        label: watch.clone(),
        label_note: "far more than usual".to_owned(),
        heading,
        lead: vec![Rich::plain(format!(
            "{} in {}, {from}{}.",
            counted(facts.articles, "article", "articles"),
            counted(facts.outlets, "outlet", "outlets"),
            times::full(until, zone, now)
        ))],
        blocks,
        foot: foot_of_watch(telling, &watch, ""),
        ..empty("spike")
    }
}

/// Something is wrong with newswatch itself, or works again.
pub(super) fn health(telling: &Telling<'_>, facts: &HealthFacts) -> Message {
    let events = facts.events.as_slice();
    let is_alarm = events
        .iter()
        .any(|event| event.state != HealthState::WorksAgain);
    let (subject, heading, preheader) = match events {
        [event] => {
            let subject = format!(
                "[{}] {}",
                event.state.as_str(),
                one_line(&event.subject, 120)
            );
            let heading = format!(
                "{} {}",
                one_line(&event.subject, 120),
                one_line(&event.what, 200)
            );
            (subject, heading, reasons(event))
        }
        several => {
            let state = several
                .first()
                .map_or(HealthState::Failing, |event| event.state);
            let count = counted(many(several.len()), "thing", "things");
            let names: Vec<String> = several
                .iter()
                .map(|event| one_line(&event.subject, 60))
                .collect();
            (
                format!("[{}] {count}", state.as_str()),
                format!("{count} at once: {}", state.as_str().to_lowercase()),
                names.join(", "),
            )
        }
    };
    let mut blocks = Vec::new();
    let mut lead = Vec::new();
    for event in events {
        let effect = event.effect.as_deref().map(|effect| one_line(effect, 400));
        match (events, effect) {
            ([_], Some(effect)) => lead.push(Rich::plain(effect)),
            (_, effect) => {
                if events.len() > 1 {
                    let name = format!(
                        "{} {}",
                        one_line(&event.subject, 120),
                        one_line(&event.what, 200)
                    );
                    blocks.push(Block::Heading(name, event.state.as_str().to_lowercase()));
                }
                blocks.extend(effect.map(|effect| Block::Text(Rich::plain(effect))));
            }
        }
        let facts = event_facts(telling, event);
        if !facts.is_empty() {
            blocks.push(Block::Facts(facts));
        }
    }
    let host = facts
        .host
        .as_deref()
        .map(|host| format!(" by newswatch on {}", one_line(host, 120)))
        .unwrap_or_default();
    let state = events
        .first()
        .map_or(HealthState::Failing, |event| event.state);
    Message {
        priority: if is_alarm {
            Priority::High
        } else {
            Priority::Normal
        },
        from_name: "newswatch health".to_owned(),
        subject,
        preheader,
        list: "health".to_owned(),
        badge: Some((
            if is_alarm { Tone::Alarm } else { Tone::Good },
            since_words(events, state, telling.now),
        )),
        heading,
        lead,
        blocks,
        foot: vec![
            Rich::plain(format!(
                "Sent once for each failure{host}; one more when it works again."
            )),
            zone_line(telling, ""),
        ],
        ..empty("health")
    }
}

/// `Failing for 24 h`, `Works again`
fn since_words(events: &[HealthEvent], state: HealthState, now: Timestamp) -> String {
    match events {
        [
            HealthEvent {
                state: HealthState::Failing,
                since: Some(since),
                ..
            },
        ] => {
            let seconds = now.as_second().saturating_sub(since.as_second());
            let seconds = u64::try_from(seconds).unwrap_or_default();
            format!("Failing for {}", times::span(seconds))
        }
        _ => state.as_str().to_owned(),
    }
}

fn reasons(event: &HealthEvent) -> String {
    let parts = [&event.answer, &event.effect];
    let told: Vec<String> = parts
        .into_iter()
        .flatten()
        .map(|part| one_line(part, 200))
        .collect();
    told.join(". ")
}

fn event_facts(telling: &Telling<'_>, event: &HealthEvent) -> Vec<(String, Rich)> {
    let (zone, now) = (&telling.reader.zone, telling.now);
    let with_note = |at: Option<Timestamp>, note: &Option<String>, separator: &str| {
        let at = at.map(|at| times::full(at, zone, now));
        let note = note.as_deref().map(|note| one_line(note, 200));
        let parts: Vec<String> = [at, note].into_iter().flatten().collect();
        (!parts.is_empty()).then(|| parts.join(separator))
    };
    [
        (
            "Answer",
            event.answer.as_deref().map(|answer| one_line(answer, 300)),
        ),
        ("Since", with_note(event.since, &event.since_note, "; ")),
        (
            "Next try",
            with_note(event.next_try, &event.next_note, ", "),
        ),
        (
            "What to do",
            event.to_do.as_deref().map(|to_do| one_line(to_do, 600)),
        ),
    ]
    .into_iter()
    .filter_map(|(name, value)| Some((name.to_owned(), Rich::plain(value?))))
    .collect()
}

/// A sign of life; it never says that all is well while something fails.
pub(super) fn heartbeat(telling: &Telling<'_>, facts: &HeartbeatFacts) -> Message {
    let (zone, now) = (&telling.reader.zone, telling.now);
    let failing = many(facts.failing.len());
    let well = facts.sources.saturating_sub(failing);
    let host = facts.host.as_deref().map(|host| one_line(host, 120));
    let place = host
        .clone()
        .unwrap_or_else(|| "the machine that runs newswatch".to_owned());
    let names: Vec<String> = facts
        .failing
        .iter()
        .take(10)
        .map(|name| one_line(name, 80))
        .collect();
    let mut sources = format!("{} watched, {} well", grouped(facts.sources), grouped(well));
    if failing > 0 {
        sources = format!("{sources}, {failing} failing ({})", names.join(", "));
    }
    let mut rows: Vec<(String, Rich)> = Vec::new();
    let mut row = |name: &str, value: Option<String>| {
        rows.extend(value.map(|value| (name.to_owned(), Rich::plain(value))));
    };
    let since = facts
        .since
        .map(|at| format!("{}, without a break", times::full(at, zone, now)));
    row("Since", since);
    row("Sources", Some(sources));
    row(
        "Alerts",
        Some(format!(
            "{} raised, {} delivered, {} waiting, {} given up",
            grouped(facts.raised),
            grouped(facts.delivered),
            grouped(facts.waiting),
            grouped(facts.given_up)
        )),
    );
    let speed = facts.half_within_s.map(|half| {
        let most = facts
            .most_within_s
            .map(|most| format!(", 99 % within {}", times::span(most)));
        format!(
            "half of all alerts within {} of publication{}",
            times::span(half),
            most.unwrap_or_default()
        )
    });
    row("Speed", speed);
    let disk = facts.disk_bytes.map(|bytes| {
        let free = facts
            .free_bytes
            .map(|free| format!(", {} free", size(free)));
        format!("{}{}", size(bytes), free.unwrap_or_default())
    });
    row("Disk", disk);
    let by = facts.next_by.map(|at| times::full(at, zone, now));
    let mut blocks = vec![Block::Facts(rows)];
    if let Some(by) = &by {
        blocks.push(Block::Text(
            Rich::plain("If no such message has come by ")
                .bold(by.clone())
                .and(format!(", look at {place}.")),
        ));
    }
    let heading = match (failing, facts.given_up) {
        (0, 0) => "newswatch runs, all sources well".to_owned(),
        (0, given_up) => format!(
            "newswatch runs, {} given up",
            counted(given_up, "alert", "alerts")
        ),
        (failing, _) => format!(
            "newswatch runs, {} failing",
            counted(failing, "source", "sources")
        ),
    };
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
        heading,
        blocks,
        foot: vec![zone_line(telling, "")],
        ..empty("heartbeat")
    }
}

/// `412 MB`, `38 GB`
fn size(bytes: u64) -> String {
    match bytes {
        0..1_000_000 => format!("{} kB", bytes.div_ceil(1000)),
        1_000_000..1_000_000_000 => format!("{} MB", bytes / 1_000_000),
        _ => format!("{} GB", bytes / 1_000_000_000),
    }
}
