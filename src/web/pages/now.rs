//! `/`: how everything is, and what came.

use std::sync::Arc;

use axum::Extension;
use axum::extract::{RawQuery, State};
use axum::response::Response;
use minijinja::context;

use super::{Page, Zone, render, said};
use crate::domain::{AlertId, Priority, WatchName};
use crate::ops;
use crate::store::ShownFilter;
use crate::web::House;
use crate::web::access::Visitor;
use crate::web::bars::{WithHeld, bars};
use crate::web::failure::Failure;
use crate::web::fields::Fields;
use crate::web::templates::view;

/// Reports on one page.
const A_PAGE: usize = 30;

/// Days that the small pictures show.
const DAYS: i64 = 30;

/// Days of them that the side shows.
const SHOWN_DAYS: usize = 14;

/// Tags that are offered.
const OFFERED_TAGS: usize = 100;

/// The fields that say which alerts are shown.
const FILTERS: [&str; 4] = ["watch", "feed", "lang", "priority"];

/// `GET /`
pub(crate) async fn show(
    State(house): State<Arc<House>>,
    Extension(visitor): Extension<Visitor>,
    RawQuery(query): RawQuery,
) -> Result<Response, Failure> {
    let fields = Fields::of_query(query.as_deref());
    let now = house.now();
    let zone = Zone::of(&visitor, now);
    let plan = house.ctx.plan();
    let filter = ShownFilter {
        limit: A_PAGE,
        ..asked_alerts(&house, &fields).await?
    };
    let days = zone.days(now, DAYS);
    let seen = ops::now::now(&house.ctx.store, &plan.watches, filter, days).await?;
    let pictures: Vec<_> = seen
        .by_watch
        .iter()
        .map(|watch| {
            let newest = watch.days.len().saturating_sub(SHOWN_DAYS);
            bars(
                watch.days.get(newest..).unwrap_or_default(),
                4,
                16,
                WithHeld::No,
            )
        })
        .collect();
    let names: Vec<String> = plan
        .watches
        .iter()
        .map(|watch| watch.name.0.clone())
        .collect();
    let pulse = house.pulse().await?;
    let setup = context! {
        feeds => plan.feeds.len(), watches => plan.watches.len(), channels => plan.channels.len(),
    };
    let given = context! {
        view => view(&seen), pictures => view(&pictures), names, filter => fields.get("watch"), after => fields.get("after"),
        feed => fields.get("feed"), lang => fields.get("lang"), priority => fields.get("priority"), tags => tags(&house),
        is_narrowed => FILTERS.iter().any(|name| fields.get(name).is_some()), asked => asked_again(&fields),
        said => said(&fields), pulse => pulse.alerts, setup,
    };
    let page = Page {
        place: "now",
        title: "Now",
        template: "now.html",
    };
    render(&house, &visitor, page, given).await
}

/// The alerts that the fields ask for.
pub(crate) async fn asked_alerts(house: &House, fields: &Fields) -> Result<ShownFilter, Failure> {
    let priority = fields.get("priority").map(|word| {
        Priority::named(word).ok_or_else(|| Failure::bad("priority must be low, normal or high"))
    });
    let priority = priority.transpose()?;
    let feeds = match fields.get("feed") {
        None => None,
        Some(feed) => {
            let configured = &house.config().feeds;
            Some(ops::now::meant_feeds(&house.ctx.store, configured, feed).await?)
        }
    };
    let lang = fields.get("lang").map(str::to_owned);
    let is_tag = |lang: &String| lang.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    if !lang.as_ref().is_none_or(is_tag) {
        return Err(Failure::bad(
            "lang must be the code of a language, for example en",
        ));
    }
    Ok(ShownFilter {
        watch: fields.get("watch").map(|name| WatchName(name.to_owned())),
        feeds,
        lang,
        priority,
        after: fields.get("after").map(|id| AlertId(id.to_owned())),
        ..ShownFilter::default()
    })
}

/// The filter as it stands in an address.
fn asked_again(fields: &Fields) -> String {
    let mut address = url::form_urlencoded::Serializer::new(String::new());
    for name in FILTERS {
        if let Some(value) = fields.get(name) {
            address.append_pair(name, value);
        }
    }
    address.finish()
}

/// The tags of the feeds, each once.
fn tags(house: &House) -> Vec<String> {
    let config = house.config();
    let tags = config.feeds.iter().flat_map(|feed| &feed.tags);
    let tags: std::collections::BTreeSet<&String> = tags.collect();
    tags.into_iter().take(OFFERED_TAGS).cloned().collect()
}
