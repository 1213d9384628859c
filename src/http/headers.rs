//! Fields of an answer, read without trust: validators, `Retry-After`, freshness, `Content-Type`.
//!
//! Takes field values and the time, gives values; asks no clock.

use std::time::Duration;

use jiff::fmt::rfc2822::DateTimeParser;
use reqwest::header::{
    AGE, CACHE_CONTROL, CONTENT_TYPE, DATE, ETAG, EXPIRES, HeaderMap, HeaderName, HeaderValue,
    LAST_MODIFIED, RETRY_AFTER,
};

use crate::domain::{Timestamp, Validators};

/// The longest announced wait that is believed. A server that says "next year" means "not soon".
pub(crate) const MAX_ANNOUNCED_WAIT: Duration = Duration::from_hours(24);

/// The longest validator that is kept or sent back; a longer one costs more than the answer it may save.
pub(crate) const MAX_VALIDATOR_BYTES: usize = 4096;

/// Reads the wait that an answer asks for.
pub(crate) fn retry_after(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    let value = text(headers, &RETRY_AFTER)?;
    wait_until(&value, server_time(headers).unwrap_or(now))
}

/// Reads a `Retry-After` value: RFC 9110 §10.2.3, seconds or an HTTP date.
///
/// A date is compared with `server_now`, the server's own `Date`, so that two clocks that differ do no harm.
/// What is negative or past means "at once"; what is absurdly long is cut to [`MAX_ANNOUNCED_WAIT`].
fn wait_until(value: &str, server_now: Timestamp) -> Option<Duration> {
    let value = value.trim();
    if let Some(wait) = seconds(value) {
        return Some(wait);
    }
    let at = http_date(value)?;
    Some(clamp(at.duration_since(server_now).as_secs_f64()))
}

/// Reads a number of seconds, whole or not; fractions are rounded up, so that nobody comes too early.
pub(crate) fn seconds(value: &str) -> Option<Duration> {
    let unsigned = value.strip_prefix(['-', '+']).unwrap_or(value);
    let is_number = unsigned.starts_with(|c: char| c.is_ascii_digit())
        && unsigned.chars().all(|c| c.is_ascii_digit() || c == '.');
    if !is_number {
        return None;
    }
    value.parse().ok().map(|seconds: f64| clamp(seconds.ceil()))
}

/// Cuts a wait to between nothing and [`MAX_ANNOUNCED_WAIT`].
pub(crate) fn clamp(seconds: f64) -> Duration {
    Duration::try_from_secs_f64(seconds.clamp(0.0, MAX_ANNOUNCED_WAIT.as_secs_f64()))
        .unwrap_or_default()
}

/// Reads how long an answer says that it stays fresh: RFC 9111 §4.2.1, as a private cache.
///
/// `None` where it says nothing. `no-cache`, `no-store` and an unreadable `Expires` say "not at all".
pub(crate) fn fresh_for(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    let lifetime = match cache_control(headers) {
        Some(lifetime) => lifetime,
        None => expires_in(headers, now)?,
    };
    let age = text(headers, &AGE)
        .and_then(|value| seconds(value.trim()))
        .unwrap_or_default();
    Some(lifetime.saturating_sub(age))
}

fn cache_control(headers: &HeaderMap) -> Option<Duration> {
    let mut max_age = None;
    for value in headers.get_all(CACHE_CONTROL) {
        for directive in latin1(value).split(',') {
            let (name, argument) = directive.split_once('=').unwrap_or((directive, ""));
            match name.trim().to_ascii_lowercase().as_str() {
                "no-cache" | "no-store" => return Some(Duration::ZERO),
                "max-age" if max_age.is_none() => {
                    max_age = seconds(argument.trim().trim_matches('"'));
                }
                _ => {}
            }
        }
    }
    max_age
}

fn expires_in(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    let value = text(headers, &EXPIRES)?;
    let Some(at) = http_date(&value) else {
        return Some(Duration::ZERO);
    };
    let since = server_time(headers).unwrap_or(now);
    Some(clamp(at.duration_since(since).as_secs_f64()))
}

/// The time by the server's clock.
fn server_time(headers: &HeaderMap) -> Option<Timestamp> {
    http_date(&text(headers, &DATE)?)
}

