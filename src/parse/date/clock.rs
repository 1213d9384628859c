//! The time of day in a date, and its zone.

use jiff::civil::Time;

use super::tokens::{Token, number, small};
use super::words::{self, Half};

/// A time of day with its zone, and the tokens it was read from.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Clock {
    pub(super) time: Time,
    /// Whether it was written as 24:00.
    pub(super) is_next_day: bool,
    pub(super) offset_minutes: i32,
    pub(super) from: usize,
    pub(super) to: usize,
}

/// Finds the time of day: `19:48`, `19:48:21.5`, `7:48 pm`, `T1948`, `19h48`.
pub(super) fn clock(tokens: &[Token]) -> Option<Clock> {
    (0..tokens.len()).find_map(|from| clock_at(tokens, from))
}

fn clock_at(tokens: &[Token], from: usize) -> Option<Clock> {
    let mut at = from;
    let half_before = half_at(tokens, at);
    if half_before.is_some() {
        at += 1;
    }
    let after_t = tokens.get(at) == Some(&Token::Word("t".into()));
    if after_t {
        at += 1;
    }
    let Reading {
        hour,
        minute,
        second,
        nanosecond,
        mut to,
    } = reading(tokens, at, after_t)?;
    let half = half_before.or_else(|| {
        let half = half_at(tokens, to)?;
        to += 1;
        Some(half)
    });
    let hour = match half {
        None => hour,
        Some(_) if !(1..=12).contains(&hour) => hour,
        Some(Half::Morning) => hour % 12,
        Some(Half::Afternoon) => hour % 12 + 12,
    };
    // A leap second is the last of its minute; more than that is a slip.
    let second = if second == 60 { 59 } else { second };
    let is_next_day = hour == 24 && minute == 0 && second == 0;
    let time = Time::new(
        if is_next_day { 0 } else { hour },
        minute,
        second,
        nanosecond,
    )
    .ok()?;
    let (offset_minutes, to) = zone_at(tokens, to);
    Some(Clock {
        time,
        is_next_day,
        offset_minutes,
        from,
        to,
    })
}

fn half_at(tokens: &[Token], at: usize) -> Option<Half> {
    match tokens.get(at)? {
        Token::Word(word) => words::half(word),
        _ => None,
    }
}

/// The figures of a time of day, and where they end.
struct Reading {
    hour: i8,
    minute: i8,
    second: i8,
    nanosecond: i32,
    to: usize,
}

/// Reads the figures of a time; behind a `T` they need no colons.
fn reading(tokens: &[Token], at: usize, after_t: bool) -> Option<Reading> {
    let (value, digits) = number(tokens.get(at))?;
    if digits <= 2 && is_clock_mark(tokens, at) {
        let (minute, minute_digits) = number(tokens.get(at + 2))?;
        if minute_digits > 2 {
            return None;
        }
        let (second, to) = match (tokens.get(at + 3), number(tokens.get(at + 4))) {
            (Some(Token::Mark(':')), Some((second, 1..=2))) => (second, at + 5),
            _ => (0, at + 3),
        };
        let (nanosecond, to) = fraction(tokens, to);
        return Some(Reading {
            hour: small(value)?,
            minute: small(minute)?,
            second: small(second)?,
            nanosecond,
            to,
        });
    }
    if !after_t {
        return hour_alone(tokens, at, value, digits);
    }
    let (hour, minute, second) = match digits {
        1..=2 => (value, 0, 0),
        4 => (value / 100, value % 100, 0),
        6 => (value / 10_000, value / 100 % 100, value % 100),
        _ => return None,
    };
    let (nanosecond, to) = fraction(tokens, at + 1);
    Some(Reading {
        hour: small(hour)?,
        minute: small(minute)?,
        second: small(second)?,
        nanosecond,
        to,
    })
}

/// Reads `7 pm`: an hour that only the half of the day behind it shows to be one.
fn hour_alone(tokens: &[Token], at: usize, value: u64, digits: usize) -> Option<Reading> {
    let is_hour = digits <= 2 && (1..=12).contains(&value) && half_at(tokens, at + 1).is_some();
    // `Freitag 5 am ...`: without a colon only an hour behind a whole date can be meant.
    let is_behind_a_date = tokens
        .iter()
        .take(at)
        .filter(|token| matches!(token, Token::Number { .. }))
        .count()
        >= 2;
    // `5 上午 9:30`: the half of the day may belong to the hour behind it.
    let is_followed = matches!(tokens.get(at + 2), Some(Token::Number { .. }));
    (is_hour && is_behind_a_date && !is_followed).then_some(())?;
    Some(Reading {
        hour: small(value)?,
        minute: 0,
        second: 0,
        nanosecond: 0,
        to: at + 1,
    })
}

