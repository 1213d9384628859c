use super::timestamp;

/// Reads a date and prints it, to compare with what was meant.
fn read(text: &str) -> Option<String> {
    timestamp(text).map(|timestamp| timestamp.to_string())
}

#[track_caller]
fn assert_all(meant: &str, texts: &[&str]) {
    for text in texts {
        assert_eq!(read(text).as_deref(), Some(meant), "{text}");
    }
}

#[test]
fn the_formats_that_the_standards_ask_for() {
    assert_all(
        "2004-01-01T19:48:21Z",
        &[
            "Thu, 01 Jan 2004 19:48:21 GMT",
            "Thu, 1 Jan 2004 19:48:21 +0000",
            "01 Jan 04 19:48:21 UT",
            "2004-01-01T19:48:21Z",
            "2004-01-01T20:48:21+01:00",
            "2004-01-01t19:48:21z",
            "Thursday, 01-Jan-04 19:48:21 GMT",
            "Thu Jan  1 19:48:21 2004",
        ],
    );
    assert_eq!(
        read("2004-01-01T19:48:21.25Z").as_deref(),
        Some("2004-01-01T19:48:21.25Z")
    );
}

#[test]
fn dates_that_miss_a_part() {
    assert_all(
        "2004-01-01T19:48:00Z",
        &[
            "2004-01-01T19:48Z",
            "2004-01-01 19:48",
            "Thu, 01 Jan 2004 19:48 GMT",
            "20040101T1948Z",
        ],
    );
    assert_all(
        "2004-01-01T00:00:00Z",
        &[
            "2004-01-01",
            "2004-01",
            "2004",
            "20040101",
            "200401",
            "040101",
            "04-01-01",
            "01 Jan 2004",
            "January 2004",
            "2004-001",
            "Jan 1, 2004",
        ],
    );
}

#[test]
fn zones_by_name_and_by_number() {
    assert_all(
        "2004-01-01T18:48:21Z",
        &[
            "Thu, 01 Jan 2004 19:48:21 CET",
            "Thu, 01 Jan 2004 19:48:21 BST",
            "Thu, 01 Jan 2004 19:48:21 GMT+0100",
            "Thu, 01 Jan 2004 19:48:21 UTC+1",
            "Thu, 01 Jan 2004 20:48:21 CEST",
            "Fri, 02 Jan 2004 03:48:21 JST",
            "Fri, 02 Jan 2004 00:18:21 IST",
            "Fri, 02 Jan 2004 04:48:21 AEST",
            "Thu, 01 Jan 2004 13:48:21 EST",
            "Thu, 01 Jan 2004 13:48:21 -0500 EST",
            "Thu, 01 Jan 2004 13:48:21 -0500 (EST)",
            "Thu Jan 01 2004 13:48:21 GMT-0500 (Eastern Standard Time)",
            "2004-01-01 13:48:21 (EST)",
            "Thu, 01 Jan 2004 10:48:21 PST",
            "Thu Jan  1 10:48:21 PST 2004",
            "Thu, 01 Jan 2004 18:48:21 0000",
            "Fri, 02 Jan 2004 01:48:21 +7",
        ],
    );
}

#[test]
fn other_orders_and_marks() {
    assert_all(
        "2004-03-25T19:48:21Z",
        &[
            "2004/3/25 19:48:21",
            "25.03.2004 19:48:21",
            "25.3.2004, 19:48:21",
            "25-03-2004 19:48:21",
            "3/25/2004 7:48:21 PM",
            "25/03/2004 19:48:21",
            "March 25, 2004, 7:48:21 p.m.",
            "Mar 25th, 2004 at 07:48:21pm",
            "2004-03-25 19:48:21 UTC",
            "2004-03-25  19:48:21,000",
            "20040325194821",
            "1080244101",
            "1080244101000",
            "7:48:21 PM, 25 March 2004",
        ],
    );
}