/// Reads a date: the three forms of RFC 9110 §5.6.7, and what servers write instead, a mail date with a numeric
/// zone or the wrong day of the week.
fn http_date(value: &str) -> Option<Timestamp> {
    static MAIL_DATE: DateTimeParser = DateTimeParser::new().relaxed_weekday(true);
    let value = value.trim();
    match httpdate::parse_http_date(value) {
        Ok(at) => Timestamp::try_from(at).ok(),
        Err(_) => MAIL_DATE.parse_timestamp(value).ok(),
    }
}

/// Takes the validators of a complete answer: its own, and no older ones.
pub(crate) fn validators(headers: &HeaderMap) -> Validators {
    Validators {
        etag: validator(headers, &ETAG),
        last_modified: validator(headers, &LAST_MODIFIED),
    }
}

/// Takes the validators of a 304: RFC 9111 §3.2, fields it carries replace, fields it lacks stay.
pub(crate) fn refreshed_validators(headers: &HeaderMap, kept: &Validators) -> Validators {
    let new = validators(headers);
    Validators {
        etag: new.etag.or_else(|| kept.etag.clone()),
        last_modified: new.last_modified.or_else(|| kept.last_modified.clone()),
    }
}

fn validator(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    text(headers, name).filter(|value| value.len() <= MAX_VALIDATOR_BYTES && !value.is_empty())
}

/// Writes a kept validator as the field value it was read from, byte for byte.
pub(crate) fn echoed(kept: Option<&String>) -> Option<HeaderValue> {
    let kept = kept.filter(|value| value.len() <= MAX_VALIDATOR_BYTES && !value.is_empty())?;
    let bytes: Option<Vec<u8>> = kept.chars().map(|c| u8::try_from(c).ok()).collect();
    HeaderValue::from_bytes(&bytes?).ok()
}

/// The declared media type.
pub(crate) fn content_type(headers: &HeaderMap) -> Option<String> {
    text(headers, &CONTENT_TYPE).filter(|value| !value.is_empty())
}

/// The first value of a field.
pub(crate) fn text(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    headers.get(name).map(latin1)
}

/// Reads a value a character a byte, so that any value can be kept as text and given back unchanged.
///
/// RFC 9110 §5.5 lets a field carry bytes beyond ASCII and gives them no meaning.
fn latin1(value: &HeaderValue) -> String {
    value.as_bytes().iter().copied().map(char::from).collect()
}

