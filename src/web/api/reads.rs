//! What is asked and changes nothing.

use std::sync::Arc;
use std::time::Duration;

use axum::Extension;
use axum::extract::{Path, RawQuery, State};
use axum::http::HeaderMap;
use axum::response::Response;
use serde_json::json;

use super::answer::{PageOf, json as answer, limit_of};
use crate::domain::Timestamp;
use crate::ops;
use crate::ops::channel::{ChannelRow, OpenRow};
use crate::store::ShownFilter;
use crate::web::House;
use crate::web::access::Visitor;
use crate::web::failure::Failure;
use crate::web::fields::Fields;
use crate::web::pages::deliveries::channels as channel_lines;
use crate::web::pages::now::asked_alerts;
use crate::web::pages::search::MAX_QUERY_BYTES;
use crate::web::pages::silences::previewed;
use crate::web::pages::stories::story_of;
use crate::web::pages::watches::row_of;
use crate::web::pages::why::answers;
use crate::web::pages::{Zone, feeds as feed_pages};

/// Days that are counted.
const DAYS: i64 = 30;

/// How far a search looks back where nothing is said.
const SEARCHED: Duration = Duration::from_hours(7 * 24);

type Answered = Result<Response, Failure>;

/// `GET /status`
pub(super) async fn status(
    State(house): State<Arc<House>>,
    Extension(visitor): Extension<Visitor>,
    headers: HeaderMap,
) -> Answered {
    let plan = house.ctx.plan();
    let now = house.now();
    let days = Zone::of(&visitor, now).days(now, DAYS);
    let filter = ShownFilter {
        limit: 0,
        ..ShownFilter::default()
    };
    let view = ops::now::now(&house.ctx.store, &plan.watches, filter, days).await?;
    answer(&headers, &view)
}

