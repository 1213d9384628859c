//! Escaping: text from feeds and pages, made inert for the place where it is put.
//!
//! Takes any text, gives text in which nothing commands a terminal, a mail header or a browser. What a place gives a
//! meaning to is taken away or escaped; what people wrote to be read stays.

use unicode_segmentation::UnicodeSegmentation as _;
use url::Url;

use crate::domain::visible;

/// What a text that was cut ends in.
const ELLIPSIS: char = '…';

/// Makes one line of a text, for a header, a terminal or a JSON string: at most `max_chars` characters.
///
/// Control characters and line ends become a space, runs of space become one, characters that change the direction
/// of writing vanish: they could show a line in another order than it has.
pub(crate) fn one_line(text: &str, max_chars: usize) -> String {
    let mut line = String::new();
    let mut chars = 0;
    for c in visible(text) {
        let c = if is_break(c) { ' ' } else { c };
        if c == ' ' && (line.is_empty() || line.ends_with(' ')) {
            continue;
        }
        // One more than fits, so that the cut below sees that there is more.
        if chars > max_chars {
            break;
        }
        line.push(c);
        chars += 1;
    }
    cut(line.trim_end(), max_chars)
}

/// Makes a header's text: one line, in which no encoded-word of RFC 2047 can begin.
///
/// A mail library leaves `=?utf-8?q?...?=` as it is, and every reader decodes it.
pub(crate) fn header(text: &str, max_chars: usize) -> String {
    cut(&one_line(text, max_chars).replace("=?", "= ?"), max_chars)
}

/// Makes text for HTML, between tags and inside quoted attributes alike.
pub(crate) fn html(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in visible(text) {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            c if is_break(c) => escaped.push(' '),
            c => escaped.push(c),
        }
    }
    escaped
}

/// Makes a link that may be shown: of the web, and without the user and password that a URL can carry.
///
/// `https://bank.example@evil.example/` is what it looks like to nobody, and `javascript:` is no address.
pub(crate) fn link(url: Option<&Url>) -> Option<Url> {
    /// Browsers and mail programs give up on longer ones.
    const MAX_URL_BYTES: usize = 4096;
    let mut url = url?.clone();
    if !matches!(url.scheme(), "http" | "https") || url.as_str().len() > MAX_URL_BYTES {
        return None;
    }
    url.set_username("").ok()?;
    url.set_password(None).ok()?;
    Some(url)
}

/// Makes a link that may be shown, without the parameters that only follow the reader; what is stored stays as it is.
pub(crate) fn clean_link(url: &Url) -> Option<Url> {
    let mut url = link(Some(url))?;
    let Some(query) = url.query() else {
        return Some(url);
    };
    let kept: Vec<&str> = query
        .split('&')
        .filter(|pair| !is_tracking(pair.split('=').next().unwrap_or_default()))
        .collect();
    if kept.len() < query.split('&').count() {
        let kept = kept.join("&");
        url.set_query((!kept.is_empty()).then_some(kept.as_str()));
    }
    Some(url)
}

/// Parameters by which senders of newsletters and advertisements follow their readers.
fn is_tracking(name: &str) -> bool {
    const NAMES: [&str; 12] = [
        "fbclid", "gclid", "dclid", "msclkid", "yclid", "igshid", "mc_cid", "mc_eid", "mkt_tok",
        "_hsenc", "_hsmi", "vero_id",
    ];
    let name = name.to_ascii_lowercase();
    NAMES.contains(&name.as_str())
        || name.starts_with("utm_")
        || name.starts_with("mtm_")
        || name.starts_with("oly_") && name.ends_with("_id")
}

/// No letter has more characters than this, and no sign of several people; what has is made to have them, and is cut.
const LONGEST_LETTER: usize = 32;

/// Cuts a text to at most `max_chars` characters, never inside what people see as one letter.
pub(crate) fn cut(text: &str, max_chars: usize) -> String {
    if text.chars().nth(max_chars).is_none() {
        return text.to_owned();
    }
    let room = max_chars.saturating_sub(1);
    let mut taken = String::new();
    let mut taken_chars = 0;
    for grapheme in text.graphemes(true) {
        let chars = grapheme.chars().count();
        if chars > LONGEST_LETTER {
            taken.extend(
                grapheme
                    .chars()
                    .take(LONGEST_LETTER.min(room - taken_chars)),
            );
            break;
        }
        if taken_chars + chars > room {
            break;
        }
        taken.push_str(grapheme);
        taken_chars += chars;
    }
    let mut taken = taken.trim_end().to_owned();
    taken.push(ELLIPSIS);
    taken
}

