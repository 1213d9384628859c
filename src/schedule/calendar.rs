//! Times of the day and days of the week, as the clocks on the wall of a place show them.
//!
//! Where a clock is set forward over a time, the time is meant that the clock shows once it has been set; where it is set
//! back, a time that comes twice is meant the first time alone, but quiet hours last until the second.

use jiff::civil::{Date, Time};
use jiff::tz::{AmbiguousOffset, TimeZone};

use crate::domain::{Digest, Quiet, Timestamp};

/// The days that are looked through for the next time: a week and one day more, for a day that a zone has left out.
const DAYS: i64 = 9;

/// The first time of a digest after `after`; none for one without times.
#[must_use]
pub fn next_digest(digest: &Digest, zone: &TimeZone, after: Timestamp) -> Option<Timestamp> {
    let today = zone.to_datetime(after).date();
    // A zone may have moved a time of yesterday to today.
    (-1..DAYS)
        .filter_map(|days| day(today, days))
        .flat_map(|date| times(digest, zone, date))
        .filter(|at| *at > after)
        .min()
}

/// The last time of a digest that is not after `now`.
#[must_use]
pub fn last_digest(digest: &Digest, zone: &TimeZone, now: Timestamp) -> Option<Timestamp> {
    let today = zone.to_datetime(now).date();
    (-DAYS..2)
        .filter_map(|days| day(today, days))
        .flat_map(|date| times(digest, zone, date))
        .filter(|at| *at <= now)
        .max()
}

/// The end of the quiet hours in which `at` falls; none where it does not.
#[must_use]
pub fn quiet_until(quiet: &Quiet, zone: &TimeZone, at: Timestamp) -> Option<Timestamp> {
    if quiet.from == quiet.to {
        return None;
    }
    let today = zone.to_datetime(at).date();
    (-2..2)
        .filter_map(|days| {
            let begins = day(today, days)?;
            let ends = if quiet.from < quiet.to {
                begins
            } else {
                day(begins, 1)?
            };
            let from = moment(zone, begins, quiet.from)?;
            let to = end(zone, ends, quiet.to)?;
            (from <= at && at < to).then_some(to)
        })
        .max()
}

/// Whether the clock of a zone stands between two times of the day; over midnight where the second is the earlier.
#[must_use]
pub fn is_between(from: Time, to: Time, zone: &TimeZone, at: Timestamp) -> bool {
    let time = zone.to_datetime(at).time();
    if from <= to {
        from <= time && time < to
    } else {
        from <= time || time < to
    }
}

/// The day that a time is in, counted from 1970, as the clocks of a zone have it.
#[must_use]
pub fn day_of(zone: &TimeZone, at: Timestamp) -> i64 {
    let date = zone.to_datetime(at).date();
    let since = Date::constant(1970, 1, 1).duration_until(date);
    since.as_hours().div_euclid(24)
}

/// When a day begins in a zone.
#[must_use]
pub fn day_begins(zone: &TimeZone, number: i64) -> Option<Timestamp> {
    moment(
        zone,
        day(Date::constant(1970, 1, 1), number)?,
        Time::midnight(),
    )
}

/// Whether a day, counted from 1970, is a Saturday or a Sunday.
#[must_use]
pub fn is_weekend(number: i64) -> bool {
    // The first day of 1970 was a Thursday.
    (number + 3).rem_euclid(7) >= 5
}

fn day(today: Date, days: i64) -> Option<Date> {
    today
        .checked_add(jiff::Span::new().try_days(days).ok()?)
        .ok()
}

fn times<'a>(
    digest: &'a Digest,
    zone: &'a TimeZone,
    date: Date,
) -> impl Iterator<Item = Timestamp> + 'a {
    let is_meant = digest.days.is_empty() || digest.days.contains(&date.weekday());
    digest
        .at
        .iter()
        .filter(move |_| is_meant)
        .filter_map(move |time| moment(zone, date, *time))
}

/// When a clock shows this; for a time that it skips, as much after the gap as the time lies in it (RFC 5545 §3.3.5).
fn moment(zone: &TimeZone, date: Date, time: Time) -> Option<Timestamp> {
    zone.to_ambiguous_timestamp(date.to_datetime(time))
        .compatible()
        .ok()
}

