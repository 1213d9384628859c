//! `[poll]`: how often feeds are asked, and what their first entries mean.

use std::time::Duration;

use crate::domain::FirstPoll;

use super::durations;
use super::problem::{Kind, Problem, Report, quoted};
use super::raw::RawPoll;
use super::source::At;
use super::suggest::nearest;

const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_secs(60);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// The longest time between two polls that can be set: more would rather be a feed to remove.
const MAX_EVERY: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// The longest time that a fetch may be given.
const MAX_TIMEOUT: Duration = Duration::from_secs(10 * 60);

/// The greatest age of an entry that can count as new.
const MAX_FIRST_POLL: Duration = Duration::from_secs(366 * 24 * 60 * 60);

/// What holds for every feed that says nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PollPolicy {
    /// Time between two polls.
    pub every: Duration,
    /// The shortest time between two polls that a busy feed is brought to. A feed whose own `every` is
    /// shorter is polled by that.
    pub min_every: Duration,
    /// The longest time between two polls that a quiet or failing feed is brought to. A feed whose own
    /// `every` is longer is polled by that.
    pub max_every: Duration,
    /// The time for one whole fetch.
    pub timeout: Duration,
    /// What happens to the entries found at a feed's first poll.
    pub first_poll: FirstPoll,
}

/// The defaults.
impl Default for PollPolicy {
    fn default() -> Self {
        Self {
            every: 15 * MINUTE,
            min_every: 5 * MINUTE,
            max_every: DAY,
            timeout: 30 * SECOND,
            first_poll: FirstPoll::Skip,
        }
    }
}

/// Checks the section. A bound that is not written gives way to the interval that is.
pub(super) fn check(raw: &RawPoll, report: &Report) -> PollPolicy {
    let default = PollPolicy::default();
    let interval = |written: &Option<At<String>>| {
        let written = written.as_ref()?;
        durations::check(written, SECOND..=MAX_EVERY, report)
    };
    let timeout = raw
        .timeout
        .as_ref()
        .and_then(|written| durations::check(written, SECOND..=MAX_TIMEOUT, report));
    let (every, min_every, max_every) = (
        interval(&raw.every),
        interval(&raw.min_every),
        interval(&raw.max_every),
    );
    let inside = every.unwrap_or_else(|| {
        let lowest = min_every.unwrap_or(Duration::ZERO);
        default.every.max(lowest).min(max_every.unwrap_or(MAX_EVERY))
    });
    let policy = PollPolicy {
        every: inside,
        min_every: min_every.unwrap_or(default.min_every.min(inside)),
        max_every: max_every.unwrap_or(default.max_every.max(inside)),
        timeout: timeout.unwrap_or(default.timeout),
        first_poll: raw
            .first_poll
            .as_ref()
            .and_then(|written| first_poll(written, report))
            .unwrap_or(default.first_poll),
    };
    check_order(raw, &policy, report);
    policy
}

/// Reports bounds that exclude each other or the interval.
fn check_order(raw: &RawPoll, policy: &PollPolicy, report: &Report) {
    let bounds = (&raw.min_every, &raw.max_every);
    if let (Some(min_every), Some(max_every)) = bounds
        && policy.min_every > policy.max_every
    {
        let message = format!(
            "{} is longer than max_every, {}",
            quoted(&min_every.value),
            quoted(&max_every.value)
        );
        report.add(Problem::error(&min_every.place, Kind::Conflict, message));
        return;
    }
    let Some(every) = &raw.every else { return };
    let outside = if policy.every < policy.min_every {
        format!("shorter than min_every, \"{}\"", durations::shown(policy.min_every))
    } else if policy.every > policy.max_every {
        format!("longer than max_every, \"{}\"", durations::shown(policy.max_every))
    } else {
        return;
    };
    let message = format!("{} is {outside}", quoted(&every.value));
    let hint = "every lies between min_every and max_every";
    report.add(Problem::error(&every.place, Kind::Conflict, message).hint(hint));
}

/// Reads the time between two polls of one feed.
pub(super) fn feed_every(written: &At<String>, report: &Report) -> Option<Duration> {
    durations::check(written, SECOND..=MAX_EVERY, report)
}

/// Reads `first_poll`.
pub(super) fn first_poll(written: &At<String>, report: &Report) -> Option<FirstPoll> {
    match written.value.as_str() {
        "skip" => return Some(FirstPoll::Skip),
        "alert" => return Some(FirstPoll::Alert),
        text if durations::parse(text).is_some() => {
            return durations::check(written, SECOND..=MAX_FIRST_POLL, report)
                .map(FirstPoll::Within);
        }
        _ => {}
    }
    let message = format!("{} is not an answer here", quoted(&written.value));
    let hint = match nearest(&written.value, ["skip", "alert"]) {
        Some(meant) => format!("did you mean \"{meant}\"?"),
        None => "write \"skip\", \"alert\" or an age, for example \"24h\"".to_owned(),
    };
    report.add(Problem::error(&written.place, Kind::BadValue, message).hint(hint));
    None
}

