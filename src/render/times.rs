//! Times as people read them, in the zone of the reader.

use jiff::Timestamp;
use jiff::civil::{DateTime, Weekday};
use jiff::tz::{Offset, TimeZone};

use crate::domain::LocalTimestamp;

/// From how much later than its publication an article counts as found late.
const LATE_S: i64 = 30 * 60;

/// How far a publication may lie in the future before it is worth a word.
const AHEAD_S: i64 = 5 * 60;

/// `UTC+7`, `UTC+5:45`, `UTC`
pub(super) fn offset(zone: &TimeZone, at: Timestamp) -> String {
    written_offset(zone.to_offset(at))
}

fn written_offset(offset: Offset) -> String {
    let minutes = offset.seconds() / 60;
    if minutes == 0 {
        return "UTC".to_owned();
    }
    let sign = if minutes < 0 { '-' } else { '+' };
    let (hours, minutes) = (minutes.abs() / 60, minutes.abs() % 60);
    if minutes == 0 {
        format!("UTC{sign}{hours}")
    } else {
        format!("UTC{sign}{hours}:{minutes:02}")
    }
}

/// `14:05`
pub(super) fn clock(at: Timestamp, zone: &TimeZone) -> String {
    let at = zone.to_datetime(at);
    format!("{:02}:{:02}", at.hour(), at.minute())
}

/// `Thu 26 Nov`, with the year if it is another one than now.
pub(super) fn day(at: Timestamp, zone: &TimeZone, now: Timestamp) -> String {
    written_day(zone.to_datetime(at), zone.to_datetime(now))
}

fn written_day(at: DateTime, now: DateTime) -> String {
    let day = format!(
        "{} {} {}",
        weekday(at.weekday()),
        at.day(),
        month(at.month())
    );
    if at.year() == now.year() {
        day
    } else {
        format!("{day} {}", at.year())
    }
}

/// `Thu 26 Nov, 14:05 UTC+7`
pub(super) fn full(at: Timestamp, zone: &TimeZone, now: Timestamp) -> String {
    format!(
        "{}, {} {}",
        day(at, zone, now),
        clock(at, zone),
        offset(zone, at)
    )
}

/// `Thu 05:05`: in a list that names day and zone once.
pub(super) fn in_list(at: Timestamp, zone: &TimeZone, now: Timestamp) -> String {
    let (then, today) = (zone.to_datetime(at), zone.to_datetime(now));
    if then.date() == today.date() {
        clock(at, zone)
    } else if (now.as_second() - at.as_second()).abs() < 6 * 86_400 {
        format!("{} {}", weekday(then.weekday()), clock(at, zone))
    } else {
        format!("{}, {}", written_day(then, today), clock(at, zone))
    }
}

const WHOLE_MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// `Thursday 26 November`
pub(super) fn long_day(at: Timestamp, zone: &TimeZone) -> String {
    let at = zone.to_datetime(at);
    let weekday = match at.weekday() {
        Weekday::Monday => "Monday",
        Weekday::Tuesday => "Tuesday",
        Weekday::Wednesday => "Wednesday",
        Weekday::Thursday => "Thursday",
        Weekday::Friday => "Friday",
        Weekday::Saturday => "Saturday",
        Weekday::Sunday => "Sunday",
    };
    let month = usize::try_from(at.month() - 1).unwrap_or_default();
    format!(
        "{weekday} {} {}",
        at.day(),
        WHOLE_MONTHS.get(month).copied().unwrap_or_default()
    )
}

/// When an article was published, and when it was found where that says more.
pub(super) fn of_article(
    published: Option<LocalTimestamp>,
    found: Timestamp,
    zone: &TimeZone,
    now: Timestamp,
) -> String {
    let Some(published) = published else {
        return format!("no date given, found {}", full(found, zone, now));
    };
    let late_s = found.as_second() - published.at.as_second();
    // A page that gives a day and no hour is read as that day's midnight.
    let written = published.offset.to_datetime(published.at);
    if written.hour() == 0 && written.minute() == 0 && written.second() == 0 {
        let zone = TimeZone::fixed(published.offset);
        return format!(
            "{}, found {}",
            day(published.at, &zone, now),
            found_beside(published.at, found, &zone, now)
        );
    }
    let told = full(published.at, zone, now);
    if (-AHEAD_S..LATE_S).contains(&late_s) {
        told
    } else {
        format!(
            "{told}, found {}",
            found_beside(published.at, found, zone, now)
        )
    }
}

