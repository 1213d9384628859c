//! Times of day and UTC offsets beside a date.

use jiff::civil::{Date, Time};
use jiff::tz::Offset;

use super::tokens::{Reader, Token, joined_before};
use super::words::{self, Meridiem};
use crate::domain::LocalTimestamp;

/// A time of day and an offset, each if written.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Clock {
    pub(super) time: Option<Time>,
    pub(super) offset: Option<Offset>,
}

impl Clock {
    pub(super) fn on(self, date: Date) -> Option<LocalTimestamp> {
        let offset = self.offset.unwrap_or(Offset::UTC);
        let local = date.to_datetime(self.time.unwrap_or(Time::midnight()));
        let at = offset.to_timestamp(local).ok()?;
        Some(LocalTimestamp { at, offset })
    }
}

/// Tokens between a date and its time: `31 July 2019 | updated at 17:56`.
const GAP: usize = 5;

/// The time of day behind a date.
pub(super) fn time_after(tokens: &[Token], from: usize) -> Option<Clock> {
    compact_time(tokens, from).or_else(|| {
        (from..=from + GAP)
            .find_map(|at| time_at(tokens, at))
            .map(|(clock, _)| clock)
    })
}

/// The time of day that ends just before a date and is not before `from`.
pub(super) fn time_before(tokens: &[Token], from: usize, date_at: usize) -> Option<Clock> {
    (date_at.saturating_sub(10).max(from)..date_at)
        .filter_map(|at| time_at(tokens, at))
        .find(|(_, end)| *end <= date_at && date_at - *end <= GAP)
        .map(|(clock, _)| clock)
}

/// `T105600Z` behind `20190731`.
fn compact_time(tokens: &[Token], from: usize) -> Option<Clock> {
    let mut r = Reader { tokens, at: from };
    if !r.a_word_of(&["t"]) {
        return None;
    }
    let value = r.number(6..=6)?;
    let time = clock_time(value / 10_000, value / 100 % 100, value % 100, 0)?;
    let offset = zone(&mut r);
    Some(Clock {
        time: Some(time),
        offset,
    })
}

/// `17:56`, `17:56:00.123`, `5:56 PM`, `17.56 Uhr`, `17h56`, with the zone behind it.
pub(super) fn time_at(tokens: &[Token], at: usize) -> Option<(Clock, usize)> {
    let mut r = Reader { tokens, at };
    if joined_before(tokens, at) && !follows_year(tokens, at) {
        return None;
    }
    let early = early_meridiem(tokens, at);
    let hour = r.number(1..=2)?;
    let colon = r.skip_mark(':');
    let hours_word = !colon && r.a_word_of(&["h", "時", "시", "点", "giờ", "uhr"]);
    let dot = !colon && !hours_word && r.skip_mark('.');
    let mut minute = if colon || dot || hours_word {
        r.number(2..=2)
    } else {
        None
    };
    if minute.is_some() {
        r.a_word_of(&["分", "분"]);
    }
    let mut second = 0;
    let mut nanos = 0;
    if colon && minute.is_some() {
        let mut ahead = r;
        if ahead.skip_mark(':')
            && let Some(value) = ahead.number(2..=2)
        {
            second = value;
            r = ahead;
            nanos = fraction(&mut r);
        }
    }
    let meridiem = meridiem(&mut r).or(early);
    let uhr = r.a_word_of(&["uhr", "h", "hrs", "uur"]);
    if minute.is_none() && (meridiem.is_some() || hours_word || uhr) && !colon && !dot {
        minute = Some(0);
    }
    if dot && !uhr && meridiem.is_none() {
        return None;
    }
    let hour = match meridiem {
        Some(Meridiem::After) if hour < 12 => hour + 12,
        Some(Meridiem::Before) if hour == 12 => 0,
        _ => hour,
    };
    let time = clock_time(hour, minute?, second.min(59), nanos)?;
    let offset = zone(&mut r);
    Some((
        Clock {
            time: Some(time),
            offset,
        },
        r.at,
    ))
}

/// Tells whether a dash and a year stand before: `7 November 2025 - 10:44`.
fn follows_year(tokens: &[Token], at: usize) -> bool {
    let dash = at.checked_sub(1).and_then(|index| tokens.get(index));
    let year = at.checked_sub(2).and_then(|index| tokens.get(index));
    matches!(dash, Some(Token::Mark('-'))) && matches!(year, Some(Token::Number { digits: 4, .. }))
}

