//! `/`: how everything is, and what came.

use std::sync::Arc;

use axum::Extension;
use axum::extract::{RawQuery, State};
use axum::response::Response;
use minijinja::context;

use super::{Page, Zone, render, said};
use crate::domain::{AlertId, WatchName};
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
        watch: fields.get("watch").map(|name| WatchName(name.to_owned())),
        since: None,
        after: fields.get("after").map(|id| AlertId(id.to_owned())),
        limit: A_PAGE,
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
        said => said(&fields), pulse => pulse.alerts, setup,
    };
    let page = Page {
        place: "now",
        title: "Now",
        template: "now.html",
    };
    render(&house, &visitor, page, given).await
}