/// The size of a header block as it stood on the wire, give or take the status line.
pub(crate) fn size_bytes(headers: &HeaderMap) -> usize {
    /// Colon, space, CR and LF.
    const PUNCTUATION: usize = 4;
    headers
        .iter()
        .map(|(name, value)| name.as_str().len() + value.len() + PUNCTUATION)
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(fields: &[(&'static str, &'static str)]) -> HeaderMap {
        fields
            .iter()
            .map(|(name, value)| {
                (
                    HeaderName::from_static(name),
                    HeaderValue::from_bytes(value.as_bytes()).unwrap(),
                )
            })
            .collect()
    }

    fn now() -> Timestamp {
        "2026-11-23T12:00:00Z".parse().unwrap()
    }

    #[test]
    fn retry_after_is_read_in_every_form_and_never_believed_beyond_a_day() {
        for (value, expected_s) in [
            ("120", Some(120)),
            (" 120 ", Some(120)),
            ("0", Some(0)),
            ("1.2", Some(2)),
            ("-5", Some(0)),
            ("86401", Some(86_400)),
            ("99999999999999999999999999999", Some(86_400)),
            ("Mon, 23 Nov 2026 12:05:00 GMT", Some(300)),
            ("Monday, 23-Nov-26 12:05:00 GMT", Some(300)),
            ("Mon Nov 23 12:05:00 2026", Some(300)),
            ("Mon, 23 Nov 2026 11:05:00 GMT", Some(0)),
            ("Tue, 23 Nov 2066 12:05:00 GMT", Some(86_400)),
            ("Fri, 23 Nov 2026 12:05:00 GMT", Some(300)),
            ("Mon, 23 Nov 2026 19:05:00 +0700", Some(300)),
            ("soon", None),
            ("", None),
            ("inf", None),
            ("NaN", None),
            ("1e9", None),
            ("0x10", None),
            ("1.2.3", None),
        ] {
            assert_eq!(
                wait_until(value, now()).map(|wait| wait.as_secs()),
                expected_s,
                "{value:?}"
            );
        }
    }

    proptest::proptest! {
        #[test]
        fn any_retry_after_is_a_day_at_most(value in "\\PC{0,40}|-?[0-9]{0,400}(\\.[0-9]{0,9})?") {
            let wait = wait_until(&value, now()).unwrap_or_default();
            proptest::prop_assert!(wait <= MAX_ANNOUNCED_WAIT);
        }
    }

    #[test]
    fn a_retry_after_date_is_read_by_the_servers_own_clock() {
        let headers = headers(&[
            ("date", "Sun, 22 Nov 2026 09:00:00 GMT"),
            ("retry-after", "Sun, 22 Nov 2026 09:02:00 GMT"),
        ]);
        assert_eq!(retry_after(&headers, now()), Some(Duration::from_mins(2)));
    }

    #[test]
    fn freshness_comes_from_max_age_before_expires_and_shrinks_with_age() {
        type Case<'a> = (&'a [(&'static str, &'static str)], Option<u64>);
        let cases: &[Case<'_>] = &[
            (&[], None),
            (&[("cache-control", "public, max-age=600")], Some(600)),
            (&[("cache-control", "max-age=\"600\"")], Some(600)),
            (
                &[("cache-control", "Max-Age=600"), ("age", "100")],
                Some(500),
            ),
            (&[("cache-control", "max-age=60"), ("age", "100")], Some(0)),
            (&[("cache-control", "max-age=600, no-cache")], Some(0)),
            (&[("cache-control", "max-age=99999999999")], Some(86_400)),
            (&[("cache-control", "private")], None),
            (&[("expires", "Mon, 23 Nov 2026 13:00:00 GMT")], Some(3600)),
            (&[("expires", "0")], Some(0)),
            (
                &[
                    ("cache-control", "max-age=60"),
                    ("expires", "Mon, 23 Nov 2026 13:00:00 GMT"),
                ],
                Some(60),
            ),
            (
                &[
                    ("date", "Mon, 23 Nov 2026 10:00:00 GMT"),
                    ("expires", "Mon, 23 Nov 2026 10:10:00 GMT"),
                ],
                Some(600),
            ),
        ];
        for (fields, expected_s) in cases {
            assert_eq!(
                fresh_for(&headers(fields), now()).map(|fresh| fresh.as_secs()),
                *expected_s,
                "{fields:?}"
            );
        }
    }

    #[test]
    fn validators_go_back_byte_for_byte() {
        for value in [
            "\"a\"",
            "W/\"a, b; c=d\"",
            "unquoted",
            "\"\u{e9}\u{1f600}\"",
            "Yesterday, about noon",
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(ETAG, HeaderValue::from_bytes(value.as_bytes()).unwrap());
            let kept = validators(&headers);
            assert_eq!(
                echoed(kept.etag.as_ref()).unwrap().as_bytes(),
                value.as_bytes()
            );
        }
    }

    #[test]
    fn a_304_replaces_the_validators_it_carries_and_keeps_the_others() {
        let kept = Validators {
            etag: Some("\"old\"".into()),
            last_modified: Some("then".into()),
        };
        assert_eq!(
            refreshed_validators(&headers(&[("etag", "\"new\"")]), &kept),
            Validators {
                etag: Some("\"new\"".into()),
                last_modified: Some("then".into()),
            }
        );
        assert_eq!(refreshed_validators(&headers(&[]), &kept), kept);
    }

    #[test]
    fn a_complete_answer_without_validators_clears_them() {
        assert_eq!(validators(&headers(&[])), Validators::default());
    }

    #[test]
    fn an_oversized_or_empty_validator_is_neither_kept_nor_sent() {
        let mut headers = HeaderMap::new();
        let long = "x".repeat(MAX_VALIDATOR_BYTES + 1);
        headers.insert(ETAG, HeaderValue::from_str(&long).unwrap());
        headers.insert(LAST_MODIFIED, HeaderValue::from_static(""));
        assert_eq!(validators(&headers), Validators::default());
        assert_eq!(echoed(Some(&long)), None);
        assert_eq!(echoed(Some(&String::new())), None);
    }

    #[test]
    fn a_validator_that_cannot_be_a_field_value_is_not_sent() {
        for value in ["a\r\nX-Injected: 1", "a\u{0}", "\u{1f600}"] {
            assert_eq!(echoed(Some(&value.to_owned())), None, "{value:?}");
        }
    }
}
