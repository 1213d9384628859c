//! Dates as feeds write them, whatever the format asks for.
//!
//! In goes the text of a date element; out comes the point in time it names, or nothing. RSS asks for RFC 822,
//! Atom for RFC 3339, and publishers write what their system prints: other orders, other languages, no zone,
//! seconds since 1970. The reading goes by parts, not by patterns: first the time of day with its zone, then
//! what is left has to make one date. A part that makes no sense makes the whole text no date, because a
//! wrong date is worse than none: it hides an entry or wakes people for an old one.

mod words;

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::Offset;

use self::words::Half;
use crate::domain::Timestamp;

/// Characters of a text that may be a date; the longest real ones have some 60.
const MAX_CHARS: usize = 120;

/// Characters of a zone: `UTC+05:30`.
const MAX_ZONE_CHARS: usize = 9;

/// The years that news can come from. Anything else is a default of some system (0001, 9999) or nonsense.
const YEARS: std::ops::RangeInclusive<i16> = 1900..=2200;

/// Two-digit years below this are of this century (RFC 5322 §4.3).
const CENTURY_PIVOT: i16 = 50;

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

/// Makes a text comparable: bounded, lower case, comments out, the signs of Chinese, Japanese and Korean dates replaced.
fn plain(text: &str) -> Option<String> {
    let text = text.trim();
    if text.is_empty() || text.chars().nth(MAX_CHARS).is_some() {
        return None;
    }
    let mut plain = String::with_capacity(text.len());
    for c in without_comments(&words::plain_word(text)).chars() {
        match c {
            '年' | '月' | '년' | '월' | '\u{2212}' | '\u{2010}'..='\u{2013}' => plain.push('-'),
            '日' | '일' | '秒' | '초' => plain.push(' '),
            '時' | '时' | '点' | '分' | '시' | '분' => plain.push(':'),
            c if c.is_whitespace() => plain.push(' '),
            c if !c.is_ascii() => plain.push(digit(c).unwrap_or(c)),
            c => plain.push(c),
        }
    }
    let trimmed = plain.trim_matches(|c: char| {
        c.is_whitespace() || matches!(c, ',' | ';' | '.' | ':' | '"' | '\'')
    });
    Some(trimmed.to_owned())
}

/// Zeros of the other digits that dates are written with: Arabic, Persian, Hindi, Bengali, Thai.
const ZEROS: [char; 5] = ['\u{660}', '\u{6F0}', '\u{966}', '\u{9E6}', '\u{E50}'];

/// Returns the digit of ASCII that a digit of another script stands for.
fn digit(c: char) -> Option<char> {
    let value = ZEROS.iter().find_map(|zero| {
        u32::from(c)
            .checked_sub(u32::from(*zero))
            .filter(|value| *value < 10)
    })?;
    char::from_digit(value, 10)
}

/// Drops remarks in brackets; a short one without a space stays, since it may be the zone: `(GMT+7)`.
fn without_comments(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('(') {
        kept.push_str(before);
        let (comment, after) = after.split_once(')').unwrap_or((after, ""));
        if !comment.contains(char::is_whitespace) && comment.chars().count() <= MAX_ZONE_CHARS {
            kept.push(' ');
            kept.push_str(comment);
            kept.push(' ');
        }
        rest = after;
    }
    kept.push_str(rest);
    kept
}

/// A piece of a date.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Token {
    Number {
        value: u64,
        digits: usize,
        /// Whether white space stands before it.
        spaced: bool,
    },
    Word(String),
    /// Anything that is neither a digit, a letter nor white space.
    Mark(char),
}

fn tokens(text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut chars = text.chars().peekable();
    let mut spaced = false;
    while let Some(c) = chars.next() {
        if c.is_whitespace() {
            spaced = true;
            continue;
        }
        if let Some(digit) = c.to_digit(10) {
            let (mut value, mut digits) = (u64::from(digit), 1);
            while let Some(digit) = chars.peek().and_then(|c| c.to_digit(10)) {
                value = value.saturating_mul(10).saturating_add(u64::from(digit));
                digits += 1;
                chars.next();
            }
            tokens.push(Token::Number {
                value,
                digits,
                spaced,
            });
        } else if c.is_alphabetic() {
            tokens.push(Token::Word(word(c, &mut chars)));
        } else {
            tokens.push(Token::Mark(c));
        }
        spaced = false;
    }
    tokens
}

/// Reads the rest of a word; the points of `p.m.` belong to it.
fn word(first: char, chars: &mut std::iter::Peekable<std::str::Chars<'_>>) -> String {
    let mut word = String::from(first);
    while let Some(c) = chars
        .peek()
        .copied()
        .filter(|c| c.is_alphabetic() || *c == '.')
    {
        word.push(c);
        chars.next();
    }
    let is_initials = word.split('.').all(|part| part.chars().count() <= 1);
    if is_initials {
        word.replace('.', "")
    } else {
        word.trim_end_matches('.').to_owned()
    }
}

/// A time of day with its zone, and the tokens it was read from.
#[derive(Debug, PartialEq, Eq)]
struct Clock {
    time: Time,
    /// Whether it was written as 24:00.
    is_next_day: bool,
    offset_minutes: i32,
    from: usize,
    to: usize,
}

