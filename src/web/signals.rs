//! Signals to pages that are open: that something has changed, not what. The page fetches what it shows.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse as _, Response};
use futures_util::stream;
use tokio::sync::Mutex;

use super::House;
use super::failure::Failure;
use crate::domain::Timestamp;
use crate::store::{Pulse, StoreError};

/// How often it is looked whether something has changed; all pages that are open share the look.
pub(crate) const LOOK_EVERY: Duration = Duration::from_secs(2);

/// The last look.
#[derive(Debug, Default)]
pub(crate) struct Signals(Mutex<Option<(Timestamp, Pulse)>>);

impl House {
    /// What changes when something happens, at most as old as the time between two looks.
    pub(crate) async fn pulse(&self) -> Result<Pulse, StoreError> {
        let now = self.now();
        let mut last = self.signals.0.lock().await;
        if let Some((at, pulse)) = *last {
            let passed = now.duration_since(at);
            if !passed.is_negative() && passed.unsigned_abs() < LOOK_EVERY / 2 {
                return Ok(pulse);
            }
        }
        let pulse = self.ctx.store.pulse().await?;
        *last = Some((now, pulse));
        Ok(pulse)
    }

    /// Waits until it is time for another look; tells whether there is one.
    pub(crate) async fn waits(&self) -> bool {
        tokio::select! {
            () = self.stop.cancelled() => false,
            () = self.ctx.clock.sleep(LOOK_EVERY) => true,
        }
    }
}

/// `GET /events`: `alerts`, `feeds`, `deliveries`. The first event says what is so now.
pub(crate) async fn events(State(house): State<Arc<House>>) -> Result<Response, Failure> {
    let pulse = house.pulse().await?;
    let first = Event::default()
        .event("hello")
        .data(pulse.alerts.to_string());
    let begun = (house, pulse, Some(vec![first]));
    let events = stream::unfold(begun, async |(house, mut last, pending)| {
        let mut pending = pending.unwrap_or_default();
        while pending.is_empty() {
            if !house.waits().await {
                return None;
            }
            // A store that refuses is asked again; the page says that it is not live when this ends.
            if let Ok(pulse) = house.pulse().await {
                pending = changes(&last, &pulse);
                last = pulse;
            }
        }
        let next = pending.remove(0);
        Some((Ok::<_, Infallible>(next), (house, last, Some(pending))))
    });
    Ok(Sse::new(events)
        .keep_alive(KeepAlive::default())
        .into_response())
}

fn changes(last: &Pulse, pulse: &Pulse) -> Vec<Event> {
    let mut events = Vec::new();
    for (name, before, after) in [
        ("alerts", last.alerts, pulse.alerts),
        ("deliveries", last.deliveries, pulse.deliveries),
        ("feeds", last.feeds, pulse.feeds),
    ] {
        if before != after {
            events.push(Event::default().event(name).data(after.to_string()));
        }
    }
    events
}
