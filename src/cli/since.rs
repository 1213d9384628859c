//! `--since`: a point in time, or an age.

use jiff::{SignedDuration, Span};

use crate::clock::Clock;
use crate::domain::Timestamp;

/// A point in time, or an age.
#[derive(Debug, Clone, Copy)]
pub(super) enum Since {
    /// 2026-11-23T08:00:00Z
    At(Timestamp),
    /// 36h, 7d
    Ago(SignedDuration),
}

/// Reads a point in time, or an age.
pub(super) fn since(text: &str) -> Result<Since, String> {
    if let Ok(at) = text.parse() {
        return Ok(Since::At(at));
    }
    text.parse::<Span>()
        .ok()
        .and_then(|span| {
            let day = jiff::SpanRelativeTo::days_are_24_hours();
            // "2 days ago" is as old as "2 days".
            span.to_duration(day).ok().map(SignedDuration::abs)
        })
        .map(Since::Ago)
        .ok_or_else(|| "write a time such as 2026-11-23T08:00:00Z or an age such as 36h".into())
}

impl Since {
    /// The point in time; an age counts from now.
    pub(super) fn at(self) -> Timestamp {
        match self {
            Self::At(at) => at,
            Self::Ago(age) => Clock::system()
                .now()
                .checked_sub(age)
                .unwrap_or(Timestamp::MIN),
        }
    }
}
