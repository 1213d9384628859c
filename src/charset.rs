//! From bytes to text: what charset a document is written in, whatever it says about itself.
//!
//! In go the bytes of a feed or a page, with the charset that HTTP names and the one that the document
//! names; out comes its text. Pages and feeds are mislabelled so often that evidence in the bytes goes
//! before any label: byte order mark, the byte pattern of UTF-16 and UTF-32, well-formed UTF-8; then the
//! labels; then a guess. Never fails, never panics, and reads the bytes a fixed number of times.

use std::borrow::Cow;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, ISO_2022_JP, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// Bytes looked at for the pattern of UTF-16 and UTF-32: the ASCII of any markup shows within these.
const PATTERN_SAMPLE_BYTES: usize = 512;

/// Bytes searched for a charset that an HTML page declares. Browsers read 1,024, but pages that put
/// comments or scripts first exist, and reading on does no harm.
const DECLARATION_WINDOW_BYTES: usize = 8_192;

/// Bytes, from the first non-ASCII one, that the guess is made from: enough for any language, and a
/// bound on the slowest step.
const GUESS_SAMPLE_BYTES: usize = 262_144;

/// Well-formed multi-byte characters for each bad byte from which a document counts as damaged UTF-8: a
/// page cut in the middle of a character, or with one foreign quotation pasted in. Text in another
/// charset has far fewer by chance.
const DAMAGED_UTF8_RATIO: usize = 10;

/// The same where the document or its server says UTF-8: a label that half of the evidence bears out is right.
const DECLARED_UTF8_RATIO: usize = 1;

/// Decodes a document of unknown charset.
///
/// `label` is the charset that HTTP names; `declared` the one that the document itself names. Bytes that
/// stand for nothing become U+FFFD; a byte order mark is left out.
#[must_use]
pub fn decode<'a>(bytes: &'a [u8], label: Option<&str>, declared: Option<&str>) -> Cow<'a, str> {
    if let Some(text) = decode_marked(bytes) {
        return text;
    }
    if let Some(width) = wide_pattern(bytes) {
        return width.decode(bytes);
    }
    // Nearly all documents are UTF-8 without a fault, and this is the fastest way to know.
    if let Ok(text) = std::str::from_utf8(bytes) {
        if text.is_ascii() {
            return decode_ascii(bytes, label, declared);
        }
        return without_mark(Cow::Borrowed(text));
    }
    let is_declared = [label, declared].into_iter().flatten().any(is_utf8);
    if utf8_evidence(bytes, is_declared) == Utf8Evidence::For {
        return decode_as(UTF_8, bytes);
    }
    let by_label = label.and_then(byte_charset);
    let by_document = declared.and_then(byte_charset);
    // A server's default label says nothing about one file: where the two disagree, the bytes decide. The guess takes
    // longer than all other reading of a page, so it is made only where it counts.
    let chosen = match (by_label, by_document) {
        (Some(http), Some(own)) if http != own && own == guess(bytes) => own,
        (Some(http), _) => http,
        (None, Some(own)) => own,
        (None, None) => guess(bytes),
    };
    decode_as(chosen, bytes)
}

/// Finds the charset that an HTML page declares in a `meta` tag or an XML declaration near its start.
#[must_use]
pub fn declared_in_html(bytes: &[u8]) -> Option<String> {
    let window = bytes.get(..DECLARATION_WINDOW_BYTES).unwrap_or(bytes);
    let mut rest = window;
    while let Some(at) = rest.iter().position(|&byte| byte == b'<') {
        rest = rest.get(at + 1..)?;
        if starts_with_ignoring_case(rest, b"meta") || rest.starts_with(b"?xml") {
            let end = rest.iter().position(|&byte| byte == b'>')?;
            let (tag, after) = rest.split_at_checked(end)?;
            if let Some(name) = charset_in_tag(tag) {
                return Some(name);
            }
            rest = after;
        } else if rest.starts_with(b"!--") {
            let end = rest.windows(3).position(|three| three == b"-->")?;
            rest = rest.get(end + 3..)?;
        }
    }
    None
}

/// Finds the charset that a `Content-Type` field names.
#[must_use]
pub fn label_in_content_type(content_type: &str) -> Option<&str> {
    content_type.split(';').skip(1).find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        name.trim()
            .eq_ignore_ascii_case("charset")
            .then(|| trim_label(value))
            .filter(|label| !label.is_empty())
    })
}

