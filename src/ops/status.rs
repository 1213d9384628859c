//! How everything is: the service, its store, the feeds, the channels, what was given up, and what of it needs somebody.

use std::path::PathBuf;

use jiff::SignedDuration;
use serde::Serialize;

use crate::domain::{ChannelName, ChannelState, Shown, Timestamp, shown_url, what_helps};
use crate::store::{
    ChannelLine, Counts, FeedLine, GivenUp, Report, ServiceMark, ServiceSeen, Store, StoreError,
    can_write, documents_set_aside, service_seen,
};

/// A service that has said nothing for so long hangs; it says something every five seconds.
const SILENCE: SignedDuration = SignedDuration::from_secs(60);

/// A feed that is due for so long is late: a poll waits for its turn at the host, and for a slow answer.
const LATE: SignedDuration = SignedDuration::from_mins(5);

/// Single runs are made at least so often.
const LONG_AGO: SignedDuration = SignedDuration::from_hours(24);

/// Deliveries that were given up are told for so long.
const TOLD_FOR: SignedDuration = SignedDuration::from_hours(7 * 24);

/// Deliveries given up that are looked at, the newest.
const LOOKED_AT: usize = 500;

/// Deliveries given up since the last one that was accepted, after which a channel refuses everything.
const ALL_REFUSED: usize = 3;

/// Delivery ids that are named of one reason.
const NAMED: usize = 5;

/// What a status is asked of.
#[derive(Debug, Clone)]
pub struct StatusQuery {
    /// The configuration's file.
    pub config: PathBuf,
    /// Where the state lies.
    pub state_dir: PathBuf,
    /// The database server, where the store is one: shown without a password.
    pub server: Option<String>,
    /// How many feeds the configuration has.
    pub feeds: usize,
    /// The channels of the configuration.
    pub channels: Vec<ChannelName>,
    /// Now.
    pub now: Timestamp,
}

/// How bad something is; the order is that of `status --check`'s exit codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// All is well.
    Ok,
    /// Something is not as it should be, and news still arrive.
    Warning,
    /// News do not arrive, or somebody was not told.
    Critical,
    /// It cannot be told.
    Unknown,
}

impl Severity {
    /// The word in JSON.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warning => "warning",
            Self::Critical => "critical",
            Self::Unknown => "unknown",
        }
    }
}

/// How everything is, as people see it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StatusView {
    /// The worst of the problems.
    pub state: Severity,
    /// Everything in one line.
    pub summary: String,
    /// The configuration's file.
    pub config: String,
    /// The service.
    pub service: ServiceView,
    /// The store.
    pub store: StoreView,
    /// What is wrong, the worst first.
    pub problems: Vec<ProblemView>,
    /// The documents that are not read any more, by their names.
    pub set_aside: Vec<String>,
    /// What was given up in the last seven days, by reason.
    pub given_up: Vec<GivenUpView>,
    /// The feeds, those that need somebody first.
    pub feeds: Vec<FeedView>,
    /// The channels, those that need somebody first.
    pub channels: Vec<ChannelView>,
    /// The counts.
    pub counts: Counts,
}

/// The service, as people see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ServiceView {
    /// How it is.
    pub state: ServiceState,
    /// The number of its process.
    pub pid: Option<u32>,
    /// Its version.
    pub version: Option<String>,
    /// When it started.
    pub since: Option<Timestamp>,
    /// When it last gave a sign of life.
    pub seen: Option<Timestamp>,
    /// When it stopped as it was told to.
    pub stopped: Option<Timestamp>,
    /// Whether it was one pass, by `run --once`.
    pub once: bool,
    /// The configuration it works by.
    pub config: Option<String>,
    /// Its stages.
    pub stages: Vec<StageView>,
}

/// How the service is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ServiceState {
    /// It runs.
    Running,
    /// It runs and has given no sign of life for a while.
    Hangs,
    /// It was stopped, or a single pass has come to its end.
    Stopped,
    /// It is gone without having been stopped: killed, crashed, or the machine went down.
    Killed,
    /// It has never run here.
    NeverRun,
    /// It cannot be told.
    Unknown,
}

/// A stage of the service, as people see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StageView {
    /// Its name.
    pub name: String,
    /// When it last looked for work.
    pub last_turn: Timestamp,
    /// Whether that is lately.
    pub moves: bool,
}

