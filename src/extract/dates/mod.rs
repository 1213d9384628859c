//! Dates as pages write them, for machines and for people, in many languages.
//!
//! In goes a short text, out comes the first date in it with its time and UTC offset where they stand
//! beside it. What is no date, or lies before the web had news, is no date here: nothing is invented.

mod calendars;
mod clock;
mod letters;
mod shapes;
mod tokens;
mod weekdays;
pub(super) mod words;

use jiff::civil::{Date, Weekday};
use jiff::tz::Offset;

use crate::domain::LocalTimestamp;

use clock::{time_after, time_before};
use tokens::{Token, Tokens, tokenise};

/// The earliest year taken for one of publication: older dates on web pages belong to the story.
const FIRST_YEAR: i16 = 1995;

/// The latest year; the caller, who knows the time, is stricter.
const LAST_YEAR: i16 = 2100;

/// Characters of a text that are searched.
const SEARCHED_CHARS: usize = 400;

/// How `1/2/2019` is read where the numbers do not tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    /// The first of February, as nearly everywhere.
    DayFirst,
    /// The second of January, as in the United States.
    MonthFirst,
}

/// How the newspapers that a page is like write their dates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Habits {
    /// How numbers alone are read.
    pub(super) order: Order,
    /// Whether years can be those of a Hijri calendar.
    pub(super) is_hijri: bool,
    /// Whether years can be those of Taiwan's republic.
    pub(super) is_taiwanese: bool,
    /// Whether years can be the last digits of Buddhist ones.
    pub(super) is_thai: bool,
}

impl Habits {
    /// Those of a page in this language: a tag in small letters, empty if it is not known.
    pub(super) fn of(lang: &str, order: Order) -> Self {
        let language = lang.split('-').next().unwrap_or_default();
        Self {
            order,
            is_hijri: ["fa", "ps", "ar", "ur", "ckb"].contains(&language),
            is_taiwanese: matches!(lang, "zh-tw" | "zh-hant" | "zh-hant-tw"),
            is_thai: language == "th",
        }
    }
}

/// A date found in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Found {
    /// The point in time.
    pub(super) when: LocalTimestamp,
    /// Whether a time of day was written.
    pub(super) has_time: bool,
    /// Whether a UTC offset was written.
    pub(super) has_zone: bool,
    /// The index of the date's first token: a dateline stands at the beginning.
    pub(super) at: usize,
    /// Whether the text ends behind it, or a dash, a colon or a bracket parts it from what follows.
    pub(super) is_set_off: bool,
    /// All tokens of the text: few of them around a date make a date line.
    pub(super) of_tokens: usize,
    /// The same date read the other way round, where its numbers do not tell the day from the month.
    pub(super) other_way: Option<LocalTimestamp>,
}

impl Found {
    /// The calendar day as written.
    pub(super) fn day(&self) -> Date {
        self.when.offset.to_datetime(self.when.at).date()
    }

    /// The same date read the other way round: the day for the month.
    pub(super) fn turned(self) -> Option<Self> {
        Some(Self {
            when: self.other_way?,
            other_way: Some(self.when),
            ..self
        })
    }
}

/// Reads dates as one page writes them.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reader {
    /// How its newspapers write dates.
    pub(super) habits: Habits,
    /// The latest second since the epoch that a date can be; later ones are none.
    pub(super) latest: Option<i64>,
}

impl Reader {
    /// Reads a value meant for machines, as [`parse`] does.
    pub(super) fn parse(self, value: &str) -> Option<Found> {
        parse(value, self.habits).filter(|found| self.can_be(found))
    }

    /// Finds the first date in a text, as [`find`] does.
    pub(super) fn find(self, text: &str) -> Option<Found> {
        find(text, self.habits).filter(|found| self.can_be(found))
    }

    /// Finds the dates in a text that are none of one day in two calendars.
    pub(super) fn all(self, text: &str) -> Vec<Placed> {
        let mut placed = all(text, self.habits);
        placed.retain(|placed| self.can_be(&placed.found));
        placed
    }

