//! One alert.

use super::{empty, foot_of_watch};
use crate::domain::{Alert, Priority};
use crate::render::item::{item_of, title_of};
use crate::render::message::{Block, Item, Message, Rich, Telling, Tone};

/// The message of one alert.
pub(super) fn single(telling: &Telling<'_>, alert: &Alert) -> Message {
    let item = item_of(telling, alert);
    let watch = item.watch.clone();
    let badge =
        (alert.priority == Priority::High).then(|| (Tone::Alarm, "High priority".to_owned()));
    let label_note = match alert.priority {
        Priority::Low => "low priority".to_owned(),
        Priority::Normal | Priority::High => String::new(),
    };
    Message {
        priority: alert.priority,
        from_name: format!("{watch} · newswatch"),
        subject: title_of(alert),
        preheader: preheader(&item),
        list: alert.found.watch.0.clone(),
        badge,
        label: watch.clone(),
        label_note,
        stops: Some(alert.found.watch.0.clone()),
        foot: foot_of_watch(
            telling,
            &alert.found.watch.0,
            &watch,
            &format!("Alert {}", alert.id.0),
        ),
        blocks: vec![Block::Item(Box::new(item))],
        ..empty(telling.occasion.as_str())
    }
}

/// `Harbour Post: …code of conduct for…`, from at most two words before the first mark.
fn preheader(item: &Item) -> String {
    let passage = item
        .passages
        .iter()
        .find(|passage| !passage.marks.is_empty());
    let passage = passage.or(item.passages.first());
    let said = match passage {
        Some(passage) => {
            let first = passage.marks.first().map_or(0, |mark| mark.start);
            let before: String = passage.text.chars().take(first).collect();
            let words: Vec<&str> = before.split_inclusive(' ').collect();
            let kept = words.len().saturating_sub(2);
            let skipped: usize = words
                .iter()
                .take(kept)
                .map(|word| word.chars().count())
                .sum();
            let rest: String = passage.text.chars().skip(skipped).collect();
            let mark = if skipped > 0 { "…" } else { "" };
            format!("{mark}{rest}")
        }
        None => item.note.as_ref().map(Rich::text).unwrap_or_default(),
    };
    if item.outlet.is_empty() {
        said
    } else {
        format!("{}: {said}", item.outlet)
    }
}