/// The store, as people see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StoreView {
    /// `sqlite` or `postgresql`.
    pub kind: &'static str,
    /// Its directory or its server.
    pub place: String,
    /// Whether something can be stored.
    pub writable: bool,
    /// Why not.
    pub error: Option<String>,
}

/// Something that is wrong, as people see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ProblemView {
    /// How bad it is.
    pub severity: Severity,
    /// `service`, `store`, `feed`, `channel` or `delivery`.
    pub kind: &'static str,
    /// Which.
    pub name: Option<String>,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub hint: Option<String>,
}

/// Deliveries that were given up for one reason, as people see them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct GivenUpView {
    /// The channel.
    pub channel: String,
    /// The mail address, for a channel that has several.
    pub recipient: Option<String>,
    /// How many.
    pub count: usize,
    /// When the last of them was given up.
    pub last: Timestamp,
    /// Why.
    pub reason: String,
    /// What to do.
    pub hint: Option<String>,
    /// The newest of them.
    pub deliveries: Vec<String>,
}

/// A feed, as people see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FeedView {
    /// The address in the configuration, without secrets.
    pub url: String,
    /// The address it is polled at.
    pub fetch_url: String,
    /// Whether that address was found on the page at the configured one.
    pub found: bool,
    /// What people call it.
    pub name: Option<String>,
    /// `ok`, `new`, `failing` or `gone`.
    pub state: &'static str,
    /// Why the last poll failed.
    pub error: Option<String>,
    /// What kind of failure that was, in a word.
    pub error_kind: Option<String>,
    /// Since when it fails.
    pub failing_since: Option<Timestamp>,
    /// Failed polls in a row.
    pub failures: u32,
    /// When it was read last.
    pub last_success: Option<Timestamp>,
    /// When it is polled next; absent where it never is.
    pub next_poll: Option<Timestamp>,
    /// Whether that time has passed for a while already.
    pub overdue: bool,
    /// How many of its entries are known.
    pub entries: u32,
    /// Why the page of its newest article could not be used.
    pub page_problem: Option<String>,
    /// Since when its pages cannot be used.
    pub pages_failing_since: Option<Timestamp>,
    /// What had to be mended at the last good poll.
    pub repairs: Vec<String>,
    /// Between which times entries may have been missed, for a week after.
    pub gap: Option<GapView>,
}

/// A time from which a feed's entries may be missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct GapView {
    /// The last good poll before it.
    pub from: Timestamp,
    /// The poll that shared no entry with that one.
    pub until: Timestamp,
}

/// How long a gap is told of.
const GAP_SHOWN_FOR: SignedDuration = SignedDuration::from_hours(7 * 24);

/// A channel, as people see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ChannelView {
    /// Its name.
    pub name: String,
    /// `ok`, `failing`, `paused`, `misconfigured`, `gone`, or `refusing` where all it was sent was refused.
    pub state: &'static str,
    /// What went wrong last.
    pub error: Option<String>,
    /// What to do about it.
    pub hint: Option<String>,
    /// Since when it fails.
    pub failing_since: Option<Timestamp>,
    /// When it last accepted a delivery.
    pub last_success: Option<Timestamp>,
    /// Nothing is sent before this time.
    pub not_before: Option<Timestamp>,
    /// Legs that were delivered.
    pub delivered: u64,
    /// Legs that wait.
    pub waiting: u64,
    /// Legs that are held.
    pub held: u64,
    /// Legs that were given up.
    pub abandoned: u64,
}

/// Tells how everything is.
///
/// # Errors
/// When the store cannot be read.
pub async fn status(store: &Store, query: &StatusQuery) -> Result<StatusView, StoreError> {
    let report = store.report().await?;
    let given_up = store.given_up(LOOKED_AT).await?;
    Ok(view(query, report, given_up))
}

/// How everything is where nothing has ever run.
#[must_use]
pub fn never_run(query: &StatusQuery) -> StatusView {
    let report = Report {
        feeds: Vec::new(),
        channels: Vec::new(),
        counts: Counts::default(),
    };
    view(query, report, Vec::new())
}

