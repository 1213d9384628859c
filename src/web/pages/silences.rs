//! `/silences`: what nobody wants to be told of for a while, why, and until when.

use std::sync::Arc;
use std::time::Duration;

use axum::Extension;
use axum::extract::{Path, RawQuery, State};
use axum::response::Response;
use minijinja::context;

use super::{Page, render, said};
use crate::domain::{Shown, Silence, Timestamp, WatchName};
use crate::ops;
use crate::ops::silences::{SilencePreview, preview, report_of};
use crate::web::House;
use crate::web::access::Visitor;
use crate::web::elsewhere::see_other;
use crate::web::failure::Failure;
use crate::web::fields::Fields;
use crate::web::templates::view;

/// The hours that a silence can last: every silence ends by itself.
pub(crate) const HOURS: [u64; 6] = [1, 4, 12, 24, 72, 168];

/// The longest reason, name or text, in characters.
const MAX_CHARS: usize = 300;

/// The fields that say which alerts are meant.
pub(crate) const MATCHERS: [&str; 4] = ["watch", "feed", "story", "text"];

/// `GET /silences`
pub(crate) async fn show(
    State(house): State<Arc<House>>,
    Extension(visitor): Extension<Visitor>,
    RawQuery(query): RawQuery,
) -> Result<Response, Failure> {
    let fields = Fields::of_query(query.as_deref());
    let now = house.now();
    let kept = ops::silences::kept(&house.ctx.store, now).await?;
    let counts = [
        ("running", "Running", kept.running.len()),
        ("coming", "To come", kept.coming.len()),
        ("ended", "Ended", kept.ended.len()),
    ];
    let state = fields.get("state").unwrap_or("running");
    let silences = kept.clone().of(state);
    let silences: Vec<_> = silences.iter().map(shown).collect();
    let plan = house.ctx.plan();
    let names: Vec<String> = plan
        .watches
        .iter()
        .map(|watch| watch.name.0.clone())
        .collect();
    let previewed = if MATCHERS.iter().any(|name| fields.get(name).is_some()) {
        Some(previewed(&house, |name| fields.get(name)).await?)
    } else {
        None
    };
    let hours = fields.get("hours").and_then(|hours| hours.parse().ok());
    let given = context! {
        kind => "silences", silences, names, state, counts => view(&counts), hours => HOURS.to_vec(), said => said(&fields),
        watch => fields.get("watch"), feed => fields.get("feed"), story => fields.get("story"),
        text => fields.get("text"), why => fields.get("why"), hour => hours.unwrap_or(4_u64),
        preview => previewed.as_ref().map(view),
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
        author => silence.author.as_str(), reason => silence.reason.as_str(), until => silence.until.to_string(), from => silence.from.to_string(),
        held => silence.held,
    }
}

/// What a silence of these alerts would have muted.
pub(crate) async fn previewed<'a>(
    house: &House,
    given: impl Fn(&str) -> Option<&'a str>,
) -> Result<SilencePreview, Failure> {
    let now = house.now();
    let silence = meant(house, given, now).await?;
    Ok(preview(&house.ctx.store, &house.config().feeds, silence, now).await?)
}

/// A silence of the alerts that are meant: of a watch, a feed, the story of an alert, or words. Why, by whom and until when is
/// said by others.
pub(crate) async fn meant<'a>(
    house: &House,
    given: impl Fn(&str) -> Option<&'a str>,
    now: Timestamp,
) -> Result<Silence, Failure> {
    let text = |name: &str| given(name).map(|text| String::from(Shown::up_to(text, MAX_CHARS)));
    let story = match given("story") {
        None => None,
        Some(name) => {
            let named = report_of(&house.ctx.store, name).await?;
            Some(named.ok_or_else(|| Failure::not_found("alert"))?)
        }
    };
    let silence = Silence {
        id: 0,
        watch: text("watch").map(WatchName),
        feed: text("feed"),
        story,
        story_id: None,
        text: text("text"),
        author: String::new(),
        reason: String::new(),
        from: now,
        until: now,
        held: 0,
    };
    let names_nothing = silence.watch.is_none() && silence.feed.is_none() && story.is_none();
    if names_nothing && silence.text.is_none() {
        return Err(Failure::bad(
            "Say what: a watch, a feed, a story, or words. A silence of everything is none.",
        ));
    }
    check_names(house, &silence).await?;
    Ok(silence)
}

