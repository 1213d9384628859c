//! The fields of a form or of an address.

use axum::extract::{FromRequest, Request};
use axum::http::StatusCode;

use super::failure::Failure;

/// The largest form: a query of a watch is the longest thing that is typed.
const MAX_FORM_BYTES: usize = 64 * 1024;

/// Names and values, in their order.
#[derive(Debug, Clone, Default)]
pub(crate) struct Fields(Vec<(String, String)>);

impl Fields {
    /// Reads what stands behind `?`.
    pub(crate) fn of_query(query: Option<&str>) -> Self {
        Self::parse(query.unwrap_or_default().as_bytes())
    }

    fn parse(bytes: &[u8]) -> Self {
        Self(url::form_urlencoded::parse(bytes).into_owned().collect())
    }

    /// The value of a field that is filled in.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().find(|(known, _)| known == name);
        found
            .map(|(_, value)| value.trim())
            .filter(|value| !value.is_empty())
    }

    /// All values of a field that stands there several times.
    pub(crate) fn all(&self, name: &str) -> Vec<&str> {
        let found = self.0.iter().filter(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str()).collect()
    }

    /// A number, within bounds.
    pub(crate) fn number(&self, name: &str, most: usize) -> Result<Option<usize>, Failure> {
        let found = self.0.iter().find(|(known, _)| known == name);
        let Some((_, text)) = found else {
            return Ok(None);
        };
        match text.trim().parse() {
            Ok(number) if (1..=most).contains(&number) => Ok(Some(number)),
            _ => Err(Failure::bad(format!(
                "{name} must be a number from 1 to {most}"
            ))),
        }
    }
}

/// The body of a form.
impl<S: Send + Sync> FromRequest<S> for Fields {
    type Rejection = Failure;

    async fn from_request(request: Request, _: &S) -> Result<Self, Failure> {
        let bytes = axum::body::to_bytes(request.into_body(), MAX_FORM_BYTES).await;
        let bytes = bytes.map_err(|_| {
            Failure::new(
                StatusCode::PAYLOAD_TOO_LARGE,
                format!("What was sent is larger than {MAX_FORM_BYTES} bytes."),
            )
        })?;
        Ok(Self::parse(&bytes))
    }
}