fn view(query: &StatusQuery, report: Report, given_up: Vec<GivenUp>) -> StatusView {
    let seen = service_seen(&query.state_dir);
    let trouble = match &seen {
        ServiceSeen::Running(Some(mark)) => mark.trouble.clone(),
        _ => None,
    };
    let service = service_view(seen, query.now);
    let store = store_view(query, trouble, service.state);
    let mut channels = channel_views(query, report.channels, &given_up);
    channels.sort_by_key(|channel| channel.state == "ok");
    let mut feeds: Vec<FeedView> = report
        .feeds
        .iter()
        .map(|feed| feed_view(feed, query.now))
        .collect();
    feeds.sort_by_key(FeedView::rank);
    let given_up = by_reason(given_up, query.now);
    let mut problems = problems(&service, &store, &feeds, &channels, &given_up);
    problems.extend(long_ago(&service, query.now));
    problems.sort_by_key(|problem| std::cmp::Reverse(problem.severity));
    let worst = problems.iter().map(|problem| problem.severity).max();
    let state = worst.unwrap_or(Severity::Ok);
    StatusView {
        summary: summary(&service, &store, &feeds, &channels, &report.counts),
        state,
        config: query.config.display().to_string(),
        service,
        store,
        problems,
        set_aside: documents_set_aside(&query.state_dir),
        given_up,
        feeds,
        channels,
        counts: report.counts,
    }
}

fn service_view(seen: ServiceSeen, now: Timestamp) -> ServiceView {
    let (state, mark) = match seen {
        ServiceSeen::Never => (ServiceState::NeverRun, None),
        ServiceSeen::Hidden(_) => (ServiceState::Unknown, None),
        ServiceSeen::Running(mark) => {
            let is_silent = mark
                .as_ref()
                .is_some_and(|mark| now.duration_since(mark.at) > SILENCE);
            let state = if is_silent {
                ServiceState::Hangs
            } else {
                ServiceState::Running
            };
            (state, mark)
        }
        ServiceSeen::Gone(mark) if mark.stopped_at.is_some() => (ServiceState::Stopped, Some(mark)),
        ServiceSeen::Gone(mark) => (ServiceState::Killed, Some(mark)),
    };
    let of = |mark: &ServiceMark| (mark.pid, mark.version.clone(), mark.since, mark.at);
    let known = mark.as_ref().map(of);
    ServiceView {
        state,
        pid: known.as_ref().map(|known| known.0),
        version: known.as_ref().map(|known| known.1.clone()),
        since: known.as_ref().map(|known| known.2),
        seen: known.as_ref().map(|known| known.3),
        stopped: mark.as_ref().and_then(|mark| mark.stopped_at),
        once: mark.as_ref().is_some_and(|mark| mark.once),
        config: mark.as_ref().map(|mark| mark.config.clone()),
        stages: mark.map(stages).unwrap_or_default(),
    }
}

fn stages(mark: ServiceMark) -> Vec<StageView> {
    let stage = |(name, last_turn): (String, Timestamp)| StageView {
        name,
        last_turn,
        moves: mark.at.duration_since(last_turn) <= SILENCE,
    };
    mark.stages.into_iter().map(stage).collect()
}

fn store_view(query: &StatusQuery, trouble: Option<String>, service: ServiceState) -> StoreView {
    let error = match &query.server {
        Some(_) => trouble,
        None if service == ServiceState::NeverRun => None,
        None => trouble.or_else(|| {
            let tried = can_write(&query.state_dir);
            tried.err().map(|error| error.to_string())
        }),
    };
    StoreView {
        kind: if query.server.is_some() {
            "postgresql"
        } else {
            "sqlite"
        },
        place: match &query.server {
            Some(server) => server.clone(),
            None => query.state_dir.display().to_string(),
        },
        writable: error.is_none(),
        error,
    }
}

fn feed_view(feed: &FeedLine, now: Timestamp) -> FeedView {
    let state = if feed.gone {
        "gone"
    } else if feed.error.is_some() {
        "failing"
    } else if feed.last_success_at.is_none() {
        "new"
    } else {
        "ok"
    };
    FeedView {
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
        next_poll: (!feed.gone).then_some(feed.next_poll_at),
        overdue: !feed.gone && now.duration_since(feed.next_poll_at) > LATE,
        entries: feed.entries,
        page_problem: feed.page_problem.as_deref().map(shown),
        pages_failing_since: feed.pages_failing_since,
        repairs: feed.repairs.iter().map(|repair| shown(repair)).collect(),
        gap: feed
            .gap
            .filter(|(_, until)| now.duration_since(*until) < GAP_SHOWN_FOR)
            .map(|(from, until)| GapView { from, until }),
    }
}

