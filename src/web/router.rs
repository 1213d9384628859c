//! Which function answers which address.

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post};

use super::failure::Failure;
use super::gate::gate;
use super::{House, api, assets, feeds_out, login, metrics, pages, signals};

/// The largest body of a request.
const MAX_BODY_BYTES: usize = 256 * 1024;

/// Answers every address of [`ROUTES`](super::ROUTES), each behind the gate.
pub fn router(house: Arc<House>) -> Router {
    Router::new()
        .route("/", get(pages::now::show))
        .route("/alerts/{id}", get(pages::alert::show))
        .route("/alerts/{id}/mark", post(pages::alert::mark))
        .route("/alerts/{id}/retry", post(pages::alert::retry))
        .route("/watches", get(pages::watches::list))
        .route("/watches/{name}", get(pages::watches::show))
        .route("/feeds", get(pages::feeds::list))
        .route("/feeds/{id}", get(pages::feeds::show))
        .route("/feeds/{id}/poll", post(pages::feeds::poll))
        .route("/feeds/{id}/pause", post(pages::feeds::pause))
        .route("/feeds/{id}/resume", post(pages::feeds::resume))
        .route("/search", get(pages::search::show))
        .route("/deliveries", get(pages::deliveries::show))
        .route("/deliveries/retry", post(pages::deliveries::retry))
        .route("/deliveries/test", post(pages::deliveries::test))
        .route(
            "/silences",
            get(pages::silences::show).post(pages::silences::add),
        )
        .route("/silences/{id}/end", post(pages::silences::end))
        .route("/stories", get(pages::stories::list))
        .route("/stories/{id}", get(pages::stories::show))
        .route("/why", get(pages::why::show))
        .route("/journal", get(pages::journal::show))
        .route("/settings", get(pages::settings::show))
        .route("/settings/zone", post(pages::settings::zone))
        .route("/login", get(login::form).post(login::enter))
        .route(
            "/login/{secret}",
            get(login::link).post(login::enter_by_link),
        )
        .route("/logout", post(login::leave))
        .route(
            "/unsubscribe/{token}",
            get(pages::links::show).post(pages::links::press),
        )
        .route(
            "/act/{token}",
            get(pages::links::show).post(pages::links::press),
        )
        .route("/events", get(signals::events))
        .route("/feeds/watch/{file}", get(feeds_out::of_watch))
        .route("/assets/{file}", get(assets::file))
        .route("/healthz", get(metrics::health))
        .route("/readyz", get(metrics::ready))
        .route("/metrics", get(metrics::figures))
        .nest("/api/v1", api::router())
        .fallback(async || Failure::not_found("page"))
        .layer(DefaultBodyLimit::max(MAX_BODY_BYTES))
        .layer(from_fn_with_state(Arc::clone(&house), gate))
        .with_state(house)
}
