//! What kind of document the bytes are, when that is not a page.
//!
//! Servers send files, feeds and interfaces as `text/html`, and pages as anything. The bytes are believed
//! before the label; the label decides only where the bytes show no markup at all.

/// Bytes looked at.
const WINDOW_BYTES: usize = 1_024;

/// Files by how they begin.
const FILES: &[(&[u8], &str)] = &[
    (b"%PDF-", "PDF"),
    (b"\x89PNG", "a PNG image"),
    (b"\xFF\xD8\xFF", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"PK\x03\x04", "a ZIP archive"),
    (b"\x1F\x8B", "gzip data"),
    (b"RIFF", "media data"),
    (b"\0\0\0\x18ftyp", "a video"),
    (b"\0\0\0\x20ftyp", "a video"),
    (b"\0\0\0\x1Cftyp", "a video"),
    (b"ID3", "audio"),
    (b"OggS", "audio"),
    (b"\xD0\xCF\x11\xE0", "an office document"),
    (b"{\\rtf", "a rich text document"),
];

/// Names the kind of a document that is no page.
pub(super) fn foreign(bytes: &[u8], content_type: Option<&str>) -> Option<String> {
    if let Some((_, name)) = FILES.iter().find(|(start, _)| bytes.starts_with(start)) {
        return Some((*name).to_owned());
    }
    let window = bytes.get(..WINDOW_BYTES).unwrap_or(bytes);
    let text = String::from_utf8_lossy(window).to_ascii_lowercase();
    let text = text.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{FEFF}');
    let has = |tags: &[&str]| tags.iter().any(|tag| text.contains(tag));
    if has(&["<rss", "<feed", "<rdf:rdf"]) && !has(&["<html", "<body"]) {
        return Some("a feed".to_owned());
    }
    if has(&[
        "<html",
        "<!doctype html",
        "<body",
        "<head",
        "<p",
        "<div",
        "<title",
        "<meta",
    ]) {
        return None;
    }
    if text.starts_with('{') && text.contains("\":") || text.starts_with("[{") {
        return Some("JSON".to_owned());
    }
    let essence = content_type?.split(';').next()?.trim().to_ascii_lowercase();
    let is_other = ["image/", "audio/", "video/", "font/"]
        .iter()
        .any(|start| essence.starts_with(start))
        || [
            "application/pdf",
            "application/json",
            "application/zip",
            "application/octet-stream",
        ]
        .contains(&essence.as_str());
    // UTF-16 shows no tag in this window, but it shows a mark or an angle bracket.
    (is_other && !window.contains(&b'<')).then_some(essence)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_that_are_no_pages_are_named() {
        for (bytes, content_type, expected) in [
            (&b"%PDF-1.4"[..], Some("text/html"), Some("PDF")),
            (
                b"\xEF\xBB\xBF<?xml version='1.0'?><rss version='2.0'>",
                None,
                Some("a feed"),
            ),
            (b"{\"a\": 1}", Some("text/html"), Some("JSON")),
            (b"\x00\x01\x02", Some("image/webp"), Some("image/webp")),
            (b"<p>text", Some("image/png"), None),
            (b"<html><body>{\"a\": 1}", None, None),
            (b"plain words", Some("text/plain"), None),
            (b"", None, None),
        ] {
            assert_eq!(
                foreign(bytes, content_type).as_deref(),
                expected,
                "{bytes:?}"
            );
        }
    }
}
