//! The module as its callers see it: whole documents in, entries out.

mod damage;
mod fixtures;
mod formats;
mod fuzz;
mod hostile;

use url::Url;

use super::{Document, ParseError, ParsedFeed, feed};

/// Reads a document that came without an address or a content type.
fn read(document: &[u8]) -> Result<ParsedFeed, ParseError> {
    feed(
        &Document {
            bytes: document,
            content_type: None,
            url: None,
        },
        &|| true,
    )
}

/// Reads a document that came from an address.
fn read_from(url: &str, document: &str) -> ParsedFeed {
    let url = Url::parse(url).unwrap();
    feed(
        &Document {
            bytes: document.as_bytes(),
            content_type: None,
            url: Some(&url),
        },
        &|| true,
    )
    .unwrap()
}