/// As [`moment`], and the second time where it comes twice.
fn end(zone: &TimeZone, date: Date, time: Time) -> Option<Timestamp> {
    let ambiguous = zone.to_ambiguous_timestamp(date.to_datetime(time));
    match ambiguous.offset() {
        AmbiguousOffset::Fold { .. } => ambiguous.later().ok(),
        _ => ambiguous.compatible().ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::Weekday;

    #[test]
    fn a_day_is_that_of_the_clocks_of_its_zone() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let zone = TimeZone::get("Asia/Ho_Chi_Minh").unwrap();
        // Saturday, 28 November 2026, seven hours before Greenwich has it.
        let (before, after) = (at("2026-11-27T16:59:59Z"), at("2026-11-27T17:00:00Z"));
        let saturday = day_of(&zone, after);
        assert_eq!(day_of(&zone, before), saturday - 1);
        assert_eq!(day_of(&TimeZone::UTC, after), saturday - 1);
        assert_eq!(day_begins(&zone, saturday), Some(after));
        let weekend = (saturday - 1..saturday + 6).map(is_weekend);
        assert!(weekend.eq([false, true, true, false, false, false, false]));
        assert_eq!(day_of(&TimeZone::UTC, at("1969-12-31T23:00:00Z")), -1);
    }

    /// Zone, time of the digest, asked at, comes at.
    const DIGESTS: [(&str, &str, &str, &str); 16] = [
        // Berlin, 29 March 2026: 02:00 becomes 03:00.
        (
            "Europe/Berlin",
            "07:00",
            "2026-03-28T12:00:00Z",
            "2026-03-29T05:00:00Z",
        ),
        (
            "Europe/Berlin",
            "07:00",
            "2026-03-27T12:00:00Z",
            "2026-03-28T06:00:00Z",
        ),
        (
            "Europe/Berlin",
            "02:30",
            "2026-03-28T12:00:00Z",
            "2026-03-29T01:30:00Z",
        ),
        (
            "Europe/Berlin",
            "02:30",
            "2026-03-29T01:30:00Z",
            "2026-03-30T00:30:00Z",
        ),
        // Berlin, 25 October 2026: 03:00 becomes 02:00.
        (
            "Europe/Berlin",
            "07:00",
            "2026-10-24T12:00:00Z",
            "2026-10-25T06:00:00Z",
        ),
        (
            "Europe/Berlin",
            "02:30",
            "2026-10-24T12:00:00Z",
            "2026-10-25T00:30:00Z",
        ),
        (
            "Europe/Berlin",
            "02:30",
            "2026-10-25T00:30:00Z",
            "2026-10-26T01:30:00Z",
        ),
        // New York, 8 March 2026 and 1 November 2026.
        (
            "America/New_York",
            "07:00",
            "2026-03-07T20:00:00Z",
            "2026-03-08T11:00:00Z",
        ),
        (
            "America/New_York",
            "02:15",
            "2026-03-07T20:00:00Z",
            "2026-03-08T07:15:00Z",
        ),
        (
            "America/New_York",
            "07:00",
            "2026-10-31T20:00:00Z",
            "2026-11-01T12:00:00Z",
        ),
        (
            "America/New_York",
            "01:30",
            "2026-10-31T20:00:00Z",
            "2026-11-01T05:30:00Z",
        ),
        (
            "America/New_York",
            "01:30",
            "2026-11-01T05:30:00Z",
            "2026-11-02T06:30:00Z",
        ),
        // No daylight saving; in Kathmandu three quarters of an hour.
        (
            "Asia/Ho_Chi_Minh",
            "07:00",
            "2026-03-28T12:00:00Z",
            "2026-03-29T00:00:00Z",
        ),
        (
            "Asia/Ho_Chi_Minh",
            "07:00",
            "2026-10-25T00:00:00Z",
            "2026-10-26T00:00:00Z",
        ),
        (
            "Asia/Kathmandu",
            "07:00",
            "2026-03-28T12:00:00Z",
            "2026-03-29T01:15:00Z",
        ),
        (
            "Asia/Kathmandu",
            "00:00",
            "2026-10-25T18:15:00Z",
            "2026-10-26T18:15:00Z",
        ),
    ];

    fn zone(name: &str) -> TimeZone {
        TimeZone::get(name).unwrap()
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn digest(times: &[&str], days: &[Weekday]) -> Digest {
        Digest {
            at: times.iter().map(|time| time.parse().unwrap()).collect(),
            days: days.to_vec(),
            empty: false,
        }
    }

    fn quiet(from: &str, to: &str) -> Quiet {
        Quiet {
            from: from.parse().unwrap(),
            to: to.parse().unwrap(),
            except: None,
        }
    }

    #[test]
    fn digests_come_when_the_clock_on_the_wall_says_so() {
        for (name, time, asked, comes) in DIGESTS {
            let next = next_digest(&digest(&[time], &[]), &zone(name), at(asked));
            assert_eq!(next, Some(at(comes)), "{name} {time} after {asked}");
            let last = last_digest(&digest(&[time], &[]), &zone(name), at(comes));
            assert_eq!(last, Some(at(comes)), "{name} {time} at {comes}");
        }
    }

    #[test]
    fn between_two_digests_of_a_year_nothing_is_in_none_or_in_both() {
        for name in [
            "Europe/Berlin",
            "America/New_York",
            "Asia/Ho_Chi_Minh",
            "Asia/Kathmandu",
        ] {
            let (digest, zone) = (digest(&["02:30", "17:00"], &[]), zone(name));
            let mut now = at("2026-01-01T00:00:00Z");
            let mut count = 0;
            while now < at("2027-01-01T00:00:00Z") {
                let next = next_digest(&digest, &zone, now).unwrap();
                assert!(next > now);
                let before = next
                    .checked_sub(std::time::Duration::from_millis(1))
                    .unwrap();
                assert_eq!(next_digest(&digest, &zone, before), Some(next));
                assert!(last_digest(&digest, &zone, before).unwrap() <= now);
                now = next;
                count += 1;
            }
            assert!((730..=732).contains(&count), "{name}: {count}");
        }
    }

    #[test]
    fn a_digest_comes_on_its_days_of_the_week_in_its_zone() {
        let working = [
            Weekday::Monday,
            Weekday::Tuesday,
            Weekday::Wednesday,
            Weekday::Thursday,
            Weekday::Friday,
        ];
        // Friday evening in Saigon: next comes Monday 07:00 there, which is Monday 00:00 UTC.
        let next = next_digest(
            &digest(&["07:00"], &working),
            &zone("Asia/Ho_Chi_Minh"),
            at("2026-11-27T12:00:00Z"),
        );
        assert_eq!(next, Some(at("2026-11-30T00:00:00Z")));
        assert_eq!(
            next_digest(
                &digest(&[], &[]),
                &TimeZone::UTC,
                at("2026-11-27T12:00:00Z")
            ),
            None
        );
    }

    #[test]
    fn quiet_hours_last_from_clock_to_clock() {
        // zone, from, to, asked at, until
        let cases = [
            (
                "Europe/Berlin",
                "22:00",
                "06:30",
                "2026-03-28T22:00:00Z",
                Some("2026-03-29T04:30:00Z"),
            ),
            (
                "Europe/Berlin",
                "22:00",
                "06:30",
                "2026-10-25T05:00:00Z",
                Some("2026-10-25T05:30:00Z"),
            ),
            (
                "Europe/Berlin",
                "22:00",
                "06:30",
                "2026-10-25T05:30:00Z",
                None,
            ),
            (
                "Europe/Berlin",
                "22:00",
                "02:30",
                "2026-10-25T00:45:00Z",
                Some("2026-10-25T01:30:00Z"),
            ),
            (
                "Europe/Berlin",
                "02:15",
                "02:45",
                "2026-03-29T01:20:00Z",
                Some("2026-03-29T01:45:00Z"),
            ),
            (
                "America/New_York",
                "22:00",
                "06:30",
                "2026-03-08T03:00:00Z",
                Some("2026-03-08T10:30:00Z"),
            ),
            (
                "America/New_York",
                "22:00",
                "06:30",
                "2026-11-01T03:00:00Z",
                Some("2026-11-01T11:30:00Z"),
            ),
            (
                "Asia/Ho_Chi_Minh",
                "12:00",
                "13:00",
                "2026-11-26T05:30:00Z",
                Some("2026-11-26T06:00:00Z"),
            ),
            (
                "Asia/Ho_Chi_Minh",
                "12:00",
                "13:00",
                "2026-11-26T06:00:00Z",
                None,
            ),
            (
                "Asia/Kathmandu",
                "22:00",
                "06:30",
                "2026-11-26T16:15:00Z",
                Some("2026-11-27T00:45:00Z"),
            ),
            (
                "Asia/Kathmandu",
                "22:00",
                "06:30",
                "2026-11-26T16:14:59Z",
                None,
            ),
        ];
        for (name, from, to, asked, until) in cases {
            assert_eq!(
                quiet_until(&quiet(from, to), &zone(name), at(asked)),
                until.map(at),
                "{name} {from} to {to} at {asked}"
            );
        }
    }

    #[test]
    fn a_time_over_midnight_is_between() {
        let (late, early) = ("22:00".parse().unwrap(), "06:00".parse().unwrap());
        let zone = zone("Asia/Kathmandu");
        assert!(is_between(late, early, &zone, at("2026-11-26T18:15:00Z")));
        assert!(!is_between(late, early, &zone, at("2026-11-26T06:15:00Z")));
        assert!(is_between(early, late, &zone, at("2026-11-26T06:15:00Z")));
    }
}
