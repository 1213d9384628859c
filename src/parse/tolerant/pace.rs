//! How often a feed wants to be read, as it says in its head.

use std::time::Duration;

use jiff::civil::Weekday;

use super::body;
use super::children::{Child, children};
use super::names::Namespaces;
use crate::parse::Pace;
use crate::parse::lexer::{Piece, local_name};
use crate::parse::references::Entities;

/// Seconds of a minute.
const MINUTE: u64 = 60;

/// Reads `ttl`, `skipHours` and `skipDays` of RSS 2.0, and `updatePeriod` and `updateFrequency` of RSS 1.0's
/// syndication module; nonsense counts as silence.
pub(super) fn pace(pieces: &[Piece<'_>], entities: &Entities, namespaces: &Namespaces<'_>) -> Pace {
    let mut pace = Pace::default();
    let mut period = None;
    let mut times_a_period = 1;
    for child in children(pieces, namespaces) {
        let text = || {
            body::plain(child.inner, entities)
                .trim()
                .to_ascii_lowercase()
        };
        match local_name(child.tag.name).to_ascii_lowercase().as_str() {
            "ttl" => {
                pace.at_most_every = text()
                    .parse()
                    .ok()
                    .map(|minutes: u32| seconds(u64::from(minutes) * MINUTE))
            }
            "updateperiod" => period = period_named(&text()),
            "updatefrequency" => times_a_period = text().parse::<u32>().unwrap_or(1).max(1),
            "skiphours" => {
                pace.skip_hours = listed(&child, entities, namespaces)
                    .filter_map(|hour| hour_named(&hour))
                    .collect()
            }
            "skipdays" => {
                pace.skip_days = listed(&child, entities, namespaces)
                    .filter_map(|day| day_named(&day))
                    .collect()
            }
            _ => {}
        }
    }
    pace.skip_hours.sort_unstable();
    pace.skip_hours.dedup();
    let by_period = period.map(|period: Duration| period / times_a_period);
    pace.at_most_every = pace
        .at_most_every
        .max(by_period)
        .filter(|every| !every.is_zero());
    pace
}

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// Returns the texts of an element's children.
fn listed<'c>(
    child: &'c Child<'_, '_>,
    entities: &'c Entities,
    namespaces: &Namespaces<'_>,
) -> impl Iterator<Item = String> + use<'c> {
    let texts: Vec<String> = children(child.inner, namespaces)
        .iter()
        .map(|part| {
            body::plain(part.inner, entities)
                .trim()
                .to_ascii_lowercase()
        })
        .collect();
    texts.into_iter().take(MAX_LISTED)
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
    Some(seconds(hours * 60 * MINUTE))
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