/// Returns whether an hour and a minute meet here: `19:48`, `19h48`, and behind a date `19.48`.
fn is_clock_mark(tokens: &[Token], at: usize) -> bool {
    let is_followed_at_once = |digits: usize| matches!(tokens.get(at + 2), Some(Token::Number { spaced: false, digits: found, .. }) if *found >= digits);
    match tokens.get(at + 1) {
        Some(Token::Mark(':')) => true,
        Some(Token::Mark('.')) => {
            let is_spaced = matches!(tokens.get(at), Some(Token::Number { spaced: true, .. }));
            let has_year = tokens
                .iter()
                .take(at)
                .any(|token| matches!(token, Token::Number { digits: 4, .. }));
            let ends = !matches!(tokens.get(at + 3), Some(Token::Mark('.')));
            is_spaced && has_year && ends && is_followed_at_once(2)
        }
        Some(Token::Word(word)) => word == "h" && is_followed_at_once(1),
        _ => false,
    }
}

/// Reads `.5` or `,5` behind the seconds.
fn fraction(tokens: &[Token], at: usize) -> (i32, usize) {
    let is_mark = matches!(tokens.get(at), Some(Token::Mark('.' | ',')));
    match tokens.get(at + 1) {
        Some(Token::Number {
            value,
            digits,
            spaced: false,
        }) if is_mark => {
            let scaled = match u32::try_from(*digits) {
                Ok(digits @ 1..=9) => value.saturating_mul(10_u64.pow(9 - digits)),
                Ok(digits @ 10..=18) => value / 10_u64.pow(digits - 9),
                _ => 0,
            };
            (i32::try_from(scaled).unwrap_or(0).min(999_999_999), at + 2)
        }
        _ => (0, at),
    }
}

/// Reads the zone behind a time: `Z`, `+0100`, `-08:00`, `EST`, `GMT+7`, `-0500 EST`, `0000`.
///
/// A zone that is not known counts as UTC (RFC 5322 §4.3): some hours wrong is better than no date.
fn zone_at(tokens: &[Token], at: usize) -> (i32, usize) {
    if let Some(offset) = numeric_offset(tokens, at) {
        let (_, to) = named_zone(tokens, offset.1);
        return (offset.0, to);
    }
    if matches!(
        tokens.get(at),
        Some(Token::Number {
            value: 0,
            digits: 4,
            ..
        })
    ) {
        return (0, at + 1);
    }
    let (named, to) = named_zone(tokens, at);
    match numeric_offset(tokens, to) {
        Some(offset) if to > at => offset,
        _ => (named, to),
    }
}

/// Reads a zone by name; where there is none, the offset is 0 and nothing is taken.
fn named_zone(tokens: &[Token], at: usize) -> (i32, usize) {
    let Some(Token::Word(word)) = tokens.get(at) else {
        return (0, at);
    };
    if tokens.get(at + 1) == Some(&Token::Mark('/')) {
        return (0, end_of_place(tokens, at));
    }
    match (words::zone(word), tokens.get(at + 1), tokens.get(at + 2)) {
        // `PST8PDT`: POSIX names the zone, its offset and its summer time.
        (
            Some(minutes),
            Some(Token::Number {
                digits: 1,
                spaced: false,
                ..
            }),
            Some(Token::Word(_)),
        ) => (minutes, at + 3),
        (Some(minutes), _, _) => (minutes, at + 1),
        (None, _, _) if is_like_a_zone(word) => (0, at + 1),
        (None, _, _) => (0, at),
    }
}

/// Passes over `America/New_York`: what its offset is only a table of the world knows.
fn end_of_place(tokens: &[Token], at: usize) -> usize {
    let is_part = |token: &&Token| matches!(token, Token::Word(_) | Token::Mark('/' | '_'));
    at + tokens.iter().skip(at).take_while(is_part).count()
}

/// Returns whether a word could be a zone that no table has.
fn is_like_a_zone(word: &str) -> bool {
    (3..=5).contains(&word.len())
        && word.ends_with('t')
        && word.bytes().all(|byte| byte.is_ascii_lowercase())
        && words::month(word).is_none()
}

/// Reads `+0100`, `-08:00`, `+7`; the sign is needed.
fn numeric_offset(tokens: &[Token], at: usize) -> Option<(i32, usize)> {
    let sign = match tokens.get(at)? {
        Token::Mark('+') => 1,
        Token::Mark('-') => -1,
        _ => return None,
    };
    let (value, digits) = number(tokens.get(at + 1))?;
    let value = i32::try_from(value).ok()?;
    let (hours, minutes, to) = match digits {
        1..=2 => match (tokens.get(at + 2), number(tokens.get(at + 3))) {
            (Some(Token::Mark(':' | '.')), Some((minutes, 2))) => {
                (value, i32::try_from(minutes).ok()?, at + 4)
            }
            _ => (value, 0, at + 2),
        },
        3..=4 => (value / 100, value % 100, at + 2),
        _ => return None,
    };
    // The largest offset in use is +14:00; a larger one is a slip of the pen, and UTC as good as any.
    let minutes = hours * 60 + minutes;
    Some((
        if minutes <= 15 * 60 {
            sign * minutes
        } else {
            0
        },
        to,
    ))
}
