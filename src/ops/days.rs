//! Days in numbers: what was told and held on each of the last ones, in somebody's zone.

use serde::Serialize;

use crate::domain::{Timestamp, WatchName};
use crate::store::DayCount;

/// The milliseconds of a day.
const DAY_MS: i64 = 86_400_000;

/// A day in numbers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Day {
    /// The day, counted from 1970.
    pub day: i64,
    /// Alerts.
    pub told: u64,
    /// Held matches.
    pub held: u64,
}

/// Which days are shown, and where they begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Days {
    /// The last of them, counted from 1970.
    pub last: i64,
    /// How many.
    pub count: i64,
    /// How far their zone is ahead of UTC.
    pub offset_ms: i64,
}

impl Days {
    /// The days up to the one that `now` is in, in a zone so far ahead of UTC.
    #[must_use]
    pub fn until(now: Timestamp, offset_ms: i64, count: i64) -> Self {
        Self {
            last: (now.as_millisecond() + offset_ms).div_euclid(DAY_MS),
            count,
            offset_ms,
        }
    }

    /// When the first of them begins.
    #[must_use]
    pub fn since(self) -> Timestamp {
        let ms = (self.last - self.count + 1) * DAY_MS - self.offset_ms;
        Timestamp::from_millisecond(ms).unwrap_or(Timestamp::UNIX_EPOCH)
    }

    /// The day that a time is in.
    #[must_use]
    pub fn of(self, at: Timestamp) -> i64 {
        (at.as_millisecond() + self.offset_ms).div_euclid(DAY_MS)
    }

    /// The numbers of each day of one watch, or of all.
    #[must_use]
    pub fn of_watch(self, counts: &[DayCount], watch: Option<&WatchName>) -> Vec<Day> {
        let first = self.last - self.count + 1;
        let mut days: Vec<Day> = (first..=self.last)
            .map(|day| Day {
                day,
                ..Day::default()
            })
            .collect();
        for count in counts {
            if watch.is_some_and(|watch| *watch != count.watch) {
                continue;
            }
            if let Some(day) = days.iter_mut().find(|day| day.day == count.day) {
                day.told += count.told;
                day.held += count.held;
            }
        }
        days
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_begin_where_the_zone_has_midnight() {
        let now: Timestamp = "2026-11-25T18:30:00Z".parse().unwrap();
        let days = Days::until(now, 7 * 3_600_000, 2);
        assert_eq!(days.since(), "2026-11-24T17:00:00Z".parse().unwrap());
        let counts = [DayCount {
            watch: WatchName("w".into()),
            day: days.of(now),
            told: 2,
            held: 1,
        }];
        let of_watch = days.of_watch(&counts, Some(&WatchName("w".into())));
        assert_eq!(of_watch.len(), 2);
        assert_eq!((of_watch[1].told, of_watch[1].held), (2, 1));
        assert_eq!(
            days.of_watch(&counts, Some(&WatchName("x".into())))[1].told,
            0
        );
    }
}
