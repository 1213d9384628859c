//! `/feeds`: which are read, which fail, and what became of their entries.

use std::sync::Arc;

use axum::Extension;
use axum::extract::{Path, RawQuery, State};
use axum::response::Response;
use minijinja::context;

use super::{Page, Zone, render, said};
use crate::domain::{FeedId, Shown};
use crate::ops;
use crate::ops::days::{Day, PollDay};
use crate::ops::feed::{FeedListed, FeedRow, FeedState};
use crate::web::House;
use crate::web::access::Visitor;
use crate::web::bars::{Bars, WithHeld, bars};
use crate::web::elsewhere::see_other;
use crate::web::failure::Failure;
use crate::web::fields::Fields;
use crate::web::templates::view;

/// Feeds on one page.
const A_PAGE: usize = 50;

/// Days that a picture shows.
const DAYS: i64 = 30;

/// Days of a feed that the list shows.
pub(crate) const LISTED_DAYS: i64 = 14;

/// Days of polls that are shown.
const POLL_DAYS: usize = 14;

/// The longest reason for a pause, in characters.
const MAX_WHY_CHARS: usize = 300;

/// The groups of the list, in their order: what each is called in the address and in words.
const GROUPS: [(&str, &str, FeedState); 6] = [
    ("failing", "Failing", FeedState::Failing),
    ("gone", "Gone", FeedState::Gone),
    ("silent", "Silent longer than usual", FeedState::Silent),
    ("paused", "Paused", FeedState::Paused),
    ("new", "Not read yet", FeedState::New),
    ("fine", "Fine", FeedState::Fine),
];

/// `GET /feeds`
pub(crate) async fn list(
    State(house): State<Arc<House>>,
    Extension(visitor): Extension<Visitor>,
    RawQuery(query): RawQuery,
) -> Result<Response, Failure> {
    let fields = Fields::of_query(query.as_deref());
    let config = house.config();
    let rows = ops::feed::feeds(&house.ctx.store, &config.feeds, &config.feed_places).await?;
    let groups: Vec<_> = GROUPS
        .iter()
        .map(|(word, title, state)| {
            let count = rows.iter().filter(|row| row.state == *state).count();
            context! { word => *word, title => *title, count }
        })
        .collect();
    let all = rows.len();
    let state = fields.get("state");
    let asked = fields.get("find").map(str::to_lowercase);
    let fits = |row: &FeedRow| {
        let is_asked = |text: &str| {
            asked
                .as_ref()
                .is_none_or(|asked| text.to_lowercase().contains(asked))
        };
        let group = GROUPS.iter().find(|(.., known)| *known == row.state);
        state.is_none_or(|state| group.is_some_and(|(word, ..)| *word == state))
            && (is_asked(&row.name)
                || is_asked(&row.url)
                || row.tags.iter().any(|tag| is_asked(tag)))
    };
    let fitting: Vec<FeedRow> = rows.into_iter().filter(fits).collect();
    let from = fields.number("from", usize::MAX)?.unwrap_or(1);
    let (all_fitting, now) = (fitting.len(), house.now());
    let shown: Vec<FeedRow> = fitting.into_iter().skip(from - 1).take(A_PAGE).collect();
    let days = Zone::of(&visitor, now).days(now, LISTED_DAYS);
    let shown = ops::feed::with_pasts(&house.ctx.store, shown, days).await?;
    let pictures: Vec<_> = shown.iter().map(small_picture).collect();
    let next = (from - 1 + shown.len() < all_fitting).then(|| from + shown.len());
    let given = context! {
        shown => view(&shown), pictures => view(&pictures), groups, all, state, find => fields.get("find"), from, next, fitting => all_fitting,
        last => from - 1 + shown.len(), a_page => A_PAGE,
    };
    let page = Page {
        place: "feeds",
        title: "Feeds",
        template: "feeds.html",
    };
    render(&house, &visitor, page, given).await
}

fn small_picture(feed: &FeedListed) -> Bars {
    let days = feed.new_by_day.iter().map(|told| Day {
        told: *told,
        ..Day::default()
    });
    bars(&days.collect::<Vec<_>>(), 7, 20, WithHeld::No)
}

