//! `/api/v1`: the same views as the pages, for programs.

mod acts;
mod answer;
mod openapi;
mod reads;
mod schemas;
mod stream;

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post, put};

use super::House;

/// Answers every address below `/api/v1`.
pub(super) fn router() -> Router<Arc<House>> {
    Router::new()
        .route("/openapi.json", get(openapi::document))
        .route("/status", get(reads::status))
        .route("/alerts", get(reads::alerts))
        .route("/alerts/stream", get(stream::alerts))
        .route("/alerts/{id}", get(reads::alert))
        .route("/alerts/{id}/mark", put(acts::mark).delete(acts::unmark))
        .route("/alerts/{id}/retry", post(acts::retry))
        .route("/watches", get(reads::watches))
        .route("/watches/{name}", get(reads::watch))
        .route("/feeds", get(reads::feeds))
        .route("/feeds/{id}", get(reads::feed))
        .route("/feeds/{id}/poll", post(acts::poll))
        .route("/feeds/{id}/pause", post(acts::pause))
        .route("/feeds/{id}/resume", post(acts::resume))
        .route("/channels", get(reads::channels))
        .route("/channels/{name}/test", post(acts::test))
        .route("/deliveries", get(reads::deliveries))
        .route("/deliveries/{id}/retry", post(acts::retry))
        .route("/silences", get(reads::silences).post(acts::silence))
        .route("/silences/preview", get(reads::silence_preview))
        .route("/silences/{id}/end", post(acts::end_silence))
        .route("/search", get(reads::search))
        .route("/stories", get(reads::stories))
        .route("/stories/{id}", get(reads::story))
        .route("/why", get(reads::why))
        .route("/journal", get(reads::journal))
}
