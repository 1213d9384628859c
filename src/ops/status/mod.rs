//! How everything is: the service, its store, the feeds, the channels, what was given up, and what of it needs somebody.

mod channels;
mod feeds;
mod service;
mod view;

use std::collections::HashMap;
use std::fmt::Write as _;

use super::days::Days;
use crate::domain::ChannelName;
use crate::store::{
    ChannelLine, Counts, FeedLine, GivenUp, Report, ServiceSeen, Store, StoreError,
    documents_set_aside, service_seen,
};

pub use view::{
    ChannelView, FeedView, GapView, GivenUpView, ProblemView, ServiceState, ServiceView, Severity,
    StageView, StatusQuery, StatusView, StoreView, SuppressionView,
};

use channels::{by_reason, channel_problem, channel_views, given_up_problem, template_problem};
pub use feeds::feed_view;

use feeds::feed_problems;
use service::{long_ago, service_problem, service_view, stage_problems, store_view};

/// Deliveries given up that are looked at, the newest.
const LOOKED_AT: usize = 500;

/// Tells how everything is.
///
/// # Errors
/// When the store cannot be read.
pub async fn status(store: &Store, query: &StatusQuery) -> Result<StatusView, StoreError> {
    let report = store.report().await?;
    let given_up = store.given_up(LOOKED_AT).await?;
    let mut view = view(query, report, given_up);
    let suppressed = store.suppressions().await?.into_iter();
    view.suppressed = suppressed
        .map(|one| SuppressionView {
            recipient: one.recipient,
            watch: one.watch,
            since: one.since,
        })
        .collect();
    Ok(view)
}

/// Feeds whose polls are told by day, at most.
const WITH_POLLS: usize = 20;

/// Adds to the feeds that are shown what became of their polls on these days, where they are few.
///
/// # Errors
/// When the store cannot be read.
pub async fn add_polls(store: &Store, view: &mut StatusView, days: Days) -> Result<(), StoreError> {
    if view.feeds.len() > WITH_POLLS {
        return Ok(());
    }
    for feed in &mut view.feeds {
        let hours = store.polls_since(feed.id, days.since()).await?;
        feed.polls = Some(days.of_polls(&hours));
    }
    Ok(())
}

/// How channels are, in their order; where nothing has ever run, unused.
///
/// # Errors
/// When the store cannot be read.
pub async fn channels(
    store: Option<&Store>,
    names: &[ChannelName],
) -> Result<Vec<ChannelView>, StoreError> {
    let (lines, given_up) = match store {
        Some(store) => (
            store.report().await?.channels,
            store.given_up(LOOKED_AT).await?,
        ),
        None => (Vec::new(), Vec::new()),
    };
    let mut known: HashMap<ChannelName, ChannelLine> = lines
        .into_iter()
        .map(|line| (line.name.clone(), line))
        .collect();
    let lines = names.iter().map(|name| {
        let line = known.remove(name);
        line.unwrap_or_else(|| ChannelLine::unused(name.clone()))
    });
    Ok(channel_views(names, lines.collect(), &given_up))
}

/// How everything is where nothing has ever run.
#[must_use]
pub fn never_run(query: &StatusQuery) -> StatusView {
    let feeds = query.feeds.iter().cloned();
    let report = Report {
        feeds: feeds
            .map(|(url, name)| FeedLine::unread(url, name))
            .collect(),
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
    let mut channels = channel_views(&query.channels, report.channels, &given_up);
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
        suppressed: Vec::new(),
        feeds,
        channels,
        paused_watches: query.paused_watches.iter().map(|it| it.0.clone()).collect(),
        counts: report.counts,
    }
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
    problems.extend(stage_problems(service));
    problems.extend(channels.iter().filter_map(channel_problem));
    problems.extend(channels.iter().filter_map(template_problem));
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
    parts.push(feeds_in_numbers(feeds));
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

/// `300 ok`, `1 of 300 failing`, `277 of 300 not polled yet`, `299 ok, 1 paused`
fn feeds_in_numbers(feeds: &[FeedView]) -> String {
    let failing = feeds.iter().filter(|feed| feed.fails()).count();
    let in_state = |state| feeds.iter().filter(|feed| feed.state == state).count();
    let (new, paused) = (in_state("new"), in_state("paused"));
    let all = feeds.len();
    let mut parts = match (failing, new) {
        (0, new) if new == all && new > 0 => format!("feeds: {all} not polled yet"),
        (0, 0) => format!("feeds: {} ok", all - paused),
        (0, new) => format!("feeds: {} ok, {new} not polled yet", all - new - paused),
        (failing, 0) => format!("feeds: {failing} of {all} failing"),
        (failing, new) => format!("feeds: {failing} of {all} failing, {new} not polled yet"),
    };
    if paused > 0 {
        let _infallible = write!(parts, ", {paused} paused");
    }
    parts
}
