//! How often a feed wants to be read, as it says in its head.

use std::time::Duration;

use jiff::civil::Weekday;

use super::body;
use super::children::{Child, children};
use super::names::Namespaces;
use crate::domain::Pace;
use crate::parse::lexer::{Piece, local_name};
use crate::parse::references::Entities;

const SECONDS_OF_MINUTE: u64 = 60;

/// Reads `ttl`, `skipHours` and `skipDays` of RSS 2.0, and `updatePeriod` and `updateFrequency` of RSS 1.0's
/// syndication module; nonsense counts as silence.
pub(super) fn pace(pieces: &[Piece<'_>], entities: &Entities, namespaces: &Namespaces<'_>) -> Pace {
    let mut pace = Pace::default();
    let mut ttl = None;
    let mut period = None;
    let mut times_a_period = 1;
    for child in children(pieces, namespaces) {
        let text = || {
            body::plain(child.inner, entities)
                .trim()
                .to_ascii_lowercase()
        };
        let words = || listed(&child, entities, namespaces);
        match local_name(child.tag.name).to_ascii_lowercase().as_str() {
            "ttl" => ttl = text().parse().ok().map(minutes),
            "updateperiod" => period = period_named(&text()),
            "updatefrequency" => times_a_period = text().parse::<u32>().unwrap_or(1).max(1),
            "skiphours" => {
                pace.skip_hours = words().iter().filter_map(|word| hour_named(word)).collect();
            }
            "skipdays" => {
                pace.skip_days = words().iter().filter_map(|word| day_named(word)).collect();
            }
            _ => {}
        }
    }
    pace.skip_hours.sort_unstable();
    pace.skip_hours.dedup();
    let by_period = period.map(|period: Duration| period / times_a_period);
    pace.at_most_every = ttl.max(by_period).filter(|every| !every.is_zero());
    pace
}

fn minutes(minutes: u32) -> Duration {
    Duration::from_secs(u64::from(minutes) * SECONDS_OF_MINUTE)
}

/// Returns the texts of an element's children.
fn listed(child: &Child<'_, '_>, entities: &Entities, namespaces: &Namespaces<'_>) -> Vec<String> {
    children(child.inner, namespaces)
        .iter()
        .take(MAX_LISTED)
        .map(|part| {
            body::plain(part.inner, entities)
                .trim()
                .to_ascii_lowercase()
        })
        .collect()
}

/// Hours and days that are read: there are 24 and 7.
const MAX_LISTED: usize = 32;

fn period_named(name: &str) -> Option<Duration> {
    let hours = match name {
        "hourly" => 1,
        "daily" => 24,
        "weekly" => 24 * 7,
        "monthly" => 24 * 30,
        "yearly" => 24 * 365,
        _ => return None,
    };
    Some(minutes(hours * 60))
}

/// Reads an hour of GMT; 24 is an old way to write 0.
fn hour_named(hour: &str) -> Option<u8> {
    hour.parse::<u8>()
        .ok()
        .filter(|hour| *hour <= 24)
        .map(|hour| hour % 24)
}

fn day_named(day: &str) -> Option<Weekday> {
    Some(match day {
        "monday" => Weekday::Monday,
        "tuesday" => Weekday::Tuesday,
        "wednesday" => Weekday::Wednesday,
        "thursday" => Weekday::Thursday,
        "friday" => Weekday::Friday,
        "saturday" => Weekday::Saturday,
        "sunday" => Weekday::Sunday,
        _ => return None,
    })
}