impl FeedView {
    /// Whether somebody should look at it.
    #[must_use]
    pub fn fails(&self) -> bool {
        matches!(self.state, "failing" | "gone")
    }

    fn rank(&self) -> u8 {
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

fn channel_views(
    query: &StatusQuery,
    mut lines: Vec<ChannelLine>,
    given_up: &[GivenUp],
) -> Vec<ChannelView> {
    for name in &query.channels {
        if !lines.iter().any(|line| line.name == *name) {
            lines.push(ChannelLine::unused(name.clone()));
        }
    }
    // One that has left the configuration is told of while something of it is not settled.
    lines.retain(|line| query.channels.contains(&line.name) || line.waiting + line.held > 0);
    lines
        .iter()
        .map(|line| channel_view(line, given_up))
        .collect()
}

fn channel_view(line: &ChannelLine, given_up: &[GivenUp]) -> ChannelView {
    let lost: Vec<&GivenUp> = given_up
        .iter()
        .filter(|lost| lost.channel == line.name)
        .filter(|lost| line.last_success_at.is_none_or(|last| lost.at > last))
        .collect();
    let refuses_all = line.last_success_at.is_none() || lost.len() >= ALL_REFUSED;
    let is_refusing = line.state == ChannelState::Ok && !lost.is_empty() && refuses_all;
    let error = match (&line.error, lost.first()) {
        (Some(error), _) => Some(shown(error)),
        (None, Some(lost)) if is_refusing => Some(shown(&lost.reason)),
        (None, _) => None,
    };
    ChannelView {
        name: shown(&line.name.0),
        state: if is_refusing {
            "refusing"
        } else {
            line.state.as_str()
        },
        hint: error.as_deref().and_then(what_helps).map(str::to_owned),
        error,
        failing_since: line.failing_since,
        last_success: line.last_success_at,
        not_before: line.not_before,
        delivered: line.delivered,
        waiting: line.waiting,
        held: line.held,
        abandoned: line.abandoned,
    }
}

/// Puts what was given up lately together: by channel, receiver and reason, the newest first.
fn by_reason(given_up: Vec<GivenUp>, now: Timestamp) -> Vec<GivenUpView> {
    let mut views: Vec<GivenUpView> = Vec::new();
    for lost in given_up {
        if now.duration_since(lost.at) > TOLD_FOR {
            continue;
        }
        let channel = shown(&lost.channel.0);
        let recipient = lost.recipient.as_deref().map(shown);
        let reason = shown(&lost.reason);
        let same = views.iter_mut().find(|view| {
            view.channel == channel && view.recipient == recipient && view.reason == reason
        });
        if let Some(view) = same {
            view.count += 1;
            view.last = view.last.max(lost.at);
            if view.deliveries.len() < NAMED {
                view.deliveries.push(lost.id.0);
            }
            continue;
        }
        views.push(GivenUpView {
            channel,
            recipient,
            count: 1,
            last: lost.at,
            hint: what_helps(&reason).map(str::to_owned),
            reason,
            deliveries: vec![lost.id.0],
        });
    }
    views
}

fn problems(
    service: &ServiceView,
    store: &StoreView,
    feeds: &[FeedView],
    channels: &[ChannelView],
    given_up: &[GivenUpView],
) -> Vec<ProblemView> {
    let mut problems = Vec::new();
    problems.extend(service_problem(service));
    problems.extend(store.error.as_ref().map(|error| ProblemView {
        severity: Severity::Critical,
        kind: "store",
        name: Some(store.place.clone()),
        message: format!("nothing can be stored: {error}"),
        hint: None,
    }));
    for stage in service.stages.iter().filter(|stage| !stage.moves) {
        if service.state == ServiceState::Running {
            problems.push(ProblemView {
                severity: Severity::Critical,
                kind: "service",
                name: Some(stage.name.clone()),
                message: format!(
                    "the stage {} has not moved since {}",
                    stage.name, stage.last_turn
                ),
                hint: Some("restart the service, and report this with its log".into()),
            });
        }
    }
    problems.extend(channels.iter().filter_map(channel_problem));
    problems.extend(given_up.iter().map(|lost| {
        // What helps has been said with the channel, where that refuses everything for the same reason.
        let is_said = channels.iter().any(|channel| {
            channel.name == lost.channel && channel.error.as_ref() == Some(&lost.reason)
        });
        given_up_problem(lost, is_said)
    }));
    problems.extend(feed_problems(feeds, service.state));
    problems
}

/// Single runs that nobody makes any more: whoever starts them has stopped doing so.
fn long_ago(service: &ServiceView, now: Timestamp) -> Option<ProblemView> {
    let stopped = service.stopped.filter(|_| service.once)?;
    (now.duration_since(stopped) > LONG_AGO).then(|| ProblemView {
        severity: Severity::Warning,
        kind: "service",
        name: None,
        message: "no run has been made for more than a day".into(),
        hint: Some("look at what starts it, or let the service run: newswatch run".into()),
    })
}

fn service_problem(service: &ServiceView) -> Option<ProblemView> {
    let (severity, message, hint) = match service.state {
        ServiceState::Running => return None,
        ServiceState::Stopped if service.once => return None,
        ServiceState::Stopped => (
            Severity::Critical,
            "the service was stopped",
            "start it: systemctl start newswatch, or newswatch run",
        ),
        ServiceState::Killed => (
            Severity::Critical,
            "the service is gone without having been stopped: it was killed, or the machine went down",
            "start it: systemctl start newswatch, or newswatch run; its log tells why it ended",
        ),
        ServiceState::Hangs => (
            Severity::Critical,
            "the service has given no sign of life for a minute",
            "restart it, and report this with its log",
        ),
        ServiceState::NeverRun => (
            Severity::Critical,
            "newswatch has never run with this configuration",
            "start it: systemctl start newswatch, or newswatch run",
        ),
        ServiceState::Unknown => (
            Severity::Unknown,
            "whether the service runs cannot be seen by this user",
            "ask as the user that newswatch runs as: sudo -u newswatch newswatch status",
        ),
    };
    Some(ProblemView {
        severity,
        kind: "service",
        name: None,
        message: message.into(),
        hint: Some(hint.into()),
    })
}

fn channel_problem(channel: &ChannelView) -> Option<ProblemView> {
    let (severity, what) = match channel.state {
        "ok" => return None,
        "failing" => (Severity::Warning, "does not take alerts now"),
        "paused" => (Severity::Warning, "asked for a pause"),
        "gone" => (Severity::Critical, "is gone for good"),
        "refusing" => (Severity::Critical, "refuses everything it is sent"),
        _ => (Severity::Critical, "takes no alerts until it is mended"),
    };
    let error = channel.error.as_deref().unwrap_or("no reason is known");
    Some(ProblemView {
        severity,
        kind: "channel",
        name: Some(channel.name.clone()),
        message: format!("channel {} {what}: {error}", channel.name),
        hint: channel.hint.clone(),
    })
}

fn given_up_problem(lost: &GivenUpView, is_said: bool) -> ProblemView {
    let deliveries = match lost.count {
        1 => "1 delivery".to_owned(),
        many => format!("{many} deliveries"),
    };
    let to = match &lost.recipient {
        Some(recipient) => format!("{} ({recipient})", lost.channel),
        None => lost.channel.clone(),
    };
    let again = format!("newswatch alerts retry --channel {}", quoted(&lost.channel));
    ProblemView {
        severity: Severity::Warning,
        kind: "delivery",
        name: Some(lost.channel.clone()),
        message: if is_said {
            format!("{deliveries} to {to} given up for that reason")
        } else {
            format!("{deliveries} to {to} given up: {}", lost.reason)
        },
        hint: Some(match &lost.hint {
            Some(hint) if !is_said => format!("{hint}; then send again: {again}"),
            Some(_) | None => format!("once it is mended, send again: {again}"),
        }),
    }
}

/// A name as a shell takes it.
fn quoted(name: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    if name.chars().all(is_plain) {
        name.to_owned()
    } else {
        format!("'{}'", name.replace('\'', "'\\''"))
    }
}

fn feed_problems(feeds: &[FeedView], service: ServiceState) -> Vec<ProblemView> {
    let failing = feeds.iter().filter(|feed| feed.fails()).count();
    let all = failing > 0 && failing == feeds.len();
    let mut problems = Vec::new();
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

fn summary(
    service: &ServiceView,
    store: &StoreView,
    feeds: &[FeedView],
    channels: &[ChannelView],
    counts: &Counts,
) -> String {
    let mut parts = vec![
        match service.state {
            ServiceState::Running => "running",
            ServiceState::Hangs => "not answering",
            ServiceState::Stopped if service.once => "last run came to its end",
            ServiceState::Stopped => "stopped",
            ServiceState::Killed => "not running, killed or crashed",
            ServiceState::NeverRun => "never run",
            ServiceState::Unknown => "not to be seen by this user",
        }
        .to_owned(),
    ];
    if !store.writable {
        parts.push("the store cannot be written".into());
    }
    let failing = feeds.iter().filter(|feed| feed.fails()).count();
    parts.push(match failing {
        0 => format!("feeds: {} ok", feeds.len()),
        _ => format!("feeds: {failing} of {} failing", feeds.len()),
    });
    let broken = channels.iter().filter(|channel| channel.state != "ok");
    parts.push(match broken.count() {
        0 => format!("channels: {} ok", channels.len()),
        broken => format!("channels: {broken} of {} not ok", channels.len()),
    });
    parts.push(format!(
        "alerts: {} raised, {} waiting, {} given up",
        counts.alerts, counts.alerts_waiting, counts.alerts_lost
    ));
    parts.join("; ")
}

fn shown(text: &str) -> String {
    Shown::of(text).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::DeliveryId;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_790_000_000 + seconds).unwrap()
    }

    fn lost(reason: &str, seconds: i64) -> GivenUp {
        GivenUp {
            id: DeliveryId(format!("dlv_{seconds}")),
            channel: ChannelName("desk".into()),
            recipient: None,
            at: at(seconds),
            reason: reason.into(),
        }
    }

    fn line(last_success_at: Option<Timestamp>) -> ChannelLine {
        ChannelLine {
            last_success_at,
            ..ChannelLine::unused(ChannelName("desk".into()))
        }
    }

    #[test]
    fn a_channel_that_refused_all_it_was_sent_is_not_ok() {
        let refused = [lost("550 5.1.1 no such user", 10)];
        let view = channel_view(&line(None), &refused);
        assert_eq!(view.state, "refusing");
        assert!(view.hint.unwrap().contains("`to`"));
        assert_eq!(channel_view(&line(Some(at(5))), &refused).state, "ok");
        assert_eq!(channel_view(&line(Some(at(20))), &refused).state, "ok");
        assert_eq!(channel_view(&line(None), &[]).state, "ok");
        let three = [10, 11, 12].map(|seconds| lost("554 no", seconds));
        assert_eq!(channel_view(&line(Some(at(5))), &three).state, "refusing");
    }

    #[test]
    fn what_was_given_up_for_one_reason_is_told_once() {
        let lost = vec![lost("no", 30), lost("never", 20), lost("no", 10)];
        let views = by_reason(lost.clone(), at(40));
        let told: Vec<(&str, usize)> = views
            .iter()
            .map(|view| (view.reason.as_str(), view.count))
            .collect();
        assert_eq!(told, [("no", 2), ("never", 1)]);
        assert_eq!(views[0].last, at(30));
        assert!(by_reason(lost, at(40) + SignedDuration::from_hours(24 * 8)).is_empty());
    }

    #[test]
    fn a_service_is_known_by_the_mark_it_left() {
        let mark = ServiceMark {
            at: at(0),
            ..ServiceMark::default()
        };
        let state = |seen, seconds| service_view(seen, at(seconds)).state;
        let running = ServiceSeen::Running(Some(mark.clone()));
        assert_eq!(state(running.clone(), 10), ServiceState::Running);
        assert_eq!(state(running, 100), ServiceState::Hangs);
        assert_eq!(
            state(ServiceSeen::Running(None), 100),
            ServiceState::Running
        );
        assert_eq!(
            state(ServiceSeen::Gone(mark.clone()), 1),
            ServiceState::Killed
        );
        let stopped = ServiceMark {
            stopped_at: Some(at(0)),
            ..mark
        };
        assert_eq!(state(ServiceSeen::Gone(stopped), 1), ServiceState::Stopped);
        assert_eq!(state(ServiceSeen::Never, 1), ServiceState::NeverRun);
    }

    #[test]
    fn a_name_can_be_pasted_into_a_shell() {
        assert_eq!(quoted("desk-2"), "desk-2");
        assert_eq!(quoted("it's the desk"), "'it'\\''s the desk'");
    }
}
