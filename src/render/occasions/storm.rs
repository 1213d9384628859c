//! More than usual: a storm of alerts, a watch that finds far more.

use super::{
    counted, empty, foot_of_watch, grouped, highest, listed, many, number, stop_link, to_whom,
    zone_line,
};
use crate::domain::{Alert, SpikeFacts, StormFacts};
use crate::render::escape::one_line;
use crate::render::item::{MAX_NAME_CHARS, mute, mute_page, title_of};
use crate::render::message::{Block, Message, Rich, Telling};
use crate::render::times;

/// Headlines that a storm shows.
const STORM_HEADLINES: usize = 5;

/// More alerts than a reader can take one by one.
pub(super) fn storm(telling: &Telling<'_>, facts: &StormFacts, alerts: &[Alert]) -> Message {
    let total = facts.alerts.max(many(alerts.len()));
    let lasted = lasted(telling, facts);
    let heading = format!("{}{lasted}", counted(total, "alert", "alerts"));
    let most = facts.sources.first().map(|source| {
        let watch = one_line(&source.watch, MAX_NAME_CHARS);
        format!(", most from “{watch}”")
    });
    let until = facts.until.map(|at| times::clock(at, &telling.reader.zone));
    let joined = match (facts.is_over, &until) {
        (true, _) => "The storm is over; nothing is lost".to_owned(),
        (false, Some(at)) => format!("Joined until {at}; nothing is lost"),
        (false, None) => "Joined; nothing is lost".to_owned(),
    };
    let id = format!("Delivery {}", telling.delivery.0);
    Message {
        priority: highest(alerts),
        subject: format!("{heading}{}", most.unwrap_or_default()),
        preheader: joined,
        heading,
        lead: vec![lead(telling, facts, total, until.as_deref())],
        blocks: blocks(telling, facts, total, alerts),
        foot: vec![
            Rich::plain(format!(
                "Sent{}: more than {} alerts came within {}.",
                to_whom(telling),
                facts.more_than,
                times::span(facts.within_s)
            )),
            stop_link(telling, None, "Stop all mails").unwrap_or_default(),
            zone_line(telling, &id),
        ],
        ..empty("storm")
    }
}

/// ` in 4 min`
fn lasted(telling: &Telling<'_>, facts: &StormFacts) -> String {
    let Some(from) = facts.from else {
        return String::new();
    };
    let until = if facts.is_over {
        facts.until.unwrap_or(telling.now)
    } else {
        telling.now
    };
    let seconds = until.as_second().saturating_sub(from.as_second()).max(60);
    let span = times::span(u64::try_from(seconds).unwrap_or_default());
    format!(" in {span}")
}

/// What becomes of the alerts: no reader is left to fear that some are lost.
fn lead(telling: &Telling<'_>, facts: &StormFacts, total: u64, until: Option<&str>) -> Rich {
    let to = telling.recipient.map_or_else(
        || "messages".to_owned(),
        |recipient| format!("mails to {recipient}"),
    );
    let all = |lead: Rich| {
        let lead = lead.bold("Nothing is lost:");
        match telling.reader.web {
            Some(_) => lead.and(format!(" all {} are in the list.", grouped(total))),
            None => lead
                .and(format!(" all {} are in ", grouped(total)))
                .code(format!("newswatch alerts show {}", telling.delivery.0))
                .and("."),
        }
    };
    if facts.is_over {
        let offset = times::offset(&telling.reader.zone, telling.now);
        let over = format!("The storm is over; single {to} come again. Times: {offset}. ");
        return all(Rich::plain(over));
    }
    let till = until.map_or_else(String::new, |at| {
        let offset = times::offset(&telling.reader.zone, telling.now);
        format!(" until {at} {offset}")
    });
    let stops = Rich::plain(format!("Single {to} stop"))
        .bold(till)
        .and(format!(
            ", as more than {} came within {}. Then you get one message with what comes meanwhile. ",
            facts.more_than,
            times::span(facts.within_s)
        ));
    all(stops).and(" High-priority alerts still come one by one, at most 5 a minute.")
}

