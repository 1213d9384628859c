//! What is wrong with newswatch itself.

use super::{counted, empty, many, stop_link, to_whom, zone_line};
use crate::domain::{HealthEvent, HealthFacts, HealthPage, HealthState, Priority, Timestamp};
use crate::render::escape::one_line;
use crate::render::message::{Block, Message, Rich, Telling, Tone};
use crate::render::times;

/// Something is wrong with newswatch itself, or works again.
pub(super) fn health(telling: &Telling<'_>, facts: &HealthFacts) -> Message {
    let events = facts.events.as_slice();
    let state = events
        .first()
        .map_or(HealthState::Failing, |event| event.state);
    let is_alarm = events
        .iter()
        .any(|event| event.state != HealthState::WorksAgain);
    let (priority, tone) = if is_alarm {
        (Priority::High, Tone::Alarm)
    } else {
        (Priority::Normal, Tone::Good)
    };
    let Words {
        subject,
        heading,
        preheader,
    } = words(telling, events, state);
    let (lead, mut blocks) = told(telling, events);
    blocks.extend(pages(telling, events));
    let machine = telling.reader.machine.as_deref();
    let host = machine.map_or_else(String::new, |machine| {
        format!(" by newswatch on {}", one_line(machine, 120))
    });
    Message {
        priority,
        from_name: "newswatch health".to_owned(),
        subject,
        preheader,
        list: "health".to_owned(),
        badge: Some((tone, since_words(events, state, telling.now))),
        heading,
        lead,
        blocks,
        foot: vec![
            Rich::plain(format!(
                "Sent once for each failure{host}{}; one more when it works again.",
                to_whom(telling)
            )),
            stop_link(telling, None, "Stop all mails").unwrap_or_default(),
            zone_line(telling, ""),
        ],
        ..empty("health")
    }
}

/// Our pages that show more, each once.
fn pages(telling: &Telling<'_>, events: &[HealthEvent]) -> Option<Block> {
    let is_about = |page| events.iter().any(|event| event.page == Some(page));
    let known = [
        (HealthPage::Feeds, "See the feeds", "feeds"),
        (HealthPage::Deliveries, "See the deliveries", "deliveries"),
    ];
    let pages: Vec<Rich> = known
        .into_iter()
        .filter(|(page, ..)| is_about(*page))
        .filter_map(|(_, label, path)| Some((label, telling.reader.page(&[path])?)))
        .map(|(label, page)| Rich::default().link(label, Some(page)))
        .collect();
    (!pages.is_empty()).then_some(Block::Pages(pages))
}

/// How a message about newswatch is called.
struct Words {
    subject: String,
    heading: String,
    preheader: String,
}

fn words(telling: &Telling<'_>, events: &[HealthEvent], state: HealthState) -> Words {
    if let [event] = events {
        let subject = one_line(&event.subject, 120);
        return Words {
            heading: format!("{subject} {}", one_line(&event.what, 200)),
            subject: format!("[{}] {subject}", state.as_str()),
            preheader: reasons(event, telling),
        };
    }
    let count = counted(many(events.len()), "thing", "things");
    let names: Vec<String> = events
        .iter()
        .map(|event| one_line(&event.subject, 60))
        .collect();
    Words {
        subject: format!("[{}] {count}", state.as_str()),
        heading: format!("{count} at once: {}", state.as_str().to_lowercase()),
        preheader: names.join(", "),
    }
}

/// Each of the things: what it means, and its facts; the one of a message with one is its lead.
fn told(telling: &Telling<'_>, events: &[HealthEvent]) -> (Vec<Rich>, Vec<Block>) {
    let (mut lead, mut blocks) = (Vec::new(), Vec::new());
    for event in events {
        let effect = event.effect.as_deref();
        let effect = effect.map(|effect| Rich::plain(one_line(effect, 400)));
        if events.len() > 1 {
            let subject = one_line(&event.subject, 120);
            let name = format!("{subject} {}", one_line(&event.what, 200));
            blocks.push(Block::Heading(name, event.state.as_str().to_lowercase()));
            blocks.extend(effect.map(Block::Text));
        } else {
            lead.extend(effect);
        }
        let facts = event_facts(telling, event);
        if !facts.is_empty() {
            blocks.push(Block::Facts(facts));
        }
    }
    (lead, blocks)
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

/// What the other side said and what that means; of what works again, since when and after how long.
fn reasons(event: &HealthEvent, telling: &Telling<'_>) -> String {
    let over = match (event.state, event.since) {
        (HealthState::WorksAgain, Some(at)) => {
            let at = times::full(at, &telling.reader.zone, telling.now);
            Some(format!("Since {at}{}", after(event)))
        }
        _ => None,
    };
    let parts = [&event.answer, &event.effect];
    let said = parts.into_iter().flatten();
    let told: Vec<String> = over
        .into_iter()
        .chain(said.map(|part| one_line(part, 200)))
        .collect();
    told.join(". ")
}

/// `, after 28 h`
fn after(event: &HealthEvent) -> String {
    let (Some(since), Some(before)) = (event.since, event.before) else {
        return String::new();
    };
    let seconds = since.as_second().saturating_sub(before.as_second());
    let seconds = u64::try_from(seconds).unwrap_or_default();
    format!(", after {}", times::span(seconds))
}

fn event_facts(telling: &Telling<'_>, event: &HealthEvent) -> Vec<(String, Rich)> {
    let (zone, now) = (&telling.reader.zone, telling.now);
    let whole = |at: Timestamp| times::full(at, zone, now);
    let since = event.since.map(|since| {
        let before = event.before.map(|at| match event.state {
            HealthState::WorksAgain => format!("; failed from {} on", whole(at)),
            _ => format!("; last well {}", times::in_list(at, zone, since)),
        });
        format!("{}{}", whole(since), before.unwrap_or_default())
    });
    let answer = event.answer.as_deref();
    let answer = answer.map(|answer| one_line(answer, 300));
    let plain = [
        ("Answer", answer),
        ("Since", since),
        ("Next try", event.next_try.map(whole)),
    ];
    let to_do = event.to_do.as_deref();
    let to_do = to_do.map(|to_do| Rich::with_code(&one_line(to_do, 600)));
    let told = plain
        .into_iter()
        .map(|(name, value)| (name, value.map(Rich::plain)));
    told.chain([("What to do", to_do)])
        .filter_map(|(name, value)| Some((name.to_owned(), value?)))
        .collect()
}
