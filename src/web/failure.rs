//! What went wrong with a request, as a page or as a problem document tells it.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::store::StoreError;

/// What went wrong. It travels as an extension of the response, and the gate writes it in the form that was asked for.
#[derive(Debug, Clone)]
pub(crate) struct Failure {
    /// The status.
    pub(crate) status: StatusCode,
    /// What happened, in a sentence.
    pub(crate) title: String,
    /// What to do about it.
    pub(crate) hint: Option<String>,
}

impl Failure {
    /// Something went wrong.
    pub(crate) fn new(status: StatusCode, title: impl Into<String>) -> Self {
        Self {
            status,
            title: title.into(),
            hint: None,
        }
    }

    /// Adds what to do about it.
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// There is nothing of the kind.
    pub(crate) fn not_found(what: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, format!("There is no {what} here."))
    }

    /// What was asked cannot be done as it was asked.
    pub(crate) fn bad(title: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, title)
    }

    /// As a problem document (RFC 9457).
    pub(crate) fn problem(&self) -> String {
        json!({
            "type": "about:blank",
            "title": self.status.canonical_reason().unwrap_or("failed"),
            "status": self.status.as_u16(),
            "detail": self.title,
            "hint": self.hint,
        })
        .to_string()
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        let id = format!("{:04x}", fastrand::u16(..));
        tracing::error!(id, error = %error, "a page could not be answered");
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            format!("newswatch could not answer (id {id}). Nothing was lost; the log tells why."),
        )
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}
