//! `/why`: for any address or id the first gate that stopped it, or the receipt.

use std::sync::Arc;

use axum::Extension;
use axum::extract::{RawQuery, State};
use axum::response::Response;
use minijinja::context;

use super::{Page, render};
use crate::domain::ChannelName;
use crate::ops::told::masked;
use crate::ops::why::{Answer, Line, why};
use crate::web::House;
use crate::web::access::Visitor;
use crate::web::failure::Failure;
use crate::web::fields::Fields;
use crate::web::templates::view;

/// The longest address or id.
const MAX_SUBJECT_BYTES: usize = 4_000;

/// `GET /why`
pub(crate) async fn show(
    State(house): State<Arc<House>>,
    Extension(visitor): Extension<Visitor>,
    RawQuery(query): RawQuery,
) -> Result<Response, Failure> {
    let fields = Fields::of_query(query.as_deref());
    let config = house.config();
    let watches: Vec<String> = config
        .watches
        .iter()
        .map(|one| one.name.0.clone())
        .collect();
    let channels: Vec<String> = config
        .channels
        .iter()
        .map(|one| one.name.0.clone())
        .collect();
    let answers = answers(&house, &fields).await?;
    // All that is said of one article stands together.
    let groups: Option<Vec<&[Answer]>> = answers.as_ref().map(|answers| {
        let groups = answers.chunk_by(|one, next| one.entry == next.entry);
        groups.collect()
    });
    let given = context! {
        asked => fields.get("q"), watch => fields.get("watch"), channel => fields.get("channel"),
        watches, channels, groups => view(&groups),
    };
    let page = Page {
        place: "why",
        title: "Why?",
        template: "why.html",
    };
    render(&house, &visitor, page, given).await
}

/// What became of the thing that is asked about; nothing where none is named.
pub(crate) async fn answers(
    house: &House,
    fields: &Fields,
) -> Result<Option<Vec<Answer>>, Failure> {
    let config = house.config();
    let watch = fields.get("watch");
    let places: Vec<usize> = (0..)
        .zip(&config.watches)
        .filter(|(_, one)| watch.is_none_or(|watch| one.name.0 == watch))
        .map(|(place, _)| place)
        .collect();
    if watch.is_some() && places.is_empty() {
        return Err(Failure::not_found("watch of this name"));
    }
    let channel = fields
        .get("channel")
        .map(|name| ChannelName(name.to_owned()));
    if let Some(channel) = &channel
        && !config.channels.iter().any(|one| one.name == *channel)
    {
        return Err(Failure::not_found("channel of this name"));
    }
    let Some(subject) = fields.get("q") else {
        return Ok(None);
    };
    if subject.len() > MAX_SUBJECT_BYTES {
        return Err(Failure::bad("The address is too long."));
    }
    let feeds = config.feeds.iter().cloned().collect();
    let line = Line {
        places: &places,
        watches: &config.watches,
        matcher: &config.matcher,
        feeds: &feeds,
        channel: channel.as_ref(),
    };
    let mut answers = why(&house.ctx.store, subject, &line).await?;
    for answer in &mut answers {
        // As everywhere on the pages: who somebody is is for those to see who may read the state directory.
        answer.recipient = answer.recipient.as_deref().map(masked);
    }
    Ok(Some(answers))
}
