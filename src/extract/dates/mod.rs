//! Dates as pages write them, for machines and for people, in many languages.
//!
//! In goes a short text, out comes the first date in it with its time and UTC offset where they stand
//! beside it. What is no date, or lies before the web had news, is no date here: nothing is invented.

mod clock;
mod shapes;
mod tokens;
pub(super) mod words;

use jiff::civil::Date;
use jiff::tz::Offset;

use crate::domain::LocalTimestamp;

use clock::{time_after, time_before};
use tokens::{Token, tokenise};

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
    /// How numbers alone are read.
    pub(super) order: Order,
    /// The latest second since the epoch that a date can be; later ones are none.
    pub(super) latest: Option<i64>,
}

impl Reader {
    /// Reads a value meant for machines, as [`parse`] does.
    pub(super) fn parse(self, value: &str) -> Option<Found> {
        parse(value, self.order).filter(|found| self.can_be(found))
    }

    /// Finds the first date in a text, as [`find`] does.
    pub(super) fn find(self, text: &str) -> Option<Found> {
        find(text, self.order).filter(|found| self.can_be(found))
    }

    fn can_be(self, found: &Found) -> bool {
        self.latest
            .is_none_or(|latest| found.when.at.as_second() <= latest)
    }
}

/// Finds the first date in a text.
pub(super) fn find(text: &str, order: Order) -> Option<Found> {
    // Most texts hold no number at all; other scripts have digits of their own.
    if !text
        .bytes()
        .any(|byte| byte.is_ascii_digit() || !byte.is_ascii())
    {
        return None;
    }
    let tokens = tokenise(text);
    if !tokens
        .iter()
        .any(|token| matches!(token, Token::Number { .. }))
    {
        return None;
    }
    (0..tokens.len()).find_map(|at| {
        let (date, end) = shapes::date_at(&tokens, at, order)?;
        let time = time_after(&tokens, end)
            .or_else(|| time_before(&tokens, at))
            .unwrap_or_default();
        let when = time.on(date)?;
        let other_way = shapes::tells_no_order(&tokens, at)
            .then(|| Date::new(date.year(), date.day(), date.month()).ok())
            .flatten()
            .and_then(|date| time.on(date));
        Some(Found {
            when,
            other_way,
            has_time: time.time.is_some(),
            has_zone: time.offset.is_some(),
            at,
            of_tokens: tokens.len(),
        })
    })
}

/// Reads a value meant for machines: ISO 8601 in all its spellings, RFC 2822, seconds since the epoch, or
/// else whatever [`find`] finds.
pub(super) fn parse(value: &str, order: Order) -> Option<Found> {
    let value = value.trim();
    if let Some(found) = epoch(value) {
        return Some(found);
    }
    find(value, order)
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
        other_way: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> String {
        find(text, Order::DayFirst).map_or_else(
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
            let found = parse(value, Order::DayFirst).unwrap();
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
        let american = find("1/2/2019", Order::MonthFirst).unwrap();
        assert!(american.when.to_string().starts_with("2019-01-02"));
        assert_eq!(day("1/2/2019"), "2019-02-01");
        assert_eq!(day("7/31/2019"), "2019-07-31");
        assert_eq!(day("31.07.19"), "2019-07-31");
    }

    #[test]
    fn numbers_that_do_not_tell_the_day_from_the_month_can_be_turned() {
        let turned = |text: &str| {
            let turned = find(text, Order::DayFirst).unwrap().turned()?;
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
            let _found = find(&text, Order::MonthFirst);
        }
    }
}
