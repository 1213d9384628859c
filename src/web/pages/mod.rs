//! The pages: each asks `ops` and fills a template.

pub(crate) mod alert;
pub(crate) mod deliveries;
pub(crate) mod feeds;
pub(crate) mod journal;
pub(crate) mod links;
pub(crate) mod now;
pub(crate) mod search;
pub(crate) mod settings;
pub(crate) mod silences;
pub(crate) mod stories;
pub(crate) mod watches;
pub(crate) mod why;

use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use jiff::tz::TimeZone;
use minijinja::context;
use minijinja::value::Value;

use super::House;
use super::access::{KnownBy, Visitor};
use super::assets::VERSION;
use super::failure::Failure;
use super::fields::Fields;
use super::templates::zone_named;
use crate::domain::{Role, Timestamp};
use crate::ops::days::Days;

/// What is said at the top of a page after something was done, by the word in its address: nothing that others write.
const SAID: [(&str, &str); 12] = [
    ("useful", "Marked useful."),
    ("noise", "Marked as noise."),
    ("unmarked", "The mark is gone."),
    (
        "again",
        "It is sent again now. Each keeps its id, so the other side can tell a repeat.",
    ),
    ("nothing", "Nothing was chosen that could be sent again."),
    ("polled", "The feed is polled now."),
    ("paused", "The feed is paused."),
    ("resumed", "The feed goes on, and is polled now."),
    ("unchanged", "Nothing has changed: somebody was faster."),
    (
        "silenced",
        "The silence has begun. What it holds is kept, and shown as held.",
    ),
    ("ended", "The silence has ended."),
    ("zone", "Times are shown in this zone now."),
];

/// A zone by its name, and how far it is ahead of UTC.
pub(crate) struct Zone {
    pub(crate) name: String,
    pub(crate) rules: TimeZone,
    pub(crate) offset_ms: i64,
}

impl Zone {
    /// The zone that a visitor has chosen, else the server's.
    pub(crate) fn of(visitor: &Visitor, now: Timestamp) -> Self {
        let name = visitor.zone.clone().or_else(|| {
            let system = TimeZone::try_system().ok()?;
            system.iana_name().map(str::to_owned)
        });
        let name = name.unwrap_or_else(|| "UTC".to_owned());
        let zone = zone_named(&name);
        let offset_s = zone.to_offset(now).seconds();
        Self {
            name,
            rules: zone,
            offset_ms: i64::from(offset_s) * 1_000,
        }
    }

    /// The last days in this zone.
    pub(crate) fn days(&self, now: Timestamp, count: i64) -> Days {
        Days::until(now, self.offset_ms, count)
    }
}

/// A page within the frame.
pub(crate) struct Page<'a> {
    /// Which of the places of the frame it belongs to.
    pub(crate) place: &'a str,
    /// Its title.
    pub(crate) title: &'a str,
    /// The template.
    pub(crate) template: &'a str,
}

/// Fills a page with what it was given, for somebody.
pub(crate) async fn render(
    house: &House,
    visitor: &Visitor,
    page: Page<'_>,
    given: Value,
) -> Result<Response, Failure> {
    let now = house.now();
    let zone = Zone::of(visitor, now);
    let summary = house.ctx.store.summary().await?;
    let offset = zone.rules.to_offset(now);
    let frame = context! {
        here => page.place, title => page.title, version => VERSION.as_str(),
        user => visitor.name.as_str(), role => visitor.role.as_str(),
        may_edit => visitor.may(Role::Editor), may_admin => visitor.may(Role::Admin),
        has_session => matches!(visitor.by, KnownBy::Session(_)),
        zone => zone.name, offset => offset.to_string(), now => now.to_string(),
        today => now.to_zoned_datetime(zone.rules).strftime("%A %-d %B").to_string(),
        nav => context! {
            watches => house.ctx.plan().watches.len(),
            failing => summary.feeds_failing,
            abandoned => summary.abandoned,
            silences => house.ctx.store.silences(now).await?.len(),
        },
    };
    filled(house, StatusCode::OK, page.template, &frame, given)
}

/// Fills a page that stands alone, for somebody who is not in.
pub(crate) fn render_alone(
    house: &House,
    status: StatusCode,
    template: &str,
    given: Value,
) -> Result<Response, Failure> {
    let frame = context! { version => VERSION.as_str(), now => house.now().to_string() };
    filled(house, status, template, &frame, given)
}

fn filled(
    house: &House,
    status: StatusCode,
    template: &str,
    frame: &Value,
    given: Value,
) -> Result<Response, Failure> {
    let html = house
        .templates
        .render(template, frame, given)
        .map_err(|error| {
            tracing::error!(
                template,
                error = format!("{error:#}"),
                "a page cannot be filled"
            );
            Failure::new(
                StatusCode::INTERNAL_SERVER_ERROR,
                "newswatch could not answer. Nothing was lost; the log tells why.",
            )
        })?;
    let kind = HeaderValue::from_static("text/html; charset=utf-8");
    Ok((status, [(CONTENT_TYPE, kind)], html).into_response())
}

/// The page for what went wrong: within the frame for somebody who is in.
pub(crate) async fn failed(
    house: &House,
    failure: &Failure,
    path: &str,
    visitor: Option<&Visitor>,
) -> Response {
    let given = context! {
        failure => failure.title.as_str(), hint => failure.hint.as_deref(), status => failure.status.as_u16(), path,
    };
    let page = match visitor {
        Some(visitor) => {
            let page = Page {
                place: "",
                title: "It did not work",
                template: "rest.html",
            };
            let given = context! { kind => "error", ..given };
            render(house, visitor, page, given).await
        }
        None => render_alone(house, failure.status, "error.html", given),
    };
    match page {
        Ok(mut page) => {
            *page.status_mut() = failure.status;
            page
        }
        // Where even the frame cannot be filled, the words alone.
        Err(_) => (failure.status, failure.title.clone()).into_response(),
    }
}

/// What is said at the top of a page, by the word in its address.
pub(crate) fn said(fields: &Fields) -> Option<&'static str> {
    let word = fields.get("said")?;
    let found = SAID.iter().find(|(known, _)| *known == word);
    found.map(|(_, text)| *text)
}
