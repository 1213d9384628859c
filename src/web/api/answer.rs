//! Answers as JSON: known by their hash, so that what has not changed is not sent again.

use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use crate::ops::entrance::hash;
use crate::web::failure::Failure;
use crate::web::fields::Fields;

/// The most that one page holds.
pub(super) const MAX_LIMIT: usize = 500;

/// What one page holds when nothing is said.
const DEFAULT_LIMIT: usize = 50;

/// A page of a list, and where the next one begins.
#[derive(Debug, Serialize)]
pub(super) struct PageOf<T> {
    pub(super) items: Vec<T>,
    pub(super) next: Option<String>,
}

/// Answers what was asked, or that it has not changed (RFC 9110 §13.1.2).
pub(super) fn json(headers: &HeaderMap, value: &impl Serialize) -> Result<Response, Failure> {
    let body = serde_json::to_string(value).map_err(|error| {
        tracing::error!(error = %error, "an answer cannot be written");
        Failure::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "newswatch could not answer.",
        )
    })?;
    let etag = format!("\"{}\"", hash(&body));
    let is_known = headers.get_all(IF_NONE_MATCH).iter().any(|field| {
        let field = field.to_str().unwrap_or_default();
        let mut tags = field.split(',').map(str::trim);
        tags.any(|tag| tag == "*" || tag.strip_prefix("W/").unwrap_or(tag) == etag)
    });
    let mut response = if is_known {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        let kind = HeaderValue::from_static("application/json");
        ([(CONTENT_TYPE, kind)], body).into_response()
    };
    let fields = response.headers_mut();
    if let Ok(etag) = HeaderValue::from_str(&etag) {
        fields.insert(ETAG, etag);
    }
    fields.insert(CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    Ok(response)
}

/// How many items a list is asked for.
pub(super) fn limit_of(fields: &Fields) -> Result<usize, Failure> {
    let wanted = fields.number("limit", MAX_LIMIT)?;
    Ok(wanted.unwrap_or(DEFAULT_LIMIT))
}