fn decode_marked(bytes: &[u8]) -> Option<Cow<'_, str>> {
    // The mark of UTF-32LE begins with that of UTF-16LE, so it is looked for first.
    if let Some(rest) = bytes.strip_prefix(b"\xFF\xFE\0\0") {
        return Some(decode_utf32(rest, u32::from_le_bytes));
    }
    if let Some(rest) = bytes.strip_prefix(b"\0\0\xFE\xFF") {
        return Some(decode_utf32(rest, u32::from_be_bytes));
    }
    let (encoding, mark_bytes) = Encoding::for_bom(bytes)?;
    let rest = bytes.get(mark_bytes..)?;
    // A tool that converts the charset of a file but keeps its UTF-8 mark leaves a mark that lies.
    if encoding == UTF_8 && utf8_evidence(rest, true) == Utf8Evidence::Against {
        return None;
    }
    Some(decode_as(encoding, rest))
}

/// A charset whose every character takes two or four bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum WideCharset {
    Utf16Le,
    Utf16Be,
    Utf32Le,
    Utf32Be,
}

impl WideCharset {
    fn decode(self, bytes: &[u8]) -> Cow<'_, str> {
        match self {
            Self::Utf16Le => decode_as(UTF_16LE, bytes),
            Self::Utf16Be => decode_as(UTF_16BE, bytes),
            Self::Utf32Le => decode_utf32(bytes, u32::from_le_bytes),
            Self::Utf32Be => decode_utf32(bytes, u32::from_be_bytes),
        }
    }
}

/// Tells UTF-16 and UTF-32 by where the NUL bytes of their ASCII characters stand.
fn wide_pattern(bytes: &[u8]) -> Option<WideCharset> {
    let sample = bytes.get(..PATTERN_SAMPLE_BYTES).unwrap_or(bytes);
    // Markup begins with `<` and an ASCII character, whatever script follows.
    match sample {
        [b'<', 0, 0, 0, _, 0, 0, 0, ..] => return Some(WideCharset::Utf32Le),
        [0, 0, 0, b'<', 0, 0, 0, _, ..] => return Some(WideCharset::Utf32Be),
        [b'<', 0, next, 0, ..] if *next != 0 => return Some(WideCharset::Utf16Le),
        [0, b'<', 0, next, ..] if *next != 0 => return Some(WideCharset::Utf16Be),
        _ => {}
    }
    let mut nuls = [0_usize; 4];
    for group in sample.chunks_exact(4) {
        for (count, byte) in nuls.iter_mut().zip(group) {
            *count += usize::from(*byte == 0);
        }
    }
    let groups = sample.len() / 4;
    let most = |count: usize| groups >= 2 && count * 4 >= groups * 3;
    let few = |count: usize| count * 20 <= groups;
    match nuls {
        [a, b, c, d] if few(a) && most(b) && most(c) && most(d) => Some(WideCharset::Utf32Le),
        [a, b, c, d] if most(a) && most(b) && most(c) && few(d) => Some(WideCharset::Utf32Be),
        [a, b, c, d] if few(a) && most(b) && few(c) && most(d) => Some(WideCharset::Utf16Le),
        [a, b, c, d] if most(a) && few(b) && most(c) && few(d) => Some(WideCharset::Utf16Be),
        _ => None,
    }
}

/// What the bytes say about being UTF-8.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Utf8Evidence {
    /// They hold multi-byte characters that no other charset makes by chance, or nothing but ASCII.
    For,
    /// They are something else.
    Against,
}

fn utf8_evidence(bytes: &[u8], is_declared: bool) -> Utf8Evidence {
    let ratio = if is_declared {
        DECLARED_UTF8_RATIO
    } else {
        DAMAGED_UTF8_RATIO
    };
    let mut multi_byte_characters = 0_usize;
    let mut bad_sequences = 0_usize;
    for chunk in bytes.utf8_chunks() {
        multi_byte_characters += count_lead_bytes(chunk.valid().as_bytes());
        bad_sequences += usize::from(!chunk.invalid().is_empty());
    }
    if multi_byte_characters >= bad_sequences.saturating_mul(ratio) {
        Utf8Evidence::For
    } else {
        Utf8Evidence::Against
    }
}

fn count_lead_bytes(valid_utf8: &[u8]) -> usize {
    valid_utf8.iter().filter(|&&byte| byte >= 0xC0).count()
}

