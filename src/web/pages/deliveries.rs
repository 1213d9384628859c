//! `/deliveries`: how the channels are, what was not delivered, and trying again.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Extension;
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use minijinja::context;

use super::alert::send_again;
use super::{Page, render, said};
use crate::domain::ChannelName;
use crate::ops;
use crate::store::ChannelLine;
use crate::web::House;
use crate::web::access::Visitor;
use crate::web::elsewhere::see_other;
use crate::web::failure::Failure;
use crate::web::fields::Fields;
use crate::web::templates::view;

/// Open deliveries on the page.
const SHOWN: usize = 200;

/// `GET /deliveries`
pub(crate) async fn show(
    State(house): State<Arc<House>>,
    Extension(visitor): Extension<Visitor>,
    RawQuery(query): RawQuery,
) -> Result<Response, Failure> {
    let fields = Fields::of_query(query.as_deref());
    let said = said(&fields).map(|text| context! { text, tone => "ok" });
    page(&house, &visitor, fields.get("state"), said).await
}

async fn page(
    house: &House,
    visitor: &Visitor,
    state: Option<&str>,
    toast: Option<minijinja::Value>,
) -> Result<Response, Failure> {
    let channels = channels(house).await?;
    let counts = ops::now::open_counts(&channels);
    let open = house.ctx.store.open_deliveries(SHOWN).await?;
    let channels: Vec<_> = channels.iter().map(ops::channel::ChannelRow::of).collect();
    let open: Vec<_> = open
        .into_iter()
        .filter(|one| match state {
            Some("waiting") => !one.is_abandoned,
            Some("abandoned") => one.is_abandoned,
            _ => true,
        })
        .map(ops::channel::OpenRow::of)
        .collect();
    let plan = house.ctx.plan();
    let kinds: BTreeMap<&str, &str> = plan
        .channels
        .iter()
        .map(|(name, channel)| (name.0.as_str(), channel.settings.kind.type_name()))
        .collect();
    let given = context! { kinds, channels => view(&channels), counts => view(&counts), open => view(&open), state, toast };
    let page = Page {
        place: "deliveries",
        title: "Deliveries",
        template: "deliveries.html",
    };
    render(house, visitor, page, given).await
}

/// The channels of the configuration and those that something waits for.
pub(crate) async fn channels(house: &House) -> Result<Vec<ChannelLine>, Failure> {
    let mut lines = house.ctx.store.channel_lines().await?;
    for name in house.ctx.plan().channels.keys() {
        if !lines.iter().any(|line| line.name == *name) {
            lines.push(ChannelLine::unused(name.clone()));
        }
    }
    Ok(lines)
}

/// `POST /deliveries/retry`: those that were chosen, or all that are shown.
pub(crate) async fn retry(
    State(house): State<Arc<House>>,
    Extension(visitor): Extension<Visitor>,
    fields: Fields,
) -> Result<Response, Failure> {
    let mut chosen: Vec<String> = fields.all("id").into_iter().map(str::to_owned).collect();
    if fields.get("all").is_some() {
        let open = house.ctx.store.open_deliveries(SHOWN).await?;
        chosen = open.into_iter().map(|one| one.id.0).collect();
    }
    let mut sent = 0;
    for id in chosen.iter().take(SHOWN) {
        sent += send_again(&house, &visitor, id).await?;
    }
    let word = if sent == 0 { "nothing" } else { "again" };
    Ok(see_other(&format!("/deliveries?said={word}")))
}

/// `POST /deliveries/test`: what the other side really answered is the page.
pub(crate) async fn test(
    State(house): State<Arc<House>>,
    Extension(visitor): Extension<Visitor>,
    fields: Fields,
) -> Result<Response, Failure> {
    let name = fields.get("channel").unwrap_or_default();
    let tested = send_test(&house, &visitor, name).await?;
    let all_accepted = tested.iter().all(|one| one.accepted);
    let texts: Vec<String> = tested
        .iter()
        .map(|one| {
            let answer = one.answer.as_ref().map(|answer| format!(": {answer}"));
            format!(
                "The test to {} was {}{}",
                one.to,
                one.outcome,
                answer.unwrap_or_default()
            )
        })
        .collect();
    let tone = if all_accepted { "ok" } else { "bad" };
    let toast = context! { text => texts.join(" · "), tone };
    page(&house, &visitor, None, Some(toast)).await
}

/// Sends a test alert to every destination of a channel.
pub(crate) async fn send_test(
    house: &House,
    visitor: &Visitor,
    name: &str,
) -> Result<Vec<ops::channel::Tested>, Failure> {
    let (plan, now) = (house.ctx.plan(), house.now());
    let channel = plan.channels.get(&ChannelName(name.to_owned()));
    let channel = channel.ok_or_else(|| {
        Failure::new(
            StatusCode::NOT_FOUND,
            "There is no such channel in the configuration.",
        )
    })?;
    let mut tested = Vec::new();
    for destination in channel.settings.destinations() {
        tested.push(ops::channel::test(channel, &destination, "alert", now).await);
    }
    let after = tested
        .iter()
        .map(|one| one.outcome.as_str())
        .collect::<Vec<_>>()
        .join(", ");
    let (subject, who) = (name.to_owned(), visitor.name.clone());
    house
        .ctx
        .store
        .write_down("channel-tested", subject, after, who, now)
        .await?;
    Ok(tested)
}