/// Finds the time of day: `19:48`, `19:48:21.5`, `7:48 pm`, `T1948`, `19h48`.
fn clock(tokens: &[Token]) -> Option<Clock> {
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

fn number(token: Option<&Token>) -> Option<(u64, usize)> {
    match token? {
        Token::Number { value, digits, .. } => Some((*value, *digits)),
        _ => None,
    }
}

fn small(value: u64) -> Option<i8> {
    i8::try_from(value).ok()
}

/// A number of a date, and the mark before it.
#[derive(Debug, Clone, Copy)]
struct Part {
    value: u64,
    digits: usize,
    mark: Option<char>,
}

/// Makes a date of what is left when the time is gone.
fn date(tokens: &[&Token]) -> Option<Date> {
    let mut parts: Vec<Part> = Vec::new();
    let mut month = None;
    let mut mark = None;
    let mut unknown_words = 0;
    let mut is_english = true;
    let mut is_week = false;
    for token in tokens {
        match token {
            Token::Number { value, digits, .. } => parts.push(Part {
                value: *value,
                digits: *digits,
                mark: mark.take(),
            }),
            Token::Mark(c) => mark = Some(*c),
            Token::Word(word) => match words::month(word) {
                // `mar. 5 janv.`: the first of two is a day of the week that looks like a month.
                Some(found) => month = Some(found),
                None if words::is_ordinal(word) && !parts.is_empty() => {}
                None if word == "w" && parts.len() == 1 => is_week = true,
                None => {
                    is_english &= words::is_english(word);
                    unknown_words += usize::from(!words::is_filler(word));
                }
            },
        }
    }
    match (month, parts.as_slice()) {
        // One word besides the month can be the day of the week in any language; two are a sentence.
        _ if unknown_words > 2 => None,
        (_, [year, week, day]) if is_week => iso_week_date(*year, *week, *day),
        (Some(month), parts) => date_with_month(month, parts),
        (None, parts) => date_of_numbers(parts, is_english),
    }
}

/// Makes a date of a named month with a day and a year, or a year alone.
fn date_with_month(month: i8, parts: &[Part]) -> Option<Date> {
    match *parts {
        [year] if year.digits == 4 => ymd(year, month, 1),
        [first, second] if first.digits >= 3 => ymd(first, month, second.value),
        [first, second] if second.digits == 2 || second.digits >= 4 => {
            ymd(second, month, first.value)
        }
        _ => None,
    }
}

/// Reads the week date of ISO 8601: `2004-W01-4`.
fn iso_week_date(year: Part, week: Part, day: Part) -> Option<Date> {
    let weekday = jiff::civil::Weekday::from_monday_one_offset(small(day.value)?).ok()?;
    let year = i16::try_from(year.value)
        .ok()
        .filter(|year| YEARS.contains(year))?;
    Some(
        jiff::civil::ISOWeekDate::new(year, small(week.value)?, weekday)
            .ok()?
            .date(),
    )
}

/// Makes a date of numbers alone, by their lengths and the marks between them.
fn date_of_numbers(parts: &[Part], is_english: bool) -> Option<Date> {
    match *parts {
        [year] if year.digits == 4 => ymd(year, 1, 1),
        [whole] if whole.digits == 8 => compact_date(whole.value),
        [year, month] if year.digits == 4 && month.digits <= 2 => ymd(year, small(month.value)?, 1),
        // ISO 8601: the day of the year.
        [year, day] if year.digits == 4 && day.digits == 3 && day.mark == Some('-') => {
            let first = ymd(year, 1, 1)?;
            let days = i64::try_from(day.value).ok()?.checked_sub(1)?;
            let date = first
                .checked_add(jiff::Span::new().try_days(days).ok()?)
                .ok()?;
            (days >= 0 && date.year() == first.year()).then_some(date)
        }
        [year, month, day] if year.digits == 4 => ymd(year, small(month.value)?, day.value),
        [first, second, year] if year.digits == 4 => day_and_month(first, second, year, is_english),
        [year, month, day] if [year, month, day].iter().all(|part| part.digits == 2) => {
            match day.mark {
                Some('-') => ymd(year, small(month.value)?, day.value),
                _ => day_and_month(year, month, day, is_english),
            }
        }
        [first, second, year]
            if year.digits == 2 && first.digits <= 2 && matches!(year.mark, Some('/' | '.')) =>
        {
            day_and_month(first, second, year, is_english)
        }
        _ => None,
    }
}

/// Tells the day from the month: with slashes the month comes first, as in America, unless it cannot be one
/// or the words around it are of another language.
fn day_and_month(first: Part, second: Part, year: Part, is_english: bool) -> Option<Date> {
    let month_first = second.mark == Some('/') && first.value <= 12 && is_english;
    let (day, month) = if month_first || second.value > 12 {
        (second, first)
    } else {
        (first, second)
    };
    ymd(year, small(month.value)?, day.value)
}

fn ymd(year: Part, month: i8, day: u64) -> Option<Date> {
    let value = i16::try_from(year.value).ok()?;
    let year = match year.digits {
        // RFC 5322 §4.3: two and three digits.
        2 if value < CENTURY_PIVOT => value + 2000,
        2 | 3 => value + 1900,
        _ => value,
    };
    YEARS.contains(&year).then_some(())?;
    Date::new(year, month, small(day)?).ok()
}

fn compact_date(digits: u64) -> Option<Date> {
    let year = Part {
        value: digits / 10_000,
        digits: 4,
        mark: None,
    };
    ymd(year, small(digits / 100 % 100)?, digits % 100)
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
