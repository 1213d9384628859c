//! `/unsubscribe/{token}` and `/act/{token}`: what the signed links of messages lead to. Whoever opens one is not logged
//! in: the link says what is done and for whom, and nothing else can be done by it.
//!
//! To open one changes nothing, as mail scanners open all links; its button does it. Mail programs press the same button
//! for a reader: `POST` with `List-Unsubscribe=One-Click`, without a cookie, and want an answer that is no redirect (RFC
//! 8058 §3.1, §3.2).

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use minijinja::context;

use super::render_alone;
use crate::domain::Alert;
use crate::links::{Act, Reply};
use crate::store::{Opinion, StoreError};
use crate::web::House;
use crate::web::failure::Failure;

/// `GET /unsubscribe/{token}`, `GET /act/{token}`
pub(crate) async fn show(
    State(house): State<Arc<House>>,
    Path(token): Path<String>,
) -> Result<Response, Failure> {
    let act = read(&house, &token)?;
    page(&house, &act, false).await
}

/// `POST /unsubscribe/{token}`, `POST /act/{token}`
pub(crate) async fn press(
    State(house): State<Arc<House>>,
    Path(token): Path<String>,
) -> Result<Response, Failure> {
    let act = read(&house, &token)?;
    match &act {
        Act::Unsubscribe { recipient, watch } => {
            unsubscribe(&house, recipient, watch.as_ref()).await?;
        }
        Act::Acknowledge(reply) => acknowledge(&house, reply).await?,
        Act::Useful(reply) => mark(&house, reply, Opinion::Useful).await?,
        Act::Noise(reply) => mark(&house, reply, Opinion::Noise).await?,
    }
    page(&house, &act, true).await
}

fn read(house: &House, token: &str) -> Result<Act, Failure> {
    let failure = || {
        Failure::new(StatusCode::NOT_FOUND, "This link is not whole.")
            .hint("Some programs break long links: copy all of it from the message.")
    };
    house.ctx.links.read(token).ok_or_else(failure)
}

fn not_kept() -> Failure {
    Failure::new(StatusCode::GONE, "This alert is not kept any more.")
}

async fn unsubscribe(
    house: &House,
    recipient: &str,
    watch: Option<&String>,
) -> Result<(), StoreError> {
    let (store, now) = (&house.ctx.store, house.now());
    let is_new = store
        .suppress(recipient.to_owned(), watch.cloned(), now)
        .await?;
    if is_new {
        let (subject, who) = (recipient.to_owned(), recipient.to_owned());
        let after = watch.map_or("every watch", String::as_str).to_owned();
        store
            .write_down("mails-stopped", subject, after, who, now)
            .await?;
    }
    Ok(())
}

async fn acknowledge(house: &House, reply: &Reply) -> Result<(), Failure> {
    let (store, now) = (&house.ctx.store, house.now());
    let id = alert_of(house, reply).await?.id.0;
    let (_, held) = store.acknowledge(&id, &reply.by, now).await?;
    let (after, who) = (format!("{held} not told"), reply.by.clone());
    store
        .write_down("alert-acknowledged", id, after, who, now)
        .await?;
    Ok(())
}

async fn mark(house: &House, reply: &Reply, opinion: Opinion) -> Result<(), Failure> {
    let (alert, who) = (reply.alert.clone(), reply.by.clone());
    let store = &house.ctx.store;
    let is_there = store
        .mark_alert(alert, Some(opinion), who, house.now())
        .await?;
    is_there.then_some(()).ok_or_else(not_kept)
}

async fn page(house: &House, act: &Act, is_done: bool) -> Result<Response, Failure> {
    let given = match act {
        Act::Unsubscribe { recipient, watch } => {
            context! { what => "unsubscribe", by => recipient, watch }
        }
        Act::Acknowledge(reply) => of_alert(house, reply, "acknowledge").await?,
        Act::Useful(reply) => of_alert(house, reply, "useful").await?,
        Act::Noise(reply) => of_alert(house, reply, "noise").await?,
    };
    let given = context! { is_done, ..given };
    render_alone(house, StatusCode::OK, "link.html", given)
}

async fn of_alert(house: &House, reply: &Reply, what: &str) -> Result<minijinja::Value, Failure> {
    let alert = alert_of(house, reply).await?;
    let (by, title, watch) = (&reply.by, &alert.title, &alert.found.watch.0);
    Ok(context! { what, by, title, watch })
}

/// The alert of a link: the one of this id, not one whose id begins so.
async fn alert_of(house: &House, reply: &Reply) -> Result<Alert, Failure> {
    let found = house.ctx.store.alert(&reply.alert.0).await?;
    let mut found = found.into_iter().map(|detail| detail.alert);
    let alert = found.find(|alert| alert.id == reply.alert);
    alert.ok_or_else(not_kept)
}
