//! Alerts as they are raised, as server-sent events: each has a number, and whoever comes back names the last.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::Arc;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse as _, Response};
use futures_util::stream;

use crate::ops::alerts::AlertView;
use crate::store::StoreError;
use crate::web::House;
use crate::web::failure::Failure;

/// Alerts that are read at once for somebody who was away for long.
const AT_ONCE: usize = 100;

/// `GET /alerts/stream`
pub(super) async fn alerts(
    State(house): State<Arc<House>>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let last = headers
        .get("last-event-id")
        .and_then(|id| id.to_str().ok()?.parse().ok());
    let last = match last {
        Some(last) => last,
        None => house.ctx.store.pulse().await?.alerts,
    };
    let hello = Event::default().comment("alerts from here on");
    let begun = (house, last, VecDeque::from([hello]));
    let events = stream::unfold(begun, async |(house, mut last, mut ready)| {
        while ready.is_empty() {
            match next(&house, &mut last).await {
                Ok(events) => ready = events,
                // Whoever listens comes back and names the last that it has.
                Err(_) => return None,
            }
            if ready.is_empty() && !house.waits().await {
                return None;
            }
        }
        let event = ready.pop_front()?;
        Some((Ok::<_, Infallible>(event), (house, last, ready)))
    });
    Ok(Sse::new(events)
        .keep_alive(KeepAlive::default())
        .into_response())
}

async fn next(house: &House, last: &mut i64) -> Result<VecDeque<Event>, StoreError> {
    let mut events = VecDeque::new();
    if house.pulse().await?.alerts <= *last {
        return Ok(events);
    }
    for (number, alert) in house.ctx.store.alerts_above(*last, AT_ONCE).await? {
        if let Ok(data) = serde_json::to_string(&AlertView::of(&alert)) {
            let event = Event::default().event("alert").id(number.to_string());
            events.push_back(event.data(data));
        }
        *last = number;
    }
    Ok(events)
}