/// `GET /feeds/{id}`
pub(crate) async fn show(
    State(house): State<Arc<House>>,
    Extension(visitor): Extension<Visitor>,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, Failure> {
    let fields = Fields::of_query(query.as_deref());
    let (config, now) = (house.config(), house.now());
    let days = Zone::of(&visitor, now).days(now, DAYS);
    let id = number(&id)?;
    let detail = ops::feed::feed(
        &house.ctx.store,
        &config.feeds,
        &config.feed_places,
        id.0,
        days,
        now,
    )
    .await?;
    let detail = detail.ok_or_else(|| Failure::not_found("feed"))?;
    let picture = bars(&detail.days, 22, 88, WithHeld::No);
    let polls = detail.polls.len().saturating_sub(POLL_DAYS);
    let polls = detail.polls.get(polls..).unwrap_or_default();
    let title = detail.feed.name.clone();
    let page = Page {
        place: "feeds",
        title: &title,
        template: "feed.html",
    };
    let given = context! { view => view(&detail), picture => view(&picture), polls => polled(polls), said => said(&fields), pausing => fields.get("pause").is_some() };
    render(&house, &visitor, page, given).await
}

/// What became of the polls of some days: their picture, each day, and all together.
fn polled(days: &[PollDay]) -> minijinja::Value {
    let day = |day: &PollDay| Day {
        day: day.day,
        told: day.polls.saturating_sub(day.failed),
        held: day.failed,
    };
    let drawn: Vec<Day> = days.iter().map(day).collect();
    let sum = |of: fn(&PollDay) -> u64| days.iter().map(of).sum::<u64>();
    context! {
        picture => view(&bars(&drawn, 47, 88, WithHeld::Yes)), days => view(&days), all => sum(|day| day.polls),
        failed => sum(|day| day.failed), new_entries => sum(|day| day.new_entries),
    }
}

/// A feed's number in an address.
pub(crate) fn number(id: &str) -> Result<FeedId, Failure> {
    let parsed = id.parse().map(FeedId);
    parsed.map_err(|_| Failure::not_found("feed"))
}

/// `POST /feeds/{id}/poll`
pub(crate) async fn poll(
    State(house): State<Arc<House>>,
    Extension(visitor): Extension<Visitor>,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    let feed = number(&id)?;
    let polled = house
        .ctx
        .store
        .poll_now(feed, visitor.name, house.now())
        .await?;
    let word = if polled { "polled" } else { "unchanged" };
    Ok(see_other(&format!("/feeds/{id}?said={word}")))
}

/// `POST /feeds/{id}/pause`
pub(crate) async fn pause(
    State(house): State<Arc<House>>,
    Extension(visitor): Extension<Visitor>,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Response, Failure> {
    let why = fields
        .get("why")
        .ok_or_else(|| Failure::bad("Say why: others will ask."))?;
    let word = if set_paused(&house, &visitor, &id, Some(why)).await? {
        "paused"
    } else {
        "unchanged"
    };
    Ok(see_other(&format!("/feeds/{id}?said={word}")))
}

/// `POST /feeds/{id}/resume`
pub(crate) async fn resume(
    State(house): State<Arc<House>>,
    Extension(visitor): Extension<Visitor>,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    let word = if set_paused(&house, &visitor, &id, None).await? {
        "resumed"
    } else {
        "unchanged"
    };
    Ok(see_other(&format!("/feeds/{id}?said={word}")))
}

/// Pauses a feed, or lets it go on; tells whether anything has changed.
pub(crate) async fn set_paused(
    house: &House,
    visitor: &Visitor,
    id: &str,
    why: Option<&str>,
) -> Result<bool, Failure> {
    let feed = number(id)?;
    let why = why.map(|why| String::from(Shown::up_to(why, MAX_WHY_CHARS)));
    let store = &house.ctx.store;
    Ok(store
        .pause_feed(feed, why, visitor.name.clone(), house.now())
        .await?)
}
