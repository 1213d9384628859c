//! `[store]`: what is kept, and how long.

use std::time::Duration;

use super::durations;
use super::problem::Report;
use super::raw::RawStore;

const DAY: Duration = Duration::from_hours(24);

/// The shortest time that can be set: less leaves nobody the time to ask why an article raised no alert.
const MIN_KEEP: Duration = DAY;

/// The longest time that can be set: some ten years.
const MAX_KEEP: Duration = Duration::from_hours(3_660 * 24);

/// The time that articles are kept when nothing else is said: a quarter of a year to look back on.
const DEFAULT_KEEP: Duration = Duration::from_hours(90 * 24);

/// Checks the section; returns how long articles are kept.
pub(super) fn keep_articles(raw: &RawStore, report: &Report) -> Duration {
    raw.keep_articles
        .as_ref()
        .and_then(|written| durations::check(written, MIN_KEEP..=MAX_KEEP, report))
        .unwrap_or(DEFAULT_KEEP)
}
