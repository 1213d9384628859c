//! What is wrong with newswatch itself.

use super::{counted, empty, many, zone_line};
use crate::domain::{HealthEvent, HealthFacts, HealthState, Priority, Timestamp};
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
    } = words(events, state);
    let (lead, blocks) = told(telling, events);
    let host = facts
        .host
        .as_deref()
        .map(|host| format!(" by newswatch on {}", one_line(host, 120)))
        .unwrap_or_default();
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
                "Sent once for each failure{host}; one more when it works again."
            )),
            zone_line(telling, ""),
        ],
        ..empty("health")
    }
}

/// How a message about newswatch is called.
struct Words {
    subject: String,
    heading: String,
    preheader: String,
}

fn words(events: &[HealthEvent], state: HealthState) -> Words {
    if let [event] = events {
        let subject = one_line(&event.subject, 120);
        return Words {
            heading: format!("{subject} {}", one_line(&event.what, 200)),
            subject: format!("[{}] {subject}", state.as_str()),
            preheader: reasons(event),
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