/// `GET /alerts`
pub(super) async fn alerts(
    State(house): State<Arc<House>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Answered {
    let fields = Fields::of_query(query.as_deref());
    let limit = limit_of(&fields)?;
    let since = since_of(&fields)?;
    let filter = ShownFilter {
        since,
        limit,
        ..asked_alerts(&house, &fields).await?
    };
    let shown = house.ctx.store.shown_alerts(filter).await?;
    let next = shown
        .last()
        .filter(|_| shown.len() == limit)
        .map(|last| last.alert.id.0.clone());
    let items: Vec<_> = shown
        .into_iter()
        .map(ops::alerts::AlertView::marked)
        .collect();
    answer(&headers, &PageOf { items, next })
}

fn since_of(fields: &Fields) -> Result<Option<Timestamp>, Failure> {
    // One that is written and empty is a mistake of a script, which would get everything.
    let since = fields.all("since").first().copied();
    since
        .map(|since| since.trim().parse::<Timestamp>())
        .transpose()
        .map_err(|_| Failure::bad("since must be a time, for example 2026-11-26T08:00:00Z"))
}

/// `GET /alerts/{id}`
pub(super) async fn alert(
    State(house): State<Arc<House>>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Answered {
    let plan = house.ctx.plan();
    let view = ops::told::told(&house.ctx.store, &plan.matcher, &plan.watches, &id).await?;
    answer(&headers, &view.ok_or_else(|| Failure::not_found("alert"))?)
}

/// `GET /watches`
pub(super) async fn watches(
    State(house): State<Arc<House>>,
    Extension(visitor): Extension<Visitor>,
    headers: HeaderMap,
) -> Answered {
    let (config, now) = (house.config(), house.now());
    let items = ops::watch::listed(
        &house.ctx.store,
        &config.watches,
        &config.sources,
        &config.watch_places,
        Zone::of(&visitor, now).days(now, DAYS),
    )
    .await?;
    answer(&headers, &PageOf { items, next: None })
}

/// `GET /watches/{name}`
pub(super) async fn watch(
    State(house): State<Arc<House>>,
    Extension(visitor): Extension<Visitor>,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Answered {
    let (row, asked) = row_of(&house, &name)?;
    let now = house.now();
    let days = Zone::of(&visitor, now).days(now, DAYS);
    answer(
        &headers,
        &ops::watch::watch(&house.ctx.store, row, asked, days).await?,
    )
}

/// `GET /feeds`
pub(super) async fn feeds(
    State(house): State<Arc<House>>,
    Extension(visitor): Extension<Visitor>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Answered {
    let fields = Fields::of_query(query.as_deref());
    let limit = limit_of(&fields)?;
    let config = house.config();
    let rows = ops::feed::feeds(&house.ctx.store, &config.feeds, &config.feed_places).await?;
    let state = fields.get("state");
    let fits = |row: &ops::feed::FeedRow| {
        let word = serde_json::to_value(row.state).unwrap_or_default();
        state.is_none_or(|state| word == state)
    };
    let after = fields.get("after");
    let mut rows = rows.into_iter().filter(fits).peekable();
    if let Some(after) = after {
        while rows.next_if(|row| row.id.to_string() != after).is_some() {}
        rows.next();
    }
    let items: Vec<_> = rows.by_ref().take(limit).collect();
    let next = rows
        .peek()
        .and(items.last())
        .map(|last| last.id.to_string());
    let now = house.now();
    let days = Zone::of(&visitor, now).days(now, feed_pages::LISTED_DAYS);
    let items = ops::feed::with_pasts(&house.ctx.store, items, days).await?;
    answer(&headers, &PageOf { items, next })
}

/// `GET /feeds/{id}`
pub(super) async fn feed(
    State(house): State<Arc<House>>,
    Extension(visitor): Extension<Visitor>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Answered {
    let (config, now) = (house.config(), house.now());
    let id = feed_pages::number(&id)?;
    let days = Zone::of(&visitor, now).days(now, DAYS);
    let view = ops::feed::feed(
        &house.ctx.store,
        &config.feeds,
        &config.feed_places,
        id.0,
        days,
        now,
    )
    .await?;
    answer(&headers, &view.ok_or_else(|| Failure::not_found("feed"))?)
}

/// `GET /channels`
pub(super) async fn channels(State(house): State<Arc<House>>, headers: HeaderMap) -> Answered {
    let lines = channel_lines(&house).await?;
    let items: Vec<_> = lines.iter().map(ChannelRow::of).collect();
    answer(&headers, &PageOf { items, next: None })
}

/// `GET /deliveries`
pub(super) async fn deliveries(
    State(house): State<Arc<House>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Answered {
    let fields = Fields::of_query(query.as_deref());
    let limit = limit_of(&fields)?;
    let open = house.ctx.store.open_deliveries(limit).await?;
    let items: Vec<_> = open.into_iter().map(OpenRow::of).collect();
    answer(&headers, &PageOf { items, next: None })
}

/// `GET /silences`
pub(super) async fn silences(
    State(house): State<Arc<House>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Answered {
    let now = house.now();
    let silences = match Fields::of_query(query.as_deref()).get("state") {
        None => house.ctx.store.silences(now).await?,
        Some(state) => ops::silences::kept(&house.ctx.store, now).await?.of(state),
    };
    let silences = silences.iter();
    let items: Vec<_> = silences
        .map(|silence| ops::silences::SilenceView::of(silence, now))
        .collect();
    answer(&headers, &PageOf { items, next: None })
}

/// `GET /silences/preview`
pub(super) async fn silence_preview(
    State(house): State<Arc<House>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Answered {
    let fields = Fields::of_query(query.as_deref());
    answer(&headers, &previewed(&house, |name| fields.get(name)).await?)
}

/// `GET /search`
pub(super) async fn search(
    State(house): State<Arc<House>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Answered {
    let fields = Fields::of_query(query.as_deref());
    let limit = limit_of(&fields)?;
    let asked = fields
        .get("q")
        .filter(|asked| asked.len() <= MAX_QUERY_BYTES);
    let asked = asked.ok_or_else(|| {
        Failure::bad(format!("q must be a query of 1 to {MAX_QUERY_BYTES} bytes"))
    })?;
    let since = since_of(&fields)?.unwrap_or(house.now() - SEARCHED);
    let search = ops::search::Search::new(asked, &house.config().aliases);
    let search = search.map_err(|problems| match problems.first() {
        None => Failure::bad("The query cannot be read."),
        Some(problem) => {
            let said = format!("Column {}: {}", problem.col, problem.message);
            Failure::bad(said).hint(problem.hint.clone())
        }
    })?;
    answer(&headers, &search.run(&house.ctx.store, since, limit).await?)
}

/// `GET /stories`
pub(super) async fn stories(
    State(house): State<Arc<House>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Answered {
    let limit = limit_of(&Fields::of_query(query.as_deref()))?;
    let items = ops::stories::stories(&house.ctx.store, limit).await?;
    answer(&headers, &PageOf { items, next: None })
}

/// `GET /stories/{id}`
pub(super) async fn story(
    State(house): State<Arc<House>>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Answered {
    answer(&headers, &story_of(&house, &id).await?)
}

/// `GET /why`
pub(super) async fn why(
    State(house): State<Arc<House>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Answered {
    let answers = answers(&house, &Fields::of_query(query.as_deref())).await?;
    let items = answers.ok_or_else(|| Failure::bad("q must be an address or an id"))?;
    answer(&headers, &PageOf { items, next: None })
}

/// `GET /journal`
pub(super) async fn journal(
    State(house): State<Arc<House>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Answered {
    let fields = Fields::of_query(query.as_deref());
    let limit = limit_of(&fields)?;
    let below = match fields.get("after") {
        None => None,
        Some(seq) => Some(
            seq.parse()
                .map_err(|_| Failure::bad("after must be what next said"))?,
        ),
    };
    let lines = house.ctx.store.journal(below, limit).await?;
    let next = lines
        .last()
        .filter(|_| lines.len() == limit)
        .map(|line| line.seq.to_string());
    let line = |line: &crate::store::JournalLine| {
        json!({
            "at": line.at, "who": line.who, "what": line.what, "subject": line.subject,
            "before": line.before, "after": line.after,
        })
    };
    let items: Vec<_> = lines.iter().map(line).collect();
    answer(&headers, &PageOf { items, next })
}