    fn can_be(self, found: &Found) -> bool {
        self.latest
            .is_none_or(|latest| found.when.at.as_second() <= latest)
    }
}

/// A date, and the bytes of the text that it takes up without its time.
#[derive(Debug, Clone, Copy)]
pub(super) struct Placed {
    pub(super) found: Found,
    pub(super) start: usize,
    pub(super) end: usize,
}

/// Finds the first date in a text; of one day in two calendars, as the Gregorian one has it.
pub(super) fn find(text: &str, habits: Habits) -> Option<Found> {
    let tokens = tokens_with_numbers(text)?;
    let (first, end) = next_date(&tokens, 0, habits)?;
    if first.day.is_exact {
        return found(&tokens, &first, 0, tokens.all.len());
    }
    let exact = next_date(&tokens, end, habits)
        .map(|(second, _)| second)
        .filter(|second| second.day.is_exact && is_same_day(first.day.date, second.day.date));
    found(&tokens, &exact.unwrap_or(first), 0, tokens.all.len())
}

/// Finds all dates in a text, those of one day in two calendars once.
fn all(text: &str, habits: Habits) -> Vec<Placed> {
    let Some(tokens) = tokens_with_numbers(text) else {
        return Vec::new();
    };
    let mut dates: Vec<Dated> = Vec::new();
    let mut from = 0;
    while let Some((date, end)) = next_date(&tokens, from, habits) {
        from = end;
        match dates.last_mut() {
            Some(last)
                if last.day.is_exact != date.day.is_exact
                    && is_same_day(last.day.date, date.day.date) =>
            {
                if date.day.is_exact {
                    *last = date;
                }
            }
            _ => dates.push(date),
        }
    }
    let mut placed = Vec::new();
    let mut told_until = 0;
    for (index, date) in dates.iter().enumerate() {
        let until = dates
            .get(index + 1)
            .map_or(tokens.all.len(), |next| next.at);
        if let Some(found) = found(&tokens, date, told_until, until) {
            let start_of = |token: usize| tokens.starts.get(token).copied();
            placed.push(Placed {
                found,
                start: start_of(date.at).unwrap_or_default(),
                end: start_of(date.end).unwrap_or(text.len()),
            });
        }
        told_until = if found_time_behind(&tokens, date, until) {
            until
        } else {
            date.end
        };
    }
    placed
}

/// Days by which the calendars that are looked for differ from what is computed.
const DAYS_OFF: i32 = 2;

fn is_same_day(one: Date, other: Date) -> bool {
    one.until(other)
        .is_ok_and(|span| span.get_days().abs() <= DAYS_OFF)
}

/// A date among the tokens of a text.
struct Dated {
    day: calendars::Day,
    /// Its first token, and the one behind it.
    at: usize,
    end: usize,
}

/// Most texts hold no number at all; other scripts have digits of their own.
fn tokens_with_numbers(text: &str) -> Option<Tokens> {
    let can_hold = text.bytes().any(|byte| byte.is_ascii_digit())
        || !text.is_ascii() && text.chars().take(SEARCHED_CHARS).any(tokens::is_of_number);
    let tokens = can_hold.then(|| tokenise(text))?;
    tokens
        .all
        .iter()
        .any(|token| matches!(token, Token::Number { .. }))
        .then_some(tokens)
}

/// The first date from a token on, and the index of the token behind it.
fn next_date(tokens: &Tokens, from: usize, habits: Habits) -> Option<(Dated, usize)> {
    (from..tokens.all.len()).find_map(|at| {
        let (mut day, end) = shapes::date_at(tokens, at, habits)?;
        if !day.is_exact
            && let Some(weekday) = weekday_before(tokens, at)
        {
            day.date = calendars::on_weekday(day.date, weekday);
        }
        Some((Dated { day, at, end }, end))
    })
}

