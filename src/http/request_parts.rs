//! The parts of a request, before the client that sends it is chosen.

use reqwest::header::{
    ACCEPT, ACCEPT_ENCODING, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, IF_MODIFIED_SINCE,
    IF_NONE_MATCH,
};
use reqwest::{Client, Method};
use url::Url;

use crate::domain::Validators;

use super::body::ACCEPTED_CODINGS;
use super::doors::Door;
use super::guard::Guard;
use super::{FetchError, Get, Post, PostMethod, headers};

/// A request, before the client that sends it is chosen.
pub(super) struct RequestParts<'a> {
    pub(super) method: Method,
    pub(super) url: &'a Url,
    pub(super) fields: HeaderMap,
    pub(super) body: String,
    pub(super) client: Client,
    /// Who may be at the other end; absent where that is a proxy.
    pub(super) guard: Option<&'a Guard>,
}

pub(super) fn get_fields(request: &Get<'_>) -> HeaderMap {
    let mut fields = HeaderMap::new();
    fields.insert(ACCEPT_ENCODING, HeaderValue::from_static(ACCEPTED_CODINGS));
    if let Ok(accept) = HeaderValue::from_str(request.accept) {
        fields.insert(ACCEPT, accept);
    }
    let Validators {
        etag,
        last_modified,
    } = request.validators;
    for (name, kept) in [
        (IF_NONE_MATCH, etag.as_ref()),
        (IF_MODIFIED_SINCE, last_modified.as_ref()),
    ] {
        if let Some(value) = headers::echoed(kept) {
            fields.insert(name, value);
        }
    }
    fields
}

pub(super) fn post_parts<'a>(
    request: &'a Post<'_>,
    door: &'a Door,
) -> Result<RequestParts<'a>, FetchError> {
    let mut fields = HeaderMap::new();
    fields.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    for (name, value) in &request.headers {
        let name_and_value = name.parse::<HeaderName>().ok().zip(value.parse().ok());
        let Some((name, value)) = name_and_value else {
            return Err(FetchError::BadRequest {
                reason: format!("the field {name} cannot be sent"),
            });
        };
        fields.insert(name, value);
    }
    Ok(RequestParts {
        method: match request.method {
            PostMethod::Post => Method::POST,
            PostMethod::Put => Method::PUT,
            PostMethod::Patch => Method::PATCH,
        },
        url: request.url,
        fields,
        body: request.body.clone(),
        client: door.client_for(request.url),
        guard: Some(&door.guard),
    })
}
