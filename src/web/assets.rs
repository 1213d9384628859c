//! What the pages load: one style sheet, one script, one icon; compiled in, kept by browsers, known by their hash.

use axum::extract::Path;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{HeaderName, HeaderValue};
use axum::response::{IntoResponse, Response};
use sha2::{Digest as _, Sha256};
use std::sync::LazyLock;

use super::failure::Failure;
use crate::ops::entrance::hex;

/// Name, kind and content of each.
const FILES: [(&str, &str, &str); 3] = [
    (
        "app.css",
        "text/css; charset=utf-8",
        include_str!("assets/app.css"),
    ),
    (
        "app.js",
        "text/javascript; charset=utf-8",
        include_str!("assets/app.js"),
    ),
    ("icon.svg", "image/svg+xml", include_str!("assets/icon.svg")),
];

/// A year: another content has another address.
const KEPT: &str = "public, max-age=31536000, immutable";

/// What the addresses of all of them carry, so that a browser asks anew when one has changed.
pub(crate) static VERSION: LazyLock<String> = LazyLock::new(|| {
    let mut hasher = Sha256::new();
    for (_, _, content) in FILES {
        hasher.update(content.as_bytes());
    }
    hex(&hasher.finalize()).chars().take(12).collect()
});

/// `GET /assets/{file}`
pub(crate) async fn file(Path(name): Path<String>) -> Result<Response, Failure> {
    let found = FILES.iter().find(|(known, ..)| *known == name);
    let (_, kind, content) = found.ok_or_else(|| Failure::not_found("file"))?;
    let field = |name: HeaderName, value: &'static str| (name, HeaderValue::from_static(value));
    Ok((
        [field(CONTENT_TYPE, kind), field(CACHE_CONTROL, KEPT)],
        *content,
    )
        .into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_style_sheet_and_the_script_stay_small() {
        for (name, most) in [("app.css", 25_000), ("app.js", 3_000)] {
            let (.., content) = FILES.iter().find(|(known, ..)| *known == name).unwrap();
            assert!(content.len() <= most, "{name}: {} bytes", content.len());
        }
    }
}