/// A silence of what does not exist would hold nothing, and nobody would see why.
async fn check_names(house: &House, silence: &Silence) -> Result<(), Failure> {
    let config = house.config();
    if let Some(watch) = &silence.watch
        && !config.watches.iter().any(|known| known.name == *watch)
    {
        return Err(Failure::bad(format!("There is no watch \"{watch}\".")));
    }
    let Some(feed) = &silence.feed else {
        return Ok(());
    };
    let mut feeds = config.feeds.iter();
    let is_known = match feed.strip_prefix("tag:") {
        Some(tag) => feeds.any(|known| known.tags.iter().any(|one| one == tag)),
        None => {
            feeds.any(|known| known.name.as_deref() == Some(feed) || known.url.as_str() == feed)
        }
    };
    // One without a name is called by the title that it gives itself.
    let lines = house.ctx.store.report().await?.feeds;
    if is_known || lines.iter().any(|line| line.name.as_ref() == Some(feed)) {
        return Ok(());
    }
    let hint = "Write its name or its address as they stand in the configuration, or tag:NAME.";
    Err(Failure::bad(format!("There is no feed \"{feed}\".")).hint(hint))
}

/// Begins a silence, and writes that down.
pub(crate) async fn begin(
    house: &House,
    visitor: &Visitor,
    silence: Silence,
) -> Result<i64, Failure> {
    let (store, now) = (&house.ctx.store, house.now());
    if silence.until <= now.max(silence.from) {
        return Err(Failure::bad("It would be over already."));
    }
    let silence = Silence {
        author: visitor.name.clone(),
        ..silence
    };
    let reason = silence.reason.clone();
    let id = store.add_silence(silence).await?;
    let (subject, who) = (format!("silence {id}"), visitor.name.clone());
    store
        .write_down("silence-added", subject, reason, who, now)
        .await?;
    Ok(id)
}

/// Ends a silence, and writes that down; tells whether it had not ended before.
pub(crate) async fn finish(house: &House, visitor: &Visitor, id: &str) -> Result<bool, Failure> {
    let number = id.parse().map_err(|_| Failure::not_found("silence"))?;
    let (store, now) = (&house.ctx.store, house.now());
    if !store.end_silence(number, now).await? {
        return Ok(false);
    }
    let (subject, who) = (format!("silence {number}"), visitor.name.clone());
    store
        .write_down("silence-ended", subject, String::new(), who, now)
        .await?;
    Ok(true)
}

/// Why it is silent.
pub(crate) fn reason(given: Option<&str>) -> Result<String, Failure> {
    given
        .map(|text| String::from(Shown::up_to(text, MAX_CHARS)))
        .ok_or_else(|| Failure::bad("Say why: others will ask."))
}

/// `POST /silences`
pub(crate) async fn add(
    State(house): State<Arc<House>>,
    Extension(visitor): Extension<Visitor>,
    fields: Fields,
) -> Result<Response, Failure> {
    let now = house.now();
    let reason = reason(fields.get("why"))?;
    let hours = fields.get("hours").and_then(|hours| hours.parse().ok());
    let hours = hours.filter(|hours| HOURS.contains(hours));
    let hours = hours.ok_or_else(|| Failure::bad("Say how long: every silence ends by itself."))?;
    let silence = Silence {
        reason,
        until: now + Duration::from_hours(hours),
        ..meant(&house, |name| fields.get(name), now).await?
    };
    begin(&house, &visitor, silence).await?;
    Ok(see_other("/silences?said=silenced"))
}

/// `POST /silences/{id}/end`
pub(crate) async fn end(
    State(house): State<Arc<House>>,
    Extension(visitor): Extension<Visitor>,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    let has_ended = finish(&house, &visitor, &id).await?;
    Ok(see_other(if has_ended {
        "/silences?said=ended"
    } else {
        "/silences?said=unchanged"
    }))
}
