//! Alerts for one reader that came together.

use super::{
    by_urgency, by_watch, counted, empty, foot_of_watch, highest, listed, many, stop_link,
    zone_line,
};
use crate::domain::{Alert, Priority, Timestamp};
use crate::render::item::title_of;
use crate::render::message::{Block, Message, Rich, Telling};
use crate::render::times;

/// Alerts for one reader that came together.
pub(super) fn group(telling: &Telling<'_>, alerts: &[Alert]) -> Message {
    let sorted = by_urgency(alerts);
    let watches = by_watch(&sorted);
    let total = counted(many(alerts.len()), "alert", "alerts");
    let mut titles = sorted.iter().map(|alert| title_of(alert));
    let first = titles.next().unwrap_or_default();
    let others: Vec<String> = titles.collect();
    let only = match watches.as_slice() {
        [(watch, _)] => Some(watch.as_str()),
        _ => None,
    };
    let first_watch = alerts
        .first()
        .map_or("", |alert| alert.found.watch.0.as_str());
    Message {
        priority: highest(alerts),
        from_name: only.map_or_else(
            || "newswatch".to_owned(),
            |watch| format!("{watch} · newswatch"),
        ),
        subject: format!("{total}: {first}"),
        preheader: others.join(" · "),
        list: only.unwrap_or("newswatch").to_owned(),
        heading: format!(
            "{total} from {}",
            counted(many(watches.len()), "watch", "watches")
        ),
        lead: vec![Rich::plain(when_found(telling, alerts))],
        blocks: by_watch_blocks(telling, &watches),
        stops: only.map(|_| first_watch.to_owned()),
        foot: match only {
            Some(watch) => foot_of_watch(telling, first_watch, watch, ""),
            None => foot_of_several(telling, watches.len()),
        },
        ..empty("group")
    }
}

fn by_watch_blocks(telling: &Telling<'_>, watches: &[(String, Vec<&Alert>)]) -> Vec<Block> {
    let mut blocks = Vec::new();
    for (watch, alerts) in watches {
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
    blocks
}

/// `Thu 26 Nov, found between 14:05 and 14:09 UTC+7`
fn when_found(telling: &Telling<'_>, alerts: &[Alert]) -> String {
    let (zone, now) = (&telling.reader.zone, telling.now);
    let found: Vec<Timestamp> = alerts.iter().map(|alert| alert.raised_at).collect();
    match (found.iter().min(), found.iter().max()) {
        (Some(from), Some(to)) if times::clock(*from, zone) != times::clock(*to, zone) => format!(
            "{}, found between {} and {} {}",
            times::day(*to, zone, now),
            times::clock(*from, zone),
            times::clock(*to, zone),
            times::offset(zone, *to)
        ),
        (Some(from), _) => format!(
            "{}, found at {} {}",
            times::day(*from, zone, now),
            times::clock(*from, zone),
            times::offset(zone, *from)
        ),
        _ => String::new(),
    }
}

fn foot_of_several(telling: &Telling<'_>, watches: usize) -> Vec<Rich> {
    let to = telling.recipient.map_or_else(
        || "tell this channel".to_owned(),
        |recipient| format!("mail {recipient}"),
    );
    vec![
        Rich::plain(format!("You get this because {watches} watches {to}.")),
        stop_link(telling, None, "Stop all mails").unwrap_or_default(),
        zone_line(telling, &format!("Delivery {}", telling.delivery.0)),
    ]
}