fn blocks(telling: &Telling<'_>, facts: &StormFacts, total: u64, alerts: &[Alert]) -> Vec<Block> {
    let mut blocks = vec![storm_table(telling, facts)];
    if let Some(cause) = &facts.cause {
        blocks.push(Block::Text(Rich::plain(one_line(cause, 400))));
    }
    blocks.extend(all_of_them(telling, facts, total));
    if !alerts.is_empty() {
        blocks.push(Block::Heading(
            "The first of them".to_owned(),
            String::new(),
        ));
    }
    for alert in alerts.iter().take(STORM_HEADLINES) {
        let mut item = listed(telling, alert);
        item.passages.clear();
        item.own.clear();
        blocks.push(Block::Item(Box::new(item)));
    }
    blocks
}

/// Where all of them are listed, and how the watch that most of them are of is kept quiet.
fn all_of_them(telling: &Telling<'_>, facts: &StormFacts, total: u64) -> Option<Block> {
    let most = facts.sources.first().map(|source| source.watch.as_str());
    let Some(all) = telling.reader.page(&[""]) else {
        return most.map(|watch| Block::Text(mute(watch)));
    };
    let label = format!("See all {}", counted(total, "alert", "alerts"));
    let mut pages = vec![Rich::default().link(label, Some(all))];
    if let Some(watch) = most {
        let label = format!("Mute “{}”…", one_line(watch, MAX_NAME_CHARS));
        let page = mute_page(telling, watch);
        pages.push(Rich::default().link(label, page));
    }
    Some(Block::Pages(pages))
}

/// Watches that a storm's table names; the others are one row.
const MAX_SOURCES: usize = 8;

fn storm_table(telling: &Telling<'_>, facts: &StormFacts) -> Block {
    let usual = |value: Option<f64>| Rich::plain(value.map(number).unwrap_or_default());
    let mut rows = Vec::new();
    for source in facts.sources.iter().take(MAX_SOURCES) {
        let name = one_line(&source.watch, MAX_NAME_CHARS);
        let page = telling.reader.page(&["watches", &source.watch]);
        rows.push(vec![
            Rich::plain("Watch ").link(name, page),
            Rich::plain(grouped(source.alerts)),
            usual(source.usual_a_day),
        ]);
        if let Some((feed, alerts, usual_a_day)) = &source.feed {
            rows.push(vec![
                Rich::plain(format!(
                    "– of these, feed {}",
                    one_line(feed, MAX_NAME_CHARS)
                )),
                Rich::plain(grouped(*alerts)),
                usual(*usual_a_day),
            ]);
        }
    }
    let others = facts.sources.get(MAX_SOURCES..).unwrap_or_default();
    if !others.is_empty() {
        let usual_of = others.iter().map(|source| source.usual_a_day);
        rows.push(vec![
            Rich::plain(counted(many(others.len()), "other watch", "other watches")),
            Rich::plain(grouped(others.iter().map(|source| source.alerts).sum())),
            usual(usual_of.sum()),
        ]);
    }
    let is_known = facts.sources.iter().any(|source| {
        let of_feed = source.feed.as_ref().and_then(|(_, _, usual)| *usual);
        source.usual_a_day.or(of_feed).is_some()
    });
    let mut head = vec!["Where they come from".to_owned(), "Alerts".to_owned()];
    if is_known {
        head.push("Usual a day".to_owned());
    } else {
        for row in &mut rows {
            row.truncate(2);
        }
    }
    Block::Table(head, rows)
}

/// A watch that found far more than is usual.
pub(super) fn spike(telling: &Telling<'_>, facts: &SpikeFacts, alerts: &[Alert]) -> Message {
    let (zone, now) = (&telling.reader.zone, telling.now);
    let watch = one_line(&facts.watch, MAX_NAME_CHARS);
    let until = facts.until.unwrap_or(now);
    let stories = counted(facts.stories, "story", "stories");
    let usual = number(facts.usual);
    let heading = format!("{watch}: {stories}, usual: {usual}");
    let from = facts
        .from
        .map(|from| format!(" from {} to", times::in_list(from, zone, until)))
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
        lead: vec![Rich::plain("The watch found ").bold(stories).and(format!(
            "{from} {}. Usual on such a day: {usual}. Reports of one event count once.",
            times::full(until, zone, now)
        ))],
        blocks,
        stops: Some(facts.watch.clone()),
        foot: foot_of_watch(telling, &facts.watch, &watch, ""),
        ..empty("spike")
    }
}
