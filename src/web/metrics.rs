//! Health and figures for machines. Whether all is well is told to anybody; figures want a token, or a listener of their
//! own: behind a reverse proxy on this machine "from loopback" would be the world.

use std::collections::BTreeMap;
use std::fmt::{Arguments, Display};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use super::House;
use super::failure::Failure;
use crate::domain::ChannelState;
use crate::ops::now::feed_counts;
use crate::store::{Counts, Report};
use crate::tally::{BOUNDS_MS, Steps};

/// The text format of Prometheus, version 0.0.4.
const KIND: &str = "text/plain; version=0.0.4; charset=utf-8";

/// A listener for the figures alone.
pub(crate) fn alone(house: Arc<House>) -> Router {
    Router::new()
        .route("/metrics", get(figures))
        .route("/healthz", get(health))
        .route("/readyz", get(ready))
        .with_state(house)
}

/// `GET /healthz`: the process answers.
pub(crate) async fn health() -> &'static str {
    "ok\n"
}

/// `GET /readyz`: the store can be read, and takes what the stages have done.
pub(crate) async fn ready(State(house): State<Arc<House>>) -> Response {
    let is_taking = house.ctx.trouble.borrow().is_none();
    if is_taking && house.ctx.store.pulse().await.is_ok() {
        "ok\n".into_response()
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, "not ok\n").into_response()
    }
}

/// `GET /metrics`
pub(crate) async fn figures(State(house): State<Arc<House>>) -> Result<Response, Failure> {
    let report = house.ctx.store.report().await?;
    let last_alert = house.ctx.store.last_alert_at().await?;
    let mut text = Text::default();
    feeds(&mut text, &report);
    counts(&mut text, &report.counts);
    channels(&mut text, &report);
    if let Some(at) = last_alert {
        let help = "When the newest alert was raised";
        text.gauge("newswatch_last_alert_timestamp_seconds", help)
            .plain(at.as_second());
    }
    text.gauge(
        "newswatch_store_writable",
        "1 while the store takes what is done",
    )
    .plain(i32::from(house.ctx.trouble.borrow().is_none()));
    steps(&mut text, &house.ctx.tally.stages());
    text.gauge("newswatch_build_info", "The version, as a label")
        .labelled("version", env!("CARGO_PKG_VERSION"), 1);
    let field = (CONTENT_TYPE, HeaderValue::from_static(KIND));
    Ok(([field], text.0).into_response())
}

fn feeds(text: &mut Text, report: &Report) {
    let feeds = feed_counts(report);
    text.gauge("newswatch_feeds", "Feeds by how they are")
        .labelled("state", "fine", feeds.fine)
        .labelled("state", "failing", feeds.failing)
        .labelled("state", "silent", feeds.silent)
        .labelled("state", "paused", feeds.paused);
    let read = report.feeds.iter().filter_map(|feed| feed.last_success_at);
    if let Some(at) = read.max() {
        text.gauge(
            "newswatch_last_read_timestamp_seconds",
            "When a feed was read last",
        )
        .plain(at.as_second());
    }
}

fn counts(text: &mut Text, counts: &Counts) {
    text.gauge(
        "newswatch_entries_waiting",
        "Entries that wait for their text or to be matched",
    )
    .plain(counts.entries_waiting);
    text.counter("newswatch_entries_total", "Entries taken in")
        .plain(counts.entries);
    text.counter("newswatch_matches_total", "Matches by what became of them")
        .labelled("fate", "alert", counts.alerts)
        .labelled("fate", "held", counts.held);
    text.gauge(
        "newswatch_legs",
        "Ways of alerts to receivers by where they stand",
    )
    .labelled("state", "delivered", counts.delivered)
    .labelled("state", "waiting", counts.waiting)
    .labelled("state", "held", counts.legs_held)
    .labelled("state", "abandoned", counts.abandoned);
}

fn channels(text: &mut Text, report: &Report) {
    let all = report.channels.iter();
    let ok = all.filter(|line| line.state == ChannelState::Ok).count();
    text.gauge("newswatch_channels", "Channels by how they are")
        .labelled("state", "ok", ok)
        .labelled("state", "failing", report.channels.len() - ok);
}

/// What the stages have done since the process began.
fn steps(text: &mut Text, stages: &BTreeMap<&'static str, Steps>) {
    let mut written = text.counter("newswatch_steps_total", "Steps of each stage by their end");
    for (stage, steps) in stages {
        for (ending, count) in &steps.endings {
            let labels = format_args!("stage=\"{stage}\",end=\"{}\"", ending.as_str());
            written = written.line("", Some(labels), count);
        }
    }
    let help = "The time that steps of each stage took";
    let mut written = text.histogram("newswatch_step_seconds", help);
    for (stage, steps) in stages {
        for (bound, count) in BOUNDS_MS.into_iter().zip(steps.within) {
            let bound = Duration::from_millis(bound).as_secs_f64();
            let labels = format_args!("stage=\"{stage}\",le=\"{bound}\"");
            written = written.line("_bucket", Some(labels), count);
        }
        let all = format_args!("stage=\"{stage}\",le=\"+Inf\"");
        let of_stage = format_args!("stage=\"{stage}\"");
        written = written
            .line("_bucket", Some(all), steps.count())
            .line("_sum", Some(of_stage), steps.time.as_secs_f64())
            .line("_count", Some(of_stage), steps.count());
    }
}

/// The text so far. Names and labels are ours: nothing from outside gets in, and nothing need be escaped.
#[derive(Default)]
struct Text(String);

/// Figures of one name that are being written.
struct Written<'a> {
    text: &'a mut String,
    name: &'static str,
}

impl Text {
    fn gauge(&mut self, name: &'static str, help: &str) -> Written<'_> {
        self.family(name, help, "gauge")
    }

    fn counter(&mut self, name: &'static str, help: &str) -> Written<'_> {
        self.family(name, help, "counter")
    }

    fn histogram(&mut self, name: &'static str, help: &str) -> Written<'_> {
        self.family(name, help, "histogram")
    }

    fn family(&mut self, name: &'static str, help: &str, kind: &str) -> Written<'_> {
        line(&mut self.0, format_args!("# HELP {name} {help}"));
        line(&mut self.0, format_args!("# TYPE {name} {kind}"));
        Written {
            text: &mut self.0,
            name,
        }
    }
}

impl Written<'_> {
    fn labelled(self, label: &str, value: &str, figure: impl Display) -> Self {
        let labels = format_args!("{label}=\"{value}\"");
        self.line("", Some(labels), figure)
    }

    fn plain(self, figure: impl Display) {
        self.line("", None, figure);
    }

    fn line(self, part: &str, labels: Option<Arguments<'_>>, figure: impl Display) -> Self {
        let name = self.name;
        match labels {
            Some(labels) => line(self.text, format_args!("{name}{part}{{{labels}}} {figure}")),
            None => line(self.text, format_args!("{name}{part} {figure}")),
        }
        self
    }
}

fn line(text: &mut String, written: Arguments<'_>) {
    *text += &written.to_string();
    text.push('\n');
}
