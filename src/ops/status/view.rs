//! What a status is asked of, and how people see it: the service, the store, the feeds, the channels, and what is wrong.

use std::path::PathBuf;

use serde::Serialize;
use url::Url;

use super::super::days::PollDay;
use crate::domain::{ChannelName, FeedId, Shown, Timestamp, WatchName};
use crate::store::{Counts, Paused};

/// What a status is asked of.
#[derive(Debug, Clone)]
pub struct StatusQuery {
    /// The configuration's file.
    pub config: PathBuf,
    /// Where the state lies.
    pub state_dir: PathBuf,
    /// The database server, where the store is one: shown without a password.
    pub server: Option<String>,
    /// The feeds of the configuration, with their names.
    pub feeds: Vec<(Url, Option<String>)>,
    /// The channels of the configuration.
    pub channels: Vec<ChannelName>,
    /// The watches of the configuration that are paused.
    pub paused_watches: Vec<WatchName>,
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
    /// Who asked for no more messages.
    pub suppressed: Vec<SuppressionView>,
    /// The feeds, those that need somebody first.
    pub feeds: Vec<FeedView>,
    /// The channels, those that need somebody first.
    pub channels: Vec<ChannelView>,
    /// The watches that are paused in the configuration.
    pub paused_watches: Vec<String>,
    /// The counts.
    pub counts: Counts,
}

/// Somebody who asked for no more messages, as people see them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SuppressionView {
    /// The mail address.
    pub recipient: String,
    /// The watch; absent where it is all of them.
    pub watch: Option<String>,
    /// Since when.
    pub since: Timestamp,
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
    /// Its number.
    #[serde(skip)]
    pub id: FeedId,
    /// The address in the configuration, without secrets.
    pub url: String,
    /// The address it is polled at.
    pub fetch_url: String,
    /// Whether that address was found on the page at the configured one.
    pub found: bool,
    /// What people call it.
    pub name: Option<String>,
    /// `ok`, `new`, `failing`, `gone` or `paused`.
    pub state: &'static str,
    /// Who has paused it, when and why.
    pub paused: Option<Paused>,
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
    /// When it is polled next; absent where it never is, while it is paused, and where nothing has ever run.
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
    /// Its polls by day, the oldest first; only where somebody asks for a few feeds alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub polls: Option<Vec<PollDay>>,
}

/// A time from which a feed's entries may be missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct GapView {
    /// The last good poll before it.
    pub from: Timestamp,
    /// The poll that shared no entry with that one.
    pub until: Timestamp,
}

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
    /// Why the last message has the built-in form in the place of a template's.
    pub template_error: Option<String>,
}

/// A text from outside as people may see it.
pub(super) fn shown(text: &str) -> String {
    Shown::of(text).into()
}