/// Decodes bytes below 0x80: ASCII, unless a label or an escape says that they are ISO-2022-JP.
fn decode_ascii<'a>(bytes: &'a [u8], label: Option<&str>, declared: Option<&str>) -> Cow<'a, str> {
    let labelled = [label, declared]
        .into_iter()
        .flatten()
        .filter_map(byte_charset)
        .any(|encoding| encoding == ISO_2022_JP);
    if memchr::memchr(0x1B, bytes).is_some() && (labelled || guess(bytes) == ISO_2022_JP) {
        return decode_as(ISO_2022_JP, bytes);
    }
    decode_as(UTF_8, bytes)
}

/// Returns whether a label says UTF-8.
fn is_utf8(label: &str) -> bool {
    Encoding::for_label_no_replacement(trim_label(label).as_bytes()) == Some(UTF_8)
}

/// Reads a label that people and programs write; none for UTF-16, which its byte pattern would have shown,
/// and for UTF-8, which the bytes have disproved.
fn byte_charset(label: &str) -> Option<&'static Encoding> {
    let label = trim_label(label);
    let known = |name: &str| Encoding::for_label_no_replacement(name.as_bytes());
    let encoding = known(label).or_else(|| {
        let lower = label.to_ascii_lowercase().replace('_', "-");
        known(&lower)
            .or_else(|| known(&lower.replace("cp-", "windows-")))
            .or_else(|| known(&lower.replace("win-", "windows-")))
    })?;
    (encoding != UTF_8 && encoding != UTF_16LE && encoding != UTF_16BE).then_some(encoding)
}

fn trim_label(label: &str) -> &str {
    let is_wrapping = |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | ';' | ',');
    let label = label.trim_matches(is_wrapping);
    label.split(is_wrapping).next().unwrap_or(label)
}

/// Guesses the charset of text that is neither ASCII nor UTF-8.
fn guess(bytes: &[u8]) -> &'static Encoding {
    let first_telling = bytes
        .iter()
        .position(|&byte| byte >= 0x80 || byte == 0x1B)
        .unwrap_or(0);
    // The two bytes before it are context that the detector uses.
    let telling = bytes
        .get(first_telling.saturating_sub(2)..)
        .unwrap_or(bytes);
    let sample = telling.get(..GUESS_SAMPLE_BYTES).unwrap_or(telling);
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Allow);
    detector.feed(sample, sample.len() == telling.len());
    let guessed = detector.guess(None, Utf8Detection::Deny);
    if guessed == UTF_8 {
        WINDOWS_1252
    } else {
        guessed
    }
}

fn decode_as<'a>(encoding: &'static Encoding, bytes: &'a [u8]) -> Cow<'a, str> {
    let (text, _) = encoding.decode_without_bom_handling(bytes);
    without_mark(text)
}

fn decode_utf32(bytes: &[u8], read: fn([u8; 4]) -> u32) -> Cow<'_, str> {
    let text: String = bytes
        .chunks(4)
        .map(|group| match group {
            &[a, b, c, d] => {
                char::from_u32(read([a, b, c, d])).unwrap_or(char::REPLACEMENT_CHARACTER)
            }
            _ => char::REPLACEMENT_CHARACTER,
        })
        .collect();
    without_mark(Cow::Owned(text))
}

/// Leaves out a byte order mark that stands before the text: some tools write two.
fn without_mark(text: Cow<'_, str>) -> Cow<'_, str> {
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.trim_start_matches('\u{FEFF}')),
        Cow::Owned(text) if text.starts_with('\u{FEFF}') => {
            Cow::Owned(text.trim_start_matches('\u{FEFF}').to_owned())
        }
        owned @ Cow::Owned(_) => owned,
    }
}

fn charset_in_tag(tag: &[u8]) -> Option<String> {
    let tag = String::from_utf8_lossy(tag).to_ascii_lowercase();
    let mut rest = tag.as_str();
    loop {
        let (_, after) = rest
            .split_once("charset")
            .or_else(|| rest.split_once("encoding"))?;
        rest = after;
        let Some(value) = after.trim_start().strip_prefix('=') else {
            continue;
        };
        let value: String = value
            .trim_start_matches(|c: char| c.is_whitespace() || c == '"' || c == '\'')
            .chars()
            .take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | ':' | '.' | '+'))
            .collect();
        if !value.is_empty() {
            return Some(value);
        }
    }
}

