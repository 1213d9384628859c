//! Dates as feeds write them, whatever the format asks for.
//!
//! In goes the text of a date element; out comes the point in time it names, or nothing. RSS asks for RFC 822,
//! Atom for RFC 3339, and publishers write what their system prints: other orders, other languages, no zone,
//! seconds since 1970. The reading goes by parts, not by patterns: first the time of day with its zone, then
//! what is left has to make one date. A part that makes no sense makes the whole text no date, because a
//! wrong date is worse than none: it hides an entry or wakes people for an old one.

mod calendar;
mod clock;
mod tokens;
mod words;

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::Offset;

use self::calendar::{Part, compact_date, date, ymd};
use self::clock::clock;
use self::tokens::{Token, plain, small, tokens};
use crate::domain::Timestamp;

/// The years that news can come from. Anything else is a default of some system (0001, 9999) or nonsense.
const YEARS: std::ops::RangeInclusive<i16> = 1900..=2200;

/// Reads a date; where no zone is written, UTC is meant.
pub(super) fn timestamp(text: &str) -> Option<Timestamp> {
    let text = plain(text)?;
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        return digits_alone(&text);
    }
    if let Some(timestamp) = seconds_with_fraction(&text) {
        return Some(timestamp);
    }
    let tokens = tokens(&text);
    let clock = clock(&tokens);
    let date_tokens: Vec<&Token> = match &clock {
        Some(clock) => tokens
            .iter()
            .take(clock.from)
            .chain(tokens.iter().skip(clock.to))
            .collect(),
        None => tokens.iter().collect(),
    };
    let date = date(&date_tokens)?;
    let (time, is_next_day, offset_minutes) = clock.map_or((Time::midnight(), false, 0), |clock| {
        (clock.time, clock.is_next_day, clock.offset_minutes)
    });
    let date = if is_next_day {
        date.tomorrow().ok()?
    } else {
        date
    };
    at(date.to_datetime(time), offset_minutes)
}

/// Returns the point in time of a civil time at an offset.
fn at(civil: DateTime, offset_minutes: i32) -> Option<Timestamp> {
    Offset::from_seconds(offset_minutes * 60)
        .ok()?
        .to_timestamp(civil)
        .ok()
}

/// Reads digits without anything between them: a year, `YYYYMMDD`, with `hhmm` or `hhmmss`, or a Unix time.
fn digits_alone(text: &str) -> Option<Timestamp> {
    let value: i64 = text.parse().ok()?;
    let whole = u64::try_from(value).ok()?;
    let stamp = match text.len() {
        4 => ymd(
            Part {
                value: whole,
                digits: 4,
                mark: None,
            },
            1,
            1,
        )?
        .to_datetime(Time::midnight()),
        6 => six_digits(whole)?.to_datetime(Time::midnight()),
        8 => compact_date(whole)?.to_datetime(Time::midnight()),
        12 => compact_datetime(whole * 100)?,
        14 => compact_datetime(whole)?,
        9..=10 => return in_range(Timestamp::from_second(value).ok()?),
        13 => return in_range(Timestamp::from_millisecond(value).ok()?),
        16 => return in_range(Timestamp::from_microsecond(value).ok()?),
        _ => return None,
    };
    at(stamp, 0)
}

/// Reads a Unix time with a fraction: `1072986501.5`.
fn seconds_with_fraction(text: &str) -> Option<Timestamp> {
    let (seconds, fraction) = text.split_once('.')?;
    let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    (seconds.len() == 10 && is_digits(seconds) && is_digits(fraction)).then_some(())?;
    let milliseconds: String = fraction.chars().chain("000".chars()).take(3).collect();
    in_range(Timestamp::from_millisecond(format!("{seconds}{milliseconds}").parse().ok()?).ok()?)
}

/// Reads `YYYYMM`, or where that is no month of this age, `YYMMDD`.
fn six_digits(value: u64) -> Option<Date> {
    ymd(
        Part {
            value: value / 100,
            digits: 4,
            mark: None,
        },
        small(value % 100)?,
        1,
    )
    .or_else(|| {
        ymd(
            Part {
                value: value / 10_000,
                digits: 2,
                mark: None,
            },
            small(value / 100 % 100)?,
            value % 100,
        )
    })
}

fn compact_datetime(digits: u64) -> Option<DateTime> {
    let time = digits % 1_000_000;
    let time = Time::new(
        small(time / 10_000)?,
        small(time / 100 % 100)?,
        small(time % 100)?,
        0,
    )
    .ok()?;
    Some(compact_date(digits / 1_000_000)?.to_datetime(time))
}

fn in_range(timestamp: Timestamp) -> Option<Timestamp> {
    YEARS
        .contains(&Offset::UTC.to_datetime(timestamp).year())
        .then_some(timestamp)
}

#[cfg(test)]
mod tests;
