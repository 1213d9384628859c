//! Days in numbers: what was told and held on each of the last ones, in somebody's zone.

use jiff::civil::Date;
use jiff::tz::Offset;
use serde::Serialize;

use crate::domain::{Timestamp, WatchName};
use crate::store::{DayCount, PollHour};

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

/// What became of the polls of a feed on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct PollDay {
    /// The day, counted from 1970.
    pub day: i64,
    /// The same day, as a date.
    pub date: Date,
    /// How often the feed was polled.
    pub polls: u64,
    /// How many of these polls failed.
    pub failed: u64,
    /// Entries that they brought and that were not known before.
    pub new_entries: u64,
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

    /// The polls of each day; an hour belongs to the day that it begins in.
    #[must_use]
    pub fn of_polls(self, hours: &[PollHour]) -> Vec<PollDay> {
        let first = self.last - self.count + 1;
        let mut days: Vec<PollDay> = (first..=self.last).map(empty_day).collect();
        for hour in hours {
            let day = self.of(hour.begins_at);
            if let Some(day) = days.iter_mut().find(|known| known.day == day) {
                day.polls += u64::from(hour.polls);
                day.failed += u64::from(hour.failed);
                day.new_entries += u64::from(hour.new_entries);
            }
        }
        days
    }
}

fn empty_day(day: i64) -> PollDay {
    let begins = Timestamp::from_millisecond(day.saturating_mul(DAY_MS));
    let begins = begins.unwrap_or(Timestamp::UNIX_EPOCH);
    PollDay {
        day,
        date: Offset::UTC.to_datetime(begins).date(),
        polls: 0,
        failed: 0,
        new_entries: 0,
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

    #[test]
    fn the_hours_of_a_feed_are_put_to_the_days_of_the_readers_zone() {
        let now: Timestamp = "2026-11-25T18:30:00Z".parse().unwrap();
        let days = Days::until(now, 7 * 3_600_000, 2);
        let hour = |begins: &str, polls, failed, new_entries| PollHour {
            begins_at: begins.parse().unwrap(),
            polls,
            failed,
            new_entries,
        };
        let hours = [
            hour("2026-11-24T16:00:00Z", 9, 9, 9),
            hour("2026-11-24T17:00:00Z", 4, 1, 2),
            hour("2026-11-25T16:00:00Z", 4, 0, 1),
            hour("2026-11-25T17:00:00Z", 3, 2, 0),
        ];
        let counted: Vec<_> = days
            .of_polls(&hours)
            .iter()
            .map(|day| (day.date.to_string(), day.polls, day.failed, day.new_entries))
            .collect();
        let expected = [
            ("2026-11-25".to_owned(), 8, 1, 3),
            ("2026-11-26".to_owned(), 3, 2, 0),
        ];
        assert_eq!(counted, expected);
    }
}
