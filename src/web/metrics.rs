//! Health and figures for machines. Whether all is well is told to anybody; figures want a token, or a listener of their
//! own: behind a reverse proxy on this machine "from loopback" would be the world.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use super::House;
use super::failure::Failure;
use crate::ops::now::feed_counts;

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
    let feeds = feed_counts(&report);
    let counts = &report.counts;
    let mut text = Text::default();
    let gauge = Family::gauge;
    text.family(&gauge("newswatch_feeds", "Feeds by how they are"))
        .labelled("state", "fine", feeds.fine)
        .labelled("state", "failing", feeds.failing)
        .labelled("state", "paused", feeds.paused);
    text.family(&gauge(
        "newswatch_entries_waiting",
        "Entries that wait for their text or to be matched",
    ))
    .plain(counts.entries_waiting);
    text.family(&Family::counter(
        "newswatch_entries_total",
        "Entries taken in",
    ))
    .plain(counts.entries);
    text.family(&Family::counter(
        "newswatch_matches_total",
        "Matches by what became of them",
    ))
    .labelled("fate", "alert", counts.alerts)
    .labelled("fate", "held", counts.held);
    text.family(&gauge(
        "newswatch_legs",
        "Ways of alerts to receivers by where they stand",
    ))
    .labelled("state", "delivered", counts.delivered)
    .labelled("state", "waiting", counts.waiting)
    .labelled("state", "held", counts.legs_held)
    .labelled("state", "abandoned", counts.abandoned);
    let channels = |is_ok: bool| {
        let state = crate::domain::ChannelState::Ok;
        let found = report
            .channels
            .iter()
            .filter(|line| (line.state == state) == is_ok);
        found.count()
    };
    text.family(&gauge("newswatch_channels", "Channels by how they are"))
        .labelled("state", "ok", channels(true))
        .labelled("state", "failing", channels(false));
    if let Some(at) = last_alert {
        text.family(&gauge(
            "newswatch_last_alert_timestamp_seconds",
            "When the newest alert was raised",
        ))
        .plain(at.as_second());
    }
    let last_read = report
        .feeds
        .iter()
        .filter_map(|feed| feed.last_success_at)
        .max();
    if let Some(at) = last_read {
        text.family(&gauge(
            "newswatch_last_read_timestamp_seconds",
            "When a feed was read last",
        ))
        .plain(at.as_second());
    }
    let takes = i32::from(house.ctx.trouble.borrow().is_none());
    text.family(&gauge(
        "newswatch_store_writable",
        "1 while the store takes what is done",
    ))
    .plain(takes);
    text.family(&gauge("newswatch_build_info", "The version, as a label"))
        .labelled("version", env!("CARGO_PKG_VERSION"), 1);
    let field = (CONTENT_TYPE, HeaderValue::from_static(KIND));
    Ok(([field], text.0).into_response())
}

/// Figures of one name.
struct Family {
    name: &'static str,
    help: &'static str,
    kind: &'static str,
}

impl Family {
    fn gauge(name: &'static str, help: &'static str) -> Self {
        Self {
            name,
            help,
            kind: "gauge",
        }
    }

    fn counter(name: &'static str, help: &'static str) -> Self {
        Self {
            name,
            help,
            kind: "counter",
        }
    }
}

/// The text so far. Names and labels are ours: nothing from outside gets in, and nothing need be escaped.
#[derive(Default)]
struct Text(String);

/// A family that is being written.
struct Written<'a> {
    text: &'a mut String,
    name: &'static str,
}

impl Text {
    fn family(&mut self, family: &Family) -> Written<'_> {
        let Family { name, help, kind } = family;
        line(&mut self.0, format_args!("# HELP {name} {help}"));
        line(&mut self.0, format_args!("# TYPE {name} {kind}"));
        Written {
            text: &mut self.0,
            name,
        }
    }
}

impl Written<'_> {
    fn labelled(self, label: &str, value: &str, figure: impl std::fmt::Display) -> Self {
        line(
            self.text,
            format_args!("{}{{{label}=\"{value}\"}} {figure}", self.name),
        );
        self
    }

    fn plain(self, figure: impl std::fmt::Display) {
        line(self.text, format_args!("{} {figure}", self.name));
    }
}

fn line(text: &mut String, written: std::fmt::Arguments<'_>) {
    *text += &written.to_string();
    text.push('\n');
}