/// Spaces and everything that is not to be seen but takes a place: C0, DEL, C1, line and paragraph separators.
fn is_break(c: char) -> bool {
    c.is_control() || c.is_whitespace()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_has_no_controls_no_direction_changes_and_single_spaces() {
        for (text, expected) in [
            ("plain", "plain"),
            ("a\r\nBcc: x@evil.example", "a Bcc: x@evil.example"),
            ("a\u{0}b\u{7}c\u{1b}[31md\u{9b}e\u{7f}f", "a b c [31md e f"),
            ("  a \t b\u{2028}c\u{2029}d\u{85}e ", "a b c d e"),
            ("safe\u{202e}gpj.exe", "safegpj.exe"),
            ("\u{2066}a\u{2069}\u{200f}b\u{61c}\u{feff}", "ab"),
            ("می\u{200c}خواهم", "می\u{200c}خواهم"),
        ] {
            assert_eq!(one_line(text, 100), expected, "{text:?}");
        }
    }

    #[test]
    fn no_encoded_word_begins_in_a_header_however_it_is_hidden() {
        for text in [
            "=?utf-8?q?=0D=0ABcc:x?=",
            "==??utf-8?q?x?=",
            "=\u{202e}?utf-8?q?x?=",
            "=\u{200b}\u{200b}?utf-8?b?eA==?=",
        ] {
            let written = header(text, 200);
            assert!(!written.contains("=?"), "{written}");
        }
    }

    #[test]
    fn a_cut_keeps_within_the_limit_and_splits_no_letter() {
        assert_eq!(cut("abcdef", 6), "abcdef");
        assert_eq!(cut("abcdefg", 6), "abcde…");
        let family = "👨‍👩‍👧";
        assert_eq!(cut(&family.repeat(3), 7), format!("{family}…"));
        assert_eq!(cut("ề\u{301}\u{301}\u{301}", 2), "…");
        assert_eq!(cut(&"a\u{301}".repeat(500), 200).chars().count(), 199);
        let endless = format!("ab{}", "\u{301}".repeat(5000));
        assert_eq!(cut(&endless, 20).chars().count(), 20);
        assert_eq!(cut(&endless, 200).chars().count(), 34);
    }

    #[test]
    fn html_text_can_neither_open_a_tag_nor_leave_an_attribute() {
        assert_eq!(
            html("<a href=\"x\" title='y'>&amp;\u{1b}"),
            "&lt;a href=&quot;x&quot; title=&#39;y&#39;&gt;&amp;amp; "
        );
    }

    #[test]
    fn what_follows_the_reader_is_taken_off_a_link_and_nothing_else() {
        for (written, expected) in [
            (
                "https://a.example/x?utm_source=y&id=7#p3",
                "https://a.example/x?id=7#p3",
            ),
            ("https://a.example/x?UTM_Source=y", "https://a.example/x"),
            (
                "https://a.example/x?oly_enc_id=1&a=%26&b",
                "https://a.example/x?a=%26&b",
            ),
            (
                "https://a.example/x?gclids=1&a+b=c",
                "https://a.example/x?gclids=1&a+b=c",
            ),
            ("https://a.example/x?", "https://a.example/x?"),
        ] {
            let url = Url::parse(written).unwrap();
            assert_eq!(clean_link(&url).unwrap().as_str(), expected);
        }
    }

    #[test]
    fn only_web_addresses_become_links_and_without_credentials() {
        for (url, expected) in [
            (
                "https://a.example/x?y=1#z",
                Some("https://a.example/x?y=1#z"),
            ),
            (
                "https://bank.example@evil.example/",
                Some("https://evil.example/"),
            ),
            ("http://user:pw@a.example/", Some("http://a.example/")),
            ("javascript:alert(1)", None),
            ("data:text/html,x", None),
            ("file:///etc/passwd", None),
        ] {
            let url = Url::parse(url).unwrap();
            let shown = link(Some(&url)).map(String::from);
            assert_eq!(shown.as_deref(), expected);
        }
    }
}