/// The hour it was found at, with the day where it is another one.
fn found_beside(published: Timestamp, found: Timestamp, zone: &TimeZone, now: Timestamp) -> String {
    let same_day = zone.to_datetime(published).date() == zone.to_datetime(found).date();
    if same_day {
        clock(found, zone)
    } else {
        format!("{}, {}", day(found, zone, now), clock(found, zone))
    }
}

fn weekday(day: Weekday) -> &'static str {
    match day {
        Weekday::Monday => "Mon",
        Weekday::Tuesday => "Tue",
        Weekday::Wednesday => "Wed",
        Weekday::Thursday => "Thu",
        Weekday::Friday => "Fri",
        Weekday::Saturday => "Sat",
        Weekday::Sunday => "Sun",
    }
}

fn month(number: i8) -> &'static str {
    const MONTHS: [&str; 12] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    let place = usize::try_from(number - 1).unwrap_or_default();
    MONTHS.get(place).copied().unwrap_or_default()
}

/// `4 min`, `16 min`, `2 h`, `3 d`
pub(super) fn span(seconds: u64) -> String {
    match seconds {
        0..60 => format!("{seconds} s"),
        60..7200 => format!("{} min", seconds / 60),
        7200..172_800 => format!("{} h", seconds / 3600),
        _ => format!("{} d", seconds / 86_400),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn told(published: Option<&str>, found: &str, zone: &str) -> String {
        let zone = TimeZone::get(zone).unwrap();
        let published = published.map(|text| LocalTimestamp {
            at: at(text),
            offset: Offset::from_seconds(7 * 3600).unwrap(),
        });
        of_article(published, at(found), &zone, at("2026-11-26T09:00:00Z"))
    }

    #[test]
    fn a_time_is_told_in_the_zone_of_its_reader() {
        let published = Some("2026-11-26T07:05:00Z");
        for (zone, expected) in [
            ("Asia/Ho_Chi_Minh", "Thu 26 Nov, 14:05 UTC+7"),
            ("Asia/Kathmandu", "Thu 26 Nov, 12:50 UTC+5:45"),
            ("America/New_York", "Thu 26 Nov, 02:05 UTC-5"),
            ("UTC", "Thu 26 Nov, 07:05 UTC"),
        ] {
            assert_eq!(told(published, "2026-11-26T07:10:00Z", zone), expected);
        }
    }

    #[test]
    fn what_was_found_late_or_ahead_of_its_time_says_so() {
        for (published, found, expected) in [
            (
                Some("2026-11-26T02:30:00Z"),
                "2026-11-26T06:58:00Z",
                "Thu 26 Nov, 09:30 UTC+7, found 13:58",
            ),
            (
                Some("2026-11-25T02:30:00Z"),
                "2026-11-26T06:58:00Z",
                "Wed 25 Nov, 09:30 UTC+7, found Thu 26 Nov, 13:58",
            ),
            (
                Some("2025-11-26T02:30:00Z"),
                "2026-11-26T06:58:00Z",
                "Wed 26 Nov 2025, 09:30 UTC+7, found Thu 26 Nov, 13:58",
            ),
            (
                Some("2026-11-27T02:30:00Z"),
                "2026-11-26T06:58:00Z",
                "Fri 27 Nov, 09:30 UTC+7, found Thu 26 Nov, 13:58",
            ),
            (
                None,
                "2026-11-26T06:58:00Z",
                "no date given, found Thu 26 Nov, 13:58 UTC+7",
            ),
            (
                Some("2026-11-25T17:00:00Z"),
                "2026-11-26T06:58:00Z",
                "Thu 26 Nov, found 13:58",
            ),
        ] {
            assert_eq!(told(published, found, "Asia/Ho_Chi_Minh"), expected);
        }
    }

    #[test]
    fn the_night_of_the_change_has_each_hour_with_its_own_offset() {
        let zone = TimeZone::get("Europe/Berlin").unwrap();
        let now = at("2026-10-26T09:00:00Z");
        assert_eq!(
            full(at("2026-10-25T00:30:00Z"), &zone, now),
            "Sun 25 Oct, 02:30 UTC+2"
        );
        assert_eq!(
            full(at("2026-10-25T01:30:00Z"), &zone, now),
            "Sun 25 Oct, 02:30 UTC+1"
        );
    }
}
