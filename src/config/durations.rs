//! Durations as people write them: `30s`, `15m`, `1h30m`, `2d`.

use std::ops::RangeInclusive;
use std::time::Duration;

use super::problem::{Kind, Problem, Report, quoted};
use super::source::At;

/// The units, the longest name of a unit first where one starts like another.
const UNITS_MS: [(&str, u64); 6] = [
    ("ms", 1),
    ("s", 1_000),
    ("m", 60_000),
    ("h", 3_600_000),
    ("d", 86_400_000),
    ("w", 604_800_000),
];

/// Words for a time without an end.
const ENDLESS: [&str; 6] = [
    "forever",
    "always",
    "never",
    "unlimited",
    "infinite",
    "infinity",
];

/// What to write, for every message about a duration.
const EXAMPLES: &str =
    "write a number and a unit, for example \"30s\", \"15m\", \"1h30m\" or \"2d\"";

/// Reads a duration and reports what is wrong with it.
pub(super) fn check(
    written: &At<String>,
    allowed: RangeInclusive<Duration>,
    report: &Report,
) -> Option<Duration> {
    let Some(duration) = parse(&written.value) else {
        let message = format!("{} is not a duration", quoted(&written.value));
        let hint = if ENDLESS.contains(&written.value.trim().to_lowercase().as_str()) {
            format!(
                "the longest that can be written is \"{}\"",
                shown(*allowed.end())
            )
        } else {
            hint(written)
        };
        report.add(Problem::error(&written.place, Kind::BadValue, message).hint(hint));
        return None;
    };
    if !allowed.contains(&duration) {
        let message = format!("{} is out of range", quoted(&written.value));
        let hint = format!(
            "write a duration from \"{}\" to \"{}\"",
            shown(*allowed.start()),
            shown(*allowed.end())
        );
        report.add(Problem::error(&written.place, Kind::BadValue, message).hint(hint));
        return None;
    }
    Some(duration)
}

/// Reads whole numbers with a unit each, one after the other; `None` when the text is anything else, or more
/// than fits.
pub(super) fn parse(text: &str) -> Option<Duration> {
    let mut rest = text.trim();
    if rest.is_empty() {
        return None;
    }
    let mut total_ms: u64 = 0;
    while !rest.is_empty() {
        let digits_end = rest.find(|c: char| !c.is_ascii_digit())?;
        let (digits, after) = rest.split_at_checked(digits_end)?;
        let after = after.trim_start();
        let unit_end = after
            .find(|c: char| !c.is_ascii_alphabetic())
            .unwrap_or(after.len());
        let (unit, next) = after.split_at_checked(unit_end)?;
        let (_, unit_ms) = UNITS_MS.iter().find(|(name, _)| *name == unit)?;
        let part_ms = digits.parse::<u64>().ok()?.checked_mul(*unit_ms)?;
        total_ms = total_ms.checked_add(part_ms)?;
        rest = next.trim_start();
    }
    Some(Duration::from_millis(total_ms))
}

/// A duration as other programs write it, in the way it is written here: `15 minutes`, `1.5h`, `PT15M`, `hourly`.
pub(super) fn meant(text: &str) -> Option<String> {
    let text = text.trim().trim_start_matches('@').to_lowercase();
    let named = match text.as_str() {
        "hourly" | "an hour" => "1h",
        "daily" | "a day" => "1d",
        "weekly" | "a week" => "1w",
        "half an hour" => "30m",
        "a minute" => "1m",
        _ => "",
    };
    if !named.is_empty() {
        return Some(named.to_owned());
    }
    let text = text
        .trim_start_matches(['-', '+'])
        .trim_end_matches(" ago")
        .to_owned();
    if let Some(other) = of_clock(&text)
        .or_else(|| of_cron(&text))
        .or_else(|| of_calendar(&text))
    {
        return Some(shown(other)).filter(|_| !other.is_zero());
    }
    // ISO 8601: PT15M, P1DT2H.
    let iso = text.strip_prefix('p').map(|rest| rest.replace('t', ""));
    let text = iso
        .unwrap_or(text)
        .replace(['_', ','], ".")
        .replace(" and ", " ");
    let mut rest = text.as_str();
    let mut total_ms = 0.0;
    let mut same_units = String::new();
    while !rest.is_empty() {
        let digits_end = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let (digits, after) = rest.split_at_checked(digits_end)?;
        let after = after.trim_start();
        let unit_end = after
            .find(|c: char| c.is_ascii_digit() || c == ' ')
            .unwrap_or(after.len());
        let (unit, next) = after.split_at_checked(unit_end)?;
        let (_, unit_ms) = UNITS_MS
            .iter()
            .find(|(name, _)| *name == short_unit(unit))?;
        total_ms +=
            digits.parse::<f64>().ok()? * Duration::from_millis(*unit_ms).as_secs_f64() * 1_000.0;
        same_units.extend([digits, short_unit(unit)]);
        rest = next.trim_start();
    }
    if parse(&same_units).is_some_and(|duration| !duration.is_zero()) {
        return Some(same_units);
    }
    let duration = Duration::try_from_secs_f64(total_ms / 1_000.0).ok()?;
    (!duration.is_zero()).then(|| shown(duration))
}

/// Hours and minutes, perhaps seconds: `00:15`.
fn of_clock(text: &str) -> Option<Duration> {
    let mut parts = text.split(':').map(|part| part.parse::<u64>().ok());
    let (hours, minutes) = (parts.next()??, parts.next()??);
    let seconds = parts.next().unwrap_or(Some(0))?;
    let is_clock = minutes < 60 && seconds < 60 && parts.next().is_none();
    is_clock.then(|| Duration::from_secs(hours.saturating_mul(3_600) + minutes * 60 + seconds))
}