fn starts_with_ignoring_case(bytes: &[u8], prefix: &[u8]) -> bool {
    bytes
        .get(..prefix.len())
        .is_some_and(|start| start.eq_ignore_ascii_case(prefix))
}

#[cfg(test)]
mod tests {
    use super::*;

    const RUSSIAN: &str =
        "Министры иностранных дел обсудили положение в море и подписали заявление.";
    const JAPANESE: &str = "外相らは海洋の安全について共同声明を発表し、対話を続けると述べた。";
    const VIETNAMESE: &str = "Bộ trưởng Ngoại giao nhấn mạnh hòa bình ở Biển Đông.";

    fn encoded(encoding: &'static Encoding, text: &str) -> Vec<u8> {
        let (bytes, _, unmappable) = encoding.encode(text);
        assert!(
            !unmappable,
            "the sample can be written in {}",
            encoding.name()
        );
        bytes.into_owned()
    }

    fn wide<const N: usize>(text: &str, write: fn(char) -> Vec<[u8; N]>) -> Vec<u8> {
        text.chars().flat_map(write).flatten().collect()
    }

    fn utf16_le(text: &str) -> Vec<u8> {
        text.encode_utf16().flat_map(u16::to_le_bytes).collect()
    }

    fn utf16_be(text: &str) -> Vec<u8> {
        text.encode_utf16().flat_map(u16::to_be_bytes).collect()
    }

    #[test]
    fn ascii_is_borrowed() {
        assert!(matches!(
            decode(b"<p>plain", None, None),
            Cow::Borrowed("<p>plain")
        ));
    }

    #[test]
    fn utf8_wins_over_both_labels() {
        let text = decode(RUSSIAN.as_bytes(), Some("iso-8859-1"), Some("windows-1251"));
        assert_eq!(text, RUSSIAN);
    }

    #[test]
    fn utf8_cut_inside_a_character_stays_utf8() {
        let bytes = VIETNAMESE.repeat(5).into_bytes();
        let cut = &bytes[..bytes.len() - 8];
        let text = decode(cut, None, None);
        assert!(text.starts_with(VIETNAMESE), "{text}");
    }

    #[test]
    fn utf8_with_one_foreign_byte_stays_utf8() {
        let mut bytes = RUSSIAN.as_bytes().to_vec();
        bytes.extend(b" caf\xE9");
        let text = decode(&bytes, None, None);
        assert_eq!(text, format!("{RUSSIAN} caf\u{FFFD}"));
    }

    #[test]
    fn a_utf8_label_on_windows_1252_bytes_is_not_believed() {
        let text = decode(
            b"<p>Gr\xFC\xDFe aus K\xF6ln, sagte der B\xFCrgermeister",
            Some("utf-8"),
            None,
        );
        assert_eq!(text, "<p>Grüße aus Köln, sagte der Bürgermeister");
    }

    #[test]
    fn the_http_label_is_used_where_the_bytes_do_not_tell() {
        let bytes = encoded(encoding_rs::WINDOWS_1251, "Да");
        assert_eq!(decode(&bytes, Some("windows-1251"), None), "Да");
    }

    #[test]
    fn the_declared_charset_is_used_without_an_http_label() {
        let bytes = encoded(encoding_rs::KOI8_R, "Да");
        assert_eq!(decode(&bytes, None, Some("koi8-r")), "Да");
    }

    #[test]
    fn a_default_http_label_gives_way_to_a_declaration_that_fits_the_bytes() {
        let bytes = encoded(encoding_rs::WINDOWS_1251, RUSSIAN);
        assert_eq!(
            decode(&bytes, Some("iso-8859-1"), Some("windows-1251")),
            RUSSIAN
        );
    }

    #[test]
    fn an_unlabelled_page_is_guessed() {
        for encoding in [encoding_rs::SHIFT_JIS, encoding_rs::EUC_JP, ISO_2022_JP] {
            let bytes = encoded(encoding, &JAPANESE.repeat(3));
            assert_eq!(
                decode(&bytes, None, None),
                JAPANESE.repeat(3),
                "{}",
                encoding.name()
            );
        }
    }

    #[test]
    fn a_byte_order_mark_wins_and_is_left_out() {
        let mut bytes = b"\xFF\xFE".to_vec();
        bytes.extend(utf16_le(RUSSIAN));
        assert_eq!(decode(&bytes, Some("utf-8"), Some("utf-8")), RUSSIAN);
    }

