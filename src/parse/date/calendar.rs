//! The day a date names, by month names, the lengths of its numbers and the marks between them.

use jiff::civil::{Date, ISOWeekDate, Weekday};

use super::tokens::{Token, small};
use super::{YEARS, words};

/// Two-digit years below this are of this century (RFC 5322 §4.3).
const CENTURY_PIVOT: i16 = 50;

/// A number of a date, and the mark before it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Part {
    pub(super) value: u64,
    pub(super) digits: usize,
    pub(super) mark: Option<char>,
}

/// Makes a date of what is left when the time is gone.
pub(super) fn date(tokens: &[&Token]) -> Option<Date> {
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
    let weekday = Weekday::from_monday_one_offset(small(day.value)?).ok()?;
    let year = i16::try_from(year.value)
        .ok()
        .filter(|year| YEARS.contains(year))?;
    Some(
        ISOWeekDate::new(year, small(week.value)?, weekday)
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

pub(super) fn ymd(year: Part, month: i8, day: u64) -> Option<Date> {
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

pub(super) fn compact_date(digits: u64) -> Option<Date> {
    let year = Part {
        value: digits / 10_000,
        digits: 4,
        mark: None,
    };
    ymd(year, small(digits / 100 % 100)?, digits % 100)
}
