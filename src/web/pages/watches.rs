//! `/watches`: what is looked for, and what came of it.

use std::sync::Arc;

use axum::Extension;
use axum::extract::{Path, RawQuery, State};
use axum::response::Response;
use minijinja::context;

use super::{Page, Zone, render};
use crate::ops;
use crate::web::House;
use crate::web::access::Visitor;
use crate::web::bars::{WithHeld, bars};
use crate::web::failure::Failure;
use crate::web::fields::Fields;
use crate::web::templates::view;

/// Days that a picture shows.
const DAYS: i64 = 30;

/// `GET /watches`
pub(crate) async fn list(
    State(house): State<Arc<House>>,
    Extension(visitor): Extension<Visitor>,
    RawQuery(query): RawQuery,
) -> Result<Response, Failure> {
    let fields = Fields::of_query(query.as_deref());
    let now = house.now();
    let days = Zone::of(&visitor, now).days(now, DAYS);
    let config = house.config();
    let rows = ops::watch::listed(
        &house.ctx.store,
        &config.watches,
        &config.sources,
        &config.watch_places,
        days,
    )
    .await?;
    let all = rows.len();
    let asked = fields.get("find").map(str::to_lowercase);
    let fits = |row: &ops::watch::WatchRow| {
        asked.as_ref().is_none_or(|asked| {
            row.name.to_lowercase().contains(asked) || row.query.to_lowercase().contains(asked)
        })
    };
    let shown: Vec<_> = rows
        .into_iter()
        .filter(|one| fits(&one.row))
        .map(|one| {
            let picture = bars(&one.days, 4, 24, WithHeld::No);
            let told: u64 = one.days.iter().map(|day| day.told + day.held).sum();
            context! { row => view(&one), picture => view(&picture), is_silent => told == 0 }
        })
        .collect();
    let given = context! { shown, find => fields.get("find"), all };
    let page = Page {
        place: "watches",
        title: "Watches",
        template: "watches.html",
    };
    render(&house, &visitor, page, given).await
}

/// `GET /watches/{name}`
pub(crate) async fn show(
    State(house): State<Arc<House>>,
    Extension(visitor): Extension<Visitor>,
    Path(name): Path<String>,
) -> Result<Response, Failure> {
    let (row, asked) = row_of(&house, &name)?;
    let now = house.now();
    let days = Zone::of(&visitor, now).days(now, DAYS);
    let detail = ops::watch::watch(&house.ctx.store, row, asked, days).await?;
    let picture = bars(&detail.days, 22, 88, WithHeld::Yes);
    let page = Page {
        place: "watches",
        title: &name,
        template: "watch.html",
    };
    render(
        &house,
        &visitor,
        page,
        context! { view => view(&detail), picture => view(&picture) },
    )
    .await
}

/// The watch of a name, as it is written, and what it looks for.
pub(crate) fn row_of(
    house: &House,
    name: &str,
) -> Result<(ops::watch::WatchRow, ops::watch::Asked), Failure> {
    let config = house.config();
    let place = config.watches.iter().position(|watch| watch.name.0 == name);
    let watch = place.and_then(|place| Some((config.watches.get(place)?, place)));
    let (watch, place) = watch.ok_or_else(|| Failure::not_found("watch"))?;
    let row = ops::watch::WatchRow::of(
        watch,
        config.sources.get(place),
        config.watch_places.get(place),
    );
    let examples = config.watch_examples.get(&place);
    let examples = examples.map_or(&[][..], Vec::as_slice);
    let asked = ops::watch::asked(&config.matcher, place, examples);
    Ok((row, asked))
}
