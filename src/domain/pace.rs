//! How often a feed itself wants to be read.

use std::time::Duration;

use jiff::civil::Weekday;
use serde::{Deserialize, Serialize};

/// What a feed says about how often it wants to be read; a server's own word may be added to it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Pace {
    /// The time it asks to be left alone after each reading.
    pub at_most_every: Option<Duration>,
    /// Hours of the day, 0 to 23 in UTC, in which nothing is published.
    pub skip_hours: Vec<u8>,
    /// Days of the week, in UTC, on which nothing is published.
    #[serde(with = "days")]
    pub skip_days: Vec<Weekday>,
    /// The mean time between two of its entries, as their dates tell.
    pub published_every: Option<Duration>,
}

/// Days of the week as numbers, Monday being 1.
mod days {
    use jiff::civil::Weekday;
    use serde::{Deserialize as _, Deserializer, Serialize as _, Serializer};

    pub(super) fn serialize<S: Serializer>(days: &[Weekday], to: S) -> Result<S::Ok, S::Error> {
        let numbers: Vec<i8> = days.iter().map(|day| day.to_monday_one_offset()).collect();
        numbers.serialize(to)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Vec<Weekday>, D::Error> {
        let numbers = Vec::<i8>::deserialize(from)?;
        let days = numbers
            .into_iter()
            .filter_map(|number| Weekday::from_monday_one_offset(number).ok());
        Ok(days.collect())
    }
}
