//! The clock of the newsroom: a time told to machines in UTC, written as people read it.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::Offset;

use crate::domain::LocalTimestamp;
use crate::extract::dates::Found;

/// The same point in time with the offset that the newsroom uses: many pages tell machines UTC and people
/// their own time. Nothing is changed unless both are the same point in time.
///
/// `days` are the days that the page shows. Where one is the day before or after,
/// the newsroom's clock is behind or ahead by at least that much: the smallest whole hours that do are taken.
pub(super) fn as_written(
    declared: Found,
    witnesses: &[Option<Found>],
    days: &[Option<Found>],
) -> LocalTimestamp {
    if !declared.has_time || declared.when.offset != Offset::UTC {
        return declared.when;
    }
    let local = |found: &Found| found.when.offset.to_datetime(found.when.at);
    witnesses
        .iter()
        .flatten()
        .filter(|witness| witness.has_time)
        .find_map(|witness| {
            let apart = minutes_between(declared.when.at, witness.when.at);
            if witness.has_zone && witness.when.offset != Offset::UTC {
                // A time without an offset is local where the same clock time has one.
                let same = if declared.has_zone {
                    apart == 0
                } else {
                    local(&declared).date() == local(witness).date()
                        && local(&declared).hour() == local(witness).hour()
                        && local(&declared).minute() == local(witness).minute()
                };
                return same.then_some(LocalTimestamp {
                    at: if declared.has_zone {
                        declared.when.at
                    } else {
                        witness.when.at
                    },
                    offset: witness.when.offset,
                });
            }
            let is_zone = declared.has_zone
                && !witness.has_zone
                && apart != 0
                && apart % 30 == 0
                && apart.abs() <= 14 * 60;
            let offset = is_zone.then(|| i32::try_from(apart * 60).ok()).flatten()?;
            Some(LocalTimestamp {
                at: declared.when.at,
                offset: Offset::from_seconds(offset).ok()?,
            })
        })
        .or_else(|| {
            let days = days.iter().flatten().filter(|day| !day.has_time);
            days.filter(|_| declared.has_zone)
                .find_map(|day| on_day(declared.when.at, day.day()))
        })
        .unwrap_or(declared.when)
}

/// Hours that a newsroom's clock can be behind and ahead of UTC.
const HOURS_BEHIND: i8 = -11;
const HOURS_AHEAD: i8 = 14;
const MOST_HOURS: i8 = 14;

/// The same point in time by the clock nearest to UTC at which it was this day.
fn on_day(at: Timestamp, day: Date) -> Option<LocalTimestamp> {
    let utc = Offset::UTC.to_datetime(at).date();
    let direction = if utc.tomorrow().ok() == Some(day) {
        1
    } else if utc.yesterday().ok() == Some(day) {
        -1
    } else {
        return None;
    };
    (1..=MOST_HOURS)
        .map(|hours| hours * direction)
        .filter(|hours| (HOURS_BEHIND..=HOURS_AHEAD).contains(hours))
        .filter_map(|hours| Offset::from_hours(hours).ok())
        .find(|offset| offset.to_datetime(at).date() == day)
        .map(|offset| LocalTimestamp { at, offset })
}

/// Whole minutes from one point in time to another, seconds dropped: people are shown none.
fn minutes_between(from: Timestamp, to: Timestamp) -> i64 {
    to.as_second().div_euclid(60) - from.as_second().div_euclid(60)
}