#[test]
fn weeks_fractions_and_points_between_hours_and_minutes() {
    assert_all(
        "2004-01-01T00:00:00Z",
        &["2004-W01-4", "2003-12-31T24:00:00Z", "1/1/04", "01.01.04"],
    );
    assert_all(
        "2004-01-01T19:48:00Z",
        &["01 jan 2004 19.48", "1.1.2004 19.48", "1/1/04 7:48 PM"],
    );
    assert_all("2004-01-01T19:48:21.5Z", &["1072986501.5"]);
    assert_all(
        "2004-01-01T19:48:21Z",
        &["٢٠٠٤-٠١-٠١ ١٩:٤٨:٢١", "２００４-０１-０１ １９:４８:２１"],
    );
}

#[test]
fn zones_that_no_table_has_count_as_utc() {
    assert_all(
        "2004-01-01T19:48:21Z",
        &[
            "Thu, 01 Jan 2004 19:48:21 Europe/Lisbon",
            "Thu, 01 Jan 2004 19:48:21 America/New_York",
            "Thu, 01 Jan 2004 19:48:21 XYZT",
        ],
    );
    assert_all(
        "2004-01-01T19:48:21Z",
        &["Thu, 01 Jan 2004 11:48:21 PST8PDT"],
    );
}

#[test]
fn months_in_the_languages_of_the_world() {
    assert_all(
        "2004-03-05T09:30:00Z",
        &[
            "Fr, 5. März 2004 09:30",
            "Freitag, den 5. März 2004, 9:30 Uhr",
            "vendredi 5 mars 2004 à 09h30",
            "ven. 5 mars 2004 09:30",
            "vr 5 mrt 2004 09:30",
            "viernes, 5 de marzo de 2004 9:30",
            "sexta-feira, 5 de março de 2004 9:30",
            "venerdì 5 marzo 2004 09:30",
            "5 marca 2004 09:30",
            "5 марта 2004 г. 09:30",
            "5 Mart 2004 Cuma 09:30",
            "5 Μαρτίου 2004 09:30",
            "5 مارس 2004 09:30",
            "5 במרץ 2004 09:30",
            "5 март 2004 09:30",
            "5 de març de 2004 09:30",
            "2004年3月5日 9時30分",
            "2004年3月5日 上午9:30",
            "2004년 3월 5일 오전 9:30",
            "fredag den 5. marts 2004 kl. 09:30",
        ],
    );
    assert_all(
        "2004-08-01T00:00:00Z",
        &[
            "1er août 2004",
            "1. elokuuta 2004",
            "1 sierpnia 2004",
            "1º de agosto de 2004",
        ],
    );
    assert_all(
        "2024-11-05T08:15:00Z",
        &[
            "Thứ Ba, 5 tháng 11, 2024 08:15",
            "Thứ ba, 5/11/2024, 15:15 (GMT+7)",
        ],
    );
}

#[test]
fn a_day_of_the_week_that_looks_like_a_month_does_not_win() {
    assert_all(
        "2024-01-02T10:00:00Z",
        &["mar. 2 janv. 2024 10:00", "mar, 02 gen 2024 10:00"],
    );
}

#[test]
fn twelve_o_clock_twice_and_the_end_of_a_day() {
    assert_all("2004-01-01T00:15:00Z", &["2004-01-01 12:15 am"]);
    assert_all("2004-01-01T12:15:00Z", &["2004-01-01 12:15 pm"]);
    assert_all("2004-01-02T00:00:00Z", &["2004-01-01T24:00:00Z"]);
    assert_all("2004-01-01T23:59:59Z", &["2004-01-01T23:59:60Z"]);
}

#[test]
fn nonsense_is_no_date() {
    for text in [
        "",
        " ",
        "yesterday",
        "5 minutes ago",
        "0",
        "-1",
        "1",
        "12345",
        "12345678901",
        "0001-01-01T00:00:00Z",
        "9999-12-31T23:59:59Z",
        "0000-00-00 00:00:00",
        "2004-13-01",
        "2004-W60-1",
        "1/1/4",
        "12.5",
        "1.2.3.4",
        "2004-02-30",
        "32 Jan 2004",
        "2004-01-01T25:00:00Z",
        "10:15",
        "Jan",
        "version 1.2.3",
        "99999999",
        "Invalid Date",
        "the 3 musketeers in 2004 or so they say",
    ] {
        assert_eq!(read(text), None, "{text}");
    }
    assert_eq!(read(&"1 ".repeat(1_000)), None);
}
