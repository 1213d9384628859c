//! The feeds of a status: their states, and what is told of those that are not read.

use jiff::SignedDuration;

use super::view::{FeedView, GapView, ProblemView, ServiceState, Severity, shown};
use crate::domain::{Timestamp, shown_url};
use crate::store::FeedLine;

/// A feed that is due for so long is late: a poll waits for its turn at the host, and for a slow answer.
const LATE: SignedDuration = SignedDuration::from_mins(5);

/// Feeds up to which each that fails is a problem of its own, even if all do.
const ALONE: usize = 3;

/// How long a gap is told of.
const GAP_SHOWN_FOR: SignedDuration = SignedDuration::from_hours(7 * 24);

/// A feed as people see it.
#[must_use]
pub fn feed_view(feed: &FeedLine, now: Timestamp) -> FeedView {
    let state = if feed.paused.is_some() {
        "paused"
    } else if feed.gone {
        "gone"
    } else if feed.error.is_some() {
        "failing"
    } else if feed.last_success_at.is_none() {
        "new"
    } else {
        "ok"
    };
    // One that the store knows nothing of is not late either.
    let rests = feed.gone || feed.paused.is_some() || feed.next_poll_at == Timestamp::MIN;
    FeedView {
        id: feed.id,
        url: shown_url(&feed.url),
        fetch_url: shown_url(&feed.fetch_url),
        found: feed.is_found,
        name: feed.name.as_deref().map(shown),
        state,
        error: feed.error.as_deref().map(shown),
        error_kind: feed.trouble.clone(),
        failing_since: feed.failing_since,
        failures: feed.failures,
        last_success: feed.last_success_at,
        paused: feed.paused.clone(),
        next_poll: (!rests).then_some(feed.next_poll_at),
        overdue: !rests && now.duration_since(feed.next_poll_at) > LATE,
        entries: feed.entries,
        page_problem: feed.page_problem.as_deref().map(shown),
        pages_failing_since: feed.pages_failing_since,
        repairs: feed.repairs.iter().map(|repair| shown(repair)).collect(),
        gap: feed
            .gap
            .filter(|(_, until)| now.duration_since(*until) < GAP_SHOWN_FOR)
            .map(|(from, until)| GapView { from, until }),
        polls: None,
    }
}

impl FeedView {
    /// Whether somebody should look at it.
    #[must_use]
    pub fn fails(&self) -> bool {
        matches!(self.state, "failing" | "gone")
    }

    pub(super) fn rank(&self) -> u8 {
        match self.state {
            "gone" => 0,
            "failing" => 1,
            _ if self.overdue => 2,
            _ if self.page_problem.is_some() => 3,
            "new" => 4,
            _ => 5,
        }
    }
}

pub(super) fn feed_problems(feeds: &[FeedView], service: ServiceState) -> Vec<ProblemView> {
    let failing = feeds.iter().filter(|feed| feed.fails()).count();
    let all = failing > 0 && failing == feeds.len();
    let mut problems = Vec::new();
    // Where none can be read the cause is here: what each says stands with the feed.
    if all && failing > ALONE {
        let first = feeds.iter().find_map(|feed| feed.error.as_deref());
        return vec![ProblemView {
            severity: Severity::Critical,
            kind: "feed",
            name: None,
            message: format!(
                "none of the {failing} feeds can be read; the first: {}",
                first.unwrap_or("it is gone")
            ),
            hint: Some("look whether this machine reaches the network and its name server".into()),
        }];
    }
    for feed in feeds {
        let name = feed.name.as_deref().unwrap_or(&feed.url);
        let is_late = feed.overdue && service == ServiceState::Running;
        let message = match (&feed.error, feed.state) {
            (Some(error), "gone") => format!("feed {name} is gone: {error}"),
            (Some(error), _) => format!("feed {name} fails: {error}"),
            (None, _) if is_late => format!("feed {name} is late: it should have been polled"),
            (None, _) => continue,
        };
        problems.push(ProblemView {
            severity: if all {
                Severity::Critical
            } else {
                Severity::Warning
            },
            kind: "feed",
            name: Some(feed.url.clone()),
            message,
            hint: (feed.state == "gone")
                .then(|| "take it out of the configuration, or give it its new address".into()),
        });
    }
    problems
}