/// What a line of cron repeats by: `*/15 * * * *`, `0 * * * *`.
fn of_cron(text: &str) -> Option<Duration> {
    let fields: Vec<&str> = text.split_whitespace().collect();
    let [minute, hour, "*", "*", "*"] = fields.as_slice() else {
        return None;
    };
    let step = |field: &str| field.strip_prefix("*/")?.parse::<u64>().ok();
    match (step(minute), *hour) {
        (Some(minutes), "*") => Some(Duration::from_mins(minutes)),
        (None, "*") if *minute == "*" => Some(Duration::from_mins(1)),
        (None, "*") => Some(Duration::from_hours(1)),
        (None, hour) => step(hour).map(Duration::from_hours),
        _ => None,
    }
}

/// Months and years, which are as long as they usually are: `3 months`.
fn of_calendar(text: &str) -> Option<Duration> {
    let digits_end = text.find(|c: char| !c.is_ascii_digit())?;
    let (digits, unit) = text.split_at_checked(digits_end)?;
    let days = match unit.trim() {
        "month" | "months" | "mo" | "monat" | "monate" => 30,
        "year" | "years" | "y" | "yr" | "jahr" | "jahre" => 365,
        _ => return None,
    };
    let count: u64 = digits.parse().ok()?;
    Some(Duration::from_hours(count.checked_mul(days * 24)?))
}

/// The unit that a longer word for it stands for.
fn short_unit(word: &str) -> &str {
    match word.trim_end_matches('.') {
        "sec" | "secs" | "second" | "seconds" | "sek" => "s",
        "min" | "mins" | "minute" | "minutes" | "minuten" | "mn" => "m",
        "hr" | "hrs" | "hour" | "hours" | "stunde" | "stunden" | "std" => "h",
        "day" | "days" | "tag" | "tage" => "d",
        "week" | "weeks" | "wk" => "w",
        other => other,
    }
}

/// The shortest way to write a duration.
pub(super) fn shown(duration: Duration) -> String {
    let mut left_ms = u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
    if left_ms == 0 {
        return "0s".to_owned();
    }
    let mut parts = Vec::new();
    // Weeks are left out: people count them in days.
    for (unit, unit_ms) in UNITS_MS
        .iter()
        .rev()
        .filter(|(unit, _)| *unit != "w" && *unit != "ms")
    {
        let count = left_ms / unit_ms;
        if count > 0 {
            parts.push(format!("{count}{unit}"));
        }
        left_ms %= unit_ms;
    }
    if left_ms > 0 {
        parts.push(format!("{left_ms}ms"));
    }
    parts.concat()
}

/// What to write instead; a bare number gets the unit it lacks.
fn hint(written: &At<String>) -> String {
    match written.value.trim().parse::<u32>() {
        Ok(number) => {
            format!("a unit is missing: write for example \"{number}s\" or \"{number}m\"")
        }
        Err(_) => match meant(&written.value) {
            Some(meant) => format!("write \"{meant}\""),
            None => EXAMPLES.to_owned(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_with_units_add_up() {
        for (text, seconds) in [
            ("30s", 30),
            ("15m", 900),
            ("1h30m", 5_400),
            ("1h 30m", 5_400),
            ("2 d", 172_800),
            ("1w", 604_800),
            ("0s", 0),
        ] {
            assert_eq!(parse(text), Some(Duration::from_secs(seconds)), "{text}");
        }
        assert_eq!(parse("250ms"), Some(Duration::from_millis(250)));
    }

    #[test]
    fn anything_else_is_no_duration() {
        for text in [
            "",
            " ",
            "15",
            "m",
            "15 parsecs",
            "1.5h",
            "-5m",
            "5m3",
            "5M",
            "m5",
            "99999999999999999999s",
            "18446744073709551615w",
            "１５m",
            "5m,",
        ] {
            assert_eq!(parse(text), None, "{text:?}");
        }
    }

    #[test]
    fn what_other_programs_write_is_recognised() {
        for (text, meant_as) in [
            ("15 minutes", "15m"),
            ("1 hour 30 min", "1h30m"),
            ("1.5h", "1h30m"),
            ("PT15M", "15m"),
            ("P1DT2H", "1d2h"),
            ("5M", "5m"),
            ("@hourly", "1h"),
            ("00:15", "15m"),
            ("1:30:00", "1h30m"),
            ("*/15 * * * *", "15m"),
            ("0 */2 * * *", "2h"),
            ("-5m", "5m"),
            ("7 days ago", "7d"),
            ("3 months", "90d"),
            ("1y", "365d"),
        ] {
            assert_eq!(meant(text).as_deref(), Some(meant_as), "{text}");
            assert!(parse(meant_as).is_some());
        }
        for text in [
            "15 parsecs",
            "",
            "soon",
            "m",
            "0 min",
            "1..5h",
            "00:00",
            "12:75",
            "0 7 * * 1",
        ] {
            assert_eq!(meant(text), None, "{text}");
        }
    }

    #[test]
    fn what_is_shown_reads_back_as_the_same() {
        for ms in [0, 1, 999, 1_000, 61_000, 5_400_000, 86_400_000, 90_061_001] {
            let duration = Duration::from_millis(ms);
            assert_eq!(parse(&shown(duration)), Some(duration), "{ms}");
        }
        assert_eq!(shown(Duration::from_mins(90)), "1h30m");
    }
}