    #[test]
    fn a_utf8_mark_before_other_bytes_is_not_believed() {
        let mut bytes = b"\xEF\xBB\xBF".to_vec();
        bytes.extend(encoded(encoding_rs::WINDOWS_1251, RUSSIAN));
        assert!(decode(&bytes, None, Some("windows-1251")).ends_with(RUSSIAN));
    }

    #[test]
    fn utf16_is_told_without_a_mark() {
        let page = format!("<p>{VIETNAMESE}</p>");
        assert_eq!(decode(&utf16_le(&page), Some("utf-8"), None), page);
        assert_eq!(decode(&utf16_be(&page), None, Some("utf-8")), page);
    }

    #[test]
    fn utf16_with_blank_lines_before_the_markup_is_told() {
        let page = format!("\r\n\r\n  <html lang=\"vi\"><p>{VIETNAMESE}</p>");
        assert_eq!(decode(&utf16_be(&page), None, None), page);
    }

    #[test]
    fn utf32_is_told_with_and_without_a_mark() {
        let page = format!("<p>{RUSSIAN}</p>");
        let be = wide(&page, |c| vec![u32::from(c).to_be_bytes()]);
        let mut le = b"\xFF\xFE\0\0".to_vec();
        le.extend(wide(&page, |c| vec![u32::from(c).to_le_bytes()]));
        assert_eq!(decode(&be, None, None), page);
        assert_eq!(decode(&le, None, None), page);
    }

    #[test]
    fn a_utf16_label_on_utf8_bytes_is_ignored() {
        assert_eq!(
            decode(b"<p>plain</p>", Some("utf-16"), None),
            "<p>plain</p>"
        );
    }

    #[test]
    fn a_label_is_read_as_people_write_it() {
        let bytes = encoded(encoding_rs::WINDOWS_1251, "Да");
        for label in ["\"Windows-1251\"", " cp1251; ", "win-1251", "CP-1251"] {
            assert_eq!(decode(&bytes, Some(label), None), "Да", "{label}");
        }
    }

    #[test]
    fn an_unknown_label_falls_back_to_the_guess() {
        let bytes = encoded(encoding_rs::WINDOWS_1251, RUSSIAN);
        assert_eq!(decode(&bytes, Some("x-nonsense"), Some("none")), RUSSIAN);
    }

    #[test]
    fn a_declared_charset_is_found_in_each_form() {
        for page in [
            "<html><head><meta charset=koi8-r>",
            "<META HTTP-EQUIV='Content-Type' CONTENT='text/html; charset=koi8-r'>",
            "<?xml version=\"1.0\" encoding=\"koi8-r\"?><html>",
            "<!-- <meta charset=utf-8> --><meta charset = \"koi8-r\" />",
            "<meta name=charset content=x><meta charset=\"koi8-r\">",
        ] {
            assert_eq!(
                declared_in_html(page.as_bytes()).as_deref(),
                Some("koi8-r"),
                "{page}"
            );
        }
    }

    #[test]
    fn a_page_without_a_declaration_has_none() {
        assert_eq!(
            declared_in_html(b"<p>charset=koi8-r</p><meta name=a content=b"),
            None
        );
    }

    #[test]
    fn the_charset_of_a_content_type_is_found() {
        assert_eq!(
            label_in_content_type("text/html; a=b; Charset=\"EUC-KR\""),
            Some("EUC-KR")
        );
        assert_eq!(label_in_content_type("text/html"), None);
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_under_any_label_are_decoded(
            bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..300),
            label in proptest::option::of("[a-z0-9_-]{0,12}|utf-16|big5|iso-2022-jp|gb18030"),
        ) {
            let text = decode(&bytes, label.as_deref(), declared_in_html(&bytes).as_deref());
            proptest::prop_assert!(text.chars().count() <= bytes.len() + 1);
        }
    }

    #[test]
    fn a_few_bad_bytes_in_declared_utf8_do_not_make_it_another_charset() {
        let bytes = b"caf\xC3\xA9 \xFF caf\xC3\xA9";
        assert_eq!(
            decode(bytes, None, Some("utf-8")),
            "caf\u{e9} \u{fffd} caf\u{e9}"
        );
        assert_eq!(decode(b"caf\xE9", None, Some("utf-8")), "caf\u{e9}");
    }
}