/// The weekday that is named right before a date.
fn weekday_before(tokens: &Tokens, at: usize) -> Option<Weekday> {
    const NEAR: usize = 3;
    let before = tokens.all.get(at.saturating_sub(NEAR)..at)?;
    before.iter().rev().find_map(|token| match token {
        Token::Word(word) => weekdays::weekday(word),
        _ => None,
    })
}

fn found_time_behind(tokens: &Tokens, date: &Dated, until: usize) -> bool {
    let before = tokens.all.get(..until).unwrap_or_default();
    time_after(before, date.end).is_some()
}

/// A date with its time, which is told between two tokens.
fn found(tokens: &Tokens, date: &Dated, from: usize, until: usize) -> Option<Found> {
    let all = &tokens.all;
    let time = time_after(all.get(..until).unwrap_or_default(), date.end)
        .or_else(|| time_before(all, from, date.at))
        .unwrap_or_default();
    let when = time.on(date.day.date)?;
    let day = date.day.date;
    let other_way = shapes::tells_no_order(all, date.at)
        .then(|| Date::new(day.year(), day.day(), day.month()).ok())
        .flatten()
        .and_then(|date| time.on(date));
    Some(Found {
        when,
        other_way,
        has_time: time.time.is_some(),
        has_zone: time.offset.is_some(),
        is_set_off: matches!(
            all.get(date.end),
            None | Some(Token::Mark(
                '-' | '–' | '—' | '−' | ':' | '|' | '/' | '(' | '（' | '：'
            ))
        ),
        at: date.at,
        of_tokens: all.len(),
    })
}

/// Reads a value meant for machines: ISO 8601 in all its spellings, RFC 2822, seconds since the epoch, or
/// else whatever [`find`] finds.
pub(super) fn parse(value: &str, habits: Habits) -> Option<Found> {
    let value = value.trim();
    if let Some(found) = epoch(value) {
        return Some(found);
    }
    find(value, habits)
}