fn fraction(r: &mut Reader<'_>) -> u32 {
    let mut ahead = *r;
    if !(ahead.skip_mark('.') || ahead.skip_mark(',')) {
        return 0;
    }
    let Some(Token::Number { value, digits }) = ahead.peek() else {
        return 0;
    };
    r.at = ahead.at + 1;
    let digits = u32::try_from(*digits).unwrap_or(u32::MAX);
    match 9_u32.checked_sub(digits) {
        Some(missing) => value.saturating_mul(10_u32.saturating_pow(missing)),
        None => 0,
    }
}

/// `오후 5:56`, `下午5:56`.
fn early_meridiem(tokens: &[Token], at: usize) -> Option<Meridiem> {
    match tokens.get(at.checked_sub(1)?)? {
        Token::Word(word) => match word.as_str() {
            "오후" | "下午" | "午後" | "晚上" => Some(Meridiem::After),
            "오전" | "上午" | "午前" | "凌晨" => Some(Meridiem::Before),
            _ => None,
        },
        _ => None,
    }
}

fn meridiem(r: &mut Reader<'_>) -> Option<Meridiem> {
    let mut ahead = *r;
    let word = ahead.word()?;
    let found = match word {
        "am" | "πμ" | "ص" | "صباحا" | "صباحًا" | "sa" => Some(Meridiem::Before),
        "pm" | "μμ" | "م" | "مساء" | "مساءً" | "ch" => Some(Meridiem::After),
        "a" | "p" => {
            ahead.skip_mark('.');
            if !ahead.a_word_of(&["m"]) {
                return None;
            }
            ahead.skip_mark('.');
            Some(if word == "a" {
                Meridiem::Before
            } else {
                Meridiem::After
            })
        }
        _ => None,
    };
    if found.is_some() {
        *r = ahead;
    }
    found
}

/// `+07:00`, `+0700`, `Z`, `GMT+7`, `(UTC -3)`, `EST`.
fn zone(r: &mut Reader<'_>) -> Option<Offset> {
    let mut ahead = *r;
    ahead.skip_marks(&['(', ',', '|']);
    let named = match ahead.peek() {
        Some(Token::Word(word)) => words::zone_minutes(word),
        _ => None,
    };
    if named.is_some() {
        ahead.at += 1;
    }
    let is_base = named == Some(0);
    if named.is_none() || is_base {
        let mut signed = ahead;
        if let Some(minutes) = signed_offset(&mut signed, is_base) {
            *r = signed;
            return offset(minutes);
        }
    }
    let minutes = named?;
    *r = ahead;
    r.skip_mark(')');
    offset(minutes)
}

fn signed_offset(r: &mut Reader<'_>, after_base: bool) -> Option<i32> {
    let sign = match r.peek()? {
        Token::Mark('+') => 1,
        Token::Mark('-' | '−' | '–') => -1,
        _ => return None,
    };
    r.at += 1;
    let Token::Number { value, digits } = r.peek()? else {
        return None;
    };
    let value = i32::try_from(*value).ok()?;
    r.at += 1;
    let minutes = match digits {
        4 => value / 100 * 60 + value % 100,
        1 | 2 => {
            let mut ahead = *r;
            let rest = if ahead.skip_mark(':') {
                ahead.number(2..=2)
            } else {
                None
            };
            match rest {
                Some(rest) => {
                    *r = ahead;
                    value * 60 + i32::try_from(rest).ok()?
                }
                None if after_base || sign > 0 || (*digits == 2 && !goes_on(r)) => value * 60,
                None => return None,
            }
        }
        _ => return None,
    };
    // The largest offset in use is UTC+14.
    (minutes <= 14 * 60).then_some(sign * minutes)
}

/// Tells whether a number is the beginning of something longer: `17:56 - 07/31`, `17:56 - 07 July`.
fn goes_on(r: &Reader<'_>) -> bool {
    matches!(
        r.peek(),
        Some(Token::Mark('/' | '.' | '-' | ':') | Token::Word(_) | Token::Number { .. })
    )
}

fn offset(minutes: i32) -> Option<Offset> {
    Offset::from_seconds(minutes * 60).ok()
}

fn clock_time(hour: u32, minute: u32, second: u32, nanos: u32) -> Option<Time> {
    let (hour, day_end) = if hour == 24 && minute == 0 {
        (0, true)
    } else {
        (hour, false)
    };
    if day_end {
        return Time::new(23, 59, 59, 0).ok();
    }
    Time::new(
        i8::try_from(hour).ok()?,
        i8::try_from(minute).ok()?,
        i8::try_from(second).ok()?,
        i32::try_from(nanos).ok()?,
    )
    .ok()
}
