//! `/silences`: what nobody wants to be told of for a while, why, and until when.

use std::sync::Arc;
use std::time::Duration;

use axum::Extension;
use axum::extract::{Path, RawQuery, State};
use axum::response::Response;
use minijinja::context;

use super::{Page, render, said};
use crate::domain::{Shown, Silence, WatchName};
use crate::web::House;
use crate::web::access::Visitor;
use crate::web::elsewhere::see_other;
use crate::web::failure::Failure;
use crate::web::fields::Fields;

/// The hours that a silence can last: every silence ends by itself.
const HOURS: [u64; 6] = [1, 4, 12, 24, 72, 168];

/// The longest reason, name or text, in characters.
const MAX_CHARS: usize = 300;

/// `GET /silences`
pub(crate) async fn show(
    State(house): State<Arc<House>>,
    Extension(visitor): Extension<Visitor>,
    RawQuery(query): RawQuery,
) -> Result<Response, Failure> {
    let fields = Fields::of_query(query.as_deref());
    let silences = house.ctx.store.silences(house.now()).await?;
    let silences: Vec<_> = silences.iter().map(shown).collect();
    let plan = house.ctx.plan();
    let names: Vec<String> = plan
        .watches
        .iter()
        .map(|watch| watch.name.0.clone())
        .collect();
    let given = context! {
        kind => "silences", silences, names, hours => HOURS.to_vec(), said => said(&fields),
        watch => fields.get("watch"),
    };
    let page = Page {
        place: "silences",
        title: "Silences",
        template: "rest.html",
    };
    render(&house, &visitor, page, given).await
}

fn shown(silence: &Silence) -> minijinja::Value {
    context! {
        id => silence.id, watch => silence.watch.as_ref().map(|watch| watch.0.as_str()),
        feed => silence.feed.as_deref(), story => silence.story.is_some(), text => silence.text.as_deref(),
        author => silence.author.as_str(), reason => silence.reason.as_str(), until => silence.until.to_string(),
        held => silence.held,
    }
}

/// `POST /silences`
pub(crate) async fn add(
    State(house): State<Arc<House>>,
    Extension(visitor): Extension<Visitor>,
    fields: Fields,
) -> Result<Response, Failure> {
    let text = |name: &str| {
        fields
            .get(name)
            .map(|text| String::from(Shown::up_to(text, MAX_CHARS)))
    };
    let reason = text("why").ok_or_else(|| Failure::bad("Say why: others will ask."))?;
    let hours = fields.get("hours").and_then(|hours| hours.parse().ok());
    let hours = hours.filter(|hours| HOURS.contains(hours));
    let hours = hours.ok_or_else(|| Failure::bad("Say how long: every silence ends by itself."))?;
    let now = house.now();
    let silence = Silence {
        id: 0,
        watch: text("watch").map(WatchName),
        feed: text("feed"),
        story: None,
        story_id: None,
        text: text("text"),
        author: visitor.name.clone(),
        reason: reason.clone(),
        from: now,
        until: now + Duration::from_hours(hours),
        held: 0,
    };
    if silence.watch.is_none() && silence.feed.is_none() && silence.text.is_none() {
        return Err(Failure::bad(
            "Say what: a watch, a feed, or words. A silence of everything is none.",
        ));
    }
    let id = house.ctx.store.add_silence(silence).await?;
    let (subject, who) = (format!("silence {id}"), visitor.name);
    house
        .ctx
        .store
        .write_down("silence-added", subject, reason, who, now)
        .await?;
    Ok(see_other("/silences?said=silenced"))
}

/// `POST /silences/{id}/end`
pub(crate) async fn end(
    State(house): State<Arc<House>>,
    Extension(visitor): Extension<Visitor>,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    let number = id.parse().map_err(|_| Failure::not_found("silence"))?;
    let now = house.now();
    if !house.ctx.store.end_silence(number, now).await? {
        return Ok(see_other("/silences?said=unchanged"));
    }
    let (subject, who) = (format!("silence {number}"), visitor.name);
    house
        .ctx
        .store
        .write_down("silence-ended", subject, String::new(), who, now)
        .await?;
    Ok(see_other("/silences?said=ended"))
}