fn epoch(value: &str) -> Option<Found> {
    if !value.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let number: i64 = value.parse().ok()?;
    let at = match value.len() {
        9 | 10 => jiff::Timestamp::from_second(number),
        12 | 13 => jiff::Timestamp::from_millisecond(number),
        _ => return None,
    }
    .ok()?;
    let year = Offset::UTC.to_datetime(at).year();
    (FIRST_YEAR..=LAST_YEAR).contains(&year).then_some(Found {
        when: LocalTimestamp::utc(at),
        has_time: true,
        has_zone: true,
        at: 0,
        of_tokens: 1,
        is_set_off: true,
        other_way: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY_FIRST: Habits = Habits {
        order: Order::DayFirst,
        is_hijri: false,
        is_taiwanese: false,
        is_thai: false,
    };

    const MONTH_FIRST: Habits = Habits {
        order: Order::MonthFirst,
        ..DAY_FIRST
    };

    fn read(text: &str) -> String {
        find(text, DAY_FIRST).map_or_else(
            || "none".to_owned(),
            |found| found.when.to_string().replace("+00:00", "Z"),
        )
    }

    fn day(text: &str) -> String {
        read(text).chars().take(10).collect()
    }

    #[test]
    fn machine_dates_keep_their_time_and_offset() {
        for (written, expected) in [
            ("2019-07-31T17:56:00+07:00", "2019-07-31T17:56:00+07:00"),
            ("2019-07-31T17:56:00.123Z", "2019-07-31T17:56:00.123Z"),
            ("2019-07-31T17:56+0700", "2019-07-31T17:56:00+07:00"),
            ("2019-07-31 17:56:00-03", "2019-07-31T17:56:00-03:00"),
            ("20190731T105600Z", "2019-07-31T10:56:00Z"),
            (
                "Wed, 31 Jul 2019 17:56:00 +0700",
                "2019-07-31T17:56:00+07:00",
            ),
            ("Wed Jul 31 17:56:00 2019", "2019-07-31T17:56:00Z"),
        ] {
            assert_eq!(read(written), expected, "{written}");
        }
    }

    #[test]
    fn seconds_and_milliseconds_since_the_epoch_are_read_from_values_only() {
        for value in ["1564570560", "1564570560000"] {
            let found = parse(value, DAY_FIRST).unwrap();
            assert_eq!(found.when.at.as_second(), 1_564_570_560, "{value}");
        }
        assert_eq!(read("call 1564570560"), "none");
    }

    #[test]
    fn a_date_line_for_people_keeps_its_time_and_offset() {
        for line in [
            "July 31, 2019 5:56 PM GMT+7",
            "5:56 PM GMT+7, July 31, 2019",
            "Published 31 July 2019 at 17:56 (UTC +7)",
            "31 July 2019 - 17:56 GMT+7",
            "31.07.2019 - 5:56 م (GMT+7)",
            "Wednesday, 31/07/2019 | 17:56 GMT+7",
            "Thứ Tư, ngày 31 tháng 7 năm 2019, 17:56 (GMT+7)",
        ] {
            assert_eq!(read(line), "2019-07-31T17:56:00+07:00", "{line}");
        }
    }

    #[test]
    fn months_are_read_in_many_languages() {
        for line in [
            "31. Juli 2019, 17:56 Uhr",
            "le 31 juillet 2019 à 17h56",
            "31 de julio de 2019",
            "31 luglio 2019",
            "31 lipca 2019",
            "31 июля 2019, 17:56",
            "31 липня 2019",
            "31 Temmuz 2019",
            "2019年7月31日 17:56",
            "2019년 7월 31일 오후 5:56",
            "2019. július 31.",
            "31. července 2019",
            "31 กรกฎาคม 2562",
            "٣١ يوليو ٢٠١٩",
            "31 जुलाई 2019",
            "31 Ιουλίου 2019",
            "31. heinäkuuta 2019",
        ] {
            assert_eq!(day(line), "2019-07-31", "{line}");
        }
    }

    #[test]
    fn the_afternoon_is_read_in_korean() {
        assert_eq!(read("2019년 7월 31일 오후 5:56"), "2019-07-31T17:56:00Z");
    }

    #[test]
    fn the_order_of_day_and_month_follows_the_hint_and_then_the_numbers() {
        let american = find("1/2/2019", MONTH_FIRST).unwrap();
        assert!(american.when.to_string().starts_with("2019-01-02"));
        assert_eq!(day("1/2/2019"), "2019-02-01");
        assert_eq!(day("7/31/2019"), "2019-07-31");
        assert_eq!(day("31.07.19"), "2019-07-31");
    }

    #[test]
    fn numbers_that_do_not_tell_the_day_from_the_month_can_be_turned() {
        let turned = |text: &str| {
            let turned = find(text, DAY_FIRST).unwrap().turned()?;
            Some(turned.day().to_string())
        };
        assert_eq!(turned("1/2/2019").as_deref(), Some("2019-01-02"));
        assert_eq!(turned("03-09-2026").as_deref(), Some("2026-03-09"));
        for told in ["31/7/2019", "2/2/2019", "1.2.2019", "2019-01-02"] {
            assert_eq!(turned(told), None, "{told}");
        }
    }

    #[test]
    fn what_is_no_date_gives_none() {
        for text in [
            "",
            "version 1.2.2019.4",
            "10.0.0.1/2019",
            "in 2019",
            "31 February 2019",
            "31/31/2019",
            "0000-00-00",
            "July 31, 1789",
            "12/2019",
            "page 3 of 2019 results",
        ] {
            assert_eq!(read(text), "none", "{text}");
        }
    }

    #[test]
    fn a_zone_written_by_name_counts() {
        assert_eq!(
            read("July 31, 2019 at 5:56 p.m. EDT"),
            "2019-07-31T17:56:00-04:00"
        );
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read_without_harm(text in "[0-9a-zA-Z:/.+, \\-年月日Tz]{0,60}") {
            let _found = find(&text, MONTH_FIRST);
        }
    }
}
