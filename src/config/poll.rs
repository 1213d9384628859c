//! `[poll]`: how often feeds are asked, and what their first entries mean.

use std::time::Duration;

use crate::domain::{Feed, FirstPoll};
use crate::schedule::PollPolicy;

use super::durations;
use super::problem::{Kind, Problem, Report, quoted};
use super::raw::RawPoll;
use super::source::At;
use super::words::one_of;

const SECOND: Duration = Duration::from_secs(1);

/// The longest time between two polls that can be set: more would rather be a feed to remove.
const MAX_EVERY: Duration = Duration::from_hours(30 * 24);

/// The longest time that a fetch may be given.
const MAX_TIMEOUT: Duration = Duration::from_mins(10);

/// The greatest age of an entry that can count as new.
const MAX_FIRST_POLL: Duration = Duration::from_hours(366 * 24);

/// Time between two polls of a feed that says nothing else.
const DEFAULT_EVERY: Duration = Duration::from_mins(15);

/// The least time between two polls, unless a shorter interval is asked for.
const DEFAULT_MIN_EVERY: Duration = Duration::from_mins(5);

/// The most time between two polls, unless a longer interval is asked for.
const DEFAULT_MAX_EVERY: Duration = Duration::from_hours(24);

/// The time for one whole fetch.
const DEFAULT_TIMEOUT: Duration = Duration::from_secs(30);

/// What holds for every feed that says nothing else, and the bounds for all.
#[derive(Debug, Clone, Copy)]
pub(super) struct Defaults {
    /// Time between two polls.
    pub(super) every: Duration,
    /// What happens to the entries found at a feed's first poll.
    pub(super) first_poll: FirstPoll,
    /// The bound that was written, if one was.
    pub(super) min_every: Option<Duration>,
    /// The bound that was written, if one was.
    pub(super) max_every: Option<Duration>,
    timeout: Duration,
}

/// Checks the section.
pub(super) fn check(raw: &RawPoll, report: &Report) -> Defaults {
    let interval = |written: &Option<At<String>>| every(written.as_ref()?, report);
    let (min_every, max_every) = (interval(&raw.min_every), interval(&raw.max_every));
    let defaults = Defaults {
        every: interval(&raw.every).unwrap_or_else(|| {
            DEFAULT_EVERY
                .max(min_every.unwrap_or(Duration::ZERO))
                .min(max_every.unwrap_or(MAX_EVERY))
        }),
        first_poll: raw
            .first_poll
            .as_ref()
            .and_then(|written| first_poll(written, report))
            .unwrap_or(FirstPoll::Skip),
        min_every,
        max_every,
        timeout: raw
            .timeout
            .as_ref()
            .and_then(|written| durations::check(written, SECOND..=MAX_TIMEOUT, report))
            .unwrap_or(DEFAULT_TIMEOUT),
    };
    check_order(raw, &defaults, report);
    defaults
}

/// The bounds of polling. One that is not written gives way to every interval that is.
pub(super) fn policy(defaults: &Defaults, feeds: &[Feed]) -> PollPolicy {
    let intervals = || feeds.iter().map(|feed| feed.every).chain([defaults.every]);
    let shortest = intervals().min().unwrap_or(DEFAULT_MIN_EVERY);
    let longest = intervals().max().unwrap_or(DEFAULT_MAX_EVERY);
    PollPolicy {
        min_every: defaults
            .min_every
            .unwrap_or(DEFAULT_MIN_EVERY.min(shortest)),
        max_every: defaults.max_every.unwrap_or(DEFAULT_MAX_EVERY.max(longest)),
        timeout: defaults.timeout,
    }
}

/// Reports bounds that exclude each other or the interval.
fn check_order(raw: &RawPoll, defaults: &Defaults, report: &Report) {
    if let (Some(written), Some(min_every), Some(max_every)) =
        (&raw.min_every, defaults.min_every, defaults.max_every)
        && min_every > max_every
    {
        let message = format!(
            "{} is longer than max_every, \"{}\"",
            quoted(&written.value),
            durations::shown(max_every)
        );
        report.add(Problem::error(&written.place, Kind::Conflict, message));
        return;
    }
    if let Some(written) = &raw.every
        && let Some(outside) = outside(defaults.every, defaults)
    {
        let message = format!("{} is {outside}", quoted(&written.value));
        let hint = "every lies between min_every and max_every";
        report.add(Problem::error(&written.place, Kind::Conflict, message).hint(hint));
    }
}

/// On which side an interval lies outside the bounds that were written.
pub(super) fn outside(every: Duration, defaults: &Defaults) -> Option<String> {
    if let Some(min_every) = defaults.min_every
        && every < min_every
    {
        return Some(format!(
            "shorter than min_every, \"{}\"",
            durations::shown(min_every)
        ));
    }
    if let Some(max_every) = defaults.max_every
        && every > max_every
    {
        return Some(format!(
            "longer than max_every, \"{}\"",
            durations::shown(max_every)
        ));
    }
    None
}

/// Reads a time between two polls.
pub(super) fn every(written: &At<String>, report: &Report) -> Option<Duration> {
    durations::check(written, SECOND..=MAX_EVERY, report)
}

/// Reads `first_poll`.
pub(super) fn first_poll(written: &At<String>, report: &Report) -> Option<FirstPoll> {
    if durations::parse(&written.value).is_some() {
        return durations::check(written, SECOND..=MAX_FIRST_POLL, report).map(FirstPoll::Within);
    }
    if let Some(meant) = durations::meant(&written.value) {
        let message = format!("{} is not written as an age is", quoted(&written.value));
        let hint = format!("write \"{meant}\"");
        report.add(Problem::error(&written.place, Kind::BadValue, message).hint(hint));
        return None;
    }
    let words = [("skip", FirstPoll::Skip), ("alert", FirstPoll::Alert)];
    let otherwise = "an age, for example \"24h\"";
    one_of(written, "an answer here", &words, otherwise, report)
}
